"""What the ledger's key signs: checkpoints, and promises that a question will be shown."""

from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from flask import current_app

from narrative.database import db
from narrative.ledger.models import LedgerKey
from narrative.ledger.rules.notes import (
    Checkpoint,
    MalformedNote,
    checkpoint_name,
    checkpoint_text,
    key_id,
    parse_checkpoint,
    parse_note,
    promise_name,
    promise_text,
    signed_note,
)

EXTENSION = "narrative.ledger.signer"


class NoKey(LookupError):
    """The ledger has no key yet; it is made with the first entry (actions.ensure_key)."""


@dataclass(frozen=True)
class Signer:
    """The ledger's key. `issuer` is the installation's name when the key was made."""

    issuer: str
    private_key: Ed25519PrivateKey

    @property
    def public_key(self) -> bytes:
        """Return the 32 bytes that everybody may know."""
        return self.private_key.public_key().public_bytes_raw()

    def note(self, text: str, *, name: str) -> str:
        """Return the signed note of a text; the same text gives the same note (RFC 8032)."""
        signature = self.private_key.sign(text.encode())
        return signed_note(text, name=name, public_key=self.public_key, signature=signature)


def signer() -> Signer:
    """Return the ledger's key, read once by each process. Raises NoKey. Writes nothing."""
    known: Signer | None = current_app.extensions.get(EXTENSION)
    if known is None:
        row = db.session.get(LedgerKey, 1)
        if row is None:
            raise NoKey
        known = Signer(row.name, Ed25519PrivateKey.from_private_bytes(bytes(row.private_key)))
        # A transaction that makes the key may still be rolled back.
        if not db.session().info.get("writing"):
            current_app.extensions[EXTENSION] = known
    return known


def promise(*, quarter: str, commitment: str, mark: str, close: datetime) -> str:
    """Return the signed promise that a question is shown by `close`, the same for the same question.

    Whoever holds it can show that the ledger should have the question, without saying who asked. Raises
    NoKey.
    """
    key = signer()
    text = promise_text(issuer=key.issuer, quarter=quarter, commitment=commitment, mark=mark, close=close)
    return key.note(text, name=promise_name(key.issuer))


def signed_checkpoint(size: int, root: bytes) -> str:
    """Return the signed note of a tree's size and root. Raises NoKey."""
    key = signer()
    name = checkpoint_name(key.issuer)
    return key.note(checkpoint_text(Checkpoint(name, size, root)), name=name)


def opened(note: str, *, name: str, public_key: bytes) -> str:
    """Return the text of a note that the key of that name signed. Raises MalformedNote unless it did."""
    parsed, wanted = parse_note(note), key_id(name, public_key)
    for signer_name, made in parsed.signatures:
        if signer_name == name and made[: len(wanted)] == wanted:
            try:
                Ed25519PublicKey.from_public_bytes(public_key).verify(
                    made[len(wanted) :], parsed.text.encode()
                )
            except InvalidSignature:
                break
            return parsed.text
    raise MalformedNote(f"not signed by {name}")


def opened_checkpoint(note: str, *, issuer: str, public_key: bytes) -> Checkpoint:
    """Return what a checkpoint of that issuer's ledger says. Raises MalformedNote unless it is signed."""
    name = checkpoint_name(issuer)
    checkpoint = parse_checkpoint(opened(note, name=name, public_key=public_key))
    if checkpoint.origin != name:
        raise MalformedNote("the checkpoint of another ledger")
    return checkpoint
