"""The policy itself (policy 5, 6): show it, and give a copy to whoever asks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from lcs_cli.errors import NotFoundError, UsageError
from lcs_cli.policy.coverage import ClauseCoverage, coverage, marks
from lcs_cli.policy.document import parse_policy, restated_policy
from lcs_cli.policy.retention import anniversary
from lcs_cli.policy.rules import packaged
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import lookup
from lcs_cli.services.desk import Desk
from lcs_cli.vault import policy_versions

ASKERS = ("user", "referrer", "volunteer", "professional")


@dataclass(frozen=True)
class PolicyCopy:
    """A policy as it is shown: version 0 is the text of this package, which nobody has published."""

    version: int
    title: str
    text: str
    effective_on: date | None
    review_due_on: date | None

    def overdue_days(self, today: date) -> int:
        """How many days the yearly review is overdue (policy 6)."""
        return max(0, (today - self.review_due_on).days) if self.review_due_on else 0


def without_vault() -> PolicyCopy:
    """The policy that this package carries."""
    document = parse_policy(restated_policy(), ())
    return PolicyCopy(0, document.title, document.text, None, None)


def clause(copy: PolicyCopy, number: str) -> str:
    """One clause of a copy, heading first; NotFoundError names the clauses there are."""
    clauses = parse_policy(copy.text, ()).clauses
    if number not in clauses:
        raise NotFoundError("the policy has no such clause", f"its clauses: {', '.join(clauses)}")
    return "\n".join([f"{number} {clauses[number][0]}", *clauses[number][1:]])


def show(desk: Desk) -> PolicyCopy:
    """The version in force."""
    with desk.acting("policy.show"):
        return in_force(desk)


def covered(desk: Desk, commands: Mapping[str, Iterable[str]]) -> tuple[ClauseCoverage, ...]:
    """What holds each sentence of the policy in force; ``commands`` are those whose help cites a clause."""
    with desk.acting("policy.coverage"):
        _, document = desk.policy()
        return coverage(document, desk.rules, commands, marks())


def covered_without_vault(commands: Mapping[str, Iterable[str]]) -> tuple[ClauseCoverage, ...]:
    """The same of the policy and the rules that this package carries."""
    return coverage(parse_policy(restated_policy(), ()), packaged(), commands, marks())


def give(desk: Desk, to: str) -> PolicyCopy:
    """A copy for somebody who asked: a referrer's reference, or what kind of person asked. It is logged."""
    with desk.acting("policy.give") as act:
        if to in ASKERS:
            act.note(to=to)
        elif to.upper().startswith("REF"):
            act.note(reference(Kind.REFERRER, lookup.referrer(desk.db, to).number))
        else:
            raise UsageError("to: a referrer's reference, or who asked", f"--to {' | '.join(ASKERS)}")
        copy = in_force(desk)
        act.note(policy=copy.version)
        return copy


def in_force(desk: Desk) -> PolicyCopy:
    """The version in force, within another use case."""
    version = policy_versions.in_force(desk.db, desk.today)
    return PolicyCopy(
        version.number, version.title, version.text, version.effective_on, anniversary(version.effective_on, 1)
    )
