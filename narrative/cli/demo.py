"""`narrative demo`: a fictional company with a past, on this machine only."""

import os
import sys
import tempfile
from pathlib import Path

import click

from narrative import clock
from narrative.app import create_app
from narrative.cli.serve import is_free, run
from narrative.cli.setup import link, make_secret_key
from narrative.config import Settings, load
from narrative.migrations.run import upgrade
from narrative.people.actions.people import make_link
from narrative.people.models import Person
from narrative.people.queries import people
from narrative.story.play import STAGES, play
from narrative.story.script import load as load_story

# Enough for every quarter of the story: making more keys than are needed keeps a visitor waiting.
VOTE_SLOTS = 24


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the demo here. A temporary folder by default.",
)
@click.option(
    "--stage",
    type=click.Choice(STAGES),
    default="asking",
    show_default=True,
    help="Where the present quarter stands.",
)
def demo(port: int, data: Path | None, stage: str) -> None:
    """Serve a fictional company with four quarters behind it. Prints links to sign in with."""
    if data is None:
        with tempfile.TemporaryDirectory(prefix="narrative-demo-") as folder:
            _serve(Path(folder), port, stage)
    else:
        _serve(data, port, stage)


def _serve(data: Path, port: int, stage: str) -> None:
    settings = demo_settings(data, port)
    if not is_free(settings):
        raise click.ClickException(
            f"Something else answers on port {port}. Stop it, or choose another with --port."
        )
    prepare(settings, stage)
    run(settings)


def demo_settings(data: Path, port: int) -> Settings:
    """Return the demo's settings, and put them into the environment, where the workers look for them."""
    company = load_story()
    for name in [name for name in os.environ if name.startswith("NARRATIVE_") and "_TEST_" not in name]:
        del os.environ[name]
    os.environ |= {
        "NARRATIVE_DATA": str(data),
        "NARRATIVE_COMPANY": company.name,
        "NARRATIVE_TIME_ZONE": company.time_zone,
        "NARRATIVE_BASE_URL": f"http://localhost:{port}",
        "NARRATIVE_PORT": str(port),
        "NARRATIVE_VOTE_SLOTS": str(VOTE_SLOTS),
    }
    return load()


def prepare(settings: Settings, stage: str) -> None:
    """Fill the data folder with the story, unless it holds one already, and print links to sign in with."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not settings.secret_key:
        make_secret_key(settings)
    app = create_app(load())
    with app.app_context():
        upgrade(report=lambda _line: None)
        company = load_story()
        if people():
            click.echo(f"Going on with the demo in {settings.data}.")
        else:
            play(company, stage=stage, at=clock.now(), report=click.echo)
        by_email = {person.email: person for person in people()}
        click.echo(f"\n{company.name}. {company.about}\nSign in, once each, as")
        for key in company.sign_in:
            person: Person = by_email[next(told.email for told in company.people if told.key == key)]
            token = make_link(person, at=clock.now())
            click.echo(f"  {person.role:<10} {person.name:<16} {link(app, token)}")
        click.echo("")
    sys.stdout.flush()
