"""The desk: who is acting in which vault on which day. Every use case runs inside `Desk.acting`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from lcs_cli.errors import RefusedError
from lcs_cli.policy.authority import may
from lcs_cli.policy.document import PolicyDocument, parse_policy
from lcs_cli.policy.rules import rules_hash
from lcs_cli.records.user import User
from lcs_cli.services import checks
from lcs_cli.vault import audit, corrections, policy_versions
from lcs_cli.vault.audit import Head
from lcs_cli.vault.connection import Database, next_number
from lcs_cli.vault.folder import Vault


@dataclass
class Act:
    """One use case under way: what it touches, for its audit entry."""

    desk: "Desk"
    action: str
    refs: list[str]
    detail: dict[str, Any] = field(default_factory=dict)
    _change: int = 0
    _head: Head | None = None

    @property
    def change(self) -> int:
        """The vault's change number for everything that this use case writes."""
        if not self._change:
            self._change = next_number(self.desk.db, "change")
        return self._change

    def note(self, *refs: str, **detail: Any) -> None:
        """Add references, and details that hold no personal data: field names, counts, hashes."""
        self.refs += refs
        self.detail |= detail

    def correct(
        self,
        table: str,
        where: Mapping[str, int | str],
        new: Mapping[str, Any],
        *,
        family: int | None,
        record: int,
        reason: str,
    ) -> tuple[str, ...]:
        """Put new values into one row and keep the former row with the reason; the names of the changed fields."""
        return corrections.correct(
            self.desk.db,
            table,
            where,
            new,
            family=family,
            record=record,
            change=self.change,
            reason=checks.line("reason", reason),
            on=self.desk.today,
            by=self.desk.user.reference,
        )

    def log(self) -> Head:
        """Write the audit entry, once; its head, for a manifest or a certificate."""
        if self._head is None:
            self._head = self.desk.log(self.action, "done", self.refs, self.detail)
        return self._head


@dataclass
class Desk:
    """An opened vault with its user, the moment (aware) and the local day: nothing else reads a clock."""

    vault: Vault
    now: datetime
    today: date

    @property
    def db(self) -> Database:
        """The data file."""
        return self.vault.db

    @property
    def user(self) -> User:
        """Who is acting."""
        return self.vault.user

    @property
    def moment(self) -> str:
        """The moment as it is stored: UTC, to the second."""
        return self.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @contextmanager
    def acting(self, action: str, *refs: str) -> Iterator[Act]:
        """Run one use case: authority first, then everything in one transaction with its audit entry.

        A refusal undoes the transaction and is logged in one of its own, with the published clause quoted.
        """
        try:
            with self.db.transaction():
                self.require(action)
                act = Act(self, action, list(refs))
                yield act
                act.log()
        except RefusedError as refusal:
            if not self.db.in_transaction:
                self._log_refusal(action, refs, refusal)
            raise

    def require(self, action: str) -> None:
        """Refuse an action that this user's roles, or a service's named commands, do not include."""
        authority = may(self.user, action)
        if not authority.allowed:
            people = [role for role in authority.roles if role not in ("service", "recovery")]
            hint = f"ask somebody who is {' or '.join(people)}" if people else "nobody may do this"
            verb = action.replace(".", " ")
            raise RefusedError(
                authority.clause,
                f"{self.user.reference} may not run “{verb}”",
                hint,
                rule="authority",
                about="authorised",
            )

    def policy(self) -> tuple[int, PolicyDocument]:
        """The number and the text of the policy in force."""
        version = policy_versions.in_force(self.db, self.today)
        return version.number, parse_policy(version.text, ())

    def decided_by(self) -> tuple[int, str]:
        """What every decision stores: the policy version in force and the rule files' hash."""
        return policy_versions.in_force(self.db, self.today).number, rules_hash()

    def log(self, action: str, outcome: str, refs: list[str], detail: dict[str, Any]) -> Head:
        """Append to the audit trail, in the open transaction."""
        return audit.append(
            self.db,
            at=self.moment,
            actor=self.user.reference,
            action=action,
            outcome=outcome,
            refs=list(dict.fromkeys(refs)),
            detail=detail,
        )

    def _log_refusal(self, action: str, refs: tuple[str, ...], refusal: RefusedError) -> None:
        with self.db.transaction():
            number, document = self.policy()
            if refusal.clause in document.clauses:
                refusal.quote = document.quote(refusal.clause, refusal.about or "\0")
            detail = {"clause": refusal.clause, "rule": refusal.rule, "policy": number}
            self.log(action, "refused", list(refs), detail)
