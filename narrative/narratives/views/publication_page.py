"""The page on which an organiser looks at every bucket before publishing."""

from flask import abort, render_template

from narrative.narratives.gate import fingerprint
from narrative.narratives.inspecting import Inspected, anyway_reason, inspect, published_anyway
from narrative.narratives.publication_forms import AnywayForm
from narrative.quarters.models import Quarter
from narrative.quarters.queries import quarter as quarter_called
from narrative.web.access import current_person
from narrative.web.moments import request_instant, today


def quarter_or_404(name: str) -> Quarter:
    """Return the quarter, or answer 404."""
    found = quarter_called(name)
    if found is None:
        abort(404)
    return found


def publication_page(quarter: Quarter, *, form: AnywayForm | None = None, problem: str = "") -> str:
    """Render the page, with what was typed into `form`."""
    at = request_instant()
    found = inspect(quarter, by=current_person(), on=today(), at=at)
    ready = [one for one in found if one.stands.will_be_published]
    missing = [one for one in found if not (one.stands.will_be_published or one.stands.published)]
    form = form or AnywayForm(formdata=None)
    form.seen.data = fingerprint((one.stands.slug, one.lacks) for one in ready)
    return render_template(
        "publications/show.html",
        quarter=quarter,
        inspected=found,
        missing=missing,
        ready=ready,
        changed=[one for one in ready if one.stands.state == "changed since sign-off"],
        unfinished=[one for one in ready if one.lacks],
        waits=waits(ready, missing),
        form=form,
        late_anyway=published_anyway(quarter),
        anyway=anyway_reason(quarter),
        at=at,
        problem=problem,
        errors=bool(problem or form.errors),
    )


def waits(ready: list[Inspected], missing: list[Inspected]) -> bool:
    """Tell whether the quarter would wait for an organiser at its instant, as `publish_if_due` does."""
    return bool(missing) or any(lack.accident for one in ready for lack in one.lacks)
