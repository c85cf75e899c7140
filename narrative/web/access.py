"""Who may use a view. Each declares it; nothing is public by default.

Levels, from open to narrow:
    public      anyone, signed in or not
    cookieless  anyone, and a request that carries a cookie is refused: the anonymous routes
    employee, leader, organiser     signed in, with at least that role
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

View = TypeVar("View", bound=Callable[..., Any])

ROLES = ("employee", "leader", "organiser")
LEVELS = ("public", "cookieless", *ROLES)


class SignedIn(Protocol):
    """What this module needs to know of a person."""

    id: int
    name: str
    role: str


def access(level: str) -> Callable[[View], View]:
    """Declare who may use the decorated view. Put it nearest to the function."""
    if level not in LEVELS:
        raise ValueError(f"no such level of access: {level!r}")

    def declare(view: View) -> View:
        view.access = level  # type: ignore[attr-defined]
        return view

    return declare


def level_of(app: Flask, endpoint: str) -> str | None:
    """Return the level that the view behind `endpoint` declared, or None."""
    return getattr(app.view_functions[endpoint], "access", None)


def has_role(person: SignedIn, role: str) -> bool:
    """Tell whether `person` may do what `role` may do."""
    return ROLES.index(person.role) >= ROLES.index(role)


def current_person() -> Any:
    """Return the signed-in person (people.models.Person); only for views that demand one."""
    return g.load_person()


def anonymous_route() -> bool:
    """Tell whether the present request goes to an anonymous route, near which nothing may be logged."""
    return request.endpoint is not None and level_of(current_app, request.endpoint) == "cookieless"


def require_access() -> Response | None:
    """Refuse the present request unless its view's level allows it. Runs before every view."""
    if request.endpoint is None:
        return None
    level = level_of(current_app, request.endpoint)
    if level is None:
        raise LookupError(f"the view {request.endpoint} declares no access")
    if level == "cookieless":
        if "Cookie" in request.headers:
            abort(
                400,
                "This address takes no cookies, so that nobody can tell who used it. "
                "Nothing was stored; your pass is still good.",
            )
        return None
    if level == "public":
        return None
    person = cast("SignedIn | None", g.person)
    if person is None:
        if request.method != "GET":
            # A redirect would lose what was typed.
            abort(401)
        return redirect(url_for("sign_in.new", next=request.full_path.rstrip("?")))
    if not has_role(person, level):
        abort(403, f"Only {_plural(level)} can do this.")
    return None


def _plural(role: str) -> str:
    return "leaders and organisers" if role == "leader" else f"{role}s"
