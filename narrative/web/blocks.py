"""Ids for the blocks of a published text, which stay the same through its corrections.

A link to a paragraph has to lead there after a word of it was put right. An id is made from the words that a
block had when it was first published, never from anything a person wrote as an id, and is handed on to the
block that still has those words, or at least half of them. A text that comes back gets its old id back.
"""

import re
from base64 import b32encode
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256

from narrative.web.markdown import plain_text

TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)([^<>]*)>")
ID = re.compile(r' id="([^"]*)"')
BLOCKS = frozenset({"p", "ul", "ol", "dl", "table", "pre", "blockquote", "h3", "h4", "h5", "h6"})
VOID = frozenset({"br", "hr"})
LENGTH = 6  # characters of an id after its section's name

KEPT = 0.5  # of an old block's words are in the new one, in their order
SHARE = 0.2  # of the longer one's words; less is a short text that a long one happens to contain
MOST_COMPARED = 10_000  # pairs of blocks without equals; above that, only equal ones are recognised
LOOKS = 3  # at the order of words, for each old block
MOST_PAIRS = 30_000  # pairs of equal words in two blocks; above that, the order is not looked at


@dataclass(frozen=True)
class Block:
    """A paragraph, list, table or the like: its id, unique in a page, and its plain text."""

    id: str
    text: str


@dataclass(frozen=True)
class Identified:
    """HTML in which each top-level block has an id, and those blocks in their order."""

    html: str
    blocks: list[Block]


@dataclass(frozen=True)
class _Piece:
    """A top-level block as it stands in some HTML: where it and its first tag begin and end."""

    start: int
    inner: int
    end: int
    tag: str
    attributes: str


def identify(html: str, previous: list[Block] | None, *, section: str) -> Identified:
    """Give each top-level block of `html`, as `render` made it, an id that begins with `section`.

    `previous` are the blocks of the publication that this one corrects (see `blocks_of`); None at first
    publication. The same text keeps its id; so does a block that has half of the old words; any other block
    gets a new one. Ids that `html` already has are replaced. Deterministic.
    """
    pieces = list(_pieces(html))
    texts = [plain_text(html[piece.start : piece.end]) for piece in pieces]
    ids = _hand_on(previous or [], texts)
    new = NewIds(section, {block.id for block in previous or []})
    for index, text in enumerate(texts):
        if index not in ids:
            ids[index] = new.id_of(text)
    out, at = [], 0
    for index, piece in enumerate(pieces):
        attributes = ID.sub("", piece.attributes)
        opening = f'<{piece.tag} id="{ids[index]}"{attributes}>'
        out += [html[at : piece.start], opening, html[piece.inner : piece.end]]
        at = piece.end
    blocks = [Block(ids[index], text) for index, text in enumerate(texts)]
    return Identified("".join([*out, html[at:]]), blocks)


def blocks_of(html: str) -> list[Block]:
    """Give the blocks of `html` that have ids, as `identify` left them."""
    found = ((ID.search(piece.attributes), piece) for piece in _pieces(html))
    return [Block(has[1], plain_text(html[piece.start : piece.end])) for has, piece in found if has]


def changed_blocks(before: str, after: str) -> set[str]:
    """Return the ids of the blocks of `after` that are not the same in `before`; both are identified."""
    former = _by_id(before)
    return {name for name, block in _by_id(after).items() if former.get(name) != block}


def without_ids(html: str) -> str:
    """Give identified `html` for a second place in the same page, where its ids may not stand again."""
    out, at = [], 0
    for piece in _pieces(html):
        out += [html[at : piece.start], f"<{piece.tag}{ID.sub('', piece.attributes)}>"]
        at = piece.inner
    return "".join([*out, html[at:]])


def _by_id(html: str) -> dict[str, str]:
    found = ((ID.search(piece.attributes), html[piece.start : piece.end]) for piece in _pieces(html))
    return {has[1]: block for has, block in found if has}


def _pieces(html: str) -> Iterator[_Piece]:
    depth = 0
    opened: re.Match[str] | None = None
    for found in TAG.finditer(html):
        closing, tag, _ = found.groups()
        if tag in VOID:
            continue
        if not closing:
            depth += 1
            opened = found if depth == 1 else opened
            continue
        depth -= 1
        if depth == 0 and opened and opened[2] in BLOCKS:
            yield _Piece(opened.start(), opened.end(), found.end(), opened[2], opened[3])


class NewIds:
    """Makes ids for blocks of one section, none of them `taken`; equal texts take turns."""

    def __init__(self, section: str, taken: set[str]) -> None:
        self.section = section
        self.taken = taken
        self.turns: Counter[str] = Counter()

    def id_of(self, text: str) -> str:
        """Make the id of the next block with this text."""
        while True:
            turn = self.turns[text]
            self.turns[text] += 1
            digest = sha256(f"{self.section}\n{turn}\n{text}".encode()).digest()
            made = f"{self.section}-{b32encode(digest).decode().lower()[:LENGTH]}"
            if made not in self.taken:
                self.taken.add(made)
                return made


def _hand_on(previous: list[Block], texts: list[str]) -> dict[int, str]:
    """Give the ids of `previous` to the texts that are theirs, by the texts' places."""
    same: defaultdict[str, deque[int]] = defaultdict(deque)
    for index, text in enumerate(texts):
        same[text].append(index)
    ids: dict[int, str] = {}
    changed: list[Block] = []
    for block in previous:
        if same[block.text]:
            ids[same[block.text].popleft()] = block.id
        else:
            changed.append(block)
    left = [index for index in range(len(texts)) if index not in ids]
    if len(changed) * len(left) <= MOST_COMPARED:
        ids |= _hand_on_changed(changed, {index: texts[index].split() for index in left})
    return ids


def _hand_on_changed(changed: list[Block], left: dict[int, list[str]]) -> dict[int, str]:
    """The most alike go first; each old block has one heir, each new one at most one ancestor."""
    old = [block.text.split() for block in changed]
    bags, new_bags = [Counter(words) for words in old], {i: Counter(words) for i, words in left.items()}
    alike = [
        (-share, place, index)
        for place, had in enumerate(bags)
        for index, has in new_bags.items()
        if (share := _share(had.total(), has.total(), (had & has).total()))
    ]
    ids: dict[int, str] = {}
    gone: set[int] = set()
    looks = LOOKS * len(changed)
    for _, place, index in sorted(alike):
        if place in gone or index in ids or not looks:
            continue
        looks -= 1
        if _share(len(old[place]), len(left[index]), _kept(old[place], left[index])):
            ids[index] = changed[place].id
            gone.add(place)
    return ids


def _share(had: int, has: int, kept: int) -> float:
    """Give the share of the longer one's words that were kept, or 0 when it is not the same block."""
    return kept / max(had, has) if kept and kept >= KEPT * had and kept >= SHARE * has else 0


def _kept(old: list[str], new: list[str]) -> int:
    """Count the words that both have in the same order; in any order, when that is too much to look at."""
    had, has = Counter(old), Counter(new)
    if sum(count * has[word] for word, count in had.items()) > MOST_PAIRS:
        return (had & has).total()
    matches = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return sum(match.size for match in matches)
