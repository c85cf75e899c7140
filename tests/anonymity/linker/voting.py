"""Everybody votes for two released questions, one after the other, as who reads a board does.

Some take their vote back and give it again, some vote for a third question and take that back for good.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from sqlalchemy import select

from narrative.database import db
from narrative.passes.keys import VOTE
from narrative.passes.token import spent_mark
from narrative.questions.models import Question
from tests.anonymity.linker.deployment import UNSCRUBBED, VOTE_SLOTS, OpenQuarter, Run
from tests.anonymity.linker.evidence import Request
from tests.insistent import Visitor
from tests.pass_holder import to_base64url

OF_TEN_AGAIN = 3
OF_TEN_TAKE_BACK = 3


def vote(opened: OpenQuarter) -> Run:
    """Let everybody vote, in an order drawn anew, up to and with the tick that counts."""
    deployment, ballot = opened.deployment, Ballot(opened, *random.sample(range(1, VOTE_SLOTS + 1), 3))
    made = Run([], opened.issued, taken_back=ballot.taken_back)
    made.snapshots.append(deployment.copy(deep=False))
    for person in random.sample(sorted(opened.votes), len(opened.votes)):
        one, other = ballot.visit(person)
        made.requests.append(one)
        made.beside.append(other)
        made.snapshots.append(deployment.copy(made.snapshots[-1], deep=False))
    made.moments[f"votes {UNSCRUBBED}"] = deployment.copy()
    made.moments["votes before the tick"] = deployment.scrubbed_copy()
    opened.until(ballot.is_counted, ticked_at=None)
    made.moments["votes after the tick"] = deployment.copy()
    return made


@dataclass
class Ballot:
    """The three questions that people vote for, by their slots. What is taken back is noted."""

    opened: OpenQuarter
    first: int
    second: int
    third: int
    taken_back: list[bytes] = field(default_factory=list)

    def visit(self, person: int) -> tuple[Request, Request]:
        """Open the board as that person, then vote as nobody; returns the two votes that stand."""
        name = self.opened.quarter.name
        visitor = self.opened.deployment.people[person]
        assert visitor is None or visitor.get(f"/board/{name}").status == 200
        chosen = random.sample([self.first, self.second], 2)
        for slot in chosen:
            self.cast(person, slot, True)
        if random.randrange(10) < OF_TEN_AGAIN:
            self.cast(person, chosen[0], False)
            self.cast(person, chosen[0], True)
        if random.randrange(10) < OF_TEN_TAKE_BACK:
            self.cast(person, self.third, True)
            self.cast(person, self.third, False)
            self.taken_back.append(self._mark(person, self.third))
        one, other = (
            Request(person, {"pass": self._mark(person, slot)}) for slot in (self.first, self.second)
        )
        return one, other

    def cast(self, person: int, slot: int, wanted: bool) -> None:
        """Send a vote without a cookie."""
        opened = self.opened
        sent = {"token": to_base64url(opened.votes[person][slot]), "vote": wanted}
        answer = Visitor(opened.deployment.installation).post_json(
            f"/votes/{opened.quarter.name}/{slot}", sent
        )
        assert answer.status == 202, answer.body

    def _mark(self, person: int, slot: int) -> bytes:
        nonce = self.opened.votes[person][slot][2:34]
        return spent_mark(nonce, quarter=self.opened.quarter.name, purpose=VOTE, slot=slot)

    def is_counted(self) -> bool:
        """Whether everybody's votes are counted, and those that were taken back are not."""
        chosen = select(Question.slot, Question.votes).where(
            Question.quarter_id == self.opened.quarter.id,
            Question.slot.in_([self.first, self.second, self.third]),
        )
        with db.engine.connect() as connection:
            counted = {row.slot: row.votes for row in connection.execute(chosen)}
        everybody = len(self.opened.votes)
        return counted == {self.first: everybody, self.second: everybody, self.third: 0}
