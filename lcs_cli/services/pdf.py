"""A page as a tagged PDF (PDF/UA-1), made in memory: nothing of it touches the disk here.

The libraries are an extra, `pdf`: typst makes the page, pikepdf encrypts it.
"""

import io
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from lcs_cli.errors import FailedError, MissingExtraError, UsageError
from lcs_cli.services.page import Block, Page

_HERE = Path(__file__).parent
_FONTS = _HERE / "fonts"
# typst escapes what cannot be seen in its message as Rust does: \u{200b}
_UNSHOWN = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def pdf(page: Page, password: str | None = None) -> bytes:
    """The page as a file; with a password it is encrypted (AES-256, ISO 32000-2), else the same page is the same bytes.

    MissingExtraError where the library lacks; UsageError names, by its Unicode name, a letter that it cannot show.
    """
    typst = _library("typst")
    said = json.dumps(_data(page), ensure_ascii=False)
    try:
        made: bytes = typst.compile(
            (_HERE / "page.typ").read_bytes(),
            root=str(_FONTS),
            font_paths=[str(_FONTS)],
            ignore_system_fonts=True,
            sys_inputs={"page": said},
            pdf_standards="ua-1",
            format="pdf",
        )
    except typst.TypstError as error:
        raise _not_shown(str(error.diagnostic)) from None  # what it says repeats the text
    return made if password is None else _encrypted(made, password)


def _data(page: Page) -> dict[str, Any]:
    day = page.made_on
    return {
        "title": page.title,
        "letterhead": page.letterhead,
        "footer": page.footer,
        "made": [day.year, day.month, day.day],
        "blocks": [_block(block) for block in page.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    return {"kind": type(block).__name__.lower(), **asdict(block)}


def _encrypted(content: bytes, password: str) -> bytes:
    pikepdf = _library("pikepdf")
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        document.save(locked, encryption=pikepdf.Encryption(user=password, owner=password, R=6, aes=True))
    return locked.getvalue()


def _not_shown(said: str) -> UsageError | FailedError:
    found = "".join(_ESCAPED.sub(lambda one: chr(int(one[1], 16)), text) for text in _UNSHOWN.findall(said))
    names = sorted({unicodedata.name(one, f"U+{ord(one):04X}") for one in found if one.isprintable() or one > " "})
    if not names:
        return FailedError("pdf: the page could not be made", "write it in another form")
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return UsageError(
        f"pdf: has no letter for {shown}",
        "its font has Latin, Greek, Cyrillic and Arabic letters: take another form than PDF",
    )


def _library(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        raise MissingExtraError("pdf") from None
