"""What tests of signing in share."""

from typing import Any

from tests.pages import Page, Pages

PASSWORD = "correct horse battery"
WRONG = (
    "This e-mail address and password do not belong together. Check both, "
    "or ask your organiser for a one-time link."
)


def try_to_sign_in(pages: Pages, email: str, password: str, *, status: int = 422, **data: Any) -> Page:
    """Send the sign-in form."""
    return pages.post(
        "/sign-in", {"email": email, "password": password, "next": "/account", **data}, status=status
    )


def who(pages: Pages) -> str:
    """The name in this visitor's account, or nothing if signed out."""
    found = pages.get("/account").all("input", id="name")
    return found[0].attributes["value"] if found else ""
