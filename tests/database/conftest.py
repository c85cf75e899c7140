"""Databases of PostgreSQL beside the one that tests share."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """The URL of an empty database, dropped at the end."""
    name = f"narrative_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield server.rsplit("/", 1)[0].replace("postgresql:", "postgresql+psycopg:") + "/" + name
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def anonymous_postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of a database for anonymous stores, empty at first."""
    with fresh_database(postgres_server) as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of a main database of the test's own, without any table."""
    with fresh_database(postgres_server) as url:
        yield url
