"""`narrative ask`: the independent client. It runs anywhere, and none of the server's code runs in it."""

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from narrative.independent import asking, fetching, finding
from narrative.independent.bytes import from_base64url
from narrative.independent.keep import Keep, default_path, only_path
from narrative.independent.passes import SEED_LENGTH, read_exported
from narrative.independent.receipts import Receipt, format_code, parse_code
from narrative.independent.refusals import Refusal
from narrative.independent.server import Nobody, NotSignedIn, Somebody, safe_address
from narrative.independent.watching import look

RECOVERY = "a recovery code"
KEEP_IT = "With this recovery code a browser gets the very same passes. Keep it to yourself:"
TEXT_HINT = "The text. Without it, it is read from standard input, which others on this machine cannot see."
HIDDEN = "-"

PASSES = click.option(
    "--passes",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file that holds your passes. By default one for each server in ~/.local/share/narrative.",
)
QUARTER = click.option("--quarter", help="Such as 2026-q3. By default the latest of which passes are here.")
TEXT = click.option("--text", help=TEXT_HINT)


class Asking(click.Group):
    """Commands whose refusals are sentences."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(context)
        except Refusal as refusal:
            raise click.ClickException(str(refusal)) from None


@click.group(cls=Asking)
def ask() -> None:
    """Ask, vote and follow up without a browser.

    Its own code, apart from the server's: for whoever does not want to trust the scripts that a server sends.
    Fetch passes some days before you ask: only `passes` and `check` say who you are.
    """


@contextmanager
def opened(path: Path | None) -> Iterator[tuple[Keep, Nobody]]:
    """The file of passes, and requests to its server that say nothing of who sends them."""
    with Keep.opened(path or only_path()) as keep:
        if "server" not in keep.content:
            raise Refusal(f"There are no passes in {keep.path}: fetch them with `narrative ask passes`.")
        yield keep, Nobody(keep.content["server"])


@ask.command("passes")
@click.option("--server", required=True, help="The address of your company’s narratives.")
@click.option("--email", help="Sign in with this address and a password. Without it, with a one-time link.")
@click.option(
    "--recovery-code",
    "code",
    is_flag=False,
    flag_value=HIDDEN,
    help="Take over the passes of a browser. Give no code here to type it unseen.",
)
@PASSES
def passes_command(server: str, email: str | None, code: str | None, passes: Path | None) -> None:
    """Fetch your passes, or those of further rounds, and check the keys and the ledger first."""
    server = safe_address(server)
    with Keep.opened(passes or default_path(server)) as keep:
        if keep.content.setdefault("server", server) != server:
            raise Refusal(
                f"{keep.path} holds passes of {keep.content['server']}. Name another file with --passes."
            )
        somebody, offer = _signed_in(keep, server, email)
        nobody = Nobody(server)
        if code is None:
            fetched = fetching.hold_passes(
                keep, somebody, nobody, offer, fresh_seed=secrets.token_bytes(SEED_LENGTH)
            )
        else:
            seed = parse_code(_typed(code, "Recovery code"), what=RECOVERY)
            fetched = fetching.restore(keep, somebody, nobody, offer, seed=seed)
        _say_held(keep, offer.quarter)
        if fetched and code is None:
            click.echo(f"{KEEP_IT}\n  {_recovery_code(keep, offer.quarter)}")


def _signed_in(keep: Keep, server: str, email: str | None) -> tuple[Somebody, fetching.Offer]:
    somebody = Somebody(server, keep.content.setdefault("session", {}))
    try:
        offer = fetching.read_offer(somebody)
    except NotSignedIn:
        if email:
            somebody.sign_in(email, click.prompt("Password", hide_input=True))
        else:
            somebody.sign_in_by_link(click.prompt("One-time link", hide_input=True))
        keep.save()
        offer = fetching.read_offer(somebody)
    keep.save()
    return somebody, offer


def _say_held(keep: Keep, quarter: str) -> None:
    held = asking.asking_passes(keep, quarter)
    left = sum(1 for one in held if not one.get("spent"))
    votes = len(keep.holding(quarter)["passes"]) - len(held)
    click.echo(f"{quarter}: {left} passes to ask with and {votes} to vote with are in {keep.path}.")


@ask.command("code")
@QUARTER
@PASSES
def code_command(quarter: str | None, passes: Path | None) -> None:
    """Print the recovery code of your passes."""
    with opened(passes) as (keep, _nobody):
        click.echo(f"{KEEP_IT}\n  {_recovery_code(keep, finding.the_quarter(keep, quarter))}")


def _recovery_code(keep: Keep, quarter: str) -> str:
    seed = keep.holding(quarter).get("seed")
    if seed is None:
        raise Refusal(f"There are no passes of {quarter} here.")
    return format_code(from_base64url(seed))


PROMISE = click.option(
    "--promise",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the signed promise into this file as well, for `narrative verify`.",
)
BUCKET = click.option("--bucket", help="The short name of the bucket it is about, as in its address.")


@ask.command("question")
@QUARTER
@BUCKET
@TEXT
@PROMISE
@PASSES
def question_command(
    quarter: str | None, bucket: str | None, text: str | None, promise: Path | None, passes: Path | None
) -> None:
    """Ask a question with the next pass. Prints its receipt."""
    with opened(passes) as (keep, nobody):
        name = finding.the_quarter(keep, quarter)
        said = {"quarter": name, "bucket": bucket, "text": _text(text)}
        _say_received(asking.ask(keep, nobody, name, **said), promise)  # type: ignore[arg-type]


@ask.command("spend")
@click.argument("exported", default=HIDDEN)
@BUCKET
@TEXT
@PROMISE
@PASSES
def spend_command(
    exported: str, bucket: str | None, text: str | None, promise: Path | None, passes: Path | None
) -> None:
    """Ask a question with a pass that was exported from a browser. Needs no account.

    Leave the pass out to type it unseen: on the command line others on this machine could read it.
    """
    server, quarter, token = read_exported(_typed(exported, "Exported pass"))
    with Keep.opened(passes or default_path(safe_address(server))) as keep:
        keep.content.setdefault("server", server)
        nobody = Nobody(safe_address(server))
        fresh = secrets.token_bytes(SEED_LENGTH)
        name = asking.take_in(keep, nobody, quarter=quarter, token=token, fresh_seed=fresh)
        received = asking.ask(keep, nobody, name, quarter=quarter, bucket=bucket, text=_text(text))
        _say_received(received, promise)


def _say_received(received: asking.Received, promise: Path | None) -> None:
    click.echo(f"Received. Its receipt, by which you find it again:\n  {received.receipt.code}")
    if received.after:
        click.echo(f"It can appear after {_moment(received.after)}, together with others.")
    if received.doubt:
        click.echo(received.doubt, err=True)
        sys.exit(1)
    click.echo("The server’s signed promise to show it is kept beside your passes.")
    if promise:
        promise.write_text(received.promise, encoding="utf-8")


@ask.command("vote")
@click.argument("question")
@click.option("--retract", is_flag=True, help="Take your vote back.")
@QUARTER
@PASSES
def vote_command(question: str, retract: bool, quarter: str | None, passes: Path | None) -> None:
    """Vote for a QUESTION, by its id or its number among the quarter's slots."""
    with opened(passes) as (keep, nobody):
        name = finding.the_quarter(keep, quarter)
        slot = finding.slot_of(keep, name, question)
        asking.vote(keep, nobody, quarter=name, slot=slot, wanted=not retract)
        click.echo(f"Your vote is {'taken back' if retract else 'given'}. It is counted at the next tick.")


@ask.command("check")
@click.argument("receipt", required=False)
@click.option("--list", "listed", is_flag=True, help="Say every question's id and slot, to vote on later.")
@QUARTER
@PASSES
def check_command(receipt: str | None, listed: bool, quarter: str | None, passes: Path | None) -> None:
    """Say what became of the question of a RECEIPT, or of all that you asked from here.

    The whole list of questions is fetched, the same for everybody, and looked through here.
    """
    with opened(passes) as (keep, nobody):
        checkpoint = look(keep, nobody)
        quarters = sorted({*finding.quarters_held(keep), *([quarter] if quarter else [])})
        finding.refresh(keep, Somebody(keep.content["server"], keep.content.get("session", {})), quarters)
        receipts = [_receipt(receipt)] if receipt else finding.own_receipts(keep)
        for one in receipts:
            found = finding.find(keep, one)
            where = f"{found.quarter}, {found.question['id']}: " if found.question else ""
            click.echo(f"{one.code}  {where}{found.words}")
        for name in quarters if listed else []:
            for said in keep.content["lists"].get(name, []):
                click.echo(f"{name}, {said['id']}: slot {said.get('slot')}, {said['state']}")
        click.echo(f"The ledger has {checkpoint.size} entries, and only grew since you looked last.")


@ask.command("follow-up")
@click.argument("receipt")
@QUARTER
@TEXT
@PASSES
def follow_up_command(receipt: str, quarter: str | None, text: str | None, passes: Path | None) -> None:
    """Add to the question of a RECEIPT (- to type it unseen)."""
    with opened(passes) as (keep, nobody):
        own = _receipt(receipt)
        name, shown = _place(keep, own, quarter)
        number = asking.follow_up(keep, nobody, own, quarter=name, text=_text(text), shown=shown)
        click.echo(f"Received as follow-up {number}. It is shown at the next tick.")


@ask.command("withdraw")
@click.argument("receipt")
@QUARTER
@PASSES
@click.confirmation_option(prompt="Its text is erased, which cannot be undone. Withdraw it?")
def withdraw_command(receipt: str, quarter: str | None, passes: Path | None) -> None:
    """Take the question of a RECEIPT back (- to type it unseen)."""
    with opened(passes) as (keep, nobody):
        own = _receipt(receipt)
        asking.withdraw(nobody, own, quarter=_place(keep, own, quarter)[0])
        click.echo(
            "Received. At the next tick the question’s text is erased; that it was asked stays in the ledger."
        )


def _moment(text: str) -> str:
    """Return an instant of the server's as this machine's time zone has it, or as it is when it is none."""
    try:
        return f"{datetime.fromisoformat(text).astimezone():%d %B %Y, %H:%M}"
    except ValueError:
        return text


def _place(keep: Keep, receipt: Receipt, quarter: str | None) -> tuple[str, int]:
    """The quarter of a receipt's question, and how many follow-ups the list fetched last shows."""
    found = finding.find(keep, receipt)
    shown = found.question.get("messages", 0) if found.question else 0
    return found.quarter or finding.the_quarter(keep, quarter), int(shown)


def _receipt(typed: str) -> Receipt:
    return Receipt.read(_typed(typed, "Receipt"))


def _typed(given: str, prompt: str) -> str:
    """Return what was given, or what is typed unseen in place of a hyphen."""
    return str(click.prompt(prompt, hide_input=True)) if given == HIDDEN else given


def _text(given: str | None) -> str:
    text = sys.stdin.read() if given is None else given
    if not text.strip():
        raise Refusal("There is no text. Nothing was sent.")
    return text
