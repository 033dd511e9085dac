"""Referrers of kind family: a person's name, which goes when nothing points at it any more."""

from collections.abc import Collection

from lcs_cli.vault.connection import AMONG, Database, among

# Everything that points at a referrer `r`: whose it is, and whether it stays when that family's file goes. Looked up
# for each own referrer: there are few of them, and many disclosures.
_POINTS = """
SELECT family_id, electronic AS stays FROM referral WHERE referrer_id = r.id
UNION ALL SELECT family_id, 0 FROM consent JOIN person ON person.id = person_id WHERE referrer_id = r.id
UNION ALL SELECT family_id, 0 FROM report WHERE referrer_id = r.id
UNION ALL SELECT family_id, 0 FROM access_request WHERE referrer_id = r.id
UNION ALL SELECT NULL, 1 FROM disclosure WHERE referrer_id = r.id
UNION ALL SELECT NULL, 1 FROM policy_copy WHERE referrer_id = r.id
UNION ALL SELECT NULL, 1 FROM handover_agreement WHERE referrer_id = r.id
"""
LONE = f"""
SELECT id, family_id FROM (
  SELECT r.id AS id, (
    SELECT iif(max(stays) = 0 AND min(family_id) = max(family_id), min(family_id), NULL) FROM ({_POINTS})
  ) AS family_id FROM referrer AS r WHERE kind = 'family'
) WHERE family_id NOTNULL
"""
"""Those that nothing but what would go of one family's file points at: its number, and the family's."""


def lone(db: Database, families: Collection[int]) -> list[int]:
    """The numbers of those that go with the files of some families."""
    found = db.rows(f"SELECT id FROM ({LONE}) WHERE family_id IN {AMONG} ORDER BY id", among(families))
    return [row[0] for row in found]


def shared(db: Database, families: Collection[int]) -> bool:
    """Whether one is that of several of these families: it goes with the last of them, so that they go one by one."""
    several = f"SELECT min(family_id) < max(family_id) FROM ({_POINTS}) WHERE family_id IN {AMONG}"
    return bool(db.value(f"SELECT 1 FROM referrer AS r WHERE kind = 'family' AND ({several})", among(families)))


def dispose(db: Database, referrers: Collection[int]) -> None:
    """Remove some at which nothing points any more, and then what corrections of them replaced."""
    going = among(referrers)
    db.run(f"DELETE FROM imported WHERE referrer_id IN {AMONG}", going)
    db.run(f"DELETE FROM referrer WHERE id IN {AMONG} AND kind = 'family'", going)
    db.run(f"DELETE FROM superseded WHERE kind = 'referrer' AND record_id IN {AMONG}", going)
