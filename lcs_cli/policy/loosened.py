"""What other rules would ask less of: fewer people to decide, fewer parts on record, less vetting, longer periods."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from lcs_cli.policy.difference import more
from lcs_cli.policy.rules import Rules, in_force
from lcs_cli.policy.vetting import BLOCK
from lcs_cli.policy.word_scan_values import left_out

_GATE, _VETTING, _SCHEDULE = "disclosure_rules.toml", "vetting.toml", "retention_schedule.toml"
# Words of which more are looser, with what they are.
_WORDS = (
    ("reports.toml", "agreement", "agrees", "who agrees to a report for proceedings"),
    ("permissions.toml", "permission", "grants", "who permits what is done in contact rooms"),
    (_VETTING, "enhanced_check", "levels", "the check that vets somebody"),
)
_UNLIMITED = float("inf")
# Dated numbers of which a greater one is looser; and as which number none at all counts. An agreement of no days holds
# on its own, and without a number on none.
_NUMBERS = (
    (_VETTING, "renewal", "years", "years until a check is renewed", _UNLIMITED),
    ("permissions.toml", "run", "days", "days that one permission may be for", 0),
    (_SCHEDULE, "clock", "days", "days that may pass unseen before a sweep", _UNLIMITED),
    (_SCHEDULE, "cap", "families", "families that one sweep disposes of", _UNLIMITED),
    (_SCHEDULE, "cap", "percent", "of a hundred families, those that one sweep disposes of", _UNLIMITED),
    (_SCHEDULE, "cap", "always", "families that one sweep disposes of in the smallest vault", 0),
    ("handover.toml", "agreement", "days", "days that an agreement to a handover holds", -1),
    ("governance.toml", "yearly_review", "years", "years until the policy is reviewed", _UNLIMITED),
    ("retention_schedule.toml", "holds", "years", "years until the owner of a hold without end is asked", _UNLIMITED),
    ("retention_schedule.toml", "backups", "days", "days that a backup is kept", _UNLIMITED),
    ("retention_schedule.toml", "backup_interval", "days", "days until a backup is overdue", _UNLIMITED),
)


def loosened(old: Rules, new: Rules, effective_on: date) -> tuple[str, ...]:
    """A line for each thing of which the new rules ask less, from the day on which they take effect."""
    return (
        *_words(old, new),
        *_parts(old, new),
        *_vetting(old, new, effective_on),
        *_periods(old, new, effective_on),
        *left_out(old, new, effective_on),
        *_stop(old, new),
    )


def _words(old: Rules, new: Rules) -> Iterator[str]:
    for file, table, key, said in _WORDS:
        yield from more(said, new.file(file)[table][key], old.file(file)[table][key])
    was, becomes = (rules.file(_GATE)["told"]["decides"] for rules in (old, new))
    for ground, roles in becomes.items():
        yield from more(f"who decides to tell ({ground})", roles, was[ground])


def _parts(old: Rules, new: Rules) -> Iterator[str]:
    was, becomes = (rules.file(_GATE)["told"]["parts"] for rules in (old, new))
    for ground, parts in becomes.items():
        yield from more(f"left out of the register ({ground})", was[ground], parts)


def _vetting(old: Rules, new: Rules, effective_on: date) -> Iterator[str]:
    was, becomes = (rules.file(_VETTING) for rules in (old, new))
    if was["enhanced_check"]["barred_list"] and not becomes["enhanced_check"]["barred_list"]:
        yield "the check that vets somebody: without the children's barred list"
    for day, former, value in _dated(was, becomes, "renewal", "overdue", effective_on):
        if former == BLOCK and value != BLOCK:
            yield f"an overdue check no longer bars from supervising alone, by {day.isoformat()}"


def _stop(old: Rules, new: Rules) -> Iterator[str]:
    if new.file(_SCHEDULE)["stop"]["own_release"] and not old.file(_SCHEDULE)["stop"]["own_release"]:
        yield "disposals go on at the word of who stopped them"


def _periods(old: Rules, new: Rules, effective_on: date) -> Iterator[str]:
    for file, table, key, said, without in _NUMBERS:
        for day, former, value in _dated(old.file(file), new.file(file), table, key, effective_on):
            if (without if value is None else value) > (without if former is None else former):
                is_now = "unlimited" if value is None else value
                yield f"{said}: {'none' if former is None else former} become {is_now}, by {day.isoformat()}"
    was, becomes = (rules.file("requests.toml")["due"] for rules in (old, new))
    for key in ("months", "extension_months"):
        if becomes[key] > was[key]:
            said = "months until a request is answered" if key == "months" else "further months for a complex request"
            yield f"{said}: {was[key]} become {becomes[key]}"


def _dated(
    old: Mapping[str, Any], new: Mapping[str, Any], table: str, key: str, effective_on: date
) -> Iterator[tuple[date, Any, Any]]:
    """The value by the old and by the new rules, on the day itself and on each later one on which either begins."""
    was, becomes = old[table][key], new[table][key]
    begins = {value["from"] for value in (*was, *becomes) if value["from"] > effective_on}
    for day in (effective_on, *sorted(begins)):
        yield day, in_force(was, day), in_force(becomes, day)
