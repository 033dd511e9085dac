"""What the commands print as PDF: the same words as on the screen, in a file that is there whole or not at all."""

import errno
import hashlib
import io
import json
import re
from datetime import date, timedelta
from pathlib import Path

import pikepdf
import pytest

from lcs_cli.records.request import RequestKind
from lcs_cli.services import certificates, file_out, policies
from lcs_cli.services.desk import Desk
from tests.cli.typed import Ran, Typist, at, lcs
from tests.conftest import TODAY, OpenDesk
from tests.services import stories
from tests.services.stories import CLOSED, SWEPT
from tests.services.test_pdf import text_of
from tests.services.test_report_files import RP1, agreed
from tests.services.test_request_release import OTHERS, OWN_WORDS, TEXTS, asked, decide, leaked, plant

__all__ = ["agreed"]  # a fixture


def typed(desk: Desk, *argv: str, day: date = TODAY, asks: bool = True) -> Ran:
    """Run a command line on the desk's vault."""
    return lcs(Typist(env=at(desk.vault.folder), day=day, asks=asks), *argv)


def flat(content: bytes, password: str | None = None) -> str:
    """What is printed, with every run of spaces and line breaks as one space."""
    return " ".join(text_of(content, password).split())


def test_the_policy_is_printed_as_it_was_published(desk: Desk, tmp_path: Path) -> None:
    """Its whole text, clause headings as headings, with version and next review; and that it was given is on record."""
    out = tmp_path / "policy.pdf"
    ran = typed(desk, "policy", "give", "--to", "volunteer", "--pdf", str(out))
    assert (ran.code, ran.out) == (0, f"Wrote {out}. Logged.\n")
    copy, said = policies.show(desk), flat(out.read_bytes())
    for paragraph in copy.text.split("\n\n"):
        for line in paragraph.strip().split("\n"):
            assert " ".join(line.removeprefix("- ").split()) in said, line
    assert f"Version {copy.version} In force since" in said
    assert "Next review Tue 5 Jan 2027" in said
    given = next(policies.given(desk, None, 1))
    assert (given.asker, given.written) == ("volunteer", True)
    with pikepdf.open(out) as document:
        assert re.findall(rb"/H2", b"".join(bytes(str(o.get("/S")), "utf8") for o in document.objects if _tag(o)))


def _tag(one: pikepdf.Object) -> bool:
    return isinstance(one, pikepdf.Dictionary) and "/S" in one and "/P" in one


def test_the_policy_is_printed_where_there_is_no_vault(tmp_path: Path) -> None:
    """As this package carries it."""
    terminal = Typist(env={"LCS_VAULT": str(tmp_path / "none"), "LCS_STATE": str(tmp_path / "state")})
    ran = lcs(terminal, "policy", "give", "--to", "user", "--pdf", str(tmp_path / "policy.pdf"))
    assert (ran.code, "was not logged" in ran.out) == (0, True)
    assert "no vault has published one here" in flat((tmp_path / "policy.pdf").read_bytes())


def test_a_certificate_is_printed_as_it_is_shown(desk_of: OpenDesk, tmp_path: Path) -> None:
    """Label by label; the same certificate is the same file."""
    desk = desk_of("amina", CLOSED)
    ref = stories.closed_family(desk).ref
    desk.db.close()
    stories.disposed(desk_of, ref)
    desk = desk_of("amina", SWEPT)
    papers = [tmp_path / name for name in ("one.pdf", "two.pdf")]
    for later, paper in enumerate(papers):
        day = SWEPT + timedelta(days=later)
        assert typed(desk, "retention", "certificate", "RC-000001-R", "--pdf", str(paper), day=day).code == 0
    assert papers[0].read_bytes() == papers[1].read_bytes()
    shown = typed(desk, "retention", "certificate", "RC-000001-R", day=SWEPT).out
    said = flat(papers[0].read_bytes())
    for line in shown.splitlines():
        assert " ".join(line.replace(":", "", 1).split()) in said.replace("\u200b", ""), line
    assert certificates.show(desk, "RC-000001-R").digest in said
    assert stories.detail(stories.trail(desk)[-3])["written"] == ["pdf"]


@pytest.mark.usefixtures("agreed")
def test_a_report_is_printed_beside_its_other_forms(desk: Desk, tmp_path: Path) -> None:
    """In the same folder, in the manifest and on the trail by its hash, with the words of its text."""
    ran = typed(desk, "report", "produce", RP1, "--into", str(tmp_path), "--pdf")
    assert ran.code == 0, ran.err
    folder = tmp_path / "EX-000001-R"
    content = (folder / "report.pdf").read_bytes()
    said = flat(content)
    for line in (folder / "report.txt").read_text().splitlines():
        words = " ".join(line.replace(":  ", " ", 1).split())
        assert not words or set(words) <= set("=-") or words.replace(": ", " ", 1) in said or words in said, line
    listed = {one["path"]: one for one in json.loads((folder / "datapackage.json").read_text())["resources"]}
    assert set(listed) == {"report.txt", "report.json", "report.pdf"}
    sha256 = hashlib.sha256(content).hexdigest()
    assert (listed["report.pdf"]["hash"], listed["report.pdf"]["bytes"]) == (f"sha256:{sha256}", len(content))
    assert stories.detail(stories.trail(desk)[-1])["sha256"]["report.pdf"] == sha256


def test_a_bundle_is_printed_with_nobody_elses_words(desk: Desk, tmp_path: Path) -> None:
    """All that is given of the person, letter by letter, and nothing of anybody else or that nobody cleared."""
    case = plant(desk)
    asked(desk, case.child, RequestKind.OWN)
    decide(desk, ["S-000001-R"])
    ran = typed(desk, "request", "release", "RQ-0001-R", "--into", str(tmp_path), "--pdf")
    assert ran.code == 0, ran.err
    folder = next(path for path in tmp_path.glob("EX-*"))
    said = flat((folder / "bundle.pdf").read_bytes())
    own = {"2010-04-05": "Mon 5 Apr 2010"}
    assert [word for word in OWN_WORDS if own.get(word, word) not in said] == []
    assert "Tnote" in said
    kept = {word for name, words in TEXTS.items() if name != "S-000001-R" for word in words}
    assert leaked(OTHERS | kept, said.encode()) == set()
    for line in (folder / "withheld.txt").read_text().splitlines()[1:]:
        assert " ".join(line.removeprefix("- ").split()) in said, line
    assert "bundle.pdf" in {one["path"] for one in json.loads((folder / "datapackage.json").read_text())["resources"]}


def test_names_are_printed_as_they_are_written(desk: Desk, tmp_path: Path) -> None:
    """Of staff too: Welsh, Vietnamese, Polish, Ukrainian, Yoruba, Arabic; open where that is asked for."""
    names = ["Siân Tŷ-Ŵyn", "Nguyễn Thị Ánh", "Łukasz Żółć", "Їжак Ґава", "Ọlá Adéwọlé", "محمد"]
    for name in names:
        stories.staff_member(desk, name)
    out = tmp_path / "staff.pdf"
    ran = typed(desk, "staff", "list", "--pdf", str(out), "--no-password")
    assert (ran.code, ran.out) == (0, f"Wrote {out}: 6 entries, not encrypted.\n")
    said = flat(out.read_bytes())
    assert [name for name in names if name not in said] == []
    assert stories.detail(stories.trail(desk)[-1])["written"] == ["pdf"]


def test_a_password_is_made_and_shown_once(desk: Desk, tmp_path: Path) -> None:
    """On the terminal, beside the data; it opens the file, and no other word does."""
    stories.staff_member(desk, "Efa Parry")
    out = tmp_path / "staff.pdf"
    ran = typed(desk, "staff", "list", "--pdf", str(out))
    made = re.search(r"^Password of the file: (.*)$", ran.err, re.MULTILINE)
    assert made
    assert made[1] not in ran.out
    assert "Efa Parry" in flat(out.read_bytes(), made[1])
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(out.read_bytes()))
    assert made[1] not in repr(stories.everything(desk))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--ask-password", "--no-password"], "password: it is asked for, or there is none"),
        ([], "password: there is no terminal to show it at"),
        (["--ask-password"], "missing: a passphrase, and there is no terminal to ask at"),
    ],
)
def test_no_password_is_lost(desk: Desk, tmp_path: Path, options: list[str], said: str) -> None:
    """Where nobody could read or type it, nothing is written."""
    out = tmp_path / "staff.pdf"
    terminal = Typist(env=at(desk.vault.folder), asks=False)
    ran = lcs(terminal, "staff", "list", "--pdf", str(out), *options)
    assert not out.exists()
    assert ran.code == 2
    assert said in ran.err


MANY = "dented walnut ferry kiosk marble onward plinth quarry sonnet tundra velvet wicker yonder zephyr amber basil"


@pytest.mark.parametrize("given", ["pâté dented walnut ferry", MANY])
def test_a_password_can_be_typed_elsewhere(desk: Desk, tmp_path: Path, given: str) -> None:
    """On another keyboard, and in another program."""

    class Choosing(Typist):
        def ask_secret(self, prompt: str) -> str:
            return given if prompt.startswith(("Passphrase for the file", "The same")) else super().ask_secret(prompt)

    ran = lcs(Choosing(env=at(desk.vault.folder)), "staff", "list", "--pdf", str(tmp_path / "s.pdf"), "--ask-password")
    assert (ran.code, (tmp_path / "s.pdf").exists()) == (2, False)
    assert "password: takes letters a to z, digits, signs and spaces, at most 100" in ran.err


COMMANDS = {
    "policy": ["policy", "give", "--to", "user", "--pdf"],
    "policy as text": ["policy", "give", "--to", "user", "--out"],
    "staff": ["staff", "list", "--no-password", "--pdf"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_what_cannot_be_written_was_not_given(
    desk: Desk, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk: one line, nothing on record, nothing left behind."""

    def full(path: Path, content: bytes) -> None:
        path.write_bytes(content[:9])
        raise OSError(errno.ENOSPC, "No space left on device")

    folder = tmp_path / "out"
    folder.mkdir()
    monkeypatch.setattr(file_out, "write_new", full)
    with stories.unchanged(desk):
        ran = typed(desk, *COMMANDS[name], str(folder / "a"))
    assert ran.code == 1
    assert f"error: {COMMANDS[name][-1][2:]}: cannot be written (No space left on device)" in ran.err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_nothing_is_overwritten(desk: Desk, tmp_path: Path, name: str) -> None:
    """Nor is a copy entered that was not given."""
    (tmp_path / "a").write_text("mine")
    with stories.unchanged(desk):
        ran = typed(desk, *COMMANDS[name], str(tmp_path / "a"))
    assert (ran.code, (tmp_path / "a").read_text()) == (2, "mine")
    assert f"error: {COMMANDS[name][-1][2:]}: something is there already" in ran.err
