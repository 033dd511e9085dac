"""What a service's own rules may say of what is told: to whom, with whose consent, in reports, under a permission."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from lcs_cli.policy.disclosure import GROUNDS, acts_at_once, decide, disclosure_rules
from lcs_cli.policy.problems import Problem, dated, each_once, not_among, period, periods, twice
from lcs_cli.policy.program import program_file
from lcs_cli.policy.rules import Rules, packaged
from lcs_cli.policy.telling import telling_rules
from lcs_cli.records.disclosure import IN_WORDS, DisclosureRequest
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.report import ReportClass
from lcs_cli.records.user import Role


def _gate(rules: Rules) -> Iterator[Problem]:
    file = "disclosure_rules.toml"
    data, model = rules.file(file), packaged().file(file)
    for key in ("statutory", "urgent_to"):
        yield from not_among(file, key, data[key], [*ReferrerKind], "a kind of referrer")
    yield from not_among(file, "called", data["called"].values(), [*ReferrerKind], "a kind of referrer")
    yield from each_once(file, "ground", [one["id"] for one in data["ground"]], GROUNDS, "a ground")
    columns = [one["name"] for one in model["attendance"]["column"]]
    named = [one["name"] for one in data["attendance"]["column"]]
    yield from not_among(file, "attendance.column", named, columns, "a column that can be told")
    if len(named) != len(set(named)):
        yield Problem(file, "attendance.column", "a column stands twice", "leave one of them away")
    types = {one["name"]: one["type"] for one in model["attendance"]["column"]}
    for one in data["attendance"]["column"]:
        if one["name"] in types and one["type"] != types[one["name"]]:
            yield Problem(file, f"attendance.column {one['name']}", "has another type", f'write "{types[one["name"]]}"')
    yield from not_among(
        file, "details.names", data["details"]["names"], model["details"]["names"], "a detail on record"
    )
    if set(data["attendance"]["purposes"]) & set(data["proceedings"]["words"]):
        said = "a purpose is also a word for proceedings, for which nothing is prepared without being asked for"
        yield Problem(file, "attendance.purposes", said, "leave it out of one of the two")


def _consents(rules: Rules) -> Iterator[Problem]:
    """Who may consent for a child, and what an entry of the register holds, are the program's words."""
    file = "disclosure_rules.toml"
    data, model = rules.file(file), packaged().file(file)
    givers = model["consent"]["for_children"]
    yield from not_among(file, "consent.for_children", data["consent"]["for_children"], givers, "who may consent")
    for key in ("own_from_years", "of_age_years", "lapsing_days"):
        yield from period(file, f"consent.{key}", data["consent"][key])
    names = data["details"]["names"]
    yield from not_among(file, "consent.parent_details", data["consent"]["parent_details"], names, "a detail")
    yield from not_among(file, "not_told.id", [data["not_told"]["id"]], [model["not_told"]["id"]], "its name in told")
    told = data["told"]
    parts = {name for names in model["told"]["parts"].values() for name in names}
    for ground, names in told["parts"].items():
        yield from not_among(file, f"told.parts.{ground}", names, parts, "a part of an entry")
    for ground, roles in told["decides"].items():
        where = f"told.decides.{ground}"
        yield from not_among(file, where, roles, [*Role], "a role")
        if not roles:
            yield Problem(file, where, "nobody may decide, and protecting somebody cannot wait", "name a role")


def unprotected(rules: Rules, day: date) -> Iterator[Problem]:
    """Who protects children and could not be told at once by these rules: the gate itself is asked."""
    gate, telling = disclosure_rules(rules), telling_rules(rules)
    for kind in map(ReferrerKind, program_file()["authority"]["always_told"]):
        request = DisclosureRequest(
            family="LCS-0001-R",
            recipient=kind.value,
            recipient_kind=kind,
            purpose=telling.urgent_purpose,
            fields=(IN_WORDS,),
            concern="somebody at risk",
        )
        if not (decide(request, gate, day).permitted and acts_at_once(kind, request.family, gate).permitted):
            said = f"{kind.value} could not be told at once of a child in danger, which no rule may hold up"
            remedy = "name it in statutory and in urgent_to, and leave told.urgent_purpose as lcs has it"
            yield Problem("disclosure_rules.toml", "urgent_to", said, remedy)


def _reports(rules: Rules) -> Iterator[Problem]:
    """A report can hold what the program's own holds, and less: no name, no reason and no note."""
    file = "reports.toml"
    data, model = rules.file(file), packaged().file(file)
    yield from not_among(file, "request.agencies", data["request"]["agencies"], [*ReferrerKind], "a kind of referrer")
    yield from not_among(file, "agreement.agrees", data["agreement"]["agrees"], [*Role], "a role")
    yield from twice(file, "proceedings", [one["id"] for one in data["proceedings"]])
    laws = {one["law"] for one in model["proceedings"]}
    yield from not_among(file, "proceedings", [one["law"] for one in data["proceedings"]], laws, "private or public")
    records = data["contents"]["record"]
    classes = [one["class"] for one in records]
    yield from not_among(file, "contents.record", classes, [*ReportClass], "a class that a report can hold")
    yield from twice(file, "contents.record", classes)
    columns = {one["class"]: _columns(one) for one in model["contents"]["record"]}
    for number, one in enumerate(records, start=1):
        where, known = f"contents.record {number}", columns.get(one["class"], {})
        yield from not_among(file, where, _columns(one), known, "a column that a report can hold")
        yield from twice(file, where, [column["name"] for column in one.get("column", ())])
        for name, type_ in _columns(one).items():
            if known.get(name, type_) != type_:
                yield Problem(file, where, f"{name} has another type", f'write "{known[name]}"')
    yield from periods(file, "agreement.days", data["agreement"]["days"])


def _permissions(rules: Rules) -> Iterator[Problem]:
    file = "permissions.toml"
    data = rules.file(file)
    yield from not_among(file, "permission.grants", data["permission"]["grants"], [*Role], "a role")
    for where, values in dated(data):
        yield from periods(file, where, values)


def _columns(record: Mapping[str, Any]) -> dict[str, str]:
    return {column["name"]: column["type"] for column in record.get("column", ())}


TELLING_CHECKS: tuple[Callable[[Rules], Iterator[Problem]], ...] = (_gate, _consents, _reports, _permissions)
"""Each reads rule files of the right shape."""
