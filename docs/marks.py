"""Collect which test holds which sentence of the policy: from the marks at the tests, and in the sessions.

A test function, or a whole module by its `pytestmark`, is marked ``pytest.mark.clause(clause, phrase)``; a session or
a page of the docs says ``<!-- clause: 4.2 phrase -->``. The phrase stands in the sentence of the policy that is held.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
_IN_A_SESSION = re.compile(r"^<!-- clause: (\d[\d.]*) (.+) -->$", re.MULTILINE)


def collected() -> list[tuple[str, str, str]]:
    """Every mark: clause, phrase, and the test as pytest names it."""
    return sorted({*_in_modules(), *_in_sessions()})


def _in_sessions() -> Iterator[tuple[str, str, str]]:
    for path in [*(ROOT / "tests" / "sessions").glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]:
        for clause, about in _IN_A_SESSION.findall(path.read_text(encoding="utf-8")):
            yield clause, about, str(path.relative_to(ROOT))


def _in_modules() -> Iterator[tuple[str, str, str]]:
    for path in (ROOT / "tests").rglob("test_*.py"):
        module = ast.parse(path.read_text(encoding="utf-8"))
        name = str(path.relative_to(ROOT))
        for node in module.body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
                yield from ((*mark, name) for mark in _marks(node.value))
            elif isinstance(node, ast.FunctionDef):
                for decorator in node.decorator_list:
                    yield from ((*mark, f"{name}::{node.name}") for mark in _marks(decorator))


def _marks(node: ast.expr) -> Iterator[tuple[str, str]]:
    for one in node.elts if isinstance(node, ast.List | ast.Tuple) else [node]:
        if isinstance(one, ast.Call) and ast.unparse(one.func) == "pytest.mark.clause":
            clause, about = (ast.literal_eval(argument) for argument in one.args)
            yield clause, about
