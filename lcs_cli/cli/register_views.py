"""How an entry of the register of disclosures looks: flat for a machine, a row or lines for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lcs_cli.cli import views
from lcs_cli.records.disclosure import DisclosureKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.services import accounts, disclosures

if TYPE_CHECKING:
    from lcs_cli.records.disclosure import ExportEntry, RegisterEntry
    from lcs_cli.services.disclosures import DisclosureFile

HEADINGS = ("REF", "KIND", "DAY", "TO", "FAMILY", "WHAT", "GROUND", "BY", "MISSING")
RECIPIENTS = ", ".join(ReferrerKind)
_MANY = 3


def ref_of(one: RegisterEntry) -> str:
    """The entry's reference."""
    return reference(Kind.DISCLOSURE, one.disclosure.number)


def recipient(one: RegisterEntry) -> str:
    """Who was told: the reference where they are registered, else what they are."""
    referrer = one.disclosure.referrer
    return reference(Kind.REFERRER, referrer) if referrer is not None else one.disclosure.recipient


def what(one: RegisterEntry) -> str:
    """What was told, by name: attendance, in words, or whose details."""
    if one.disclosure.kind is DisclosureKind.REPORT:
        return "dates and times"
    if one.disclosure.kind is DisclosureKind.HANDOVER:
        return ", ".join(one.disclosure.fields)
    details = [field for field in one.disclosure.fields if "." in field]
    if details:
        return ", ".join(details)
    if one.rows is not None:
        return views.plural(one.rows, "session")
    return {(): "", ("words",): "in words"}.get(one.disclosure.fields, "attendance")


def entry(told: disclosures.Told) -> dict[str, Any]:
    """An entry without words, flat, so that it fits a table."""
    one, register = told.entry, told.entry.disclosure
    return {
        "reference": ref_of(one),
        "kind": register.kind.value,
        "made_on": views.iso(register.made_on),
        "at": one.parts.get("at"),
        "made_by": register.made_by,
        "registered_at": register.made_at,
        "recipient": register.recipient,
        "referrer": reference(Kind.REFERRER, register.referrer) if register.referrer is not None else None,
        "families": [reference(Kind.FAMILY, family) for family in one.families],
        "purpose": register.purpose,
        "fields": list(register.fields),
        "ground": register.ground,
        "rule": register.rule,
        "clause": register.clause,
        "policy_version": register.policy_version,
        "rules_hash": register.rules_hash,
        "how": one.parts.get("how"),
        "decided_by": one.parts.get("decided_by"),
        "decided_alone": "alone" in one.parts,
        "confirmed_by": one.parts.get("confirmed"),
        "concern": one.parts.get("concern"),
        "person_told": {"yes": True, "no": False}.get(one.parts.get("person_told", "")),
        "consents": one.parts.get("consents", "").split(),
        "in_words": list(one.sealed),
        "complete": one.complete,
        "missing": list(told.missing),
        "rows": one.rows,
        "repeats": reference(Kind.DISCLOSURE, one.repeats) if one.repeats is not None else None,
    }


def row(told: disclosures.Told) -> list[str]:
    """An entry as a row for a person."""
    one, register = told.entry, told.entry.disclosure
    families = [reference(Kind.FAMILY, family) for family in one.families]
    return [
        ref_of(one),
        register.kind.value,
        f"{views.human(register.made_on)} {one.parts.get('at', '')}".rstrip(),
        recipient(one),
        ", ".join(families) if len(families) <= _MANY else views.plural(len(families), "family"),
        what(one),
        register.ground,
        register.made_by,
        ", ".join(_missing(told, part) for part in told.missing),
    ]


def _missing(told: disclosures.Told, part: str) -> str:
    """A part that is missing; of a confirmation, whose it is and how it is given."""
    if part != "confirmed":
        return accounts.part_name(part)
    return f"confirmation by {told.confirmer} (lcs disclosure confirm {ref_of(told.entry)})"


def whole(file: DisclosureFile) -> dict[str, Any]:
    """An entry with its words, and of an export what it takes to repeat it."""
    data = entry(disclosures.Told(file.entry, file.missing)) | {"words": dict(file.words)}
    return data | {"export": _export(file.export) if file.export else None}


def lines(file: DisclosureFile) -> list[tuple[str, str]]:
    """An entry for a person, part by part."""
    one, register = file.entry, file.entry.disclosure
    told = {DisclosureKind.NOT_TOLD: "Not told"}.get(register.kind, "Told")
    shown = [
        ("Reference", ref_of(one)),
        ("Kind", register.kind.value),
        ("Families", ", ".join(reference(Kind.FAMILY, family) for family in one.families)),
        (told, recipient(one)),
        ("Day", f"{views.human(register.made_on)} {one.parts.get('at', '')}".rstrip()),
        ("Registered", f"{register.made_at} by {register.made_by}"),
        ("Ground", f"{register.ground} (policy {register.clause})"),
        ("Purpose", register.purpose),
        ("Fields", ", ".join(register.fields)),
        *((_label(name), value) for name, value in one.parts.items() if name != "at"),
        *((_label(name), text) for name, text in file.words.items()),
    ]
    if file.missing:
        shown.append(("Missing", ", ".join(map(accounts.part_name, file.missing))))
    if file.export:
        shown += _export_lines(file.export)
    return [(label, value) for label, value in shown if value]


def _label(part: str) -> str:
    named = "by the consent" if part == "consents" else accounts.part_name(part)
    return named[:1].upper() + named[1:]


def _export_lines(one: ExportEntry) -> list[tuple[str, str]]:
    days = (("from", one.from_on), ("up to", one.to_on))
    window = " ".join(f"{word} {views.human(day)}" for word, day in days if day)
    return [
        ("Format", one.format),
        ("Sessions", str(one.rows)),
        ("Days", window),
        ("Changes", f"{one.after_change} to {one.up_to_change}"),
        ("Series", "goes on from the last export" if one.since else ""),
        ("Repeats", reference(Kind.DISCLOSURE, one.repeats) if one.repeats is not None else ""),
        ("SHA-256", one.sha256),
    ]


def _export(one: ExportEntry) -> dict[str, Any]:
    return {
        "format": one.format,
        "rows": one.rows,
        "sha256": one.sha256,
        "from_on": views.iso(one.from_on),
        "to_on": views.iso(one.to_on),
        "after_change": one.after_change,
        "up_to_change": one.up_to_change,
        "since": one.since,
        "repeats": reference(Kind.DISCLOSURE, one.repeats) if one.repeats is not None else None,
    }
