"""The shell: one passphrase, then many commands, until nobody has typed for a while."""

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any

from lcs_cli.cli.terminal import Terminal

if TYPE_CHECKING:
    from prompt_toolkit.completion import Completer

LEAVE = ("exit", "quit")
PROMPT = "lcs> "


class IdleError(Exception):
    """Nobody has typed a command for as long as the vault stays unlocked."""


class _GivenUpError(Exception):
    """Ctrl-C. Of a KeyboardInterrupt inside a task asyncio would show a traceback some time later."""


def line_reader(words: Mapping[str, Sequence[str]], references: Callable[[], Iterable[str]]) -> Callable[[float], str]:
    """A reader of command lines with editing, completion, and a history that is never written anywhere.

    ``words`` are each command's words with its options. The reader is given the seconds that it waits: IdleError
    after that, EOFError where the person left, KeyboardInterrupt where they gave up the line.
    """
    import asyncio

    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import InMemoryHistory
    from prompt_toolkit.shortcuts import CompleteStyle

    session: PromptSession[str] = PromptSession(
        history=InMemoryHistory(),
        completer=_completer(words, references),
        complete_while_typing=False,
        complete_style=CompleteStyle.READLINE_LIKE,  # lines below the prompt: nothing that moves about on the screen
        reserve_space_for_menu=0,
        interrupt_exception=_GivenUpError,
    )

    async def read(idle: float) -> str:
        try:
            return await asyncio.wait_for(session.prompt_async(PROMPT), idle)
        except TimeoutError as error:
            raise IdleError from error

    def reader(idle: float) -> str:
        try:
            return asyncio.run(read(idle))
        except _GivenUpError:
            raise KeyboardInterrupt from None

    return reader


def run(
    terminal: Terminal,
    unlock: Callable[[], None],
    execute: Callable[[Sequence[str], Terminal], int],
    read: Callable[[float], str],
    idle: float,
) -> None:
    """Read and execute commands until the person leaves. Where it was locked meanwhile, ``unlock`` asks again.

    Nobody is shown anything of what stood there when nobody typed for ``idle`` seconds, at the prompt or at a question.
    """
    left_alone = partial(_lock, terminal, unlock, f"Locked: {int(idle // 60)} minutes without a command.")
    terminal.idle, terminal.left_alone = idle, left_alone
    while True:
        if terminal.unlocked is None:
            _lock(terminal, unlock, "Locked.")
        try:
            argv = _argv(read(idle))
        except IdleError:
            left_alone()
            continue
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        except ValueError:
            terminal.note("error: a quotation mark has no partner\nhint: close it, or leave it away")
            continue
        if argv and argv[0] in LEAVE:
            return
        if argv:
            execute(argv, terminal)


def _lock(terminal: Terminal, unlock: Callable[[], None], why: str) -> None:
    """Take everything off the screen, and go on when somebody has unlocked."""
    terminal.unlocked = None
    terminal.clear()
    terminal.note(why)
    unlock()


def _argv(line: str) -> list[str]:
    argv = shlex.split(line)
    return argv[1:] if argv[:1] == ["lcs"] else argv


def inside(terminal: Terminal, env: Mapping[str, str]) -> Terminal:
    """The terminal of the commands in a shell: the same vault and person for all, and no key file."""
    within = copy(terminal)
    within.env = {name: value for name, value in terminal.env.items() if name not in _OTHER_WAYS_IN} | dict(env)
    return within


_OTHER_WAYS_IN = ("LCS_KEY_FILE", "CREDENTIALS_DIRECTORY")


def options(found: Any) -> list[str]:
    """The options of a command, as they are typed."""
    return [name for parameter in found.params for name in parameter.opts if name.startswith("--")]


def _completer(words: Mapping[str, Sequence[str]], references: Callable[[], Iterable[str]]) -> "Completer":
    from prompt_toolkit.completion import Completer, Completion
    from prompt_toolkit.document import Document

    class Words(Completer):
        """Commands, then references and options. Nothing else of the vault: no name, no address."""

        def get_completions(self, document: Document, _: Any) -> Iterable[Completion]:
            typed = document.text_before_cursor.split(" ")
            for choice in choices(words, references, typed[:-1], typed[-1]):
                yield Completion(f"{choice} ", start_position=-len(typed[-1]), display=choice)

    return Words()


def choices(
    words: Mapping[str, Sequence[str]], references: Callable[[], Iterable[str]], before: Sequence[str], begun: str
) -> list[str]:
    """What can follow ``before`` and begins with ``begun``."""
    path = " ".join(before)
    deeper = {name[len(path) :].split()[0] for name in words if name.startswith(f"{path} " if path else "")}
    if deeper:
        found: Iterable[str] = deeper
    else:
        command = max((name for name in words if f"{path} ".startswith(f"{name} ")), key=len, default=None)
        if command is None:
            return []
        found = words[command] if begun.startswith("-") else references()
    return sorted(choice for choice in found if choice.lower().startswith(begun.lower()))
