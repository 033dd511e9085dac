"""The release of what was found for a request: a folder with the person's own things, registered before it leaves."""

from pathlib import Path

from msgspec.structs import replace

from lcs_cli.errors import UsageError
from lcs_cli.policy.requests import request_rules
from lcs_cli.records.disclosure import Disclosure, DisclosureKind
from lcs_cli.records.references import Kind, number_in, reference
from lcs_cli.records.request import RELEASED, AccessRequest, ItemState
from lcs_cli.records.user import KeyName
from lcs_cli.records.value import Value
from lcs_cli.services import lookup, request_bundle
from lcs_cli.services.desk import Act, Desk
from lcs_cli.services.outbox import Outbox, check_outside, not_handed_over
from lcs_cli.services.request_decisions import Findings, Item, findings
from lcs_cli.services.requests import check_still_taken, note, refused, typed_as
from lcs_cli.services.stamp import stamp
from lcs_cli.vault import disclosures, referrals, requests
from lcs_cli.vault.disclosures import FamilyShare

_GIVEN = (ItemState.GIVEN, ItemState.CLEARED)


class Bundle(Value):
    """What left: how many items were given and how many withheld, registered as ``reference``, in ``folder``.

    ``papers`` are the files on paper that are handed over with it.
    """

    reference: str
    request: AccessRequest
    given: int
    withheld: int
    papers: tuple[str, ...] = ()
    folder: Path | None = None


def release(
    desk: Desk, typed: str, into: Path, *, again: bool = False, as_pdf: request_bundle.AsPdf | None = None
) -> Bundle:
    """Release a request's bundle into a new folder in ``into``; once, or ``again`` as a new entry of the register.

    Refused until the identity is checked and nothing is left to be read. The request ends when the folder has its
    name: a command that was stopped before leaves it open, with an entry of something that never left. ``as_pdf`` puts
    it on paper as well.
    """
    check_outside(desk.vault.folder, into)
    with Outbox(into) as outbox:
        with desk.acting("request.release", (Kind.REQUEST, typed)) as act:
            request = lookup.request(desk.db, typed)
            note(act, request)
            _check_may_leave(request, again=again)
            check_still_taken(desk, request)
            found = findings(desk, request)
            _check_ready(desk, found)
            registered = _carry_out(act, found, outbox, as_pdf)
        folder = _hand_over(desk, registered, outbox, again=again)
    return replace(registered, folder=folder, request=lookup.request(desk.db, typed_as(request)))


def _hand_over(desk: Desk, registered: Bundle, outbox: Outbox, *, again: bool) -> Path | None:
    """Give the folder its name while nobody else can write: not where the request has ended since it was registered."""
    ref = typed_as(registered.request)
    with desk.db.transaction():
        request = lookup.request(desk.db, ref)
        if not request.is_open and not again:
            raise not_handed_over(registered.reference, f"{ref} has ended meanwhile", f"lcs request show {ref}")
        command = f"lcs request release {ref}{' --again' if again else ''} --into FOLDER"
        folder = outbox.release(registered.reference, command)
        disclosures.release(desk.db, number_in(Kind.DISCLOSURE, registered.reference))
        if not again:
            requests.end(desk.db, request.number, RELEASED, desk.today, desk.user.reference)
    return folder


def _check_may_leave(request: AccessRequest, *, again: bool) -> None:
    ref = typed_as(request)
    if again and request.outcome != RELEASED:
        raise UsageError(f"{ref} was not released before", "leave --again away")
    if not again and not request.is_open and request.ended_on:
        ended = f"{ref} was {'released' if request.outcome == RELEASED else 'closed'} on {request.ended_on.isoformat()}"
        raise UsageError(ended, "give --again to release it anew" if request.outcome == RELEASED else "take a new one")


def _check_ready(desk: Desk, found: Findings) -> None:
    rules, ref = request_rules(desk.rules), typed_as(found.request)
    if found.request.checked_on is None:
        raise refused(
            rules.identity, f"nobody has checked who asks for {ref}", f"check it, and note it: lcs request check {ref}"
        )
    if unread := found.to_be_read:
        raise refused(
            rules.unread,
            f"{ref} holds what nobody has read for it: {', '.join(unread)}",
            f"a safeguarding lead reads each: lcs request clear {ref} {unread[0]}   or lcs request withhold",
        )
    sealed = [item.name for item in found.items if item.opens_a_seal]
    if sealed and KeyName.SAFEGUARDING not in desk.vault.opened.keys:
        raise refused(
            rules.sealed, f"{ref} gives texts that are sealed: {', '.join(sealed)}", "ask a safeguarding lead"
        )


def _carry_out(act: Act, found: Findings, outbox: Outbox, as_pdf: request_bundle.AsPdf | None) -> Bundle:
    """Write the files out of sight and register them, in the open transaction; nothing has its name yet."""
    desk, request = act.desk, found.request
    given = [item for item in found.items if item.state in _GIVEN]
    entry = _entry(desk, request, given)
    ref = reference(Kind.DISCLOSURE, entry.number)
    disclosures.enter(desk.db, entry, [FamilyShare(request.family)])
    requests.bundled(desk.db, request.number, entry.number)
    files = request_bundle.write(outbox, desk, found, given, ref, as_pdf)
    papers = tuple(item.name for item in given if item.found.on_paper and not item.redacted)
    withheld = len(found.items) - len(given)
    act.note(ref, rule=entry.rule, rows=len(given), sha256=files[0].sha256)
    act.keep(Kind.DISCLOSURE, entry.number)
    outbox.add_manifest(request_bundle.manifest(entry, request, files, papers, str(act.log())))
    return Bundle(ref, request, len(given), withheld, papers)


def _entry(desk: Desk, request: AccessRequest, given: list[Item]) -> Disclosure:
    """What the register keeps: whose things, of which names, by which rule, and what kind of recipient has them."""
    rule = request_rules(desk.rules).kinds[request.kind]
    authority = referrals.referrer(desk.db, request.through) if request.through is not None else None
    person = reference(Kind.PERSON, request.person)
    return Disclosure(
        number=disclosures.next_disclosure(desk.db),
        kind=DisclosureKind.BUNDLE,
        **stamp(desk),
        ground=rule.id,
        rule=rule.id,
        clause=rule.clause,
        recipient=authority.kind.value if authority else rule.recipient,
        referrer=request.through,
        purpose=rule.purpose,
        fields=tuple(f"{person}.{item.name}" for item in given),
    )
