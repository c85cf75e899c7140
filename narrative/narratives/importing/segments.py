"""A Markdown file cut into headings, paragraphs, lists and code, without losing a line. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
ITEM = re.compile(r"[ \t]*(?:[-+*]|\d{1,9}[.)])[ \t]+\S")
BULLET = re.compile(r" {0,3}[-+*][ \t]+\S")
DEFINITION = re.compile(r" {0,3}\[([^\[\]^][^\[\]]*)\]:[ \t]*\S+")
CONTACT = re.compile(
    r"(?:contacts?|links?|sponsors?|sponsored by|authors?|wiki|url|irc|e-?mail|mailing lists?|website|"
    r"home ?page|repository|maintainers?)[ \t]*::?(?:[ \t]|$)",
    re.IGNORECASE,
)
CONTACT_GOES_ON = re.compile(r"[ \t]|[<(]|https?:|\[")
FRONT_MATTER = {
    "+++": re.compile(r"\s*(?:[\w.-]+\s*=|[\[\]#\"']|$)"),
    "---": re.compile(r"[\w-]+\s*:(?:\s|$)|\s+\S|[-#]\s|$"),
}
BEGINS_FRONT_MATTER = re.compile(r"[\w.-]+\s*[=:]")
FRONT_TITLE = re.compile(r"title\s*[=:]\s*[\"']?(.*?)[\"']?\s*$")
LONGEST_FRONT_MATTER = 100  # lines
LIST_GOES_ON = re.compile(r" {2,}|\t")


@dataclass(frozen=True)
class Segment:
    """Lines that stand together. `kind`: heading, text, contact, list, code or definitions.

    `line` counts from 1. `level` and `title` are a heading's.
    """

    kind: str
    line: int
    lines: tuple[str, ...]
    level: int = 0
    title: str = ""


def without_front_matter(lines: list[str]) -> tuple[list[str], int, str, list[str]]:
    """Give the lines after front matter in TOML or YAML, the number of the first of them, the title found in
    the front matter, and what there is to say about it."""
    allowed = FRONT_MATTER.get(lines[0].rstrip()) if BEGINS_FRONT_MATTER.match("".join(lines[1:2])) else None
    for at, line in enumerate(lines[1:LONGEST_FRONT_MATTER] if allowed else [], start=1):
        if line.rstrip() == lines[0].rstrip():
            titles = (found[1] for each in lines[1:at] if (found := FRONT_TITLE.match(each)))
            return lines[at + 1 :], at + 2, next(titles, ""), [f"lines 1-{at + 1}: front matter -> left out"]
        if allowed and not allowed.match(line):
            break
    return lines, 1, "", []


def segments(lines: list[str], *, first: int) -> Iterator[Segment]:
    """Cut `lines`, of which the first one has the number `first`, into segments; blank lines fall between."""
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        segment = _segment(lines, at, first)
        yield segment
        at += len(segment.lines)


def _segment(lines: list[str], at: int, first: int) -> Segment:
    line = lines[at]
    if heading := HEADING.match(line):
        return Segment("heading", first + at, (line,), len(heading[1]), (heading[2] or "").strip())
    if fence := FENCE.match(line):
        return Segment("code", first + at, tuple(_fenced(lines, at, fence[1])))
    underline = UNDERLINE.match(lines[at + 1]) if at + 1 < len(lines) else None
    if underline and not ITEM.match(line):
        level = 1 if underline[1].startswith("=") else 2
        return Segment("heading", first + at, tuple(lines[at : at + 2]), level, line.strip())
    run = tuple(_run(lines, at))
    if ITEM.match(line):
        return Segment("list", first + at, run)
    return Segment(_kind(run), first + at, run)


def _kind(run: tuple[str, ...]) -> str:
    if all(DEFINITION.match(line) for line in run):
        return "definitions"
    if CONTACT.match(run[0]) and all(CONTACT.match(line) or CONTACT_GOES_ON.match(line) for line in run[1:]):
        return "contact"
    return "list" if LIST_GOES_ON.match(run[0]) else "text"


def _fenced(lines: list[str], at: int, mark: str) -> Iterator[str]:
    yield lines[at]
    for line in lines[at + 1 :]:
        yield line
        closing = line.strip()
        if len(closing) >= len(mark) and set(closing) == {mark[0]}:
            return


def _run(lines: list[str], at: int) -> Iterator[str]:
    """Lines up to the next blank one, heading or fence; and a list is apart from the text right above it."""
    yield lines[at]
    for before, line in zip(lines[at:], lines[at + 1 :], strict=False):
        if not line.strip() or HEADING.match(line) or FENCE.match(line):
            return
        begins_list = BULLET.match(line) or (ITEM.match(line) and before.rstrip().endswith(":"))
        if begins_list and not ITEM.match(lines[at]) and not LIST_GOES_ON.match(lines[at]):
            return
        yield line
