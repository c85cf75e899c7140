"""What is protected in this installation and what is weaker, in words that everybody may read.

The same findings stand on the page How anonymous is this? and in `narrative doctor`. They name no path, no
host and no account. What cannot be seen from inside is said to be so, never taken for granted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from narrative.config import Settings
from narrative.database import db
from narrative.passes.store import POSTGRES_PORT, NewerStore, anonymous_store, same_database
from narrative.passes.store_engines import POSTGRES_DISCIPLINE, SQLITE_DISCIPLINE, UnsafeStore

OK, WEAKER, UNPROTECTED = "ok", "weaker", "not protected"

# Extensions of PostgreSQL that can write statements down.
WRITERS = ("auto_explain", "pg_stat_statements", "pgaudit")
LOOKED_AT = (*POSTGRES_DISCIPLINE, "archive_mode", "shared_preload_libraries")


@dataclass(frozen=True)
class Protection:
    """One finding: `level` is 'ok', 'weaker' or 'not protected'."""

    subject: str
    level: str
    words: str


def protections(settings: Settings) -> list[Protection]:
    """Look at this installation, inside the application's context. Raises nothing; writes no row."""
    return [
        on_the_way(settings),
        *_anonymous_store(),
        backups(make_url(settings.main_database), make_url(settings.anonymous_database)),
        *_main_database(),
        proxy(settings),
    ]


def on_the_way(settings: Settings) -> Protection:
    """Whether what people send can be read along."""
    if settings.over_https:
        return Protection("On the way", OK, "Everything between your browser and this server is encrypted.")
    if settings.on_this_machine_only:
        words = "Nothing leaves this machine, and nothing is encrypted. A company needs https."
        return Protection("On the way", WEAKER, words)
    words = "Plain http: anybody on the network can read along, and browsers refuse to make passes."
    return Protection("On the way", UNPROTECTED, words)


def _anonymous_store() -> list[Protection]:
    try:
        with anonymous_store().reading() as connection:
            if connection.dialect.name == "sqlite":
                return [of_sqlite(_pragmas(connection))]
            return of_postgres(_postgres_settings(connection), copies=_copies(connection))
    except (UnsafeStore, NewerStore):
        words = "The anonymous store is not set up as it must be. Until it is, no question is accepted."
    except SQLAlchemyError:
        words = (
            "The anonymous store cannot be reached, so nothing can be said of it. No question is accepted."
        )
    return [Protection("Waiting questions", UNPROTECTED, words)]


def of_sqlite(answered: Mapping[str, object]) -> Protection:
    """What the settings of the anonymous store's file mean."""
    wrong = [name for name, (_, wanted) in SQLITE_DISCIPLINE.items() if answered.get(name) != wanted]
    if wrong:
        words = f"The file in which they wait is not set up as it must be ({', '.join(wrong)})."
        return Protection("Waiting questions", UNPROTECTED, words)
    words = (
        "They and the spent passes lie in a file of their own. It keeps no journal of what came when, what "
        "is deleted is overwritten, and what is acknowledged is on the disk "
        "(journal_mode=delete, secure_delete=on, synchronous=full)."
    )
    return Protection("Waiting questions", OK, words)


def of_postgres(answered: Mapping[str, str], *, copies: int) -> list[Protection]:
    """What the settings of the anonymous store's server mean; `copies` is how many follow its changes."""
    words = (
        "They and the spent passes lie in a PostgreSQL database. Until questions appear, whoever has its "
        "files can read in which order passes were spent. A file of its own would not show it."
    )
    return [
        Protection("Waiting questions", WEAKER, words),
        _log_of(answered),
        _archive_of(answered, copies=copies),
    ]


def _log_of(answered: Mapping[str, str]) -> Protection:
    wrong = [name for name, wanted in POSTGRES_DISCIPLINE.items() if answered.get(name) != wanted]
    loaded = answered.get("shared_preload_libraries")
    if wrong:
        words = f"PostgreSQL writes down what is asked or when ({', '.join(wrong)})."
        return Protection("Log of the database", UNPROTECTED, words)
    if loaded is None:
        words = "PostgreSQL logs no statements by itself. Whether an extension does cannot be seen from here."
        return Protection("Log of the database", WEAKER, words)
    writing = [name for name in WRITERS if name in loaded]
    if writing:
        words = f"PostgreSQL has loaded {', '.join(writing)}, which can write down what is asked and when."
        return Protection("Log of the database", WEAKER, words)
    words = "PostgreSQL logs neither statements nor values, nor how long they took."
    return Protection("Log of the database", OK, words)


def _archive_of(answered: Mapping[str, str], *, copies: int) -> Protection:
    subject = "Archive of the database"
    shows = "shows when each pass was spent and each question came in, for as long as it is kept."
    if answered.get("archive_mode") != "off":
        return Protection(
            subject, UNPROTECTED, f"PostgreSQL archives its write-ahead log. The archive {shows}"
        )
    if copies:
        words = f"PostgreSQL sends its write-ahead log to somewhere else. What is kept there {shows}"
        return Protection(subject, UNPROTECTED, words)
    return Protection(subject, OK, "PostgreSQL neither archives its write-ahead log nor sends it elsewhere.")


def backups(main: URL, anonymous: URL) -> Protection:
    """Whether a copy of the one store can be had without the other."""
    if same_database(main, anonymous):
        words = "The anonymous store is the main database: every copy of the one holds the other."
        return Protection("Backups", UNPROTECTED, words)
    if main.get_backend_name() != "sqlite" and _server(main) == _server(anonymous):
        words = "One PostgreSQL server holds people and anonymous rows: a copy of the server holds both."
        return Protection("Backups", WEAKER, words)
    if _on_one_disk(main, anonymous):
        words = (
            "People and anonymous rows lie in two files on one disk. A backup or snapshot of all of it keeps "
            "what waited then; two of them show what came between. The guide says how to leave that file out."
        )
        return Protection("Backups", WEAKER, words)
    words = "People and anonymous rows lie apart. Whether old copies of the latter are made cannot be seen."
    return Protection("Backups", OK, words)


def _server(url: URL) -> tuple[str | None, int]:
    return url.host, url.port or POSTGRES_PORT


def _on_one_disk(main: URL, anonymous: URL) -> bool:
    if {main.get_backend_name(), anonymous.get_backend_name()} != {"sqlite"}:
        return False
    try:
        folders = [Path(url.database or "").absolute().parent.stat().st_dev for url in (main, anonymous)]
    except OSError:
        return True
    return folders[0] == folders[1]


def _main_database() -> list[Protection]:
    if db.engine.dialect.name == "sqlite":
        return []
    try:
        with db.engine.connect() as connection:
            return [of_main_postgres(_postgres_settings(connection))]
    except SQLAlchemyError:
        return []  # nothing works without it; `doctor` says so


def of_main_postgres(answered: Mapping[str, str]) -> Protection:
    """What the log of the main database's server shows."""
    quiet = answered.get("log_statement") == "none" and answered.get("log_min_duration_statement") == "-1"
    if quiet:
        words = "The log of the main database does not say when anybody was given passes."
        return Protection("Being given passes", OK, words)
    words = "The log of the main database can say when a colleague was given passes; never who asked."
    return Protection("Being given passes", WEAKER, words)


def proxy(settings: Settings) -> Protection:
    """What may stand in front of this server."""
    if settings.trusted_proxies:
        words = (
            "A proxy stands in front of this server. Whether its log leaves out the addresses at which one "
            "asks cannot be seen from here; the guide has the lines that do it."
        )
        return Protection("Proxy", WEAKER, words)
    return Protection("Proxy", OK, "No proxy is known to stand in front, and this server logs no requests.")


def _pragmas(connection: Connection) -> dict[str, object]:
    return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in SQLITE_DISCIPLINE}


def _postgres_settings(connection: Connection) -> dict[str, str]:
    """The settings by name. One that this account may not see is missing."""
    rows = text("SELECT name, setting FROM pg_settings WHERE name = ANY(:names)")
    found = connection.execute(rows, {"names": list(LOOKED_AT)})
    return {str(row.name): str(row.setting) for row in found}


def _copies(connection: Connection) -> int:
    streams = (
        "SELECT (SELECT count(*) FROM pg_stat_replication) + (SELECT count(*) FROM pg_replication_slots)"
    )
    return int(connection.exec_driver_sql(streams).scalar_one())
