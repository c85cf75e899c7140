"""The gate that every path to publication passes: nothing that looks unfinished slips through unseen."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from narrative.narratives.checking import lacks_of_all
from narrative.narratives.destinations import Page
from narrative.narratives.rendering import Rendered, render_draft
from narrative.narratives.rules import Lack
from narrative.narratives.standings import Standing

Pinned = tuple[int, int]  # a narrative's id and a revision's number


class NothingSignedOff(Exception):
    """There would be nothing to read: no narrative is signed off."""


class MoreMissing(Exception):
    """More buckets would be left out than the organiser was told; `names` are the new ones."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"not signed off any more: {', '.join(names)}")
        self.names = names


class FoundMeanwhile(Exception):
    """The check finds something else in what is to be published than the organiser was told."""


class NeedsReason(Exception):
    """Something is missing, or looks unfinished (`lacks`): it is published anyway only with a reason."""

    def __init__(self, lacks: Sequence[Lack]) -> None:
        super().__init__(f"no reason, and {len(lacks)} things look unfinished")
        self.lacks = lacks


@dataclass(frozen=True)
class Ready:
    """A pinned draft, rendered and checked."""

    page: Page
    rendered: Rendered
    lacks: list[Lack]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What whoever publishes has seen and says.

    `without` are the buckets whose lack was seen (ids; None: whichever they are), `seen` what the check
    had found (`fingerprint`; None: whatever it is), `because` why it is published anyway. `by_itself`: nobody
    looks, the quarter's instant has come; then it is only accidents that count, since what may be meant was
    looked at by the owner who signed it off.
    """

    without: Collection[int] | None = None
    seen: str | None = None
    because: str = ""
    by_itself: bool = False


def prepared(pages: Iterable[tuple[Pinned, Page]]) -> dict[Pinned, Ready]:
    """Render and check pinned drafts: slow, so it is done before writers are kept waiting."""
    found = dict(pages)
    lacks = lacks_of_all(list(found.values()))
    return {
        pinned: Ready(page, render_draft(page.draft), of_it)
        for (pinned, page), of_it in zip(found.items(), lacks, strict=True)
    }


def fingerprint(lacks: Iterable[tuple[str, Sequence[Lack]]]) -> str:
    """Return a short text that differs when the check finds something else; `lacks` are by buckets' slugs."""
    said = sorted(f"{slug}\n{lack.field}\n{lack.sentence}" for slug, found in lacks for lack in found)
    return sha256("\n\n".join(said).encode()).hexdigest()[:16]


def fingerprint_of_one(lacks: Sequence[Lack]) -> str:
    """Return the same for what the check finds in a single text."""
    return fingerprint([("", lacks)])


def refused(lacks: Iterable[Lack], *, accepted: bool, seen: str | None) -> list[Lack]:
    """Return what stands in the way of a text for which somebody gives their word.

    `accepted` says that they looked at what seems unfinished and mean it so; `seen` is the fingerprint of
    what they looked at (None: whatever it is), so that nothing which came since passes with it.
    """
    found = list(lacks)
    meant = accepted and seen in {None, fingerprint_of_one(found)}
    return [lack for lack in found if lack.certain or not meant]


def pass_gate(stands: Sequence[Standing], ready: Collection[Ready], decision: Decision) -> str | None:
    """Let a quarter through, and return the reason for which it is published anyway; None: it needs none.

    Raises NothingSignedOff, MoreMissing, FoundMeanwhile, NeedsReason.
    """
    missing = [one for one in stands if not one.will_be_published]
    if len(missing) == len(stands):
        raise NothingSignedOff
    unseen = [
        one.name for one in missing if decision.without is not None and one.bucket_id not in decision.without
    ]
    if unseen:
        raise MoreMissing(unseen)
    if decision.seen not in {None, fingerprint((one.page.key[1], one.lacks) for one in ready)}:
        raise FoundMeanwhile
    lacks = [lack for one in ready for lack in one.lacks if lack.accident or not decision.by_itself]
    return reason_for(lacks, decision.because, missing=bool(missing))


def reason_for(lacks: Sequence[Lack], because: str, *, missing: bool = False) -> str | None:
    """Return the reason for publishing in spite of `lacks`, or of what is `missing`; None: it needs none.

    Raises NeedsReason when it needs one and none is given.
    """
    if not (lacks or missing):
        return None
    if not because.strip():
        raise NeedsReason(lacks)
    return because.strip()
