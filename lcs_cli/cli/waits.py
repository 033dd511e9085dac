"""What waits, as it is said to whoever asks: by those who may act, or with whom to ask."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lcs_cli.cli.dates import human_days
from lcs_cli.cli.views import plural

if TYPE_CHECKING:
    from lcs_cli.services.desk import Desk
    from lcs_cli.services.waiting import Waiting


def lines(found: Sequence["Waiting"], desk: "Desk") -> list[str]:
    """What waits, in lines for this user."""
    return [_waits(one, desk) for one in found if one.count and (not one.acts or desk.may(one.acts))]


def _waits(one: "Waiting", desk: "Desk") -> str:
    """What waits, in one line that ends with the command that lists it, or with who runs that instead of this user."""
    lists = f"lcs {one.command}" if desk.may(one.action) else f"ask {desk.who_instead(one.action)}"
    return f"{human_days(one.state)}: {plural(one.count, one.noun)} (policy {one.clause}): {lists}"
