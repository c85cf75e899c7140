"""Reading a CSV file of people: bytes in, rows with what is wrong with each out. Pure."""

import csv
import re
from collections import Counter
from dataclasses import dataclass, replace

from narrative.people.rules import ROLES, email_error, name_error, normal_email, normal_name

COLUMNS = ("name", "email", "role")
DELIMITERS = (",", ";", "\t")
LONGEST_LINE = 2000


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the file, numbered as an editor numbers it. `error` is empty when the row is well."""

    line: int
    name: str = ""
    email: str = ""
    role: str = ""
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class PeopleFile:
    """A file that was read. `error` says why none of it can be used; `ignored` are columns of other names."""

    rows: tuple[Row, ...] = ()
    ignored: tuple[str, ...] = ()
    error: str = ""


def read_people(data: bytes) -> PeopleFile:
    """Read a CSV file with the columns name, email and role, in any order, with a line that names them.

    Separated by commas, semicolons or tabs; UTF-8 with or without a byte order mark. Never raises: what is
    wrong is said in the file's error or in each row's.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        return PeopleFile(error=_encoding_error(data, problem.start))
    lines = [(number, line) for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1) if line.strip()]
    if not lines:
        return PeopleFile(error="The file is empty.")
    delimiter, header = _header(lines[0][1])
    error = _header_error(header)
    if error:
        return PeopleFile(error=error)
    rows = [
        _row(number, line, delimiter, header) for number, line in lines[1:] if line.strip(delimiter + " \t")
    ]
    ignored = tuple(column for column in header if column and column not in COLUMNS)
    return PeopleFile(rows=tuple(_without_repeats(rows)), ignored=ignored, error="" if rows else NOBODY)


NOBODY = "The file names the columns, but nobody stands below them."


def _encoding_error(data: bytes, position: int) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "The file is in UTF-16. Save it as “CSV UTF-8” and import it again."
    line = data.count(b"\n", 0, position) + 1
    return f"The file is not in UTF-8: line {line} has a byte that cannot be read. Save it as “CSV UTF-8”."


def _header(line: str) -> tuple[str, list[str]]:
    """Return the delimiter under which most columns are found, and the columns."""
    choices = [(delimiter, _columns(line, delimiter)) for delimiter in DELIMITERS]
    return max(choices, key=lambda choice: len(set(COLUMNS) & set(choice[1])))


def _columns(line: str, delimiter: str) -> list[str]:
    cells = _cells(line[:LONGEST_LINE], delimiter) or []
    return [re.sub(r"[\s_-]+", "", cell).lower() for cell in cells]


def _header_error(header: list[str]) -> str:
    missing = [column for column in COLUMNS if column not in header]
    twice = [column for column in COLUMNS if header.count(column) > 1]
    if missing:
        return f"The first line must name the columns name, email and role. Missing: {', '.join(missing)}."
    return f"The first line names the column {twice[0]} twice." if twice else ""


def _cells(line: str, delimiter: str) -> list[str] | None:
    """Return the line's cells, or None if its quotes do not match.

    Line by line, so that an open quote spoils its own line and not the rest of the file.
    """
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, strict=True))]
    except csv.Error:
        return None


def _row(number: int, line: str, delimiter: str, header: list[str]) -> Row:
    if len(line) > LONGEST_LINE:
        return Row(
            line=number, error=f"the line has {len(line):,} characters; at most {LONGEST_LINE:,} make sense"
        )
    if "\x00" in line:
        return Row(line=number, error="the line holds a NUL byte; save the file as plain CSV")
    cells = _cells(line, delimiter)
    if cells is None:
        return Row(line=number, error="the quotes do not match")
    if len(cells) != len(header):
        return Row(line=number, error=f"{len(cells)} cells where the first line names {len(header)} columns")
    named = dict(zip(header, cells, strict=True))
    row = Row(
        line=number,
        name=normal_name(named["name"]),
        email=normal_email(named["email"]),
        role=named["role"].lower(),
    )
    return replace(row, error=_row_error(row))


def _row_error(row: Row) -> str:
    wrong = name_error(row.name) or email_error(row.email)
    if wrong:
        return f"{wrong[0].lower()}{wrong[1:]}"
    if row.role not in ROLES:
        return f"unknown role “{row.role}”: write employee, leader or organiser"
    return ""


def _without_repeats(rows: list[Row]) -> list[Row]:
    """Refuse every later row whose e-mail address stands further up."""
    first: dict[str, int] = {}
    checked = []
    for row in rows:
        if row.email and first.setdefault(row.email, row.line) != row.line and not row.error:
            row = replace(row, error=f"the same e-mail address stands on line {first[row.email]}")  # noqa: PLW2901
        checked.append(row)
    return checked


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What became of an import, or would become of it.

    `rows` has each row with its fate: 'add', 'same', 'change name', 'change role', 'change name and role',
    'deactivated: left as it is' or 'error: …'. `links` has the token of each new person's one-time link by
    e-mail address; it is shown now or never. `written` says whether the rows that are well were stored.
    """

    rows: tuple[tuple[Row, str], ...] = ()
    ignored: tuple[str, ...] = ()
    error: str = ""
    written: bool = False
    links: dict[str, str]

    @property
    def errors(self) -> int:
        """How many rows cannot be used."""
        return sum(fate.startswith("error") for _row, fate in self.rows)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have each fate; errors together."""
        return dict(Counter("error" if fate.startswith("error") else fate for _row, fate in self.rows))
