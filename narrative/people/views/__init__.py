"""Pages about signing in, one's account, people and buckets."""

from flask import Blueprint

from narrative.people.views import (
    account,
    archives,
    buckets,
    deactivations,
    links,
    passwords,
    people,
    positions,
    sign_in,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    sign_in.blueprint,
    links.blueprint,
    account.blueprint,
    account.sessions,
    passwords.blueprint,
    people.blueprint,
    deactivations.blueprint,
    buckets.blueprint,
    positions.blueprint,
    archives.blueprint,
)
