"""Several do the same at once, each on a connection of their own: exactly as many succeed as may."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from narrative.database import db
from narrative.people import actions, queries
from narrative.people.import_people import read_people
from narrative.people.models import Bucket, Person, SignInLink, SignInTries
from narrative.people.refusals import (
    CannotOwn,
    EmailTaken,
    LastOrganiser,
    NameTaken,
    OwnsBuckets,
    Stale,
    TooManyTries,
)
from narrative.people.rules import TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS
from tests.factories import MONDAY, make_bucket, make_person

ROUNDS = 8


def at_once(app: Flask, works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run each work in a thread of its own, all starting together; return what each returned or raised."""
    barrier, outcomes = threading.Barrier(len(works)), [None] * len(works)

    def run(index: int) -> None:
        with app.app_context():
            db.session.connection()  # connected before the start, so that the work itself is what races
            db.session.commit()
            barrier.wait(timeout=30)
            try:
                outcomes[index] = works[index]()
            except Exception as problem:
                outcomes[index] = problem  # type: ignore[call-overload]
            finally:
                db.session.remove()

    db.session.commit()
    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    db.session.expire_all()
    return outcomes


def of(kind: type[Any], outcomes: list[Any]) -> int:
    """How many outcomes are of that kind."""
    return sum(isinstance(one, kind) for one in outcomes)


def by_id(person: Person) -> Person:
    """The person, loaded in this thread's own session."""
    return db.session.get_one(Person, person.id)


@pytest.fixture(autouse=True)
def more_connections(app: Flask) -> None:
    """As many connections as there are threads below."""
    db.engine.pool._pool.maxsize = 64  # type: ignore[attr-defined]
    db.engine.pool._max_overflow = 64  # type: ignore[attr-defined]


def test_a_link_that_is_used_by_several_at_once_signs_one_in(app: Flask) -> None:
    for number in range(ROUNDS):
        bo, token = actions.invite("Bo", f"bo{number}@test.example", "employee", at=MONDAY)
        works = [lambda: actions.redeem_link(token, at=MONDAY)] * 6  # noqa: B023 - used within the round
        outcomes = at_once(app, works)
        assert [one.id for one in outcomes if one is not None] == [bo.id]


@pytest.mark.parametrize("how", ["demoted", "deactivated", "imported"])
def test_the_last_two_organisers_cannot_both_go_at_once(app: Flask, how: str) -> None:
    def goes(person: Person) -> Callable[[], Any]:
        version, name, email = actions.person_version(person), person.name, person.email

        def work() -> Any:
            if how == "deactivated":
                return actions.deactivate(by_id(person), at=MONDAY)
            if how == "demoted":
                return actions.change_person(
                    by_id(person), name=name, email=email, role="leader", version=version
                )
            file = read_people(f"name,email,role\n{name},{email},leader\n".encode())
            report = actions.import_people(file, at=MONDAY)
            return None if report.written else LastOrganiser(name)

        return work

    for _round in range(ROUNDS):
        for person in queries.people():
            person.role, person.deactivated_at = "employee", MONDAY
        pair = [make_person("organiser"), make_person("organiser")]
        outcomes = at_once(app, [goes(one) for one in pair])
        assert (of(LastOrganiser, outcomes), outcomes.count(None)) == (1, 1), outcomes
        left = [one for one in queries.people() if one.role == "organiser" and not one.deactivated_at]
        assert len(left) == 1


@pytest.mark.parametrize("began", [0, 3], ids=["from nothing", "from three"])
def test_exactly_ten_of_forty_tries_at_once_get_through_to_an_account(app: Flask, began: int) -> None:
    for number in range(began):
        actions.count_try("ada@test.example", address=f"198.51.100.{number}", at=MONDAY)

    def try_from(number: int) -> Callable[[], None]:
        return lambda: actions.count_try("ada@test.example", address=f"192.0.2.{number}", at=MONDAY)

    outcomes = at_once(app, [try_from(number) for number in range(40)])
    assert (outcomes.count(None), of(TooManyTries, outcomes)) == (TRIES_PER_ACCOUNT - began, 30 + began), (
        outcomes
    )


def test_exactly_fifty_of_sixty_tries_at_once_get_through_from_an_address(app: Flask) -> None:
    def try_for(number: int) -> Callable[[], None]:
        return lambda: actions.count_try(f"p{number}@test.example", address="192.0.2.1", at=MONDAY)

    outcomes = at_once(app, [try_for(number) for number in range(60)])
    assert (outcomes.count(None), of(TooManyTries, outcomes)) == (TRIES_PER_ADDRESS, 10), outcomes


def test_a_window_that_is_over_begins_anew_once_however_many_come(app: Flask) -> None:
    from narrative.people.rules import TRY_WINDOW

    for _number in range(TRIES_PER_ACCOUNT):
        actions.count_try("ada@test.example", address="198.51.100.1", at=MONDAY)

    def try_from(number: int) -> Callable[[], None]:
        later = MONDAY + TRY_WINDOW
        return lambda: actions.count_try("ada@test.example", address=f"192.0.2.{number}", at=later)

    outcomes = at_once(app, [try_from(number) for number in range(20)])
    assert (outcomes.count(None), of(TooManyTries, outcomes)) == (TRIES_PER_ACCOUNT, 10), outcomes
    assert max(row.tries for row in db.session.scalars(select(SignInTries))) == TRIES_PER_ACCOUNT


def test_one_of_several_invitations_to_an_address_makes_a_person(app: Flask) -> None:
    for number in range(ROUNDS):
        email = f"ada{number}@test.example"
        works = [lambda: actions.invite("Ada", email, "leader", at=MONDAY)] * 4  # noqa: B023
        outcomes = at_once(app, works)
        assert (of(tuple, outcomes), of(EmailTaken, outcomes)) == (1, 3), outcomes
        assert len([one for one in queries.people() if one.email == email]) == 1


def test_an_import_and_an_invitation_at_once_make_one_person(app: Flask) -> None:
    file = read_people(b"name,email,role\nAda,ada@test.example,leader\nBo,bo@test.example,leader\n")
    for _round in range(ROUNDS):
        db.session.execute(delete(SignInLink))
        db.session.execute(delete(Person))
        works = [
            lambda: actions.import_people(file, at=MONDAY).written,
            lambda: actions.invite("Ada", "ada@test.example", "leader", at=MONDAY),
        ]
        imported, invited = at_once(app, works)
        assert imported is True, imported
        assert isinstance(invited, tuple | EmailTaken), invited
        assert sorted(one.email for one in queries.people()) == ["ada@test.example", "bo@test.example"]


def test_buckets_made_at_once_get_addresses_of_their_own(app: Flask) -> None:
    def make(name: str, owner_id: int) -> Callable[[], Bucket]:
        return lambda: actions.make_bucket(name, owner_id=owner_id)

    for number in range(ROUNDS):
        names = [f"{number}{sign}B" for sign in " -_+"]
        outcomes = at_once(app, [make(name, make_person("leader").id) for name in names])
        assert of(Bucket, outcomes) == 4, outcomes
        slugs = {f"{number}-b", f"{number}-b-2", f"{number}-b-3", f"{number}-b-4"}
        assert {bucket.slug for bucket in queries.buckets()} >= slugs


def test_a_bucket_that_is_sent_three_times_is_made_once(app: Flask) -> None:
    owner_id = make_person("leader").id
    outcomes = at_once(app, [lambda: actions.make_bucket("Money", owner_id=owner_id)] * 3)
    assert (of(Bucket, outcomes), of(NameTaken, outcomes)) == (1, 2), outcomes


def test_nobody_is_deactivated_just_as_they_are_given_a_bucket(app: Flask) -> None:
    make_person("organiser")
    for number in range(ROUNDS):
        ada = make_person("leader")
        works = [
            lambda: actions.deactivate(by_id(ada), at=MONDAY),  # noqa: B023
            lambda: actions.make_bucket(f"B{number}", owner_id=ada.id),  # noqa: B023
        ]
        outcomes = at_once(app, works)
        assert of(OwnsBuckets, outcomes) + of(CannotOwn, outcomes) == 1, outcomes
        assert bool(by_id(ada).deactivated_at) != bool(queries.owned_buckets(ada))


def test_one_of_two_edits_of_a_person_at_once_is_told_that_it_is_stale(app: Flask) -> None:
    ada = make_person("leader", name="Ada", email="ada@test.example")

    def rename(name: str, version: str) -> Callable[[], None]:
        values = {"name": name, "email": "ada@test.example", "role": "leader", "version": version}
        return lambda: actions.change_person(by_id(ada), **values)

    for number in range(ROUNDS):
        version = actions.person_version(ada)
        outcomes = at_once(app, [rename(f"Left {number}", version), rename(f"Right {number}", version)])
        assert (outcomes.count(None), of(Stale, outcomes)) == (1, 1), outcomes


def test_one_of_two_hand_overs_of_a_bucket_at_once_is_told_that_it_is_stale(app: Flask) -> None:
    bucket = make_bucket("Money")
    bucket_id, owner_ids = bucket.id, [make_person("leader").id for _number in range(2 * ROUNDS)]

    def hand_over(owner_id: int, version: str) -> Callable[[], None]:
        values = {"name": "Money", "owner_id": owner_id, "contributor_ids": (), "version": version}
        return lambda: actions.change_bucket(db.session.get_one(Bucket, bucket_id), **values)

    for _round in range(ROUNDS):
        version = actions.bucket_version(bucket)
        outcomes = at_once(app, [hand_over(owner_ids.pop(), version), hand_over(owner_ids.pop(), version)])
        assert (outcomes.count(None), of(Stale, outcomes)) == (1, 1), outcomes


def test_buckets_that_move_at_once_all_keep_a_place_of_their_own(app: Flask) -> None:
    ids = [make_bucket(name).id for name in "ABCDEF"]

    def move(bucket_id: int, places: int) -> Callable[[], None]:
        return lambda: actions.move_bucket(db.session.get_one(Bucket, bucket_id), places=places)

    for _round in range(ROUNDS):
        outcomes = at_once(app, [move(ids[0], 1), move(ids[3], -1), move(ids[5], -1), move(ids[2], 1)])
        assert outcomes == [None] * 4
        assert sorted(bucket.position for bucket in queries.buckets()) == [1, 2, 3, 4, 5, 6]


def test_a_bucket_that_is_handed_over_while_others_move_keeps_a_place_of_its_own(app: Flask) -> None:
    ids = [make_bucket(name).id for name in "ABCD"]
    owner_ids = [make_person("leader").id for _number in range(ROUNDS)]

    def move(bucket_id: int) -> Callable[[], None]:
        return lambda: actions.move_bucket(db.session.get_one(Bucket, bucket_id), places=1)

    def hand_over(owner_id: int, version: str) -> Callable[[], None]:
        values = {"name": "A", "owner_id": owner_id, "contributor_ids": (), "version": version}
        return lambda: actions.change_bucket(db.session.get_one(Bucket, ids[0]), **values)

    for owner_id in owner_ids:
        version = actions.bucket_version(db.session.get_one(Bucket, ids[0]))
        outcomes = at_once(app, [move(ids[0]), hand_over(owner_id, version), move(ids[1])])
        assert outcomes == [None] * 3
        assert sorted(bucket.position for bucket in queries.buckets()) == [1, 2, 3, 4]


def test_of_two_buckets_of_one_name_that_come_into_use_at_once_one_does(app: Flask) -> None:
    owner_id = make_person("leader").id
    make_bucket("Other")
    for turn in range(ROUNDS):
        name = f"Money {turn}"
        archived = [make_bucket(f"{name} {number}", archived_at=MONDAY) for number in range(2)]
        for bucket in archived:
            bucket.name = name
        db.session.commit()
        ids = [bucket.id for bucket in archived]

        def restore(bucket_id: int) -> Callable[[], None]:
            return lambda: actions.restore(db.session.get_one(Bucket, bucket_id))

        def make(name: str) -> Callable[[], object]:
            return lambda: actions.make_bucket(name, owner_id=owner_id)

        outcomes = at_once(app, [restore(ids[0]), restore(ids[1]), make(name)])
        assert of(NameTaken, outcomes) == 2, outcomes
        places = [bucket.position for bucket in queries.buckets()]
        assert len(places) == len(set(places))


def test_a_bucket_comes_into_use_with_an_owner_who_is_there(app: Flask) -> None:
    """Handed over just as it is restored, to somebody who is deactivated a moment later."""
    for turn in range(ROUNDS):
        bucket, heir = make_bucket(f"Bucket of {turn}", archived_at=MONDAY), make_person("leader")
        key, heir_id, version = bucket.id, heir.id, actions.bucket_version(bucket)

        def hand_over_and_go(key: int, heir_id: int, version: str) -> Callable[[], None]:
            def work() -> None:
                found = db.session.get_one(Bucket, key)
                actions.change_bucket(
                    found, name=found.name, owner_id=heir_id, contributor_ids=(), version=version
                )
                actions.deactivate(db.session.get_one(Person, heir_id), at=MONDAY)

            return work

        def restore(key: int) -> Callable[[], None]:
            return lambda: actions.restore(db.session.get_one(Bucket, key))

        at_once(app, [restore(key), hand_over_and_go(key, heir_id, version)])
        bucket = db.session.get_one(Bucket, key)
        assert bucket.archived_at is not None or bucket.owner.deactivated_at is None
