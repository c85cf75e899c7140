"""A second database, for an anonymous store on PostgreSQL."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest


@pytest.fixture(scope="session")
def anonymous_postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty database for anonymous stores, dropped at the end."""
    name = f"narrative_anonymous_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield postgres_server.rsplit("/", 1)[0].replace("postgresql:", "postgresql+psycopg:") + "/" + name
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
