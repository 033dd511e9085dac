"""How the policy, its versions and what they would newly do look: to a machine, and in words."""

from typing import TYPE_CHECKING, Any

from lcs_cli.cli import views
from lcs_cli.cli.dates import human_days
from lcs_cli.cli.render import Lines, Table
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.subject import named

if TYPE_CHECKING:  # each command loads only what it shows
    from lcs_cli.policy.difference import RuleChange
    from lcs_cli.records.policy import CopyGiven, PolicyReview
    from lcs_cli.services.explanations import Explanation, History, HistoryLine
    from lcs_cli.services.policies import PolicyCopy
    from lcs_cli.services.publishing import Publication


def copy(one: "PolicyCopy") -> dict[str, Any]:
    """A policy with its text."""
    return {
        "version": one.version,
        "title": one.title,
        "effective_on": views.iso(one.effective_on),
        "approved_by": one.approved_by,
        "review_due_on": views.iso(one.review_due_on),
        "announced": announced_data(one),
        "text": one.text,
    }


def about(one: "PolicyCopy", today: Any) -> str:
    """Which version a copy is, when its review is due, and what is announced."""
    if not one.version:
        return "This is the policy as lcs carries it: no vault has published one here."
    since = views.human(one.effective_on)
    if one.review_due_on is None:
        if one.effective_on and one.effective_on > today:
            return f"Version {one.version}, which takes effect on {since}."
        return f"Version {one.version}, in force from {since}{f' until {views.human(one.until)}' if one.until else ''}."
    overdue = one.overdue_days(today)
    late = f": OVERDUE by {views.plural(overdue, 'day')} (policy {one.clause})" if overdue else ""
    due = f"next review due {views.human(one.review_due_on)}{late}"
    return f"Version {one.version}, in force since {since}; {due}{announced(one)}."


def announced(one: "PolicyCopy") -> str:
    """The version that takes effect later, in words; nothing where there is none."""
    return f"; version {one.announced} takes effect on {views.human(one.until)}" if one.announced else ""


def announced_data(one: "PolicyCopy") -> dict[str, Any] | None:
    """The version that takes effect later, for a machine."""
    return {"version": one.announced, "effective_on": views.iso(one.until)} if one.announced else None


def given(one: "CopyGiven") -> dict[str, Any]:
    """A copy that was given."""
    return {
        "version": one.version,
        "given_on": views.iso(one.given_on),
        "given_by": one.given_by,
        "to": reference(Kind.REFERRER, one.referrer) if one.referrer else str(one.asker),
        "how": "file" if one.written else "printed",
    }


def review(one: "PolicyReview") -> dict[str, Any]:
    """A yearly review of the policy."""
    return {
        "version": one.version,
        "reviewed_on": views.iso(one.reviewed_on),
        "reviewed_by": one.reviewed_by,
        "outcome": one.outcome.value,
        "note": one.note,
    }


def version(one: "HistoryLine") -> dict[str, Any]:
    """One version of the policy, without its text."""
    found = one.version
    return {
        "version": found.number,
        "title": found.title,
        "effective_on": views.iso(found.effective_on),
        "published_on": views.iso(found.published_on),
        "published_by": found.published_by,
        "approved_by": found.approved_by,
        "text_sha256": found.text_sha256,
        "rules_hash": one.rules_hash,
        "changed": one.changed,
        "accepted": dict(one.accepted) if one.accepted else None,
    }


def history(found: "History") -> list[Table]:
    """Versions, and reviews where there are any."""
    rows = [
        [
            str(one.version.number),
            views.human(one.version.effective_on),
            f"{views.human(one.version.published_on)} by {one.version.published_by}",
            one.version.approved_by or "",
            one.rules_hash[:8],
            one.changed,
        ]
        for one in found.versions
    ]
    tables = [Table(["NO", "EFFECTIVE", "PUBLISHED", "APPROVED BY", "RULES", "CHANGED"], rows)]
    if found.reviews:
        reviews = [
            [views.human(one.reviewed_on), one.reviewed_by, str(one.version), one.outcome.value, one.note or ""]
            for one in found.reviews
        ]
        tables.append(Table(["REVIEWED", "BY", "VERSION", "OUTCOME", "NOTE"], reviews))
    return tables


def change(one: "RuleChange") -> dict[str, Any]:
    """One value of a rule file that changed."""
    return {"file": one.file, "key": one.key, "was": one.was, "becomes": one.becomes}


def publication(one: "Publication") -> dict[str, Any]:
    """A version that would be published, or has been, and what it newly does."""
    return {
        "version": one.version.number,
        "effective_on": views.iso(one.version.effective_on),
        "approved_by": one.version.approved_by,
        "text_sha256": one.version.text_sha256,
        "rules_hash": one.rules.hash,
        "changed": one.changed,
        "newly_due": [
            {**named(due.subject), "outcome": due.outcome.value, "on": views.iso(due.on)} for due in one.effects.due
        ],
        "falls_due": _ahead(one),
        "shortened": list(one.effects.shortened),
        "newly_disclosed": list(one.effects.disclosed),
        "loosened": list(one.effects.loosened),
        "newly_allowed": list(one.effects.allowed),
        "newly_keyless": list(one.effects.keyless),
        "needs_acceptance": one.effects.needs_acceptance,
        "notes": list(one.notes),
        "hash": one.hash,
    }


def _ahead(one: "Publication") -> list[dict[str, Any]]:
    """How many files come to wait up to the end of each year, without the version and with it."""
    return [
        {"until": views.iso(was.day), "was": was.files, "becomes": becomes.files}
        for was, becomes in zip(*one.ahead, strict=True)
    ]


def newly(one: "Publication") -> list[Table | str]:
    """What a version would change and newly do, in words."""
    effects = one.effects
    blocks: list[Table | str] = [
        f"Version {one.version.number}, effective {views.human(one.version.effective_on)}, changes {one.changed}."
    ]
    for said, lines in (
        ("Shortened:", effects.shortened),
        ("May newly be told:", effects.disclosed),
        ("Less is asked:", effects.loosened),
        ("Newly allowed:", effects.allowed),
        ("Allowed, and refused all the same:", effects.keyless),
    ):
        blocks += [said, *(f"  {human_days(line)}" for line in lines)] if lines else []
    if effects.due:
        blocks.append(f"Newly due: {views.plural(len(effects.due), 'file')}.")
        rows = [[due.subject, due.outcome.value, views.human(due.on)] for due in effects.due]
        blocks.append(Table(["FILE", "WOULD BE", "ON"], rows))
    was, becomes = one.ahead
    if was != becomes:
        seen = [due for due in _ahead(one) if due["was"] or due["becomes"]]
        rows = [[human_days(due["until"]), str(due["was"]), str(due["becomes"])] for due in seen]
        blocks += [
            "Falls due in each year, without this version and with it:",
            Table(["UP TO", "WITHOUT", "WITH"], rows),
        ]
    if not effects.needs_acceptance:
        blocks.append("Nothing becomes due earlier, nothing more may be told, and nothing less is asked.")
    return blocks


def explanation(one: "Explanation") -> dict[str, Any]:
    """By what something was decided."""
    return {
        "reference": one.reference,
        "decided_on": views.iso(one.decided.decided_on),
        "version": one.decided.version,
        "effective_on": views.iso(one.effective_on),
        "rules_hash": one.decided.rules_hash,
        "as_published": one.is_as_published,
        "rule": one.decided.rule,
        "clause": one.decided.clause,
        "file": one.file,
        "values": dict(one.values),
        "sentence": one.sentence,
        "version_now": one.now,
        "values_now": dict(one.values_now),
        "sentence_now": one.sentence_now,
        "differs": one.differs,
    }


def explained(one: "Explanation") -> list[Lines | str]:
    """The same in words: what the rule said then, and what is different now."""
    lines = [
        ("Decided", f"{views.human(one.decided.decided_on)}, by version {one.decided.version} of the policy"),
        ("In force since", views.human(one.effective_on)),
        ("Rule", f"{one.decided.rule} ({one.file})" if one.file else one.decided.rule),
        *((f"  {key}", value) for key, value in one.values.items()),
        (f"Policy {one.decided.clause} said", one.sentence),
    ]
    blocks: list[Lines | str] = [Lines(lines)]
    if not one.is_as_published:
        blocks.append("This lcs reads these rules with files that the version was published without.")
    if one.now == one.decided.version:
        blocks.append("That version is in force.")
    elif not one.differs:
        blocks.append(f"Version {one.now}, which is in force today, says the same.")
    else:
        changed = [
            (f"  {key}", one.values_now.get(key, "nothing"))
            for key in dict.fromkeys((*one.values, *one.values_now))
            if one.values.get(key) != one.values_now.get(key)
        ]
        if one.sentence != one.sentence_now:
            changed.append(("Its clause says", one.sentence_now or "nothing"))
        blocks += [f"Version {one.now}, which is in force today, says otherwise:", Lines(changed)]
    return blocks
