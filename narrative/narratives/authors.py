"""Who wrote a revision: the names behind the ids that it keeps."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from narrative.database import db
from narrative.narratives.rules import together
from narrative.people.models import Person


def names_of(ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of these people by their ids, in one query."""
    wanted = {one for one in ids if one is not None}
    found = select(Person.id, Person.name).where(Person.id.in_(wanted)) if wanted else None
    return {row.id: row.name for row in db.session.execute(found)} if found is not None else {}


def named(authors: Sequence[int], names: Mapping[int, str], *, first: int | None) -> str:
    """Name everybody who wrote a revision, `first` (whoever wrote most) before the others; '' for nobody."""
    others = sorted(names[one] for one in authors if one != first and one in names)
    return together([names[first], *others] if first is not None and first in names else others)
