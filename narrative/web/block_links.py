"""A quiet link in every block of a published text, to the block itself."""

import re
from collections.abc import Mapping
from itertools import pairwise

from markupsafe import escape

# Nothing but `blocks.identify` gives an id to an element, and a bare "<" is always the beginning of a tag.
START = re.compile(r'<[a-z][a-z0-9]* id="([^"]*)"')
# Where a block's last words end: before the tags that close it and what is in it.
ENDING = re.compile(
    r"(?:</(?:p|li|ul|ol|dd|dl|td|th|tr|tbody|thead|table|pre|blockquote|h[3-6])>\s*)+(?:<hr>\s*)*\Z"
)


def with_links(html: str, notes: Mapping[str, tuple[str, str]] | None = None) -> str:
    """Give identified `html` (see `blocks.identify`) with a link at the end of each block.

    `notes` are put before it, by the ids of blocks: the words of a small link and the address it leads to.
    """
    starts = list(START.finditer(html))
    ends = [start.start() for start in starts] + [len(html)]
    parts = [html[: ends[0]]]
    for start, (begin, end) in zip(starts, pairwise(ends), strict=True):
        parts.append(_linked(html[begin:end], start[1], (notes or {}).get(start[1])))
    return "".join(parts)


def _linked(block: str, name: str, note: tuple[str, str] | None) -> str:
    ending = ENDING.search(block)
    if ending is None:
        return block
    link = f'<a class="paragraph-link" href="#{name}" aria-label="Link to this paragraph">¶</a>'
    if note:
        words, address = map(escape, note)
        link = f' <a class="block-note" href="{address}">{words}</a>{link}'
    return block[: ending.start()] + link + block[ending.start() :]
