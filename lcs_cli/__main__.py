"""Where the program starts, as ``lcs`` and as ``python -m lcs_cli``."""

import gc

# A command is short: looking for garbage every 700 objects while modules load is a tenth of its start.
gc.set_threshold(200_000)

from lcs_cli.cli.app import run  # noqa: E402 -- after the line above, or it would come too late

if __name__ == "__main__":
    run()
