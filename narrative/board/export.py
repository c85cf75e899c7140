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
from narrative.questions.models import Question

FORMAT = "narrative ledger v1"
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
    }
    yield json.dumps(head, ensure_ascii=False).removesuffix("}")
    for name, rows in (("leaves", _leaves()), ("openings", _openings()), ("answers", _answers())):
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


def _openings() -> Iterator[dict[str, str | None]]:
    """Yield what opens the commitment of each question whose text is still there."""
    rows = (
        select(Question.id, Question.salt, Quarter.name, Bucket.slug, Question.text)
        .join(Quarter, Quarter.id == Question.quarter_id)
        .outerjoin(Bucket, Bucket.id == Question.bucket_id)
        .where(Question.salt.is_not(None), Question.state.not_in(("withdrawn", "withheld")))
        .order_by(Question.id)
    )
    for question_id, salt, quarter, bucket, text in db.session.execute(
        rows.execution_options(yield_per=AT_ONCE)
    ):
        opened = {"id": question_id, "salt": to_base64url(bytes(salt or b"")), "quarter": quarter}
        yield {**opened, "bucket": bucket, "text": text}


def _answers() -> Iterator[dict[str, str | int]]:
    """Yield every published text of every answer, former ones too."""
    rows = select(Answer.question_id, Answer.number, Answer.text).order_by(Answer.question_id, Answer.number)
    for question_id, number, text in db.session.execute(rows.execution_options(yield_per=AT_ONCE)):
        yield {"id": question_id, "number": number, "text": text}
