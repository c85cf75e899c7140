"""Composes everything; nobody imports it but the entry points."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, request
from flask_wtf import CSRFProtect

from narrative import data_version, due
from narrative.answers import views as answers_views
from narrative.board import ledger as board_ledger
from narrative.board import views as board_views
from narrative.config import EXTENSION as SETTINGS
from narrative.config import Settings, load
from narrative.database import Base, db, migrate, prepare_engine
from narrative.home import views as home_views
from narrative.ledger import views as ledger_views
from narrative.narratives import views as narratives_views
from narrative.narratives.document import updates as document_updates
from narrative.passes import holding_views
from narrative.passes import offer as passes_offer
from narrative.passes import views as passes_views
from narrative.people import session
from narrative.people import views as people_views
from narrative.quarters import views as quarters_views
from narrative.questions import views as questions_views
from narrative.votes import views as votes_views
from narrative.web import access, assets, errors, frame, headers, moments, page_cache, proxies, session_cookie
from narrative.web.paths import resource_dir

BLUEPRINTS: tuple[Blueprint, ...] = (
    home_views.blueprint,
    *people_views.BLUEPRINTS,
    passes_views.blueprint,
    *ledger_views.BLUEPRINTS,
    holding_views.holdings,
    holding_views.spending,
    quarters_views.blueprint,
    *narratives_views.BLUEPRINTS,
    *questions_views.BLUEPRINTS,
    votes_views.blueprint,
    *answers_views.BLUEPRINTS,
    board_views.blueprint,
    *board_ledger.BLUEPRINTS,
)

csrf = CSRFProtect()
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
LARGEST_REQUEST = 1_000_000
SESSION_LASTS = timedelta(days=30)


class Application(Flask):
    """Flask, without asking before every call whether a function is a coroutine: none of ours is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is."""
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application, ready to serve.

    `settings` come from the environment when not given. Opens no connection yet.
    """
    settings = settings or load()
    app = Application("narrative", static_folder=None, template_folder=str(resource_dir("templates")))
    app.config.from_mapping(configuration(settings))
    app.extensions[SETTINGS] = settings
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        data_version.register(app)
    migrate.init_app(app, db, directory=str(Path(__file__).parent / "migrations"))
    csrf.init_app(app)
    proxies.register(app, networks=settings.trusted_proxies)
    errors.register(app)
    headers.register(app)
    moments.register(app)
    assets.register(app)
    page_cache.register(app)
    document_updates.register(app)
    session_cookie.register(app)
    passes_offer.register(app)
    register_rooms(app)
    frame.register(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    return app


def configuration(settings: Settings) -> dict[str, object]:
    """Return Flask's configuration for the settings."""
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.main_database,
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST,
        "MAX_FORM_MEMORY_SIZE": LARGEST_REQUEST,
        "SESSION_COOKIE_NAME": "__Host-narrative" if settings.over_https else "narrative",
        "SESSION_COOKIE_SECURE": settings.over_https,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": SESSION_LASTS,
        # A cookie that is sent anew with each page would be a write tied to a person.
        "SESSION_REFRESH_EACH_REQUEST": False,
        # A form may stay open for as long as its session: a draft is written over days.
        "WTF_CSRF_TIME_LIMIT": None,
        # `require_token` checks; the extension's own hook would cost every reader a tenth of a page.
        "WTF_CSRF_CHECK_DEFAULT": False,
        "COMPANY": settings.company,
        "COMPANY_ZONE": settings.time_zone,
    }


def register_rooms(app: Flask) -> None:
    """Register every room's pages, and what runs before each of them."""
    app.before_request(require_token)
    # First who is there, since that says how exactly the number that pages are kept under must be known.
    session.register(app)
    due.register(app)
    app.before_request(access.require_access)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)


def require_token() -> None:
    """Refuse a request that changes something unless a page of ours sent it.

    An anonymous route needs no token: without a cookie there is no session to forge a request for.
    """
    if request.method not in SAFE_METHODS and request.endpoint is not None and not access.anonymous_route():
        csrf.protect()


def create_tables() -> None:
    """Create every table of the main database at once: for tests, where migrations would be slow."""
    Base.metadata.create_all(db.engine)
