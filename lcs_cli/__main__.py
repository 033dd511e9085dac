"""Where the program starts, as ``lcs`` and as ``python -m lcs_cli``."""

import gc
import sys

from lcs_cli.cli.lazy import load_when_used

# A command is short: looking for garbage every 700 objects while modules load is a tenth of its start.
gc.set_threshold(200_000)
load_when_used()

try:
    from lcs_cli.cli.app import run
except (ImportError, MemoryError) as error:  # of which a library is loaded part by part
    sys.exit(f"error: lcs cannot be loaded: {error or 'out of memory'}\nhint: free some memory, or install it again")

if __name__ == "__main__":
    run()
