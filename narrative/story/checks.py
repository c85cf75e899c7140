"""Hold the story against itself: every name known, every day in order, every quoted word in its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from narrative.story.asked import Promise, Question
from narrative.story.shapes import Company, Draft, Narrative, Quarter, StoryError

LONGEST_QUESTION = 2000
REASONS = ("personal", "confidential", "duplicate", "abusive", "off-topic")
WITHHOLD_REASONS = ("personal", "abusive", "law")
FEWEST_AT_A_TICK = 3
MOST_FOLLOW_UPS = 5


def check(company: Company) -> None:
    """Raise StoryError at the first contradiction."""
    _people(company)
    _buckets(company)
    told: dict[str, str] = {}
    for quarter in company.quarters:
        _quarter(company, quarter, told)


def _require(truth: bool, where: str, problem: str) -> None:
    if not truth:
        raise StoryError(f"{where}: {problem}")


def _unique(where: str, words: Iterable[str]) -> None:
    for word, count in Counter(words).items():
        _require(count == 1, where, f"{word!r} occurs {count} times")


def _people(company: Company) -> None:
    _unique("people", [person.key for person in company.people])
    _unique("people", [person.email for person in company.people])
    for person in company.people:
        _require(
            person.email.endswith("@" + company.domain), person.key, f"{person.email} is not of the company"
        )
    for key in company.sign_in:
        _known(company, key, "sign_in")


def _known(company: Company, key: str, where: str) -> None:
    _require(key in {person.key for person in company.people}, where, f"nobody has the key {key!r}")


def _leads(company: Company, key: str, where: str) -> None:
    _known(company, key, where)
    leads = {person.key for person in company.people if person.role != "employee"}
    _require(key in leads, where, f"{key} is neither leader nor organiser")


def _buckets(company: Company) -> None:
    _unique("buckets", [bucket.slug for bucket in company.buckets])
    for bucket in company.buckets:
        for key in (bucket.owner, *bucket.contributors):
            _leads(company, key, f"bucket {bucket.slug}")
        _require(bucket.owner not in bucket.contributors, bucket.slug, "its owner is a contributor too")


def _quarter(company: Company, quarter: Quarter, told: dict[str, str]) -> None:
    """`told` holds which bucket promised what in earlier quarters, and gets what is promised in this one."""
    where = f"quarter {quarter.offset}"
    expected = [bucket.slug for bucket in company.buckets_in(quarter.offset)]
    _require(
        [narrative.bucket for narrative in quarter.narratives] == expected,
        where,
        f"expected the pages {', '.join(expected)}",
    )
    _unique(where, [outcome.of for narrative in quarter.narratives for outcome in narrative.outcomes])
    for narrative in quarter.narratives:
        _narrative(company, narrative, told, f"{where}, {narrative.bucket}")
    for draft in quarter.drafts:
        _draft(company, draft, f"{where}, the draft of {draft.bucket}")
    for narrative in quarter.narratives:
        for priority in narrative.priorities:
            _require(priority.key not in told, where, f"priority {priority.key} exists already")
            told[priority.key] = narrative.bucket
    for count, question in enumerate(quarter.questions, start=1):
        _question(company, quarter, question, f"{where}, question {count}")
        if question.answer and question.answer.promise:
            _promise(company, question, question.answer.promise, told, f"{where}, question {count}")
    together = Counter(question.released_day for question in quarter.questions)
    for day, count in together.items():
        enough = count >= FEWEST_AT_A_TICK or day == company.timetable.questions_close
        _require(enough, where, f"too few questions are released on day {day}")


def _promise(
    company: Company, question: Question, promise: Promise, told: dict[str, str], where: str
) -> None:
    """Somebody who leads keeps it, and some bucket reports it, in a quarter that is still to come."""
    _leads(company, promise.owner, where)
    _require(question.bucket is not None, where, "a promise needs a bucket that reports it")
    _require(promise.due_after > 0, where, "promised for a quarter that is over")
    _require(promise.key not in told, where, f"promise {promise.key} exists already")
    told[promise.key] = question.bucket or ""


def _narrative(company: Company, narrative: Narrative, told: dict[str, str], where: str) -> None:
    for priority in narrative.priorities:
        _known(company, priority.owner, f"{where}, {priority.key}")
        if priority.carries is not None:
            _require(
                priority.carries in told, where, f"{priority.key} carries the unknown {priority.carries}"
            )
    for outcome in narrative.outcomes:
        _require(outcome.of in told, where, f"an outcome of the unknown promise {outcome.of}")
        by = told[outcome.of]
        _require(by == narrative.bucket, where, f"an outcome of {outcome.of}, which {by} promised")
    if narrative.late:
        published = company.timetable.published
        _require(published < narrative.late.arrived_day, where, "it is late and arrived in time")
    for correction in narrative.corrections:
        _leads(company, correction.by, where)
        _require(correction.day > company.timetable.published, where, "corrected before it was published")
        text = getattr(narrative.texts_on(correction.day - 1), correction.section)
        _require(
            text.count(correction.was) == 1,
            where,
            f"the words to correct are not there once: {correction.was}",
        )


def _draft(company: Company, draft: Draft, where: str) -> None:
    """Whoever comments leads or organises, and speaks of words that stand there once."""
    for comment in draft.comments:
        for person in (comment.by, *(reply.by for reply in comment.replies)):
            _leads(company, person, where)
        text = getattr(draft.texts, comment.section)
        _require(text.count(comment.words) == 1, where, f"not there once: {comment.words}")


def _question(company: Company, quarter: Quarter, question: Question, where: str) -> None:
    _require(len(question.text) <= LONGEST_QUESTION, where, f"longer than {LONGEST_QUESTION} characters")
    slugs = {bucket.slug for bucket in company.buckets_in(quarter.offset)}
    _require(question.bucket is None or question.bucket in slugs, where, f"unknown bucket {question.bucket}")
    ends = (question.answer, question.declined, question.withheld, question.withdrawn_day)
    _require(sum(end is not None for end in ends) == 1, where, "answered or declined or erased, one of these")
    timetable = company.timetable
    _require(
        0 < question.released_day <= timetable.questions_close, where, "released outside the asking days"
    )
    if question.passage is not None:
        _require(question.bucket is not None, where, "a passage needs a bucket")
        _require(_passage_is_there(quarter, question), where, f"nobody wrote: {question.passage}")
    _conversation(company, question, where)
    _erasure(company, question, where)
    if question.claimed_by is not None:
        _ownership(company, question, question.claimed_by, where)


def _conversation(company: Company, question: Question, where: str) -> None:
    """Votes and messages come after the release, and no more of them than there can be."""
    closing = question.released_day == company.timetable.questions_close
    most = 0 if closing else len(company.people)
    _require(0 <= question.votes <= most, where, f"more than {most} have voted")
    for asked in question.asked_back:
        _leads(company, asked.by, where)
        _require(asked.day >= question.released_day, where, "asked back before it was released")
    days = [question.released_day, *(added.day for added in question.follow_ups)]
    in_turn = all(day < later for day, later in pairwise(days))
    _require(in_turn, where, "a follow-up that is not later than what it follows")
    _require(len(days) - 1 <= MOST_FOLLOW_UPS, where, f"more than {MOST_FOLLOW_UPS} follow-ups")


def _erasure(company: Company, question: Question, where: str) -> None:
    """A text is erased after its release: by an organiser, for a reason, or by whoever asked."""
    erased = question.withheld is not None or question.withdrawn_day is not None
    _require(erased == (question.claimed_by is None), where, "claimed and erased, or neither")
    if question.withdrawn_day is not None:
        _require(question.withdrawn_day > question.released_day, where, "withdrawn before it was shown")
    if question.withheld:
        organisers = {person.key for person in company.people if person.role == "organiser"}
        _require(question.withheld.by in organisers, where, f"{question.withheld.by} is no organiser")
        _require(question.withheld.day >= question.released_day, where, "withheld before it was released")
        reason = question.withheld.reason
        _require(reason in WITHHOLD_REASONS, where, f"unknown reason {reason}")


def _passage_is_there(quarter: Quarter, question: Question) -> bool:
    narrative = quarter.narrative(question.bucket or "")
    wordings = [narrative.texts, *(narrative.texts_on(change.day) for change in narrative.corrections)]
    return any(
        (question.passage or "") in section.replace("**", "").replace("*", "")
        for texts in wordings
        for section in (texts.opening, texts.went_well, texts.did_not, texts.next_priorities)
    )


def _ownership(company: Company, question: Question, first: str, where: str) -> None:
    """From the claim through each hand-off to the end: leaders only, and no day before the last."""
    _leads(company, first, where)
    holder, day = first, question.claimed_day
    _require(question.released_day <= day, where, "claimed before it was released")
    for handoff in question.handoffs:
        _leads(company, handoff.taker, where)
        _require(handoff.giver == holder, where, f"{handoff.giver} hands off what {holder} holds")
        _require(handoff.day >= day, where, "a hand-off before the day before it")
        holder, day = handoff.taker, handoff.day
    if question.answer:
        _require(question.answer.by == holder, where, f"{question.answer.by} answers what {holder} holds")
        _require(question.answer.answered_day >= day, where, "answered before it was claimed")
        for correction in question.answer.corrections:
            _require(
                correction.day >= question.answer.answered_day, where, "corrected before it was answered"
            )
            text = question.answer.text_on(correction.day - 1)
            _require(
                text.count(correction.was) == 1,
                where,
                f"the words to correct are not there once: {correction.was}",
            )
    if question.declined:
        _require(
            question.declined.by == holder, where, f"{question.declined.by} declines what {holder} holds"
        )
        _require(question.declined.day >= day, where, "declined before it was claimed")
        _require(question.declined.reason in REASONS, where, f"unknown reason {question.declined.reason}")
