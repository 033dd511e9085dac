"""Put faults in, and write what was seen to docs/reliability.md.

    python -m faults [NAMES] [--long] [--seed N]

Without --long each kind of fault is put in at a few places only. A long run writes the sections of its kinds anew.
"""

import argparse
import os
import platform
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import faults

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"


def kinds() -> dict[str, ModuleType]:
    """The kinds of fault by name: every module of this package that can be run for a report."""
    modules = [import_module(f"faults.{module.name}") for module in iter_modules(faults.__path__, "")]
    return {module.NAME: module for module in modules if hasattr(module, "NAME")}


def page(sections: list[str], seed: int) -> str:
    """The page: what it was seen with, and the section of each kind; those that are not given as they stand."""
    from sqlcipher3 import dbapi2

    former = PAGE.read_text(encoding="utf-8").split("\n## ")[1:] if PAGE.exists() else []
    written = {section.partition("\n")[0]: section for section in (*(f"## {one}" for one in former), *sections)}

    db = dbapi2.connect(":memory:")
    cipher = db.execute("PRAGMA cipher_version").fetchone()[0]
    return (
        "# Reliability\n\n<!-- Written by python -m faults --long. -->\n\n"
        f"Seed {seed}, {os.cpu_count()} cores, lcs {version('lcs-cli')}, Python {platform.python_version()} on "
        f"{platform.system()}, SQLCipher {cipher}, SQLite {dbapi2.sqlite_version}.\n\n"
    ) + "\n".join(f"{section.rstrip()}\n" for section in written.values())


def main() -> int:
    """Put the faults in; 1 when something was found."""
    known = kinds()
    parser = argparse.ArgumentParser(prog="python -m faults")
    parser.add_argument("names", nargs="*", metavar="NAMES", help=f"{', '.join(known)} (default: all)")
    parser.add_argument("--long", action="store_true", help="in full: it writes their sections of docs/reliability.md")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(known):
        parser.error(f"no such kind of fault: {min(unknown)}; there are: {', '.join(known)}")
    reports = [known[name].run(long=asked.long, seed=asked.seed) for name in asked.names or known]
    if asked.long:
        PAGE.write_text(page([report.section for report in reports], asked.seed), encoding="utf-8")
    for report in reports:
        print(report.section)
    problems = [problem for report in reports for problem in report.problems]
    print("\n".join(problems))
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
