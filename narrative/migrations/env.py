"""How Alembic reaches the database: through the application's own engine."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from narrative.database import Base, Instant, db


def render_item(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Write our instants as the plain type they are kept in, so that old migrations need none of our code."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Run the migrations on a connection of the application's engine."""
    with db.engine.connect() as connection:
        _heed_foreign_keys(connection, heed=False)
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=render_item,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            _refuse_dangling_references(connection)
        connection.commit()
        _heed_foreign_keys(connection, heed=True)


def _heed_foreign_keys(connection: Connection, *, heed: bool) -> None:
    """SQLite changes a table by making it anew, and dropping the old one would take its children along.

    It listens to this setting between transactions only, hence the driver.
    """
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA foreign_keys={'ON' if heed else 'OFF'}")


def _refuse_dangling_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise RuntimeError("a migration would leave rows that refer to none; nothing was changed")


run()
