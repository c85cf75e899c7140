"""The page on which one question is worked on, as each of its forms shows it again."""

from datetime import date
from typing import Any

from flask import abort, render_template

from narrative.answers import queries
from narrative.answers.forms import (
    AnswerForm,
    AskBackForm,
    CorrectionForm,
    DeclineForm,
    HandOffForm,
    ReopenForm,
)
from narrative.answers.models import Answer
from narrative.answers.promise_forms import Offers, as_data
from narrative.answers.rules import DECLINE_REASONS, WITHHOLD_REASONS, may_answer, may_claim, may_withhold
from narrative.people import queries as people
from narrative.quarters.models import Quarter
from narrative.questions import queries as questions
from narrative.questions.models import Question
from narrative.questions.views.questions import question_or_404
from narrative.web import markdown
from narrative.web.access import current_person
from narrative.web.forms import Form
from narrative.web.moments import company_day, today

Found = tuple[Quarter, Question]
TYPED = {"StringField", "TextAreaField"}
# Which forms the page of a question shows, by its state.
SHOWN = {
    "waiting": {"answer", "ask_back", "hand_off", "decline"},
    "answered": {"correction", "reopen", "ask_back"},
    "declined": {"reopen", "ask_back"},
}


def load_for_work(quarter: str, question_id: str) -> Found:
    """Return a question that this person may answer, decline or hand off; otherwise 403, with who may."""
    found, question = question_or_404(quarter, question_id)
    claim = queries.claim(question)
    if not may_answer(current_person(), owner_id=claim.owner_id if claim else None):
        who = (
            f"{claim.owner.name}, who owns it, and organisers"
            if claim
            else "whoever has claimed it, and organisers"
        )
        abort(403, f"Only {who} can answer this question. Nothing was changed.")
    return found, question


def due_day(quarter: Quarter) -> date:
    """Return the day by which a question claimed now is due: the quarter's, or today when that has passed."""
    return max(today(), company_day(quarter.answers_due_at))


def work_page(
    found: Found, *, status: int = 200, said: str | None = None, theirs: str | None = None, **filled: Form
) -> tuple[str, int]:
    """Show the page. `filled` are forms as they were sent, by name; `said` explains a refusal above them.

    `theirs` is what somebody else saved meanwhile, shown beside one's own text.
    """
    quarter, question = found
    claim, published = queries.claim(question), queries.answers(question)
    owner_id = claim.owner_id if claim else None
    person = current_person()
    page = render_template(
        "answers/edit.html",
        quarter=quarter,
        question=question,
        bucket=next((row for row in people.every_bucket() if row.id == question.bucket_id), None),
        claim=claim,
        answers=published,
        decline=queries.declines([question]).get(question.id),
        reasons=DECLINE_REASONS,
        history=queries.history(question),
        conversation=queries.conversation(question),
        withholding=queries.withholding(question),
        withheld_reasons=WITHHOLD_REASONS,
        may_withhold=may_withhold(person, state=question.state),
        render_stored=markdown.stored,
        may_answer=may_answer(person, owner_id=owner_id),
        may_claim=may_claim(person, owner_id=owner_id),
        promises=queries.promises(quarter, question),
        forms=_forms(found, published, owner_id, filled),
        sent=next(iter(filled.values()), None),
        said=said,
        theirs=theirs,
        kept=_kept(question, filled),
        errors=status == 422,
    )
    return page, status


def _kept(question: Question, filled: dict[str, Form]) -> list[Any]:
    """Return the fields in which something was typed, of forms that the question's page shows no more."""
    gone = [form for name, form in filled.items() if name not in SHOWN.get(question.state, set())]
    return [field for form in gone for field in form if field.data and field.type in TYPED]


def offers(found: Found) -> Offers:
    """Return what can be chosen for a promise."""
    buckets = [bucket for bucket in people.every_bucket() if bucket.archived_at is None]
    return Offers(leaders=people.leaders(), buckets=buckets, quarter=found[0].parsed_name)


def _forms(
    found: Found,
    published: list[Answer],
    owner_id: int | None,
    filled: dict[str, Form],
) -> dict[str, Form]:
    question = found[1]
    forms: dict[str, Form] = {
        "answer": AnswerForm(formdata=None, offers=offers(found), data=_begun(found, published)),
        "ask_back": AskBackForm(formdata=None, data={"seen": len(questions.ask_backs(question))}),
        "decline": DeclineForm(formdata=None),
        "hand_off": HandOffForm(formdata=None, leaders=_others(owner_id), data={"holder": owner_id or ""}),
        "reopen": ReopenForm(formdata=None, data={"was": question.state}),
    }
    if published:
        newest: Any = published[0]
        forms["correction"] = CorrectionForm(formdata=None, data={"text": newest.text, "seen": newest.number})
    return {**forms, **filled}


def _begun(found: Found, published: list[Answer]) -> dict[str, Any]:
    """Return the draft; where a reopened question has none yet, the answer it had."""
    quarter, question = found
    draft, bucket_id = queries.draft(question), question.bucket_id
    proposed = {"promise_due": str(quarter.parsed_name.shifted(1)), "promise_bucket": bucket_id}
    proposed["promise_owner"] = current_person().id
    if draft is not None:
        return {"text": draft.text, "seen": draft.version, **proposed, **as_data(draft.promised)}
    return {"text": published[0].text if published else "", "seen": 0, **proposed}


def _others(owner_id: int | None) -> list[Any]:
    return [person for person in people.leaders() if person.id != owner_id]
