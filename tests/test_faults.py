"""A short run of the faults: the calls of writing commands fail, and nothing is lost, torn or left behind."""

import pytest

from faults import calls, failing, shim


@pytest.mark.skipif(not shim.compiler(), reason="no C compiler (cc): tests/stopping.py stops commands without one")
@pytest.mark.parametrize("name", ["family add", "backup"])
def test_whichever_call_fails_nothing_is_lost(name: str) -> None:
    """An error once or for good, a full disk with half a write, a kill: what was acknowledged is there, whole."""
    seen = calls.inject([name], long=False, seed=1)
    for (_, kind), found in seen.items():
        assert [one for one in found if one["problems"]] == []
        assert any(one["failed"] for one in found)
        assert found[-1]["code"] == 0
        if kind == "kill -9":
            assert {one["code"] for one in found[:-1]} == {failing.KILLED}
