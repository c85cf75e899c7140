"""Response headers that hold on every page."""

from flask import Flask
from werkzeug.wrappers import Response

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
}
HTTPS_ONLY = "max-age=31536000"


def register(app: Flask) -> None:
    """Add the headers to every response of `app`."""

    defaults = dict(HEADERS)
    if app.config["SESSION_COOKIE_SECURE"]:
        defaults["Strict-Transport-Security"] = HTTPS_ONLY

    @app.after_request
    def add(response: Response) -> Response:
        present = {name.lower() for name, _value in response.headers}
        response.headers.extend(
            [(name, value) for name, value in defaults.items() if name.lower() not in present]
        )
        # Pages are personal or secret until published: no shared cache keeps them.
        if "cache-control" not in present:
            response.headers.add("Cache-Control", "private, no-cache")
        return response
