"""lcs referrer: the bodies and families that refer."""

from typing import Annotated

import typer
from msgspec.structs import replace

from lcs_cli.cli import forms, views
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field
from lcs_cli.cli.options import From, command, group
from lcs_cli.cli.render import Lines, Result, Table, saved
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import Referrer, ReferrerKind
from lcs_cli.services import lookup, referrals

app = group("Who refers families.")

Ref = Annotated[str, typer.Argument(metavar="REFERRER", help="The referrer's reference, such as REF-0007-F.")]
FIELDS = (
    Field("name", "name", forms.text),
    Field("kind", "kind", forms.choice(ReferrerKind), question=f"Kind ({', '.join(ReferrerKind)})"),
)


@command(app, "add")
def add(cmd: Command, from_: From = None) -> Result:
    """Add a referrer.

    Example: lcs referrer add --from referrer.json
    """
    if from_ is None:
        cmd.known("referrer.add", Kind.REFERRER, lookup.referrer)
    entries = forms.entries(cmd, FIELDS, from_)
    desk = cmd.desk()
    with desk.together():
        added = forms.each(entries, lambda values: referrals.add_referrer(desk, values["name"], values["kind"]))
    data = [views.referrer(one) for one in added]
    said = [f"Saved {_ref(one)} ({one.kind})." for one in added]
    next_ = [f"next: lcs referral add FAMILY --referrer {_ref(added[0])}"]
    return saved("referrer", "referrers", data, said, next_)


@command(app, "edit")
def edit(
    cmd: Command,
    ref: Ref,
    *,
    same_body: Annotated[
        bool, typer.Option("--same-body", help="It is the same body, written wrongly: its referrals go on.")
    ] = False,
    from_: From = None,
) -> Result:
    """Correct a referrer's name or kind; the former value is kept with the reason.

    Live referrals end with it, and consents and agreements do: they were about the body that stood there before.

    Example: lcs referrer edit REF-0007-F
    """
    cmd.known("referrer.edit", Kind.REFERRER, lookup.referrer, ref)
    if from_ is None and cmd.can_ask:
        cmd.terminal.note("Enter leaves a field as it is.")
    optional = [replace(field, default="") for field in FIELDS]
    values = forms.entry(cmd, [*optional, Field("reason", "reason", forms.text)], from_)
    done = referrals.edit_referrer(
        cmd.desk(), ref, values["name"], values["kind"], values["reason"], same_body=same_body
    )
    one, changed = done.referrer, done.changed
    said = [f"Corrected {_ref(one)}: {', '.join(changed)}." if changed else f"Nothing was different: {_ref(one)}."]
    said += [
        f"Ended with it: {reference(Kind.REFERRAL, each.number)} of {reference(Kind.FAMILY, each.family)}."
        for each in done.ended
    ]
    notes = ["where it goes on: lcs referral add FAMILY   then lcs referral decide"] if done.ended else []
    return Result("lcs.referrer/1", views.referrer(one), said, notes)


@command(app, "list", lists=True)
def list_(cmd: Command) -> Result:
    """List the referrers.

    Example: lcs referrer list
    """
    found = referrals.list_referrers(cmd.desk())
    table = Table(
        ["REF", "NAME", "KIND"],
        [[_ref(one), one.name, one.kind.value] for one in found],
        "No referrer is registered: lcs referrer add",
    )
    return Result("lcs.referrers/1", [views.referrer(one) for one in found], [table])


@command(app, "show")
def show(cmd: Command, ref: Ref) -> Result:
    """Show one referrer and the families linked to it now.

    Example: lcs referrer show REF-0007-F
    """
    one, live, corrected = referrals.show_referrer(cmd.desk(), ref)
    families = [reference(Kind.FAMILY, link.family) for link in live]
    lines = Lines(
        [
            ("Reference", _ref(one)),
            ("Name", one.name),
            ("Kind", one.kind.value),
            ("Families", ", ".join(families) or "none"),
        ]
    )
    blocks: list[Lines | Table] = [lines]
    if corrected:
        blocks.append(views.corrections_table(corrected))
    data = {"families": families, "corrections": [views.correction(former) for former in corrected]}
    return Result("lcs.referrer-file/1", views.referrer(one) | data, blocks)


def _ref(one: Referrer) -> str:
    return reference(Kind.REFERRER, one.number)
