"""Pages of the queue, a noun a file."""

from flask import Blueprint

from narrative.answers.views import answers, claims, declines, drafts, hand_offs, reopenings

BLUEPRINTS: tuple[Blueprint, ...] = (
    answers.blueprint,
    claims.blueprint,
    hand_offs.blueprint,
    drafts.blueprint,
    declines.blueprint,
    reopenings.blueprint,
)
