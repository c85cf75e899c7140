"""No table that holds a question or a spent pass has a person column, nor a way along references to one."""

from collections.abc import Iterator

from sqlalchemy import Table

import narrative.app  # noqa: F401 - declares every table
from narrative.database import Base
from narrative.passes.store_tables import TABLES as ANONYMOUS_TABLES
from narrative.questions.models import FollowUp, Question, Tally

TABLES = Base.metadata.tables

# Every way from a question to a person, with the reason why it says nothing of who asked.
ALLOWED_WAYS = {
    ("questions", "buckets", "people"): "the bucket that should answer has an owner, who answers for it",
}

# Every column that names a person in a table that refers to a question: all are people who answer, or answer
# for what is shown, by name: whoever asks back is asking the asker, and whoever withholds signs for it.
ANSWERING = {
    "answers.author_id",
    "ask_backs.author_id",
    "claims.owner_id",
    "declines.declined_by_id",
    "drafts.saved_by_id",
    "hand_offs.from_id",
    "hand_offs.to_id",
    "reopenings.reopened_by_id",
    "withholdings.withheld_by_id",
}


def ways_to_people(table: Table, come: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every way along foreign keys that ends at a person."""
    come = (*come, table.name)
    if table.name == "people":
        yield come
        return
    for target in {key.column.table.name for key in table.foreign_keys} - set(come):
        yield from ways_to_people(TABLES[target], come)


def test_no_way_leads_from_a_question_to_who_asked() -> None:
    assert set(ways_to_people(TABLES["questions"])) == set(ALLOWED_WAYS)
    assert set(ways_to_people(TABLES["tallies"])) == set()
    through = {("follow_ups", *way) for way in ALLOWED_WAYS}
    assert set(ways_to_people(TABLES["follow_ups"])) == through


def test_the_walk_finds_people_where_they_are() -> None:
    """The walk itself: a table with a person column, and one that reaches people over two others."""
    assert ("claims", "people") in set(ways_to_people(TABLES["claims"]))
    assert ("claims", "questions", "buckets", "people") in set(ways_to_people(TABLES["claims"]))


def test_whoever_is_named_beside_a_question_answers_it() -> None:
    beside = {
        f"{table.name}.{key.parent.name}"
        for table in TABLES.values()
        if "questions" in {key.column.table.name for key in table.foreign_keys}
        for key in table.foreign_keys
        if key.column.table.name == "people"
    }
    assert beside == ANSWERING


def test_a_commitment_knows_its_answer_by_address_and_names_only_who_keeps_it() -> None:
    """The address of an answer holds a question's id, though no foreign key says so."""
    commitments = TABLES["commitments"]
    people = {key.parent.name for key in commitments.foreign_keys if key.column.table.name == "people"}
    assert people == {"owner_id"}
    columns = {"id", "bucket_id", "due_in", "title", "owner_id", "made_in", "made_at"}
    assert set(commitments.columns.keys()) == columns
    every = [(table.name, key.column.table.name) for table in TABLES.values() for key in table.foreign_keys]
    assert [referring for referring, target in every if target == "commitments"] == ["outcomes"]
    named = {key.parent.name for key in TABLES["outcomes"].foreign_keys if key.column.table.name == "people"}
    assert named == set()


def test_a_question_holds_nothing_but_itself() -> None:
    about = {"id", "quarter_id", "bucket_id", "released_on", "state", "slot", "votes"}
    assert set(Question.__table__.columns.keys()) == {*about, "text", "mark", "salt"}
    assert str(Question.__table__.c.released_on.type) == "DATE"
    added = {"question_id", "number", "text", "salt", "shown_on"}
    assert set(FollowUp.__table__.columns.keys()) == added
    assert str(FollowUp.__table__.c.shown_on.type) == "DATE"
    assert set(Tally.__table__.columns.keys()) == {"quarter_id", "bucket_id", "state", "number"}


def test_the_anonymous_store_holds_nothing_but_hashes_and_the_question() -> None:
    columns = {table.name: set(table.columns.keys()) for table in ANONYMOUS_TABLES}
    assert columns == {
        "spent_passes": {"spent_mark", "quarter", "body_hash"},
        "pending_questions": {"key", "quarter", "bucket", "text", "mark", "salt"},
        "votes": {"spent_mark", "quarter", "slot"},
        "pending_messages": {"key", "quarter", "mark", "number", "text", "salt", "signature"},
    }
    assert [key for table in ANONYMOUS_TABLES for key in table.foreign_keys] == []
    assert not {table.name for table in ANONYMOUS_TABLES} & set(TABLES)
