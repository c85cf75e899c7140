"""The signed session cookie; a signature that was checked is not checked again within the minute."""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from narrative.data_version import Kept
from narrative.web.moments import request_instant

MOST_REMEMBERED = 10_000


class RememberedSessions(SecureCookieSessionInterface):
    """Flask's own signed cookies, remembered by their whole value: checking costs more than the page."""

    def __init__(self) -> None:
        self._checked = Kept[dict[str, str | int]](most=MOST_REMEMBERED)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return what the cookie says; an empty session when it is missing, forged or too old."""
        value = request.cookies.get(self.get_cookie_name(app))
        if not value:
            return self.session_class()
        minute = int(request_instant().timestamp()) // 60
        known = self._checked.get(value, number=minute)
        if known is not None:
            return self.session_class(known)
        opened = super().open_session(app, request)
        # A list in a session (messages to show once) is changed in place, so it is not shared.
        if opened and all(isinstance(one, str | int) for one in opened.values()):
            self._checked.put(value, dict(opened), number=minute)
        return opened


def register(app: Flask) -> None:
    """Give `app` this way of opening sessions."""
    app.session_interface = RememberedSessions()
