"""Commands that set an installation up: `init` and `migrate`."""

import os
import secrets
from pathlib import Path

import click
from flask import Flask

from narrative import clock
from narrative.answers import freezing as answers
from narrative.app import create_app
from narrative.cli.ready import check_folder
from narrative.config import SECRET_KEY_FILE, Settings, load, settings_of
from narrative.migrations.run import UnknownRevision, go_to, is_current, upgrade
from narrative.narratives import freezing as narratives
from narrative.people import queries
from narrative.people.actions.people import invite
from narrative.people.refusals import Refusal
from narrative.people.rules import email_error, link_address, name_error, normal_email, normal_name


@click.command()
@click.option("--name", prompt="Your name", help="The first organiser's name.")
@click.option("--email", prompt="Your e-mail address", help="The first organiser's e-mail address.")
def init(name: str, email: str) -> None:
    """Make the secret key and the database, and the first organiser with a one-time link."""
    problem = name_error(name) or email_error(email)
    if problem:
        raise click.ClickException(f"{problem}. Nothing was made.")
    settings = load()
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not settings.secret_key:
        path = make_secret_key(settings)
        click.echo(f"A secret key is in {path}. Keep a copy apart from the database's.")
    app = create_app(load())
    with app.app_context():
        upgrade(report=click.echo)
        if any(person.role == "organiser" for person in queries.people()):
            raise click.ClickException("There is an organiser already. Nobody was invited.")
        try:
            person, token = invite(normal_name(name), normal_email(email), "organiser", at=clock.now())
        except Refusal as refusal:
            raise click.ClickException(f"{refusal}. Nobody was invited.") from None
        click.echo(f"{person.name} is the first organiser. Sign in once, within seven days, with:")
        click.echo(f"  {link(app, token)}")


def make_secret_key(settings: Settings) -> Path:
    """Write a fresh secret key into the data folder, readable by this account only, and return its path."""
    path = settings.data / SECRET_KEY_FILE
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    return path


def link(app: Flask, token: str) -> str:
    """Return the address of a one-time link."""
    return link_address(token, base_url=settings_of(app).base_url)


@click.command()
@click.option(
    "--to", "revision", default="head", help="Go to this revision, upwards or down. The newest by default."
)
def migrate(revision: str) -> None:
    """Bring the databases to the newest form, or to the one given."""
    settings = load()
    check_folder(settings)
    app = create_app(settings)
    with app.app_context():
        try:
            go_to(revision, report=click.echo)
        except UnknownRevision as problem:
            raise click.ClickException(f"There is no revision {problem}. Nothing was changed.") from None
        if is_current():
            rendered = narratives.render_anew() + answers.render_anew()
            click.echo(
                f"{rendered} published texts were rendered anew." if rendered else "Every text is rendered."
            )
