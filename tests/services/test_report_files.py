"""What a report for proceedings holds and leaves behind (policy 4.1): dates and times, registered, and nothing else."""

import hashlib
import json
import os
import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from lcs_cli.cli.report_text import report_text
from lcs_cli.errors import FailedError, RefusedError, UsageError
from lcs_cli.policy.reports import Standing
from lcs_cli.policy.rules import packaged
from lcs_cli.records.disclosure import DisclosureKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferralOutcome, ReferrerKind
from lcs_cli.records.report import ReportClass, ReportState
from lcs_cli.services import attendance, audits, contact_sessions, doctor, referrals, report_files, reports, retention
from lcs_cli.services.desk import Desk
from lcs_cli.services.outbox import Outbox
from lcs_cli.services.report_files import Produced, ReportDocument, ReportPart
from lcs_cli.vault import disclosures
from tests.conftest import TODAY, OpenDesk
from tests.services import stories
from tests.services.test_export_whitelist import PLANTED, SEALED, plant

RP1 = "RP-0001-R"
NAMES = ["datapackage.json", "report.json", "report.txt"]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where reports go."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def agreed(desk: Desk) -> str:
    """A family with a recorded, a cancelled and a coming session, and a court's request that rhys agreed to."""
    family = stories.family(desk, 2).ref
    stories.held(desk, family, date(2019, 2, 4))
    contact_sessions.cancel(desk, stories.booked(desk, family, date(2019, 2, 18)), "ill")
    stories.booked(desk, family, TODAY + timedelta(7), room="Blue room", note="side door")
    stories.agreed(desk, family, stories.referrer(desk, ReferrerKind.COURT))
    return RP1


def produced(desk: Desk, out: Path, ref: str = RP1) -> Produced:
    """A report, laid out as the command does it."""
    return report_files.produce(desk, ref, out, report_text)


def listed(folder: Path) -> list[str]:
    """What lies in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


def read(done: Produced, name: str) -> Any:
    """One of the files, as JSON."""
    assert done.folder is not None
    return json.loads((done.folder / name).read_bytes())


def everything_that_left(done: Produced, out: Path) -> bytes:
    """All bytes of all files and their names, and what the command is given to say."""
    paths = [path for path in out.rglob("*") if path.is_file()]
    names = "\n".join(str(path.relative_to(out)) for path in out.rglob("*"))
    return b"\n".join([names.encode(), repr(done).encode(), *(path.read_bytes() for path in paths)])


def test_a_report_is_a_folder_named_for_its_entry(desk: Desk, agreed: str, out: Path) -> None:
    """Private, with the report for people and for programs, the manifest, and nothing beside it."""
    done = produced(desk, out, agreed)
    assert (done.document.reference, done.folder) == ("EX-000001-R", out / "EX-000001-R")
    assert listed(out) == ["EX-000001-R"]
    assert listed(out / "EX-000001-R") == NAMES
    assert (out / "EX-000001-R").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (out / "EX-000001-R").iterdir()} == {0o600}


def test_a_report_says_under_which_request_and_agreement_it_was_produced(desk: Desk, agreed: str, out: Path) -> None:
    """Agency, type and day; who agreed and when; policy version, clause, rules and trail; in all three files."""
    last = stories.trail(desk)[-1]
    head = f"{last.seq}:{last.digest}"
    done = produced(desk, out, agreed)
    data = read(done, "report.json")
    assert data["schema"] == "lcs.proceedings-report/1"
    assert data["request"] == {
        "reference": RP1,
        "received_on": "2026-11-26",
        "law": "private",
        "proceedings": "Child arrangements order (Children Act 1989, s. 8)",
    }
    assert data["agreement"] == {"agreed_by": "U-003-A", "agreed_on": "2026-11-26"}
    assert data["agency"] == {"reference": "REF-0001-R", "kind": "court"}
    assert (data["policy_version"], data["clause"], data["rule"]) == (1, "4.1", "report-agreement")
    assert (data["rules_hash"], data["after_entry"]) == (packaged().hash, head)
    assert done.folder is not None
    text = (done.folder / "report.txt").read_text()
    for said in ("RP-0001-R", "REF-0001-R", "U-003-A", "Child arrangements order", "clause 4.1", packaged().hash, head):
        assert said in text
    about = read(done, "datapackage.json")["report"]
    assert {key: about[key] for key in ("request", "agreement", "agency")} == {
        key: data[key] for key in ("request", "agreement", "agency")
    }


def test_a_report_holds_the_permitted_records_and_no_other(desk: Desk, agreed: str, out: Path) -> None:
    """Episodes, sessions booked and cancelled, and attendance by the whitelist, in the order of the days."""
    data = read(produced(desk, out, agreed), "report.json")
    assert data["episodes"] == [{"opened_on": "2019-01-07", "closed_on": None}]
    assert data["sessions"] == [
        {"session_date": day, "booked_start": "10:00", "booked_end": "11:30", "cancelled": cancelled}
        for day, cancelled in (("2019-02-04", False), ("2019-02-18", True), ("2026-12-03", False))
    ]
    assert data["attendance"] == [
        {
            "family_reference": "LCS-0001-R",
            "case_reference": None,
            "session_date": "2019-02-04",
            "booked_start": "10:00",
            "booked_end": "11:30",
            "arrived": "10:05",
            "left": "11:30",
            "attended": True,
        }
    ]
    head = {"schema", "reference", "made_on", "family", "agency", "request", "agreement", "clause", "rule"}
    head |= {"policy_version", "rules_hash", "after_entry"}
    assert set(data) == head | {name.value for name in ReportClass}


def test_the_text_shows_what_the_data_holds(desk: Desk, agreed: str, out: Path) -> None:
    """Every row under its heading, with the weekday; an empty class says so; a number is never taken for a day."""
    assert produced(desk, out, agreed).folder is not None
    text = (out / "EX-000001-R" / "report.txt").read_text()
    for heading in ("Report for proceedings\n======", "Episodes of service\n------", "Attendance\n------"):
        assert heading in text
    for row in ("Mon 4 Feb 2019", "Mon 18 Feb 2019", "Thu 3 Dec 2026"):
        assert text.count(row) == (2 if row == "Mon 4 Feb 2019" else 1)
    stories.agreed(desk, stories.family(desk, opened_on=None).ref, "REF-0001-R")
    produced(desk, out, "RP-0002-W")
    assert (out / "EX-000002-W" / "report.txt").read_text().count("Nothing is on record.") == 3
    document = produced(desk, out, agreed).document
    part = document.parts[ReportClass.ATTENDANCE]
    family, _, *rest = part.rows[0]
    other_part = ReportPart(part.heading, part.columns, ((family, "20261126", *rest),))
    assert "LCS-0001-R        20261126" in report_text(replace(document, parts={ReportClass.ATTENDANCE: other_part}))


@pytest.mark.parametrize("kind", [ReferrerKind.COURT, ReferrerKind.CAFCASS, ReferrerKind.LOCAL_AUTHORITY])
@pytest.mark.clause("4.1", "proceedings")
def test_no_planted_word_leaves_in_a_report(desk: Desk, out: Path, kind: ReferrerKind) -> None:
    """Not a word of any column that holds text, in no file, file's name or answer: nor staff, people, sessions."""
    plant(desk)
    ref = stories.agreed(desk, "LCS-0001-R", stories.referrer(desk, kind, "Pagency"))
    done = produced(desk, out, ref)
    left = everything_that_left(done, out)
    assert b"2019-02-04" in left
    assert b"Mon 4 Feb 2019" in left
    markers = [*PLANTED.values(), *SEALED, "Pagency", "Dates of contact", "It may have it", "Order of the court"]
    markers += ["U-001-R", "amina", "rhys", "S-0000", "SF-", "AR-", "LH-", "PM-", "Blue room"]
    assert [marker for marker in markers if marker.encode() in left] == []
    assert re.findall(rb"(?<![A-Z])P-[0-9]", left) == []


def test_only_the_agencys_own_case_reference_is_told(desk: Desk, agreed: str, out: Path) -> None:
    """Another referrer's is not; the agency's is, once it has referred the family."""
    other = stories.referrer(desk, ReferrerKind.LOCAL_AUTHORITY)
    stories.referred(desk, "LCS-0001-R", other, case="AT/9")
    assert {row["case_reference"] for row in read(produced(desk, out, agreed), "report.json")["attendance"]} == {None}
    stories.referred(desk, "LCS-0001-R", "REF-0001-R", case="FC/1")
    told = read(produced(desk, out, agreed), "report.json")["attendance"]
    assert {row["case_reference"] for row in told} == {"FC/1"}
    assert desk.db.rows("SELECT referral_id FROM disclosure_family ORDER BY disclosure_id") == [(None,), (2,)]


@pytest.mark.parametrize("outcome", [ReferralOutcome.ENDED, ReferralOutcome.DECLINED])
def test_the_case_reference_is_that_of_the_referral_that_is_live(
    desk: Desk, agreed: str, out: Path, outcome: ReferralOutcome
) -> None:
    """A later one of the same agency that came to nothing, or is over, is another matter."""
    stories.referred(desk, "LCS-0001-R", "REF-0001-R", case="FC/1")
    later = referrals.add(desk, "LCS-0001-R", "REF-0001-R", TODAY, electronic=False, case_reference="FC/2")
    if outcome is ReferralOutcome.ENDED:
        referrals.decide(desk, reference(Kind.REFERRAL, later.number), ReferralOutcome.ACCEPTED, TODAY)
    referrals.decide(desk, reference(Kind.REFERRAL, later.number), outcome, TODAY)
    told = read(produced(desk, out, agreed), "report.json")["attendance"]
    assert {row["case_reference"] for row in told} == {"FC/1"}
    assert desk.db.rows("SELECT referral_id FROM disclosure_family") == [(1,)]


def test_the_register_has_the_report(desk: Desk, agreed: str, out: Path) -> None:
    """Its kind, the rule and clause, the agency, the type of proceedings, and every column it shows."""
    produced(desk, out, agreed)
    columns = "kind, made_by, made_on, ground, rule, clause, recipient, referrer_id, purpose, policy_version"
    assert desk.db.rows(f"SELECT {columns} FROM disclosure") == [
        (
            DisclosureKind.REPORT,
            "U-001-R",
            "2026-11-26",
            *["report-agreement"] * 2,
            "4.1",
            "court",
            1,
            "child-arrangements",
            1,
        )
    ]
    (fields_,) = desk.db.rows("SELECT fields FROM disclosure")[0]
    assert fields_.split(",")[:4] == [
        "episodes.opened_on",
        "episodes.closed_on",
        "sessions.session_date",
        "sessions.booked_start",
    ]
    assert desk.db.rows("SELECT disclosure_id, family_id FROM disclosure_family") == [(1, 1)]
    assert desk.db.rows("SELECT disclosure_id FROM disclosure_release") == [(1,)]
    assert reports.show(desk, agreed).report.productions == (1,)


def test_the_trail_binds_the_files(desk: Desk, agreed: str, out: Path) -> None:
    """The entry has their hashes and counts, the manifest the entry's head, and the sizes."""
    done = produced(desk, out, agreed)
    assert done.folder is not None
    entry = stories.trail(desk)[-1]
    assert entry.action == "report.produce"
    assert entry.detail is not None
    hashes = {
        name: hashlib.sha256((done.folder / name).read_bytes()).hexdigest() for name in ("report.txt", "report.json")
    }
    assert stories.detail(entry) == {"rows": {"episodes": 1, "sessions": 3, "attendance": 1}, "sha256": hashes}
    manifest = read(done, "datapackage.json")
    assert manifest["report"]["audit_head"] == f"{entry.seq}:{entry.digest}"
    for resource in manifest["resources"]:
        content = (done.folder / resource["path"]).read_bytes()
        assert (resource["bytes"], resource["hash"]) == (len(content), f"sha256:{hashes[resource['path']]}")
    assert [resource["path"] for resource in manifest["resources"]] == ["report.txt", "report.json"]
    assert set(manifest["columns"]) == {"episodes", "sessions", "attendance"}
    assert audits.verify(desk).problems == ()


def test_a_report_is_produced_again_as_a_new_entry(desk: Desk, agreed: str, out: Path) -> None:
    """While the agreement is fresh; it tells what is on record then."""
    produced(desk, out, agreed)
    attendance.correct(desk, "S-000001-R", stories.STAYED_AWAY, "mistaken")
    again = read(produced(stories.on(desk, TODAY + timedelta(90)), out, agreed), "report.json")
    assert again["attendance"][0]["attended"] is False
    assert reports.show(desk, agreed).report.productions == (1, 2)
    with pytest.raises(RefusedError, match="its agreement ended on 2027-02-24"):
        produced(stories.on(desk, TODAY + timedelta(91)), out, agreed)
    assert listed(out) == ["EX-000001-R", "EX-000002-W"]


@pytest.mark.parametrize(
    ("before", "why", "remedy"),
    [
        ([], "management has not agreed", "lcs report decide RP-0001-R"),
        (["decline"], "management declined", "lcs report request LCS-0001-R"),
        (["agree", "withdraw"], "was withdrawn on", "lcs report request LCS-0001-R"),
        (["agree", "lapse"], "agreement to RP-0001-R ended on", "lcs report decide RP-0001-R"),
        (["agree", "solicitor"], "is a solicitor", "lcs report request LCS-0001-R"),
    ],
)
@pytest.mark.clause("4.1", "proceedings")
def test_what_nobody_agreed_to_is_refused_and_leaves_nothing(
    desk: Desk, out: Path, before: Sequence[str], why: str, remedy: str
) -> None:
    """By clause 4.1, with the very next command; no entry in the register, no folder, not even a hidden one."""
    agency = stories.referrer(desk, ReferrerKind.COURT)
    stories.report(desk, stories.family(desk).ref, agency)
    there = desk
    for step in before:
        if step in ("agree", "decline"):
            reports.decide(stories.as_rhys(desk), RP1, "as it is", agreed=step == "agree")
        elif step == "withdraw":
            reports.withdraw(desk, RP1, "settled")
        elif step == "lapse":
            there = stories.on(desk, TODAY + timedelta(91))
        else:
            referrals.edit_referrer(desk, agency, None, ReferrerKind.SOLICITOR, "mistaken")
    with pytest.raises(RefusedError, match=why) as refused:
        produced(there, out)
    assert refused.value.clause == "4.1"
    assert remedy in refused.value.hint
    assert listed(out) == []
    assert desk.db.value("SELECT count(*) FROM disclosure") == 0


@pytest.mark.clause("4.1", "proceedings")
def test_volunteers_write_no_reports(desk_of: OpenDesk, agreed: str, out: Path) -> None:
    """A worker produces none, though it was agreed to."""
    with pytest.raises(RefusedError) as refused:
        produced(desk_of("tomos"), out, agreed)
    assert (refused.value.clause, refused.value.rule) == ("4.1", "authority")
    assert listed(out) == []


@pytest.mark.parametrize("place", ["file", "nowhere", "vault"])
def test_a_report_goes_to_a_folder_outside_the_vault(desk: Desk, agreed: str, tmp_path: Path, place: str) -> None:
    """Else nothing is registered."""
    (tmp_path / "file").write_text("mine")
    with stories.unchanged(desk), pytest.raises(UsageError, match=r"^into: is"):
        produced(desk, tmp_path / place, agreed)


def test_the_entry_is_committed_before_the_folder_has_its_name(
    desk: Desk, desk_of: OpenDesk, agreed: str, out: Path
) -> None:
    """Something of that name is in the way: it is registered, it is said how to write it again."""
    (out / "EX-000001-R").mkdir()
    with pytest.raises(FailedError, match="EX-000001-R is registered") as failed:
        produced(desk, out, agreed)
    assert failed.value.hint == "write it again with: lcs report produce RP-0001-R --into FOLDER"
    assert listed(out) == ["EX-000001-R"]
    (unsound,) = [finding for finding in doctor.examine(desk_of()) if not finding.sound]
    assert (unsound.check, unsound.waits) == ("exports", True)
    assert "EX-000001-R: lcs report produce RP-0001-R" in unsound.found
    assert produced(desk, out, agreed).folder == out / "EX-000002-W"
    assert all(finding.sound for finding in doctor.examine(desk_of()))


@pytest.mark.parametrize("where", ["entry", "files", "name"])
def test_a_report_that_was_stopped_leaves_no_file(
    desk: Desk, agreed: str, out: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Killed before the commit there is no entry either; after it the entry is there, and no folder."""

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if where == "entry":
            patch.setattr(disclosures, "enter", killed)
        elif where == "files":
            patch.setattr(os, "fsync", killed)
        else:
            patch.setattr(Outbox, "release", killed)
        with pytest.raises(KeyboardInterrupt):
            produced(desk, out, agreed)
    assert listed(out) == []
    assert desk.db.value("SELECT count(*) FROM disclosure") == (1 if where == "name" else 0)
    assert desk.db.value("SELECT count(*) FROM disclosure_release") == 0
    assert reports.show(desk, agreed).standing is Standing.AGREED
    assert produced(desk, out, agreed).folder is not None


def stopped(desk: Desk, out: Path) -> None:
    """A report that is registered, and whose folder never got its name."""
    number = disclosures.last(desk.db) + 1
    (out / reference(Kind.DISCLOSURE, number)).mkdir()
    with pytest.raises(FailedError, match="could not be named"):
        produced(desk, out)


def test_a_report_is_produced_once_it_was_handed_over(desk: Desk, desk_of: OpenDesk, agreed: str, out: Path) -> None:
    """Until then it is open, and waits; after ninety days for another decision, and not for ever."""
    stopped(desk, out)
    for day, standing in ((TODAY, Standing.AGREED), (TODAY + timedelta(91), Standing.LAPSED)):
        (one,) = reports.listing(stories.on(desk, day), None, only_open=True)
        assert (one.report.state, one.standing) == (ReportState.AGREED, standing)
        (unsound,) = [finding for finding in doctor.examine(desk_of("amina", day)) if not finding.sound]
        assert f"EX-000001-R: lcs report produce {agreed}" in unsound.found
    late = stories.on(desk, TODAY + timedelta(91))
    with pytest.raises(RefusedError, match="agreement to RP-0001-R ended on"):
        produced(late, out)
    reports.decide(stories.as_rhys(late), agreed, "Still wanted", agreed=True)
    assert produced(late, out).folder == out / "EX-000002-W"
    assert reports.show(late, agreed).standing is Standing.PRODUCED
    assert list(reports.listing(late, None, only_open=True)) == []


def test_what_was_stopped_and_is_not_wanted_any_more_waits_for_nobody(
    desk: Desk, desk_of: OpenDesk, agreed: str, out: Path
) -> None:
    """It is withdrawn; the register keeps the entry of what never left."""
    stopped(desk, out)
    reports.withdraw(desk, agreed, "settled")
    assert all(finding.sound for finding in doctor.examine(desk_of()))


@pytest.mark.parametrize("what", ["withdrawn", "corrected"])
def test_a_report_whose_request_ends_before_the_folder_has_its_name_is_not_handed_over(
    desk: Desk, agreed: str, out: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """It is registered by then; nothing is left of it, and the request stands as it ended."""
    hand_over = report_files._hand_over

    def meanwhile(there: Desk, document: ReportDocument, outbox: Outbox) -> Path | None:
        if what == "withdrawn":
            reports.withdraw(stories.on(desk, TODAY), agreed, "settled")
        else:
            referrals.edit_referrer(stories.on(desk, TODAY), "REF-0001-R", "Harlow and Finch", None, "mistaken")
        return hand_over(there, document, outbox)

    monkeypatch.setattr(report_files, "_hand_over", meanwhile)
    with pytest.raises(FailedError) as failed:
        produced(desk, out, agreed)
    assert failed.value.message.startswith("EX-000001-R is registered and was not handed over: RP-0001-R was withdrawn")
    assert listed(out) == []
    assert desk.db.value("SELECT count(*) FROM disclosure_release") == 0
    assert reports.show(desk, agreed).standing is (Standing.WITHDRAWN if what == "withdrawn" else Standing.LAPSED)


@pytest.mark.parametrize("before", ["agreed", "produced"])
@pytest.mark.parametrize("to", [("Another court", None), (None, ReferrerKind.LOCAL_AUTHORITY)])
@pytest.mark.clause("4.1", "proceedings")
def test_an_agreement_does_not_follow_a_reference_into_another_body(
    desk: Desk, agreed: str, out: Path, before: str, to: tuple[str | None, ReferrerKind | None]
) -> None:
    """The agency's name or kind was corrected after it: it has lapsed, by clause 4.1, until somebody decides anew."""
    if before == "produced":
        produced(desk, out)
    entries = desk.db.value("SELECT count(*) FROM disclosure")
    referrals.edit_referrer(desk, "REF-0001-R", *to, "mistaken")
    with pytest.raises(RefusedError, match="ended when REF-0001-R was corrected") as refused:
        produced(desk, out)
    assert (refused.value.clause, refused.value.rule) == ("4.1", "report-agreement")
    assert desk.db.value("SELECT count(*) FROM disclosure") == entries
    if before == "produced":
        assert "lcs report request LCS-0001-R" in refused.value.hint
        return
    assert "lcs report decide RP-0001-R" in refused.value.hint
    assert reports.show(desk, agreed).standing is Standing.LAPSED
    reports.decide(stories.as_rhys(desk), agreed, "It is that court", agreed=True)
    assert produced(desk, out).folder is not None


def test_a_report_tells_the_last_case_reference_of_an_agency_that_referred_twice(
    desk: Desk, agreed: str, out: Path
) -> None:
    """By the referral that came last."""
    for case in ("FC/1", "FC/2"):
        ref = stories.referred(desk, "LCS-0001-R", "REF-0001-R", case=case)
        referrals.decide(desk, ref, ReferralOutcome.ENDED, TODAY)
    told = read(produced(desk, out, agreed), "report.json")["attendance"]
    assert {row["case_reference"] for row in told} == {"FC/2"}


def test_a_full_disk_registers_nothing(desk: Desk, agreed: str, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line; nothing was told."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, stories.unchanged(desk):
        patch.setattr(os, "fsync", full)
        with pytest.raises(FailedError):
            produced(desk, out, agreed)
    assert listed(out) == []


def test_a_report_is_on_the_clock_of_its_family_alone(desk: Desk, agreed: str, out: Path) -> None:
    """The entry names one family: another one's file is not used by it."""
    other = stories.closed_family(desk)
    produced(desk, out, agreed)
    due = {item.decision.subject: item.decision.due_on for item in retention.items(desk, desk.today)}
    assert due[other.ref] == stories.DUE


def test_an_ended_link_tells_its_last_case_reference(desk: Desk, agreed: str, out: Path) -> None:
    """The court knows its own number; what it asked for is agreed to apart from any link."""
    ref = stories.referred(desk, "LCS-0001-R", "REF-0001-R", case="FC/1")
    referrals.decide(desk, ref, ReferralOutcome.ENDED, TODAY)
    told = read(produced(desk, out, agreed), "report.json")["attendance"]
    assert {row["case_reference"] for row in told} == {"FC/1"}
