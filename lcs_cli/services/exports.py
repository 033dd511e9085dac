"""The attendance export (policy 4.2): through the gate, registered before it leaves, the same bytes every time."""

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from lcs_cli.errors import FailedError, UsageError
from lcs_cli.policy.disclosure import disclosure_rules
from lcs_cli.records.disclosure import ExportEntry
from lcs_cli.records.export_format import Format
from lcs_cli.records.references import Kind, number_in, reference
from lcs_cli.records.value import Value
from lcs_cli.services import lookup
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.export_manifest import manifest
from lcs_cli.services.export_plan import ExportOrder, Plan, gone, plan_again, plan_export, written_lines
from lcs_cli.services.outbox import Outbox, Written, check_outside
from lcs_cli.vault import disclosures
from lcs_cli.vault import exports as entries
from lcs_cli.vault.disclosures import FamilyShare


class Export(Value):
    """What left: nothing where ``rows`` is 0. ``folder`` holds the file and its manifest; else ``content`` does."""

    reference: str
    recipient: str
    rows: int
    families: int
    sha256: str
    folder: Path | None = None
    content: bytes = b""


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
            done = _carry_out(act, plan_export(desk, referrer, order), outbox)
        return _released(desk, done, outbox, deliver)


def repeat(desk: Desk, typed: str, into: Path | None, deliver: Deliver = _keep) -> Export:
    """Repeat an export: the same bytes, through today's gate, as a new entry of the register."""
    check_outside(desk.vault.folder, into)
    with Outbox(into) as outbox:
        with desk.acting("attendance.export", (Kind.DISCLOSURE, typed)) as act:
            former = lookup.find(desk.db, Kind.DISCLOSURE, typed, entries.get)
            act.note(reference(Kind.DISCLOSURE, former.number), reference(Kind.REFERRER, former.referrer))
            if former.format not in set(Format):
                ref = reference(Kind.DISCLOSURE, former.number)
                raise UsageError(
                    f"again: {ref} is a statement", f"lcs attendance statement --again {ref} --{former.format} FILE"
                )
            done = _carry_out(act, plan_again(desk, former), outbox)
        return _released(desk, done, outbox, deliver)


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


def _carry_out(act: Act, plan: Plan, outbox: Outbox) -> Export:
    """Write the rows out of sight and register them, in the open transaction; nothing has its name yet."""
    told: list[FamilyShare] = []
    format_ = Format(plan.entry.format)
    with act.desk.db.read_once():
        written = outbox.write(plan.entry, format_, written_lines(act.desk, plan, format_, told))
    recipient = reference(Kind.REFERRER, plan.entry.referrer)
    entry = registered(act, plan, written, told)
    if entry is None:
        return Export("", recipient, 0, len(told), written.sha256)
    columns = disclosure_rules(act.desk.rules).columns
    outbox.add_manifest(manifest(entry, columns, written.size, str(act.log())))
    return Export(reference(Kind.DISCLOSURE, entry.number), recipient, written.rows, len(told), written.sha256)


def registered(act: Act, plan: Plan, written: Written, told: list[FamilyShare]) -> ExportEntry | None:
    """Register what was written of the families ``told``, in the open transaction; None, where there was no row.

    FailedError for a repetition that is not what was told the first time.
    """
    desk = act.desk
    if plan.entry.repeats is not None and written.sha256 != plan.entry.sha256:
        raise gone(plan.entry)
    if not written.rows:
        act.note(rows=0)
        return None
    number = disclosures.next_disclosure(desk.db)
    entry = replace(plan.entry, number=number, rows=written.rows, sha256=written.sha256)
    entries.register(desk.db, entry, told)
    shared = [reference(Kind.FAMILY, share.family) for share in told]
    act.note(reference(Kind.DISCLOSURE, number), *shared, rows=written.rows, sha256=written.sha256)
    act.keep(Kind.DISCLOSURE, number)
    return entry
