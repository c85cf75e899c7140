"""The company's prompts: one page for organisers, a prompt a line."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from narrative.narratives import queries
from narrative.narratives.prompt_forms import PromptsForm
from narrative.narratives.prompting import set_prompts
from narrative.narratives.rules import PROMPTS
from narrative.web.access import access
from narrative.web.forms import refused

blueprint = Blueprint("prompts", __name__)


@blueprint.get("/prompts/edit")
@access("organiser")
def edit() -> str:
    """The prompts of every text as they are now."""
    lines = {name: "\n".join(prompts) for name, prompts in queries.prompts().items()}
    form = PromptsForm(formdata=None, data=lines)
    return render_template("prompts/edit.html", form=form, ours=PROMPTS, own=queries.own_prompts())


@blueprint.post("/prompts/edit")
@access("organiser")
def update() -> ResponseReturnValue:
    """Set them; what is left empty, or as ours are, is ours."""
    form = PromptsForm()
    if not form.validate():
        return refused("prompts/edit.html", form=form, ours=PROMPTS, own=queries.own_prompts())
    set_prompts(form.typed())
    flash("The prompts are saved. Whoever writes sees them beside the text.")
    return redirect(url_for("prompts.edit"), 303)
