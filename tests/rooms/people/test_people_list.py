"""The list of people: its order, its pages, its search."""

import pytest
from sqlalchemy import event

from narrative.database import db
from narrative.people import queries
from tests.factories import MONDAY, make_person
from tests.pages import Page, Pages


def names(page: Page) -> list[str]:
    """The people in the page's list."""
    return [" ".join(one.text.split()) for one in page.all("th", scope="row")]


def test_active_people_come_first_by_name_a_page_at_a_time(desk: Pages) -> None:
    for number in range(60):
        make_person(name=f"Active {number:02}")
    for number in range(60):
        make_person(name=f"Absent {number:02}", deactivated_at=MONDAY)
    expected = [f"Active {number:02}" for number in range(60)] + ["Noor"]
    expected += [f"Absent {number:02}" for number in range(60)]
    found: list[str] = []
    page = desk.get("/people")
    while True:
        found += names(page)
        following = page.links().get("Next →")
        if following is None:
            break
        assert len(names(page)) == queries.PAGE
        page = desk.get(following)
    assert found == expected
    assert names(desk.get(page.links()["← First page"])) == expected[:50]
    assert page.text.count("(deactivated)") == len(names(page))


def test_namesakes_on_either_side_of_a_page_are_both_shown(app: object) -> None:
    people = [make_person(name="Ada") for _number in range(3)]
    first, more = queries.people_page(size=2)
    rest, end = queries.people_page(size=2, after=first[-1])
    assert ([one.id for one in first + rest], more, end) == ([one.id for one in people], True, False)


@pytest.mark.parametrize("rows", [1, 3, 120])
def test_the_list_takes_two_queries_however_many_people_there_are(app: object, rows: int) -> None:
    for _number in range(rows):
        make_person()
    counted: list[str] = []
    listener = lambda *arguments: counted.append(arguments[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    queries.people_page()
    event.remove(db.engine, "before_cursor_execute", listener)
    assert len([sql for sql in counted if sql.startswith("SELECT")]) == (1 if rows > queries.PAGE else 2)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ada", ["Ada Lovelace"]),
        ("LOVE", ["Ada Lovelace"]),
        ("özk", ["Fatma Özkan"]),
        ("ÖZK", ["Fatma Özkan"]),
        ("a l", ["Ada Lovelace"]),
        ("tesT.example", ["Ada Lovelace", "Fatma Özkan", "Noor", "Percy 100% Sure"]),
        ("100%", ["Percy 100% Sure"]),
        ("%", ["Percy 100% Sure"]),
        ("_", []),
        ("<b>", []),
        ("\x00", ["Ada Lovelace", "Fatma Özkan", "Noor", "Percy 100% Sure"]),
    ],
)
def test_a_search_finds_by_part_of_name_or_address(desk: Pages, search: str, found: list[str]) -> None:
    for name in ("Ada Lovelace", "Fatma Özkan", "Percy 100% Sure"):
        make_person(name=name)
    page = desk.get("/people", query_string={"search": search})
    assert names(page) == found
    assert page.all("input", id="search")[0].attributes["value"] == search
    assert found or "Nobody’s name or e-mail address contains" in page.text


def test_a_search_is_kept_from_page_to_page(desk: Pages) -> None:
    for number in range(51):
        make_person(name=f"Same {number:02}")
    page = desk.get("/people?search=same")
    assert "search=same" in page.links()["Next →"]
    assert names(desk.get(page.links()["Next →"])) == ["Same 50"]


@pytest.mark.parametrize("after", ["99999999999999999999999", "-1", "x", "12345", "0"])
def test_a_strange_place_in_the_list_is_its_beginning(desk: Pages, after: str) -> None:
    assert names(desk.get(f"/people?after={after}")) == ["Noor"]
    desk.get(f"/people/{after}/edit", status=404)
