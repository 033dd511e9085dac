"""Whatever the locale says, letters are UTF-8: in what is typed and shown, in arguments and in the names of files."""

import os
import sys


def use_utf8() -> None:
    """Set the streams to UTF-8, and start again in Python's UTF-8 mode (PEP 540) where the locale is no UTF-8 one.

    Else the letters of a name would be taken for others, and a passphrase that was chosen in one terminal would open
    nothing in the next.
    """
    if os.name == "posix" and sys.executable and sys.getfilesystemencoding() != "utf-8":
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 -- this very program
    for stream, errors in ((sys.stdin, "strict"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors=errors)
