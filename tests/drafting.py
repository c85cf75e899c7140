"""A company in its drafting stage, and what a browser without scripts, or a script, sends from its form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from narrative.database import db
from narrative.narratives import queries, writing
from narrative.narratives.models import Narrative, Publication, Revision
from narrative.narratives.rules import Draft, PriorityRow
from narrative.people.models import Bucket, Contributor, Person
from narrative.quarters.models import Quarter
from tests.factories import MONDAY, make_bucket, make_person, make_quarter, save
from tests.pages import Page, Pages

AT = MONDAY + timedelta(days=1)
SCRIPT = {"Accept": "application/json"}
EDIT = "/narratives/2026-q2/product/edit"
ROOM = "/narratives/2026-q2/product"


@dataclass
class Company:
    """Ada owns the bucket Product, Grace writes in it, and everybody else does something else."""

    quarter: Quarter
    bucket: Bucket
    ada: Person
    grace: Person
    other_leader: Person
    organiser: Person
    employee: Person

    @property
    def narrative(self) -> Narrative | None:
        """The narrative as it stands in the database now."""
        db.session.rollback()
        return queries.narrative_for(self.quarter, self.bucket)

    @property
    def head(self) -> Draft:
        """What the newest revision says."""
        return queries.head_draft(self.narrative)

    @property
    def revisions(self) -> list[Revision]:
        """Every revision, by number."""
        db.session.rollback()
        return list(db.session.query(Revision).order_by(Revision.number))

    def write(self, draft: Draft, *, base: int | None = None, by: Person | None = None) -> writing.Saved:
        """Save as Ada would, on the newest revision unless told otherwise."""
        base = (self.narrative.head if self.narrative else 0) if base is None else base
        return writing.save(self.quarter, self.bucket, draft=draft, base=base, by=by or self.ada, at=AT)

    def publish(self) -> None:
        """Publish the newest revision."""
        narrative = self.narrative
        assert narrative is not None
        facts = {"html": {}, "renderer_version": 1, "words": 1, "published_at": AT}
        save(Publication(narrative_id=narrative.id, number=1, revision_number=narrative.head, **facts))


def make_company() -> Company:
    """A company in its drafting stage, as it stands at AT."""
    ada, grace = make_person("leader", name="Ada Lovelace"), make_person("leader", name="Grace Hopper")
    bucket = make_bucket("Product", owner=ada)
    save(Contributor(bucket_id=bucket.id, person_id=grace.id))
    others = [make_person(role) for role in ("leader", "organiser", "employee")]
    return Company(make_quarter("2026-q2"), bucket, ada, grace, *others)


def typed(page: Page, **changes: str) -> dict[str, str]:
    """What a browser without scripts would send from the form on `page`, after `changes`."""
    form = next(e for e in page.all("form") if e.attributes.get("id") == "draft")
    sent: dict[str, str] = {}
    inside = list(_below(form))
    for element in inside:
        name = element.attributes.get("name", "")
        if element.attributes.get("type") == "radio" and "checked" not in element.attributes:
            continue
        if element.tag == "input" and name:
            sent[name] = element.attributes.get("value", "")
        elif element.tag == "textarea":
            sent[name] = element.text.removeprefix("\r\n").removeprefix("\n")
        elif element.tag == "select":
            options = [e for e in _below(element) if e.tag == "option"]
            chosen = [o for o in options if "selected" in o.attributes] or options[:1]
            sent[name] = chosen[0].attributes["value"]
    unknown = {name for name in changes if name not in sent and name != "row"}
    assert not unknown, unknown
    return {**sent, **changes}


def _below(element: Any) -> Any:
    for child in element.children:
        yield child
        yield from _below(child)


def finished(owner: Person) -> Draft:
    """A draft that lacks nothing."""
    row = PriorityRow(key="0" * 16, title="Ship the boat", measure="It floats", owner_id=owner.id)
    return Draft(
        opening="Calm.", went_well="Sails.", went_badly="Paint.", next_priorities="Go.", priorities=(row,)
    )


def script_save(visitor: Pages, sent: dict[str, str], *, status: int = 200) -> dict[str, Any]:
    """What the server tells a script that saves."""
    data = {**sent, "csrf_token": visitor.csrf_token()}
    response = visitor.client.post(EDIT, data=data, headers=SCRIPT)
    assert response.status_code == status, response.get_data(as_text=True)[:500]
    return dict(response.get_json())
