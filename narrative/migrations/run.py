"""Run the migrations of both stores, in the caller's application context."""

from collections.abc import Callable

import flask_migrate
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app

from narrative.database import db
from narrative.passes.store import anonymous_store


class UnknownRevision(LookupError):
    """No migration leads to a revision of that name."""


def _directory() -> str:
    return str(current_app.extensions["migrate"].directory)


def present() -> str | None:
    """Return the revision at which the main database stands, or None for an empty one."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """Return the newest revision there is."""
    head = ScriptDirectory(_directory()).get_current_head()
    if head is None:
        raise LookupError("this installation has no migrations")
    return head


def is_current() -> bool:
    """Tell whether the main database is in its newest form."""
    return present() == newest()


def go_to(revision: str, *, report: Callable[[str], None]) -> None:
    """Bring the main database to `revision`, upwards or down ('head', 'base'); say what was done.

    Raises UnknownRevision.
    """
    known = [one.revision for one in ScriptDirectory(_directory()).walk_revisions()]
    steps = ["base", *reversed(known)]
    wanted = known[0] if revision == "head" else revision
    if wanted not in steps:
        raise UnknownRevision(revision)
    if steps.index(wanted) < steps.index(present() or "base"):
        downgrade(wanted, report=report)
    else:
        upgrade(wanted, report=report)


def upgrade(revision: str = "head", *, report: Callable[[str], None]) -> None:
    """Bring the main database up to `revision`, the anonymous store to its newest form; say what was done."""
    before = present()
    flask_migrate.upgrade(directory=_directory(), revision=revision)
    anonymous_store().prepare()
    after = present()
    if before == after:
        report(f"The database is in its newest form already ({after}).")
    else:
        report(f"The database went from {before or 'empty'} to {after}.")


def downgrade(revision: str, *, report: Callable[[str], None]) -> None:
    """Take the main database back to `revision` ('base' empties it); say what was done."""
    before = present()
    flask_migrate.downgrade(directory=_directory(), revision=revision)
    report(f"The database went from {before} to {present() or 'empty'}.")
