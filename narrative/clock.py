"""The only reader of the wall clock. Everything else is given `at`."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant, aware, in UTC, to the second.

    Whole seconds, because finer times are only good for joining what must not be joined.
    """
    return datetime.now(UTC).replace(microsecond=0)
