"""Naming several people in one breath."""

from collections.abc import Sequence


def together(names: Sequence[str]) -> str:
    """Return names as they are read aloud: 'Ada', 'Ada and Grace', 'Ada, Grace and Alan'; '' for nobody."""
    *others, last = names or ("",)
    return f"{', '.join(others)} and {last}" if others else last
