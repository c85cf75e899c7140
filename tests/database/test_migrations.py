"""The migrations lead to exactly what the models say, and back, on both engines, with a company in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import MetaData, Table, inspect, select, text

from narrative.app import create_app
from narrative.config import Settings
from narrative.database import Base, db
from narrative.migrations.run import downgrade, is_current, newest, present, upgrade
from narrative.narratives import queries
from narrative.narratives.document.models import Document
from narrative.narratives.models import Priority, Revision
from narrative.narratives.queries import draft_of
from narrative.passes.store import anonymous_reading, anonymous_store
from narrative.passes.store_tables import TABLES
from narrative.questions.actions import move
from tests.asking import waiting_texts
from tests.company import SECRET, make_company


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """Settings of an installation whose databases are empty: on PostgreSQL one of the test's own."""
    if not settings.database_url:
        return settings
    return replace(settings, database_url=request.getfixturevalue("empty_postgres_url"))


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """An application whose databases are empty, without any table."""
    made = create_app(settings)
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()
        anonymous_store().engine.dispose()


def said(act: Any, *arguments: str) -> list[str]:
    """What a migration reports."""
    lines: list[str] = []
    act(*arguments, report=lines.append)
    return lines


def tables() -> set[str]:
    """The tables of the main database."""
    return set(inspect(db.engine).get_table_names())


def differences() -> list[Any]:
    """What Alembic would change to bring the database to the models."""
    with db.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))


def shape(metadata: MetaData) -> dict[str, Any]:
    """Every table with its columns, keys and constraints, by name, to be compared."""
    return {table.name: table_shape(table) for table in metadata.sorted_tables}


def table_shape(table: Table) -> dict[str, Any]:
    return {
        "columns": {column.name: (column.nullable, column.primary_key) for column in table.columns},
        "constraints": sorted(str(one.name) for one in table.constraints if one.name),
        "indexes": sorted((str(one.name), tuple(one.columns.keys()), one.unique) for one in table.indexes),
        "references": sorted((one.parent.name, one.target_fullname) for one in table.foreign_keys),
    }


def test_from_nothing_the_migrations_lead_to_exactly_the_models(app: Flask) -> None:
    assert (present(), is_current(), tables()) == (None, False, set())
    assert said(upgrade) == [f"The database went from empty to {newest()}."]
    assert (present(), is_current()) == (newest(), True)
    assert tables() == {*Base.metadata.tables, "alembic_version"}
    assert differences() == []
    assert said(upgrade) == [f"The database is in its newest form already ({newest()})."]


def test_not_even_constraints_and_indexes_differ(app: Flask) -> None:
    """What Alembic does not compare: a CHECK that is in the models only would never be enforced."""
    upgrade(report=lambda _line: None)
    found = MetaData()
    found.reflect(db.engine)
    found.remove(found.tables["alembic_version"])
    checks = {
        name: {one["name"] for one in inspect(db.engine).get_check_constraints(name)} for name in found.tables
    }
    wanted = {
        name: {str(one.name) for one in table.constraints if type(one).__name__ == "CheckConstraint"}
        for name, table in Base.metadata.tables.items()
    }
    assert checks == wanted
    assert sum(len(names) for names in wanted.values()) >= 5
    of_models, of_database = shape(Base.metadata), shape(found)
    for name, wanted_shape in of_models.items():
        got = of_database[name]
        assert got["columns"] == wanted_shape["columns"], name
        assert got["indexes"] == wanted_shape["indexes"], name
        assert got["references"] == wanted_shape["references"], name


def test_a_difference_would_be_seen(app: Flask) -> None:
    upgrade(report=lambda _line: None)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE people ADD COLUMN last_seen_at TIMESTAMP")
    assert [change[0] for change in differences()] == ["remove_column"]


def test_down_to_nothing_and_up_again(app: Flask) -> None:
    upgrade(report=lambda _line: None)
    assert said(downgrade, "base") == [f"The database went from {newest()} to empty."]
    assert tables() == {"alembic_version"}
    assert (present(), is_current()) == (None, False)
    upgrade(report=lambda _line: None)
    assert differences() == []


def rows() -> dict[str, int]:
    """How many rows each table of both stores holds."""
    with db.engine.connect() as connection:
        found = {
            name: len(connection.execute(select(table)).all()) for name, table in Base.metadata.tables.items()
        }
    with anonymous_reading() as anonymous:
        found |= {table.name: len(anonymous.execute(select(table)).all()) for table in TABLES}
    return found


def test_with_a_company_in_every_table_up_changes_nothing_and_down_forgets_it(app: Flask) -> None:
    upgrade(report=lambda _line: None)
    make_company(app)
    db.session.remove()
    before = rows()
    assert {name for name, number in before.items() if number == 0} == set()
    upgrade(report=lambda _line: None)
    assert rows() == before
    downgrade("base", report=lambda _line: None)
    assert tables() == {"alembic_version"}
    # The anonymous store is another database and goes its own way.
    assert waiting_texts() == [f"Waiting: {SECRET}?"]
    upgrade(report=lambda _line: None)
    assert {name for name, number in rows().items() if number} == {table.name for table in TABLES}
    assert waiting_texts() == [f"Waiting: {SECRET}?"]


KEPT_AT_EVERY_REVISION = ("people", "narratives", "questions", "answers", "issuances")


def test_down_to_the_first_tables_and_up_again_keeps_what_was_asked_and_answered(app: Flask) -> None:
    upgrade(report=lambda _line: None)
    company = make_company(app)
    question = company.questions[0]
    move(db.session(), question.id, expected="waiting", to="withheld")
    db.session.commit()
    db.session.remove()
    before = {name: number for name, number in rows().items() if name in KEPT_AT_EVERY_REVISION}
    downgrade("0001", report=lambda _line: None)
    with db.engine.connect() as connection:
        former = connection.execute(text("SELECT state FROM questions WHERE id = :id"), {"id": question.id})
        assert former.scalar_one() == "withdrawn"
        # Keys to vote with mean nothing there, and would be taken for keys to ask with.
        assert connection.execute(text("SELECT purpose FROM pass_keys")).scalars().all() == ["ask"]
        counted = connection.execute(text("SELECT SUM(number) FROM tallies WHERE state = 'withdrawn'"))
        assert counted.scalar_one() == 1
    upgrade(report=lambda _line: None)
    assert {name: number for name, number in rows().items() if name in KEPT_AT_EVERY_REVISION} == before
    assert differences() == []


def test_what_was_typed_in_a_document_is_a_revision_before_documents_are_forgotten(app: Flask) -> None:
    upgrade(report=lambda _line: None)
    company = make_company(app)
    document = db.session.query(Document).one()
    assert (document.seq, document.settled_seq) == (1, 0)
    head = queries.head_draft(queries.narrative_for(company.quarter, company.bucket))
    db.session.remove()
    downgrade("0003", report=lambda _line: None)
    with db.engine.connect() as connection:
        newest_text = text("SELECT r.opening FROM revisions r JOIN narratives n ON r.number = n.head")
        assert connection.execute(newest_text).scalar_one() == f"There, {SECRET}: {head.opening}"
    upgrade(report=lambda _line: None)
    assert differences() == []


def test_down_to_before_reviewing_and_up_again_keeps_what_was_written_and_published(app: Flask) -> None:
    upgrade(report=lambda _line: None)
    make_company(app)
    db.session.remove()
    before = rows()
    forgotten = {name: before[name] for name in ("readings", "nudges", "prompts", "anyway_reasons")}
    assert forgotten == dict.fromkeys(forgotten, 1)
    later = ("comments", "comment_resolutions", "suggestions", "suggestion_decisions", "mentions")
    forgotten |= dict.fromkeys((*later, "commitments", "outcomes"), 0)
    downgrade("0004", report=lambda _line: None)
    assert tables() & set(forgotten) == set()
    with db.engine.connect() as connection:
        kept = connection.execute(text("SELECT number, reason FROM publications ORDER BY number")).all()
        assert [tuple(row) for row in kept] == [(1, ""), (2, "A word.")]
    upgrade(report=lambda _line: None)
    assert rows() == {**before, **dict.fromkeys(forgotten, 0)}
    with db.engine.connect() as connection:
        said = connection.execute(text("SELECT anyway_because FROM publications")).scalars().all()
        assert said == ["", ""]
    assert differences() == []


def test_what_was_written_before_outcomes_gets_none_and_goes_down_as_it_was(app: Flask) -> None:
    upgrade(report=lambda _line: None)
    downgrade("0003", report=lambda _line: None)
    old = {"key": "a" * 16, "title": "Ship", "measure": "It floats", "owner_id": None}
    with db.engine.begin() as connection:
        for statement in OLD_NARRATIVE:
            connection.execute(text(statement), {"rows": json.dumps([old]), "at": "2026-07-01 09:00:00"})
    upgrade(report=lambda _line: None)
    revision = db.session.scalars(select(Revision)).one()
    draft = draft_of(revision)
    assert (draft.outcomes, [vars(row) for row in draft.priorities]) == ((), [{**old, "carries": None}])
    priority = db.session.scalars(select(Priority)).one()
    assert (priority.carries, priority.carried, priority.removed) == (None, 0, False)
    revision.priorities = [{**old, "carries": "priority-1"}]
    db.session.add(Priority(id=2, narrative_id=1, key="b" * 16, position=2, title="Gone", removed=True))
    db.session.commit()
    db.session.remove()
    downgrade("0003", report=lambda _line: None)
    with db.engine.connect() as connection:
        kept = connection.execute(text("SELECT priorities FROM revisions")).scalar_one()
        assert (json.loads(kept) if isinstance(kept, str) else kept) == [old]
        assert connection.execute(text("SELECT title FROM priorities")).scalars().all() == ["Ship"]


OLD_NARRATIVE = (
    "INSERT INTO people (id, name, email, role, session_epoch)"
    " VALUES (1, 'Ada', 'ada@x.example', 'leader', 0)",
    "INSERT INTO buckets (id, slug, name, owner_id, position) VALUES (1, 'product', 'Product', 1, 1)",
    "INSERT INTO quarters (id, name, drafting_opens_at, drafts_due_at, publishes_at, questions_open_at,"
    " questions_close_at, answers_due_at, tick_minutes, passes_each, passes_held)"
    " VALUES (1, '2026-q2', :at, :at, :at, :at, :at, :at, 1440, 3, 0)",
    "INSERT INTO narratives (id, quarter_id, bucket_id, head) VALUES (1, 1, 1, 1)",
    "INSERT INTO revisions (id, narrative_id, number, base, opening, went_well, went_badly, next_priorities,"
    " priorities, note, saved_at) VALUES (1, 1, 1, 0, 'o', 'w', 'b', 'n', :rows, '', :at)",
    "INSERT INTO priorities (id, narrative_id, key, position, title, measure)"
    " VALUES (1, 1, 'aaaaaaaaaaaaaaaa', 1, 'Ship', 'It floats')",
)


def test_the_anonymous_store_goes_down_to_nothing_and_up_again(app: Flask) -> None:
    upgrade(report=lambda _line: None)
    make_company(app)
    store = anonymous_store()
    store.migrate(0)
    assert set(inspect(store.engine).get_table_names()) & {table.name for table in TABLES} == set()
    store.prepare()
    assert waiting_texts() == []
    before = rows()
    store.prepare()
    assert rows() == before
    columns = {
        table.name: {column["name"] for column in inspect(store.engine).get_columns(table.name)}
        for table in TABLES
    }
    assert columns == {table.name: set(table.columns.keys()) for table in TABLES}


def test_there_is_one_newest_migration_and_each_can_be_taken_back() -> None:
    versions = sorted((Path(__file__).resolve().parents[2] / "narrative/migrations/versions").glob("*.py"))
    assert versions
    for path in versions:
        assert "def downgrade() -> None:" in path.read_text(encoding="utf-8")
        assert "    pass" not in path.read_text(encoding="utf-8")
