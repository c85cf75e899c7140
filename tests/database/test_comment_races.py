"""Two decide on a suggestion at the same instant, or speak while others write. On both engines."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from flask import Flask

from narrative.database import db
from narrative.narratives import queries, writing
from narrative.narratives.comments import deciding, saying
from narrative.narratives.comments.models import Comment, SuggestionDecision
from narrative.narratives.comments.queries import threads
from narrative.narratives.comments.refusals import Decided
from narrative.narratives.comments.saying import Said
from narrative.narratives.document.contents import read
from narrative.narratives.document.updates import document_now
from narrative.narratives.models import Narrative
from narrative.narratives.rules import Draft
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter
from tests.database.test_saving_races import at_once, saver
from tests.factories import MONDAY, make_bucket, make_person, make_quarter

ROUNDS = 8
AT = MONDAY + timedelta(hours=1)


def narrative_of(quarter: Quarter, bucket: Bucket) -> Narrative:
    """The narrative as it stands in the database now."""
    db.session.rollback()
    db.session.expire_all()
    found = queries.narrative_for(quarter, bucket)
    assert found is not None
    return found


def opening(narrative: Narrative) -> str:
    """What the shared text says."""
    doc = document_now(db.session(), narrative.id)
    assert doc is not None
    return read(doc).draft.opening


def test_of_two_who_decide_at_once_one_does_and_the_other_is_told(app: Flask) -> None:
    quarter, ada, grace = make_quarter(), make_person("leader"), make_person("leader")
    bucket = make_bucket(owner=ada)
    writing.save(quarter, bucket, draft=Draft(opening="It sank."), base=0, by=ada, at=AT)
    told: list[int] = []

    def decision(comment_id: int, by_id: int, *, accepts: bool) -> Callable[[], None]:
        def work() -> None:
            narrative, by = db.session.query(Narrative).one(), db.session.get_one(Person, by_id)
            try:
                if accepts:
                    deciding.accept(narrative, comment_id, by=by, at=AT)
                else:
                    deciding.decline(narrative, comment_id, sentence="", by=by, at=AT)
            except Decided as faster:
                told.append(faster.decision.decided_by_id)

        return work

    for turn in range(ROUNDS):
        now = "It sank." if turn == 0 else opening(narrative_of(quarter, bucket))
        suggested = Said(part="opening", text="", words=now, replacement=f"It sank {turn} times.")
        comment_id = saying.say(quarter, bucket, suggested, by=grace, at=AT)
        works = (decision(comment_id, one.id, accepts=one is ada or turn % 2 == 0) for one in (ada, grace))
        at_once(app, *works)
        narrative_of(quarter, bucket)
        decided = db.session.get_one(SuggestionDecision, comment_id)
        assert told == [decided.decided_by_id]
        wanted = f"It sank {turn} times." if decided.accepted else now
        assert opening(narrative_of(quarter, bucket)) == wanted
        told.clear()
    assert db.session.query(SuggestionDecision).count() == ROUNDS


def test_comments_made_at_once_beside_a_save_all_stand_and_have_versions_of_their_own(app: Flask) -> None:
    quarter, ada, grace = make_quarter(), make_person("leader"), make_person("leader")
    bucket = make_bucket(owner=ada)
    draft = Draft(opening="Où ? It sank.")
    writing.save(quarter, bucket, draft=draft, base=0, by=ada, at=AT)

    def speaker(by_id: int) -> Callable[[], None]:
        def work() -> None:
            found = db.session.query(Narrative).one()
            said = Said(part="opening", text="?", words="sank")
            by = db.session.get_one(Person, by_id)
            saying.say(found.quarter, found.bucket, said, by=by, at=AT)

        return work

    for turn in range(ROUNDS):
        base = narrative_of(quarter, bucket).head
        draft = replace(draft, opening=f"{turn} 🙂 {draft.opening}")
        save = saver(quarter.id, bucket.id, ada.id, base, draft)
        at_once(app, speaker(ada.id), speaker(grace.id), save)
    narrative = narrative_of(quarter, bucket)
    assert [thread.now for thread in threads(narrative)] == ["sank"] * (2 * ROUNDS)
    versions = [row.version for row in db.session.query(Comment)]
    assert sorted(versions) == list(range(1, 2 * ROUNDS + 1))
    assert opening(narrative) == draft.opening
