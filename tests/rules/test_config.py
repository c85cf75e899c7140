"""Settings: what each variable takes, what is said when it cannot be used, and what is unknown."""

from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from narrative.config import READERS, ConfigurationError, Settings, load

EVERY = {
    "NARRATIVE_DATA": ("/srv/narrative", "data", Path("/srv/narrative")),
    "NARRATIVE_SECRET_KEY": ("k" * 40, "secret_key", "k" * 40),
    "NARRATIVE_DATABASE_URL": (
        "postgresql://me@db.example/narrative",
        "database_url",
        "postgresql+psycopg://me@db.example/narrative",
    ),
    "NARRATIVE_ANONYMOUS_URL": ("sqlite:////srv/anon.db", "anonymous_url", "sqlite:////srv/anon.db"),
    "NARRATIVE_COMPANY": ("Tolle & Varga", "company", "Tolle & Varga"),
    "NARRATIVE_TIME_ZONE": ("Europe/Berlin", "time_zone", ZoneInfo("Europe/Berlin")),
    "NARRATIVE_FISCAL_YEAR_STARTS": ("4", "fiscal_year_starts", 4),
    "NARRATIVE_BASE_URL": ("https://narrative.example/", "base_url", "https://narrative.example"),
    "NARRATIVE_HOST": ("0.0.0.0", "host", "0.0.0.0"),
    "NARRATIVE_PORT": ("8123", "port", 8123),
    "NARRATIVE_WORKERS": ("3", "workers", 3),
    "NARRATIVE_TRUSTED_PROXIES": (
        "127.0.0.1, 10.0.0.0/8,::1",
        "trusted_proxies",
        (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), ip_network("::1")),
    ),
    "NARRATIVE_PASSES_EACH": ("5", "passes_each", 5),
    "NARRATIVE_VOTE_SLOTS": ("32", "vote_slots", 32),
    "NARRATIVE_ASKING_FLOOR": ("12", "asking_floor", 12),
}

DATABASE = "a URL that starts with sqlite:/// or postgresql://"
ZONE = "the name of a time zone, such as Europe/Berlin"
ADDRESS = "the address people type, such as https://narrative.example, without a path"
NETWORKS = "addresses or networks, separated by commas"

REFUSED = [
    ("DATABASE_URL", "mysql://db.example/narrative", DATABASE),
    ("DATABASE_URL", "narrative.db", DATABASE),
    ("DATABASE_URL", "", DATABASE),
    ("DATABASE_URL", "postgresql://me@db.example:port/narrative", DATABASE),
    ("ANONYMOUS_URL", "sqlite://", DATABASE),
    ("ANONYMOUS_URL", "sqlite:///", DATABASE),
    ("ANONYMOUS_URL", "sqlite:///:memory:", DATABASE),
    ("COMPANY", " ", "a name"),
    ("TIME_ZONE", "Berlin", ZONE),
    ("TIME_ZONE", "", ZONE),
    ("TIME_ZONE", "../../etc/passwd", ZONE),
    ("TIME_ZONE", "Europe", ZONE),
    ("FISCAL_YEAR_STARTS", "0", "a whole number from 1 to 12"),
    ("FISCAL_YEAR_STARTS", "13", "a whole number from 1 to 12"),
    ("FISCAL_YEAR_STARTS", "April", "a whole number from 1 to 12"),
    ("PORT", "0", "a whole number from 1 to 65535"),
    ("PORT", "65536", "a whole number from 1 to 65535"),
    ("PORT", "-1", "a whole number from 1 to 65535"),
    ("PORT", "8000.0", "a whole number from 1 to 65535"),
    ("PORT", "²", "a whole number from 1 to 65535"),
    ("PORT", "9" * 5000, "a whole number from 1 to 65535"),
    ("WORKERS", "0", "a whole number from 1 to 64"),
    ("WORKERS", "65", "a whole number from 1 to 64"),
    ("BASE_URL", "narrative.example", ADDRESS),
    ("BASE_URL", "ftp://narrative.example", ADDRESS),
    ("BASE_URL", "https://", ADDRESS),
    ("BASE_URL", "https://narrative.example/app", ADDRESS),
    ("BASE_URL", "https://narrative.example?x=1", ADDRESS),
    ("BASE_URL", "https://narrative.example:port", ADDRESS),
    ("BASE_URL", "https://me@narrative.example", ADDRESS),
    ("BASE_URL", "https://[narrative.example", ADDRESS),
    ("TRUSTED_PROXIES", "proxy.example", NETWORKS),
    ("TRUSTED_PROXIES", "10.0.0.1/8", NETWORKS),
    ("PASSES_EACH", "0", "a whole number from 1 to 10"),
    ("PASSES_EACH", "11", "a whole number from 1 to 10"),
    ("ASKING_FLOOR", "4", "a whole number from 5 to 10000"),
    ("ASKING_FLOOR", "10001", "a whole number from 5 to 10000"),
    ("DATA", "", "a folder"),
]


def test_there_is_an_example_of_every_setting() -> None:
    assert {f"NARRATIVE_{name.upper()}" for name in READERS} == set(EVERY)
    assert set(READERS) == set(Settings.__dataclass_fields__)


@pytest.mark.parametrize("variable", EVERY)
def test_a_setting_is_read_with_its_type(variable: str, tmp_path: Path) -> None:
    given, name, expected = EVERY[variable]
    environment = {"NARRATIVE_DATA": str(tmp_path), variable: given}
    assert getattr(load(environment), name) == expected
    assert getattr(Settings(), name) != expected  # so that an ignored variable would be seen


@pytest.mark.parametrize("variable", EVERY)
def test_a_setting_may_stand_in_a_file(variable: str, tmp_path: Path) -> None:
    given, name, expected = EVERY[variable]
    file = tmp_path / "value"
    file.write_text(f"{given}\n", encoding="utf-8")
    assert getattr(load({f"{variable}_FILE": str(file)}), name) == expected


@pytest.mark.parametrize("variable", EVERY)
def test_a_setting_that_stands_twice_is_refused(variable: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load({variable: EVERY[variable][0], f"{variable}_FILE": "/nowhere"})
    assert str(refused.value) == f"{variable} and {variable}_FILE are both set. Keep one of them."


@pytest.mark.parametrize(("name", "given", "wanted"), REFUSED)
def test_what_cannot_be_used_is_refused_with_what_can(name: str, given: str, wanted: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load({f"NARRATIVE_{name}": given})
    assert str(refused.value) == f"NARRATIVE_{name} must be {wanted}."


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"T\xf6lle")
    for path in (tmp_path / "nowhere", tmp_path, tmp_path / "latin"):
        with pytest.raises(
            ConfigurationError, match=r"NARRATIVE_COMPANY_FILE names .*, which cannot be read"
        ):
            load({"NARRATIVE_COMPANY_FILE": str(path)})


def test_a_refusal_never_repeats_a_secret() -> None:
    with pytest.raises(ConfigurationError) as refused:
        load({"NARRATIVE_DATABASE_URL": "mysql://me:canary-password@db.example/narrative"})
    assert "canary" not in str(refused.value)
    assert "canary" not in repr(load({"NARRATIVE_SECRET_KEY": "canary" * 8}))


def test_an_unknown_variable_is_warned_about() -> None:
    with pytest.warns(UserWarning, match="NARRATIVE_COMPNAY is not a setting of Narrative and was ignored"):
        assert load({"NARRATIVE_COMPNAY": "Typo", "NARRATIVE_TEST_ALL": "1", "PATH": "/bin"}) == Settings()


def test_without_any_variable_everything_has_its_place() -> None:
    settings = load({})
    assert settings.main_database == f"sqlite:///{Path('data').absolute() / 'narrative.db'}"
    assert settings.anonymous_database == f"sqlite:///{Path('data').absolute() / 'anon.db'}"
    assert (settings.over_https, settings.on_this_machine_only) == (False, True)


def test_the_kept_key_is_used_unless_another_is_given(tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("kept-" * 8 + "\n", encoding="utf-8")
    assert load({"NARRATIVE_DATA": str(tmp_path)}).secret_key == "kept-" * 8
    given = {"NARRATIVE_DATA": str(tmp_path), "NARRATIVE_SECRET_KEY": "given"}
    assert load(given).secret_key == "given"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("postgres://me@db/n", "postgresql+psycopg://me@db/n"),
        ("postgresql://me@db/n", "postgresql+psycopg://me@db/n"),
        ("postgresql+psycopg://me@db/n", "postgresql+psycopg://me@db/n"),
    ],
)
def test_every_way_to_write_a_postgresql_url(given: str, read: str) -> None:
    assert load({"NARRATIVE_DATABASE_URL": given}).main_database == read


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://localhost:8000", True),
        ("http://127.0.0.1", True),
        ("http://[::1]:8000", True),
        ("http://narrative.example", False),
        ("http://localhost.example", False),
    ],
)
def test_what_counts_as_this_machine(address: str, here: bool) -> None:
    assert load({"NARRATIVE_BASE_URL": address}).on_this_machine_only is here
