"""Why nothing can be written now, in a sentence."""

from narrative.narratives.views.room import Room
from narrative.web.moments import format_moment

CLOSED = {
    "early": "Writing opens {opens}. Nothing was saved; what you typed is still on this page.",
    "published": "This narrative was published meanwhile, so nothing was changed. A mistake in it can still "
    "be corrected, in the room in which it was written.",
    "archived": "The bucket was archived, so nothing was saved. What you typed is still here: copy it.",
}


def why_closed(room: Room, state: str) -> str:
    """Say why nothing was saved, what was kept, and what to do."""
    return CLOSED[state].format(opens=format_moment(room.quarter.drafting_opens_at))
