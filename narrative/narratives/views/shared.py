"""The blueprint that reading and writing a narrative share, as they share its address."""

from flask import Blueprint

blueprint = Blueprint("narratives", __name__)
