"""What the story tells of the company and its quarters.

Days are whole days, counted from the day on which questions open (day 0).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from narrative.story.asked import Question

Role = Literal["employee", "leader", "organiser"]
Result = Literal["done", "partly", "not done", "dropped"]
Section = Literal["opening", "went_well", "did_not", "next_priorities"]
# What the product calls the sections.
SECTIONS = {
    "opening": "opening",
    "went_well": "went_well",
    "did_not": "went_badly",
    "next_priorities": "next_priorities",
}
Progress = Literal["signed-off", "half-written", "begun", "not-started"]


class StoryError(ValueError):
    """The story contradicts itself; the message names the place and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """The six instants of every quarter, and the day on which the demo shows two of its stages."""

    drafting_opens: int
    drafts_due: int
    published: int
    questions_open: int
    questions_close: int
    answers_due: int
    today_while_asking: int
    today_while_answering: int


@dataclass(frozen=True, slots=True)
class Person:
    key: str
    name: str
    email: str
    role: Role
    title: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket; it has narratives from the quarter `first_quarter` on."""

    slug: str
    name: str
    purpose: str
    owner: str
    contributors: tuple[str, ...]
    first_quarter: int


@dataclass(frozen=True, slots=True)
class Priority:
    """Something intended for the next quarter; `carries` is the key of the earlier one that it repeats."""

    key: str
    title: str
    how_we_will_know: str
    owner: str
    carries: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the priority or promise with the key `of`, said in a later narrative."""

    of: str
    result: Result
    sentence: str


@dataclass(frozen=True, slots=True)
class Texts:
    """The four texts of a narrative, as Markdown."""

    opening: str
    went_well: str
    did_not: str
    next_priorities: str


@dataclass(frozen=True, slots=True)
class Late:
    """Why a narrative was not there at publication, and when it was promised and came."""

    expected_day: int
    arrived_day: int
    reason: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A change after publication: in `section`, `was` became `now`; and perhaps an outcome another."""

    day: int
    by: str
    reason: str
    section: Section
    was: str
    now: str
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Narrative:
    """One bucket's narrative; `texts` are as first published, before any correction."""

    bucket: str
    texts: Texts
    priorities: tuple[Priority, ...]
    outcomes: tuple[Outcome, ...]
    late: Late | None
    corrections: tuple[Correction, ...]

    def texts_on(self, day: int) -> Texts:
        """The texts as they read on `day`, with the corrections made until then."""
        texts = self.texts
        for correction in self.corrections:
            if correction.day <= day:
                section = getattr(texts, correction.section)
                texts = replace(
                    texts, **{correction.section: section.replace(correction.was, correction.now)}
                )
        return texts


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody said to a comment."""

    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said of `words` in a draft; `suggestion` is the wording they would rather have."""

    by: str
    section: Section
    words: str
    text: str
    suggestion: str | None
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """How far a narrative of the current quarter has got while leaders still write."""

    bucket: str
    progress: Progress
    texts: Texts
    outcomes: tuple[Outcome, ...] = ()
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter, by its distance from the current one: -1 is the last one, 0 the current one."""

    offset: int
    narratives: tuple[Narrative, ...]
    drafts: tuple[Draft, ...]
    questions: tuple[Question, ...]

    def narrative(self, bucket: str) -> Narrative:
        """The narrative of a bucket; KeyError if the bucket has none in this quarter."""
        for narrative in self.narratives:
            if narrative.bucket == bucket:
                return narrative
        raise KeyError(bucket)


@dataclass(frozen=True, slots=True)
class Company:
    """The whole story; `sign_in` names the people for whom the demo prints sign-in links."""

    name: str
    domain: str
    time_zone: str
    about: str
    sign_in: tuple[str, ...]
    timetable: Timetable
    people: tuple[Person, ...]
    buckets: tuple[Bucket, ...]
    quarters: tuple[Quarter, ...]

    def buckets_in(self, offset: int) -> tuple[Bucket, ...]:
        """The buckets that have a narrative in the quarter `offset`, in their order."""
        return tuple(bucket for bucket in self.buckets if bucket.first_quarter <= offset)

    def quarter(self, offset: int) -> Quarter:
        """The quarter at a distance; KeyError if the story does not reach there."""
        for quarter in self.quarters:
            if quarter.offset == offset:
                return quarter
        raise KeyError(offset)
