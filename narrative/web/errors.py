"""Pages and answers for what went wrong: what happened, what was kept, what to do."""

import logging

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from narrative.web.access import anonymous_route

log = logging.getLogger("narrative")

EXPLANATIONS = {
    400: ("The request could not be understood", "Nothing was changed. Go back and try again."),
    401: ("You are signed out", "Nothing was changed. Sign in again, then send the form once more."),
    403: ("You cannot do this", "Nothing was changed."),
    404: ("Page not found", "Check the address, or start from the front page."),
    405: ("That is not possible here", "Nothing was changed. Go back and use the buttons on the page."),
    409: ("Somebody was faster", "Nothing was changed. Load the page again to see how things stand now."),
    413: ("That is too large", "Nothing was stored. Send less at once."),
    429: ("Too many tries", "Wait a few minutes, then try again."),
    500: ("Something went wrong on the server", "What you saved before is safe. Try again in a minute."),
}
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
SECRET_FIELDS = frozenset({"csrf_token", "password", "current"})
WORTH_KEEPING = 20
SESSION_ENDED = (
    "This form belongs to a session that has ended. Nothing was changed. Sign in again in another tab, "
    "then go back and send the form once more."
)


def wants_json() -> bool:
    """Tell whether a script is asking rather than a person's browser."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


def problem(code: int, message: str | None = None) -> ResponseReturnValue:
    """Answer with status `code` and an explanation, as a page or as JSON."""
    title, advice = EXPLANATIONS.get(code, EXPLANATIONS[500 if code >= 500 else 400])
    if wants_json():
        return jsonify(error=message or f"{title}. {advice}"), code
    page = render_template(
        "errors/show.html", title=title, message=message, advice=advice, code=code, kept=typed_texts()
    )
    return page, code


def typed_texts() -> list[str]:
    """Return the longer texts that the refused form carried, so that the page can give them back."""
    if request.method != "POST" or not request.mimetype.startswith(FORM_TYPES):
        return []
    try:
        sent = request.form.items(multi=True)
    except HTTPException:
        return []
    return [
        value for name, value in sent if name not in SECRET_FIELDS and len(value.strip()) >= WORTH_KEEPING
    ]


def register(app: Flask) -> None:
    """Give `app` its error pages."""

    @app.errorhandler(CSRFError)
    def session_ended(_error: CSRFError) -> ResponseReturnValue:
        return problem(400, SESSION_ENDED)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> ResponseReturnValue:
        said = error.description if error.description != type(error).description else None
        return problem(error.code or 500, said)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> ResponseReturnValue:
        if app.config["TESTING"] and not isinstance(error, HTTPException):
            raise error
        if anonymous_route():
            # Neither path nor trace: a trace holds what was sent.
            log.error("an anonymous route failed: %s", type(error).__name__)
        else:
            log.error("a request failed", exc_info=error)
        return problem(InternalServerError.code)
