"""`narrative serve`: the web server, refused while the configuration is unsafe."""

import errno
import os
import socket

import click
from granian import Granian
from granian.constants import Interfaces
from sqlalchemy import make_url

from narrative.cli.ready import ready_app
from narrative.config import Settings, load
from narrative.passes.store import same_database

MOST_WORKERS = 4
THREADS = 4
SHORTEST_KEY = 32


@click.command()
def serve() -> None:
    """Serve the application at NARRATIVE_HOST and NARRATIVE_PORT."""
    settings = load()
    problems = unsafe(settings)
    if not problems:
        ready_app(settings)
    if not is_free(settings):
        problems.append(f"Something else answers on port {settings.port}. Stop it, or set NARRATIVE_PORT.")
    if problems:
        raise click.ClickException("\n".join(["It is not safe to serve like this.", *problems]))
    run(settings)


def unsafe(settings: Settings) -> list[str]:
    """Say, a sentence each, what makes it unsafe to serve with these settings."""
    problems = []
    if not settings.secret_key:
        problems.append("There is no secret key. Run `narrative init`, or set NARRATIVE_SECRET_KEY.")
    elif len(settings.secret_key) < SHORTEST_KEY:
        problems.append(f"The secret key is too short: give at least {SHORTEST_KEY} random characters.")
    if not settings.over_https and not settings.on_this_machine_only:
        problems.append(
            "NARRATIVE_BASE_URL is not https. Over plain http browsers cannot make anonymous passes, and "
            "anybody on the network can read along. Put a proxy with a certificate in front."
        )
    if same_database(make_url(settings.main_database), make_url(settings.anonymous_database)):
        problems.append(
            "The anonymous store must not be the main database. Set NARRATIVE_ANONYMOUS_URL to another."
        )
    return problems


def is_free(settings: Settings) -> bool:
    """Tell whether nothing answers there yet: the server would share the port.

    Raises click.ClickException where nobody can listen there.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.create_server((settings.host, settings.port), family=family):
            return True
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            return False
        raise click.ClickException(
            f"Cannot listen at {settings.host}, port {settings.port}: {problem.strerror}."
        ) from None


def workers(settings: Settings) -> int:
    """Return how many processes serve: what was set, or one a core, four at most."""
    return settings.workers or min(os.cpu_count() or 1, MOST_WORKERS)


def run(settings: Settings) -> None:
    """Serve until told to stop. Requests are not logged: a log of them could be joined with questions."""
    click.echo(f"Serving {settings.company} at {settings.base_url}. Stop with Ctrl+C.")
    Granian(
        "narrative.app:create_app",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=workers(settings),
        blocking_threads=THREADS,
        websockets=False,
        respawn_failed_workers=True,
        log_access=False,
    ).serve()
