"""What a request needs to be taken, by who asks: asked for in turn, or read as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from lcs_cli.cli import forms
from lcs_cli.cli.context import LARGEST_JSON, Command
from lcs_cli.cli.forms import Field
from lcs_cli.errors import UsageError
from lcs_cli.records.request import AccessRequest, PauseReason, RequestKind
from lcs_cli.services import request_course, requests
from lcs_cli.vault import files

_RECEIVED = Field("received_on", "received", forms.past_day, "today", "Received on")
_KIND = Field("kind", "kind", forms.choice(RequestKind), question=f"Who asks ({', '.join(RequestKind)})")
_THROUGH = Field("through", "through", forms.text, "", "The authority's reference")
_PARENT = Field("parent", "parent", forms.text, "", "The parent's reference")
_ASKER = {
    RequestKind.YOUNG_PERSON: Field("asker", "who asks", forms.prose, None, "Who at the authority asks"),
    RequestKind.OWN: Field("asker", "who asks", forms.prose, "", "Somebody who asks for them (Enter if nobody)"),
    RequestKind.PARENT: Field("asker", "who asks", forms.prose, "", "Somebody who asks for them (Enter if nobody)"),
}
_EVIDENCE = {
    RequestKind.YOUNG_PERSON: Field("evidence", "evidence", forms.prose, None, "What the authority showed"),
    RequestKind.OWN: Field("evidence", "evidence", forms.prose, "", "What was shown (Enter if nothing)"),
    RequestKind.PARENT: Field("evidence", "evidence", forms.prose, None, "What shows parental responsibility"),
}


def entry(cmd: Command, person: str, source: str | None, given: Mapping[str, str | None]) -> dict[str, Any]:
    """What is said of a request; a refusal comes before anything is written about who asks."""
    if source is not None:
        return forms.entry(cmd, [_KIND, _RECEIVED, _THROUGH, _PARENT, *_words(RequestKind.OWN)], source, given)
    values = forms.fill(cmd, [_KIND, _RECEIVED], given)
    values |= {name: given[name] for name in ("through", "parent")}
    requests.check_about(cmd.desk(), person, values["kind"], values["received_on"])
    through = {RequestKind.YOUNG_PERSON: [_THROUGH], RequestKind.PARENT: [_PARENT]}.get(values["kind"], [])

    def taken(told: Mapping[str, Any]) -> None:
        requests.check_taken(cmd.desk(), person, draft({**values, **told}))

    def check(told: Mapping[str, Any]) -> None:
        if not any(told.values()):  # Enter: nobody can be named, and it ends with the refusal
            return
        taken(told)

    asks = any(given[field.key] is None for field in through)
    values |= forms.settled(cmd, lambda: forms.fill(cmd, through, given), check, asks=asks)
    taken({})
    return values | forms.fill(cmd, _words(values["kind"]), {})


def draft(values: Mapping[str, Any]) -> requests.RequestDraft:
    """What was said, as the use case takes it."""
    return requests.RequestDraft(
        values["kind"],
        values["received_on"],
        values["through"],
        values["parent"],
        values.get("asker"),
        values.get("evidence"),
    )


def withheld_because(cmd: Command, given: str | None) -> Field:
    """Why a thing is kept back: asked with the reasons of the rules, after what each of them means."""
    from lcs_cli.services import request_decisions

    reasons = request_decisions.withhold_reasons(cmd.desk()) if cmd.can_ask and given is None else {}
    for one in reasons.values():
        cmd.terminal.note(f"{one.id}: {one.text}{'' if one.tell else ' Who asks is not told that it is withheld.'}")
    return Field(
        "because",
        "because",
        lambda cmd, _, typed: request_decisions.withhold_reason(cmd.desk(), typed),
        question=f"Because ({', '.join(reasons)})",
    )


def course_day(ref: str) -> Field:
    """A day in a request's course: one before it was received is asked for again."""

    def check(cmd: Command, day: date) -> None:
        request_course.within(cmd.desk(), request_course.open_request(cmd.desk().db, ref), "day", day)

    return _day(check)


def paused_from(ref: str) -> list[Field]:
    """What is waited for, and since when."""

    def running(cmd: Command) -> AccessRequest:
        return request_course.running(cmd.desk().db, ref)

    reason = forms.judged(
        forms.choice(PauseReason), lambda cmd, why: request_course.check_pause_reason(running(cmd), why)
    )
    wait = Field("for", "for", reason, question=f"What is waited for ({', '.join(PauseReason)})")
    return [wait, _day(lambda cmd, day: request_course.pause_from(cmd.desk(), running(cmd), day))]


def resumed_on(ref: str) -> Field:
    """The day on which a pause ended."""
    return _day(lambda cmd, day: request_course.check_resumed(request_course.paused(cmd.desk().db, ref)[1], day))


def text(cmd: Command, source: str) -> str:
    """A text from a file, or from standard input."""
    try:
        if source == "-":
            return cmd.terminal.stdin.read(LARGEST_JSON)
        files.refuse_own(Path(source), cmd.folder, "redacted")
        return Path(source).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("redacted: is not UTF-8 text", "save it as UTF-8") from error
    except OSError as error:
        raise UsageError(f"redacted: cannot be read ({error.strerror})", "check the path") from error


def _day(check: Callable[[Command, date], object]) -> Field:
    return Field("on", "day", forms.judged(forms.past_day, check), "today")


def _words(kind: RequestKind) -> list[Field]:
    return [_ASKER[kind], _EVIDENCE[kind]]
