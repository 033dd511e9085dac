"""What can go wrong: each error knows its exit code, and says in a hint what to do next.

The exit codes are a promise to scripts; `docs/reference/exit-codes.md` is generated from here.
No message may hold personal data: references only.
"""


class LcsError(Exception):
    """The base of everything that is reported in one line instead of a traceback."""

    exit_code = 1
    meaning = "failed"
    label = "error"
    hint_label = "hint"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class FailedError(LcsError):
    """The work could not be done: a file, a folder or the machine stood in the way."""


class UnwritableError(FailedError):
    """The disk takes nothing more: ``reason`` says why, ``then`` what comes of it, where that is known."""

    def __init__(self, reason: str, hint: str, then: str = "") -> None:
        super().__init__(f"{reason}: {then}" if then else reason, hint)
        self.reason = reason


class MissingExtraError(FailedError):
    """A library that not everybody needs is not installed."""

    def __init__(self, extra: str) -> None:
        super().__init__(f"{extra}: is not installed here", with_extra(extra))


def with_extra(extra: str) -> str:
    """How an extra is installed."""
    return f"in the folder of lcs: pipx install --force '.[{extra}]'"


class UsageError(LcsError):
    """An option or an answer is wrong or missing."""

    exit_code = 2
    meaning = "wrong usage, or an answer is missing"


class RefusedError(LcsError):
    """The policy does not allow it.

    ``clause`` is the policy's clause number, ``rule`` the id of the rule that decided. ``about`` is a phrase of
    the clause's sentence that applies; ``quote`` is that sentence as published, once it has been looked up.
    What knows no rules, as the vault, names a ``topic`` in place of the clause: the desk cites the clause for it.
    """

    exit_code = 4
    meaning = "refused by policy"
    hint_label = "what you can do"

    def __init__(self, clause: str, message: str, hint: str, *, rule: str, about: str = "", topic: str = "") -> None:
        super().__init__(message, hint)
        self.rule = rule
        self.topic = topic
        self.quote = ""
        self.cite(clause, about)

    def cite(self, clause: str, about: str) -> None:
        """Rest the refusal on a clause of the policy in force."""
        self.clause = clause
        self.about = about
        self.label = f"refused (policy {clause})" if clause else "refused"


class NotFoundError(LcsError):
    """No record has that reference."""

    exit_code = 5
    meaning = "not found"


class NoVaultError(LcsError):
    """There is no vault in the folder."""

    exit_code = 10
    meaning = "no vault there"


class VaultBusyError(LcsError):
    """Another process held the vault for too long."""

    exit_code = 11
    meaning = "vault busy"


class CannotUnlockError(LcsError):
    """A wrong passphrase or key file, or an unknown name."""

    exit_code = 12
    meaning = "cannot unlock"


class DamagedVaultError(LcsError):
    """The header or the data file is not what was written."""

    exit_code = 13
    meaning = "damaged vault"


class StoppedError(LcsError):
    """The person at the terminal said no, or went away."""

    exit_code = 130
    meaning = "stopped by the user"
    label = "stopped"


DONE = 0
WAITING = 3

EXIT_CODES: dict[int, str] = {
    DONE: "done, or nothing to do",
    WAITING: "finished, and something waits for a person",
} | {
    error.exit_code: error.meaning
    for error in (
        LcsError,
        UsageError,
        RefusedError,
        NotFoundError,
        NoVaultError,
        VaultBusyError,
        CannotUnlockError,
        DamagedVaultError,
        StoppedError,
    )
}
