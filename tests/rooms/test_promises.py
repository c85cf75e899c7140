"""Last quarter's promises: accounted for in the drafting room, shown to readers, carried over, corrected."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from narrative.database import db, transaction
from narrative.narratives import queries, writing
from narrative.narratives.committing import Promised, commit
from narrative.narratives.models import Commitment, Narrative, Outcome, Priority
from narrative.narratives.promises import promises
from narrative.narratives.publishing import publish_late, publish_quarter
from narrative.narratives.rules import Draft, OutcomeRow, PriorityRow
from narrative.narratives.rules.outcomes import key_of_carried
from narrative.narratives.signing_off import StillLacking, sign_off
from narrative.people.models import Bucket, Person
from narrative.quarters.models import Quarter
from tests.drafting import script_save, typed
from tests.factories import MONDAY, make_bucket, make_person, make_quarter
from tests.pages import Page, Pages
from tests.writing import (
    DRAFTING,
    PUBLISHED,
    READING,
    corrected,
    owned,
    published,
    ready_draft,
    signed,
    write,
)

EDIT, PRODUCT = "/narratives/2026-q2/product/edit", "/narratives/2026-q2/product"
EARLIER = "/narratives/2026-q1/product"
SHIP = PriorityRow(key="1" * 16, title="Ship the boat", measure="It floats")
PAINT = PriorityRow(key="2" * 16, title="Paint the boat", measure="It is green")


@dataclass
class Company:
    """Product promised two things in the first quarter and writes the second one's narrative."""

    earlier: Quarter
    quarter: Quarter
    product: Bucket
    employee: Person

    @property
    def keys(self) -> list[str]:
        """The keys of what stands to be accounted for."""
        db.session.rollback()
        return [promise.key for promise in promises(self.quarter, self.product)]

    @property
    def narrative(self) -> Narrative:
        """The second quarter's narrative, as it is now."""
        db.session.rollback()
        found = queries.narrative_for(self.quarter, self.product)
        assert found is not None
        return found

    @property
    def head(self) -> Draft:
        """What its newest revision says."""
        return queries.head_draft(self.narrative)

    def publish(self, *outcomes: OutcomeRow, **parts: Any) -> None:
        """Publish the second quarter with these outcomes."""
        draft = replace(ready_draft("Product"), outcomes=outcomes, **parts)
        published(self.quarter, self.product, product=draft)

    def outcomes(self) -> list[tuple[str, str, str]]:
        """What is kept of the second quarter's outcomes."""
        db.session.rollback()
        rows = db.session.scalars(select(Outcome).order_by(Outcome.narrative_id, Outcome.position))
        return [
            (row.title, row.state, row.sentence) for row in rows if row.narrative.quarter.name == "2026-q2"
        ]


@pytest.fixture
def company(app: Flask) -> Company:
    product = make_bucket("Product", owner=make_person("leader", name="Ada Lovelace"))
    made = Company(quarter_before(1), make_quarter(), product, make_person())
    first = replace(ready_draft("Old"), priorities=(SHIP, PAINT))
    published(made.earlier, product, product=first, at=PUBLISHED - timedelta(days=91))
    return made


def quarter_before(number: int) -> Quarter:
    """The quarter so many before the second of 2026."""
    name = str(("2026-q2", "2026-q1", "2025-q4", "2025-q3")[number])
    return make_quarter(name, drafting_opens_at=MONDAY - timedelta(days=91 * number))


@pytest.fixture
def drafting(company: Company) -> Any:
    with time_machine.travel(DRAFTING, tick=False):
        yield


def row(key: str, state: str, sentence: str = "") -> OutcomeRow:
    return OutcomeRow(key=key, state=state, sentence=sentence)


def shown(page: Page, list_class: str = "outcomes") -> list[str]:
    """What stands in a list, an entry each, white space folded."""
    (found,) = page.all("ul", class_=list_class) or page.all("ol", class_=list_class)
    return [" ".join(entry.text.split()) for entry in found.children]


def promise_commitment(company: Company, *, due_in: str = "2026-q2", bucket: Bucket | None = None) -> int:
    """Ada promised something in an answer; returns its id."""
    promised = Promised(
        title="Ask the crew",
        owner_id=company.product.owner_id,
        due_in=due_in,
        bucket_id=(bucket or company.product).id,
    )
    with transaction() as session:
        commit(session, promised, made_in=f"2026-q1/{'a' * 32}", at=DRAFTING)
    return db.session.scalars(select(Commitment.id).order_by(Commitment.id.desc())).first() or 0


# The drafting room


@pytest.mark.usefixtures("drafting")
def test_what_was_promised_stands_first_in_the_drafting_room(company: Company, pages: Pages) -> None:
    number = promise_commitment(company)
    page = pages.sign_in(company.product.owner).get(EDIT)
    entries = page.all("li", class_="promise")
    assert [entry.attributes["data-outcome"] for entry in entries] == [*company.keys]
    assert company.keys[2] == f"commitment-{number}"
    assert "Ship the boat" in entries[0].text
    assert "How we would know: It floats" in " ".join(entries[0].text.split())
    assert "promised in an answer, due by Q2 2026" in " ".join(entries[2].text.split())
    headings = [" ".join(heading.text.split()) for heading in page.all("h2")]
    assert headings.index("Last quarter’s promises") < headings.index("Opening")


@pytest.mark.usefixtures("drafting")
def test_outcomes_are_saved_without_scripts_and_stand_there_again(company: Company, pages: Pages) -> None:
    ship, paint = company.keys
    pages.sign_in(company.product.owner)
    sent = typed(pages.get(EDIT), **{"outcomes-1-sentence": "It rained."})
    assert (sent["outcomes-0-key"], sent["outcomes-1-key"]) == (ship, paint)
    page = pages.post(EDIT, {**sent, "outcomes-0-state": "done", "outcomes-1-state": "not done"})
    assert company.head.outcomes == (row(ship, "done"), row(paint, "not done", "It rained."))
    again = typed(page)
    assert (again["outcomes-0-state"], again["outcomes-1-state"]) == ("done", "not done")
    assert again["outcomes-1-sentence"].strip() == "It rained."


@pytest.mark.usefixtures("drafting")
def test_what_is_no_outcome_is_refused_and_everything_typed_is_kept(company: Company, pages: Pages) -> None:
    pages.sign_in(company.product.owner)
    sent = {**typed(pages.get(EDIT), opening="Typed"), "outcomes-0-state": "splendid"}
    page = pages.post(EDIT, {**sent, "outcomes-1-sentence": "x" * 501}, status=422)
    assert page.errors() == [
        "Choose what became of it",
        "Shorten “In one sentence” by 1 characters: it may have 500",
    ]
    assert typed(page)["outcomes-1-sentence"].strip() == "x" * 501
    assert typed(page)["opening"].strip() == "Typed"
    assert queries.narrative_for(company.quarter, company.product) is None


@pytest.mark.usefixtures("drafting")
def test_a_script_gets_the_outcomes_of_a_merge(company: Company, pages: Pages) -> None:
    write(company.quarter, company.product)
    ship, paint = company.keys
    visitor = pages.sign_in(company.product.owner)
    sent = typed(visitor.get(EDIT))
    script_save(visitor, {**sent, "outcomes-0-state": "done"})
    told = script_save(visitor, {**sent, "outcomes-1-state": "dropped", "outcomes-1-sentence": "No use."})
    both = [
        {"key": ship, "state": "done", "sentence": ""},
        {"key": paint, "state": "dropped", "sentence": "No use."},
    ]
    assert sorted(told["outcomes"], key=lambda one: one["state"]) == both


@pytest.mark.usefixtures("drafting")
def test_a_merge_says_that_both_wrote_about_the_same_promise(company: Company, pages: Pages) -> None:
    write(company.quarter, company.product)
    pages.sign_in(company.product.owner)
    sent = typed(pages.get(EDIT))
    pages.post(EDIT, {**sent, "outcomes-0-state": "done", "outcomes-0-sentence": "All of it."})
    page = pages.post(EDIT, {**sent, "outcomes-0-state": "partly", "outcomes-0-sentence": "Half of it."})
    assert "You both changed the same words in: What became of last quarter’s priorities." in page.text
    (told,) = company.head.outcomes
    assert (told.state, told.sentence.split("\n\n")) == ("partly", ["All of it.", "Half of it."])


@pytest.mark.usefixtures("drafting")
def test_the_sign_off_asks_for_what_is_not_said_and_demands_sentences(company: Company, pages: Pages) -> None:
    ship, _paint = company.keys
    narrative = write(company.quarter, company.product, outcome_draft(company, row(ship, "dropped")))
    page = pages.sign_in(company.product.owner).get(EDIT)
    assert page.links()["“Ship the boat” is dropped: say why in one sentence"] == "#outcomes-0-sentence"
    assert page.links()["What became of “Paint the boat” is not said"] == "#outcomes-1-state-0"
    ids = {element.attributes.get("id") for element in page.reader.elements}
    assert {"outcomes-0-sentence", "outcomes-1-state-0"} <= ids
    with pytest.raises(StillLacking):
        sign_off(narrative, revision_number=1, by=company.product.owner, at=DRAFTING, accepted=True)
    write(company.quarter, company.product, outcome_draft(company, row(ship, "dropped", "No use.")))
    with pytest.raises(StillLacking):
        sign_off(narrative, revision_number=2, by=company.product.owner, at=DRAFTING)
    sign_off(narrative, revision_number=2, by=company.product.owner, at=DRAFTING, accepted=True)


def outcome_draft(company: Company, *outcomes: OutcomeRow) -> Draft:
    """A draft that lacks nothing but what is not in `outcomes`."""
    return owned(company.product, replace(ready_draft("Product"), outcomes=outcomes))


@pytest.mark.usefixtures("drafting")
def test_revisions_show_and_restore_outcomes(company: Company, pages: Pages) -> None:
    ship, _paint = company.keys
    first = outcome_draft(company, row(ship, "done"))
    write(company.quarter, company.product, first)
    write(company.quarter, company.product, outcome_draft(company, row(ship, "partly", "Half.")))
    page = pages.sign_in(company.product.owner).get(f"{PRODUCT}/revisions/2?against=1")
    (changes,) = page.all("div", class_="comparison")
    assert " ".join(changes.text.split()) == "Ship the boat: done. partly. Half."
    assert shown(page)[0].startswith("Partly Ship the boat Half.")
    pages.post(f"{PRODUCT}/revisions/1/restoration", {"head": "2"})
    assert company.head == first
    draft = pages.get(f"{PRODUCT}/draft")
    assert shown(draft)[1].startswith("Not reported Paint the boat")


# Carrying over


@pytest.mark.usefixtures("drafting")
def test_carry_over_makes_a_promise_a_priority_again(company: Company, pages: Pages) -> None:
    ship, paint = company.keys
    pages.sign_in(company.product.owner)
    page = pages.get(EDIT)
    assert [button.attributes["value"] for button in page.all("button", data_carry=ship)] == [f"carry-{ship}"]
    page = pages.post(EDIT, typed(page, opening="Typed", row=f"carry-{ship}"))
    carried = PriorityRow(
        key=key_of_carried(ship),
        title="Ship the boat",
        measure="It floats",
        owner_id=company.product.owner_id,
        carries=ship,
    )
    assert company.head == Draft(opening="Typed", priorities=(carried,))
    (button,) = page.all("button", data_carry=ship)
    assert "hidden" in button.attributes
    assert "hidden" not in page.all("button", data_carry=paint)[0].attributes
    # Once more, from a page that was open meanwhile, adds nothing.
    pages.post(EDIT, typed(page, row=f"carry-{ship}"))
    assert company.head.priorities == (carried,)
    # It can be worded anew and stays what it is.
    pages.post(EDIT, typed(pages.get(EDIT), **{"priorities-0-title": "Ship the second boat"}))
    assert company.head.priorities == (replace(carried, title="Ship the second boat"),)


@pytest.mark.usefixtures("drafting")
def test_what_nobody_promised_cannot_be_carried_over(company: Company, pages: Pages) -> None:
    pages.sign_in(company.product.owner)
    for key in ("priority-999", "commitment-1", "nonsense", ""):
        pages.post(EDIT, typed(pages.get(EDIT), opening="Typed", row=f"carry-{key}"))
    assert company.head == Draft(opening="Typed")


@pytest.mark.usefixtures("drafting")
def test_two_who_carry_over_the_same_make_one_priority_of_it(company: Company, pages: Pages) -> None:
    write(company.quarter, company.product, Draft(opening="Start."))
    ship, _paint = company.keys
    pages.sign_in(company.product.owner)
    sent = typed(pages.get(EDIT))
    pages.post(EDIT, {**sent, "opening": "Ada.", "row": f"carry-{ship}"})
    pages.post(EDIT, {**sent, "went_well": "Grace.", "row": f"carry-{ship}"})
    assert [one.carries for one in company.head.priorities] == [ship]
    assert (company.head.opening, company.head.went_well) == ("Ada.", "Grace.")


@pytest.mark.usefixtures("drafting")
def test_whoever_left_does_not_own_what_is_carried_over(company: Company, pages: Pages) -> None:
    gone = make_person("leader")
    priority = db.session.scalars(select(Priority).where(Priority.title == "Ship the boat")).one()
    priority.owner_id, gone.deactivated_at = gone.id, DRAFTING
    db.session.commit()
    pages.sign_in(company.product.owner)
    pages.post(EDIT, typed(pages.get(EDIT), row=f"carry-{company.keys[0]}"))
    assert [one.owner_id for one in company.head.priorities] == [None]


def test_how_often_something_was_carried_is_counted_along_the_chain(app: Flask, pages: Pages) -> None:
    product = make_bucket("Product")
    quarters = [quarter_before(number) for number in (3, 2, 1, 0)]
    carries = None
    for number, quarter in enumerate(quarters):
        told = (row(carries, "partly", "Half."),) if carries else ()
        again = replace(SHIP, key=str(number) * 16, carries=carries)
        draft = replace(ready_draft(f"N{number}"), priorities=(again,), outcomes=told)
        published(quarter, product, product=draft, at=PUBLISHED - timedelta(days=91 * (3 - number)))
        newest = db.session.scalars(select(Priority).order_by(Priority.id.desc())).first()
        assert newest is not None
        assert newest.carried == number
        carries = f"priority-{newest.id}"
    with time_machine.travel(READING, tick=False):
        page = pages.sign_in(make_person()).get(PRODUCT)
        assert shown(page) == [
            f"Partly Ship the boat Half. {product.owner.name} · carried 2 quarters · carried over"
        ]
        assert f"{product.owner.name} · carried 3 quarters" in shown(page, "priorities")[0]
        first = pages.get("/narratives/2025-q3/product")
        assert "carried" not in shown(first, "priorities")[0]


def test_another_bucket_s_promise_carries_nothing(company: Company) -> None:
    other = make_bucket("Other")
    published_row = replace(SHIP, carries=company.keys[0])
    published(company.quarter, other, other=replace(ready_draft("Other"), priorities=(published_row,)))
    newest = db.session.scalars(select(Priority).order_by(Priority.id.desc())).first()
    assert newest is not None
    assert (newest.carries, newest.carried) == (None, 0)


# Readers


def test_readers_see_what_became_of_each_promise_and_the_silence(company: Company, pages: Pages) -> None:
    ship, _paint = company.keys
    company.publish(row(ship, "partly", "It <b>floats</b>, but slowly."))
    assert company.outcomes() == [
        ("Ship the boat", "partly", "It <b>floats</b>, but slowly."),
        ("Paint the boat", "not reported", ""),
    ]
    with time_machine.travel(READING, tick=False):
        page = pages.sign_in(company.employee).get(PRODUCT)
        assert shown(page) == [
            "Partly Ship the boat It <b>floats</b>, but slowly. Ada Lovelace",
            "Not reported Paint the boat Ada Lovelace",
        ]
        marks = [mark.attributes["data-kind"] for mark in page.all("span", class_="state")]
        assert marks[:2] == ["part", "unseen"]
        assert page.links()["Last quarter’s priorities"] == "#outcomes"
        assert page.html.index("What became of last quarter’s priorities") < page.html.index(
            "Well of Product"
        )
        assert page.html.index("Opening of Product") < page.html.index(
            "What became of last quarter’s priorities"
        )
        beside = pages.get(f"{PRODUCT}?beside=2026-q1")
        assert shown(beside) == shown(page)


def test_each_priority_leads_on_to_what_became_of_it(company: Company, pages: Pages) -> None:
    ship, paint = company.keys
    signed(
        company.quarter,
        company.product,
        outcome_draft(company, row(ship, "done"), row(paint, "dropped", "Why?")),
    )
    with time_machine.travel(DRAFTING, tick=False):
        before = pages.sign_in(company.employee).get(EARLIER)
        assert "Done" not in before.text
        assert "Why?" not in before.html
    with time_machine.travel(READING, tick=False):
        publish_quarter(company.quarter, by=None, at=READING)
        page = pages.get(EARLIER)
        assert page.links()["in Q2 2026: what became of “Ship the boat”"] == f"{PRODUCT}#{ship}"
        assert "Done in Q2 2026" in shown(page, "priorities")[0]
        assert "Dropped in Q2 2026" in shown(page, "priorities")[1]
        target = pages.get(PRODUCT)
        assert [item.attributes["id"] for item in target.all("ul", class_="outcomes")[0].children] == [
            ship,
            paint,
        ]


def test_a_quarter_in_which_nothing_was_published_lets_no_promise_vanish(app: Flask) -> None:
    product = make_bucket("Product")
    first, between, quarter = quarter_before(2), quarter_before(1), quarter_before(0)
    published(first, product, product=replace(ready_draft("Old"), priorities=(SHIP,)))
    write(between, product)
    published(between, make_bucket("Other"))
    assert [promise.title for promise in promises(quarter, product)] == ["Ship the boat"]


def test_what_is_published_late_accounts_for_its_own_past(company: Company) -> None:
    published(company.quarter, make_bucket("Other"))
    narrative = signed(company.quarter, company.product, outcome_draft(company, row(company.keys[0], "done")))
    assert publish_late(narrative, by=None, at=READING, because="The rest follows.")  # type: ignore[arg-type]
    assert [told[1] for told in company.outcomes()] == ["done", "not reported"]


# Corrections


def correct_it(company: Company, quarter: Quarter, reason: str = "A slip", **parts: Any) -> None:
    """Correct the quarter's published narrative as its owner."""
    narrative = queries.narrative_for(quarter, company.product)
    assert narrative is not None
    draft = replace(queries.head_draft(narrative), **parts)
    corrected(narrative, draft, reason=reason, at=READING)
    db.session.rollback()


def test_a_correction_can_report_later_what_was_passed_over(company: Company, pages: Pages) -> None:
    ship, paint = company.keys
    company.publish(row(ship, "done"))
    with time_machine.travel(READING, tick=False):
        page = pages.sign_in(company.product.owner).get(f"{PRODUCT}/edit")
        sent = {
            element.attributes["name"]: element.attributes.get("value", "")
            for element in page.all("input")
            if element.attributes.get("name", "").startswith("outcomes-")
            and (element.attributes.get("type") != "radio" or "checked" in element.attributes)
        }
        assert sent == {
            "outcomes-0-key": ship,
            "outcomes-0-state": "done",
            "outcomes-1-key": paint,
            "outcomes-1-state": "",
        }
        correct_it(
            company, company.quarter, outcomes=(row(ship, "done"), row(paint, "not done", "It rained."))
        )
        assert [told[1:] for told in company.outcomes()] == [("done", ""), ("not done", "It rained.")]
        assert "Not done Paint the boat It rained." in pages.get(PRODUCT).text
        change = pages.get(f"{PRODUCT}/corrections/2")
        assert "Paint the boat: not done. It rained." in change.text
    assert "4 words changed" in change.text


def test_one_word_that_turns_an_outcome_is_not_folded_away_with_the_commas(
    company: Company, pages: Pages
) -> None:
    ship, paint = company.keys
    company.publish(row(ship, "partly", "Half of it."), row(paint, "partly", "Half green."))
    correct_it(
        company,
        company.quarter,
        "A comma",
        outcomes=(row(ship, "partly", "Half, of it."), row(paint, "partly", "Half green.")),
    )
    correct_it(
        company,
        company.quarter,
        "We dropped it",
        outcomes=(row(ship, "dropped", "Half, of it."), row(paint, "partly", "Half green.")),
    )
    page = pages.sign_in(company.product.owner).get(PRODUCT)
    (folded,) = [one for one in page.all("details") if "three words or fewer" in one.text]
    assert "A comma" in folded.text
    assert "We dropped it" in page.text
    assert "We dropped it" not in folded.text


def test_a_correction_that_takes_an_outcome_back_leaves_the_silence(company: Company) -> None:
    company.publish(row(company.keys[0], "done"))
    correct_it(company, company.quarter, outcomes=())
    assert [told[1] for told in company.outcomes()] == ["not reported", "not reported"]


def test_a_correction_may_not_leave_a_state_without_its_sentence(company: Company) -> None:
    company.publish(row(company.keys[0], "done"))
    with pytest.raises(StillLacking) as refused:
        correct_it(company, company.quarter, outcomes=(row(company.keys[0], "partly"),))
    assert [lack.sentence for lack in refused.value.lacks] == [
        "“Ship the boat” is partly: say why in one sentence"
    ]


def test_what_is_corrected_before_keeps_what_was_said_of_it(company: Company, pages: Pages) -> None:
    ship, paint = company.keys
    company.publish(row(ship, "done"), row(paint, "partly", "Half green."))
    before = queries.narrative_for(company.earlier, company.product)
    assert before is not None
    kept = queries.head_draft(before).priorities
    late = PriorityRow(key="9" * 16, title="Late", measure="x", owner_id=company.product.owner_id)
    correct_it(company, company.earlier, priorities=(replace(kept[0], title="Ship both boats"), late))
    # The reader of the second quarter sees what was known then: no silence about what nobody could know.
    assert [told[:2] for told in company.outcomes()] == [
        ("Ship the boat", "done"),
        ("Paint the boat", "partly"),
    ]
    correct_it(company, company.quarter, opening="Put right.")
    assert [told[:2] for told in company.outcomes()] == [
        ("Ship the boat", "done"),
        ("Paint the boat", "partly"),
    ]
    with time_machine.travel(READING, tick=False):
        page = pages.sign_in(company.employee).get(EARLIER)
        assert [entry.split(" How")[0] for entry in shown(page, "priorities")] == ["Ship both boats", "Late"]
        assert "Half green." in pages.get(PRODUCT).text


@pytest.mark.usefixtures("drafting")
def test_what_was_written_about_a_promise_that_was_taken_out_stays(company: Company, pages: Pages) -> None:
    ship, paint = company.keys
    write(
        company.quarter,
        company.product,
        outcome_draft(company, row(ship, "done", "Words."), row(paint, "done")),
    )
    before = queries.narrative_for(company.earlier, company.product)
    assert before is not None
    correct_it(company, company.earlier, priorities=(queries.head_draft(before).priorities[1],))
    page = pages.sign_in(company.product.owner).get(EDIT)
    entries = [" ".join(entry.text.split()) for entry in page.all("li", class_="promise")]
    assert entries[0].startswith("Paint the boat")
    assert "taken out by a correction since" in entries[1]
    assert typed(page)["outcomes-1-sentence"].strip() == "Words."
    narrative = company.narrative
    sign_off(narrative, revision_number=narrative.head, by=company.product.owner, at=DRAFTING)
    publish_quarter(company.quarter, by=None, at=PUBLISHED)
    assert company.outcomes() == [("Paint the boat", "done", "")]


# Commitments


def test_a_commitment_stands_until_a_narrative_says_what_became_of_it(company: Company) -> None:
    later, other = (
        make_quarter("2026-q3", drafting_opens_at=MONDAY + timedelta(days=91)),
        make_bucket("Other"),
    )
    due = promise_commitment(company)
    promise_commitment(company, due_in="2026-q3")
    promise_commitment(company, bucket=other)
    assert company.keys[2:] == [f"commitment-{due}"]
    company.publish()
    assert company.outcomes()[2] == ("Ask the crew", "not reported", "")
    standing = [promise.key for promise in promises(later, company.product)]
    assert [key for key in standing if key.startswith("commitment-")] == [
        f"commitment-{due}",
        f"commitment-{due + 1}",
    ]
    correct_it(company, company.quarter, outcomes=(row(f"commitment-{due}", "done"),))
    standing = [promise.key for promise in promises(later, company.product)]
    assert [key for key in standing if key.startswith("commitment-")] == [f"commitment-{due + 1}"]
    # Whoever corrects the narrative that said so meets it still.
    assert company.keys[2:] == [f"commitment-{due}"]


def test_readers_see_a_commitment_and_the_way_to_its_answer(company: Company, pages: Pages) -> None:
    due = promise_commitment(company)
    company.publish(row(f"commitment-{due}", "done"))
    with time_machine.travel(READING, tick=False):
        page = pages.sign_in(company.employee).get(PRODUCT)
        assert shown(page)[2] == "Done Ask the crew Ada Lovelace · promised in an answer"
        assert page.links()["promised in an answer"] == f"/board/2026-q1/{'a' * 32}"


def test_a_commitment_can_be_carried_over(company: Company) -> None:
    due = promise_commitment(company)
    again = PriorityRow(key="4" * 16, title="Ask the crew", measure="x", carries=f"commitment-{due}")
    company.publish(row(f"commitment-{due}", "partly", "Half of them."), priorities=(again,))
    newest = db.session.scalars(select(Priority).order_by(Priority.id.desc())).first()
    assert newest is not None
    assert (newest.carries, newest.carried) == (f"commitment-{due}", 1)


def test_the_import_says_nothing_of_promises(company: Company) -> None:
    writing.save(
        company.quarter, company.product, draft=Draft(opening="Imported"), base=0, by=None, at=DRAFTING
    )
    assert company.head.outcomes == ()
