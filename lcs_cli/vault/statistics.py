"""Sessions, families and referrals of a period, counted without looking at one of them."""

from datetime import date

from lcs_cli.vault.connection import Database

_ENDED = """
SELECT CASE WHEN cancelled_on IS NOT NULL THEN 'cancelled' WHEN came IS NULL THEN 'not recorded'
  WHEN came THEN 'attended' ELSE 'did not attend' END, count(*)
FROM (
  SELECT cancelled_on, (
    SELECT max(attended) FROM attendance AS a WHERE a.family_id = s.family_id AND a.session_id = s.id
  ) AS came
  FROM contact_session AS s WHERE +held_on BETWEEN ? AND ?
) GROUP BY 1
"""
_WITH_CONTACT = """
SELECT count(DISTINCT a.family_id), count(DISTINCT a.child_id) FROM attendance AS a
JOIN contact_session AS s ON s.family_id = a.family_id AND s.id = a.session_id
WHERE a.attended = 1 AND +s.held_on BETWEEN ? AND ?
"""


def sessions(db: Database, first: date, last: date) -> dict[str, int]:
    """How the sessions of a period ended; attended is one to which any of the children came."""
    return dict(db.rows(_ENDED, *_between(first, last)))


def with_contact(db: Database, first: date, last: date) -> tuple[int, int]:
    """How many families, and how many children, came to a session of a period."""
    found = db.row(_WITH_CONTACT, *_between(first, last))
    return (found[0], found[1]) if found else (0, 0)


def families(db: Database, first: date, last: date) -> tuple[int, int]:
    """How many families began in a period, again ones too, and how many were closed."""
    began, closed = (
        int(db.value(f"SELECT count(*) FROM episode WHERE {column} BETWEEN ? AND ?", *_between(first, last)))
        for column in ("opened_on", "closed_on")
    )
    return began, closed


def referrals(db: Database, first: date, last: date) -> dict[str, tuple[int, int]]:
    """How many referrals came in a period, and from how many referrers, by their kind."""
    return {
        kind: (came, referrers)
        for kind, came, referrers in db.rows(
            "SELECT f.kind, count(*), count(DISTINCT f.id) FROM referral AS r "
            "JOIN referrer AS f ON f.id = r.referrer_id "
            "WHERE r.received_on BETWEEN ? AND ? GROUP BY 1",
            *_between(first, last),
        )
    }


def _between(first: date, last: date) -> tuple[str, str]:
    return first.isoformat(), last.isoformat()
