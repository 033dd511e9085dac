"""Where the program starts, as ``lcs`` and as ``python -m lcs_cli``."""

import gc

from lcs_cli.cli.lazy import load_when_used

# A command is short: looking for garbage every 700 objects while modules load is a tenth of its start.
gc.set_threshold(200_000)
load_when_used()

from lcs_cli.cli.app import run  # noqa: E402 -- after the lines above, or they would come too late

if __name__ == "__main__":
    run()
