"""Whether a set of rules can be published: everything that the program reads is there, and nobody is locked out.

The files that this package carries say which tables and keys the program reads, so that a file that is added to them is
checked without a word here; what the values may be is checked by building what the program builds of them.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

import tomli

from lcs_cli.policy.document import PolicyDocument
from lcs_cli.policy.problems import WORD, Problem, expected, is_optional
from lcs_cli.policy.rule_values import CHECKS, unreadable
from lcs_cli.policy.rules import Rules, packaged
from lcs_cli.policy.telling_values import unprotected


def problems(rules: Rules, document: PolicyDocument, own: Collection[str], day: date) -> list[Problem]:
    """Everything that stands in the way of publishing these rules with this text, on whatever day they take effect.

    ``own`` are the files that the service wrote itself: their phrases are to be found in its own text.
    """
    found = [problem for name in rules.contents for problem in _shape(rules, name)]
    if found:  # what has not the right shape cannot be read any further
        return found
    found = [problem for check in CHECKS for problem in check(rules)]
    found += _citations(rules, document, own)
    return found or list(unreadable(rules, day)) or list(unprotected(rules, day))


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
    except tomli.TOMLDecodeError as error:
        place = re.search(r"at [a-z0-9 ,]+\)$", str(error))  # the rest may repeat what stands there
        yield Problem(name, "", f"is not TOML ({place[0] if place else 'somewhere)'}", "mend that line")
    except RecursionError:
        yield Problem(name, "", "is nested too deeply", "give it the shape of the file that lcs carries")
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
            at = f"{where} {named if isinstance(named, str) and re.fullmatch(WORD, named) else number}"
            if isinstance(one, Mapping):
                yield from _unlike_table(file, at, model, one)
            else:
                yield Problem(file, at, "must be a table", "write it as the others")
    elif isinstance(model, list) and model and not all(_same_kind(model[0], one) for one in written):
        yield Problem(file, where, f"must be a list, each of them {_kind(model[0])}", "put each in quotes, or none")


def _unlike_table(
    file: str, where: str, models: list[Mapping[str, Any]], written: Mapping[str, Any]
) -> Iterator[Problem]:
    known, needed = expected(models)
    for key in sorted(needed - set(written)):
        yield Problem(file, _at(where, key), "is missing, and the program reads it", "give it, or leave the file away")
    for key, value in written.items():
        if key in known and not _is_free(known[key]):
            yield from _unlike(file, _at(where, key), known[key], value)
        elif key in known:
            yield from _words(file, _at(where, key), value)
        elif not is_optional(key):
            named = key if re.fullmatch(WORD, key.replace("_", "-")) else "a key"
            yield Problem(
                file, _at(where, named), "is nothing that this lcs reads", "check its spelling, or leave it out"
            )
        elif not isinstance(value, str):
            yield Problem(file, _at(where, key), "must be text", "put it in quotes")


def _is_free(model: Any) -> bool:
    """Whether a table is one of words by words, of which a service may give any: the program's own is empty."""
    return isinstance(model, Mapping) and not model


def _words(file: str, where: str, written: Any) -> Iterator[Problem]:
    if not isinstance(written, Mapping) or not all(isinstance(one, str) for one in written.values()):
        yield Problem(file, where, "must be a table of texts in quotes", "write it as the others")


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
