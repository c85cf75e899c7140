"""What can go wrong. Each message is a sentence for the person in front of the terminal."""


class Refusal(Exception):
    """What every refusal of this room is."""

    sentence = "This could not be done."

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.sentence)


class KeyMismatch(Refusal):
    """The server does not show the same keys to everybody."""

    sentence = (
        "The keys of this quarter’s passes are not the same for everybody, which could give you away. "
        "Nothing was sent. Do not ask here before your organiser has explained it."
    )


class InvalidSignature(Refusal):
    """A signature of the server does not belong to what it signs."""

    sentence = (
        "The server’s signature on your passes is not valid. They were thrown away and will not be asked for "
        "again this quarter. Tell your organiser."
    )


class AlreadyIssued(Refusal):
    """The person was given passes for another request."""

    sentence = (
        "Your passes for this quarter are in another browser or file. Use them there, or bring them here "
        "with their recovery code: `narrative ask passes --recovery-code`."
    )


class NoPassLeft(Refusal):
    """Nothing to spend."""

    sentence = "There is no pass left here for this quarter."


class NotSent(Refusal):
    """No answer came: nobody knows whether the request arrived."""

    sentence = (
        "No answer came, so it may or may not have arrived. Send it again: the same is never counted twice."
    )


class Refused(Refusal):
    """The server said no; message and `reason`, if there is one, are the server’s."""

    sentence = "It was refused and not stored. Your pass is still good."

    def __init__(self, message: str | None = None, *, reason: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason


class Malformed(Refusal):
    """Something that was typed or read is not what it should be."""


class LedgerMismatch(Refusal):
    """The ledger shows something else than before, or than it says of itself."""
