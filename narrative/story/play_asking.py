"""Play what reaches the anonymous store: questions, votes, and what whoever asked adds or takes back.

Nobody sends any of it: a question's receipt is a key that is drawn here and forgotten when the play ends.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert

from narrative.encoding import to_base64url
from narrative.passes.store import anonymous_transaction
from narrative.passes.store_tables import pending_questions, votes
from narrative.quarters.models import Quarter
from narrative.questions import commitments, messaging
from narrative.questions.queries import question_of_mark
from narrative.questions.rules import normal_text
from narrative.story import asked


@dataclass(frozen=True)
class Receipt:
    """What finds one question again, and signs what is added to it."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def mark(self) -> str:
        """Return the key's public half, by which the question is known."""
        return to_base64url(self.key.public_key().public_bytes_raw())


def ask(told: asked.Question, receipt: Receipt, quarter: Quarter) -> None:
    """Let a question wait unseen for the next tick."""
    with anonymous_transaction() as connection:
        connection.execute(
            insert(pending_questions).values(
                key=secrets.token_bytes(16),
                quarter=quarter.name,
                bucket=told.bucket,
                text=told.text.strip(),
                mark=receipt.mark,
                salt=secrets.token_bytes(commitments.SALT_LENGTH),
            )
        )


def vote(receipt: Receipt, quarter: Quarter, number: int) -> None:
    """Let that many votes stand for a released question; the next tick counts them."""
    question = question_of_mark(receipt.mark)
    if question is None or question.slot is None or not number:
        return
    rows = [
        {"spent_mark": secrets.token_bytes(32), "quarter": quarter.name, "slot": question.slot}
        for _ in range(number)
    ]
    with anonymous_transaction() as connection:
        connection.execute(insert(votes), rows)


def send(receipt: Receipt, quarter: Quarter, *, number: int, text: str, at: datetime) -> None:
    """Send a signed message: a follow-up of that number, or a withdrawal when it is 0."""
    salt = secrets.token_bytes(commitments.SALT_LENGTH) if number else None
    sent = messaging.Message(receipt.mark, number, normal_text(text), salt)
    said = commitments.message(quarter=quarter.name, mark=sent.mark, number=number, text_hash=sent.text_hash)
    signature = to_base64url(receipt.key.sign(said))
    messaging.receive(
        quarter, mark=sent.mark, number=number, text=text, salt=salt, signature=signature, at=at
    )
