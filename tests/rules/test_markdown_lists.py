"""Lists as people write them come out as lists."""

import re
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrative.web.markdown import render
from narrative.web.markdown_bounds import Budget, TooCostly
from narrative.web.markdown_lists import shape
from tests.hostile_markdown import filled
from tests.real_input import FOLDER, real_files

# As a CommonMark parser counts them (`python -m benchmarks.markdown_structure`), where there are any.
REAL_ITEMS = {
    "freebsd/2019q1": "ci 6, core 18, ena 1, foundation 34, kde 6",
    "freebsd/2019q2": "ci 7, core 4, ena 3",
    "freebsd/2019q3": "ci 8, clusteradm 18, core 4, ena 4, foundation 14",
    "freebsd/2019q4": "ci 10, clusteradm 13, core 10, ena 6, foundation 19, linuxulator 3",
    "freebsd/2020q1": "ci 17, clusteradm 20, core 8, ena 9, foundation 9, kde 3, linuxulator 2, riscv 3",
    "freebsd/2020q2": "ci 18, clusteradm 20, core 12, ena 11, foundation 31, kde 7, linuxulator 2, "
    "portmgr 10",
    "freebsd/2020q3": "ci 23, clusteradm 17, ena 6, foundation 31, kde 7, portmgr 4",
    "freebsd/2020q4": "ci 20, clusteradm 24, ena 9, kde 5, portmgr 22, riscv 4",
    "rust/2025q3": "infra 6",
    "rust/2025q4": "infra 21",
    "rust/2026q1": "infra 26",
    "rust/2026q2": "infra 4",
}


def outline(text: str) -> str:
    """The HTML without line breaks."""
    return re.sub(r"\n\s*(?=<)|\n$", "", str(render(textwrap.dedent(text))))


@pytest.mark.parametrize("sign", ["-", "+", "*"])
def test_a_list_right_below_its_text_is_a_list(sign: str) -> None:
    html = outline(f"Done:\n{sign} a\n{sign} b\n  goes on\n{sign} c")
    assert html == "<p>Done:</p><ul><li>a</li><li>b\ngoes on</li><li>c</li></ul>"


@pytest.mark.parametrize("sign", [".", ")"])
def test_numbered_lists_with_a_point_or_a_bracket(sign: str) -> None:
    assert outline(f"So:\n1{sign} a\n2{sign} b") == "<p>So:</p><ol><li>a</li><li>b</li></ol>"
    assert outline(f"3{sign} a\n4{sign} b") == '<ol start="3"><li>a</li><li>b</li></ol>'


@pytest.mark.parametrize("step", [2, 3, 4])
def test_nested_by_two_three_or_four_columns(step: int) -> None:
    text = "\n".join(" " * step * level + f"- {level}" for level in (0, 1, 2, 1, 0))
    inner = "<li>1<ul><li>2</li></ul></li><li>1</li>"
    assert outline(text) == f"<ul><li>0<ul>{inner}</ul></li><li>0</li></ul>"


def test_bullets_below_numbers() -> None:
    html = outline("""\
        1. a
           - b
           - c
        2. d
        """)
    assert html == "<ol><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ol>"


def test_lists_of_two_kinds_stay_two_lists() -> None:
    assert outline("1. a\n\n- b") == "<ol><li>a</li></ol><ul><li>b</li></ul>"


def test_paragraphs_and_code_within_an_item() -> None:
    html = outline("""\
        - a

          b

          ```
          - c
              d
          ```
        - e
        """)
    assert html.count("<li>") == 2
    assert "<p>a</p><p>b</p><pre><code>- c\n    d</code></pre></li>" in html


def test_lists_in_quotes_and_quotes_in_lists() -> None:
    html = outline("> Done:\n> - a\n>   - b")
    assert html == "<blockquote><p>Done:</p><ul><li>a<ul><li>b</li></ul></li></ul></blockquote>"
    assert "<li><p>a</p><blockquote><p>b</p></blockquote></li>" in outline("- a\n\n  > b\n")


@pytest.mark.parametrize(
    "text",
    [
        "It began in\n1986. That was long ago.",
        "We have 3\n2) of them",
        "a sentence\n-with a dash",
        "1986.a",
        "-",
        "*emphasis* first",
        "---",
        "* * *",
    ],
)
def test_what_is_no_list(text: str) -> None:
    html = outline(text)
    assert "<li>" not in html or text == "-"
    assert html in {"<hr>", "<ul><li></li></ul>"} or html.startswith("<p>")


def test_fenced_code_is_left_alone() -> None:
    code = "text\n- a\n  - b\n# no\n\n1) c\n\n\n> d\n\t`e`"
    for fence in ("```", "~~~~"):
        html = str(render(f"Before\n{fence}sh\n{code}\n{fence}\nafter"))
        assert f"<pre><code>{code.expandtabs(4).replace('>', '&gt;')}\n</code></pre>" in html
        assert html.endswith("<p>after</p>")


def test_code_that_is_never_closed_goes_to_the_end() -> None:
    assert str(render("```\n- a\n\n- b")) == "<pre><code>- a\n\n- b\n</code></pre>"
    html = outline("> ```\n> - a\nb")
    assert html == "<blockquote><pre><code>- a</code></pre></blockquote><p>b</p>"


def test_a_heading_and_a_rule_need_no_blank_line() -> None:
    assert outline("a\n# b\nc\n***\nd") == "<p>a</p><h3>b</h3><p>c</p><hr><p>d</p>"


def kept(lines: list[str]) -> list[str]:
    return shape(lines, keep=lambda html: html.replace("\n", " "), budget=Budget(0))


@given(
    st.lists(st.sampled_from(["- a", "  - b", "1. c", "text", "    code", "> q", "", "```", "# h", "***"]))
)
def test_no_word_is_lost(lines: list[str]) -> None:
    words = re.compile(r"\b(?:text|code|[abcqh])\b")
    assert words.findall(" ".join(kept(lines)).replace("<code>", "").replace("</code>", "")) == words.findall(
        " ".join(lines)
    )


@given(st.lists(st.sampled_from(["one", "two", "- three", "  - four", "* five", "1. six"]), max_size=12))
def test_items_without_blank_lines_are_all_items(lines: list[str]) -> None:
    bullets = [line for line in lines if re.match(r"\s*[-*]", line)]
    assert str(render("\n".join(lines))).count("<li>") >= len(bullets)


def test_lines_are_paid_for() -> None:
    with pytest.raises(TooCostly):
        shape(filled("a\n\n").split("\n") * 2, keep=str, budget=Budget(0))


def test_on_real_reports_every_item_is_an_item() -> None:
    wanted = {
        f"{folder}/{name}.md": int(count)
        for folder, counts in REAL_ITEMS.items()
        for name, count in (each.split() for each in counts.split(", "))
    }
    for path in real_files():
        name = path.relative_to(FOLDER).as_posix()
        html = str(render(path.read_text(encoding="utf-8")))
        assert html.count("<li>") == wanted.pop(name, 0), name
    assert not wanted


@pytest.mark.parametrize("text", ["17.", "17. ", "17)", "1.", "  17.", "So:\n\n17.", "17.\n\nThat is all."])
def test_a_number_that_is_the_whole_answer_is_no_list(text: str) -> None:
    html = outline(text)
    assert "<ol" not in html
    assert text.split()[-1 if text.startswith("So") else 0].strip() in html


def test_a_number_with_something_below_it_is_an_item() -> None:
    assert outline("1.\n   below") == "<ol><li><p>below</p></li></ol>"
    assert outline("1. a\n2.\n3. c") == "<ol><li>a</li><li></li><li>c</li></ol>"
    assert outline("1.\n2. b") == "<ol><li></li><li>b</li></ol>"
