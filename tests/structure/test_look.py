"""The look, as far as it can be computed: contrast in both themes, weight, and the names of its parts."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
COMPONENTS = sorted((ROOT / "templates" / "components").glob("*.html"))
ELEMENTS = sorted((ROOT / "static" / "js" / "elements").glob("*.js"))
LARGEST_STYLES = 14_000

TEXT, SHAPE = 4.5, 3.0  # WCAG 2.2: 1.4.3 for text, 1.4.11 for what is not
GROUNDS = ("paper", "paper-lit", "paper-sunk")
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-soft", "accent") for ground in GROUNDS),
    *(("ink", ground, TEXT) for ground in ("accent-wash", "wrong-wash")),
    ("ink-soft", "wrong-wash", TEXT),
    ("accent", "accent-wash", TEXT),
    ("accent-lit", "paper", TEXT),
    ("accent-lit", "paper-lit", TEXT),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-lit", TEXT),
    ("wrong", "paper", TEXT),
    ("wrong", "wrong-wash", TEXT),
    ("edge", "paper", SHAPE),
    ("edge", "paper-lit", SHAPE),
]


def themes() -> dict[str, dict[str, str]]:
    """The colours of each theme by name; the dark one is the light one with what it replaces."""
    sheet = (ROOT / "static" / "css" / "foundation.css").read_text(encoding="utf-8")
    light, dark = re.split(r"prefers-color-scheme: dark", sheet)
    colours = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in (light, dark)]
    return {"light": colours[0], "dark": {**colours[0], **colours[1]}}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_of_colours_can_be_read(theme: str) -> None:
    colours = themes()[theme]
    faint = [
        f"{ink} on {ground}: {contrast(colours[ink], colours[ground]):.2f} < {least}"
        for ink, ground, least in PAIRS
        if contrast(colours[ink], colours[ground]) < least
    ]
    assert faint == []


def test_the_themes_differ_in_every_colour() -> None:
    both = themes()
    assert [name for name in both["light"] if both["light"][name] == both["dark"][name]] == []


def test_styles_are_light() -> None:
    assert sum(len(gzip.compress(sheet.read_bytes(), 9)) for sheet in SHEETS) <= LARGEST_STYLES


def test_colours_stand_only_among_the_tokens() -> None:
    others = [sheet.read_text(encoding="utf-8") for sheet in SHEETS if sheet.name != "foundation.css"]
    assert len(others) > 1
    assert [colour for sheet in others for colour in re.findall(r"#[0-9a-f]{3,8}\b", sheet)] == []


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_begins_with_the_macro_it_is_named_after(path: Path) -> None:
    assert re.findall(r"{% macro (\w+)\(", path.read_text(encoding="utf-8"))[:1] == [path.stem]


@pytest.mark.parametrize("path", ELEMENTS, ids=lambda path: path.stem)
def test_an_element_is_named_as_its_file(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r'customElements\.define\(\s*"([\w-]+)"', text) == [path.stem]
