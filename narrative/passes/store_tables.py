"""The tables of the anonymous store, and the steps from one version of them to the next.

They are no part of the main database's metadata: nothing here can refer to a person, and no migration of the
one store ever touches the other.
"""

from dataclasses import dataclass

from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

# What is kept of a spent pass: a hash of its nonce, and a hash of the request that spent it, so that the same
# request can be answered again. Without the pass, which is not kept, neither can be computed from anything.
spent_passes = Table(
    "spent_passes",
    metadata,
    Column("spent_mark", LargeBinary(32), primary_key=True),
    Column("quarter", String(8), nullable=False),
    Column("body_hash", LargeBinary(32), nullable=False),
)

# Questions that wait for their tick. `key` is a hash of the pass: no counter, and the same for a retry.
pending_questions = Table(
    "pending_questions",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),
    Column("quarter", String(8), nullable=False),
    Column("bucket", String(60)),
    Column("text", Text, nullable=False),
    Column("mark", String(43), nullable=False, unique=True),
    Column("salt", LargeBinary(16)),
)

# A vote that stands: a hash of the nonce of the pass of that slot. Taking it back deletes it. No two passes
# of one person have anything in common, so no two votes have.
votes = Table(
    "votes",
    metadata,
    Column("spent_mark", LargeBinary(32), primary_key=True),
    Column("quarter", String(8), nullable=False),
    Column("slot", Integer, nullable=False),
)

# Follow-ups (1 to 5) and withdrawals (0) that wait for their tick. `key` is a hash of mark and number. `salt`
# and `signature` go into the public account with the message; those of before there were any have none.
pending_messages = Table(
    "pending_messages",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),
    Column("quarter", String(8), nullable=False),
    Column("mark", String(43), nullable=False),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("salt", LargeBinary(16)),
    Column("signature", LargeBinary(64)),
)

TABLES = (spent_passes, pending_questions, votes, pending_messages)


@dataclass(frozen=True)
class Step:
    """From one version to the next and back, as statements of one engine."""

    up: tuple[str, ...]
    down: tuple[str, ...]


# WITHOUT ROWID: a rowid is a counter of arrivals, and even VACUUM keeps its order.
SQLITE_STEPS: tuple[Step, ...] = (
    Step(
        up=(
            "CREATE TABLE spent_passes (spent_mark BLOB NOT NULL PRIMARY KEY, quarter TEXT NOT NULL,"
            " body_hash BLOB NOT NULL) WITHOUT ROWID",
            'CREATE TABLE pending_questions ("key" BLOB NOT NULL PRIMARY KEY, quarter TEXT NOT NULL,'
            " bucket TEXT, text TEXT NOT NULL, mark TEXT NOT NULL UNIQUE) WITHOUT ROWID",
        ),
        down=("DROP TABLE pending_questions", "DROP TABLE spent_passes"),
    ),
    Step(
        up=(
            "ALTER TABLE pending_questions ADD COLUMN salt BLOB",
            "CREATE TABLE votes (spent_mark BLOB NOT NULL PRIMARY KEY, quarter TEXT NOT NULL,"
            " slot INTEGER NOT NULL) WITHOUT ROWID",
            'CREATE TABLE pending_messages ("key" BLOB NOT NULL PRIMARY KEY, quarter TEXT NOT NULL,'
            " mark TEXT NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL) WITHOUT ROWID",
        ),
        down=(
            "DROP TABLE pending_messages",
            "DROP TABLE votes",
            "ALTER TABLE pending_questions DROP COLUMN salt",
        ),
    ),
    Step(
        up=(
            "ALTER TABLE pending_messages ADD COLUMN salt BLOB",
            "ALTER TABLE pending_messages ADD COLUMN signature BLOB",
        ),
        down=(
            "ALTER TABLE pending_messages DROP COLUMN signature",
            "ALTER TABLE pending_messages DROP COLUMN salt",
        ),
    ),
)

# UNLOGGED: what waits never reaches the write-ahead log, where each arrival would keep its place for ever.
POSTGRES_STEPS: tuple[Step, ...] = (
    Step(
        up=(
            "CREATE TABLE spent_passes (spent_mark BYTEA PRIMARY KEY, quarter VARCHAR(8) NOT NULL,"
            " body_hash BYTEA NOT NULL)",
            'CREATE UNLOGGED TABLE pending_questions ("key" BYTEA PRIMARY KEY, quarter VARCHAR(8) NOT NULL,'
            " bucket VARCHAR(60), text TEXT NOT NULL, mark VARCHAR(43) NOT NULL UNIQUE)",
        ),
        down=("DROP TABLE pending_questions", "DROP TABLE spent_passes"),
    ),
    Step(
        up=(
            "ALTER TABLE pending_questions ADD COLUMN salt BYTEA",
            "CREATE TABLE votes (spent_mark BYTEA PRIMARY KEY, quarter VARCHAR(8) NOT NULL,"
            " slot INTEGER NOT NULL)",
            'CREATE UNLOGGED TABLE pending_messages ("key" BYTEA PRIMARY KEY, quarter VARCHAR(8) NOT NULL,'
            " mark VARCHAR(43) NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL)",
        ),
        down=(
            "DROP TABLE pending_messages",
            "DROP TABLE votes",
            "ALTER TABLE pending_questions DROP COLUMN salt",
        ),
    ),
    Step(
        up=(
            "ALTER TABLE pending_messages ADD COLUMN salt BYTEA",
            "ALTER TABLE pending_messages ADD COLUMN signature BYTEA",
        ),
        down=(
            "ALTER TABLE pending_messages DROP COLUMN signature",
            "ALTER TABLE pending_messages DROP COLUMN salt",
        ),
    ),
)
