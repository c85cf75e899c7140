"""readings of drafts, nudges, the company's prompts, why something was published anyway."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what reviewing drafts needs. What was published before was published without a check."""
    with op.batch_alter_table("publications") as batch:
        batch.add_column(sa.Column("anyway_because", sa.Text(), nullable=False, server_default=""))
    # What was there before needed a value; what comes says its own.
    with op.batch_alter_table("publications") as batch:
        batch.alter_column("anyway_because", server_default=None)
    _create_anyway_reasons()
    _create_readings()
    _create_nudges()
    op.create_table(
        "prompts",
        sa.Column("text", sa.String(length=20), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("text", name=op.f("pk_prompts")),
    )


def downgrade() -> None:
    """Forget who read which draft, who was asked, the company's prompts, and why something was published."""
    for table in ("prompts", "nudges", "readings", "anyway_reasons"):
        op.drop_table(table)
    with op.batch_alter_table("publications") as batch:
        batch.drop_column("anyway_because")


def _create_anyway_reasons() -> None:
    op.create_table(
        "anyway_reasons",
        sa.Column("quarter_id", sa.Integer(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("said_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["quarter_id"], ["quarters.id"], name=op.f("fk_anyway_reasons_quarter_id_quarters")
        ),
        sa.ForeignKeyConstraint(["said_by_id"], ["people.id"], name=op.f("fk_anyway_reasons_said_by_id_people")),
        sa.PrimaryKeyConstraint("quarter_id", name=op.f("pk_anyway_reasons")),
    )


def _create_readings() -> None:
    op.create_table(
        "readings",
        sa.Column("narrative_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["narrative_id"], ["narratives.id"], name=op.f("fk_readings_narrative_id_narratives")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_readings_person_id_people")),
        sa.PrimaryKeyConstraint("narrative_id", "person_id", name=op.f("pk_readings")),
    )


def _create_nudges() -> None:
    op.create_table(
        "nudges",
        sa.Column("quarter_id", sa.Integer(), nullable=False),
        sa.Column("bucket_id", sa.Integer(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bucket_id"], ["buckets.id"], name=op.f("fk_nudges_bucket_id_buckets")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_nudges_person_id_people")),
        sa.ForeignKeyConstraint(["quarter_id"], ["quarters.id"], name=op.f("fk_nudges_quarter_id_quarters")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["people.id"], name=op.f("fk_nudges_sent_by_id_people")),
        sa.PrimaryKeyConstraint("quarter_id", "bucket_id", "sent_on", name=op.f("pk_nudges")),
    )
