"""Whether the plans in an imported report are a short list that can become priorities. Pure."""

from narrative.narratives.importing.segments import ITEM, Segment
from narrative.web.markdown import plain_text, render

MOST_ROWS, LONGEST_ROW = 10, 120


def offered_rows(placed: list[Segment]) -> tuple[tuple[str, ...], list[str]]:
    """Give the titles that rows could have, and what was decided about it.

    Only one flat list of at most MOST_ROWS items of at most LONGEST_ROW characters is offered.
    """
    lists = [segment for segment in placed if segment.kind == "list"]
    if not lists:
        return (), []
    items = [item for segment in lists for item in _items(segment.lines)]
    why = _why_not(placed, items)
    if why:
        return (), [f"line {lists[0].line}: the list of next priorities -> text only ({why})"]
    titles = tuple(plain_text(str(render(item))) for _, item in items)
    count = "1 item" if len(titles) == 1 else f"{len(titles)} items"
    return titles, [f"line {lists[0].line}: {count} -> offered as priorities"]


def _why_not(placed: list[Segment], items: list[tuple[int, str]]) -> str:
    if any(segment.kind == "heading" for segment in placed):
        return "it is one part under several headings"
    if len({indent for indent, _ in items}) != 1:
        return "it is not flat"
    if len(items) > MOST_ROWS:
        return f"it has {len(items)} items, more than {MOST_ROWS}"
    longest = max(len(item) for _, item in items)
    if longest > LONGEST_ROW:
        return f"an item has {longest} characters, more than {LONGEST_ROW}"
    return ""


def _items(lines: tuple[str, ...]) -> list[tuple[int, str]]:
    """Give each item's column and its text, put into one line."""
    items: list[tuple[int, str]] = []
    for line in lines:
        text = line.strip()
        if ITEM.match(line):
            items.append((len(line) - len(line.lstrip()), text.split(maxsplit=1)[1]))
        elif items:
            items[-1] = (items[-1][0], f"{items[-1][1]} {text}")
    return items
