"""Reading files of people: what spreadsheets write, and what people get wrong."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from narrative.people import rules
from narrative.people.import_people import LONGEST_LINE, NOBODY, read_people

HEADER = "name,email,role\n"


def errors(data: str | bytes) -> list[str]:
    """The error of each row of a file."""
    file = read_people(data.encode() if isinstance(data, str) else data)
    assert file.error == ""
    return [row.error for row in file.rows]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_spreadsheets_write_csv_in_many_ways(end: str, delimiter: str, mark: str) -> None:
    lines = [
        "Role|E-Mail| NAME ",
        "LEADER| Ada@X.example |Ada  Lovelace",
        "",
        "employee|bo@x.example|Bo",
        "||",
    ]
    file = read_people((mark + end.join(lines)).replace("|", delimiter).encode())
    assert [(row.line, row.name, row.email, row.role, row.error) for row in file.rows] == [
        (2, "Ada Lovelace", "ada@x.example", "leader", ""),
        (4, "Bo", "bo@x.example", "employee", ""),
    ]


def test_quoted_cells_hold_separators_and_other_columns_are_ignored() -> None:
    file = read_people(b'name,team,email,role\n"Lovelace, ""Ada""","a;b",ada@x.example,leader\n')
    assert (file.rows[0].name, file.rows[0].error, file.ignored) == ('Lovelace, "Ada"', "", ("team",))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "The file is empty."),
        (b"\n \n", "The file is empty."),
        (HEADER.encode(), NOBODY),
        (b"name,email\nAda,ada@x.example\n", "Missing: role."),
        (b"Ada,ada@x.example,leader\n", "Missing: name, email, role."),
        (b"name,email,role,E-Mail\n", "The first line names the column email twice."),
        ("name,email,role\nJörg,j@x.example,leader\n".encode("latin-1"), "not in UTF-8: line 2 "),
        ("name,email,role\n".encode("utf-16"), "The file is in UTF-16."),
        (b"PK\x03\x04\x00\xff\xfe\x80", "not in UTF-8: line 1 "),
        (b"a" * 5_000_000, "Missing: name, email, role."),
    ],
)
def test_files_of_which_nothing_can_be_used(data: bytes, error: str) -> None:
    file = read_people(data)
    assert error in file.error
    assert file.rows == ()


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("Ada,ada@x.example", "2 cells where the first line names 3 columns"),
        ("Lovelace,Ada,ada@x.example,leader", "4 cells where the first line names 3 columns"),
        ("Ada,ada,leader", "enter an e-mail address, such as ada@company.example"),
        ("Ada,ada@x.example,boss", "unknown role “boss”: write employee, leader or organiser"),
        ("Ada,ada@x.example,", "unknown role “”: write employee, leader or organiser"),
        (" ,ada@x.example,leader", "enter a name"),
        ('"Ada,ada@x.example,leader', "the quotes do not match"),
        ("Ada\x00,ada@x.example,leader", "the line holds a NUL byte; save the file as plain CSV"),
        (
            "=cmd|' /C calc'!A0,ada@x.example,leader",
            "a name cannot begin with = + - or @, which spreadsheets take for a formula",
        ),
        ("A" * 121 + ",ada@x.example,leader", "shorten the name to 120 characters; it has 121"),
        ("A" * 5_000_000, "the line has 5,000,000 characters; at most 2,000 make sense"),
        ("Ada,bo@x.example,leader", "the same e-mail address stands on line 2"),
        ("Ada, BO@X.example,leader", "the same e-mail address stands on line 2"),
    ],
)
def test_a_bad_row_is_named_and_spoils_no_other(line: str, error: str) -> None:
    before, after = "Bo,bo@x.example,leader\n", "\nCy,cy@x.example,employee\n"
    assert errors(HEADER + before + line + after) == ["", error, ""]


def test_the_longest_sensible_line_is_taken() -> None:
    row = "Ada,ada@x.example,leader"
    assert errors(f"name,email,role,note\n{row},{'x' * (LONGEST_LINE - len(row) - 1)}\n") == [""]
    assert errors(f"name,email,role,note\n{row},{'x' * (LONGEST_LINE - len(row))}\n") != [""]


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
@example(b'name,email,role\n"\n')
def test_reading_never_fails(data: bytes) -> None:
    for content in (data, HEADER.encode() + data):
        file = read_people(content)
        good = [row for row in file.rows if not row.error]
        assert len({row.email for row in good}) == len(good)
        assert bool(file.error) == (not file.rows)
        assert all(
            rules.name_error(row.name) is None and rules.email_error(row.email) is None for row in good
        )
