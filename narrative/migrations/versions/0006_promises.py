"""outcomes of promises, commitments."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATES = "state IN ('done', 'partly', 'not done', 'dropped', 'not reported')"


def upgrade() -> None:
    """Add what is said of earlier promises, what carries them over, and commitments. No outcome is made up."""
    _add_column("revisions", sa.Column("outcomes", sa.JSON(), nullable=False, server_default="[]"))
    _add_column("drafts", sa.Column("promised", sa.JSON(), nullable=False, server_default="{}"))
    _add_column("priorities", sa.Column("carried", sa.Integer(), nullable=False, server_default="0"))
    _add_column("priorities", sa.Column("removed", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("priorities") as batch:
        batch.add_column(sa.Column("carries", sa.String(length=30), nullable=True))
    _create_commitments()
    _create_outcomes()


def downgrade() -> None:
    """Forget outcomes and commitments; a priority that a correction took out goes for good, as it used to."""
    op.drop_table("outcomes")
    op.drop_table("commitments")
    op.execute(sa.delete(sa.table("priorities", sa.column("removed"))).where(sa.column("removed").is_(sa.true())))
    with op.batch_alter_table("priorities") as batch:
        for column in ("carries", "carried", "removed"):
            batch.drop_column(column)
    _keep_rows_as_they_were()
    with op.batch_alter_table("revisions") as batch:
        batch.drop_column("outcomes")
    with op.batch_alter_table("drafts") as batch:
        batch.drop_column("promised")


def _add_column(table: str, column: "sa.Column[object]") -> None:
    """What was there before needs a value; what comes says its own."""
    with op.batch_alter_table(table) as batch:
        batch.add_column(column)
    with op.batch_alter_table(table) as batch:
        batch.alter_column(column.name, server_default=None)


def _keep_rows_as_they_were() -> None:
    """Take `carries` out of the priorities inside revisions: before, such a row could not be read."""
    number, rows = sa.column("id", sa.Integer()), sa.column("priorities", sa.JSON())
    revisions, bind = sa.table("revisions", number, rows), op.get_bind()
    for found in bind.execute(sa.select(number, rows).select_from(revisions)).all():
        kept = [{name: value for name, value in row.items() if name != "carries"} for row in found.priorities]
        if kept != found.priorities:
            bind.execute(sa.update(revisions).where(number == found.id).values(priorities=kept))


def _create_commitments() -> None:
    op.create_table(
        "commitments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bucket_id", sa.Integer(), nullable=False),
        sa.Column("due_in", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("made_in", sa.String(length=50), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bucket_id"], ["buckets.id"], name=op.f("fk_commitments_bucket_id_buckets")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_commitments_owner_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitments")),
    )
    for column in ("bucket_id", "made_in"):
        op.create_index(op.f(f"ix_commitments_{column}"), "commitments", [column])


def _create_outcomes() -> None:
    one_promise = "(priority_id IS NULL) <> (commitment_id IS NULL)"
    op.create_table(
        "outcomes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("narrative_id", sa.Integer(), nullable=False),
        sa.Column("priority_id", sa.Integer(), nullable=True),
        sa.Column("commitment_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.CheckConstraint(one_promise, name=op.f("ck_outcomes_promise")),
        sa.CheckConstraint(STATES, name=op.f("ck_outcomes_state")),
        sa.ForeignKeyConstraint(
            ["narrative_id"], ["narratives.id"], name=op.f("fk_outcomes_narrative_id_narratives")
        ),
        sa.ForeignKeyConstraint(
            ["priority_id"], ["priorities.id"], name=op.f("fk_outcomes_priority_id_priorities")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitments.id"], name=op.f("fk_outcomes_commitment_id_commitments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
        sa.UniqueConstraint("narrative_id", "priority_id", name=op.f("uq_outcomes_narrative_id_priority_id")),
        sa.UniqueConstraint(
            "narrative_id", "commitment_id", name=op.f("uq_outcomes_narrative_id_commitment_id")
        ),
    )
    for column in ("priority_id", "commitment_id"):
        op.create_index(op.f(f"ix_outcomes_{column}"), "outcomes", [column])
