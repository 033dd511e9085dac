"""Copies for elsewhere: whoever was named opens them, nobody else, and nothing of a refusal repeats what was typed."""

import io
import sys
from pathlib import Path

import pyrage
import pytest

from lcs_cli.errors import DamagedVaultError, FailedError, UsageError
from lcs_cli.vault.age import Recipients

CONTENT = b"line\n" * 100_000


@pytest.fixture
def identity() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


def test_each_recipient_opens_it_and_nobody_else(identity: pyrage.x25519.Identity) -> None:
    other, stranger = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    target = io.BytesIO()
    Recipients([str(identity.to_public()), f" {other.to_public()} "]).encrypt(io.BytesIO(CONTENT), target)
    assert [pyrage.decrypt(target.getvalue(), [one]) for one in (identity, other)] == [CONTENT, CONTENT]
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(target.getvalue(), [stranger])


@pytest.mark.parametrize("given", ["age1nobody", "AGE-SECRET-KEY-1QQQ", "ssh-ed25519 AAAA", ""])
def test_what_is_no_recipient_is_named_by_its_place_alone(identity: pyrage.x25519.Identity, given: str) -> None:
    """A private key may have been pasted: it reaches no screen."""
    with pytest.raises(UsageError, match=r"^recipient 2: ") as raised:
        Recipients([str(identity.to_public()), given])
    assert not given or given not in str(raised.value)


def test_without_a_recipient_nothing_is_encrypted() -> None:
    with pytest.raises(UsageError, match="missing: recipient"):
        Recipients([])


class Broken:
    """A source, or a target, that fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def read(self, _size: int = -1, /) -> bytes:
        raise self.error


def test_an_error_of_the_source_stays_what_it_is(identity: pyrage.x25519.Identity) -> None:
    to = Recipients([str(identity.to_public())])
    with pytest.raises(DamagedVaultError, match="page 7"):
        to.encrypt(Broken(DamagedVaultError("page 7", "run: lcs doctor")), io.BytesIO())


def test_a_target_that_cannot_be_written_is_said(identity: pyrage.x25519.Identity, tmp_path: Path) -> None:
    (tmp_path / "read").write_bytes(b"")
    with (tmp_path / "read").open("rb") as target, pytest.raises(FailedError, match="could not be written"):
        Recipients([str(identity.to_public())]).encrypt(io.BytesIO(CONTENT), target)


def test_without_the_library_the_way_to_get_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyrage", None)
    with pytest.raises(FailedError, match="not installed") as raised:
        Recipients(["age1x"])
    assert "'.[age]'" in raised.value.hint
