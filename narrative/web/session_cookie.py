"""The signed session cookie; a signature that was checked is not checked again within the minute."""

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from narrative.data_version import Kept
from narrative.web.moments import request_instant

MOST_REMEMBERED = 10_000


class RememberedSessions(SecureCookieSessionInterface):
    """Flask's own signed cookies, remembered by their header: checking one costs more than the page."""

    def __init__(self) -> None:
        self._checked = Kept[dict[str, str | int]](most=MOST_REMEMBERED)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return what the cookie says; an empty session when it is missing, forged or too old."""
        cookies = request.environ.get("HTTP_COOKIE")
        if not cookies:
            return self.session_class()
        minute = int(request_instant().timestamp()) // 60
        known = self._checked.get(cookies, number=minute)
        if known is not None:
            return self.session_class(known)
        opened = super().open_session(app, request)
        # A list in a session (messages to show once) is changed in place, so it is not shared.
        if opened and all(isinstance(one, str | int) for one in opened.values()):
            self._checked.put(cookies, dict(opened), number=minute)
        return opened

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie if the session was changed; otherwise only say that the answer depended on it."""
        if session.modified:
            super().save_session(app, session, response)
        elif session.accessed:
            response.headers.add("Vary", "Cookie")


def register(app: Flask) -> None:
    """Give `app` this way of opening sessions."""
    app.session_interface = RememberedSessions()
