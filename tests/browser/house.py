"""An application served to browsers; and a furnished one on SQLite, with people who sign in by a cookie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from werkzeug.serving import make_server

from narrative.app import create_app, create_tables
from narrative.config import Settings
from narrative.database import db
from narrative.narratives import queries
from narrative.narratives.models import Narrative, Revision
from narrative.narratives.rules import Draft


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve the application by threads of this process, and say where."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class House:
    """A running application, and the ids of its `people` by their first names."""

    app: Flask
    address: str
    people: dict[str, int]

    def cookie(self, name: str) -> dict[str, Any]:
        """The session cookie of somebody signed in."""
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        value = serializer.dumps({"person": self.people[name], "epoch": 0, "_permanent": True})
        return {"name": self.app.config["SESSION_COOKIE_NAME"], "value": value, "url": self.address}

    def head(self) -> Draft:
        """What the newest revision says."""
        with self.app.app_context():
            newest = db.session.query(Narrative).order_by(Narrative.id.desc()).first()
            return queries.head_draft(newest)

    def revisions(self) -> list[Revision]:
        """Every revision, by number."""
        with self.app.app_context():
            return list(db.session.query(Revision).order_by(Revision.number))


@contextmanager
def opened(data: Path, furnish: Callable[[], dict[str, int]]) -> Iterator[House]:
    """Serve a new application with its files in `data`; `furnish` fills it and returns its people's ids."""
    app = create_app(Settings(data=data, secret_key="for-tests-only-" + "x" * 32))
    with app.app_context():
        create_tables()
        people = furnish()
    with served(app) as address:
        yield House(app, address, people)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
