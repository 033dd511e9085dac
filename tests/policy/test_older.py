"""Rules that lack what this program reads: completed from its own, but for what may have been left out on purpose."""

from typing import Any

import pytest

from lcs_cli.errors import DamagedVaultError
from lcs_cli.policy.older import Completed, lacking
from lcs_cli.policy.rules import Rules, packaged


def without(file: str, words: str) -> Completed:
    """The program's own rules, without some words of one file."""
    content = packaged().contents[file].decode()
    assert words in content
    return Completed({**packaged().contents, file: content.replace(words, "", 1).encode()})


def ids(rules: Rules) -> list[Any]:
    """The reasons for which something is withheld."""
    return [one["id"] for one in rules.file("requests.toml")["withhold"]]


def test_the_programs_own_rules_lack_nothing() -> None:
    """And are read as they are."""
    own = Completed(packaged().contents)
    assert lacking(own) == ()
    assert all(own.file(name) is packaged().file(name) for name in own.contents)


def test_a_key_that_a_table_of_a_list_lacks_is_as_in_the_programs_own() -> None:
    """Tables of a list are known by their ids; the hash stays that of what was written."""
    rules = without("requests.toml", "tell = true\n")
    first = next(one for one in packaged().file("requests.toml")["withhold"] if one["tell"])
    assert lacking(rules) == (f"requests.toml withhold {first['id']}.tell",)
    assert rules.file("requests.toml") == packaged().file("requests.toml")
    assert rules.hash == Rules(rules.contents).hash != packaged().hash


def test_what_this_program_knows_nothing_of_is_left_as_it_was_written() -> None:
    """A later lcs may have published it: a table of its own, or one in the place of a value."""
    content = packaged().contents["governance.toml"].decode().replace('name = ""', "[letterhead.name]\nlong = 1")
    rules = Completed({**packaged().contents, "governance.toml": f"{content}\n[house]\ncolour = 7\n".encode()})
    assert lacking(rules) == ()
    assert rules.file("governance.toml")["house"] == {"colour": 7}
    assert rules.file("governance.toml")["letterhead"] == {"name": {"long": 1}}


def test_a_table_that_a_list_lacks_is_not_put_back() -> None:
    """It may be left out on purpose: a reason, a ground."""
    content = packaged().contents["requests.toml"].decode()
    tables = content.split("[[withhold]]\n")
    gone = ids(packaged())[1]
    rules = without("requests.toml", f"[[withhold]]\n{tables[2]}")
    assert gone not in ids(rules)
    assert lacking(rules) == ()


@pytest.mark.parametrize(("table", "one"), [("class", "hold"), ("kind", "own")])
def test_a_word_of_the_programs_own_is_put_back_where_each_is_looked_for(table: str, one: str) -> None:
    """Such as what a newer lcs finds for a request: else it would break on it."""
    tables = packaged().contents["requests.toml"].decode().split(f"[[{table}]]\n")
    own = next(text for text in tables if text.startswith(f'id = "{one}"'))
    rules = without("requests.toml", f"[[{table}]]\n{own}")
    assert one in [each["id"] for each in rules.file("requests.toml")[table]]
    assert lacking(rules) == (f"requests.toml {table} {one}",)


def test_a_command_is_granted_only_where_it_always_goes_on() -> None:
    """To those to whom the program grants it."""
    rules = without("authority.toml", '"flag.raise", "accident.add", ')
    assert lacking(rules) == ("authority.toml grant of accident.add", "authority.toml grant of flag.raise")
    granted = Completed(rules.contents, ["flag.raise"]).file("authority.toml")["grant"]
    actions = [action for grant in granted for action in grant["actions"]]
    assert "flag.raise" in actions
    assert "accident.add" not in actions


@pytest.mark.parametrize("content", [b"not = = toml", b"\xff\xfe", b"grant = 3"])
def test_a_file_that_cannot_be_read_is_damage(content: bytes) -> None:
    """With a remedy, and no traceback."""
    rules = Completed({**packaged().contents, "authority.toml": content})
    with pytest.raises(DamagedVaultError, match=r"^authority.toml of the vault's policy cannot be read") as damaged:
        rules.file("authority.toml")
    assert damaged.value.hint
