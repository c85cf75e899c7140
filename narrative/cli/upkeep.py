"""Commands for the administrator: `tick` from cron, and `doctor`."""

import sys

import click

from narrative import clock
from narrative.app import create_app
from narrative.checks import checks
from narrative.cli.ready import ready_app
from narrative.due import run_due
from narrative.people.actions import sweep

MARKS = {"well": "ok  ", "warning": "note", "wrong": "BAD "}


@click.command()
def tick() -> None:
    """Do what is due. Requests do it too; cron makes it punctual."""
    with ready_app().app_context():
        done = run_due(clock.now())
        sweep(at=clock.now())
    for line in done:
        click.echo(line)
    if not done:
        click.echo("Nothing is due.")


@click.command()
def doctor() -> None:
    """Check this installation, and say in words what is and is not protected."""
    app = create_app()
    with app.app_context():
        found = checks(app)
    for check in found:
        click.echo(f"{MARKS[check.result]} {check.subject}: {check.words}")
    if any(check.result == "wrong" for check in found):
        sys.exit(1)
