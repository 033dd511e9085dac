"""The vault that is measured: invented families in service, others that were closed for good, and two referrers."""

import random
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from lcs_cli.policy.rules import packaged
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.user import Role
from lcs_cli.services import referrals, retention, setup, users
from lcs_cli.services.desk import Desk
from lcs_cli.vault.secret import Secret
from lcs_cli.vault.slots import Unlocked

SECRET = Secret(passphrase="a passphrase for measuring only")
SHARE_OF_ONE_THAT_GOES, SHARE_OF_ONE_THAT_STAYS = 10, 100
"""Sessions, and as many attendances, of a family."""

TOLD, TOLD_LITTLE, FEW = "REF-0001-R", "REF-0002-W", 5
"""The referrer of every family in service, and that of a few."""

ROOMS = ("Room 1", "Room 2", "Room 3")
_CLOSED = date(2020, 1, 1)
_AGO = timedelta(days=10)
_SCHEDULE = "retention_schedule.toml"
_COMMANDS = ["attendance.list", "retention.sweep"]


def make_vault(folder: Path, *, staying: int, going: int = 0, unrecorded: int = 0) -> Path:
    """Make it, with a service identity; that one's key file.

    ``unrecorded`` sessions without attendance are the last family's, of yesterday, with the numbers after all others.
    """
    now = now_() - _AGO
    rules = {_SCHEDULE: _without_cap(packaged().contents[_SCHEDULE].decode()).encode()}
    setup.init(folder, "bench", SECRET, policy_text=None, policy_effective=None, now=now, today=now.date(), rules=rules)
    desk = open_desk(folder, "bench", now)
    users.add_user(desk, "other", [Role.MANAGER, Role.ADMINISTRATOR], SECRET)
    key_file = folder.with_suffix(".key")
    users.add_service(desk, "service", _COMMANDS, key_file)
    for name in ("Anytown Council", "Otherton Council"):
        referrals.add_referrer(desk, name, ReferrerKind.LOCAL_AUTHORITY)
    with desk.db.transaction(), desk.db._unguarded() as connection:  # noqa: SLF001 -- SQL of our own, a million times
        for table, rows in _rows(desk.today, staying, going).items():
            marks = ", ".join("?" * (table.count(",") + 1))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608
        yesterday, last = (desk.today - timedelta(days=1)).isoformat(), attendances(staying, going)
        connection.executemany(
            "INSERT INTO contact_session (family_id, id, held_on, starts, ends, room, changed) "
            "VALUES (?, ?, ?, '10:00', '11:00', 'Room 1', 1)",
            ((going + staying, last + n, yesterday) for n in range(1, unrecorded + 1)),
        )
        families = going + staying
        for counted in (("family", families), ("person", 2 * families), ("session", last + unrecorded)):
            connection.execute(
                "INSERT INTO counter VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", counted
            )
    desk.db.close()
    return key_file


def attendances(staying: int, going: int) -> int:
    """How many there are in such a vault."""
    return going * SHARE_OF_ONE_THAT_GOES + staying * SHARE_OF_ONE_THAT_STAYS


def _rows(today: date, staying: int, going: int) -> dict[str, Iterator[tuple[Any, ...]]]:
    """The rows of each table; those that go come first."""
    families = range(1, going + staying + 1)
    names = invented(2 * (going + staying))

    def last(family: int) -> date:
        return _CLOSED if family <= going else today - timedelta(days=1)

    def held() -> Iterator[tuple[int, int, str]]:
        number = 0
        for family in families:
            count = SHARE_OF_ONE_THAT_GOES if family <= going else SHARE_OF_ONE_THAT_STAYS
            days = [(last(family) - timedelta(days=7 * (count - n))).isoformat() for n in range(1, count + 1)]
            for day in days:
                number += 1
                yield family, number, day

    def began(family: int) -> str:
        count = SHARE_OF_ONE_THAT_GOES if family <= going else SHARE_OF_ONE_THAT_STAYS
        return (last(family) - timedelta(days=7 * (count - 1))).isoformat()

    return {
        "family (id, name, changed)": ((one, names[one - 1], 1) for one in families),
        "episode (family_id, number, opened_on, closed_on)": (
            (one, 1, began(one), _CLOSED.isoformat() if one <= going else None) for one in families
        ),
        "person (id, family_id, kind, given_name, family_name, date_of_birth, changed)": (
            (2 * one - 1 + n, one, kind, names[2 * one - 2 + n], names[one - 1], born, 1)
            for one in families
            for n, (kind, born) in enumerate((("adult", "1985-01-01"), ("child", "2015-01-01")))
        ),
        "contact_session (family_id, id, held_on, starts, ends, room, changed)": (
            (family, number, day, "10:00", "11:00", ROOMS[number % 3], 1) for family, number, day in held()
        ),
        "attendance (family_id, session_id, child_id, attended, arrived, departed, changed)": (
            (family, number, 2 * family, 1, "10:05", "11:00", 1) for family, number, _ in held()
        ),
        "referral (id, family_id, referrer_id, received_on, electronic, outcome, decided_on, changed)": (
            (n, going + n, 2 if n <= FEW else 1, began(going + n), 1, "accepted", began(going + n), 1)
            for n in range(1, staying + 1)
        ),
    }


def invented(count: int) -> list[str]:
    """So many names, of 20,000 different ones, the same each time."""
    chosen = random.Random(1)  # noqa: S311 -- no secret
    names = ["".join(chosen.choices("abcdefghijklmnoprstuwz", k=chosen.randint(4, 10))).title() for _ in range(20_000)]
    return chosen.choices(names, k=count)


def _without_cap(schedule: str) -> str:
    """The retention schedule with no limit on what one sweep disposes of."""
    before, cap, after = schedule.partition("[cap]")
    return before + cap + re.sub(r"^(families|percent) = .*$", r"\1 = []", after, flags=re.MULTILINE)


def approve(folder: Path) -> None:
    """Ten days ago, somebody proposed the disposal of what is due, and somebody else approved it."""
    then = now_() - _AGO
    desk = open_desk(folder, "bench", then)
    for item in retention.due(desk, then.date()):
        retention.propose(desk, item.decision.subject, None)
    desk.db.close()
    desk = open_desk(folder, "other", then)
    retention.approve(desk, retention.approval_list(desk).hash)
    desk.db.close()


def unlocked(folder: Path) -> Unlocked:
    """What an agent keeps of whoever measures."""
    desk = open_desk(folder, "bench", now_())
    desk.db.close()
    return Unlocked.of(desk.vault.header, desk.vault.opened)


def open_desk(folder: Path, login: str, now: datetime) -> Desk:
    """The vault, opened."""
    return setup.open_desk(folder, login, SECRET, now=now, today=now.date())


def now_() -> datetime:
    """The present moment."""
    return datetime.now(UTC)
