"""The bodies of anonymous requests: JSON, bounded, with these fields and no others."""

from typing import Any

from flask import abort

from narrative.web.bodies import read_json

# 2,000 characters of twelve bytes each, as JSON may write them, and a pass or a signature.
LARGEST_BODY = 32_000


def read_body(*names: str, refusal: str) -> list[Any]:
    """Return the values of exactly these fields, of whatever kind each is.

    Answers 400 with the sentence `refusal` for anything else, 413 when it is too large.
    """
    sent = read_json(largest=LARGEST_BODY, refusal=refusal)
    try:
        values = [sent.pop(name) for name in names]
    except (KeyError, TypeError, AttributeError):
        abort(400, refusal)
    if sent:
        abort(400, refusal)
    return values
