"""The ledger in a real browser: what was changed is seen, said, and kept as evidence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select, update

from narrative import clock
from narrative.app import create_app
from narrative.config import Settings
from narrative.database import db, transaction
from narrative.ledger import actions as ledger
from narrative.ledger import queries
from narrative.ledger.models import LedgerKey, LedgerLeaf, LedgerNode
from narrative.ledger.rules import entries, merkle
from narrative.ledger.rules.words import four_words
from narrative.ledger.signing import opened_checkpoint, signer
from narrative.migrations.run import upgrade
from narrative.passes.store import anonymous_store
from narrative.people.actions import make_link
from narrative.people.models import Person
from narrative.questions.actions import move
from narrative.questions.commitments import message
from narrative.questions.models import Question
from tests.asking import new_mark, sign
from tests.browser.conftest import NARROW, Visit, Visitor
from tests.company import make_company
from tests.server import Installation

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FINE = "Checked by your browser just now"
CHANGED = "The ledger is not the one that this browser saw before"
SECRET_KEY = "for-tests-only-" + "x" * 32


@contextmanager
def inside(installation: Installation) -> Iterator[Flask]:
    """What whoever runs the server can do: everything."""
    made = create_app(Settings(data=installation.data, secret_key=SECRET_KEY, base_url=installation.address))
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Installation]:
    """A small company, served, with a quarter in which four questions were received."""
    made = Installation(tmp_path / "data", {"NARRATIVE_SECRET_KEY": SECRET_KEY, "NARRATIVE_WORKERS": "1"})
    made.data.mkdir()
    with inside(made) as app:
        upgrade(report=lambda _line: None)
        make_company(app)
        anonymous_store().engine.dispose()
    made.start()
    yield made
    made.stop()


def reader(visit: Visit, company: Installation, **options: Any) -> Visitor:
    """An employee who is signed in and looks at the account."""
    with inside(company):
        person = db.session.scalars(select(Person).where(Person.role == "employee")).first()
        assert person is not None
        token = make_link(person, at=clock.now())
    visitor = visit("ines", company, **options).open(f"/sign-in/{token}").press("Sign in")
    return visitor.open("/ledger")


def behind_their_backs(company: Installation, change: Callable[[], None]) -> None:
    """Stop the server, change the database, and go on as if nothing had happened."""
    company.stop()
    with inside(company):
        change()
    company.start()


def rewritten(edit: Callable[[list[str]], list[str]]) -> Callable[[], None]:
    """Rewrite the whole ledger, consistent in itself and signed by its own key."""

    def change() -> None:
        bodies = edit(queries.leaves(0, queries.size()))
        with transaction() as session:
            session.execute(delete(LedgerLeaf))
            session.execute(delete(LedgerNode))
            ledger.append(session, *(entries.read(body) for body in bodies))

    return change


def drop(bodies: list[str], kind: str) -> list[str]:
    """Every body but the last of that kind."""
    place = max(at for at, body in enumerate(bodies) if json.loads(body)["kind"] == kind)
    return bodies[:place] + bodies[place + 1 :]


def other_day(bodies: list[str]) -> list[str]:
    """One entry says another day."""
    fields = {**json.loads(bodies[-1]), "day": "2020-02-02"}
    return [*bodies[:-1], entries.canonical(fields)]


def other_order(bodies: list[str]) -> list[str]:
    """Two entries have changed places."""
    return [*bodies[:-2], bodies[-1], bodies[-2]]


def found(visitor: Visitor, what: str) -> Visitor:
    """Wait until the browser has found that."""
    expect(visitor.page.locator("ledger-check")).to_have_attribute("data-found", what)
    return visitor


def asks_ledger(url: str) -> bool:
    """Whether a request goes to an address of the ledger, not to a script or the page itself."""
    return urlsplit(url).path.startswith("/ledger/")


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 900}, NARROW], ids=["wide", "narrow"])
def test_whoever_looks_sees_in_one_line_that_all_is_there(
    visit: Visit, company: Installation, viewport: dict[str, int]
) -> None:
    sent: list[dict[str, str]] = []
    visitor = reader(visit, company, viewport=viewport)
    visitor.page.on(
        "request",
        lambda request: sent.append(request.all_headers()) if asks_ledger(request.url) else None,
    )
    visitor.page.reload()
    found(visitor, "fine").sees(" received: 1 answered, 1 declined").sees(FINE).check()
    visitor.page.locator("summary").click()
    visitor.sees("Merkle tree").check()
    visitor.page.wait_for_load_state("networkidle")
    assert len(sent) >= 2
    # Chromium may report the referrer that it leaves out as an empty one.
    assert [headers for headers in sent if "cookie" in headers or headers.get("referer")] == []
    with visitor.page.expect_download() as download:
        visitor.follow("Take the whole ledger")
    assert "intact" in company.run("verify", str(download.value.path())).lower()


@pytest.mark.parametrize(
    "edit",
    [
        other_day,
        other_order,
        lambda bodies: drop(bodies, "question"),
        lambda bodies: [*drop(bodies, "question"), bodies[-1], bodies[-1]],
        lambda bodies: bodies[:-1],
    ],
    ids=["edited", "reordered", "dropped", "dropped-and-longer", "cut"],
)
def test_a_ledger_that_was_rewritten_is_refused_and_both_checkpoints_are_kept(
    visit: Visit, company: Installation, edit: Callable[[list[str]], list[str]]
) -> None:
    visitor = found(reader(visit, company), "fine")
    before: list[str] = []

    def change() -> None:
        before.extend([*queries.leaves(0, queries.size()), queries.checkpoint().decode()])
        rewritten(edit)()

    behind_their_backs(company, change)
    visitor.open("/board").sees(CHANGED).follow("What your browser kept")
    found(visitor, "wrong").sees(CHANGED).sees_not(FINE).check()
    kept, shown = evidence(visitor.page)
    assert kept == before.pop()
    with inside(company):
        key = {"issuer": signer().issuer, "public_key": signer().public_key}
        contradiction = opened_checkpoint(kept, **key), opened_checkpoint(shown, **key)
    assert contradiction[0].root != contradiction[1].root
    # Even when everything is put back, what was signed stays signed.
    behind_their_backs(company, rewritten(lambda _bodies: before))
    found(visitor.open("/ledger"), "wrong")
    assert evidence(visitor.page) == (kept, shown)
    visitor.press("Forget it and start anew")
    found(visitor, "fine").sees(FINE)
    # A ledger that was cut has no proof to give, and browsers write every 404 into the console.
    visitor.complaints = [one for one in visitor.complaints if "404" not in one]


def evidence(page: Page) -> tuple[str, str]:
    """The two signed checkpoints that the page shows, to be copied."""
    lines = (page.locator("#checkpoints").text_content() or "").split("\n")
    notes = ["\n".join(lines[:5]) + "\n", "\n".join(lines[6:11]) + "\n"]
    assert all(note.split("\n")[4].startswith("\N{EM DASH} ") for note in notes)
    return notes[0], notes[1]


def test_a_ledger_of_another_key_is_refused(visit: Visit, company: Installation) -> None:
    visitor = found(reader(visit, company), "fine")

    def change() -> None:
        with transaction() as session:
            session.execute(update(LedgerKey).values(private_key=bytes(range(32))))

    behind_their_backs(company, change)
    found(visitor.open("/ledger"), "wrong")
    visitor.sees("not signed by the key that this browser knows").check()


def test_numbers_that_do_not_follow_from_the_ledger_are_said_to_be_wrong(
    visit: Visit, company: Installation
) -> None:
    """A question is declined in the database, and not in the ledger."""
    visitor = found(reader(visit, company), "fine")

    def change() -> None:
        body = next(
            body
            for body in queries.leaves(0, queries.size())
            if json.loads(body)["kind"] == "question" and still_waits(json.loads(body)["id"])
        )
        with transaction() as session:
            move(session, json.loads(body)["id"], expected="waiting", to="declined")

    behind_their_backs(company, change)
    found(visitor.open("/ledger"), "wrong")
    visitor.sees("The numbers on this page do not follow from the ledger").sees("1 declined, not 2").check()


@pytest.mark.parametrize("signed", ["by nobody", "with another key", "by whoever asked"])
def test_a_withdrawal_in_the_name_of_whoever_asked_is_said_to_be_forged(
    visit: Visit, company: Installation, signed: str
) -> None:
    """Database, tree, checkpoint and numbers all agree: only the signature is not theirs."""
    visitor = found(reader(visit, company), "fine")

    def change() -> None:
        question = db.session.scalars(select(Question).where(Question.state == "waiting")).first()
        assert question is not None
        mark = question.mark if signed == "by whoever asked" else new_mark()
        signature = None if signed == "by nobody" else sign(mark, withdrawal(question.mark))
        with transaction() as session:
            move(session, question.id, expected="waiting", to="withdrawn")
            said = {"quarter": "2026-q2", "id": question.id, "day": date(2026, 8, 3)}
            ledger.append(session, entries.withdrawn(**said, signature=signature))

    behind_their_backs(company, change)
    visitor.open("/ledger")
    if signed == "by whoever asked":
        found(visitor, "fine").sees("1 withdrawn").check()
    else:
        found(visitor, "wrong").sees("written in the name of somebody who asked").sees("(withdrawn)").check()


def withdrawal(mark: str) -> bytes:
    """What whoever asked signs to take a question back."""
    return message(quarter="2026-q2", mark=mark, number=0, text_hash="")


def still_waits(question_id: str) -> bool:
    """Whether a question waits for its answer."""
    return db.session.get_one(Question, question_id).state == "waiting"


MODULES = (
    'const [merkle, words] = [await import("/js/ledger/merkle.js"), await import("/js/ledger/words.js")];'
)
UNHEX = "const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));"
SMALL = 20


def test_the_browser_checks_proofs_as_the_server_makes_them(page: Page) -> None:
    """Every tree up to 20 leaves, and each proof with one hash bent."""
    hashes = [merkle.leaf_hash(str(number).encode()) for number in range(SMALL)]

    def node(level: int, position: int) -> bytes:
        return merkle.root_of_leaves(hashes[position << level : (position + 1) << level])

    roots = [merkle.root(size, node).hex() for size in range(SMALL + 1)]
    inclusions = [
        (place, size, [one.hex() for one in merkle.inclusion_proof(place, size, node)])
        for size in range(1, SMALL + 1)
        for place in range(size)
    ]
    consistencies = [
        (old, new, [one.hex() for one in merkle.consistency_proof(old, new, node)])
        for new in range(1, SMALL + 1)
        for old in range(1, new + 1)
    ]
    wrong = page.evaluate(
        f"""async ({{ hashes, roots, inclusions, consistencies }}) => {{
            {MODULES} {UNHEX}
            const wrong = [];
            const zero = "00".repeat(32);
            const bent = (proof) => proof.map((_, at) => proof.with(at, zero));
            for (const [position, size, proof] of inclusions) {{
                const known = {{ position, size, leaf: unhex(hashes[position]), root: unhex(roots[size]) }};
                const holds = (one) => merkle.verifyInclusion({{ ...known, proof: one.map(unhex) }});
                if (!(await holds(proof))) wrong.push(["inclusion", position, size]);
                for (const one of bent(proof)) if (await holds(one)) wrong.push(["bent", position, size]);
            }}
            for (const [from, to, proof] of consistencies) {{
                const known = {{ from, to, fromRoot: unhex(roots[from]), toRoot: unhex(roots[to]) }};
                const holds = (one) => merkle.verifyConsistency({{ ...known, proof: one.map(unhex) }});
                if (!(await holds(proof))) wrong.push(["consistency", from, to]);
                for (const one of bent(proof)) if (await holds(one)) wrong.push(["bent", from, to]);
            }}
            for (const size of roots.keys()) {{
                const root = await merkle.rootOf(hashes.slice(0, size).map(unhex));
                if (!merkle.same(root, unhex(roots[size]))) wrong.push(["root", size]);
            }}
            return wrong;
        }}""",
        {
            "hashes": [one.hex() for one in hashes],
            "roots": roots,
            "inclusions": inclusions,
            "consistencies": consistencies,
        },
    )
    assert wrong == []


@pytest.mark.parametrize(
    "names", [["ask/0/abc"], ["ask/0/abc", "vote/1/def"], ["ask/0/ümlaut"]], ids=range(3)
)
def test_the_browser_says_the_same_four_words(page: Page, names: list[str]) -> None:
    said = page.evaluate(f"async (names) => {{ {MODULES} return words.fourWords(names); }}", names)
    assert said == four_words(names)
