"""Writing people, buckets, and the ways in. Each action is one transaction."""

from narrative.people.actions.account import end_sessions, rename, set_password
from narrative.people.actions.buckets import (
    archive,
    bucket_version,
    change_bucket,
    make_bucket,
    move_bucket,
    restore,
)
from narrative.people.actions.imports import import_people
from narrative.people.actions.people import (
    change_person,
    deactivate,
    invite,
    make_link,
    person_version,
    reactivate,
)
from narrative.people.actions.sign_in import confirm_password, count_try, redeem_link, sign_in, sweep

__all__ = [
    "archive",
    "bucket_version",
    "change_bucket",
    "change_person",
    "confirm_password",
    "count_try",
    "deactivate",
    "end_sessions",
    "import_people",
    "invite",
    "make_bucket",
    "make_link",
    "move_bucket",
    "person_version",
    "reactivate",
    "redeem_link",
    "rename",
    "restore",
    "set_password",
    "sign_in",
    "sweep",
]
