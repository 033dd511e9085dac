"""The layers below the command line are loaded when something of them is first used, and so is what few commands need.

So the help of a group opens nothing, and a command loads what it comes to. A name that is taken from one of their
modules has that module loaded at once: `cli` imports modules, and takes their names from them where they are needed.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType

_BELOW = ("lcs_cli.services.", "lcs_cli.policy.", "lcs_cli.vault.")
_SELDOM = ("bz2", "ipaddress", "locale", "lzma", "msgspec.inspect")
"""Of the libraries, what Typer and the standard library import for work that hardly any command has."""


class _Finder:
    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """A module of those, to be loaded later; None for any other."""
        if name not in _SELDOM and not name.startswith(_BELOW):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


def load_when_used() -> None:
    """Do so from now on, for what is not loaded yet."""
    sys.meta_path.insert(0, _Finder)
