"""Templates: nothing inline, nothing unescaped, no form without its token, nothing that leads nowhere."""

import re
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
EVERY = sorted(TEMPLATES.rglob("*.html"))
FORM_MACROS = {"components/post_button.html", "components/post_form.html"}

FORBIDDEN = {
    "marks HTML safe": r"\|\s*safe\b|\bMarkup\b|\|\s*tojson\b",
    "turns escaping off": r"autoescape",
    "an inline script": r"<script(?![^>]*\ssrc=)",
    "an inline style": r"<style|\sstyle\s*=",
    "an inline handler": r"<[^>]*\son[a-z]+\s*=",
    "a script as an address": r"javascript:",
    "an address on another site": r"(?:src|action)\s*=\s*[\"']?(?:https?:)?//",
}
NAME = r"[\"']([a-z_]+/[a-z_]+\.html)[\"']"


def name_of(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


def faults(text: str) -> list[str]:
    """What is forbidden and stands in a template."""
    return [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)]


@pytest.mark.parametrize("path", EVERY, ids=name_of)
def test_nothing_is_inline_or_unescaped(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "bad",
    [
        "{{ text|safe }}",
        "{{ text | safe }}",
        "{% autoescape false %}",
        "<script>alert(1)</script>",
        '<script type="module">1</script>',
        "<style>p { margin: 0 }</style>",
        '<p style="margin: 0">',
        '<button type="submit" onclick="go()">',
        '<a href="javascript:go()">',
        '<form action="https://elsewhere.example">',
    ],
)
def test_what_is_forbidden_would_be_seen(bad: str) -> None:
    assert len(faults(bad)) == 1


def test_only_the_macros_write_a_form_that_is_posted() -> None:
    posted = {
        name_of(path)
        for path in EVERY
        if re.search(r"<form[^>]*\bmethod\s*=\s*[\"']?post", path.read_text(encoding="utf-8"), re.IGNORECASE)
    }
    assert posted == FORM_MACROS
    for name in FORM_MACROS:
        assert "{{ csrf_field() }}" in (TEMPLATES / name).read_text(encoding="utf-8")


def references() -> dict[str, set[str]]:
    """Which templates each template names; those that Python names are under ''."""
    python = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "narrative").rglob("*.py"))
    return {
        "": set(re.findall(NAME, python)),
        **{name_of(path): set(re.findall(NAME, path.read_text(encoding="utf-8"))) for path in EVERY},
    }


def test_every_template_is_used_and_every_one_that_is_named_exists() -> None:
    named = references()
    reached, new = {""}, {""}
    while new:
        new = {name for one in new for name in named.get(one, ())} - reached
        reached |= new
    assert reached - {""} == {name_of(path) for path in EVERY}


def test_every_asset_that_is_named_is_a_file() -> None:
    texts = {name_of(path): path.read_text(encoding="utf-8") for path in EVERY}
    calls = {name: len(re.findall(r"asset_url\(", text)) for name, text in texts.items()}
    named = {name: re.findall(r"asset_url\([\"']([^\"']+)[\"']\)", text) for name, text in texts.items()}
    assert sum(calls.values()) > 10
    assert {name: len(found) for name, found in named.items()} == calls  # none is put together from parts
    missing = [
        asset for found in named.values() for asset in found if not (ROOT / "static" / asset).is_file()
    ]
    assert missing == []


def test_every_address_that_is_named_belongs_to_a_view(app: Flask) -> None:
    texts = [path.read_text(encoding="utf-8") for path in EVERY]
    texts += [path.read_text(encoding="utf-8") for path in (ROOT / "narrative").rglob("*.py")]
    named = {name for text in texts for name in re.findall(r"\burl(?:_for)?\(\s*[\"']([a-z_.]+)[\"']", text)}
    assert len(named) > 30
    assert named - set(app.view_functions) == set()


def test_every_element_that_a_template_uses_has_a_script_and_the_reverse() -> None:
    texts = "\n".join(path.read_text(encoding="utf-8") for path in EVERY)
    used = set(re.findall(r"<([a-z]+(?:-[a-z]+)+)[\s>]", texts))
    defined = {path.stem for path in (ROOT / "static" / "js" / "elements").glob("*.js")}
    assert used == defined
