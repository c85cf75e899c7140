"""The page of one revision: what it changed, what it says, and who wrote what in it."""

from typing import Any

from flask import render_template

from narrative.narratives import queries
from narrative.narratives.authors import named, names_of
from narrative.narratives.comparing import compare_drafts, who_wrote
from narrative.narratives.models import Revision
from narrative.narratives.outcomes import drafted_outcomes
from narrative.narratives.promises import promised_titles, promises
from narrative.narratives.rules import LABELS, Draft
from narrative.narratives.views.revision_names import name_form
from narrative.narratives.views.room import Room, narrative_or_404
from narrative.web.markdown import render


def revision_page(room: Room, revision: Revision, *, against: int | None) -> str:
    """Render the page; compared with revision `against`, or with the session before it where that is None."""
    narrative = narrative_or_404(room)
    if against is None:
        other = queries.revision_before(narrative, revision)
    else:
        other = queries.revision_at_or_before(narrative, against)
    draft, before = queries.draft_of(revision), queries.draft_of(other)
    owners = queries.owner_names(draft) | queries.owner_names(before)
    return render_template(
        "narratives/revision.html",
        room=room,
        revision=revision,
        other=other,
        draft=draft,
        outcomes=drafted_outcomes(promises(room.quarter, room.bucket), draft),
        owners=owners,
        labels=LABELS,
        html={name: render(text) for name, text in draft.texts.items() if text.strip()},
        form=name_form(revision),
        **_writers(revision, before, draft, owners),
    )


def _writers(revision: Revision, before: Draft, draft: Draft, owners: dict[int, str]) -> dict[str, Any]:
    """Return what differs and what stands, each with who wrote it, and how much there is to say of that.

    `several_changed`: more than one person added words. `alone` names whoever wrote every word that stands.
    """
    promised = promised_titles(before, draft)
    parts = compare_drafts(before, draft, owners=owners, promised=promised, authorship=revision.authorship)
    written = who_wrote(draft, revision.authorship)
    changed_by = {author for part in parts for author in part.writers}
    standing_by = {
        author for text in written.values() for paragraph in text for author, _words in paragraph.pieces
    }
    alone = next(iter(standing_by)) if len(standing_by) == 1 else None
    names = names_of({*revision.authors, *changed_by, *standing_by})
    return {
        "parts": parts,
        "written": written,
        "names": names,
        "by": named(revision.authors, names, first=revision.author_id),
        "several_changed": len(changed_by - {None}) > 1,
        "known": bool(standing_by - {None}),
        "alone": names.get(alone) if alone else None,
    }
