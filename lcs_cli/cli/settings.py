"""Settings in a file, for what would else be typed or set as a variable each time: never a secret.

An option goes before a variable, a variable before the user's file, and that before the system's. To everything else
the settings are variables: nothing but this module and `lcs config show` knows that there are files.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from lcs_cli.errors import UsageError
from lcs_cli.records.value import Value

FILE = "config.toml"


class Known(NamedTuple):
    """A setting that there is: the variable that says the same, what it does, and a line of a file that sets it."""

    variable: str
    text: str
    example: str
    is_path: bool = False
    is_switch: bool = False


SETTINGS = {
    "vault": Known(
        "LCS_VAULT",
        "The vault's folder, as `--vault`. Without either: the user's data folder.",
        'vault = "/srv/lcs/vault"',
        is_path=True,
    ),
    "user": Known("LCS_USER", "Who you are, as `--user`.", 'user = "amina"'),
    "key_file": Known(
        "LCS_KEY_FILE",
        "A service identity's key file, as `--key-file`.",
        'key_file = "/srv/lcs/nightly.key"',
        is_path=True,
    ),
    "state": Known(
        "LCS_STATE",
        "A folder of your own for what is noted outside the vault: how far the trail went when you last saw it. "
        "Without it: the user's state folder (`~/.local/state/lcs` on Linux).",
        'state = "~/.local/state/lcs"',
        is_path=True,
    ),
    "no_input": Known(
        "LCS_NO_INPUT", "Set to anything: ask nothing, as `--no-input`.", "no_input = true", is_switch=True
    ),
    "accessible": Known(
        "LCS_ACCESSIBLE",
        "Set to anything: no lines and boxes, for screen readers.",
        "accessible = true",
        is_switch=True,
    ),
    "pager": Known(
        "LCS_PAGER",
        "`none`: show long lists all at once. Else `less` shows them a screen at a time, where it is installed and no "
        "other variable asks for plain text. It keeps no history.",
        'pager = "none"',
    ),
}
"""Each setting, by its name in a file."""

VARIABLES = {name: one.variable for name, one in SETTINGS.items()}
"""Each setting, and the variable that says the same."""

OTHERS = {
    "CREDENTIALS_DIRECTORY": "Set by systemd: a credential named `lcs-key` in it is used as a key file "
    "(`LoadCredential=lcs-key:/path`).",
    "STATE_DIRECTORY": "As `LCS_STATE`, as systemd sets it (`StateDirectory=lcs`).",
    "XDG_RUNTIME_DIR": "Where the agent of `lcs unlock` answers, in `lcs-agent`; set when you log in. Without it: the "
    "folder of `LCS_STATE`.",
    "NO_COLOR": "Set to anything: no bold headings, and no colours. Colour never carries a meaning of its own.",
    "ACCESSIBLE": "As `LCS_ACCESSIBLE`.",
    "TERM": "`dumb` does as `LCS_ACCESSIBLE` does.",
}
"""What else of the environment is looked at, and why: it is no setting."""


class Setting(Value):
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
    import tomli

    try:
        data = tomli.loads(content)
    except tomli.TOMLDecodeError as error:
        raise UsageError(f"settings: {file} is not TOML ({error})", "such as: vault = '/srv/lcs/vault'") from error
    except RecursionError as error:
        raise UsageError(f"settings: {file} is nested too deeply", "such as: vault = '/srv/lcs/vault'") from error
    return {VARIABLES[name]: Setting(text, file) for name, value in data.items() if (text := _text(file, name, value))}


def _text(file: Path, name: str, value: object) -> str:
    """The value as its variable would say it; empty for a switch that is off."""
    if name not in VARIABLES:
        raise UsageError(f"settings: {file} has an unknown setting", f"the settings are: {', '.join(VARIABLES)}")
    if SETTINGS[name].is_switch:
        if not isinstance(value, bool):
            raise UsageError(f"settings: {name} in {file} must be true or false", "without quotes")
        return "1" if value else ""
    if not isinstance(value, str) or not value.isprintable() or not value:
        raise UsageError(f"settings: {name} in {file} must be text", f"such as: {name} = '…'")
    if not SETTINGS[name].is_path:
        return value
    try:
        path = Path(value).expanduser()
    except RuntimeError as error:  # ~name of nobody
        raise UsageError(f"settings: {name} in {file} is in nobody's folder", "begin it with / or ~/") from error
    if not path.is_absolute():
        raise UsageError(f"settings: {name} in {file} must be a whole path", "begin it with / or ~")
    return str(path)
