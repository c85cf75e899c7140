"""A company in its drafting stage, with as many buckets and writers as a benchmark asks for."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from narrative import clock
from narrative.database import db, transaction
from narrative.migrations.run import upgrade
from narrative.narratives.models import Narrative
from narrative.people.actions.buckets import make_bucket
from narrative.people.actions.people import invite
from narrative.people.models import Contributor, Person
from narrative.quarters.actions import schedule
from narrative.quarters.rules import INSTANT_LABELS, QuarterName, Timetable


@dataclass
class Company:
    """`writers` may write in every bucket; `rooms` are the buckets' addresses, `narratives` their ids."""

    rooms: list[str]
    narratives: list[int]
    writers: list[Person]


def make_company(*, buckets: int, writers: int) -> Company:
    """Make the company in the databases of the present application; its drafting began twenty days ago."""
    upgrade(report=lambda _line: None)
    at = clock.now()
    days = dict(zip(INSTANT_LABELS, (-20, 10, 15, 25, 30, 40), strict=True))
    timetable = Timetable(**{name: at + timedelta(days=number) for name, number in days.items()})
    quarter = schedule(QuarterName(2026, 2), timetable=timetable, tick_minutes=1440, passes_each=3)
    people = [invite(f"Writer {n}", f"writer{n}@bench.example", "leader", at=at)[0] for n in range(writers)]
    made = [make_bucket(f"Bucket {number}", owner_id=people[0].id) for number in range(buckets)]
    with transaction() as session:
        narratives = [Narrative(quarter_id=quarter.id, bucket_id=bucket.id) for bucket in made]
        session.add_all(narratives)
        pairs = [(bucket, person) for bucket in made for person in people[1:]]
        session.add_all(Contributor(bucket_id=bucket.id, person_id=person.id) for bucket, person in pairs)
    db.session.expire_all()
    rooms = [f"/narratives/{quarter.name}/{bucket.slug}" for bucket in made]
    return Company(rooms, [narrative.id for narrative in narratives], people)


def cookie_of(app: Flask, person: Person) -> str:
    """Return the cookie of a session of that person."""
    client = app.test_client()
    with client.session_transaction() as session:
        session.update({"person": person.id, "epoch": person.session_epoch})
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    return f"{name}={cookie.value if cookie else ''}"
