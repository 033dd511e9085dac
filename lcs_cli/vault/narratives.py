"""Narratives: anyone seals one to the safeguarding leads, and only they open it, in the record it was written for."""

from lcs_cli.errors import DamagedVaultError
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.user import KeyName
from lcs_cli.vault import sealing
from lcs_cli.vault.encoding import context
from lcs_cli.vault.folder import Vault


def seal(vault: Vault, kind: Kind, number: int, part: str, text: str) -> bytes:
    """Seal one part of a record, such as its narrative, bound to vault, record and part (HPKE)."""
    return sealing.seal_to(vault.header.safeguarding_public, text.encode(), _bound_to(vault, kind, number, part))


def unseal(vault: Vault, kind: Kind, number: int, part: str, sealed: bytes) -> str:
    """Open a part of a record; RefusedError for anyone without the safeguarding key.

    DamagedVaultError where it was sealed for another record or part.
    """
    private = vault.key(KeyName.SAFEGUARDING)
    try:
        return sealing.open_sealed(private, sealed, _bound_to(vault, kind, number, part)).decode()
    except sealing.SealBrokenError as error:
        raise DamagedVaultError(f"the {part} of {reference(kind, number)} does not open", "run: lcs doctor") from error


def _bound_to(vault: Vault, kind: Kind, number: int, part: str) -> bytes:
    return context("safeguarding", vault.header.vault, reference(kind, number), part)
