"""Whether a set of rules can be published: everything that the program reads is there, and nobody is locked out.

The files that this package carries say which tables and keys the program reads, so that a file that is added to them is
checked without a word here; what the values may be is checked by building what the program builds of them.
"""

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lcs_cli.policy.authority import nobody_on_own_behalf, service_commands
from lcs_cli.policy.disclosure import GROUNDS, disclosure_rules
from lcs_cli.policy.document import PolicyDocument
from lcs_cli.policy.governance import accepted_list, review_due_on
from lcs_cli.policy.program import keys_for, program_file
from lcs_cli.policy.rules import Rules, packaged
from lcs_cli.policy.schedule import Clock, schedule_in_force
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.retention import RecordClass
from lcs_cli.records.user import KeyName, Role, UserKind

_WORD = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_HOLDERS = frozenset({*Role, UserKind.SERVICE, UserKind.RECOVERY})
_OPTIONAL = frozenset({"about"})


@dataclass(frozen=True)
class Problem:
    """One thing that stands in the way: the file, the rule or key in it, what is wrong, and what would mend it."""

    file: str
    where: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}, {self.where}: {self.problem}" if self.where else f"{self.file}: {self.problem}"


def problems(rules: Rules, document: PolicyDocument, own: Collection[str], day: date) -> list[Problem]:
    """Everything that stands in the way of publishing these rules with this text, on whatever day they take effect.

    ``own`` are the files that the service wrote itself: their phrases are to be found in its own text.
    """
    found = [problem for name in rules.contents for problem in _shape(rules, name)]
    if found:  # what has not the right shape cannot be read any further
        return found
    found = [problem for check in (_schedule, _gate, _authority, _lockout) for problem in check(rules)]
    found += _citations(rules, document, own)
    return found or list(_unreadable(rules, day))


def unquotable(rules: Rules, document: PolicyDocument, own: Collection[str]) -> list[str]:
    """The places whose phrase the text lacks, in files that came with the program: they quote the whole clause."""
    return [
        f"{one.file}, {one.where}: clause {one.clause} does not say “{one.about}”: a refusal quotes the whole clause"
        for one in rules.citations()
        if one.file not in own and one.clause in document.clauses and not _quotable(document, one.clause, one.about)
    ]


# --- The shape: what the program's own files have ---------------------------------------------------------------------


def _shape(rules: Rules, name: str) -> Iterator[Problem]:
    try:
        written = rules.file(name)
    except UnicodeDecodeError:
        yield Problem(name, "", "is not UTF-8 text", "save it as UTF-8")
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at [a-z0-9 ,]+\)$", str(error))  # the rest may repeat what stands there
        yield Problem(name, "", f"is not TOML ({place[0] if place else 'somewhere)'}", "mend that line")
    else:
        if name in packaged().contents:
            yield from _unlike(name, "", packaged().file(name), written)


def _unlike(file: str, where: str, model: Any, written: Any) -> Iterator[Problem]:
    """How a value differs in shape from what the program carries in its place."""
    if not _same_kind(model, written):
        yield Problem(
            file, where, f"must be {_kind(model)}", "see how it is written: lcs policy show --rules-into FOLDER"
        )
    elif isinstance(model, Mapping):
        yield from _unlike_table(file, where, [model], written)
    elif isinstance(model, list) and model and isinstance(model[0], Mapping):
        for number, one in enumerate(written, start=1):
            named = one.get("id") or one.get("name") if isinstance(one, Mapping) else None
            at = f"{where} {named if isinstance(named, str) and _WORD.fullmatch(named) else number}"
            if isinstance(one, Mapping):
                yield from _unlike_table(file, at, model, one)
            else:
                yield Problem(file, at, "must be a table", "write it as the others")
    elif isinstance(model, list) and model and not all(_same_kind(model[0], one) for one in written):
        yield Problem(file, where, f"must be a list, each of them {_kind(model[0])}", "put each in quotes, or none")


def _unlike_table(
    file: str, where: str, models: list[Mapping[str, Any]], written: Mapping[str, Any]
) -> Iterator[Problem]:
    known = {key: model[key] for model in models for key in model}
    needed = set(known).intersection(*(set(model) for model in models)) - _OPTIONAL
    for key in sorted(needed - set(written)):
        yield Problem(file, _at(where, key), "is missing, and the program reads it", "give it, or leave the file away")
    for key, value in written.items():
        if key in known:
            yield from _unlike(file, _at(where, key), known[key], value)
        elif key not in _OPTIONAL:
            named = key if _WORD.fullmatch(key.replace("_", "-")) else "a key"
            yield Problem(
                file, _at(where, named), "is nothing that this lcs reads", "check its spelling, or leave it out"
            )
        elif not isinstance(value, str):
            yield Problem(file, _at(where, key), "must be text", "put it in quotes")


def _at(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _same_kind(model: Any, written: Any) -> bool:
    if isinstance(model, bool) or isinstance(written, bool):
        return isinstance(model, bool) and isinstance(written, bool)
    if isinstance(model, date):  # a moment would compare with no day
        return type(written) is type(model)
    kinds: tuple[type, ...] = (Mapping, list, str, int)
    return any(isinstance(model, kind) and isinstance(written, kind) for kind in kinds)


def _kind(model: Any) -> str:
    words = {bool: "true or false", int: "a whole number", str: "text in quotes", list: "a list", date: "a day"}
    return next((word for kind, word in words.items() if isinstance(model, kind)), "a table")


# --- The values: what the program builds of them ----------------------------------------------------------------------


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
    yield from _not_among(file, "family_file.clock", [data["family_file"]["clock"]], [*Clock], "a clock")
    for where, dated in _dated(data):
        yield from _negative(file, where, dated)


def _gate(rules: Rules) -> Iterator[Problem]:
    file = "disclosure_rules.toml"
    data, model = rules.file(file), packaged().file(file)
    yield from _not_among(file, "statutory", data["statutory"], [*ReferrerKind], "a kind of referrer")
    yield from _each_once(file, "ground", [one["id"] for one in data["ground"]], GROUNDS)
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


def _negative(file: str, where: str, dated: Iterable[Mapping[str, Any]]) -> Iterator[Problem]:
    begins = [value["from"] for value in dated]
    if any(value["value"] < 0 for value in dated):
        yield Problem(file, where, "a period is less than nothing", "give a number from 0 on")
    if len(begins) != len(set(begins)):
        yield Problem(file, where, "two values begin on the same day", "keep one of them")


def _not_among(file: str, where: str, named: Iterable[str], known: Collection[str], what: str) -> Iterator[Problem]:
    for name in named:
        if name not in {str(one) for one in known}:
            shown = name if isinstance(name, str) and _WORD.fullmatch(name) else "one of them"
            yield Problem(file, where, f"{shown} is not {what}", f"one of: {', '.join(sorted(map(str, known)))}")


def _each_once(file: str, where: str, named: list[str], known: Collection[str]) -> Iterator[Problem]:
    yield from _not_among(file, where, named, known, "a ground")
    for name in sorted(known):
        if named.count(name) != 1:
            yield Problem(
                file, where, f"{name} must stand there once", "give each ground once, in the order to be tried"
            )


def _unreadable(rules: Rules, day: date) -> Iterator[Problem]:
    """What the program makes of each file, made once, for every day on which a value begins."""
    begins = {value["from"] for _, dated in _dated(rules.file("retention_schedule.toml")) for value in dated}
    makers: tuple[tuple[str, Callable[[], object]], ...] = (
        ("retention_schedule.toml", lambda: [schedule_in_force(rules, on) for on in {day, *begins}]),
        ("disclosure_rules.toml", lambda: disclosure_rules(rules)),
        ("governance.toml", lambda: (review_due_on(rules, day, day), accepted_list(rules))),
        ("authority.toml", lambda: (nobody_on_own_behalf(rules), service_commands(rules))),
    )
    for file, make in makers:
        try:
            make()
        except (KeyError, ValueError, TypeError, AttributeError):
            yield Problem(file, "", "cannot be read by this lcs", "see how it is written: lcs policy show --rules-into")


# --- The text: what the rules rest on ---------------------------------------------------------------------------------


def _citations(rules: Rules, document: PolicyDocument, own: Collection[str]) -> Iterator[Problem]:
    for one in rules.citations():
        if one.clause not in document.clauses:
            said = f"rests on clause {one.clause}, which the text does not have"
            yield Problem(one.file, one.where, said, f"its clauses: {', '.join(document.clauses)}")
        elif one.file in own and not _quotable(document, one.clause, one.about):
            said = f"clause {one.clause} does not say what “about” names, so no sentence could be quoted"
            yield Problem(one.file, one.where, said, "name a phrase of that clause's sentence, or leave about away")


def _quotable(document: PolicyDocument, clause: str, about: str) -> bool:
    return not about or about.casefold() in document.quote(clause, about).casefold()
