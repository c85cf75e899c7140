"""What commands have in common: an application whose databases are ready, and failures in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from narrative.app import create_app
from narrative.config import ConfigurationError, Settings, load
from narrative.migrations.run import is_current
from narrative.passes.store import NewerStore, anonymous_store
from narrative.passes.store_engines import UnsafeStore

NOT_CURRENT = "The database has not been brought to its newest form. Run `narrative migrate`."


def ready_app(settings: Settings | None = None) -> Flask:
    """Return the application, once its databases are there in their newest form.

    `settings` come from the environment when not given. Raises ClickException, UnsafeStore and NewerStore.
    """
    settings = settings or load()
    check_folder(settings)
    app = create_app(settings)
    with app.app_context():
        if not is_current():
            raise click.ClickException(NOT_CURRENT)
        anonymous_store().prepare()
    return app


def check_folder(settings: Settings) -> None:
    """Raise ClickException where the main database should be a file and not even its folder is there."""
    if not settings.database_url and not settings.data.is_dir():
        raise click.ClickException(f"There is no folder {settings.data} yet. Run `narrative init`.")


@contextmanager
def one_sentence() -> Iterator[None]:
    """End a command that cannot go on with one sentence instead of a trace; the exit code is 1."""
    try:
        yield
    except (ConfigurationError, UnsafeStore, NewerStore) as problem:
        raise click.ClickException(str(problem)) from None
    except OperationalError as problem:
        first = str(problem.orig).strip().splitlines()[0]
        raise click.ClickException(f"The database cannot be used: {first}.") from None
