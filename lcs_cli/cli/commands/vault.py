"""lcs vault: who may open the vault, and its keys; backups have a module of their own."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lcs_cli.cli import forms, views
from lcs_cli.cli.commands import handover, vault_backup
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import Yes, command, group
from lcs_cli.cli.render import Lines, Result, Table
from lcs_cli.errors import WAITING, LcsError, UsageError
from lcs_cli.records.user import KeyName, Role, User, UserKind
from lcs_cli.services import keys, setup, users
from lcs_cli.vault import secret as secrets

if TYPE_CHECKING:
    from lcs_cli.services.desk import Desk
    from lcs_cli.services.users import Access

_ROLE = Field("role", "role", forms.choice(Role))
_ROLES = Field("roles", "role", forms.text, question=f"Roles, with commas between ({', '.join(Role)})")

_IF_STOLEN = "if somebody else may have the old one, with a copy of the vault, a manager runs: lcs vault rotate"

Name = Annotated[str, typer.Argument(metavar="NAME", help="A login name, such as rhys: it is not secret.")]
Roles = Annotated[list[str] | None, typer.Option("--role", metavar="ROLE", help=f"{', '.join(Role)}; may be repeated.")]

app = group("Who may open the vault, its keys and its backups.")
user = group("People and service identities.")
app.add_typer(user, name="user")
app.add_typer(vault_backup.backup, name="backup")
app.registered_commands += vault_backup.app.registered_commands
app.registered_commands += handover.app.registered_commands


@command(user, "add")
def add(
    cmd: Command,
    name: Name,
    role: Roles = None,
    named: Annotated[
        list[str] | None, typer.Option("--command", metavar="COMMAND", help="For a service: what it may run.")
    ] = None,
    key_file_out: Annotated[
        Path | None, typer.Option("--key-file-out", metavar="FILE", help="For a service: where its key goes.")
    ] = None,
) -> Result:
    """Admit a person with roles, or a service identity with a key file for named commands only.

    Example: lcs vault user add rhys --role manager

    Example: lcs vault user add sweeper --command retention.sweep --key-file-out sweep.key
    """
    if bool(named) != bool(key_file_out) or (role and named):
        raise UsageError(
            "a person has roles; a service identity has commands and a key file",
            "give --role, or --command and --key-file-out",
        )
    name = setup.check_login(name)
    for typed in role or []:
        _ROLE.parse(cmd, _ROLE.label, typed)
    desk = cmd.desk(anew=True)
    if named and key_file_out:
        made = users.add_service(desk, name, named, key_file_out)
        return Result("lcs.user/1", _data(made), [f"Admitted {made.reference} ({name}); its key is in {key_file_out}."])
    users.check_new_user(desk, name, UserKind.PERSON, ())
    given = _roles(cmd, role)
    users.check_new_user(desk, name, UserKind.PERSON, given)
    secret = secrets.Secret(passphrase=cmd.new_passphrase(name))
    made = users.add_user(desk, name, given, secret, cmd.terminal.profile)
    signed = f"once the confidentiality undertaking is signed ({cmd.clause('staff')})"
    return Result(
        "lcs.user/1",
        _data(made),
        [f"Admitted {made.reference} ({name}): {', '.join(sorted(made.roles))}."],
        [
            f"next: {name} says who it is with --user {name}, or once and for all: export LCS_USER={name}",
            f"      lcs staff add --login {name}   enters them on the staff register ({cmd.clause('vetting')})",
            f"      lcs staff undertake STAFF   {signed}",
        ],
    )


@command(user, "list", lists=True)
def list_(cmd: Command) -> Result:
    """List who may open the vault, and who has signed the confidentiality undertaking (policy 4.1).

    Example: lcs vault user list
    """
    found = users.list_users(cmd.desk())
    rows = [
        [
            one.user.reference,
            one.user.name,
            one.user.kind.value,
            ", ".join(sorted(one.user.roles) or sorted(one.user.commands)),
            _undertaking(one),
        ]
        for one in found
    ]
    table = Table(["REF", "NAME", "KIND", "ROLES OR COMMANDS", "UNDERTAKING"], rows)
    missing = [one for one in found if one.undertaking_is_missing]
    unsigned = f"{views.plural(len(missing), 'undertaking')} missing ({cmd.clause('staff')}): lcs staff undertake STAFF"
    notes = [unsigned] if missing else []
    if unknown := [one.user.name for one in missing if one.staff is None]:
        notes.append(f"first, for who is not on the staff register: lcs staff add --login {unknown[0]}")
    return Result("lcs.users/1", [_access(one) for one in found], [table], notes)


@command(user, "remove")
def remove(cmd: Command, name: Name, yes: Yes = False) -> Result:
    """Take somebody's slot away: they open nothing any more. Then the keys they held are replaced.

    What they did stays on the trail, signed. The same for a service whose key file is lost.

    Example: lcs vault user remove tomos
    """
    desk = cmd.desk(anew=True)
    if not yes:
        whose = users.check_remove(desk, name)
        cmd.confirm(lambda: f"Take away {whose.reference} ({whose.name}), and replace the vault's keys?")
    gone = users.remove(desk, name)
    return _rotated(cmd, [f"Removed {gone.reference} ({gone.name})."], {"removed": gone.reference})


@command(user, "roles")
def roles(cmd: Command, name: Name, role: Roles = None) -> Result:
    """Give somebody exactly these roles, with the keys that go with them. Keys that are taken away are replaced.

    Example: lcs vault user roles tomos --role worker --role administrator
    """
    desk = cmd.desk(anew=True)
    made = users.change_roles(desk, name, _roles(cmd, role))
    said = [f"{made.reference} ({made.name}) is now: {', '.join(sorted(made.roles))}."]
    left = keys.keys_to_replace(desk)
    if left and keys.may_rotate(desk):
        return _rotated(cmd, said, _data(made))
    waits = f"to be replaced by a manager: the {_keys(left)}: lcs vault rotate" if left else ""
    return Result("lcs.user/1", _data(made), said, [waits] if left else [], exit_code=WAITING if left else 0)


@command(user, "entrust")
def entrust(cmd: Command, name: Name) -> Result:
    """Seal the safeguarding key to somebody, as a safeguarding lead: a manager can then make them one.

    Neither can do it alone: a manager holds no key to the narratives, a lead signs nobody in.

    Example: lcs vault user entrust tomos
    """
    made = users.entrust(cmd.desk(anew=True), name)
    said = f"The safeguarding key waits for {made.reference} ({made.name})."
    roles_ = " ".join(f"--role {role}" for role in sorted({*made.roles, Role.SAFEGUARDING_LEAD}))
    next_ = f"next, a manager: lcs vault user roles {made.name} {roles_}"
    return Result("lcs.user/1", _data(made), [said], [next_])


@command(user, "passphrase")
def passphrase(cmd: Command) -> Result:
    """Change your own passphrase. The one in use is asked for first.

    Example: lcs vault user passphrase
    """
    desk = cmd.desk(anew=True)
    users.check_passphrase(desk)
    made = users.change_passphrase(
        desk, secrets.Secret(passphrase=cmd.new_passphrase(desk.user.name)), cmd.terminal.profile
    )
    return Result(
        "lcs.user/1", _data(made), [f"Changed the passphrase of {made.reference} ({made.name})."], [_IF_STOLEN]
    )


@command(user, "recover")
def recover(cmd: Command, name: Name) -> Result:
    """Let somebody in again whose passphrase is lost: the same person and roles, with a new passphrase.

    For the recovery key itself (NAME: recovery) a new one is made and shown once. Where somebody else may have had the
    old secret, run lcs vault rotate afterwards: with an older copy of the vault it leads to the keys of today.

    Example: lcs vault user recover tomos
    """
    desk = cmd.desk(anew=True)
    whose = users.check_recover(desk, name)
    secret = None if whose.kind is UserKind.RECOVERY else secrets.Secret(passphrase=cmd.new_passphrase(whose.name))
    made = users.recover(desk, name, secret, cmd.terminal.profile)
    data = _data(made.user)
    if made.recovery_key is None:
        said = f"{made.user.reference} ({made.user.name}) can come in again."
        return Result("lcs.user/1", data, [said], [_IF_STOLEN])
    shown = Lines([("Recovery key", made.recovery_key)])
    said = "Write it on paper and lock it away: it is shown this once. The one before does not open the vault any more."
    next_ = "next: lcs vault rotate   for the old one may have been found, and a copy of the vault with it"
    again = "the one before does not open the vault any more; for one that somebody has seen run it again"
    return Result("lcs.user/1", data | {"recovery_key": made.recovery_key}, [shown, said], [next_], once=again)


@command(app, "rotate")
def rotate(cmd: Command) -> Result:
    """Replace the vault's keys: after somebody left or a key file was lost, what they kept opens nothing new.

    It takes one manager and nobody else's passphrase. The vault is written anew beside itself, so it needs as much
    free space again; stopped at any moment, it is wholly under the old keys or wholly under the new ones. The
    safeguarding key is replaced where a manager who is a lead, or the recovery key, does it.

    Example: lcs vault rotate
    """
    return _rotated(cmd, [], {})


def _rotated(cmd: Command, said: list[str], data: dict[str, object]) -> Result:
    desk = cmd.desk(anew=True)
    try:
        done = keys.rotate(desk)
    except (LcsError, OSError):
        for line in said:
            cmd.terminal.note(f"{line} The keys are still to be replaced: lcs vault rotate")
        raise
    notes = _nobody_reads(desk)
    if done.unopened:
        notes.append(f"{views.plural(done.unopened, 'sealed value')} did not open, and stay as they were: lcs doctor")
    if done.left:
        notes.append(
            f"still to be replaced: the {_keys(done.left)}. A manager who is a safeguarding lead runs: "
            "lcs vault rotate   or somebody with --user recovery"
        )
    elif not said and KeyName.SAFEGUARDING not in done.keys:
        notes.append(
            "the safeguarding key is as before: a manager who is a safeguarding lead replaces it, with "
            "lcs vault rotate   or somebody with --user recovery"
        )
    said = [
        *said,
        f"Replaced: the {_keys(done.keys)}. What was kept of the old ones opens nothing new.",
    ]
    data = data | {"replaced": sorted(done.keys), "to_replace": sorted(done.left), "unopened": done.unopened}
    return Result("lcs.rotation/1", data, said, notes, exit_code=WAITING if done.left else 0)


def _nobody_reads(desk: Desk) -> list[str]:
    """What to say where the last safeguarding lead has gone: concerns are still taken, and nobody can read one."""
    if users.has_lead(desk):
        return []
    lead = "lcs vault user add NAME --role safeguarding-lead --user recovery"
    return [f"nobody can read concerns and accidents now but with the recovery key: {lead}"]


def _keys(names: Collection[KeyName]) -> str:
    """Keys as they are spoken of: contact, records and safeguarding keys."""
    *others, last = sorted(names)
    return f"{' and '.join(filter(None, [', '.join(others), last]))} key{'s' if others else ''}"


def _roles(cmd: Command, typed: list[str] | None) -> list[Role]:
    words = typed or str(forms.fill(cmd, [_ROLES], {})["roles"]).split(",")
    return [_ROLE.parse(cmd, _ROLE.label, one.strip()) for one in words]


def _undertaking(one: Access) -> str:
    if one.undertaking_is_missing:
        return "MISSING" if one.staff else "not on the staff register"
    return views.human(one.undertaking)


def _access(one: Access) -> dict[str, object]:
    return _data(one.user) | {
        "staff": one.staff,
        "undertaking_signed_on": views.iso(one.undertaking),
        "undertaking_missing": one.undertaking_is_missing,
    }


def _data(one: User) -> dict[str, object]:
    return {
        "reference": one.reference,
        "name": one.name,
        "kind": one.kind.value,
        "roles": sorted(one.roles),
        "commands": sorted(one.commands),
    }
