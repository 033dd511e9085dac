"""lcs vault: who may open the vault."""

from pathlib import Path
from typing import Annotated

import typer

from lcs_cli.cli import forms
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import command, group
from lcs_cli.cli.render import Result, Table
from lcs_cli.errors import UsageError
from lcs_cli.records.user import Role, User, UserKind
from lcs_cli.services import setup
from lcs_cli.vault.secret import Secret

_ROLE = Field("role", "role", forms.choice(Role), question=f"Role ({', '.join(Role)})")

app = group("Who may open the vault.")
user = group("People and service identities.")
app.add_typer(user, name="user")


@command(user, "add")
def add(
    cmd: Command,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A login name, such as rhys: it is not secret.")],
    role: Annotated[
        list[str] | None, typer.Option("--role", metavar="ROLE", help=f"{', '.join(Role)}; may be repeated.")
    ] = None,
    named: Annotated[
        list[str] | None, typer.Option("--command", metavar="COMMAND", help="For a service: what it may run.")
    ] = None,
    key_file_out: Annotated[
        Path | None, typer.Option("--key-file-out", metavar="FILE", help="For a service: where its key goes.")
    ] = None,
) -> Result:
    """Admit a person with roles, or a service identity with a key file for named commands only.

    Examples: lcs vault user add rhys --role manager
    lcs vault user add sweeper --command retention.sweep --key-file-out sweep.key
    """
    if bool(named) != bool(key_file_out) or (role and named):
        raise UsageError(
            "a person has roles; a service identity has commands and a key file",
            "give --role, or --command and --key-file-out",
        )
    name = setup.check_login(name)
    roles = [_ROLE.parse(cmd, _ROLE.label, typed) for typed in role or []]
    desk = cmd.desk()
    if named and key_file_out:
        made = setup.add_service(desk, name, named, key_file_out)
        return Result("lcs.user/1", _data(made), [f"Admitted {made.reference} ({name}); its key is in {key_file_out}."])
    roles = roles or [forms.fill(cmd, [_ROLE], {})["role"]]
    setup.check_new_user(desk, name, UserKind.PERSON, roles)
    secret = Secret(passphrase=cmd.new_passphrase(name))
    made = setup.add_user(desk, name, roles, secret, cmd.terminal.profile)
    return Result(
        "lcs.user/1",
        _data(made),
        [f"Admitted {made.reference} ({name}): {', '.join(sorted(made.roles))}."],
        [f"next: {name} says who it is with --user {name}, or once and for all: export LCS_USER={name}"],
    )


@command(user, "list", lists=True)
def list_(cmd: Command) -> Result:
    """List who may open the vault.

    Example: lcs vault user list
    """
    found = setup.list_users(cmd.desk())
    rows = [
        [one.reference, one.name, one.kind.value, ", ".join(sorted(one.roles) or sorted(one.commands))] for one in found
    ]
    table = Table(["REF", "NAME", "KIND", "ROLES OR COMMANDS"], rows)
    return Result("lcs.users/1", [_data(one) for one in found], [table])


def _data(one: User) -> dict[str, object]:
    return {
        "reference": one.reference,
        "name": one.name,
        "kind": one.kind.value,
        "roles": sorted(one.roles),
        "commands": sorted(one.commands),
    }
