"""Run the command line as ``python -m lcs_cli``."""

from lcs_cli.cli.app import run

run()
