"""Sealed values: they open with the right key in the place they were sealed for, and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest

from lcs_cli.errors import DamagedVaultError, RefusedError
from lcs_cli.records.family import ContactField
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.user import KeyName
from lcs_cli.services import accidents, flags, people
from lcs_cli.services.desk import Desk
from lcs_cli.vault import narratives, sealing
from lcs_cli.vault.sealing import SealBrokenError
from tests.conftest import OpenDesk
from tests.services import stories
from tests.vault.tampering import raw, without_triggers

TEXT = b"12 Elm Row, Anytown"


@dataclass(frozen=True)
class Way:
    """One of the two ways of sealing, with a key pair that fits it and another that does not."""

    seal: Callable[[bytes, bytes, bytes], bytes]
    open: Callable[[bytes, bytes, bytes], bytes]
    lock: bytes
    key: bytes
    wrong_key: bytes


def to_a_person() -> Way:
    """HPKE: anybody seals, the private key opens."""
    private = sealing.new_key()
    return Way(sealing.seal_to, sealing.open_sealed, sealing.public_seal_key(private), private, sealing.new_key())


def under_a_key() -> Way:
    """ChaCha20-Poly1305: one key for both."""
    key = sealing.new_key()
    return Way(sealing.encrypt, sealing.decrypt, key, key, sealing.new_key())


WAYS = pytest.mark.parametrize("make", [to_a_person, under_a_key])


@WAYS
def test_what_was_sealed_opens_again(make: Callable[[], Way]) -> None:
    """With its key and its context; an empty text too."""
    way = make()
    for text in (TEXT, b"", bytes(100_000)):
        assert way.open(way.key, way.seal(way.lock, text, b"here"), b"here") == text


@WAYS
def test_the_same_text_sealed_twice_differs(make: Callable[[], Way]) -> None:
    """So that nobody sees that two people live at one address."""
    way = make()
    assert way.seal(way.lock, TEXT, b"here") != way.seal(way.lock, TEXT, b"here")


@WAYS
def test_a_seal_shows_nothing_of_the_text(make: Callable[[], Way]) -> None:
    """Not even in part."""
    way = make()
    assert b"Elm" not in way.seal(way.lock, TEXT, b"here")


@WAYS
def test_a_wrong_key_opens_nothing(make: Callable[[], Way]) -> None:
    """However alike."""
    way = make()
    sealed = way.seal(way.lock, TEXT, b"here")
    for wrong in (way.wrong_key, bytes(32), way.key[:31], way.key + b"\0"):
        with pytest.raises(SealBrokenError):
            way.open(wrong, sealed, b"here")


@WAYS
def test_a_seal_moved_elsewhere_does_not_open(make: Callable[[], Way]) -> None:
    """It is bound to the record it was made for."""
    way = make()
    sealed = way.seal(way.lock, TEXT, b"here")
    for elsewhere in (b"there", b"", b"here "):
        with pytest.raises(SealBrokenError):
            way.open(way.key, sealed, elsewhere)


@WAYS
def test_a_seal_cut_short_does_not_open(make: Callable[[], Way]) -> None:
    """Wherever it is cut, to nothing at all too."""
    way = make()
    sealed = way.seal(way.lock, TEXT, b"here")
    for length in range(len(sealed)):
        with pytest.raises(SealBrokenError):
            way.open(way.key, sealed[:length], b"here")


@WAYS
def test_no_bit_of_a_seal_can_be_changed(make: Callable[[], Way]) -> None:
    """Nor can anything be added."""
    way = make()
    sealed = way.seal(way.lock, TEXT, b"here")
    changed = [
        sealed[:place] + bytes([byte ^ (1 << place % 7)]) + sealed[place + 1 :] for place, byte in enumerate(sealed)
    ]
    for other in (*changed, sealed + b"\0"):
        with pytest.raises(SealBrokenError):
            way.open(way.key, other, b"here")


def test_a_signature_fits_one_message_and_one_key() -> None:
    """Ed25519."""
    private = sealing.new_key()
    public, signature = sealing.public_sign_key(private), sealing.sign(private, TEXT)
    assert sealing.verifies(public, signature, TEXT)
    assert not sealing.verifies(public, signature, TEXT + b"!")
    assert not sealing.verifies(public, signature[:-1] + bytes([signature[-1] ^ 1]), TEXT)
    assert not sealing.verifies(sealing.public_sign_key(sealing.new_key()), signature, TEXT)


def test_a_narrative_moved_to_another_flag_does_not_open(desk: Desk) -> None:
    """A row crafted with the key of the data file: the narrative of one concern does not pass for another's."""
    family = stories.family(desk)
    stories.flag(desk, family.ref, closed=False)
    with raw(desk) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(flag)")]
        copied = ", ".join("2" if name == "id" else name for name in columns)
        connection.execute(f"INSERT INTO flag ({', '.join(columns)}) SELECT {copied} FROM flag WHERE id = 1")
    assert flags.show(desk, reference(Kind.FLAG, 1)).narrative == "A bruise on one arm."
    with pytest.raises(DamagedVaultError, match=reference(Kind.FLAG, 2)):
        flags.show(desk, reference(Kind.FLAG, 2))


def test_an_outcome_put_in_place_of_a_narrative_does_not_open(desk: Desk) -> None:
    """Each part is bound to its name: what came of it cannot pass for what happened, in the same flag either."""
    ref = stories.flag(desk, stories.family(desk).ref)
    with without_triggers(desk) as connection:
        connection.execute("UPDATE flag SET narrative = outcome")
    with pytest.raises(DamagedVaultError, match=f"the narrative of {ref}"):
        flags.show(desk, ref)


def test_a_narrative_moved_to_another_accident_does_not_open(desk: Desk) -> None:
    """What happened in one accident does not pass for what happened in another."""
    stories.accident(desk, stories.family(desk).ref)
    with raw(desk) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(accident)")]
        copied = ", ".join("2" if name == "id" else name for name in columns)
        connection.execute(f"INSERT INTO accident ({', '.join(columns)}) SELECT {copied} FROM accident WHERE id = 1")
    assert accidents.show(desk, reference(Kind.ACCIDENT, 1)).narrative == "Slipped on the wet step."
    with pytest.raises(DamagedVaultError, match=reference(Kind.ACCIDENT, 2)):
        accidents.show(desk, reference(Kind.ACCIDENT, 2))


def test_what_a_concern_says_does_not_pass_for_an_accident_nor_the_other_way_round(desk: Desk) -> None:
    """Of the same family, under the same number and sealed to the same leads: each is bound to its own reference."""
    family = stories.family(desk)
    for _ in range(2):
        stories.flag(desk, family.ref, closed=False)
        stories.accident(desk, family.ref)
    with without_triggers(desk) as connection:
        concern, accident = (
            connection.execute(f"SELECT narrative FROM {table} WHERE id = 1").fetchone()[0]
            for table in ("flag", "accident")
        )
        connection.execute("UPDATE flag SET narrative = ? WHERE id = 1", (accident,))
        connection.execute("UPDATE accident SET narrative = ? WHERE id = 1", (concern,))
    for kind, show in ((Kind.FLAG, flags.show), (Kind.ACCIDENT, accidents.show)):
        assert show(desk, reference(kind, 2))
        with pytest.raises(DamagedVaultError, match=reference(kind, 1)):
            show(desk, reference(kind, 1))


def test_a_contact_detail_moved_to_another_person_does_not_open(desk: Desk) -> None:
    """One family's address cannot be made another's, and no telephone number an address."""
    first, second = stories.family(desk), stories.family(desk)
    victim, other = (stories.number(Kind.PERSON, family.adult) for family in (first, second))
    with raw(desk) as connection:
        connection.execute(
            "UPDATE contact_detail SET sealed = (SELECT sealed FROM contact_detail WHERE person_id = ? "
            "AND field = 'address') WHERE person_id = ? AND field = 'address'",
            (victim, other),
        )
        connection.execute(
            "UPDATE contact_detail SET sealed = (SELECT sealed FROM contact_detail WHERE person_id = ? "
            "AND field = 'email') WHERE person_id = ? AND field = 'telephone'",
            (victim, victim),
        )
    for ref in (first.adult, second.adult):
        with pytest.raises(DamagedVaultError, match=ref):
            people.show(desk, ref)


def test_whoever_opens_the_data_file_reads_no_address_and_no_narrative(desk: Desk) -> None:
    """They lie in it sealed: the records key does not open them."""
    family = stories.family(desk)
    stories.flag(desk, family.ref)
    stories.accident(desk, family.ref)
    with raw(desk) as connection:
        sealed = [row[0] for row in connection.execute("SELECT sealed FROM contact_detail")]
        sealed += [part for row in connection.execute("SELECT narrative, outcome FROM flag") for part in row]
        sealed += [row[0] for row in connection.execute("SELECT narrative FROM accident")]
    assert len(sealed) == len(ContactField) + 3
    words = (b"Elm", b"01632", b"gwen", b"bruise", b"Looked", b"Slipped")
    assert not any(word in blob for blob in sealed for word in words)


def test_only_a_lead_opens_a_narrative_and_only_with_its_key(desk_of: OpenDesk) -> None:
    """The service layer asks for the role, and the vault for the key."""
    desk = desk_of("amina", date(2026, 11, 26))
    family = stories.family(desk)
    flag, accident = stories.flag(desk, family.ref), stories.accident(desk, family.ref)
    for name in ("rhys", "tomos"):
        other = desk_of(name)
        with pytest.raises(RefusedError):
            flags.show(other, flag)
        with pytest.raises(RefusedError):
            accidents.show(other, accident)
        with pytest.raises(RefusedError, match="safeguarding key"):
            narratives.unseal(other.vault, Kind.ACCIDENT, 1, "narrative", b"")
        with pytest.raises(RefusedError, match="safeguarding key"):
            other.vault.key(KeyName.SAFEGUARDING)
