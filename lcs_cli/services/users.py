"""Who may open the vault: people and service identities come, change and go; managers sign it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from lcs_cli.errors import FailedError, NotFoundError, RefusedError, UsageError
from lcs_cli.policy.authority import needs_undertaking, service_commands
from lcs_cli.policy.program import keys_for
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.user import KeyName, Role, User, UserKind
from lcs_cli.records.value import Private, Value
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.keys import write_header
from lcs_cli.services.own_behalf import refuse_own
from lcs_cli.services.setup import check_login
from lcs_cli.vault import admission, sealing, staff, undertakings
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.header import Slot
from lcs_cli.vault.secret import RFC_9106_LOW_MEMORY, Argon2Profile, Secret, create_key_file, write_recovery_key

_TWO_STEPS = "admit them as something else; a safeguarding lead then runs: lcs vault user entrust NAME"


class Access(Value):
    """Somebody with a slot, their reference on the staff register, and when they last signed the undertaking."""

    user: User
    staff: str | None
    undertaking: date | None

    @property
    def undertaking_is_missing(self) -> bool:
        """Whether the policy asks for one (4.1) and none is on record."""
        return self.undertaking is None and needs_undertaking(self.user)


class Renewed(Value):
    """Somebody whose slot has a new secret; for the recovery slot it is a new key, shown once."""

    user: User
    recovery_key: Private[str | None] = None


def add_user(
    desk: Desk,
    name: str,
    roles: Iterable[Role],
    secret: Secret,
    profile: Argon2Profile | None = None,
) -> User:
    """Admit a person with roles. A manager signs; a safeguarding lead needs the safeguarding key's holder too."""
    held = _some(roles)
    return _admit(desk, name, UserKind.PERSON, held, frozenset(), secret, profile)


def add_service(desk: Desk, name: str, commands: Iterable[str], key_file: Path) -> User:
    """Admit a service identity for named commands only; its key goes to a new file that only its owner reads."""
    named = frozenset(commands)
    possible = service_commands(desk.rules)
    if not named or not named <= set(possible):
        raise UsageError("command: not one a service identity can have", f"--command {' | '.join(possible)}")
    check_new_user(desk, name, UserKind.SERVICE, ())
    try:
        secret = create_key_file(key_file, name)
    except OSError as error:
        raise FailedError(
            f"key file: cannot be made ({error.strerror})", "name a new file in a folder that is there"
        ) from error
    try:
        return _admit(desk, name, UserKind.SERVICE, frozenset(), named, secret, None)
    except BaseException:
        if not any(slot.user.name == name for slot in desk.vault.remembered().slots):
            key_file.unlink(missing_ok=True)  # else the slot is there, and this is its only key
        raise


def check_new_user(desk: Desk, name: str, kind: UserKind, roles: Iterable[Role]) -> None:
    """Refuse before the first question: who may not admit such a user, or a name that is taken."""
    with desk.acting("vault.user.add", logged=False):
        _check_free(desk, name)
        _check_keys(desk, keys_for(kind, roles), _TWO_STEPS)


def list_users(desk: Desk) -> list[Access]:
    """Everybody who has a slot, with their undertakings (policy 4.1)."""
    with desk.acting("vault.user.list"):
        return everybody(desk)


def everybody(desk: Desk) -> list[Access]:
    """The same, within another use case."""
    signed = undertakings.latest(desk.db)
    register = {one.user: one.number for one in staff.select(desk.db, "WHERE user IS NOT NULL")}
    return [
        Access(slot.user, reference(Kind.STAFF, number) if number else None, signed.get(number))
        for slot in desk.vault.header.slots
        for number in [register.get(slot.user.reference, 0)]
    ]


def has_lead(desk: Desk) -> bool:
    """Whether there is a person who can read narratives."""
    return any(KeyName.SAFEGUARDING in slot.keys for slot in _people(desk))


def check_remove(desk: Desk, name: str) -> User:
    """Refuse before the first question: whose slot may not be taken away, or not by whom."""
    with desk.acting("vault.user.remove", logged=False):
        return _removable(desk, name).user


def remove(desk: Desk, name: str) -> User:
    """Take somebody's slot away; the keys they held wait to be replaced by `rotate`."""
    with _changing(desk, "vault.user.remove", name) as (act, slot):
        _removable(desk, name)
        admission.dismiss(desk.vault, slot)
        act.note(keys=sorted(slot.keys))
    return slot.user


def change_roles(desk: Desk, name: str, roles: Iterable[Role]) -> User:
    """Give somebody exactly these roles, with the keys that go with them; keys taken away wait to be replaced."""
    new = _some(roles)
    with _changing(desk, "vault.user.roles", name) as (act, slot):
        if slot.user.kind is not UserKind.PERSON:
            raise UsageError("user: only people have roles", "lcs vault user list")
        if new - slot.user.roles:
            refuse_own(
                desk, slot.user.reference, "give themselves a role", "ask another manager, or use the recovery key"
            )
        names = keys_for(UserKind.PERSON, new)
        if KeyName.ADMIN not in names and not any(KeyName.ADMIN in one.keys for one in _people(desk) if one != slot):
            raise UsageError("role: nobody would be a manager any more", "admit another manager first")
        waiting = set(slot.keys) | set(admission.entrusted(desk.vault, slot))
        _check_keys(desk, names - waiting, f"a safeguarding lead runs: lcs vault user entrust {slot.user.name}")
        admission.change_roles(desk.vault, slot, new, names)
        act.note(former=sorted(slot.user.roles), roles=sorted(new), keys=sorted(names))
    changed = desk.vault.header.slot(slot.user.name).user
    if changed.reference == desk.user.reference:  # who gives up a role has no more than is left, from now on
        desk.vault.opened = desk.vault.opened.narrowed(changed, names)
    return changed


def entrust(desk: Desk, name: str) -> User:
    """Seal the safeguarding key to somebody: a manager can then make them a safeguarding lead, and not before."""
    with desk.acting("vault.user.entrust") as act:
        slot = slot_of(desk, name)
        act.note(slot.user.reference)
        if slot.user.kind is not UserKind.PERSON:
            raise UsageError("user: only a person can be a safeguarding lead", "lcs vault user list")
        if KeyName.SAFEGUARDING in slot.keys:
            raise UsageError(f"user: {slot.user.reference} holds the safeguarding key already", "nothing is to be done")
        admission.entrust(desk.vault, slot, KeyName.SAFEGUARDING)
        return slot.user


def check_passphrase(desk: Desk) -> None:
    """Refuse before the first question: who has no passphrase of their own to change."""
    with desk.acting("vault.user.passphrase", logged=False):
        pass


def change_passphrase(desk: Desk, secret: Secret, profile: Argon2Profile | None = None) -> User:
    """Give oneself another passphrase. No manager is needed: it is signed with one's own key."""
    with desk.acting("vault.user.passphrase") as act:
        act.note(desk.user.reference)
        admission.change_secret(desk.vault, secret, profile or RFC_9106_LOW_MEMORY)
    write_header(desk)
    return desk.user


def check_recover(desk: Desk, name: str) -> User:
    """Refuse before the first question: who may not let that person in again."""
    with desk.acting("vault.user.recover", logged=False):
        return _recoverable(desk, name).user


def recover(desk: Desk, name: str, secret: Secret | None, profile: Argon2Profile | None = None) -> Renewed:
    """Let somebody in again whose passphrase is lost: the same person and roles, new keys of their own.

    Without a secret it is the recovery slot's turn: a new recovery key is made, and the old one opens nothing.
    """
    key = sealing.new_key()
    with _changing(desk, "vault.user.recover", name) as (_, slot):
        _recoverable(desk, name)
        if (slot.user.kind is UserKind.RECOVERY) != (secret is None):
            raise UsageError("user: a passphrase is a person's, the recovery key has none", "lcs vault user list")
        admission.renew(desk.vault, slot, secret or Secret(random=key), profile or RFC_9106_LOW_MEMORY)
    return Renewed(slot.user, None if secret else write_recovery_key(key))


def _admit(
    desk: Desk,
    name: str,
    kind: UserKind,
    roles: frozenset[Role],
    commands: frozenset[str],
    secret: Secret,
    profile: Argon2Profile | None,
) -> User:
    with desk.acting("vault.user.add") as act:
        _check_free(desk, name)
        keys = keys_for(kind, roles)
        _check_keys(desk, keys, _TWO_STEPS)
        user = User(reference(Kind.USER, next_number(desk.db, "user")), name, kind, roles, commands)
        admission.admit(desk.vault, user, secret, keys, profile or RFC_9106_LOW_MEMORY)
        act.note(user.reference, roles=sorted(roles), commands=sorted(commands), keys=sorted(keys))
    write_header(desk)
    return user


@contextmanager
def _changing(desk: Desk, action: str, name: str) -> Iterator[tuple[Act, Slot]]:
    """Change the slot of that login name, then write the header out."""
    with desk.acting(action) as act:
        slot = slot_of(desk, name)
        act.note(slot.user.reference)
        yield act, slot
    write_header(desk)


def slot_of(desk: Desk, name: str) -> Slot:
    """The slot of a login name or a user's reference, within another use case; a slip is never another's."""
    for slot in desk.vault.header.slots:
        if name.strip().lower() in (slot.user.name, slot.user.reference.lower()):
            return slot
    raise NotFoundError("nobody of that name has a slot here", "look it up with: lcs vault user list")


def _removable(desk: Desk, name: str) -> Slot:
    slot = slot_of(desk, name)
    if slot.user.kind is UserKind.RECOVERY:
        raise UsageError(
            "user: the recovery key is never taken away", "to have a new one: lcs vault user recover recovery"
        )
    refuse_own(desk, slot.user.reference, "take away their own slot", "ask another manager, or use the recovery key")
    return slot


def _recoverable(desk: Desk, name: str) -> Slot:
    slot = slot_of(desk, name)
    lead = "a manager who is a safeguarding lead can"
    if slot.user.kind is UserKind.SERVICE:
        raise UsageError("user: a service whose key is lost is removed, and added anew", "lcs vault user remove")
    if slot.user.reference == desk.user.reference:
        own = lead if slot.user.kind is UserKind.RECOVERY else "to change your own: lcs vault user passphrase"
        raise UsageError("user: whoever is in needs no recovery", own)
    other = "" if slot.user.kind is UserKind.RECOVERY else ", or the recovery key: --user recovery"
    _check_keys(desk, slot.keys, f"{lead}{other}")
    return slot


def _people(desk: Desk) -> list[Slot]:
    return [slot for slot in desk.vault.header.slots if slot.user.kind is UserKind.PERSON]


def _some(roles: Iterable[Role]) -> frozenset[Role]:
    held = frozenset(roles)
    if not held:
        raise UsageError("role: at least one is needed", f"--role {' | '.join(Role)}")
    return held


def _check_keys(desk: Desk, keys: Iterable[KeyName], remedy: str) -> None:
    """What nobody hands over, nobody has: only a holder of the safeguarding key makes another."""
    if KeyName.SAFEGUARDING in keys:
        try:
            desk.vault.key(KeyName.SAFEGUARDING)
        except RefusedError as refused:
            said = f"{refused.message}, so cannot hand it on"
            raise RefusedError(refused.clause, said, remedy, rule=refused.rule, topic=refused.topic) from refused


def _check_free(desk: Desk, name: str) -> None:
    check_login(name)
    if any(slot.user.name == name for slot in desk.vault.header.slots):
        raise UsageError("user name: somebody has that name already", "choose another")
