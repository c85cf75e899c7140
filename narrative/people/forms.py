"""The forms by which people sign in, and organisers look after people and buckets."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from wtforms import (
    Field,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from narrative.people.models import Person
from narrative.people.queries import LARGEST_ID
from narrative.people.refusals import Refusal, Stale
from narrative.people.rules import ROLES, email_error, name_error, password_error
from narrative.web.forms import Form

ROLE_CHOICES = [
    SelectChoice("employee", "Employee: reads and asks"),
    SelectChoice("leader", "Leader: also writes narratives and answers questions"),
    SelectChoice("organiser", "Organiser: also runs the calendar, the buckets and the people"),
]


def keeps(error_of: Callable[[str], str | None]) -> Callable[[Any, Field], None]:
    """Return a validator that refuses a text of which a rule says what is wrong."""

    def validate(_form: Any, field: Field) -> None:
        error = error_of(field.data or "")
        if error:
            raise ValidationError(error)

    return validate


class RefusableForm(Form):
    """A form that can show why an action refused it."""

    def take(self, refusal: Refusal) -> None:
        """Show a refusal, beside its field if it has one. A stale form is up to date from now on."""
        if refusal.field:
            self.add_error(refusal.field, str(refusal))
        else:
            self.form_errors = [*self.form_errors, str(refusal)]
        if isinstance(refusal, Stale):
            self["version"].data = refusal.version


class SignInForm(RefusableForm):
    """E-mail address and password."""

    email = StringField("E-mail address", validators=[keeps(email_error)])
    password = PasswordField("Password", validators=[InputRequired("Enter your password")])


class NameForm(Form):
    """The name under which one is known."""

    name = StringField(
        "Your name",
        description="Stands beside what you write and sign. Questions never carry it.",
        validators=[keeps(name_error)],
    )


class NewPasswordForm(RefusableForm):
    """A password for somebody who has none, or who came by a one-time link."""

    password = PasswordField(
        "New password",
        description="At least 12 characters. A few words in a row are easy to remember and hard to guess.",
    )

    def __init__(self, person: Person) -> None:
        super().__init__()
        self.person = person

    def validate_password(self, field: PasswordField) -> None:
        """Refuse what is too short or too easily guessed."""
        error = password_error(field.data or "", name=self.person.name, email=self.person.email)
        if error:
            raise ValidationError(error)


class ChangePasswordForm(NewPasswordForm):
    """Another password for somebody who has one."""

    current = PasswordField("Current password", validators=[InputRequired("Enter your current password")])


class PersonForm(RefusableForm):
    """What an organiser says about a person."""

    name = StringField("Name", validators=[keeps(name_error)])
    email = StringField("E-mail address", validators=[keeps(email_error)])
    role = RadioField(
        "Role",
        choices=ROLE_CHOICES,
        default="employee",
        validate_choice=False,
        validators=[AnyOf(ROLES, "Choose a role")],
    )
    version = HiddenField()


def _number(value: Any) -> int:
    """Return the id that was sent, or 0, which is nobody's."""
    try:
        number = int(value or 0)
    except ValueError:
        return 0
    return number if 0 < number <= LARGEST_ID else 0


def _named(people: Sequence[Person]) -> list[SelectChoice]:
    """Return a choice a person; those of the same name are told apart by their addresses."""
    times = Counter(one.name for one in people)
    return [
        SelectChoice(str(one.id), one.name if times[one.name] == 1 else f"{one.name} ({one.email})")
        for one in people
    ]


class BucketForm(RefusableForm):
    """A bucket's name, its one owner, and who writes beside them."""

    name = StringField("Name", validators=[keeps(name_error)])
    owner_id = SelectField(
        "Owner",
        coerce=_number,
        validate_choice=False,
        validators=[DataRequired("Choose an owner")],
        description="The one person who signs its narrative off and answers for it.",
    )
    contributor_ids = SelectMultipleField(
        "Contributors",
        coerce=_number,
        validate_choice=False,
        description="They write the narrative together with the owner.",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    version = HiddenField()

    def __init__(self, people: Sequence[Person], **values: Any) -> None:
        super().__init__(**values)
        choices = _named(people)
        self.owner_id.choices = [SelectChoice("0", "Choose an owner"), *choices]
        self.contributor_ids.choices = choices
