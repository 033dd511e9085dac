"""A standard stream that whoever called has closed (`lcs status >&-`) is open all the same, on nothing.

Else the next file that is opened would get its number, and what is said would be written into that.
"""

import os
import sys


def open_on_nothing() -> None:
    """Nothing comes from standard input; what is said on standard error is lost; the data find nobody to take them."""
    held = []
    for number, flags in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # the system gives the lowest number that is free: this one
            held.append(number)
    if 0 in held:
        sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    if 1 in held:
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    if 2 in held:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
