"""Strings that break programs, in the fields that people fill in: kept as they are, or refused in one line.

Of the kinds of the “big list of naughty strings”: each stands for what it does to programs that trust it.
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.cli.typed import Ran, Typist, at, lcs
from tests.conftest import open_desk
from tests.services import stories

STRINGS: list[str] = json.loads(Path(__file__).with_name("naughty.json").read_text(encoding="ascii"))
FAMILY = {
    "name": "Llwyd",
    "opened_on": "2026-09-07",
    "children": [{"given_name": "Siân", "date_of_birth": "2019-03-27"}],
}
BOOKING = {"day": "2026-11-26", "starts": "10:00", "ends": "11:00"}


class Field:
    """One field: the command and the JSON that fill it in, and the command that shows it."""

    def __init__(self, argv: str, entry: Mapping[str, object], key: str, show: str) -> None:
        self.argv, self.entry, self.key, self.show = argv.split(), entry, key, show.split()

    def __str__(self) -> str:
        return f"{' '.join(self.argv[:2])} {self.key}"


FIELDS = [  # the first two with every string, the others with some
    Field("family add", FAMILY, "name", "family list"),
    Field("session book LCS-0001-R", BOOKING, "note", "session list"),
    Field("person add LCS-0001-R", {"kind": "adult", "family_name": "Rees"}, "given_name", "family show LCS-0001-R"),
    Field(
        "person add LCS-0001-R",
        {"kind": "adult", "given_name": "A", "family_name": "B"},
        "relationship",
        "family show LCS-0001-R",
    ),
    Field("referrer add", {"kind": "court"}, "name", "referrer list"),
    Field("session book LCS-0001-R", BOOKING, "room", "session list"),
    Field("staff add", {"capacity": "staff"}, "name", "staff list"),
    Field("retention hold LCS-0001-R", {"kind": "police"}, "reason", "retention holds"),
]


def text_of(value: object) -> Iterator[str]:
    """Every text in a document."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from text_of(one)
    elif isinstance(value, str):
        yield value


def run(vault: Path, *argv: str, stdin: str = "", looked_at: bool = False) -> Ran:
    """One command line; nobody is asked."""
    return lcs(Typist(asks=False, asks_secret=True, stdin=stdin, looked_at=looked_at, env=at(vault)), *argv)


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_a_string_is_kept_as_it_is_or_refused_in_one_line(vault: Path, field: Field) -> None:
    """In JSON unchanged, but composed; on the screen nothing that steers it; never an error of the program's own."""
    desk = open_desk(vault)
    stories.family(desk, opened_on=date(2020, 1, 6))
    desk.db.close()
    kept = []
    for number, text in enumerate(STRINGS if field in FIELDS[:2] else STRINGS[::6]):
        days = {"day": (date(2020, 1, 6) + timedelta(days=number)).isoformat()} if "day" in field.entry else {}
        done = run(vault, *field.argv, "--from", "-", stdin=json.dumps({**field.entry, **days, field.key: text}))
        said = done.err.splitlines()
        assert done.code in (0, 2), (text, done)
        if done.code == 2:
            assert [line.split(":")[0] for line in said] == ["error", "hint"], (text, said)
            assert len(text) < 4 or text not in done.err, (text, said)
        elif composed := unicodedata.normalize("NFC", text).strip():
            kept.append({composed, " ".join(composed.split())})
    found = set(text_of(json.loads(run(vault, *field.show, "--json").out)))
    assert [texts for texts in kept if not texts & found] == []
    screen = run(vault, *field.show, looked_at=True).out
    assert {
        c for c in screen.replace("\x1b[1m", "").replace("\x1b[0m", "") if unicodedata.category(c) in ("Cc", "Cs")
    } <= {"\n"}
    assert len(kept) > 5
