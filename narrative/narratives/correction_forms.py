"""The form of a correction: the published texts, what they were changed into, and why."""

from wtforms import BooleanField, TextAreaField
from wtforms.validators import DataRequired

from narrative.narratives.drafting_forms import AtMost, DraftForm, cleaned
from narrative.narratives.rules.publications import LONGEST_REASON


class CorrectionForm(DraftForm):
    """A draft that is to replace what readers see, with its reason."""

    reason = TextAreaField(
        "Why it is corrected",
        description="Shown to every reader, with your name and the number of words changed.",
        filters=[cleaned, str.strip],
        validators=[DataRequired("Say why it is corrected"), AtMost(LONGEST_REASON)],
    )
    accepted = BooleanField("I have looked at these. They are meant as they are.")
