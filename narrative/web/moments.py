"""Times as people read them: in the company's zone, with its name."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, has_request_context

from narrative import clock


def request_instant() -> datetime:
    """Return the instant at which the present request began: read once, the same for everything in it."""
    if not has_request_context():
        return clock.now()
    at: datetime | None = g.get("at")
    if at is None:
        at = g.at = clock.now()
    return at


def company_zone() -> ZoneInfo:
    """Return the company's one time zone."""
    zone: ZoneInfo = current_app.config["COMPANY_ZONE"]
    return zone


def company_day(at: datetime) -> date:
    """Return the day on which an instant falls, in the company's zone."""
    return at.astimezone(company_zone()).date()


def today() -> date:
    """Return today's date in the company's zone."""
    return company_day(request_instant())


def format_day(value: date | datetime) -> str:
    """Write a day as 'Tuesday 6 October 2026'; the year always, since pages are read years later."""
    if isinstance(value, datetime):
        value = company_day(value)
    return f"{value:%A} {value.day} {value:%B %Y}"


def format_moment(value: datetime) -> str:
    """Write an instant as 'Tuesday 6 October 2026, 09:00 CEST'."""
    local = value.astimezone(company_zone())
    return f"{format_day(value)}, {local:%H:%M} {zone_name(value)}"


def zone_name(value: datetime) -> str:
    """Return the zone's abbreviation at that instant ('CEST'), or its name where it has none."""
    local = value.astimezone(company_zone())
    short = local.tzname() or ""
    return short if short.isalpha() else str(company_zone()).replace("_", " ")


def format_distance(value: date | datetime) -> str:
    """Write how far a day is from today: 'today', 'tomorrow', 'in 3 days', '2 days ago'."""
    if isinstance(value, datetime):
        value = company_day(value)
    days = (value - today()) // timedelta(days=1)
    named = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if days in named:
        return named[days]
    return f"in {days} days" if days > 0 else f"{-days} days ago"


def register(app: Flask) -> None:
    """Give templates the filters `day`, `moment` and `distance`."""
    app.add_template_filter(format_day, "day")
    app.add_template_filter(format_moment, "moment")
    app.add_template_filter(format_distance, "distance")
