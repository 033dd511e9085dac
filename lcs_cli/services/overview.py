"""What the day holds, and how the vault stands: lists with references and counts, no names."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from lcs_cli.policy.vetting import Vetting
from lcs_cli.records.retention import Stop
from lcs_cli.records.session import ContactSession
from lcs_cli.records.user import UserKind
from lcs_cli.records.value import Value
from lcs_cli.services import stops
from lcs_cli.services.desk import Desk
from lcs_cli.services.keys import keys_to_replace
from lcs_cli.services.policies import PolicyCopy, in_force
from lcs_cli.services.retention import WAITS_FOR_A_PERSON, over
from lcs_cli.services.supervision import duties
from lcs_cli.services.waiting import Waiting, waiting
from lcs_cli.vault import contact_sessions, families


class Today(Value):
    """The day's sessions, past sessions without attendance, and what waits for a person.

    ``duties`` says, by the number of a session, whether it is supervised by somebody who may.
    """

    day: date
    sessions: Sequence[ContactSession]
    duties: Mapping[int, Vetting]
    unrecorded: Sequence[ContactSession]
    waiting: Sequence[Waiting]
    policy: PolicyCopy


class Status(Value):
    """How the vault stands."""

    vault: str
    user: str
    roles: Sequence[str]
    people: int
    families_open: int
    families_closed: int
    families_other: int
    sessions_today: int
    waiting: Sequence[Waiting]
    keys_to_replace: Sequence[str]
    stop: Stop | None
    policy: PolicyCopy


def today(desk: Desk) -> Today:
    """What the day holds."""
    with desk.acting("today"):
        day = desk.today.isoformat()
        past = contact_sessions.unrecorded(desk.db, desk.today - timedelta(days=1))
        due = [
            item for item in over(desk, desk.today) if not item.review and item.decision.outcome in WAITS_FOR_A_PERSON
        ]
        clause = desk.topic("retention").clause
        to_review = Waiting("to_review", "To review", len(due), "file", clause, "retention review")
        sessions = contact_sessions.select(desk.db, "WHERE held_on = ? AND cancelled_on IS NULL", day)
        return Today(
            day=desk.today,
            sessions=sessions,
            duties=duties(desk, [*sessions, *past]),
            unrecorded=past,
            waiting=(to_review, *waiting(desk)),
            policy=in_force(desk),
        )


def status(desk: Desk) -> Status:
    """How the vault stands."""
    with desk.acting("status"):
        found = families.select(desk.db)
        open_ = sum(family.is_open for family in found)
        closed = sum(bool(family.episodes) for family in found) - open_
        day = desk.today.isoformat()
        return Status(
            vault=desk.vault.header.vault,
            user=desk.user.reference,
            roles=sorted(desk.user.roles) or sorted(desk.user.commands) or [desk.user.kind.value],
            people=sum(slot.user.kind is not UserKind.RECOVERY for slot in desk.vault.header.slots),
            families_open=open_,
            families_closed=closed,
            families_other=len(found) - open_ - closed,
            sessions_today=len(contact_sessions.select(desk.db, "WHERE held_on = ? AND cancelled_on IS NULL", day)),
            waiting=waiting(desk),
            keys_to_replace=sorted(keys_to_replace(desk)),
            stop=stops.pulled(desk),
            policy=in_force(desk),
        )
