"""Merging whole drafts three ways: the four texts, and priorities and outcomes by their keys. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from narrative.narratives.rules.drafts import LONGEST_TITLE, TEXTS, Draft, PriorityRow
from narrative.narratives.rules.merging import merge
from narrative.narratives.rules.outcomes import OutcomeRow, said

Rows = tuple[PriorityRow, ...]
Outcomes = tuple[OutcomeRow, ...]


@dataclass(frozen=True)
class MergedDraft:
    """Both drafts in one. `conflicts` names the parts in which both wordings now stand."""

    draft: Draft
    conflicts: tuple[str, ...]


def merge_drafts(base: Draft, *, theirs: Draft, mine: Draft) -> MergedDraft:
    """Return what `theirs` and `mine` both made of `base`. No word that either of them added is left out."""
    texts, conflicts = {}, []
    for name in TEXTS:
        merged = merge(base.texts[name], theirs.texts[name], mine.texts[name])
        texts[name] = merged.text
        if merged.conflicts:
            conflicts.append(name)
    rows, both = merge_rows(base.priorities, theirs=theirs.priorities, mine=mine.priorities)
    if both:
        conflicts.append("priorities")
    outcomes, both = merge_outcomes(base.outcomes, theirs=theirs.outcomes, mine=mine.outcomes)
    if both:
        conflicts.append("outcomes")
    return MergedDraft(Draft(**texts, priorities=rows, outcomes=outcomes), tuple(conflicts))


def merge_outcomes(base: Outcomes, *, theirs: Outcomes, mine: Outcomes) -> tuple[Outcomes, bool]:
    """Return what both say of each promise, and whether both changed what is said of the same one.

    Both sentences stand then; of two states, which cannot both stand, mine does, unless I took it back.
    """
    was, there, here = ({row.key: row for row in rows} for rows in (base, theirs, mine))
    merged, conflict = [], False
    for key in {**was, **there, **here}:
        nothing = OutcomeRow(key=key)
        before, other, own = (rows.get(key, nothing) for rows in (was, there, here))
        sentence = merge(before.sentence, other.sentence, own.sentence)
        states = len({before.state, other.state, own.state}) == 3
        state = own.state
        if own.state == before.state or (states and not own.state):
            state = other.state
        merged.append(OutcomeRow(key=key, state=state, sentence=sentence.text))
        conflict = conflict or sentence.conflict or states
    return said(merged), conflict


def merge_rows(base: Rows, *, theirs: Rows, mine: Rows) -> tuple[Rows, bool]:
    """Return the rows of both in one order, and whether some row was changed by both.

    A row that one took out and the other changed stays in.
    """
    was, there, here = (_by_key(rows) for rows in (base, theirs, mine))
    merged: dict[str, PriorityRow] = {}
    conflict = False
    for key in {**was, **there, **here}:
        before, other, own = was.get(key), there.get(key), here.get(key)
        if other is not None and own is not None:
            merged[key], both = _merged_row(before or PriorityRow(key=key), other, own)
            conflict = conflict or both
        elif kept := _kept(before, other or own):
            merged[key] = kept
            conflict = conflict or before is not None
    order = _merged_order(was, there, here)
    return tuple(merged[key] for key in order if key in merged), conflict


def _by_key(rows: Iterable[PriorityRow]) -> dict[str, PriorityRow]:
    return {row.key: row for row in rows}


def _kept(before: PriorityRow | None, left: PriorityRow | None) -> PriorityRow | None:
    """One side has no such row: it is new on the other, or was taken out and stays only if changed."""
    return None if left == before else left


def _merged_order(was: Iterable[str], theirs: Iterable[str], mine: Iterable[str]) -> list[str]:
    was, theirs, mine = list(was), list(theirs), list(mine)
    moved = [key for key in mine if key in was] != [key for key in was if key in mine]
    first, second = (mine, theirs) if moved else (theirs, mine)
    order = list(first)
    for index, key in enumerate(second):
        if key not in order:
            before = next((one for one in reversed(second[:index]) if one in order), None)
            order.insert(order.index(before) + 1 if before else 0, key)
    return order


def _merged_row(before: PriorityRow, theirs: PriorityRow, mine: PriorityRow) -> tuple[PriorityRow, bool]:
    title, titles = _merged_words(before.title, theirs.title, mine.title)
    measure, measures = _merged_words(before.measure, theirs.measure, mine.measure)
    if len(title) > LONGEST_TITLE:
        # Both do not fit into a title: theirs goes where there is room for it.
        title, measure = mine.title, f"{measure}\n{theirs.title}".strip()
    owners = len({before.owner_id, theirs.owner_id, mine.owner_id}) == 3
    owner_id = theirs.owner_id if mine.owner_id == before.owner_id else mine.owner_id
    carries = mine.carries or theirs.carries
    row = replace(mine, title=title, measure=measure, owner_id=owner_id, carries=carries)
    return row, titles or measures or owners


def _merged_words(before: str, theirs: str, mine: str) -> tuple[str, bool]:
    if theirs in (before, mine):
        return mine, False
    if mine == before:
        return theirs, False
    # Whoever only wrote around the words that were there leaves them to be changed by the other.
    whole = re.compile(rf"(?<!\w){re.escape(before)}(?!\w)") if before else None
    for around, changed in ((theirs, mine), (mine, theirs)):
        found = whole.search(around) if whole else None
        if found:
            return around[: found.start()] + changed + around[found.end() :], False
    return f"{theirs} / {mine}", True
