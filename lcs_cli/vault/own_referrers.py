"""Referrers of kind family: a person's name, which goes when nothing points at it any more."""

from lcs_cli.vault.connection import Database

# Everything that points at a referrer `r`: whose it is, and whether it stays when that family's file goes. Looked up
# for each own referrer: there are few of them, and many disclosures.
_POINTS = """
SELECT family_id, electronic AS stays FROM referral WHERE referrer_id = r.id
UNION ALL SELECT family_id, 0 FROM consent JOIN person ON person.id = person_id WHERE referrer_id = r.id
UNION ALL SELECT family_id, 0 FROM report WHERE referrer_id = r.id
UNION ALL SELECT family_id, 0 FROM access_request WHERE referrer_id = r.id
UNION ALL SELECT NULL, 1 FROM disclosure WHERE referrer_id = r.id
UNION ALL SELECT NULL, 1 FROM policy_copy WHERE referrer_id = r.id
"""
LONE = f"""
SELECT id, family_id FROM (
  SELECT r.id AS id, (
    SELECT iif(max(stays) = 0 AND min(family_id) = max(family_id), min(family_id), NULL) FROM ({_POINTS})
  ) AS family_id FROM referrer AS r WHERE kind = 'family'
) WHERE family_id NOTNULL
"""
"""Those that nothing but what would go of one family's file points at: its number, and the family's."""


def lone(db: Database, family: int) -> list[int]:
    """The numbers of those that go with one family's file."""
    return [row[0] for row in db.rows(f"SELECT id FROM ({LONE}) WHERE family_id = ? ORDER BY id", family)]


def dispose(db: Database, referrers: list[int]) -> None:
    """Remove some at which nothing points any more, and then what corrections of them replaced."""
    for number in referrers:
        db.run("DELETE FROM referrer WHERE id = ? AND kind = 'family'", number)
        db.run("DELETE FROM superseded WHERE kind = 'referrer' AND record_id = ?", number)
