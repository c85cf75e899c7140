"""What readers see of a draft: its four texts as HTML in which every block has an id of its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from narrative.narratives.rules import TEXTS, Draft
from narrative.web.block_links import with_links
from narrative.web.blocks import blocks_of, identify, without_ids
from narrative.web.markdown import RENDERER_VERSION, plain_text, render, stored

# Where each text stands in an address: the id of its heading, and how its blocks' ids begin.
PLACES = {
    "opening": "opening",
    "went_well": "went-well",
    "went_badly": "went-badly",
    "next_priorities": "next-priorities",
}


@dataclass(frozen=True)
class Rendered:
    """A draft as HTML by the names of its texts, and the plain text of all that readers read.

    `version` is the renderer's: what an older one made is rendered anew.
    """

    html: dict[str, str]
    plain: str
    version: int = RENDERER_VERSION

    @property
    def words(self) -> int:
        """How many words a reader reads."""
        return len(self.plain.split())


def render_draft(draft: Draft, *, before: Mapping[str, str] | None = None) -> Rendered:
    """Render what is to be published. Ids are carried over from `before`, the publication it corrects."""
    html = {}
    for name, text in draft.texts.items():
        previous = blocks_of(before[name]) if before is not None else None
        html[name] = identify(str(render(text)), previous, section=PLACES[name]).html
    texts = (plain_text(html[name]) for name in TEXTS)
    return Rendered(html, "\n".join([*texts, *plain_rows(draft), *plain_outcomes(draft)]))


def linked(html: Mapping[str, str], notes: Mapping[str, tuple[str, str]] | None = None) -> dict[str, Markup]:
    """Return stored texts as they stand in a page: every block with a link to itself.

    `notes` are shown beside blocks, by their ids: words, and the address to which they lead.
    """
    return {name: stored(with_links(text, notes)) for name, text in html.items()}


def unlinked(html: Mapping[str, str]) -> dict[str, Markup]:
    """Return stored texts as they may stand in a page beside others: without ids and links."""
    return {name: stored(without_ids(text)) for name, text in html.items()}


def plain_rows(draft: Draft) -> list[str]:
    """Return each priority as one line of plain text."""
    return [" ".join(f"{row.title}. {row.measure}".split()) for row in draft.priorities]


def plain_outcomes(draft: Draft) -> list[str]:
    """Return what is said of each earlier promise as one line of plain text."""
    return [" ".join(f"{row.state}. {row.sentence}".split()) for row in draft.outcomes if row.state]
