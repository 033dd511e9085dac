"""The release of one's records: nothing of anybody else leaves, nothing that nobody has read, nothing unregistered."""

import base64
import hashlib
import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from lcs_cli.errors import FailedError, RefusedError, UsageError
from lcs_cli.policy.rules import packaged
from lcs_cli.records.family import ContactField, PersonKind
from lcs_cli.records.references import Kind, reference
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.request import ItemState, PauseReason, RequestKind
from lcs_cli.records.retention import HoldKind
from lcs_cli.records.safeguarding import FlagCategory
from lcs_cli.records.user import Role
from lcs_cli.services import (
    accidents,
    attendance,
    contact_sessions,
    exports,
    families,
    flags,
    outbox,
    people,
    publishing,
    referrals,
    request_decisions,
    request_release,
    requests,
    retention,
    users,
)
from lcs_cli.services.desk import Desk
from lcs_cli.services.export_plan import ExportOrder
from lcs_cli.services.families import FamilyDraft
from lcs_cli.services.people import PersonDraft
from lcs_cli.services.publishing import PolicyDraft
from lcs_cli.services.request_release import Bundle
from lcs_cli.services.requests import RequestDraft
from lcs_cli.vault.secret import Secret
from tests.conftest import CHEAP, TODAY, OpenDesk, passphrase
from tests.services import stories
from tests.services.stories import CAME, STAYED_AWAY

RQ1 = reference(Kind.REQUEST, 1)
OWN_WORDS = ["Qgiven", "Qsurname", "2010-04-05", "5 Qrow", "01632 960555", "q@example.org"]
"""What the person's own fields hold."""

OTHERS = {
    "Ofamilyname",
    "Osister",
    "Osurname",
    "2013-07-23",
    "Omother",
    "Orelationship",
    "9 Oterrace",
    "01632 960999",
    "o@example.org",
    "Osolicitor",
    "Ofamilyreferrer",
    "Ocase",
    "Oroom",
    "Oflag",
    "Oaccident",
    "Oformer",
}
"""What the fields of everybody else hold, and texts that do not concern the person."""

TEXTS = {
    "SF-0001-R": ("Tnarrative", "Toutcome"),
    "AR-0001-R": ("Taccident",),
    "S-000001-R": ("Tnote",),
    "S-000002-W": ("Tcancelled",),
    "correction-1": ("Tformerfamily", "Trenamed"),
    "correction-2": ("Tcorrection",),
    "correction-5": ("Tshifted",),
    "correction-6": ("Tformername", "Tmisheard"),
    "correction-7": ("Tfirst", "3 Tstart"),
    "correction-8": ("Tmoved", "4 Tlane"),
    "LH-0001-R": ("Thold",),
}
"""The words of each item that is to be read."""

STAFF = {"amina", "rhys", "tomos", "U-001-R", "U-003-A", "U-004-G"}


@dataclass(frozen=True)
class Case:
    """A vault with a word of its own in every field, and who is who in it."""

    family: str
    child: str
    sister: str
    mother: str
    authority: str


def plant(desk: Desk) -> Case:
    """A family of two sisters and their mother: the elder asks for what is held about her."""
    own = dict(zip(ContactField, ("3 Tstart", "01632 960555", "q@example.org"), strict=True))
    others = dict(zip(ContactField, ("9 Oterrace", "01632 960999", "o@example.org"), strict=True))
    drafts = [
        PersonDraft(PersonKind.CHILD, "Tformername", "Qsurname", date(2010, 4, 5), None, own),
        PersonDraft(PersonKind.CHILD, "Osister", "Osurname", date(2013, 7, 23), None, others),
        PersonDraft(PersonKind.ADULT, "Omother", "Osurname", date(1980, 1, 2), "Orelationship", others),
    ]
    file = families.add(desk, FamilyDraft("Tformerfamily", stories.OPENED, drafts))
    family = reference(Kind.FAMILY, file.family.number)
    child, sister, mother = (reference(Kind.PERSON, one.number) for one in file.people)
    families.edit(desk, family, "Ofamilyname", "Trenamed")  # correction-1
    authority = stories.referrer(desk, name="Qcouncil")
    stories.referred(desk, family, authority, case="Qcase/1")
    for kind, name in ((ReferrerKind.SOLICITOR, "Osolicitor"), (ReferrerKind.FAMILY, "Ofamilyreferrer")):
        stories.referred(desk, family, stories.referrer(desk, kind, name), case="Ocase")
    held = stories.booked(desk, family, date(2019, 2, 4), room="Oroom", note="Tnote")
    attendance.record(desk, held, CAME)
    attendance.correct(desk, held, STAYED_AWAY, "Tcorrection", [child])  # correction-2
    attendance.correct(desk, held, STAYED_AWAY, "Oformer", [sister])  # correction-3
    cancelled = stories.booked(desk, family, date(2019, 2, 5))
    contact_sessions.cancel(desk, cancelled, "Tcancelled")  # correction-4
    alone = stories.booked(desk, family, date(2019, 2, 6), note="Oflag")
    attendance.record(desk, alone, CAME, [sister])
    moved = stories.booked(desk, family, TODAY)
    contact_sessions.move(desk, moved, TODAY, "14:00", "15:00", "Tshifted")
    people.edit(desk, child, {"given_name": "Qgiven"}, "Tmisheard")
    people.edit(desk, child, {"address": "4 Tlane"}, "Tfirst")
    people.edit(desk, child, {"address": "5 Qrow"}, "Tmoved")
    people.edit(desk, mother, {"relationship": "Oformer"}, "Oformer")
    flags.raise_flag(desk, family, FlagCategory.EMOTIONAL, "Tnarrative", [child])
    flags.close(desk, "SF-0001-R", "Toutcome")
    flags.raise_flag(desk, family, FlagCategory.SEXUAL, "Oflag", [sister])
    accidents.add(desk, family, date(2019, 2, 4), "Taccident", happened_at="10:40", children=[child])
    accidents.add(desk, family, date(2019, 2, 4), "Oaccident", children=[sister])
    retention.hold(desk, family, HoldKind.COMPLAINT, "Thold", None)
    exports.export(desk, authority, ExportOrder("case-management"), None)
    return Case(family, child, sister, mother, authority)


def asked(desk: Desk, person: str, kind: RequestKind = RequestKind.OWN, **about: str) -> None:
    """A request whose identity is checked."""
    requests.add(desk, person, RequestDraft(kind, TODAY, **about))
    requests.check(desk, RQ1, "Passport seen.", TODAY)


def states(desk: Desk) -> dict[str, ItemState]:
    """What becomes of each item."""
    return {item.name: item.state for item in request_decisions.find(desk, RQ1).items}


def decide(desk: Desk, cleared: Sequence[str]) -> None:
    """Clear these, and withhold all other free text."""
    for name in TEXTS:
        if name in cleared:
            request_decisions.clear(desk, RQ1, name, None)
        else:
            request_decisions.withhold(desk, RQ1, name, "other-people", "Wwords of the lead")


def withhold_unread(desk: Desk, ref: str = RQ1, reason: str = "other-people") -> None:
    """Keep back what nobody has read."""
    for item in request_decisions.find(desk, ref).items:
        if item.state is ItemState.TO_BE_READ:
            request_decisions.withhold(desk, ref, item.name, reason, "Words.")


def released(desk: Desk, tmp_path: Path, *, again: bool = False) -> tuple[Bundle, Path]:
    """The bundle, and its folder."""
    done = request_release.release(desk, RQ1, tmp_path, again=again)
    assert done.folder is not None
    return done, done.folder


def everything_in(folder: Path) -> bytes:
    """All bytes of all files, and their names."""
    return b"\n".join([folder.name.encode(), *(path.name.encode() + path.read_bytes() for path in folder.iterdir())])


def hidden(word: str) -> set[bytes]:
    """A word as it could lie in a file: in other letters, wide, as base64 at any offset, as hexadecimal."""
    forms = {word, word.upper(), word.casefold()}
    plain = {form.encode(code) for form in forms for code in ("utf-8", "utf-16-le", "utf-16-be")}
    coded = {base64.b64encode(b" " * shift + word.encode())[4:-4] for shift in range(3)}
    return plain | {code for code in coded if len(code) > 5} | {word.encode().hex().encode()}


def leaked(words: set[str], content: bytes) -> set[str]:
    """Which of the words are there in any form."""
    return {word for word in words if any(form in content for form in hidden(word))}


def test_the_search_finds_a_word_in_any_form() -> None:
    """Else nothing below would be proven."""
    word = "9 Oterrace"
    forms = (word, word.upper(), word.encode("utf-16-le").decode("latin-1"), base64.b64encode(b"ab" + word.encode()))
    for form in forms:
        content = form if isinstance(form, bytes) else form.encode("latin-1")
        assert leaked({word}, b"before " + content + b" after") == {word}
    assert leaked({word}, b"nothing of the kind") == set()


def test_what_is_held_is_listed_with_what_becomes_of_it(desk: Desk) -> None:
    """Her own values are given; every free text is to be read; nothing of her sister's or her mother's is there."""
    asked(desk, plant(desk).child)
    given = ["identity", "address", "email", "telephone", "episodes", "attendance", "referrals", "disclosures"]
    assert states(desk) == dict.fromkeys(given, ItemState.GIVEN) | dict.fromkeys(TEXTS, ItemState.TO_BE_READ)


def test_no_word_of_anybody_else_and_none_that_nobody_cleared_leaves(desk: Desk, tmp_path: Path) -> None:
    """Whatever is cleared: none, each one alone, all but one, all. Her own words are there each time."""
    case = plant(desk)
    asked(desk, case.child)
    names = list(TEXTS)
    subsets = [
        subset for count in (0, 1, len(names) - 1, len(names)) for subset in itertools.combinations(names, count)
    ]
    for number, cleared in enumerate(subsets):
        decide(desk, cleared)
        _, folder = released(desk, tmp_path, again=number > 0)
        content = everything_in(folder)
        said = {word for name in cleared for word in TEXTS[name]}
        kept = {word for name in names if name not in cleared for word in TEXTS[name]}
        beside = {case.sister, case.mother, "SF-0002-W", "AR-0002-W", "Wwords"}
        assert leaked(OTHERS | kept | STAFF | beside, content) == set(), cleared
        for name in ("bundle.txt", "bundle.json"):
            text = (folder / name).read_text(encoding="utf-8")
            assert [word for word in (*OWN_WORDS, "Qcouncil", "Qcase/1", *said) if word not in text] == [], name


def test_an_adult_is_given_nothing_of_the_children(desk: Desk, tmp_path: Path) -> None:
    """Nor of what concerns them in free text, unless it was read: of concerns and accidents all are to be read."""
    case = plant(desk)
    asked(desk, case.mother)
    found = states(desk)
    unread = {name for name, state in found.items() if state is ItemState.TO_BE_READ}
    assert {"SF-0001-R", "SF-0002-W", "AR-0001-R", "AR-0002-W", "S-000003-A"} <= unread
    assert "attendance" not in found
    for name in unread:
        request_decisions.withhold(desk, RQ1, name, "other-people", "It tells of the children.")
    _, folder = released(desk, tmp_path)
    content = everything_in(folder)
    assert leaked({*OWN_WORDS, "Tnarrative", "Taccident", "Tnote", "Osister", case.child}, content) == set()
    assert all(word in content for word in (b"Omother", b"9 Oterrace", b"1980-01-02"))


def test_a_parent_is_not_given_where_a_child_lives(desk: Desk, tmp_path: Path) -> None:
    """Address, telephone and former address are withheld, and said to be; each can be cleared by itself."""
    case = plant(desk)
    about = {"parent": case.mother, "evidence": "The order was seen."}
    asked(desk, case.child, RequestKind.PARENT, **about)
    found = {item.name: (item.state, item.reason) for item in request_decisions.find(desk, RQ1).items}
    for name in ("identity", "address", "telephone", "email"):
        assert found[name] == (ItemState.WITHHELD, "childs-own-details")
    for name in ("correction-7", "correction-8"):
        assert found[name] == (ItemState.WITHHELD, "childs-own-affairs")
    withhold_unread(desk)
    _, folder = released(desk, tmp_path)
    private = {"5 Qrow", "3 Tstart", "4 Tlane", "01632 960555", "q@example.org", "Qgiven", "Qsurname"}
    assert leaked(private | OTHERS, everything_in(folder)) == set()
    said = (folder / "withheld.txt").read_text()
    assert "A child's own name, address" in said
    assert "was corrected, with" not in said  # a change of address would tell that they have moved
    request_decisions.clear(desk, RQ1, "telephone", None)
    _, again = released(desk, tmp_path, again=True)
    assert leaked(private, everything_in(again)) == {"01632 960555"}
    people.edit(desk, case.child, {"telephone": "01632 960556"}, "a new one")
    withhold_unread(desk)
    _, third = released(desk, tmp_path, again=True)
    assert leaked({"01632 960555", "01632 960556"}, everything_in(third)) == set()


def test_the_trail_knows_a_bundle_by_its_hash(desk: Desk, tmp_path: Path) -> None:
    """By which rule it left, how many things it holds, and the hash of what was said; the words stay off the trail."""
    asked(desk, stories.family(desk).adult)
    done, folder = released(desk, tmp_path)
    entry = next(one for one in stories.trail(desk) if one.action == "request.release")
    assert stories.detail(entry) == {
        "rule": "own",
        "rows": done.given,
        "sha256": hashlib.sha256((folder / "bundle.json").read_bytes()).hexdigest(),
    }


def test_nothing_leaves_before_the_identity_is_checked(desk: Desk, tmp_path: Path) -> None:
    """Policy 4.6: refused, with the command that is missing; nothing is written anywhere."""
    requests.add(desk, stories.family(desk).adult, RequestDraft(RequestKind.OWN, TODAY))
    before = stories.everything(desk)["disclosure"]
    with pytest.raises(RefusedError, match="nobody has checked who asks") as refused:
        request_release.release(desk, RQ1, tmp_path)
    assert (refused.value.clause, refused.value.rule) == ("4.6", "identity-checked")
    assert "lcs request check RQ-0001-R" in refused.value.hint
    assert stories.everything(desk)["disclosure"] == before
    assert list(tmp_path.glob("EX-*")) + list(tmp_path.glob(".lcs-*")) == []
    assert stories.trail(desk)[-1].outcome == "refused"


def test_nothing_leaves_while_something_is_to_be_read(desk: Desk, tmp_path: Path) -> None:
    """Policy 4.2: the items are named, so that somebody can go through them."""
    asked(desk, plant(desk).child)
    with pytest.raises(RefusedError) as refused:
        request_release.release(desk, RQ1, tmp_path)
    assert (refused.value.clause, refused.value.rule) == ("4.2", "unread")
    assert all(name in refused.value.message for name in TEXTS)
    assert "explicit consent" in refused.value.quote


def test_what_changes_after_it_was_read_is_to_be_read_again(desk: Desk) -> None:
    """A concern that is closed has an outcome that nobody has read; another's withheld one is to be read again too."""
    household = stories.family(desk, 2)
    for _ in range(2):
        stories.flag(desk, household.ref, household.children[:1], closed=False)
    asked(desk, household.children[0])
    request_decisions.clear(desk, RQ1, "SF-0001-R", None)
    request_decisions.withhold(desk, RQ1, "SF-0002-W", "serious-harm", "Words.")
    assert states(desk)["SF-0001-R"] is ItemState.CLEARED
    for ref in ("SF-0001-R", "SF-0002-W"):
        flags.close(desk, ref, "Looked into.")
        assert states(desk)[ref] is ItemState.TO_BE_READ
    with pytest.raises(UsageError, match="has changed since it was read"):
        request_decisions.clear(desk, RQ1, "SF-0001-R", None, seen="open")


def test_words_that_a_session_gains_after_its_note_was_read_are_to_be_read(desk: Desk) -> None:
    """Why it was cancelled is free text, and nobody has read it: what was said of the note alone does not cover it."""
    household = stories.family(desk)
    session = stories.booked(desk, household.ref, TODAY, note="By the side door.")
    asked(desk, household.children[0])
    request_decisions.clear(desk, RQ1, session, None)
    assert states(desk)[session] is ItemState.CLEARED
    contact_sessions.cancel(desk, session, "Her mother is ill.")
    assert states(desk)[session] is ItemState.TO_BE_READ


def test_a_redacted_text_is_given_in_place_of_the_items_own(desk: Desk, tmp_path: Path) -> None:
    """Without its own days and kinds; only free text can be redacted."""
    asked(desk, plant(desk).child)
    decide(desk, [])
    request_decisions.withhold(desk, RQ1, "episodes", "other-people", "Words.")
    with stories.unchanged(desk), pytest.raises(UsageError, match="is no free text"):
        request_decisions.clear(desk, RQ1, "episodes", "Some days")
    item = request_decisions.clear(desk, RQ1, "SF-0001-R", "Rredacted: a worry was looked into.")
    assert (item.state, item.redacted, item.opens_a_seal) == (ItemState.CLEARED, True, True)
    _, folder = released(desk, tmp_path)
    content = everything_in(folder)
    assert b"Rredacted: a worry" in content
    assert leaked({"Tnarrative", "Toutcome", "emotional"}, content) == set()
    reading = request_decisions.read(desk, RQ1, "sf-0001-r")
    assert (reading.redacted, reading.content.texts[0][1]) == ("Rredacted: a worry was looked into.", "Tnarrative")


def test_what_is_withheld_is_told_unless_the_reason_forbids_it(desk: Desk, tmp_path: Path) -> None:
    """By kind and reason, without its content or name; a warning to somebody would do the harm itself."""
    asked(desk, plant(desk).child)
    decide(desk, [])
    request_decisions.withhold(desk, RQ1, "SF-0001-R", "serious-harm", "Wwords of the lead")
    request_decisions.withhold(desk, RQ1, "disclosures", "crime-prevention", "Wwords of the lead")
    bundle, folder = released(desk, tmp_path)
    said = (folder / "withheld.txt").read_text(encoding="utf-8")
    assert "- a note about a contact session (2 of them): It tells of other people" in said
    assert "Information Commissioner" in said
    content = everything_in(folder)
    untold = {"SF-0001-R", "safeguarding", "serious", "harm", "crime", "told to others", "Wwords", "S-000001-R"}
    assert leaked(untold, content) == set()
    assert (bundle.given, bundle.withheld) == (7, 12)
    assert len(json.loads((folder / "bundle.json").read_text())["items"]) == 7


def test_where_nothing_is_told_of_as_withheld_the_page_says_the_same_as_where_nothing_is(
    desk: Desk, tmp_path: Path
) -> None:
    """Nobody learns from it that there is a concern."""
    household, quiet = stories.family(desk), stories.family(desk)
    stories.flag(desk, household.ref, household.children)
    pages = []
    for number, child in enumerate((household.children[0], quiet.children[0]), start=1):
        ref = reference(Kind.REQUEST, number)
        requests.add(desk, child, RequestDraft(RequestKind.OWN, TODAY))
        requests.check(desk, ref, "Known.", TODAY)
        if number == 1:
            request_decisions.withhold(desk, ref, "SF-0001-R", "child-protection-enquiry", "Words.")
        folder = request_release.release(desk, ref, tmp_path).folder
        assert folder is not None
        pages.append((folder / "withheld.txt").read_bytes())
    assert pages[0] == pages[1]


def test_a_release_is_registered_before_it_leaves(desk: Desk, tmp_path: Path) -> None:
    """As a bundle, by its rule and clause, with the kind of recipient, and whose things by name; the request ends."""
    case = plant(desk)
    about = {"through": case.authority, "asker": "The leaving care team", "evidence": "Their letter."}
    asked(desk, case.child, RequestKind.YOUNG_PERSON, **about)
    decide(desk, ["S-000001-R"])
    bundle, folder = released(desk, tmp_path)
    assert (bundle.reference, folder.name, bundle.request.outcome) == ("EX-000002-W", "EX-000002-W", "released")
    row = desk.db.row(
        "SELECT kind, ground, rule, clause, recipient, referrer_id, purpose, fields FROM disclosure WHERE id = 2"
    )
    assert row is not None
    assert row[:7] == ("bundle", "young-person", "young-person", "4.6", "local-authority", 1, "young-person")
    assert row[7].split(",")[:2] == [f"{case.child}.identity", f"{case.child}.address"]
    assert f"{case.child}.S-000001-R" in row[7]
    assert desk.db.rows("SELECT family_id FROM disclosure_family WHERE disclosure_id = 2") == [(1,)]
    assert desk.db.value("SELECT count(*) FROM disclosure_release WHERE disclosure_id = 2") == 1
    manifest = json.loads((folder / "datapackage.json").read_text())
    for resource in manifest["resources"]:
        content = (folder / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["bytes"] == len(content)
    assert manifest["bundle"]["audit_head"].partition(":")[0].isdigit()
    assert {path.name for path in folder.iterdir()} == {"bundle.txt", "bundle.json", "withheld.txt", "datapackage.json"}
    assert (manifest["bundle"]["authority"], manifest["bundle"]["recipient"]) == (case.authority, "local-authority")
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_the_person_sees_their_own_bundles_and_nobody_elses_among_what_was_told(desk: Desk, tmp_path: Path) -> None:
    """The register knows whose things a bundle held; which things, another who asks is not told."""
    case = plant(desk)
    asked(desk, case.child)
    decide(desk, ["SF-0001-R"])
    released(desk, tmp_path)
    for person, there in ((case.child, True), (case.sister, False)):
        ref = reference(Kind.REQUEST, requests.add(desk, person, RequestDraft(RequestKind.OWN, TODAY)).request.number)
        assert len(request_decisions.read(desk, ref, "disclosures").content.entries) == 1
        found = {item.name: item for item in request_decisions.find(desk, ref).items}
        assert ("bundles" in found) is there
    draft = RequestDraft(RequestKind.PARENT, TODAY, parent=case.mother, evidence="The order was seen.")
    ref = reference(Kind.REQUEST, requests.add(desk, case.child, draft).request.number)
    withheld = {item.name: item.reason for item in request_decisions.find(desk, ref).items if item.reason}
    assert (withheld["EX-000001-R"], withheld["EX-000002-W"]) == ("childs-own-affairs", "childs-own-request")
    reading = request_decisions.read(desk, ref, "EX-000002-W")
    (row,) = reading.content.entries
    assert (row["to"], row["what"]) == ("person-concerned", "records held")


def test_a_parent_learns_nothing_from_a_bundle_that_the_child_was_given(desk: Desk, tmp_path: Path) -> None:
    """Where there is a concern that is not told of, the parent's folder is that of a family without one."""
    folders = []
    for concern in (True, False):
        household = stories.family(desk)
        child = household.children[0]
        if concern:
            stories.flag(desk, household.ref, [child])
        answers = []
        for draft in (
            RequestDraft(RequestKind.OWN, TODAY),
            RequestDraft(RequestKind.PARENT, TODAY, parent=household.adult, evidence="The order was seen."),
        ):
            ref = reference(Kind.REQUEST, requests.add(desk, child, draft).request.number)
            requests.check(desk, ref, "Known.", TODAY)
            for item in request_decisions.find(desk, ref).items:
                if item.cls.id == "safeguarding-file" and draft.kind is RequestKind.OWN:
                    request_decisions.clear(desk, ref, item.name, None)
            withhold_unread(desk, ref, "serious-harm")
            folder = request_release.release(desk, ref, tmp_path).folder
            assert folder is not None
            answers.append(folder)
        assert (b"SF-0001-R" in everything_in(answers[0])) is concern
        files = {path.name: path.read_text() for path in answers[1].iterdir()}
        own = {"request": ref, "bundle": answers[1].name, "person": child, "lower": answers[1].name.lower()}
        manifest = json.loads(files.pop("datapackage.json"))
        del manifest["bundle"]["audit_head"]
        files["manifest"] = json.dumps([{**one, "hash": ""} for one in manifest.pop("resources")]) + str(manifest)
        for name, text in files.items():
            for what, value in own.items():
                files[name] = files[name].replace(value, what)
            assert text
        folders.append(files)
    assert folders[0] == folders[1]


def test_what_the_child_agreed_to_is_told_a_parent_only_entry_by_entry(desk: Desk, tmp_path: Path) -> None:
    """To whom it was told is the child's own affair; withheld, and not told of, until a lead clears that very entry."""
    case = plant(desk)
    exports.export(desk, case.authority, ExportOrder("case-management"), None)
    asked(desk, case.child, RequestKind.PARENT, parent=case.mother, evidence="The order was seen.")
    withhold_unread(desk)
    _, folder = released(desk, tmp_path)
    assert leaked({"local-authority", "EX-000001-R", "told to others", "confidence"}, everything_in(folder)) == {
        "local-authority"  # of the referrals: by kind and day
    }
    request_decisions.clear(desk, RQ1, "EX-000002-W", None)
    _, again = released(desk, tmp_path, again=True)
    items = {item["item"]: item for item in json.loads((again / "bundle.json").read_text())["items"]}
    assert [row["ground"] for row in items["EX-000002-W"]["entries"]] == ["attendance"]
    assert "EX-000001-R" not in items


def test_a_reason_is_told_as_it_stood_when_it_was_decided(desk: Desk, tmp_path: Path) -> None:
    """Though later rules know it no more, or speak of it: what was kept silent stays silent."""
    asked(desk, plant(desk).child)
    decide(desk, [])
    request_decisions.withhold(desk, RQ1, "S-000001-R", "legal-privilege", "Wwords of the lead")
    request_decisions.withhold(desk, RQ1, "SF-0001-R", "serious-harm", "Wwords of the lead")
    was = packaged().contents["requests.toml"].decode()
    first, last = was.index('[[withhold]]\nid = "legal-privilege"'), was.index('[[withhold]]\nid = "not-about-them"')
    changed = (was[:first] + was[last:]).replace('schedule 3"\ntell = false', 'schedule 3"\ntell = true')
    draft = PolicyDraft(TODAY, "trustees", None, {"requests.toml": changed.encode()})
    publishing.publish(desk, draft, publishing.plan(desk, draft).hash)
    _, folder = released(desk, tmp_path)
    said = (folder / "withheld.txt").read_text(encoding="utf-8")
    assert "a note about a contact session: It is advice from lawyers" in said
    assert "serious harm" not in said


CORRECTED = {
    "another": ("came through the body that stood there before", "young-person"),
    "solicitor": ("came through the body that stood there before", "young-person"),
    "of age": ("from the 18th birthday on", "parent"),
    "birthday": ("from the 18th birthday on", "parent"),
    "past 25": ("after the 25th birthday", "young-person"),
}


@pytest.mark.parametrize("what", CORRECTED)
def test_a_request_that_would_not_be_taken_now_is_not_answered(desk: Desk, tmp_path: Path, what: str) -> None:
    """What was corrected since counts, and the day: refused by the rule of its kind, with what can be asked instead."""
    household, authority = stories.family(desk), stories.referrer(desk)
    child, because = household.children[0], CORRECTED[what]
    there = desk
    if because[1] == "parent":
        asked(desk, child, RequestKind.PARENT, parent=household.adult, evidence="The order was seen.")
    else:
        asked(desk, child, RequestKind.YOUNG_PERSON, through=authority, asker="The team", evidence="Their letter.")
    withhold_unread(desk)
    if what == "another":
        referrals.edit_referrer(desk, authority, "Othertown Council", None, "mistaken")
    elif what == "solicitor":
        referrals.edit_referrer(desk, authority, None, ReferrerKind.SOLICITOR, "mistaken")
    elif what == "of age":
        people.edit(desk, child, {"date_of_birth": date(2008, 11, 26)}, "misread")
    elif what == "past 25":
        people.edit(desk, child, {"date_of_birth": date(2001, 11, 25)}, "misread")
    else:
        people.edit(desk, child, {"date_of_birth": date(2008, 11, 30)}, "misread")
        withhold_unread(desk)
        released(desk, tmp_path)
        there = stories.on(desk, date(2026, 11, 30))
    before = stories.everything(there)["disclosure"]
    with pytest.raises(RefusedError, match=because[0]) as refused:
        request_release.release(there, RQ1, tmp_path, again=what == "birthday")
    assert (refused.value.clause, refused.value.rule) == ("4.6", because[1])
    assert ("lcs request add" if what in ("another", "solicitor") else "--kind own") in refused.value.hint
    assert stories.everything(there)["disclosure"] == before
    assert len(list(tmp_path.glob("EX-*"))) == (1 if what == "birthday" else 0)


def test_a_request_that_is_closed_before_the_folder_has_its_name_is_not_handed_over(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is registered by then; nothing is left of it."""
    asked(desk, stories.family(desk).adult)
    hand_over = request_release._hand_over

    def meanwhile(*about: object, again: bool) -> Path | None:
        requests.close(stories.on(desk, TODAY), RQ1, "withdrawn", None)
        return hand_over(*about, again=again)  # type: ignore[arg-type]

    monkeypatch.setattr(request_release, "_hand_over", meanwhile)
    with pytest.raises(FailedError) as failed:
        request_release.release(desk, RQ1, tmp_path)
    assert failed.value.message.startswith("EX-000001-R is registered and was not handed over: RQ-0001-R has ended")
    assert list(tmp_path.glob("EX-*")) + list(tmp_path.glob(".lcs-*")) == []
    assert requests.show(desk, RQ1).timed.request.outcome == "withdrawn"
    assert desk.db.value("SELECT count(*) FROM disclosure_release") == 0


def test_a_released_request_is_released_again_only_when_asked_for(desk: Desk, tmp_path: Path) -> None:
    """As a new entry of the register; one that was closed is not."""
    asked(desk, stories.family(desk).adult)
    with pytest.raises(UsageError, match="was not released before"):
        request_release.release(desk, RQ1, tmp_path, again=True)
    released(desk, tmp_path)
    with stories.unchanged(desk), pytest.raises(UsageError, match="was released on"):
        request_release.release(desk, RQ1, tmp_path)
    assert released(desk, tmp_path, again=True)[0].reference == "EX-000002-W"
    other = reference(Kind.REQUEST, requests.add(desk, "P-0001-R", RequestDraft(RequestKind.OWN, TODAY)).request.number)
    requests.close(desk, other, "withdrawn", None)
    for again in (False, True):
        with pytest.raises(UsageError):
            request_release.release(desk, other, tmp_path, again=again)
    with pytest.raises(UsageError, match="closed without an answer"):
        request_decisions.clear(desk, other, "identity", None)


def test_a_release_that_is_stopped_leaves_the_request_open(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is registered, but it never left, and is released again as if for the first time."""
    asked(desk, stories.family(desk).adult)
    (tmp_path / "EX-000001-R").mkdir()
    with pytest.raises(FailedError, match="registered, but its folder could not be named") as failed:
        request_release.release(desk, RQ1, tmp_path)
    assert failed.value.hint == "write it again with: lcs request release RQ-0001-R --into FOLDER"
    assert requests.show(desk, RQ1).timed.request.is_open
    assert desk.db.value("SELECT count(*) FROM disclosure_release") == 0
    assert list(tmp_path.glob(".lcs-*")) == []

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, stories.unchanged(desk):
        patch.setattr(outbox, "write_new", full)
        with pytest.raises(FailedError, match="nothing was told"):
            request_release.release(desk, RQ1, tmp_path)
    assert released(desk, tmp_path)[0].request.outcome == "released"


def test_a_bundle_does_not_go_into_the_vaults_own_folder_or_nowhere(desk: Desk, tmp_path: Path) -> None:
    """It lies unencrypted; and a link that leads to itself is no folder."""
    asked(desk, stories.family(desk).adult)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with stories.unchanged(desk), pytest.raises(UsageError, match="into: is not a folder"):
        request_release.release(desk, RQ1, loop)
    with stories.unchanged(desk), pytest.raises(UsageError, match="the vault's own folder"):
        request_release.release(desk, RQ1, desk.vault.folder)


def test_a_manager_releases_what_opens_no_seal(desk: Desk, desk_of: OpenDesk, tmp_path: Path) -> None:
    """What is sealed to the leads is released by one of them; who is neither releases nothing."""
    household = stories.family(desk)
    stories.flag(desk, household.ref, household.children)
    asked(desk, household.children[0])
    request_decisions.clear(desk, RQ1, "SF-0001-R", None)
    manager = desk_of("rhys")
    with pytest.raises(RefusedError, match="gives texts that are sealed: SF-0001-R") as refused:
        request_release.release(manager, RQ1, tmp_path)
    assert (refused.value.clause, refused.value.rule) == ("4.5", "sealed-texts")
    request_decisions.withhold(desk, RQ1, "SF-0001-R", "serious-harm", "Words.")
    assert released(manager, tmp_path)[0].request.ended_by == "U-003-A"
    users.add_user(desk, "nia", [Role.ADMINISTRATOR], Secret(passphrase=passphrase("nia")), CHEAP)
    actions: list[Callable[[Desk], object]] = [
        lambda d: request_release.release(d, RQ1, tmp_path, again=True),
        lambda d: request_decisions.find(d, RQ1),
        lambda d: request_decisions.read(d, RQ1, "identity"),
        lambda d: request_decisions.clear(d, RQ1, "identity", None),
        lambda d: request_decisions.withhold(d, RQ1, "identity", "other-people", "Words."),
    ]
    for action in actions:
        with pytest.raises(RefusedError, match="may not run"):
            action(desk_of("nia"))


def test_slips_about_items_are_named(desk: Desk) -> None:
    """An item that there is none of, a reason that there is none of, words that are missing, what is given anyway."""
    asked(desk, plant(desk).child)
    slips: list[tuple[Callable[[], object], str]] = [
        (lambda: request_decisions.read(desk, RQ1, "SF-0002-W"), "^item: RQ-0001-R has none of that name"),
        (lambda: request_decisions.withhold(desk, RQ1, "identity", "no-time", "W."), "^because: must be one of"),
        (lambda: request_decisions.withhold(desk, RQ1, "identity", "other-people", " "), "^in words:"),
        (lambda: request_decisions.clear(desk, RQ1, "identity", None), "^identity: is given as it stands"),
        (lambda: request_decisions.clear(desk, RQ1, "LH-0001-R", "\x07"), "^redacted:"),
    ]
    for slip, named in slips:
        with stories.unchanged(desk), pytest.raises(UsageError, match=named):
            slip()


def test_reading_and_deciding_is_on_the_trail_without_a_word_of_it(desk: Desk) -> None:
    """Which item, and by which reason."""
    asked(desk, plant(desk).child)
    request_decisions.read(desk, RQ1, "SF-0001-R")
    request_decisions.withhold(desk, RQ1, "SF-0001-R", "serious-harm", "Wwords of the lead")
    read, withheld = stories.trail(desk)[-2:]
    assert (read.action, read.detail) == ("request.find", {"fields": ["SF-0001-R"]})
    assert (withheld.action, withheld.detail) == (
        "request.withhold",
        {"fields": ["SF-0001-R"], "rule": "serious-harm"},
    )
    assert "Wwords" not in repr(stories.trail(desk))
    assert request_decisions.read(desk, RQ1, "SF-0001-R").words == "Wwords of the lead"
    assert "Tnarrative" not in repr(request_decisions.read(desk, RQ1, "SF-0001-R"))


def test_a_request_goes_with_the_family_and_leaves_the_register(desk_of: OpenDesk, tmp_path: Path) -> None:
    """Five years after the release, which is a use: the decisions and the pauses too; the entry holds references."""
    there = desk_of("amina", stories.CLOSED)
    household = stories.closed_family(there)
    stories.booked(there, household.ref, stories.CLOSED, note="Tnote")
    requests.add(there, household.adult, RequestDraft(RequestKind.OWN, stories.CLOSED))
    requests.pause(there, RQ1, PauseReason.IDENTITY, "Who?", stories.CLOSED)
    requests.check(there, RQ1, "Passport.", stories.CLOSED)
    request_decisions.withhold(there, RQ1, "S-000003-A", "other-people", "Wwords")
    request_release.release(there, RQ1, tmp_path)
    there.db.close()
    assert stories.disposed(desk_of, household.ref).disposed
    swept = desk_of("amina", stories.SWEPT)
    rows = stories.everything(swept)
    assert [rows[table] for table in ("access_request", "request_pause", "request_decision", "family")] == [
        [],
        [],
        [],
        [],
    ]
    assert [row[1] for row in rows["disclosure"]] == ["bundle"]
