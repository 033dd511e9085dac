"""Verifying the trail, all of it and what is new, beside bare checking of the same signatures."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from benchmarks import vaults
from benchmarks.bench import Bench
from benchmarks.timing import Row, Run, interleaved
from lcs_cli.services.desk import Desk
from lcs_cli.vault import audit
from lcs_cli.vault.signers import entry_body

ENTRIES, NEW, ROUNDS = 100_000, 1_000, 3


def rows(bench: Bench) -> list[Row]:
    """In one process, on a vault of which nothing but the trail is large."""
    vault = bench.folder / "trail"
    vaults.make_vault(vault, staying=0)
    desk = vaults.open_desk(vault, "bench", vaults.now_())
    _read(desk, ENTRIES)
    signed = desk.db.rows("SELECT digest, signature FROM audit WHERE actor = ?", desk.user.reference)
    key = Ed25519PublicKey.from_public_bytes(desk.vault.header.slots[0].public_sign)
    bodies = [(signature, entry_body(desk.vault.header.vault, digest)) for digest, signature in signed]

    def bare(count: int) -> None:
        for one in bodies[:count]:
            key.verify(*one)

    since = audit.head(desk.db)
    _read(desk, NEW)
    runs: dict[str, Run] = {
        "whole": lambda: _verify(desk, audit.BEGINNING),
        "bare": lambda: bare(len(bodies)),
        "new": lambda: _verify(desk, since),
        "bare new": lambda: bare(NEW),
    }
    took = interleaved(runs, ROUNDS)
    desk.db.close()
    beside = "bare checking of their signatures by the library"
    return [
        Row(f"verifying a trail of {ENTRIES:,} entries, in one process", took["whole"], beside, took["bare"], 1.5),
        Row(f"verifying the {NEW:,} that came after them", took["new"], beside, took["bare new"], 1.5),
    ]


def _read(desk: Desk, times: int) -> None:
    with desk.db.transaction():
        for _ in range(times):
            desk.log("family.show", "done", ["LCS-0001-R"], {})


def _verify(desk: Desk, since: audit.Head) -> None:
    if problems := list(audit.problems(desk.vault, {}, since)):
        raise SystemExit(problems[0])
