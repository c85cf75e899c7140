"""Who asks, marks a draft as read, or publishes with a reason at the same instant. On both engines."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask
from sqlalchemy import func, select

from narrative.database import db
from narrative.narratives.gate import Decision
from narrative.narratives.models import AnywayReason, Narrative, Nudge, Publication, Reading
from narrative.narratives.nudging import nudge
from narrative.narratives.publishing import publish_late, publish_quarter
from narrative.narratives.readings import mark_read
from narrative.narratives.signing_off import sign_off
from narrative.narratives.standings import standings
from narrative.people.models import Person
from tests.database.test_publishing_races import at_once, quarter_of
from tests.factories import make_bucket, make_person, make_quarter
from tests.writing import ANYWAY, DRAFTING, PUBLISHED, READING, owned, ready_draft, signed, write

ROUNDS = 6


def person_of(person_id: int) -> Person:
    return db.session.get_one(Person, person_id)


def test_of_two_who_ask_at_once_one_does_and_the_other_is_told(app: Flask) -> None:
    organisers = [make_person("organiser").id for _ in range(2)]
    bucket = make_bucket("Product")
    for turn in range(ROUNDS):
        key = make_quarter(f"20{30 + turn}-q1").id

        def ask(by: int, key: int = key) -> tuple[int, list[tuple[str, str]]]:
            quarter = quarter_of(key)
            stands = standings(quarter)
            said = nudge(quarter, stands, by=person_of(by), on=DRAFTING.date(), at=DRAFTING)
            return len(said.asked), said.passed_over

        gave = at_once(app, *(lambda by=by, ask=ask: ask(by) for by in organisers))
        told = [("Product", f"{bucket.owner.name} was asked today already")]
        assert sorted(gave) == [(0, told), (1, [])]
        kept = select(func.count()).select_from(Nudge).where(Nudge.quarter_id == key)
        assert db.session.scalar(kept) == 1


def test_marks_at_once_leave_the_newest_version_that_was_read(app: Flask) -> None:
    reader, bucket = make_person("leader").id, make_bucket("Product")
    for turn in range(ROUNDS):
        quarter = make_quarter(f"20{30 + turn}-q1")
        write(quarter, bucket)
        narrative_id = write(quarter, bucket, ready_draft("later")).id

        def mark(number: int, narrative_id: int = narrative_id) -> None:
            narrative = db.session.get_one(Narrative, narrative_id)
            mark_read(narrative, revision_number=number, by=person_of(reader), at=DRAFTING)

        works = [lambda number=number, mark=mark: mark(number) for number in (1, 2, 1, 2)]
        assert at_once(app, *works) == [None] * 4
        kept = select(Reading.revision_number).where(Reading.narrative_id == narrative_id)
        assert db.session.scalars(kept).all() == [2]


def test_of_two_reasons_the_one_that_published_is_kept(app: Flask) -> None:
    organisers = [make_person("organiser").id for _ in range(2)]
    bucket = make_bucket("Product")
    make_bucket("Missing")
    for turn in range(ROUNDS):
        quarter = make_quarter(f"20{30 + turn}-q1")
        signed(quarter, bucket)
        key = quarter.id

        def publish(by: int, key: int = key) -> bool:
            decision = Decision(because=f"So says {by}.")
            return publish_quarter(quarter_of(key), by=person_of(by), at=PUBLISHED, decision=decision)

        gave = at_once(app, *(lambda by=by, publish=publish: publish(by) for by in organisers))
        assert sorted(gave) == [False, True]
        won = organisers[gave.index(True)]
        found = db.session.get_one(AnywayReason, key)
        assert (found.because, found.said_by_id) == (f"So says {won}.", won)


def test_a_new_sign_off_that_races_the_press_publishes_nothing_unseen(app: Flask) -> None:
    """What was signed off in that very moment is checked too: it appears only if the old text would not."""
    organiser = make_person("organiser").id
    for turn in range(ROUNDS):
        quarter, bucket = make_quarter(f"20{30 + turn}-q1"), make_bucket(f"Bucket {turn}")
        signed(quarter, bucket)
        accident = owned(bucket, replace(ready_draft("x"), opening="Well. <!-- ask Ben -->"))
        narrative_id, key = write(quarter, bucket, accident).id, quarter.id

        def sign(narrative_id: int = narrative_id) -> str:
            narrative = db.session.get_one(Narrative, narrative_id)
            owner = narrative.bucket.owner
            sign_off(narrative, revision_number=2, by=owner, at=DRAFTING, accepted=True)
            return "signed"

        def publish(key: int = key) -> bool:
            seen = Decision(without={row.bucket_id for row in standings(quarter_of(key)) if not row.signed})
            return publish_quarter(
                quarter_of(key), by=person_of(organiser), at=PUBLISHED, decision=replace(seen, because="")
            )

        at_once(app, sign, publish)
        shown = select(Publication.revision_number).where(Publication.narrative_id == narrative_id)
        assert db.session.scalars(shown).all() in ([], [1])
        bucket.archived_at = READING
        db.session.commit()


def test_a_late_one_with_an_accident_is_published_once_with_its_reason(app: Flask) -> None:
    quarter, ready, late = make_quarter(), make_bucket("Ready"), make_bucket("Late")
    signed(quarter, ready)
    publish_quarter(quarter, by=None, at=PUBLISHED, decision=ANYWAY)
    narrative = write(quarter, late, owned(late, replace(ready_draft("x"), opening="TODO")), at=READING)
    sign_off(narrative, revision_number=1, by=late.owner, at=READING, accepted=True)
    key = narrative.id

    def publish(because: str) -> bool:
        found = db.session.get_one(Narrative, key)
        return publish_late(found, by=found.bucket.owner, at=READING, because=because)

    gave = at_once(app, lambda: publish("One."), lambda: publish("Two."))
    assert sorted(gave) == [False, True]
    kept = db.session.scalars(select(Publication.anyway_because).where(Publication.narrative_id == key)).all()
    assert kept == [["One.", "Two."][gave.index(True)]]
