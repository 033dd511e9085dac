"""A check-up of the vault: folder, header copies, data file, schema, audit trail and register of disposals."""

from collections.abc import Iterator

from lcs_cli.errors import DamagedVaultError, LcsError
from lcs_cli.policy.older import lacking
from lcs_cli.records.export_format import Format
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.value import Value
from lcs_cli.services import audits, clock_guard, stops
from lcs_cli.services.backups import overdue
from lcs_cli.services.desk import Desk, stored_rules
from lcs_cli.services.keys import keys_to_replace
from lcs_cli.services.rule_files import own_files
from lcs_cli.vault import backups, cross_checks, documents, exports, handovers, policy_versions, reports, requests
from lcs_cli.vault.files import shared_with
from lcs_cli.vault.folder import HEADER, HEADER_COPY
from lcs_cli.vault.register import Register


class Finding(Value):
    """One check: its name, whether it is sound, what was found; ``waits`` where it is no damage, but for a person."""

    check: str
    sound: bool
    found: str
    waits: bool = False


def examine(desk: Desk) -> list[Finding]:
    """Check everything that can be checked without changing anything but the audit trail."""
    findings = [_header_copies(desk), _data_file(desk), _register(desk)]
    try:
        with desk.acting("doctor") as act:
            if findings[-1].sound:
                checked = audits.check(desk)
                found = "; ".join(checked.problems) or f"whole, head {checked.head}"
                findings.append(Finding("audit trail", not checked.problems, found))
            findings += [
                _documents(desk),
                _exports(desk),
                _keys(desk),
                _rules(desk),
                _backups(desk),
                *_stopped(desk),
                *_clock(desk),
            ]
            act.note(unsound=[finding.check for finding in findings if not finding.sound])
    except DamagedVaultError as error:
        findings.append(Finding("audit trail", False, error.message))
    return findings


def _documents(desk: Desk) -> Finding:
    """Whether the parts of each document are there; what they say is looked through when it is shown."""
    count, broken = documents.broken(desk.db)
    if not broken:
        return Finding("documents", True, f"{count}, each with all its parts" if count else "none")
    refs = ", ".join(reference(Kind.DOCUMENT, number) for number in broken[:5])
    return Finding("documents", False, f"{len(broken)} of {count} have not all their parts: {refs}: restore a backup")


def _exports(desk: Desk) -> Finding:
    left = [(number, _told_again(desk, number)) for number in exports.unreleased(desk.db)]
    left += [
        (number, f"report produce {reference(Kind.REPORT, report)}") for number, report in reports.unreleased(desk.db)
    ]
    left += [
        (number, f"request release {reference(Kind.REQUEST, request.number)}{'' if request.is_open else ' --again'}")
        for number, request in requests.unreleased(desk.db)
    ]
    left += [(number, "vault handover") for number in handovers.unreleased(desk.db)]
    if not left:
        return Finding("exports", True, "each one registered was handed over")
    refs = "; ".join(f"{reference(Kind.DISCLOSURE, number)}: lcs {again}" for number, again in left[:5])
    return Finding("exports", False, f"registered, perhaps not handed over: {refs}", waits=True)


def _told_again(desk: Desk, number: int) -> str:
    """The command that repeats an export, or a statement."""
    entry, ref = exports.get(desk.db, number), reference(Kind.DISCLOSURE, number)
    if entry is None or entry.format in set(Format):
        return f"attendance export --again {ref}"
    return f"attendance statement --again {ref}"


def _keys(desk: Desk) -> Finding:
    left = sorted(keys_to_replace(desk))
    if not left:
        return Finding("keys", True, "held by nobody who should not hold them")
    kept = f"somebody who is not to hold them any more may have kept: {', '.join(left)}: lcs vault rotate"
    return Finding("keys", False, kept, waits=True)


def _backups(desk: Desk) -> Finding:
    """When the last backup was made, and whether the next one is overdue. None at all is said, and no damage."""
    last, (days, _) = backups.last_made_on(desk.db), overdue(desk)
    if last is None:
        return Finding("backups", True, "none was made: lcs vault backup")
    said = f"the last one was made on {last.isoformat()}"
    return Finding("backups", not days, f"{said}: lcs vault backup" if days else said, waits=bool(days))


def _rules(desk: Desk) -> Finding:
    """Whether each version's rules are those that it published.

    That they differ from those that lcs carries is a note, and no fault: they may be the service's own, or older.
    """
    try:
        for one in policy_versions.every(desk.db):
            lacking(stored_rules(desk.db, one.number))  # reads each file
    except DamagedVaultError as error:
        return Finding("rules", False, f"{error.message}: restore a backup")
    others = sorted(own_files(desk.rules))
    if not others:
        return Finding("rules", True, "those that this lcs carries")
    version, _ = desk.decided_by()
    said = f"those of version {version}; this lcs carries other rules in {', '.join(others)}"
    lacks = lacking(desk.rules)
    if lacks:
        said = f"those of version {version}, older than this lcs: they lack {', '.join(lacks[:3])}"
        said += f" and {len(lacks) - 3} more" if len(lacks) > 3 else ""
    return Finding("rules", True, f"{said}: lcs policy publish --rules packaged --dry-run", waits=bool(lacks))


def _stopped(desk: Desk) -> Iterator[Finding]:
    if stop := stops.pulled(desk):
        since = stops.since(stop).isoformat()
        yield Finding(
            "disposals", False, f"stopped by {stop.pulled_by} since {since}: lcs retention resume", waits=True
        )


def _clock(desk: Desk) -> Iterator[Finding]:
    if doubted := clock_guard.doubted(desk):
        said = f"{doubted.message}, so nothing is disposed of: {doubted.hint}"
        yield Finding("clock", False, said, waits=True)


def _header_copies(desk: Desk) -> Finding:
    folder = desk.vault.folder
    copies = {(folder / name).read_bytes() if (folder / name).exists() else b"" for name in (HEADER, HEADER_COPY)}
    if len(copies) == 1:
        return Finding("header", True, f"two equal copies, epoch {desk.vault.header.epoch}")
    return Finding("header", False, "the two copies differ: admitting somebody writes both anew")


def _data_file(desk: Desk) -> Finding:
    problems = desk.db.problems() or list(cross_checks.problems(desk.db))
    problems += shared_with(desk.db.path)
    return Finding("data file", not problems, "; ".join(problems[:3]) or "every page and row is sound")


def _register(desk: Desk) -> Finding:
    try:
        lines = Register(desk.vault.register).lines
    except LcsError as error:
        return Finding("register of disposals", False, error.message)
    return Finding("register of disposals", True, f"{len(lines)} lines, each bound to the one before")
