"""Verifying the trail beside bare checking of the same signatures."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from benchmarks import vaults
from benchmarks.bench import Bench
from benchmarks.timing import Row, interleaved
from lcs_cli.services.desk import Desk
from lcs_cli.vault import audit
from lcs_cli.vault.signers import entry_body

ENTRIES, ROUNDS = 100_000, 3


def rows(bench: Bench) -> list[Row]:
    """In one process, on a vault of which nothing but the trail is large."""
    vault = bench.folder / "trail"
    vaults.make_vault(vault, staying=0)
    desk = vaults.open_desk(vault, "bench", vaults.now_())
    with desk.db.transaction():
        for _ in range(ENTRIES):
            desk.log("family.show", "done", ["LCS-0001-R"], {})
    signed = desk.db.rows("SELECT digest, signature FROM audit WHERE actor = ?", desk.user.reference)
    key = Ed25519PublicKey.from_public_bytes(desk.vault.header.slots[0].public_sign)
    bodies = [(signature, entry_body(desk.vault.header.vault, digest)) for digest, signature in signed]

    def bare() -> None:
        for one in bodies:
            key.verify(*one)

    took = interleaved({"whole": lambda: _verify(desk), "bare": bare}, ROUNDS)
    desk.db.close()
    work = f"verifying a trail of {ENTRIES:,} entries, in one process"
    return [Row(work, took["whole"], "bare checking of their signatures by the library", took["bare"], 1.5)]


def _verify(desk: Desk) -> None:
    if problems := list(audit.problems(desk.vault, {})):
        raise SystemExit(problems[0])
