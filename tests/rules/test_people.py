"""What names, addresses, passwords and paths may be, and who may write."""

import re
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from narrative.people import rules
from narrative.people.refusals import TooManyTries

LEFT = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass
class Somebody:
    """What the rules need to know of a person."""

    id: int
    role: str = "employee"
    deactivated_at: datetime | None = None


@pytest.mark.parametrize(
    "text", ["ada@x.example", " Ada.Lovelace@X.Example ", "ü@bücher.example", "a+b@x.co.example"]
)
def test_addresses_that_are_taken(text: str) -> None:
    assert rules.email_error(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "ada@",
        "@x.example",
        "ada@x",
        "a b@x.example",
        "a@b@x.example",
        "a\x00@x.example",
        "a@x..example",
        "=1+1@x.example",
        "+ada@x.example",
        "a;b@x.example",
        f"{'a' * 250}@x.example",
        "a@x.example\nb@x.example",
    ],
)
def test_addresses_that_are_refused(text: str) -> None:
    assert rules.email_error(text) == "Enter an e-mail address, such as ada@company.example"


@given(st.text())
@example("İ@x.example")
@example("e\u0301@x.example")
def test_an_address_has_one_spelling(text: str) -> None:
    assert rules.normal_email(rules.normal_email(text)) == rules.normal_email(text)
    assert rules.normal_email(text.upper().lower()) == rules.normal_email(text.upper())


@pytest.mark.parametrize("text", ["Ada", "Nguyễn Thu Anh", "O’Neill-Smith", "Jörg  \t Ö", "ع", "李"])
def test_names_that_are_taken(text: str) -> None:
    assert rules.name_error(text) is None


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (" \n ", "Enter a name"),
        ("a" * 121, "Shorten the name to 120 characters; it has 121"),
        ("A\x00da", "Remove the unreadable characters from the name"),
        ("A\u202eda", "Remove the unreadable characters from the name"),
        *[
            (f"{sign}Ada", "A name cannot begin with = + - or @, which spreadsheets take for a formula")
            for sign in "=+-@"
        ],
        (" =Ada", "A name cannot begin with = + - or @, which spreadsheets take for a formula"),
    ],
)
def test_names_that_are_refused(text: str, error: str) -> None:
    assert rules.name_error(text) == error


@given(st.text(max_size=200))
def test_a_kept_name_is_one_line_and_stays_as_it_is(text: str) -> None:
    name = rules.normal_name(text)
    assert rules.normal_name(name) == name
    assert "\n" not in name
    assert name.strip() == name


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "correcthorse", "            a", "päßwörter sind lang", "a" * 255 + "b"],
)
def test_passwords_that_are_taken(password: str) -> None:
    assert rules.password_error(password, name="Ada Lovelace", email="ada.lovelace@x.example") is None


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("elevenchars", "Choose a password of at least 12 characters"),
        ("", "Choose a password of at least 12 characters"),
        ("ab" * 129, "Choose a password of at most 256 characters"),
        *[
            (guess, "Choose a password that is not your name, your e-mail address or one character repeated")
            for guess in (
                "Ada Lovelace",
                "ADALOVELACE  ",
                "ada.lovelace@x.example",
                "Ada.Lovelace",
                "aaaaaaaaaaaa",
            )
        ],
    ],
)
def test_passwords_that_are_refused(password: str, error: str) -> None:
    assert rules.password_error(password, name="Ada Lovelace", email="ada.lovelace@x.example") == error


@pytest.mark.parametrize(
    ("person", "may"),
    [
        (Somebody(1, "leader"), True),
        (Somebody(1, "organiser"), True),
        (Somebody(1, "employee"), False),
        (Somebody(1, "leader", LEFT), False),
        (Somebody(1, "organiser", LEFT), False),
    ],
)
def test_active_leaders_and_organisers_own_buckets(person: Somebody, may: bool) -> None:
    assert rules.may_own(person) is may


@given(st.text(max_size=200), st.integers(min_value=0, max_value=12))
@example("a" * 70, 11)
@example("!!!", 3)
def test_a_slug_is_free_short_and_plain(name: str, times: int) -> None:
    taken: list[str] = []
    for _time in range(times + 1):
        slug = rules.free_slug(name, taken)
        assert slug not in taken
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
        assert len(slug) <= rules.LONGEST_SLUG
        taken.append(slug)


def test_slugs_are_made_from_names() -> None:
    assert rules.slug_of("Café & Küche") == "cafe-kuche"
    assert rules.free_slug("Product", {"product", "product-2"}) == "product-3"


@pytest.mark.parametrize("path", ["/", "/quarters/2026-q3?bucket=money#p-1", "/b%C3%BCcher", "/a//b"])
def test_paths_of_this_site(path: str) -> None:
    assert rules.safe_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "quarters",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:1",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "/a b",
        "/" + "a" * 2000,
        "/\x00",
    ],
)
def test_paths_that_lead_elsewhere(path: str) -> None:
    assert rules.safe_path(path) is None


@given(st.text(alphabet="/\\:@.?#ae\t\n %2f", max_size=20))
def test_no_safe_path_leaves_the_site(text: str) -> None:
    path = rules.safe_path(text)
    if path is not None:
        # As browsers read it: they drop tabs and newlines and take \ for /.
        seen = re.sub(r"[\t\r\n]", "", path).replace("\\", "/")
        assert urlsplit(urljoin("https://here.example/x", seen)).netloc == "here.example"


def test_addresses_of_one_household_are_one() -> None:
    assert rules.household("192.0.2.7") == "192.0.2.7"
    assert rules.household("::ffff:192.0.2.7") == "192.0.2.7"
    assert (
        rules.household("2001:db8:1:2:aaaa::1")
        == rules.household("2001:db8:1:2:bbbb::2")
        == "2001:db8:1:2::/64"
    )
    assert rules.household("2001:db8:1:3::1") == "2001:db8:1:3::/64"
    assert rules.household("::1") == "::/64"
    assert rules.household("") == rules.household("/run/socket") == "unknown"


def test_a_tries_hash_hides_what_it_stands_for() -> None:
    hashed = rules.try_hash("address", "192.0.2.7", key="k" * 32)
    assert re.fullmatch(r"[0-9a-f]{64}", hashed)
    assert (
        len(
            {
                hashed,
                rules.try_hash("account", "192.0.2.7", key="k" * 32),
                rules.try_hash("address", "192.0.2.7", key="K"),
            }
        )
        == 3
    )


def test_how_long_to_wait_is_rounded_up() -> None:
    said = [str(TooManyTries(timedelta(seconds=seconds))) for seconds in (0, 1, 60, 61, 900)]
    assert [re.search(r"Wait (\d+ minutes?),", text)[1] for text in said] == [  # type: ignore[index]
        "1 minute",
        "1 minute",
        "1 minute",
        "2 minutes",
        "15 minutes",
    ]


ACCENTS = "\u0300\u0316" * 10_000  # composed, each of the second kind would stand before all of the first


@pytest.mark.parametrize("normal", [rules.normal_email, rules.normal_name, rules.normal_password])
def test_what_is_far_too_long_is_refused_without_being_composed(normal: Callable[[str], str]) -> None:
    """Composing takes quadratic time; anybody can send a megabyte of accents to the page for signing in."""
    assert normal(f"a{ACCENTS}") == f"a{ACCENTS}"
    assert normal("a\u0300\u0316") == "\u00e0\u0316"
    assert rules.email_error(f"a{ACCENTS}@x.example")
    assert rules.name_error(f"a{ACCENTS}")
    assert rules.password_error(f"a{ACCENTS}", name="Ada", email="ada@x.example")


def test_no_character_is_composed_of_more_than_are_allowed_for() -> None:
    most = max(len(unicodedata.normalize("NFD", chr(one))) for one in range(sys.maxunicode + 1))
    assert 1 < most <= rules.SHRINKS_TO
    assert rules.normal_name("e\u0301" * rules.LONGEST_NAME) == "\u00e9" * rules.LONGEST_NAME
