"""Who may open the vault: people and service identities come, change and go; managers sign it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from lcs_cli.errors import FailedError, NotFoundError, RefusedError, UsageError
from lcs_cli.policy.authority import keys_for, needs_undertaking, nobody_on_own_behalf, service_commands
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.user import KeyName, Role, User, UserKind
from lcs_cli.services import checks
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.setup import check_login
from lcs_cli.vault import admission, rotation, sealing, undertakings
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.header import Slot
from lcs_cli.vault.secret import RFC_9106_LOW_MEMORY, Argon2Profile, Secret, create_key_file, write_recovery_key

_TWO_STEPS = "admit them as something else; a safeguarding lead then runs: lcs vault user entrust NAME"


@dataclass(frozen=True)
class Access:
    """Somebody with a slot, and when they last signed the confidentiality undertaking."""

    user: User
    undertaking: date | None

    @property
    def undertaking_is_missing(self) -> bool:
        """Whether the policy asks for one (4.1) and none is on record."""
        return self.undertaking is None and needs_undertaking(self.user)


@dataclass(frozen=True)
class Renewed:
    """Somebody whose slot has a new secret; for the recovery slot it is a new key, shown once."""

    user: User
    recovery_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Rotated:
    """Which keys were replaced, which are still to be, and how many seals did not open and were left as they were."""

    keys: frozenset[KeyName]
    left: frozenset[KeyName]
    unopened: int


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
    return [Access(slot.user, signed.get(slot.user.reference)) for slot in desk.vault.header.slots]


def remove(desk: Desk, name: str) -> User:
    """Take somebody's slot away; the keys they held wait to be replaced by `rotate`."""
    with _changing(desk, "vault.user.remove", name) as (act, slot):
        if slot.user.kind is UserKind.RECOVERY:
            raise UsageError("user: the recovery key is never taken away", "to have a new one: user recover recovery")
        _not_on_own_behalf(desk, slot, "take away their own slot", "ask another manager, or use the recovery key")
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
            _not_on_own_behalf(desk, slot, "give themselves a role", "ask another manager, or use the recovery key")
        if not any(Role.MANAGER in one.user.roles for one in desk.vault.header.slots if one != slot) and (
            Role.MANAGER not in new
        ):
            raise UsageError("role: nobody would be a manager any more", "admit another manager first")
        names = keys_for(UserKind.PERSON, new)
        waiting = set(slot.keys) | set(admission.entrusted(desk.vault, slot))
        _check_keys(desk, names - waiting, f"a safeguarding lead runs: lcs vault user entrust {slot.user.name}")
        admission.change_roles(desk.vault, slot, new, names)
        act.note(former=sorted(slot.user.roles), roles=sorted(new), keys=sorted(names))
    return desk.vault.header.slot(slot.user.name).user


def entrust(desk: Desk, name: str) -> User:
    """Seal the safeguarding key to somebody: a manager can then make them a safeguarding lead, and not before."""
    with desk.acting("vault.user.entrust") as act:
        slot = _slot(desk, name)
        act.note(slot.user.reference)
        if slot.user.kind is not UserKind.PERSON:
            raise UsageError("user: only a person can be a safeguarding lead", "lcs vault user list")
        if KeyName.SAFEGUARDING in slot.keys:
            raise UsageError(f"user: {slot.user.reference} holds the safeguarding key already", "nothing is to be done")
        admission.entrust(desk.vault, slot, KeyName.SAFEGUARDING)
        return slot.user


def change_passphrase(desk: Desk, secret: Secret, profile: Argon2Profile | None = None) -> User:
    """Give oneself another passphrase. No manager is needed: it is signed with one's own key."""
    with desk.acting("vault.user.passphrase") as act:
        act.note(desk.user.reference)
        admission.change_secret(desk.vault, secret, profile or RFC_9106_LOW_MEMORY)
    _write_header(desk)
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


def undertake(desk: Desk, name: str, signed_on: date) -> Access:
    """Record that somebody signed the confidentiality undertaking (policy 4.1); another person saw it."""
    with desk.acting("vault.user.undertake") as act:
        slot = _slot(desk, name)
        act.note(slot.user.reference, signed_on=signed_on.isoformat())
        if not needs_undertaking(slot.user):
            raise UsageError("user: only people sign an undertaking", "lcs vault user list")
        _not_on_own_behalf(desk, slot, "record their own undertaking", "ask another manager")
        checks.past("on", signed_on, desk.today)
        version, _ = desk.decided_by()
        undertakings.add(desk.db, slot.user.reference, signed_on, version, on=desk.today, by=desk.user.reference)
        return Access(slot.user, undertakings.latest(desk.db)[slot.user.reference])


def rotate(desk: Desk) -> Rotated:
    """Replace the keys that whoever left may have kept: a new data file, with everything sealed anew.

    It takes one manager, and nobody else's passphrase. The safeguarding key is replaced by who holds it.
    """
    former = desk.vault
    try:
        with desk.acting("vault.rotate", logged=False):
            turning = rotation.begin(former)
            desk.vault = turning.vault
            with turning.vault.db.transaction():
                rotation.enter(turning)
                left = rotation.asked(desk.db)
                desk.log("vault.rotate", "done", [], {"keys": sorted(turning.names), "unopened": turning.unopened})
            turning.finish()
    except BaseException as error:
        new, desk.vault = desk.vault, former
        said = rotation.give_up(former, new, error)
        if said is error:
            raise
        raise said from error
    former.db.close()
    desk.vault.remove_strays()
    return Rotated(turning.names, left, turning.unopened)


def keys_to_replace(desk: Desk) -> frozenset[KeyName]:
    """The keys that somebody has who should not have them any more."""
    return rotation.asked(desk.db)


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
    _write_header(desk)
    return user


@contextmanager
def _changing(desk: Desk, action: str, name: str) -> Iterator[tuple[Act, Slot]]:
    """Change the slot of that login name, then write the header out."""
    with desk.acting(action) as act:
        slot = _slot(desk, name)
        act.note(slot.user.reference)
        yield act, slot
    _write_header(desk)


def _write_header(desk: Desk) -> None:
    try:
        desk.vault.write_header()
    except OSError as error:
        raise FailedError(
            f"that is done, but the header cannot be written ({error.strerror})",
            "make room: the next command writes it",
        ) from error


def _slot(desk: Desk, name: str) -> Slot:
    for slot in desk.vault.header.slots:
        if name.strip().lower() in (slot.user.name, slot.user.reference.lower()):
            return slot
    raise NotFoundError("nobody of that name has a slot here", "look it up with: lcs vault user list")


def _recoverable(desk: Desk, name: str) -> Slot:
    slot = _slot(desk, name)
    if slot.user.kind is UserKind.SERVICE:
        raise UsageError("user: a service whose key is lost is removed, and added anew", "lcs vault user remove")
    if slot.user.reference == desk.user.reference:
        raise UsageError("user: whoever is in needs no recovery", "lcs vault user passphrase")
    _check_keys(desk, slot.keys, "a manager who is a safeguarding lead can, or the recovery key: --user recovery")
    return slot


def _some(roles: Iterable[Role]) -> frozenset[Role]:
    held = frozenset(roles)
    if not held:
        raise UsageError("role: at least one is needed", f"--role {' | '.join(Role)}")
    return held


def _check_keys(desk: Desk, keys: Iterable[KeyName], remedy: str) -> None:
    """What nobody hands over, nobody has: only a holder of the safeguarding key makes another."""
    if KeyName.SAFEGUARDING in set(keys) - set(desk.vault.opened.keys):
        raise RefusedError(
            "4.5",
            f"{desk.user.reference} does not hold the safeguarding key, so cannot hand it to a safeguarding lead",
            remedy,
            rule="keys",
            about="authorised",
        )


def _not_on_own_behalf(desk: Desk, slot: Slot, what: str, remedy: str) -> None:
    if slot.user.reference == desk.user.reference:
        rule = nobody_on_own_behalf()
        raise RefusedError(
            rule.clause, f"{desk.user.reference} may not {what}", remedy, rule=rule.id, about="authorised"
        )


def _check_free(desk: Desk, name: str) -> None:
    check_login(name)
    if any(slot.user.name == name for slot in desk.vault.header.slots):
        raise UsageError("user name: somebody has that name already", "choose another")
