"""lcs demo: the main job on a throw-away vault with invented families, told step by step."""

import re
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, TextIO

import typer

from lcs_cli.cli import views
from lcs_cli.cli.context import Command
from lcs_cli.cli.options import command, group
from lcs_cli.cli.render import Result
from lcs_cli.cli.terminal import Terminal
from lcs_cli.errors import FailedError, UsageError
from lcs_cli.records.user import Role
from lcs_cli.services import demo as families
from lcs_cli.services import setup, users
from lcs_cli.vault import secret

app = group("Try the main job on a throw-away vault with invented families.")

_PASSPHRASES = {"amina": "amina for the demo only", "rhys": "rhys for the demo only"}


class _Stage(Terminal):
    """A terminal at which the demo itself answers, so that each question is shown with its answer."""

    def __init__(self, day: date, env: Mapping[str, str], out: TextIO, err: TextIO) -> None:
        super().__init__(clock=lambda: _at(self.day), env=env, out=out, err=err)
        self.day, self.who, self.answers = day, "", list[str]()

    @property
    def can_ask(self) -> bool:
        return True

    def ask(self, prompt: str) -> str:
        wanted = re.search(r"Type (\w{8}) to approve", prompt)
        answer = wanted[1] if wanted else self.answers.pop(0)
        self.note(f"{prompt}{answer}")
        return answer

    def ask_secret(self, prompt: str) -> str:
        self.note(f"{prompt}(as {self.who})")
        return _PASSPHRASES[self.who]


@command(app, "demo")
def demo(
    cmd: Command,
    into: Annotated[
        Path | None, typer.Option("--into", metavar="FOLDER", help="Where to make it; otherwise a temporary folder.")
    ] = None,
) -> Result:
    """Make a throw-away vault with invented families over seven years, and do the main job on it.

    Example: lcs demo
    """
    if into is None:
        into = Path(tempfile.mkdtemp(prefix="lcs-demo-"))
    folder, outgoing = into / "vault", into / "outgoing"
    if outgoing.exists():
        raise UsageError("into: has a folder named outgoing already", "name another with --into")
    _make(cmd, folder)
    outgoing.mkdir()
    env = {name: value for name, value in cmd.terminal.env.items() if name != "LCS_KEY_FILE"}
    env |= {"LCS_VAULT": str(folder), "LCS_USER": "amina", "LCS_STATE": str(into / "state")}
    stage = _Stage(cmd.today, env, cmd.terminal.out, cmd.terminal.err)
    _play(stage, folder, outgoing)
    return Result(
        "lcs.demo/1",
        {"vault": str(folder)},
        [
            f"\nThe vault is in {folder}. Its people are amina (every role) and rhys (manager).",
            f"Passphrases: “{_PASSPHRASES['amina']}” and “{_PASSPHRASES['rhys']}”.",
            "To look around:",
            f"  export LCS_VAULT={folder} LCS_USER=amina",
            "  lcs today      lcs family list      lcs family show LCS-0003-A      lcs flag show SF-0001-R",
            f"When you have seen enough, remove {into}.",
        ],
    )


def _make(cmd: Command, folder: Path) -> None:
    """A vault that began seven years ago, with two people and the families."""
    start = cmd.today - timedelta(days=7 * 366 + 1)
    secrets = {name: secret.Secret(passphrase=text) for name, text in _PASSPHRASES.items()}
    setup.init(
        folder,
        "amina",
        secrets["amina"],
        policy_text=None,
        policy_effective=cmd.today - timedelta(days=100),
        now=_at(start),
        today=start,
        profile=cmd.terminal.profile,
    )
    desk = setup.open_desk(folder, "amina", secrets["amina"], now=_at(cmd.today), today=cmd.today)
    users.add_user(desk, "rhys", [Role.MANAGER], secrets["rhys"], cmd.terminal.profile)
    families.populate(desk)
    desk.db.close()
    cmd.terminal.note(f"Made a vault with {families.FAMILIES} invented families over seven years.")


def _play(stage: _Stage, folder: Path, outgoing: Path) -> None:
    session = _session_to_record(folder, stage.day)
    _say(
        stage,
        "1. A session took place today. Amina books it late and records who came. Who supervises alone is vetted.",
    )
    booking = "session book LCS-0004-G --on today --at 08:00 --until 09:00 --room 1"
    _lcs(stage, f"{booking} --supervisor ST-004-G", expect=4)
    _lcs(stage, f"{booking} --supervisor ST-001-R")
    _lcs(stage, f"attendance record {session} --attended --arrived 08:05 --left 09:00")
    _say(stage, "2. Its referrer is told dates and times, and nothing else. A manifest lies beside the file.")
    _lcs(stage, f"attendance export --to REF-0001-R --purpose case-management --since last --into {outgoing}")
    _file(stage, outgoing)
    _say(stage, "3. A solicitor asks for the same, for a hearing. The policy says no, and says which clause.")
    _lcs(stage, "attendance export --to REF-0004-G --purpose court", expect=4)
    _say(stage, "4. Three files have reached five years. What is kept for ever stays, whoever asks.")
    _lcs(stage, "retention due")
    _say(stage, "5. Amina reviews them: two are proposed for disposal, one is held.")
    stage.answers = ["d", "LCS-0001-R", "h", "complaint", "", "a complaint is being looked into", "d", "LCS-0003-A"]
    _lcs(stage, "retention review")
    _say(stage, "6. Another person approves exactly the list that was shown.")
    _lcs(stage, "retention approve --user rhys")
    stage.day += timedelta(days=7)
    _say(stage, f"7. The cooling-off days pass. On {views.human(stage.day)} the sweep disposes of what was approved.")
    _lcs(stage, "retention sweep")
    _lcs(stage, "retention certificate RC-000001-R")
    _say(stage, "8. Everything that was done, read or refused is on the trail, and the trail is whole.")
    _lcs(stage, "audit verify --user rhys")


def _session_to_record(folder: Path, today: date) -> str:
    """The reference that the next booking will get."""
    from lcs_cli.records.references import Kind, reference
    from lcs_cli.services import contact_sessions

    desk = setup.open_desk(
        folder, "amina", secret.Secret(passphrase=_PASSPHRASES["amina"]), now=_at(today), today=today
    )
    found = contact_sessions.listing(desk, None, None, None)
    desk.db.close()
    return reference(Kind.SESSION, max(one.number for one in found) + 1)


def _lcs(stage: _Stage, line: str, expect: int = 0) -> None:
    """Run one command line as it would be typed, and show it."""
    from lcs_cli.cli.app import main

    stage.write(f"\n$ lcs {line}\n")
    stage.out.flush()
    words = line.split(" ") if "--user" in line else [*line.split(" "), "--user", "amina"]
    stage.who = words[-1]
    code = main(words, stage)
    if code != expect:
        raise FailedError(f"the demo stopped: that command ended with {code}", "please report it")


def _say(stage: _Stage, text: str) -> None:
    stage.write(f"\n{text}\n")
    stage.out.flush()


def _file(stage: _Stage, outgoing: Path) -> None:
    export = next(outgoing.iterdir())
    lines = (export / "attendance.csv").read_text(encoding="utf-8").splitlines()
    stage.write(f"\n$ head -4 {export / 'attendance.csv'}\n")
    stage.write("\n".join(lines[:4]) + "\n")


def _at(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
