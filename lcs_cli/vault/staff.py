"""The staff register and its checks, as rows: checks are added and never changed."""

import secrets
from datetime import date

from lcs_cli.records.staff import (
    Capacity,
    Certificate,
    Check,
    CheckDecision,
    CheckLevel,
    StaffMember,
    StatusCheck,
    UpdateStatus,
)
from lcs_cli.vault.connection import Database, Row
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.families import day

_CHECK = (
    "certificate, level, barred_list, issued_on, decision, decided_on, decided_by, update_status, checked_on, "
    "seen_by, recorded_on, recorded_by, policy_version, rules_hash"
)
_CONFIRMED = "vetting_check LEFT JOIN vetting_confirmation USING (staff_id, number)"


def add(db: Database, member: StaffMember, change: int) -> int:
    """Enter somebody; ``member.number`` is given here and returned."""
    number = next_number(db, "staff")
    db.run(
        "INSERT INTO staff_member (id, name, capacity, user, joined_on, salt, changed) VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(number, member.name, member.capacity.value, member.user, member.joined_on.isoformat()),
        *(secrets.token_hex(16), change),
    )
    return number


def get(db: Database, number: int) -> StaffMember | None:
    """One member of staff."""
    found = select(db, "WHERE id = ?", number)
    return found[0] if found else None


def select(db: Database, where: str = "", *values: object) -> list[StaffMember]:
    """The staff and volunteers of a condition, by number."""
    return [
        StaffMember(number, name, Capacity(capacity), date.fromisoformat(joined), user, day(left), reason)
        for number, name, capacity, user, joined, left, reason in db.rows(
            f"SELECT id, name, capacity, user, joined_on, left_on, left_reason FROM staff_member {where} ORDER BY id",
            *values,
        )
    ]


def of_user(db: Database, user: str) -> list[StaffMember]:
    """Every entry of whoever has that slot, by number: the last one is who they are now."""
    return select(db, "WHERE user = ?", user)


def add_check(db: Database, member: int, check: Check) -> None:
    """Add a check to those of a member of staff."""
    number = db.value("SELECT coalesce(max(number), 0) + 1 FROM vetting_check WHERE staff_id = ?", member)
    if isinstance(check, Certificate):
        decided_on = check.decided_on.isoformat() if check.decided_on else None
        seen = (check.level.value, int(check.barred_list), check.issued_on.isoformat(), check.decision.value)
        values: tuple[object, ...] = (*seen, decided_on, check.decided_by, None, None)
    else:
        values = (*[None] * 6, check.status.value, check.checked_on.isoformat())
    db.run(
        f"INSERT INTO vetting_check (staff_id, number, {_CHECK}) VALUES ({', '.join('?' * 16)})",
        *(member, number, check.number, *values),
        *(check.seen_by, check.recorded_on.isoformat(), check.recorded_by, check.policy_version, check.rules_hash),
    )


def confirm(db: Database, member: int, number: int, on: date, by: str) -> None:
    """Add that whoever decided on that check of a member of staff confirms it."""
    db.run(
        "INSERT INTO vetting_confirmation (staff_id, number, confirmed_on, confirmed_by) VALUES (?, ?, ?, ?)",
        *(member, number, on.isoformat(), by),
    )


def checks(db: Database) -> dict[int, list[Check]]:
    """Everybody's checks, each in the order in which they were recorded."""
    found: dict[int, list[Check]] = {}
    for member, *row in db.rows(f"SELECT staff_id, {_CHECK}, confirmed_on FROM {_CONFIRMED} ORDER BY staff_id, number"):
        found.setdefault(member, []).append(_check(tuple(row)))
    return found


def checks_of(db: Database, member: int) -> list[Check]:
    """One person's checks, in the order in which they were recorded."""
    rows = db.rows(f"SELECT {_CHECK}, confirmed_on FROM {_CONFIRMED} WHERE staff_id = ? ORDER BY number", member)
    return [_check(row) for row in rows]


def _check(row: Row) -> Check:
    number, level, barred, issued, decision, decided_on, decided_by, status, checked, seen_by, *rest = row
    on, by, version, rules_hash, confirmed = rest
    if status is not None:
        return StatusCheck(
            number=number,
            status=UpdateStatus(status),
            checked_on=date.fromisoformat(checked),
            seen_by=seen_by,
            recorded_on=date.fromisoformat(on),
            recorded_by=by,
            policy_version=version,
            rules_hash=rules_hash,
        )
    return Certificate(
        number=number,
        level=CheckLevel(level),
        barred_list=bool(barred),
        issued_on=date.fromisoformat(issued),
        decision=CheckDecision(decision),
        seen_by=seen_by,
        recorded_on=date.fromisoformat(on),
        recorded_by=by,
        policy_version=version,
        rules_hash=rules_hash,
        decided_on=day(decided_on),
        decided_by=decided_by,
        confirmed_on=day(confirmed),
    )
