"""The queue's verbs. Each is one transaction; each loses cleanly to whoever was faster."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from narrative.answers.models import Answer, Claim, Decline, Draft, HandOff, Reopening
from narrative.answers.queries import address
from narrative.answers.rules import DECLINE_REASONS
from narrative.database import changed_rows, insertion, locked, transaction
from narrative.ledger.actions import append
from narrative.ledger.rules import entries
from narrative.narratives.committing import Promised, commit, was_promised
from narrative.people.models import Person
from narrative.quarters.models import Quarter
from narrative.questions.actions import AlreadyMoved, move
from narrative.questions.models import AskBack, Question
from narrative.questions.rules import ERASED_WORDS, normal_text
from narrative.web import markdown
from narrative.web.moments import company_day


class AlreadyClaimed(Exception):
    """Somebody else holds the question: `owner`, by name."""

    def __init__(self, owner: Person) -> None:
        super().__init__(f"{owner.name} holds the question")
        self.owner, self.owner_id = owner.name, owner.id


class StaleText(Exception):
    """Somebody else saved another text meanwhile: `text`, now at `version`, `by` name."""

    def __init__(self, text: str, *, version: int, by: Person) -> None:
        super().__init__(f"{by.name} saved another text meanwhile")
        self.text, self.version, self.by = text, version, by.name


def claim(question: Question, *, by: Person, due_on: date, at: datetime) -> None:
    """Make `by` the question's owner. Claiming what one holds already changes nothing.

    Raises AlreadyClaimed when somebody else was first, AlreadyMoved when it is not waiting any more.
    """
    with transaction() as session:
        _expect(session, question, "waiting")
        if _claim_first(session, question, by=by, due_on=due_on, at=at):
            return
        held = session.get_one(Claim, question.id)
        if held.owner_id != by.id:
            raise AlreadyClaimed(held.owner)


def hand_off(
    question: Question, *, holder: Person | None, to: Person, note: str, due_on: date, at: datetime
) -> None:
    """Move the question from `holder` (None: nobody had claimed it) to `to`, visibly.

    The same again changes nothing. Raises AlreadyClaimed when somebody other than `holder` holds it by now,
    AlreadyMoved when it is not waiting any more.
    """
    with transaction() as session:
        _expect(session, question, "waiting")
        if holder is None:
            moved = _claim_first(session, question, by=to, due_on=due_on, at=at)
        else:
            guarded = update(Claim).where(Claim.question_id == question.id, Claim.owner_id == holder.id)
            moved = changed_rows(session, guarded.values(owner_id=to.id, claimed_at=at)) == 1
        if not moved:
            held = session.get_one(Claim, question.id, populate_existing=True)
            if held.owner_id == to.id and _handed_so(session, question, to=to, note=note):
                return
            raise AlreadyClaimed(held.owner)
        holder_id = holder.id if holder else None
        handed = {"from_id": holder_id, "to_id": to.id, "note": note.strip(), "handed_at": at}
        session.add(HandOff(question_id=question.id, **handed))


def save_draft(
    question: Question,
    *,
    text: str,
    seen: int,
    by: Person,
    at: datetime,
    promised: dict[str, Any] | None = None,
) -> int:
    """Save a draft and return its new version. `seen` is the version it was written on, 0 for none.

    `promised` is what was typed of a promise so far.

    Raises StaleText when the draft has moved on, unless the text is the very same; AlreadyMoved when the
    question is not waiting any more.
    """
    with transaction() as session:
        _expect(session, question, "waiting")
        draft = session.get(Draft, question.id)
        if draft is None:
            said = {"text": text, "promised": promised or {}}
            session.add(Draft(question_id=question.id, **said, saved_by_id=by.id, saved_at=at))
            return 1
        if (draft.text, draft.promised) != (text, promised or {}):
            if seen != draft.version:
                raise StaleText(draft.text, version=draft.version, by=draft.saved_by)
            draft.text, draft.promised, draft.version = text, promised or {}, seen + 1
            draft.saved_by_id, draft.saved_at = by.id, at
        return draft.version


def publish(
    question: Question,
    *,
    text: str,
    by: Person,
    at: datetime,
    promised: Promised | None = None,
    seen: int | None = None,
) -> None:
    """Answer a waiting question in public, with what is promised in it; its draft is gone with that.

    `seen` is the version of the draft that the text was written on, 0 for none (None: whichever it is).
    The same again, since the page that said so was lost, changes nothing.
    Raises AlreadyMoved (questions.actions) when it is not waiting any more, StaleText when somebody saved
    another draft meanwhile, which would be gone.
    """
    html = str(markdown.render(text))
    with transaction() as session:
        state = locked(session, Question, question.id).state
        made_in = address(session.get_one(Quarter, question.quarter_id), question)
        same_promise = promised is None or was_promised(session, promised, made_in=made_in)
        if state == "answered" and same_promise and _says(_newest(session, question), text, by):
            return
        move(session, question.id, expected="waiting", to="answered")
        draft = session.get(Draft, question.id)
        if seen is not None and draft is not None and draft.version != seen and draft.text != text:
            raise StaleText(draft.text, version=draft.version, by=draft.saved_by)
        session.execute(delete(Draft).where(Draft.question_id == question.id))
        if promised is not None:
            commit(session, promised, made_in=made_in, at=at)
        _add_answer(session, question, text=text, html=html, reason="", by=by, at=at)


def correct(question: Question, *, text: str, reason: str, seen: int, by: Person, at: datetime) -> None:
    """Publish a corrected answer with its reason; the former ones stay readable.

    `seen` is the number of the answer that was corrected. The same again changes nothing.
    Raises StaleText when there is a newer one, AlreadyMoved when the question is not answered any more.
    """
    html = str(markdown.render(text))
    with transaction() as session:
        _expect(session, question, "answered")
        newest = _newest(session, question)
        if newest.number == seen + 1 and _says(newest, text, by):
            return
        if newest.number != seen:
            raise StaleText(newest.text, version=newest.number, by=newest.author)
        _add_answer(session, question, text=text, html=html, reason=reason.strip(), by=by, at=at)


def decline(question: Question, *, reason: str, sentence: str, by: Person, at: datetime) -> None:
    """Decline a waiting question for a reason of the published policy, with a sentence to whoever asked.

    The same again changes nothing.
    Raises AlreadyMoved when it is not waiting any more, ValueError for a reason outside the policy.
    """
    if reason not in DECLINE_REASONS:
        raise ValueError(f"{reason!r} is not a reason of the policy")
    said: dict[str, Any] = {
        "reason": reason,
        "sentence": sentence.strip(),
        "declined_by_id": by.id,
        "declined_at": at,
    }
    with transaction() as session:
        state = locked(session, Question, question.id).state
        if state == "declined" and _declined_so(session, question, said):
            return
        move(session, question.id, expected="waiting", to="declined")
        session.add(Decline(question_id=question.id, **said))
        about = about_entry(session, question, at)
        append(session, entries.declined(**about, reason=reason, sentence=said["sentence"]))


def reopen(question: Question, *, was: str, note: str, by: Person, at: datetime) -> None:
    """Put an answered or declined question back to waiting. What was said stays in its history.

    `was` is the state that was seen. The same again changes nothing. Raises AlreadyMoved when it is another
    one by now.
    """
    with transaction() as session:
        state = locked(session, Question, question.id).state
        if state == "waiting" and _reopened_so(session, question, note=note, by=by):
            return
        move(session, question.id, expected=was, to="waiting")
        said = {"was": was, "note": note.strip(), "reopened_by_id": by.id, "reopened_at": at}
        session.add(Reopening(question_id=question.id, **said))
        append(session, entries.reopened(**about_entry(session, question, at)))


def ask_back(question: Question, *, text: str, seen: int, by: Person, at: datetime) -> None:
    """Ask whoever asked, in public; whoever holds the question's receipt can answer by a follow-up.

    `seen` is how many ask-backs the form was shown with, so that the same again changes nothing.
    Raises StaleText when a colleague asked back meanwhile, AlreadyMoved when the question is erased.
    """
    text = normal_text(text)
    with transaction() as session:
        state = locked(session, Question, question.id).state
        if state in ERASED_WORDS:
            raise AlreadyMoved(state)
        mine = select(AskBack).where(AskBack.question_id == question.id)
        newest = session.scalars(mine.order_by(AskBack.number.desc()).limit(1)).first()
        number = newest.number if newest else 0
        if newest is not None and number != seen:
            if number == seen + 1 and (newest.text, newest.author_id) == (text, by.id):
                return
            raise StaleText(newest.text, version=number, by=newest.author)
        said: dict[str, Any] = {"number": number + 1, "text": text}
        session.add(AskBack(question_id=question.id, **said, author_id=by.id, asked_at=at))
        append(session, entries.asked_back(**about_entry(session, question, at), **said))


def about_entry(session: Session, question: Question, at: datetime) -> dict[str, Any]:
    """Return what every entry of the ledger about a question says: its quarter, its id, and the day."""
    quarter = session.get_one(Quarter, question.quarter_id)
    return {"quarter": quarter.name, "id": question.id, "day": company_day(at)}


def _claim_first(session: Session, question: Question, *, by: Person, due_on: date, at: datetime) -> bool:
    row = {"question_id": question.id, "owner_id": by.id, "due_on": due_on, "claimed_at": at}
    # The row itself says that it is new: how many rows an INSERT met is not told on PostgreSQL.
    first = insertion(session, Claim).values(**row).on_conflict_do_nothing().returning(Claim.question_id)
    return session.scalar(first) is not None


def _expect(session: Session, question: Question, state: str) -> None:
    found = locked(session, Question, question.id)
    if found.state != state:
        raise AlreadyMoved(found.state)


def _handed_so(session: Session, question: Question, *, to: Person, note: str) -> bool:
    mine = select(HandOff).where(HandOff.question_id == question.id).order_by(HandOff.id.desc())
    last = session.scalars(mine.limit(1)).first()
    return last is not None and (last.to_id, last.note) == (to.id, note.strip())


def _reopened_so(session: Session, question: Question, *, note: str, by: Person) -> bool:
    mine = select(Reopening).where(Reopening.question_id == question.id).order_by(Reopening.id.desc())
    last = session.scalars(mine.limit(1)).first()
    return last is not None and (last.reopened_by_id, last.note) == (by.id, note.strip())


def _newest(session: Session, question: Question) -> Answer:
    mine = select(Answer).where(Answer.question_id == question.id)
    return session.scalars(mine.order_by(Answer.number.desc()).limit(1)).one()


def _says(answer: Answer, text: str, by: Person) -> bool:
    return answer.text == text and answer.author_id == by.id


def _declined_so(session: Session, question: Question, said: dict[str, Any]) -> bool:
    mine = select(Decline).where(Decline.question_id == question.id)
    newest = session.scalars(mine.order_by(Decline.id.desc()).limit(1)).one()
    return all(getattr(newest, name) == said[name] for name in ("reason", "sentence", "declined_by_id"))


def _add_answer(
    session: Session, question: Question, *, text: str, html: str, reason: str, by: Person, at: datetime
) -> None:
    last = session.scalar(select(func.max(Answer.number)).where(Answer.question_id == question.id)) or 0
    rendered = {"text": text, "html": html, "renderer_version": markdown.RENDERER_VERSION}
    about = {"number": last + 1, "reason": reason, "author_id": by.id, "published_at": at}
    session.add(Answer(question_id=question.id, **rendered, **about))
    session.flush()
    entry = entries.answer(**about_entry(session, question, at), number=last + 1, text=text)
    append(session, entry)
