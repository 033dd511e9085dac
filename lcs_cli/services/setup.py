"""Making a vault, and opening one."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lcs_cli.errors import UsageError
from lcs_cli.policy.program import classed_columns, keys_for
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.user import Role, User, UserKind
from lcs_cli.services import checks
from lcs_cli.services.desk import Desk
from lcs_cli.vault import folder as vault_folder
from lcs_cli.vault import sealing
from lcs_cli.vault.secret import RFC_9106_LOW_MEMORY, Argon2Profile, Secret, write_recovery_key
from lcs_cli.vault.slots import Opener, Unlocked, by_secret

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
    from lcs_cli.policy.rules import packaged

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
    parse_policy(text, packaged().cited_clauses)
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
    from lcs_cli.policy.rules import packaged
    from lcs_cli.vault import policy_versions

    document = parse_policy(policy_text or restated_policy(), packaged().cited_clauses)
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
            policy_versions.publish(desk.db, version, packaged().contents)
            detail = {"policy": 1, "roles": sorted(user.roles), "keys": sorted(keys[user])}
            desk.log("vault.init", "done", [user.reference, recovery.reference], detail)
    return NewVault(folder, user, write_recovery_key(recovery_key), document)


def open_desk(folder: Path, name: str, secret: Secret, *, now: datetime, today: date) -> Desk:
    """Open the vault as ``name``."""
    return open_desk_by(folder, by_secret(name, secret), now=now, today=today)


def open_desk_by(folder: Path, opener: Opener, *, now: datetime, today: date) -> Desk:
    """Open the vault with a slot, whichever way that is opened."""
    return Desk(vault_folder.open_vault(folder, opener, classed_columns()), now, today)


def people_of(folder: Path) -> tuple[str, ...]:
    """The login names of the people in the header, for a default at the prompt; the header is not secret."""
    headers = vault_folder.read_headers(folder)
    slots = [slot for header in headers for slot in header.slots]
    return tuple(dict.fromkeys(slot.user.name for slot in slots if slot.user.kind is UserKind.PERSON))


def unlock(desk: Desk, action: str) -> Unlocked:
    """What is kept so that the passphrase is typed once: never the safeguarding key, never the managers' signature."""
    with desk.acting(action):
        return Unlocked.of(desk.vault.header, desk.vault.opened)
