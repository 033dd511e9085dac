"""One command under way: its common options, opening the vault, asking questions, reading JSON."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import field

from lcs_cli.cli import notes, opening
from lcs_cli.cli.dates import human_days, parse_day
from lcs_cli.cli.render import Output
from lcs_cli.cli.terminal import Terminal
from lcs_cli.errors import FailedError, LcsError, NotFoundError, StoppedError, UsageError
from lcs_cli.records.clock import LAST_DAY, LocalTime, local_time
from lcs_cli.records.value import Entity

if TYPE_CHECKING:
    from lcs_cli.records.references import Kind
    from lcs_cli.services.desk import Desk  # the vault is imported when it is opened: help and dates need none
    from lcs_cli.vault.connection import Database
    from lcs_cli.vault.header import Header

Asked = TypeVar("Asked")
LARGEST_JSON = 50_000_000
_BACK, _NEW_LINE = "<", "\n"


class BackError(Exception):
    """The person goes back to the question before."""


class _Form(Entity):
    """Questions that belong together: what was typed; what of it is taken again; what is offered at the next one."""

    typed: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    offered: str = ""


class Command(Entity):
    """What every command is given: the terminal and the options that all commands share."""

    terminal: Terminal
    vault: Path | None = None
    user: str | None = None
    key_file: Path | None = None
    no_input: bool = False
    output: Output = Output.PEOPLE
    _desk: "Desk | None" = None
    _header: "Header | None" = None
    _said: bool = False
    _form: _Form | None = None
    _known: "tuple[str, list[tuple[Kind, str | None]]] | None" = None

    @property
    def now(self) -> datetime:
        """The moment the command began; FailedError where the clock shows one by which nothing can be dated."""
        moment = self.terminal.clock()
        if moment.date() > LAST_DAY:
            raise FailedError(f"this machine's clock shows {moment.date().isoformat()}", "set the clock")
        return moment

    @property
    def local(self) -> LocalTime:
        """That moment as a clock in the service shows it."""
        return local_time(self.now)

    @property
    def today(self) -> date:
        """The day in the service's own zone."""
        return self.local.day

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

    def desk(self, *, anew: bool = False) -> "Desk":
        """Open the vault, once; at a terminal a wrong passphrase may be tried again.

        What is unlocked opens it without asking, unless ``anew``: narratives, slots and the managers' signature take
        keys that are never kept unlocked.
        """
        if self._desk is None or (anew and self._desk.vault.opened.seal is None):
            self.close()
            self._desk = opening.open_desk(self, anew=anew)
            self._header = self._desk.vault.header
            notes.take_up(self, self._desk)
        return self._desk

    def close(self) -> None:
        """Note what was seen of the trail, and keep unlocked what was, also where the header has changed."""
        desk, self._desk = self._desk, None
        if desk is not None:
            notes.write(self, desk)
            if desk.unlogged:
                self.terminal.note(f"warning: {desk.unlogged}: this is not on the trail")
            if desk.vault.header is not self._header:
                opening.keep_unlocked(self, desk)
            desk.db.close()

    def clause(self, topic: str) -> str:
        """The clause of the policy in force that the program rests on where it speaks of it, such as “policy 4.6”."""
        return f"policy {self.desk().topic(topic).clause}"

    def echo(self, kind: "Kind", number: int) -> str:
        """A family or a person as said after a write: the reference, and initials for whoever may see them."""
        from lcs_cli.services import lookup

        return lookup.echoed(self.desk(), kind, number)

    def day(self, label: str, text: str) -> date:
        """A day as typed."""
        from lcs_cli.services.checks import plausible

        return plausible(label, parse_day(label, text, self.today))

    def asking(self, ask: Callable[[], Asked]) -> Asked:
        """Questions that belong together, before anything is changed: “<” goes back among them.

        To go back they are asked from the first: what was typed is taken again, and what was typed at the question
        gone back to is its default. Within others they belong to those.
        """
        if self._form is not None:
            return ask()
        self._form = _Form()
        try:
            while True:
                try:
                    return ask()
                except BackError:
                    *again, offered = self._form.typed
                    self._form = _Form(again=again, offered=offered)
        finally:
            self._form = None

    def ask(
        self,
        label: str,
        parse: Callable[[str], Any],
        default: str | None = None,
        *,
        words: Sequence[str] = (),
        opened: bool = True,
        whole: bool = False,
    ) -> Any:
        """Ask until the answer can be read; Enter keeps the default, and an empty default means none.

        The vault is opened first, so that no answer is lost to a wrong passphrase. An answer that is taken ``whole``
        goes on with the lines that were pasted with it; one of some ``words`` may be typed as its number. “<” raises
        BackError where a question came before; “.” raises StoppedError.

        UnwritableError before the first question, where no answer could be kept.
        """
        if opened:
            self.desk()
        self._say_keys()
        form = self._form or _Form()
        if form.again:
            answer = form.again.pop(0)
            form.typed.append(answer)
            return parse(answer) if answer or default != "" else None
        if form.offered:
            default, form.offered = form.offered, ""
        shown = f"{label} [{default.partition(_NEW_LINE)[0]}]: " if default else f"{label}: "
        while True:
            try:
                answer = self._typed(shown, form, whole=whole) or default or ""
                if answer.isdecimal() and words:
                    answer = _numbered(answer, words)
                found = parse(answer) if answer or default != "" else None
            except (UsageError, NotFoundError) as error:
                self.say(error)
            else:
                form.typed.append(answer)
                return found

    def _typed(self, shown: str, form: _Form, *, whole: bool) -> str:
        """What is typed at a question, but the keys that lead away from it."""
        typed = self.terminal.ask(shown)
        typed = (f"{typed}\n{self.terminal.pasted()}" if whole else typed).strip()
        if typed == _BACK and form.typed:
            raise BackError
        if typed == _BACK:
            raise UsageError("there is no question before this one", "answer it, or type . to stop")
        if typed == opening.STOP:
            raise StoppedError("nothing was saved")
        return typed

    def _say_keys(self) -> None:
        """Say once how to go back and how to stop."""
        if not self._said:
            self._said = True
            if self._desk is not None:
                self._desk.db.check_can_be_written()
            self.terminal.note("(< back, . stop)")

    def choose(self, menu: str, answers: Sequence[str], default: str) -> str:
        """Ask until one of these answers, or its beginning, is typed; Enter is the default. ``menu`` shows them."""

        def one_of_them(typed: str) -> str:
            found = next((answer for answer in answers if answer.startswith(typed.lower())), None)
            if found is None:
                raise UsageError("that is none of them", f"type {', '.join(one[0] for one in answers)}, or Enter")
            return found

        try:
            return str(self.ask(menu, one_of_them, default[0]))
        except StoppedError as error:
            raise StoppedError("nothing more was changed") from error

    def say(self, error: LcsError) -> None:
        """What is wrong with an answer, before it is asked for again; not said again to whoever goes back."""
        if self._form is not None and self._form.again:
            return
        said = f"{error.label}: {error.message}\n{error.hint_label}: {self.directed(error.hint)}"
        self.terminal.note(human_days(said))

    def known(self, action: str, kind: "Kind", find: Callable[["Database", str], object], *typed: str | None) -> None:
        """Where questions follow, look the references up before the first one: no answer is lost to a slip.

        Only for those who may take the action; a refusal is logged.
        """
        self._known = action, [(kind, one) for one in typed]
        if self.can_ask:
            with self.judging() as desk:
                for one in typed:
                    if one is not None:
                        find(desk.db, one)

    @contextmanager
    def judging(self) -> Iterator["Desk"]:
        """Judge an answer by records: what is said of it may tell of them, and is on the trail first (policy 4.5)."""
        desk = self.desk()
        if self._known is None:
            yield desk
        else:
            action, about = self._known
            with desk.acting(action, *about, logged=False):
                yield desk

    def directed(self, text: str) -> str:
        """What is said, with who runs a command that this user may not; as it is before the vault is open."""
        if self._desk is None or "lcs " not in text:
            return text
        from lcs_cli.services.directions import directed

        return directed(self._desk, text)

    def confirm(self, question: Callable[[], str]) -> None:
        """Go on only with a yes; the question is made when there is somebody to ask."""
        if not self.can_ask:
            raise UsageError("missing answer: this needs a yes", "give --yes")
        if not self.asks_yes(question()):
            raise StoppedError("nothing was changed")

    def asks_yes(self, question: str) -> bool:
        """Whether the answer is yes; Enter is no."""
        return self.terminal.ask(f"{question} [y/N]: ").strip().lower() in ("y", "yes")

    def new_passphrase(self, whose: str) -> str:
        """Ask for a passphrase twice, or make one and show it once."""
        from lcs_cli.vault.secret import check_passphrase, generate_passphrase

        if self.no_input or not self.terminal.can_ask_secret:
            raise UsageError("missing: a passphrase, and there is no terminal to ask at", "run it at a terminal")
        while True:
            given = self.terminal.ask_secret(f"Passphrase for {whose} (Enter to have one made): ")
            if given == opening.STOP:
                raise StoppedError("nothing was saved")
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
        from lcs_cli.vault.files import refuse_own

        try:
            if source == "-":
                text = self.terminal.stdin.read(LARGEST_JSON + 1)
            else:
                refuse_own(Path(source), self.folder, "from")
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


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entry = dict(pairs)
    if len(entry) != len(pairs):
        raise UsageError("from: a field stands twice in one object", "keep one of them")
    return entry


def _numbered(answer: str, words: Sequence[str]) -> str:
    """The word of a number that was typed for it."""
    if not 0 < int(answer) <= len(words):
        raise UsageError(f"there is no choice {answer}", f"type a number from 1 to {len(words)}, or one of the words")
    return words[int(answer) - 1]
