"""The sweep's log for machines: a JSON object a line on standard error, from the first line to the exit code."""

import json
from pathlib import Path
from typing import Any

import pytest

from lcs_cli.records.retention import HoldKind
from lcs_cli.services import retention
from tests.cli.typed import Ran, Typist, at, lcs
from tests.conftest import OpenDesk
from tests.services import stories
from tests.services.stories import CLOSED, SWEPT

LOG = ("retention", "sweep", "--log-json")


def events(ran: Ran) -> list[dict[str, Any]]:
    """The events, without what stands on each line."""
    found = [json.loads(line) for line in ran.err.splitlines()]
    for one in found:
        assert one.pop("schema") == "lcs.log/1"
        assert one.pop("at").endswith("T09:00:00Z")
    return found


@pytest.fixture
def ready(desk_of: OpenDesk, vault: Path) -> Typist:
    """Two families whose disposal was approved, of which the police want one; and a third that is due."""
    first, second, _third = (stories.closed_family(desk_of("amina", CLOSED)).ref for _ in range(3))
    stories.approved(desk_of, first, second)
    retention.hold(desk_of("amina", SWEPT), second, HoldKind.POLICE, "Gwen Llwyd", None)
    return Typist(env=at(vault), day=SWEPT)


def test_a_run_is_told_event_by_event(ready: Typist) -> None:
    """What went with its certificate, what went back, what waits, how it ended; references and counts alone."""
    ran = lcs(ready, *LOG)
    start, disposed, back, waits, end = events(ran)
    assert (ran.code, ran.out) == (3, "")
    assert start["event"] == "start"
    assert (disposed["event"], disposed["family"], disposed["certificate"]) == ("disposed", "LCS-0001-R", "RC-000001-R")
    assert disposed["went"]["episode"] == 1
    assert back == {"event": "sent_back", "family": "LCS-0002-W"}
    assert waits == {
        "event": "waits",
        "cooling": 0,
        "to_review": 1,
        "to_approve": 0,
        "paper_to_destroy": 0,
        "beyond": 0,
    }
    assert end == {"event": "end", "exit_code": 3}
    assert "Llwyd" not in ran.err


def test_with_it_standard_output_is_still_for_data(ready: Typist) -> None:
    """One document, where one was asked for."""
    ran = lcs(ready, *LOG, "--json")
    assert [one["family"] for one in json.loads(ran.out)["disposed"]] == ["LCS-0001-R"]
    assert events(ran)[-1] == {"event": "end", "exit_code": 3}


@pytest.mark.parametrize(
    ("argv", "code", "message"),
    [
        ((*LOG, "--key-file", "none.key"), 12, "key file: cannot be read"),
        ((*LOG, "--vault", "/nowhere"), 10, "there is no vault in /nowhere"),
        ((*LOG, "--limit", "0"), 2, "--limit: must be a number from 1 to 10000"),
        ((*LOG, "--quiet"), 2, "quiet, log json: a log says everything"),
        (("retetnion", "sweep", "--log-json"), 2, "No such command"),
    ],
)
def test_what_ends_it_before_the_vault_is_open_is_in_the_log(
    vault: Path, argv: tuple[str, ...], code: int, message: str
) -> None:
    """Whoever reads the log by a program sees it too, and never a line that is no JSON."""
    ran = lcs(Typist(env=at(vault), asks=False), *argv)
    start, error, end = events(ran)
    assert (ran.code, ran.out, start["event"], end["exit_code"]) == (code, "", "start", code)
    assert (error["event"], error["exit_code"]) == ("error", code)
    assert error["message"].startswith(message)
    assert error["hint"]


def test_a_refusal_names_its_clause_and_rule(ready: Typist, desk_of: OpenDesk) -> None:
    """And what is said beside it, such as that the trail cannot be noted, is an event as well."""
    stories.stopped(desk_of("amina", SWEPT))
    ready.env = {**ready.env, "LCS_STATE": "/proc/none"}
    _, *notes, error, end = events(lcs(ready, *LOG))
    assert (error["clause"], error["rule"], error["exit_code"]) == ("4.6", "stop", 4)
    assert end["exit_code"] == 4
    assert {one["event"] for one in notes} <= {"note"}


def test_the_next_command_of_a_shell_speaks_as_before(ready: Typist) -> None:
    """The log is one command's."""
    lcs(ready, *LOG)
    assert lcs(ready, "retention", "sweep").err == "1 file to review: lcs retention review\n"


def test_quiet_is_silent_where_nobody_has_to_act(desk_of: OpenDesk, vault: Path) -> None:
    """Also where something was disposed of: cron mails only what is for somebody."""
    stories.approved(desk_of, stories.closed_family(desk_of("amina", CLOSED)).ref)
    ran = lcs(Typist(env=at(vault), day=SWEPT), "retention", "sweep", "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert len(json.loads(lcs(Typist(env=at(vault), day=SWEPT), "retention", "certificate", "--json").out)) > 0
