"""Whether the texts of an export, and its four words, are those that the ledger speaks of."""

import hashlib
from typing import Any

from narrative.independent.account import ERASED, Question, may_be_older
from narrative.independent.bytes import from_base64url
from narrative.independent.exports import Export
from narrative.independent.receipts import LENGTH, commitment
from narrative.independent.signatures import follow_up_hash
from narrative.independent.verdict import Verdict
from narrative.independent.words import four_words


def check_texts(verdict: Verdict, export: Export) -> None:
    """Add to a verdict what every text of an export is, and which are missing."""
    _check_openings(verdict, export)
    if export.whole:
        _check_follow_ups(verdict, export)
    _check_answers(verdict, export)
    _check_words(verdict, export)


def _questions(verdict: Verdict) -> list[Question]:
    return [one for account in verdict.accounts.values() for one in account.questions.values()]


def _check_openings(verdict: Verdict, export: Export) -> None:
    questions = {one.id: one for one in _questions(verdict)}
    opened, wrong = set(), set()
    for opening in export.openings:
        name = str(opening.get("id"))
        found = questions.get(name)
        if found is None or name in opened or _committed(opening) != found.commitment:
            wrong.add(name)
        opened.add(name)
    missing = [one.id for one in questions.values() if one.state not in ERASED and one.id not in opened]
    verdict.bad += [f"The text of question {one} is not the one that was received." for one in sorted(wrong)]
    verdict.bad += [f"The text of question {one} is missing." for one in missing]
    if not missing and not wrong:
        verdict.good.append(f"Questions shown with the very texts that were received: {len(opened)}.")


def _committed(opening: dict[str, Any]) -> str | None:
    quarter, bucket, text = (opening.get(name) for name in ("quarter", "bucket", "text"))
    if not isinstance(quarter, str) or not isinstance(text, str) or not isinstance(bucket, str | None):
        return None
    try:
        return commitment(_salt(opening), quarter=quarter, bucket=bucket, text=text)
    except ValueError:
        return None


def _salt(opening: dict[str, Any]) -> bytes:
    salt = from_base64url(opening.get("salt"))
    if len(salt) != LENGTH:
        raise ValueError("not a salt")
    return salt


def _check_follow_ups(verdict: Verdict, export: Export) -> None:
    wanted = {
        (one.mark, number): hashed
        for one in _questions(verdict)
        if one.state not in ERASED
        for number, hashed in enumerate(one.follow_ups, 1)
    }
    given: dict[tuple[str, object], str | None] = {
        (str(one.get("mark")), _number(one)): _added(one) for one in export.follow_ups
    }
    wrong = [mark for mark, number in given if given[mark, number] != wanted.get((mark, number), "")]  # type: ignore[arg-type]
    missing = [mark for mark, number in wanted if (mark, number) not in given]
    ids = {one.mark: one.id for one in _questions(verdict)}
    verdict.bad += [
        f"A follow-up to question {ids.get(one, one)} is not the one that was signed." for one in wrong
    ]
    verdict.bad += [f"A follow-up to question {ids[one]} is missing." for one in missing]
    if wanted and not wrong and not missing:
        verdict.good.append(f"Follow-ups shown with the very texts that were received: {len(wanted)}.")


def _number(row: dict[str, Any]) -> int | None:
    number = row.get("number")
    return number if type(number) is int else None


def _added(row: dict[str, Any]) -> str | None:
    mark, number, text = str(row.get("mark")), _number(row), row.get("text")
    if number is None or not isinstance(text, str):
        return None
    try:
        return follow_up_hash(_salt(row), mark=mark, number=number, text=text)
    except ValueError:
        return None


def _check_answers(verdict: Verdict, export: Export) -> None:
    questions = {one.id: one for one in _questions(verdict)}
    older = unknown = 0
    given: set[tuple[str, int]] = set()
    wrong = []
    for one in export.answers:
        name, number, text = str(one.get("id")), _number(one), one.get("text")
        question = questions.get(name)
        if question is None:
            is_older = not export.whole or may_be_older(verdict.accounts, str(one.get("quarter")))
            older, unknown = older + is_older, unknown + (not is_older)
        elif number is None or not isinstance(text, str) or _published(question, number) != _text_hash(text):
            wrong.append(name)
        else:
            given.add((name, number))
    verdict.bad += [f"The answer to question {one} is not the one that was published." for one in wrong]
    missing = [
        one.id
        for one in questions.values()
        if one.state == "answered" and (one.id, len(one.answers)) not in given
    ]
    verdict.bad += [f"The answer to question {one} is missing." for one in missing]
    if unknown:
        verdict.bad.append(f"Answers to questions that the ledger never had: {unknown}.")
    if older:
        verdict.notes.append(f"Answers to questions that are older than the ledger: {older}.")
    if not wrong and not missing and not unknown:
        verdict.good.append(f"Answers shown as they were published: {len(given)}.")


def _published(question: Question, number: int) -> str | None:
    return question.answers[number - 1] if 0 < number <= len(question.answers) else None


def _text_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _check_words(verdict: Verdict, export: Export) -> None:
    made = {one.quarter: four_words(one.first_keys) for one in verdict.accounts.values() if one.key_rounds}
    if export.whole:
        wrong = sorted(one for one in {*made, *export.words} if made.get(one) != export.words.get(one))
        verdict.bad += [f"{one}: the four words of the export are not those of its keys." for one in wrong]
    verdict.good += [f"{quarter}: the four words of its keys are {words}." for quarter, words in made.items()]
