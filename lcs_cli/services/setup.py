"""Making a vault, and opening one."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from lcs_cli.errors import UsageError
from lcs_cli.policy.program import classed_columns, keys_for
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.user import Role, User, UserKind
from lcs_cli.records.value import Private, Value
from lcs_cli.services.desk import Desk
from lcs_cli.vault import folder as vault_folder
from lcs_cli.vault import sealing
from lcs_cli.vault.secret import RFC_9106_LOW_MEMORY, Argon2Profile, Secret, write_recovery_key
from lcs_cli.vault.slots import Opener, Unlocked, by_secret

if TYPE_CHECKING:
    from lcs_cli.policy.document import PolicyDocument
    from lcs_cli.policy.rules import Rules

RECOVERY = "recovery"
_LOGIN = r"[a-z][a-z0-9.-]{0,31}"


class NewVault(Value):
    """What ``init`` made; the recovery key is shown once and kept nowhere."""

    folder: Path
    user: User
    recovery_key: Private[str]
    policy: "PolicyDocument"


def check_login(name: str) -> str:
    """A login name: it stands unencrypted in the header, so it need not be a person's full name."""
    name = name.strip().lower()
    if not re.fullmatch(_LOGIN, name) or name == RECOVERY:
        raise UsageError(
            "user name: up to 32 lower-case letters, digits, dots and dashes, and not “recovery”",
            "a first name or a role will do: it is not secret",
        )
    return name


def check_new_folder(folder: Path) -> None:
    """Refuse a folder where something is already, before the first question."""
    vault_folder.check_new(folder)


def check_policy(text: str | None, rules: Mapping[str, bytes], day: date) -> "tuple[PolicyDocument, Rules]":
    """A service's own text and rule files, as they would be published; UsageError before the first question."""
    from lcs_cli.policy.document import restated_policy
    from lcs_cli.policy.rules import Rules, packaged
    from lcs_cli.services.rule_files import checked

    files = Rules({**packaged().contents, **rules})
    return checked(text or restated_policy(), files, day), files


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
    rules: Mapping[str, bytes] = MappingProxyType({}),
) -> NewVault:
    """Make a vault with its first person, who has every role until others are admitted, and publish the policy.

    ``rules`` are the rule files that the service wrote itself; the others are those that this program carries.
    """
    from lcs_cli.vault import kept, policy_versions

    document, files = check_policy(policy_text, rules, policy_effective or today)
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
            policy_versions.publish(desk.db, version, files.contents, files.hash)
            published = {
                "policy": 1,
                "text_sha256": version.text_sha256,
                "rules_hash": files.hash,
                "effective_on": effective.isoformat(),
                "version_sha256": kept.policy_digest(desk.db, 1),
            }
            detail = {**published, "roles": sorted(user.roles), "keys": sorted(keys[user])}
            desk.log("vault.init", "done", [user.reference, recovery.reference], detail)
    return NewVault(folder, user, write_recovery_key(recovery_key), document)


def open_desk(folder: Path, name: str, secret: Secret, *, now: datetime, today: date) -> Desk:
    """Open the vault as ``name``."""
    return open_desk_by(folder, by_secret(name, secret), now=now, today=today)


def open_desk_by(folder: Path, opener: Opener, *, now: datetime, today: date) -> Desk:
    """Open the vault with a slot, whichever way that is opened."""
    return Desk(vault_folder.open_vault(folder, opener, classed_columns), now, today)


def people_of(folder: Path) -> tuple[str, ...]:
    """The login names of the people in the header, for a default at the prompt; the header is not secret."""
    headers = vault_folder.read_headers(folder)
    slots = [slot for header in headers for slot in header.slots]
    return tuple(dict.fromkeys(slot.user.name for slot in slots if slot.user.kind is UserKind.PERSON))


def unlock(desk: Desk, action: str) -> Unlocked:
    """What is kept so that the passphrase is typed once: never the safeguarding key, never the managers' signature."""
    with desk.acting(action):
        return Unlocked.of(desk.vault.header, desk.vault.opened)
