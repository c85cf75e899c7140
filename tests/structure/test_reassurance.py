"""Each sentence by which a page reassures names the test that holds it, and that test is there."""

import ast
from pathlib import Path

from narrative.questions.rules import BESIDE_THE_BUTTON, REASSURANCE

ROOT = Path(__file__).parents[2]


def test_every_clause_has_its_test() -> None:
    for clause, named in (*REASSURANCE, BESIDE_THE_BUTTON):
        path, _, name = named.partition("::")
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        tests = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert name in tests, f"nothing holds “{clause}”"
        assert name.startswith("test_")


def test_no_two_clauses_are_held_by_one_test() -> None:
    held_by = [named for _clause, named in (*REASSURANCE, BESIDE_THE_BUTTON)]
    assert len(set(held_by)) == len(held_by)
