"""A name as it is compared: small Latin letters without marks, whatever alphabet or spelling it was written in."""

import re
import unicodedata
from functools import cache

_FOREIGN = re.compile(r"[^\x00-\x7f]+")
# What has no decomposition in Unicode.
_OWN = str.maketrans({"ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ß": "ss", "æ": "ae", "Æ": "ae"})
# The same name in two alphabets, or with two spellings: Kowalski is Ковальский, Llwyd-Jones is Llwyd Jones.
_ALIKE = str.maketrans({"w": "v", "y": "i", "-": " ", ".": " ", "'": None, "`": None})


def folded(text: str) -> str:
    """The form of a text that is compared; many names, one a line, fold as one text."""
    return (text if text.isascii() else _FOREIGN.sub(_latin, text)).lower().translate(_ALIKE)


def _latin(found: re.Match[str]) -> str:
    return _plain(found[0])


@cache
def _plain(letters: str) -> str:
    from anyascii import anyascii

    apart = unicodedata.normalize("NFKD", letters.translate(_OWN))
    marked = "".join(one for one in apart if not unicodedata.combining(one))
    return " ".join(anyascii(marked).split())
