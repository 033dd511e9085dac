"""lcs disclosure: what is told by telephone, post, e-mail or in person, what is not, and the register of all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lcs_cli.cli import forms, register_views, told_forms, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import Day, Family, From, FromDay, OfFamily, ToDay, command, group
from lcs_cli.cli.register_views import RECIPIENTS, recipient, ref_of
from lcs_cli.cli.render import Lines, Result, Table
from lcs_cli.cli.told_forms import account, part_fields
from lcs_cli.errors import WAITING
from lcs_cli.policy.telling import telling_rules
from lcs_cli.records.disclosure import IN_WORDS
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.words import a_role, either
from lcs_cli.services import accounts, disclosures, lookup, telling

if TYPE_CHECKING:
    from lcs_cli.services.disclosures import Told

app = group("What was told to whom, and what was not: the register.")

EntryRef = Annotated[str, typer.Argument(metavar="DISCLOSURE", help="The entry's reference, such as EX-000042-L.")]
To = Annotated[
    str | None, typer.Option("--to", metavar="WHO", help=f"A referrer's reference, or what they are: {RECIPIENTS}.")
]
Purpose = Annotated[str | None, typer.Option("--purpose", metavar="PURPOSE", help="For what it is told.")]
Attendance = Annotated[bool, typer.Option("--attendance", help="Attendance dates and times.")]
Details = Annotated[
    list[str] | None,
    typer.Option("--detail", metavar="PERSON.DETAIL", help="A detail, such as P-0042-L.address; may be repeated."),
]
Concern = Annotated[
    str | None, typer.Option("--concern", metavar="REF", help="The flag or accident record that it rests on.")
]
Obliged = Annotated[bool, typer.Option("--obliged", help="An order or a statute obliges the service: which is asked.")]
DecidedBy = Annotated[
    str | None, typer.Option("--decided-by", metavar="USER", help="The safeguarding lead who decided, if not you.")
]
How = Annotated[str | None, typer.Option("--how", metavar="WAY", help="How it was told: telephone, post, …")]
At = Annotated[str | None, typer.Option("--at", metavar="HH:MM", help="The time of day.")]


@command(app, "record")
def record(
    cmd: Command,
    family: Family,
    *,
    to: To = None,
    purpose: Purpose = None,
    attendance: Attendance = False,
    detail: Details = None,
    concern: Concern = None,
    obliged: Obliged = False,
    decided_by: DecidedBy = None,
    how: How = None,
    on: Day = None,
    at: At = None,
    not_told: Annotated[bool, typer.Option("--not-told", help="It was decided not to tell.")] = False,
    from_: From = None,
) -> Result:
    """Register what is told of a family, through the gate; or a decision not to tell. It holds no detail itself.

    Without --attendance and --detail it is told in words, under policy 3: they are sealed to the safeguarding leads.

    Example: lcs disclosure record LCS-0042-L --to REF-0007-F --purpose legal-advice --detail P-0042-L.address
    """
    given = {"made_on": on, "at": at, "how": how, "decided_by": decided_by}

    def asked() -> tuple[telling.Ask, dict[str, Any]]:
        ask = telling.Ask(to or "", purpose or "", attendance, tuple(detail or ()), concern, obliged)
        ground = None
        if cmd.can_ask and from_ is None:
            cmd.known("disclosure.record", Kind.FAMILY, lookup.family, family)
            ask = told_forms.whole(cmd, family, ask, not_told=not_told)
            day = cmd.day("day", on) if on else cmd.today
            ground = disclosures.ground_of(cmd.desk(), family, ask, day, decided_by, not_told=not_told)
        in_words = not (ask.attendance or ask.details or not_told)
        return ask, told_forms.recorded(cmd, from_, given, ground=ground, in_words=in_words)

    ask, values = cmd.asking(asked)
    told = disclosures.record(cmd.desk(), family, ask, account(cmd, values), not_told=not_told)
    return _registered(cmd, told)


@command(app, "urgent")
def urgent(cmd: Command, family: Family, to: To = None, on: Day = None, at: At = None, from_: From = None) -> Result:
    """Register at once what was told to protect somebody: what and why. The rest is asked for afterwards.

    Anybody who works here may, and no paperwork holds it up (policy 2, 3).

    Example: lcs disclosure urgent LCS-0042-L --to police
    """
    cmd.known("disclosure.urgent", Kind.FAMILY, lookup.family, family)
    moment = told_forms.moment(cmd, on, at)
    if cmd.can_ask and from_ is None:
        to = told_forms.urgent_recipient(cmd, family, to, moment["made_on"])
    values = forms.entry(cmd, [Field("to", "recipient", forms.text), *part_fields("what", "why")], from_, {"to": to})
    told = disclosures.urgent(cmd.desk(), family, values.pop("to"), account(cmd, values | moment))
    return _registered(cmd, told)


@command(app, "complete")
def complete(
    cmd: Command,
    ref: EntryRef,
    concern: Concern = None,
    decided_by: DecidedBy = None,
    how: How = None,
    at: At = None,
    *,
    decided_alone: Annotated[
        bool, typer.Option("--decided-alone", help="Whoever registered it decided alone: a lead confirms it.")
    ] = False,
    from_: From = None,
) -> Result:
    """Add what an entry is missing. What is recorded is not changed; it is complete with its last part.

    Example: lcs disclosure complete EX-000042-L --concern SF-0042-L --how telephone
    """
    cmd.known("disclosure.complete", Kind.DISCLOSURE, disclosures.open_entry, ref)
    given = {"concern": concern, "decided_by": "" if decided_alone else decided_by, "how": how, "at": at}
    desk = cmd.desk()
    entry = None
    if cmd.can_ask and from_ is None:
        entry = disclosures.open_entry(desk.db, ref)
        cmd.terminal.note("Enter leaves what is not known yet.")
    values = told_forms.completed(cmd, from_, given, entry=entry)
    if entry is not None and all(value is None for value in values.values()):
        return _result(cmd, disclosures.told_of(desk, entry), f"Nothing was added to {ref_of(entry)}.")
    rest = values.pop("concern", None)
    told = disclosures.complete(
        cmd.desk(), ref, account(cmd, values | {"made_on": cmd.today}), rest, decided_alone=decided_alone
    )
    said = f"{ref_of(told.entry)} is complete." if told.entry.complete else f"Added to {ref_of(told.entry)}."
    return _result(cmd, told, said)


@command(app, "confirm")
def confirm(cmd: Command, ref: EntryRef) -> Result:
    """Confirm that you decided on it, where somebody else wrote that down; or, as a lead, what was decided alone.

    Example: lcs disclosure confirm EX-000042-L
    """
    told = disclosures.confirm(cmd.desk(), ref)
    return _result(cmd, told, f"Confirmed who decided on {ref_of(told.entry)}.")


@command(app, "check")
def check(
    cmd: Command,
    family: Family,
    to: To = None,
    purpose: Purpose = None,
    attendance: Attendance = False,
    detail: Details = None,
    concern: Concern = None,
    obliged: Obliged = False,
) -> Result:
    """Ask the gate, and tell nobody: whether it may be told, on which ground. Nothing is registered; it is logged.

    Example: lcs disclosure check LCS-0042-L --to REF-0007-F --purpose case-management --attendance
    """
    ask = telling.Ask(to or "", purpose or "", attendance, tuple(detail or ()), concern, obliged)
    answer = disclosures.check(cmd.desk(), family, ask)
    verdict = answer.verdict
    said = f"Yes (policy {verdict.clause}), on the ground {verdict.ground}: {verdict.reason}"
    data = {
        "permitted": True,
        "ground": verdict.ground,
        "clause": verdict.clause,
        "reason": verdict.reason,
        "recipient": answer.recipient.name,
        "fields": list(answer.fields),
        "consents": [reference(Kind.CONSENT, one.number) for one in answer.consents],
    }
    notes = ["Nothing was registered: lcs disclosure record   does that."]
    return Result("lcs.disclosure-check/1", data, [said], notes)


@command(app, "list", lists=True)
def list_(
    cmd: Command,
    family: OfFamily = None,
    to: To = None,
    from_day: FromDay = None,
    to_day: ToDay = None,
    incomplete: Annotated[bool, typer.Option("--incomplete", help="Only what waits for parts.")] = False,
) -> Result:
    """List what left, in whatever way, and what it was decided not to tell: the newest last, without words.

    Example: lcs disclosure list --family LCS-0042-L
    """
    first = cmd.day("from day", from_day) if from_day else None
    last = cmd.day("to day", to_day) if to_day else None
    found = disclosures.listing(cmd.desk(), family, to, first, last, incomplete=incomplete)
    table = Table(register_views.HEADINGS, map(register_views.row, found), "Nothing of that kind is registered.")
    return Result("lcs.disclosures/1", map(register_views.entry, found), [table])


@command(app, "show")
def show(cmd: Command, ref: EntryRef) -> Result:
    """Show an entry with its words: safeguarding leads only. The reading is logged.

    Example: lcs disclosure show EX-000042-L
    """
    cmd.known("disclosure.show", Kind.DISCLOSURE, lookup.disclosure, ref)
    file = disclosures.show(cmd.desk(anew=True), ref)
    return Result("lcs.disclosure/1", register_views.whole(file), [Lines(register_views.lines(file))])


def _registered(cmd: Command, told: Told) -> Result:
    entry = told.entry.disclosure
    families = ", ".join(reference(Kind.FAMILY, one) for one in told.entry.families)
    when = f"{views.human(entry.made_on)} {told.entry.parts.get('at', '')}".rstrip()
    if entry.kind == "not-told":
        return _result(
            cmd, told, f"Registered {ref_of(told.entry)}: {families}, {when}: {recipient(told.entry)} is not told."
        )
    what = register_views.what(told.entry)
    about = f"{what} {'about' if IN_WORDS in entry.fields else 'of'} {families}"
    ground = f"{entry.ground}, policy {entry.clause}"
    return _result(
        cmd, told, f"Registered {ref_of(told.entry)}: {about}, to {recipient(told.entry)}, {when} ({ground})."
    )


def _result(cmd: Command, told: Told, said: str) -> Result:
    notes = []
    if told.missing:
        notes.append(f"still missing: {', '.join(map(accounts.part_name, told.missing))}")
        if "concern" in told.missing:
            notes.append(
                f"raise the concern that it rests on: lcs flag raise {reference(Kind.FAMILY, told.entry.families[0])}"
            )
        if set(told.missing) - {"confirmed"}:
            completing, desk = f"lcs disclosure complete {ref_of(told.entry)}", cmd.desk()
            leads = telling_rules(desk.rules).decides.get(told.entry.disclosure.ground, ("manager",))
            others = f"{either(map(a_role, leads))} completes it: {completing}"
            notes.append(f"when it is known: {completing}" if desk.may("disclosure.complete") else others)
        if "confirmed" in told.missing:
            notes.append(f"to be confirmed by {told.confirmer}: lcs disclosure confirm {ref_of(told.entry)}")
    code = WAITING if told.missing and told.answer is None else 0
    return Result("lcs.disclosure/1", register_views.entry(told), [said], notes, code)
