"""A disk as a record of calls leaves it: all of it, or what a power cut leaves of what was not synchronised yet."""

import os
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECTOR = 512
HOW = ("lost", "kept", "reordered", "torn")


@dataclass(frozen=True)
class Call:
    """One call: its name, its words, and the bytes that were written."""

    name: str
    words: tuple[str, ...]
    data: bytes = b""


@dataclass
class Node:
    """A file, as it is on the disk, and what was done to it since; or a folder, with its entries."""

    data: bytes = b""
    entries: dict[str, int] | None = None
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)  # offset and bytes; a size and None


def read(record: Path) -> list[Call]:
    """The calls of a record, in their order."""
    found, rest = [], record.read_bytes()
    while rest:
        line, _, rest = rest.partition(b"\n")
        name, _, words = line.decode().partition(" ")
        if name == "write":
            size = int(words.split()[2])
            found.append(Call(name, tuple(words.split()), rest[:size]))
            rest = rest[size:]
        elif name == "cut":
            found.append(Call(name, tuple(words.split())))
        elif name == "create":
            found.append(Call(name, tuple(words.split(" ", 1))))
        else:
            found.append(Call(name, tuple(words.split("\t"))))
    return found


def _put(data: bytes, offset: int, new: bytes | None) -> bytes:
    if new is None:
        return data[:offset].ljust(offset, b"\0")
    return data[:offset].ljust(offset, b"\0") + new + data[offset + len(new) :]


class Disk:
    """The folder of a record, call after call: what is on the disk for certain, and what is not yet."""

    def __init__(self, home: Path) -> None:
        self._nodes: dict[int, Node] = {0: Node(entries={})}
        self._at: dict[str, int] = {}  # by the number that the system gives a file, which is given again
        self._now: dict[int, dict[str, int]] = {0: {}}  # the entries of each folder as programs see them
        self._pending: list[list[tuple[int, str, int | None]]] = []
        for path in sorted(home.rglob("*")):
            parent, name = self._place(str(path.relative_to(home)))
            number = self._new(path)
            self._now[parent][name] = number
            self._entries(parent)[name] = number

    def _entries(self, folder: int) -> dict[str, int]:
        found = self._nodes[folder].entries
        if found is None:
            raise NotADirectoryError(folder)
        return found

    def _new(self, path: Path | None, *, folder: bool = False) -> int:
        number = len(self._nodes)
        if folder or (path is not None and path.is_dir()):
            self._nodes[number], self._now[number] = Node(entries={}), {}
        else:
            self._nodes[number] = Node(path.read_bytes() if path else b"")
            if path:
                self._at[str(path.stat().st_ino)] = number
        return number

    def _place(self, path: str) -> tuple[int, str]:
        folder, parts = 0, path.strip("/").split("/")
        for part in parts[:-1]:
            folder = self._now[folder][part]
        return folder, parts[-1]

    def take(self, call: Call) -> None:
        """One more call."""
        words = call.words
        if call.name == "write":
            self._nodes[self._at[words[0]]].pending.append((int(words[1]), call.data))
        elif call.name == "cut":
            self._nodes[self._at[words[0]]].pending.append((int(words[1]), None))
        elif call.name == "sync":
            node = self._nodes[self._at[words[0]]]
            for offset, new in node.pending:
                node.data = _put(node.data, offset, new)
            node.pending = []
        elif call.name == "folder":
            self._synchronise(self._place(f"{words[0]}.")[0])
        elif call.name == "rename":
            (was, name), (parent, to) = self._place(words[0]), self._place(words[1])
            number = self._now[was].pop(name)
            self._now[parent][to] = number
            self._pending.append([(was, name, None), (parent, to, number)])
        elif call.name == "remove":
            parent, name = self._place(words[0])
            self._now[parent].pop(name)
            self._pending.append([(parent, name, None)])
        elif call.name in ("create", "mkdir"):
            parent, name = self._place(words[-1])
            number = self._new(None, folder=call.name == "mkdir")
            if call.name == "create":
                self._at[words[0]] = number
            self._now[parent][name] = number
            self._pending.append([(parent, name, number)])

    def _synchronise(self, folder: int) -> None:
        entries = self._entries(folder)
        for change in self._pending:
            for one in [one for one in change if one[0] == folder]:
                _enter(entries, one)
                change.remove(one)
        self._pending = [change for change in self._pending if change]

    def unwritten(self) -> set[str]:
        """The paths, as programs see them, of the files of which something is not on the disk for certain."""
        return {path for number, path in self._paths(0, "").items() if self._nodes[number].pending}

    def unentered(self) -> set[str]:
        """The paths of the entries of folders that are not on the disk for certain, or not away from it."""
        folders = self._paths(0, "")
        return {f"{folders[to]}{name}" for change in self._pending for to, name, _ in change if to in folders}

    def _paths(self, folder: int, prefix: str) -> dict[int, str]:
        found = {folder: prefix}
        for name, number in self._now[folder].items():
            found |= self._paths(number, f"{prefix}{name}/") if number in self._now else {number: f"{prefix}{name}"}
        return found

    def state(self, how: str, drawn: random.Random) -> dict[str, Any]:
        """What a power cut leaves now: a tree of folders and the bytes of files."""

        def keep() -> bool:
            return how == "kept" or (how != "lost" and drawn.random() < 0.5)

        entries = {number: dict(node.entries) for number, node in self._nodes.items() if node.entries is not None}
        for change in self._pending:
            if keep():
                for one in change:
                    _enter(entries[one[0]], one)
        data = {}
        for number, node in self._nodes.items():
            content = node.data
            for offset, new in node.pending:
                if new is None or how != "torn":
                    content = _put(content, offset, new) if keep() else content
                    continue
                for start, part in _sectors(offset, new):
                    content = _put(content, start, part) if keep() else content
            data[number] = content

        def tree(folder: int) -> dict[str, Any]:
            return {name: tree(one) if one in entries else data[one] for name, one in entries[folder].items()}

        return tree(0)


def _enter(entries: dict[str, int], one: tuple[int, str, int | None]) -> None:
    _, name, number = one
    if number is None:
        entries.pop(name, None)
    else:
        entries[name] = number


def _sectors(offset: int, data: bytes) -> list[tuple[int, bytes]]:
    first = offset - offset % SECTOR
    starts = [max(start, offset) for start in range(first, offset + len(data), SECTOR)]
    ends = [*starts[1:], offset + len(data)]
    return [(start, data[start - offset : end - offset]) for start, end in zip(starts, ends, strict=True)]


def write(tree: dict[str, Any], folder: Path) -> Path:
    """Lay such a state out as files."""
    folder.mkdir(mode=0o700)
    for name, content in tree.items():
        if isinstance(content, dict):
            write(content, folder / name)
        else:
            handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
    return folder


def same(tree: dict[str, Any], folder: Path) -> bool:
    """Whether a folder holds just that: whether the record is whole."""
    if sorted(tree) != sorted(path.name for path in folder.iterdir()):
        return False
    return all(
        same(content, folder / name) if isinstance(content, dict) else (folder / name).read_bytes() == content
        for name, content in tree.items()
    )
