"""Rules as they lie in a vault, published perhaps by an older lcs: what they lack is as this program has it."""

from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from typing import Any

from lcs_cli.errors import DamagedVaultError
from lcs_cli.policy.problems import expected
from lcs_cli.policy.rules import Rules, packaged

_EACH = ("requests.toml kind ", "requests.toml class ")
"""Lists in which the program looks for each of its own words. A ground that is not there tells nothing."""


class Completed(Rules, eq=False):
    """Rules to go by: what they say holds, and what they lack is as in the rules that this program carries.

    A command that they do not know is granted to nobody, but those that ``always`` go on. The hash is that of what was
    written. DamagedVaultError where a file cannot be read.
    """

    always: Collection[str] = ()

    def file(self, name: str) -> Mapping[str, Any]:
        """One rule file, parsed and completed."""
        if self.contents[name] == packaged().contents[name]:
            return packaged().file(name)
        if name not in self._parsed:
            self._parsed[name] = _File(self, name).written
        return self._parsed[name]


def lacking(rules: Rules) -> tuple[str, ...]:
    """The tables, keys and commands that these rules say nothing of, and those of this program do."""
    own = packaged().contents
    return tuple(one for name in own if rules.contents[name] != own[name] for one in _File(rules, name).lacks)


class _File:
    """One file beside the program's own: completed, with what it lacked."""

    def __init__(self, rules: Rules, name: str) -> None:
        model, self.lacks = packaged().file(name), list[str]()
        try:
            self.written = deepcopy(dict(Rules(rules.contents).file(name)))
            self._fill(f"{name} ", [model], self.written)
            if name == "authority.toml":
                self._grant(model, getattr(rules, "always", ()))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DamagedVaultError(
                f"{name} of the vault's policy cannot be read", "restore a backup; lcs audit verify says what it finds"
            ) from error

    def _fill(self, where: str, models: list[Mapping[str, Any]], written: dict[str, Any]) -> None:
        known, needed = expected(models)
        for key in sorted(needed - set(written)):
            self.lacks.append(f"{where}{key}")
            written[key] = deepcopy(known[key])
        for key, value in written.items():
            if isinstance(value, dict) and isinstance(known.get(key), Mapping):
                self._fill(f"{where}{key}.", [known[key]], value)
            elif isinstance(value, list) and isinstance(known.get(key), list):
                self._fill_list(f"{where}{key} ", known[key], value)

    def _fill_list(self, where: str, models: list[Any], written: list[Any]) -> None:
        """Tables of a list are known by their ids; one that is not there may be meant so, but where each has to be."""
        tables = [one for one in models if isinstance(one, Mapping)]
        for one in written:
            like = [model for model in tables if isinstance(one, dict) and model.get("id", "") == one.get("id")]
            if like:
                _, needed = expected(tables)
                self._fill(f"{where}{one['id']}.", [{key: like[0][key] for key in needed}], one)
        there = {one.get("id") for one in written if isinstance(one, dict)}
        for model in tables if where in _EACH else ():
            if model["id"] not in there:
                self.lacks.append(f"{where}{model['id']}")
                written.append(deepcopy(model))

    def _grant(self, model: Mapping[str, Any], always: Collection[str]) -> None:
        new = set(_granted(model)) - set(_granted(self.written))
        self.lacks += [f"authority.toml grant of {action}" for action in sorted(new)]
        for grant in model["grant"]:
            actions = [action for action in grant["actions"] if action in new and action in always]
            if actions:
                self.written["grant"].append({**grant, "actions": actions})


def _granted(data: Mapping[str, Any]) -> Iterator[str]:
    return (action for grant in data["grant"] for action in grant["actions"])
