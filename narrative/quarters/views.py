"""Pages of the calendar: all quarters, scheduling one, moving its dates."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from narrative.config import settings_of
from narrative.quarters import actions, queries
from narrative.quarters.forms import MoveForm, NewQuarterForm, local_values, shown
from narrative.quarters.models import Quarter
from narrative.quarters.rules import (
    QuarterName,
    fiscal_quarter,
    parse_name,
    proposed_timetable,
    was_announced,
)
from narrative.web.access import access, current_person
from narrative.web.forms import refused
from narrative.web.moments import company_zone, request_instant, today

blueprint = Blueprint("quarters", __name__, url_prefix="/quarters")


def quarter_or_404(name: str) -> Quarter:
    """Return the quarter of that name, or answer 404."""
    found = queries.quarter(name)
    if found is None:
        abort(404)
    return found


@blueprint.get("")
@access("employee")
def index() -> str:
    """Every quarter, the newest first."""
    return render_template("quarters/index.html", quarters=queries.quarters(), at=request_instant())


@blueprint.get("/new")
@access("organiser")
def new() -> str:
    """The form for the next quarter, with a proposed timetable."""
    name = _proposed_name()
    proposed = proposed_timetable(
        name, fiscal_year_starts=settings_of().fiscal_year_starts, zone=company_zone()
    )
    form = NewQuarterForm(data={"name": str(name), **local_values(proposed)})
    return render_template("quarters/new.html", form=form)


@blueprint.post("")
@access("organiser")
def create() -> ResponseReturnValue:
    """Schedule a quarter."""
    form = NewQuarterForm()
    if not form.validate():
        return refused("quarters/new.html", form=form)
    try:
        quarter = actions.schedule(parse_name((form.name.data or "").strip().lower()), **_entered(form))
    except ValueError:
        form.add_error("name", "Write the quarter as year and number, such as 2026-q4")
    except actions.AlreadyScheduled:
        form.add_error("name", "This quarter is scheduled already; move its dates instead")
    else:
        flash(f"{quarter.title} is scheduled.")
        return redirect(url_for("reading.show", quarter=quarter.name))
    return refused("quarters/new.html", form=form)


@blueprint.get("/<quarter>/edit")
@access("organiser")
def edit(quarter: str) -> str:
    """The form to move a quarter's dates."""
    found = quarter_or_404(quarter)
    return render_template("quarters/edit.html", form=MoveForm(data=shown(found)), **_edited(found))


@blueprint.post("/<quarter>/edit")
@access("organiser")
def update(quarter: str) -> ResponseReturnValue:
    """Move a quarter's dates."""
    found, form = quarter_or_404(quarter), MoveForm()
    form.published = found.published_at is not None
    if not form.validate():
        return refused("quarters/edit.html", form=form, **_edited(found))
    timetable, tick_minutes, note = form.timetable(), form.tick_minutes.data, form.note.data or ""
    try:
        moved = actions.move(
            found,
            timetable=timetable,
            tick_minutes=tick_minutes,
            note=note,
            by=current_person(),
            at=request_instant(),
        )
    except actions.CannotMove as problem:
        for name, message in problem.errors.items():
            form.add_error(name, message)
        return refused("quarters/edit.html", form=form, **_edited(found))
    flash("The dates are moved." if moved else "Saved. No date was changed.")
    return redirect(url_for("reading.show", quarter=found.name))


def _edited(quarter: Quarter) -> dict[str, Any]:
    return {"quarter": quarter, "announced": was_announced(quarter.timetable, at=request_instant())}


def _entered(form: NewQuarterForm) -> dict[str, Any]:
    each = settings_of().passes_each
    return {"timetable": form.timetable(), "tick_minutes": form.tick_minutes.data, "passes_each": each}


def _proposed_name() -> QuarterName:
    asked = request.args.get("name")
    if asked:
        try:
            return parse_name(asked)
        except ValueError:
            abort(404)
    scheduled = queries.quarters()
    if scheduled:
        return scheduled[0].parsed_name.shifted(1)
    return fiscal_quarter(today(), fiscal_year_starts=settings_of().fiscal_year_starts)
