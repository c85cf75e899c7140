"""Voting in the browser: one pass a question, and nothing that says who sends it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from narrative.passes.token import Token, challenge, verify_token
from tests.browser.pass_page import HONEST, KEYS, hold, owner, run, unspent
from tests.browser.pass_server import ISSUER, QUARTER, SLOTS
from tests.pass_holder import from_base64url

pytestmark = pytest.mark.browser


def vote(page: Page, slot: int, wanted: bool = True) -> Any:
    cast = {**owner(), "slot": slot, "wanted": wanted}
    return run(page, "return named(() => m.client.vote(v.cast));", cast=cast)


def show(page: Page, *slots: int, person: int = 7) -> None:
    """Put questions with their switches into the page, as the board has them."""
    page.evaluate(
        """async ({ attributes, slots }) => {
            const holder = document.createElement("pass-holder");
            Object.assign(holder.dataset, attributes);
            const items = slots.map((slot) => {
                const [item, text] = [document.createElement("li"), document.createElement("p")];
                [text.className, text.textContent] = ["question-text", `Question ${slot}?`];
                const button = document.createElement("vote-button");
                button.setAttribute("slot", slot);
                item.append(text, button);
                return item;
            });
            document.body.append(holder, ...items);
            await import("/js/elements/vote-button.js");
        }""",
        {"attributes": {**owner(person), **HONEST}, "slots": slots},
    )


def test_a_vote_carries_its_slots_pass_and_nothing_else(page, server):
    hold(page)
    vote(page, 3)
    [cast] = server.to(f"/votes/{QUARTER}/3")
    assert not {"cookie", "referer", "x-csrftoken", "authorization"} & set(cast.headers)
    assert list(cast.json) == ["token", "vote"]
    expected = challenge(issuer=ISSUER, quarter=QUARTER, purpose="vote", slot=3)
    verify_token(Token.parse(from_base64url(cast.json["token"])), key=KEYS[3].public, challenge=expected)


def test_votes_of_one_person_have_nothing_in_common(page, server):
    hold(page)
    for slot in range(1, SLOTS + 1):
        vote(page, slot)
    tokens = [
        Token.parse(from_base64url(server.to(f"/votes/{QUARTER}/{slot}")[0].json["token"]))
        for slot in range(1, SLOTS + 1)
    ]
    for part in ("nonce", "challenge_digest", "key_id", "authenticator"):
        assert len({getattr(token, part) for token in tokens}) == SLOTS


def test_the_same_pass_takes_a_vote_back(page, server):
    hold(page)
    vote(page, 1)
    vote(page, 1, wanted=False)
    given, taken = server.to(f"/votes/{QUARTER}/1")
    assert given.json["token"] == taken.json["token"]
    assert [given.json["vote"], taken.json["vote"]] == [True, False]
    assert len(unspent(page)) == 3


@pytest.mark.parametrize("status", [None, 500, 400, 404, 409])
def test_a_vote_that_was_not_taken_stands_as_it_was(page, server, status):
    hold(page)
    server.answers = [status]
    assert vote(page, 2)["name"] in {"NotSent", "Refused"}
    state = run(page, "return m.vote.voteOf(v.pass);", **{"pass": {**owner(), "slot": 2}})
    assert state["wanted"] is False
    assert "token" in vote(page, 2) or server.to(f"/votes/{QUARTER}/2")[1].json["vote"] is True


def test_without_a_pass_nothing_is_sent(page, server):
    assert vote(page, 1)["name"] == "NoPassLeft"
    hold(page)
    assert vote(page, SLOTS + 1)["name"] == "NoPassLeft"
    assert not any(request.path.startswith("/votes/") for request in server.received)


def test_the_switch_is_worked_by_keyboard_and_its_state_is_kept_here(page, server):
    hold(page)
    asked = len(server.received)
    show(page, 1, 2)
    first = page.get_by_role("button", name="I want this answered").first
    expect(first).to_have_attribute("aria-pressed", "false")
    expect(first).to_have_accessible_description("Question 1?")
    assert len(server.received) == asked  # what one voted for is asked of nobody
    first.focus()
    page.keyboard.press("Space")
    expect(first).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("Counted when new questions appear next.")).to_be_visible()

    page.reload()
    show(page, 1, 2)
    buttons = page.get_by_role("button", name="I want this answered")
    expect(buttons.nth(0)).to_have_attribute("aria-pressed", "true")
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "false")
    buttons.nth(0).focus()
    page.keyboard.press("Enter")
    expect(buttons.nth(0)).to_have_attribute("aria-pressed", "false")
    assert [cast.json["vote"] for cast in server.to(f"/votes/{QUARTER}/1")] == [True, False]


def test_a_refusal_is_said_and_the_switch_stays(page, server):
    hold(page)
    show(page, 1)
    server.answers = [409]
    page.get_by_role("button", name="I want this answered").click()
    expect(page.get_by_text("no: 409")).to_be_visible()
    expect(page.get_by_role("button")).to_have_attribute("aria-pressed", "false")


def test_passes_that_are_only_just_fetched_wait_for_the_next_page(page, server):
    show(page, 1, 2)
    expect(page.get_by_text("You can vote from the next page on")).to_have_count(1)
    assert page.get_by_role("button").count() == 0
    assert hold(page) == 3
    assert page.get_by_role("button").count() == 0


@pytest.mark.parametrize(
    "kept", [{"seed": [1], "elsewhere": True}, {"spoiled": True}], ids=["elsewhere", "spoiled"]
)
def test_whose_passes_never_come_here_is_not_told_to_wait_for_them(page, kept):
    run(page, "await m.holding.changeHolding(v.owner, () => v.kept);", owner=owner(), kept=kept)
    show(page, 1)
    page.wait_for_timeout(300)
    expect(page.locator("vote-button")).to_have_text("")


def test_who_shares_a_browser_does_not_see_the_others_votes(page, server):
    hold(page)
    vote(page, 1)
    hold(page, person=8)
    show(page, 1, person=8)
    expect(page.get_by_role("button")).to_have_attribute("aria-pressed", "false")
