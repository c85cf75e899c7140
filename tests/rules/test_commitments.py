"""What the ledger holds instead of a text, and what is signed: byte for byte."""

import hashlib
from base64 import urlsafe_b64encode

from hypothesis import given
from hypothesis import strategies as st

from narrative.questions.commitments import commitment, follow_up_hash, message
from narrative.questions.rules import normal_text

SALT = bytes(range(16))


def test_a_commitment_is_a_hash_of_salt_quarter_bucket_and_text() -> None:
    said = b"\x00\x15narrative question v1" + b"\x00\x10" + SALT + b"\x00\x072026-q2" + b"\x00\x05sales"
    said += b"\x00\x05Why\xc3\xa9"
    wanted = urlsafe_b64encode(hashlib.sha256(said).digest()).rstrip(b"=").decode()
    assert commitment(SALT, quarter="2026-q2", bucket="sales", text="Whyé") == wanted


def test_another_salt_quarter_bucket_or_text_is_another_commitment() -> None:
    asked = {"quarter": "2026-q2", "bucket": "sales", "text": "Why?"}
    changes = (
        {},
        {"quarter": "2026-q3"},
        {"bucket": None},
        {"text": "Why"},
        {"bucket": "sale", "text": "sWhy?"},
    )
    made = {commitment(SALT, **{**asked, **change}) for change in changes}
    made.add(commitment(bytes(16), **asked))
    assert len(made) == len(changes) + 1


def test_a_message_is_signed_with_its_quarter_mark_and_number() -> None:
    said = b"\x00\x14narrative message v2\x00\x072026-q2\x00\x04mark\x00\x012\x00\x04abcd"
    assert message(quarter="2026-q2", mark="mark", number=2, text_hash="abcd") == said


def test_what_is_signed_of_a_follow_up_is_a_salted_hash() -> None:
    said = b"\x00\x16narrative follow-up v1\x00\x10" + SALT + b"\x00\x04mark\x00\x012\x00\x05And\xc3\xa9"
    wanted = hashlib.sha256(said).hexdigest()
    assert follow_up_hash(SALT, mark="mark", number=2, text="Andé") == wanted
    assert follow_up_hash(bytes(16), mark="mark", number=2, text="Andé") != wanted


@given(st.text(max_size=60))
def test_what_is_kept_is_kept_the_same_when_it_comes_again(text: str) -> None:
    assert normal_text(normal_text(text)) == normal_text(text)
