"""The audit trail: list its entries, and verify its chain against every head that was noted elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from lcs_cli.errors import UsageError
from lcs_cli.policy.authority import may
from lcs_cli.records.references import Kind, parse_reference, reference
from lcs_cli.records.user import Role, User, UserKind
from lcs_cli.records.value import Value
from lcs_cli.services import certificate_checks, decisions, kept, policy_trail
from lcs_cli.services.desk import Desk
from lcs_cli.services.lookup import shown
from lcs_cli.services.policy_trail import RulesThen
from lcs_cli.vault import audit, restore, signers
from lcs_cli.vault.audit import AuditEntry
from lcs_cli.vault.header import Slot
from lcs_cli.vault.register import Register

_ABOUT_SLOTS = ("vault.init", "vault.user.add", "vault.user.remove", "vault.user.roles", "vault.user.recover")


class Verification(Value):
    """The result of checking the trail: its head, how many heads noted elsewhere were looked for, what is wrong.

    ``since`` is the entry after which it was checked, 0 for the whole trail.
    """

    head: str
    noted: int
    problems: tuple[str, ...]
    since: int = 0


def listing(desk: Desk, about: str | None, limit: int, by: str | None = None) -> list[AuditEntry]:
    """The last entries, newest first; with ``about``, those about one reference, with ``by``, those of one user."""
    with desk.acting("audit.list"):
        here = {slot.user.name: slot.user.reference for slot in desk.vault.header.slots}
        who = here.get(by) or _canonical(desk, "by", by) if by else None
        return audit.entries(desk.db, _canonical(desk, "about", about) if about else None, limit, who)


def verify(desk: Desk, heads: Sequence[str] = ()) -> Verification:
    """Check the whole chain and every signature; ``heads`` are those that somebody has on paper or in a manifest.

    What it cannot know: whether the whole folder and everything that noted a head was put back together.
    """
    with desk.acting("audit.verify") as act:
        found = check(desk, _given(heads))
        act.note(problems=len(found.problems))
        return found


def verify_new(desk: Desk, heads: Sequence[str] = ()) -> Verification:
    """Check what came after the last entry in which this person verified the trail and found nothing wrong with it.

    The whole where there is none, or where it is not sound itself. The heads are looked for in all of the trail; the
    records beside it, and the entries before, are what only the whole check looks at.
    """
    with desk.acting("audit.verify") as act:
        since, given = audit.own_verified(desk.vault), _given(heads)
        if since is None:
            found = check(desk, given)
        else:
            noted = given | _heads(desk, Register(desk.vault.register))
            problems = tuple(dict.fromkeys(audit.problems(desk.vault, noted, since)))
            found = Verification(str(audit.head(desk.db)), len(noted), problems, since.seq)
        act.note(problems=len(found.problems), since=found.since)
        return found


def check(desk: Desk, given: Mapping[str, str] = MappingProxyType({})) -> Verification:
    """Check the chain within another use case."""
    register = Register(desk.vault.register)
    certified = certificate_checks.check(desk, register)
    noted = {**given, **_heads(desk, register), **certified.heads}
    problems = (
        *audit.problems(desk.vault, noted),
        *certified.problems,
        *_untold(desk),
        *policy_trail.problems(desk),
        *(one.said for one in kept.problems(desk)),
        *decisions.problems(desk),
    )
    return Verification(str(audit.head(desk.db)), len(noted), tuple(dict.fromkeys(problems)))


def _heads(desk: Desk, register: Register) -> dict[str, str]:
    """The heads that this person's own file and the register of disposals noted, and which of the two did."""
    lost = restore.of_lost_trails(desk.vault, register.lines)
    own = {desk.noted: "this person's own file"} if desk.noted else {}
    return own | {
        line["audit_head"]: f"the register of disposals ({line['review']})"
        for line in register.lines
        if "audit_head" in line and line["digest"] not in lost
    }


def _untold(desk: Desk) -> Iterator[str]:
    """Slots, roles and keys of which the trail says nothing, or not by who might: the managers' key can make them."""
    told: dict[str, AuditEntry] = {}
    signing = set()
    recovery = ""
    rules = RulesThen(desk)
    for entry in audit.done(desk.db, [*_ABOUT_SLOTS, "policy.publish"]):
        if entry.seq == 1:
            recovery = entry.refs[-1]
        elif entry.action == "vault.init":
            yield f"entry {entry.seq} says that the vault was made anew"
        elif entry.actor != recovery and not _might(rules, entry, told.get(entry.actor)):
            yield f"entry {entry.seq} is by {entry.actor}, whose roles did not allow it then"
        if entry.action != "vault.user.roles":
            signing |= {(ref, entry.seq) for ref in entry.refs}
        if entry.action != "vault.user.recover":
            told |= dict.fromkeys(entry.refs, entry)
    for slot in desk.vault.header.slots:
        yield from _unlike(slot, told.get(slot.user.reference), recovery)
    for ref, since in signers.changes(desk.db):
        if (ref, since) not in signing:
            yield f"no entry says why {ref} signs with another key from entry {since} on"


def _might(rules: RulesThen, entry: AuditEntry, last: AuditEntry | None) -> bool:
    """Whether the actor had roles for what they did, as the last entry about them says."""
    roles = last.detail.get("roles", ()) if last is not None and last.detail is not None else ()
    then = User(entry.actor, "", UserKind.PERSON, frozenset(role for role in Role if role in roles))
    return any(may(then, entry.action, one).allowed for one in rules.at(entry))


def _unlike(slot: Slot, entry: AuditEntry | None, recovery: str) -> Iterator[str]:
    """How a slot differs from what the last entry about it says."""
    user = slot.user
    if entry is None or entry.action == "vault.user.remove":
        yield f"{user.reference} has a slot, and no entry says who let them in"
    elif (user.kind is UserKind.RECOVERY) != (user.reference == recovery):
        yield f"{user.reference} is another kind of user than the trail says"
    elif entry.detail is None:
        yield f"what entry {entry.seq} said of {user.reference} was taken away"
    elif user.kind is not UserKind.RECOVERY:
        if {*entry.detail.get("roles", ()), *entry.detail.get("commands", ())} != {*user.roles, *user.commands}:
            yield f"{user.reference} has other roles than entry {entry.seq} says"
        if set(entry.detail.get("keys", ())) != set(slot.keys):
            yield f"{user.reference} has other keys than entry {entry.seq} says"


def _given(heads: Sequence[str]) -> dict[str, str]:
    return {_checked(head): "the given paper or manifest" for head in heads}


def _checked(head: str) -> str:
    try:
        return str(audit.parse_head(head))
    except ValueError as error:
        raise UsageError("head: is no head of a trail", "give it as it is printed, such as 12:9f…") from error


def _canonical(desk: Desk, field: str, typed: str) -> str:
    """Any kind of reference as it is written; the record need not exist any more."""
    problem, hint = "is no reference", "give one such as LCS-0042-L"
    for kind in Kind:
        number = parse_reference(kind, typed)
        if isinstance(number, int):
            return reference(kind, number)
        if number.candidates:
            problem = number.problem
            there = [ref for n in number.candidates if audit.names(desk.db, ref := reference(kind, n))]
            hint = f"did you mean {' or '.join(there)}?" if there else "the trail has none like it"
    raise UsageError(f"{field}: {shown(typed)} {problem}", hint)
