"""What one export tells, decided before a row is read: to whom, under which rule, of which families and days."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from lcs_cli.errors import FailedError, UsageError
from lcs_cli.policy.disclosure import Verdict, disclosure_rules
from lcs_cli.records.attendance_line import AttendanceLine
from lcs_cli.records.disclosure import DisclosureKind, ExportEntry
from lcs_cli.records.export_format import Format, StatementFormat
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferralOutcome, Referrer
from lcs_cli.records.value import Value
from lcs_cli.services import checks, lookup
from lcs_cli.services.desk import Desk
from lcs_cli.services.export_gate import check_still_theirs, pass_gate, referrals_between
from lcs_cli.services.stamp import stamp
from lcs_cli.vault import attendance_lines, families, referrals
from lcs_cli.vault import exports as entries
from lcs_cli.vault.attendance_lines import ExportScope
from lcs_cli.vault.counters import change_number
from lcs_cli.vault.disclosures import FamilyShare


class ExportOrder(Value):
    """What is asked for. ``since_last`` takes what is new or corrected since the last export of the series."""

    purpose: str
    format: Format | StatementFormat = Format.CSV
    family: str | None = None
    since_last: bool = False
    from_on: date | None = None
    to_on: date | None = None


class Plan(Value):
    """Everything decided about one export before a row is read."""

    entry: ExportEntry
    shares: tuple[FamilyShare, ...]


def plan_export(desk: Desk, referrer: Referrer, order: ExportOrder) -> Plan:
    """Decide about an export that is asked for; RefusedError where the gate stays shut."""
    checks.window(order.from_on, order.to_on)
    if order.since_last and (order.from_on or order.to_on or order.family):
        raise UsageError(
            "since: a series takes all of a referrer's families and every day",
            "leave --family, --from-day and --to-day away",
        )
    up_to = change_number(desk.db)
    last = entries.last_since(desk.db, referrer.number, order.purpose) if order.since_last else None
    after = last.up_to_change if last else 0
    verdict, shares = (
        _named_family(desk, referrer, order, after) if order.family else _own_families(desk, referrer, order, after)
    )
    entry = ExportEntry(
        number=0,
        kind=DisclosureKind.EXPORT,
        **stamp(desk),
        ground=verdict.ground,
        rule=verdict.rule,
        clause=verdict.clause,
        recipient=referrer.kind.value,
        referrer=referrer.number,
        purpose=order.purpose,
        format=order.format.value,
        fields=tuple(column.name for column in disclosure_rules(desk.rules).columns),
        after_change=after,
        up_to_change=up_to,
        from_on=order.from_on,
        to_on=order.to_on,
        rows=0,
        sha256="",
        since=order.since_last,
    )
    return Plan(entry, shares)


def plan_again(desk: Desk, former: ExportEntry) -> Plan:
    """Decide about one that is repeated, by today's gate."""
    referrer = lookup.referrer(desk.db, reference(Kind.REFERRER, former.referrer))
    shares = tuple(entries.shares(desk.db, former.number))
    if any(families.get(desk.db, share.family) is None for share in shares):
        raise gone(former)
    rules = disclosure_rules(desk.rules)
    verdicts = [pass_gate(desk, rules, referrer, share.family, former.purpose, former.fields) for share in shares]
    if referrer.kind not in rules.statutory:
        for share in shares:
            check_still_theirs(desk, referrer, share)
    entry = replace(
        former,
        **stamp(desk),
        ground=verdicts[0].ground,
        rule=verdicts[0].rule,
        clause=verdicts[0].clause,
        repeats=former.number,
    )
    return Plan(entry, shares)


def _own_families(
    desk: Desk, referrer: Referrer, order: ExportOrder, after: int
) -> tuple[Verdict, tuple[FamilyShare, ...]]:
    """The families whose live referral is this referrer's, each from the day it was received.

    A link that went live after the last export of a series is told from its beginning.
    """
    shares: dict[int, FamilyShare] = {}
    for referral, live_since in referrals.live(desk.db, referrer.number):
        known = shares.get(referral.family)
        shares[referral.family] = FamilyShare(
            referral.family,
            referral.number,
            known.from_on if known else _later(order.from_on, referral.received_on),
            # The first referral decides from when on: if that one is new, all since its day is untold.
            known.after_change if known else after if live_since <= after else 0,
        )
    rules = disclosure_rules(desk.rules)
    verdict = pass_gate(desk, rules, referrer, None, order.purpose)
    if not shares:
        ref = reference(Kind.REFERRER, referrer.number)
        raise UsageError(f"{ref} has no family with a live referral", "name the family: --family LCS-0042-L")
    for family in shares:
        verdict = pass_gate(desk, rules, referrer, family, order.purpose)
    return verdict, tuple(shares.values())


def _named_family(
    desk: Desk, referrer: Referrer, order: ExportOrder, after: int
) -> tuple[Verdict, tuple[FamilyShare, ...]]:
    """One family, to its own referrer from the referral on, or to a statutory agency over the whole time."""
    family = lookup.family(desk.db, order.family or "").number
    rules = disclosure_rules(desk.rules)
    verdict = pass_gate(desk, rules, referrer, family, order.purpose)
    own = referrals_between(desk, referrer.number, family)
    live = [referral for referral in own if referral.outcome is ReferralOutcome.ACCEPTED]
    statutory = referrer.kind in rules.statutory
    first = min((referral.received_on for referral in live), default=None)
    from_on = order.from_on if statutory or first is None else _later(order.from_on, first)
    told = (live or own)[-1:]
    return verdict, (FamilyShare(family, told[0].number if told else None, from_on, after),)


def told_lines(desk: Desk, plan: Plan) -> Iterator[AttendanceLine]:
    """The lines of the plan."""
    for share in plan.shares:
        yield from attendance_lines.lines(desk.db, _scope(desk, plan, share))


def written_lines(desk: Desk, plan: Plan, format_: Format, told: list[FamilyShare]) -> Iterator[list[str]]:
    """The lines of each family of the plan as they are written; the families of which there is one go to ``told``."""
    for share in plan.shares:
        if lines := attendance_lines.written(desk.db, _scope(desk, plan, share), plan.entry.fields, format_):
            told.append(share)
            yield lines


def _scope(desk: Desk, plan: Plan, share: FamilyShare) -> ExportScope:
    return ExportScope(
        family=share.family,
        case_reference=None if share.referral is None else referrals.case_reference(desk.db, share.referral),
        from_on=share.from_on,
        to_on=plan.entry.to_on,
        after_change=share.after_change,
        up_to_change=plan.entry.up_to_change,
    )


def gone(former: ExportEntry) -> FailedError:
    """Why it cannot be repeated any more."""
    ref = reference(Kind.DISCLOSURE, former.repeats or former.number)
    return FailedError(
        f"{ref} cannot be repeated: records in it have been disposed of since", "make a new export of what is left"
    )


def _later(day: date | None, other: date) -> date:
    return max(day, other) if day else other
