"""Settings, read once from the environment, typed, failing loudly."""

import os
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Flask, current_app
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "NARRATIVE_"
EXTENSION = "narrative.settings"
SECRET_KEY_FILE = "secret-key"  # noqa: S105 - the name of a file, not a secret
SMALLEST_FLOOR = 5
DATABASE_URL = "a URL that starts with sqlite:/// or postgresql://"

Network = IPv4Network | IPv6Network


class ConfigurationError(Exception):
    """A setting is missing or cannot be used; the message says which and what it should be."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that an installation may choose.

    `secret_key` may be empty until `narrative init` has made one; `serve` refuses that.
    """

    data: Path = Path("data")
    secret_key: str = field(default="", repr=False)
    database_url: str = ""
    anonymous_url: str = ""
    company: str = "Our company"
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    fiscal_year_starts: int = 1
    base_url: str = "http://localhost:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 0
    trusted_proxies: tuple[Network, ...] = ()
    passes_each: int = 3
    vote_slots: int = 64
    asking_floor: int = 8

    @property
    def main_database(self) -> str:
        """The URL of the main database: the one given, or a file in the data folder."""
        return self.database_url or f"sqlite:///{self.data.absolute() / 'narrative.db'}"

    @property
    def anonymous_database(self) -> str:
        """The URL of the anonymous store, kept apart from the main database."""
        return self.anonymous_url or f"sqlite:///{self.data.absolute() / 'anon.db'}"

    @property
    def issuer(self) -> str:
        """This installation's name in passes and in the ledger: its host and port as people type them."""
        return urlsplit(self.base_url).netloc

    @property
    def over_https(self) -> bool:
        """Whether people reach this installation over HTTPS."""
        return urlsplit(self.base_url).scheme == "https"

    @property
    def on_this_machine_only(self) -> bool:
        """Whether the public address is this very machine, where plain HTTP is safe."""
        return urlsplit(self.base_url).hostname in {"localhost", "127.0.0.1", "::1"}


def settings_of(app: Flask = current_app) -> Settings:
    """Return the settings that an application, the present one by default, was made with."""
    settings: Settings = app.extensions[EXTENSION]
    return settings


def _text(value: str) -> str:
    return value


def _name(value: str) -> str:
    if not value.strip():
        raise ValueError("a name")
    return value.strip()


def _folder(value: str) -> Path:
    if not value:
        raise ValueError("a folder")
    return Path(value)


def _database_url(value: str) -> str:
    for given in ("postgres://", "postgresql://"):
        if value.startswith(given):
            value = "postgresql+psycopg://" + value.removeprefix(given)
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        raise ValueError(DATABASE_URL) from None
    kept = url.drivername == "sqlite" and url.database not in {None, "", ":memory:"}
    if not kept and url.drivername != "postgresql+psycopg":
        raise ValueError(DATABASE_URL)
    return value


def _zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("the name of a time zone, such as Europe/Berlin") from None


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        wanted = f"a whole number from {least} to {most}"
        if not re.fullmatch("[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise ValueError(wanted)
        return int(value)

    return read


def _networks(value: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
    except ValueError:
        raise ValueError("addresses or networks, separated by commas") from None


def _base_url(value: str) -> str:
    match = re.fullmatch(r"https?://(\[[0-9a-fA-F:]+\]|[^\s/?#@:\[\]]+)(:[0-9]{1,5})?/?", value)
    if match is None:
        raise ValueError("the address people type, such as https://narrative.example, without a path")
    return value.rstrip("/")


READERS: dict[str, Callable[[str], object]] = {
    "data": _folder,
    "secret_key": _text,
    "database_url": _database_url,
    "anonymous_url": _database_url,
    "company": _name,
    "time_zone": _zone,
    "fiscal_year_starts": _number(1, 12),
    "base_url": _base_url,
    "host": _text,
    "port": _number(1, 65535),
    "workers": _number(1, 64),
    "trusted_proxies": _networks,
    "passes_each": _number(1, 10),
    "vote_slots": _number(1, 256),
    "asking_floor": _number(SMALLEST_FLOOR, 10_000),
}


def _given(name: str, environment: Mapping[str, str]) -> str | None:
    variable = PREFIX + name.upper()
    direct, path = environment.get(variable), environment.get(variable + "_FILE")
    if direct is not None and path is not None:
        raise ConfigurationError(f"{variable} and {variable}_FILE are both set. Keep one of them.")
    if path is None:
        return direct
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigurationError(f"{variable}_FILE names {path}, which cannot be read: {problem}.") from None


def _warn_of_unknown(environment: Mapping[str, str]) -> None:
    known = {PREFIX + name.upper() + ending for name in READERS for ending in ("", "_FILE")}
    for variable in sorted(environment):
        if (
            variable.startswith(PREFIX)
            and not variable.startswith(PREFIX + "TEST_")
            and variable not in known
        ):
            warnings.warn(f"{variable} is not a setting of Narrative and was ignored.", stacklevel=3)


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environment` (the process's own by default).

    Each is `NARRATIVE_<NAME>`, or `NARRATIVE_<NAME>_FILE` naming a file that holds it. The secret key is
    looked for in `<data>/secret-key` too, where `narrative init` puts it.

    Raises ConfigurationError for a value that cannot be used. Warns of unknown variables.
    """
    environment = os.environ if environment is None else environment
    _warn_of_unknown(environment)
    values: dict[str, object] = {}
    for name, read in READERS.items():
        given = _given(name, environment)
        if given is None:
            continue
        try:
            values[name] = read(given)
        except ValueError as wanted:
            raise ConfigurationError(f"{PREFIX}{name.upper()} must be {wanted}.") from None
    settings = Settings(**values)  # type: ignore[arg-type]
    return settings if settings.secret_key else _with_kept_key(settings)


def _with_kept_key(settings: Settings) -> Settings:
    path = settings.data / SECRET_KEY_FILE
    if not path.is_file():
        return settings
    return replace(settings, secret_key=path.read_text(encoding="utf-8").strip())
