"""A small company with rows in every table of both stores, made by the real actions.

For tests that walk over everything: what could leak, or be lost, is there.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta

import time_machine
from flask import Flask
from sqlalchemy import insert, select

from narrative.answers import actions as answers
from narrative.answers.models import Withholding
from narrative.database import db, transaction
from narrative.ledger.actions import append
from narrative.narratives import queries as narratives
from narrative.narratives.comments.deciding import decline
from narrative.narratives.comments.saying import Said, say
from narrative.narratives.committing import Promised
from narrative.narratives.document.contents import loaded, text_of
from narrative.narratives.document.messages import Sent
from narrative.narratives.document.models import Document
from narrative.narratives.document.syncing import open_document, synchronise
from narrative.narratives.models import AnywayReason, Commitment, Narrative, Outcome
from narrative.narratives.nudging import nudge
from narrative.narratives.prompting import set_prompts
from narrative.narratives.readings import mark_read
from narrative.narratives.standings import standings
from narrative.passes.issue import issue
from narrative.passes.store import anonymous_transaction
from narrative.passes.store_tables import pending_messages, votes
from narrative.people import actions as people
from narrative.people.models import Bucket, Contributor, Person
from narrative.people.refusals import WrongPassword
from narrative.quarters import actions as quarters
from narrative.quarters.models import Quarter
from narrative.questions.models import AskBack, Question
from narrative.questions.releasing import tick_if_due
from narrative.questions.showing import Message, show
from tests.asking import ASKING, FIRST_TICK, PUBLISHED, ask, create_keys, message, salt_of
from tests.factories import make_bucket, make_person, make_quarter, save
from tests.pass_holder import from_base64url, holder_for
from tests.writing import DRAFTING, READING, corrected, published, ready_draft, write

AFTER = FIRST_TICK + timedelta(hours=2)
DUE = date(2026, 8, 10)
SECRET = "a text that only colleagues may read"


@dataclass
class Company:
    """Somebody of each role, a published and corrected narrative, and questions in each state.

    It stands at `AFTER`, in the middle of asking, with one more question waiting for its tick. `link` is the
    token of a one-time link.
    """

    employee: Person
    leader: Person
    organiser: Person
    bucket: Bucket
    quarter: Quarter
    questions: list[Question]
    link: str


def make_company(app: Flask) -> Company:
    """Play a quarter up to `AFTER`."""
    employee, leader, organiser = (make_person(role) for role in ("employee", "leader", "organiser"))
    bucket = make_bucket("Workshop", owner=leader)
    save(Contributor(bucket_id=bucket.id, person_id=organiser.id))
    quarter = make_quarter(passes_held=8)
    _write(quarter, bucket, leader, organiser)
    link = people.make_link(employee, at=AFTER)
    with suppress(WrongPassword):
        people.sign_in(employee.email, "not the password", address="192.0.2.1", at=READING)
    issue(employee, quarter, holder_for(quarter).blinded, at=READING)
    questions = _asked(app, quarter, bucket)
    _answer(questions, leader, organiser)
    _what_comes_next(quarter, questions[0], leader, organiser)
    return Company(employee, leader, organiser, bucket, quarter, questions, link)


def _write(quarter: Quarter, bucket: Bucket, leader: Person, organiser: Person) -> None:
    later = replace(quarter.timetable, answers_due_at=quarter.answers_due_at + timedelta(days=1))
    quarters.move(quarter, timetable=later, tick_minutes=1440, note="A holiday.", by=organiser, at=DRAFTING)
    nudge(quarter, standings(quarter), by=organiser, on=DRAFTING.date(), at=DRAFTING)
    draft = write(quarter, bucket, ready_draft(bucket.name, opening=f"It was {SECRET}."))
    mark_read(draft, revision_number=draft.head, by=organiser, at=DRAFTING)
    set_prompts({"opening": "What would you tell somebody on the stairs?"})
    published(quarter, bucket, workshop=ready_draft(bucket.name, opening=f"It was {SECRET}."))
    save(AnywayReason(quarter_id=quarter.id, because="It was time.", said_by_id=organiser.id))
    create_keys(quarter, at=PUBLISHED + timedelta(minutes=1))
    narrative = narratives.narrative_for(quarter, bucket)
    assert narrative is not None
    draft = replace(narratives.head_draft(narrative), opening=f"It is {SECRET}.")
    corrected(narrative, draft, reason="A word.", by=leader, at=READING)
    _write_together(narrative, leader)
    _comment(narrative, leader, organiser)


def _write_together(narrative: Narrative, leader: Person) -> None:
    """Rows in the tables of the shared document: a next correction is being written."""
    open_document(narrative.quarter, narrative.bucket, at=AFTER)
    doc = loaded(db.session.get_one(Document, narrative.id).snapshot)
    state = doc.get_state()
    text_of(doc, "opening").insert(0, f"There, {SECRET}: ")
    knows = {"seq": None, "state": state, "cursor": {"part": "opening"}, "away": False}
    sent = Sent(tab="0" * 16, update=doc.get_update(state), **knows)
    synchronise(narrative.id, sent, seq=0, by_id=leader.id, at=AFTER)


def _comment(narrative: Narrative, leader: Person, organiser: Person) -> None:
    """Rows in the tables of comments: the organiser's is the second."""
    about = narrative.quarter, narrative.bucket
    suggested = Said(part="opening", text=f"Better: {SECRET}", words="There", replacement="Here")
    first = say(*about, suggested, by=leader, at=AFTER)
    said = Said(part="went_well", text=f"@{leader.name}, {SECRET}?")
    say(*about, said, by=organiser, at=AFTER)
    decline(narrative, first, sentence="No.", by=organiser, at=AFTER)


def _asked(app: Flask, quarter: Quarter, bucket: Bucket) -> list[Question]:
    texts = [f"Question {letter}: {SECRET}?" for letter in "ABCD"]
    with time_machine.travel(ASKING, tick=False):
        ask(app, quarter, *texts, bucket=bucket.slug)
    assert tick_if_due(quarter, FIRST_TICK) == len(texts)
    with time_machine.travel(AFTER, tick=False):
        ask(app, quarter, f"Waiting: {SECRET}?")
    return list(db.session.scalars(select(Question).order_by(Question.text)))


def _answer(questions: list[Question], leader: Person, organiser: Person) -> None:
    drafted, answered, declined, reopened = questions
    answers.claim(drafted, by=leader, due_on=DUE, at=AFTER)
    answers.save_draft(drafted, text="Because.", seen=0, by=leader, at=AFTER)
    answers.hand_off(answered, holder=None, to=leader, note="Yours.", due_on=DUE, at=AFTER)
    promised = Promised(
        title=f"Do it: {SECRET}", owner_id=leader.id, due_in="2026-q3", bucket_id=answered.bucket_id or 0
    )
    answers.publish(answered, text=f"*Yes*, {SECRET}.", by=leader, at=AFTER, promised=promised)
    answers.correct(answered, text="No.", reason="A slip.", seen=1, by=leader, at=AFTER)
    answers.decline(declined, reason="personal", sentence="It names a colleague.", by=leader, at=AFTER)
    answers.publish(reopened, text="Perhaps.", by=leader, at=AFTER)
    answers.reopen(reopened, was="answered", note="Too short.", by=organiser, at=AFTER)


def _what_comes_next(quarter: Quarter, question: Question, leader: Person, organiser: Person) -> None:
    """Rows in the tables of outcomes, votes, follow-ups and withholding."""
    told = {"position": 1, "title": SECRET, "state": "partly", "sentence": f"Half of it: {SECRET}"}
    of = db.session.scalars(select(Commitment.id)).one()
    save(Outcome(**told, narrative_id=db.session.scalars(select(Narrative.id)).one(), commitment_id=of))
    about = {"question_id": question.id, "number": 1}
    save(AskBack(**about, text=f"Which? {SECRET}", author_id=leader.id, asked_at=AFTER))
    _add(quarter, question, text=f"This one: {SECRET}")
    said = {"reason": "personal", "sentence": "It names a colleague.", "withheld_by_id": organiser.id}
    save(Withholding(question_id=question.id, **said, withheld_at=AFTER))
    waiting = message(question.mark, 2, f"And: {SECRET}") | {"salt": salt_of(question.mark, 2)}
    waiting["signature"] = from_base64url(waiting["signature"])
    with anonymous_transaction() as connection:
        connection.execute(insert(votes).values(spent_mark=bytes(32), quarter=quarter.name, slot=1))
        connection.execute(insert(pending_messages).values(key=bytes(16), quarter=quarter.name, **waiting))


def _add(quarter: Quarter, question: Question, *, text: str) -> None:
    """Show a follow-up as a tick does, signed by whoever asked."""
    signature = message(question.mark, 1, text)["signature"]
    sent = Message(bytes(16), question.mark, 1, text, salt_of(question.mark, 1), signature)
    with transaction() as session:
        append(session, *show(session, quarter, [sent], day=AFTER.date()).entries)
