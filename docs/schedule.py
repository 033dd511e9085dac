"""The retention schedule in words, from its rule file: for a trustee, who reads no tables and no code."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lcs_cli.policy.schedule import Clock
from lcs_cli.records.years import anniversary

_CLASSES = {
    "safeguarding-file": "the safeguarding file of a child: every concern ever raised, and what was told to those "
    "who protect children",
    "electronic-referral": "referrals that came electronically",
    "accident-record": "accident records",
    "child-protection-document": "child protection papers",
}
_CLOCKS = {
    Clock.LAST_CLOSING: "the day on which the service to the family ended, or the last real use after that",
    Clock.LAST_USE: "the last real use",
}
_EXAMPLES = (date(2021, 11, 14), date(2024, 2, 29))


def explanation(data: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    """The page, of the sections of ``retention_schedule.toml`` and of ``word_scan.toml``."""
    review = _review(data, words["word_scan"]["text"])
    parts = (_family(data), review, _kept(data), _staff(data), _backups(data), _limits(data))
    return "\n".join(parts)


def _family(data: Mapping[str, Any]) -> str:
    years = data["family_file"]["years"]
    clock = _CLOCKS[Clock(data["family_file"].get("clock", Clock.LAST_CLOSING))]
    period = years[-1]["value"]
    examples = " ".join(
        f"Service that ended on {_human(start)} makes the file due on {_human(anniversary(start, period))}."
        for start in _EXAMPLES
    )
    return (
        "## While a family is with us, and after\n\n"
        f"{data['family_file']['text']} (policy {data['family_file']['clause']})\n\n"
        f"The years are counted from {clock}: a session, a referral that came in, something that was told to somebody. "
        "Looking into a file, correcting it or copying it is no use of it. A family that comes back starts the clock "
        f"anew. They are calendar years. {examples}\n\n"
        f"The period is {_dated(years, 'years')}. Before that day nothing is due.\n\n"
        f"{data['not_required']['text']} {data['dormant_episode']['text']} {data['missing_dates']['text']}\n"
    )


def _review(data: Mapping[str, Any], wording: str) -> str:
    return (
        "## Nothing goes by itself\n\n"
        "What has come due is first looked at by one person, who proposes that it goes, keeps it until a day with a "
        f"reason, or puts it on hold. {wording} Then a manager, who is somebody else, approves the list of what is to "
        f"go. {data['both_sides']['text']} {data['same_list']['text']}\n\n"
        f"{data['cooling_off']['text']} That is {_dated(data['cooling_off']['days'], 'days')}. Then the sweep, which "
        "runs by itself, looks at each file once more. Where anything has changed, the file goes back to be "
        "reviewed; else it goes, and a certificate of its disposal stays, with references and numbers and no names.\n\n"
        f"{data['holds']['text']} {data['stop']['text']} {data['cap']['text']} {data['clock']['text']} That is "
        f"{_dated(data['clock']['days'], 'days')}.\n"
    )


def _kept(data: Mapping[str, Any]) -> str:
    kept = data["kept_indefinitely"]
    classes = "".join(f"- {_CLASSES.get(one, one)}\n" for one in kept["classes"])
    return (
        "## What is kept for ever\n\n"
        f"{kept['text']} (policy {kept['clause']}) No command takes these away:\n\n{classes}\n"
        "A grown child may come and ask. So that they can be found, the names, former ones too, and dates of birth of "
        "the people whom such a record is about stay with it, and nothing else of the family: no address, no "
        "telephone number, no note. A child with a safeguarding file keeps their own attendance; a brother or sister "
        "without one does not. "
        f"What is kept for ever may be listed every {kept['justification_review_years']} years, to say again why, and "
        "that is all.\n"
    )


def _staff(data: Mapping[str, Any]) -> str:
    file = data["staff_file"]
    return (
        "## Whoever worked here\n\n"
        f"{file['text']} (policy {file['clause']}) The period is {_dated(file['years'], 'years')}. Whoever a concern "
        "names is kept with it, for ever.\n"
    )


def _backups(data: Mapping[str, Any]) -> str:
    kept, interval = data["backups"], data["backup_interval"]
    return (
        "## In backups\n\n"
        f"{kept['text']} (policy {kept['clause']}) It is kept for {_dated(kept['days'], 'days')}. {interval['text']} "
        f"(policy {interval['clause']}) The next one is overdue after {_dated(interval['days'], 'days')}.\n"
    )


def _limits(data: Mapping[str, Any]) -> str:
    return (
        "## On paper\n\n"
        f"{data['documents']['text']} {data['paper']['text']} {data['witness']['text']}\n\n"
        "How the policy is read, and what holds each sentence of it, is in [from clause to control](policy.md); the "
        "table of rules is [the schedule](../reference/retention-schedule.md).\n"
    )


def _human(day: date) -> str:
    """A day as it is spoken of: 14 November 2026."""
    return f"{day.day} {day:%B %Y}"


def _dated(values: Sequence[Mapping[str, Any]], unit: str) -> str:
    """Dated values in words: ``5 years (since 1 January 2025)``."""
    return ", then ".join(f"{one['value']} {unit} (since {_human(one['from'])})" for one in values)
