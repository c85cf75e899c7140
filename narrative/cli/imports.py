"""Commands that bring files in: people from CSV, narratives from Markdown."""

import csv
import os
import sys
from pathlib import Path
from typing import TextIO

import click
from flask import Flask

from narrative import clock
from narrative.cli.ready import ready_app
from narrative.cli.setup import link
from narrative.narratives.importing.narratives import import_narratives
from narrative.people.actions.imports import import_people
from narrative.people.import_people import ImportReport, read_people
from narrative.quarters.queries import quarter as quarter_named

DRY_RUN = click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
PARTIAL = click.option("--partial", is_flag=True, help="Write what is well, although something else is not.")


@click.command("import-people")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--links",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write new people's one-time links to this CSV file.",
)
@DRY_RUN
@PARTIAL
def import_people_command(file: Path, links: Path | None, dry_run: bool, partial: bool) -> None:
    """Add and change the people of a CSV FILE with the columns name, email and role."""
    app = ready_app()
    file_for_links = _made(links) if links and not dry_run else None
    with app.app_context():
        report = import_people(
            read_people(file.read_bytes()), partial=partial, dry_run=dry_run, at=clock.now()
        )
        _print_people(report)
        _give_links(app, report, file_for_links)
    if report.error or any(fate.startswith("error") for _row, fate in report.rows):
        sys.exit(1)


def _print_people(report: ImportReport) -> None:
    if report.error:
        click.echo(f"{report.error} Nothing was written.", err=True)
        return
    for column in report.ignored:
        click.echo(f"The column {column!r} is not used.")
    for row, fate in report.rows:
        click.echo(f"line {row.line}: {row.email or row.name or '(empty)'}: {fate}")
    click.echo("Written." if report.written else "Nothing was written.")


def _made(path: Path) -> TextIO:
    """Make the file for the links before anybody is stored: the links can be written only once."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as problem:
        sentence = f"{path} cannot be made: {problem.strerror}. Nothing was written."
        raise click.ClickException(sentence) from None
    return os.fdopen(descriptor, "w", newline="", encoding="utf-8")


def _give_links(app: Flask, report: ImportReport, file: TextIO | None) -> None:
    rows = [(email, link(app, token)) for email, token in (report.links or {}).items()]
    if file is None:
        for email, address in rows:
            click.echo(f"  {email}  {address}")
        return
    with file:
        csv.writer(file).writerows([("email", "link"), *rows] if rows else [])
    if not rows:
        Path(file.name).unlink()
        return
    kept = f"{len(rows)} one-time links are in {file.name}."
    click.echo(f"{kept} Each lets its person in: send them apart, then delete it.")


@click.command("import-narratives")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--quarter", "name", required=True, help="The quarter the files belong to, such as 2026-q3.")
@click.option("--owner", help="Make missing buckets, owned by the leader with this e-mail address.")
@click.option("--publish", is_flag=True, help="Publish it as it stands: for quarters of the past.")
@DRY_RUN
@PARTIAL
def import_narratives_command(
    folder: Path, name: str, owner: str | None, publish: bool, dry_run: bool, partial: bool
) -> None:
    """Bring in the Markdown files of FOLDER, each named after its bucket, as drafts of a quarter."""
    app = ready_app()
    with app.app_context():
        quarter = quarter_named(name)
        if quarter is None:
            raise click.ClickException(f"There is no quarter {name!r}. Schedule it first, or check its name.")
        report = import_narratives(
            folder,
            quarter=quarter,
            owner=owner,
            dry_run=dry_run,
            partial=partial,
            publish=publish,
            at=clock.now(),
        )
        for line in report.lines:
            click.echo(line)
    if not report.well:
        sys.exit(1)
