"""What an import does to the people who are here: all of it or nothing, and each row's fate is told."""

import pytest
from sqlalchemy import select

from narrative.database import db
from narrative.people import actions, queries
from narrative.people.import_people import ImportReport, read_people
from narrative.people.models import Contributor, Person, SignInLink
from tests.factories import MONDAY, make_bucket, make_person

HEADER = "name,email,role\n"


def run(lines: str, *, partial: bool = False, dry_run: bool = False) -> ImportReport:
    """Import a file of these lines below the header."""
    return actions.import_people(
        read_people((HEADER + lines).encode()), partial=partial, dry_run=dry_run, at=MONDAY
    )


def fates(report: ImportReport) -> list[str]:
    """Each row's fate."""
    return [fate for _row, fate in report.rows]


def everybody() -> set[tuple[str, str, str, bool]]:
    """Everybody who is stored."""
    db.session.expire_all()
    return {(one.name, one.email, one.role, one.deactivated_at is None) for one in queries.people()}


@pytest.fixture(autouse=True)
def noor(app: object) -> Person:
    """The organiser."""
    return make_person("organiser", name="Noor", email="noor@test.example")


NOOR = ("Noor", "noor@test.example", "organiser", True)


def test_each_rows_fate_is_told_and_done() -> None:
    make_person(name="Ada", email="ada@test.example")
    make_person("leader", name="Bo", email="bo@test.example")
    make_person("leader", name="Cy", email="cy@test.example", deactivated_at=MONDAY)
    report = run(
        "Ada Lovelace,ADA@test.example,leader\nBob,bo@test.example,leader\nNoor,noor@test.example,organiser\n"
        "Cyrus,cy@test.example,employee\nDi,di@test.example,employee\nEd,ed@test.example,organiser\n"
    )
    assert fates(report) == [
        "change name and role",
        "change name",
        "same",
        "deactivated: left as it is",
        "add",
        "add",
    ]
    assert (report.written, report.errors, report.counts["add"]) == (True, 0, 2)
    assert everybody() == {
        NOOR,
        ("Ada Lovelace", "ada@test.example", "leader", True),
        ("Bob", "bo@test.example", "leader", True),
        ("Cy", "cy@test.example", "leader", False),
        ("Di", "di@test.example", "employee", True),
        ("Ed", "ed@test.example", "organiser", True),
    }
    assert list(report.links) == ["di@test.example", "ed@test.example"]
    di = actions.redeem_link(report.links["di@test.example"], at=MONDAY)
    assert di is not None
    assert di.name == "Di"


def test_a_dry_run_tells_the_same_fates_and_writes_nothing() -> None:
    lines = "Ada,ada@test.example,leader\nNora,noor@test.example,organiser\n"
    dry = run(lines, dry_run=True)
    assert (everybody(), dry.written, dry.links) == ({NOOR}, False, {})
    assert not db.session.scalars(select(SignInLink)).all()
    assert fates(dry) == ["add", "change name"]
    assert fates(run(lines)) == fates(dry)


def test_one_bad_row_stops_all_unless_the_rest_is_wanted() -> None:
    lines = "Ada,ada@test.example,leader\nBo,bo@test.example,boss\nCy,cy@test.example,leader\n"
    report = run(lines)
    assert fates(report) == ["add", "error: unknown role “boss”: write employee, leader or organiser", "add"]
    assert (report.written, report.errors, report.links) == (False, 1, {})
    assert everybody() == {NOOR}
    report = run(lines, partial=True)
    assert report.written
    assert {email for _name, email, _role, _active in everybody()} == {
        "noor@test.example",
        "ada@test.example",
        "cy@test.example",
    }
    assert fates(run(lines.replace("boss", "leader"))) == ["same", "add", "same"]


def test_a_file_that_cannot_be_used_writes_nothing_even_in_part() -> None:
    report = actions.import_people(read_people("name,email\nÄ,x".encode("latin-1")), partial=True, at=MONDAY)
    assert "not in UTF-8" in report.error
    assert (report.rows, report.written, everybody()) == ((), False, {NOOR})


def test_no_import_takes_the_last_organiser_away() -> None:
    only = "error: Noor is the only active organiser. Make somebody else an organiser first."
    assert fates(run("Noor,noor@test.example,leader\n")) == [only]
    make_person("organiser", name="Old", email="old@test.example")
    report = run("Old,old@test.example,leader\nNoor,noor@test.example,leader\n")
    assert fates(report) == ["change role", only]
    assert not report.written
    report = run(
        "Noor,noor@test.example,leader\nOld,old@test.example,leader\nNew,new@test.example,organiser\n"
    )
    assert fates(report) == ["change role", "change role", "add"]
    assert {role for _name, _email, role, _active in everybody()} == {"leader", "organiser"}


def test_an_organiser_who_is_deactivated_saves_nobody() -> None:
    make_person("leader", name="Cy", email="cy@test.example", deactivated_at=MONDAY)
    report = run("Noor,noor@test.example,leader\nCy,cy@test.example,organiser\n")
    assert fates(report)[0].startswith("error: Noor is the only active organiser.")


def test_owners_stay_leaders_and_former_leaders_contribute_no_more() -> None:
    ada = make_person("leader", name="Ada", email="ada@test.example")
    bo = make_person("leader", name="Bo", email="bo@test.example")
    bucket = make_bucket("Money", owner=ada)
    db.session.add(Contributor(bucket_id=bucket.id, person_id=bo.id))
    db.session.commit()
    report = run("Ada,ada@test.example,employee\nBo,bo@test.example,employee\n", partial=True)
    assert fates(report) == ["error: Ada owns Money. Choose another owner there first.", "change role"]
    db.session.expire_all()
    assert (ada.role, bo.role, bucket.contributors) == ("leader", "employee", [])


def test_ten_thousand_people_are_one_import() -> None:
    lines = "".join(f"Person {number},person{number}@many.example,employee\n" for number in range(10_000))
    report = run(lines)
    assert (report.counts, len(report.links)) == ({"add": 10_000}, 10_000)
    assert run(lines).counts == {"same": 10_000}
