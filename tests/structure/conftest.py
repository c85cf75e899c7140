"""What is looked at here is the same on every engine, and only looked at: one company serves a file."""

from collections.abc import Iterator

import pytest
from flask import Flask

from narrative.app import create_app, create_tables
from narrative.config import Settings
from narrative.database import db
from tests.company import Company, make_company
from tests.conftest import forget_last_request


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application on SQLite, inside an application context."""
    made = create_app(Settings(data=tmp_path_factory.mktemp("data"), secret_key="for-tests-only-" + "x" * 32))
    made.config["TESTING"] = True
    made.before_request_funcs.setdefault(None, []).insert(0, forget_last_request)
    with made.app_context():
        create_tables()
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def company(app: Flask) -> Company:
    """The small company, in the middle of asking."""
    return make_company(app)
