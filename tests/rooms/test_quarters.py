"""Scheduling quarters and moving their dates."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from narrative.database import db
from narrative.quarters import queries
from narrative.quarters.forms import shown
from narrative.quarters.models import Quarter
from tests.factories import MONDAY, make_person, make_quarter
from tests.pages import Pages


@pytest.fixture(autouse=True)
def monday() -> object:
    """Monday 29 June 2026, 09:00 UTC."""
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


def entered(quarter: Quarter, **changes: object) -> dict[str, object]:
    """What the form to move a quarter's dates sends."""
    values = {**shown(quarter), "note": "", **changes}
    return {k: v.strftime("%Y-%m-%dT%H:%M") if isinstance(v, datetime) else v for k, v in values.items()}


def test_a_new_quarter_is_proposed_with_dates_in_the_companys_zone(pages: Pages) -> None:
    pages.app.config["COMPANY_ZONE"] = ZoneInfo("Europe/Berlin")
    page = pages.sign_in(make_person("organiser")).get("/quarters/new")
    values = {e.attributes.get("name"): e.attributes.get("value") for e in page.all("input")}
    assert values["name"] == "2026-q2"
    assert values["publishes_at"] == "2026-07-13T09:00"  # ten days on is a Saturday: Monday


def test_what_is_scheduled_is_what_was_entered(pages: Pages) -> None:
    pages.app.config["COMPANY_ZONE"] = ZoneInfo("Europe/Berlin")
    pages.sign_in(make_person("organiser"))
    form = {
        e.attributes["name"]: e.attributes.get("value", "")
        for e in pages.get("/quarters/new").all("input")
        if "name" in e.attributes
    }
    form |= {"tick_minutes": "60", "questions_open_at": "2026-07-24T10:30"}
    pages.post("/quarters", form, status=302, follow=False)
    quarter = queries.quarter("2026-q2")
    assert quarter is not None
    assert quarter.tick_minutes == 60
    assert quarter.questions_open_at == datetime(2026, 7, 24, 10, 30, tzinfo=ZoneInfo("Europe/Berlin"))


def test_a_quarter_cannot_be_scheduled_twice_and_keeps_what_was_typed(pages: Pages) -> None:
    quarter = make_quarter("2026-q2")
    pages.sign_in(make_person("organiser"))
    page = pages.post("/quarters", {**entered(quarter), "name": "2026-q2"}, status=422)
    assert page.errors() == ["This quarter is scheduled already; move its dates instead"]
    assert page.all("input", name="name")[0].attributes["value"] == "2026-q2"
    assert page.title.startswith("Error: ")


@pytest.mark.parametrize("name", ["", "q3", "2026-q5", "2026-Q3x", "1999-q1"])
def test_a_name_that_is_no_quarter_is_refused(pages: Pages, name: str) -> None:
    quarter = make_quarter("2026-q1")
    pages.sign_in(make_person("organiser"))
    page = pages.post("/quarters", {**entered(quarter), "name": name}, status=422)
    assert len(page.errors()) == 1


def test_dates_out_of_order_are_named(pages: Pages) -> None:
    quarter = make_quarter(drafting_opens_at=MONDAY + timedelta(days=1))
    pages.sign_in(make_person("organiser"))
    wrong = entered(quarter, drafts_due_at=quarter.questions_open_at.replace(tzinfo=None))
    page = pages.post(f"/quarters/{quarter.name}/edit", wrong, status=422)
    assert page.errors() == ["“Published” must be later than “Drafts due”"]


def test_a_date_that_was_announced_moves_with_a_public_note_only(pages: Pages) -> None:
    quarter, organiser = make_quarter(), make_person("organiser")
    pages.sign_in(organiser)
    later = entered(quarter, publishes_at=(quarter.publishes_at + timedelta(days=2)).replace(tzinfo=None))
    page = pages.post(f"/quarters/{quarter.name}/edit", later, status=422)
    assert page.errors() == ["Say why the dates move: people were told other ones"]
    was = quarter.publishes_at
    pages.post(
        f"/quarters/{quarter.name}/edit", {**later, "note": "The fair runs late."}, status=302, follow=False
    )
    db.session.expire_all()
    (change,) = queries.timetable_changes(quarter)
    assert (change.instant, change.was, change.now, change.note) == (
        "publishes_at", was, was + timedelta(days=2), "The fair runs late.",
    )  # fmt: skip
    assert change.changed_by_id == organiser.id


def test_after_an_early_publication_questions_may_open_before_it_was_planned(pages: Pages) -> None:
    quarter = make_quarter(
        drafting_opens_at=MONDAY - timedelta(hours=2), published_at=MONDAY - timedelta(hours=1)
    )
    pages.sign_in(make_person("organiser"))
    sooner = entered(
        quarter, questions_open_at=(MONDAY + timedelta(hours=1)).replace(tzinfo=None), note="Early."
    )
    pages.post(f"/quarters/{quarter.name}/edit", sooner, status=302, follow=False)
    db.session.expire_all()
    assert quarter.questions_open_at == MONDAY + timedelta(hours=1)


@pytest.mark.parametrize(("days", "shown"), [(5, False), (8, True)])
def test_after_an_early_publication_no_drafts_are_due(pages: Pages, days: int, shown: bool) -> None:
    began = MONDAY - timedelta(days=20)
    make_quarter(drafting_opens_at=began, published_at=began + timedelta(days=days))
    pages.sign_in(make_person())
    for address in ("/", "/quarters/2026-q2"):
        page = pages.get(address)
        assert ("Drafts due" in page.text) == shown
        (current,) = [item.text for item in page.all("li") if item.attributes.get("aria-current") == "step"]
        assert "Published" in current


def test_what_has_happened_cannot_be_moved(pages: Pages) -> None:
    quarter = make_quarter(drafting_opens_at=MONDAY - timedelta(days=8))
    pages.sign_in(make_person("organiser"))
    later = entered(
        quarter, drafts_due_at=(quarter.drafts_due_at + timedelta(days=1)).replace(tzinfo=None), note="So"
    )
    page = pages.post(f"/quarters/{quarter.name}/edit", later, status=422)
    assert page.errors() == ["“Drafts due” has passed and cannot be moved"]


def test_seconds_that_the_form_cannot_show_do_not_count_as_a_move(pages: Pages) -> None:
    quarter = make_quarter(drafting_opens_at=MONDAY - timedelta(days=8, seconds=17))
    pages.sign_in(make_person("organiser"))
    pages.post(f"/quarters/{quarter.name}/edit", entered(quarter), status=302, follow=False)
    assert queries.timetable_changes(quarter) == []


@pytest.mark.parametrize("role", ["employee", "leader"])
@pytest.mark.parametrize("address", ["/quarters/new", "/quarters/2026-q2/edit"])
def test_only_organisers_schedule(pages: Pages, role: str, address: str) -> None:
    make_quarter()
    page = pages.sign_in(make_person(role)).get(address, status=403)
    assert "Only organisers can do this." in page.text


def test_the_list_shows_each_quarter_with_its_stage(pages: Pages) -> None:
    make_quarter(
        "2026-q1", drafting_opens_at=MONDAY - timedelta(days=100), published_at=MONDAY - timedelta(days=90)
    )
    make_quarter("2026-q2")
    text = pages.sign_in(make_person()).get("/quarters").text
    assert text.index("Q2 2026 Drafting") < text.index("Q1 2026 Closed")
