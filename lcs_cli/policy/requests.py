"""Requests for one's records (policy 4.6): who may ask, until when it is answered, what is given without reading."""

import calendar
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from lcs_cli.policy.rules import Rules
from lcs_cli.records.family import PersonKind
from lcs_cli.records.referral import ReferrerKind
from lcs_cli.records.request import ItemDecision, ItemState, Pause, RequestKind
from lcs_cli.records.value import Value
from lcs_cli.records.words import a_role, either
from lcs_cli.records.years import anniversary

_SATURDAY = 5


class RequestRule(Value):
    """One rule of the file: its id, clause, the phrase of the clause that a refusal quotes, and what it says."""

    id: str
    clause: str
    about: str
    text: str


class KindRule(RequestRule):
    """Who may ask in this way. ``withheld`` maps a class of items to the reason why it is not given by default.

    ``up_to_years`` is about the day of receipt; with ``until_birthday`` about the day of the decision, release
    included, and the birthday is one day too late. ``through`` names the kinds of body that
    it has to come through; ``recipient`` is empty where that body has it. ``named_to`` says about whom bodies are named
    without further reading.
    """

    up_to_years: int | None
    until_birthday: bool
    through: frozenset[ReferrerKind]
    recipient: str
    purpose: str
    named_to: frozenset[PersonKind]
    withheld: Mapping[str, str]


class WithholdRule(Value):
    """Why something is withheld; ``tell`` says whether the person is told that something was."""

    id: str
    clause: str
    text: str
    law: str
    tell: bool


class ItemClass(Value):
    """A kind of thing that is found: free text is withheld until it was read."""

    id: str
    text: str
    free_text: bool


class RequestRules(Value):
    """The rule file as values; months and days are whole numbers."""

    due: RequestRule
    identity: RequestRule
    unread: RequestRule
    sealed: RequestRule
    months: int
    extension_months: int
    soon_days: int
    paused_days: int
    kinds: Mapping[RequestKind, KindRule]
    classes: Mapping[str, ItemClass]
    withhold: Mapping[str, WithholdRule]
    close: Mapping[str, str]
    told_openly: frozenset[str]
    named_referrers: frozenset[ReferrerKind]
    proceedings_told_openly: frozenset[str]


class Asked(Value):
    """What bears on whether somebody may ask: the birthday of the person concerned, and who asks.

    It was entered on ``recorded_on``, and is decided about on ``today``, to take or to release it. ``through`` is the
    kind of body it came through; ``child`` and ``parent`` say that the person concerned is a child, and who asks an
    adult, of one family.
    """

    kind: RequestKind
    received_on: date
    recorded_on: date
    today: date
    born: date | None = None
    through: ReferrerKind | None = None
    child: bool = False
    parent: bool = False


class Answer(Value):
    """Whether a request is taken: ``reason`` and ``remedy`` are empty where it is."""

    rule: KindRule
    reason: str = ""
    remedy: str = ""

    @property
    def taken(self) -> bool:
        """Whether it is taken."""
        return not self.reason


class Deadline(Value):
    """Until when a request is to be answered; ``first`` is the day without an extension.

    ``days_left`` counts from today and is negative where it is overdue; with a pause that is still open it is as if
    it ended today.
    """

    due_on: date
    first: date
    days_left: int

    @property
    def overdue(self) -> bool:
        """Whether the day has passed."""
        return self.days_left < 0


def request_rules(rules: Rules) -> RequestRules:
    """The rules of requests, from their file."""
    data = rules.file("requests.toml")
    kinds = (KindRule(**_base(one), **_who(one)) for one in data["kind"])
    return RequestRules(
        due=RequestRule(**_base(data["due"])),
        identity=RequestRule(**_base(data["identity"])),
        unread=RequestRule(**_base(data["unread"])),
        sealed=RequestRule(**_base(data["sealed"])),
        months=data["due"]["months"],
        extension_months=data["due"]["extension_months"],
        soon_days=data["due"]["soon_days"],
        paused_days=data["due"]["paused_days"],
        kinds={RequestKind(kind.id): kind for kind in kinds},
        classes={one["id"]: ItemClass(**one) for one in data["class"]},
        withhold={one["id"]: WithholdRule(**one) for one in data["withhold"]},
        close={one["id"]: one["text"] for one in data["close"]},
        told_openly=frozenset(data["found"]["told_openly"]),
        named_referrers=frozenset(map(ReferrerKind, data["found"]["named_referrers"])),
        proceedings_told_openly=frozenset(data["found"]["proceedings_told_openly"]),
    )


def admit(asked: Asked, rules: RequestRules) -> Answer:
    """Decide whether a request is taken; every refusal names what would be taken instead."""
    rule = rules.kinds[asked.kind]
    own = "take it as the person's own right of access: --kind own"
    if rule.through and asked.through not in rule.through:
        bodies = either(sorted(map(a_role, rule.through)))
        what = "it does not come through one" if asked.through is None else "that body is none"
        return Answer(
            rule,
            f"a young person asks through {bodies}, and {what}",
            f"name the authority: --through REFERRER   or {own}",
        )
    if asked.kind is not RequestKind.OWN and not asked.child:
        return Answer(rule, "it is about a child's records, and that person is no child of the family", own)
    if asked.kind is RequestKind.PARENT and not asked.parent:
        return Answer(
            rule,
            "who asks is not on record as an adult of the child's family",
            f"name them: --parent PERSON   or add them first: lcs person add   or, for the child, {own}",
        )
    return Answer(rule) if rule.up_to_years is None else _young_enough(asked, rule, rule.up_to_years, rules.months, own)


def _young_enough(asked: Asked, rule: KindRule, years: int, months: int, own: str) -> Answer:
    """Whether the person concerned is young enough; a day of receipt long past makes nobody younger."""
    birthday = f"{_ordinal(years)} birthday"
    if asked.born is None:
        return Answer(
            rule,
            f"no date of birth is on record, so nobody can say when the {birthday} is",
            f"ask for it, then: lcs person edit PERSON   or {own}",
        )
    reached = anniversary(asked.born, years)
    if rule.until_birthday:
        if asked.today < reached:
            return Answer(rule)
        return Answer(
            rule,
            f"from the {birthday} on, the person concerned asks and nobody in their place",
            "the young person asks: lcs request add PERSON --kind own",
        )
    if asked.received_on > reached:
        return Answer(rule, f"it was received after the {birthday} of the person concerned", own)
    if asked.recorded_on > corresponding_day(reached, months):
        return Answer(rule, f"it was entered long after the {birthday}, whenever it was received", own)
    return Answer(rule)


def deadline(
    received_on: date,
    pauses: Iterable[Pause],
    *,
    extended: bool,
    holidays: frozenset[date],
    rules: RequestRules,
    today: date,
) -> Deadline:
    """Until when a request is to be answered: the months, then the paused days, then on to a working day."""
    paused = sum(((pause.to_on or max(today, pause.from_on)) - pause.from_on).days for pause in pauses)

    def after(months: int) -> date:
        return working_day(corresponding_day(received_on, months) + timedelta(days=paused), holidays)

    first = after(rules.months)
    due = after(rules.months + rules.extension_months) if extended else first
    return Deadline(due, first, (due - today).days)


def corresponding_day(start: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def working_day(day: date, holidays: frozenset[date]) -> date:
    """The day itself, or the next one that is neither of a weekend nor a bank holiday."""
    while day.weekday() >= _SATURDAY or day in holidays:
        day += timedelta(days=1)
    return day


def state_of(cls: ItemClass, version: str, decision: ItemDecision | None, kind: KindRule) -> tuple[ItemState, str]:
    """What becomes of an item, and the reason where it is withheld.

    What has changed since somebody decided (``version``) is as if nobody had; but what is not free text stays
    withheld, for that was decided about all of it.
    """
    default = ItemState.TO_BE_READ if cls.free_text else ItemState.GIVEN
    reason = kind.withheld.get(cls.id, "")
    if decision is not None and decision.seen == version:
        return decision.state, decision.reason or ""
    if decision is not None and decision.state is ItemState.WITHHELD and not cls.free_text:
        return decision.state, decision.reason or ""
    return (ItemState.WITHHELD, reason) if reason else (default, "")


def _base(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in ("id", "clause", "about", "text")}


def _who(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "up_to_years": data.get("up_to_years"),
        "until_birthday": data.get("until_birthday", False),
        "through": frozenset(map(ReferrerKind, data.get("through", ()))),
        "recipient": data.get("recipient", ""),
        "purpose": data["purpose"],
        "named_to": frozenset(map(PersonKind, data["named_to"])),
        "withheld": data["withheld"],
    }


def _ordinal(number: int) -> str:
    """25th, 21st, 18th."""
    special = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in (11, 12, 13) else special.get(number % 10, 'th')}"
