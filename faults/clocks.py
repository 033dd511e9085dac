"""The machine's clock is wrong: back, forward, at its beginning, at its end; or it is a leap day.

    python -m faults.clocks DAY... FOLDER

runs in one process: every command on a vault of its own on each of the days, then two on the real one.
What was found is written as JSON.
"""

import json
import shutil
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from faults import commands
from faults.judge import swept
from faults.look import look, strays, tells_of_a_defect
from faults.report import Report
from lcs_cli.errors import DONE, WAITING, FailedError, RefusedError, UsageError
from lcs_cli.records.clock import LAST_DAY
from tests.conftest import TODAY

NAME = "clocks"
SHORT = (date(1970, 1, 1), date(2028, 2, 29))
DAYS = (
    date(1970, 1, 1),
    TODAY - timedelta(days=400),
    TODAY - timedelta(days=1),
    TODAY + timedelta(days=1),
    TODAY + timedelta(days=400),
    date(2028, 2, 29),
    date(2038, 1, 19),
    LAST_DAY,
    date.max,
)
_SWEEP = "retention sweep"
_RAISES = "flag raise"
_BELIEVED = (TODAY, TODAY + timedelta(days=1))
_CODES = {DONE, WAITING, RefusedError.exit_code, UsageError.exit_code}


def on(template: Path, folder: Path, name: str, day: date) -> dict[str, Any]:
    """What is wrong when a command runs on such a day, and somebody works on the real one after it."""
    home = commands.copy(template, folder / "home")
    ran = commands.run(home, commands.COMMANDS[name], day=day)
    dated = day <= LAST_DAY
    allowed = _CODES if dated else {FailedError.exit_code}
    wrong = [f"exit code {ran.code}: {ran.err[-300:]}"] if ran.code not in allowed else []
    wrong += [f"a defect is told of: {ran.err[-300:]}"] if tells_of_a_defect(ran.err) else []
    if name == _RAISES and ran.code and dated:
        wrong.append(f"a concern is refused: {ran.err[-300:]}")
    gone = not swept(home)[1]
    if gone and day not in _BELIEVED:
        wrong.append("something was disposed of on a day that cannot be believed")
    if name == _SWEEP and day in _BELIEVED and not gone:
        wrong.append("what was due is there")
    after = commands.run(home, commands.COMMANDS[_RAISES])
    wrong += [f"a concern is refused on the real day: {after.err[-300:]}"] if after.code else []
    after = commands.run(home, commands.COMMANDS[_SWEEP])
    wrong += [f"a sweep on the real day: {after.err[-300:]}"] if after.code not in _CODES else []
    commands.age(home)
    wrong += [*look(home / "vault").problems, *strays(home)]
    shutil.rmtree(home)
    return {"day": str(day), "name": name, "code": ran.code, "problems": wrong}


def run(*, long: bool, seed: int) -> Report:  # noqa: ARG001 -- every day is tried: nothing is drawn
    """Turn the clock."""
    found = commands.apart("faults.clocks", *(DAYS if long else SHORT))
    rows = ""
    for day in dict.fromkeys(one["day"] for one in found):
        of_it = [one for one in found if one["day"] == day]
        codes = Counter(one["code"] for one in of_it)
        ended = ", ".join(f"{code}: {count}" for code, count in sorted(codes.items()))
        sweep = next(one["code"] for one in of_it if one["name"] == _SWEEP)
        rows += f"| {day} | {len(of_it)} | {ended} | {sweep} | {sum(bool(one['problems']) for one in of_it)} |\n"
    return Report(
        "## Clocks\n\n"
        f"{len(commands.COMMANDS)} commands, each on a vault of its own that saw {TODAY} last, while the clock shows "
        "another day; then a concern is raised and a sweep runs on the real one. Wrong: a concern that is refused, on "
        f"any day up to {LAST_DAY}; a disposal on a day that cannot be believed, or none on one that can; another code "
        f"than {', '.join(map(str, sorted(_CODES)))}, or, where nothing can be dated by such a day, "
        f"another than {FailedError.exit_code}; a vault that does not verify, or a file that is left "
        "over.\n\n| the clock shows | runs | exit codes | that of the sweep | wrong |\n|---|---|---|---|---|\n" + rows,
        [f"{one['name']} on {one['day']}: {problem}" for one in found for problem in one["problems"]],
    )


def main(folder: Path, days: list[date]) -> None:
    """In a process of its own: make the vault, and turn its clock."""
    commands.load()
    template = folder / "template"
    commands.make_home(template)
    for day in days:
        for name in commands.COMMANDS:
            sys.stdout.write(json.dumps(on(template, folder, name, day)) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[-1]), [date.fromisoformat(one) for one in sys.argv[1:-1]])
