"""The policy itself (policy 5, 6): show it, give a copy to whoever asks, review it every year."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from msgspec.structs import replace

from lcs_cli.errors import NotFoundError, UsageError
from lcs_cli.policy.coverage import ClauseCoverage, coverage, marks
from lcs_cli.policy.document import parse_policy, restated_policy
from lcs_cli.policy.governance import review_due_on
from lcs_cli.policy.program import program_file
from lcs_cli.policy.rules import Rules, packaged
from lcs_cli.records.policy import Asker, CopyGiven, PolicyReview, ReviewOfPolicy
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.value import Value
from lcs_cli.services import checks, lookup
from lcs_cli.services.desk import Desk
from lcs_cli.services.rule_files import write_rules
from lcs_cli.vault import policy_registers, policy_versions
from lcs_cli.vault.policy_versions import PolicyVersion


class PolicyCopy(Value):
    """A policy as it is shown: version 0 is the text of this package, which nobody has published.

    ``until`` is the day on which another version took or takes its place; ``announced`` is that version's number,
    where that day is still to come. The clause is that of the yearly review.
    """

    version: int
    title: str
    text: str
    effective_on: date | None
    review_due_on: date | None
    approved_by: str | None = None
    announced: int | None = None
    until: date | None = None
    clause: str = ""

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


def show(desk: Desk, version: int | None = None, rules_into: Path | None = None) -> PolicyCopy:
    """The version in force, or another one; its rule files are written into a new folder where one is named."""
    with desk.acting("policy.show") as act:
        copy = in_force(desk) if version is None else _copy(desk, found(desk, version))
        if version is not None:
            act.note(policy=copy.version)
        if rules_into is not None:
            write_rules(desk.rules_of(copy.version), rules_into)
        return copy


def show_without_vault(rules_into: Path | None = None) -> PolicyCopy:
    """The policy that this package carries, and its rule files where a folder is named for them."""
    if rules_into is not None:
        write_rules(packaged(), rules_into)
    return without_vault()


def covered(desk: Desk, commands: Mapping[str, Iterable[str]]) -> tuple[ClauseCoverage, ...]:
    """What holds each sentence of the policy in force.

    ``commands`` are those whose help cites a clause. They, and the tests, cite the policy that this package carries:
    where the service's own has other numbers, they are told under those.
    """
    with desk.acting("policy.coverage"):
        _, document = desk.policy()
        cited: dict[str, list[str]] = {}
        for number, names in commands.items():
            cited.setdefault(_number_here(desk, number), []).extend(names)
        tests = [replace(mark, clause=_number_here(desk, mark.clause)) for mark in marks()]
        return coverage(document, desk.rules, cited, tests)


def covered_without_vault(commands: Mapping[str, Iterable[str]]) -> tuple[ClauseCoverage, ...]:
    """The same of the policy and the rules that this package carries."""
    return coverage(parse_policy(restated_policy(), ()), packaged(), commands, marks())


def give(desk: Desk, to: str, *, written: bool = False) -> PolicyCopy:
    """A copy for somebody who asked: a referrer's reference, or what kind of person. It is logged and on record."""
    with desk.acting("policy.give") as act:
        referrer, asker = None, None
        if to in set(Asker):
            asker = Asker(to)
            act.note(to=to)
        elif to.upper().startswith("REF"):
            referrer = lookup.referrer(desk.db, to).number
            act.note(reference(Kind.REFERRER, referrer))
        else:
            raise UsageError("to: a referrer's reference, or who asked", f"--to {' | '.join(Asker)}")
        copy = in_force(desk)
        given_ = CopyGiven(0, copy.version, desk.today, desk.user.reference, referrer, asker, written)
        policy_registers.give(desk.db, given_)
        act.note(policy=copy.version)
        return copy


def given(desk: Desk, version: int | None, limit: int) -> Iterator[CopyGiven]:
    """The last copies that were given, newest first: of one version, to tell who has it, or of all."""
    with desk.acting("policy.given") as act:
        if version is not None:
            act.note(policy=found(desk, version).number)
    return policy_registers.given(desk.db, version, limit)


def check_review(desk: Desk) -> None:
    """Refuse before the first question who may not review the policy."""
    with desk.acting("policy.review", logged=False):
        pass


def review(desk: Desk, outcome: ReviewOfPolicy, note: str | None, on: date) -> PolicyReview:
    """Record the yearly review of the version in force (policy 6); the next one is counted from its day."""
    with desk.acting("policy.review") as act:
        draft = PolicyReview(
            number=0,
            version=policy_versions.number_in_force(desk.db, desk.today),
            reviewed_on=checks.past("on", on, desk.today),
            reviewed_by=desk.user.reference,
            outcome=outcome,
            note=checks.prose("note", note) if note else None,
        )
        act.note(policy=draft.version, outcome=outcome.value)
        return replace(draft, number=policy_registers.add_review(desk.db, draft))


def in_force(desk: Desk) -> PolicyCopy:
    """The version in force, within another use case."""
    return _copy(desk, policy_versions.in_force(desk.db, desk.today))


def found(desk: Desk, number: int) -> PolicyVersion:
    """One version of the policy, within another use case; NotFoundError where there is none of that number."""
    version = policy_versions.get(desk.db, number)
    if version is None:
        there = ", ".join(str(one.number) for one in policy_versions.every(desk.db))
        raise NotFoundError(f"the policy has no version {number}", f"its versions: {there}")
    return version


def stored_rules(desk: Desk, number: int) -> Rules:
    """The rule files that one version was published with, and no other."""
    return Rules(policy_versions.rules(desk.db, number))


def _number_here(desk: Desk, carried: str) -> str:
    """The service's own number of a clause of the policy that this package carries."""
    topic = program_file()["schema"]["guards"].get(f"policy {carried}")
    return desk.topic(topic).clause if topic else carried


def _copy(desk: Desk, version: PolicyVersion) -> PolicyCopy:
    later = [one for one in policy_versions.every(desk.db) if one.number > version.number]
    until = min((one.effective_on for one in later), default=None)
    announced = max((one.number for one in later if one.effective_on == until), default=None)
    is_in_force = version.number == policy_versions.number_in_force(desk.db, desk.today)
    last = policy_registers.last_reviewed(desk.db, desk.today)
    counted_from = max(version.effective_on, last or version.effective_on)
    yearly = desk.rules.file("governance.toml")["yearly_review"]
    return PolicyCopy(
        version=version.number,
        title=version.title,
        text=version.text,
        effective_on=version.effective_on,
        review_due_on=review_due_on(desk.rules, counted_from, desk.today) if is_in_force else None,
        approved_by=version.approved_by,
        announced=announced if until is not None and until > desk.today else None,
        until=until,
        clause=yearly["clause"],
    )
