"""What opens a slot: passphrases and key files."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lcs_cli.errors import CannotUnlockError, UsageError
from lcs_cli.records.user import KeyName
from lcs_cli.services import setup, users
from lcs_cli.services.desk import Desk
from lcs_cli.vault.encoding import encode
from lcs_cli.vault.secret import (
    Secret,
    check_passphrase,
    create_key_file,
    generate_passphrase,
    read_credential,
    read_key_file,
    read_recovery_key,
    write_recovery_key,
)
from tests.conftest import TODAY, moment


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A service's key file."""
    path = tmp_path / "nightly.key"
    create_key_file(path, "nightly")
    return path


def test_a_key_file_is_private_and_holds_the_name_and_the_key(key_file: Path) -> None:
    """It is made so that only its owner reads it, before anything is written to it."""
    assert key_file.stat().st_mode & 0o777 == 0o600
    name, secret = read_key_file(key_file)
    assert name == "nightly"
    assert secret.random is not None
    assert len(secret.random) == 32


def test_a_key_file_is_never_written_over(key_file: Path) -> None:
    """A second one of that name would lock the service out."""
    before = key_file.read_bytes()
    with pytest.raises(FileExistsError):
        create_key_file(key_file, "nightly")
    assert key_file.read_bytes() == before


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o601, 0o777])
def test_a_key_file_that_others_can_read_is_refused(key_file: Path, mode: int) -> None:
    """Whoever could read it may have it already."""
    key_file.chmod(mode)
    with pytest.raises(CannotUnlockError, match="somebody else owns it or can read it") as refused:
        read_key_file(key_file)
    assert "chmod 600" in refused.value.hint


def test_a_link_to_a_key_file_is_refused(key_file: Path, tmp_path: Path) -> None:
    """Somebody else may decide where a link leads."""
    link = tmp_path / "link.key"
    link.symlink_to(key_file)
    with pytest.raises(CannotUnlockError, match="cannot be read"):
        read_key_file(link)


def test_a_key_file_with_a_second_name_is_refused(key_file: Path, tmp_path: Path) -> None:
    """Taking one of the two away would leave the key lying about; it counts again once the other is gone."""
    second = tmp_path / "elsewhere"
    os.link(key_file, second)
    for name in (key_file, second):
        for read in (read_key_file, read_credential):
            with pytest.raises(CannotUnlockError, match="second name"):
                read(name)
    second.unlink()
    assert read_key_file(key_file)[0] == "nightly"


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o722, 0o777, 0o770])
@pytest.mark.parametrize("read", [read_key_file, read_credential])
def test_a_key_file_lies_where_nobody_else_can_put_another(
    key_file: Path, read: Callable[[Path], tuple[str, Secret]], mode: int
) -> None:
    """Else a nightly job would run for the vault of whoever exchanged it; in a sticky folder nobody can."""
    folder = key_file.parent
    folder.chmod(mode)
    with pytest.raises(CannotUnlockError, match="others can write to its folder") as refused:
        read(key_file)
    assert "chmod 700" in refused.value.hint
    for safe in (mode | stat.S_ISVTX, 0o755, 0o700):
        folder.chmod(safe)
        assert read(key_file)[0] == "nightly"


ME, ROOT, SOMEBODY = 4711, 0, 4712


@contextmanager
def as_a_service(file: int, folder: int = ROOT) -> Iterator[None]:
    """For the time, this is the process of user 4711; the file and its folder belong to these users."""
    of_file, of_folder = os.fstat, os.stat

    def owned(about: os.stat_result, by: int) -> os.stat_result:
        return os.stat_result((*about[:4], by, *about[5:]))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: ME)
        patch.setattr(os, "fstat", lambda handle: owned(of_file(handle), file))
        patch.setattr(os, "stat", lambda path, **how: owned(of_folder(path, **how), folder))
        yield


@pytest.mark.parametrize(
    ("read", "owner", "mode", "accepted"),
    [
        (read_key_file, ME, 0o600, True),
        (read_key_file, ME, 0o400, True),
        (read_key_file, ROOT, 0o600, False),
        (read_key_file, ROOT, 0o440, False),
        (read_key_file, SOMEBODY, 0o600, False),
        (read_credential, ME, 0o400, True),
        (read_credential, ME, 0o440, True),
        (read_credential, ROOT, 0o440, True),
        (read_credential, ROOT, 0o400, True),
        (read_credential, ROOT, 0o444, False),
        (read_credential, ROOT, 0o460, False),
        (read_credential, ROOT, 0o450, False),
        (read_credential, ROOT, 0o442, False),
        (read_credential, ME, 0o444, False),
        (read_credential, SOMEBODY, 0o440, False),
        (read_credential, SOMEBODY, 0o400, False),
    ],
)
def test_a_credential_may_be_the_systems_and_a_key_file_may_not(
    key_file: Path, read: Callable[[Path], tuple[str, Secret]], owner: int, mode: int, *, accepted: bool
) -> None:
    """What systemd hands over shows its access list as permission of the group; to all others it is closed too."""
    key_file.chmod(mode)
    with as_a_service(owner):
        if accepted:
            assert read(key_file)[0] == "nightly"
        else:
            with pytest.raises(CannotUnlockError, match="somebody else owns it or can read it"):
                read(key_file)


@pytest.mark.parametrize("read", [read_key_file, read_credential])
def test_the_folder_of_somebody_else_is_no_place_for_a_key(
    key_file: Path, read: Callable[[Path], tuple[str, Secret]]
) -> None:
    """Its owner can exchange what is in it, sticky or not."""
    for mode in (0o700, 0o1777):
        key_file.parent.chmod(mode)
        with as_a_service(ME, SOMEBODY), pytest.raises(CannotUnlockError, match="others can write to its folder"):
            read(key_file)
        with as_a_service(ME, ME):
            assert read(key_file)[0] == "nightly"
    key_file.parent.chmod(0o700)


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    """A folder, and a pipe that nobody writes to, which must not keep a nightly job waiting."""
    folder, pipe = tmp_path / "folder", tmp_path / "pipe"
    folder.mkdir(mode=0o700)
    os.mkfifo(pipe, 0o600)
    for path in (folder, pipe):
        with pytest.raises(CannotUnlockError):
            read_key_file(path)


def test_a_key_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    """In one line, without a traceback."""
    with pytest.raises(CannotUnlockError, match="cannot be read"):
        read_key_file(tmp_path / "none.key")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"lcs-key-1 nightly\n",
        b"lcs-key-2 nightly " + encode(bytes(32)).encode() + b"\n",
        b"lcs-key-1 nightly " + encode(bytes(31)).encode() + b"\n",
        b"lcs-key-1 nightly " + encode(bytes(32)).encode()[:-1] + b"\n",
        b"lcs-key-1 nightly " + encode(bytes(32)).encode() + b"\n\n",
        b"lcs-key-1 nightly " + encode(bytes(32)).encode() + b" more\n",
        b"\xff" * 60,
        b"x" * 1000,
    ],
)
def test_a_file_that_is_no_key_file_is_refused(key_file: Path, content: bytes) -> None:
    """A key of another length, another format, or something else altogether."""
    key_file.write_bytes(content)
    with pytest.raises(CannotUnlockError, match="not a key file"):
        read_key_file(key_file)


def test_a_key_file_opens_the_slot_it_was_made_for(vault: Path, desk: Desk, tmp_path: Path) -> None:
    """And its key only: another random key does not, a passphrase does not."""
    path = tmp_path / "sweeper.key"
    users.add_service(desk, "sweeper", ["retention.sweep"], path)
    name, secret = read_key_file(path)
    opened = setup.open_desk(vault, name, secret, now=moment(TODAY), today=TODAY)
    assert set(opened.vault.opened.keys) == {KeyName.RECORDS}
    for wrong in (Secret(random=bytes(32)), Secret(passphrase="a passphrase for a service")):
        with pytest.raises(CannotUnlockError):
            setup.open_desk(vault, name, wrong, now=moment(TODAY), today=TODAY)


def test_a_key_file_does_not_open_a_persons_slot(vault: Path) -> None:
    """The slot wants a passphrase, and says so."""
    with pytest.raises(CannotUnlockError, match="passphrase"):
        setup.open_desk(vault, "amina", Secret(random=bytes(32)), now=moment(TODAY), today=TODAY)


@pytest.mark.parametrize("passphrase", ["", "short", "fourteen chars", "passwordpassword", "qwertyuiopasdfgh"])
def test_a_weak_passphrase_is_refused(passphrase: str) -> None:
    """Fifteen characters or more, and not easy to guess; the refusal does not repeat it."""
    with pytest.raises(UsageError) as refused:
        check_passphrase(passphrase, "amina")
    assert not passphrase or passphrase not in refused.value.message + refused.value.hint


def test_a_generated_passphrase_is_five_words_and_strong() -> None:
    """And another one each time."""
    first, second = generate_passphrase(), generate_passphrase()
    assert len(first.split(" ")) >= 5
    assert first != second
    check_passphrase(first, "amina")


def test_a_passphrase_is_the_same_however_its_accents_are_typed(tmp_path: Path) -> None:
    """Keyboards differ in how they send é."""
    composed = Secret(passphrase="le caf\u00e9 est froid ce matin")
    setup.init(
        tmp_path / "vault",
        "amina",
        composed,
        policy_text=None,
        policy_effective=TODAY,
        now=moment(TODAY),
        today=TODAY,
    )
    typed = Secret(passphrase="le cafe\u0301 est froid ce matin")
    assert setup.open_desk(tmp_path / "vault", "amina", typed, now=moment(TODAY), today=TODAY).user.name == "amina"


def test_a_recovery_key_is_read_as_it_was_printed_and_as_people_type_it() -> None:
    """In small letters, with spaces for dashes, with 0, 1 and 8 for O, I and B."""
    key = bytes(range(7, 39))
    printed = write_recovery_key(key)
    assert len(printed.split("-")) == 13
    typed = printed.translate(str.maketrans("OIB", "018"))
    for text in (printed, printed.lower(), printed.replace("-", " "), printed.replace("-", ""), typed):
        assert read_recovery_key(text).random == key


@pytest.mark.parametrize("wrong", ["BCDEFGHIJKLMNOP", "RSTUVWXYZ234567"])
def test_a_recovery_key_has_one_spelling(wrong: str) -> None:
    """Of its last letter four bits say nothing: with another one it is not the key that was printed."""
    printed = write_recovery_key(bytes(range(7, 39)))
    assert printed[-1] in "AQ"
    for letter in wrong:
        with pytest.raises(CannotUnlockError, match="a letter is wrong"):
            read_recovery_key(printed[:-1] + letter)
