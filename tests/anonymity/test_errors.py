"""An error of the main database ends in the server's log, so it holds nothing that was being written."""

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from tests.factories import make_person


def test_an_error_holds_nothing_that_was_written(app: Flask) -> None:
    make_person(email="taken@test.example")
    with pytest.raises(IntegrityError) as problem:
        make_person(email="taken@test.example", name="The yellow canary")
    assert "INSERT INTO people" in str(problem.value)
    assert "yellow canary" not in str(problem.value)
