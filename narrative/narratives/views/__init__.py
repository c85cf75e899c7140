"""The pages of this room, a module for each kind. Reading and writing share the blueprint `narratives`."""

from flask import Blueprint

blueprint = Blueprint("narratives", __name__)
