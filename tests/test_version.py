"""One version, written in two places."""

import tomllib
from pathlib import Path

from lcs_cli import __version__


def test_the_package_and_the_program_name_the_same_version() -> None:
    """`lcs --version` says what was installed."""
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == __version__
