"""A vault in which something of everything is sealed, and all of its seals: as they are stored, and as they read."""

import re
import shutil
from pathlib import Path

from lcs_cli.records.document import Document
from lcs_cli.records.family import ContactField
from lcs_cli.records.references import Kind
from lcs_cli.records.user import KeyName
from lcs_cli.services import people, users
from lcs_cli.services.desk import Desk
from lcs_cli.vault import documents, narratives
from lcs_cli.vault import people as details
from lcs_cli.vault.encoding import decode
from lcs_cli.vault.folder import Vault
from tests.conftest import open_desk
from tests.services import stories
from tests.vault.test_kept_for_ever import make_example

Place = tuple[str, int, str]
TEXTS = {
    KeyName.CONTACT: {"12 Elm Row\nAnytown", "3 Heol Las", "4 Heol Las", "01632 960123", "gwen@example.org"}
    | {"An order of the court"},
    KeyName.SAFEGUARDING: {"A bruise on one arm.", "Looked into.", "Slipped on the wet step."}
    | {"He would be warned.", "A worry was looked into."}
    | {"He has taken her.", "She is in danger.", "Order of 2 March.", "Where they live.", "The court asks."}
    | {"Minutes of the conference", "A document without a title", "An order of the court"},
}
"""Each text that is sealed somewhere in the vault below."""


def make_sealed(folder: Path) -> None:
    """Families, flags open and closed, a disposal, a service identity, and an address that was corrected twice."""
    make_example(folder)
    desk = open_desk(folder)
    for address in ("3 Heol Las", "4 Heol Las"):
        people.edit(desk, "P-0003-A", {"address": address}, "moved")
    users.add_service(desk, "nightly", ["retention.sweep"], folder.parent / "nightly.key")
    desk.db.close()


def copy(template: Path, folder: Path) -> Path:
    """A copy of that vault in ``folder``, with its service's key beside it."""
    shutil.copy2(template.parent / "nightly.key", folder)
    return shutil.copytree(template, folder / "vault")


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def contact_seals(desk: Desk) -> dict[Place, bytes]:
    """The contact details by field, person and place, those too that a correction replaced."""
    found = {
        (field, person, "now"): sealed
        for person, field, sealed in desk.db.rows("SELECT person_id, field, sealed FROM contact_detail")
    }
    former = (
        "SELECT id, record_id, content ->> 'field', content ->> 'sealed' FROM superseded WHERE kind = 'contact_detail'"
    )
    found |= {
        (field, person, f"until correction {number}"): decode(sealed)
        for number, person, field, sealed in desk.db.rows(former)
    }
    return found | document_seals(desk, "key_for_contact")


def flag_seals(desk: Desk) -> dict[Place, bytes]:
    """The texts of flags, accidents, disclosures and decisions about requests, and the keys of kept documents."""
    flags = {
        (part, number, "of a flag"): sealed
        for part in ("narrative", "outcome")
        for number, sealed in desk.db.rows(f"SELECT id, {part} FROM flag WHERE {part} IS NOT NULL")
    }
    accidents = desk.db.rows("SELECT id, narrative FROM accident")
    found = flags | {("narrative", number, "of an accident"): sealed for number, sealed in accidents}
    words = desk.db.rows("SELECT name, disclosure_id, sealed FROM disclosure_part WHERE sealed NOTNULL")
    found |= {(name, number, "of a disclosure"): sealed for name, number, sealed in words}
    return found | decision_seals(desk) | document_seals(desk, "key_for_safeguarding")


def document_seals(desk: Desk, column: str) -> dict[Place, bytes]:
    """The keys of documents that are sealed there."""
    rows = desk.db.rows(f"SELECT id, {column} FROM document WHERE {column} IS NOT NULL")
    return {("key", number, column): sealed for number, sealed in rows}


def decision_seals(desk: Desk) -> dict[Place, bytes]:
    """What was said about withheld items of requests, and what was given in the place of others."""
    return {
        (part, request, f"of decision {number} about {item}"): sealed
        for part in ("words", "redacted")
        for request, number, item, sealed in desk.db.rows(
            f"SELECT request_id, number, item, {part} FROM request_decision WHERE {part} IS NOT NULL"
        )
    }


def seals(desk: Desk) -> dict[Place, bytes]:
    """All of them."""
    return contact_seals(desk) | flag_seals(desk)


def read(vault: Vault, place: Place, sealed: bytes) -> str:
    """What a seal says to whoever opened that vault; DamagedVaultError where it does not open.

    The key of a document says the document's title, and is then known to open its content too.
    """
    name, number, where = place
    if name == "key":
        return _title(vault, number, where, sealed)
    if decided := re.fullmatch(r"of decision (\d+) about (.+)", where):
        return narratives.unseal(vault, Kind.REQUEST, number, f"{name} {decided[1]} {decided[2]}", sealed)
    kinds = {"of a flag": Kind.FLAG, "of an accident": Kind.ACCIDENT, "of a disclosure": Kind.DISCLOSURE}
    if where in kinds:
        return narratives.unseal(vault, kinds[where], number, name, sealed)
    return details.open_detail(vault, number, ContactField(name), sealed)


def _title(vault: Vault, number: int, where: str, sealed: bytes) -> str:
    one = get_document(vault, number)
    assert one.is_kept is (where != "key_for_contact")
    key = documents.open_key(vault, one, sealed)
    title, opened = documents.opened(vault, one)
    assert opened == key
    assert sum(map(len, documents.content(vault, one, key))) == one.size
    return title or "A document without a title"


def get_document(vault: Vault, number: int) -> Document:
    """A document that is known to be there."""
    found = documents.get(vault.db, number)
    assert found is not None
    return found


def contact_texts(desk: Desk) -> dict[Place, str]:
    """The contact details, opened, without leaving an entry."""
    return {place: read(desk.vault, place, sealed) for place, sealed in contact_seals(desk).items()}


def flag_texts(desk: Desk) -> dict[Place, str]:
    """The narratives, outcomes and words, opened, without leaving an entry."""
    return {place: read(desk.vault, place, sealed) for place, sealed in flag_seals(desk).items()}


def texts(desk: Desk) -> dict[Place, str]:
    """All of them."""
    return contact_texts(desk) | flag_texts(desk)


def records(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    """Every row but for what a rotation is there to change: seals, the header, its entry, and what asked for it."""
    rows = stories.everything(desk)
    del rows["vault"], rows["audit"], rows["audit_detail"], rows["entrusted_key"]
    rows["contact_detail"] = desk.db.rows("SELECT person_id, field, changed FROM contact_detail ORDER BY 1, 2")
    unsealed = "CASE WHEN kind = 'contact_detail' THEN json_remove(content, '$.sealed') ELSE content END"
    rows["superseded"] = desk.db.rows(
        f"SELECT id, family_id, kind, record_id, changed, superseded, {unsealed}, fields, reason, corrected_on, "
        "corrected_by FROM superseded ORDER BY 1"
    )
    flag = [name for _, name, *_ in desk.db.rows("PRAGMA table_info(flag)") if name not in ("narrative", "outcome")]
    rows["flag"] = desk.db.rows(f"SELECT {', '.join(flag)}, outcome IS NULL FROM flag ORDER BY 1")
    accident = [name for _, name, *_ in desk.db.rows("PRAGMA table_info(accident)") if name != "narrative"]
    rows["accident"] = desk.db.rows(f"SELECT {', '.join(accident)} FROM accident ORDER BY 1")
    keys = ("key_for_contact", "key_for_safeguarding")
    document = [name for _, name, *_ in desk.db.rows("PRAGMA table_info(document)") if name not in keys]
    rows["document"] = desk.db.rows(f"SELECT {', '.join(document)} FROM document ORDER BY 1")
    rows["request_decision"] = desk.db.rows(
        "SELECT request_id, number, item, state, reason, seen, words IS NULL, redacted IS NULL, decided_on, decided_by "
        "FROM request_decision ORDER BY 1, 2"
    )
    part = [name for _, name, *_ in desk.db.rows("PRAGMA table_info(disclosure_part)") if name != "sealed"]
    rows["disclosure_part"] = desk.db.rows(f"SELECT {', '.join(part)} FROM disclosure_part ORDER BY 1, 2")
    rows["counter"] = [row for row in rows["counter"] if not str(row[0]).startswith("rotate-")]
    return rows
