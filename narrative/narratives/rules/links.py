"""Where the links of a text lead: elsewhere, or inside the product, and to which place of which page."""

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote, urlsplit

_HREF = re.compile(r'<a (?:rel="[^"]*" )?href="([^"]*)"')


@dataclass(frozen=True)
class Destination:
    """A place inside the product: a page's path ('' for the very page), and the id of a place in it."""

    path: str
    place: str


def addresses(html: str) -> list[str]:
    """Return the addresses of the links in rendered `html`, each once, in their order."""
    return list(dict.fromkeys(unescape(found[1]) for found in _HREF.finditer(html)))


def destination(address: str, *, base_url: str) -> Destination | None:
    """Return where a link leads inside the product that people reach at `base_url`; None: it leads elsewhere.

    What cannot be read as an address leads to the page '' and the place that it is itself: nowhere.
    """
    try:
        parts, own = urlsplit(address), urlsplit(base_url)
        elsewhere = (parts.scheme or parts.netloc) and parts.netloc.casefold() != own.netloc.casefold()
    except ValueError:
        return Destination("", address)
    if elsewhere:
        return None
    return Destination(unquote(parts.path) or ("/" if parts.netloc else ""), unquote(parts.fragment))
