"""What the values in a service's own rule files may be: known words, whole periods, and nobody locked out."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lcs_cli.policy.authority import nobody_on_own_behalf, service_commands
from lcs_cli.policy.disclosure import GROUNDS, disclosure_rules
from lcs_cli.policy.governance import accepted_list, review_due_on
from lcs_cli.policy.program import keys_for, program_file
from lcs_cli.policy.requests import request_rules
from lcs_cli.policy.rules import Rules, packaged
from lcs_cli.policy.schedule import Clock, schedule_in_force
from lcs_cli.policy.vetting import BLOCK, WARN, vetting_rules
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.request import RequestKind
from lcs_cli.records.retention import RecordClass
from lcs_cli.records.staff import CheckLevel
from lcs_cli.records.user import KeyName, Role, UserKind

WORD = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_HOLDERS = frozenset({*Role, UserKind.SERVICE, UserKind.RECOVERY})


@dataclass(frozen=True)
class Problem:
    """One thing that stands in the way: the file, the rule or key in it, what is wrong, and what would mend it."""

    file: str
    where: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}, {self.where}: {self.problem}" if self.where else f"{self.file}: {self.problem}"


def _schedule(rules: Rules) -> Iterator[Problem]:
    file = "retention_schedule.toml"
    data, laid_down = rules.file(file), program_file()["schema"]
    kept = data["kept_indefinitely"]
    yield from _not_among(
        file, "kept_indefinitely.classes", kept["classes"], laid_down["keeps"], "a class that lcs keeps"
    )
    for name in sorted(set(laid_down["keeps"]) - set(kept["classes"])):
        said = f"lacks {name}, which is never deleted, whatever the rules say"
        yield Problem(file, "kept_indefinitely.classes", said, f'add "{name}"')
    points = kept["point_at_everybody"]
    yield from _not_among(file, "kept_indefinitely.point_at_everybody", points, [*RecordClass], "a class of records")
    for name in sorted(set(laid_down["points_at_everybody"]) - set(points)):
        said = f"lacks {name}: the schema keeps everybody whom such a record points at"
        yield Problem(file, "kept_indefinitely.point_at_everybody", said, f'add "{name}"')
    yield from _documents(file, data["documents"]["classes"], laid_down)
    yield from _not_among(file, "family_file.clock", [data["family_file"]["clock"]], [*Clock], "a clock")
    for where, dated in _dated(data):
        yield from _negative(file, where, dated)


def _documents(file: str, classes: Mapping[str, str], laid_down: Mapping[str, Any]) -> Iterator[Problem]:
    """Each kind of document has a class, and what the schema keeps for ever is of none that goes."""
    where = "documents.classes"
    yield from _not_among(file, where, classes.values(), laid_down["documents"], "a class of documents")
    for kind in laid_down["kept_documents"]:
        if classes[kind] not in laid_down["keeps"]:
            said = f"{kind} is never deleted, whatever the rules say"
            yield Problem(file, where, said, f"give it one of: {', '.join(laid_down['keeps'])}")


def _vetting(rules: Rules) -> Iterator[Problem]:
    file = "vetting.toml"
    data = rules.file(file)
    yield from _not_among(file, "enhanced_check.levels", data["enhanced_check"]["levels"], [*CheckLevel], "a level")
    overdue = data["renewal"]["overdue"]
    said = [one["value"] for one in overdue]
    yield from _not_among(file, "renewal.overdue", said, (WARN, BLOCK), "what an overdue check does")
    for where, dated in _dated(data):
        yield from _begins(file, where, dated) if dated is overdue else _negative(file, where, dated)


def _requests(rules: Rules) -> Iterator[Problem]:
    """Who may ask and what is found are the program's words; why something is withheld, the service's own."""
    file = "requests.toml"
    data, model = rules.file(file), packaged().file(file)
    yield from _each_once(file, "kind", [one["id"] for one in data["kind"]], [*RequestKind], "a kind of request")
    classes = [one["id"] for one in model["class"]]
    yield from _each_once(file, "class", [one["id"] for one in data["class"]], classes, "a class of what is found")
    reasons = [one["id"] for one in data["withhold"]]
    for table in ("withhold", "close"):
        yield from _twice(file, table, [one["id"] for one in data[table]])
    for one in data["kind"]:
        where = f"kind {one['id']}"
        yield from _not_among(file, f"{where}.through", one.get("through", ()), [*ReferrerKind], "a kind of referrer")
        yield from _not_among(file, f"{where}.withheld", one["withheld"], classes, "a class of what is found")
        yield from _not_among(file, f"{where}.withheld", one["withheld"].values(), reasons, "a reason of this file")
    named = data["found"]["named_referrers"]
    yield from _not_among(file, "found.named_referrers", named, [*ReferrerKind], "a kind of referrer")
    for key in ("months", "extension_months", "soon_days"):
        if data["due"][key] < 0:
            yield Problem(file, f"due.{key}", "a period is less than nothing", "give a number from 0 on")


def _gate(rules: Rules) -> Iterator[Problem]:
    file = "disclosure_rules.toml"
    data, model = rules.file(file), packaged().file(file)
    yield from _not_among(file, "statutory", data["statutory"], [*ReferrerKind], "a kind of referrer")
    yield from _each_once(file, "ground", [one["id"] for one in data["ground"]], GROUNDS, "a ground")
    columns = [one["name"] for one in model["attendance"]["column"]]
    named = [one["name"] for one in data["attendance"]["column"]]
    yield from _not_among(file, "attendance.column", named, columns, "a column that can be told")
    if len(named) != len(set(named)):
        yield Problem(file, "attendance.column", "a column stands twice", "leave one of them away")
    types = {one["name"]: one["type"] for one in model["attendance"]["column"]}
    for one in data["attendance"]["column"]:
        if one["name"] in types and one["type"] != types[one["name"]]:
            yield Problem(file, f"attendance.column {one['name']}", "has another type", f'write "{types[one["name"]]}"')
    yield from _not_among(
        file, "details.names", data["details"]["names"], model["details"]["names"], "a detail on record"
    )
    if set(data["attendance"]["purposes"]) & set(data["proceedings"]["words"]):
        said = "a purpose is also a word for proceedings, for which nothing is prepared without being asked for"
        yield Problem(file, "attendance.purposes", said, "leave it out of one of the two")


def _authority(rules: Rules) -> Iterator[Problem]:
    file = "authority.toml"
    data = rules.file(file)
    actions = _actions(packaged().file(file))
    for number, grant in enumerate(data["grant"], start=1):
        yield from _not_among(file, f"grant {number}.to", grant["to"], _HOLDERS, "a role")
        yield from _not_among(file, f"grant {number}.actions", grant["actions"], actions, "a command of lcs")
    for table in ("services", "unexplained"):
        yield from _not_among(file, f"{table}.actions", data[table]["actions"], actions, "a command of lcs")


def _lockout(rules: Rules) -> Iterator[Problem]:
    """Nobody can be kept from protecting a child, and somebody can always mend the rules and let people in."""
    file, laid_down = "authority.toml", program_file()["authority"]
    data = rules.file(file)
    for action in laid_down["never_waits"]:
        without = [role.value for role in Role if role not in _granted(data, action)]
        if without:
            said = f"{action} is not granted to {', '.join(without)}, and protecting a child waits for no role"
            yield Problem(file, "grant", said, "grant it to every role")
    for action in laid_down["never_lost"]:
        takes = [KeyName(key) for key, actions in laid_down["takes"].items() if action in actions]
        able = [role for role in Role if set(takes) <= keys_for(UserKind.PERSON, [role])]
        if not set(able) & _granted(data, action):
            said = f"nobody may run {action} any more: everybody would be locked out"
            yield Problem(file, "grant", said, f"grant it to one of: {', '.join(able)}")
    for action in sorted(set(laid_down["goes_on_unexplained"]) - set(data["unexplained"]["actions"])):
        said = f"lacks {action}: a trail that was exchanged could not be looked into"
        yield Problem(file, "unexplained.actions", said, "add it")


def _granted(data: Mapping[str, Any], action: str) -> set[str]:
    return {role for grant in data["grant"] if action in grant["actions"] for role in grant["to"]}


def _actions(data: Mapping[str, Any]) -> set[str]:
    return {action for grant in data["grant"] for action in grant["actions"]}


def _dated(data: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    for name, table in data.items():
        for key, value in table.items():
            if isinstance(value, list) and value and isinstance(value[0], Mapping):
                yield f"{name}.{key}", value


def _negative(file: str, where: str, dated: list[Mapping[str, Any]]) -> Iterator[Problem]:
    if any(value["value"] < 0 for value in dated):
        yield Problem(file, where, "a period is less than nothing", "give a number from 0 on")
    yield from _begins(file, where, dated)


def _begins(file: str, where: str, dated: Iterable[Mapping[str, Any]]) -> Iterator[Problem]:
    begins = [value["from"] for value in dated]
    if len(begins) != len(set(begins)):
        yield Problem(file, where, "two values begin on the same day", "keep one of them")


def _not_among(file: str, where: str, named: Iterable[str], known: Collection[str], what: str) -> Iterator[Problem]:
    for name in named:
        if name not in {str(one) for one in known}:
            shown = name if isinstance(name, str) and WORD.fullmatch(name) else "one of them"
            yield Problem(file, where, f"{shown} is not {what}", f"one of: {', '.join(sorted(map(str, known)))}")


def _each_once(file: str, where: str, named: list[str], known: Collection[str], what: str) -> Iterator[Problem]:
    yield from _not_among(file, where, named, known, what)
    for name in sorted(known):
        if named.count(name) != 1:
            remedy = "give each once; grounds in the order to be tried" if where == "ground" else "give each once"
            yield Problem(file, where, f"{name} must stand there once", remedy)


def _twice(file: str, where: str, named: list[str]) -> Iterator[Problem]:
    if len(named) != len(set(named)):
        yield Problem(file, where, "one id stands twice", "leave one of them away")


def unreadable(rules: Rules, day: date) -> Iterator[Problem]:
    """What the program makes of each file, made once, for every day on which a value begins."""
    begins = {value["from"] for _, dated in _dated(rules.file("retention_schedule.toml")) for value in dated}
    makers: tuple[tuple[str, Callable[[], object]], ...] = (
        ("retention_schedule.toml", lambda: [schedule_in_force(rules, on) for on in {day, *begins}]),
        ("disclosure_rules.toml", lambda: disclosure_rules(rules)),
        ("requests.toml", lambda: request_rules(rules)),
        ("vetting.toml", lambda: vetting_rules(rules)),
        ("governance.toml", lambda: (review_due_on(rules, day, day), accepted_list(rules))),
        ("authority.toml", lambda: (nobody_on_own_behalf(rules), service_commands(rules))),
    )
    for file, make in makers:
        try:
            make()
        except (KeyError, ValueError, TypeError, AttributeError):
            yield Problem(file, "", "cannot be read by this lcs", "see how it is written: lcs policy show --rules-into")


CHECKS: tuple[Callable[[Rules], Iterator[Problem]], ...] = (
    _schedule,
    _gate,
    _vetting,
    _requests,
    _authority,
    _lockout,
)
"""Each reads rule files of the right shape."""
