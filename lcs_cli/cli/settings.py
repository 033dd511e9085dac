"""Settings in a file, for what would else be typed or set as a variable each time: never a secret.

An option goes before a variable, a variable before the user's file, and that before the system's. To everything else
the settings are variables: nothing but this module and `lcs config show` knows that there are files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lcs_cli.errors import UsageError

FILE = "config.toml"
VARIABLES = {
    "vault": "LCS_VAULT",
    "user": "LCS_USER",
    "key_file": "LCS_KEY_FILE",
    "state": "LCS_STATE",
    "no_input": "LCS_NO_INPUT",
    "accessible": "LCS_ACCESSIBLE",
    "pager": "LCS_PAGER",
}
"""Each setting, and the variable that says the same."""

_PATHS = ("vault", "key_file", "state")
_SWITCHES = ("no_input", "accessible")


@dataclass(frozen=True)
class Setting:
    """What a file says of one setting, as its variable would."""

    value: str
    file: Path


class Settings(Mapping[str, str]):
    """An environment with the settings of the files under it; these are read when the first one is asked for."""

    def __init__(self, environ: Mapping[str, str], files: tuple[Path, ...] | None = None) -> None:
        """``files``, the nearest first, are those of the platform unless others are given."""
        self.environ = environ
        self._files = files
        self._found: dict[str, Setting] | None = None

    def in_files(self) -> Mapping[str, Setting]:
        """By its variable, what the nearest file says; UsageError for one that cannot be understood."""
        if self._found is None:
            found: dict[str, Setting] = {}
            for file in reversed(places() if self._files is None else self._files):
                found |= _read(file)
            self._found = found
        return self._found

    def __getitem__(self, name: str) -> str:
        if name in self.environ or name not in VARIABLES.values():
            return self.environ[name]
        return self.in_files()[name].value

    def __iter__(self) -> Iterator[str]:
        return iter({**self.environ, **self.in_files()})

    def __len__(self) -> int:
        return len({**self.environ, **self.in_files()})


def places() -> tuple[Path, ...]:
    """Where the files lie on this platform: the user's own, and the system's."""
    from platformdirs import site_config_path, user_config_path

    return user_config_path("lcs", appauthor=False) / FILE, site_config_path("lcs", appauthor=False) / FILE


def _read(file: Path) -> dict[str, Setting]:
    try:
        content = file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"settings: {file} cannot be read", "set it right, or remove it") from error
    import tomllib

    try:
        data = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"settings: {file} is not TOML ({error})", "such as: vault = '/srv/lcs/vault'") from error
    return {VARIABLES[name]: Setting(text, file) for name, value in data.items() if (text := _text(file, name, value))}


def _text(file: Path, name: str, value: object) -> str:
    """The value as its variable would say it; empty for a switch that is off."""
    if name not in VARIABLES:
        raise UsageError(f"settings: {file} has an unknown setting", f"the settings are: {', '.join(VARIABLES)}")
    if name in _SWITCHES:
        if not isinstance(value, bool):
            raise UsageError(f"settings: {name} in {file} must be true or false", "without quotes")
        return "1" if value else ""
    if not isinstance(value, str) or not value.isprintable() or not value:
        raise UsageError(f"settings: {name} in {file} must be text", f"such as: {name} = '…'")
    if name not in _PATHS:
        return value
    path = Path(value).expanduser()
    if not path.is_absolute():
        raise UsageError(f"settings: {name} in {file} must be a whole path", "begin it with / or ~")
    return str(path)
