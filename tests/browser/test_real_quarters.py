"""The ritual on a year of real reports: imported, published, asked about with real passes, answered."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, Visitor
from tests.server import Installation

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REPORTS = Path(__file__).parents[2].parent / "shared" / "real-input" / "freebsd"
QUARTERS = ("2020-q1", "2020-q2", "2020-q3", "2020-q4")
READERS, QUESTIONS, DECLINED = 7, 20, 4

ASK = """async ([quarter, text, bucket]) => {
    const holder = document.querySelector("pass-holder").dataset;
    const script = [...document.scripts].find((one) => one.src.includes("pass-holder")).src;
    const { ask } = await import(new URL("../passes/ask.js", script));
    const owner = { issuer: holder.issuer, person: holder.person, quarter };
    return (await ask({ ...owner, text, bucket })) !== undefined;
}"""


def moment(**distance: int) -> str:
    """An instant so far from now, as a date field takes it."""
    return (datetime.now(UTC) + timedelta(**distance)).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def company(installation: Installation) -> dict[str, str]:
    """An installation with an organiser and readers; their links by name."""
    if not REPORTS.is_dir():
        pytest.skip("the real reports are not here: ../shared/real-input/freebsd")
    printed = installation.run("init", "--name", "Noor Haddad", "--email", "noor@hart.example")
    people = installation.data.parent / "people.csv"
    rows = [f"Reader {number},reader{number}@hart.example,employee" for number in range(READERS)]
    people.write_text("\n".join(["name,email,role", *rows]), encoding="utf-8")
    printed += installation.run("import-people", str(people))
    found = re.findall(r"http://\S+/sign-in/\S+", printed)
    names = ["Noor", *(f"Reader {number}" for number in range(READERS))]
    installation.start()
    return dict(zip(names, found, strict=True))


def sign_in(visitor: Visitor, link: str) -> Visitor:
    """Sign in by a one-time link."""
    return visitor.open(link).press("Sign in").follow("Go on without a password")


def schedule(noor: Visitor, quarter: str) -> None:
    """Schedule a quarter whose drafting has opened."""
    names = (
        "drafting_opens_at",
        "drafts_due_at",
        "publishes_at",
        "questions_open_at",
        "questions_close_at",
        "answers_due_at",
    )
    days = (0, 1, 2, 10, 17, 27)
    dates = {name: moment(days=day, minutes=-5) for name, day in zip(names, days, strict=True)}
    noor.open("/quarters/new").fill(name=quarter, **dates).press("Schedule the quarter").sees("is scheduled.")


def sign_off_all(noor: Visitor, quarter: str) -> int:
    """Sign every imported draft off, as it is; return how many there are."""
    noor.open(f"/quarters/{quarter}/publication")
    rooms = noor.page.locator(".inspected h2 a").evaluate_all("links => links.map((link) => link.href)")
    signed = 0
    for room in rooms:
        noor.open(room)
        if "/draft" in noor.page.url:
            noor.open(noor.page.url.replace("/draft", "/edit"))
        accepted = noor.page.locator("[name='accepted']")
        if accepted.count():
            accepted.check()
        button = noor.page.get_by_role("button", name=re.compile("Sign off revision"))
        if button.count():
            button.click()
            noor.sees("Signed off")
            signed += 1
    return signed


def move(noor: Visitor, quarter: str, **instants: str) -> None:
    """Move a date."""
    noor.open(f"/quarters/{quarter}/edit").fill(note="For the trial.", **instants)
    noor.press("Move the dates").sees("The dates are moved.")


def ask_all(readers: list[Visitor], quarter: str, buckets: list[str]) -> list[str]:
    """Ask twenty questions through the readers' passes, three each at most; return their texts."""
    texts = [f"Question {number} of {quarter}: what became of it?" for number in range(QUESTIONS)]
    for number, text in enumerate(texts):
        reader = readers[number % len(readers)]
        reader.open(f"/quarters/{quarter}")
        assert reader.page.evaluate(ASK, [quarter, text, buckets[number % len(buckets)]])
    return texts


def work_through(noor: Visitor, quarter: str) -> None:
    """Answer every waiting question but the last few, which are declined."""
    for number in range(QUESTIONS):
        noor.open(f"/answers/{quarter}")
        noor.page.locator("p.question-text a").first.click()
        if number < QUESTIONS - DECLINED:
            noor.fill(text=f"Answer **{number}**.").press("Publish the answer").sees(
                "Your answer is published."
            )
        else:
            noor.page.get_by_text("Decline it, with a reason").click()
            noor.page.get_by_label("It is not about this quarter").check()
            noor.fill(sentence="It is about another year.").press("Decline the question")


def test_a_year_of_real_reports(installation: Installation, visit: Visit, company: dict[str, str]) -> None:
    noor = sign_in(visit("Noor", installation), company["Noor"])
    readers = [sign_in(visit(name, installation), link) for name, link in list(company.items())[1:]]
    for quarter in QUARTERS:
        schedule(noor, quarter)
        folder = REPORTS / quarter.replace("-", "")
        printed = installation.run(
            "import-narratives", str(folder), "--quarter", quarter, "--owner", "noor@hart.example"
        )
        files = sorted(folder.glob("*.md"))
        assert all(f"{file.name}: line" in printed for file in files)
        assert sign_off_all(noor, quarter) == len(files)
        noor.open(f"/quarters/{quarter}/publication")
        if noor.page.locator("[name='because']").count():
            noor.fill(because="So it was written then.")
        noor.page.get_by_role("button", name=re.compile(r"Publish .* now")).click()
        for reader in readers:
            with reader.page.expect_response(lambda answer: "/issuance" in answer.url) as fetched:
                reader.open(f"/narratives/{quarter}/{files[0].stem}")
            assert fetched.value.status == 200
        move(noor, quarter, questions_open_at=moment(minutes=-3))
        asked = ask_all(readers, quarter, [file.stem for file in files])
        move(noor, quarter, questions_close_at=moment(minutes=-1))
        board = random.Random(quarter).choice(readers).open(f"/board/{quarter}")
        expect(board.page.locator("p.question-text")).to_have_count(QUESTIONS)
        assert sorted(board.page.locator("p.question-text").all_inner_texts()) == sorted(asked)
        work_through(noor, quarter)
        move(noor, quarter, answers_due_at=moment())
        board.open(f"/quarters/{quarter}").sees("20 received").sees("0 waiting").sees("16 answered").sees(
            "4 declined"
        )
        board.sees("Closed")
