"""The index of what carries the promise names files that are there, and every file that is here."""

import re
from pathlib import Path

import tests.anonymity

HERE = Path(__file__).parent
NAMED = set(re.findall(r"[\w/]*test_\w+\.py", tests.anonymity.__doc__ or ""))


def test_every_file_that_is_named_is_there() -> None:
    assert len(NAMED) > 20
    missing = {name for name in NAMED if not ((HERE.parents[1] if "/" in name else HERE) / name).is_file()}
    assert missing == set()


def test_every_file_that_is_here_is_named() -> None:
    assert {path.name for path in HERE.glob("test_*.py")} - {Path(__file__).name} - NAMED == set()
