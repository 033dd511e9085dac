"""Jobs that run by themselves, as text for cron (crontab(5)) and systemd (systemd.service(5), systemd.exec(5))."""

import re
import shlex
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from lcs_cli.errors import UsageError
from lcs_cli.records.value import Value

_LOGIN = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_HOMES = ("/home/", "/root/", "/run/user/")


class Name(StrEnum):
    """What can run by itself."""

    SWEEP = "sweep"
    BACKUP = "backup"
    AUDIT = "audit"


class _Job(Value):
    """How it is typed after ``lcs``, when cron and systemd start it, and what it is."""

    words: Sequence[str]
    cron: str
    calendar: str
    text: str


_JOBS = {
    Name.SWEEP: _Job(
        ("retention", "sweep", "--quiet"), "15 2 * * *", "*-*-* 02:15:00", "Dispose of what two people decided on"
    ),
    Name.BACKUP: _Job(("vault", "backup"), "15 1 * * *", "*-*-* 01:15:00", "Back up the vault"),
    Name.AUDIT: _Job(("audit", "verify"), "15 3 * * 1", "Mon *-*-* 03:15:00", "Check the trail of who did what"),
}
CRON_NOTES = (
    "# Add it with: crontab -e   as the user who owns the vault and the key file.",
    "# Cron mails what is said: above it, set MAILTO to somebody who acts on it.",
)
TELL_NAME = "lcs-tell@.service"
TELL = """\
[Unit]
Description=Tell somebody that %i failed, or waits for a person

[Service]
Type=oneshot
# Root's mail is to be read by somebody. What is mailed holds references and counts, and no names.
ExecStart=/bin/sh -c 'systemctl status --full --lines=50 "$$1" | mail -s "$$1 on $$2" root' sh %i.service %H
"""
# Not MemoryDenyWriteExecute: what is called from C (libffi) may need memory that it both writes and runs.
_CLOSED = """\
UMask=0077
NoNewPrivileges=true
CapabilityBoundingSet=
PrivateTmp=true
PrivateDevices=true
PrivateNetwork=true
ProtectSystem=strict
ProtectHome={home}
ProtectClock=true
ProtectHostname=true
ProtectControlGroups=true
ProtectKernelLogs=true
ProtectKernelModules=true
ProtectKernelTunables=true
RestrictAddressFamilies=AF_UNIX
RestrictNamespaces=true
RestrictRealtime=true
RestrictSUIDSGID=true
LockPersonality=true
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
"""


def program() -> tuple[str, ...]:
    """How this program is started where nobody has a PATH: beside this Python, or by it."""
    beside = Path(sys.executable).with_name("lcs")
    return (str(beside),) if beside.exists() else (sys.executable, "-m", "lcs_cli")


def path(field: str, typed: Path | str) -> str:
    """A path as a job needs it: whole, and without what ends a line in cron or systemd."""
    whole = str(Path(typed).absolute())
    if not whole.isprintable() or "\\" in whole:
        raise UsageError(f"{field}: holds a control character or a backslash", "give a path without")
    return whole


def login(typed: str) -> str:
    """The name of a user of the system."""
    if not _LOGIN.fullmatch(typed):
        raise UsageError("run as: is no name of a user of the system", "such as lcs")
    return typed


def cron_line(job: Name, started: Sequence[str], vault: str, key_file: str, into: str | None = None) -> str:
    """The line for a crontab: quoted for the shell, with cron's own % escaped."""
    one = _JOBS[job]
    argv = [*started, *one.words, *_into(into), "--vault", vault, "--key-file", key_file, "--no-input"]
    return f"{one.cron}  {shlex.join(argv)}".replace("%", r"\%")


class Service(Value):
    """The unit that runs a job: it writes to the vault and ``into`` a folder, nowhere else; the key file is root's."""

    job: Name
    started: Sequence[str]
    vault: str
    key_file: str
    user: str
    encrypted: bool
    into: str | None = None

    def unit(self) -> str:
        """Its text. Exit code 3, that something waits for a person, is a failure too: so somebody is told."""
        if set(self.started[0]) & set("'\""):
            raise UsageError("program: its path holds a quotation mark, and systemd starts none such", "move lcs")
        one = _JOBS[self.job]
        argv = [*self.started, *one.words, *_into(self.into), "--vault", self.vault, "--no-input"]
        in_home = any(used.startswith(_HOMES) for used in (self.vault, *self.started))
        load = "LoadCredentialEncrypted" if self.encrypted else "LoadCredential"
        return (
            f"[Unit]\nDescription={one.text}\nOnFailure=lcs-tell@%N.service\n\n"
            f"[Service]\nType=oneshot\nUser={self.user}\n"
            f"ExecStart={' '.join([_quoted(argv[0]), *(_quoted(word, argument=True) for word in argv[1:])])}\n"
            f"{load}=lcs-key:{_escaped(self.key_file)}\n"
            f"StateDirectory=lcs\nReadWritePaths={' '.join(map(_quoted, filter(None, (self.vault, self.into))))}\n"
        ) + _CLOSED.format(home="read-only" if in_home else "true")


def timer(job: Name) -> str:
    """The unit that starts a job; what was missed while the machine was off is run when it is on again."""
    one = _JOBS[job]
    return (
        f"[Unit]\nDescription={one.text}\n\n"
        f"[Timer]\nOnCalendar={one.calendar}\nRandomizedDelaySec=10min\nPersistent=true\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )


def _escaped(word: str) -> str:
    """A path in a unit, where % begins what systemd fills in."""
    return word.replace("%", "%%")


def _into(folder: str | None) -> list[str]:
    return ["--into", folder] if folder else []


def _quoted(word: str, *, argument: bool = False) -> str:
    """A word of a unit, in quotes where it needs them; in an argument $ begins a variable."""
    escaped = _escaped(word).replace("$", "$$") if argument else _escaped(word)
    if re.fullmatch(r"[A-Za-z0-9_./:@%+=,$-]+", escaped):
        return escaped
    return '"' + escaped.replace('"', '\\"') + '"'
