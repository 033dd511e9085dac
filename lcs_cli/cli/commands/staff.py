"""lcs staff: who works here, who is vetted (policy 4.4), and who has signed the undertaking (policy 4.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from lcs_cli.cli import check_entry, forms, register, register_page, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.file_password import AskPassword, NoPassword
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import Day, From, command, group
from lcs_cli.cli.printing import PdfFile
from lcs_cli.cli.render import Lines, Result, Table, saved
from lcs_cli.errors import UsageError
from lcs_cli.policy.vetting import awaited
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.staff import Capacity, UpdateStatus
from lcs_cli.services import staff, vetting

if TYPE_CHECKING:
    from lcs_cli.services.staff import Due
    from lcs_cli.services.vetting import Recorded

app = group("Staff and volunteers: who works here, and who is vetted.")

StaffRef = Annotated[
    str, typer.Argument(metavar="STAFF", help="The reference on the staff register, such as ST-004-G.")
]
Login = Annotated[
    str | None, typer.Option("--login", metavar="NAME", help="The login name of the slot in the vault that is theirs.")
]
_LONGEST_NOTICE = 3660
_WITHIN = re.compile(r"([0-9]{1,4})\s*d?", re.ASCII)


FIELDS = (
    Field("name", "name", forms.text),
    Field("capacity", "capacity", forms.choice(Capacity), question=f"Capacity ({', '.join(Capacity)})"),
    Field("joined_on", "joined on", forms.day, "today", "Joined on"),
)


def _login(question: str, ref: str | None = None) -> Field:
    """The login of a slot; at a terminal one that is nobody's, or somebody else's, is asked for again at once."""

    def parse(cmd: Command, label: str, typed: str) -> str:
        if cmd.can_ask:
            staff.check_login(cmd.desk(), typed, ref)
        return forms.text(cmd, label, typed)

    return Field("login", "login", parse, "", question)


_SIGNED = Field("on", "on", forms.past_day, "today", "Signed on")
_LEAVING = (Field("left_on", "last day", forms.day), Field("reason", "reason", forms.text))


@command(app, "add")
def add(cmd: Command, login: Login = None, from_: From = None) -> Result:
    """Enter somebody who works here on the staff register. Their login links them to what they do in the vault.

    Example: lcs staff add --login tomos
    """
    if from_ is None:
        staff.check_login(cmd.desk(), login)
    entries = forms.entries(cmd, (*FIELDS, _login("Login name (Enter for none)")), from_, {"login": login})
    desk = cmd.desk()
    with desk.together():
        added = forms.each(
            entries,
            lambda values: staff.add(desk, values["name"], values["capacity"], values["joined_on"], values["login"]),
        )
    said = [
        f"Saved {register.ref(one.member)} ({one.member.initials}): {one.member.capacity}, "
        f"from {views.human(one.member.joined_on)}{f', {one.member.user}' if one.member.user else ''}."
        for one in added
    ]
    first, vetted, signed = register.ref(added[0].member), cmd.clause("vetting"), cmd.clause("staff")
    notes = [
        f"next: lcs staff dbs {first}   once their DBS certificate was seen ({vetted})",
        f"      lcs staff undertake {first}   once the confidentiality undertaking is signed ({signed})",
    ]
    return saved("staff-member", "staff", [register.listed(one) for one in added], said, notes)


@command(app, "edit")
def edit(cmd: Command, ref: StaffRef, login: Login = None, from_: From = None) -> Result:
    """Correct an entry, or link a login to it; the former value is kept with the reason.

    Example: lcs staff edit ST-004-G --login tomos
    """
    staff.check_edit(cmd.desk(), ref)
    if from_ is None and cmd.can_ask:
        cmd.terminal.note("Enter leaves a field as it is.")
    optional = [replace(field, default="") for field in (*FIELDS, _login("Login name", ref))]
    values = forms.entry(cmd, [*optional, Field("reason", "reason", forms.text)], from_, {"login": login})
    one, changed = staff.edit(cmd.desk(), ref, values, values["reason"])
    shown = register.ref(one.member)
    said = f"Corrected {shown}: {', '.join(changed)}." if changed else f"Nothing was different: {shown}."
    return Result("lcs.staff-member/1", register.listed(one), [said])


@command(app, "list", lists=True)
def list_(
    cmd: Command,
    former: Annotated[bool, typer.Option("--former", help="Those who have left instead.")] = False,
    pdf: PdfFile = None,
    ask_password: AskPassword = False,
    no_password: NoPassword = False,
) -> Result:
    """List who works here, who is vetted, and who has signed the undertaking.

    As a PDF it is encrypted with a password that is shown once.

    Example: lcs staff list --former

    Example: lcs staff list --pdf staff.pdf
    """
    if pdf is not None:
        return register_page.written(cmd, pdf, former=former, ask=ask_password, none=no_password)
    if ask_password or no_password:
        raise UsageError("password: is that of a file", "give --pdf FILE as well")
    found = staff.listing(cmd.desk(), former=former)
    rows = [register.row(one) for one in found]
    empty = "Nobody who left is on the register." if former else "Nobody is on the staff register: lcs staff add"
    table = Table(["REF", "NAME", "CAPACITY", "USER", "WORKS HERE", "CHECK", "UNDERTAKING"], rows, empty)
    return Result("lcs.staff/1", [register.listed(one) for one in found], [table])


@command(app, "show")
def show(cmd: Command, ref: StaffRef) -> Result:
    """Show one entry with all its checks and what corrections replaced.

    Example: lcs staff show ST-004-G
    """
    one = staff.show(cmd.desk(), ref)
    lines = [
        ("Reference", register.ref(one.member)),
        ("Name", one.member.name),
        ("Capacity", one.member.capacity.value),
        ("User", one.member.user or "none"),
        ("Joined", views.human(one.member.joined_on)),
        *([("Left", f"{views.human(one.member.left_on)}: {one.member.left_reason}")] if one.member.left_on else []),
        ("Check", register.said(one.vetting)),
        ("Undertaking", views.human(one.undertaking) or "MISSING"),
    ]
    blocks: list[Lines | Table] = [Lines(lines)]
    if one.checks:
        heads = ["CHECK", "CERTIFICATE", "OUTCOME", "SEEN BY", "RECORDED"]
        rows = [
            [*register.check_row(check), f"{views.human(check.recorded_on)} by {check.recorded_by}"]
            for check in one.checks
        ]
        blocks.append(Table(heads, rows))
    if one.corrections:
        blocks.append(views.corrections_table(one.corrections))
    return Result("lcs.staff-file/1", register.file(one), blocks)


@command(app, "leave")
def leave(cmd: Command, ref: StaffRef, on: Day = None, from_: From = None) -> Result:
    """Record somebody's last day and why they left. Their entry and their checks stay.

    Recorded again, the day is corrected. Whoever comes back is entered anew.

    Example: lcs staff leave ST-004-G --on 31/3/2026
    """
    staff.check_leave(cmd.desk(), ref)
    values = forms.entry(cmd, _LEAVING, from_, {"left_on": on})
    done = staff.leave(cmd.desk(), ref, values["left_on"], values["reason"])
    one = done.member
    notes = []
    if done.sessions:
        refs = ", ".join(reference(Kind.SESSION, session.number) for session in done.sessions)
        notes.append(f"named to supervise after that day: {refs}: lcs session supervise   names somebody else")
    if done.login:
        notes.append(f"they still open the vault: a manager runs lcs vault user remove {done.login}")
    said = f"{register.ref(one)} ({one.initials}): the last day is {views.human(one.left_on)}."
    data = register.member(one) | {"sessions": [reference(Kind.SESSION, session.number) for session in done.sessions]}
    return Result("lcs.staff-member/1", data, [said], notes)


@command(app, "dbs")
def dbs(
    cmd: Command,
    ref: StaffRef,
    update_service: Annotated[
        UpdateStatus | None,
        typer.Option("--update-service", help="What the Update Service says of the certificate on record."),
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DAY", help="With --update-service: the day it was looked up.")
    ] = None,
    from_: From = None,
) -> Result:
    """Record a DBS check: that a certificate was seen, and the decision on it; or its status in the Update Service.

    Level, barred list, day, number and decision are kept (policy 4.4). What a certificate says is never asked for, and
    refused where somebody hands it in. Nothing is changed afterwards: a correction is another entry, the last decides.
    Where you name somebody else as having decided, they confirm it.

    Example: lcs staff dbs ST-004-G

    Example: lcs staff dbs ST-004-G --update-service current --on yesterday
    """
    if on and update_service is None:
        raise UsageError("on: is the day of a status check", "give --update-service current or changed as well")
    desk = cmd.desk()
    vetting.check_record(desk, ref)
    entry = check_entry.handed_in(cmd, desk, ref, from_) if from_ else None
    if update_service or (entry and "update_service" in entry):
        found = check_entry.status(cmd, ref, entry, {"update_service": update_service, "checked_on": on})
        return _recorded(
            vetting.record_status(desk, ref, found["update_service"], found["checked_on"], found["seen_by"])
        )
    return _recorded(vetting.record(desk, ref, check_entry.certificate(cmd, ref, entry)))


@command(app, "confirm")
def confirm(cmd: Command, ref: StaffRef) -> Result:
    """Confirm that you decided on a check, where somebody else recorded it: until then it vets nobody (policy 4.4).

    Example: lcs staff confirm ST-004-G
    """
    return _recorded(vetting.confirm(cmd.desk(), ref), "Confirmed")


@command(app, "due", lists=True)
def due(
    cmd: Command,
    within: Annotated[
        str | None, typer.Option("--within", metavar="DAYS", help="Renewals of so many days to come, such as 60d.")
    ] = None,
) -> Result:
    """List who has no check, whose check is to be renewed or confirmed, and who has not signed the undertaking.

    And who has left and can still open the vault (policy 4.5).

    Example: lcs staff due --within 60d
    """
    found = staff.due(cmd.desk(), _days(within) if within else None)
    rows = [
        [
            one.ref,
            f"{one.member.capacity}{', left' if one.login else ''}" if one.member else "not on the staff register",
            register.due_check(one),
            "MISSING" if one.undertaking_missing else "",
        ]
        for one in found
    ]
    table = Table(["REF", "CAPACITY", "CHECK (4.4)", "UNDERTAKING (4.1)"], rows, "Nothing is due.")
    notes = [_still_in(cmd, one) for one in found if one.login]
    if any(one.member is None for one in found):
        notes.append("to enter somebody with a slot on the register: lcs staff add --login NAME")
    return Result("lcs.staff-due/1", [register.due(one) for one in found], [table], notes)


@command(app, "undertake")
def undertake(cmd: Command, ref: StaffRef, on: Day = None) -> Result:
    """Record that somebody signed the confidentiality undertaking (policy 4.1), and that you saw it.

    Example: lcs staff undertake ST-004-G --on 5/1/2026
    """
    staff.check_undertake(cmd.desk(), ref)
    day = forms.fill(cmd, [_SIGNED], {"on": on})["on"]
    one = staff.undertake(cmd.desk(), ref, day)
    on_record = ": that is on record already" if one.again else ""
    said = f"{register.ref(one.member)} ({one.member.initials}) signed on {views.human(day)}{on_record}."
    return Result("lcs.staff-member/1", register.listed(one), [said])


def _still_in(cmd: Command, one: Due) -> str:
    left = f"{one.ref} left on {views.human(one.member.left_on if one.member else None)}"
    return f"{left}, and still opens the vault ({cmd.clause('storage')}): lcs vault user remove {one.login}"


def _recorded(done: Recorded, verb: str = "Recorded") -> Result:
    one, decider = done.member, awaited(done.check)
    notes = [f"next: {decider} confirms it: lcs staff confirm {register.ref(one)}"] if decider else []
    said = f"{verb} for {register.ref(one)} ({one.initials}): {register.check_row(done.check)[0]}."
    data = register.member(one) | register.vetting(done.vetting) | {"check": register.check(done.check)}
    return Result("lcs.staff-check/1", data, [said, f"{register.ref(one)}: {register.said(done.vetting)}."], notes)


def _days(typed: str) -> int:
    match = _WITHIN.fullmatch(typed.strip())
    if not match or int(match[1]) > _LONGEST_NOTICE:
        raise UsageError("within: must be a number of days such as 60d", f"give up to {_LONGEST_NOTICE}d")
    return int(match[1])
