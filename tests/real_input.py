"""Where the real narratives lie, which are no part of the project."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "real-input"


def real_files() -> list[Path]:
    """Return every real narrative; skips the test where they are not on this machine."""
    if not FOLDER.is_dir():
        pytest.skip("The real narratives are not on this machine (../shared/real-input).")
    found = sorted(FOLDER.glob("*/*/*.md"))
    assert found
    return found
