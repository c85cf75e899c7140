"""The pages of this room, a module for each kind."""

from flask import Blueprint

from narrative.narratives.views import (
    corrections,
    documents,
    drafting,  # noqa: F401 -- its views are on the shared blueprint
    drafts,
    late_publications,
    lateness,
    nudges,
    previews,
    prompts,
    publications,
    reading,
    readings,
    restorations,
    revision_names,
    revisions,
    shared,
    sign_offs,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    shared.blueprint,
    documents.blueprint,
    drafts.blueprint,
    previews.blueprint,
    sign_offs.blueprint,
    lateness.blueprint,
    revisions.blueprint,
    revision_names.blueprint,
    restorations.blueprint,
    reading.blueprint,
    publications.blueprint,
    late_publications.blueprint,
    corrections.blueprint,
    nudges.blueprint,
    readings.blueprint,
    prompts.blueprint,
)
