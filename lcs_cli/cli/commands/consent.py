"""lcs consent: what a person allows to be told of them, to whom and for what; withdrawn at any time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec.structs import replace

from lcs_cli.cli import forms, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import Day, From, FromDay, OfFamily, command, group
from lcs_cli.cli.render import Lines, Result, Table
from lcs_cli.cli.told_forms import looked_up
from lcs_cli.policy.consent import consent_rules
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import consents, lookup

if TYPE_CHECKING:
    from lcs_cli.policy.consent import ConsentRules
    from lcs_cli.records.consent import RecordedConsent
    from lcs_cli.services.consents import ConsentFile

app = group("Consents to what is told: record, withdraw, check.")

PersonRef = Annotated[
    str, typer.Argument(metavar="PERSON", help="The person whose details they are, such as P-0042-L.")
]
ConsentRef = Annotated[str, typer.Argument(metavar="CONSENT", help="The consent's reference, such as CN-0042-L.")]
Share = Annotated[
    list[str] | None, typer.Option("--share", metavar="DETAIL", help="What may be told: address; may be repeated.")
]
With = Annotated[str | None, typer.Option("--with", metavar="REFERRER", help="Who may be told.")]
Purpose = Annotated[str | None, typer.Option("--purpose", metavar="PURPOSE", help="For what it may be told.")]
How = Annotated[str | None, typer.Option("--how", metavar="WAY", help="How it was given or withdrawn: in-writing.")]


@command(app, "record")
def record(
    cmd: Command,
    ref: PersonRef,
    share: Share = None,
    with_: With = None,
    purpose: Purpose = None,
    from_day: FromDay = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help="The last day; else it has none.")] = None,
    how: How = None,
    given_by: Annotated[
        str | None, typer.Option("--given-by", metavar="PERSON", help="The parent who gives it for a child.")
    ] = None,
    from_: From = None,
) -> Result:
    """Record a person's explicit consent. One adult's never covers another's details (policy 4.2).

    Example: lcs consent record P-0042-L --share address --with REF-0007-F --purpose legal-advice
    """

    def may_give(_: object, typed: str) -> object:
        return consents.giver_of(cmd.desk(), typed, given_by, share or ())

    if from_ is None or given_by:  # else the JSON may say who gives it
        cmd.known("consent.record", Kind.PERSON, may_give, ref)
    cmd.known("consent.record", Kind.REFERRER, lookup.referrer, with_)
    given = {
        "details": " ".join(share) if share else None,
        "recipient": with_,
        "purpose": purpose,
        "given_from": from_day,
        "until": until,
        "given_how": how,
        "given_by": given_by or "",
        "responsibility": None if given_by else "",
    }
    first, rest = _record_fields(cmd, by_a_parent=bool(given_by))
    if from_ is None and cmd.can_ask:
        values = cmd.asking(lambda: _filled(cmd, first, rest, given))
    else:
        values = forms.entry(cmd, [*first, *rest], from_, given)
    one = consents.record(cmd.desk(), ref, consents.ConsentDraft(**values))
    told = f"{_details(one.consent)} may be told to {_to(one.consent)} for {one.consent.purpose}, {_when(one)}."
    notes = [f"{_ref_of(other)} covers it {_since(cmd, other)}" for other in one.others]
    notes.append(f"when they change their mind: lcs consent withdraw {_ref(one)}")
    return Result(
        "lcs.consent/1",
        _view(one),
        [f"Recorded {_ref(one)} of {cmd.echo(Kind.PERSON, one.consent.person)}: {told}"],
        notes,
    )


def _filled(
    cmd: Command, first: Sequence[Field], rest: Sequence[Field], given: Mapping[str, str | None]
) -> dict[str, Any]:
    values = forms.fill(cmd, first, given)
    until = replace(rest[0], parse=forms.not_before(values["given_from"]))
    return values | forms.fill(cmd, [until, *rest[1:]], given)


@command(app, "withdraw")
def withdraw(cmd: Command, ref: ConsentRef, on: Day = None, how: How = None, from_: From = None) -> Result:
    """Withdraw a consent: it covers nothing from that day on. It is never put back; a new one is a new record.

    Example: lcs consent withdraw CN-0042-L --how by-telephone
    """
    cmd.known("consent.withdraw", Kind.CONSENT, consents.not_withdrawn, ref)
    ways = consent_rules(cmd.desk().rules).withdrawn
    fields = [
        Field("withdrawn_on", "day", forms.past_day, "today"),
        Field("withdrawn_how", "how withdrawn", forms.choice(ways), question=f"How withdrawn ({', '.join(ways)})"),
        Field("withdrawn_reason", "reason", forms.text),
    ]
    values = forms.entry(cmd, fields, from_, {"withdrawn_on": on, "withdrawn_how": how})
    one = consents.withdraw(
        cmd.desk(), ref, values["withdrawn_on"], values["withdrawn_how"], values["withdrawn_reason"]
    )
    day = views.human(one.consent.withdrawn_on)
    others = map(_ref_of, one.others)
    notes = [f"{other} still covers some of it: withdraw it too? lcs consent withdraw {other}" for other in others]
    said = f"Withdrew {_ref(one)} of {cmd.echo(Kind.PERSON, one.consent.person)}: it covers nothing since {day}."
    return Result("lcs.consent/1", _view(one), [said], notes)


@command(app, "check")
def check(
    cmd: Command,
    ref: PersonRef,
    share: Annotated[
        list[str] | None, typer.Option("--share", metavar="DETAIL", help="What is asked for; may be repeated.")
    ] = None,
    with_: With = None,
    purpose: Purpose = None,
) -> Result:
    """Ask whether a person's details may be told to somebody. Nothing leaves; the question is logged.

    Example: lcs consent check P-0107-S --share address --with REF-0007-F --purpose legal-advice
    """
    details: Sequence[str] = share or []
    if cmd.can_ask:
        cmd.known("consent.check", Kind.PERSON, lookup.person, ref)
        given = {"details": " ".join(details) or None, "recipient": with_, "purpose": purpose}
        asked = [one for one in _asked(consent_rules(cmd.desk().rules)) if not given[one.key]]
        values = given | forms.fill(cmd, asked, {})
        details, with_, purpose = share or values["details"], values["recipient"], values["purpose"]
    answer = consents.check(cmd.desk(), ref, details, with_ or "", purpose or "")
    used = [_ref_of(one) for one in answer.consents]
    told = f"{', '.join(answer.fields)} to {answer.recipient.name}"
    said = f"Yes (policy {answer.verdict.clause}): {told}, by {', '.join(used)}."
    data = {
        "permitted": True,
        "clause": answer.verdict.clause,
        "ground": answer.verdict.ground,
        "recipient": answer.recipient.name,
        "fields": list(answer.fields),
        "consents": used,
    }
    return Result("lcs.consent-check/1", data, [said])


@command(app, "list", lists=True)
def list_(
    cmd: Command,
    person: Annotated[str | None, typer.Option("--person", metavar="REF", help="Only this person's.")] = None,
    family: OfFamily = None,
    lapsing: Annotated[
        bool, typer.Option("--lapsing", help="Only those that lapse soon or have lapsed, and that nobody renewed.")
    ] = False,
) -> Result:
    """List the consents, without their evidence.

    Example: lcs consent list --lapsing
    """
    found = consents.listing(cmd.desk(), person, family, lapsing=lapsing)
    headings = ["REF", "PERSON", "DETAILS", "TO", "PURPOSE", "FROM", "UNTIL", "STATE"]
    rows = ([_ref(one), _person(one), *_row(one)] for one in found)
    table = Table(headings, rows, "No consent lapses." if lapsing else "No consent is on record.")
    return Result("lcs.consents/1", (_listed(one) for one in found), [table])


@command(app, "show")
def show(cmd: Command, ref: ConsentRef) -> Result:
    """Show a consent with its evidence. The reading is logged.

    Example: lcs consent show CN-0042-L
    """
    one = consents.show(cmd.desk(), ref)
    consent = one.consent
    lines = [
        ("Reference", _ref(one)),
        ("Person", _person(one)),
        ("Family", reference(Kind.FAMILY, consent.family)),
        ("Details", _details(consent)),
        ("To", _to(consent)),
        ("Purpose", consent.purpose),
        ("When", _when(one)),
        ("Given", f"{consent.given_how} by {reference(Kind.PERSON, consent.given_by)}"),
        ("Evidence", consent.evidence),
    ]
    if consent.responsibility:
        lines.append(("Parental responsibility", consent.responsibility))
    lines += [("Recorded", f"{views.human(consent.recorded_on)} by {consent.recorded_by}"), ("State", one.state.value)]
    if consent.withdrawn_on:
        how = f"{views.human(consent.withdrawn_on)} {consent.withdrawn_how}, recorded by {consent.withdrawn_by}"
        lines += [("Withdrawn", how), ("Reason", consent.withdrawn_reason or "")]
    notes = [f"{_person(one)}.{name} is not covered: {why}" for name, why in one.shut.items()]
    return Result("lcs.consent/1", _view(one), [Lines(lines)], notes)


def _record_fields(cmd: Command, *, by_a_parent: bool) -> tuple[list[Field], list[Field]]:
    """What is asked about a consent: up to its first day, and from its last day on."""
    rules = consent_rules(cmd.desk().rules)
    responsibility = Field(
        "responsibility", "responsibility", forms.text, "", "How their parental responsibility is known"
    )
    first = [*_asked(rules), Field("given_from", "from", forms.day, "today")]
    rest = [
        Field("until", "until", forms.day, "", "Until (Enter if it has no end)"),
        Field("given_how", "how given", forms.choice(rules.given), question=f"How given ({', '.join(rules.given)})"),
        Field("given_by", "given by", forms.text, ""),
        replace(responsibility, default=None) if by_a_parent else responsibility,
        Field("evidence", "evidence", forms.text, question="Evidence (what shows it, and where it is)"),
    ]
    return first, rest


def _asked(rules: ConsentRules) -> list[Field]:
    """Which details are told to whom and for what."""
    return [
        Field(
            "details",
            "details",
            forms.choices(rules.details),
            question=f"Details ({', '.join(rules.details)})",
            several=True,
        ),
        Field(
            "recipient", "recipient", looked_up(lookup.referrer), question="Who may be told (a referrer's reference)"
        ),
        Field("purpose", "purpose", forms.choice(rules.purposes), question=f"Purpose ({', '.join(rules.purposes)})"),
    ]


def _view(one: ConsentFile) -> dict[str, Any]:
    """A consent with its evidence."""
    consent = one.consent
    return _listed(one) | {
        "given_by": reference(Kind.PERSON, consent.given_by),
        "given_how": consent.given_how,
        "evidence": consent.evidence,
        "responsibility": consent.responsibility,
        "recorded_on": views.iso(consent.recorded_on),
        "recorded_by": consent.recorded_by,
        "withdrawn_how": consent.withdrawn_how,
        "withdrawn_reason": consent.withdrawn_reason,
        "withdrawn_by": consent.withdrawn_by,
    }


def _listed(one: ConsentFile) -> dict[str, Any]:
    """A consent as it is listed. ``ends_on`` is its last day, also where a child's coming of age ends it."""
    consent = one.consent
    return {
        "reference": _ref(one),
        "person": _person(one),
        "family": reference(Kind.FAMILY, consent.family),
        "details": list(consent.details),
        "recipient": _to(consent),
        "purpose": consent.purpose,
        "given_from": views.iso(consent.given_from),
        "until": views.iso(consent.until),
        "ends_on": views.iso(one.ends_on),
        "withdrawn_on": views.iso(consent.withdrawn_on),
        "state": one.state.value,
        "not_covered": list(one.shut),
    }


def _row(one: ConsentFile) -> list[str]:
    consent = one.consent
    days = [views.human(consent.given_from), views.human(one.ends_on)]
    return [_details(consent), _to(consent), consent.purpose, *days, one.state.value]


def _when(one: ConsentFile) -> str:
    begins = f"from {views.human(one.consent.given_from)}"
    return f"{begins} until {views.human(one.ends_on)}" if one.ends_on else f"{begins} until it is withdrawn"


def _since(cmd: Command, one: RecordedConsent) -> str:
    return "already" if one.given_from <= cmd.today else f"from {views.human(one.given_from)} on"


def _details(one: RecordedConsent) -> str:
    return ", ".join(one.details)


def _to(one: RecordedConsent) -> str:
    return reference(Kind.REFERRER, one.referrer)


def _person(one: ConsentFile) -> str:
    return reference(Kind.PERSON, one.consent.person)


def _ref(one: ConsentFile) -> str:
    return _ref_of(one.consent)


def _ref_of(one: RecordedConsent) -> str:
    return reference(Kind.CONSENT, one.number)
