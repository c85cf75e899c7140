"""How bytes are joined and written: in one way only, so that nothing can be said twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.encoding import fields, from_base64url, to_base64url


def test_a_part_stands_behind_its_length_in_two_bytes() -> None:
    assert fields(b"ask", b"") == b"\x00\x03ask\x00\x00"
    with pytest.raises(OverflowError):
        fields(bytes(65_536))


@given(st.lists(st.binary(max_size=40), max_size=5), st.lists(st.binary(max_size=40), max_size=5))
def test_no_two_lists_of_parts_give_the_same_bytes(one: list[bytes], other: list[bytes]) -> None:
    assert (fields(*one) == fields(*other)) == (one == other)


@given(st.binary(min_size=16, max_size=16), st.text(max_size=40))
def test_there_is_one_way_to_write_bytes(data: bytes, text: str) -> None:
    assert from_base64url(to_base64url(data), length=16) == data
    read = from_base64url(text, length=16)
    assert read is None or to_base64url(read) == text


@pytest.mark.parametrize("text", ["", "A" * 21, "A" * 23, "A" * 22 + "=", "A" * 21 + "B", "A" * 21 + "\n"])
def test_anything_else_is_no_bytes(text: str) -> None:
    assert from_base64url(text, length=16) is None
