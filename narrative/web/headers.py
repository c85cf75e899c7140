"""Response headers that hold on every page."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    # Pages are personal or secret until published: no shared cache keeps them, unless a view says otherwise.
    "Cache-Control": "private, no-cache",
}
HTTPS_ONLY = "max-age=31536000"


def register(app: Flask) -> None:
    """Add the headers to every response of `app`, behind Flask: it would check each name and value anew."""
    defaults = dict(HEADERS)
    if app.config["SESSION_COOKIE_SECURE"]:
        defaults["Strict-Transport-Security"] = HTTPS_ONLY
    app.wsgi_app = DefaultHeaders(app.wsgi_app, defaults)  # type: ignore[method-assign]


class DefaultHeaders:
    """WSGI middleware that adds each of the headers unless the response has one of that name."""

    def __init__(self, application: "WSGIApplication", headers: Mapping[str, str]) -> None:
        self._application = application
        self._headers = [(name.lower(), name, value) for name, value in headers.items()]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""

        def start(status: str, headers: list[tuple[str, str]], *exception: Any) -> Any:
            present = {name.lower() for name, _value in headers}
            added = [(name, value) for lower, name, value in self._headers if lower not in present]
            return start_response(status, [*headers, *added], *exception)

        return self._application(environ, start)
