"""Canonical JSON and strict base64: one value has one spelling, so a changed byte is a changed value."""

import base64
import binascii
import json
from typing import Any

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)  # to make one takes as long


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, no spaces and ASCII only."""
    return _CANONICAL.encode(value).encode("ascii")


def context(*parts: str | int) -> bytes:
    """What a sealed value is bound to: the format's name and where the value belongs."""
    return canonical(["lcs-vault/1", *parts])


def encode(data: bytes) -> str:
    """Write bytes as standard base64 (RFC 4648, section 4)."""
    return base64.b64encode(data).decode("ascii")


def decode(text: Any, length: int | None = None) -> bytes:
    """Read base64 in its one spelling; ValueError (TypeError where it is no text) for anything else."""
    if not isinstance(text, str):
        raise TypeError("not base64 text")
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if encode(data) != text or (length is not None and len(data) != length):
        raise ValueError("not base64 of the expected length")
    return data
