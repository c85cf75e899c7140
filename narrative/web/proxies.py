"""Whose word is taken for who is asking: only a trusted proxy's."""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from narrative.config import Network

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")


class TrustedProxies:
    """WSGI middleware that believes X-Forwarded-For, -Proto and -Host from the given networks only."""

    def __init__(self, application: "WSGIApplication", *, networks: tuple[Network, ...]) -> None:
        self._application = application
        self._behind_proxy: Any = ProxyFix(application, x_for=1, x_proto=1, x_host=1)
        self._networks = networks

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        if self._networks and self._trusts(environ.get("REMOTE_ADDR", "")):
            answer: Iterable[bytes] = self._behind_proxy(environ, start_response)
            return answer
        for name in FORWARDED:
            environ.pop(name, None)
        return self._application(environ, start_response)

    def _trusts(self, address: str) -> bool:
        try:
            caller = ip_address(address)
        except ValueError:
            return False
        # A server that listens on both families sees an IPv4 caller as ::ffff:10.0.0.1.
        caller = getattr(caller, "ipv4_mapped", None) or caller
        return any(caller in network for network in self._networks)


def register(app: Flask, *, networks: tuple[Network, ...]) -> None:
    """Put the middleware around `app`."""
    app.wsgi_app = TrustedProxies(app.wsgi_app, networks=networks)  # type: ignore[method-assign]
