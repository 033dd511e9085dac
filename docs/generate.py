"""Write the reference pages from the code: `python -m docs.generate`. A test fails when they are not up to date."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from docs.marks import collected
from docs.schedule import explanation
from docs.screenshot import FILE, screenshot
from lcs_cli.cli.app import commands as all_commands
from lcs_cli.cli.commands.policy import commands_by_clause
from lcs_cli.cli.settings import OTHERS, SETTINGS
from lcs_cli.errors import EXIT_CODES
from lcs_cli.policy.disclosure import disclosure_rules
from lcs_cli.policy.program import program_file, typed
from lcs_cli.policy.rules import packaged
from lcs_cli.records.user import KeyName, Role
from lcs_cli.services import policies

HERE = Path(__file__).parent
MARKS = HERE.parent / "lcs_cli" / "policy" / "marks.json"
_NOTE = "<!-- Written by docs/generate.py: change the code, not this page. -->\n\n"


def pages() -> dict[str, str]:
    """Each generated page: its path below docs, and its text."""
    return {
        "explanation/retention.md": "# How long what is kept\n\n"
        + _NOTE
        + explanation(_schedule(), packaged().file("word_scan.toml")),
        "reference/authority.md": authority(),
        "reference/coverage.md": coverage(),
        "reference/commands.md": commands(),
        "reference/environment.md": environment(),
        "reference/exit-codes.md": exit_codes(),
        "reference/export-format.md": export_format(),
        "reference/reports.md": reports(),
        "reference/retention-schedule.md": retention_schedule(),
    }


def commands() -> str:
    """Every command with its options, from the program itself."""
    text = "# Commands\n\n" + _NOTE + "Every command also takes `--vault`, `--user`, `--key-file`, `--no-input` and "
    text += "`--json`; lists take `--jsonl` and `--csv` as well.\n"
    shared = {"--vault", "--user", "--key-file", "--no-input", "--json", "--jsonl", "--csv", "--help"}
    for path, command in all_commands():
        text += f"\n## lcs {' '.join(path)}\n\n{(command.help or '').strip()}\n"
        rows = [
            (" / ".join(parameter.opts), parameter.human_readable_name, getattr(parameter, "help", "") or "")
            for parameter in command.params
            if not shared & set(parameter.opts)
        ]
        if rows:
            text += "\n| option or argument | meaning |\n|---|---|\n"
            text += "".join(
                f"| `{opts if opts.startswith('-') else name}` | {meaning} |\n" for opts, name, meaning in rows
            )
    return text


def environment() -> str:
    """Every variable that the program looks at, and every setting of a file."""
    text = "# Environment variables and settings\n\n" + _NOTE
    text += "An option on the command line goes before its variable, and a variable before a "
    text += "[settings file](../how-to/settings.md). No secret is ever read from either.\n\n"
    known = {one.variable: one.text for one in SETTINGS.values()} | OTHERS
    text += "| variable | meaning |\n|---|---|\n" + "".join(f"| `{name}` | {said} |\n" for name, said in known.items())
    text += (
        "\nWhat is written is UTF-8, also where the system says otherwise (`LANG`, `PYTHONIOENCODING`, a Windows code "
    )
    text += "page), and UTF-8 is what is read.\n"
    text += "\n## In a file\n\n| setting | as the variable | such as |\n|---|---|---|\n"
    return text + "".join(f"| `{name}` | `{one.variable}` | `{one.example}` |\n" for name, one in SETTINGS.items())


def exit_codes() -> str:
    """What a command's exit code says."""
    rows = "".join(f"| {code} | {meaning} |\n" for code, meaning in sorted(EXIT_CODES.items()))
    return (
        "# Exit codes\n\n"
        + _NOTE
        + "Treat a code that is not here as a failure.\n\n| code | meaning |\n|---|---|\n"
        + rows
    )


def export_format() -> str:
    """The columns of an export, and its manifest."""
    columns = "".join(f"| `{one.name}` | {one.type} | {one.text} |\n" for one in disclosure_rules(packaged()).columns)
    return (
        "# Export format\n\n" + _NOTE + "An export is a folder named after its entry in the register of disclosures, "
        "with `attendance.csv` (or `.json`, `.jsonl`) and `datapackage.json`. One row is one session; these are all "
        "the columns there are:\n\n| column | type | meaning |\n|---|---|---|\n" + columns + "\n"
        "Rows are in the order of families, then of days and times. CSV is UTF-8 without a byte order mark, lines end "
        "with a line feed, and an empty field means that there is no value. A JSON export is one document "
        'with `"schema": "lcs.attendance-export/1"` and `rows`; JSON lines has one object a line. A corrected session '
        "is told again: the row with the same family, day and booked start replaces the earlier one.\n\n"
        "The manifest is a Frictionless Data Package (v1): `resources[0]` has the file's name, size, SHA-256 (`hash`), "
        "number of rows and Table Schema. `export` says by which decision it left: `id`, `repeats`, `recipient`, "
        "`purpose`, `ground`, `rule`, `clause`, `window` (days, and the vault's change numbers), `policy_version`, "
        "`rules_hash` and `audit_head`, the head of the audit trail with this export's own entry.\n"
    )


def reports() -> str:
    """Reports for proceedings, from their rule file: who asks, who agrees, the columns, the types of proceedings."""
    data = packaged().file("reports.toml")
    agreement = data["agreement"]
    text = "# Reports for court proceedings\n\n" + _NOTE
    text += f"May ask ({data['request']['clause']}): {', '.join(data['request']['agencies'])}. "
    text += f"Agrees ({agreement['clause']}): {', '.join(agreement['agrees'])}. "
    days = "; ".join(f"from {value['from'].isoformat()} {value['value']} days" for value in agreement["days"])
    text += f"The agreement lasts: {days}. {data['both_sides']['text']} {data['contents']['text']}\n\n"
    text += "| part | column | type | meaning |\n|---|---|---|---|\n"
    for record in data["contents"]["record"]:
        for column in record.get("column", []):
            text += f"| `{record['class']}` | `{column['name']}` | {column['type']} | {column['text']} |\n"
        if "column" not in record:
            text += f"| `{record['class']}` | | | the columns of [an export](export-format.md) |\n"
    text += "\nThe types of proceedings:\n\n| type | law | order |\n|---|---|---|\n"
    return text + "".join(f"| `{one['id']}` | {one['law']} | {one['text']} |\n" for one in data["proceedings"])


def retention_schedule() -> str:
    """The retention schedule, from its rule file, as a table."""
    data = _schedule()
    text = (
        "# The retention schedule\n\n"
        + _NOTE
        + "| rule | clause | from | period | what it says |\n|---|---|---|---|---|\n"
    )
    for rule in data.values():
        if "id" not in rule:
            continue
        periods = [
            (value["from"].isoformat(), f"{value['value']} {unit}")
            for unit in ("years", "days")
            for value in rule.get(unit, [])
        ] or [("", "for ever" if "classes" in rule else "")]
        for since, period in periods:
            text += f"| {rule['id']} | {rule['clause']} | {since} | {period} | {rule['text']} |\n"
    kept = ", ".join(data["kept_indefinitely"]["classes"])
    text += f"\nKept for ever: {kept}. What is kept for ever may be listed for a look at its justification every "
    text += f"{data['kept_indefinitely']['justification_review_years']} years, and that is all.\n\n"
    text += "Every table of the vault belongs to a class:\n\n| class | tables |\n|---|---|\n"
    text += "".join(f"| {cls} | {', '.join(tables)} |\n" for cls, tables in program_file("columns")["columns"].items())
    return text


def _schedule() -> Mapping[str, Any]:
    return packaged().file("retention_schedule.toml")


def authority() -> str:
    """Who may do what, from the rule file: each command of the program, then the keys behind the roles."""
    data = packaged().file("authority.toml")
    columns = [*Role, "recovery", "service"]
    rows = ""
    for action in (*(".".join(path) for path, _ in all_commands()), *program_file()["by_option"]):
        grants = [grant for grant in data["grant"] if action in grant["actions"]]
        if grants:
            given = {role for grant in grants for role in grant["to"]}
            marks = ["yes" if role in given else "" for role in columns]
            if action in data["services"]["actions"]:
                marks[-1] = "by name"
            rows += f"| `lcs {typed(action)}` | {grants[0]['clause']} | {' | '.join(marks)} |\n"
    text = "# Who may do what\n\n" + _NOTE
    text += (
        "Whoever is refused is told the clause, and whom to ask; the refusal is on the trail. A command that is not "
    )
    text += (
        "here is allowed to nobody. *recovery* is the key on paper. A *service* has a key file, and runs the commands "
    )
    text += "it was created for by name (`lcs vault user add NAME --command attendance.export`), and no other; anybody "
    text += "with a slot may have the policy. All this is tried, command by command and role by role, in "
    text += "`tests/cli/test_authority.py`.\n\n"
    text += f"| command | clause | {' | '.join(columns)} |\n|---|---|{'---|' * len(columns)}\n" + rows
    text += (
        "\nThese open no vault, and ask for nobody's leave; nor does `lcs help`, nor `lcs policy` where there is no "
    )
    text += "vault:\n\n| command | why |\n|---|---|\n"
    text += "".join(f"| `lcs {typed(action)}` | {why} |\n" for action, why in program_file()["without_vault"].items())
    text += f"\n{data['own_behalf']['text']} Whoever holds a role holds its keys, and no other:\n\n"
    text += f"| keys | {' | '.join(KeyName)} |\n|---|{'---|' * len(KeyName)}\n"
    for role in columns:
        text += f"| {role} | {' | '.join('yes' if key in program_file()['keys'][role] else '' for key in KeyName)} |\n"
    text += "\nWhile the trail does not hold what somebody has seen of it, only these go on for them "
    text += f"([after a restore](../how-to/after-a-restore.md)): {_typed(data['unexplained']['actions'])}.\n"
    unlogged = program_file()["authority"]["goes_on_unlogged"]
    text += "\nWhere nothing can be put on the trail, nothing of a record is shown, and only these go on "
    text += f"([when the disk is full](../how-to/full-disk.md)): {_typed(unlogged)}.\n"
    return text


def _typed(actions: Sequence[str]) -> str:
    """Actions as they are typed, one after the other."""
    return ", ".join(f"`lcs {typed(action)}`" for action in actions)


def coverage() -> str:
    """Each sentence of the policy with the rules, commands and tests that hold it."""
    text = "# What holds each sentence of the policy\n\n" + _NOTE
    text += "The policy is the one that this package restates; `lcs policy coverage` shows the same of the policy that "
    text += "a vault has published. A test that holds a sentence fails when the program stops doing what it says.\n"
    for one in policies.covered_without_vault(commands_by_clause()):
        text += f"\n## {one.clause} {one.heading}\n\n"
        text += f"Rules: {_list(one.rules)}.\n\n" if one.rules else ""
        text += f"Commands: {_list(f'lcs {command}' for command in one.commands)}.\n\n" if one.commands else ""
        for sentence in one.sentences:
            text += f"> {sentence.text}\n\n" + "".join(map(_test, sentence.tests)) + "\n"
    return text.rstrip() + "\n"


def _list(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _test(name: str) -> str:
    path, _, function = name.partition("::")
    return f"- `{path}`" + (f": {function}\n" if function else "\n")


def marks() -> str:
    """The marks of the tests, as the program carries them."""
    return json.dumps(collected(), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write all generated pages."""
    MARKS.write_text(marks(), encoding="utf-8")
    for path, text in pages().items():
        (HERE / path).write_text(text, encoding="utf-8")
    (HERE / FILE).write_text(screenshot(), encoding="utf-8")


if __name__ == "__main__":
    main()
