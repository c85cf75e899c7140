"""The `narrative` command. Exit codes: 0 done, 1 refused or something is wrong, 2 called wrongly."""

import warnings
from typing import Any

import click

from narrative.cli.ask import ask
from narrative.cli.demo import demo
from narrative.cli.imports import import_narratives_command, import_people_command
from narrative.cli.ready import one_sentence
from narrative.cli.serve import serve
from narrative.cli.setup import init, migrate
from narrative.cli.upkeep import doctor, tick
from narrative.cli.verify import verify


class Commands(click.Group):
    """Commands that end with a sentence when they cannot go on."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command that was named."""
        with one_sentence():
            return super().invoke(context)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="narrative")
def cli() -> None:
    """A company's quarter in writing: narratives, anonymous questions, answers that are owned."""


OWN = (demo, init, serve, migrate, import_people_command, import_narratives_command, tick, doctor)
for command in (*OWN, ask, verify):
    cli.add_command(command)


def main() -> None:
    """Run the command line."""
    warnings.formatwarning = lambda message, *_where, **_line: f"narrative: {message}\n"
    cli()
