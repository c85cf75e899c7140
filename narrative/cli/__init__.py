"""The `narrative` command. Exit codes: 0 done, 1 refused or something is wrong, 2 called wrongly."""

import sys

import click

from narrative.cli.demo import demo
from narrative.cli.imports import import_narratives_command, import_people_command
from narrative.cli.serve import serve
from narrative.cli.setup import init, migrate
from narrative.cli.upkeep import doctor, tick
from narrative.config import ConfigurationError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="narrative")
def cli() -> None:
    """A company's quarter in writing: narratives, anonymous questions, answers that are owned."""


for command in (demo, init, serve, migrate, import_people_command, import_narratives_command, tick, doctor):
    cli.add_command(command)


def main() -> None:
    """Run the command line; a setting that cannot be used ends it with one sentence."""
    try:
        cli()
    except ConfigurationError as problem:
        click.echo(f"narrative: {problem}", err=True)
        sys.exit(1)
