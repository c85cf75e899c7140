"""Who wrote the words that readers see, found from who wrote the Markdown behind them."""

import re
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from narrative.narratives.comparing import compare_drafts, who_wrote
from narrative.narratives.rules import Draft, together
from narrative.narratives.rules.attributing import attributed, written
from narrative.narratives.rules.authorship import overlaid, runs_of
from narrative.narratives.rules.diffs import Paragraph, compare
from narrative.narratives.rules.word_authors import authors_of_words
from narrative.web.markdown import plain_text, render

ADA, GRACE = 1, 2
pieces = st.lists(
    st.tuples(
        st.sampled_from([ADA, GRACE, None]), st.text(st.sampled_from("ab é\n🙂*"), min_size=1, max_size=9)
    ),
    max_size=12,
)


def authored(*said: tuple[int | None, str]) -> tuple[str, tuple[tuple[int | None, int], ...]]:
    """A text of pieces, and the runs that say who wrote each."""
    return "".join(words for _author, words in said), tuple((by, len(words.encode())) for by, words in said)


def seen(*said: tuple[int | None, str]) -> list[tuple[int | None, str]]:
    """The words of a text as it is rendered, each with its author."""
    text, runs = authored(*said)
    plain = plain_text(render(text))
    return list(zip(authors_of_words(text, runs, plain), plain.split(), strict=True))


def said_of(paragraph: Paragraph) -> list[tuple[str, str]]:
    """A compared paragraph's words by their kinds, wherever its pieces were cut."""
    runs = groupby(paragraph.pieces, key=lambda piece: piece.kind)
    return [(kind, "".join(piece.text for piece in run)) for kind, run in runs]


def test_marks_and_addresses_are_nobodys_words() -> None:
    said = seen((ADA, "We *sailed* "), (GRACE, "to [the port](https://port.example/ada)"), (ADA, ", late."))
    assert said == [
        (ADA, "We"),
        (ADA, "sailed"),
        (GRACE, "to"),
        (GRACE, "the"),
        (GRACE, "port,"),
        (ADA, "late."),
    ]


def test_a_word_is_whoever_wrote_most_of_it() -> None:
    assert seen((ADA, "recieved"), (GRACE, "s "), (ADA, "mail")) == [(ADA, "recieveds"), (ADA, "mail")]
    assert seen((ADA, "W"), (GRACE, "ashed"), (ADA, " beds")) == [(GRACE, "Washed"), (ADA, "beds")]


def test_what_stands_nowhere_in_the_markdown_goes_with_the_words_before_it() -> None:
    said = seen((ADA, "Une – "), (GRACE, "bar&eacute; "), (ADA, "un*believ*able"))
    assert said == [(ADA, "Une"), (ADA, "–"), (ADA, "baré"), (ADA, "unbelievable")]
    assert seen((ADA, "– "), (GRACE, "sailed")) == [(GRACE, "–"), (GRACE, "sailed")]


@given(pieces)
def test_every_word_has_one_author_and_only_those_who_wrote(said: list[tuple[int | None, str]]) -> None:
    text, runs = authored(*said)
    for plain in (text, plain_text(render(text))):
        authors = authors_of_words(text, runs, plain)
        assert len(authors) == len(plain.split())
        assert set(authors) <= {author for author, _words in said} | {None}


@given(pieces, st.text(st.sampled_from("ab é\n🙂"), max_size=30))
def test_what_is_attributed_is_what_was_compared(said: list[tuple[int | None, str]], before: str) -> None:
    text, runs = authored(*said)
    compared = compare(before, text)
    shown = attributed(compared, authors_of_words(text, runs, text))
    for one, other in zip(compared, shown, strict=True):
        assert one.kind == other.kind
        assert said_of(one) == said_of(other)


@given(pieces)
def test_a_text_in_paragraphs_has_all_its_words(said: list[tuple[int | None, str]]) -> None:
    text, runs = authored(*said)
    paragraphs = written(text, authors_of_words(text, runs, text))
    assert " ".join(words for one in paragraphs for _by, words in one.pieces).split() == text.split()
    for one in paragraphs:
        assert one.author in {author for author, _words in one.pieces}


@given(pieces)
def test_what_nobody_is_known_for_is_filled_from_others_of_the_same_text(
    said: list[tuple[int | None, str]],
) -> None:
    _text, runs = authored(*said)
    total = sum(size for _author, size in runs)
    assert overlaid((), runs) == overlaid(runs, runs) == overlaid(runs, ((None, total),) if total else ())
    filled = overlaid(runs, ((GRACE, total),) if total else ())
    assert sum(size for _author, size in filled) == total
    assert {author for author, _size in filled} <= {ADA, GRACE}


def test_long_texts_are_attributed_as_they_were_typed() -> None:
    text = "*word* " * 9_000
    draft = Draft(opening=text)
    authorship = {"opening": [[ADA, len(text)]]}
    (part,) = compare_drafts(Draft(opening="*word*"), draft, owners={}, authorship=authorship)
    assert (part.as_typed, part.writers) == (True, {ADA})
    ((paragraph,),) = who_wrote(draft, authorship).values()
    assert paragraph.author == ADA
    assert re.fullmatch(r"(\*word\*\s*)+|(word\s*)+", paragraph.pieces[0][1])


def test_several_names_are_read_in_one_breath() -> None:
    assert [together(list(names)) for names in ("", "A", "AB", "ABC")] == ["", "A", "A and B", "A, B and C"]
    assert runs_of([[1, 2], [None, None]]) == ((1, 2), (None, 0))
