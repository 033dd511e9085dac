"""The manifest of a folder that leaves (Frictionless Data Package v1): which files it holds, by which decision."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import field

from lcs_cli.policy.disclosure import Column
from lcs_cli.records.value import Value


class Resource(Value):
    """One file: its size in bytes, its SHA-256 and its media type.

    ``more`` is what the manifest says of it besides, or instead of what it says of any file.
    """

    path: str
    mediatype: str
    size: int
    sha256: str
    more: Mapping[str, Any] = field(default_factory=dict)


def text_file(path: str, mediatype: str, content: bytes) -> Resource:
    """A file of text in UTF-8."""
    return Resource(path, mediatype, len(content), hashlib.sha256(content).hexdigest(), {"encoding": "utf-8"})


def binary_file(path: str, mediatype: str, content: bytes) -> Resource:
    """A file of anything else."""
    return Resource(path, mediatype, len(content), hashlib.sha256(content).hexdigest())


def data_package(ref: str, made_at: str, files: Sequence[Resource], **blocks: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest of an entry of the register, with what is this service's own in named ``blocks``."""
    return {
        "profile": "data-package",
        "name": ref.lower(),
        "created": made_at,
        "resources": [_resource(one) for one in files],
        **blocks,
    }


def column(of: Column) -> dict[str, str]:
    """What a column means."""
    return {"name": of.name, "type": of.type, "description": of.text}


def _resource(file: Resource) -> dict[str, Any]:
    return {
        "name": file.path.lower().replace(".", "-"),
        "path": file.path,
        "profile": "data-resource",
        "mediatype": file.mediatype,
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        **file.more,
    }
