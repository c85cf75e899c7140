"""The `narrative` command as an administrator uses it: what it prints, its exit codes, what it refuses."""

from __future__ import annotations

import re
import stat
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from narrative.app import create_app
from narrative.cli import cli
from narrative.config import load
from narrative.database import db
from narrative.migrations.run import upgrade
from narrative.passes.store import anonymous_store
from narrative.people.queries import people
from tests.factories import MONDAY, make_quarter
from tests.server import Installation

ADA = ("init", "--name", "Ada Wirth", "--email", "Ada@Hart.example")
UNSAFE = "Error: It is not safe to serve like this.\n"


@pytest.fixture
def engine_name() -> str:
    """Commands are the same on both engines; what they call is tried on both elsewhere."""
    return "sqlite"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Installation]:
    """An installation that was never set up."""
    made = Installation(tmp_path / "data")
    yield made
    made.stop()


@pytest.fixture
def installation(empty: Installation) -> Iterator[Installation]:
    """One that is set up, without anybody in it; this process looks into its databases."""
    empty.data.mkdir(mode=0o700)
    empty.settings["NARRATIVE_SECRET_KEY"] = "for-tests-only-" + "x" * 32
    with view_of(empty).app_context():
        upgrade(report=lambda _line: None)
        yield empty
        db.session.remove()
        db.engine.dispose()


def told(installation: Installation, *arguments: str, status: int = 1) -> str:
    """What a command prints that ends before it opens a database; quicker in this very process."""
    done = CliRunner().invoke(cli, arguments, env=installation.environment)
    assert done.exit_code == status, done.output
    return done.output


def view_of(installation: Installation) -> Flask:
    given = {name: text for name, text in installation.environment.items() if name.startswith("NARRATIVE_")}
    return create_app(load(given))


def names() -> list[tuple[str, str, str]]:
    """Everybody who is stored."""
    db.session.rollback()
    return sorted((person.name, person.email, person.role) for person in people())


# Setting up


def test_init_makes_a_key_a_database_and_an_organiser_with_a_link_that_works(empty: Installation) -> None:
    printed = empty.run(*ADA)
    key = empty.data / "secret-key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(empty.data.stat().st_mode) == 0o700
    assert len(key.read_text(encoding="utf-8").strip()) >= 32
    assert key.read_text(encoding="utf-8").strip() not in printed
    [link] = re.findall(r"^  (http\S+)$", printed, re.MULTILINE)
    assert link.startswith(f"{empty.address}/sign-in/")
    assert "Ada Wirth is the first organiser." in printed
    empty.start()
    page = urllib.request.urlopen(link).read().decode()
    assert "Hello, Ada Wirth" in page
    assert "ada@hart.example" in page
    kept = key.read_text(encoding="utf-8")
    assert "Error: There is an organiser already." in empty.run(*ADA, status=1)
    assert key.read_text(encoding="utf-8") == kept


def test_init_refuses_what_is_no_name_or_address_before_it_makes_anything(empty: Installation) -> None:
    for name, email in (("Ada", "ada"), ("=Ada", "ada@hart.example"), (" ", "ada@hart.example")):
        printed = told(empty, "init", "--name", name, "--email", email)
        assert "Nothing was made." in printed
    assert not empty.data.exists()


def test_before_init_every_command_says_what_to_do(empty: Installation) -> None:
    for command in (("tick",), ("migrate",)):
        assert f"There is no folder {empty.data} yet. Run `narrative init`." in told(empty, *command)
    assert not empty.data.exists()


def test_migrate_says_where_the_database_stands_and_goes_both_ways(installation: Installation) -> None:
    assert "The database is in its newest form already (0007)." in installation.run("migrate")
    assert "The database went from 0007 to empty." in installation.run("migrate", "--to", "base")
    assert "has not been brought to its newest form" in installation.run("tick", status=1)
    assert "There is no revision 9999. Nothing was changed." in installation.run(
        "migrate", "--to", "9999", status=1
    )
    assert "The database went from empty to 0001." in installation.run("migrate", "--to", "0001")


# Serving


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"NARRATIVE_SECRET_KEY": ""},
            "There is no secret key. Run `narrative init`, or set NARRATIVE_SECRET_KEY.",
        ),
        (
            {"NARRATIVE_SECRET_KEY": "x" * 31},
            "The secret key is too short: give at least 32 random characters.",
        ),
        (
            {"NARRATIVE_BASE_URL": "http://narrative.example"},
            "NARRATIVE_BASE_URL is not https. Over plain http browsers cannot make anonymous passes, and "
            "anybody on the network can read along. Put a proxy with a certificate in front.",
        ),
        (
            {"NARRATIVE_ANONYMOUS_URL": "sqlite:///{data}/../data/narrative.db"},
            "The anonymous store must not be the main database. Set NARRATIVE_ANONYMOUS_URL to another.",
        ),
    ],
)
def test_serve_refuses_what_is_unsafe(
    installation: Installation, settings: dict[str, str], sentence: str
) -> None:
    installation.settings |= {name: text.format(data=installation.data) for name, text in settings.items()}
    assert told(installation, "serve") == f"{UNSAFE}{sentence}\n"


def test_serve_names_everything_that_is_unsafe_at_once(installation: Installation) -> None:
    installation.settings |= {
        "NARRATIVE_SECRET_KEY": "short",
        "NARRATIVE_BASE_URL": "http://narrative.example",
    }
    assert told(installation, "serve").count("\n") == 3


def test_serve_refuses_a_database_of_another_form(installation: Installation) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    assert "not been brought to its newest form. Run `narrative migrate`." in installation.run(
        "serve", status=1
    )


def test_serve_refuses_an_anonymous_store_of_a_newer_version(installation: Installation) -> None:
    with anonymous_store().transaction() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 99")
    assert "The anonymous store was made by a newer version of Narrative" in installation.run(
        "serve", status=1
    )


def test_serve_refuses_a_port_that_is_taken(installation: Installation) -> None:
    other = Installation(installation.data, {**installation.settings}, port=installation.port)
    other.start()
    try:
        printed = installation.run("serve", status=1)
    finally:
        other.stop()
    assert f"Something else answers on port {installation.port}. Stop it, or set NARRATIVE_PORT." in printed


def test_a_setting_that_cannot_be_used_ends_a_command_with_a_sentence(installation: Installation) -> None:
    installation.settings |= {"NARRATIVE_PORT": "eighty", "NARRATIVE_COMPNAY": "Typo"}
    assert installation.run("doctor", status=1) == (
        "narrative: NARRATIVE_COMPNAY is not a setting of Narrative and was ignored.\n"
        "Error: NARRATIVE_PORT must be a whole number from 1 to 65535.\n"
    )


def test_a_database_that_cannot_be_reached_is_a_sentence_without_a_password(
    installation: Installation,
) -> None:
    installation.settings["NARRATIVE_DATABASE_URL"] = "postgresql://me:canary-password@127.0.0.1:1/narrative"
    printed = told(installation, "tick")
    assert printed.startswith("Error: The database cannot be used: ")
    assert "canary-password" not in printed


# People


def csv_file(installation: Installation, content: str | bytes) -> str:
    path = installation.data.parent / "people.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


GOOD = "name,email,role\nBo Lind,bo@hart.example,leader\n"


def test_import_people_tells_each_rows_fate_and_gives_links_once(installation: Installation) -> None:
    file = csv_file(installation, GOOD)
    dry = installation.run(
        "import-people", file, "--dry-run", "--links", str(installation.data / "links.csv")
    )
    assert dry == "line 2: bo@hart.example: add\nNothing was written.\n"
    assert names() == []
    assert not (installation.data / "links.csv").exists()
    done = installation.run("import-people", file, "--links", str(installation.data / "links.csv"))
    assert "line 2: bo@hart.example: add\nWritten.\n1 one-time links are in" in done
    assert names() == [("Bo Lind", "bo@hart.example", "leader")]
    links = installation.data / "links.csv"
    assert re.fullmatch(
        rf"email,link\r\nbo@hart.example,{installation.address}/sign-in/\S+\r\n", links.read_bytes().decode()
    )
    assert stat.S_IMODE(links.stat().st_mode) == 0o600
    assert installation.run("import-people", file) == "line 2: bo@hart.example: same\nWritten.\n"


def test_import_people_names_each_bad_row_and_writes_nothing_unless_told_so(
    installation: Installation,
) -> None:
    lines = [
        "name,email,role,desk",
        "Bo Lind,bo@hart.example,leader,1",
        "Cy Munk,BO@hart.example,employee,2",
        f"{'D' * 5_000_000},di@hart.example,employee,3",
        '"Ed,ed@hart.example,employee,4',
        "=HYPERLINK(1),ed@hart.example,employee,4",
        "Fay,fay@hart.example,boss,5",
        "Gus,gus@hart.example",
    ]
    file = csv_file(installation, "\n".join(lines))
    fates = (
        "The column 'desk' is not used.\n"
        "line 2: bo@hart.example: add\n"
        "line 3: bo@hart.example: error: the same e-mail address stands on line 2\n"
        "line 4: (empty): error: the line has 5,000,027 characters; at most 2,000 make sense\n"
        "line 5: (empty): error: the quotes do not match\n"
        "line 6: ed@hart.example: error: a name cannot begin with = + - or @, which spreadsheets take for a "
        "formula\n"
        "line 7: fay@hart.example: error: unknown role “boss”: write employee, leader or organiser\n"
        "line 8: (empty): error: 2 cells where the first line names 4 columns\n"
    )
    assert installation.run("import-people", file, status=1) == f"{fates}Nothing was written.\n"
    assert names() == []
    partial = installation.run("import-people", file, "--partial", status=1)
    assert partial.startswith(f"{fates}Written.\n  bo@hart.example  {installation.address}/sign-in/")
    assert names() == [("Bo Lind", "bo@hart.example", "leader")]


def test_import_people_refuses_a_file_that_is_no_list_of_people(installation: Installation) -> None:
    latin = csv_file(installation, "name,email,role\nJörg,j@hart.example,leader\n".encode("latin-1"))
    assert installation.run("import-people", latin, "--partial", status=1) == (
        "The file is not in UTF-8: line 2 has a byte that cannot be read. Save it as “CSV UTF-8”. "
        "Nothing was written.\n"
    )
    lacking = csv_file(installation, "name,mail\nBo,bo@hart.example\n")
    assert "Missing: email, role. Nothing was written." in installation.run(
        "import-people", lacking, status=1
    )
    assert names() == []


# Upkeep


def test_tick_does_what_is_due_and_says_so(installation: Installation) -> None:
    quarter = make_quarter("2020-q1", drafting_opens_at=MONDAY - timedelta(days=7 * 365))
    quarter.published_at = quarter.publishes_at
    db.session.commit()
    assert installation.run("tick") == (
        "Q1 2020: a tick released 0 questions.\n"
        "Q1 2020 was closed to questions; its keys and passes are destroyed.\n"
    )
    assert installation.run("tick") == "Nothing is due.\n"


def test_doctor_finds_nothing_wrong_and_then_what_is(installation: Installation) -> None:
    installation.settings["NARRATIVE_BASE_URL"] = "https://narrative.example"
    well = installation.run("doctor")
    assert set(re.findall(r"^\S+", well, re.MULTILINE)) == {"ok", "note"}
    assert re.findall(r"^note ([^:]+)", well, re.MULTILINE) == ["Backups"]  # two files, one disk
    installation.settings |= {
        "NARRATIVE_SECRET_KEY": "short",
        "NARRATIVE_BASE_URL": "http://narrative.example",
    }
    installation.data.chmod(0o755)
    wrong = installation.run("doctor", status=1)
    assert set(re.findall(r"^BAD  ([^:]+)", wrong, re.MULTILINE)) == {"Secret key", "On the way"}
    assert f"note Files: other accounts of this machine can read {installation.data}." in wrong


def test_called_wrongly_it_says_how_and_ends_with_2(empty: Installation) -> None:
    assert "No such command 'serv'" in empty.run("serv", status=2)
    assert "File 'nowhere.csv' does not exist" in told(empty, "import-people", "nowhere.csv", status=2)
    assert "Missing option '--quarter'" in told(empty, "import-narratives", ".", status=2)


def test_help_names_every_command_and_option(empty: Installation) -> None:
    listed = told(empty, "--help", status=0)
    commands = ("demo", "init", "serve", "migrate", "import-people", "import-narratives", "tick", "doctor")
    assert [name for name in commands if f"\n  {name} " not in listed] == []
    demo = told(empty, "demo", "--help", status=0)
    assert [option for option in ("--port", "--data", "--stage") if option not in demo] == []
    assert "[drafting|reading|asking|answering|closed]" in demo
