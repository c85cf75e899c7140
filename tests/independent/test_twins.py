"""The independent client and the server's own code give the same bytes for the same input."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from narrative import encoding
from narrative.independent import entries as own_entries
from narrative.independent import merkle, notes, passes, receipts, rsa, signatures
from narrative.independent import words as own_words
from narrative.independent.bytes import fields, to_base64url
from narrative.independent.refusals import LedgerMismatch, Malformed
from narrative.ledger.rules import entries, words
from narrative.ledger.rules import merkle as tree
from narrative.ledger.rules import notes as signed
from narrative.passes import blind_rsa, token
from narrative.passes.rsa_keys import PrivateKey
from narrative.questions import commitments
from narrative.questions.rules import is_mark, normal_text
from narrative.questions.signatures import signature_of

KEY = PrivateKey.generate()
OWN = passes.Key("vote", 7, rsa.PublicKey.of_modulus(KEY.n.to_bytes(256, "big")))
KEYS = passes.Keys("narrative.example:8000", "2026-q3", 0, (OWN,))
SIGNER = Ed25519PrivateKey.generate()
PUBLIC = SIGNER.public_key().public_bytes_raw()

texts = st.text(st.characters(codec="utf-8"), max_size=200)


def test_a_pass_that_is_made_here_is_good_there():
    assert OWN.public.key_id == KEY.public.key_id
    [hidden] = passes.hide_round(bytes(16), KEYS, 1, count=3)
    made = passes.reveal(hidden, blind_rsa.blind_sign(KEY, hidden.blinded.message))
    challenge = token.challenge(issuer=KEYS.issuer, quarter=KEYS.quarter, purpose="vote", slot=7)
    token.verify_token(token.Token.parse(made), key=KEY.public, challenge=challenge)
    passes.check_token(made, issuer=KEYS.issuer, quarter=KEYS.quarter, key=OWN)


def test_the_same_seed_gives_the_same_request():
    first, again = (passes.hide_round(b"s" * 16, KEYS, 1, count=1) for _ in range(2))
    assert first == again
    assert passes.hide_round(b"t" * 16, KEYS, 1, count=1) != first


@given(salt=st.binary(min_size=16, max_size=16), bucket=st.none() | texts, text=texts)
def test_commitments_are_the_same(salt, bucket, text):
    own = receipts.commitment(salt, quarter="2026-q3", bucket=bucket, text=text)
    assert own == commitments.commitment(salt, quarter="2026-q3", bucket=bucket, text=text)


@given(parts=st.lists(st.binary(max_size=40), max_size=5))
def test_fields_are_the_same(parts):
    assert fields(*parts) == encoding.fields(*parts)


@given(text=texts | st.text(st.sampled_from("a \t\r\n\x0b\x1c\x85\xa0\u2028\ufeff"), max_size=12))
def test_texts_are_trimmed_alike(text):
    assert receipts.normal_text(text) == normal_text(text)


@given(secret=st.binary(min_size=16, max_size=16), text=texts)
@settings(max_examples=30)
def test_the_server_accepts_the_mark_and_the_signature(secret, text):
    receipt = receipts.Receipt(secret)
    assert is_mark(receipt.mark)
    for number in (0, 2):
        sent = receipt.message(quarter="2026-q3", number=number, text=text)
        hashed = ""
        if number:
            salt = encoding.from_base64url(str(sent["salt"]), length=16)
            about = {"mark": receipt.mark, "number": number, "text": text}
            hashed = commitments.follow_up_hash(salt, **about)
            assert signatures.follow_up_hash(salt, **about) == hashed
        said = {"quarter": "2026-q3", "mark": receipt.mark, "number": number, "text_hash": hashed}
        assert signature_of(receipt.mark, str(sent["signature"]), commitments.message(**said))
        assert signatures.is_signed(str(sent["signature"]), **said)
        assert not signatures.is_signed(str(sent["signature"]), **{**said, "number": number + 1})


@given(secret=st.binary(min_size=16, max_size=16))
def test_codes_come_back_however_they_are_typed(secret):
    code = receipts.format_code(secret)
    assert receipts.parse_code(code, what="a receipt") == secret
    assert receipts.parse_code(code.lower().replace("-", " – "), what="a receipt") == secret
    assert receipts.parse_code(code.replace("0", "o").replace("1", "l"), what="a receipt") == secret


@pytest.mark.parametrize("typed", ["", "abc", "0000-0000-0000-0000-0000-0000-001", "Z" * 26 + "0"])
def test_what_is_no_code_is_refused(typed):
    with pytest.raises(Malformed):
        receipts.parse_code(typed, what="a receipt")


@pytest.mark.parametrize("new", range(1, 18))
def test_proofs_of_the_server_are_accepted_and_only_as_they_are(new):
    leaves = [merkle.leaf_hash(bytes([one])) for one in range(new)]
    node = tree._in_memory(leaves)
    root = merkle.root_of(leaves)
    assert root == tree.root_of_leaves(leaves)
    for position, leaf in enumerate(leaves):
        proof = tree.inclusion_proof(position, new, node)
        assert merkle.is_included(leaf, position=position, size=new, proof=proof, root=root)
        assert not merkle.is_included(leaf, position=position, size=new, proof=[*proof, root], root=root)
        assert not merkle.is_included(bytes(32), position=position, size=new, proof=proof, root=root)
    for old in range(1, new + 1):
        proof = tree.consistency_proof(old, new, node)
        own = {"old": old, "new": new, "new_root": root}
        assert merkle.is_consistent(**own, old_root=merkle.root_of(leaves[:old]), proof=proof)
        assert not merkle.is_consistent(**own, old_root=bytes(32), proof=proof)
        assert not merkle.is_consistent(**own, old_root=merkle.root_of(leaves[:old]), proof=[*proof, root])


def sign(text: str, name: str) -> str:
    """A note as the server signs it."""
    return signed.signed_note(text, name=name, public_key=PUBLIC, signature=SIGNER.sign(text.encode()))


def test_notes_of_the_server_are_read():
    name = signed.checkpoint_name("narrative.example")
    note = sign(signed.checkpoint_text(signed.Checkpoint(name, 5, bytes(32))), name)
    assert notes.read_checkpoint(note, key=PUBLIC, issuer="narrative.example").size == 5
    for changed in (note.replace("\n5\n", "\n6\n"), note.partition("\n\n")[0], "", note.replace("—", "-")):
        with pytest.raises(LedgerMismatch):
            notes.read_checkpoint(changed, key=PUBLIC, issuer="narrative.example")
    with pytest.raises(LedgerMismatch):
        notes.read_checkpoint(note, key=PUBLIC, issuer="other.example")


def test_promises_of_the_server_are_read():
    close = datetime(2026, 8, 7, 12, tzinfo=UTC)
    said = {"quarter": "2026-q3", "commitment": "c" * 43, "mark": "m" * 43, "close": close}
    text = signed.promise_text(issuer="narrative.example", **said)
    note = sign(text, signed.promise_name("narrative.example"))
    promise = notes.read_promise(note, key=PUBLIC, issuer="narrative.example")
    assert (promise.quarter, promise.commitment, promise.mark, promise.close) == tuple(said.values())
    with pytest.raises(LedgerMismatch):
        notes.read_promise(sign(text, signed.checkpoint_name("narrative.example")), key=PUBLIC, issuer="n")


def test_every_kind_of_entry_is_known():
    for own, other in ((own_entries.FIELDS, entries.SHAPES), (own_entries.LATER, entries.LATER)):
        assert {kind: set(names) for kind, names in own.items()} == {
            kind: set(shape) for kind, shape in other.items()
        }
    assert list(entries.SIGNED) == own_entries.SIGNED


def test_the_same_keys_have_the_same_words():
    names = ["ask/0/abc", "vote/1/ümlaut"]
    assert own_words.WORDS == words.WORDS
    assert own_words.four_words(names) == words.four_words(names)


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"kind":"regrant","number":-1,"quarter":"2026-q3"}', "[" * 5000]
)
def test_other_entries_are_refused(body):
    with pytest.raises(LedgerMismatch):
        own_entries.read_entry(0, body)


def test_keys_are_named_alike():
    assert OWN.name == f"vote/7/{to_base64url(KEY.public.key_id)}"
