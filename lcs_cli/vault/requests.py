"""Requests for somebody's records, as rows: what was received, the pauses of the clock, and what was decided."""

from datetime import date

from lcs_cli.records.references import Kind
from lcs_cli.records.request import RELEASED, AccessRequest, ItemDecision, ItemState, Pause, PauseReason, RequestKind
from lcs_cli.vault import narratives
from lcs_cli.vault.connection import Database
from lcs_cli.vault.corrections import referrer_since
from lcs_cli.vault.counters import next_number
from lcs_cli.vault.families import day
from lcs_cli.vault.folder import Vault

_COLUMNS = (
    "id, family_id, person_id, kind, received_on, recorded_on, recorded_by, referrer_id, parent_id, asker, evidence, "
    "checked_on, checked_by, checked_how, extended_on, extended_because, outcome, ended_on, ended_by, "
    f"referrer_id IS NOT NULL AND {referrer_since('referrer_id', 'recorded_change')}"
)


def add(db: Database, one: AccessRequest, change: int) -> int:
    """Add a request as it was received, at a change number; ``one.number`` is given here and returned."""
    number = next_number(db, "request")
    db.run(
        "INSERT INTO access_request (id, family_id, person_id, kind, received_on, recorded_on, recorded_by, "
        "recorded_change, referrer_id, parent_id, asker, evidence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(number, one.family, one.person, one.kind.value, one.received_on.isoformat()),
        *(one.recorded_on.isoformat(), one.recorded_by, change, one.through, one.parent, one.asker, one.evidence),
    )
    return number


def get(db: Database, number: int) -> AccessRequest | None:
    """One request."""
    found = select(db, "WHERE id = ?", number)
    return found[0] if found else None


def select(db: Database, where: str = "", *values: object) -> list[AccessRequest]:
    """The requests of a condition, by number, each with its pauses."""
    return [
        AccessRequest(
            number=row[0],
            family=row[1],
            person=row[2],
            kind=RequestKind(row[3]),
            received_on=date.fromisoformat(row[4]),
            recorded_on=date.fromisoformat(row[5]),
            recorded_by=row[6],
            through=row[7],
            parent=row[8],
            asker=row[9],
            evidence=row[10],
            checked_on=day(row[11]),
            checked_by=row[12],
            checked_how=row[13],
            extended_on=day(row[14]),
            extended_because=row[15],
            outcome=row[16],
            ended_on=day(row[17]),
            ended_by=row[18],
            through_corrected=bool(row[19]),
            pauses=_pauses(db, row[0]),
        )
        for row in db.rows(f"SELECT {_COLUMNS} FROM access_request {where} ORDER BY id", *values)
    ]


def check(db: Database, number: int, how: str, on: date, by: str) -> None:
    """Note how the identity of who asks was checked."""
    db.run(
        "UPDATE access_request SET checked_on = ?, checked_by = ?, checked_how = ? WHERE id = ?",
        *(on.isoformat(), by, how, number),
    )


def extend(db: Database, number: int, because: str, on: date, by: str) -> None:
    """Note on which day who asks was told that it takes longer, and why."""
    db.run(
        "UPDATE access_request SET extended_on = ?, extended_by = ?, extended_because = ? WHERE id = ?",
        *(on.isoformat(), by, because, number),
    )


def end(db: Database, number: int, outcome: str, on: date, by: str, because: str | None = None) -> None:
    """End a request; one that somebody else has ended meanwhile stays as it ended."""
    db.run(
        "UPDATE access_request SET outcome = ?, ended_on = ?, ended_by = ?, ended_because = ? "
        "WHERE id = ? AND ended_on IS NULL",
        *(outcome, on.isoformat(), by, because, number),
    )


def pause(db: Database, number: int, reason: PauseReason, because: str, from_on: date) -> None:
    """Stop the clock from a day on."""
    db.run(
        "INSERT INTO request_pause (request_id, from_on, reason, because) VALUES (?, ?, ?, ?)",
        *(number, from_on.isoformat(), reason.value, because),
    )


def resume(db: Database, number: int, because: str, to_on: date) -> None:
    """Start the clock again: that day counts."""
    db.run(
        "UPDATE request_pause SET to_on = ?, resumed_because = ? WHERE request_id = ? AND to_on IS NULL",
        *(to_on.isoformat(), because, number),
    )


def spoken_pauses(db: Database, number: int) -> list[tuple[Pause, str, str | None]]:
    """The pauses of a request, each with why it began and why it ended."""
    return [
        (Pause(date.fromisoformat(from_on), PauseReason(reason), day(to_on)), because, resumed)
        for from_on, reason, to_on, because, resumed in db.rows(
            "SELECT from_on, reason, to_on, because, resumed_because FROM request_pause WHERE request_id = ? "
            "ORDER BY from_on",
            number,
        )
    ]


def ended_because(db: Database, number: int) -> str | None:
    """What was noted when a request was closed without an answer."""
    found: str | None = db.value("SELECT ended_because FROM access_request WHERE id = ?", number)
    return found


def decide(vault: Vault, request: int, decision: ItemDecision, words: str | None, redacted: str | None) -> None:
    """Add a decision about one item, its texts sealed to the leads; ``decision.number`` is given here."""
    db = vault.db
    number = int(db.value("SELECT coalesce(max(number), 0) + 1 FROM request_decision WHERE request_id = ?", request))
    sealed = [
        None
        if text is None
        else narratives.seal(vault, Kind.REQUEST, request, _part(name, number, decision.item), text)
        for name, text in (("words", words), ("redacted", redacted))
    ]
    db.run(
        "INSERT INTO request_decision (request_id, number, item, state, reason, seen, words, redacted, decided_on, "
        "decided_by, policy_version, rules_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(request, number, decision.item, decision.state.value, decision.reason, decision.seen, *sealed),
        *(decision.decided_on.isoformat(), decision.decided_by, decision.policy_version, decision.rules_hash),
    )


def decisions(db: Database, request: int) -> dict[str, ItemDecision]:
    """The decision that counts about each item: the last one."""
    return {
        item: ItemDecision(
            number=number,
            item=item,
            state=ItemState(state),
            reason=reason,
            seen=seen,
            decided_on=date.fromisoformat(on),
            decided_by=by,
            policy_version=version,
            rules_hash=rules_hash,
            redacted=bool(redacted),
        )
        for number, item, state, reason, seen, on, by, version, rules_hash, redacted in db.rows(
            "SELECT number, item, state, reason, seen, decided_on, decided_by, policy_version, rules_hash, "
            "redacted IS NOT NULL "
            "FROM request_decision WHERE request_id = ? ORDER BY number",
            request,
        )
    }


def bundled(db: Database, number: int, disclosure: int) -> None:
    """Note which entry of the register holds a bundle of a request."""
    db.run("INSERT INTO request_bundle (request_id, disclosure_id) VALUES (?, ?)", number, disclosure)


def unreleased(db: Database) -> list[tuple[int, AccessRequest]]:
    """The entry and the request of each bundle that was registered and, as far as is known, never got its name.

    One that was released again since is none of them any more, nor is one whose request was closed.
    """
    found = db.rows(
        "SELECT disclosure_id, request_id FROM request_bundle AS b JOIN access_request ON id = request_id "
        "WHERE (outcome IS NULL OR outcome = ?) "
        "AND disclosure_id NOT IN (SELECT disclosure_id FROM disclosure_release) AND NOT EXISTS ("
        "SELECT 1 FROM request_bundle AS later JOIN disclosure_release AS r ON r.disclosure_id = later.disclosure_id "
        "WHERE later.request_id = b.request_id AND later.disclosure_id > b.disclosure_id) ORDER BY disclosure_id",
        RELEASED,
    )
    return [(disclosure, one) for disclosure, number in found if (one := get(db, number))]


def opened(vault: Vault, request: int, decision: ItemDecision) -> tuple[str | None, str | None]:
    """The words of a decision, and the text that is given in place of the item's own.

    RefusedError for anyone without the safeguarding key, where there is one to open.
    """
    (row,) = vault.db.rows(
        "SELECT words, redacted FROM request_decision WHERE request_id = ? AND number = ?", request, decision.number
    )
    words, redacted = (
        None
        if sealed is None
        else narratives.unseal(vault, Kind.REQUEST, request, _part(name, decision.number, decision.item), sealed)
        for name, sealed in zip(("words", "redacted"), row, strict=True)
    )
    return words, redacted


def _part(name: str, number: int, item: str) -> str:
    return f"{name} {number} {item}"


def _pauses(db: Database, number: int) -> tuple[Pause, ...]:
    return tuple(pause for pause, _, _ in spoken_pauses(db, number))
