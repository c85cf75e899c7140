"""What README.md and docs/operating.md tell people to type is there to be typed."""

import re
import shlex
from fnmatch import fnmatch
from pathlib import Path

import click
from flask import Flask

from narrative.cli import cli
from narrative.config import PREFIX, READERS
from narrative.web.access import level_of

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
CODE = r"```(\w*)\n(.*?)```"


def blocks(text: str) -> list[str]:
    """The fenced `sh` blocks."""
    return [block.strip() for language, block in re.findall(CODE, text, re.DOTALL) if language == "sh"]


def commands(text: str) -> list[list[str]]:
    """Every `narrative …` that is written as code, as words."""
    inline = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", re.sub(CODE, "", text, flags=re.DOTALL))
    lines = [line for block in blocks(text) for line in re.split(r"\n|&&", block)] + inline
    found = [re.match(r"\s*(?:\S*/)?narrative\s+(.*)", line.partition(" #")[0]) for line in lines]
    return [shlex.split(match[1]) for match in found if match]


def test_the_first_two_blocks_are_one_line_each() -> None:
    first, second = blocks(README)[:2]
    assert [block.count("\n") for block in (first, second)] == [0, 0]
    assert first.endswith("narrative demo")
    assert second.endswith("-m pytest")


def test_every_command_that_is_named_exists_with_its_options() -> None:
    named = commands(README) + commands(OPERATING)
    assert len(named) > 10
    for name, *rest in named:
        command = cli.commands[name]
        if isinstance(command, click.Group) and rest:
            assert rest[0] in {*command.commands, "…"}, (name, rest)
            command = command.commands.get(rest[0], command)
        options = {text for part in command.params if isinstance(part, click.Option) for text in part.opts}
        assert {word for word in rest if word.startswith("-") and word != "-"} <= options, (name, rest)


def test_every_command_that_exists_is_in_the_readme() -> None:
    table = set(re.findall(r"^\| `narrative ([a-z-]+)", README, re.MULTILINE))
    assert table == set(cli.commands)


def test_proxies_are_told_to_log_no_anonymous_address(app: Flask) -> None:
    nginx = re.search(r"location ~ (\S+) \{ access_log off", OPERATING)
    caddy = re.search(r"@anonymous path (.+)", OPERATING)
    assert nginx
    assert caddy
    anonymous = [
        re.sub(r"<[^>]+>", "1", rule.rule)
        for rule in app.url_map.iter_rules()
        if level_of(app, rule.endpoint) == "cookieless" and not rule.rule.startswith("/ledger")
    ]
    assert len(anonymous) > 3
    for address in (*anonymous, "/board", "/spend", "/receipts"):
        assert re.search(nginx[1], address), address
        assert any(fnmatch(address, pattern) for pattern in caddy[1].split()), address


def test_every_setting_is_documented_and_no_other() -> None:
    known = {PREFIX + name.upper() for name in READERS}
    documented = set(
        re.findall(r"`(NARRATIVE_[A-Z_]+)`", OPERATING.split("## Settings")[1].split("\n## ")[0])
    )
    assert documented == known
    mentioned = set(re.findall(r"\bNARRATIVE_[A-Z_]+", README + OPERATING))
    assert {name.removesuffix("_FILE") for name in mentioned} <= known


def test_the_stages_that_the_readme_names_are_those_of_the_demo() -> None:
    [option] = [part for part in cli.commands["demo"].params if part.name == "stage"]
    assert isinstance(option.type, click.Choice)
    assert f"--stage {'|'.join(option.type.choices)}" in README


def test_what_is_linked_within_the_project_is_there() -> None:
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        links = re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
        inside = [link for link in links if not re.match(r"[a-z]+:", link)]
        assert [link for link in inside if not (path.parent / link).exists()] == [], path.name
