"""the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the leaves, the stored nodes of their tree, and the key that signs its checkpoints."""
    op.create_table(
        "ledger_leaves",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("quarter_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_ledger_leaves_position")),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_ledger_leaves_hash")),
        sa.ForeignKeyConstraint(["quarter_id"], ["quarters.id"], name=op.f("fk_ledger_leaves_quarter_id_quarters")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_ledger_leaves")),
    )
    with op.batch_alter_table("ledger_leaves") as batch:
        batch.create_index("ix_ledger_leaves_kind", ["kind", "quarter_id", "position"])
        batch.create_index("ix_ledger_leaves_quarter", ["quarter_id", "position"])
        batch.create_index("ix_ledger_leaves_hash", ["hash"])
    op.create_table(
        "ledger_nodes",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("level > 0", name=op.f("ck_ledger_nodes_level")),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_ledger_nodes_hash")),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("pk_ledger_nodes")),
    )
    op.create_table(
        "ledger_key",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("private_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_ledger_key_id")),
        sa.CheckConstraint("length(private_key) = 32", name=op.f("ck_ledger_key_private_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_key")),
    )


def downgrade() -> None:
    """Forget the ledger and its key: what was promised under it can then not be checked any more."""
    for table in ("ledger_nodes", "ledger_leaves", "ledger_key"):
        op.drop_table(table)
