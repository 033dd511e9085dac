"""Referrers, and the referrals that link a family to one of them."""

from datetime import date

from lcs_cli.errors import UsageError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import Referral, ReferralOutcome, Referrer, ReferrerKind
from lcs_cli.records.value import Value
from lcs_cli.services import checks, lookup
from lcs_cli.services.desk import Act, Desk
from lcs_cli.vault import corrections, referrals
from lcs_cli.vault.corrections import Correction

_FOLLOWS = {
    ReferralOutcome.ACCEPTED: ReferralOutcome.PENDING,
    ReferralOutcome.DECLINED: ReferralOutcome.PENDING,
    ReferralOutcome.ENDED: ReferralOutcome.ACCEPTED,
}


def add_referrer(desk: Desk, name: str, kind: ReferrerKind) -> Referrer:
    """Add a body, or a family itself, that refers."""
    with desk.acting("referrer.add") as act:
        number = referrals.add_referrer(desk.db, checks.line("name", name), kind, act.change)
        act.note(reference(Kind.REFERRER, number))
        return lookup.referrer(desk.db, reference(Kind.REFERRER, number))


class CorrectedReferrer(Value):
    """A referrer as it is now, which fields changed, and the live referrals that ended with it."""

    referrer: Referrer
    changed: tuple[str, ...]
    ended: tuple[Referral, ...]


def edit_referrer(
    desk: Desk, typed: str, name: str | None, kind: ReferrerKind | None, reason: str, *, same_body: bool = False
) -> CorrectedReferrer:
    """Correct a referrer's name or kind; the former value is kept with the reason.

    Its live referrals end: they were another body's, unless it is the ``same_body`` that was written wrongly.
    """
    with desk.acting("referrer.edit", (Kind.REFERRER, typed)) as act:
        number = lookup.referrer(desk.db, typed).number
        new = {"name": checks.line("name", name) if name else None, "kind": kind.value if kind else None}
        given = {field: value for field, value in new.items() if value is not None}
        changed = act.correct("referrer", {"id": number}, given, family=None, record=number, reason=reason)
        act.note(reference(Kind.REFERRER, number), fields=list(changed))
        ended = end_live(act, "referrer_id", number, desk.today) if changed and not same_body else ()
        return CorrectedReferrer(lookup.referrer(desk.db, typed), changed, ended)


def end_live(act: Act, column: str, number: int, on: date) -> tuple[Referral, ...]:
    """End the live referrals of a ``family_id`` or a ``referrer_id``, within another use case."""
    live = referrals.select(act.desk.db, f"WHERE {column} = ? AND outcome = 'accepted'", number)
    for referral in live:
        end = max(on, referral.decided_on or on)
        referrals.decide(act.desk.db, referral.number, ReferralOutcome.ENDED, end, act.change)
        act.note(reference(Kind.REFERRAL, referral.number))
        act.keep(Kind.REFERRAL, referral.number)
    return tuple(live)


def list_referrers(desk: Desk) -> list[Referrer]:
    """All referrers."""
    with desk.acting("referrer.list"):
        return referrals.referrers(desk.db)


def show_referrer(desk: Desk, typed: str) -> tuple[Referrer, list[Referral], list[Correction]]:
    """One referrer with the referrals that are live now, and what corrections replaced."""
    with desk.acting("referrer.show", (Kind.REFERRER, typed)) as act:
        referrer = lookup.referrer(desk.db, typed)
        act.note(reference(Kind.REFERRER, referrer.number))
        live = [referral for referral, _ in referrals.live(desk.db, referrer.number)]
        return referrer, live, corrections.of_referrer(desk.db, referrer.number)


def add(
    desk: Desk, family: str, referrer: str, received_on: date, *, electronic: bool, case_reference: str | None
) -> Referral:
    """Record a referral as received. An electronic one is kept for ever (policy 4.6)."""
    with desk.acting("referral.add", (Kind.FAMILY, family), (Kind.REFERRER, referrer)) as act:
        family_number = lookup.family(desk.db, family).number
        referrer_number = lookup.referrer(desk.db, referrer).number
        number = referrals.add(
            desk.db,
            family=family_number,
            referrer=referrer_number,
            received_on=checks.past("received on", received_on, desk.today),
            electronic=electronic,
            case_reference=checks.case_reference(case_reference) if case_reference else None,
            change=act.change,
        )
        act.note(
            reference(Kind.REFERRAL, number),
            reference(Kind.FAMILY, family_number),
            reference(Kind.REFERRER, referrer_number),
        )
        act.keep(Kind.REFERRAL, number)
        return lookup.referral(desk.db, reference(Kind.REFERRAL, number))


def decide(desk: Desk, typed: str, outcome: ReferralOutcome, on: date) -> Referral:
    """Accept or decline a pending referral, or end an accepted one; only an accepted one is a live link."""
    with desk.acting("referral.decide", (Kind.REFERRAL, typed)) as act:
        referral = lookup.referral(desk.db, typed)
        ref = reference(Kind.REFERRAL, referral.number)
        if outcome is referral.outcome:
            raise UsageError(f"{ref} is {outcome} already", "nothing is to be done")
        if outcome not in _FOLLOWS or _FOLLOWS[outcome] is not referral.outcome:
            raise UsageError(
                f"{ref} is {referral.outcome}, so it cannot become {outcome}", "a new referral is a new record"
            )
        earliest = referral.decided_on or referral.received_on
        if checks.past("decided on", on, desk.today) < earliest:
            raise UsageError(
                f"decided on: {on.isoformat()} is before {earliest.isoformat()}", "give the day of the decision"
            )
        referrals.decide(desk.db, referral.number, outcome, on, act.change)
        act.note(ref, reference(Kind.FAMILY, referral.family), outcome=outcome.value)
        act.keep(Kind.REFERRAL, referral.number)
        return lookup.referral(desk.db, ref)


def listing(desk: Desk, family: str | None) -> list[Referral]:
    """All referrals, or those of one family."""
    with desk.acting("referral.list", (Kind.FAMILY, family)) as act:
        if family is None:
            return referrals.select(desk.db)
        number = lookup.family(desk.db, family).number
        act.note(reference(Kind.FAMILY, number))
        return referrals.select(desk.db, "WHERE family_id = ?", number)


def show(desk: Desk, typed: str) -> Referral:
    """One referral."""
    with desk.acting("referral.show", (Kind.REFERRAL, typed)) as act:
        referral = lookup.referral(desk.db, typed)
        act.note(reference(Kind.REFERRAL, referral.number), reference(Kind.FAMILY, referral.family))
        return referral
