"""Prompts: what helps a person to start a section. The company may set its own; none ever reaches readers."""

from collections.abc import Mapping

from narrative.narratives.rules.drafts import LABELS, PROMPTS, TEXTS

LONGEST_PROMPT = 300
MOST_PROMPTS = 8


def prompt_lines(text: str) -> tuple[str, ...]:
    """Return the prompts that were typed, one a line; blank lines say nothing."""
    return tuple(" ".join(line.split()) for line in text.split("\n") if line.strip())


def prompts_with(own: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the prompts of every section: the company's `own`, as typed, and ours where it has none."""
    return {name: prompt_lines(own.get(name, "")) or PROMPTS[name] for name in TEXTS}


def prompts_error(name: str, text: str) -> str | None:
    """Say what is wrong with the prompts typed for a section, or None."""
    lines = prompt_lines(text)
    more = len(lines) - MOST_PROMPTS
    if more > 0:
        return f"Remove {more} of the prompts of “{LABELS[name]}”: it may have {MOST_PROMPTS}"
    over = max((len(line) for line in lines), default=0) - LONGEST_PROMPT
    if over > 0:
        what = f"Shorten the longest prompt of “{LABELS[name]}” by {over:,} characters"
        return f"{what}: it may have {LONGEST_PROMPT}"
    return None
