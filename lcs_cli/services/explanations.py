"""The policy's history: its versions, what differs between two of them, and by which one something was decided."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from lcs_cli.errors import UsageError
from lcs_cli.policy.difference import RuleChange, in_a_line, rule_changes, text_difference, values
from lcs_cli.policy.document import parse_policy
from lcs_cli.policy.permissions import permission_rules
from lcs_cli.policy.reports import report_rules
from lcs_cli.policy.rules import find_rule
from lcs_cli.policy.vetting import vetting_rules
from lcs_cli.records.policy import DecidedBy, PolicyReview
from lcs_cli.records.references import Kind, Slip, parse_reference, reference
from lcs_cli.records.value import Value
from lcs_cli.services import lookup
from lcs_cli.services.desk import Desk
from lcs_cli.services.policies import found, stored_rules
from lcs_cli.vault import (
    audit,
    disclosures,
    disposals,
    permissions,
    policy_registers,
    policy_versions,
    reports,
    reviews,
    staff,
)
from lcs_cli.vault.policy_versions import PolicyVersion


class HistoryLine(Value):
    """One version of the policy: the hash of its rules, what it changed, and what was accepted with it."""

    version: PolicyVersion
    rules_hash: str
    changed: str
    accepted: Mapping[str, Any] | None


class History(Value):
    """All versions and all yearly reviews, oldest first."""

    versions: tuple[HistoryLine, ...]
    reviews: tuple[PolicyReview, ...]


class Difference(Value):
    """What differs between two versions: the text by lines, the rules by file and key."""

    was: int
    becomes: int
    text: tuple[str, ...]
    rules: tuple[RuleChange, ...]


class Explanation(Value):
    """Why something was decided: the rule and the clause's sentence as they stood then, and what is different now.

    ``is_as_published`` says whether the rule files of that version are those that decided.
    """

    reference: str
    decided: DecidedBy
    effective_on: date
    is_as_published: bool
    file: str
    says: str
    values: Mapping[str, str]
    sentence: str
    now: int
    values_now: Mapping[str, str]
    sentence_now: str

    @property
    def differs(self) -> bool:
        """Whether the version that is in force today says something else."""
        return (self.values, self.sentence) != (self.values_now, self.sentence_now)


def history(desk: Desk) -> History:
    """Every version of the policy and every review of it."""
    with desk.acting("policy.history"):
        accepted = policy_registers.accepted(desk.db)
        lines: list[HistoryLine] = []
        for one in policy_versions.every(desk.db):
            rules = stored_rules(desk, one.number)
            changed = "the first version"
            if lines:
                before = lines[-1].version
                changed = in_a_line(
                    text_difference(before.text, one.text, ("", "")),
                    rule_changes(stored_rules(desk, before.number), rules),
                )
            list_ = accepted[one.number][1] if one.number in accepted else None
            lines.append(HistoryLine(one, rules.hash, changed, list_))
        return History(tuple(lines), tuple(policy_registers.reviews(desk.db)))


def difference(desk: Desk, was: int | None, becomes: int | None) -> Difference:
    """What differs between two versions; without numbers, between the last two."""
    with desk.acting("policy.diff") as act:
        numbers = [one.number for one in policy_versions.every(desk.db)]
        if becomes is None and was is None and len(numbers) == 1:
            raise UsageError("there is only one version of the policy", "publish another with: lcs policy publish")
        newer = found(desk, numbers[-1] if becomes is None else becomes)
        older = found(desk, max(newer.number - 1, 1) if was is None else was)
        act.note(policy=[older.number, newer.number])
        names = (f"version {older.number}", f"version {newer.number}")
        return Difference(
            was=older.number,
            becomes=newer.number,
            text=tuple(text_difference(older.text, newer.text, names)),
            rules=tuple(rule_changes(stored_rules(desk, older.number), stored_rules(desk, newer.number))),
        )


def explain(desk: Desk, typed: str) -> Explanation:
    """By which version of the policy something was decided, in that version's own words; the last decision about it."""
    kind = _kind(typed)
    with desk.acting("policy.explain", (kind, typed)) as act:
        number = parse_reference(kind, typed)
        ref = reference(kind, number) if isinstance(number, int) else ""
        decided = lookup.find(desk.db, kind, typed, lambda _, wanted: _DECIDED[kind](desk, wanted))
        act.note(ref, policy=decided.version)
        version, today = found(desk, decided.version), policy_versions.in_force(desk.db, desk.today)
        rules = desk.rules_of(version.number)
        file, rule = find_rule(rules, decided.rule, decided.clause) or ("", {})
        _, rule_now = find_rule(desk.rules, decided.rule, decided.clause) or ("", {})
        return Explanation(
            reference=ref,
            decided=decided,
            effective_on=version.effective_on,
            is_as_published=decided.rules_hash in (rules.hash, stored_rules(desk, version.number).hash),
            file=file,
            says=str(rule.get("text", "")),
            values=_values(rule),
            sentence=_sentence(version, rule),
            now=today.number,
            values_now=_values(rule_now),
            sentence_now=_sentence(today, rule_now),
        )


def _values(rule: Mapping[str, Any]) -> dict[str, str]:
    """What a rule says beside its id and the phrase by which its sentence is found."""
    return {key: value for key, value in values(rule) if key not in ("id", "about")}


def _sentence(version: PolicyVersion, rule: Mapping[str, Any]) -> str:
    """The sentence of a version's text that a rule rests on."""
    document, clause = parse_policy(version.text, ()), rule.get("clause", "")
    return document.quote(clause, rule.get("about") or "\0") if clause in document.clauses else ""


def _kind(typed: str) -> Kind:
    for kind in _DECIDED:
        number = parse_reference(kind, typed)
        if not isinstance(number, Slip) or number.candidates:
            return kind
    raise UsageError(
        "reference: is of nothing that is decided by the policy",
        f"give one such as {', '.join(reference(one, 42) for one in _DECIDED)}",
    )


def _certificate(desk: Desk, number: int) -> DecidedBy | None:
    for of, issued_on, content in disposals.certificates(desk.db):
        if of == number:
            rule, clause = content["rule"], content["clause"]
            return DecidedBy(
                date.fromisoformat(issued_on), rule, clause, content["policy_version"], content["rules_hash"]
            )
    return None


def _report(desk: Desk, number: int) -> DecidedBy | None:
    under = reports.decided_under(desk.db, number)
    return _by_rule(under, report_rules(desk.rules_of(under[1]), under[0]).agreement) if under else None


def _permission(desk: Desk, number: int) -> DecidedBy | None:
    under = permissions.decided_under(desk.db, number)
    return _by_rule(under, permission_rules(desk.rules_of(under[1]), under[0]).permission) if under else None


def _check(desk: Desk, number: int) -> DecidedBy | None:
    checks = staff.checks_of(desk.db, number)
    if not checks:
        return None
    last = checks[-1]
    rules = vetting_rules(desk.rules_of(last.policy_version))
    return _by_rule((last.recorded_on, last.policy_version, last.rules_hash), rules.check)


def _by_rule(under: tuple[date, int, str], rule: Mapping[str, Any]) -> DecidedBy:
    on, version, rules_hash = under
    return DecidedBy(on, rule["id"], rule["clause"], version, rules_hash)


def _paper(desk: Desk, number: int) -> DecidedBy | None:
    """What the entry of its destruction says: the register of files on paper keeps no more of one that has gone."""
    entries = audit.done(desk.db, ["paper.dispose"], reference(Kind.PAPER, number))
    if not entries or entries[-1].detail is None:
        return None
    at, detail = entries[-1].at, entries[-1].detail
    return DecidedBy(
        date.fromisoformat(at[:10]), detail["rule"], detail["clause"], detail["policy"], detail["rules_hash"]
    )


_DECIDED: Mapping[Kind, Callable[[Desk, int], DecidedBy | None]] = {
    Kind.REVIEW: lambda desk, number: reviews.decided_by(desk.db, number),
    Kind.DISCLOSURE: lambda desk, number: disclosures.decided_by(desk.db, number),
    Kind.CERTIFICATE: _certificate,
    Kind.REPORT: _report,
    Kind.PERMISSION: _permission,
    Kind.PAPER: _paper,
    Kind.STAFF: _check,
}
