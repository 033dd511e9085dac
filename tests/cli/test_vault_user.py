"""Taking somebody's slot or roles away replaces the keys; where that fails, what is done and what is not is said."""

from pathlib import Path

import pytest

from lcs_cli.errors import FailedError, LcsError
from lcs_cli.services import keys
from lcs_cli.services.desk import Desk
from tests.cli.typed import Typist, at, lcs
from tests.conftest import open_desk


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("remove", "rhys", "--yes"), "Removed U-003-A (rhys)."),
        (("roles", "rhys", "--role", "worker"), "U-003-A (rhys) is now: worker."),
    ],
)
@pytest.mark.parametrize("failure", [FailedError("the disk is full: that was not done"), OSError(28, "No space")])
def test_a_rotation_that_fails_does_not_hide_what_was_done(
    vault: Path, argv: tuple[str, ...], said: str, failure: LcsError | OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody runs it again for somebody who is gone, nor forgets the keys that they kept."""

    def failed(_: Desk) -> None:
        raise failure

    with monkeypatch.context() as patch:
        patch.setattr(keys, "rotate", failed)
        ran = lcs(Typist(env=at(vault)), "vault", "user", *argv)
    assert (ran.code, ran.out) == (1, "")
    assert f"{said} The keys are still to be replaced: lcs vault rotate\n" in ran.err
    assert keys.keys_to_replace(open_desk(vault))
    assert lcs(Typist(env=at(vault)), "vault", "rotate").code == 0
    assert not keys.keys_to_replace(open_desk(vault))
