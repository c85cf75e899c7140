"""The form of a correction: which revision is to take the place of what is published, and why."""

from wtforms import TextAreaField
from wtforms.validators import DataRequired

from narrative.narratives.drafting_forms import AtMost, PinnedForm, cleaned
from narrative.narratives.rules.publications import LONGEST_REASON


class CorrectionForm(PinnedForm):
    """The word of somebody who writes here that one revision is to replace what readers see, and why."""

    reason = TextAreaField(
        "Why it is corrected",
        description="Shown to every reader, with your name and the number of words changed.",
        filters=[cleaned, str.strip],
        validators=[DataRequired("Say why it is corrected"), AtMost(LONGEST_REASON)],
    )
