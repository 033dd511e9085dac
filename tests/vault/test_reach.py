"""How far the keys of each slot reach: everything that somebody could decrypt with another tool is looked through."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from lcs_cli.records.document import DocumentKind
from lcs_cli.records.family import ContactField, PersonKind
from lcs_cli.records.request import RequestKind
from lcs_cli.records.safeguarding import FlagCategory
from lcs_cli.records.user import KeyName, Role
from lcs_cli.services import (
    accidents,
    disclosures,
    families,
    flags,
    people,
    request_decisions,
    requests,
    setup,
    users,
)
from lcs_cli.services.accounts import Account
from lcs_cli.services.desk import Desk
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.people import PersonDraft
from lcs_cli.services.requests import RequestDraft
from lcs_cli.vault import agent, sealing
from lcs_cli.vault.encoding import context, decode, encode
from lcs_cli.vault.sealing import SealBrokenError
from lcs_cli.vault.secret import Secret, read_key_file
from lcs_cli.vault.slots import Unlocked
from tests.conftest import CHEAP, OpenDesk, moment, passphrase
from tests.services import stories
from tests.vault.agents import watched
from tests.vault.pages import pages
from tests.vault.tampering import raw

ADDRESS, FORMER, NARRATIVE, OUTCOME, ACCIDENT, WORDS, REDACTED, TOLD, WHY, *DOCUMENTS = (
    f"{word} planted in its place"
    for word in (
        *("Cwm Isaf 7", "Cwm Uchaf 8", "Bruises seen", "Looked into by the lead", "Fell off the slide"),
        *("He would be warned", "A worry", "Told the police", "In danger"),
        *("An order", "Contact is to take place", "Minutes", "The conference met"),
    )
)
CONTACT = {ADDRESS, FORMER, *DOCUMENTS[:2]}
SAFEGUARDING = {NARRATIVE, OUTCOME, ACCIDENT, WORDS, REDACTED, TOLD, WHY, *DOCUMENTS[2:]}
BOTH = (
    ("DC-000001-R", "LCS-0001-R", "order", "document"),
    ("DC-000002-W", "LCS-0001-R", "child-protection", "child-protection-document"),
)
"""What is said of each document: its parts are bound to that."""
TODAY = date(2026, 11, 26)


@pytest.fixture
def planted(desk: Desk) -> Desk:
    """An address, the one before it, a narrative and its outcome, an accident, what was told and why."""
    details = {ContactField.ADDRESS: FORMER}
    adult = PersonDraft(PersonKind.ADULT, "Gwen", "Llwyd", relationship="mother", details=details)
    child = PersonDraft(PersonKind.CHILD, "Siân", "Llwyd", date(2019, 3, 27))
    file = families.add(desk, FamilyDraft("Llwyd", TODAY, (child, adult)))
    ref = "P-0002-W"
    assert [person.number for person in file.people if person.kind is PersonKind.ADULT] == [2]
    people.edit(desk, ref, {"address": ADDRESS}, "they moved")
    flag = flags.raise_flag(desk, "LCS-0001-R", FlagCategory.OTHER, NARRATIVE)
    assert flag.number == 1
    flags.close(desk, "SF-0001-R", OUTCOME)
    accidents.add(desk, "LCS-0001-R", TODAY, ACCIDENT)
    kinds = (DocumentKind.ORDER, DocumentKind.CHILD_PROTECTION)
    for kind, title, content in zip(kinds, DOCUMENTS[::2], DOCUMENTS[1::2], strict=True):
        stories.document(desk, "LCS-0001-R", kind, title=title, content=content.encode())
    requests.add(desk, "P-0001-R", RequestDraft(RequestKind.OWN, TODAY))
    request_decisions.withhold(desk, "RQ-0001-R", "SF-0001-R", "serious-harm", WORDS)
    request_decisions.clear(desk, "RQ-0001-R", "SF-0001-R", REDACTED)
    disclosures.urgent(desk, "LCS-0001-R", "police", Account(TODAY, words={"what": TOLD, "why": WHY}))
    return desk


def values(desk: Desk) -> list[bytes]:
    """Every value of every row, as another tool reads it with the records key."""
    with raw(desk) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        rows = [row for table in tables for row in connection.execute(f"SELECT * FROM {table}")]
    return [value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row]


def opened(desk: Desk, sealed: list[bytes], keys: dict[KeyName, bytes]) -> Iterator[bytes]:
    """What any of the keys opens of any value, in any place that values are sealed for."""
    vault = desk.vault.header.vault
    places = [
        context("contact", vault, f"P-000{n}-{letter}", one)
        for n, letter in ((1, "R"), (2, "W"))
        for one in ContactField
    ]
    places += [context("safeguarding", vault, "SF-0001-R", part) for part in ("narrative", "outcome")]
    places.append(context("safeguarding", vault, "AR-0001-R", "narrative"))
    places += [document_place(desk, one, "key") for one in BOTH]
    places += [
        context("safeguarding", vault, "RQ-0001-R", part) for part in ("words 1 SF-0001-R", "redacted 2 SF-0001-R")
    ]
    places += [context("safeguarding", vault, "EX-000001-R", part) for part in ("what", "why")]
    for value in sealed:
        for key in keys.values():
            for place in places:
                for way in (sealing.decrypt, sealing.open_sealed):
                    try:
                        yield way(key, value, place)
                    except SealBrokenError:
                        continue


def document_place(desk: Desk, one: tuple[str, ...], *part: str | int) -> bytes:
    """What a part of a document is bound to, as it is written down in the format."""
    return context("document", desk.vault.header.vault, *one, "txt", "2026-11-26", "U-001-R", 0, 0, *part)


def documents_opened(desk: Desk, keys: Iterable[bytes]) -> Iterator[bytes]:
    """What any of the values that were found opens of a document, where it is a document's key."""
    parts = desk.db.rows("SELECT sealed FROM document_chunk") + desk.db.rows("SELECT title FROM document")
    places = [document_place(desk, one, *where) for one in BOTH for where in (("title",), ("chunk", 1, 1))]
    for key in {raw_key(key) for key in keys} - {b""}:
        for (part,) in parts:
            for place in places:
                with suppress(SealBrokenError):
                    yield sealing.decrypt(key, part, place)


def raw_key(value: bytes) -> bytes:
    """A value as a key, where it can be one."""
    if len(value) == sealing.KEY_BYTES:
        return value
    with suppress(ValueError):
        return decode(value.decode(), sealing.KEY_BYTES)
    return b""


def reach(desk: Desk, keys: dict[KeyName, bytes]) -> set[str]:
    """Which planted words somebody finds who has the folder and these keys."""
    found = values(desk)
    blobs = [row[0] for row in desk.db.rows("SELECT sealed FROM contact_detail")]
    blobs += [part for row in desk.db.rows("SELECT narrative, outcome FROM flag") for part in row if part]
    blobs += [row[0] for row in desk.db.rows("SELECT narrative FROM accident")]
    blobs += [part for row in desk.db.rows("SELECT words, redacted FROM request_decision") for part in row if part]
    blobs += [row[0] for row in desk.db.rows("SELECT sealed FROM disclosure_part WHERE sealed NOTNULL")]
    former = desk.db.rows("SELECT content ->> 'sealed' FROM superseded WHERE kind = 'contact_detail'")
    blobs += [decode(row[0]) for row in former]
    sealed_keys = desk.db.rows("SELECT key_for_contact, key_for_safeguarding FROM document")
    blobs += [key for row in sealed_keys for key in row if key]
    folder = [path.read_bytes() for path in desk.vault.folder.iterdir()]
    on_disk = pages(desk.db.path, keys[KeyName.RECORDS])
    texts = list(opened(desk, blobs, keys))
    texts += documents_opened(desk, [*texts, *found, *keys.values()])
    whole = b"\xff".join([*found, *folder, *on_disk, *texts])
    return {word for word in CONTACT | SAFEGUARDING if word.encode() in whole}


def test_the_search_finds_what_a_lead_can_decrypt(planted: Desk) -> None:
    """Else the tests below would pass whatever leaked."""
    assert reach(planted, dict(planted.vault.opened.keys)) == CONTACT | SAFEGUARDING
    assert people.show(planted, "P-0002-W").corrections[0].former == {"address": FORMER}


@pytest.mark.parametrize(
    ("roles", "found"),
    [
        ([Role.WORKER], set()),
        ([Role.ADMINISTRATOR], CONTACT),
        ([Role.MANAGER, Role.SENIOR_MANAGER], CONTACT),
        ([Role.SAFEGUARDING_LEAD], CONTACT | SAFEGUARDING),
    ],
    ids=["worker", "administrator", "managers", "lead"],
)
@pytest.mark.clause("2", "is private")
@pytest.mark.clause("4.5", "authorised")
def test_the_keys_of_a_role_reach_as_far_as_the_role(
    planted: Desk, desk_of: OpenDesk, roles: list[Role], found: set[str]
) -> None:
    """A worker with every tool there is finds no address and no narrative; without being a lead nobody reads one."""
    users.add_user(planted, "nia", roles, Secret(passphrase=passphrase("nia")), CHEAP)
    nia = desk_of("nia")
    assert reach(nia, dict(nia.vault.opened.keys)) == found


@pytest.mark.parametrize("command", ["attendance.list", "attendance.export", "retention.sweep", "audit.verify"])
@pytest.mark.clause("4.5", "authorised")
def test_a_service_reaches_no_address_and_no_narrative(planted: Desk, tmp_path: Path, command: str) -> None:
    """Whatever it was made for: it holds the records key and no other."""
    users.add_service(planted, "robot", [command], tmp_path / "robot.key")
    name, secret = read_key_file(tmp_path / "robot.key")
    robot = setup.open_desk(planted.vault.folder, name, secret, now=moment(TODAY), today=TODAY)
    assert set(robot.vault.opened.keys) == {KeyName.RECORDS}
    assert reach(robot, dict(robot.vault.opened.keys)) == set()


def test_what_the_agent_is_given_of_a_lead_opens_no_narrative_and_signs_nobody_in(planted: Desk) -> None:
    """It holds the keys to records and contact details and the one that signs entries: nothing that opens the rest."""
    assert set(planted.vault.opened.keys) == set(KeyName)
    kept = Unlocked.of(planted.vault.header, planted.vault.opened)
    content = kept.to_bytes()
    for name in (KeyName.SAFEGUARDING, KeyName.ADMIN):
        secret = planted.vault.opened.keys[name]
        assert secret not in content
        assert encode(secret).encode() not in content
    assert encode(planted.vault.opened.seal or b"").encode() not in content
    assert not any(word.encode() in content for word in CONTACT | SAFEGUARDING | {passphrase("amina")})
    again = Unlocked.from_bytes(content)
    assert reach(planted, {**again.keys, KeyName.ADMIN: again.sign}) == CONTACT


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"7", b'{"keys":{},"name":"amina","header":""}', b'{"keys":7}'])
def test_what_was_not_kept_of_an_opened_slot_opens_none(content: bytes) -> None:
    """Whatever an agent answers, it is taken for what it is."""
    with pytest.raises(ValueError):  # noqa: PT011 -- of json, or our own: its caller asks for the passphrase
        Unlocked.from_bytes(content)


def test_the_memory_of_a_leads_agent_holds_what_it_was_given_and_nothing_beyond(planted: Desk) -> None:
    """Looked through while it holds it: neither the key to narratives nor the managers', in any form, nor a text."""
    opened_ = planted.vault.opened
    never = [opened_.keys[KeyName.SAFEGUARDING], opened_.keys[KeyName.ADMIN], opened_.seal or b""]
    never += [encode(key).encode() for key in never] + [key.hex().encode() for key in never]
    never += [word.encode() for word in (*CONTACT, *SAFEGUARDING, passphrase("amina"))]
    content = Unlocked.of(planted.vault.header, opened_).to_bytes()
    with tempfile.TemporaryDirectory() as short, watched(Path(short) / "own" / "agent", content) as watch:
        assert agent.fetch(Path(short) / "own" / "agent") == content
        held = watch.counts(encode(opened_.sign).encode(), encode(opened_.keys[KeyName.CONTACT]).encode())
        assert held == [1, 1]
        assert watch.counts(*never) == [0] * len(never)
        agent.stop(Path(short) / "own" / "agent")


@pytest.mark.usefixtures("planted")
def test_a_worker_can_write_a_narrative_that_they_cannot_read(desk_of: OpenDesk) -> None:
    """Policy 3: everybody raises a concern; once it is sealed its author reads it no more."""
    tomos = desk_of("tomos")
    flags.raise_flag(tomos, "LCS-0001-R", FlagCategory.OTHER, NARRATIVE)
    assert reach(tomos, dict(tomos.vault.opened.keys)) == set()
    assert flags.show(desk_of("amina"), "SF-0002-W").narrative == NARRATIVE
