"""Importing a folder of Markdown files: what arrives where, what is refused, that all or nothing is."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from narrative.database import db
from narrative.narratives import queries
from narrative.narratives.importing.narratives import ImportReport, import_narratives
from narrative.narratives.models import Publication, Revision, SignOff
from narrative.narratives.rules import TEXTS, Draft
from narrative.narratives.standings import standings
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter
from narrative.web.markdown import plain_text, render
from tests.conftest import missing
from tests.factories import MONDAY, make_bucket, make_person, make_quarter, save
from tests.writing import DRAFTING, READING, signed, write

REAL = Path(__file__).parents[3] / "shared" / "real-input"
CORE = """# Core

The core did its work.

## Highlights

- One
- Two

## Challenges

Too little rest.

## Plans

- Rest more
"""


@pytest.fixture
def quarter(app: Flask) -> Quarter:
    return make_quarter()


@pytest.fixture
def leader(app: Flask) -> Person:
    return make_person("leader", email="ada@test.example", name="Ada")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "files"
    made.mkdir()
    (made / "core.md").write_text(CORE, encoding="utf-8")
    return made


def imported(folder: Path, quarter: Quarter, **options: Any) -> ImportReport:
    report = import_narratives(folder, quarter=quarter, at=options.pop("at", DRAFTING), **options)
    db.session.rollback()
    return report


def revisions() -> int:
    return db.session.scalar(select(func.count()).select_from(Revision)) or 0


def draft(quarter: Quarter, slug: str) -> Draft:
    bucket = db.session.scalar(select(Bucket).where(Bucket.slug == slug))
    assert bucket is not None
    return queries.head_draft(queries.narrative_for(quarter, bucket))


def test_a_file_becomes_the_draft_of_its_bucket(quarter: Quarter, folder: Path) -> None:
    make_bucket("Core")
    report = imported(folder, quarter)
    assert report.well, report.lines
    assert report.written
    got = draft(quarter, "core")
    assert got.texts == {
        "opening": "The core did its work.",
        "went_well": "- One\n- Two",
        "went_badly": "Too little rest.",
        "next_priorities": "- Rest more",
    }
    assert [row.title for row in got.priorities] == ["Rest more"]
    (revision,) = db.session.scalars(select(Revision))
    assert (revision.number, revision.author_id, revision.note) == (1, None, "Imported from core.md")
    assert report.lines[-1] == "1 narrative written."
    assert 'core.md: line 5: heading "Highlights" -> what went well (synonym)' in report.lines
    assert db.session.scalar(select(SignOff)) is None


def test_a_missing_bucket_is_made_for_an_owner(quarter: Quarter, folder: Path, leader: Person) -> None:
    report = imported(folder, quarter)
    assert not report.well
    assert any("there is no bucket “core”" in line for line in report.lines)
    assert db.session.scalar(select(Bucket)) is None
    report = imported(folder, quarter, owner=" Ada@test.example ")
    assert report.written, report.lines
    bucket = db.session.scalars(select(Bucket)).one()
    assert (bucket.slug, bucket.name, bucket.owner_id) == ("core", "Core", leader.id)


@pytest.mark.parametrize("email", ["nobody@test.example", "employee@test.example", "left@test.example"])
def test_an_owner_who_cannot_own_is_refused(quarter: Quarter, folder: Path, email: str) -> None:
    make_person("employee", email="employee@test.example")
    make_person("leader", email="left@test.example", deactivated_at=MONDAY)
    report = imported(folder, quarter, owner=email, partial=True)
    assert not report.written
    assert report.lines[0].startswith(f"error: {email} is not the address of an active leader")
    assert db.session.scalar(select(Bucket)) is None


def test_a_dry_run_says_the_same_and_writes_nothing(quarter: Quarter, folder: Path, leader: Person) -> None:
    dry = imported(folder, quarter, owner=leader.email, dry_run=True)
    assert (dry.well, dry.written, revisions()) == (True, False, 0)
    assert db.session.scalar(select(Bucket)) is None
    real = imported(folder, quarter, owner=leader.email)
    assert real.lines[:-1] == dry.lines[:-1]


BROKEN = {
    "latin.md": ("Grüße".encode("latin-1"), "Line 1 is not UTF-8"),
    "utf16.md": ("Hello".encode("utf-16"), "The file is in UTF-16"),
    "long.md": (b"x" * 900_000, "Line 1 has 900,000 bytes"),
    "huge.md": (b"x\n" * 2_500_000, "it has 5,000,000 bytes"),
    "null.md": (b"a\0b", "null byte"),
    "empty.md": (b"\n\n", "it says nothing"),
    "verbose.md": (b"words and words\n" * 5_000, "Shorten"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_named_and_nothing_is_written(
    quarter: Quarter, folder: Path, leader: Person, name: str
) -> None:
    data, error = BROKEN[name]
    (folder / name).write_bytes(data)
    report = imported(folder, quarter, owner=leader.email)
    (line,) = [line for line in report.lines if line.startswith("error: ")]
    assert line.startswith(f"error: {name}: ")
    assert error in line
    assert (report.written, revisions()) == (False, 0)
    report = imported(folder, quarter, owner=leader.email, partial=True)
    assert (report.well, report.written, revisions()) == (False, True, 1)


def test_what_somebody_wrote_is_not_overwritten(quarter: Quarter, folder: Path) -> None:
    bucket = make_bucket("Core")
    narrative = write(quarter, bucket)
    report = imported(folder, quarter, partial=True)
    assert "error: core.md: somebody wrote here already, which is not overwritten." in report.lines
    assert queries.head_draft(narrative).opening == "Opening of Core."


def test_importing_twice_changes_nothing(quarter: Quarter, folder: Path, leader: Person) -> None:
    imported(folder, quarter, owner=leader.email)
    report = imported(folder, quarter, owner=leader.email)
    assert report.well
    assert "core.md: is there already." in report.lines
    assert revisions() == 1


def test_what_cannot_be_written_is_refused(quarter: Quarter, folder: Path) -> None:
    bucket = make_bucket("Core")
    assert any(
        "has not opened yet" in line for line in imported(folder, quarter, at=MONDAY - timedelta(1)).lines
    )
    bucket.archived_at = MONDAY
    save(bucket)
    assert "error: core.md: the bucket is archived." in imported(folder, quarter).lines


def test_what_is_not_markdown_is_named(quarter: Quarter, folder: Path, leader: Person) -> None:
    (folder / "notes.txt").write_text("x")
    (folder / "more").mkdir()
    (folder / "CORE.md").write_text("The same bucket.")
    report = imported(folder, quarter, owner=leader.email)
    assert "notes.txt: passed over, not a .md file." in report.lines
    assert "more: passed over, not a .md file." in report.lines
    assert any("another file belongs to the same bucket" in line for line in report.lines)


def test_an_empty_folder_is_an_error(quarter: Quarter, tmp_path: Path) -> None:
    assert not imported(tmp_path / "..", quarter).written
    (tmp_path / "none").mkdir()
    report = imported(tmp_path / "none", quarter)
    assert report.lines == ["error: There is no .md file in none.", "Nothing was written."]


def test_a_past_quarter_is_published_as_it_was_imported(
    quarter: Quarter, folder: Path, leader: Person
) -> None:
    other = make_bucket("Other")
    signed(quarter, other)
    silent = make_bucket("Silent")
    report = imported(folder, quarter, owner=leader.email, publish=True, at=READING)
    assert report.lines[-1] == "1 narrative published."
    states = {one.name: one.state for one in standings(quarter)}
    assert states == {"Other": "published", "Silent": "late", "Core": "published"}
    assert draft(quarter, "core").priorities == ()
    assert silent.name == "Silent"
    again = imported(folder, quarter, owner=leader.email, publish=True, at=READING)
    assert again.well, again.lines
    assert db.session.scalar(select(func.count()).select_from(Publication)) == 2


def test_a_quarter_that_is_not_over_is_never_published_by_an_import(
    quarter: Quarter, folder: Path, leader: Person
) -> None:
    report = imported(folder, quarter, owner=leader.email, publish=True, partial=True)
    assert (report.well, report.written, revisions()) == (False, False, 0)
    assert "is not over yet" in report.lines[0]


@pytest.mark.parametrize("source", ["freebsd", "rust"])
def test_real_reports_arrive_whole(app: Flask, leader: Person, source: str) -> None:
    if not REAL.is_dir():
        missing("Real reports are not tried: they do not lie beside this checkout")
    for number, folder in enumerate(sorted((REAL / source).iterdir())):
        quarter = make_quarter(f"20{30 + number}-q1")
        report = imported(folder, quarter, owner=leader.email, publish=True, at=READING)
        assert report.well, report.lines
        files = sorted(folder.glob("*.md"))
        assert {one.slug for one in standings(quarter) if one.published} == {file.stem for file in files}
        for file in files:
            got = draft(quarter, file.stem)
            lost = words(file.read_text(encoding="utf-8")) - words("\n".join(got.texts.values()))
            titles = words(" ".join(line for line in report.lines if line.startswith(file.name)))
            front = words(file.read_text(encoding="utf-8").split("+++")[1]) if source == "rust" else set()
            assert lost - titles - front == set(), file
            assert all(plain_text(str(render(got.texts[name]))) or not got.texts[name] for name in TEXTS)


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))
