"""Passes and a Privacy Pass library that nobody here wrote understand each other, in every role."""

from __future__ import annotations

import hashlib
import secrets

import pytest
import time_machine
from flask import Flask

from narrative.database import db
from narrative.passes.blind_rsa import blind, blind_sign, finalize, verify
from narrative.passes.models import PassKey
from narrative.passes.redeem import verify as redeem
from narrative.passes.rsa_keys import PrivateKey
from narrative.passes.token import Token, challenge, challenge_digest, spent_mark, token_input, verify_token
from tests.asking import ASKING, body, open_quarter, send, waiting_texts
from tests.interop.conftest import Library, Refused

ISSUER, QUARTER = "narrative.example", "2026-q3"
KEY = PrivateKey.generate()
JWK = {**KEY.public.jwk, "alg": "PS384"}
CHALLENGE = challenge(issuer=ISSUER, quarter=QUARTER, purpose="ask")
# What stands before the blinded message in a request (RFC 9578, section 6.1): type, key id's last byte.
REQUEST_HEAD = b"\x00\x02" + KEY.public.key_id[-1:]


def our_token() -> Token:
    """A pass that was blinded, signed and finished by our code alone."""
    nonce, digest = secrets.token_bytes(32), challenge_digest(CHALLENGE)
    message = token_input(nonce, challenge_digest=digest, key_id=KEY.public.key_id)
    hidden = blind(KEY.public, message)
    signature = finalize(KEY.public, message, blind_sign(KEY, hidden.message), hidden.inverse)
    return Token(nonce, digest, KEY.public.key_id, signature)


def flipped(data: bytes, place: int) -> bytes:
    """The same bytes with one bit the other way round."""
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def test_both_name_a_key_and_a_challenge_by_the_same_bytes(library: Library) -> None:
    named = library.ask("keyId", jwk=JWK)
    assert (named["spki"], named["keyId"]) == (KEY.public.spki, KEY.public.key_id)
    context = CHALLENGE[5 + len(ISSUER) : 37 + len(ISSUER)]
    assert library.ask("challenge", issuer=ISSUER, context=context)["challenge"] == CHALLENGE


def test_a_pass_made_here_is_verified_there(library: Library) -> None:
    token = our_token()
    assert library.ask("verify", token=token.serialize(), jwk=JWK)["valid"] is True


@pytest.mark.parametrize("place", [2, 34, 66, 98, 353])
def test_a_pass_made_here_and_changed_is_refused_there(library: Library, place: int) -> None:
    token = flipped(our_token().serialize(), place)
    assert library.ask("verify", token=token, jwk=JWK)["valid"] is False


def test_what_is_blinded_there_is_signed_here_and_finished_there(library: Library) -> None:
    message = b"somebody else's message"
    blinded = library.ask("blind", message=message, jwk=JWK)["blinded"]
    signature = library.ask("finalize", signature=blind_sign(KEY, blinded))["signature"]
    verify(KEY.public, message, signature)


def test_a_signature_made_here_and_changed_is_refused_there(library: Library) -> None:
    blinded = library.ask("blind", message=b"message", jwk=JWK)["blinded"]
    with pytest.raises(Refused, match="signature"):
        library.ask("finalize", signature=flipped(blind_sign(KEY, blinded), 200))


def test_a_client_of_theirs_gets_a_pass_here_that_is_good_here(library: Library) -> None:
    request = library.ask("request", challenge=CHALLENGE, spki=KEY.public.spki)["request"]
    assert request[:3] == REQUEST_HEAD
    token = Token.parse(library.ask("token", response=blind_sign(KEY, request[3:]))["token"])
    verify_token(token, key=KEY.public, challenge=CHALLENGE)


def test_an_issuer_of_theirs_signs_what_our_client_blinds(library: Library) -> None:
    nonce, digest = secrets.token_bytes(32), challenge_digest(CHALLENGE)
    message = token_input(nonce, challenge_digest=digest, key_id=KEY.public.key_id)
    hidden = blind(KEY.public, message)
    sent = REQUEST_HEAD + hidden.message
    response = library.ask("issue", request=sent, jwk=JWK, pkcs8=KEY.to_der())["response"]
    token = Token(nonce, digest, KEY.public.key_id, finalize(KEY.public, message, response, hidden.inverse))
    verify_token(token, key=KEY.public, challenge=CHALLENGE)


def test_a_question_is_asked_with_a_pass_that_their_client_made(app: Flask, library: Library) -> None:
    """The quarter's own key, the application's own address: nothing of ours on the holder's side."""
    quarter = open_quarter()
    row = db.session.get_one(PassKey, (quarter.id, "ask", 0))
    ours = challenge(issuer=row.issuer, quarter=quarter.name, purpose="ask")
    request = library.ask("request", challenge=ours, spki=row.public_key)["request"]
    signature = blind_sign(PrivateKey.from_der(row.private_key or b""), request[3:])
    token = library.ask("token", response=signature)["token"]
    mark = spent_mark(token[2:34], quarter=quarter.name, purpose="ask")
    assert redeem(token, quarter_name=quarter.name, purpose="ask") == mark
    assert token[34:66] == hashlib.sha256(ours).digest()
    with time_machine.travel(ASKING, tick=False):
        assert send(app, body(token, "Who wrote this client?"), quarter.name).status_code == 202
    assert waiting_texts() == ["Who wrote this client?"]
