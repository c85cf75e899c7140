"""The company's own prompts, by which sections are begun."""

from collections.abc import Mapping

from narrative.database import transaction
from narrative.narratives.models import Prompts
from narrative.narratives.rules import TEXTS, prompt_lines


def set_prompts(typed: Mapping[str, str]) -> None:
    """Make what was typed, by the names of the texts, the company's prompts; an empty one is ours again."""
    with transaction() as session:
        for name in TEXTS:
            lines, own = prompt_lines(typed.get(name, "")), session.get(Prompts, name)
            if lines:
                own = own or Prompts(text=name)
                own.lines = "\n".join(lines)
                session.add(own)
            elif own:
                session.delete(own)
