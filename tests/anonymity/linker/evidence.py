"""What an attacker holds: files, rows, and what is known from elsewhere. Knows no table by name."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

Row = dict[str, Any]
MAGIC = b"SQLite format 3\0"
BESIDE = ("-wal", "-journal")
STORE = "anon.db"
HEADER = 100  # bytes; it counts writes

# Where PostgreSQL keeps a row, and which transaction and statement wrote it.
HIDDEN = ("ctid", "xmin", "cmin", "xmax")


@dataclass(frozen=True)
class Request:
    """One thing that somebody sent. `traces` are what it may have left, in each kind of bytes, by name."""

    person: int
    traces: dict[str, bytes]


@dataclass(frozen=True)
class Evidence:
    """Everything that was kept at one moment.

    `files` and their times of change by name; `tables` of databases that are no files of ours, by name.
    """

    files: dict[str, bytes]
    times: dict[str, int] = field(default_factory=dict)
    tables: dict[str, list[Row]] = field(default_factory=dict)


def now() -> datetime:
    """The present, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def files_of(*places: Path, before: Evidence | None = None) -> Evidence:
    """Copy every file at or below the places. What did not change since `before` is not kept twice."""
    found = [path for place in places for path in ([place] if place.is_file() else place.rglob("*"))]
    files, times = {}, {}
    for path in sorted(path for path in found if path.is_file()):
        # A journal may be deleted between being found and being read: then it was not there to be copied.
        with suppress(FileNotFoundError):
            data, time = path.read_bytes(), path.stat().st_mtime_ns
            former = before.files.get(path.name) if before else None
            files[path.name] = former if former is not None and former == data else data
            times[path.name] = time
    return Evidence(files, times)


def sqlite_tables(files: dict[str, bytes]) -> Iterator[tuple[str, list[Row]]]:
    """Every table of every SQLite file, read as its engine reads it, with the journals that lie beside it."""
    for name, data in files.items():
        if data.startswith(MAGIC):
            with tempfile.TemporaryDirectory() as folder:
                for part in (name, *(name + ending for ending in BESIDE)):
                    if part in files:
                        (Path(folder) / part).write_bytes(files[part])
                connection = sqlite3.connect(Path(folder) / name)
                try:
                    for table in _names(connection):
                        yield f"{name}: {table}", _rows(connection, table)
                finally:
                    connection.close()


def is_scrubbed(evidence: Evidence) -> bool:
    """Tell whether SQLite's anonymous store is as VACUUM leaves it, with no journal beside it."""
    kept = evidence.files[STORE]
    if any(STORE + ending in evidence.files for ending in BESIDE):
        return False
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / STORE
        path.write_bytes(kept)
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute("VACUUM")
        except sqlite3.DatabaseError:  # copied while somebody wrote
            return False
        finally:
            connection.close()
        return path.read_bytes()[HEADER:] == kept[HEADER:]


def _names(connection: sqlite3.Connection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


def _rows(connection: sqlite3.Connection, table: str) -> list[Row]:
    connection.row_factory = sqlite3.Row
    try:
        rows = connection.execute(f'SELECT rowid AS "row number", * FROM "{table}"').fetchall()
    except sqlite3.OperationalError:  # WITHOUT ROWID
        rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
    connection.row_factory = None
    return [{**dict(row), "place": number} for number, row in enumerate(rows)]


def postgres_tables(url: str, *, name: str) -> dict[str, list[Row]]:
    """Every table of a database of PostgreSQL, each row with the columns that only its engine writes."""
    hidden = sql.SQL(", ").join(sql.SQL("{0}::text AS {0}").format(sql.Identifier(one)) for one in HIDDEN)
    with psycopg.connect(url, autocommit=True, row_factory=psycopg.rows.dict_row) as connection:
        found = connection.execute(
            "SELECT c.relname FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        tables = {}
        for table in sorted(row["relname"] for row in found):
            read = sql.SQL("SELECT {}, * FROM {}").format(hidden, sql.Identifier(table))
            rows = [_readable(row) for row in connection.execute(read)]
            tables[f"{name}: {table}"] = [{**row, "place": number} for number, row in enumerate(rows)]
        return tables


def _readable(row: Row) -> Row:
    page, number = row["ctid"].strip("()").split(",")
    return {**row, "ctid": (int(page), int(number)), "xmin": int(row["xmin"]), "cmin": int(row["cmin"])}


def postgres_files(url: str, *, name: str) -> dict[str, bytes]:
    """The files in which a database of PostgreSQL keeps its tables and indexes, as they are on the disk."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        found = connection.execute(
            "SELECT c.relname, pg_read_binary_file(pg_relation_filepath(c.oid)) FROM pg_class c"
            " WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace"
        )
        return {f"{name}: file of {table}": bytes(data) for table, data in found.fetchall()}


def log_position(url: str) -> str:
    """Where the write-ahead log of a PostgreSQL server stands."""
    with psycopg.connect(url, autocommit=True) as connection:
        return str(connection.execute("SELECT pg_current_wal_lsn()").fetchone()[0])


def write_ahead_log(url: str, *, since: str) -> bytes:
    """What a PostgreSQL server wrote into its log since then: what an archive of it would hold."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_switch_wal()")
        parts = connection.execute(
            "SELECT pg_read_binary_file('pg_wal/' || name) FROM pg_ls_waldir()"
            " WHERE name >= pg_walfile_name(%s::pg_lsn) AND name <= pg_walfile_name(pg_current_wal_lsn())"
            " AND length(name) = 24 ORDER BY name",
            (since,),
        )
        return b"".join(bytes(part) for (part,) in parts.fetchall())
