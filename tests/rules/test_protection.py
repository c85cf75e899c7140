"""What is said of settings that cannot be changed on the machine of a test, or only with a restart."""

from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy import make_url

from narrative.config import Settings
from narrative.passes import protection
from narrative.passes.protection import OK, UNPROTECTED, WEAKER
from narrative.passes.store_engines import POSTGRES_DISCIPLINE, SQLITE_DISCIPLINE

SQLITE = {name: wanted for name, (_given, wanted) in SQLITE_DISCIPLINE.items()}
POSTGRES = {**POSTGRES_DISCIPLINE, "archive_mode": "off", "shared_preload_libraries": ""}
LOG, ARCHIVE = 1, 2


@pytest.mark.parametrize(
    ("address", "level"),
    [
        ("https://narrative.example", OK),
        ("http://localhost:8000", WEAKER),
        ("http://narrative.example", UNPROTECTED),
    ],
)
def test_what_travels_is_encrypted_or_not(address: str, level: str) -> None:
    assert protection.on_the_way(Settings(base_url=address)).level == level


@pytest.mark.parametrize(
    "changed",
    [{"journal_mode": "wal"}, {"secure_delete": 0}, {"synchronous": 1}],
    ids=["wal", "kept", "lost"],
)
def test_a_file_out_of_its_discipline_is_not_protected(changed: dict[str, object]) -> None:
    assert protection.of_sqlite(SQLITE).level == OK
    found = protection.of_sqlite({**SQLITE, **changed})
    assert found.level == UNPROTECTED
    assert next(iter(changed)) in found.words


def test_on_postgresql_what_waits_is_weaker_at_best() -> None:
    found = protection.of_postgres(POSTGRES, copies=0)
    assert [one.level for one in found] == [WEAKER, OK, OK]


@pytest.mark.parametrize("name", POSTGRES_DISCIPLINE)
def test_a_log_of_statements_or_their_times_is_not_protected(name: str) -> None:
    found = protection.of_postgres({**POSTGRES, name: "all"}, copies=0)[LOG]
    assert found.level == UNPROTECTED
    assert name in found.words


def test_what_may_write_statements_down_is_weaker_seen_or_unseen() -> None:
    loaded = protection.of_postgres({**POSTGRES, "shared_preload_libraries": "pgaudit, x"}, copies=0)[LOG]
    assert (loaded.level, "pgaudit" in loaded.words) == (WEAKER, True)
    hidden = {name: value for name, value in POSTGRES.items() if name != "shared_preload_libraries"}
    unseen = protection.of_postgres(hidden, copies=0)[LOG]
    assert (unseen.level, "cannot be seen" in unseen.words) == (WEAKER, True)


@pytest.mark.parametrize(
    ("changed", "copies"),
    [({"archive_mode": "on"}, 0), ({"archive_mode": "always"}, 0), ({}, 1)],
    ids=["archived", "always", "sent elsewhere"],
)
def test_a_copy_of_the_write_ahead_log_is_not_protected(changed: dict[str, str], copies: int) -> None:
    assert protection.of_postgres({**POSTGRES, **changed}, copies=copies)[ARCHIVE].level == UNPROTECTED


@pytest.mark.parametrize(
    ("main", "anonymous", "level"),
    [
        ("sqlite:////one/a.db", "sqlite:////one/a.db", UNPROTECTED),
        ("postgresql://a/one", "postgresql://a:5432/one", UNPROTECTED),
        ("postgresql://a/one", "postgresql://a/two", WEAKER),
        ("postgresql://a/one", "postgresql://b/one", OK),
        ("postgresql://a/one", "sqlite:////one/a.db", OK),
        ("sqlite:////tmp/main.db", "sqlite:////tmp/anon.db", WEAKER),
        ("sqlite:////nowhere/main.db", "sqlite:////tmp/anon.db", WEAKER),
        ("sqlite:////tmp/main.db", "sqlite:////proc/anon.db", OK),
    ],
    ids=["file", "database", "server", "servers", "both kinds", "disk", "unknown", "disks"],
)
def test_stores_that_are_copied_together_are_weaker(main: str, anonymous: str, level: str) -> None:
    assert protection.backups(make_url(main), make_url(anonymous)).level == level


def test_a_port_that_goes_without_saying_is_the_same_port() -> None:
    found = protection.backups(make_url("postgresql://a/one"), make_url("postgresql://a:5432/two"))
    assert found.level == WEAKER


def test_a_main_database_that_logs_says_when_passes_were_given() -> None:
    assert protection.of_main_postgres(POSTGRES).level == OK
    for changed in ({"log_statement": "mod"}, {"log_min_duration_statement": "0"}):
        assert protection.of_main_postgres({**POSTGRES, **changed}).level == WEAKER


def test_a_proxy_is_reminded_of_its_log_and_not_named() -> None:
    settings = Settings(data=Path("/nowhere"))
    assert protection.proxy(settings).level == OK
    found = protection.proxy(replace(settings, trusted_proxies=(ip_network("10.1.2.3"),)))
    assert found.level == WEAKER
    assert "10.1.2.3" not in found.words
