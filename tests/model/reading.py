"""Retention as the policy says it (section 4.6), over plain rows; nothing of the engine that it is compared with.

Days are ISO texts: they sort as days do. A row is a dict of its columns. Slow and simple on purpose: every question
is asked anew of every row, on every day.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

YEARS = 5
_OWN = (
    "episode",
    "person",
    "former_identity",
    "referral",
    "contact_session",
    "supervision",
    "attendance",
    "flag",
    "accident",
    "document",
    "paper",
    "superseded",
    "legal_hold",
    "review",
    "word_clearing",
    "imported",
    "report",
    "permission",
    "activity",
    "access_request",
    "disclosure_family",
)
_OF_ANOTHER = {
    "contact_detail": ("person", "person_id"),
    "consent": ("person", "person_id"),
    "flag_child": ("flag", "flag_id"),
    "accident_child": ("accident", "accident_id"),
    "document_child": ("document", "document_id"),
    "document_chunk": ("document", "document_id"),
    "paper_child": ("paper", "paper_id"),
    "paper_position": ("paper", "paper_id"),
    "report_decision": ("report", "report_id"),
    "report_production": ("report", "report_id"),
    "request_pause": ("access_request", "request_id"),
    "request_decision": ("access_request", "request_id"),
    "request_bundle": ("access_request", "request_id"),
}
_OF_A_DISCLOSURE = (
    "disclosure",
    "export",
    "disclosure_part",
    "disclosure_completion",
    "disclosure_release",
)
_KEPT_PAPERWORK = ("electronic-referral", "accident-record", "child-protection-document")
TABLES = ("family", *_OWN, *_OF_ANOTHER, *_OF_A_DISCLOSURE)

Row = dict[str, Any]


@dataclass
class File:
    """All rows of one family, by table."""

    family: Row
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def __getitem__(self, table: str) -> list[Row]:
        return self.rows[table]


def read(tables: dict[str, list[Row]]) -> dict[int, File]:
    """Each family's rows, from all rows of all tables."""
    files = {row["id"]: File(row) for row in tables["family"]}
    told = defaultdict(list)
    for row in tables["disclosure_family"]:
        told[row["disclosure_id"]].append(row["family_id"])
    of = {table: {row["id"]: row["family_id"] for row in tables[table]} for table, _ in _OF_ANOTHER.values()}
    for table in TABLES[1:]:
        for row in tables[table]:
            if table in _OWN:
                families = [row["family_id"]]
            elif table in _OF_A_DISCLOSURE:
                families = told[row["id" if table == "disclosure" else "disclosure_id"]]
            else:
                owner, column = _OF_ANOTHER[table]
                families = [of[owner][row[column]]] if row[column] in of[owner] else []
            for family in families:
                if family in files:
                    files[family][table].append(row)
    return files


def years_later(day: str) -> str:
    """The same calendar day, five years later; 29 February falls on 1 March: those years are never leap years."""
    year, rest = int(day[:4]) + YEARS, day[5:]
    return f"{year:04d}-{'03-01' if rest == '02-29' else rest}"


def uses(file: File) -> list[str]:
    """The days of real use: a session (booked, and not cancelled), a referral received, a disclosure made."""
    sessions = [row["held_on"] for row in file["contact_session"] if row["cancelled_on"] is None]
    referrals = [row["received_on"] for row in file["referral"]]
    return sessions + referrals + [row["made_on"] for row in file["disclosure"] if row["kind"] != "not-told"]


def state(file: File, today: str) -> str:
    """What the file is on a day, as the policy reads: one word."""
    if not any(going(file)):
        return "kept"
    opened = [row["opened_on"] for row in file["episode"] if row["closed_on"] is None]
    if opened:
        unused = years_later(max(opened + uses(file))) <= today
        return "dormant" if unused and not kept_until(file, today) else "ongoing"
    started = [row["closed_on"] for row in file["episode"]] + uses(file)
    if file.family["disposed_on"]:  # what came to a stub came after its disposal
        started.append(file.family["disposed_on"])
    if not started:
        return "ask"
    if today < years_later(max(started)):
        return "not-due"
    return "required" if required(file, today) else "due"


def required(file: File, today: str) -> bool:
    """Whether anything still needs the file: an open request or concern, a hold, or a review that keeps it longer."""
    return (
        any(row["closed_on"] is None for row in file["flag"])
        or any(row["released_on"] is None and (row["until"] or today) >= today for row in file["legal_hold"])
        or any(row["ended_on"] is None for row in file["access_request"])
        or any(row["state"] in {"requested", "agreed"} for row in file["report"])
        or any(row["outcome"] == "pending" for row in file["referral"])
        or any(is_asked_for(file, row, today) for row in file["permission"])
        or any(is_open_disclosure(file, row) for row in file["disclosure"])
        or kept_until(file, today)
    )


def is_asked_for(file: File, permission: Row, today: str) -> bool:
    """A permission that nobody has decided on, up to the last day that it was asked for: then it has lapsed."""
    days = [row["held_on"] for row in file["contact_session"] if row["id"] == permission["session_id"]]
    return bool(permission["state"] == "requested" and today <= max(days, default=permission["to_on"]))


def is_open_disclosure(file: File, disclosure: Row) -> bool:
    """Told, or decided not to tell, and not completed: somebody still owes the reasons."""
    complete = {row["disclosure_id"] for row in file["disclosure_completion"]}
    return disclosure["kind"] in {"told", "not-told"} and disclosure["id"] not in complete


def kept_until(file: File, today: str) -> bool:
    """Whether a review ended in: keep until a day that has not come yet."""
    return any(row["state"] == "kept" and row["until"] > today for row in file["review"])


def paperwork(file: File) -> list[Row]:
    """Documents and paper of the classes that are kept for ever."""
    return [row for row in [*file["document"], *file["paper"]] if row["class"] in _KEPT_PAPERWORK]


def in_words(file: File) -> bool:
    """Whether something was told, or not told, in words: a safeguarding record that names no child, so all of them."""
    return any(row["sealed"] is not None for row in file["disclosure_part"])


def safeguarded(file: File, child: int) -> bool:
    """Whether a child has a safeguarding file: any concern ever raised, or a child-protection document."""
    named = [(row, "flag_child", "flag_id") for row in file["flag"]]
    protecting = "child-protection-document"
    named += [(row, "document_child", "document_id") for row in file["document"] if row["class"] == protecting]
    named += [(row, "paper_child", "paper_id") for row in file["paper"] if row["class"] == protecting]
    for record, table, column in named:
        children = [row["person_id"] for row in file[table] if row[column] == record["id"]]
        if child in children or not children:
            return True
    return in_words(file)


def has_stub(file: File, person: Row) -> bool:
    """Whether something that is kept for ever points at a person."""
    electronic = any(row["electronic"] for row in file["referral"])
    if electronic or file["accident"] or paperwork(file) or in_words(file):
        return True
    if person["kind"] == "adult":
        return bool(file["flag"])
    return safeguarded(file, person["id"])


def stays(file: File, table: str, row: Row) -> bool:
    """Whether a row stays when the family's file is disposed of; it may be emptied."""
    match table:
        case "family":
            anything = any(row["electronic"] for row in file["referral"]) or paperwork(file) or in_words(file)
            return bool(anything or file["flag"] or file["accident"])
        case "person":
            return has_stub(file, row)
        case "referral":
            return bool(row["electronic"])
        case "attendance":
            return safeguarded(file, row["child_id"])
        case "contact_session":
            lines = [line for line in file["attendance"] if line["session_id"] == row["id"]]
            return any(safeguarded(file, line["child_id"]) for line in lines)
        case "superseded":
            return row["kind"] == "attendance" and safeguarded(file, row["content"]["child_id"])
        case "document" | "document_chunk":
            number = row["id"] if table == "document" else row["document_id"]
            return number in {one["id"] for one in file["document"] if one["class"] in _KEPT_PAPERWORK}
    return table in _FOR_EVER


_FOR_EVER = {
    "former_identity",
    "flag",
    "flag_child",
    "accident",
    "accident_child",
    "document_child",
    "paper",
    "paper_child",
    "paper_position",
    "disclosure_family",
    *_OF_A_DISCLOSURE,
}


def left_of(table: str, row: Row, on: str) -> Row:
    """What a row that stays says after a disposal on a day: no more than what is kept needs."""
    if table == "family":
        return {**row, "disposed_on": on}
    if table == "contact_session":
        return {**row, "room": None, "note": None, "cancel_reason": None}
    if table == "paper" and row["class"] == "document" and row["released_on"] == row["destroyed_on"]:
        return {**row, "released_on": on}
    return row


def added_by(file: File) -> Iterator[Row]:
    """What a disposal writes down: what whoever keeps a stub was called before, without why it was corrected."""
    for row in file["superseded"]:
        said, stub = row["content"], {"id": row["id"], "family_id": row["family_id"]}
        if row["kind"] == "family" and stays(file, "family", file.family):
            none = dict.fromkeys(("person_id", "given_name", "date_of_birth", "relationship"))
            yield {**stub, **none, "family_name": said["name"]}
        if any(
            row["kind"] == "person" and one["id"] == row["record_id"] for one in file["person"] if has_stub(file, one)
        ):
            names = {name: said.get(name) for name in ("given_name", "family_name", "date_of_birth", "relationship")}
            yield {**stub, "person_id": row["record_id"], **names}


def every(file: File) -> Iterator[tuple[str, Row]]:
    """Each row of a family, with its table."""
    yield "family", file.family
    for table in TABLES[1:]:
        for row in file[table]:
            yield table, row


def going(file: File) -> Iterator[tuple[str, Row]]:
    """Each row that goes, with its table."""
    return ((table, row) for table, row in every(file) if not stays(file, table, row))


def interesting(file: File) -> Iterable[str]:
    """The days on which what the file is may change, as far as its rows tell."""
    for row in file["episode"]:
        yield from (day for day in (row["opened_on"], row["closed_on"]) if day)
    yield from uses(file)
    for table, columns in _ENDS.items():
        for row in file[table]:
            yield from (row[column] for column in columns if row[column])


_ENDS = {"legal_hold": ("until",), "review": ("until",), "permission": ("to_on",)}
