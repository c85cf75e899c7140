"""Scripts: each is used, none is long, and the pass client is what its published hashes say."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
BUNDLES = STATIC / "js" / "bundles"  # see test_bundles.py
SCRIPTS = sorted(path for path in (STATIC / "js").rglob("*.js") if BUNDLES not in path.parents)
# What passes are made with, what holds their keys to the ledger, and both as they are built for pages.
SOURCES = [path for folder in ("ledger", "passes") for path in sorted((STATIC / "js" / folder).glob("*.js"))]
CLIENT = [*sorted((STATIC / "js" / "bundles").glob("passes*.js")), *SOURCES]
BUILT = {STATIC / "js" / "passes" / "client.js", STATIC / "js" / "passes" / "more.js"}
MANIFEST = STATIC / "js" / "manifest.json"
LONGEST_SCRIPT = 120
HEAVIEST_CLIENT = 8_000  # bytes, compressed

IMPORT = r"(?:\bfrom|\bimport)\s*\(?\s*[\"'](\.{1,2}/[^\"']+)[\"']"


def imports(path: Path) -> set[Path]:
    """The modules that a module imports."""
    found = re.findall(IMPORT, path.read_text(encoding="utf-8"))
    return {(path.parent / name).resolve() for name in found}


def test_the_pass_client_is_what_its_published_hashes_say() -> None:
    """After a change on purpose: `make assets`, and say in the commit what changed in the client."""
    hashes = {
        path.relative_to(STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in CLIENT
    }
    assert len(hashes) > 8
    assert json.loads(MANIFEST.read_text(encoding="utf-8")) == hashes


def test_what_is_served_is_what_the_hashes_say(app: Flask) -> None:
    """Plain and compressed, to whoever asks."""
    version, _assets = app.extensions["narrative.assets"]
    for name, expected in json.loads(MANIFEST.read_text(encoding="utf-8")).items():
        for accepted in ("identity", "gzip"):
            answer = app.test_client().get(f"/static/{version}/{name}", headers={"Accept-Encoding": accepted})
            body = gzip.decompress(answer.data) if answer.content_encoding == "gzip" else answer.data
            assert (answer.content_encoding or "identity") == accepted
            assert hashlib.sha256(body).hexdigest() == expected, name


def test_the_pass_client_weighs_little() -> None:
    """What fetches passes, asks and votes, with all that it holds the keys to, as it is sent."""
    loaded = new = {BUNDLES / "passes.js"}
    while new:
        new = {module for path in new for module in imports(path)} - loaded
        loaded = loaded | new
    weights = {path.stem: len(gzip.compress(path.read_bytes(), 9)) for path in loaded}
    assert sum(weights.values()) <= HEAVIEST_CLIENT, weights


@pytest.mark.parametrize("path", CLIENT, ids=lambda path: path.stem)
def test_the_pass_client_needs_nothing_that_is_not_hashed(path: Path) -> None:
    assert imports(path) <= set(CLIENT)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_is_short_and_finds_what_it_imports(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_SCRIPT
    assert {module for module in imports(path) if not module.is_file()} == set()


def test_every_static_file_is_used() -> None:
    pages = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html"))
    used = {STATIC / name for name in re.findall(r"asset_url\([\"']([^\"']+)[\"']\)", pages)}
    used |= BUILT
    new = used
    while new:
        new = {module for path in new if path.suffix == ".js" for module in imports(path)} - used
        used = used | new
    files = {path for path in STATIC.rglob("*") if path.is_file() and BUNDLES not in path.parents}
    assert files - used == set()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_runs_under_the_policy(path: Path) -> None:
    """No string becomes code or markup, and nothing is fetched from elsewhere."""
    forbidden = r"\beval\(|new Function\(|document\.write|insertAdjacentHTML|outerHTML|https?://"
    assert re.findall(forbidden, path.read_text(encoding="utf-8")) == []


def test_only_what_the_server_rendered_is_put_in_as_markup() -> None:
    put_in = {path.stem for path in SCRIPTS if "innerHTML" in path.read_text(encoding="utf-8")}
    assert put_in == {"show_parts", "markdown-preview", "threads"}
