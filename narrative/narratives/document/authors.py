"""Following who writes what, while a document's updates are applied one after the other."""

from collections.abc import Callable, Mapping
from typing import Any

from narrative.narratives.document.contents import SharedDoc, text_of
from narrative.narratives.rules import TEXTS
from narrative.narratives.rules.authorship import Runs, Step, carried, runs_of

Kept = dict[str, list[list[int | None]]]
KINDS = {"retain": "keep", "delete": "remove", "insert": "insert"}


class Authors:
    """Who wrote each of a document's texts; `by` is set to the author of the update applied next."""

    def __init__(self, doc: SharedDoc, known: Mapping[str, list[list[int | None]]]) -> None:
        self.by: int | None = None
        self._runs: dict[str, Runs] = {name: runs_of(known.get(name, ())) for name in TEXTS}
        self._kept = [text_of(doc, name).observe(self._noting(name)) for name in TEXTS]

    def __call__(self) -> Kept:
        """Return who wrote what so far, as it is kept beside a revision."""
        return {name: [[author, size] for author, size in runs] for name, runs in self._runs.items() if runs}

    def _noting(self, name: str) -> Callable[[Any], None]:
        def note(event: Any) -> None:
            change: list[Step] = [(KINDS[kind], what) for step in event.delta for kind, what in step.items()]
            self._runs[name] = carried(self._runs[name], change, by=self.by)

        return note
