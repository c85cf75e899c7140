"""What a page that writes sends and is told: JSON, with bytes as base64url."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from narrative.encoding import from_base64url, to_base64url
from narrative.narratives.document.checks import STRANGE, Refused

LONGEST_CURSOR = 1_000
LONGEST_STATE = 50_000
LARGEST_SEQ = 2**31 - 1

_TAB = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What a page sends: what it typed since it was last answered, and what it knows already.

    `tab` is the name it drew for itself, `seq` the number it was told last (None at first), `state` its
    document's state vector, `cursor` whatever other pages need to show where it writes.
    """

    tab: str
    seq: int | None
    state: bytes
    update: bytes
    cursor: dict[str, Any] | None
    away: bool


@dataclass(frozen=True, kw_only=True)
class Here:
    """One page in which somebody has the room open. `cursor` is what that page told of it, or None."""

    tab: str
    person: int
    name: str
    cursor: dict[str, Any] | None
    seen_at: datetime

    @property
    def told(self) -> dict[str, Any]:
        """What other pages are told of it."""
        return {"tab": self.tab, "person": self.person, "name": self.name, "cursor": self.cursor}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What it is told: the document's number and state vector, what it lacks, and who else is here.

    `state` is None for a page that sent nothing and lacks nothing.
    """

    seq: int
    state: bytes | None
    update: bytes
    here: list[Here]


def sent(body: Any) -> Sent:
    """Read what a page sent. Raises Refused (400) where that is nothing that a page sends."""
    if not isinstance(body, dict) or not _is_whole(body):
        raise Refused(STRANGE, status=400)
    state, update = from_base64url(body["state"]), from_base64url(body["update"])
    if state is None or update is None or len(state) > LONGEST_STATE:
        raise Refused(STRANGE, status=400)
    return Sent(
        tab=body["tab"],
        seq=body["seq"],
        state=state,
        update=update,
        cursor=body["cursor"],
        away=body["away"],
    )


def _is_whole(body: dict[str, Any]) -> bool:
    texts = all(isinstance(body.get(name), str) for name in ("tab", "state", "update"))
    seq, cursor = body.get("seq"), body.get("cursor")
    numbered = seq is None or (type(seq) is int and 0 <= seq <= LARGEST_SEQ)
    pointed = cursor is None or (isinstance(cursor, dict) and len(json.dumps(cursor)) <= LONGEST_CURSOR)
    named = texts and _TAB.fullmatch(body["tab"]) is not None
    return bool(named and numbered and pointed and type(body.get("away")) is bool)


def answer(told: Told, *, published: bool, at: datetime) -> dict[str, Any]:
    """Write what a page is told."""
    return {
        "seq": told.seq,
        "state": None if told.state is None else to_base64url(told.state),
        "update": to_base64url(told.update),
        "saved_at": at.isoformat(),
        "here": [one.told for one in told.here],
        "closed": "published" if published else "",
    }
