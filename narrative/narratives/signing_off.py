"""Signing off: the accountable owner's word that one pinned revision may be published."""

from datetime import datetime

from sqlalchemy import delete

from narrative.database import transaction
from narrative.narratives.checking import lacks_of_head
from narrative.narratives.document.settling import settle
from narrative.narratives.gate import refused
from narrative.narratives.locking import NewerRevision, open_narrative
from narrative.narratives.models import Narrative, SignOff
from narrative.narratives.rules import Lack
from narrative.people.models import Person


class StillLacking(Exception):
    """The sign-off was refused for what `lacks` names."""

    def __init__(self, lacks: list[Lack]) -> None:
        super().__init__("; ".join(lack.sentence for lack in lacks))
        self.lacks = lacks


def sign_off(
    narrative: Narrative,
    *,
    revision_number: int,
    by: Person,
    at: datetime,
    accepted: bool = False,
    seen: str | None = None,
) -> None:
    """Give the owner's word that revision `revision_number`, the one they saw, may be published.

    `accepted` and `seen` are what they say of what looks unfinished (`gate.refused`). Signing again is
    harmless. Raises NewerRevision, StillLacking and WritingClosed. Who may is for the caller to ask.
    """
    with transaction() as session:
        narrative = open_narrative(session, narrative.quarter, narrative.bucket, at=at)
        settle(session, narrative)
        if revision_number != narrative.head:
            raise NewerRevision(narrative.head)
        lacks = refused(lacks_of_head(narrative), accepted=accepted, seen=seen)
        if lacks:
            raise StillLacking(lacks)
        signed = session.get(SignOff, narrative.id)
        if signed is not None and signed.revision_number == revision_number:
            return
        signed = signed or SignOff(narrative_id=narrative.id)
        signed.revision_number, signed.signed_by_id, signed.signed_at = revision_number, by.id, at
        session.add(signed)


def withdraw_sign_off(narrative: Narrative, *, at: datetime) -> None:
    """Take the sign-off back, if there is one. Raises WritingClosed once the narrative was published."""
    with transaction() as session:
        narrative = open_narrative(session, narrative.quarter, narrative.bucket, at=at)
        session.execute(delete(SignOff).where(SignOff.narrative_id == narrative.id))
