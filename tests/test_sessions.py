"""Every `console` block of the sessions, the README and the docs is typed and compared; no command is without one."""

import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

import pytest

from lcs_cli.cli.app import commands
from lcs_cli.cli.shell import PROMPT
from lcs_cli.policy.rules import packaged
from lcs_cli.records.user import Role
from tests.console import Session, Typed, matches, typed_in

ROOT = Path(__file__).parent.parent
FILES = sorted(
    path
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests" / "sessions").glob("*.md")]
    if "```console" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_session_reads_as_it_is_written(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever types what a page shows sees what the page shows."""
    monkeypatch.chdir(tmp_path)
    problems = [
        f"{path.relative_to(ROOT)}:{typed.line}: $ {typed.command}\n--- expected\n"
        + "\n".join(typed.expected)
        + "\n--- seen\n"
        + "\n".join(seen)
        for typed, seen in Session(tmp_path).run(path)
    ]
    assert not problems, "\n\n".join(problems)


def test_the_runner_notices_a_wrong_word() -> None:
    """The comparison can fail: on another word, a missing line, and a line too many."""
    assert matches(["one … three", "…", "end"], ["one two three", "x", "y", "end"])
    assert matches(["a", "…"], ["a", "b", "c"])
    assert not matches(["one … four"], ["one two three"])
    assert not matches(["one"], [])
    assert not matches(["one"], ["one", "two"])


COMMANDS = sorted(" ".join(words) for words, _ in commands())
TURNS_NOBODY_AWAY = frozenset({"lock"})  # it takes no argument, asks for nothing, and locking twice is no mistake
_BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)


def ends(expected: list[str]) -> set[str]:
    """What a person meets: "refused" by the policy, an "error", "done"; where an answer is asked for again, two."""
    lines = [line for line in expected if line.strip()]
    code = lines.pop() if lines and re.fullmatch(r"\d{1,3}", lines[-1]) else ""
    if any(line.startswith("refused (policy ") for line in lines):
        return {"refused"}
    seen = {"error"} if any(line.startswith("error: ") for line in lines) else set()
    last = next((line for line in reversed(lines) if not line.startswith("hint: ")), "")
    stopped = code not in ("", "0", "3") or last.startswith(("error: ", "stopped: "))
    return seen if stopped else seen | {"done"}


def command_of(line: str) -> str:
    """The command of a typed line by its words, such as `staff add`; empty where it asks for help or is no command."""
    words = re.sub(r"^.*\| lcs |^lcs ", "", line.partition("; echo $?")[0]).split()
    while words and words[0] in ("--vault", "--user", "--key-file"):
        words = words[2:]
    found = [one for one in COMMANDS if words[: len(one.split())] == one.split()]
    return max(found, key=len) if found and "--help" not in words else ""


def met(page: str) -> Iterator[tuple[str, str]]:
    """Each command that a page types, in a shell too, with what it meets."""
    for body in _BLOCK.findall(page):
        for one in typed_in(body.splitlines()):
            in_shell = typed_in(one.expected, prompt=PROMPT) if command_of(one.command) == "shell" else []
            outer = Typed(one.line, one.command, []) if in_shell else one
            for each in (outer, *in_shell):
                if command := command_of(each.command):
                    yield from ((command, end) for end in ends(each.expected))


@cache
def shown() -> frozenset[tuple[str, str]]:
    """What all pages show: which commands, and what they meet."""
    return frozenset(pair for path in FILES for pair in met(path.read_text(encoding="utf-8")))


def open_to_all_roles(command: str) -> bool:
    """Whether the policy refuses the command to none of those who work here: then bad input is what it turns away."""
    action = command.replace(" ", ".")
    granted = {
        role
        for grant in packaged().file("authority.toml")["grant"]
        if action in grant["actions"]
        for role in grant["to"]
    }
    return not granted or granted >= set(Role)


def missing(command: str, seen: Collection[str]) -> list[str]:
    """What no page shows of a command yet."""
    turned_away = {"refused", "error"} if open_to_all_roles(command) else {"refused"}
    lacks = [] if "done" in seen else ["how it is done"]
    if command not in TURNS_NOBODY_AWAY and turned_away.isdisjoint(seen):
        lacks.append("what it turns away: " + " or ".join(sorted(turned_away)))
    return lacks


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_shown_both_ways(command: str) -> None:
    """Nobody adds a command without a session of somebody who may not use it, and of what then makes it possible."""
    assert not missing(command, [end for typed, end in shown() if typed == command])


def test_a_command_that_turns_nobody_away_is_one_that_there_is() -> None:
    """The list stays as short as it is."""
    assert set(COMMANDS) >= TURNS_NOBODY_AWAY


def test_what_a_command_meets_is_read_off_its_page() -> None:
    """The reading can tell a refusal from a slip, a slip that was mended from one that was not, and help from work."""
    page = """
```console
$ lcs staff list --user tomos; echo $?
refused (policy 4.5): U-004-G may not run “staff list”
4
$ echo '{}' | lcs --user amina staff add --from -
error: name: is missing
hint: give "name"
$ lcs staff leave ST-001-R
Day: tomorrow
error: day: must not be in the future
hint: give a day up to Thu 26 Nov 2026
Day: today
ST-001-R (A.B.): the last day is Thu 26 Nov 2026.
$ lcs retention sweep; echo $?
1 file to review: lcs retention review
3
$ lcs doctor --help
$ lcs shell
lcs> family list
No family is registered: lcs family add
lcs> flag show SF-0001-R
refused (policy 4.5): U-004-G may not run “flag show”
lcs> exit
```
"""
    assert sorted(met(page)) == [
        ("family list", "done"),
        ("flag show", "refused"),
        ("retention sweep", "done"),
        ("shell", "done"),
        ("staff add", "error"),
        ("staff leave", "done"),
        ("staff leave", "error"),
        ("staff list", "refused"),
    ]
    assert missing("staff list", ["error", "done"])
    assert missing("staff list", ["refused"])
    assert not missing("staff list", ["refused", "done"])
    assert not missing("doctor", ["error", "done"])
