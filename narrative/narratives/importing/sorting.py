"""Deciding, segment by segment, in which of the four texts a line of somebody else's report belongs. Pure."""

import re

from narrative.narratives.importing.headings import text_headed, text_mentioned
from narrative.narratives.importing.segments import DEFINITION, Segment
from narrative.narratives.rules import LABELS, TEXTS

LONGEST_OPENING = 2_000  # characters before the first heading that still make an opening
LONGEST_LABEL = 100  # characters of a line that says what the list below it is
BOLD = re.compile(r"(?:\*\*|__)([^*_]+?):?(?:\*\*|__):?\s*$")
BOLD_LEVEL = 7  # a line in bold is a heading below all others
NAMED = re.compile(r"\[([^\[\]]+)\]")


class Sorter:
    """Goes through the segments of one file once. `placed` holds what went into each text."""

    def __init__(self, segments: list[Segment], title: str) -> None:
        self.segments, self.title = segments, title
        self.placed: dict[str, list[Segment]] = {name: [] for name in TEXTS}
        self.contacts: list[Segment] = []
        self.decisions: list[str] = []
        self.text = "opening"
        self.level = 0  # of the heading that led into this text; 0 where no such heading did
        self.under = False  # under a heading that means none of the four
        self.label: list[Segment] | None = None  # where the list goes that comes under a line just read

    def sort(self) -> dict[str, str]:
        """Place every segment, and give the four texts."""
        self._take_title()
        short = self._before_headings() <= LONGEST_OPENING
        for index, segment in enumerate(self.segments):
            following = self.segments[index + 1] if index + 1 < len(self.segments) else None
            if heading := _as_heading(segment):
                self._heading(heading, segment)
            elif not self._goes_with_list(segment, following):
                self.label = None
                self._place(segment, opening=short or bool(self.level))
        self.placed["opening"] += self.contacts
        self._copy_definitions()
        return {name: _joined(self.placed[name]) for name in TEXTS}

    def _take_title(self) -> None:
        first = self.segments[0] if self.segments else None
        if first is None or first.kind != "heading" or text_headed(first.title):
            return
        if all(first.level < other.level for other in self.segments[1:] if other.kind == "heading"):
            self.title = first.title
            self.segments = self.segments[1:]
            self._decide(first, f'heading "{first.title}" -> the title')

    def _before_headings(self) -> float:
        """Count the characters before the first heading; without headings, they are beyond counting."""
        count = 0
        for segment in self.segments:
            if _as_heading(segment):
                return count
            count += 0 if segment.kind == "contact" else sum(len(line) for line in segment.lines)
        return float("inf")

    def _place(self, segment: Segment, *, opening: bool) -> None:
        """Place a segment in the text that is on. Unless all of it is the opening, one paragraph is."""
        if self.text != "opening" or opening:
            self.placed[self.text].append(segment)
            return
        self.text = "went_well"
        if segment.kind == "text":
            self.placed["opening"].append(segment)
            self._decide(segment, "first paragraph -> opening, what follows -> what went well")
        else:
            self.placed["went_well"].append(segment)
            self._decide(segment, "no heading from here -> what went well")

    def _heading(self, heading: Segment, segment: Segment) -> None:
        self.label = None
        if self.level and heading.level > self.level:
            self.placed[self.text].append(segment)
            return
        named = f'heading "{heading.title}"'
        text, mentioned = text_headed(heading.title), text_mentioned(heading.title)
        self.under = not text and not mentioned
        self.level = 0 if self.under else heading.level
        self.text = text or (mentioned[0] if mentioned else "went_well")
        if text:
            self._decide(heading, f"{named} -> {_name(text)} (synonym)")
            return
        why = f'says "{mentioned[1]}"' if mentioned else "no synonym"
        self._decide(heading, f"{named} -> {_name(self.text)} ({why}; the heading stays)")
        self.placed[self.text].append(segment)

    def _goes_with_list(self, segment: Segment, following: Segment | None) -> bool:
        """Place a segment that a line above a list, or a contact's, sends elsewhere; say whether it was."""
        if self.label is not None and (segment.kind == "list" or segment.lines[0][:1] in (" ", "\t")):
            self.label.append(segment)
            return True
        if self.level or self.under:
            return False
        before_list = following is not None and following.kind == "list" and len(segment.lines) == 1
        if segment.kind == "contact":
            self.contacts.append(segment)
            self.label = self.contacts if before_list else None
            self._decide(segment, "contacts and links -> opening")
            return True
        line = segment.lines[0].strip()
        mentioned = text_mentioned(line) if before_list and len(line) <= LONGEST_LABEL else None
        if segment.kind != "text" or not mentioned:
            return False
        self.label = self.placed[mentioned[0]]
        self.label.append(segment)
        self._decide(segment, f'"{line}" and the list below it -> {_name(mentioned[0])}')
        return True

    def _copy_definitions(self) -> None:
        """An address that is defined once and used in another text is defined there as well."""
        definitions = {
            found[1].lower(): (line, name, segment)
            for name in TEXTS
            for segment in self.placed[name]
            for line in segment.lines
            if segment.kind != "code" and (found := DEFINITION.match(line))
        }
        for name in TEXTS:
            used = {each.lower() for each in NAMED.findall(_joined(self.placed[name]))}
            for defined in sorted(used & definitions.keys()):
                line, home, segment = definitions[defined]
                if home != name:
                    self.placed[name].append(Segment("definitions", segment.line, (line,)))
                    self._decide(segment, f"[{defined}] -> {_name(name)} as well, where it is used")

    def _decide(self, segment: Segment, decision: str) -> None:
        self.decisions.append(f"line {segment.line}: {decision}")


def _as_heading(segment: Segment) -> Segment | None:
    """Give a segment that works as a heading: one, or a line in bold that means one of the four texts."""
    if segment.kind == "heading":
        return segment
    bold = BOLD.match(segment.lines[0]) if segment.kind == "text" and len(segment.lines) == 1 else None
    if bold and text_headed(bold[1]):
        return Segment("heading", segment.line, segment.lines, BOLD_LEVEL, bold[1])
    return None


def _name(text: str) -> str:
    label = LABELS[text]
    return label[0].lower() + label[1:]


def _joined(placed: list[Segment]) -> str:
    return "\n\n".join("\n".join(_apart(segment)) for segment in placed)


def _apart(segment: Segment) -> tuple[str, ...]:
    """Keep the lines of a contact block lines, where Markdown would run them together."""
    if segment.kind != "contact":
        return segment.lines
    return (*(f"{line.rstrip()}  " for line in segment.lines[:-1]), segment.lines[-1].rstrip())
