"""Settings in files: an option goes before a variable, a variable before a file; what is not understood is said."""

import json
import re
from pathlib import Path

import pytest

from lcs_cli.cli.settings import OTHERS, SETTINGS, VARIABLES, Settings
from lcs_cli.errors import UsageError
from tests.cli.processes import ROOT, at_terminal, bare, ended, run
from tests.cli.typed import Typist, lcs


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """The user's file and the system's, with nothing in them yet."""
    found = (tmp_path / "user.toml", tmp_path / "system.toml")
    for file in found:
        file.touch()
    return found


def test_the_nearest_one_counts(files: tuple[Path, Path]) -> None:
    """A variable, else the user's file, else the system's."""
    own, systems = files
    systems.write_text("vault = '/srv/lcs/vault'\nuser = 'everybody'\naccessible = true\nno_input = false\n")
    own.write_text("user = 'amina'\n")
    assert dict(Settings({"LCS_USER": "rhys"}, files))["LCS_USER"] == "rhys"
    env = Settings({"HOME": "/home/amina"}, files)
    assert dict(env) == {
        "HOME": "/home/amina",
        "LCS_USER": "amina",
        "LCS_VAULT": "/srv/lcs/vault",
        "LCS_ACCESSIBLE": "1",
    }
    assert len(env) == 4
    assert env.get("LCS_NO_INPUT") is None
    assert env.in_files()["LCS_VAULT"].file == systems


def test_files_are_not_read_where_nothing_of_theirs_is_asked_for(tmp_path: Path) -> None:
    """A file that is wrong does not stop the help, nor a command that was given all it needs."""
    (tmp_path / "config.toml").write_text("=")
    env = Settings({"LCS_VAULT": "/srv/lcs/vault"}, (tmp_path / "config.toml",))
    assert (env.get("LCS_VAULT"), env.get("PATH")) == ("/srv/lcs/vault", None)
    with pytest.raises(UsageError, match="is not TOML"):
        env.get("LCS_USER")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"vualt = '/v'", "has an unknown setting"),
        (b"passphrase = 'a secret'", "has an unknown setting"),
        (b"vault = 7", "vault in .* must be text"),
        (b"vault = ''", "vault in .* must be text"),
        (b'user = "am\\u001bina"', "user in .* must be text"),
        (b"vault = 'vault'", "vault in .* must be a whole path"),
        (b"vault = '~nobody-of-this-name/x'", "vault in .* is in nobody's folder"),
        (b"accessible = 'yes'", "accessible in .* must be true or false"),
        (b"[vault]\nfolder = '/v'", "vault in .* must be text"),
        (b"vault", "is not TOML"),
        (b"vault = " + b"[" * 100_000, "is nested too deeply"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_what_is_not_understood_is_said_and_no_value_of_it(files: tuple[Path, Path], content: bytes, said: str) -> None:
    """With the file: there are two of them."""
    files[0].write_bytes(content)
    with pytest.raises(UsageError, match=f"settings: .*{said}") as refused:
        Settings({}, files).get("LCS_VAULT")
    assert str(files[0]) in refused.value.message
    assert "secret" not in refused.value.message + refused.value.hint


def test_a_path_may_begin_with_the_home_folder(files: tuple[Path, Path]) -> None:
    """As it is typed."""
    files[0].write_text("vault = '~/vault'\n")
    assert Settings({}, files)["LCS_VAULT"] == str(Path.home() / "vault")


def test_every_setting_is_shown_with_where_it_comes_from(tmp_path: Path) -> None:
    """By the real program, with the platform's own folder for settings."""
    (tmp_path / "lcs").mkdir()
    (tmp_path / "lcs" / "config.toml").write_text("vault = '/srv/lcs/vault'\npager = 'none'\n")
    env = bare(XDG_CONFIG_HOME=str(tmp_path), LCS_USER="rhys")
    done = run(["config", "show", "--key-file", "sweep.key", "--json"], env, tmp_path)
    found = {one["setting"]: (one["value"], one["from"]) for one in json.loads(done.stdout)["items"]}
    assert set(found) == set(VARIABLES)
    assert found["vault"] == ("/srv/lcs/vault", str(tmp_path / "lcs" / "config.toml"))
    assert found["user"] == ("rhys", "LCS_USER")
    assert found["key_file"] == ("sweep.key", "--key-file")
    assert found["state"] == (env["LCS_STATE"], "LCS_STATE")
    assert found["accessible"] == ("", "default")
    used = run(["status"], env, tmp_path)
    assert (used.returncode, "there is no vault in /srv/lcs/vault" in used.stderr) == (10, True)


def test_the_defaults_are_those_that_are_used() -> None:
    """The vault's folder as it would be opened; and what another variable says."""
    ran = lcs(Typist(env={"STATE_DIRECTORY": "/var/lib/lcs", "ACCESSIBLE": "1"}), "config", "show", "--csv")
    rows = {line.split(",")[0]: line.split(",")[1:] for line in ran.out.splitlines()[1:]}
    assert rows["vault"][1] == "default"
    assert rows["vault"][0].endswith("/lcs/vault")
    assert rows["state"] == ["/var/lib/lcs", "STATE_DIRECTORY"]
    assert rows["accessible"] == ["1", "ACCESSIBLE"]


def test_a_long_list_is_shown_a_screen_at_a_time_by_a_pager_that_writes_nothing(tmp_path: Path) -> None:
    """It ends with q, and leaves no history of what was looked for."""
    pager = tmp_path / "bin" / "less"
    pager.parent.mkdir()
    pager.write_text('#!/bin/sh\necho "SEEN $LESSHISTFILE $LESSSECURE $LESSCHARSET"; head -n 2; echo END\n')
    pager.chmod(0o755)
    env = bare(PATH=f"{pager.parent}:/usr/bin:/bin", HOME=str(tmp_path))
    argv = ["policy", "coverage"]
    code, said = ended(at_terminal(argv, env, tmp_path))
    assert (code, "SEEN - 1 utf-8" in said, said.rstrip().endswith("END")) == (0, True, True)
    for off in ({"LCS_PAGER": "none"}, {"ACCESSIBLE": "1"}, {"TERM": "dumb"}):
        code, said = ended(at_terminal(argv, env | off, tmp_path))
        assert (code, "SEEN" in said) == (0, False), off
        assert said.count("\n") > 40
    said = ended(at_terminal(["config", "show"], env, tmp_path))[1]
    assert "SEEN" not in said, "it fits the screen"
    assert said.index("no_input") < said.index("settings are read from"), "what is said beside it comes after it"
    assert "SEEN" not in run(argv, env, tmp_path).stdout


def test_an_interrupt_in_the_pager_is_for_the_pager(tmp_path: Path) -> None:
    """It has the terminal, and puts it right when it ends; were it killed, nobody would see what they type."""
    pager = tmp_path / "bin" / "less"
    pager.parent.mkdir()
    pager.write_text(
        "#!/bin/sh\ntrap 'echo CAUGHT' INT\necho READY\nuntil read line </dev/tty; do :; done\necho \"ENDED $LESS\"\n"
    )
    pager.chmod(0o755)
    child = at_terminal(
        ["policy", "coverage"], bare(PATH=f"{pager.parent}:/usr/bin:/bin", HOME=str(tmp_path)), tmp_path
    )
    child.expect_exact("READY")
    child.sendintr()
    child.expect_exact("CAUGHT")
    child.sendline("q")
    code, said = ended(child)
    assert (code, "q ends" in said, "stopped" in said) == (0, True, False)


def test_every_variable_that_is_looked_at_is_in_the_reference() -> None:
    """The page is made from the settings and the others: nobody reads one more in silence."""
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "lcs_cli").rglob("*.py"))
    read = set(re.findall(r"""\benv(?:iron)?(?:\.get\(|\[|, )"([A-Z_]+)\"""", code))
    assert {"LCS_VAULT", "NO_COLOR", "TERM", "XDG_RUNTIME_DIR"} <= read
    assert read == set(VARIABLES.values()) | set(OTHERS)


def test_the_lines_that_the_reference_shows_can_be_put_into_a_file(files: tuple[Path, Path]) -> None:
    """All of them together: each says what its variable would say."""
    files[0].write_text("\n".join(one.example for one in SETTINGS.values()))
    assert [name for name, one in SETTINGS.items() if not one.example.startswith(f"{name} = ")] == []
    assert set(Settings({}, files)) == set(VARIABLES.values())
