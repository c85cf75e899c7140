"""votes, follow-ups, withholding."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATES = (
    *("in review", "waiting", "answered", "answered live", "will follow up"),
    *("declined", "merged", "withdrawn"),
)


def upgrade() -> None:
    """Add rounds of passes, slots, votes and salts of questions, follow-ups, and what is said to askers."""
    _make_issuances_anew(rounds=True)
    _number_rounds_of_keys()
    with op.batch_alter_table("questions") as batch:
        batch.add_column(sa.Column("salt", sa.LargeBinary(length=16), nullable=True))
        batch.add_column(sa.Column("slot", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("votes", sa.Integer(), nullable=False, server_default="0"))
        _change_states(batch, *STATES, "withheld")
        batch.create_check_constraint(op.f("ck_questions_slot"), "slot > 0")
        batch.create_unique_constraint(op.f("uq_questions_quarter_id_slot"), ["quarter_id", "slot"])
        batch.create_index("ix_questions_votes", ["quarter_id", "votes", "id"])
    # What was there before needed a value; what comes says its own.
    with op.batch_alter_table("questions") as batch:
        batch.alter_column("votes", server_default=None)
    _create_follow_ups()
    _create_ask_backs()
    _create_withholdings()


def downgrade() -> None:
    """Forget votes, follow-ups and further rounds; a withheld question, whose text is gone, reads withdrawn."""
    for table in ("withholdings", "ask_backs", "follow_ups"):
        op.drop_table(table)
    _count_withheld_as_withdrawn()
    with op.batch_alter_table("questions") as batch:
        batch.drop_index("ix_questions_votes")
        batch.drop_constraint(op.f("uq_questions_quarter_id_slot"), type_="unique")
        batch.drop_constraint(op.f("ck_questions_slot"), type_="check")
        _change_states(batch, *STATES)
        for column in ("salt", "slot", "votes"):
            batch.drop_column(column)
    op.execute("DELETE FROM issuances WHERE round > 1")
    _make_issuances_anew(rounds=False)
    op.execute("DELETE FROM pass_keys WHERE purpose <> 'ask'")
    with op.batch_alter_table("pass_keys") as batch:
        batch.drop_constraint(op.f("ck_pass_keys_round"), type_="check")
        batch.drop_column("round")


def _make_issuances_anew(*, rounds: bool) -> None:
    """A primary key cannot be changed on SQLite, so the table is copied into one of the new form."""
    former = sa.table("issuances", *(sa.column(name) for name in ("quarter_id", "person_id", "request_hash")))
    rows = [row._asdict() for row in op.get_bind().execute(sa.select(former))]
    op.drop_table("issuances")
    round_column = [sa.Column("round", sa.Integer(), autoincrement=False, nullable=False)] if rounds else []
    round_check = [sa.CheckConstraint("round > 0", name=op.f("ck_issuances_round"))] if rounds else []
    key = ["quarter_id", "person_id", "round"] if rounds else ["quarter_id", "person_id"]
    made = op.create_table(
        "issuances",
        sa.Column("quarter_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        *round_column,
        sa.Column("request_hash", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("length(request_hash) = 32", name=op.f("ck_issuances_request_hash")),
        *round_check,
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_issuances_person_id_people")),
        sa.ForeignKeyConstraint(["quarter_id"], ["quarters.id"], name=op.f("fk_issuances_quarter_id_quarters")),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_issuances")),
    )
    if rows:
        op.bulk_insert(made, [{**row, "round": 1} if rounds else row for row in rows])


def _number_rounds_of_keys() -> None:
    with op.batch_alter_table("pass_keys") as batch:
        batch.add_column(sa.Column("round", sa.Integer(), nullable=False, server_default="1"))
        batch.create_check_constraint(op.f("ck_pass_keys_round"), "round > 0")
    with op.batch_alter_table("pass_keys") as batch:
        batch.alter_column("round", server_default=None)


def _change_states(batch: BatchOperations, *states: str) -> None:
    batch.drop_constraint(op.f("ck_questions_state"), type_="check")
    one_of = ", ".join(repr(state) for state in states)
    batch.create_check_constraint(op.f("ck_questions_state"), f"state IN ({one_of})")


def _count_withheld_as_withdrawn() -> None:
    op.execute("UPDATE questions SET state = 'withdrawn' WHERE state = 'withheld'")
    both = "state IN ('withheld', 'withdrawn')"
    op.execute(
        "INSERT INTO tallies (quarter_id, bucket_id, state, number)"
        f" SELECT quarter_id, bucket_id, 'both', SUM(number) FROM tallies WHERE {both}"
        " GROUP BY quarter_id, bucket_id"
    )
    op.execute(f"DELETE FROM tallies WHERE {both}")
    op.execute("UPDATE tallies SET state = 'withdrawn' WHERE state = 'both'")


def _create_follow_ups() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("question_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=True),
        sa.Column("shown_on", sa.Date(), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 5", name=op.f("ck_follow_ups_number")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_follow_ups_question_id_questions")
        ),
        sa.PrimaryKeyConstraint("question_id", "number", name=op.f("pk_follow_ups")),
    )


def _create_ask_backs() -> None:
    op.create_table(
        "ask_backs",
        sa.Column("question_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_ask_backs_author_id_people")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_ask_backs_question_id_questions")
        ),
        sa.PrimaryKeyConstraint("question_id", "number", name=op.f("pk_ask_backs")),
    )


def _create_withholdings() -> None:
    op.create_table(
        "withholdings",
        sa.Column("question_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("withheld_by_id", sa.Integer(), nullable=False),
        sa.Column("withheld_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_withholdings_question_id_questions")
        ),
        sa.ForeignKeyConstraint(
            ["withheld_by_id"], ["people.id"], name=op.f("fk_withholdings_withheld_by_id_people")
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_withholdings")),
    )
