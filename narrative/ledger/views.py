"""The addresses of the ledger."""

from flask import Blueprint

from narrative.ledger import models  # noqa: F401

blueprint = Blueprint("ledger", __name__, url_prefix="/ledger")
