"""Change the policy's code in one place after another, and see that its tests notice.

    pip install 'cosmic-ray==8.7.0' && nice -n 19 python -m faults.mutants [MODULES] [--share 0.5] [--seed N]

Each change is made in a copy of the project, never in the project. A survivor is a change that no test of tests/policy
noticed; docs/explanation/mutations.md says of each why it is left, and one that it does not know fails the run.
"""

import argparse
import ast
import math
import os
import random
import re
import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import chdir
from pathlib import Path
from subprocess import run
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "mutations.md"
POLICY = "lcs_cli/policy"
# Examples are the same each time, and a slow machine is no failure; what failed once is not kept.
PYTEST = "python -m pytest -x -q -o addopts= -p no:cacheprovider --hypothesis-profile=ci".split()
SECONDS = 180
"""After so long a test that goes round in circles has noticed."""

KINDS = re.compile(
    "core/(AddNot|NumberReplacer|ReplaceAndWithOr|ReplaceOrWithAnd|ReplaceTrueWithFalse|ReplaceFalseWithTrue"
    "|ZeroIterationForLoop|ReplaceBreakWithContinue|ReplaceContinueWithBreak|ExceptionReplacer"
    "|ReplaceUnaryOperator_(Delete_Not|Delete_USub)"
    "|ReplaceBinaryOperator_(Add_Sub|Sub_Add|Mul_FloorDiv|FloorDiv_Mul|Div_Mul|Mod_Mul|BitOr_BitAnd|BitAnd_BitOr)"
    "|ReplaceComparisonOperator_(Is_IsNot|IsNot_Is|Eq_NotEq|NotEq_Eq|Lt_LtE|Lt_GtE|LtE_Lt|LtE_Gt|Gt_GtE|Gt_LtE|GtE_Gt"
    "|GtE_Lt))"
)
"""Of what may stand for an operator, its neighbour and its opposite: whatever notices these notices the others."""


def mutants(modules: Collection[str], where: Path) -> list[Any]:
    """Every change of these kinds in these modules, but in annotations and decorators, which say nothing of rules."""
    from cosmic_ray.commands.init import init
    from cosmic_ray.work_db import WorkDB, use_db

    with use_db(str(where), WorkDB.Mode.create) as found:
        init([Path(POLICY, name) for name in modules], found, {})
        changes = [item.mutations[0] for item in found.work_items]
    said = {Path(POLICY, name): set(_said(ast.parse(Path(POLICY, name).read_text("utf-8")))) for name in modules}
    return sorted(
        (one for one in changes if KINDS.fullmatch(one.operator_name) and one.start_pos not in said[one.module_path]),
        key=lambda one: (one.module_path, one.start_pos, one.operator_name, one.occurrence),
    )


def _said(tree: ast.AST) -> Iterator[tuple[int, int]]:
    """Where something stands in annotations and decorators: each position in them, by line and column."""
    for node in ast.walk(tree):
        parts = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        for part in [*parts, *getattr(node, "decorator_list", ())]:
            for inner in ast.walk(part) if part else ():
                if isinstance(inner, ast.expr) and inner.end_lineno == inner.lineno:
                    yield from ((inner.lineno, column) for column in range(inner.col_offset, inner.end_col_offset or 0))


def reached() -> Mapping[str, Mapping[int, list[str]]]:
    """The tests of tests/policy that run each line of each module of the policy."""
    from coverage import CoverageData

    measured = ["--cov=lcs_cli.policy", "--cov-context=test", "--cov-report="]
    run([*PYTEST, "tests/policy", *measured], check=True)
    data = CoverageData()
    data.read()
    return {Path(file).name: data.contexts_by_lineno(file) for file in data.measured_files()}


def tests_of(change: Any, lines: Mapping[int, list[str]]) -> list[str]:
    """The tests that run the function that is changed, or any of its module; drawn examples come last, being slow.

    None where it is not known, as of what is done once and remembered: then all of them.
    """
    at = change.start_pos[0]
    functions = [
        node
        for node in ast.walk(ast.parse(change.module_path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.body[0].lineno <= at <= (node.end_lineno or at)
    ]
    inner = max(functions, key=lambda node: node.lineno, default=None)
    span = range(inner.body[0].lineno, (inner.end_lineno or at) + 1) if inner else range(at, at) or lines
    named = {context.split("|")[0].split("[")[0] for line in span for context in lines.get(line, ())} - {""}
    own = f"test_{change.module_path.stem}.py"
    return sorted(named, key=lambda test: ("test_properties" in test, own not in test, test))


def as_said(change: Any, diff: str) -> str:
    """A change as the page names it: its module, what stood there and what stood there instead."""
    lines = [line for line in diff.splitlines() if line[:1] in "+-" and not line.startswith(("---", "+++"))]
    before, after = ([line[1:].strip() for line in lines if line[0] == sign] for sign in "-+")
    return f"{change.module_path.name}: `{' '.join(before)}` → `{' '.join(after)}`"


def main() -> int:
    """Make the changes; 1 when one survives that the page does not know."""
    parser = argparse.ArgumentParser(prog="python -m faults.mutants")
    parser.add_argument("modules", nargs="*", metavar="MODULES", help="of lcs_cli/policy, such as consent.py")
    parser.add_argument("--share", type=float, default=1.0, help="of the changes in each module, drawn")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    with TemporaryDirectory() as folder, chdir(folder):
        shutil.copytree(ROOT, "copy", ignore=shutil.ignore_patterns(".*", "*.egg-info", "__pycache__", "build", "dist"))
        os.chdir("copy")
        modules = asked.modules or sorted(path.name for path in Path(POLICY).glob("*.py"))
        changes = mutants(modules, Path(folder, "changes.sqlite"))
        return _try_all(changes, asked.share, asked.seed, page)


def _try_all(changes: list[Any], share: float, seed: int, page: str) -> int:
    from cosmic_ray.mutating import mutate_and_test
    from cosmic_ray.work_item import TestOutcome

    lines, made, survived, unknown = reached(), Counter[str](), Counter[str](), 0
    for name in sorted({one.module_path.name for one in changes}):
        own = [one for one in changes if one.module_path.name == name]
        drawn = random.Random(f"{seed} {name}")  # noqa: S311 - so that a sample can be drawn again
        chosen = drawn.sample(own, math.ceil(len(own) * share))
        for change in sorted(chosen, key=own.index):
            made[name] += 1
            tests = tests_of(change, lines.get(name, {}))
            result = mutate_and_test([change], shlex.join([*PYTEST, *(tests or ["tests/policy"])]), SECONDS)
            if result.test_outcome is TestOutcome.KILLED:
                continue
            survived[name] += 1
            said = as_said(change, result.diff or "")
            unknown += said not in page
            print(f"line {change.start_pos[0]}, {len(tests)} tests: {said}", flush=True)
        print(f"{name}: {made[name]} changes, {survived[name]} survived", flush=True)
    print(
        f"{made.total()} of {len(changes)} changes, {made.total() - survived.total()} noticed, "
        f"{survived.total()} survived, {unknown} of them unknown to {PAGE.name}"
    )
    return int(bool(unknown))


if __name__ == "__main__":
    sys.exit(main())
