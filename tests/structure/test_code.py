"""The house rules that can be counted: who reads the clock, who marks HTML safe, names, sizes."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "narrative"
OURS = sorted(PACKAGE.rglob("*.py"))
MIGRATIONS = PACKAGE / "migrations" / "versions"
CHECKED = [path for path in OURS if MIGRATIONS not in path.parents] + sorted(
    (ROOT / "benchmarks").glob("*.py")
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))

LONGEST_FILE, LONGEST_FUNCTION = 300, 40
# Tests are read one by one, and a journey is one story.
LONGEST_TEST_FILE, LONGEST_JOURNEY = 600, 60
JUNK_DRAWERS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "services",
    "service",
    "common",
    "manager",
    "managers",
    "misc",
}
# Commands and pages begin with an instant and pass it on.
READ_THE_CLOCK = {
    "web/moments.py",
    "cli/demo.py",
    "cli/imports.py",
    "cli/setup.py",
    "cli/upkeep.py",
    "cli/verify.py",
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def calls(code: ast.AST) -> Iterator[str]:
    """Everything that is called, as it is written: 'datetime.now', 'Markup'."""
    for node in ast.walk(code):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


WALL_CLOCK = re.compile(
    r"(.*\.)?(datetime|date)\.(now|utcnow|today|fromtimestamp)|time\.(time|time_ns|localtime|gmtime|ctime|strftime)"
    r"|(.*\.)?func\.(now|current_timestamp|localtimestamp)|uuid1|uuid\.uuid1"
)


def clock_readings(code: ast.AST) -> list[str]:
    """What in some code reads the wall clock, by call or by a database's default."""
    imported = [
        f"from {node.module} import {alias.name}"
        for node in ast.walk(code)
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        for alias in node.names
        if alias.name not in {"sleep", "monotonic", "perf_counter"}
    ]
    named = [
        node.value
        for node in ast.walk(code)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and "CURRENT_TIMESTAMP" in node.value
    ]
    return [call for call in calls(code) if WALL_CLOCK.fullmatch(call)] + imported + named


def test_only_the_clock_reads_the_wall_clock() -> None:
    readings = {path.relative_to(PACKAGE).as_posix(): clock_readings(tree(path)) for path in OURS}
    assert {name: found for name, found in readings.items() if found} == {"clock.py": ["datetime.now"]}


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "time.time()",
        "from time import time",
        "func.now()",
        "sqlalchemy.func.current_timestamp()",
        "text('CURRENT_TIMESTAMP')",
    ],
)
def test_a_reading_of_the_clock_would_be_seen(line: str) -> None:
    assert len(clock_readings(ast.parse(line))) == 1


def test_the_clock_is_asked_where_work_begins_and_passed_on_from_there() -> None:
    asking = {path.relative_to(PACKAGE).as_posix() for path in OURS if "clock.now" in set(calls(tree(path)))}
    assert asking == READ_THE_CLOCK


def test_only_the_markdown_room_marks_html_safe() -> None:
    safe = {
        path.relative_to(PACKAGE).as_posix()
        for path in OURS
        if {call.rpartition(".")[2] for call in calls(tree(path))} & {"Markup", "__html__"}
    }
    assert safe
    assert {name for name in safe if not re.fullmatch(r"web/markdown\w*\.py", name)} == set()


def every_file() -> list[Path]:
    """Every file of ours: code, pages, scripts, tests, documents."""
    folders = ("narrative", "templates", "static", "tests", "benchmarks", "docs")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    return [path for path in found if not {"__pycache__", "node_modules"} & set(path.parts)]


def test_there_is_no_junk_drawer() -> None:
    assert JUNK_DRAWERS.isdisjoint({"people", "web"})
    named = {part for path in every_file() for part in (*path.relative_to(ROOT).parts[:-1], path.stem)}
    assert named & JUNK_DRAWERS == set()


@pytest.mark.parametrize("path", CHECKED, ids=name_of)
def test_a_file_and_its_functions_fit_on_their_pages(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    assert len(code.splitlines()) <= LONGEST_FILE
    assert long_functions(code, LONGEST_FUNCTION) == []


def long_functions(code: str, most: int) -> list[str]:
    """Every function with more lines than that."""
    return [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > most
    ]


def test_a_long_function_would_be_seen() -> None:
    assert long_functions("def short():\n" + "    pass\n" * 39, 40) == []
    assert long_functions("def long():\n" + "    pass\n" * 40, 40) == ["long: 41 lines"]


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_tests_can_be_read_too(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    assert len(code.splitlines()) <= LONGEST_TEST_FILE
    assert long_functions(code, LONGEST_JOURNEY) == []


def comments(path: Path) -> str:
    """What is said in a file's comments."""
    if path.suffix == ".py":
        with path.open("rb") as file:
            found = [
                token.string for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT
            ]
        return "\n".join(found)
    return "\n".join(re.findall(r"(?://|/\*|\{#|<!--|^#).*", path.read_text(encoding="utf-8"), re.MULTILINE))


def test_nothing_was_left_for_later() -> None:
    written = {
        path: comments(path) for path in every_file() if path.suffix in {".py", ".html", ".js", ".css"}
    }
    assert sum(map(len, written.values())) > 10_000
    left = [name_of(path) for path, said in written.items() if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", said)]
    assert left == []
