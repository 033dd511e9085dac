"""The register of disclosures (policy 2, 3, 4.2): what is told, and what it is decided not to tell, part by part."""

from collections.abc import Iterator, Mapping
from datetime import date

from msgspec.structs import replace

from lcs_cli.errors import RefusedError, UsageError
from lcs_cli.policy.disclosure import acts_at_once, disclosure_rules
from lcs_cli.policy.telling import holds_words, may_decide, missing_parts, telling_rules
from lcs_cli.records.disclosure import Disclosure, DisclosureKind, ExportEntry, RegisterEntry
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.value import Private, Value
from lcs_cli.services import checks, lookup
from lcs_cli.services.accounts import Account, by_a_lead, confirmer, decider, part_name, values_of, words_of
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.stamp import stamp
from lcs_cli.services.telling import (
    Answer,
    Ask,
    ask_gate,
    ask_nobody,
    concern_of,
    recipient_of,
    refuse_unless_permitted,
)
from lcs_cli.vault import disclosures, exports
from lcs_cli.vault.connection import Database
from lcs_cli.vault.disclosures import FamilyShare, Wanted


class Told(Value):
    """An entry with what is missing of it, who is to confirm it, and the gate's answer where it was just made."""

    entry: RegisterEntry
    missing: tuple[str, ...] = ()
    answer: Answer | None = None
    confirmer: str = ""


class DisclosureFile(Value):
    """An entry with its words opened, for a safeguarding lead's screen; of an export, what it takes to repeat it."""

    entry: RegisterEntry
    missing: tuple[str, ...]
    words: Private[Mapping[str, str]]
    export: ExportEntry | None = None


def check(desk: Desk, family: str, ask: Ask) -> Answer:
    """Ask the gate without registering anything; RefusedError where it stays shut."""
    with desk.acting("disclosure.check", (Kind.FAMILY, family)) as act:
        return ask_gate(act, _family(act, family), ask, desk.today)


def ground_of(
    desk: Desk, family: str, ask: Ask, on: date, decided_by: str | None = None, *, not_told: bool = False
) -> str:
    """The ground on which it could be recorded, before anything is asked; a refusal is logged, nothing else is."""
    with desk.acting("disclosure.record", (Kind.FAMILY, family), logged=False) as act:
        gate = ask_nobody if not_told else ask_gate
        ground = gate(act, _family(act, family), ask, on).verdict.ground
        if decided_by is not None:
            decider(act, telling_rules(desk.rules), ground, decided_by)
        return ground


def record(desk: Desk, family: str, ask: Ask, account: Account, *, not_told: bool = False) -> Told:
    """Register what was told, or what it was decided not to tell, with all its parts.

    Only whether the person was told may be added later. RefusedError where the gate stays shut.
    """
    with desk.acting("disclosure.record", (Kind.FAMILY, family)) as act:
        number = _family(act, family)
        made_on = checks.past("day", account.made_on, desk.today)
        answer = (ask_nobody if not_told else ask_gate)(act, number, ask, made_on)
        rules, ground = telling_rules(desk.rules), answer.verdict.ground
        values, words = values_of(rules, ground, account), words_of(rules, ground, account.words)
        values |= decider(act, rules, ground, account.decided_by)
        if answer.concern:
            values["concern"] = answer.concern
        if answer.consents:
            values["consents"] = " ".join(reference(Kind.CONSENT, one.number) for one in answer.consents)
        missing = missing_parts(rules, ground, answer.fields, {**values, **dict.fromkeys(words)})
        needed = [part_name(part) for part in missing if part != "person_told"]
        if needed:
            raise UsageError(
                f"missing: {', '.join(needed)}", "give it as JSON with --from FILE (or -), or at a terminal"
            )
        kind = DisclosureKind.NOT_TOLD if not_told else DisclosureKind.TOLD
        entry = _entered(act, number, kind, made_on, answer)
        return replace(_with_parts(act, entry, values, words), answer=answer)


def urgent_recipients(desk: Desk) -> tuple[ReferrerKind, ...]:
    """The kinds of bodies that may be told in a hurry, by the rules in force."""
    return disclosure_rules(desk.rules).urgent_to


def check_urgent(desk: Desk, family: str, to: str, on: date) -> None:
    """Refuse a recipient who protects nobody before a word is typed; a refusal is logged, nothing else is."""
    with desk.acting("disclosure.urgent", (Kind.FAMILY, family), logged=False) as act:
        _ask_urgent(act, _family(act, family), to, on)


def urgent(desk: Desk, family: str, to: str, account: Account) -> Told:
    """Register what was told in a hurry to protect somebody: what and why; the rest is chased until it is there.

    Anybody who works here may; nothing that is not known yet holds it up, only a recipient who protects nobody.
    """
    with desk.acting("disclosure.urgent", (Kind.FAMILY, family)) as act:
        number = _family(act, family)
        made_on = checks.past("day", account.made_on, desk.today)
        rules = telling_rules(desk.rules)
        answer = _ask_urgent(act, number, to, made_on)
        values = values_of(rules, answer.verdict.ground, account)
        words = words_of(rules, answer.verdict.ground, account.words)
        lacking = [part_name(part) for part in ("what", "why") if part not in words]
        if lacking:
            raise UsageError(f"missing: {', '.join(lacking)}", "say it in a few words")
        entry = _entered(act, number, DisclosureKind.TOLD, made_on, answer)
        return replace(_with_parts(act, entry, values, words), answer=answer)


def complete(
    desk: Desk, typed: str, account: Account, concern: str | None = None, *, decided_alone: bool = False
) -> Told:
    """Add parts that an entry is missing; it is complete with the last one. Nothing that is there is changed.

    ``decided_alone`` says that whoever registered it decided without a lead, who then looks at it and confirms that.
    """
    with desk.acting("disclosure.complete", (Kind.DISCLOSURE, typed)) as act:
        rules, entry = telling_rules(desk.rules), open_entry(desk.db, typed)
        ground, family = entry.disclosure.ground, entry.families[0]
        act.note(reference(Kind.DISCLOSURE, entry.disclosure.number), reference(Kind.FAMILY, family))
        values, words = values_of(rules, ground, account), words_of(rules, ground, account.words)
        if account.decided_by:
            values |= decider(act, rules, ground, account.decided_by)
        if decided_alone:
            if account.decided_by or not holds_words(rules, ground):
                raise UsageError(
                    "decided alone: is said instead of who decided, and not on this ground", "leave it away"
                )
            values |= {"decided_by": entry.disclosure.made_by, "alone": "yes"}
        if concern:
            values["concern"] = concern_of(desk.db, family, concern)
            act.note(values["concern"])
        there = sorted({*entry.parts, *entry.sealed} & {*values, *words})
        if there:
            raise UsageError(f"{part_name(there[0])}: is on record already", "what is recorded is not changed")
        if not values and not words:
            open_parts = ", ".join(map(part_name, missing_of(desk, entry)))
            raise UsageError(f"missing: {open_parts}", "give some of them")
        act.note(fields=[*values, *words])
        return _with_parts(act, entry, values, words)


def confirm(desk: Desk, typed: str) -> Told:
    """Confirm who decided: by that person; by a lead where it was decided alone, or that person has left."""
    with desk.acting("disclosure.confirm", (Kind.DISCLOSURE, typed)) as act:
        entry, rules, by = open_entry(desk.db, typed), telling_rules(desk.rules), desk.user.reference
        ref = reference(Kind.DISCLOSURE, entry.disclosure.number)
        act.note(ref, reference(Kind.FAMILY, entry.families[0]), fields=["confirmed"])
        if "confirmed" not in missing_of(desk, entry):
            raise UsageError(f"{ref} needs no confirmation", f"add what it is missing: lcs disclosure complete {ref}")
        decided, ground = entry.parts["decided_by"], entry.disclosure.ground
        is_lead = may_decide(rules, ground, desk.user.roles) and by != decided
        if not (is_lead if by_a_lead(desk, entry) else by == decided):
            raise RefusedError(
                rules.rule["clause"],
                f"{by} cannot confirm who decided on {ref}",
                f"ask {confirmer(desk, entry)}: lcs disclosure confirm {ref}",
                rule=rules.rule["id"],
                about=rules.rule["about"],
            )
        return _with_parts(act, entry, {"confirmed": by}, {})


def open_entry(db: Database, typed: str) -> RegisterEntry:
    """The entry of a typed reference that waits for parts; UsageError for one that is complete."""
    entry = lookup.disclosure(db, typed)
    if entry.complete:
        ref = reference(Kind.DISCLOSURE, entry.disclosure.number)
        raise UsageError(
            f"{ref} is complete", "nothing needs to be done; those that wait: lcs disclosure list --incomplete"
        )
    return entry


def show(desk: Desk, typed: str) -> DisclosureFile:
    """One entry with its words; only the safeguarding key opens them, and the reading is logged first."""
    with desk.acting("disclosure.show", (Kind.DISCLOSURE, typed)) as act:
        entry = lookup.disclosure(desk.db, typed)
        number = entry.disclosure.number
        opened = disclosures.words(desk.vault, number)
        families = (reference(Kind.FAMILY, family) for family in entry.families)
        act.note(reference(Kind.DISCLOSURE, number), *families, fields=list(opened))
        return DisclosureFile(entry, missing_of(desk, entry), opened, exports.get(desk.db, number))


def listing(
    desk: Desk,
    family: str | None = None,
    to: str | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
    *,
    incomplete: bool = False,
) -> Iterator[Told]:
    """What left in whatever way, without words, the newest last; logged before the first of them is handed out."""
    with desk.acting("disclosure.list", (Kind.FAMILY, family), (Kind.REFERRER, to)) as act:
        checks.window(from_on, to_on)
        number = _family(act, family) if family is not None else None
        recipient = recipient_of(desk.db, to or "", disclosure_rules(desk.rules))
        if recipient.referrer is not None:
            act.note(recipient.name)
        wanted = Wanted(
            family=number,
            referrer=recipient.referrer,
            recipient=recipient.name if recipient.name and recipient.referrer is None else None,
            from_on=from_on,
            to_on=to_on,
            incomplete=incomplete,
        )
        up_to = disclosures.last(desk.db)
    return (told_of(desk, entry) for entry in disclosures.select(desk.db, wanted, up_to))


def incomplete_count(desk: Desk) -> int:
    """How many entries wait for parts."""
    return disclosures.incomplete(desk.db)


def told_of(desk: Desk, entry: RegisterEntry) -> Told:
    """An entry with what is missing of it, within another use case."""
    missing = missing_of(desk, entry)
    return Told(entry, missing, confirmer=confirmer(desk, entry) if "confirmed" in missing else "")


def missing_of(desk: Desk, entry: RegisterEntry) -> tuple[str, ...]:
    """The parts that an entry waits for, by the rules in force."""
    if entry.complete:
        return ()
    there: dict[str, str | None] = {**entry.parts, **dict.fromkeys(entry.sealed)}
    return missing_parts(
        telling_rules(desk.rules), entry.disclosure.ground, entry.disclosure.fields, there, entry.decision_by
    )


def _ask_urgent(act: Act, family: int, to: str, on: date) -> Answer:
    """The gate's yes to telling a body that can act at once; RefusedError for any other."""
    ask = Ask(to=to, purpose=telling_rules(act.desk.rules).urgent_purpose, at_risk=True)
    answer = ask_gate(act, family, ask, on)
    rules = disclosure_rules(act.desk.rules)
    refuse_unless_permitted(acts_at_once(answer.recipient.kind, reference(Kind.FAMILY, family), rules))
    return answer


def _family(act: Act, typed: str) -> int:
    """The number of the family of a typed reference, noted."""
    number = lookup.family(act.desk.db, typed).number
    act.note(reference(Kind.FAMILY, number))
    return number


def _entered(act: Act, family: int, kind: DisclosureKind, made_on: date, answer: Answer) -> RegisterEntry:
    """Enter it in the register, before its parts."""
    desk, verdict = act.desk, answer.verdict
    entry = Disclosure(
        number=disclosures.next_disclosure(desk.db),
        kind=kind,
        **stamp(desk, made_on),
        ground=verdict.ground,
        rule=verdict.rule,
        clause=verdict.clause,
        recipient=str(answer.recipient.kind),
        referrer=answer.recipient.referrer,
        purpose=answer.purpose,
        fields=answer.fields,
    )
    disclosures.enter(desk.db, entry, [FamilyShare(family)])
    ref = reference(Kind.DISCLOSURE, entry.number)
    act.note(ref)
    return lookup.disclosure(desk.db, ref)


def _with_parts(act: Act, entry: RegisterEntry, values: Mapping[str, str], words: Mapping[str, str]) -> Told:
    """Add parts, and note that the last one is there."""
    desk, number = act.desk, entry.disclosure.number
    by = desk.user.reference
    if "why_not_told" in words and {**entry.parts, **values}.get("person_told") != "no":
        raise UsageError(f"{part_name('why_not_told')}: only where the person was not told", "leave it away")
    disclosures.add_parts(desk.vault, number, values, words, on=desk.today, at=desk.moment, by=by)
    ref = reference(Kind.DISCLOSURE, number)
    missing = missing_of(desk, lookup.disclosure(desk.db, ref))
    if not missing:
        disclosures.complete(desk.db, number, desk.today, by)
    act.keep(Kind.DISCLOSURE, number)
    return told_of(desk, lookup.disclosure(desk.db, ref))
