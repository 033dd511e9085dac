"""What an export leaves behind: a folder with data and manifest, an entry in the register, and nothing else."""

import csv
import hashlib
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from lcs_cli.errors import FailedError, NotFoundError, RefusedError, UsageError
from lcs_cli.policy.rules import packaged
from lcs_cli.records.export_format import Format
from lcs_cli.records.referral import ReferralOutcome, ReferrerKind
from lcs_cli.services import attendance, audits, exports, families, lookup, referrals
from lcs_cli.services.desk import Desk
from lcs_cli.services.export_plan import ExportOrder, plan_export, told_lines
from lcs_cli.vault import exports as entries
from tests.conftest import TODAY, OpenDesk
from tests.services import stories
from tests.services.stories import STAYED_AWAY

ORDER = ExportOrder("case-management")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where exports go."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def referrer(desk: Desk) -> str:
    """A referrer with one family of two sessions."""
    household, ref = stories.family(desk), stories.referrer(desk)
    stories.referred(desk, household.ref, ref)
    for day in (1, 2):
        stories.held(desk, household.ref, TODAY.replace(day=day))
    return ref


def names(folder: Path) -> list[str]:
    """What lies in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("format_", list(Format))
def test_an_export_is_a_folder_named_for_its_entry(desk: Desk, referrer: str, out: Path, format_: Format) -> None:
    """Private, with the data and the manifest, and nothing beside it."""
    export = exports.export(desk, referrer, ExportOrder("case-management", format_), out)
    assert export.folder == out / "EX-000001-R"
    assert names(out) == ["EX-000001-R"]
    assert names(out / "EX-000001-R") == [f"attendance.{format_}", "datapackage.json"]
    assert (out / "EX-000001-R").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (out / "EX-000001-R").iterdir()} == {0o600}
    on_screen = exports.export(desk, referrer, ExportOrder("case-management", format_), None)
    assert (out / "EX-000001-R" / f"attendance.{format_}").read_bytes() == on_screen.content


NASTY = [None, 'A "quoted" 1', "A, B", "'; --", "{brace} %s ||", "=1+1", "Łódź ☂ \u202e", "\\n", " spaced "]


@pytest.mark.parametrize("case", NASTY)
@pytest.mark.parametrize("format_", list(Format))
def test_the_lines_are_as_the_standard_library_writes_them(desk: Desk, case: str | None, format_: Format) -> None:
    """The vault writes them itself, for speed: byte for byte what csv and json make of the same values."""
    household, ref = stories.family(desk, children=2), stories.referrer(desk)
    stories.referred(desk, household.ref, ref)
    stories.held(desk, household.ref, TODAY.replace(day=1))
    stories.held(desk, household.ref, TODAY.replace(day=2), STAYED_AWAY)
    with desk.db.transaction():  # no such thing can be typed; the lines do not rely on that
        desk.db.run("UPDATE referral SET case_reference = ?", case)
    plan = plan_export(desk, lookup.referrer(desk.db, ref), ExportOrder("case-management", format_))
    rows = [{field: getattr(line, field) for field in plan.entry.fields} for line in told_lines(desk, plan)]
    assert [row["attended"] for row in rows] == [True, False]
    text = io.StringIO()
    if format_ is Format.CSV:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(plan.entry.fields)
        writer.writerows([[str(one).lower() if one in (True, False) else one for one in row.values()] for row in rows])
    elif format_ is Format.JSONL:
        text.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    else:
        lines = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in rows)
        text.write(f'{{"schema": "lcs.attendance-export/1", "rows": [\n  {lines}\n]}}\n')
    export = exports.export(desk, ref, ExportOrder("case-management", format_), None)
    assert export.content.decode() == text.getvalue()


@pytest.mark.parametrize("format_", list(Format))
def test_the_manifest_describes_the_file(desk: Desk, referrer: str, out: Path, format_: Format) -> None:
    """As a Frictionless Data Package, with the decision by which it left."""
    export = exports.export(desk, referrer, ExportOrder("case-management", format_), out)
    assert export.folder is not None
    data = (export.folder / f"attendance.{format_}").read_bytes()
    manifest: dict[str, Any] = json.loads((export.folder / "datapackage.json").read_bytes())
    (resource,) = manifest["resources"]
    assert (manifest["profile"], manifest["name"]) == ("data-package", "ex-000001-r")
    assert manifest["created"] == "2026-11-26T09:00:00Z"
    assert resource["path"] == f"attendance.{format_}"
    assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}" == f"sha256:{export.sha256}"
    assert (resource["bytes"], resource["rows"]) == (len(data), export.rows)
    assert resource["profile"] == ("tabular-data-resource" if format_ is Format.CSV else "data-resource")
    fields = resource["schema"]["fields"]
    assert [(field["name"], field["type"]) for field in fields] == [
        ("family_reference", "string"),
        ("case_reference", "string"),
        ("session_date", "date"),
        ("booked_start", "time"),
        ("booked_end", "time"),
        ("arrived", "time"),
        ("left", "time"),
        ("attended", "boolean"),
    ]
    assert all(field["description"] for field in fields)
    assert {field["format"] for field in fields if field["type"] == "time"} == {"%H:%M"}
    about = manifest["export"]
    assert (about["id"], about["recipient"], about["repeats"]) == ("EX-000001-R", referrer, None)
    assert (about["purpose"], about["ground"], about["rule"], about["clause"]) == (
        "case-management",
        "attendance",
        "attendance",
        "4.2",
    )
    assert (about["policy_version"], about["rules_hash"]) == (1, packaged().hash)


def test_the_head_on_the_manifest_is_that_of_the_exports_own_entry(desk: Desk, referrer: str, out: Path) -> None:
    """Whoever keeps the manifest notices when the trail is cut."""
    exports.export(desk, referrer, ORDER, out)
    manifest = json.loads((out / "EX-000001-R" / "datapackage.json").read_bytes())
    last = stories.trail(desk)[-1]
    assert (last.action, manifest["export"]["audit_head"]) == ("attendance.export", f"{last.seq}:{last.digest}")


def test_the_entry_says_what_the_file_holds(desk: Desk, referrer: str, out: Path) -> None:
    """Count and hash, families and days, and by whom."""
    export = exports.export(desk, referrer, ORDER, out)
    entry = entries.get(desk.db, 1)
    assert entry is not None
    assert (entry.sha256, entry.rows, entry.format, entry.made_by) == (export.sha256, 2, "csv", "U-001-R")
    assert [share.family for share in entries.shares(desk.db, 1)] == [1]


def test_with_nothing_to_tell_nothing_is_left(desk: Desk, out: Path) -> None:
    """No folder, no entry in the register; it is on the trail that somebody asked."""
    referrer = stories.referrer(desk)
    stories.referred(desk, stories.family(desk).ref, referrer)
    export = exports.export(desk, referrer, ORDER, out)
    assert (export.reference, export.rows, export.folder, names(out)) == ("", 0, None, [])
    assert desk.db.value("SELECT count(*) FROM disclosure") == 0
    assert stories.trail(desk)[-1].detail == {"rows": 0}


@pytest.mark.parametrize("there", ["folder", "empty folder", "file", "link to nothing"])
def test_the_entry_is_committed_before_the_folder_has_its_name(
    desk: Desk, desk_of: OpenDesk, referrer: str, out: Path, there: str
) -> None:
    """Something of that name is in the way: it is registered, it is said how to write it again, nothing is left."""
    target = out / "EX-000001-R"
    if "folder" in there:
        target.mkdir()
        if there == "folder":
            (target / "mine.txt").write_text("mine")
    elif there == "file":
        target.write_text("mine")
    else:
        target.symlink_to(out / "nowhere")
    before = names(target) if target.is_dir() else None
    with pytest.raises(FailedError, match="EX-000001-R is registered") as failed:
        exports.export(desk, referrer, ORDER, out)
    assert failed.value.hint.startswith("write it again with: lcs attendance export --again EX-000001-R")
    assert names(out) == ["EX-000001-R"]
    assert (names(target) if target.is_dir() else None) == before
    other = desk_of()
    assert other.db.value("SELECT count(*) FROM disclosure") == 1
    again = exports.repeat(other, "EX-000001-R", out)
    assert (again.reference, again.folder) == ("EX-000002-W", out / "EX-000002-W")


@pytest.mark.parametrize("place", ["file", "nowhere"])
def test_an_export_goes_to_a_folder_that_is_there(desk: Desk, referrer: str, tmp_path: Path, place: str) -> None:
    """Else nothing is registered."""
    (tmp_path / "file").write_text("mine")
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^into: is not a folder"):
        exports.export(desk, referrer, ORDER, tmp_path / place)


def test_a_failed_export_leaves_nothing(desk: Desk, referrer: str, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused, or killed when it was to be registered: no entry, no folder, not even a hidden one."""

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(RefusedError):
        exports.export(desk, referrer, ExportOrder("court"), out)
    with monkeypatch.context() as patch, stories.unchanged(desk):
        patch.setattr(entries, "register", killed)
        with pytest.raises(KeyboardInterrupt):
            exports.export(desk, referrer, ORDER, out)
    assert names(out) == []
    assert exports.export(desk, referrer, ORDER, out).reference == "EX-000001-R"


def test_an_export_that_finds_no_room_says_so_and_leaves_nothing(
    desk: Desk, referrer: str, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line, not as a defect of the program; nothing was told, so nothing is registered."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, stories.unchanged(desk):
        patch.setattr(os, "fsync", full)
        with pytest.raises(FailedError):
            exports.export(desk, referrer, ORDER, out)
    assert names(out) == []


def test_the_same_window_gives_the_same_bytes(desk: Desk, referrer: str) -> None:
    """Today, tomorrow, and in each format."""
    for format_ in Format:
        order = ExportOrder("case-management", format_, to_on=TODAY)
        first, second = (exports.export(desk, referrer, order, None) for _ in range(2))
        assert first.content == second.content
        assert first.reference != second.reference


@pytest.mark.parametrize("format_", list(Format))
@pytest.mark.parametrize("since", [False, True])
def test_a_repeated_export_has_the_same_bytes_whatever_came_after(
    desk: Desk, referrer: str, out: Path, format_: Format, since: bool
) -> None:
    """Corrections, late entries, a second child, another family: it tells what was told then, as a new entry."""
    first = exports.export(desk, referrer, ExportOrder("case-management", format_, since_last=since), None)
    for _ in range(2):
        attendance.correct(desk, "S-000001-R", STAYED_AWAY, "mistaken")
        attendance.correct(desk, "S-000001-R", stories.CAME, "mistaken again")
    attendance.correct(desk, "S-000002-W", STAYED_AWAY, "mistaken")
    stories.held(desk, "LCS-0001-R", TODAY.replace(day=3))
    stories.referred(desk, stories.family(desk).ref, referrer)
    stories.held(desk, "LCS-0002-W", TODAY)
    families.edit(desk, "LCS-0001-R", "Lloyd", "misheard")
    again = exports.repeat(desk, first.reference, out)
    assert again.folder is not None
    assert (again.folder / f"attendance.{format_}").read_bytes() == first.content
    entry = entries.get(desk.db, 2)
    assert entry is not None
    assert (entry.repeats, entry.sha256, entry.rows) == (1, first.sha256, first.rows)
    manifest = json.loads((again.folder / "datapackage.json").read_bytes())
    assert manifest["export"]["repeats"] == "EX-000001-R"
    assert exports.repeat(desk, again.reference, None).content == first.content


def test_a_repeated_export_goes_through_todays_gate(desk: Desk, desk_of: OpenDesk, out: Path) -> None:
    """A link that has ended since: refused, and nothing is registered."""
    household, referrer = stories.family(desk), stories.referrer(desk, ReferrerKind.SOLICITOR)
    stories.referred(desk, household.ref, referrer)
    stories.held(desk, household.ref, TODAY)
    first = exports.export(desk, referrer, ORDER, None)
    referrals.decide(desk, "RL-0001-R", ReferralOutcome.ENDED, TODAY)
    with pytest.raises(RefusedError, match="no longer the referrer"):
        exports.repeat(desk, first.reference, out)
    assert (names(out), desk_of().db.value("SELECT count(*) FROM disclosure")) == ([], 1)


def test_what_was_told_under_a_referral_that_ended_is_not_repeated_under_a_later_one(desk: Desk) -> None:
    """The new link begins on its own day: what lies before it is not theirs any more."""
    household, referrer = stories.family(desk), stories.referrer(desk, ReferrerKind.SOLICITOR)
    ended = stories.referred(desk, household.ref, referrer)
    stories.held(desk, household.ref, TODAY.replace(day=1))
    first = exports.export(desk, referrer, ORDER, None)
    referrals.decide(desk, ended, ReferralOutcome.ENDED, TODAY)
    stories.referred(desk, household.ref, referrer, TODAY)
    with pytest.raises(RefusedError, match="has ended") as refused:
        exports.repeat(desk, first.reference, None)
    assert refused.value.clause == "4.2"
    assert exports.export(desk, referrer, ORDER, None).rows == 0


@pytest.mark.parametrize("electronic", [False, True])
def test_an_export_cannot_be_repeated_once_its_records_are_gone(desk_of: OpenDesk, out: Path, electronic: bool) -> None:
    """Whether a stub of the family is left or nothing: it is not made up."""
    there = desk_of("amina", stories.CLOSED)
    household = stories.closed_family(there, electronic=electronic)
    agency = stories.referrer(there)
    first = exports.export(there, agency, ExportOrder("safeguarding", family=household.ref), None)
    assert first.rows == 2
    there.db.close()
    assert stories.disposed(desk_of, household.ref).disposed
    desk = desk_of("amina", stories.SWEPT)
    with stories.unchanged(desk), pytest.raises(FailedError, match="cannot be repeated") as gone:
        exports.repeat(desk, first.reference, out)
    assert gone.value.hint == "make a new export of what is left"
    assert names(out) == []


def test_an_unknown_export_is_not_repeated(desk: Desk) -> None:
    """It is said where to look."""
    with stories.unchanged(desk), pytest.raises(NotFoundError, match="EX-000042-L"):
        exports.repeat(desk, "EX-000042-L", None)


def test_the_register_is_never_changed_by_what_comes_after(desk: Desk, referrer: str) -> None:
    """Each row stays as it was entered."""
    seen: list[tuple[object, ...]] = []
    for _ in range(3):
        exports.export(desk, referrer, ORDER, None)
        exports.repeat(desk, "EX-000001-R", None)
        rows = desk.db.rows("SELECT * FROM disclosure ORDER BY id")
        assert rows[: len(seen)] == seen
        seen = rows
    assert len(seen) == 6
    assert audits.verify(desk).problems == ()


def test_only_what_a_killed_export_left_is_cleared_away(desk: Desk, tmp_path: Path) -> None:
    """An hour later, and by its own kind of name: nobody else's folder is touched, hidden or not."""
    household, ref = stories.family(desk), stories.referrer(desk)
    stories.referred(desk, household.ref, ref)
    stories.held(desk, household.ref, TODAY)
    left, young, strange = (tmp_path / f".lcs-{name}" for name in ("0" * 16, "1" * 16, "config"))
    for folder in (left, young, strange):
        folder.mkdir()
    for folder in (left, strange):
        os.utime(folder, (1_000_000_000, 1_000_000_000))
    done = exports.export(desk, ref, ExportOrder("case-management"), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".lcs") or path == done.folder) == [
        young.name,
        strange.name,
        done.reference,
    ]
