"""One command under way: its common options, opening the vault, asking questions, reading JSON."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lcs_cli.cli.dates import human_days, parse_day
from lcs_cli.cli.render import Output
from lcs_cli.cli.terminal import Terminal
from lcs_cli.errors import CannotUnlockError, StoppedError, UsageError

if TYPE_CHECKING:
    from lcs_cli.records.references import Kind
    from lcs_cli.services.desk import Desk  # the vault is imported when it is opened: help and dates need none
    from lcs_cli.vault.connection import Database

LARGEST_JSON = 50_000_000
_TRIES = 3


@dataclass
class Command:
    """What every command is given: the terminal and the options that all commands share."""

    terminal: Terminal
    vault: Path | None = None
    user: str | None = None
    key_file: Path | None = None
    no_input: bool = False
    output: Output = Output.PEOPLE
    _desk: "Desk | None" = field(default=None, repr=False)

    @property
    def now(self) -> datetime:
        """The moment the command began."""
        return self.terminal.clock()

    @property
    def today(self) -> date:
        """The day in the service's own zone."""
        from zoneinfo import ZoneInfo

        return self.now.astimezone(ZoneInfo("Europe/London")).date()

    @property
    def can_ask(self) -> bool:
        """Whether questions may be asked."""
        return self.terminal.can_ask and not self.no_input

    @property
    def folder(self) -> Path:
        """The vault's folder: --vault, LCS_VAULT, or the user's data folder."""
        if self.vault is not None:
            return self.vault
        if named := self.terminal.env.get("LCS_VAULT"):
            return Path(named)
        from platformdirs import user_data_path

        return user_data_path("lcs", appauthor=False) / "vault"

    def desk(self) -> "Desk":
        """Open the vault, once; at a terminal a wrong passphrase may be tried again."""
        if self._desk is None:
            self._desk = self._open()
        return self._desk

    def day(self, label: str, text: str) -> date:
        """A day as typed."""
        return parse_day(label, text, self.today)

    def ask(self, label: str, parse: Callable[[str], Any], default: str | None = None, *, opened: bool = True) -> Any:
        """Ask until the answer can be read; Enter keeps the default, and an empty default means none.

        The vault is opened first, so that no answer is lost to a wrong passphrase.
        """
        if opened:
            self.desk()
        shown = f"{label} [{default}]: " if default else f"{label}: "
        while True:
            answer = self.terminal.ask(shown).strip()
            if not answer and default is not None:
                answer = default
            if not answer and default == "":
                return None
            try:
                return parse(answer)
            except UsageError as error:
                self.terminal.note(human_days(f"error: {error.message}\nhint: {error.hint}"))

    def known(self, action: str, kind: "Kind", find: Callable[["Database", str], object], *typed: str | None) -> None:
        """Where questions follow, look the references up before the first one: no answer is lost to a slip.

        Only for those who may take the action; a refusal is logged.
        """
        if self.can_ask:
            desk = self.desk()
            with desk.acting(action, *((kind, one) for one in typed), logged=False):
                for one in typed:
                    if one is not None:
                        find(desk.db, one)

    def confirm(self, question: Callable[[], str]) -> None:
        """Go on only with a yes; the question is made when there is somebody to ask."""
        if not self.can_ask:
            raise UsageError("missing answer: this needs a yes", "give --yes")
        if self.terminal.ask(f"{question()} [y/N]: ").strip().lower() not in ("y", "yes"):
            raise StoppedError("nothing was changed")

    def new_passphrase(self, whose: str) -> str:
        """Ask for a passphrase twice, or make one and show it once."""
        from lcs_cli.vault.secret import check_passphrase, generate_passphrase

        if self.no_input or not self.terminal.can_ask_secret:
            raise UsageError("missing: a passphrase, and there is no terminal to ask at", "run it at a terminal")
        while True:
            given = self.terminal.ask_secret(f"Passphrase for {whose} (Enter to have one made): ")
            if not given:
                made = generate_passphrase()
                self.terminal.note(f"Passphrase for {whose}: {made}\nWrite it down now: it is not shown again.")
                return made
            try:
                check_passphrase(given, whose)
            except UsageError as error:
                self.terminal.note(human_days(f"error: {error.message}\nhint: {error.hint}"))
                continue
            if self.terminal.ask_secret("The same again: ") == given:
                return given
            self.terminal.note("error: passphrase: the two are not the same\nhint: type it again")

    def read_json(self, source: str) -> list[dict[str, Any]]:
        """The objects in a JSON file, or on standard input for ``-``: one object, or a list of them."""
        try:
            if source == "-":
                text = self.terminal.stdin.read(LARGEST_JSON + 1)
            else:
                with Path(source).open(encoding="utf-8-sig") as file:
                    text = file.read(LARGEST_JSON + 1)
        except UnicodeDecodeError as error:
            raise UsageError("from: is not UTF-8 text", "save it as UTF-8") from error
        except OSError as error:
            raise UsageError(f"from: cannot be read ({error.strerror})", "check the path") from error
        import json

        if len(text) > LARGEST_JSON:
            raise UsageError("from: is larger than 50 MB", "split it")
        try:
            content = json.loads(text, object_pairs_hook=_without_doubles)
        except json.JSONDecodeError as error:
            raise UsageError(
                f"from: line {error.lineno}, column {error.colno}: is not JSON ({error.msg})", "mend that line"
            ) from error
        except ValueError as error:
            raise UsageError("from: holds a number without end", "write numbers as they are meant") from error
        except RecursionError as error:
            raise UsageError("from: is nested too deeply", "give one object, or a list of objects") from error
        entries = content if isinstance(content, list) else [content]
        if not entries or not all(isinstance(entry, dict) for entry in entries):
            raise UsageError("from: must be one object, or a list of objects", 'such as {"name": "…"}')
        return entries

    def _open(self) -> "Desk":
        from lcs_cli.services.setup import RECOVERY, open_desk, people_of
        from lcs_cli.vault.secret import Secret, read_key_file, read_recovery_key

        people = people_of(self.folder)
        if self.user is not None and self.key_file is not None:
            raise UsageError("user, key file: a key file says who it is for", "give one of the two")
        key_file = self.key_file or (None if self.user else self._path("LCS_KEY_FILE"))
        if key_file is not None:
            name, secret = read_key_file(key_file)
            return open_desk(self.folder, name, secret, now=self.now, today=self.today)
        name = self.user or self.terminal.env.get("LCS_USER") or self._who(people)
        if name not in (*people, RECOVERY):
            raise CannotUnlockError("nobody of that name has a slot here", "check --user, or ask a manager")
        if self.no_input or not self.terminal.can_ask_secret:
            raise UsageError("missing: a passphrase, and there is no terminal to ask at", "give --key-file")
        tries = _TRIES
        while True:
            tries -= 1
            try:
                if name == RECOVERY:
                    secret = read_recovery_key(self.terminal.ask_secret("Recovery key: "))
                else:
                    secret = Secret(passphrase=self.terminal.ask_secret("Passphrase: "))
                return open_desk(self.folder, name, secret, now=self.now, today=self.today)
            except CannotUnlockError as error:
                if not tries:
                    raise
                self.terminal.note(f"error: {error.message}")

    def _who(self, people: Sequence[str]) -> str:
        if len(people) == 1:
            return people[0]
        if not self.can_ask:
            raise UsageError("missing: who you are", "give --user NAME or --key-file FILE")
        from lcs_cli.services.setup import RECOVERY

        # The names are shown, so that nobody takes this question for the passphrase and types it for all to see.
        while (name := self.terminal.ask(f"Who are you? ({', '.join(people)}): ").strip().lower()) not in people:
            if name == RECOVERY:
                break
        return name

    def _path(self, variable: str) -> Path | None:
        value = self.terminal.env.get(variable)
        return Path(value) if value else None


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entry = dict(pairs)
    if len(entry) != len(pairs):
        raise UsageError("from: a field stands twice in one object", "keep one of them")
    return entry
