"""Why an action on people or buckets was refused. Each is a sentence for the person in front of the page."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from narrative.people.rules import ROLES


class Refusal(Exception):
    """An action was refused and changed nothing. `field` names the form's field that must change, if any;
    `status` is the HTTP status of the page that says so."""

    field: ClassVar[str] = ""
    status: ClassVar[int] = 422


class Stale(Refusal):
    """Somebody else saved since the form was opened. `version` is that of what is stored now."""

    status = 409

    def __init__(self, stored: str, *, version: str) -> None:
        super().__init__(
            f"Somebody saved other values while you were editing. Stored now: {stored}. "
            "What you typed is below; save again to put it in their place."
        )
        self.version = version


class EmailTaken(Refusal):
    """The e-mail address belongs to somebody else, who may be deactivated."""

    field = "email"

    def __init__(self, name: str, *, deactivated: bool) -> None:
        ending = ", who is deactivated and can be reactivated" if deactivated else ""
        super().__init__(f"This e-mail address belongs to {name} already{ending}")


class LastOrganiser(Refusal):
    """Nobody would be left who can run the calendar."""

    field = "role"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is the only active organiser. Make somebody else an organiser first.")


class OwnsBuckets(Refusal):
    """The person is the accountable owner of buckets that are in use."""

    field = "role"

    def __init__(self, name: str, buckets: Sequence[str]) -> None:
        super().__init__(f"{name} owns {_listed(buckets)}. Choose another owner there first.")


class Deactivated(Refusal):
    """A deactivated person cannot be given a way in."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is deactivated. Reactivate them first.")


class CannotOwn(Refusal):
    """The chosen owner is not an active leader or organiser."""

    field = "owner_id"

    def __init__(self) -> None:
        super().__init__(f"Choose an owner who is an active {ROLES[1]} or {ROLES[2]}")


class CannotContribute(Refusal):
    """A chosen contributor is not an active leader or organiser."""

    field = "contributor_ids"

    def __init__(self) -> None:
        super().__init__(f"Choose only contributors who are active {ROLES[1]}s or {ROLES[2]}s")


class NameTaken(Refusal):
    """Another bucket in use has that name."""

    field = "name"

    def __init__(self) -> None:
        super().__init__("Another bucket has this name. Choose another name.")


class WrongPassword(Refusal):
    """E-mail address and password do not belong together; nothing says which of them is wrong."""

    def __init__(self) -> None:
        super().__init__(
            "This e-mail address and password do not belong together. Check both, "
            "or ask your organiser for a one-time link."
        )


class WrongCurrentPassword(Refusal):
    """Whoever is signed in does not know their password."""

    field = "current"

    def __init__(self) -> None:
        super().__init__("This is not your current password")


class TooManyTries(Refusal):
    """Somebody tried too often; `wait` is how long until the next try counts."""

    status = 429

    def __init__(self, wait: timedelta) -> None:
        minutes = max(1, -(-wait // timedelta(minutes=1)))
        super().__init__(
            f"There were too many tries to sign in. Wait {minutes} minute{'s' if minutes > 1 else ''}, "
            "then try again. A one-time link from your organiser works at once."
        )
        self.wait = wait


class TooBusy(Refusal):
    """More passwords are being checked than this server does at once."""

    status = 503

    def __init__(self) -> None:
        super().__init__("Many people are signing in just now. Nothing is lost; try again in a minute.")


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
