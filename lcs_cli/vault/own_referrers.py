"""Referrers of kind family: a person's name, which goes when nothing points at it any more."""

from lcs_cli.vault.connection import Database

# Everything that points at a referrer: whose it is, and whether it stays when that family's file goes.
_POINTS = """
SELECT referrer_id, family_id, electronic AS stays FROM referral
UNION ALL SELECT referrer_id, family_id, 0 FROM consent JOIN person ON person.id = person_id
UNION ALL SELECT referrer_id, family_id, 0 FROM report
UNION ALL SELECT referrer_id, family_id, 0 FROM access_request
UNION ALL SELECT referrer_id, NULL, 1 FROM disclosure
UNION ALL SELECT referrer_id, NULL, 1 FROM policy_copy
"""
LONE = f"""
SELECT referrer.id AS id, min(family_id) AS family_id FROM referrer JOIN ({_POINTS}) ON referrer_id = referrer.id
WHERE kind = 'family' GROUP BY referrer.id HAVING NOT max(stays) AND min(family_id) = max(family_id)
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
