"""Where people wanted to go before they had to sign in: only ever to a page of this very site."""

from urllib.parse import unquote, urlsplit

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException

from narrative.people.rules import safe_path

DOORS = {"sign_in.new", "links.show"}


def wanted_path() -> str:
    """Return the path given as `next`, or an empty text if none is given or it leads elsewhere."""
    path = safe_path(request.values.get("next", ""))
    return path if path and _is_page(path) else ""


def destination() -> str:
    """Return where to go now: the wanted page, or the home page."""
    return wanted_path() or url_for("home.show")


def _is_page(path: str) -> bool:
    """Tell whether a page stands at `path`: a form's address, say, cannot be gone to."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return False
    try:
        endpoint, _values = adapter.match(unquote(urlsplit(path).path), method="GET")
    except HTTPException:
        return False
    return endpoint not in DOORS
