"""What the values in a service's own rule files may be: known words, whole periods, and nobody locked out."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from lcs_cli.policy.authority import nobody_on_own_behalf, service_commands
from lcs_cli.policy.cap import cap
from lcs_cli.policy.clock import clock_rules
from lcs_cli.policy.consent import consent_rules
from lcs_cli.policy.disclosure import disclosure_rules
from lcs_cli.policy.governance import accepted_list, review_due_on
from lcs_cli.policy.handover import handover_rules
from lcs_cli.policy.permissions import permission_rules
from lcs_cli.policy.problems import Problem, begins, dated, each_once, not_among, period, periods, twice
from lcs_cli.policy.program import keys_for, program_file
from lcs_cli.policy.reports import report_rules
from lcs_cli.policy.requests import request_rules
from lcs_cli.policy.rules import Rules, packaged
from lcs_cli.policy.schedule import Clock, schedule_in_force
from lcs_cli.policy.telling import telling_rules
from lcs_cli.policy.telling_values import TELLING_CHECKS
from lcs_cli.policy.vetting import BLOCK, WARN, vetting_rules
from lcs_cli.policy.word_scan import word_list
from lcs_cli.policy.word_scan_values import word_problems
from lcs_cli.records.family import PersonKind
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.request import RequestKind
from lcs_cli.records.retention import RecordClass
from lcs_cli.records.staff import CheckLevel
from lcs_cli.records.user import KeyName, Role, UserKind

_HOLDERS = frozenset({*Role, UserKind.SERVICE, UserKind.RECOVERY})


def _schedule(rules: Rules) -> Iterator[Problem]:
    file = "retention_schedule.toml"
    data, laid_down = rules.file(file), program_file()["schema"]
    kept = data["kept_indefinitely"]
    yield from not_among(
        file, "kept_indefinitely.classes", kept["classes"], laid_down["keeps"], "a class that lcs keeps"
    )
    for name in sorted(set(laid_down["keeps"]) - set(kept["classes"])):
        said = f"lacks {name}, which is never deleted, whatever the rules say"
        yield Problem(file, "kept_indefinitely.classes", said, f'add "{name}"')
    points = kept["point_at_everybody"]
    yield from not_among(file, "kept_indefinitely.point_at_everybody", points, [*RecordClass], "a class of records")
    for name in sorted(set(laid_down["points_at_everybody"]) - set(points)):
        said = f"lacks {name}: the schema keeps everybody whom such a record points at"
        yield Problem(file, "kept_indefinitely.point_at_everybody", said, f'add "{name}"')
    yield from _documents(file, data["documents"]["classes"], laid_down)
    yield from not_among(file, "family_file.clock", [data["family_file"]["clock"]], [*Clock], "a clock")
    for where, values in dated(data):
        yield from periods(file, where, values)


def _documents(file: str, classes: Mapping[str, str], laid_down: Mapping[str, Any]) -> Iterator[Problem]:
    """Each kind of document has a class, and what the schema keeps for ever is of none that goes."""
    where = "documents.classes"
    yield from not_among(file, where, classes.values(), laid_down["documents"], "a class of documents")
    for kind in laid_down["kept_documents"]:
        if classes[kind] not in laid_down["keeps"]:
            said = f"{kind} is never deleted, whatever the rules say"
            yield Problem(file, where, said, f"give it one of: {', '.join(laid_down['keeps'])}")


def _vetting(rules: Rules) -> Iterator[Problem]:
    file = "vetting.toml"
    data = rules.file(file)
    yield from not_among(file, "enhanced_check.levels", data["enhanced_check"]["levels"], [*CheckLevel], "a level")
    overdue = data["renewal"]["overdue"]
    said = [one["value"] for one in overdue]
    yield from not_among(file, "renewal.overdue", said, (WARN, BLOCK), "what an overdue check does")
    for where, values in dated(data):
        yield from begins(file, where, values) if values is overdue else periods(file, where, values)


def _requests(rules: Rules) -> Iterator[Problem]:
    """Who may ask and what is found are the program's words; why something is withheld, the service's own."""
    file = "requests.toml"
    data, model = rules.file(file), packaged().file(file)
    yield from each_once(file, "kind", [one["id"] for one in data["kind"]], [*RequestKind], "a kind of request")
    classes = [one["id"] for one in model["class"]]
    yield from each_once(file, "class", [one["id"] for one in data["class"]], classes, "a class of what is found")
    reasons = [one["id"] for one in data["withhold"]]
    for table in ("withhold", "close"):
        yield from twice(file, table, [one["id"] for one in data[table]])
    for number, one in enumerate(data["kind"], start=1):
        where = f"kind {number}"
        yield from period(file, f"{where}.up_to_years", one.get("up_to_years", 0))
        yield from not_among(file, f"{where}.through", one.get("through", ()), [*ReferrerKind], "a kind of referrer")
        yield from not_among(file, f"{where}.named_to", one["named_to"], [*PersonKind], "a child or an adult")
        yield from not_among(file, f"{where}.withheld", one["withheld"], classes, "a class of what is found")
        yield from not_among(file, f"{where}.withheld", one["withheld"].values(), reasons, "a reason of this file")
    named = data["found"]["named_referrers"]
    yield from not_among(file, "found.named_referrers", named, [*ReferrerKind], "a kind of referrer")
    for key in ("months", "extension_months", "soon_days", "paused_days"):
        yield from period(file, f"due.{key}", data["due"][key])


def _handover(rules: Rules) -> Iterator[Problem]:
    """A handover can hold what the program's own holds, and less."""
    file = "handover.toml"
    data, model = rules.file(file), packaged().file(file)
    for table, key in (("recipient", "kinds"), ("contents", "named_referrers")):
        yield from not_among(file, f"{table}.{key}", data[table][key], [*ReferrerKind], "a kind of referrer")
    known = {one["id"]: [column["name"] for column in one["column"]] for one in model["contents"]["record"]}
    records = data["contents"]["record"]
    sections = [one["id"] for one in records]
    yield from not_among(file, "contents.record", sections, known, "a part of a handover")
    yield from twice(file, "contents.record", sections)
    for number, one in enumerate(records, start=1):
        named = [column["name"] for column in one["column"]]
        where = f"contents.record {number}"
        yield from not_among(file, where, named, known.get(one["id"], named), "a column that a handover can hold")
        yield from twice(file, where, named)
    yield from periods(file, "agreement.days", data["agreement"]["days"])


def _authority(rules: Rules) -> Iterator[Problem]:
    file = "authority.toml"
    data = rules.file(file)
    actions = _actions(packaged().file(file))
    for number, grant in enumerate(data["grant"], start=1):
        yield from not_among(file, f"grant {number}.to", grant["to"], _HOLDERS, "a role")
        yield from not_among(file, f"grant {number}.actions", grant["actions"], actions, "a command of lcs")
    for table in ("services", "unexplained"):
        yield from not_among(file, f"{table}.actions", data[table]["actions"], actions, "a command of lcs")


def _governance(rules: Rules) -> Iterator[Problem]:
    file = "governance.toml"
    yield from periods(file, "yearly_review.years", rules.file(file)["yearly_review"]["years"])


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


def unreadable(rules: Rules, day: date) -> Iterator[Problem]:
    """What the program makes of each file, made once, for every day on which a value begins."""
    first = {value["from"] for _, values in dated(rules.file("retention_schedule.toml")) for value in values}
    makers: tuple[tuple[str, Callable[[], object]], ...] = (
        ("retention_schedule.toml", lambda: [schedule_in_force(rules, on) for on in {day, *first}]),
        ("retention_schedule.toml", lambda: (clock_rules(rules, day), cap(rules, day, 0))),
        ("disclosure_rules.toml", lambda: (disclosure_rules(rules), consent_rules(rules), telling_rules(rules))),
        ("permissions.toml", lambda: permission_rules(rules, day)),
        ("reports.toml", lambda: report_rules(rules, day)),
        ("requests.toml", lambda: request_rules(rules)),
        ("handover.toml", lambda: handover_rules(rules, day)),
        ("vetting.toml", lambda: vetting_rules(rules)),
        ("word_scan.toml", lambda: word_list(rules, day)),
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
    *TELLING_CHECKS,
    _vetting,
    _requests,
    word_problems,
    _handover,
    _authority,
    _governance,
    _lockout,
)
"""Each reads rule files of the right shape."""
