"""What stands around every page: the company's name, the menu, and who is signed in."""

from flask import Flask, g, request, url_for

from narrative.config import settings_of
from narrative.web.access import has_role

# Label, endpoint, the first words of the addresses at which it is the current one, the role that sees it.
MENU = (
    ("Quarters", "quarters.index", {"quarters", "narratives", "prompts"}, "employee"),
    ("Questions", "board.index", {"board", "questions", "receipts", "passes", "ledger"}, "employee"),
    ("Queue", "answers.index", {"answers"}, "leader"),
    ("Buckets", "buckets.index", {"buckets"}, "organiser"),
    ("People", "people.index", {"people"}, "organiser"),
)


def register(app: Flask) -> None:
    """Give every template what the frame needs."""
    app.context_processor(page_context)


def page_context() -> dict[str, object]:
    """Return what every page's frame needs."""
    settings = settings_of()
    return {
        "company_name": settings.company,
        "zone_name": str(settings.time_zone).replace("_", " "),
        "person": g.get("person"),
        "home_url": url_for("home.show"),
        "sign_out_url": url_for("sign_in.delete"),
        "anonymity_url": url_for("passes.show"),
        "navigation": navigation(),
    }


def navigation() -> list[tuple[str, str, bool]]:
    """Return the main menu for whoever is signed in: (label, address, whether we are there)."""
    person = g.get("person")
    if person is None:
        return []
    word = request.path.split("/")[1]
    return [
        (label, url_for(endpoint), word in words)
        for label, endpoint, words, level in MENU
        if has_role(person, level)
    ]
