"""The documentation says what the code does."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from docs.generate import MARKS, marks, pages
from docs.marks import collected
from docs.screenshot import COMMANDS, FILE, screenshot
from lcs_cli.cli.commands.policy import commands_by_clause
from lcs_cli.policy.document import parse_policy, restated_policy
from lcs_cli.services import policies

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("path", sorted(pages()))
def test_a_generated_page_is_up_to_date(path: str) -> None:
    """Whoever changes a command, a rule or an exit code runs `python -m docs.generate`."""
    assert (ROOT / "docs" / path).read_text(encoding="utf-8") == pages()[path]


def test_the_marks_that_the_program_carries_are_those_of_the_tests() -> None:
    """Whoever marks a test with a clause of the policy runs `python -m docs.generate`."""
    assert MARKS.read_text(encoding="utf-8") == marks()


def test_the_screenshot_is_what_the_commands_show_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever changes what they say runs `python -m docs.generate`: at any terminal, the picture is the same."""
    for name, value in {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "40", "LCS_USER": "rhys"}.items():
        monkeypatch.setenv(name, value)
    assert (ROOT / "docs" / FILE).read_text(encoding="utf-8") == screenshot()


def test_the_screenshot_can_be_read_and_loads_nothing() -> None:
    """It is well-formed, shows the commands, and tells no other machine that somebody looked at it."""
    drawn = (ROOT / "docs" / FILE).read_text(encoding="utf-8")
    said = "".join(ET.fromstring(drawn).itertext()).replace("\xa0", " ")  # noqa: S314 -- written by our own program
    assert [command for command in COMMANDS if f"$ lcs {command}" not in said] == []
    assert "refused (policy 4.1)" in said
    assert re.findall(r"https?:[^\"]*|@import|href|(?<=url\()[^#]", drawn) == ["http://www.w3.org/2000/svg"]


def test_the_readme_shows_the_screenshot_and_says_in_words_what_is_on_it() -> None:
    """Whoever hears the page instead of seeing it knows as much."""
    shown = re.findall(r"!\[(.*)\]\(docs/" + re.escape(FILE) + r"\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert [
        [word for word in COMMANDS if f"lcs {word.split(' LCS')[0].split(' --')[0]}" not in alt] for alt in shown
    ] == [[]]


@pytest.mark.parametrize("clause", parse_policy(restated_policy(), ()).clauses)
def test_each_sentence_of_the_policy_is_held_by_a_test(clause: str) -> None:
    """Nothing that the policy says is left to memory."""
    found = {one.clause: one for one in policies.covered_without_vault(commands_by_clause())}
    assert [sentence.text for sentence in found[clause].sentences if not sentence.tests] == []


@pytest.mark.parametrize(("clause", "about"), sorted({(clause, about) for clause, about, _ in collected()}))
def test_a_mark_names_a_sentence_of_the_policy(clause: str, about: str) -> None:
    """The policy says it in these words, once: a mark that holds nothing is no mark."""
    lines = parse_policy(restated_policy(), ()).clauses[clause][1:]
    assert sum(about.casefold() in line.casefold() for line in lines) == 1


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    """A page that was moved takes its links along."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_into_a_page_leads_to_a_heading(path: Path) -> None:
    """Whoever follows it is where it says."""
    links = re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", path.read_text(encoding="utf-8"))
    assert [(page, name) for page, name in links if name not in anchors(path.parent / page if page else path)] == []


def anchors(page: Path) -> list[str]:
    """What a page's headings are linked by."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


def test_every_page_is_reached_from_the_index() -> None:
    """Nothing is written that nobody finds."""
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages_ = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")}
    unlisted = {page for page in pages_ if page not in index and not page.startswith("decisions/")}
    assert unlisted == {"README.md"}


def test_continuous_integration_runs_the_test_command_of_the_readme() -> None:
    """One command, written twice, is the same command."""
    commands = re.findall(
        r"^```sh\n(.*?)\n```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    test_command = commands[1]
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").rstrip().endswith(f"\n{test_command}")


def test_the_changelog_speaks_of_the_version_that_is_built() -> None:
    """Whoever installs it finds what changed."""
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert version is not None
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_page_names_is_there(path: Path) -> None:
    """Where a page says that something is tried, it is."""
    named = re.findall(r"`((?:tests|docs|lcs_cli|benchmarks)/[^`*]*)`", path.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []
