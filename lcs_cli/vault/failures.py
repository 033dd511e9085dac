"""What SQLCipher says when something fails, in words of ours, with what to do about it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlcipher3 import dbapi2 as sqlcipher

from lcs_cli.errors import DamagedVaultError, FailedError, LcsError, RefusedError, UnwritableError, VaultBusyError

UNWRITABLE = ("the vault cannot be written", "check the folder's owner, disk and free space")
_NOT_DONE = "that was not done"


@contextmanager
def translated(*, reading: bool = False) -> Iterator[None]:
    """Turn SQLCipher's exceptions into ours; a refusal by a trigger of the schema carries its clause."""
    try:
        yield
    except sqlcipher.Error as error:
        raise _translate(error, reading=reading) from error


def _translate(error: Exception, *, reading: bool) -> LcsError:
    text = str(error)
    if text.startswith("policy "):
        named, _, what = text.partition(": ")
        never = "nothing: this cannot be undone, so it is never done"
        return RefusedError(named.removeprefix("policy "), what, never, rule="schema", topic=named)
    if "locked" in text or "busy" in text:
        return VaultBusyError("another program is using the vault", "try again in a minute")
    then = "" if reading else _NOT_DONE  # what was written before this is done
    if "full" in text:
        return UnwritableError("the disk is full", "make room, then try again", then)
    if "readonly" in text or "unable to open" in text:
        return UnwritableError(*UNWRITABLE, then)
    if "disk I/O" in text and reading:
        return FailedError("the disk could not be read", "check the disk")
    if "disk I/O" in text:  # a quota, a limit, a disk that fails: what is wrong inside the file has other names
        return UnwritableError("the disk could not be read or written", "make room, or check the disk", then)
    if "not a database" in text or "malformed" in text or "disk image" in text:
        return DamagedVaultError("the data file cannot be read", "restore a backup")
    return FailedError(f"the vault refused: {text}", "this is a defect: please report it")
