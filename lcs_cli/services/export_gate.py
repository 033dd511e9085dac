"""The gate before an export: whether this family's attendance may be told to this referrer, and is still theirs."""

from lcs_cli.errors import RefusedError
from lcs_cli.policy.disclosure import DisclosureRules, Verdict, decide, disclosure_rules
from lcs_cli.records.disclosure import DisclosureRequest, Link
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import Referral, ReferralOutcome, Referrer
from lcs_cli.services.desk import Desk
from lcs_cli.vault import referrals
from lcs_cli.vault.disclosures import FamilyShare


def pass_gate(
    desk: Desk,
    rules: DisclosureRules,
    referrer: Referrer,
    family: int | None,
    purpose: str,
    fields: tuple[str, ...] | None = None,
) -> Verdict:
    """Pass the gate for one family, or for none in particular; RefusedError where it stays shut."""
    link = Link.NONE
    if family is None:
        link = Link.LIVE if any(referrals.live(desk.db, referrer.number)) else Link.NONE
    else:
        own = referrals.outcomes(desk.db, referrer.number, family)
        if ReferralOutcome.ACCEPTED in own:
            link = Link.LIVE
        elif ReferralOutcome.ENDED in own:
            link = Link.ENDED
    request = DisclosureRequest(
        family=reference(Kind.FAMILY, family) if family is not None else "",
        recipient=reference(Kind.REFERRER, referrer.number),
        recipient_kind=referrer.kind,
        link=link,
        purpose=purpose,
        fields=fields or tuple(column.name for column in rules.columns),
    )
    verdict = decide(request, rules, desk.today)
    if not verdict.permitted:
        raise RefusedError(verdict.clause, verdict.reason, verdict.remedy, rule=verdict.rule, about=verdict.about)
    return verdict


def check_still_theirs(desk: Desk, referrer: Referrer, share: FamilyShare) -> None:
    """Refuse to repeat what was told under a referral that has ended, though a later one is live."""
    live = [
        one.received_on
        for one in referrals_between(desk, referrer.number, share.family)
        if one.outcome is ReferralOutcome.ACCEPTED
    ]
    if share.from_on is None or share.from_on < min(live):
        ground = next(one for one in disclosure_rules(desk.rules).grounds if one["id"] == "attendance")
        raise RefusedError(
            ground["clause"],
            f"the referral of {reference(Kind.FAMILY, share.family)} under which this was told has ended",
            "make a new export: it begins with the referral that is live",
            rule=ground["id"],
            about=ground["about"],
        )


def referrals_between(desk: Desk, referrer: int, family: int) -> list[Referral]:
    """The referrals of one family by one referrer, whatever became of them."""
    return referrals.select(desk.db, "WHERE referrer_id = ? AND family_id = ?", referrer, family)
