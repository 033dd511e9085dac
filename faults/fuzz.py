"""What the program reads, made up or spoilt: documents, sheets, words on the command line, and its own files.

    python -m faults.fuzz EXAMPLES SEED FOLDER

runs the command lines in one process. Whatever it is given, a command ends with a code of its own and a line that says
why, tells of no defect, and leaves the rows as they were where it refuses.
"""

import json
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from faults import commands
from faults.look import tells_of_a_defect
from faults.report import Report
from faults.shim import ROOT
from lcs_cli.cli import settings as configuration
from lcs_cli.cli.app import commands as every_command
from lcs_cli.errors import EXIT_CODES, UsageError
from lcs_cli.policy.program import typed as typed_as
from lcs_cli.policy.rules import packaged
from lcs_cli.vault.folder import HEADER, HEADER_COPY
from tests.cli.how import HOW
from tests.cli.typed import Typist, at, lcs
from tests.conftest import make_vault, open_desk
from tests.services.use_cases import prepare

NAME = "fuzz"
SHORT, LONG = 40, 600  # examples of each kind
DOCUMENTS = "documents of every command that reads one"
_AGENTS = {"init", "demo", "shell", "unlock", "lock", "vault rotate", "vault handover"}  # begin or end something else
_WORDS = (
    *("LCS-0001-R", "LCS-0003-A", "LCS-9999-X", "P-0005-L", "REF-0001-R", "S-000005-M", "ST-001-R", "U-001-R", "amina"),
    *(
        "today",
        "31/2/2026",
        "29/2/2027",
        "2026-02-29",
        "1/1/0001",
        "31/12/9999",
        "next friday",
        "10:00",
        "25:61",
        "9am",
    ),
    *("0", "-1", "1e9", "9" * 40, "", " ", "\x00", "-", "--", "\ud800", "\u202e", "٣", "[bold]", "a" * 5000),
    *("child", "adult", "physical", "court", "case-management", "yes", "csv", "standard", "families", "packaged"),
)
_SOUND = {command: how for command, how in HOW.items() if how.json}
_WHY = re.compile(r"^(error|refused|damaged|stopped)\b", re.MULTILINE)
_PAIR = re.compile(r'"([a-z_]{2,30})": ("[^"\\\n]*"|true|false|null|\d+)')

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.sampled_from(_WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@cache
def known() -> dict[str, list[Any]]:
    """Every key of a document that the how-tos and the sessions show, with the values that it has there."""
    found: dict[str, list[Any]] = {}
    for path in sorted([*(ROOT / "docs").rglob("*.md"), *(ROOT / "tests" / "sessions").glob("*.md")]):
        for key, value in _PAIR.findall(path.read_text(encoding="utf-8")):
            found.setdefault(key, []).append(json.loads(value))
    return found


@st.composite
def documents(draw: st.DrawFn, sound: Mapping[str, Any] = MappingProxyType({})) -> bytes:
    """A document near a sound one, or none at all; a byte of it may be another, and its end may be gone."""
    keys = draw(st.lists(st.sampled_from([*sound] or sorted(known())), max_size=2, unique=True))
    entry: Any = dict(sound) | {key: draw(st.sampled_from(known().get(key, ["today"])) | values) for key in keys}
    if not draw(st.integers(0, 3)):
        key = draw(st.sampled_from([*entry, "more"]))
        entry[key] = draw(values) if draw(st.booleans()) else [dict(entry), draw(values)]
    text = json.dumps(entry if draw(st.integers(0, 9)) else draw(values), ensure_ascii=draw(st.booleans()))
    coding = draw(st.sampled_from(("utf-8",) * 8 + ("utf-8-sig", "utf-16", "latin-1")))
    coded = text.encode(coding, "replace")
    return coded if draw(st.integers(0, 7)) else draw(spoilt(coded))


@st.composite
def spoilt(draw: st.DrawFn, content: bytes) -> bytes:
    """The same with some bytes changed, taken out or put in, or cut off."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(0, len(content) - 1)))
        end = at + draw(st.integers(0, 3))
        content = content[:at] + draw(st.binary(max_size=4)) + content[end:]
    return content[: draw(st.integers(0, len(content)))] if draw(st.integers(0, 3)) == 0 else content


@st.composite
def sheets(draw: st.DrawFn) -> bytes:
    """Lines of cells, under headings that mean something or nothing."""
    heading = draw(
        st.sampled_from((commands.SHEET.splitlines()[0], "Reference,Name,Kind", "Ref,Date,From,To,Came,Went"))
    )
    width = heading.count(",") + 1
    cells = st.sampled_from(_WORDS) | st.text(max_size=12) | st.dates().map(str) | st.just('"a\n""b"')
    lines = [",".join(draw(cells) for _ in range(draw(st.integers(max(0, width - 1), width + 1)))) for _ in range(2)]
    return "\n".join([heading, *lines]).encode("utf-8", "replace")


@cache
def typed() -> dict[str, tuple[list[str], int]]:
    """Each command with its options, and how many arguments it takes."""
    found = {}
    for path, command in every_command():
        options = [max(one.opts, key=len) for one in command.params if one.opts[0].startswith("-")]
        if (words := " ".join(path)) not in _AGENTS:
            found[words] = options, len([one for one in command.params if not one.opts[0].startswith("-")])
    return found


@st.composite
def lines(draw: st.DrawFn) -> tuple[str, ...]:
    """A command with some words where it takes them, and some of its options."""
    command = draw(st.sampled_from(sorted(typed())))
    options, count = typed()[command]
    word = st.sampled_from(_WORDS) | st.text(max_size=12)
    line = [*command.split(), *(draw(word) for _ in range(draw(st.integers(0, count + 1))))]
    for option in draw(st.lists(st.sampled_from(options), max_size=3)):
        line += [option, draw(word)] if draw(st.booleans()) else [option]
    return tuple(line)


def counted(home: Path) -> dict[str, int]:
    """How many rows each table has, but for the trail."""
    desk = open_desk(home / "vault")
    tables = [name for (name,) in desk.db.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    found = {name: desk.db.value(f"SELECT count(*) FROM {name}") for name in tables if not name.startswith("audit")}  # noqa: S608
    desk.db.close()
    return found


class Fuzz:
    """The runs of one kind of input in one home: how they ended, and the first that was wrong."""

    def __init__(self, home: Path) -> None:
        self.home, self.codes, self.problem = home, Counter[int](), ""

    def run(self, line: tuple[str, ...], *, is_whole: bool = True) -> None:
        """One command line; ValueError where it does not end as any must. With ``is_whole`` its rows are counted."""
        before = counted(self.home) if is_whole else {}
        ran = lcs(Typist(asks=False, asks_secret=True, env=at(self.home / "vault")), *line)
        self.codes[ran.code] += 1
        wrong = {
            "it tells of a defect": tells_of_a_defect(ran.err),
            "the code is none of the program's": ran.code not in EXIT_CODES,
            "it does not say why": ran.code not in (0, 3) and not _WHY.search(ran.err) and not ran.out,
            "rows are left of what was refused": is_whole and ran.code in (2, 4, 5) and counted(self.home) != before,
        }
        if any(wrong.values()):
            found = next(name for name, is_so in wrong.items() if is_so)
            raise ValueError(f"{found}: {line} ended with {ran.code}: {ran.err[-200:]}")

    def examples(self, strategy: st.SearchStrategy[Any], do: Callable[[Any], object], count: int, drawn: int) -> None:
        """So many inputs; what the smallest wrong one led to is kept."""

        @seed(drawn)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        )
        @given(strategy)
        def each(one: Any) -> None:
            do(one)

        try:
            each()
        except Exception as error:  # noqa: BLE001 -- whatever escapes a command is what is looked for
            self.problem = f"{type(error).__name__}: {str(error)[:600]}"


def kinds(home: Path, fuzz: Fuzz) -> Iterator[tuple[str, st.SearchStrategy[Any], Callable[[Any], object]]]:
    """Each kind of input, what it is drawn from, and what is done with it."""
    taken, vault = home / "in" / "given", home / "vault"

    def with_file(content: bytes, *line: str, is_whole: bool = True) -> None:
        taken.write_bytes(content)
        fuzz.run(tuple(word.replace("{given}", str(taken)) for word in line), is_whole=is_whole)

    def document(given_: tuple[str, bytes]) -> None:
        words = [*typed_as(given_[0]).split(), *_SOUND[given_[0]].rest.split()]
        with_file(given_[1], *words, "--from", "{given}")

    def rules(given_: tuple[str, bytes]) -> None:
        folder = home / "rules"
        folder.mkdir(exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
        (folder / given_[0]).write_bytes(given_[1])
        fuzz.run(("policy", "publish", "--rules", str(folder), "--dry-run"))

    def header(content: bytes) -> None:
        sound = (vault / HEADER).read_bytes()
        (vault / HEADER).write_bytes(content)
        (vault / HEADER_COPY).write_bytes(content)
        try:
            fuzz.run(("status",), is_whole=False)
        finally:
            (vault / HEADER).write_bytes(sound)
            (vault / HEADER_COPY).write_bytes(sound)

    def configured(content: bytes) -> None:
        taken.write_bytes(content)
        try:
            configuration._read(taken)  # noqa: SLF001 -- whatever lies there, every command begins with it
            fuzz.codes[0] += 1
        except UsageError as error:
            fuzz.codes[error.exit_code] += 1

    entries = st.sampled_from(sorted(_SOUND)).flatmap(
        lambda name: st.tuples(st.just(name), documents(_SOUND[name].json or {}))
    )
    files = packaged().contents
    backup = (home / "in" / "backup.lcsb").read_bytes()
    restore = ("vault", "restore", "{given}", "--into", str(home / "again"), "--yes")
    of_a_rule = st.sampled_from(sorted(files)).flatmap(lambda name: st.tuples(st.just(name), spoilt(files[name])))
    yield DOCUMENTS, entries, document
    yield "words and options of every command", lines(), fuzz.run
    yield "sheets", sheets(), lambda one: with_file(one, "import", "check", "families", "{given}")
    yield (
        "sheets of bytes",
        spoilt(commands.SHEET.encode()),
        lambda one: with_file(one, "import", "run", "families", "{given}"),
    )
    yield "rule files", of_a_rule, rules
    yield "headers", spoilt((vault / HEADER).read_bytes()), header
    yield "backups", spoilt(backup), lambda one: with_file(one, *restore)
    yield "certificates", documents(), lambda one: with_file(one, "retention", "certificate", "verify", "{given}")
    yield "settings", documents() | spoilt(b'vault = "v"\nuser = "amina"\n'), configured
    yield (
        "key files",
        st.binary(max_size=80),
        lambda one: with_file(one, "status", "--key-file", "{given}", is_whole=False),
    )


def main(count: int, drawn: int, folder: Path) -> None:
    """Every kind of input, each on a home of its own."""
    commands.load()
    template = folder / "template"
    commands.make_home(template)
    prepared = commands.copy(template, folder / "prepared")
    shutil.rmtree(prepared / "vault")
    make_vault(prepared / "vault")
    desk = open_desk(prepared / "vault")
    prepare(desk)
    desk.db.close()
    os.chdir(folder)
    for number, name in enumerate([name for name, _, _ in kinds(template, Fuzz(template))]):
        home = commands.copy(prepared if name == DOCUMENTS else template, folder / f"home-{number}")
        fuzz = Fuzz(home)
        _, strategy, do = list(kinds(home, fuzz))[number]
        fuzz.examples(strategy, do, count, drawn)
        sys.stdout.write(json.dumps([name, dict(sorted(fuzz.codes.items())), fuzz.problem]) + "\n")


def fuzzed(count: int, drawn: int) -> list[tuple[str, dict[str, int], str]]:
    """How the runs of each kind of input ended, from a process of its own."""
    return [tuple(line) for line in commands.apart("faults.fuzz", count, drawn)]


def run(*, long: bool, seed: int) -> Report:
    """Give it so many inputs of each kind."""
    seen = fuzzed(LONG if long else SHORT, seed)
    rows = "".join(
        f"| {name} | {sum(codes.values()):,} | {', '.join(f'{code}: {times:,}' for code, times in codes.items())} "
        f"| {int(bool(problem))} |\n"
        for name, codes, problem in seen
    )
    return Report(
        "## Made-up input\n\nHypothesis drew what commands were given: near what will do, spoilt, or noise. A run is "
        "wrong when it tells of a defect, ends with a code that is none of the program's, says nothing, or leaves rows "
        "of what it refused.\n\n| what was made up | runs | exit codes | wrong |\n|---|---|---|---|\n" + rows,
        [f"{name}: {problem}" for name, _, problem in seen if problem],
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
