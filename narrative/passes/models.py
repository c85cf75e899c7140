"""Tables of the keys of passes, and of who has been given passes. Neither knows what became of a pass."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from narrative.database import Base


class PassKey(Base):
    """The key of one purpose and slot of a quarter; a purpose without slots has slot 0.

    Round 1 is made at publication, and says how many slots each further round of the quarter has.
    `issuer` is this installation's name when the key was made, so that passes outlive a change of address.
    `public_key` is SubjectPublicKeyInfo, `private_key` PKCS #8 and gone once the key is destroyed.
    """

    __tablename__ = "pass_keys"
    __table_args__ = (
        CheckConstraint("slot >= 0", name="slot"),
        CheckConstraint("round > 0", name="round"),
        CheckConstraint("(private_key IS NULL) = (destroyed_at IS NOT NULL)", name="destroyed"),
    )

    quarter_id: Mapped[int] = mapped_column(ForeignKey("quarters.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    round: Mapped[int] = mapped_column(default=1)
    issuer: Mapped[str] = mapped_column(String(255))
    public_key: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    private_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    destroyed_at: Mapped[datetime | None]


class Issuance(Base):
    """That a person was given a round of a quarter's passes, and the SHA-256 of the request.

    Round 1 holds the passes to ask with and those of the first vote slots, each further round those of as
    many more slots. No date, on purpose.
    """

    __tablename__ = "issuances"
    __table_args__ = (
        CheckConstraint("length(request_hash) = 32", name="request_hash"),
        CheckConstraint("round > 0", name="round"),
    )

    quarter_id: Mapped[int] = mapped_column(ForeignKey("quarters.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, default=1, autoincrement=False)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
