"""The walk through what is due: each file is offered only what can be done with it."""

from pathlib import Path

from tests.cli.typed import Typist, at, lcs
from tests.conftest import OpenDesk
from tests.services import stories


def test_a_file_that_is_still_open_is_not_offered_for_disposal(vault: Path, desk_of: OpenDesk) -> None:
    """It would be refused after its reference was typed; what closes it is said at once."""
    desk = desk_of("amina", stories.OPENED)
    ref = stories.family(desk).ref
    desk.db.close()
    terminal = Typist(["d", "s"], env=at(vault))
    ran = lcs(terminal, "retention", "review")
    assert ran.code == 0
    assert f"It stays open until somebody closes it: if the service has ended: lcs family close {ref}" in ran.err
    assert "   k keep until  h hold  s skip [s]: d\nerror: that is none of them" in ran.err
    assert "d dispose" not in ran.err
    assert terminal.answers == []
