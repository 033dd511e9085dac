"""A vault in which something of everything is sealed, and all of its seals: as they are stored, and as they read."""

import shutil
from pathlib import Path

from lcs_cli.records.family import ContactField
from lcs_cli.records.references import Kind
from lcs_cli.records.user import KeyName
from lcs_cli.services import people, users
from lcs_cli.services.desk import Desk
from lcs_cli.vault import narratives
from lcs_cli.vault import people as details
from lcs_cli.vault.encoding import decode
from lcs_cli.vault.folder import Vault
from tests.conftest import open_desk
from tests.services import stories
from tests.vault.test_kept_for_ever import make_example

Place = tuple[str, int, str]
TEXTS = {
    KeyName.CONTACT: {"12 Elm Row\nAnytown", "3 Heol Las", "4 Heol Las", "01632 960123", "gwen@example.org"},
    KeyName.SAFEGUARDING: {
        *("A bruise on one arm.", "Looked into.", "Slipped on the wet step."),
        *("He has taken her.", "She is in danger.", "Order of 2 March.", "Where they live.", "The court asks."),
    },
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
    return found | {
        (field, person, f"until correction {number}"): decode(sealed)
        for number, person, field, sealed in desk.db.rows(former)
    }


def flag_seals(desk: Desk) -> dict[Place, bytes]:
    """The narratives and outcomes of flags, those of accidents, and the words of disclosures, by part and record."""
    flags = {
        (part, number, "of a flag"): sealed
        for part in ("narrative", "outcome")
        for number, sealed in desk.db.rows(f"SELECT id, {part} FROM flag WHERE {part} IS NOT NULL")
    }
    accidents = desk.db.rows("SELECT id, narrative FROM accident")
    words = desk.db.rows("SELECT name, disclosure_id, sealed FROM disclosure_part WHERE sealed NOTNULL")
    return (
        flags
        | {("narrative", number, "of an accident"): sealed for number, sealed in accidents}
        | {(name, number, "of a disclosure"): sealed for name, number, sealed in words}
    )


def seals(desk: Desk) -> dict[Place, bytes]:
    """All of them."""
    return contact_seals(desk) | flag_seals(desk)


def read(vault: Vault, place: Place, sealed: bytes) -> str:
    """What a seal says to whoever opened that vault; DamagedVaultError where it does not open."""
    name, number, where = place
    kinds = {"of a flag": Kind.FLAG, "of an accident": Kind.ACCIDENT, "of a disclosure": Kind.DISCLOSURE}
    if where in kinds:
        return narratives.unseal(vault, kinds[where], number, name, sealed)
    return details.open_detail(vault, number, ContactField(name), sealed)


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
    part = [name for _, name, *_ in desk.db.rows("PRAGMA table_info(disclosure_part)") if name != "sealed"]
    rows["disclosure_part"] = desk.db.rows(f"SELECT {', '.join(part)} FROM disclosure_part ORDER BY 1, 2")
    rows["counter"] = [row for row in rows["counter"] if not str(row[0]).startswith("rotate-")]
    return rows
