"""Publishing a version of the policy (policy 6): checked, compared with what is in force, accepted by its hash."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType

from msgspec import field
from msgspec.structs import replace

from lcs_cli.errors import RefusedError, UsageError
from lcs_cli.policy.authority import may
from lcs_cli.policy.difference import in_a_line, rule_changes, text_difference
from lcs_cli.policy.effects import Effects, effects
from lcs_cli.policy.forecast import FallsDue
from lcs_cli.policy.governance import accepted_list
from lcs_cli.policy.problems import Problem
from lcs_cli.policy.program import program_file
from lcs_cli.policy.rules import RULE_FILES, Rules
from lcs_cli.policy.soundness import unquotable
from lcs_cli.records.value import Value
from lcs_cli.services import checks, named, subjects
from lcs_cli.services.desk import Desk
from lcs_cli.services.forecast import ahead
from lcs_cli.services.rule_files import checked, own_files, refuse
from lcs_cli.vault import kept, policy_registers, policy_versions
from lcs_cli.vault.encoding import canonical
from lcs_cli.vault.policy_versions import PolicyVersion


class PolicyDraft(Value):
    """What is to be published: no ``text`` keeps the last one, ``rules`` replace the files of their names.

    A plan may have no ``approved_by`` yet.
    """

    effective_on: date
    approved_by: str | None
    text: str | None = None
    rules: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))


class Publication(Value):
    """A version that would be published, or has been: what it changes and would newly do, and the hash of that list.

    ``notes`` say where a refusal cannot quote a sentence of the text; ``ahead`` is what falls due in the coming years
    without the version, and with it.
    """

    version: PolicyVersion
    rules: Rules
    changed: str
    effects: Effects
    hash: str
    notes: tuple[str, ...]
    ahead: tuple[tuple[FallsDue, ...], ...]


def check_publish(desk: Desk) -> None:
    """Refuse before the first question who may not publish."""
    with desk.acting("policy.publish", logged=False):
        pass


def plan(desk: Desk, draft: PolicyDraft) -> Publication:
    """What publishing this would change and newly do; nothing is changed."""
    with desk.acting("policy.publish") as act:
        planned = _publication(desk, draft)
        act.note(list=planned.hash)
        return planned


def publish(desk: Desk, draft: PolicyDraft, accept: str | None = None) -> Publication:
    """Publish a version. What it would newly make due or tell is accepted by the hash of the list that was shown.

    RefusedError without that, or where the list is another one by now; UsageError for what cannot be published.
    """
    with desk.acting("policy.publish") as act:
        if draft.approved_by is None:
            raise UsageError("approved by: must not be empty", "name the body or meeting that approved it")
        ready = _publication(desk, draft)
        _check_accepted(desk, ready, accept)
        policy_versions.publish(desk.db, ready.version, ready.rules.contents, ready.rules.hash)
        if ready.effects.needs_acceptance:
            policy_registers.accept(desk.db, ready.version.number, ready.hash, _content(ready))
        act.note(
            policy=ready.version.number,
            text_sha256=ready.version.text_sha256,
            rules_hash=ready.rules.hash,
            effective_on=ready.version.effective_on.isoformat(),
            version_sha256=kept.policy_digest(desk.db, ready.version.number),
            accepted=ready.hash if ready.effects.needs_acceptance else None,
            files=len(ready.effects.due),
        )
        return ready


def _check_accepted(desk: Desk, ready: Publication, accept: str | None) -> None:
    rule, look = accepted_list(desk.rules), "lcs policy publish with the same options and --dry-run"
    if accept is None and ready.effects.needs_acceptance:
        raise RefusedError(
            rule.clause,
            f"version {ready.version.number} would newly do what nobody has accepted",
            f"look at the list: {look}; then accept it with --accept HASH",
            rule=rule.id,
            about=rule.about,
        )
    if accept is not None and accept != ready.hash:
        raise RefusedError(
            rule.clause,
            "the list to accept is not the list that was shown",
            f"look at it again: {look}",
            rule=rule.id,
            about=rule.about,
        )


def _publication(desk: Desk, draft: PolicyDraft) -> Publication:
    last = policy_versions.every(desk.db)[-1]
    effective_on = _effective(draft.effective_on, last, desk.today)
    old = desk.rules_of(last.number)
    text = last.text if draft.text is None else draft.text
    rules = Rules({name: {**old.contents, **draft.rules}[name] for name in RULE_FILES})
    document = checked(text, rules, effective_on)
    refuse(list(_nobody_left(desk, rules)))
    difference, changes = text_difference(last.text, text, ("", "")), rule_changes(old, rules)
    if text == last.text and old.hash == rules.hash:
        raise UsageError(
            f"publish: nothing differs from version {last.number}", "name what changes: --text FILE or --rules FOLDER"
        )
    version = PolicyVersion(
        number=last.number + 1,
        title=document.title,
        text=text,
        effective_on=effective_on,
        published_on=desk.today,
        published_by=desk.user.reference,
        approved_by=checks.line("approved by", draft.approved_by) if draft.approved_by is not None else None,
    )
    newly = effects(old, rules, subjects.facts_of(desk), effective_on)
    notes = tuple(unquotable(rules, document, own_files(rules)))
    coming = ahead(desk, effective_on, desk.rules_on, lambda _: rules)
    ready = Publication(version, rules, in_a_line(difference, changes), newly, "", notes, coming)
    return replace(ready, hash=hashlib.sha256(canonical(_content(ready))).hexdigest())


def _effective(day: date, last: PolicyVersion, today: date) -> date:
    """The day a version takes effect: what was decided before it was decided by what was in force then."""
    if day < today:
        raise UsageError("effective: must not be in the past", f"give {today.isoformat()} or a later day")
    if day < last.effective_on:
        raise UsageError(
            f"effective: version {last.number} takes effect on {last.effective_on.isoformat()}; none goes before it",
            f"give {last.effective_on.isoformat()} or a later day",
        )
    return checks.plausible("effective", day)


def _nobody_left(desk: Desk, rules: Rules) -> Iterator[Problem]:
    """What nobody of those who are here could do any more, by these rules."""
    people = named.people(desk)
    for action in program_file()["authority"]["never_lost"]:
        if not any(may(one, action, rules).allowed for one in people):
            said = f"nobody who is here has a role that may run {action}"
            yield Problem("authority.toml", "grant", said, "admit somebody with that role first: lcs vault user add")


def _content(one: Publication) -> dict[str, object]:
    """The list as it is hashed and kept: bound to the very text, rules and day that it is about."""
    return {
        "version": one.version.number,
        "effective_on": one.version.effective_on.isoformat(),
        "text_sha256": one.version.text_sha256,
        "rules_hash": one.rules.hash,
        **one.effects.content(),
    }
