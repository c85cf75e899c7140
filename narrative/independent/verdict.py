"""What came of checking an export."""

from dataclasses import dataclass, field

from narrative.independent.account import Account
from narrative.independent.entries import Entry


@dataclass
class Verdict:
    """What was found: sentences about what is well, what cannot be known, and what is not as it should be."""

    good: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)

    @property
    def intact(self) -> bool:
        """Whether nothing was found that is not as it should be."""
        return not self.bad
