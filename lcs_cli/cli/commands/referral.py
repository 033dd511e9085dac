"""lcs referral: the link between a family and who sent it."""

from typing import Annotated

import typer

from lcs_cli.cli import forms, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import Day, Family, From, OfFamily, command, group
from lcs_cli.cli.render import Lines, Result, Table, saved
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import Referral, ReferralOutcome
from lcs_cli.services import lookup, referrals

app = group("Referrals: the link between a family and a referrer.")

Ref = Annotated[str, typer.Argument(metavar="REFERRAL", help="The referral's reference, such as RL-0042-L.")]


def _known_referrer(cmd: Command, _label: str, typed: str) -> str:
    """A referrer that there is, where questions follow: a slip is noticed before the next one."""
    if not cmd.can_ask:
        return typed
    return reference(Kind.REFERRER, lookup.referrer(cmd.desk().db, typed).number)


FIELDS = (
    Field("referrer", "referrer", _known_referrer),
    Field("received_on", "received on", forms.past_day, "today"),
    Field("electronic", "electronic", forms.yes_no, question="Received electronically (y/n)"),
    Field("case_reference", "case reference", forms.text, "", "The referrer's case reference"),
)
_DECISIONS = [ReferralOutcome.ACCEPTED, ReferralOutcome.DECLINED, ReferralOutcome.ENDED]
_OUTCOME = Field("outcome", "outcome", forms.choice(_DECISIONS), question=f"Outcome ({', '.join(_DECISIONS)})")
_DECISION = Annotated[
    str | None, typer.Option("--outcome", metavar="OUTCOME", help="accepted or declined; ended for an accepted one.")
]


@command(app, "add")
def add(
    cmd: Command,
    family: Family,
    referrer: Annotated[str | None, typer.Option("--referrer", metavar="REF", help="Who refers.")] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DAY", help="The day it was received.")] = None,
    electronic: Annotated[
        bool | None, typer.Option("--electronic/--not-electronic", help="Whether it came electronically.")
    ] = None,
    from_: From = None,
) -> Result:
    """Record a referral as received. An electronic one is kept for ever (policy 4.6).

    Example: lcs referral add LCS-0042-L --referrer REF-0007-F --electronic
    """
    given = {
        "referrer": referrer,
        "received_on": on,
        "electronic": None if electronic is None else "yes" if electronic else "no",
    }
    cmd.known("referral.add", Kind.FAMILY, lookup.family, family)
    cmd.known("referral.add", Kind.REFERRER, lookup.referrer, referrer)
    entries = forms.entries(cmd, FIELDS, from_, given)
    desk = cmd.desk()
    with desk.together():
        added = forms.each(
            entries,
            lambda values: referrals.add(
                desk,
                family,
                values["referrer"],
                values["received_on"],
                electronic=values["electronic"],
                case_reference=values["case_reference"],
            ),
        )
    data = [views.referral(one) for one in added]
    said = [
        f"Saved {_ref(one)} for {cmd.echo(Kind.FAMILY, one.family)}, received {views.human(one.received_on)}, pending."
        for one in added
    ]
    next_ = [f"next: lcs referral decide {_ref(added[0])} --outcome accepted"]
    return saved("referral", "referrals", data, said, next_)


@command(app, "decide")
def decide(cmd: Command, ref: Ref, outcome: _DECISION = None, on: Day = "today") -> Result:
    """Accept or decline a referral, or end an accepted one. Only an accepted one is a live link.

    Example: lcs referral decide RL-0042-L --outcome accepted
    """
    cmd.known("referral.decide", Kind.REFERRAL, lookup.referral, ref)
    values = forms.entry(cmd, [_OUTCOME], None, {"outcome": outcome})
    one = referrals.decide(cmd.desk(), ref, values["outcome"], cmd.day("decided on", on or "today"))
    said = f"{_ref(one)} of {cmd.echo(Kind.FAMILY, one.family)} is {one.outcome}."
    accepted = one.outcome is ReferralOutcome.ACCEPTED
    next_ = [f"next: lcs session book {reference(Kind.FAMILY, one.family)}"] if accepted else []
    return Result("lcs.referral/1", views.referral(one), [said], next_)


@command(app, "list", lists=True)
def list_(cmd: Command, family: OfFamily = None) -> Result:
    """List the referrals.

    Example: lcs referral list --family LCS-0042-L
    """
    found = referrals.listing(cmd.desk(), family)
    rows = [
        [
            _ref(one),
            reference(Kind.FAMILY, one.family),
            reference(Kind.REFERRER, one.referrer),
            views.human(one.received_on),
            "yes" if one.electronic else "no",
            one.outcome.value,
        ]
        for one in found
    ]
    table = Table(["REF", "FAMILY", "FROM", "RECEIVED", "ELECTRONIC", "OUTCOME"], rows, "No referral is on record.")
    return Result("lcs.referrals/1", [views.referral(one) for one in found], [table])


@command(app, "show")
def show(cmd: Command, ref: Ref) -> Result:
    """Show one referral.

    Example: lcs referral show RL-0042-L
    """
    one = referrals.show(cmd.desk(), ref)
    kept = f"yes, kept indefinitely ({cmd.clause('kept')})"
    lines = Lines(
        [
            ("Reference", _ref(one)),
            ("Family", reference(Kind.FAMILY, one.family)),
            ("Referrer", reference(Kind.REFERRER, one.referrer)),
            ("Received", views.human(one.received_on)),
            ("Electronic", kept if one.electronic else "no"),
            ("Case reference", one.case_reference or ""),
            ("Outcome", one.outcome.value),
            ("Decided", views.human(one.decided_on)),
            ("Ended", views.human(one.ended_on)),
        ]
    )
    return Result("lcs.referral/1", views.referral(one), [lines])


def _ref(one: Referral) -> str:
    return reference(Kind.REFERRAL, one.number)
