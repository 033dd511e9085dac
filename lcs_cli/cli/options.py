"""Registering commands: each one gets the options that all share, and returns a `Result` that is rendered here."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec.structs import replace
from typer.core import TyperGroup

from lcs_cli.cli.context import Command
from lcs_cli.cli.pager import paged
from lcs_cli.cli.render import Output, Result, render
from lcs_cli.errors import LcsError, UsageError

From = Annotated[str | None, typer.Option("--from", metavar="FILE|-", help="Read the record as JSON.")]
Day = Annotated[str | None, typer.Option("--on", metavar="DAY", help="The day: 27/3/2026, 2026-03-27, today.")]
FromDay = Annotated[str | None, typer.Option("--from-day", metavar="DAY", help="From this day on.")]
ToDay = Annotated[str | None, typer.Option("--to-day", metavar="DAY", help="Up to this day.")]
Yes = Annotated[bool, typer.Option("--yes", help="Answer yes: for use without a terminal.")]
SessionRef = Annotated[str, typer.Argument(metavar="SESSION", help="The session's reference, such as S-000042-L.")]
Family = Annotated[str, typer.Argument(metavar="FAMILY", help="The family's reference, such as LCS-0042-L.")]
Subject = Annotated[str, typer.Argument(metavar="REF", help="A family, or an entry of the staff register.")]
OfFamily = Annotated[str | None, typer.Option("--family", metavar="REF", help="Only this family's.")]

_SHARED = {
    "vault": Annotated[Path | None, typer.Option("--vault", metavar="FOLDER", help="The vault's folder (LCS_VAULT).")],
    "user": Annotated[str | None, typer.Option("--user", metavar="NAME", help="Who you are (LCS_USER).")],
    "key_file": Annotated[
        Path | None, typer.Option("--key-file", metavar="FILE", help="A service's key file (LCS_KEY_FILE).")
    ],
    "no_input": Annotated[bool, typer.Option("--no-input", help="Ask nothing.")],
    "json": Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")],
}
_LISTED = {
    "jsonl": Annotated[bool, typer.Option("--jsonl", help="One JSON object a line.")],
    "csv": Annotated[bool, typer.Option("--csv", help="CSV (UTF-8, ISO dates).")],
}


_SHORT = r"[.:;](?:\s|$)"


class _AlsoACommand(TyperGroup):
    """A group that is a command too, that of its own name: it is given what names none of the others."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Go on as if the command had been named."""
        if self.name and (not args or args[0] not in self.commands):
            args = [self.name, *args]
        return super().parse_args(ctx, args)


def group(help_text: str, *, also_a_command: bool = False) -> typer.Typer:
    """A group of commands: plain help, nothing of Rich. One that is ``also_a_command`` has one of its own name."""
    return typer.Typer(
        cls=_AlsoACommand if also_a_command else TyperGroup,
        help=help_text,
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def command(
    app: typer.Typer, name: str, *, lists: bool = False
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Register ``function(command, …)`` with the shared options; ``lists`` adds JSON lines and CSV.

    Without a name it is what the group itself does where no command of it is named.
    """
    shared: dict[str, Any] = _SHARED | (_LISTED if lists else {})

    def register(function: Callable[..., Result]) -> Callable[..., Result]:
        own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]

        def run(ctx: typer.Context, **values: Any) -> None:
            if ctx.invoked_subcommand is not None:  # an option in front of it would be lost
                if any(values.values()):
                    raise UsageError(f"options stand after “{ctx.invoked_subcommand}”", "move them to the end")
                return
            asked = {key: values.pop(key) for key in shared}
            wanted = [output for output in Output if asked.get(output.value)]
            if len(wanted) > 1:
                raise UsageError(f"{', '.join(f'--{one}' for one in wanted)}: only one form at a time", "give one")
            under_way = Command(
                terminal=ctx.obj.terminal,
                vault=asked["vault"],
                user=asked["user"],
                key_file=asked["key_file"],
                no_input=asked["no_input"],
                output=wanted[0] if wanted else Output.PEOPLE,
            )
            with paged(ctx.obj.terminal, wanted=lists and under_way.output is Output.PEOPLE) as shown:
                try:
                    result = function(under_way, **values)
                    result = replace(result, notes=[under_way.directed(note) for note in result.notes])
                    if result.streams:
                        render(result, shown, under_way.output)
                except LcsError as error:
                    error.hint = under_way.directed(error.hint)
                    raise
                finally:
                    under_way.close()
                    ctx.obj.terminal.discard()
                if not result.streams:  # nobody waits for the vault while somebody reads
                    with ctx.obj.telling(result.once):
                        render(result, shown, under_way.output)
            ctx.obj.exit_code = result.exit_code

        parameters = [inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)]
        parameters += [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
        parameters += [
            inspect.Parameter(
                key,
                inspect.Parameter.KEYWORD_ONLY,
                default=False if key in ("no_input", "json", "jsonl", "csv") else None,
                annotation=annotation,
            )
            for key, annotation in shared.items()
        ]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        run.__doc__ = function.__doc__
        run.__name__ = function.__name__
        short = re.split(_SHORT, function.__doc__ or "", maxsplit=1)[0] + "."
        if name:
            app.command(name, short_help=short)(run)
        else:
            app.callback(invoke_without_command=True, short_help=short, help=function.__doc__)(run)
        return function

    return register
