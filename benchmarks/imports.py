"""Time bringing in a spreadsheet of 20,000 rows of each kind, in this process, on a vault of its own.

python -m benchmarks.imports
"""

import csv
import io
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from lcs_cli.cli import app
from lcs_cli.cli.terminal import Terminal
from lcs_cli.services import setup
from lcs_cli.vault.secret import Argon2Profile, Secret

ROWS = 20_000
_TODAY = date(2026, 11, 26)
_PASSPHRASE = "nineteen odd teaspoons in a drawer"  # noqa: S105 -- of a vault that is thrown away
_FAMILIES = "reference,family name,opened on,child or adult,first name,date of birth,address,telephone"


def _sheets() -> Iterator[tuple[str, list[list[str]]]]:
    """Each kind with its headings and rows; later ones name families, sessions and staff of earlier ones."""
    families = [_FAMILIES.split(",")]
    for row in range(ROWS):
        private = [f"{row} Mill Lane", "01632 960101"] if row % 2 else ["", ""]
        families.append(
            [f"F{row // 2}", "Okonkwo", "1/10/2025", "adult" if row % 2 else "child", "Chidi", "30/1/2018", *private]
        )
    yield "families", families
    people = [["reference", "family", "kind", "first name", "surname"]]
    yield "people", people + [[f"P{row}", f"F{row // 2}", "adult", "Ada", "Eze"] for row in range(ROWS)]
    yield "referrers", [["reference", "name", "kind"], *([f"R{row}", f"Body {row}", "police"] for row in range(ROWS))]
    yield (
        "staff",
        [["reference", "name", "capacity"], *([f"W{row}", "Efa Parry", "volunteer"] for row in range(20))],
    )
    sessions = [["reference", "family", "day", "start", "end", "room"]]
    for row in range(ROWS):
        family, again = divmod(row, 2)
        day = date(2025, 10, 1) + timedelta(days=family % 400 + again)
        room = f"Room {2 * (family // 400) + again}"
        sessions.append([f"C{row}", f"F{family}", f"{day:%d/%m/%Y}", "10:00", "11:30", room])
    yield "sessions", sessions
    attendance = [["session", "attended", "arrived", "left"]]
    yield "attendance", attendance + [[f"C{row}", "yes", "10:05", "11:30"] for row in range(ROWS)]


def main() -> None:
    """Check and run each kind; print the seconds of each."""
    moment = datetime(2026, 11, 26, 9, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LCS_STATE"] = f"{folder}/state"
        profile = Argon2Profile(passes=1, memory=64, lanes=1)
        vault, secret = Path(folder) / "vault", Secret(passphrase=_PASSPHRASE)
        setup.init(
            vault, "amina", secret, policy_text=None, policy_effective=_TODAY, now=moment, today=_TODAY, profile=profile
        )
        env = {"LCS_VAULT": str(vault), "LCS_USER": "amina", "LCS_STATE": f"{folder}/state"}
        for kind, rows in _sheets():
            path = Path(folder) / f"{kind}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
            for verb in ("check", "run"):
                out, err = io.StringIO(), io.StringIO()
                terminal = _Answering(
                    clock=lambda: moment, env=env, stdin=io.StringIO(), out=out, err=err, profile=profile
                )
                began = time.perf_counter()
                code = app.main(["import", verb, kind, str(path)], terminal)
                seconds = time.perf_counter() - began
                print(f"{verb} {kind}: {len(rows) - 1} rows in {seconds:.2f} s, exit code {code}", flush=True)
                if code:
                    raise SystemExit(out.getvalue()[-2000:] + err.getvalue())


class _Answering(Terminal):
    """A terminal at which the passphrase is typed."""

    @property
    def can_ask_secret(self) -> bool:
        """Somebody is there."""
        return True

    def ask_secret(self, prompt: str) -> str:  # noqa: ARG002 -- it is the only one
        """The passphrase."""
        return _PASSPHRASE


if __name__ == "__main__":
    main()
