"""How long the renderer takes for texts made against it: `python -m benchmarks.markdown [SEED] [SECONDS]`.

Prints the slowest of the listed texts and of a search that starts from SEED: it puts fragments together,
keeps what is slow, and changes that. Milliseconds of processor time, the best of several goes, and what the
text cost of what it may cost; `as typed` says that it was shown without formatting.
"""

import random
import sys
import time

from narrative.web.markdown import as_typed, readable, render
from tests.hostile_markdown import HOSTILE, SIZE

PIECES = [
    *("[", "![", "]", "](", "[a](", ")", "<", ">", "<!--", "-->", "<![CDATA[", "<script>"),
    *("</script>", "<sub>", "<b>", '<img src="', "<br>", "`", "``", "```", "~~~", "~~", "*", "**"),
    *("***", "_", "__", "**a", "*b", "a_", "\\", "\\*", "\\\n", "&", "&amp;", "&#60;", "1. "),
    *("1) ", "- ", "+ ", "* ", "> ", "#", "# ", "---", "===", "|", "| a ", "|-", "|---|", ":"),
    *("  \n", "\n", "\n\n", " ", "    ", "\t", "a", "word ", "https://a", "a@b.c", "<a@b>"),
    *("[a]: b\n", "[a][a]", "[^1]", '"', "'", "\x00", "\u2028", "é", "🎉", "- a\n", "  - b\n"),
    *("> - a\n", "- - ", "> 1. ", "a\n---\n", "```\nx\n```\n", "| a | b |\n|---|---|\n", "|\n"),
    *("a\n", ": ", "\xa0", "*\n"),
]
KEPT = 30

Recipe = tuple[str, ...]


def text_of(recipe: Recipe) -> str:
    """Return the fragments of a recipe, over and over."""
    piece = "".join(recipe)
    return (piece * (SIZE // len(piece) + 1))[:SIZE]


def milliseconds(text: str, goes: int) -> float:
    """Return the least processor time that rendering `text` took."""
    taken = []
    for _ in range(goes):
        begun = time.process_time()
        render(text)
        taken.append(time.process_time() - begun)
    return min(taken) * 1_000


def changed(recipe: Recipe, chance: random.Random) -> Recipe:
    """Return a recipe with one fragment put in, taken out, repeated or exchanged."""
    pieces, at = list(recipe), chance.randrange(len(recipe))
    kind = chance.randrange(4)
    if kind == 0:
        pieces.insert(at, chance.choice(PIECES))
    elif kind == 1 and len(pieces) > 1:
        del pieces[at]
    elif kind == 2 and len(pieces[at]) < 2_000:
        pieces[at] *= chance.choice([2, 3, 10])
    else:
        pieces[at] = chance.choice(PIECES)
    return tuple(pieces)


def search(seed: int, seconds: float) -> list[tuple[float, Recipe]]:
    """Return the slowest recipes found in that time, slowest first."""
    chance, end = random.Random(seed), time.monotonic() + seconds
    slowest: list[tuple[float, Recipe]] = []
    tried = 0
    while time.monotonic() < end:
        recipe = tuple(
            chance.choice(PIECES) * chance.choice([1, 1, 2, 20]) for _ in range(chance.randint(1, 5))
        )
        if slowest and chance.random() < 0.6:
            recipe = changed(chance.choice(slowest)[1], chance)
        slowest.append((milliseconds(text_of(recipe), 2), recipe))
        slowest = sorted(set(slowest), reverse=True)[:KEPT]
        tried += 1
    print(f"searched {tried:,} texts from seed {seed}")
    return sorted(((milliseconds(text_of(recipe), 5), recipe) for _, recipe in slowest), reverse=True)


def show(taken: float, text: str, name: str) -> None:
    """Print one line."""
    typed = "as typed" if render(text) == as_typed(readable(text)) else ""
    print(f"{taken:7.1f} ms  {typed:8}  {name[:90]}")


def main() -> None:
    """Measure, search, print."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 30
    listed = sorted(((milliseconds(text, 3), name, text) for name, text in HOSTILE.items()), reverse=True)
    print(f"slowest of {len(listed)} listed texts of {SIZE:,} characters")
    for taken, name, text in listed[:10]:
        show(taken, text, name)
    for taken, recipe in search(seed, seconds)[:10]:
        show(taken, text_of(recipe), repr(recipe))


if __name__ == "__main__":
    main()
