"""Why nothing can be written now, in a sentence."""

from narrative.narratives.views.room import Room
from narrative.web.moments import format_moment

CLOSED = {
    "early": "Writing opens {opens}. Nothing was saved; what you typed is still on this page.",
    "published": "This narrative is published, so nothing was saved here. What you typed is still on this "
    "page: copy it, and publish it as a correction with a reason from the narrative's own page.",
    "archived": "The bucket was archived, so nothing was saved. What you typed is still here: copy it.",
}


def why_closed(room: Room, state: str) -> str:
    """Say why nothing was saved, what was kept, and what to do."""
    return CLOSED[state].format(opens=format_moment(room.quarter.drafting_opens_at))
