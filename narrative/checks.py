"""What `narrative doctor` looks at: each check in words, for whoever runs the server."""

from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from narrative.config import SECRET_KEY_FILE, Settings, settings_of
from narrative.database import db
from narrative.migrations.run import newest, present
from narrative.passes.protection import OK, UNPROTECTED, WEAKER, protections
from narrative.passes.store import NewerStore, anonymous_store
from narrative.passes.store_engines import UnsafeStore

RESULTS = {OK: "well", WEAKER: "warning", UNPROTECTED: "wrong"}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: `result` is 'well', 'warning' or 'wrong'."""

    subject: str
    result: str
    words: str


def checks(app: Flask) -> list[Check]:
    """Look at everything, inside the application's context. Changes nothing but a missing anonymous store."""
    settings = settings_of(app)
    return [
        _secret_key(settings),
        _database(),
        _anonymous_store(),
        _files(settings),
        *(Check(one.subject, RESULTS[one.level], one.words) for one in protections(settings)),
    ]


def _secret_key(settings: Settings) -> Check:
    if len(settings.secret_key) < 32:
        return Check("Secret key", "wrong", "missing or shorter than 32 characters. Run `narrative init`.")
    return Check("Secret key", "well", "long enough.")


def _database() -> Check:
    try:
        before, wanted = present(), newest()
    except SQLAlchemyError as problem:
        return Check("Database", "wrong", f"cannot be reached ({type(problem).__name__}).")
    if before != wanted:
        return Check(
            "Database", "wrong", f"stands at {before or 'empty'}, not at {wanted}. Run `narrative migrate`."
        )
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            journal = connection.execute(text("PRAGMA journal_mode")).scalar()
        if journal != "wal":
            return Check("Database", "warning", f"journal mode is {journal}, not wal: slower under load.")
    return Check("Database", "well", f"{db.engine.dialect.name}, in its newest form ({wanted}).")


def _anonymous_store() -> Check:
    try:
        anonymous_store().prepare()
    except (UnsafeStore, NewerStore, SQLAlchemyError) as problem:
        return Check("Anonymous store", "wrong", str(problem).splitlines()[0])
    return Check("Anonymous store", "well", "can be opened, and has its newest form.")


def _files(settings: Settings) -> Check:
    open_ones = [
        str(path) for path in _private_files(settings) if path.exists() and path.stat().st_mode & 0o077
    ]
    if open_ones:
        words = f"other accounts of this machine can read {', '.join(open_ones)}. Use chmod 700 and 600."
        return Check("Files", "warning", words)
    return Check("Files", "well", "readable by this account only.")


def _private_files(settings: Settings) -> list[Path]:
    return [settings.data, settings.data / SECRET_KEY_FILE]
