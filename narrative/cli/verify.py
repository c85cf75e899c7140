"""`narrative verify`: checks an export of the ledger, offline, with none of the server's code."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from narrative import clock
from narrative.independent.keep import Keep
from narrative.independent.refusals import Malformed
from narrative.independent.verdict import Verdict
from narrative.independent.verifying import check_all

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
UNREADABLE = 2


@click.command()
@click.argument("export", type=FILE)
@click.option("--promise", type=FILE, help="A signed promise: was it kept?")
@click.option("--checkpoint", type=FILE, help="An earlier checkpoint: is everything of then still there?")
@click.option("--passes", type=FILE, help="A file of `narrative ask`: check its promises and its checkpoint.")
def verify(export: Path, promise: Path | None, checkpoint: Path | None, passes: Path | None) -> None:
    """Check an EXPORT of the ledger, without asking any server.

    Exit codes: 0 intact, 1 not intact, 2 called wrongly or no export.
    """
    try:
        promises = [_text(promise)] if promise else []
        checkpoints = [_text(checkpoint)] if checkpoint else []
        key = _add_kept(passes, promises, checkpoints) if passes else None
        said = json.loads(_text(export))
        verdict = check_all(
            said, at=clock.now(), promises=[*dict.fromkeys(promises)], checkpoints=checkpoints, key=key
        )
    except (ValueError, RecursionError, Malformed) as problem:
        message = (
            str(problem) if isinstance(problem, Malformed) else "A file cannot be read: is it the right one?"
        )
        click.echo(message, err=True)
        sys.exit(UNREADABLE)
    _say(verdict)
    sys.exit(0 if verdict.intact else 1)


def _add_kept(path: Path, promises: list[str], checkpoints: list[str]) -> str | None:
    """Add what a file of passes holds; return the ledger's key that was seen first."""
    with Keep.opened(path) as keep:
        held: list[dict[str, Any]] = list(keep.content["holdings"].values())
        promises += [one["promise"] for name in held for one in name.get("passes", []) if one.get("promise")]
        ledger = keep.content.get("ledger") or {}
    checkpoints += [ledger["checkpoint"]] if ledger.get("checkpoint") else []
    return ledger.get("key")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _say(verdict: Verdict) -> None:
    for line in verdict.good:
        click.echo(f"ok   {line}")
    for line in verdict.notes:
        click.echo(f"note {line}")
    for line in verdict.bad:
        click.echo(f"BAD  {line}")
    click.echo("Intact." if verdict.intact else "NOT INTACT. Keep this export: it shows it.")
