"""Time a search by name among 100,000 people: python -m benchmarks.finding prints the median milliseconds."""

import random
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from lcs_cli.services import finding, setup
from lcs_cli.services.desk import Desk
from lcs_cli.vault.secret import Secret

PEOPLE = 100_000
ROUNDS = 11
TYPED = ("shivaun kowalsky", "kow", "Ковальски", "LCS-0042")
_LETTERS = "abcdefghijklmnoprstuwz"


def make_vault(folder: Path) -> Desk:
    """A vault with invented people, four of a family."""
    chosen = random.Random(1)  # noqa: S311 -- the same names each time, and no secret
    names = ["".join(chosen.choices(_LETTERS, k=chosen.randint(4, 10))).title() for _ in range(20_000)]
    now, secret = datetime.now(UTC), Secret(passphrase="a passphrase for measuring only")
    setup.init(folder, "bench", secret, policy_text=None, policy_effective=None, now=now, today=now.date())
    desk = setup.open_desk(folder, "bench", secret, now=now, today=now.date())
    with desk.db.transaction():
        for number in range(1, PEOPLE // 4 + 1):
            desk.db.run("INSERT INTO family VALUES (?, ?, NULL, 1)", number, chosen.choice(names))
        for number in range(1, PEOPLE + 1):
            given, family = chosen.choice(names), chosen.choice(names)
            values = (number, (number + 3) // 4, given, family)
            desk.db.run("INSERT INTO person VALUES (?, ?, 'child', ?, ?, NULL, NULL, 1)", *values)
    return desk


def main() -> None:
    """Measure in this process."""
    with tempfile.TemporaryDirectory() as folder:
        desk = make_vault(Path(folder) / "vault")
        for typed in TYPED:
            seconds = []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                finding.find(desk, typed)
                seconds.append(time.perf_counter() - began)
            print(f"{typed}: {statistics.median(seconds) * 1000:.0f} ms")
        desk.db.close()


if __name__ == "__main__":
    main()
