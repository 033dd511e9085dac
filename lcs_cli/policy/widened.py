"""What more would be told beside the gate by another set of rules: in reports, on requests, by wider consents."""

from collections.abc import Iterator
from datetime import date

from lcs_cli.policy.consent import consent_rules
from lcs_cli.policy.difference import more
from lcs_cli.policy.disclosure import disclosure_rules
from lcs_cli.policy.handover import handover_rules
from lcs_cli.policy.reports import report_rules
from lcs_cli.policy.requests import KindRule, request_rules
from lcs_cli.policy.rules import Rules


def newly_told(old: Rules, new: Rules, effective_on: date) -> tuple[str, ...]:
    """A line for each thing that the old rules kept back, from the day on which the new ones take effect."""
    return (
        *_in_reports(old, new, effective_on),
        *_on_request(old, new),
        *_with_consent(old, new),
        *_in_a_hurry(old, new),
        *_in_handovers(old, new, effective_on),
    )


def _in_reports(old: Rules, new: Rules, effective_on: date) -> Iterator[str]:
    was, becomes = report_rules(old, effective_on), report_rules(new, effective_on)
    yield from more("a report, to who asks for it", becomes.agencies, was.agencies)
    for name, part in becomes.parts.items():
        before = was.parts[name].columns if name in was.parts else ()
        columns = [column.name for column in part.columns]
        yield from more(f"in a report, of {part.heading.lower()}", columns, [column.name for column in before])
    dated = [value["from"] for rules in (old, new) for value in rules.file("reports.toml")["agreement"]["days"]]
    for day in sorted({effective_on, *(day for day in dated if day > effective_on)}):
        former, days = report_rules(old, day).days, report_rules(new, day).days
        if days is not None and (former is None or days > former):  # no days are the day itself, none is never
            less = "none" if former is None else former
            yield f"a report, {days} days after it was agreed to and no longer {less}, by {day.isoformat()}"


def _on_request(old: Rules, new: Rules) -> Iterator[str]:
    was, becomes = request_rules(old), request_rules(new)
    for name, kind in becomes.kinds.items():
        before, said = was.kinds[name], f"records, on a request of the kind {name.value}"
        if _years(kind) > _years(before):
            until = "whatever the age" if kind.up_to_years is None else f"up to the age of {kind.up_to_years}"
            yield f"{said}: {until}"
        if before.until_birthday and not kind.until_birthday:
            yield f"{said}: on that birthday too, and after it where the request came before"
        if before.through and not kind.through:
            yield f"{said}: also where it comes through nobody"
        elif before.through:
            yield from more(f"{said}, that comes through", kind.through, before.through)
        yield from more(f"{said}, without a decision about each", before.withheld, kind.withheld)
        yield from more(f"{said}, bodies by their names, about", kind.named_to, before.named_to)
    openly = [[one.id for one in of.classes.values() if not one.free_text] for of in (becomes, was)]
    yield from more("records, on a request, without being read first", *openly)
    yield from more("what was told, on a request, by its ground", becomes.told_openly, was.told_openly)
    yield from more("who referred the family, on a request", becomes.named_referrers, was.named_referrers)
    yield from more(
        "reports for proceedings, on a request, without being read first",
        becomes.proceedings_told_openly,
        was.proceedings_told_openly,
    )
    told = [[name for name, rule in of.withhold.items() if rule.tell] for of in (becomes, was)]
    yield from more("that something is withheld, to who asks, where it is for", *told)
    for name, kind in becomes.kinds.items():
        before = was.kinds[name]
        silent = {cls for cls, reason in before.withheld.items() if not was.withhold[reason].tell}
        spoken = {cls for cls, reason in kind.withheld.items() if becomes.withhold[reason].tell}
        yield from more(f"that something is withheld, on a request of the kind {name.value}", silent & spoken, ())


def _with_consent(old: Rules, new: Rules) -> Iterator[str]:
    was, becomes = consent_rules(old), consent_rules(new)
    yield from more("personal details with consent, for", becomes.purposes, was.purposes)
    yield from more("personal details with consent, given", becomes.given, was.given)
    yield from more("personal details of a child with the consent of", becomes.for_children, was.for_children)
    yield from more("details of a child with a parent's consent", becomes.parent_details, was.parent_details)
    if becomes.own_from_years < was.own_from_years:
        yield f"personal details of a child with its own consent, from the age of {becomes.own_from_years}"
    if becomes.of_age_years > was.of_age_years:
        yield f"personal details with a parent's consent, up to the age of {becomes.of_age_years}"


def _in_a_hurry(old: Rules, new: Rules) -> Iterator[str]:
    """What could not wait is told on anybody's word, without a recorded concern: it goes to no more bodies unseen."""
    was, becomes = disclosure_rules(old), disclosure_rules(new)
    yield from more("what could not wait, in words, to", becomes.urgent_to, was.urgent_to)


def _in_handovers(old: Rules, new: Rules, effective_on: date) -> Iterator[str]:
    was, becomes = handover_rules(old, effective_on), handover_rules(new, effective_on)
    yield from more("what is kept for ever, handed over, to", becomes.kinds, was.kinds)
    yield from more("who referred the family, in a handover", becomes.named_referrers, was.named_referrers)
    for section, part in becomes.parts.items():
        before = was.parts[section].columns if section in was.parts else ()
        columns = [column.name for column in part.columns]
        yield from more(f"in a handover, of {section.value}", columns, [column.name for column in before])


def _years(kind: KindRule) -> float:
    return float("inf") if kind.up_to_years is None else kind.up_to_years
