"""A DBS check as it is asked for or handed in as JSON: never anything that a certificate says (policy 4.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from lcs_cli.cli import forms
from lcs_cli.cli.context import Command
from lcs_cli.cli.forms import Field, Parse
from lcs_cli.errors import UsageError
from lcs_cli.records.staff import CheckDecision, CheckLevel, UpdateStatus
from lcs_cli.services import vetting

if TYPE_CHECKING:
    from lcs_cli.services.desk import Desk


def _number(_command: Command, _label: str, typed: str) -> str:
    return vetting.certificate_number(typed)


_SEEN_BY = Field("seen_by", "seen by", forms.text, "", "Seen by (login name or reference, Enter for you)")
_CERTIFICATE = (
    Field("level", "level", forms.choice(CheckLevel), "enhanced", f"Level ({', '.join(CheckLevel)})"),
    Field("barred_list", "barred list", forms.yes_no, question="Children's barred list checked (y/n)"),
    Field("issued_on", "issued on", forms.past_day),
    Field("certificate", "certificate", _number, question="Certificate number (nothing else of it)"),
    _SEEN_BY,
    Field("decision", "decision", forms.choice(CheckDecision), question=f"Decision ({', '.join(CheckDecision)})"),
)
_DECIDED = (
    Field("decided_on", "decided on", forms.past_day, "today", "Decided on"),
    Field("decided_by", "decided by", forms.text, "", "Decided by (login name or reference, Enter for you)"),
)
_STATUS = (
    Field("update_service", "update service", forms.choice(UpdateStatus)),
    Field("checked_on", "on", forms.past_day, "today", "Looked up on"),
    _SEEN_BY,
)


def handed_in(cmd: Command, desk: Desk, ref: str, source: str) -> dict[str, Any]:
    """The one JSON object of a check; what a certificate says is refused before anything else is looked at."""
    entries = cmd.read_json(source)
    for entry in entries:
        vetting.refuse_content(desk, ref, entry)
    if len(entries) != 1:
        raise UsageError("from: must be one object", "give one check at a time")
    return entries[0]


def certificate(cmd: Command, ref: str, entry: dict[str, Any] | None) -> vetting.CertificateDraft:
    """A certificate from JSON, or as asked for: who decided and when, only where somebody has."""
    if entry is None:
        values = cmd.asking(lambda: _asked(cmd, ref))
    else:
        undecided = [replace(field, default="") for field in _DECIDED]
        values = forms.read(cmd, (*_CERTIFICATE, *undecided), entry, {})
    return vetting.CertificateDraft(
        number=values["certificate"],
        level=values["level"],
        barred_list=values["barred_list"],
        issued_on=values["issued_on"],
        decision=values["decision"],
        decided_on=values.get("decided_on"),
        decided_by=values.get("decided_by"),
        seen_by=values["seen_by"],
    )


def _asked(cmd: Command, ref: str) -> dict[str, Any]:
    values = forms.fill(cmd, _checked(_CERTIFICATE, ref), {})
    if values["decision"] is CheckDecision.PENDING:
        return values
    return values | forms.fill(cmd, _decided(ref, values["issued_on"]), {})


def status(cmd: Command, ref: str, entry: dict[str, Any] | None, given: Mapping[str, str | None]) -> dict[str, Any]:
    """What the Update Service says, from JSON or as asked for."""
    return forms.fill(cmd, _checked(_STATUS, ref), given) if entry is None else forms.read(cmd, _STATUS, entry, given)


def _decided(ref: str, issued_on: date) -> list[Field]:
    """When it was decided, not before it was issued, and by whom, who may."""
    on, by = _checked(_DECIDED, ref)
    later = forms.judged(on.parse, lambda _, day: vetting.check_decided_on(day, issued_on))
    may = forms.judged(by.parse, lambda cmd, typed: vetting.check_decider(cmd.desk(), ref, typed))
    return [replace(on, parse=later), replace(by, parse=may)]


def _checked(fields: Sequence[Field], ref: str) -> list[Field]:
    """The fields as they are asked for: whoever is unknown, or concerned, and another's certificate, is asked again."""

    def parse(cmd: Command, label: str, typed: str) -> str:
        if cmd.can_ask:
            with forms.asked_again():
                vetting.check_somebody_else(cmd.desk(), ref, label, typed)
        return forms.text(cmd, label, typed)

    new = forms.judged(_number, lambda cmd, number: vetting.check_certificate(cmd.desk(), ref, number))
    parsed: dict[str, Parse] = {"seen_by": parse, "decided_by": parse, "certificate": new}
    return [replace(one, parse=parsed.get(one.key, one.parse)) for one in fields]
