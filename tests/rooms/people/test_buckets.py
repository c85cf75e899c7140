"""What organisers do about buckets: one owner each, an order, an archive."""

from typing import Any

import pytest

from narrative.database import db
from narrative.people import actions, queries
from narrative.people.models import Bucket, Person
from tests.factories import MONDAY, make_bucket, make_person
from tests.pages import Page, Pages


@pytest.fixture
def ada(app: object) -> Person:
    """A leader."""
    return make_person("leader", name="Ada")


def values(page: Page) -> dict[str, Any]:
    """What stands in the page's form about a bucket."""
    chosen = [one for one in page.all("option") if "selected" in one.attributes]
    version = page.all("input", name="version")
    ticked = [one for one in page.all("input", name="contributor_ids") if "checked" in one.attributes]
    return {
        "name": page.all("input", name="name")[0].attributes.get("value", ""),
        "version": version[0].attributes["value"] if version else "",
        "owner_id": chosen[0].attributes["value"] if chosen else "0",
        "contributor_ids": [one.attributes["value"] for one in ticked],
    }


def in_order() -> list[str]:
    """The slugs of the buckets in use."""
    db.session.expire_all()
    return [bucket.slug for bucket in queries.buckets()]


def stored(slug: str) -> Bucket:
    """The bucket as it is stored now."""
    db.session.expire_all()
    bucket = queries.bucket(slug)
    assert bucket is not None
    return bucket


@pytest.mark.parametrize("role", ["employee", "leader"])
def test_only_organisers_look_after_buckets(pages: Pages, role: str) -> None:
    make_bucket("Money")
    make_bucket("People")
    pages.sign_in(make_person(role))
    for address in ("/buckets", "/buckets/new", "/buckets/money/edit"):
        assert "Only organisers can do this." in pages.get(address, status=403).text
    for address in ("", *[f"/people/{verb}" for verb in ("edit", "position", "archive", "restoration")]):
        pages.post(f"/buckets{address}", {"direction": "up", "name": "X"}, status=403)
    assert in_order() == ["money", "people"]


def test_without_buckets_the_page_says_what_they_are(desk: Pages) -> None:
    page = desk.get("/buckets")
    assert "No bucket is in use." in page.text
    assert page.links()["New bucket"] == "/buckets/new"


def test_a_new_bucket_stands_last_with_one_owner(desk: Pages, ada: Person) -> None:
    make_bucket("Money")
    bo = make_person("leader", name="Bo")
    sent = {"name": " People  & Culture ", "owner_id": ada.id, "contributor_ids": [bo.id, ada.id]}
    page = desk.post("/buckets", sent)
    assert "People & Culture is made." in page.text
    assert in_order() == ["money", "people-culture"]
    bucket = stored("people-culture")
    assert (bucket.name, bucket.owner, bucket.contributors) == ("People & Culture", ada, [bo])
    assert "Ada" in page.text
    assert "Bo" in page.text


@pytest.mark.parametrize("owner", ["", "0", "x", "99999999999999999999", "employee", "gone"])
def test_an_owner_is_an_active_leader_or_organiser(desk: Pages, ada: Person, owner: str) -> None:
    employee, gone = make_person(), make_person("leader", deactivated_at=MONDAY)
    number = {"employee": str(employee.id), "gone": str(gone.id)}.get(owner, owner)
    page = desk.post(
        "/buckets", {"name": "Money", "owner_id": number, "contributor_ids": [ada.id]}, status=422
    )
    expected = (
        "Choose an owner"
        if owner in {"", "0", "x", "9" * 20}
        else "Choose an owner who is an active leader or organiser"
    )
    assert page.errors() == [expected]
    assert (values(page)["name"], values(page)["contributor_ids"]) == ("Money", [str(ada.id)])
    offered = {option.text for option in page.all("option")}
    assert offered == {"Choose an owner", "Ada", "Noor"}
    assert in_order() == []


def test_contributors_are_active_leaders_or_organisers(desk: Pages, ada: Person) -> None:
    employee = make_person()
    sent = {"name": "Money", "owner_id": ada.id, "contributor_ids": [employee.id]}
    page = desk.post("/buckets", sent, status=422)
    assert page.errors() == ["Choose only contributors who are active leaders or organisers"]
    assert values(page)["owner_id"] == str(ada.id)
    assert in_order() == []


def test_a_name_is_needed_and_belongs_to_one_bucket_in_use(desk: Pages, ada: Person) -> None:
    make_bucket("Money")
    make_bucket("Past", archived_at=MONDAY)
    assert desk.post("/buckets", {}, status=422).errors() == ["Enter a name", "Choose an owner"]
    page = desk.post("/buckets", {"name": "MONEY", "owner_id": ada.id}, status=422)
    assert page.errors() == ["Another bucket has this name. Choose another name."]
    assert values(page) == {"name": "MONEY", "version": "", "owner_id": str(ada.id), "contributor_ids": []}
    desk.post("/buckets", {"name": "Past", "owner_id": ada.id})
    assert in_order() == ["money", "past-2"]


def test_namesakes_are_told_apart_by_their_addresses(desk: Pages) -> None:
    for number in (1, 2):
        make_person("leader", name="Kim", email=f"kim{number}@test.example")
    offered = [option.text for option in desk.get("/buckets/new").all("option")]
    assert offered == ["Choose an owner", "Kim (kim1@test.example)", "Kim (kim2@test.example)", "Noor"]


def test_a_bucket_can_be_renamed_and_handed_over_and_keeps_its_address(desk: Pages, ada: Person) -> None:
    bucket = make_bucket("Money")
    form = values(desk.get("/buckets/money/edit"))
    assert form["owner_id"] == str(bucket.owner_id)
    earlier = bucket.owner_id
    page = desk.post(
        "/buckets/money/edit", {**form, "name": "Finance", "owner_id": ada.id, "contributor_ids": [earlier]}
    )
    assert "Finance is saved." in page.text
    bucket = stored("money")
    assert (bucket.name, bucket.owner_id, [one.id for one in bucket.contributors]) == (
        "Finance",
        ada.id,
        [earlier],
    )
    desk.post("/buckets/money/edit", {**values(desk.get("/buckets/money/edit")), "contributor_ids": []})
    assert stored("money").contributors == []


def test_a_stale_form_overwrites_nobody_and_loses_nothing(desk: Pages, ada: Person) -> None:
    make_bucket("Money", owner=make_person("leader", name="Bo"))
    form = values(desk.get("/buckets/money/edit"))
    desk.post("/buckets/money/edit", {**form, "owner_id": ada.id})
    page = desk.post("/buckets/money/edit", {**form, "name": "Finance"}, status=409)
    assert "Stored now: Money, owned by Ada, with nobody contributing." in page.text
    assert values(page)["name"] == "Finance"
    assert (stored("money").name, stored("money").owner) == ("Money", ada)
    desk.post("/buckets/money/edit", {**values(page), "owner_id": ada.id})
    assert (stored("money").name, stored("money").owner) == ("Finance", ada)


def test_buckets_move_up_and_down_and_stop_at_the_ends(desk: Pages) -> None:
    for name in ("A", "B", "C"):
        make_bucket(name)
    make_bucket("Z", archived_at=MONDAY)
    for slug, direction, expected in (
        ("c", "up", "acb"),
        ("c", "up", "cab"),
        ("c", "up", "cab"),
        ("a", "down", "cba"),
        ("a", "down", "cba"),
        ("z", "up", "cba"),
    ):
        page = desk.post(f"/buckets/{slug}/position", {"direction": direction}, status=302, follow=False)
        assert page.response.location == f"/buckets#bucket-{slug}"
        assert "".join(in_order()) == expected
    assert "moves up or down" in desk.post("/buckets/a/position", {"direction": "left"}, status=400).text


def test_an_archived_bucket_is_out_of_use_until_it_is_restored(desk: Pages) -> None:
    for name in ("Money", "People"):
        make_bucket(name)
    page = desk.post("/buckets/money/archive")
    assert "Money is archived." in page.text
    assert page.links()["Money"] == "/buckets/money/edit"
    assert in_order() == ["people"]
    assert stored("money").archived_at == MONDAY
    page = desk.post("/buckets/money/restoration")
    assert "Money is in use again, at the end of the list." in page.text
    assert in_order() == ["people", "money"]
    desk.post("/buckets/money/restoration")
    assert in_order() == ["people", "money"]


def test_a_bucket_is_restored_only_with_an_owner_and_a_name_of_its_own(desk: Pages, ada: Person) -> None:
    make_bucket("Money", owner=make_person("leader", deactivated_at=MONDAY), archived_at=MONDAY)
    page = desk.post("/buckets/money/restoration", status=409)
    assert "Choose an owner who is an active leader or organiser." in page.text
    assert in_order() == []
    form = values(desk.get("/buckets/money/edit"))
    desk.post("/buckets/money/edit", {**form, "owner_id": ada.id})
    actions.make_bucket("Money", owner_id=ada.id)
    assert "Another bucket has this name." in desk.post("/buckets/money/restoration", status=409).text
    desk.post("/buckets/money/edit", {**values(desk.get("/buckets/money/edit")), "name": "Old money"})
    desk.post("/buckets/money/restoration")
    assert in_order() == ["money-2", "money"]


@pytest.mark.parametrize("verb", ["edit", "position", "archive", "restoration"])
def test_unknown_buckets_do_not_exist(desk: Pages, verb: str) -> None:
    desk.post(f"/buckets/nothing/{verb}", {"direction": "up"}, status=404)
    desk.get("/buckets/nothing/edit", status=404)
