"""Two people save at the same instant: nothing is lost, nobody overwritten. On both engines."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from narrative.database import db
from narrative.narratives import locking, queries, signing_off, writing
from narrative.narratives.models import Narrative, Revision
from narrative.narratives.rules import Draft, OutcomeRow, PriorityRow
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter
from tests.factories import MONDAY, make_bucket, make_person, make_quarter

ROUNDS = 20
AT = MONDAY + timedelta(hours=1)


def at_once(app: Flask, *works: Callable[[], None]) -> None:
    """Run each work in a thread and a connection of its own, all starting together; raise what one raised."""
    barrier = threading.Barrier(len(works))
    raised: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        with app.app_context():
            try:
                barrier.wait(timeout=30)
                work()
            except BaseException as error:
                raised.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    if raised:
        raise raised[0]


def saver(quarter_id: int, bucket_id: int, person_id: int, base: int, draft: Draft) -> Callable[[], None]:
    """One save of `draft`, written on `base`, from a connection of its own."""

    def work() -> None:
        quarter, bucket = db.session.get_one(Quarter, quarter_id), db.session.get_one(Bucket, bucket_id)
        by = db.session.get_one(Person, person_id)
        writing.save(quarter, bucket, draft=draft, base=base, by=by, at=AT)

    return work


def head_text(narrative: Narrative) -> str:
    """Everything the newest revision says."""
    return "\n".join(queries.head_draft(narrative).texts.values())


def test_every_word_of_two_who_save_at_once_is_in_the_head(app: Flask) -> None:
    quarter, bucket = make_quarter(), make_bucket()
    ada, grace = make_person("leader"), make_person("leader")
    start = Draft(opening="We began.", went_well="Start.")
    writing.save(quarter, bucket, draft=start, base=0, by=ada, at=AT)
    for turn in range(ROUNDS):
        db.session.rollback()
        narrative = queries.narrative_for(quarter, bucket)
        assert narrative is not None
        base, seen = narrative.head, queries.head_draft(narrative)
        drafts = [
            Draft(opening=f"{seen.opening} ada{turn}", went_well=seen.went_well),
            Draft(opening=f"{seen.opening} grace{turn}", went_well=f"{seen.went_well}\n\ngrace{turn}-again"),
        ]
        at_once(
            app,
            saver(quarter.id, bucket.id, ada.id, base, drafts[0]),
            saver(quarter.id, bucket.id, grace.id, base, drafts[1]),
        )
    db.session.rollback()
    narrative = queries.narrative_for(quarter, bucket)
    assert narrative is not None
    words = head_text(narrative).split()
    expected = [f"{who}{turn}" for turn in range(ROUNDS) for who in ("ada", "grace")]
    assert sorted(set(expected) - set(words)) == []
    # Where nobody else wrote, a word stands once: nothing is doubled.
    assert {words.count(f"grace{turn}-again") for turn in range(ROUNDS)} == {1}
    # What each sent stands in a revision of its own, word for word.
    kept = select(Revision).where(Revision.narrative_id == narrative.id).order_by(Revision.number)
    revisions = list(db.session.scalars(kept))
    assert [revision.number for revision in revisions] == list(range(1, 1 + 1 + 3 * ROUNDS))
    for person, drafts_word in ((ada, "ada"), (grace, "grace")):
        own = [r.opening for r in revisions if r.author_id == person.id]
        assert all(any(f"{drafts_word}{turn}" in text for text in own) for turn in range(ROUNDS))


def test_the_first_two_words_ever_written_at_once_are_both_kept(app: Flask) -> None:
    ada, grace = make_person("leader"), make_person("leader")
    quarter = make_quarter()
    for _ in range(ROUNDS):
        bucket = make_bucket()
        at_once(
            app,
            saver(quarter.id, bucket.id, ada.id, 0, Draft(opening="from-ada")),
            saver(quarter.id, bucket.id, grace.id, 0, Draft(opening="from-grace")),
        )
        db.session.rollback()
        narrative = queries.narrative_for(quarter, bucket)
        assert narrative is not None
        assert sorted(head_text(narrative).split()) == ["from-ada", "from-grace"]
        assert narrative.head == 3


def test_what_two_say_of_one_promise_at_once_both_stands(app: Flask) -> None:
    quarter, bucket = make_quarter(), make_bucket()
    ada, grace = make_person("leader"), make_person("leader")
    for turn in range(ROUNDS):
        db.session.rollback()
        narrative = queries.narrative_for(quarter, bucket)
        base = narrative.head if narrative else 0
        key = f"priority-{turn + 1}"
        said = queries.head_draft(narrative).outcomes
        drafts = [
            Draft(outcomes=(*said, OutcomeRow(key=key, state="partly", sentence=f"{who} {turn}.")))
            for who in ("Ada", "Grace")
        ]
        at_once(
            app,
            saver(quarter.id, bucket.id, ada.id, base, drafts[0]),
            saver(quarter.id, bucket.id, grace.id, base, drafts[1]),
        )
    db.session.rollback()
    found = {row.key: row for row in queries.head_draft(queries.narrative_for(quarter, bucket)).outcomes}
    assert set(found) == {f"priority-{turn + 1}" for turn in range(ROUNDS)}
    for turn in range(ROUNDS):
        row = found[f"priority-{turn + 1}"]
        assert row.state == "partly"
        assert sorted(row.sentence.split("\n\n")) == [f"Ada {turn}.", f"Grace {turn}."]


def test_the_same_save_sent_twice_at_once_is_stored_once(app: Flask) -> None:
    quarter, bucket, ada = make_quarter(), make_bucket(), make_person("leader")
    for turn in range(ROUNDS):
        db.session.rollback()
        narrative = queries.narrative_for(quarter, bucket)
        base = narrative.head if narrative else 0
        again = saver(quarter.id, bucket.id, ada.id, base, Draft(opening=f"Turn {turn}"))
        at_once(app, again, again)
        db.session.rollback()
        narrative = queries.narrative_for(quarter, bucket)
        assert narrative is not None
        assert (narrative.head, queries.head_draft(narrative).opening) == (turn + 1, f"Turn {turn}")


def test_a_sign_off_beside_a_save_pins_what_its_owner_saw_or_is_refused(app: Flask) -> None:
    ada = make_person("leader")
    quarter, bucket, grace = make_quarter(), make_bucket(owner=ada), make_person("leader")
    finished = Draft(
        opening="o",
        went_well="w",
        went_badly="b",
        priorities=(PriorityRow(key="a" * 16, title="t", measure="m", owner_id=ada.id),),
        next_priorities="n",
    )
    writing.save(quarter, bucket, draft=finished, base=0, by=ada, at=AT)
    for turn in range(ROUNDS):
        db.session.rollback()
        narrative = queries.narrative_for(quarter, bucket)
        assert narrative is not None
        seen, refused = narrative.head, []
        changed = Draft(**{**finished.texts, "opening": f"turn {turn}"}, priorities=finished.priorities)

        def sign(number: int = seen, refused: list[int] = refused) -> None:
            found = queries.narrative_for(
                db.session.get_one(Quarter, quarter.id), db.session.get_one(Bucket, bucket.id)
            )
            assert found is not None
            by = db.session.get_one(Person, ada.id)
            try:
                signing_off.sign_off(found, revision_number=number, by=by, at=AT)
            except locking.NewerRevision as newer:
                refused.append(newer.head)

        at_once(app, sign, saver(quarter.id, bucket.id, grace.id, seen, changed))
        db.session.rollback()
        narrative = queries.narrative_for(quarter, bucket)
        assert narrative is not None
        assert narrative.head == seen + 1
        if refused:
            assert refused == [seen + 1]
        else:
            assert narrative.sign_off is not None
            assert narrative.sign_off.revision_number == seen


@pytest.mark.slow
def test_a_late_reader_sees_either_none_or_all_of_a_save(app: Flask) -> None:
    """The head never names a revision that is not there."""
    quarter, bucket, ada = make_quarter(), make_bucket(), make_person("leader")
    writing.save(quarter, bucket, draft=Draft(opening="0"), base=0, by=ada, at=AT)
    stop, torn = threading.Event(), []

    def watch() -> None:
        while not stop.is_set():
            db.session.rollback()
            found = queries.narrative_for(
                db.session.get_one(Quarter, quarter.id), db.session.get_one(Bucket, bucket.id)
            )
            if found is not None and queries.revision(found, found.head) is None:
                torn.append(found.head)

    def write() -> None:
        for turn in range(1, ROUNDS + 1):
            saver(quarter.id, bucket.id, ada.id, turn, Draft(opening=str(turn)))()
        stop.set()

    at_once(app, watch, write)
    assert torn == []
