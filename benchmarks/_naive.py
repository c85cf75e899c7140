"""The application with one commit, and one VACUUM before each answer: what grouping is compared with."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from flask import Flask
from sqlalchemy import Connection

from narrative.app import create_app as create
from narrative.passes.store import AnonymousStore


@contextmanager
def _alone_and_scrubbed(store: AnonymousStore) -> Iterator[Connection]:
    with store._alone() as connection:
        yield connection
    store._scrub()


def _writing(store: AnonymousStore, *, at_tick: bool) -> AbstractContextManager[Connection]:
    return store._alone(at_tick=True) if at_tick else _alone_and_scrubbed(store)


def create_app() -> Flask:
    """The application, writing naively."""
    AnonymousStore._writing = _writing  # type: ignore[method-assign]
    return create()
