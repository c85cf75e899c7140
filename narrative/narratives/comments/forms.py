"""The forms in which something is said about a draft. All of it is plain text."""

import json
from typing import Any

from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice

from narrative.narratives.comments import rules
from narrative.narratives.comments.marks import Mark, mark_of
from narrative.narratives.comments.saying import Said
from narrative.narratives.document.checks import LONGEST_NOTES
from narrative.narratives.drafting_forms import AtMost, cleaned, on_one_line
from narrative.narratives.rules import LABELS, TEXTS
from narrative.web.forms import Form

LONGEST_MARK = 500


def trimmed(text: str | None) -> str:
    """Return what was typed, without what cannot be stored and without white space around it."""
    return cleaned(text).strip()


class TextForm(Form):
    """What somebody says: a reply, or a comment that is changed."""

    text = TextAreaField("Comment", filters=[trimmed], validators=[AtMost(rules.LONGEST_COMMENT)])

    def validate_text(self, field: Any) -> None:
        """Refuse a comment that says nothing."""
        if not field.data:
            raise ValidationError("Write what you want to say")


class CommentForm(Form):
    """A comment that begins a thread: about which part, which words, and perhaps another wording for them."""

    part = SelectField("About", choices=[SelectChoice(name, LABELS[name]) for name in TEXTS])
    words = TextAreaField(
        "The words you mean",
        description="Copy them from the text. Leave this empty to comment on the whole part.",
        filters=[trimmed],
        validators=[AtMost(rules.LONGEST_QUOTE)],
    )
    starts, ends = HiddenField(), HiddenField()
    text = TextAreaField(
        "Comment",
        description="@ before a name mentions a colleague, as in @Ada Lovelace.",
        filters=[trimmed],
        validators=[AtMost(rules.LONGEST_COMMENT)],
    )
    suggests = BooleanField("Suggest another wording for these words")
    replacement = TextAreaField(
        "Your wording",
        description="Whoever writes here can put it into the text. Leave it empty to suggest removing them.",
        filters=[cleaned],
        validators=[AtMost(rules.LONGEST_REPLACEMENT)],
    )

    def validate_text(self, field: Any) -> None:
        """Refuse a comment that neither says nor suggests anything."""
        if not field.data and not self.suggesting:
            raise ValidationError("Write what you want to say")

    def validate_replacement(self, field: Any) -> None:
        """Refuse a wording that is the one it is to stand for."""
        if self.suggesting and self.words.data and (field.data or "").strip() == self.words.data:
            raise ValidationError("Change the wording, or suggest none")

    @property
    def suggesting(self) -> bool:
        """Whether a wording is suggested: who typed one means it."""
        return bool(self.suggests.data or (self.replacement.data or "").strip())

    @property
    def marks(self) -> tuple[Mark, Mark] | None:
        """Where a browser says that the words stand."""
        start, end = _mark(self.starts.data), _mark(self.ends.data)
        return (start, end) if start and end else None

    @property
    def said(self) -> Said:
        """What was said."""
        return Said(
            part=self.part.data,
            text=self.text.data,
            words=self.words.data,
            marks=self.marks if self.words.data else None,
            replacement=self.replacement.data if self.suggesting else None,
        )


def _mark(text: str | None) -> Mark | None:
    if not text or len(text) > LONGEST_MARK:
        return None
    try:
        return mark_of(json.loads(text))
    except ValueError:
        return None


class DecliningForm(Form):
    """Why a suggestion is not taken, if somebody wants to say."""

    sentence = StringField("Why not", filters=[on_one_line], validators=[AtMost(rules.LONGEST_SENTENCE)])


class NotesForm(Form):
    """The private notes, and what the page showed of them when it was loaded."""

    loaded = HiddenField(filters=[cleaned])
    private_notes = TextAreaField("Private notes", filters=[cleaned], validators=[AtMost(LONGEST_NOTES)])
