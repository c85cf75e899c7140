"""Bundles, what browsers are sent from others: built as their sources say, named, licensed, and small."""

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import missing

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "bundles"
BUNDLES = ROOT / "static" / "js" / "bundles"
EVERY = sorted(path.stem for path in SOURCES.glob("*.js"))
LARGEST = {"editor": 145_000, "qr": 7_000}  # bytes of a bundle, compressed
UNSAFE = r"\beval\(|new Function\(|innerHTML|outerHTML|\bimport\b\("
NAMES = {  # addresses that name something, or stand in a warning, and are never fetched
    "editor": {"http://www.w3.org/2000/svg", "https://github.com/yjs/yjs/issues/438"},
    "qr": {"http://www.w3.org/2000/svg"},
}

READ_AGAIN = """
import decode from "qr/decode.js";
import { squares } from "../static/js/bundles/qr.js";
const thrice = (one) => [one, one, one];
const rows = squares(process.argv[2]).flatMap((row) => thrice(row.flatMap(thrice)));
const data = Uint8ClampedArray.from(rows.flat().flatMap((dark) => [...thrice(dark ? 0 : 255), 255]));
process.stdout.write(decode({ width: rows[0].length, height: rows.length, data }));
"""


@pytest.fixture
def node() -> str:
    """The `node` program, with the packages from which bundles are built."""
    found = shutil.which("node")
    if found is None:
        missing("bundles were not built anew: Node is not installed")
    if not (SOURCES / "node_modules" / "esbuild").is_dir():
        missing("bundles were not built anew: run `npm ci --ignore-scripts` in bundles")
    return str(found)


def run(node: str, *arguments: str, folder: Path = SOURCES) -> subprocess.CompletedProcess[str]:
    return subprocess.run([node, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_whatever_is_not_ours_has_its_licence_beside_it() -> None:
    assert EVERY
    wanted = {f"{name}{end}" for name in EVERY for end in (".js", ".LICENSE.txt")}
    ours = {path.name for path in BUNDLES.glob("passes*.js*")}  # from static/js/passes, see test_static.py
    assert {path.name for path in BUNDLES.iterdir()} - ours == wanted


@pytest.mark.parametrize("name", EVERY)
def test_a_bundle_is_documented_with_its_licence_and_reason(name: str) -> None:
    rows = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").split("\n")
    [row] = [line for line in rows if line.startswith(f"| `js/bundles/{name}.js` |")]
    assert len([cell for cell in row.strip("| ").split("|") if cell.strip()]) == 4
    text = (BUNDLES / f"{name}.LICENSE.txt").read_text(encoding="utf-8")
    assert re.search(r"MIT License|Apache License|BSD", text)


@pytest.mark.parametrize("name", EVERY)
def test_a_bundle_is_small_and_runs_under_the_policy(name: str) -> None:
    bundle = (BUNDLES / f"{name}.js").read_bytes()
    assert len(gzip.compress(bundle, 9)) <= LARGEST[name]
    text = bundle.decode()
    assert re.findall(UNSAFE, text) == []
    assert set(re.findall(r"https?://[\w./]+", text)) <= NAMES[name]


def test_a_code_is_made_without_the_page() -> None:
    assert "document." not in (BUNDLES / "qr.js").read_text(encoding="utf-8")


def test_the_licences_name_every_package_of_the_editor() -> None:
    text = (BUNDLES / "editor.LICENSE.txt").read_text(encoding="utf-8")
    parts = [part.split("\n\n")[0] for part in text.split(f"\n{'-' * 72}\n\n")]
    named = {name for part in parts for name in part.split(", ")}
    given = json.loads((SOURCES / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert set(given) - {"esbuild", "qr"} <= named
    assert text.count("Permission is hereby granted, free of charge") == len(parts)


@pytest.mark.parametrize("folder", ["bundles", "tests/interop"])
def test_packages_are_pinned_and_no_registry_is_named(folder: str) -> None:
    given = json.loads((ROOT / folder / "package.json").read_text(encoding="utf-8"))
    versions = {**given.get("dependencies", {}), **given.get("devDependencies", {})}
    assert versions
    assert {name for name, version in versions.items() if not re.fullmatch(r"[\d.]+", version)} == set()
    lock = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert {name for name, package in packages.items() if not package.get("integrity")} == set()
    assert {name for name, package in packages.items() if "resolved" in package} == set()
    assert {name: packages[f"node_modules/{name}"]["version"] for name in versions} == versions


def test_bundles_are_what_their_sources_build(node: str) -> None:
    done = run(node, "build.mjs", "--check")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_bundle_that_was_changed_by_hand_is_noticed(node: str, tmp_path: Path) -> None:
    shutil.copytree(SOURCES, tmp_path / "bundles", ignore=shutil.ignore_patterns("node_modules"))
    (tmp_path / "bundles" / "node_modules").symlink_to(SOURCES / "node_modules")
    changed = shutil.copytree(ROOT / "static" / "js", tmp_path / "static" / "js") / "bundles" / "qr.js"
    changed.write_text(changed.read_text(encoding="utf-8") + "// more\n", encoding="utf-8")
    done = run(node, "build.mjs", "--check", folder=tmp_path / "bundles")
    assert done.returncode == 1
    assert "static/js/bundles differs from what is built: qr.js" in done.stderr


@pytest.mark.parametrize(
    "text", ["x", "Où est « ma » question ?", "aB3-" * 175], ids=["one", "accents", "700"]
)
def test_a_code_is_read_again_by_a_reader_of_codes(node: str, text: str) -> None:
    done = run(node, "--input-type=module", "-e", READ_AGAIN, "--", "", text)
    assert (done.stdout, done.stderr) == (text, "")
