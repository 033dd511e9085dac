"""Bytes of a closed vault that are not as they were: flipped, cut off, exchanged, or older.

    python -m faults.damage ONE_IN SEED FOLDER

Each damaged vault is read by the commands below, and verified. What was made of each is written as JSON.
"""

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from faults import commands
from faults.look import tells_of_a_defect
from faults.report import Report
from lcs_cli.errors import WAITING, CannotUnlockError, DamagedVaultError
from lcs_cli.vault.folder import HEADER, HEADER_COPY
from tests.cli.typed import Ran
from tests.conftest import open_desk
from tests.vault.pages import PAGE

NAME = "damage"
SHORT, LONG = 67, 1  # of so many places one is damaged
_OF_A_HEADER = 5  # in a short run of so many of those one, where it is a byte of a header: there are eleven thousand
DATA = "data-1.db"
PUT_BACK = "a page put back as it was"
BY_USE, BY_DOCTOR, MENDED, SAME = "by use", "by lcs doctor", "put right", "no row another"
UNSEEN, WRONG = "not noticed", "wrong answer"
VERDICTS = (BY_USE, BY_DOCTOR, MENDED, SAME, UNSEEN, WRONG)
ADDED = ("family add", "attendance record", "attendance correct", "flag raise", "attendance export")
CORRECTED: dict[tuple[str, ...], dict[str, str]] = {
    ("family", "edit", "LCS-0003-A"): {"name": "Renamed", "reason": "misheard"},
    ("person", "edit", "P-0009-D"): {"address": "9 Elm Row", "telephone": "01632 960199", "reason": "moved"},
    ("session", "book", "LCS-0003-A"): {"day": "2026-12-03", "starts": "10:00", "ends": "11:00"},
    ("session", "move", "S-000007-F"): {"day": "2026-12-04", "starts": "10:00", "ends": "11:00", "reason": "hall"},
    ("referrer", "edit", "REF-0001-R"): {"name": "Otherton Council", "reason": "misheard"},
    ("staff", "add"): {"name": "Efa Parry", "capacity": "staff", "joined_on": "2026-11-02"},
    ("person", "add", "LCS-0003-A"): {
        "kind": "adult",
        "given_name": "Huw",
        "family_name": "Parry",
        "email": "huw@example.org",
    },
}
READS = (  # the trail first: a command that refuses leaves another entry than one that answers
    ("audit", "list"),
    ("status",),
    ("family", "list"),
    ("family", "show", "LCS-0003-A"),
    ("family", "show", "LCS-0001-R", "--json"),
    ("attendance", "list", "LCS-0003-A", "--json"),
    ("session", "list", "--family", "LCS-0003-A"),
    ("referrer", "list"),
    ("find", "plantedfamily"),
    ("retention", "due"),
)
VERIFY = ("doctor",)
_REFUSALS = {DamagedVaultError.exit_code, CannotUnlockError.exit_code}


@dataclass(frozen=True)
class Damage:
    """What is done to the vault, where, and what its files are then."""

    kind: str
    where: str
    files: dict[str, bytes]


def flipped(content: bytes, at: int, bit: int) -> bytes:
    """The same but for one bit."""
    return content[:at] + bytes([content[at] ^ (1 << bit)]) + content[at + 1 :]


def damages(vault: Path, older: Sequence[bytes], drawn: random.Random) -> Iterator[Damage]:
    """Every damage there is, of files as they are and of the data files of the same vault as it was before."""
    data, header = (vault / DATA).read_bytes(), (vault / HEADER).read_bytes()
    starts = range(0, len(data), PAGE)
    for page, start in enumerate(starts, start=1):
        for _ in range(2):
            at = start + drawn.randrange(PAGE)
            yield Damage("a bit of a page flipped", f"byte {at}", {DATA: flipped(data, at, drawn.randrange(8))})
        yield Damage("cut at a page", f"before page {page}", {DATA: data[:start]})
        cut = start + drawn.randrange(1, PAGE)
        yield Damage("cut within a page", f"at byte {cut}", {DATA: data[:cut]})
        other = drawn.choice([one for one in starts if one != start])
        first, last = sorted((start, other))
        pages = data[last : last + PAGE], data[first + PAGE : last], data[first : first + PAGE]
        swapped = data[:first] + b"".join(pages) + data[last + PAGE :]
        yield Damage("two pages swapped", f"{first // PAGE + 1} and {last // PAGE + 1}", {DATA: swapped})
        for was in {before[start : start + PAGE] for before in older} - {b"", data[start : start + PAGE]}:
            yield Damage(PUT_BACK, f"page {page}", {DATA: data[:start] + was + data[start + PAGE :]})
    for at in range(len(header)):
        changed = flipped(header, at, drawn.randrange(8))
        yield Damage("a bit of one header flipped", f"byte {at}", {HEADER: changed})
        yield Damage("a bit of both headers flipped", f"byte {at}", {HEADER: changed, HEADER_COPY: changed})


def answers(home: Path, reads: Sequence[tuple[str, ...]] = READS) -> list[Ran]:
    """How the reading commands end and what they say, one after the other."""
    return [commands.run(home, line) for line in reads]


def rows(vault: Path) -> list[set[tuple[object, ...]]]:
    """The rows of each table but the trail's, which every reading adds to."""
    desk = open_desk(vault)
    tables = desk.db.rows(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'audit%' ORDER BY name"
    )
    found = [set(desk.db.rows(f"SELECT * FROM {table}")) for (table,) in tables]  # noqa: S608
    desk.db.close()
    return found


def verdict(template: Path, home: Path, damage: Damage, expected: list[Ran], sound: int) -> tuple[str, str]:
    """What is made of a damaged copy, and what is wrong with that."""
    for part in ("vault", "state"):
        for path in (template / part).iterdir():
            (home / part / path.name).write_bytes(damage.files.get(path.name, path.read_bytes()))
    seen = answers(home, READS[:2] if HEADER in damage.files else READS)  # any command opens it by its header alike
    whole = damage.kind != PUT_BACK  # that one has the right key and place, and answers what was
    for line, before, ran in zip(READS, expected, seen, strict=False):
        another = whole and ran.code not in _REFUSALS and (ran.code, ran.out) != (before.code, before.out)
        if tells_of_a_defect(ran.err) or another:
            return WRONG, f"{' '.join(line)} ended with {ran.code}: {ran.out[:300]}{ran.err[-200:]}"
    if any(ran.code in _REFUSALS for ran in seen):
        return BY_USE, ""
    ran = commands.run(home, VERIFY)
    if tells_of_a_defect(ran.err) or ran.code not in {0, WAITING, *_REFUSALS}:
        return WRONG, f"doctor ended with {ran.code}: {ran.err[-200:]}"
    if ran.code != sound:
        return BY_DOCTOR, ""
    vaults = (template / "vault", home / "vault")
    if not whole and rows(vaults[0]) == rows(vaults[1]):
        return SAME, ""
    is_mended = all(len({(vault / name).read_bytes() for vault in vaults}) == 1 for name in damage.files)
    return (MENDED, "") if is_mended else (UNSEEN, "neither by use nor by lcs doctor")


def made(folder: Path) -> list[bytes]:
    """A home in `template`, closed; what its data file was before some records were added, and others corrected."""
    template = folder / "template"
    commands.make_home(template)
    data = template / "vault" / DATA
    older = [data.read_bytes()]
    done = [commands.run(template, commands.COMMANDS[name]) for name in ADDED]
    older.append(data.read_bytes())
    for line, record in CORRECTED.items():
        (template / "in" / "record.json").write_text(json.dumps(record), encoding="utf-8")
        done.append(commands.run(template, (*line, "--from", "{home}/in/record.json")))
    if any(ran.code for ran in done):
        raise SystemExit(f"not all was done that pages are put back to: {done}")
    return older


def main(one_in: int, seed: int, folder: Path) -> None:
    """Damage copies of a vault, and write what was made of each."""
    commands.load()
    drawn = random.Random(seed)  # noqa: S311 -- which byte is damaged is no secret
    older = made(folder)
    template = folder / "template"
    home = commands.copy(template, folder / "home")
    expected = answers(home)
    sound = commands.run(home, VERIFY).code
    if any(ran.code for ran in expected):
        raise SystemExit(f"the sound vault does not answer: {expected}")
    met = Counter[str]()
    for damage in damages(template / "vault", older, drawn):
        met[damage.kind] += 1
        every = one_in * (_OF_A_HEADER if HEADER in damage.files and one_in > LONG else 1)
        if met[damage.kind] % every == seed % every:
            found, problem = verdict(template, home, damage, expected, sound)
            sys.stdout.write(json.dumps([damage.kind, damage.where, found, problem]) + "\n")


def damaged(one_in: int, seed: int) -> list[tuple[str, str, str, str]]:
    """What was made of each damage, from a process of its own."""
    return [tuple(line) for line in commands.apart("faults.damage", one_in, seed)]


def run(*, long: bool, seed: int) -> Report:
    """Damage a vault in every place, or in some."""
    seen = damaged(LONG if long else SHORT, seed)
    kinds = dict.fromkeys(kind for kind, _, _, _ in seen)
    counted = Counter((kind, found) for kind, _, found, _ in seen)
    lines = "".join(
        f"| {kind} | {sum(counted[kind, one] for one in VERDICTS)} | "
        + " | ".join(str(counted[kind, one]) for one in VERDICTS)
        + " |\n"
        for kind in kinds
    )
    return Report(
        f"## Damage\n\nA closed vault, damaged in one place{'' if long else f' of {SHORT}'}, was read by {len(READS)} "
        f"commands (with a byte of a header damaged, by two) and then verified (`lcs doctor`). *By use*: a "
        "command refused, and none answered anything else than on the sound vault. *Put right*: what reads answered as "
        "on the sound vault, and the file is again as it was. A page that is put back as it was before "
        f"{len(ADDED)} records were added, or {len(CORRECTED)} others added and corrected, has the right key and the "
        "right place: SQLCipher takes it, and what reads it answers what was; `lcs doctor` notices where rows, their "
        "indexes and the trail no longer agree. *No row another*: the page held nothing that a record is made of.\n\n"
        "| what was done | times | " + " | ".join(VERDICTS) + " |\n|---|---|---|---|---|---|---|---|\n" + lines,
        [f"{kind}, {where}: {found}: {problem}" for kind, where, found, problem in seen if found in (WRONG, UNSEEN)],
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
