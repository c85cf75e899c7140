"""Which names the page for asking knows, so that the browser can point them out."""

from narrative.people.queries import known_names
from tests.factories import MONDAY, make_bucket, make_person
from tests.pages import Pages


def test_of_a_large_company_those_who_work_on_a_bucket_are_known(pages: Pages) -> None:
    owner, former, writer = (make_person("leader", name=name) for name in ("Owner", "Former", "Writer"))
    make_bucket(owner=owner, contributors=[writer])
    make_bucket(owner=former, archived_at=MONDAY)
    make_person(name="Gone", deactivated_at=MONDAY)
    make_person(name="Somebody")
    assert known_names(most=4) == ["Former", "Owner", "Somebody", "Writer"]
    assert known_names(most=3) == ["Owner", "Writer"]
