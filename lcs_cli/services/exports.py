"""The attendance export (policy 4.2): through the gate, registered before it leaves, the same bytes every time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from lcs_cli.errors import FailedError, UsageError
from lcs_cli.policy.disclosure import Verdict, disclosure_rules
from lcs_cli.records.attendance_line import AttendanceLine
from lcs_cli.records.disclosure import DisclosureKind, ExportEntry
from lcs_cli.records.export_format import Format
from lcs_cli.records.references import Kind, number_in, reference
from lcs_cli.records.referral import ReferralOutcome, Referrer
from lcs_cli.services import checks, lookup
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.export_gate import check_still_theirs, pass_gate, referrals_between
from lcs_cli.services.export_manifest import manifest
from lcs_cli.services.outbox import Outbox, check_outside
from lcs_cli.services.stamp import stamp
from lcs_cli.vault import attendance_lines, disclosures, families, referrals
from lcs_cli.vault import exports as entries
from lcs_cli.vault.attendance_lines import ExportScope
from lcs_cli.vault.counters import change_number
from lcs_cli.vault.disclosures import FamilyShare


@dataclass(frozen=True)
class ExportOrder:
    """What is asked for. ``since_last`` takes what is new or corrected since the last export of the series."""

    purpose: str
    format: Format = Format.CSV
    family: str | None = None
    since_last: bool = False
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True)
class Export:
    """What left: nothing where ``rows`` is 0. ``folder`` holds the file and its manifest; else ``content`` does."""

    reference: str
    recipient: str
    rows: int
    families: int
    sha256: str
    folder: Path | None = None
    content: bytes = b""


@dataclass(frozen=True)
class _Plan:
    """Everything decided about one export before a row is read."""

    entry: ExportEntry
    shares: tuple[FamilyShare, ...]


Deliver = Callable[[bytes], object]
"""Hands the rows over where there is no folder, such as to standard output; OSError where nobody takes them."""


def _keep(_content: bytes) -> None:
    """The rows stay in `Export.content`."""


def export(desk: Desk, to: str, order: ExportOrder, into: Path | None, deliver: Deliver = _keep) -> Export:
    """Tell a referrer the attendance of its own families, or a statutory agency that of one named family."""
    check_outside(desk.vault.folder, into)
    with Outbox(into) as outbox:
        with desk.acting("attendance.export", (Kind.REFERRER, to), (Kind.FAMILY, order.family)) as act:
            referrer = lookup.referrer(desk.db, to)
            act.note(reference(Kind.REFERRER, referrer.number))
            registered = _carry_out(act, _plan(desk, referrer, order), outbox)
        return _released(desk, registered, outbox, deliver)


def repeat(desk: Desk, typed: str, into: Path | None, deliver: Deliver = _keep) -> Export:
    """Repeat an export: the same bytes, through today's gate, as a new entry of the register."""
    check_outside(desk.vault.folder, into)
    with Outbox(into) as outbox:
        with desk.acting("attendance.export", (Kind.DISCLOSURE, typed)) as act:
            former = lookup.find(desk.db, Kind.DISCLOSURE, typed, entries.get)
            act.note(reference(Kind.DISCLOSURE, former.number), reference(Kind.REFERRER, former.referrer))
            registered = _carry_out(act, _plan_again(desk, former), outbox)
        return _released(desk, registered, outbox, deliver)


def _released(desk: Desk, registered: Export, outbox: Outbox, deliver: Deliver) -> Export:
    """After the commit: the folder gets its name, or the content is handed over, and that is noted.

    A command stopped before the note leaves an entry that a running series does not build on: it tells it again.
    """
    if not registered.rows:
        return registered
    again = f"lcs attendance export --again {registered.reference} --into FOLDER"
    done = replace(registered, folder=outbox.release(registered.reference, again), content=outbox.content)
    if done.folder is None:
        try:
            deliver(done.content)
        except OSError as error:
            raise FailedError(
                f"{done.reference} is registered, but nobody took its rows ({error.strerror})",
                f"write it again with: lcs attendance export --again {done.reference}",
            ) from error
    with desk.db.transaction():
        disclosures.release(desk.db, number_in(Kind.DISCLOSURE, registered.reference))
    return done


def _plan_again(desk: Desk, former: ExportEntry) -> _Plan:
    referrer = lookup.referrer(desk.db, reference(Kind.REFERRER, former.referrer))
    shares = tuple(entries.shares(desk.db, former.number))
    if any(families.get(desk.db, share.family) is None for share in shares):
        raise _gone(former)
    verdicts = [pass_gate(desk, referrer, share.family, former.purpose, former.fields) for share in shares]
    if referrer.kind not in disclosure_rules(desk.rules).statutory:
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
    return _Plan(entry, shares)


def _plan(desk: Desk, referrer: Referrer, order: ExportOrder) -> _Plan:
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
    return _Plan(entry, shares)


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
    verdict = pass_gate(desk, referrer, None, order.purpose)
    if not shares:
        ref = reference(Kind.REFERRER, referrer.number)
        raise UsageError(f"{ref} has no family with a live referral", "name the family: --family LCS-0042-L")
    for family in shares:
        verdict = pass_gate(desk, referrer, family, order.purpose)
    return verdict, tuple(shares.values())


def _named_family(
    desk: Desk, referrer: Referrer, order: ExportOrder, after: int
) -> tuple[Verdict, tuple[FamilyShare, ...]]:
    """One family, to its own referrer from the referral on, or to a statutory agency over the whole time."""
    family = lookup.family(desk.db, order.family or "").number
    verdict = pass_gate(desk, referrer, family, order.purpose)
    own = referrals_between(desk, referrer.number, family)
    live = [referral for referral in own if referral.outcome is ReferralOutcome.ACCEPTED]
    statutory = referrer.kind in disclosure_rules(desk.rules).statutory
    first = min((referral.received_on for referral in live), default=None)
    from_on = order.from_on if statutory or first is None else _later(order.from_on, first)
    told = (live or own)[-1:]
    return verdict, (FamilyShare(family, told[0].number if told else None, from_on, after),)


def _carry_out(act: Act, plan: _Plan, outbox: Outbox) -> Export:
    """Write the rows out of sight and register them, in the open transaction; nothing has its name yet."""
    desk = act.desk
    told: list[FamilyShare] = []
    written = outbox.write(plan.entry, _lines(desk, plan, told))
    if plan.entry.repeats is not None and written.sha256 != plan.entry.sha256:
        raise _gone(plan.entry)
    recipient = reference(Kind.REFERRER, plan.entry.referrer)
    if not written.rows:
        act.note(rows=0)
        return Export("", recipient, 0, len(told), written.sha256)
    number = disclosures.next_disclosure(desk.db)
    entry = replace(plan.entry, number=number, rows=written.rows, sha256=written.sha256)
    entries.register(desk.db, entry, told)
    ref = reference(Kind.DISCLOSURE, number)
    shared = [reference(Kind.FAMILY, share.family) for share in told]
    act.note(ref, *shared, rows=written.rows, sha256=written.sha256)
    act.keep(Kind.DISCLOSURE, number)
    outbox.add_manifest(manifest(entry, disclosure_rules(desk.rules).columns, written.size, str(act.log())))
    return Export(ref, recipient, written.rows, len(told), written.sha256)


def _lines(desk: Desk, plan: _Plan, told: list[FamilyShare]) -> Iterator[AttendanceLine]:
    """The lines of the plan; the families of which there is a line are added to ``told``."""
    for share in plan.shares:
        referral = referrals.get(desk.db, share.referral) if share.referral is not None else None
        scope = ExportScope(
            family=share.family,
            case_reference=referral.case_reference if referral else None,
            from_on=share.from_on,
            to_on=plan.entry.to_on,
            after_change=share.after_change,
            up_to_change=plan.entry.up_to_change,
        )
        for number, line in enumerate(attendance_lines.lines(desk.db, scope)):
            if not number:
                told.append(share)
            yield line


def _gone(former: ExportEntry) -> FailedError:
    ref = reference(Kind.DISCLOSURE, former.repeats or former.number)
    return FailedError(
        f"{ref} cannot be repeated: records in it have been disposed of since", "make a new export of what is left"
    )


def _later(day: date | None, other: date) -> date:
    return max(day, other) if day else other
