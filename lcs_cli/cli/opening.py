"""How a command opens the vault: with a key file or a credential, with what is unlocked, or with a passphrase."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lcs_cli.errors import CannotUnlockError, FailedError, StoppedError, UsageError

if TYPE_CHECKING:
    from lcs_cli.cli.context import Command
    from lcs_cli.services.desk import Desk
    from lcs_cli.vault.secret import Secret
    from lcs_cli.vault.slots import Opener, Unlocked

T = TypeVar("T")
IDLE, LONGEST = 10 * 60.0, 8 * 3600.0
"""Seconds without use, and in all, until what was unlocked locks itself."""

_TRIES = 3
STOP = "."
"""What is typed at a question to stop."""

_PYTHON_NEEDS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_CREDENTIAL = "lcs-key"


def open_desk(cmd: "Command", *, anew: bool) -> "Desk":
    """Open the vault in the first way there is; ``anew`` passes over what is unlocked."""
    if cmd.user is not None and cmd.key_file is not None:
        raise UsageError("user, key file: a key file says who it is for", "give one of the two")
    env = cmd.terminal.env
    key_file = cmd.key_file or (None if cmd.user else _path(env, "LCS_KEY_FILE"))
    credential = None if cmd.user or key_file else _credential(env)
    if key_file or credential:
        from lcs_cli.vault.secret import read_credential, read_key_file

        name, secret = read_key_file(key_file) if key_file else read_credential(credential or Path())
        return _by_secret(cmd, name, secret)
    if anew:
        return _ask(cmd)
    desk = unlocked_desk(cmd)
    if desk is None:
        desk = _ask(cmd)
        with suppress(FailedError):  # then the next command asks again
            keep_unlocked(cmd, desk)
    return desk


def socket(cmd: "Command") -> Path:
    """Where the agent of this vault answers: in the user's own run-time folder."""
    import hashlib

    named = hashlib.sha256(os.fsencode(cmd.folder.absolute().resolve())).hexdigest()[:16]
    folder = _path(cmd.terminal.env, "XDG_RUNTIME_DIR") or state_folder(cmd.terminal.env)
    return folder / "lcs-agent" / named


def state_folder(env: Mapping[str, str]) -> Path:
    """Where each person's file with the head of the trail lies: outside the vault, in the user's own state folder."""
    if named := env.get("LCS_STATE") or env.get("STATE_DIRECTORY"):
        return Path(named.split(os.pathsep)[0])
    from platformdirs import user_state_path

    return user_state_path("lcs", appauthor=False)


def keep_unlocked(cmd: "Command", desk: "Desk") -> None:
    """After a change of who may open the vault: what this person had unlocked before is unlocked still."""
    from lcs_cli.vault.slots import Unlocked

    kept = cmd.terminal.unlocked or from_agent(cmd)
    if kept is None or kept.name != desk.user.name:
        return
    now = Unlocked.of(desk.vault.header, desk.vault.opened)
    if cmd.terminal.unlocked is not None:
        cmd.terminal.unlocked = now
    else:
        start_agent(cmd, now)


def start_agent(cmd: "Command", unlocked: "Unlocked") -> None:
    """Have the agent keep what was unlocked."""
    from lcs_cli.vault import agent

    env = {name: value for name, value in cmd.terminal.env.items() if name in _PYTHON_NEEDS}
    agent.start(socket(cmd), unlocked.to_bytes(), idle=IDLE, longest=LONGEST, env=env)


def unlocked_desk(cmd: "Command") -> "Desk | None":
    """The vault opened with what a shell or the agent has kept, where that fits person and header."""
    unlocked = cmd.terminal.unlocked or from_agent(cmd)
    if unlocked is None or (cmd.user or cmd.terminal.env.get("LCS_USER") or unlocked.name) != unlocked.name:
        return None
    from lcs_cli.vault.slots import by_unlocked

    try:
        return _open(cmd, by_unlocked(unlocked))
    except CannotUnlockError as error:
        cmd.terminal.note(f"locked: {error.message}")
        return None


def from_agent(cmd: "Command") -> "Unlocked | None":
    """What the agent of this vault keeps, and of whom."""
    from lcs_cli.vault import agent

    content = agent.fetch(socket(cmd)) if agent.available() else None
    if content is None:
        return None
    from lcs_cli.vault.slots import Unlocked

    try:
        return Unlocked.from_bytes(content)
    except ValueError:
        return None


def _ask(cmd: "Command") -> "Desk":
    from lcs_cli.services.setup import people_of

    return ask(cmd, people_of(cmd.folder), lambda opener: _open(cmd, opener))


def ask(cmd: "Command", people: Sequence[str], open_: Callable[["Opener"], T]) -> T:
    """Ask who it is, one of these people or the recovery key, and for the secret, until ``open_`` opens with it."""
    from lcs_cli.services.setup import RECOVERY
    from lcs_cli.vault.secret import Secret, read_recovery_key
    from lcs_cli.vault.slots import by_secret

    name = cmd.user or cmd.terminal.env.get("LCS_USER") or _who(cmd, people)
    if name not in (*people, RECOVERY):
        raise CannotUnlockError("nobody of that name has a slot here", "check --user, or ask a manager")
    if cmd.no_input or not cmd.terminal.can_ask_secret:
        raise UsageError("missing: a passphrase, and there is no terminal to ask at", "give --key-file")
    tries = _TRIES
    while True:
        tries -= 1
        try:
            if name == RECOVERY:
                secret = read_recovery_key(_typed(cmd, "Recovery key: "))
            else:
                secret = Secret(passphrase=_typed(cmd, "Passphrase: "))
            return open_(by_secret(name, secret))
        except CannotUnlockError as error:
            if not tries:
                raise
            cmd.terminal.note(f"error: {error.message}")


def _typed(cmd: "Command", prompt: str) -> str:
    """A secret as typed; a dot stops, as at every question, for none is as short."""
    typed = cmd.terminal.ask_secret(prompt)
    if typed == STOP:
        raise StoppedError("nothing was opened")
    return typed


def _by_secret(cmd: "Command", name: str, secret: "Secret") -> "Desk":
    from lcs_cli.vault.slots import by_secret

    return _open(cmd, by_secret(name, secret))


def _open(cmd: "Command", opener: "Opener") -> "Desk":
    from lcs_cli.services.setup import open_desk_by

    return open_desk_by(cmd.folder, opener, now=cmd.now, today=cmd.today)


def _who(cmd: "Command", people: Sequence[str]) -> str:
    unlocked = cmd.terminal.unlocked or from_agent(cmd)
    if unlocked is not None and unlocked.name in people:
        return unlocked.name
    if len(people) == 1:
        return people[0]
    if not cmd.can_ask:
        raise UsageError("missing: who you are", "give --user NAME or --key-file FILE")
    from lcs_cli.services.setup import RECOVERY

    # The names are shown, so that nobody takes this question for the passphrase and types it for all to see.
    while (name := cmd.terminal.ask(f"Who are you? ({', '.join(people)}): ").strip().lower()) not in people:
        if name == RECOVERY:
            break
        if name == STOP:
            raise StoppedError("nothing was opened")
        cmd.terminal.note(f"error: nobody of that name has a slot here\nhint: one of {', '.join(people)}; . stops")
    return name


def _credential(env: Mapping[str, str]) -> Path | None:
    """The credential that systemd hands to a unit (systemd.exec(5), LoadCredential=)."""
    folder = _path(env, "CREDENTIALS_DIRECTORY")
    return folder / _CREDENTIAL if folder and (folder / _CREDENTIAL).exists() else None


def _path(env: Mapping[str, str], variable: str) -> Path | None:
    value = env.get(variable)
    return Path(value) if value else None
