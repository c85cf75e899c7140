"""the shared document."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from pycrdt import Doc, Map, Text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add shared documents with their updates, who is in a room, and who wrote a revision together."""
    op.create_table(
        "documents",
        sa.Column("narrative_id", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("snapshot_seq", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("settled_seq", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["narrative_id"], ["narratives.id"], name=op.f("fk_documents_narrative_id_narratives")
        ),
        sa.PrimaryKeyConstraint("narrative_id", name=op.f("pk_documents")),
    )
    op.create_table(
        "document_updates",
        sa.Column("narrative_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["narrative_id"],
            ["documents.narrative_id"],
            name=op.f("fk_document_updates_narrative_id_documents"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["people.id"], name=op.f("fk_document_updates_author_id_people")
        ),
        sa.PrimaryKeyConstraint("narrative_id", "seq", name=op.f("pk_document_updates")),
    )
    op.create_table(
        "presences",
        sa.Column("narrative_id", sa.Integer(), nullable=False),
        sa.Column("tab", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.JSON(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["narrative_id"], ["narratives.id"], name=op.f("fk_presences_narrative_id_narratives")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_presences_person_id_people")),
        sa.PrimaryKeyConstraint("narrative_id", "tab", name=op.f("pk_presences")),
    )
    with op.batch_alter_table("revisions") as batch:
        batch.add_column(sa.Column("name", sa.String(length=80), nullable=False, server_default=""))
        batch.add_column(sa.Column("authors", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("authorship", sa.JSON(), nullable=False, server_default="{}"))
    one = "'[' || author_id || ']'"
    listed = one if op.get_bind().dialect.name == "sqlite" else f"CAST({one} AS JSON)"
    op.execute(f"UPDATE revisions SET authors = {listed} WHERE author_id IS NOT NULL")
    # What was there before needed a value; what comes says its own.
    with op.batch_alter_table("revisions") as batch:
        for column in ("name", "authors", "authorship"):
            batch.alter_column(column, server_default=None)


def downgrade() -> None:
    """Forget shared documents; what was typed in one since its newest revision becomes a revision first."""
    _settle()
    with op.batch_alter_table("revisions") as batch:
        for column in ("authorship", "authors", "name"):
            batch.drop_column(column)
    for table in ("presences", "document_updates", "documents"):
        op.drop_table(table)


TEXTS = ("opening", "went_well", "went_badly", "next_priorities")


def _settle() -> None:
    bind = op.get_bind()
    documents, updates, revisions, narratives = (
        sa.Table(name, sa.MetaData(), autoload_with=bind)
        for name in ("documents", "document_updates", "revisions", "narratives")
    )
    unsettled = sa.select(documents).where(documents.c.seq > documents.c.settled_seq)
    for document in bind.execute(unsettled).all():
        here = updates.c.narrative_id == document.narrative_id
        rows = bind.execute(sa.select(updates).where(here).order_by(updates.c.seq)).all()
        narrative = narratives.c.id == document.narrative_id
        number = bind.execute(sa.select(narratives.c.head).where(narrative)).scalar_one() + 1
        doc: Doc[Any] = Doc()
        for payload in (document.snapshot, *(row.payload for row in rows)):
            doc.apply_update(payload)
        said = {name: str(doc.get(name, type=Text)) for name in TEXTS}
        facts = {"author_id": rows[-1].author_id, "saved_at": rows[-1].received_at, "note": "", "name": ""}
        kept = {"authors": [], "authorship": {}, "priorities": _priorities(doc)}
        bind.execute(
            sa.insert(revisions).values(
                narrative_id=document.narrative_id, number=number, base=number - 1, **said, **facts, **kept
            )
        )
        bind.execute(sa.update(narratives).where(narrative).values(head=number))


def _priorities(doc: Doc[Any]) -> list[dict[str, object]]:
    root = doc.get("priorities", type=Map)
    rows = [(key, root[key]) for key in root.keys()]  # noqa: SIM118 - a shared map is no dict
    return [
        {
            "key": key,
            "title": str(row["title"]),
            "measure": str(row["measure"]),
            "owner_id": row["owner_id"] and int(row["owner_id"]),
        }
        for key, row in sorted(rows, key=lambda one: (one[1]["place"], one[0]))
        if not row["gone"] and (str(row["title"]).strip() or str(row["measure"]).strip())
    ]
