"""Requests for reports for court proceedings, as rows: with every decision on them and every production."""

from collections.abc import Iterator
from datetime import date

from lcs_cli.records.report import EpisodeLine, Report, ReportDecision, ReportState, SessionLine
from lcs_cli.vault.connection import Database, Row
from lcs_cli.vault.corrections import referrer_since
from lcs_cli.vault.counters import change_number, next_number
from lcs_cli.vault.families import day
from lcs_cli.vault.paging import paged

OPEN = "state IN ('requested', 'agreed')"
"""The condition of a request about which something is still to be done."""

_COLUMNS = (
    "id, family_id, referrer_id, proceedings, received_on, asked, evidence, due_on, requested_on, requested_by, state, "
    "withdrawn_on, withdrawn_by, withdrawn_because"
)


def add(db: Database, report: Report) -> int:
    """Record a request; ``report.number`` is given here and returned."""
    number = next_number(db, "report")
    db.run(
        "INSERT INTO report (id, family_id, referrer_id, proceedings, received_on, asked, evidence, due_on, "
        "requested_on, requested_by, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(number, report.family, report.agency, report.proceedings, report.received_on.isoformat()),
        *(report.asked, report.evidence, report.due_on.isoformat() if report.due_on else None),
        *(report.requested_on.isoformat(), report.requested_by, report.state.value),
    )
    return number


def get(db: Database, number: int) -> Report | None:
    """One request."""
    found = select(db, "WHERE id = ?", number)
    return found[0] if found else None


def select(db: Database, where: str = "", *values: object) -> list[Report]:
    """The requests of a condition, by number."""
    return [_report(db, row) for row in db.rows(f"SELECT {_COLUMNS} FROM report {where} ORDER BY id", *values)]


def each(db: Database, where: str = "1", *values: object) -> Iterator[Report]:
    """The same of a condition, for a list that can be long: page by page."""
    return (_report(db, row) for row in paged(db, f"SELECT {_COLUMNS} FROM report WHERE {where}", "id", *values))


def open_for(db: Database, family: int, agency: int, proceedings: str) -> Report | None:
    """The open request of one agency about one family for one type of proceedings."""
    found = select(
        db,
        f"WHERE family_id = ? AND referrer_id = ? AND proceedings = ? AND {OPEN}",
        *(family, agency, proceedings),
    )
    return found[0] if found else None


def decide(db: Database, report: Report, decision: ReportDecision, policy_version: int, rules_hash: str) -> None:
    """Add management's decision, and let the request stand as it says."""
    db.run(
        "INSERT INTO report_decision (report_id, number, agreed, reason, decided_on, decided_by, policy_version, "
        "rules_hash, after_change) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(report.number, len(report.decisions) + 1, int(decision.agreed), decision.reason),
        *(decision.decided_on.isoformat(), decision.decided_by, policy_version, rules_hash, change_number(db)),
    )
    state = ReportState.AGREED if decision.agreed else ReportState.DECLINED
    db.run("UPDATE report SET state = ? WHERE id = ?", state.value, report.number)


def decided_under(db: Database, number: int) -> tuple[date, int, str] | None:
    """When a request was last decided about, under which version of the policy and which rules."""
    query = (
        "SELECT decided_on, policy_version, rules_hash FROM report_decision WHERE report_id = ? ORDER BY number DESC"
    )
    row = db.row(query, number)
    return (date.fromisoformat(row[0]), row[1], row[2]) if row else None


def withdraw(db: Database, number: int, on: date, by: str, because: str) -> None:
    """End a request: nothing is produced under it any more."""
    db.run(
        "UPDATE report SET state = 'withdrawn', withdrawn_on = ?, withdrawn_by = ?, withdrawn_because = ? WHERE id = ?",
        *(on.isoformat(), by, because, number),
    )


def registered(db: Database, number: int, disclosure: int) -> None:
    """Note which entry of the register was made under a request; it is produced once that was handed over."""
    db.run("INSERT INTO report_production (report_id, disclosure_id) VALUES (?, ?)", number, disclosure)


def produced(db: Database, number: int) -> None:
    """Let a request stand as produced."""
    db.run("UPDATE report SET state = 'produced' WHERE id = ?", number)


def unreleased(db: Database) -> list[tuple[int, int]]:
    """The entry and the request of each report that was registered and, as far as is known, never got its name.

    One that was produced again since is none of them any more, nor is one whose request was withdrawn.
    """
    return [
        (disclosure, report)
        for disclosure, report in db.rows(
            "SELECT disclosure_id, report_id FROM report_production AS p JOIN report ON report.id = report_id "
            "WHERE state <> 'withdrawn' AND disclosure_id NOT IN (SELECT disclosure_id FROM disclosure_release) "
            "AND NOT EXISTS ("
            "SELECT 1 FROM report_production AS later JOIN disclosure_release AS r "
            "ON r.disclosure_id = later.disclosure_id "
            "WHERE later.report_id = p.report_id AND later.disclosure_id > p.disclosure_id) ORDER BY disclosure_id"
        )
    ]


def episode_lines(db: Database, family: int) -> Iterator[EpisodeLine]:
    """The family's episodes as a report may show them."""
    for opened, closed in db.rows(
        "SELECT opened_on, closed_on FROM episode WHERE family_id = ? ORDER BY number", family
    ):
        yield EpisodeLine(opened, closed)


def session_lines(db: Database, family: int) -> Iterator[SessionLine]:
    """The family's sessions as a report may show them."""
    for held_on, starts, ends, cancelled in db.rows(
        "SELECT held_on, starts, ends, cancelled_on IS NOT NULL FROM contact_session WHERE family_id = ? "
        "ORDER BY held_on, starts, id",
        family,
    ):
        yield SessionLine(held_on, starts, ends, bool(cancelled))


def _report(db: Database, row: Row) -> Report:
    number, family, agency, proceedings, received, asked, evidence, due, requested, by = row[:10]
    state, withdrawn, withdrawn_by, because = row[10:]
    productions = db.rows("SELECT disclosure_id FROM report_production WHERE report_id = ? ORDER BY 1", number)
    return Report(
        number=number,
        family=family,
        agency=agency,
        proceedings=proceedings,
        received_on=date.fromisoformat(received),
        asked=asked,
        evidence=evidence,
        due_on=day(due),
        requested_on=date.fromisoformat(requested),
        requested_by=by,
        state=ReportState(state),
        decisions=_decisions(db, number, agency),
        withdrawn_on=day(withdrawn),
        withdrawn_by=withdrawn_by,
        withdrawn_because=because,
        productions=tuple(disclosure for (disclosure,) in productions),
    )


def _decisions(db: Database, number: int, agency: int) -> tuple[ReportDecision, ...]:
    return tuple(
        ReportDecision(bool(agreed), reason, date.fromisoformat(on), by, bool(overtaken))
        for agreed, reason, on, by, overtaken in db.rows(
            f"SELECT agreed, reason, decided_on, decided_by, {referrer_since('?', 'after_change')} "
            "FROM report_decision WHERE report_id = ? ORDER BY number",
            *(agency, number),
        )
    )
