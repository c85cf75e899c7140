"""The pages of this room, a module for each kind."""

from flask import Blueprint

from narrative.narratives.views import (
    acceptances,
    comment_resolutions,
    comments,
    corrections,
    documents,
    drafting,  # noqa: F401 -- its views are on the shared blueprint
    drafts,
    late_publications,
    lateness,
    nudges,
    previews,
    private_notes,
    prompts,
    publications,
    reading,
    readings,
    replies,
    restorations,
    revision_names,
    revisions,
    shared,
    sign_offs,
    suggestion_declines,
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
    comments.blueprint,
    replies.blueprint,
    comment_resolutions.blueprint,
    acceptances.blueprint,
    suggestion_declines.blueprint,
    private_notes.blueprint,
)
