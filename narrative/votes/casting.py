"""Voting: a pass for a question's slot comes in, and nothing about who brought it.

Nothing here writes to the main database, and nothing here logs. Giving a vote and taking it back may be
repeated; what came last counts. That one person has one vote a question follows from the keys: everybody was
given one pass for each slot.
"""

from datetime import datetime

from sqlalchemy import delete

from narrative.config import settings_of
from narrative.passes import redeem
from narrative.passes.keys import FIRST_ROUND, VOTE, holders
from narrative.passes.store import anonymous_transaction, insert_unless_there
from narrative.passes.store_tables import votes
from narrative.quarters.models import Quarter
from narrative.questions import queries
from narrative.questions.asking import NotOpen, PassRefused, next_tick, phase


class TooFewHold(Exception):
    """So few people hold the passes of the slot's round that a vote would be one of theirs.

    `held` is how many do, `floor` how many must.
    """

    def __init__(self, held: int, floor: int) -> None:
        super().__init__(f"{held} of {floor}")
        self.held, self.floor = held, floor


class NoSuchQuestion(LookupError):
    """No question with that slot has been released."""


def cast(quarter: Quarter, slot: int, *, token: bytes, wanted: bool, at: datetime) -> datetime | None:
    """Give one's vote for the question with that slot, or take it back; return when it is counted.

    Raises NoSuchQuestion, PassRefused, NotOpen or TooFewHold; then nothing was changed.
    """
    if not queries.has_slot(quarter, slot):
        raise NoSuchQuestion
    good = _verified(quarter, slot, token)
    now = phase(quarter, at)
    if now != "open" or quarter.closed_at is not None:
        raise NotOpen(now)
    _demand_company(quarter, good.round)
    with anonymous_transaction() as connection:
        if wanted:
            insert_unless_there(
                connection, votes, spent_mark=good.spent_mark, quarter=quarter.name, slot=slot
            )
        else:
            connection.execute(delete(votes).where(votes.c.spent_mark == good.spent_mark))
    return next_tick(quarter, at)


def _demand_company(quarter: Quarter, number: int) -> None:
    """The holders of the first round are counted before questions open; each further one begins with none."""
    floor = settings_of().asking_floor
    if number > FIRST_ROUND:
        held = holders(quarter, number=number)
        if held < floor:
            raise TooFewHold(held, floor)


def _verified(quarter: Quarter, slot: int, token: bytes) -> redeem.Good:
    try:
        return redeem.check(token, quarter_name=quarter.name, purpose=VOTE, slot=slot)
    except redeem.REFUSALS:
        raise PassRefused from None
