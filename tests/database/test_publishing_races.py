"""Who publishes, corrects, signs off or saves at the same instant as another. On both engines."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from narrative import data_version
from narrative.database import db
from narrative.narratives import locking, queries, writing
from narrative.narratives.correcting import NothingChanged, correct
from narrative.narratives.models import Narrative, Publication
from narrative.narratives.publishing import publish_if_due, publish_late, publish_quarter
from narrative.narratives.signing_off import sign_off, withdraw_sign_off
from narrative.people.models import Bucket
from narrative.quarters.models import Quarter
from tests.factories import make_bucket, make_quarter, save
from tests.writing import ANYWAY, DRAFTING, PUBLISHED, READING, owned, published, ready_draft, signed, write

ROUNDS = 8


def at_once(app: Flask, *works: Callable[[], Any]) -> list[Any]:
    """Run each work in a thread and a connection of its own, all starting together; return what each gave."""
    barrier = threading.Barrier(len(works))
    given: list[Any] = [None] * len(works)

    def run(index: int) -> None:
        with app.app_context():
            try:
                barrier.wait(timeout=30)
                given[index] = works[index]()
            except Exception as error:
                given[index] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    db.session.rollback()
    return given


def quarter_of(quarter_id: int) -> Quarter:
    return db.session.get_one(Quarter, quarter_id)


def numbers() -> list[tuple[int, int]]:
    rows = db.session.execute(
        select(Publication.number, Publication.revision_number).order_by(Publication.id)
    )
    return [(row.number, row.revision_number) for row in rows]


def test_of_all_who_publish_at_once_exactly_one_does(app: Flask) -> None:
    for turn in range(ROUNDS):
        quarter = make_quarter(f"20{30 + turn}-q1")
        buckets = [make_bucket(f"Bucket {turn}.{number}") for number in range(3)]
        for bucket in buckets:
            signed(quarter, bucket)
        for earlier in db.session.scalars(select(Bucket).where(Bucket.id.not_in([b.id for b in buckets]))):
            earlier.archived_at = DRAFTING
            db.session.commit()
        key = quarter.id
        ways = [
            lambda key=key: publish_quarter(quarter_of(key), by=None, at=PUBLISHED, decision=ANYWAY),
            lambda key=key: publish_if_due(quarter_of(key), PUBLISHED),
        ]
        assert sorted(at_once(app, *ways, *ways)) == [False, False, False, True]
        found = select(func.count()).select_from(Publication).join(Narrative)
        assert db.session.scalar(found.where(Narrative.quarter_id == key)) == 3


def test_a_save_that_races_a_publication_is_never_torn(app: Flask) -> None:
    for turn in range(ROUNDS):
        quarter, bucket = make_quarter(f"20{30 + turn}-q1"), make_bucket(f"Bucket {turn}")
        first = owned(bucket, ready_draft("first"))
        narrative = signed(quarter, bucket, first)
        second = replace(ready_draft("later"), priorities=())
        keys = (quarter.id, bucket.id)

        def saver(keys: tuple[int, int] = keys, second: Any = second) -> Any:
            quarter, bucket = quarter_of(keys[0]), db.session.get_one(Bucket, keys[1])
            with suppress(locking.WritingClosed):
                return writing.save(quarter, bucket, draft=second, base=1, by=None, at=DRAFTING)

        gave = at_once(
            app,
            saver,
            lambda key=quarter.id: publish_quarter(quarter_of(key), by=None, at=PUBLISHED, decision=ANYWAY),
        )
        assert gave[1] is True
        db.session.expire_all()
        publication = db.session.scalars(
            select(Publication).where(Publication.narrative_id == narrative.id)
        ).one()
        assert publication.revision_number == 1
        assert "later" not in "".join(publication.html.values())
        assert queries.draft_of(queries.revision(narrative, 1)) == first
        if gave[0] is not None:
            assert queries.head_draft(narrative) == second
        save(replace_archived(bucket))


def replace_archived(bucket: Bucket) -> Bucket:
    bucket.archived_at = READING
    return bucket


def test_a_sign_off_taken_back_or_given_at_once_leaves_one_story(app: Flask) -> None:
    for turn in range(ROUNDS):
        quarter = make_quarter(f"20{30 + turn}-q1")
        kept, wavering = make_bucket(f"Kept {turn}"), make_bucket(f"Wavering {turn}")
        signed(quarter, kept)
        narrative = signed(quarter, wavering)
        keys = (quarter.id, narrative.id)

        def take_back(keys: tuple[int, int] = keys) -> str:
            try:
                withdraw_sign_off(db.session.get_one(Narrative, keys[1]), at=DRAFTING)
            except locking.WritingClosed:
                return "too late"
            return "taken back"

        said = at_once(
            app,
            take_back,
            lambda key=quarter.id: publish_quarter(quarter_of(key), by=None, at=PUBLISHED, decision=ANYWAY),
        )
        assert said[1] is True
        db.session.expire_all()
        seen = queries.is_published(db.session.get_one(Narrative, narrative.id))
        assert seen is (said[0] == "too late")


def test_a_first_save_that_races_a_publication_finds_its_narrative(app: Flask) -> None:
    for turn in range(ROUNDS):
        quarter = make_quarter(f"20{30 + turn}-q1")
        signed(quarter, make_bucket(f"Ready {turn}"))
        late = make_bucket(f"Late {turn}")
        keys = (quarter.id, late.id)

        def begin(keys: tuple[int, int] = keys) -> Any:
            quarter, bucket = quarter_of(keys[0]), db.session.get_one(Bucket, keys[1])
            return writing.save(quarter, bucket, draft=ready_draft("x"), base=0, by=None, at=DRAFTING).head

        gave = at_once(
            app,
            begin,
            lambda key=quarter.id: publish_quarter(quarter_of(key), by=None, at=PUBLISHED, decision=ANYWAY),
        )
        assert gave == [1, True]
        found = select(func.count()).select_from(Narrative).where(Narrative.bucket_id == late.id)
        assert db.session.scalar(found) == 1
        save(replace_archived(late))


def test_of_two_who_publish_a_late_narrative_one_does(app: Flask) -> None:
    quarter, late = make_quarter(), make_bucket("Late")
    published(quarter, make_bucket("Ready"))
    narrative = write(quarter, late, at=READING)
    sign_off(narrative, revision_number=1, by=late.owner, at=READING)
    key = narrative.id

    def press() -> bool:
        found = db.session.get_one(Narrative, key)
        return publish_late(found, by=found.bucket.owner, at=READING)

    assert sorted(at_once(app, press, press, press)) == [False, False, True]


def test_of_two_corrections_at_once_one_wins_and_the_other_is_told(app: Flask) -> None:
    quarter, bucket = make_quarter(), make_bucket("Product")
    published(quarter, bucket)
    narrative = queries.narrative_for(quarter, bucket)
    assert narrative is not None
    key = narrative.id
    for turn in range(1, ROUNDS + 1):
        draft = replace(owned(bucket, ready_draft("Product")), opening=f"Turn {turn}.")
        seen = write(quarter, bucket, draft, at=READING).head
        db.session.rollback()

        def corrector(reason: str, revision_number: int = seen) -> Callable[[], int]:
            def work() -> int:
                found = db.session.get_one(Narrative, key)
                facts = {"reason": reason, "by": found.bucket.owner, "at": READING}
                return correct(found, revision_number=revision_number, **facts)

            return work

        gave = at_once(app, corrector("Ada's"), corrector("Grace's"))
        # Which of the two depends on whether the other was published before or while this one was compared.
        told = [one for one in gave if isinstance(one, locking.NewerRevision | NothingChanged)]
        assert [one for one in gave if one not in told] == [turn + 1], gave
        assert len(told) == 1
        assert numbers()[-1] == (turn + 1, turn + 1)


def test_a_correction_that_is_sent_twice_is_published_once(app: Flask) -> None:
    quarter, bucket = make_quarter(), make_bucket("Product")
    published(quarter, bucket)
    draft = replace(owned(bucket, ready_draft("Product")), opening="Put right.")
    narrative = write(quarter, bucket, draft, at=READING)
    key, seen = narrative.id, narrative.head
    db.session.rollback()

    def press() -> int:
        found = db.session.get_one(Narrative, key)
        return correct(found, revision_number=seen, reason="x", by=found.bucket.owner, at=READING)

    assert at_once(app, press, press, press) == [2, 2, 2]
    assert numbers()[-1] == (2, 2)


# The number under which pages are kept


@pytest.fixture
def number(app: Flask) -> Callable[[], int]:
    return data_version.current_number


def test_every_commit_that_changed_something_raises_the_number(number: Callable[[], int]) -> None:
    seen = [number()]
    bucket = make_bucket("Product")
    seen.append(number())
    bucket.name = "Products"
    db.session.commit()
    seen.append(number())
    db.session.execute(db.update(Bucket).values(name="Again"))
    db.session.commit()
    seen.append(number())
    db.session.execute(db.text("UPDATE buckets SET name = 'In words'"))
    db.session.commit()
    seen.append(number())
    assert seen == sorted(set(seen))


def test_reading_and_what_was_rolled_back_leave_the_number(number: Callable[[], int]) -> None:
    bucket = make_bucket("Product")
    before = number()
    db.session.scalars(select(Bucket)).all()
    db.session.execute(db.text("SELECT 1"))
    db.session.commit()
    bucket.name = "Never"
    db.session.flush()
    db.session.rollback()
    db.session.commit()
    assert number() == before


def test_a_savepoint_does_not_take_the_number_early(app: Flask, number: Callable[[], int]) -> None:
    quarter, bucket = make_quarter(), make_bucket("Product")
    before = number()
    with db.session.begin_nested():
        db.session.add(Narrative(quarter_id=quarter.id, bucket_id=bucket.id))
    assert data_version.number_in_session() == before
    db.session.commit()
    assert number() == before + 1


def test_whoever_sees_the_new_number_sees_the_change(app: Flask, number: Callable[[], int]) -> None:
    bucket = make_bucket("0")
    start, seen, stop = number(), [], threading.Event()
    key = bucket.id

    def watch() -> None:
        while not stop.is_set():
            at = data_version.current_number()
            db.session.rollback()
            seen.append((at - start, int(db.session.get_one(Bucket, key, populate_existing=True).name)))

    def change() -> None:
        try:
            for turn in range(1, 40):
                db.session.get_one(Bucket, key).name = str(turn)
                db.session.commit()
        finally:
            stop.set()

    assert at_once(app, watch, change) == [None, None]
    assert seen
    assert all(name >= raised for raised, name in seen)
