"""lcs permission: what senior management permits in contact rooms, before it happens."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lcs_cli.cli import forms, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import Family, From, FromDay, OfFamily, ToDay, command, group
from lcs_cli.cli.render import Lines, Result, Table
from lcs_cli.records.permission import Activity, Permission, PermissionKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import lookup, permissions

if TYPE_CHECKING:
    from lcs_cli.services.permissions import PermissionFile

app = group("What senior management permits in contact rooms.")

Ref = Annotated[str, typer.Argument(metavar="PERMISSION", help="The permission's reference, such as PM-0042-L.")]
KindOption = Annotated[PermissionKind | None, typer.Option("--kind", help="What is to be done.")]
_KIND = Field("kind", "kind", forms.choice(PermissionKind), question=f"Kind ({', '.join(PermissionKind)})")
_DAYS = (Field("from_on", "from day", forms.day, ""), Field("to_on", "to day", forms.day, ""))
_RUN = (Field("from_on", "from day", forms.day), Field("to_on", "to day", forms.day))
_FIELDS = (
    Field("done_by", "who does it", forms.text),
    Field("purpose", "why", forms.text),
    Field("evidence", "evidence", forms.text, question="Evidence (the request or order, and where it is kept)"),
)
_SESSION = Field("session", "session", forms.text, "", "Session (Enter for a run of days)")
_GRANTED = Field("granted", "granted", forms.yes_no, question="Grant it (y/n)")
_REASON = Field("reason", "reason", forms.text)


@command(app, "request")
def request(
    cmd: Command,
    family: Family,
    kind: KindOption = None,
    session: Annotated[str | None, typer.Option("--session", metavar="SESSION", help="For this session.")] = None,
    from_day: FromDay = None,
    to_day: ToDay = None,
    from_: From = None,
) -> Result:
    """Ask senior management to permit something beside contact in a contact room (policy 4.3).

    It is for one session (--session), or for a run of days (--from-day, --to-day). It is granted before it happens.

    Example: lcs permission request LCS-0042-L --kind observation --session S-000042-L
    """
    cmd.known("permission.request", Kind.FAMILY, lookup.family, family)
    given = {"kind": kind.value if kind else None, "session": session, "from_on": from_day, "to_on": to_day}
    days = _DAYS
    if from_ is None:
        if cmd.can_ask and not (session or from_day or to_day):
            given |= forms.fill(cmd, [_session_of(family)], {})
        # A session has its own day; only of a run the days are asked for.
        given |= {"from_on": from_day or "", "to_on": to_day or ""} if given["session"] else {"session": ""}
        days = _DAYS if given["session"] else _RUN
        cmd.known(
            "permission.request",
            Kind.SESSION,
            lambda db, one: permissions.session_to_come(cmd.desk(), db, family, one),
            given["session"] or None,
        )
    if from_ is None and cmd.can_ask:
        values = cmd.asking(
            lambda: (
                forms.fill(cmd, [_KIND, _SESSION], given)
                | _asked_days(cmd, family, days, given)
                | forms.fill(cmd, _FIELDS, given)
            )
        )
    else:
        values = forms.entry(cmd, [_KIND, _SESSION, *days, *_FIELDS], from_, given)
    one = permissions.request(cmd.desk(), family, permissions.PermissionDraft(**values))
    said = f"Recorded {ref_of(one)} for {cmd.echo(Kind.FAMILY, one.family)}: {one.kind.spoken}, {when(one)}."
    next_ = f"next: a senior manager who did not ask decides before that: lcs permission decide {ref_of(one)}"
    return Result("lcs.permission/1", _whole(one), [said], [next_])


@command(app, "decide")
def decide(
    cmd: Command,
    ref: Ref,
    grant: Annotated[bool | None, typer.Option("--grant/--refuse", help="Grant it, or refuse it.")] = None,
    to_day: Annotated[
        str | None, typer.Option("--to-day", metavar="DAY", help="Grant a run only up to this day.")
    ] = None,
    from_: From = None,
) -> Result:
    """Grant a permission with a reason, or refuse it: a senior manager who did not ask, before it happens (policy 4.3).

    Example: lcs permission decide PM-0042-L --grant
    """
    cmd.known("permission.decide", Kind.PERMISSION, lambda db, one: permissions.decidable(cmd.desk(), db, one), ref)
    last = cmd.day("to day", to_day) if to_day else None
    given = {"granted": None if grant is None else "yes" if grant else "no"}
    values = forms.entry(cmd, [_GRANTED, _REASON], from_, given)
    one = permissions.decide(cmd.desk(), ref, values["reason"], granted=values["granted"], to_on=last)
    if not values["granted"]:
        return Result("lcs.permission/1", _whole(one), [f"Refused {ref_of(one)}."])
    said = f"Granted {ref_of(one)}: {one.kind.spoken} for {reference(Kind.FAMILY, one.family)}, {when(one)}."
    session = reference(Kind.SESSION, one.session) if one.session else "SESSION"
    next_ = f"next: when it is done: lcs session activity {session} --kind {one.kind}"
    return Result("lcs.permission/1", _whole(one), [said], [next_])


@command(app, "list", lists=True)
def list_(
    cmd: Command,
    family: OfFamily = None,
    only_open: Annotated[bool, typer.Option("--open", help="Only those to decide on, and those that hold.")] = False,
) -> Result:
    """List the permissions, without what was written in them.

    Example: lcs permission list --open
    """
    found = permissions.listing(cmd.desk(), family, only_open=only_open)
    rows = (
        [
            ref_of(one.permission),
            reference(Kind.FAMILY, one.permission.family),
            one.permission.kind.value,
            when(one.permission),
            one.permission.requested_by,
            one.permission.decided_by or "",
            _state(one),
        ]
        for one in found
    )
    headings = ["REF", "FAMILY", "KIND", "WHEN", "ASKED BY", "DECIDED BY", "STATE"]
    table = Table(headings, rows, "No permission was asked for.")
    return Result("lcs.permissions/1", map(_listed, found), [table])


@command(app, "show")
def show(cmd: Command, ref: Ref) -> Result:
    """Show a permission with what was asked, decided and done. The reading is logged.

    Example: lcs permission show PM-0042-L
    """
    file = permissions.show(cmd.desk(), ref)
    one = file.permission
    lines = [
        ("Reference", ref_of(one)),
        ("Family", reference(Kind.FAMILY, one.family)),
        ("Kind", one.kind.value),
        ("When", when(one)),
        ("Who does it", one.done_by),
        ("Why", one.purpose),
        ("Evidence", one.evidence),
        ("Asked", f"{views.human(one.requested_on)} by {one.requested_by}"),
        ("State", _state(file)),
    ]
    if one.decided:
        verb = "refused" if one.state == "refused" else "granted"
        decided = f"{verb} on {views.human(one.decided.day)} at {one.decided.time} by {one.decided_by}: {one.reason}"
        lines.append(("Decision", decided))
    if one.withdrawn_on:
        withdrawn = f"{views.human(one.withdrawn_on)} by {one.withdrawn_by}: {one.withdrawn_because}"
        lines.append(("Withdrawn", withdrawn))
    lines += [("Done", _done(activity)) for activity in file.activities]
    data = _listed(file) | _texts(one) | {"activities": [activity_view(activity) for activity in file.activities]}
    return Result("lcs.permission/1", data, [Lines(lines)])


@command(app, "withdraw")
def withdraw(cmd: Command, ref: Ref, from_: From = None) -> Result:
    """End a permission from today on, with the reason: senior management.

    Example: lcs permission withdraw PM-0042-L
    """
    cmd.known(
        "permission.withdraw", Kind.PERMISSION, lambda db, one: permissions.withdrawable(cmd.desk(), db, one), ref
    )
    values = forms.entry(cmd, [_REASON], from_)
    one = permissions.withdraw(cmd.desk(), ref, values["reason"])
    return Result("lcs.permission/1", _whole(one), [f"Withdrew {ref_of(one)} from {views.human(one.withdrawn_on)} on."])


def ref_of(one: Permission) -> str:
    """The permission's reference."""
    return reference(Kind.PERMISSION, one.number)


def when(one: Permission) -> str:
    """The session or the run of days that it is for."""
    if one.session is not None:
        return f"{reference(Kind.SESSION, one.session)} on {views.human(one.first)} at {one.starts}"
    return f"{views.human(one.first)} to {views.human(one.last)}"


def activity_view(one: Activity) -> dict[str, Any]:
    """What was done in a session."""
    return {
        "family": reference(Kind.FAMILY, one.family),
        "session": reference(Kind.SESSION, one.session),
        "kind": one.kind.value,
        "permission": reference(Kind.PERMISSION, one.permission),
        "recorded_on": views.iso(one.recorded_on),
        "recorded_by": one.recorded_by,
    }


def _session_of(family: str) -> Field:
    """A session of the family, where questions follow."""

    def parse(cmd: Command, _label: str, typed: str) -> str:
        with cmd.judging() as desk:
            return reference(Kind.SESSION, permissions.session_of(desk.db, family, typed).number)

    return Field(_SESSION.key, _SESSION.label, parse, _SESSION.default, _SESSION.question)


def _asked_days(
    cmd: Command, family: str, days: Sequence[Field], given: Mapping[str, str | None]
) -> dict[str, date | None]:
    """The days of a run, asked for until they may be asked for; a session has its own."""

    def check(told: Mapping[str, Any]) -> None:
        if told["from_on"] and told["to_on"]:
            permissions.check_run(cmd.desk(), family, told["from_on"], told["to_on"])

    asks = any(given[field.key] is None for field in days)
    return forms.settled(cmd, lambda: forms.fill(cmd, days, given), check, asks=asks)


def _state(file: "PermissionFile") -> str:
    cancelled = ", its session is cancelled" if file.permission.cancelled else ""
    return f"{file.standing.value}{cancelled}"


def _done(one: Activity) -> str:
    return f"{reference(Kind.SESSION, one.session)}, recorded {views.human(one.recorded_on)} by {one.recorded_by}"


def _listed(file: "PermissionFile") -> dict[str, Any]:
    return _view(file.permission) | {"state": file.standing.value}


def _view(one: Permission) -> dict[str, Any]:
    return {
        "reference": ref_of(one),
        "family": reference(Kind.FAMILY, one.family),
        "kind": one.kind.value,
        "session": reference(Kind.SESSION, one.session) if one.session else None,
        "session_cancelled": one.cancelled,
        "from_on": views.iso(one.first),
        "to_on": views.iso(one.last),
        "requested_on": views.iso(one.requested_on),
        "requested_by": one.requested_by,
        "state": one.state.value,
        "decided_on": views.iso(one.decided.day) if one.decided else None,
        "decided_at": one.decided.time if one.decided else None,
        "decided_by": one.decided_by,
        "withdrawn_on": views.iso(one.withdrawn_on),
        "withdrawn_by": one.withdrawn_by,
    }


def _texts(one: Permission) -> dict[str, Any]:
    return {
        "done_by": one.done_by,
        "purpose": one.purpose,
        "evidence": one.evidence,
        "reason": one.reason,
        "withdrawn_because": one.withdrawn_because,
    }


def _whole(one: Permission) -> dict[str, Any]:
    """A permission with what was written in it, as it was just saved."""
    return _view(one) | _texts(one)
