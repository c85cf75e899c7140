"""What a narrative repeats of the one before it: the sentences that stood there already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from narrative.narratives import reading
from narrative.narratives.rules.sentences import all_normal, told_apart
from narrative.people.models import Bucket
from narrative.quarters.models import Quarter
from narrative.web.markdown import plain_text
from narrative.web.marked_sentences import Notes, mark_sentences


@dataclass(frozen=True)
class Repeats:
    """Texts by name in which what stood in the earlier ones is marked; `percent` of their words is."""

    html: dict[str, str] = field(default_factory=dict)
    words: int = 0
    repeated: int = 0

    @property
    def percent(self) -> int:
        """How much is repeated: 0 for nothing, and at least 1 for anything."""
        return max(1, round(100 * self.repeated / self.words)) if self.repeated else 0


def repeats_of(earlier: Quarter | None, bucket: Bucket, html: Mapping[str, str]) -> Repeats | None:
    """Return texts with what stood in the bucket's narrative of `earlier` marked; None without one."""
    publication = reading.newest_publication(earlier, bucket) if earlier else None
    if earlier is None or publication is None:
        return None
    return repeats(html, publication.html, title=earlier.title)


def repeats(html: Mapping[str, str], earlier: Mapping[str, str], *, title: str) -> Repeats:
    """Return rendered texts with what stood in `earlier`, the texts of the quarter `title`, marked.

    A sentence is the same when its words are, in any of the texts. Nothing is taken out.
    """
    known = {sentence for text in earlier.values() for sentence in all_normal(plain_text(text))}
    notes = Notes(whole=f"As in {title}:", part=f"In part as in {title}:")
    cut = partial(told_apart, known=known)
    marked = {name: mark_sentences(str(text), cut, notes) for name, text in html.items()}
    return Repeats(
        {name: one.html for name, one in marked.items()},
        sum(one.words for one in marked.values()),
        sum(one.marked for one in marked.values()),
    )
