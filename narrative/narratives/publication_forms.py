"""The form by which something is published although it looks unfinished."""

from wtforms import HiddenField, TextAreaField

from narrative.narratives.drafting_forms import AtMost, cleaned
from narrative.narratives.rules.publications import LONGEST_REASON
from narrative.web.forms import Form

SAY_WHY = "Say why it is published anyway"


class AnywayForm(Form):
    """Why something is published anyway; `seen` is what the check had found."""

    seen = HiddenField()
    because = TextAreaField(
        "Publish anyway, because",
        description="Kept with your name. Leaders and organisers can read it; other readers do not see it.",
        filters=[cleaned, str.strip],
        validators=[AtMost(LONGEST_REASON)],
    )
