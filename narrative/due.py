"""What is due is done by the first request after it is due, or by `narrative tick`: nobody needs a scheduler.

Each act guards itself, so that it happens exactly once whoever comes, and however many come at once.
"""

import logging
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from traceback import format_tb

from flask import Flask, g, request
from sqlalchemy import or_, select

from narrative.data_version import current_number
from narrative.database import db
from narrative.ledger import actions as ledger
from narrative.narratives.document.settling import settle_what_rests
from narrative.narratives.publishing import publish_if_due
from narrative.passes.keys import create_keys
from narrative.passes.store import anonymous_store
from narrative.quarters.models import Quarter
from narrative.questions.releasing import MESSAGES_SHOWN, close_if_due, show_messages_if_due, tick_if_due
from narrative.questions.slots import make_round_if_due
from narrative.web.access import anonymous_route
from narrative.web.assets import client_hash
from narrative.web.moments import request_instant

log = logging.getLogger("narrative")
PAUSE = timedelta(seconds=1)


class Watch:
    """Remembers, per process, when it last looked, and how the database stood: once a second is enough,
    and at once after a change, since the change may have moved a date."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.looking = threading.Lock()  # held while somebody looks; others wait for the outcome
        self._looked_at: datetime | None = None
        self._number: int | None = None

    def is_time(self, at: datetime, number: int) -> bool:
        """Tell whether to look now; says so to one thread a second, or for each new `number`."""
        with self._lock:
            # A clock that was set back must not stop the ticks until it has caught up.
            rested = self._looked_at is None or not self._looked_at <= at < self._looked_at + PAUSE
            if not rested and number == self._number:
                return False
            self._looked_at, self._number = at, number
            return True


def look(watch: Watch, at: datetime, number: int) -> int:
    """Do what is due, if it is time to look, and return the number of how the database stands then.

    That number is not noted as looked at: it may hold what another process changed meanwhile.
    """
    waited = not watch.looking.acquire(blocking=False)
    if waited:
        watch.looking.acquire()
    try:
        done = watch.is_time(at, number) and run_due(at)
    finally:
        watch.looking.release()
    return current_number() if done or waited else number


def run_due(at: datetime) -> list[str]:
    """Do what is due at `at` and say what was done: publication, ticks, closing, and messages after it."""
    ledger.ensure_key()
    done = []
    if ledger.note_client(client_hash()):
        done.append("Another pass client is served; the ledger says so.")
    for quarter in _unfinished(at):
        if publish_if_due(quarter, at):
            done.append(f"{quarter.title} was published.")
        if create_keys(quarter, at=at):
            done.append(f"{quarter.title}: the keys of its passes were made.")
        if make_round_if_due(quarter, at):
            done.append(f"{quarter.title}: another round of keys was made.")
        released = tick_if_due(quarter, at)
        if released is not None:
            done.append(f"{quarter.title}: a tick released {released} question{'s' * (released != 1)}.")
        if close_if_due(quarter, at):
            done.append(f"{quarter.title} was closed to questions; its keys and passes are destroyed.")
        shown = show_messages_if_due(quarter, at)
        if shown:
            done.append(
                f"{quarter.title}: {shown} message{'s' * (shown != 1)} of whoever asked came into effect."
            )
    settled = settle_what_rests(at)
    if settled:
        done.append(f"{settled} draft{'s' * (settled != 1)} became a revision.")
    anonymous_store().touch()
    return done


def _unfinished(at: datetime) -> Sequence[Quarter]:
    """Return the quarters in which something may be due: also those to which whoever asked can still add."""
    not_over = or_(Quarter.closed_at.is_(None), Quarter.questions_close_at > at - MESSAGES_SHOWN)
    started = select(Quarter).where(not_over, Quarter.drafting_opens_at <= at)
    return db.session.scalars(started.order_by(Quarter.name)).all()


def register(app: Flask) -> None:
    """Do what is due before requests to `app`, but not before anonymous ones: those write nothing here."""
    watch = Watch()

    @app.before_request
    def run_due_first() -> None:
        if request.endpoint in {None, "assets.show"} or anonymous_route():
            return
        try:
            # Read already, where somebody is signed in.
            at, number = request_instant(), g.get("data_number")
            if number is None:
                number = current_number()
            g.data_number = look(watch, at, number)
        except Exception as problem:
            _log(problem)


def _log(problem: Exception) -> None:
    """Log a failure, after which the page that was asked for can be shown all the same.

    Without its message, which may hold a question that nobody has read yet.
    """
    db.session.rollback()
    where = "".join(format_tb(problem.__traceback__))
    log.error("what is due could not be done: %s\n%s", type(problem).__name__, where)
