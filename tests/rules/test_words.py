"""Four words for a quarter's keys."""

from __future__ import annotations

import hashlib

from narrative.ledger.rules.words import WORDS, fingerprint, four_words

NAMES = ["ask/0/abc", "vote/1/def"]


def test_there_is_one_plain_word_for_each_byte() -> None:
    assert len(WORDS) == len(set(WORDS)) == 256
    assert all(word.isascii() and word.isalpha() and word.islower() and 3 <= len(word) <= 8 for word in WORDS)


def test_no_two_words_begin_alike_enough_to_be_heard_as_one() -> None:
    within = [(one, other) for one in WORDS for other in WORDS if one != other and other.startswith(one)]
    assert within == []


def test_the_words_of_some_keys() -> None:
    assert fingerprint(NAMES) == hashlib.sha256(b"ask/0/abc\nvote/1/def").digest()
    assert four_words(NAMES) == "ferry cobalt linen dinner"
    assert four_words(NAMES) != four_words(NAMES[:1])
