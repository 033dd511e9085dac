"""The desk: who is acting in which vault on which day. Every use case runs inside `Desk.acting`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from msgspec import field

from lcs_cli.errors import DamagedVaultError, LcsError, NotFoundError, RefusedError, UnwritableError, UsageError
from lcs_cli.policy.authority import goes_on_unexplained, may
from lcs_cli.policy.program import program_file, typed
from lcs_cli.records.clock import LocalTime, local_time
from lcs_cli.records.references import Kind, parse_reference, reference
from lcs_cli.records.user import User
from lcs_cli.records.value import Entity
from lcs_cli.records.words import a_role, either
from lcs_cli.services import checks
from lcs_cli.vault import audit, corrections, kept
from lcs_cli.vault.audit import Head
from lcs_cli.vault.connection import Database
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.folder import Vault

if TYPE_CHECKING:
    from lcs_cli.policy.document import PolicyDocument
    from lcs_cli.policy.rules import Rule, Rules

# What is said where a use case ends without being done may come from records: that is a reading as well (4.5).
_TELLING = (RefusedError, UsageError, NotFoundError)
_NOT_SHOWN = "this cannot be put on the trail, so nothing is shown or handed out"
_NEWER = "lcs policy publish --rules packaged --dry-run"


class Act(Entity):
    """One use case under way: what it touches, for its audit entry."""

    desk: "Desk"
    action: str
    refs: list[str]
    detail: dict[str, Any] = field(default_factory=dict)
    _kept: set[tuple[Kind, int]] = field(default_factory=set)
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

    def keep(self, kind: Kind, number: int) -> None:
        """Note, with the entry, what the rows of a record are then, if it is kept for ever."""
        self._kept.add((kind, number))

    def forget(self) -> None:
        """What it touched was undone: its entry names none of it."""
        self.refs.clear()
        self.detail.clear()
        self._kept.clear()
        self._change = 0

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
        changed = corrections.correct(
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
        if changed:
            self.note(change=self.change)
        return changed

    def log(self) -> Head:
        """Write the audit entry, once; its head, for a manifest or a certificate."""
        if self._head is None:
            db, there = self.desk.db, [one for one in self._kept if kept.is_kept(self.desk.db, *one)]
            if there:
                self.detail["kept"] = {reference(*one): kept.digest(db, *one) for one in there}
            self._head = self.desk.log(self.action, "done", self.refs, self.detail)
        return self._head


class Desk(Entity):
    """An opened vault with its user, the moment (aware) and the local day: nothing else reads a clock.

    ``noted`` is the head of the trail that this user has seen before; ``unexplained`` where the trail lacks it.
    ``unlogged`` says why what was done is not on the trail.
    """

    vault: Vault
    now: datetime
    today: date
    noted: str | None = None
    unexplained: bool = False
    unlogged: str = ""
    _stopped: tuple[Act, LcsError] | None = None
    _rules: "dict[int, Rules]" = field(default_factory=dict)
    _goes_on: bool = False
    _one: Act | None = None
    _granted: set[str] = field(default_factory=set)

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

    @property
    def local(self) -> LocalTime:
        """The moment as a clock in the service shows it."""
        return local_time(self.now)

    @contextmanager
    def acting(self, action: str, *about: tuple[Kind, str | None], logged: bool = True) -> Iterator[Act]:
        """Run one use case: authority first, then everything in one transaction with its audit entry.

        ``about`` are references as typed: a refusal or a slip, too, is logged with what it was about, for what is said
        of it may come from records. Without ``logged`` nothing else is written: to refuse before the first question.

        UnwritableError where the trail cannot be written: who reads gets nothing then, but for what shows no record.
        """
        if self._one is not None:
            if action not in self._granted:
                self.require(action)
                self._granted.add(action)
            yield self._one
            return
        act = Act(self, action, [ref for kind, typed in about if (ref := _canonical(kind, typed))])
        only_read = False
        try:
            with self.together():
                try:
                    self.require(action)
                    yield act
                    only_read = not self.db.has_changed
                    if logged:
                        act.log()
                except _TELLING as error:
                    if isinstance(error, RefusedError):
                        self._cite(error)
                    if self._stopped is None or self._stopped[1] is not error:
                        self._stopped = (act, error)
                    raise
        except UnwritableError as error:
            if self.db.in_transaction or not only_read:
                raise
            if action not in _goes_on_unlogged():
                raise UnwritableError(error.reason, error.hint, _NOT_SHOWN) from error
            self.unlogged = error.reason

    @contextmanager
    def acting_once(self, action: str) -> Iterator[Act]:
        """Many use cases as one, with one change number and one entry that names what all of them touched.

        Each is still judged by its own action; a refusal is logged as that of the whole.
        """
        with self.acting(action) as act:
            self._one, self._granted = act, set()
            try:
                yield act
            finally:
                self._one = None

    @contextmanager
    def together(self) -> Iterator[None]:
        """Several use cases as one change, all or nothing. A refusal or a slip undoes it, and is logged after that."""
        if not self.db.in_transaction:
            self._stopped = None
        try:
            with self.db.transaction():
                yield
        except _TELLING:
            if not self.db.in_transaction and self._stopped is not None:
                stopped, self._stopped = self._stopped, None
                self._log_stopped(*stopped)
            raise

    def require(self, action: str) -> None:
        """Refuse an action that this user's roles, or a service's named commands, do not include.

        DamagedVaultError for most actions while the trail does not hold what this user has seen of it, or the rules
        are not those that were published.
        """
        self._goes_on = action in program_file()["authority"]["goes_on_without_rules"]
        if self.unexplained and action not in goes_on_unexplained(self.rules):
            raise DamagedVaultError(
                "the vault was put back or exchanged: the trail does not hold its entry "
                f"{str(self.noted).partition(':')[0]} that you have seen",
                "if a backup was put back on purpose, a manager runs: lcs audit accept   else stop, and ask one",
            )
        authority = may(self.user, action, self.rules)
        if not authority.allowed:
            hint = f"ask {self.who_instead(action)}" if self.who_instead(action) else self._granted_to_nobody(action)
            raise RefusedError(
                authority.clause,
                f"{self.user.reference} may not run “{typed(action)}”",
                hint,
                rule="authority",
                about=authority.about,
            )

    def may(self, action: str) -> bool:
        """Whether this user's roles, or a service's named commands, include an action."""
        return may(self.user, action, self.rules).allowed

    def who_instead(self, action: str) -> str:
        """Who runs an action, in words such as “a manager”; empty where nobody does."""
        people = [role for role in may(self.user, action, self.rules).roles if role not in ("service", "recovery")]
        return either(map(a_role, people))

    def _granted_to_nobody(self, action: str) -> str:
        from lcs_cli.policy.rules import packaged

        if may(self.user, action, packaged()).roles:
            return f"these rules are older than this lcs: a senior manager runs: {_NEWER}"
        return "nobody may do this"

    @property
    def rules(self) -> "Rules":
        """The rules in force: those of the policy version in force."""
        return self.rules_on(self.today)

    def rules_on(self, day: date) -> "Rules":
        """The rules in force on a day."""
        from lcs_cli.vault import policy_versions

        return self.rules_of(policy_versions.number_in_force(self.db, day))

    def rules_of(self, number: int) -> "Rules":
        """The rules of one version; a file, table or key that it was published without is this package's own.

        DamagedVaultError where they are not those that were published, but for what goes on by this package's own.
        """
        from lcs_cli.policy.older import lacking
        from lcs_cli.policy.rules import packaged

        if number not in self._rules:
            try:
                found = stored_rules(self.db, number)
                if self._goes_on:
                    lacking(found)  # reads each file: none of them may stop what goes on
                self._rules[number] = found
            except DamagedVaultError:
                if not self._goes_on:
                    raise
                return packaged()
        return self._rules[number]

    def topic(self, name: str) -> "Rule":
        """What the program rests on where it speaks of a clause of its own accord: clause numbers are the policy's."""
        from lcs_cli.policy.rules import topic

        return topic(self.rules, name)

    def policy(self) -> tuple[int, "PolicyDocument"]:
        """The number and the text of the policy in force."""
        from lcs_cli.policy.document import parse_policy
        from lcs_cli.vault import policy_versions

        version = policy_versions.in_force(self.db, self.today)
        return version.number, parse_policy(version.text, ())

    def decided_by(self) -> tuple[int, str]:
        """What every decision stores: the policy version in force and the rule files' hash."""
        from lcs_cli.vault import policy_versions

        return policy_versions.number_in_force(self.db, self.today), self.rules.hash

    def log(self, action: str, outcome: str, refs: list[str], detail: dict[str, Any]) -> Head:
        """Append to the audit trail, in the open transaction."""
        return audit.append(
            self.vault,
            at=self.moment,
            action=action,
            outcome=outcome,
            refs=list(dict.fromkeys(refs)),
            detail=detail,
        )

    def _cite(self, refusal: RefusedError) -> None:
        """Rest a refusal by the vault, which knows no rules, on the clause of the policy in force."""
        if refusal.topic:
            found = self.topic(program_file()["schema"]["guards"].get(refusal.topic, refusal.topic))
            refusal.cite(found.clause, found.about)

    def _log_stopped(self, act: Act, error: LcsError) -> None:
        """Put on the trail what was not done; UnwritableError in place of a slip that may tell of records."""
        detail: dict[str, Any] = {"exit": error.exit_code}
        try:
            with self.db.transaction():
                if isinstance(error, RefusedError):
                    _, document = self.policy()
                    if error.clause in document.clauses:
                        error.quote = document.quote(error.clause, error.about or "\0")
                    version, rules_hash = self.decided_by()
                    detail = {"clause": error.clause, "rule": error.rule, "policy": version, "rules_hash": rules_hash}
                self.log(act.action, "refused", act.refs, detail)
        except UnwritableError as unwritable:
            if not isinstance(error, RefusedError) and act.action not in _goes_on_unlogged():
                raise UnwritableError(unwritable.reason, unwritable.hint, _NOT_SHOWN) from unwritable
            self.unlogged = unwritable.reason


def stored_rules(db: Database, number: int) -> "Rules":
    """The rules of one version as they are gone by; DamagedVaultError where they are not those that it published."""
    from lcs_cli.policy.older import Completed
    from lcs_cli.policy.rules import Rules, packaged
    from lcs_cli.vault import policy_versions

    stored = policy_versions.rules(db, number)
    if Rules(stored).hash != policy_versions.rules_hash(db, number):
        raise DamagedVaultError(
            f"the rules of version {number} of the policy are not those that it was published with",
            "restore a backup; lcs audit verify says what it finds",
        )
    return Completed({**packaged().contents, **stored}, program_file()["authority"]["always_granted"])


def _goes_on_unlogged() -> frozenset[str]:
    """The actions that show nobody's record: they go on where the trail cannot be written."""
    return frozenset(program_file()["authority"]["goes_on_unlogged"])


def _canonical(kind: Kind, typed: str | None) -> str | None:
    """A typed reference as it is written, or None where it is none: a slip is no reference, and may be a name."""
    number = parse_reference(kind, typed) if typed else None
    return reference(kind, number) if isinstance(number, int) else None
