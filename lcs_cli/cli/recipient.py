"""Whose attendance is told to whom, and what for: asked for where there is somebody to ask."""

from collections.abc import Callable
from typing import Any

from lcs_cli.cli import forms
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field, OneOf, Parse
from lcs_cli.policy import disclosure
from lcs_cli.records.references import Kind, reference
from lcs_cli.services import lookup

_QUESTIONS = {"family": "Family (its reference)", "to": "Who is told (the referrer's reference)"}


def asked(cmd: Command, action: str, **given: str | None) -> dict[str, str | None]:
    """The options ``family``, ``to`` and ``purpose`` that are given, and answers in the place of those that are not.

    Where there is nobody to ask they are as they are.
    """
    if not cmd.can_ask or all(given.values()):
        return given
    cmd.known(action, Kind.REFERRER, lookup.referrer, given["to"])
    purposes = tuple(sorted(disclosure.disclosure_rules(cmd.desk().rules).purposes))
    parse: dict[str, Parse] = {
        "family": _there(Kind.FAMILY, lookup.family),
        "to": _there(Kind.REFERRER, lookup.referrer),
        "purpose": OneOf(purposes),
    }
    fields = [Field(key, key, parse[key], question=_QUESTIONS.get(key, "")) for key in given if not given[key]]
    return given | cmd.asking(lambda: forms.fill(cmd, fields, {}))


def _there(kind: Kind, find: Callable[..., Any]) -> Parse:
    """The reference of a record that is there."""

    def parse(cmd: Command, _label: str, typed: str) -> str:
        with cmd.judging() as desk:
            return reference(kind, find(desk.db, typed).number)

    return parse
