"""Tables of the shared document. The log of updates is the one source of a draft that is being written."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from narrative.database import Base


class Document(Base):
    """One narrative's shared document (Yjs, update format 1).

    `seq` numbers its newest update, and `state` is its state vector then. `snapshot` holds everything up to
    `snapshot_seq` and is read only where it is needed; `size` bounds what there is, in bytes. Up to
    `settled_seq` it says what the narrative's newest revision says; what came since becomes the next one.
    """

    __tablename__ = "documents"

    narrative_id: Mapped[int] = mapped_column(ForeignKey("narratives.id"), primary_key=True)
    snapshot: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int]
    state: Mapped[bytes] = mapped_column(LargeBinary)
    snapshot_seq: Mapped[int] = mapped_column(default=0)
    seq: Mapped[int] = mapped_column(default=0)
    settled_seq: Mapped[int] = mapped_column(default=0)
    written_at: Mapped[datetime]


class DocumentUpdate(Base):
    """One update as it was stored: what it changed, who wrote it, and when it was received."""

    __tablename__ = "document_updates"

    narrative_id: Mapped[int] = mapped_column(ForeignKey("documents.narrative_id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    received_at: Mapped[datetime]


class Presence(Base):
    """A page in which a leader has the room open. Deleted once it is not: nobody's past presence is kept."""

    __tablename__ = "presences"

    narrative_id: Mapped[int] = mapped_column(ForeignKey("narratives.id"), primary_key=True)
    tab: Mapped[str] = mapped_column(String(16), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    cursor: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    seen_at: Mapped[datetime]
