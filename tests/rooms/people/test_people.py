"""What organisers do about people, and what they are refused."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from narrative.database import db
from narrative.people import actions, queries
from narrative.people.models import Contributor, Person, SignInLink
from tests.factories import MONDAY, make_bucket, make_person
from tests.pages import Page, Pages


def values(page: Page) -> dict[str, str]:
    """What stands in the page's form about a person."""
    typed = {one.attributes.get("name", ""): one for one in page.all("input")}
    roles = [one for one in page.all("input", name="role") if "checked" in one.attributes]
    sent = {
        name: typed[name].attributes.get("value", "") if name in typed else ""
        for name in ("name", "email", "version")
    }
    return {**sent, "role": roles[0].attributes["value"] if roles else ""}


@pytest.mark.parametrize("role", ["employee", "leader"])
def test_only_organisers_look_after_people(pages: Pages, role: str) -> None:
    person = make_person(role)
    other = make_person(name="Emre")
    pages.sign_in(person)
    for address in ("/people", "/people/new", f"/people/{other.id}/edit"):
        page = pages.get(address, status=403)
        assert "Only organisers can do this." in page.text
        assert "Emre" not in page.text
    for address in ("/people", *[f"/people/{other.id}/{verb}" for verb in ("edit", "links", "deactivation")]):
        pages.post(address, {"name": "X", "email": "x@test.example", "role": "organiser"}, status=403)
    db.session.expire_all()
    assert (other.name, other.deactivated_at, len(queries.people())) == ("Emre", None, 2)


def test_an_invitation_shows_its_link_once_and_the_link_works(desk: Pages) -> None:
    page = desk.post("/people", {"name": " Ada  Lovelace ", "email": "ADA@test.example", "role": "leader"})
    (address,) = [one.text for one in page.all("code", id="link")]
    assert re.fullmatch(r"http://localhost:8000/sign-in/[\w-]{43}", address)
    assert page.response.headers["Cache-Control"] == "no-store"
    assert "until Monday 6 July 2026, 09:00 UTC" in page.text
    ada = queries.person_by_email("ada@test.example")
    assert ada is not None
    assert (ada.name, ada.role, ada.password_hash) == ("Ada Lovelace", "leader", None)
    token = address.rsplit("/", 1)[1]
    assert page.response.request.path == f"/people/{ada.id}/links"
    again = desk.get(f"/people/{ada.id}/links")
    assert "A link is shown only once" in again.text
    assert again.response.headers["Cache-Control"] == "no-store"
    assert token not in again.html
    assert token not in desk.get(f"/people/{ada.id}/edit").html
    desk.another().post(f"/sign-in/{token}", {"next": "/account"})


def test_a_refused_invitation_keeps_what_was_typed(desk: Pages) -> None:
    page = desk.post("/people", {"name": "=Ada", "email": "ada", "role": "king"}, status=422)
    assert page.errors() == [
        "A name cannot begin with = + - or @, which spreadsheets take for a formula",
        "Enter an e-mail address, such as ada@company.example",
        "Choose a role",
    ]
    assert (values(page)["name"], values(page)["email"]) == ("=Ada", "ada")
    page = desk.post("/people", {}, status=422)
    assert page.errors()[:2] == ["Enter a name", "Enter an e-mail address, such as ada@company.example"]
    assert len(queries.people()) == 1


@pytest.mark.parametrize("deactivated", [False, True])
def test_an_address_belongs_to_one_person(desk: Pages, deactivated: bool) -> None:
    make_person(name="Ada", email="ada@test.example", deactivated_at=MONDAY if deactivated else None)
    page = desk.post("/people", {"name": "Eva", "email": "Ada@Test.example", "role": "leader"}, status=422)
    ending = ", who is deactivated and can be reactivated" if deactivated else ""
    assert page.errors() == [f"This e-mail address belongs to Ada already{ending}"]
    assert values(page) == {"name": "Eva", "email": "Ada@Test.example", "role": "leader", "version": ""}


def test_a_new_link_takes_the_place_of_the_old_one(desk: Pages) -> None:
    ada, old = actions.invite("Ada", "ada@test.example", "employee", at=MONDAY)
    assert "An unused link works until Monday 6 July 2026" in desk.get(f"/people/{ada.id}/edit").text
    page = desk.post(f"/people/{ada.id}/links")
    token = page.all("code", id="link")[0].text.rsplit("/", 1)[1]
    assert len(db.session.scalars(select(SignInLink)).all()) == 1
    visitor = desk.another()
    visitor.post(f"/sign-in/{old}", status=404)
    visitor.post(f"/sign-in/{token}", {"next": "/account"})


def test_a_link_is_shown_on_no_other_persons_page(desk: Pages) -> None:
    ada, eva = make_person(name="Ada"), make_person(name="Eva")
    desk.post(f"/people/{ada.id}/links", status=302, follow=False)
    page = desk.get(f"/people/{eva.id}/links")
    assert "/sign-in/" not in page.html
    desk.get("/people/99999/links", status=404)


def test_a_deactivated_person_gets_no_link(desk: Pages) -> None:
    ada = make_person(name="Ada", deactivated_at=MONDAY)
    assert "Make a new link" not in desk.get(f"/people/{ada.id}/edit").text
    assert (
        "Ada is deactivated. Reactivate them first." in desk.post(f"/people/{ada.id}/links", status=409).text
    )
    assert not db.session.scalars(select(SignInLink)).all()


def test_name_address_and_role_can_be_changed(desk: Pages) -> None:
    ada, token = actions.invite("Ada", "ada@test.example", "employee", at=MONDAY)
    form = values(desk.get(f"/people/{ada.id}/edit"))
    changed = {**form, "name": "Ada L.", "email": "lovelace@test.example", "role": "leader"}
    page = desk.post(f"/people/{ada.id}/edit", changed)
    assert "Ada L. is saved." in page.text
    db.session.refresh(ada)
    assert (ada.name, ada.email, ada.role) == ("Ada L.", "lovelace@test.example", "leader")
    desk.another().get(f"/sign-in/{token}", status=404)  # it was sent to the old address


def test_a_link_survives_a_new_name(desk: Pages) -> None:
    ada, token = actions.invite("Ada", "ada@test.example", "employee", at=MONDAY)
    desk.post(f"/people/{ada.id}/edit", {**values(desk.get(f"/people/{ada.id}/edit")), "name": "Eva"})
    assert "Hello, Eva" in desk.another().get(f"/sign-in/{token}").text


def test_a_taken_address_is_refused_and_ones_own_is_not(desk: Pages) -> None:
    ada = make_person(name="Ada", email="ada@test.example")
    form = values(desk.get(f"/people/{ada.id}/edit"))
    page = desk.post(f"/people/{ada.id}/edit", {**form, "email": "NOOR@test.example"}, status=422)
    assert page.errors() == ["This e-mail address belongs to Noor already"]
    assert values(page)["email"] == "NOOR@test.example"
    desk.post(f"/people/{ada.id}/edit", {**form, "email": "ADA@test.example"})


def test_a_stale_form_overwrites_nobody_and_loses_nothing(desk: Pages) -> None:
    ada = make_person(name="Ada", email="ada@test.example")
    form = values(desk.get(f"/people/{ada.id}/edit"))
    desk.post(f"/people/{ada.id}/edit", {**form, "role": "leader"})
    page = desk.post(f"/people/{ada.id}/edit", {**form, "name": "Ada Lovelace"}, status=409)
    assert "Somebody saved other values while you were editing." in page.text
    assert "Stored now: Ada, ada@test.example, leader." in page.text
    assert values(page)["name"] == "Ada Lovelace"
    db.session.refresh(ada)
    assert (ada.name, ada.role) == ("Ada", "leader")
    desk.post(f"/people/{ada.id}/edit", {**values(page), "role": "leader"})
    db.session.refresh(ada)
    assert (ada.name, ada.role) == ("Ada Lovelace", "leader")


def test_the_last_organiser_stays_one(desk: Pages, noor: Person) -> None:
    make_person("organiser", name="Gone", deactivated_at=MONDAY)
    only = "Noor is the only active organiser. Make somebody else an organiser first."
    form = values(desk.get(f"/people/{noor.id}/edit"))
    page = desk.post(f"/people/{noor.id}/edit", {**form, "name": "N.", "role": "leader"}, status=422)
    assert page.errors() == [only]
    assert (values(page)["name"], values(page)["role"]) == ("N.", "leader")
    page = desk.post(f"/people/{noor.id}/deactivation", status=409)
    assert only in page.text
    db.session.refresh(noor)
    assert (noor.name, noor.role, noor.deactivated_at) == ("Noor", "organiser", None)
    make_person("organiser")
    desk.post(f"/people/{noor.id}/edit", {**form, "role": "leader"}, status=302, follow=False)
    desk.get("/people", status=403)


def test_deactivating_ends_sessions_links_and_contributions(desk: Pages) -> None:
    ada = make_person("leader", name="Ada")
    bucket = make_bucket("Money")
    db.session.add(Contributor(bucket_id=bucket.id, person_id=ada.id))
    db.session.commit()
    token = actions.make_link(ada, at=MONDAY)
    theirs = desk.another().sign_in(ada)
    page = desk.post(f"/people/{ada.id}/deactivation")
    assert "Ada is deactivated and signed out everywhere." in page.text
    assert "Deactivated on Monday 29 June 2026" in page.text
    assert theirs.get("/account").response.request.path == "/sign-in"
    theirs.get(f"/sign-in/{token}", status=404)
    db.session.expire_all()
    assert bucket.contributors == []
    epoch = ada.session_epoch
    desk.post(f"/people/{ada.id}/deactivation")
    page = desk.post(f"/people/{ada.id}/reactivation")
    assert "Ada is active again." in page.text
    db.session.refresh(ada)
    assert (ada.deactivated_at, ada.session_epoch) == (None, epoch)
    assert theirs.get("/account").response.request.path == "/sign-in"  # the old session stays ended


def test_an_owner_cannot_be_deactivated_or_made_an_employee(desk: Pages) -> None:
    ada = make_person("leader", name="Ada")
    for name in ("Money", "People", "Product"):
        make_bucket(name, owner=ada)
    make_bucket("Past", owner=ada, archived_at=MONDAY)
    owns = "Ada owns Money, People and Product. Choose another owner there first."
    page = desk.get(f"/people/{ada.id}/edit")
    assert "First choose another owner for Money, People and Product." in page.text
    assert page.links()["Money"] == "/buckets/money/edit"
    page = desk.post(f"/people/{ada.id}/deactivation", status=409)
    assert owns in page.text
    assert page.links()["Money"] == "/buckets/money/edit"
    assert "Past" not in page.text
    page = desk.post(f"/people/{ada.id}/edit", {**values(page), "role": "employee"}, status=422)
    assert page.errors() == [owns]
    assert page.links()["Product"] == "/buckets/product/edit"
    db.session.refresh(ada)
    assert (ada.role, ada.deactivated_at) == ("leader", None)
    desk.post(f"/people/{ada.id}/edit", {**values(desk.get(f"/people/{ada.id}/edit")), "role": "organiser"})


def test_who_owns_only_what_is_archived_can_go(desk: Pages) -> None:
    ada = make_person("leader", name="Ada")
    make_bucket("Past", owner=ada, archived_at=MONDAY)
    assert "Ada is deactivated" in desk.post(f"/people/{ada.id}/deactivation").text


def test_who_becomes_an_employee_contributes_no_more(desk: Pages) -> None:
    ada, bo = make_person("leader"), make_person("leader")
    bucket = make_bucket()
    for one in (ada, bo):
        db.session.add(Contributor(bucket_id=bucket.id, person_id=one.id))
    db.session.commit()
    desk.post(f"/people/{ada.id}/edit", {**values(desk.get(f"/people/{ada.id}/edit")), "role": "employee"})
    db.session.expire_all()
    assert bucket.contributors == [bo]


@pytest.mark.parametrize("verb", ["edit", "links", "deactivation", "reactivation"])
def test_nobody_stands_behind_an_unknown_number(desk: Pages, verb: str) -> None:
    desk.post(f"/people/99999/{verb}", status=404)
    desk.post(f"/people/99999999999999999999/{verb}", status=404)


@pytest.mark.parametrize(
    ("name", "email", "role"),
    [("", "a@x.example", "leader"), ("Ada", "nonsense", "leader"), ("Ada", "a@x.example", "king")],
)
def test_commands_cannot_invite_what_forms_refuse(app: object, name: str, email: str, role: str) -> None:
    with pytest.raises(ValueError, match=r"Enter|There is no role"):
        actions.invite(name, email, role, at=MONDAY + timedelta(0))
    assert queries.people() == []
