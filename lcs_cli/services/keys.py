"""The vault's keys: replaced after somebody left, and the header written out after each change of who holds them."""

from lcs_cli.errors import FailedError
from lcs_cli.policy.authority import may
from lcs_cli.records.user import KeyName
from lcs_cli.records.value import Value
from lcs_cli.services import kept
from lcs_cli.services.desk import Desk
from lcs_cli.vault import rotation


class Rotated(Value):
    """Which keys were replaced, which are still to be, and how many seals did not open and were left as they were."""

    keys: frozenset[KeyName]
    left: frozenset[KeyName]
    unopened: int


def rotate(desk: Desk) -> Rotated:
    """Replace the keys that whoever left may have kept: a new data file, with everything sealed anew.

    It takes one manager, and nobody else's passphrase. The safeguarding key is replaced by who holds it.
    """
    former = desk.vault
    try:
        with desk.acting("vault.rotate", logged=False):
            turning = rotation.begin(former)
            sealed_anew = kept.sealed_anew(desk, turning.vault.db)
            desk.vault = turning.vault
            with turning.vault.db.transaction():
                rotation.enter(turning)
                left = rotation.asked(desk.db)
                detail = {"keys": sorted(turning.names), "unopened": turning.unopened, "kept": sealed_anew}
                desk.log("vault.rotate", "done", [], detail)
            turning.finish()
    except BaseException as error:
        new, desk.vault = desk.vault, former
        failure = rotation.give_up(former, new, error)
        if failure is error:
            raise
        raise failure from error
    former.db.close()
    desk.vault.remove_strays()
    return Rotated(turning.names, left, turning.unopened)


def may_rotate(desk: Desk) -> bool:
    """Whether this user may replace the keys: not who has just given up the role that does."""
    return may(desk.user, "vault.rotate", desk.rules).allowed


def keys_to_replace(desk: Desk) -> frozenset[KeyName]:
    """The keys that somebody has who should not have them any more."""
    return rotation.asked(desk.db)


def write_header(desk: Desk) -> None:
    """Bring the folder up to the header that the data file remembers."""
    try:
        desk.vault.write_header()
    except OSError as error:
        raise FailedError(
            f"that is done, but the header cannot be written ({error.strerror})",
            "make room: the next command writes it",
        ) from error
