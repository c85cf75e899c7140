"""Texts of 20 kB made to keep a Markdown renderer busy: the known ones, and those that searching found.

`python -m benchmarks.markdown` says how long each takes, and searches for more.
"""

SIZE = 20_480


def filled(piece: str, *, before: str = "", after: str = "") -> str:
    """Return `piece` over and over, up to SIZE characters with what stands around it."""
    room = SIZE - len(before) - len(after)
    return before + (piece * (room // len(piece) + 1))[:room] + after


def growing(piece: str, step: str) -> str:
    """Return lines of `piece`, each with one `step` more before it."""
    lines, size = [], 0
    while size < SIZE:
        lines.append(step * len(lines) + piece)
        size += len(lines[-1]) + 1
    return "\n".join(lines)[:SIZE]


KNOWN = {
    "open brackets": filled("["),
    "open pictures": filled("!["),
    "nested brackets": "[" * (SIZE // 2) + "]" * (SIZE // 2),
    "character data": filled("<![CDATA["),
    "unfinished links": filled("[a]("),
    "backticks": filled("`"),
    "lone backticks": filled("`a "),
    "growing backticks": growing("a", "`"),
    "items within items": filled("1. "),
    "bullets within bullets": filled("- "),
    "quotes within quotes": filled("> "),
    "quotes without spaces": filled(">"),
    "deeper and deeper lists": growing("- a", "  "),
    "mixed emphasis": filled("**a *b "),
    "underscores": filled("_a "),
    "stars": filled("*"),
    "emphasis in words": filled("a**b*c"),
    "three kinds of emphasis": filled("***a** b* "),
    "wide table": filled("|\n", before="|".join("a" * 2_000) + "\n" + "|".join("-" * 2_000) + "\n"),
    "table of empty cells": filled("|", before="|a|b|\n|-|-|\n"),
    "table of backticks": filled("|`", before="|a`b|c\n|-|-|\n"),
    "unfinished tags": filled("<a "),
    "tags": filled('</p><div class="x"><b>'),
    "unfinished comments": filled("<!-- "),
    "comment lines": filled("<!--\n"),
    "scripts": filled("<script>\n"),
    "one long line": filled("a"),
    "ampersands": filled("&"),
    "entities": filled("&amp;"),
    "less than": filled("<"),
    "definitions": filled("[a]: b\n"),
    "definition of quotes": filled('"', before="[a]: ", after=" x"),
    "null bytes": filled("\0"),
    "escapes": filled("\\*"),
    "escaped backticks": filled("\\\\`"),
    "headings": filled("# a\n"),
    "hashes": filled("#"),
    "rules": filled("---\n"),
    "almost a rule": filled("- ", after="x"),
    "items": filled("- a\n"),
    "empty items": filled("-\n"),
    "unfinished fences": filled("```\n\n"),
    "quoted fences": filled("> ```\n"),
    "hard breaks": filled("a\\\n"),
    "blank lines": filled("\n"),
    "tabs": filled("-\t"),
    "spaces in a link": filled("[a](" + " " * 1_900),
    "addresses": filled("https://a )) "),
    "closing brackets after an address": filled(")", before="https://"),
    "struck out": filled("~~a~"),
    "sub and sup": filled("<sub>", after="</sub>"),
}
FOUND = {  # by the search: over 100 ms when they were found, or the slowest ever since
    "pairs of stars in one paragraph": filled('ab **a_*b*b*b*b*b*b*b*b*b*b*b*b*b*b*b\n*="="="'),
    "three backslashes and two backticks": filled("\\\\\\``"),
    "lazy lines of a deep item": filled("\\\n", before="* " * 200),
    "links that end in links": filled('[a](- - \\word * [a]([a]([a](["[a]: b\n'),
    "emphasis in items": filled("*- a\n%**a"),
    "arrows": filled("]]>"),
    "closing tags": filled("</em>"),
    "mail in an item": filled("- > ab -->mailto:🎉> > &#&#&#"),
    "addresses in cells": filled("    ]\n\n\nhttps://ahttps://a||"),
    "items in quotes in items": filled("> - a\n> > - b\n"),
    "headings and code between cells": filled(
        "=| a | a | a ```\nx\n```\n```\nx\n```\n* a\n---\na\n---\n#https://a" + "x" * 50
    ),
    "twelve bullets on each line": filled("- " * 12 + "a\n"),
}
HOSTILE = KNOWN | FOUND
