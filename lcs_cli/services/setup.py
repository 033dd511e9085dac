"""Making a vault, opening one, and admitting people and service identities to it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lcs_cli.errors import FailedError, RefusedError, UsageError
from lcs_cli.policy.authority import keys_for, service_commands
from lcs_cli.policy.classes import classed_columns
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.user import KeyName, Role, User, UserKind
from lcs_cli.services import checks
from lcs_cli.services.desk import Desk
from lcs_cli.vault import folder as vault_folder
from lcs_cli.vault import sealing
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.secret import (
    RFC_9106_LOW_MEMORY,
    Argon2Profile,
    Secret,
    create_key_file,
    write_recovery_key,
)

if TYPE_CHECKING:
    from lcs_cli.policy.document import PolicyDocument

RECOVERY = "recovery"
_LOGIN = re.compile(r"[a-z][a-z0-9.-]{0,31}")


@dataclass(frozen=True)
class NewVault:
    """What ``init`` made; the recovery key is shown once and kept nowhere."""

    folder: Path
    user: User
    recovery_key: str = field(repr=False)
    policy: "PolicyDocument"


def check_login(name: str) -> str:
    """A login name: it stands unencrypted in the header, so it need not be a person's full name."""
    name = name.strip().lower()
    if not _LOGIN.fullmatch(name) or name == RECOVERY:
        raise UsageError(
            "user name: up to 32 lower-case letters, digits, dots and dashes, and not “recovery”",
            "a first name or a role will do: it is not secret",
        )
    return name


def check_new_folder(folder: Path) -> None:
    """Refuse a folder where something is already, before the first question."""
    vault_folder.check_new(folder)


def read_policy(path: Path) -> str:
    """A service's own policy document: plain UTF-8 text."""
    from lcs_cli.policy.document import LARGEST_DOCUMENT, parse_policy
    from lcs_cli.policy.rules import cited_clauses

    hint = "save the policy as plain text (UTF-8)"
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(LARGEST_DOCUMENT + 1)
        if len(text) > LARGEST_DOCUMENT:
            raise UsageError("policy document: larger than 1 MB", hint)
    except UnicodeDecodeError as error:
        raise UsageError("policy document: is not UTF-8 text", hint) from error
    except OSError as error:
        raise UsageError(f"policy document: cannot be read ({error.strerror})", "check the path") from error
    checks.prose("policy document", text, LARGEST_DOCUMENT)
    parse_policy(text, cited_clauses())
    return text


def init(
    folder: Path,
    name: str,
    secret: Secret,
    *,
    policy_text: str | None,
    policy_effective: date | None,
    now: datetime,
    today: date,
    profile: Argon2Profile | None = None,
) -> NewVault:
    """Make a vault with its first person, who has every role until others are admitted, and publish the policy."""
    from lcs_cli.policy.document import parse_policy, restated_policy
    from lcs_cli.policy.rules import cited_clauses
    from lcs_cli.vault import policy_versions

    document = parse_policy(policy_text or restated_policy(), cited_clauses())
    user = User(reference(Kind.USER, 1), check_login(name), UserKind.PERSON, frozenset(Role) - {Role.WORKER})
    recovery = User(reference(Kind.USER, 2), RECOVERY, UserKind.RECOVERY)
    recovery_key = sealing.new_key()
    people = {user: secret, recovery: Secret(random=recovery_key)}
    keys = {person: keys_for(person.kind, person.roles) for person in people}
    with vault_folder.creating(folder, people, keys, profile or RFC_9106_LOW_MEMORY) as vault:
        desk = Desk(vault, now, today)
        with desk.together():
            effective = policy_effective or today
            version = policy_versions.PolicyVersion(1, document.title, document.text, effective, today, user.reference)
            policy_versions.publish(desk.db, version)
            desk.log("vault.init", "done", [user.reference, recovery.reference], {"policy": 1})
    return NewVault(folder, user, write_recovery_key(recovery_key), document)


def open_desk(folder: Path, name: str, secret: Secret, *, now: datetime, today: date) -> Desk:
    """Open the vault as ``name``."""
    return Desk(vault_folder.open_vault(folder, name, secret, classed_columns()), now, today)


def people_of(folder: Path) -> tuple[str, ...]:
    """The login names of the people in the header, for a default at the prompt; the header is not secret."""
    headers = vault_folder.read_headers(folder)
    slots = [slot for header in headers for slot in header.slots]
    return tuple(dict.fromkeys(slot.user.name for slot in slots if slot.user.kind is UserKind.PERSON))


def add_user(
    desk: Desk,
    name: str,
    roles: Iterable[Role],
    secret: Secret,
    profile: Argon2Profile | None = None,
) -> User:
    """Admit a person with roles. A manager signs; admitting a safeguarding lead takes the safeguarding key too."""
    held = frozenset(roles)
    if not held:
        raise UsageError("role: at least one is needed", f"--role {' | '.join(Role)}")
    return _admit(desk, name, UserKind.PERSON, held, frozenset(), secret, profile)


def add_service(desk: Desk, name: str, commands: Iterable[str], key_file: Path) -> User:
    """Admit a service identity for named commands only; its key goes to a new file that only its owner reads."""
    named = frozenset(commands)
    possible = service_commands()
    if not named or not named <= set(possible):
        raise UsageError("command: not one a service identity can have", f"--command {' | '.join(possible)}")
    check_new_user(desk, name, UserKind.SERVICE, ())
    try:
        secret = create_key_file(key_file, name)
    except OSError as error:
        raise FailedError(f"key file: cannot be made ({error.strerror})", "name a new file") from error
    try:
        return _admit(desk, name, UserKind.SERVICE, frozenset(), named, secret, None)
    except BaseException:
        if not desk.vault.remembers(name):  # else the slot is there, and this is its only key
            key_file.unlink(missing_ok=True)
        raise


def check_new_user(desk: Desk, name: str, kind: UserKind, roles: Iterable[Role]) -> None:
    """Refuse before the first question: who may not admit such a user, or a name that is taken."""
    with desk.acting("user.add", logged=False):
        _check_free(desk, name)
        _check_keys(desk, keys_for(kind, roles))


def list_users(desk: Desk) -> list[User]:
    """Everybody who has a slot."""
    with desk.acting("user.list"):
        return [slot.user for slot in desk.vault.header.slots]


def _admit(
    desk: Desk,
    name: str,
    kind: UserKind,
    roles: frozenset[Role],
    commands: frozenset[str],
    secret: Secret,
    profile: Argon2Profile | None,
) -> User:
    with desk.acting("user.add") as act:
        _check_free(desk, name)
        keys = keys_for(kind, roles)
        _check_keys(desk, keys)
        user = User(reference(Kind.USER, next_number(desk.db, "user")), name, kind, roles, commands)
        desk.vault.admit(user, secret, keys, profile or RFC_9106_LOW_MEMORY)
        act.note(user.reference, roles=sorted(roles), commands=sorted(commands), keys=sorted(keys))
    try:
        desk.vault.write_header()
    except OSError as error:
        raise FailedError(
            f"{user.reference} is admitted, but the header cannot be written ({error.strerror})",
            "make room: the next command writes it",
        ) from error
    return user


def _check_keys(desk: Desk, keys: frozenset[KeyName]) -> None:
    """What nobody hands over, nobody has: only a holder of the safeguarding key admits another."""
    missing = keys - set(desk.vault.opened.keys)
    if KeyName.SAFEGUARDING in missing:
        raise RefusedError(
            "4.5",
            f"{desk.user.reference} does not hold the safeguarding key, so cannot admit a safeguarding lead",
            "ask a manager who is a safeguarding lead as well, or use the recovery key: --user recovery",
            rule="keys",
            about="authorised",
        )


def _check_free(desk: Desk, name: str) -> None:
    check_login(name)
    if any(slot.user.name == name for slot in desk.vault.header.slots):
        raise UsageError("user name: somebody has that name already", "choose another")
