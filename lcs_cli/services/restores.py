"""Putting a backup back, to a new place: what was disposed of since is disposed of again before anybody reads a row."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from lcs_cli.errors import DamagedVaultError, NoVaultError, RefusedError, UsageError
from lcs_cli.policy.program import classed_columns
from lcs_cli.policy.schedule import schedule_in_force
from lcs_cli.records.references import Kind, number_in, reference
from lcs_cli.records.retention import ReviewState
from lcs_cli.records.subject import kind_of
from lcs_cli.records.user import UserKind
from lcs_cli.records.value import Value
from lcs_cli.services import audits, leftovers
from lcs_cli.services.backups import standing_since
from lcs_cli.services.desk import Desk
from lcs_cli.services.outbox import check_outside
from lcs_cli.services.retention import WAITS_FOR_A_PERSON, over
from lcs_cli.vault import backup, backups, counters, disposals, restore, reviews
from lcs_cli.vault import subjects as subject_rows
from lcs_cli.vault.backup import Manifest
from lcs_cli.vault.folder import REGISTER, read_headers
from lcs_cli.vault.register import Line, Register, subject_of
from lcs_cli.vault.slots import Opener


class Plan(Value):
    """What is to be put back: the backup, and the newest register, of which ``own`` lines were in the backup.

    ``is_newest`` says whether that register is newer than the backup's own, as far as is known; ``follows`` whether
    it continues it.
    """

    path: Path
    manifest: Manifest
    people: tuple[str, ...]
    register: Register
    content: bytes
    own: int
    is_newest: bool
    follows: bool

    @property
    def again(self) -> tuple[str, ...]:
        """The files that the register says were disposed of since."""
        return tuple(subject_of(line) for line in standing_since(self.register, self.own))


class Drill(Value):
    """How the restored vault stands: what is wrong with its trail, its records, and what waits, by a sweep on paper."""

    problems: tuple[str, ...]
    head: str
    counted: Mapping[str, int]
    to_review: int


class Restored(Value):
    """A vault that was put back, the files that were disposed of again, and the drill after it."""

    folder: Path
    manifest: Manifest
    by: str
    again: tuple[str, ...]
    is_newest: bool
    drill: Drill


def plan(path: Path, into: Path, live: Path, register: Path | None, *, without_newer: bool = False) -> Plan:
    """Look through a backup and the newest register, before anybody is asked for anything. No key is needed.

    The newest register is the one given, or the one of the vault in ``live``, where that is the same vault. A vault
    within another one's folder would be copied and backed up with it.
    """
    restore.check_nothing_there(into)
    if into.resolve() != live.resolve():
        check_outside(live, into)
    with backup.reading(path) as found:
        if problems := list(found.problems()):
            raise DamagedVaultError(f"the backup is damaged: {problems[0]}", "use another backup")
        own, header = found.content(REGISTER), found.header()
    content = _given(register) if register else _beside(live, header.vault)
    lines = Register(path, own).lines
    try:
        newest = Register(path, own if content is None else content)
    except DamagedVaultError:
        if not without_newer:
            raise
        content, newest = None, Register(path, own)
    follows = newest.vault == header.vault and newest.lines[: len(lines)] == lines
    if without_newer and not follows:
        content, newest, follows = None, Register(path, own), True
    if content is None and not without_newer:
        raise UsageError(
            "register: the newest register of disposals is missing, so what was disposed of since is not known",
            "give --register FILE, the disposals.jsonl of the vault that is lost, or --without-newer-register",
        )
    people = tuple(slot.user.name for slot in header.slots if slot.user.kind is UserKind.PERSON)
    is_newest = content is not None
    content = own if content is None else content[: content.rfind(b"\n") + 1]
    return Plan(path, found.manifest, people, newest, content, len(lines), is_newest, follows)


def carry_out(planned: Plan, into: Path, opener: Opener, *, now: datetime, today: date) -> Restored:
    """Build the vault out of sight, dispose again of what the register names, write the file anew, and look.

    It gets its name when all of that is done: stopped at any moment, there is no vault, and it can be run again.
    """
    with (
        backup.reading(planned.path) as found,
        restore.building(found, into, planned.content, opener, classed_columns) as vault,
    ):
        desk = Desk(vault, now, today)
        with desk.acting("vault.restore", logged=False):
            _refuse_another(desk, planned)
        again = _dispose_again(desk, planned)
        _enter(desk, planned, again)
        counters.rewrite_if_asked(desk.db)
        if problems := desk.db.problems():
            raise DamagedVaultError(f"the restored vault is not sound: {problems[0]}", "use another backup")
        drill = _drill(desk)
    return Restored(into, planned.manifest, desk.user.reference, tuple(again), planned.is_newest, drill)


def _given(register: Path) -> bytes:
    try:
        return register.read_bytes()
    except OSError as error:
        raise UsageError(f"register: cannot be read ({error.strerror})", "name the disposals.jsonl itself") from error


def _beside(live: Path, vault: str) -> bytes | None:
    """The register of the vault that lies there, if it is this one."""
    try:
        if not any(header.vault == vault for header in read_headers(live)):
            return None
    except (NoVaultError, DamagedVaultError):
        return None
    register = live / REGISTER
    return register.read_bytes() if register.exists() else None


def _refuse_another(desk: Desk, planned: Plan) -> None:
    if not planned.follows:
        rule = schedule_in_force(desk.rules, desk.today).backups
        raise RefusedError(
            rule.clause,
            "the register does not continue the backup's own: it is older, cut, or another vault's",
            "give the newest one of this vault with --register, or say --without-newer-register",
            rule=rule.id,
            about=rule.about,
        )


def _dispose_again(desk: Desk, planned: Plan) -> list[str]:
    """Carry out each line of the register that this data has not seen, each with its entry; the files."""
    done = []
    for line in standing_since(planned.register, planned.own):
        try:
            if not _again(desk, line):
                continue
        except (KeyError, ValueError, TypeError, RefusedError) as error:
            said = error.message if isinstance(error, RefusedError) else "it does not say what"
            raise DamagedVaultError(
                f"what the register says of {line['review']} cannot be carried out again: {said}",
                "is this the vault's own register? Keep both files as they are, and have them looked at",
            ) from error
        done.append(subject_of(line))
    return done


def _again(desk: Desk, line: Line) -> bool:
    """Dispose of one file exactly as its line says; False where it came after the backup, and so is not in it."""
    subject, on = subject_of(line), date.fromisoformat(line["on"])
    number = number_in(kind_of(subject), subject)
    with desk.acting("vault.restore") as act:
        act.note(line["review"], subject, register_digest=line["digest"])
        if not subject_rows.is_there(desk.db, subject):
            return False
        restore.make_ready(desk.db, subject, on.isoformat(), desk.user.reference)
        if kind_of(subject) is Kind.STAFF:
            disposals.dispose_staff(desk.db, [number])
            act.note(gone=subject)
        else:
            kept = disposals.Kept(
                attendance_of=[number_in(Kind.PERSON, ref) for ref in line["keeps_attendance"]],
                people=[number_in(Kind.PERSON, ref) for ref in line["keeps_identity"]],
                families=[number] if line["keeps_family"] else [],
            )
            disposals.dispose(desk.db, [number], kept, on=on, change=act.change)
    return True


def _enter(desk: Desk, planned: Plan, again: list[str]) -> None:
    """Say on the trail what was put back, and leave out references that may have been given out since."""
    digests = [line["digest"] for line in planned.register.lines]
    after = digests[planned.own - 1] if planned.own else ""
    to = digests[-1] if digests else ""
    with desk.acting("vault.restore") as act:
        made_on = date.fromisoformat(planned.manifest.made_at[:10])
        counters.skip(desk.db, _given_out(planned.register), days=max(0, (desk.today - made_on).days))
        counters.ask_for_rewrite(desk.db)
        number = backups.add(desk.db, _row(planned))
        detail: dict[str, Any] = {
            "made_at": planned.manifest.made_at,
            "made_by": planned.manifest.made_by,
            "audit_head": planned.manifest.audit_head,
            "disposed_again": len(again),
            "sent_back": _send_back(desk),
            "newer_register": planned.is_newest,
            "after": after,
            "to": to,
            "certificate": restore.certificate(desk.vault, after, to),
        }
        act.note(reference(Kind.BACKUP, number), **detail)


def _send_back(desk: Desk) -> int:
    """Nothing that was decided before goes without being looked at again: a hold or a stop may have come since."""
    live = [one for state in (ReviewState.PROPOSED, ReviewState.APPROVED) for one in reviews.waiting(desk.db, state)]
    leftovers.withdraw(desk)
    for one in live:
        reviews.send_back(desk.db, one.number, "a backup was put back: what came after it is not known")
    return len(live)


def _given_out(register: Register) -> dict[Kind, int]:
    """The highest numbers that the register names: some were given out in what was lost."""
    highest: dict[Kind, int] = {}
    for line in register.lines:
        people = (*line.get("keeps_attendance", ()), *line.get("keeps_identity", ()))
        refs = [(kind_of(subject_of(line)), subject_of(line)), *((Kind.PERSON, ref) for ref in people)]
        refs.append((Kind.REVIEW, str(line.get("review") or line["withdrawn"])))
        for kind, ref in refs:
            highest[kind] = max(highest.get(kind, 0), number_in(kind, ref))
    return highest


def _row(planned: Plan) -> backups.BackupRow:
    """The backup itself, which cannot know of itself: its day comes like that of any other."""
    path, manifest = planned.path.absolute(), planned.manifest
    return backups.BackupRow(
        number=0,
        made_on=date.fromisoformat(manifest.made_at[:10]),
        made_by=manifest.made_by,
        folder=str(path.parent),
        name=path.name,
        encrypted=False,
        size=path.stat().st_size,
        sha256=backup.digest_of(path),
        register_lines=manifest.register_lines,
    )


def _drill(desk: Desk) -> Drill:
    with desk.acting("vault.restore", logged=False):
        checked = audits.check(desk)
        waiting = [item for item in over(desk, desk.today) if not item.review]
        return Drill(
            problems=checked.problems,
            head=checked.head,
            counted=restore.counted(desk.db),
            to_review=sum(item.decision.outcome in WAITS_FOR_A_PERSON for item in waiting),
        )
