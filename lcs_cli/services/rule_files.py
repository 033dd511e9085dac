"""A service's own policy and rule files, read from where they lie, and checked before anything is published."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from lcs_cli.errors import FailedError, UsageError
from lcs_cli.policy.document import LARGEST_DOCUMENT, PolicyDocument, parse_policy
from lcs_cli.policy.rules import RULE_FILES, Rules, packaged
from lcs_cli.services import checks
from lcs_cli.vault.files import refuse_own, write_new

if TYPE_CHECKING:
    from lcs_cli.policy.problems import Problem  # only who publishes checks

PACKAGED = "packaged"
"""What is said in place of a folder, for the rule files that this program carries."""


def read_text(path: Path, vault: Path) -> str:
    """A service's own policy document: plain UTF-8 text, and no file of the vault in that folder.

    Whether it has the clauses it needs, its rules tell.
    """
    hint = "save the policy as plain text (UTF-8)"
    refuse_own(path, vault, "policy document")
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(LARGEST_DOCUMENT + 1)
        if len(text) > LARGEST_DOCUMENT:
            raise UsageError("policy document: larger than 1 MB", hint)
    except UnicodeDecodeError as error:
        raise UsageError("policy document: is not UTF-8 text", hint) from error
    except (OSError, ValueError) as error:
        raise UsageError(f"policy document: cannot be read{_why(error)}", "check the path") from error
    checks.prose("policy document", text, LARGEST_DOCUMENT)
    return text


def read_rules(folder: str, vault: Path) -> dict[str, bytes]:
    """The rule files in a folder, some or all of them, and none of the vault's own files.

    Those that this program carries where it says `PACKAGED`.
    """
    if folder == PACKAGED:
        return dict(packaged().contents)
    try:
        names = {path.name for path in Path(folder).iterdir() if path.suffix == ".toml"}
        unknown = sorted(names - set(RULE_FILES))
        if unknown:
            raise UsageError(
                f"rules: the folder holds {len(unknown)} .toml that is no rule file",
                f"they are: {', '.join(RULE_FILES)}",
            )
        paths = [Path(folder) / name for name in RULE_FILES if name in names]
        for path in paths:
            refuse_own(path, vault, "rules")
        found = {path.name: path.read_bytes() for path in paths}
    except (OSError, ValueError) as error:
        raise UsageError(f"rules: cannot be read{_why(error)}", "name a folder with rule files") from error
    if not found:
        raise UsageError("rules: the folder holds no rule file", f"they are: {', '.join(RULE_FILES)}")
    if any(len(content) > LARGEST_DOCUMENT for content in found.values()):
        raise UsageError("rules: a file is larger than 1 MB", "rules are short")
    return found


def write_rules(rules: Rules, folder: Path) -> None:
    """Write rule files into a new folder, to be read, changed and published."""
    try:
        folder.mkdir(mode=0o700)
        for name, content in rules.contents.items():
            write_new(folder / name, content)
    except OSError as error:
        raise FailedError(f"rules into: cannot be written ({error.strerror})", "name a new folder") from error


def own_files(rules: Rules) -> frozenset[str]:
    """The rule files that are not those that this program carries: the service wrote them, or has older ones."""
    carried = packaged().contents
    return frozenset(name for name, content in rules.contents.items() if content != carried.get(name))


def checked(text: str, rules: Rules, day: date) -> PolicyDocument:
    """The document of a text that these rules can rest on; UsageError names everything that is wrong."""
    from lcs_cli.policy.soundness import problems

    own = own_files(rules)
    if not own:
        return parse_policy(text, rules.cited_clauses)
    document = parse_policy(text, ())
    refuse(problems(rules, document, own, day))
    return document


def _why(error: Exception) -> str:
    return f" ({error.strerror})" if isinstance(error, OSError) else ""


def refuse(found: "list[Problem]") -> None:
    """UsageError where there is a problem: one line for each."""
    if len(found) == 1:
        raise UsageError(f"rules: {found[0]}", found[0].remedy)
    if found:
        lines = "".join(f"\n  {one}; {one.remedy}" for one in found)
        raise UsageError(
            f"rules: {len(found)} problems, and nothing was published{lines}", "mend them all, and try again"
        )
