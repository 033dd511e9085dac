"""What stands before a sweep: who may run it, one at a time, no stop, a clock that can be believed, and a cap."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from lcs_cli.policy.cap import Cap, cap
from lcs_cli.records.retention import Review
from lcs_cli.services import clock_guard, leftovers, stops
from lcs_cli.services.desk import Desk
from lcs_cli.vault import families
from lcs_cli.vault.files import locked

_ACTION = "retention.sweep"
_LOCK = "sweep.lock"
Options = ParamSpec("Options")
Done = TypeVar("Done")


def guarded(run: Callable[Concatenate[Desk, Options], Done]) -> Callable[Concatenate[Desk, Options], Done]:
    """The sweep behind its guards; VaultBusyError at once while another one runs."""

    @wraps(run)
    def behind(desk: Desk, /, *args: Options.args, **options: Options.kwargs) -> Done:
        with desk.acting(_ACTION, logged=False):
            pass  # who may not run it leaves no file behind
        with locked(desk.vault.folder / _LOCK, 0, "another sweep is running"):
            with desk.acting(_ACTION, logged=False):
                leftovers.withdraw(desk)
            check(desk, _ACTION)
            return run(desk, *args, **options)

    return behind


def check(desk: Desk, action: str) -> None:
    """Refuse to dispose or to approve: the disposals are stopped, or the day cannot be believed."""
    stops.check(desk, action)
    clock_guard.check(desk, action)


def capped(desk: Desk, ready: list[Review], limit: int | None) -> tuple[list[Review], int, Cap]:
    """What one sweep takes of what is ready, how many it leaves for the next, and the cap; ``limit`` lowers that."""
    rules = cap(desk.rules, desk.today, families.count(desk.db))
    limits = [one for one in (rules.most, limit) if one is not None]
    found = Cap(rules.rule, min(limits) if limits else None)
    taken = ready[: found.most]
    return taken, len(ready) - len(taken), found
