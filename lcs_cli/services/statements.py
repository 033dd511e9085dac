"""The statement of attendance (policy 4.2): what an export of one family tells, as one paper for people."""

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from lcs_cli.errors import UsageError
from lcs_cli.policy.disclosure import Column, disclosure_rules
from lcs_cli.policy.governance import letterhead
from lcs_cli.records.attendance_line import AttendanceLine
from lcs_cli.records.disclosure import ExportEntry
from lcs_cli.records.export_format import Format, StatementFormat
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.value import Value
from lcs_cli.services import lookup
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.export_plan import ExportOrder, Plan, plan_again, plan_export, told_lines, written_lines
from lcs_cli.services.exports import registered
from lcs_cli.services.file_out import FileOut
from lcs_cli.services.outbox import Outbox
from lcs_cli.vault import disclosures
from lcs_cli.vault import exports as entries
from lcs_cli.vault.disclosures import FamilyShare


class StatementDocument(Value):
    """The whole of what a statement tells: its entry in the register, and the ``columns`` of the ``lines``.

    ``entry.sha256`` is that of ``rows``, the lines as CSV, in whatever form they leave; ``audit_head`` is the head of
    the trail that holds it.
    """

    entry: ExportEntry
    lines: tuple[AttendanceLine, ...]
    columns: tuple[Column, ...]
    rows: bytes
    audit_head: str
    letterhead: str


class Statement(Value):
    """What left: None where there was nothing to tell, and then there is no file."""

    recipient: str
    document: StatementDocument | None


class Paper(Value):
    """Where a statement goes, in which form, and how its bytes are made."""

    path: Path
    format: StatementFormat
    write: Callable[[StatementDocument], bytes]

    @property
    def option(self) -> str:
        """The option that names the file."""
        return {StatementFormat.CSV: "csv-file"}.get(self.format, self.format.value)


def statement(desk: Desk, to: str, order: ExportOrder, paper: Paper) -> Statement:
    """Tell a referrer one family's attendance in a new file, registered before it has its name."""
    with FileOut(paper.path, desk.vault.folder, paper.option) as out:
        with desk.acting("attendance.statement", (Kind.FAMILY, order.family), (Kind.REFERRER, to)) as act:
            referrer = lookup.referrer(desk.db, to)
            act.note(reference(Kind.REFERRER, referrer.number))
            plan = plan_export(desk, referrer, replace(order, format=paper.format))
            done = _carry_out(act, plan, paper, out)
        return _released(desk, done, paper, out)


def repeat(desk: Desk, typed: str, paper: Paper) -> Statement:
    """Make a statement again: the same rows, through today's gate, as a new entry of the register."""
    with FileOut(paper.path, desk.vault.folder, paper.option) as out:
        with desk.acting("attendance.statement", (Kind.DISCLOSURE, typed)) as act:
            former = lookup.find(desk.db, Kind.DISCLOSURE, typed, entries.get)
            act.note(reference(Kind.DISCLOSURE, former.number), reference(Kind.REFERRER, former.referrer))
            if (
                former.format not in set(StatementFormat)
                or former.since
                or len(entries.shares(desk.db, former.number)) > 1
            ):
                ref = reference(Kind.DISCLOSURE, former.number)
                raise UsageError(f"again: {ref} is no statement", f"lcs attendance export --again {ref} --into FOLDER")
            plan = plan_again(desk, former)
            done = _carry_out(act, replace(plan, entry=replace(plan.entry, format=paper.format.value)), paper, out)
        return _released(desk, done, paper, out)


def _carry_out(act: Act, plan: Plan, paper: Paper, out: FileOut) -> Statement:
    """Register the rows and write the file out of sight, in the open transaction."""
    desk = act.desk
    told: list[FamilyShare] = []
    memory = Outbox(None)
    written = memory.write(plan.entry, Format.CSV, written_lines(desk, plan, Format.CSV, told))
    recipient = reference(Kind.REFERRER, plan.entry.referrer)
    entry = registered(act, plan, written, told)
    if entry is None:
        return Statement(recipient, None)
    columns = tuple(one for one in disclosure_rules(desk.rules).columns if one.name in entry.fields)
    lines = tuple(told_lines(desk, plan))
    document = StatementDocument(entry, lines, columns, memory.content, str(act.log()), letterhead(desk.rules))
    out.write(paper.write(document))
    return Statement(recipient, document)


def _released(desk: Desk, done: Statement, paper: Paper, out: FileOut) -> Statement:
    if done.document is not None:
        number = done.document.entry.number
        ref = reference(Kind.DISCLOSURE, number)
        out.release(ref, f"lcs attendance statement --again {ref} --{paper.option} FILE")
        with desk.db.transaction():
            disclosures.release(desk.db, number)
    return done
