"""The one thing to do now, and the second for who has two things to look after."""

import pytest

from narrative.home.rules import Situation, next_step

OWN = (("product", "Product"),)


def test_an_organiser_who_writes_is_offered_the_quarter_as_well() -> None:
    step = next_step(Situation(role="organiser", stage="drafting", writing=OWN, unsigned=3))
    assert (step.page, step.bucket) == ("write", "product")
    assert step.also == ("See how all of them stand", "publish")


def test_when_it_is_time_to_publish_the_organiser_is_told_what_is_missing() -> None:
    step = next_step(Situation(role="organiser", stage="drafting", writing=OWN, unsigned=1, overdue=True))
    assert step.also == ("See what is missing", "publish")


def test_who_owns_what_was_changed_since_the_sign_off_is_asked_for_it_again() -> None:
    step = next_step(Situation(role="leader", stage="drafting", changed=OWN))
    assert (step.page, step.bucket, step.label) == ("sign off", "product", "Sign off Product again")
    assert next_step(Situation(role="leader", stage="drafting", writing=OWN, changed=OWN)).page == "write"
    assert next_step(Situation(role="organiser", stage="drafting", changed=OWN)).also is not None


@pytest.mark.parametrize(
    "now",
    [
        Situation(role="leader", stage="drafting", writing=OWN, unsigned=3),
        Situation(role="organiser", stage="drafting", unsigned=3),
        Situation(role="organiser", stage="reading"),
    ],
)
def test_everybody_else_has_one_thing(now: Situation) -> None:
    assert next_step(now).also is None
