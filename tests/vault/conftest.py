"""What the tests of the vault share: one vault with a seal of every kind, made once and copied."""

from pathlib import Path

import pytest

from tests.vault import sealed


@pytest.fixture(scope="session")
def sealed_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a vault as `tests.vault.sealed` makes it, never to be changed; its service's key is beside it."""
    folder = tmp_path_factory.mktemp("sealed") / "vault"
    sealed.make_sealed(folder)
    return folder
