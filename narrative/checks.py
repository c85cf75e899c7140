"""What `narrative doctor` looks at: each check in words, for whoever runs the server."""

from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

from narrative.config import SECRET_KEY_FILE, Settings
from narrative.database import db
from narrative.migrations.run import newest, present
from narrative.passes.store import NewerStore, anonymous_store, same_database
from narrative.passes.store_engines import UnsafeStore


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: `result` is 'well', 'warning' or 'wrong'."""

    subject: str
    result: str
    words: str


def checks(app: Flask) -> list[Check]:
    """Look at everything, inside the application's context. Changes nothing but a missing anonymous store."""
    settings: Settings = app.extensions["narrative.settings"]
    return [
        _secret_key(settings),
        _address(settings),
        _database(),
        _anonymous_store(),
        _apart(settings),
        _files(settings),
        _proxies(settings),
    ]


def _secret_key(settings: Settings) -> Check:
    if len(settings.secret_key) < 32:
        return Check("Secret key", "wrong", "missing or shorter than 32 characters. Run `narrative init`.")
    return Check("Secret key", "well", "long enough.")


def _address(settings: Settings) -> Check:
    if settings.over_https:
        return Check("Address", "well", f"{settings.base_url} is https.")
    if settings.on_this_machine_only:
        return Check(
            "Address", "warning", f"{settings.base_url} is for this machine only; a company needs https."
        )
    return Check("Address", "wrong", "plain http. Browsers refuse to make passes and anybody can read along.")


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
    return Check("Anonymous store", "well", "keeps its discipline: nothing in it shows an order or a time.")


def _apart(settings: Settings) -> Check:
    main, anonymous = make_url(settings.main_database), make_url(settings.anonymous_database)
    if same_database(main, anonymous):
        return Check(
            "Two stores", "wrong", "the anonymous store is the main database. Give it one of its own."
        )
    if main.drivername != "sqlite" and main.host == anonymous.host and main.port == anonymous.port:
        words = "both on one PostgreSQL server: its write-ahead log archive shows when something was written."
        return Check("Two stores", "warning", words)
    return Check("Two stores", "well", "people and anonymous rows are kept apart.")


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


def _proxies(settings: Settings) -> Check:
    if settings.trusted_proxies:
        named = ", ".join(str(network) for network in settings.trusted_proxies)
        words = (
            f"headers are believed from {named}. See to it that its log leaves the anonymous addresses out."
        )
        return Check("Proxy", "warning", words)
    return Check("Proxy", "well", "no proxy's headers are believed.")
