"""Every address declares who may use it, and means it. A walk over the URL map, with pages worth hiding."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from narrative.people.models import Person
from narrative.web import access
from tests.company import AFTER, SECRET, Company
from tests.pages import Pages

# Whatever is added here is seen by anybody on the network. Keep the reason beside it.
PUBLIC = {
    "assets.show": "styles and scripts",
    "declines.index": "the policy by which questions are declined",
    "links.delete": "using a one-time link up",
    "links.show": "the page before that",
    "passes.show": "what is promised about anonymity",
    "sign_in.create": "signing in",
    "sign_in.delete": "signing out, also of a session that has ended",
    "sign_in.new": "the form for signing in",
    "spending.show": "asking with a pass that was taken out; the pass stands behind the #",
}
COOKIELESS = {
    "checkpoints.show": "what the ledger is at this moment, signed",
    "committed_keys.index": "the keys, as the ledger holds them",
    "consistencies.show": "the proof that the ledger only grew",
    "inclusions.show": "the proof that an entry is in the ledger",
    "leaves.index": "the entries of the ledger",
    "ledger_keys.show": "by which key the ledger is signed",
    "messages.create": "adding to a question, and withdrawing it",
    "passes.index": "the keys, which nobody may be given by name",
    "questions.create": "asking",
    "votes.create": "voting, and taking a vote back",
}
VIEW_NAMES = {"index", "show", "new", "create", "edit", "update", "delete"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(AFTER, tick=False):
        yield


def rules(app: Flask, method: str, *levels: str) -> list[Rule]:
    """The rules that take `method`, of the views with these levels of access; of all when none is given."""
    found = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or set())]
    return [rule for rule in found if not levels or access.level_of(app, rule.endpoint) in levels]


def address(app: Flask, company: Company, rule: Rule) -> str:
    """An address of the rule at which there is something."""
    values = {
        "quarter": company.quarter.name,
        "bucket": company.bucket.slug,
        "question_id": company.questions[0].id,
        "person_id": company.employee.id,
        "number": 2,
        "comment_id": 2,
        "slot": 1,
        "token": company.link,
        "version": app.extensions["narrative.assets"][0],
        "path": "css/layout.css",
    }
    with app.test_request_context():
        bound = app.url_map.bind("localhost")
        return bound.build(rule.endpoint, {name: values[name] for name in rule.arguments})


def levels(app: Flask, *wanted: str) -> set[str]:
    """The endpoints of those levels."""
    return {endpoint for endpoint in app.view_functions if access.level_of(app, endpoint) in wanted}


def test_every_view_declares_who_may_use_it(app: Flask) -> None:
    declared = {endpoint: access.level_of(app, endpoint) for endpoint in app.view_functions}
    assert len(declared) > 40
    assert {endpoint for endpoint, level in declared.items() if level not in access.LEVELS} == set()


def test_what_needs_no_session_is_a_list_that_only_grows_knowingly(app: Flask) -> None:
    assert levels(app, "public") == set(PUBLIC)
    assert levels(app, "cookieless") == set(COOKIELESS)


def test_a_view_is_named_by_one_of_seven_words(app: Flask) -> None:
    assert {endpoint for endpoint in app.view_functions if endpoint.split(".")[1] not in VIEW_NAMES} == set()


def test_addresses_take_get_and_post_only(app: Flask) -> None:
    taken = {method for rule in app.url_map.iter_rules() for method in rule.methods or set()}
    assert taken == {"GET", "HEAD", "OPTIONS", "POST"}


def test_signed_out_every_page_but_the_public_ones_asks_to_sign_in(app: Flask, company: Company) -> None:
    for rule in rules(app, "GET"):
        where = address(app, company, rule)
        answer = app.test_client().get(where)
        assert SECRET not in answer.get_data(as_text=True), where
        if rule.endpoint in {**PUBLIC, **COOKIELESS}:
            assert answer.status_code == 200, where
        else:
            assert (answer.status_code, answer.location.split("?")[0]) == (302, "/sign-in"), where


def seen(app: Flask, person: Person, company: Company) -> dict[str, int]:
    """The status that each page of a role answers `person` with, by endpoint."""
    pages = Pages(app).sign_in(person)
    found = rules(app, "GET", *access.ROLES)
    return {rule.rule: pages.client.get(address(app, company, rule)).status_code for rule in found}


def test_there_is_something_at_every_address_that_was_walked(app: Flask, company: Company) -> None:
    """The control of the tests around it: an organiser gets in everywhere and meets the secret."""
    statuses = seen(app, company.organiser, company)
    elsewhere = {rule: status for rule, status in statuses.items() if status != 200}
    assert elsewhere == {"/narratives/<quarter>/<bucket>/draft": 302}  # published: it leads to the narrative
    pages = Pages(app).sign_in(company.organiser)
    texts = [pages.client.get(address(app, company, rule)).text for rule in rules(app, "GET")]
    assert sum(SECRET in text for text in texts) > 5


@pytest.mark.parametrize("role", ["employee", "leader"])
def test_a_page_above_ones_role_is_refused(app: Flask, company: Company, role: str) -> None:
    above = access.ROLES[access.ROLES.index(role) + 1 :]
    pages = Pages(app).sign_in(getattr(company, role))
    walked = rules(app, "GET", *above)
    assert walked
    for rule in walked:
        pages.get(address(app, company, rule), status=403)


@pytest.mark.parametrize("role", ["employee", "leader"])
def test_an_act_above_ones_role_is_refused(app: Flask, company: Company, role: str) -> None:
    above = access.ROLES[access.ROLES.index(role) + 1 :]
    pages = Pages(app).sign_in(getattr(company, role))
    walked = rules(app, "POST", *above)
    assert walked
    for rule in walked:
        pages.post(address(app, company, rule), status=403)


def test_every_act_but_the_anonymous_one_needs_a_token_of_its_session(app: Flask, company: Company) -> None:
    organiser = Pages(app).sign_in(company.organiser)
    walked = [rule for rule in rules(app, "POST") if rule.endpoint not in COOKIELESS]
    assert len(walked) > 20
    strangers_token = Pages(app).csrf_token()
    for rule in walked:
        for sent in ({}, {"csrf_token": strangers_token}):
            answer = organiser.client.post(address(app, company, rule), data=sent)
            assert answer.status_code == 400, (rule.rule, sent)
            assert "session that has ended" in answer.get_data(as_text=True), rule.rule


def test_signed_out_no_act_is_done_even_with_a_token(app: Flask, company: Company) -> None:
    for rule in rules(app, "POST", *access.ROLES):
        page = Pages(app).post(address(app, company, rule), status=401)
        assert SECRET not in page.html


def anonymous(app: Flask, company: Company, **options: object) -> list[TestResponse]:
    """What each anonymous address answers, asked as `options` say."""
    client = app.test_client(use_cookies=False)
    answers = []
    for endpoint in sorted(COOKIELESS):
        [rule] = [rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint]
        method = "POST" if "POST" in (rule.methods or set()) else "GET"
        answers.append(client.open(address(app, company, rule), method=method, **options))
    return answers


def test_an_anonymous_address_refuses_whoever_brings_a_cookie(app: Flask, company: Company) -> None:
    for cookie in ("narrative=x", "theme=dark", ""):
        for answer in anonymous(app, company, headers={"Cookie": cookie}):
            assert answer.status_code == 400
            assert "takes no cookies" in answer.get_data(as_text=True)
            assert "Set-Cookie" not in answer.headers
    without = [answer.status_code for answer in anonymous(app, company)]
    # The keys, what the ledger shows to everybody, and a question, a message and a vote with nothing in them.
    assert sorted(without) == [200] * 7 + [400] * 3
    assert not any("takes no cookies" in answer.text for answer in anonymous(app, company))


def test_an_anonymous_address_gives_no_cookie_and_no_token(app: Flask, company: Company) -> None:
    for answer in anonymous(app, company):
        assert "Set-Cookie" not in answer.headers
        # The whole word: four letters also stand in keys at random, once in forty runs.
        assert not re.search("csrf[_-]?token", answer.text, re.IGNORECASE)
