"""Whose word is taken for who is asking: X-Forwarded-… counts only when a trusted proxy says it."""

from dataclasses import replace
from ipaddress import ip_network

import pytest
from flask import Flask, jsonify, request

from narrative.app import create_app
from narrative.config import Settings
from narrative.web.access import access

PROXY, STRANGER, VISITOR, FORGED = "10.1.2.3", "198.51.100.7", "203.0.113.5", "192.0.2.66"
SENT = {
    "X-Forwarded-For": VISITOR,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "narrative.example",
}


@pytest.fixture
def app(settings: Settings) -> Flask:
    """An application that trusts a network and an address, with a page that says what it believes."""
    trusted = (ip_network("10.0.0.0/8"), ip_network("2001:db8::1"))
    made = create_app(replace(settings, trusted_proxies=trusted))
    made.add_url_rule("/believed", "believed", access("cookieless")(believed))
    return made


def believed() -> object:
    return jsonify([request.remote_addr, request.scheme, request.host, request.environ.get("HTTP_FORWARDED")])


def asked(app: Flask, address: str, **headers: str) -> list[str | None]:
    """What is believed of a request that comes from `address`."""
    client = app.test_client(use_cookies=False)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = client.get("/believed", headers=sent, environ_base={"REMOTE_ADDR": address})
    return list(answer.json or [])


@pytest.mark.parametrize("proxy", [PROXY, "2001:db8::1", f"::ffff:{PROXY}"])
def test_a_trusted_proxy_says_who_is_asking(app: Flask, proxy: str) -> None:
    assert asked(app, proxy, **SENT) == [VISITOR, "https", "narrative.example", None]


@pytest.mark.parametrize("address", [STRANGER, "2001:db8::2", "", "unix:", "127.0.0.1"])
def test_nobody_else_does(app: Flask, address: str) -> None:
    forwarded = {**SENT, "Forwarded": f"for={VISITOR}"}
    assert asked(app, address, **forwarded) == [address, "http", "localhost", None]


def test_what_a_visitor_sends_along_does_not_count(app: Flask) -> None:
    """The proxy puts the visitor's address last; what stands before it is what the visitor claimed."""
    claimed = {**SENT, "X-Forwarded-For": f"{FORGED}, {VISITOR}"}
    assert asked(app, PROXY, **claimed)[0] == VISITOR


def test_a_proxy_that_says_nothing_is_the_visitor_itself(app: Flask) -> None:
    assert asked(app, PROXY) == [PROXY, "http", "localhost", None]


def test_without_trusted_proxies_nobody_is_believed(settings: Settings) -> None:
    app = create_app(settings)
    app.add_url_rule("/believed", "believed", access("cookieless")(believed))
    assert asked(app, "127.0.0.1", **SENT) == ["127.0.0.1", "http", "localhost", None]
