"""When somebody may be asked how a narrative is coming along, and how long that stands before them."""

from datetime import datetime, timedelta

# Whoever wrote that lately is at it: only the silent are asked.
AT_WORK = timedelta(days=3)


def why_not_asked(
    *, owner: str, own: bool, signed_off: bool, wrote_at: datetime | None, asked_today: bool, at: datetime
) -> str | None:
    """Say why nobody is asked about a narrative now, as the end of a sentence, or None: they are.

    `own`: whoever asks owns it. `signed_off`: its newest revision is. `wrote_at` is when its owner or a
    contributor wrote last.
    """
    if signed_off:
        return "it is signed off"
    if own:
        return "it is yours"
    if wrote_at is not None and wrote_at > at - AT_WORK:
        return "somebody wrote in the last three days"
    if asked_today:
        return f"{owner} was asked today already"
    return None


def nudge_stands(*, sent_at: datetime, wrote_at: datetime | None, done: bool) -> bool:
    """Tell whether a nudge is still to be seen: until somebody writes, or the narrative is `done`."""
    return not done and (wrote_at is None or wrote_at < sent_at)
