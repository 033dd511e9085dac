"""The signatures of the trail: whoever writes in another's name, or anew what was written, is noticed."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from lcs_cli.errors import RefusedError
from lcs_cli.records.user import KeyName, Role
from lcs_cli.services import audits, families, staff, users
from lcs_cli.services.desk import Desk
from lcs_cli.vault import audit, sealing, signers
from lcs_cli.vault.audit import Head
from lcs_cli.vault.secret import Secret
from lcs_cli.vault.signers import entry_body
from tests.conftest import CHEAP, After, OpenDesk, passphrase
from tests.services import stories
from tests.vault.attacks import ON_SIGNERS, ON_THE_TRAIL
from tests.vault.tampering import without_triggers

AMINA, TOMOS, NIA = "U-001-R", "U-004-G", "U-005-M"
NEW = Secret(passphrase="six new teaspoons in a drawer")
_FIELDS = ("seq", "at", "actor", "action", "outcome", "refs", "detail_digest", "previous")

Row = dict[str, Any]
Sign = Callable[[Row], bytes]
UNTOLD = " is there, and no entry tells of it"


@pytest.fixture
def trail(after: After, desk_of: OpenDesk) -> Desk:
    """Amina's desk in a vault where several people have acted; nia has left, and tomos's passphrase was renewed."""
    after(several_acted)
    return desk_of()


def several_acted(desk_of: OpenDesk) -> None:
    """What they did."""
    desk = desk_of()
    users.add_user(desk, "nia", [Role.WORKER], Secret(passphrase=passphrase("nia")), CHEAP)
    stories.closed_family(desk)
    for name in ("tomos", "nia"):
        stories.flag(desk_of(name), "LCS-0001-R", closed=False)
    staff.undertake(desk_of("rhys"), stories.staff_member(desk, login="tomos", vetted=False), desk.today)
    users.remove(desk, "nia")
    users.recover(desk, "tomos", Secret(passphrase=passphrase("tomos")), CHEAP)
    stories.flag(desk_of("tomos"), "LCS-0001-R", closed=False)
    families.show(desk, "LCS-0001-R")
    desk.db.close()


def problems(desk: Desk, *heads: str) -> tuple[str, ...]:
    """What `lcs audit verify` says."""
    return audits.verify(desk, heads).problems


def entry_of(desk: Desk, actor: str) -> int:
    """The number of somebody's first entry that is not the vault's first."""
    return next(entry.seq for entry in stories.trail(desk) if entry.actor == actor and entry.seq > 2)


def body(desk: Desk, digest: str) -> bytes:
    """What an entry's signature covers."""
    return entry_body(desk.vault.header.vault, digest)


def signed_with(desk: Desk, key: bytes) -> Sign:
    """Sign each entry with one key, whoever acted."""
    return lambda row: sealing.sign(key, body(desk, row["digest"]))


def as_it_was(row: Row) -> bytes:
    """Keep the signature."""
    signature: bytes = row["signature"]
    return signature


def rewrite(desk: Desk, seq: int, change: Mapping[str, Any], sign: Sign, *, chain: bool) -> None:
    """Change an entry and compute its digest anew, and with ``chain`` those of all after it."""
    with without_triggers(desk) as connection:
        names = (*_FIELDS, "digest", "signature")
        rows = connection.execute(
            f"SELECT {', '.join(names)} FROM audit WHERE seq >= ? ORDER BY seq", (seq,)
        ).fetchall()
        previous = rows[0][names.index("previous")]
        for values in rows if chain else rows[:1]:
            row = dict(zip(names, values, strict=True)) | (dict(change) if values[0] == seq else {})
            row["previous"] = previous
            row["digest"] = previous = audit._digest(*(row[name] for name in _FIELDS))
            connection.execute(
                f"UPDATE audit SET {', '.join(f'{name} = :{name}' for name in names)} WHERE seq = :seq",
                row | {"signature": sign(row)},
            )


def test_an_untouched_trail_is_signed_by_everybody_who_acted(trail: Desk) -> None:
    """Those who left and those with new keys included."""
    assert problems(trail) == ()
    assert {entry.actor for entry in stories.trail(trail)} == {AMINA, "U-003-A", TOMOS, NIA}


def test_an_entry_changed_with_its_digest_is_noticed_twice(trail: Desk) -> None:
    """By the entry after it, and by its signature."""
    seq = entry_of(trail, NIA)
    rewrite(trail, seq, {"outcome": "refused"}, as_it_was, chain=False)
    assert problems(trail) == (
        f"entry {seq} is not signed by {NIA}",
        f"entry {seq + 1} does not follow the entry before it",
        f"SF-0002-W{UNTOLD}",
    )


def test_a_chain_computed_anew_is_noticed_by_every_signature(trail: Desk, desk_of: OpenDesk) -> None:
    """The records key is enough for the digests; nobody has the keys of all."""
    seq = entry_of(trail, NIA)
    for sign in (as_it_was, signed_with(trail, desk_of("tomos").vault.opened.sign)):
        rewrite(trail, seq, {"refs": "[]"}, sign, chain=True)
        found = problems(trail)
        assert found[0] == f"entry {seq} is not signed by {NIA}"
        assert all("is not signed by" in problem or problem.endswith(UNTOLD) for problem in found)
        assert len(found) >= 4


@pytest.mark.parametrize("change", [{"outcome": "refused"}, {"actor": TOMOS}, {"actor": NIA}, {"actor": "U-009-D"}])
def test_an_entry_signed_anew_by_somebody_else_is_noticed(
    trail: Desk, desk_of: OpenDesk, change: Mapping[str, Any]
) -> None:
    """A real key of another person's does not make it theirs; nor does the key they have now for an older entry."""
    seq = entry_of(trail, AMINA)
    rewrite(trail, seq, change, signed_with(trail, desk_of("tomos").vault.opened.sign), chain=False)
    actor = change.get("actor", AMINA)
    assert problems(trail)[:2] == (
        f"entry {seq} is not signed by {actor}",
        f"entry {seq + 1} does not follow the entry before it",
    )


def test_an_entry_put_into_somebody_elses_name_is_noticed(trail: Desk) -> None:
    """Also by whoever wrote it, with the key that signed it."""
    seq = stories.trail(trail)[-1].seq
    rewrite(trail, seq, {"actor": TOMOS}, signed_with(trail, trail.vault.opened.sign), chain=False)
    assert problems(trail) == (f"entry {seq} is not signed by {TOMOS}",)


def test_the_last_entry_replaced_by_one_of_ones_own_is_noticed_by_who_noted_it(trail: Desk, desk_of: OpenDesk) -> None:
    """In itself it is whole: that is what heads outside the vault are for."""
    seen = str(audit.head(trail.db))
    tomos = desk_of("tomos")
    rewrite(trail, parsed(seen).seq, {"actor": TOMOS}, signed_with(trail, tomos.vault.opened.sign), chain=False)
    assert problems(trail) == ()
    (found,) = problems(trail, seen)
    assert found.startswith(f"entry {parsed(seen).seq} is not the one that the given paper or manifest noted")


def parsed(head: str) -> Head:
    """A head as it is written."""
    return audit.parse_head(head)


# --- Who signs -------------------------------------------------------------------------------------------------------

STRANGER = sealing.public_sign_key(sealing.new_key())
ON_THEIR_ROWS = [
    (
        "INSERT INTO signer VALUES ('U-001-R', 9, :key, zeroblob(64))",
        "U-001-R signs with from entry 9 on is not certified",
    ),
    (
        "INSERT INTO signer VALUES ('U-009-D', 1, :key, zeroblob(64))",
        "U-009-D signs with from entry 1 on is not certified",
    ),
    ("UPDATE signer SET public = :key WHERE user = 'U-001-R'", "entry 3 is not signed by U-001-R"),
    ("UPDATE signer SET public = :key WHERE user = 'U-003-A'", "from entry 2 on is not certified"),
    ("UPDATE signer SET certificate = zeroblob(64) WHERE user = 'U-003-A'", "from entry 2 on is not certified"),
    ("UPDATE signer SET since = since + 1 WHERE user = 'U-003-A'", "from entry 3 on is not certified"),
    (
        "UPDATE signer SET user = 'U-009-D' WHERE user = 'U-003-A'",
        "U-009-D signs with from entry 2 on is not certified",
    ),
    ("DELETE FROM signer WHERE user = 'U-003-A'", "is not signed by U-003-A"),
    ("DELETE FROM signer WHERE user = 'U-002-W'", "signs for U-002-W now is not the one in the header"),
    ("DELETE FROM signer WHERE user = 'U-004-G' AND since = 3", "is not signed by U-004-G"),
    ("DELETE FROM signer WHERE user = 'U-004-G' AND since > 3", "signs for U-004-G now is not the one in the header"),
    (
        "DELETE FROM signer WHERE user = 'U-005-M' AND public = x''",
        "signs for U-005-M now is not the one in the header",
    ),
]


@pytest.mark.parametrize(("statement", "noticed"), ON_THEIR_ROWS)
def test_whose_signature_counts_is_certified_by_a_manager(trail: Desk, statement: str, noticed: str) -> None:
    """A row put in, changed, moved or taken away by somebody with the records key; who left does not come back."""
    assert problems(trail) == ()
    with without_triggers(trail) as connection:
        assert connection.execute(statement, {"key": STRANGER} if ":key" in statement else ()).rowcount
    assert any(noticed in problem for problem in problems(trail))


@pytest.mark.parametrize("other", [("another vault", TOMOS, 9, b""), ("", AMINA, 9, b""), ("", TOMOS, 8, b"")])
def test_a_certificate_for_something_else_certifies_nothing(trail: Desk, other: tuple[str, str, int, bytes]) -> None:
    """It is bound to vault, person, entry and key: the row of who left, copied, shuts nobody else out."""
    vault, admin = trail.vault.header.vault, trail.vault.key(KeyName.ADMIN)
    certificate = sealing.sign(admin, signers._certified(other[0] or vault, *other[1:]))
    with without_triggers(trail) as connection:
        connection.execute("INSERT INTO signer VALUES (?, 9, x'', ?)", (TOMOS, certificate))
    assert problems(trail) == (
        f"the key that {TOMOS} signs with from entry 9 on is not certified by a manager",
        f"no entry says why {TOMOS} signs with another key from entry 9 on",
    )


def append_as(desk: Desk, user: str, sign: bytes) -> None:
    """One more entry in somebody's name, as another tool could write it."""
    opened = desk.vault.opened
    forger = replace(desk.vault, opened=replace(opened, user=replace(opened.user, reference=user), sign=sign))
    with desk.db.transaction():
        audit.append(forger, at=desk.moment, action="family.show", outcome="done", refs=[], detail={})


def test_who_left_signs_no_more(trail: Desk, desk_of: OpenDesk) -> None:
    """With the key they had; what they signed before stays signed."""
    users.add_user(trail, "owen", [Role.WORKER], Secret(passphrase=passphrase("owen")), CHEAP)
    owen = desk_of("owen")
    append_as(owen, owen.user.reference, owen.vault.opened.sign)
    users.remove(trail, "owen")
    assert problems(trail) == ()
    append_as(trail, owen.user.reference, owen.vault.opened.sign)
    seq = audit.head(trail.db).seq
    assert problems(trail) == (f"entry {seq} is not signed by {owen.user.reference}",)


def test_a_key_that_was_renewed_signs_no_more(desk: Desk, desk_of: OpenDesk) -> None:
    """Whoever found the old passphrase and an old header has only the old key."""
    former = desk_of("tomos").vault.opened.sign
    users.recover(desk, "tomos", NEW, CHEAP)
    append_as(desk, TOMOS, former)
    seq = audit.head(desk.db).seq
    assert problems(desk) == (f"entry {seq} is not signed by {TOMOS}",)


# --- Through lcs itself ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attack", ON_THE_TRAIL + ON_SIGNERS)
def test_what_is_on_the_trail_cannot_be_written_over_through_lcs(trail: Desk, attack: str) -> None:
    """Nor who signed it: each of the three tables only grows (policy 4.5)."""
    with stories.unchanged(trail), pytest.raises(RefusedError) as refused, trail.db.transaction():
        trail.db.run(attack)
    assert refused.value.clause == "4.5"
    assert problems(trail) == ()


@pytest.mark.parametrize("sign", [bytes(64), b""])
def test_an_entry_added_without_a_signature_is_noticed(trail: Desk, sign: bytes) -> None:
    """The table takes the next number from anybody; the trail does not."""
    last = audit.head(trail.db)
    row = (last.seq + 1, trail.moment, AMINA, "family.show", "done", "[]", "0" * 64, last.digest)
    with trail.db.transaction():
        trail.db.run(f"INSERT INTO audit VALUES ({', '.join('?' * 10)})", *row, audit._digest(*row), sign)
    assert problems(trail) == (
        f"entry {last.seq + 1} is not signed by {AMINA}",
        f"the detail of entry {last.seq + 1} was taken away",
    )
