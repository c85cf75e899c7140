"""The whole ritual, as four people do it: from an empty installation to a closed quarter."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Visit, Visitor
from tests.server import Installation

pytestmark = [pytest.mark.browser, pytest.mark.slow]

INSTANTS = (
    "drafting_opens_at",
    "drafts_due_at",
    "publishes_at",
    "questions_open_at",
    "questions_close_at",
    "answers_due_at",
)
COLLEAGUES = [
    ("Emil Roth", "employee"),
    ("Ines Duarte", "employee"),
    ("Otto Falk", "employee"),
    ("Pia Lund", "employee"),
]


def moment(**distance: int) -> str:
    """An instant so far from now, as a date field takes it; installations in tests live in UTC."""
    return (datetime.now(UTC) + timedelta(**distance)).strftime("%Y-%m-%dT%H:%M")


def arrive(visitor: Visitor, link: str) -> Visitor:
    """Sign in by a one-time link, without choosing a password."""
    return visitor.open(link).check().press("Sign in").check().follow("Go on without a password")


def links_of(installation: Installation) -> dict[str, str]:
    """Bring colleagues in from a file, and return their one-time links by name."""
    people, links = installation.data.parent / "people.csv", installation.data.parent / "links.csv"
    rows = [(name, f"{name.split()[0].lower()}@hart.example", role) for name, role in COLLEAGUES]
    people.write_text(
        "\n".join(",".join(row) for row in [("name", "email", "role"), *rows]), encoding="utf-8"
    )
    assert "add" in installation.run("import-people", str(people), "--links", str(links))
    with links.open(encoding="utf-8") as file:
        by_email = {row["email"]: row["link"] for row in csv.DictReader(file)}
    return {name: by_email[email] for name, email, _role in rows}


def set_up(noor: Visitor) -> str:
    """Invite a leader, make two buckets, schedule the quarter; return the leader's link."""
    noor.sees("Begin with the buckets").check().open("/people/new").check()
    noor.fill(name="Ada Wirth", email="ada@hart.example")
    noor.page.get_by_label("Leader").check()
    noor.press("Make the link").sees("A link for Ada Wirth")
    link = noor.page.locator("#link").inner_text()
    for name in ("Workshop", "Rounds"):
        noor.open("/buckets/new").fill(name=name)
        noor.page.locator("[name='owner_id']").select_option(label="Ada Wirth")
        noor.check().press("Make the bucket").sees(name)
    noor.open("/").follow("Schedule a quarter").check()
    days = (0, 1, 2, 10, 17, 27)
    noor.fill(**{name: moment(days=day, minutes=-5) for name, day in zip(INSTANTS, days, strict=True)})
    noor.fill(name="2026-q4").press("Schedule the quarter").sees("Q4 2026 is scheduled.").check()
    return link


def write(ada: Visitor) -> None:
    """Write the Workshop's narrative, see it saved, sign it off."""
    ada.open("/").sees("is not signed off yet").check().follow("Write Workshop")
    ada.fill(
        opening="We washed **1,402 beds**.",
        went_well="- The fan\n- The brackets",
        went_badly="The tarpaulin.",
    )
    ada.fill(next_priorities="First the backlog.").press("Add a priority")
    row = ada.page.locator("[data-row]").first
    row.locator("input[name$='title']").fill("Backlog under 100")
    row.locator("[name$='measure']").fill("The count in the yard")
    row.locator("select").select_option(label="Ada Wirth")
    ada.press("Save")
    expect(ada.page.locator("save-state, .save-state").first).to_contain_text("Saved")
    ada.open("/narratives/2026-q4/workshop/edit").check()
    ada.page.get_by_role("button", name=re.compile("Sign off revision")).click()
    ada.sees("Signed off").check()


def move(noor: Visitor, note: str, **instants: str) -> None:
    """Move dates, with the public note."""
    noor.open("/quarters/2026-q4/edit").fill(note=note, **instants).check()
    noor.press("Move the dates").sees("The dates are moved.")


def publish_without_rounds(noor: Visitor) -> None:
    """Look at everything that is for organisers before publishing; then publish what is signed off."""
    noor.open("/prompts/edit").check()
    noor.open("/narratives/2026-q4/workshop/draft").press("I have read this revision").check()
    noor.open("/").follow("See how they stand").sees("Rounds").check()
    noor.fill(because="Rounds follow next week.").press("Publish one narrative now")


def read(visitor: Visitor) -> None:
    """Read the published narrative until the browser has fetched its passes."""
    with visitor.page.expect_response(lambda answer: "/issuance" in answer.url) as fetched:
        visitor.open("/narratives/2026-q4/workshop").sees("1,402 beds")
    assert fetched.value.status == 200


def ask(visitor: Visitor, text: str) -> str:
    """Ask anonymously, and return the receipt."""
    visitor.open("/").follow("Ask anonymously").sees("Nobody can tell that it was you").check()
    visitor.page.locator("#text").fill(text)
    visitor.page.locator("#bucket").select_option(label="Workshop")
    with visitor.page.expect_request(
        lambda sent: sent.method == "POST" and "/questions/" in sent.url
    ) as sent:
        visitor.press("Send anonymously")
    assert "cookie" not in sent.value.all_headers()
    expect(visitor.page.locator("#receipt-code")).to_have_text(re.compile(r"^[0-9A-Z*~$=U-]{20,}", re.I))
    visitor.check()
    return str(visitor.page.locator("#receipt-code").inner_text())


def look_up(visitor: Visitor, receipt: str, expected: str) -> None:
    """Type a receipt and expect what became of the question; nothing about it is sent."""
    sent: list[str] = []
    visitor.page.on("request", lambda request: sent.append(request.url + str(request.post_data)))
    visitor.open("/receipts")
    visitor.page.locator("#receipt").fill(receipt.lower().replace("-", " "))
    visitor.press("Look it up").sees(expected).check()
    assert not [one for one in sent if receipt in one or receipt.replace("-", "") in one]


def work_on(leader: Visitor, text: str) -> Visitor:
    """Open a waiting question from the queue."""
    return leader.open("/answers").check().follow(text).sees(text)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_ritual_from_first_sign_in_to_a_closed_quarter(
    installation: Installation, visit: Visit, viewport: dict[str, Any]
) -> None:
    printed = installation.run("init", "--name", "Noor Haddad", "--email", "noor@hart.example")
    link = re.search(r"http://\S+/sign-in/\S+", printed)
    assert link
    installation.start()
    noor = arrive(visit("Noor", installation, viewport=viewport), link[0])
    ada = arrive(visit("Ada", installation, viewport=viewport), set_up(noor))
    write(ada)

    people = {name: visit(name.split()[0], installation, viewport=viewport) for name, _role in COLLEAGUES}
    for name, link_of_theirs in links_of(installation).items():
        arrive(people[name], link_of_theirs).sees("Leaders are writing")
    emil, ines = people["Emil Roth"], people["Ines Duarte"]
    emil.open("/quarters/2026-q4").sees("Nothing can be read yet").sees_not("1,402").check()

    publish_without_rounds(noor)
    noor.open("/quarters/2026-q4").sees("Workshop").check()
    for reader in (*people.values(), ada):
        read(reader)
    emil.check().open("/").sees("The quarter is published.").check()

    move(noor, "The fair begins early.", questions_open_at=moment(minutes=-3))
    emil.open("/quarters/2026-q4").sees("The fair begins early.")
    receipt = ask(emil, "Why did the fan wait until week nine?")
    other = ask(ines, "Who decides about the second shift?")
    ask(ines, "Is it true that Ben from the paint shop is leaving?")
    emil.open("/board/2026-q4").sees("No question has been released yet").sees_not("Why did the fan").check()
    look_up(emil, receipt, "Waiting to be shown")

    move(noor, "Three good questions are enough.", questions_close_at=moment(minutes=-1))
    emil.open("/board/2026-q4").sees("3 received").sees("Why did the fan wait until week nine?").check()
    look_up(emil, receipt, "Waiting for an answer")

    work_on(ada, "Why did the fan").press("Claim this question").sees("The question is yours.")
    ada.fill(text="Because I *hoped*. That was **wrong**.")
    expect(ada.page.locator("markdown-preview")).to_contain_text("Because I hoped.")
    ada.check().press("Publish the answer").sees("Your answer is published.")
    work_on(ada, "Who decides about").press("Claim this question").sees("The question is yours.")
    ada.page.get_by_text("Hand it to a colleague").click()
    ada.page.locator("[name='to']").select_option(label="Noor Haddad")
    ada.press("Hand it over").sees("Noor Haddad owns the question now.")
    work_on(noor, "Who decides about").fill(text="All of us, by vote.").press("Publish the answer")
    work_on(noor, "Is it true that Ben").page.get_by_text("Decline it, with a reason").click()
    noor.page.get_by_label("It is about a person who can be recognised").check()
    noor.fill(sentence="We do not speak about a colleague here.").check().press("Decline the question")

    ines.open("/quarters/2026-q4").sees("3 received").sees("0 waiting").sees("2 answered").sees(
        "1 declined"
    ).check()
    look_up(emil, receipt, "Answered")
    look_up(ines, other, "Answered")
    ines.open("/board/2026-q4").follow("Who decides about").sees("Ada Wirth handed it to Noor Haddad").check()

    move(noor, "All is answered.", answers_due_at=moment())
    noor.open("/").sees("The quarter is closed.").sees("Schedule the next quarter").check()
    emil.open("/").sees("Every question stands on the board").check()
