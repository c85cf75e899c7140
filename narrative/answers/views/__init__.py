"""Pages of the queue, a noun a file."""

from flask import Blueprint

from narrative.answers.views import (
    answers,
    ask_backs,
    claims,
    declines,
    drafts,
    hand_offs,
    reopenings,
    withholdings,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    answers.blueprint,
    claims.blueprint,
    hand_offs.blueprint,
    drafts.blueprint,
    declines.blueprint,
    reopenings.blueprint,
    ask_backs.blueprint,
    withholdings.blueprint,
)
