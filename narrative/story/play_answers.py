"""Play what leaders do with a question: ask back, claim, hand off, and bring it to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from narrative.answers import actions
from narrative.answers.withholding import withhold
from narrative.story import asked
from narrative.story.play_promises import promised_in
from narrative.story.scenes import Act, Scene


def answering(scene: Scene, fate: asked.Fate, *, today: int) -> Iterator[Act]:
    """Return what leaders do until the question is what `fate` says."""
    told = scene.told
    for seen, back in enumerate(told.asked_back):
        if back.day <= today:
            yield Act(scene.at(back.day, 11), _asking_back(scene, back, seen=seen))
    if told.withheld and told.withheld.day <= today:
        yield Act(scene.at(told.withheld.day, 11), _withholding(scene, told.withheld))
    if told.claimed_by is None or fate == "waiting":
        return
    yield Act(scene.at(told.claimed_day, 9), _claiming(scene, told.claimed_by))
    if fate == "claimed":
        if told.draft:
            yield Act(scene.at(told.claimed_day, 15), _drafting(scene, told.draft))
        return
    for hand in told.handoffs:
        yield Act(scene.at(hand.day, 10), _handing_off(scene, hand))
    if told.answer:
        yield from _answering(scene, told.answer)
    elif told.declined:
        yield Act(scene.at(told.declined.day, 14), _declining(scene, told.declined))


def _asking_back(scene: Scene, told: asked.AskedBack, *, seen: int) -> Callable[[datetime], object]:
    by = scene.cast.people[told.by]
    return lambda at: actions.ask_back(scene.question, text=told.text, seen=seen, by=by, at=at)


def _withholding(scene: Scene, told: asked.Withheld) -> Callable[[datetime], object]:
    said = {"was": "waiting", "reason": told.reason, "sentence": told.sentence}
    return lambda at: withhold(scene.question, **said, by=scene.cast.people[told.by], at=at)


def _claiming(scene: Scene, holder: str) -> Callable[[datetime], object]:
    due_on, by = scene.calendar.at(scene.told.due_day).date(), scene.cast.people[holder]
    return lambda at: actions.claim(scene.question, by=by, due_on=due_on, at=at)


def _drafting(scene: Scene, told: asked.DraftAnswer) -> Callable[[datetime], object]:
    by = scene.cast.people[told.by]
    return lambda at: actions.save_draft(scene.question, text=told.text.strip(), seen=0, by=by, at=at)


def _handing_off(scene: Scene, told: asked.Handoff) -> Callable[[datetime], object]:
    due_on = scene.calendar.at(scene.told.due_day).date()
    giver, taker = scene.cast.people[told.giver], scene.cast.people[told.taker]
    return lambda at: actions.hand_off(
        scene.question, holder=giver, to=taker, note=told.note, due_on=due_on, at=at
    )


def _answering(scene: Scene, told: asked.Answer) -> Iterator[Act]:
    by = scene.cast.people[told.by]
    yield Act(
        scene.at(told.answered_day, 13),
        lambda at: actions.publish(
            scene.question, text=told.text.strip(), by=by, at=at, promised=promised_in(scene, told)
        ),
    )
    for seen, correction in enumerate(told.corrections, start=1):
        yield Act(scene.at(correction.day, 16), _correcting(scene, told, correction, seen=seen))


def _correcting(
    scene: Scene, told: asked.Answer, correction: asked.AnswerCorrection, *, seen: int
) -> Callable[[datetime], object]:
    said = {"text": told.text_on(correction.day).strip(), "reason": correction.reason}
    by = scene.cast.people[told.by]
    return lambda at: actions.correct(scene.question, **said, seen=seen, by=by, at=at)


def _declining(scene: Scene, told: asked.Declined) -> Callable[[datetime], object]:
    said = {"reason": told.reason, "sentence": told.sentence}
    return lambda at: actions.decline(scene.question, **said, by=scene.cast.people[told.by], at=at)
