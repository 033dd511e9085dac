"""What two people decided, and what holds it up, compared with the signed entries that tell of it (policy 4.6).

Whoever has the records key can write a row with another tool, and take one away; they sign no entry but their own.
"""

from collections.abc import Iterator, Sequence

from lcs_cli.records.references import Kind, reference
from lcs_cli.records.retention import Review, ReviewState
from lcs_cli.services.desk import Desk
from lcs_cli.vault import audit, legal_holds, reviews, stops

_PROPOSED, _APPROVED, _HELD = "retention.review", "retention.approve", "retention.hold"
_GONE = ("retention.sweep", "vault.restore")
_STOPPED, _RESUMED = "retention.stop", "retention.resume"


def problems(desk: Desk) -> Iterator[str]:
    """What of the approved disposals, of the holds on their files and of a stop is not as the trail tells."""
    yield from doubted(desk, reviews.waiting(desk.db, ReviewState.APPROVED)).values()
    if lost := lost_stop(desk):
        yield lost


def doubted(desk: Desk, planned: Sequence[Review]) -> dict[str, str]:
    """By their references, the files whose approval no entry of those two people tells of, or that lost a hold."""
    if not planned:
        return {}
    decided = {reference(Kind.REVIEW, review.number) for review in planned}
    told: set[tuple[str, str, str]] = set()
    held: dict[str, dict[str, int]] = {review.subject: {} for review in planned}
    for entry, wrong in audit.checked(desk.vault, (_PROPOSED, _APPROVED, _HELD, *_GONE)):
        if wrong:
            continue
        told |= {(entry.action, entry.actor, ref) for ref in entry.refs if ref in decided}
        for subject in held.keys() & set(entry.refs):
            if entry.action in _GONE:  # and its holds went with it
                held[subject] = {}
            elif entry.action == _HELD:
                held[subject] |= {ref: entry.seq for ref in entry.refs if ref.startswith(f"{Kind.HOLD.prefix}-")}
    there = {reference(Kind.HOLD, one.number) for one in legal_holds.select(desk.db)}
    said = {review.subject: _doubt(review, told, held[review.subject], there) for review in planned}
    return {subject: line for subject, line in said.items() if line}


def lost_stop(desk: Desk) -> str:
    """That somebody stopped the disposals, nobody let them go on, and the stop is not there; empty where it is."""
    if stops.in_force(desk.db) is not None:
        return ""
    last = None
    for entry, wrong in audit.checked(desk.vault, (_STOPPED, _RESUMED)):
        last = last if wrong else entry
    if last is None or last.action == _RESUMED:
        return ""
    return f"the stop of the disposals is not there, and entry {last.seq} tells of it"


def _doubt(review: Review, told: set[tuple[str, str, str]], held: dict[str, int], there: set[str]) -> str:
    ref = reference(Kind.REVIEW, review.number)
    if (_PROPOSED, review.reviewed_by, ref) not in told:
        return f"no entry of {review.reviewed_by} tells of the proposal {ref}"
    if (_APPROVED, review.approved_by, ref) not in told:
        return f"no entry of {review.approved_by} tells of the approval of {ref}"
    gone = sorted(held.keys() - there)
    return f"{gone[0]} is not there, and entry {held[gone[0]]} tells of it" if gone else ""
