"""Tables of the ledger. No column here is a time: what happened on which day stands in the bodies."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from narrative.database import Base


class LedgerLeaf(Base):
    """One entry, never changed. `position` counts from 0 without gaps; `body` is canonical JSON.

    `hash` is the leaf's (RFC 9162, section 2.1.1). Two entries may be the same: reopened twice in a day.
    """

    __tablename__ = "ledger_leaves"
    __table_args__ = (
        CheckConstraint("position >= 0", name="position"),
        CheckConstraint("length(hash) = 32", name="hash"),
        Index("ix_ledger_leaves_kind", "kind", "quarter_id", "position"),
        Index("ix_ledger_leaves_quarter", "quarter_id", "position"),
        Index("ix_ledger_leaves_hash", "hash"),
    )

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    quarter_id: Mapped[int | None] = mapped_column(ForeignKey("quarters.id"))
    body: Mapped[str] = mapped_column(Text)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class LedgerNode(Base):
    """The hash of the `position`-th complete subtree of `2 ** level` leaves; a leaf itself has level 0."""

    __tablename__ = "ledger_nodes"
    __table_args__ = (
        CheckConstraint("level > 0", name="level"),
        CheckConstraint("length(hash) = 32", name="hash"),
    )

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class LedgerKey(Base):
    """The one key that signs checkpoints and promises, an Ed25519 seed; `name` is the installation's."""

    __tablename__ = "ledger_key"
    __table_args__ = (
        CheckConstraint("id = 1", name="id"),
        CheckConstraint("length(private_key) = 32", name="private_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    private_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    name: Mapped[str] = mapped_column(String(255))
