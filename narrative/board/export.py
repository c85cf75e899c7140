"""The ledger as one file: every entry, the texts that open them, and the key, to be checked without us."""

import json
from collections.abc import Iterable, Iterator

from sqlalchemy import select

from narrative.answers.models import Answer
from narrative.database import db
from narrative.encoding import to_base64url
from narrative.ledger import queries as ledger
from narrative.ledger.models import LedgerLeaf
from narrative.ledger.signing import signer
from narrative.people.models import Bucket
from narrative.quarters.models import Quarter
from narrative.questions.models import FollowUp, Question
from narrative.questions.rules import ERASED_WORDS

FORMAT = "narrative ledger v2"
AT_ONCE = 500


def export_pieces() -> Iterator[str]:
    """Yield the export's JSON in pieces, all of one moment. Raises signing.NoKey before there is a key."""
    _stand_still()
    known, size = signer(), ledger.size()
    head = {
        "format": FORMAT,
        "name": known.issuer,
        "public_key": to_base64url(known.public_key),
        "checkpoint": ledger.checkpoint_at(size).decode(),
        "words": ledger.every_quarters_words(size),
    }
    yield json.dumps(head, ensure_ascii=False).removesuffix("}")
    lists = {"openings": _openings(), "follow_ups": _follow_ups(), "answers": _answers()}
    for name, rows in {"leaves": _leaves(), **lists}.items():
        yield f', "{name}": ['
        for number, row in enumerate(rows):
            yield (",\n" if number else "\n") + json.dumps(row, ensure_ascii=False)
        yield "]"
    yield "}\n"


def _stand_still() -> None:
    """Begin a transaction in which everything is read as it is now; on SQLite each one is like that."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _leaves() -> Iterable[str]:
    bodies = select(LedgerLeaf.body).order_by(LedgerLeaf.position)
    return db.session.scalars(bodies.execution_options(yield_per=AT_ONCE))


def _follow_ups() -> Iterator[dict[str, str | int]]:
    """Yield every follow-up whose text is still there, with the salt that opens its hash."""
    rows = (
        select(Question.mark, FollowUp.number, FollowUp.salt, FollowUp.text)
        .join(Question, Question.id == FollowUp.question_id)
        .where(FollowUp.salt.is_not(None), Question.state.not_in(ERASED_WORDS))
        .order_by(Question.id, FollowUp.number)
    )
    for mark, number, salt, text in db.session.execute(rows.execution_options(yield_per=AT_ONCE)):
        yield {"mark": mark, "number": number, "salt": to_base64url(bytes(salt or b"")), "text": text}


def _openings() -> Iterator[dict[str, str | None]]:
    """Yield what opens the commitment of each question whose text is still there."""
    rows = (
        select(Question.id, Question.salt, Quarter.name, Bucket.slug, Question.text)
        .join(Quarter, Quarter.id == Question.quarter_id)
        .outerjoin(Bucket, Bucket.id == Question.bucket_id)
        .where(Question.salt.is_not(None), Question.state.not_in(ERASED_WORDS))
        .order_by(Question.id)
    )
    for question_id, salt, quarter, bucket, text in db.session.execute(
        rows.execution_options(yield_per=AT_ONCE)
    ):
        opened = {"id": question_id, "salt": to_base64url(bytes(salt or b"")), "quarter": quarter}
        yield {**opened, "bucket": bucket, "text": text}


def _answers() -> Iterator[dict[str, str | int]]:
    """Yield every published text of every answer, former ones too."""
    rows = (
        select(Answer.question_id, Quarter.name, Answer.number, Answer.text)
        .join(Question, Question.id == Answer.question_id)
        .join(Quarter, Quarter.id == Question.quarter_id)
        .order_by(Answer.question_id, Answer.number)
    )
    for question_id, quarter, number, text in db.session.execute(rows.execution_options(yield_per=AT_ONCE)):
        yield {"id": question_id, "quarter": quarter, "number": number, "text": text}
