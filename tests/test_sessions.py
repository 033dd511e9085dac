"""Every `console` block of the sessions, the README and the docs is typed and compared."""

from pathlib import Path

import pytest

from tests.console import Session, matches

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
