"""Read the story from its files. Pure: files of this package in, dataclasses out, nothing else touched."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import get_args

from narrative.story.checks import check
from narrative.story.inquiries import question_from
from narrative.story.pages import draft_of, narrative_from
from narrative.story.reading import Table, read_toml
from narrative.story.shapes import Bucket, Company, Draft, Person, Quarter, Role, Timetable

FOLDERS = {-4: "minus-4", -3: "minus-3", -2: "minus-2", -1: "minus-1", 0: "now"}


def load() -> Company:
    """The company with its five quarters, checked; StoryError says where the files contradict themselves."""
    folder = files("narrative.story")
    table = read_toml(folder, "company.toml")
    timetable = _timetable(table.table("timetable"))
    buckets = tuple(_bucket(row) for row in table.rows("bucket"))
    company = Company(
        name=table.text("name"),
        domain=table.text("domain"),
        time_zone=table.text("time_zone"),
        about=table.text("about"),
        sign_in=table.texts("sign_in"),
        timetable=timetable,
        people=tuple(_person(row) for row in table.rows("person")),
        buckets=buckets,
        quarters=tuple(
            _quarter(folder / name, offset=offset, due_day=timetable.answers_due, buckets=buckets)
            for offset, name in FOLDERS.items()
        ),
    )
    check(company)
    return company


def _timetable(table: Table) -> Timetable:
    return Timetable(**{name: table.number(name) for name in Timetable.__dataclass_fields__})


def _person(row: Table) -> Person:
    return Person(
        key=row.text("key"),
        name=row.text("name"),
        email=row.text("email"),
        role=row.one_of("role", get_args(Role)),
        title=row.text("title"),
    )


def _bucket(row: Table) -> Bucket:
    return Bucket(
        slug=row.text("slug"),
        name=row.text("name"),
        purpose=row.text("purpose"),
        owner=row.text("owner"),
        contributors=row.texts("contributors"),
        first_quarter=row.number("first_quarter", min(FOLDERS)),
    )


def _quarter(folder: Traversable, *, offset: int, due_day: int, buckets: tuple[Bucket, ...]) -> Quarter:
    """A quarter's narratives are the pages in its folder, in the order of the buckets."""
    order = [bucket.slug for bucket in buckets]
    pages = {page.name.removesuffix(".md") for page in folder.iterdir() if page.name.endswith(".md")}
    slugs = [slug for slug in order if slug in pages] + sorted(pages - set(order))
    narratives = tuple(narrative_from(folder, slug) for slug in slugs)
    questions = read_toml(folder, "questions.toml").rows("question")
    drafts: tuple[Draft, ...] = ()
    if offset == 0:
        states = read_toml(folder, "quarter.toml").table("drafting")
        drafts = tuple(draft_of(told, states=states, folder=folder / "drafts") for told in narratives)
    return Quarter(
        offset=offset,
        narratives=narratives,
        drafts=drafts,
        questions=tuple(question_from(row, due_day=due_day) for row in questions),
    )
