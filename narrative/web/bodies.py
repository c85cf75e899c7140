"""The bodies of requests that scripts send: JSON, bounded before it is read."""

import json
from typing import Any

from flask import abort, request


def read_json(*, largest: int, refusal: str) -> Any:
    """Return what a JSON body of at most `largest` bytes says.

    Answers 400 with the sentence `refusal` for anything that is no JSON, 413 when it is too large.
    """
    request.max_content_length = largest
    if request.mimetype != "application/json":
        abort(400, refusal)
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        abort(400, refusal)
