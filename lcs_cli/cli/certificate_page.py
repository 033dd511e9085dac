"""A certificate of disposal in words: lines for the screen, and one A4 page to print, of plain HTML without script."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any

from lcs_cli.cli import views
from lcs_cli.cli.dates import human_days
from lcs_cli.services.page import Facts, Heading, Page, Words
from lcs_cli.vault import certificates

if TYPE_CHECKING:
    from lcs_cli.vault.certificates import Certificate

_FIRST = (
    "certificate",
    "family",
    "staff",
    "disposed_on",
    "disposed_by",
    "went",
    "stayed",
    "paper",
    "sessions_from",
    "sessions_to",
    "rule",
    "clause",
    "due_on",
    "review",
    "reviewed_by",
    "reviewed_on",
    "approved_by",
    "approved_on",
    "policy_version",
)
"""What is read first; what is only compared comes after it, and what only a program reads is in the file."""
_IN_THE_FILE = ("schema", "managers_key", "signer", "signature")

_ABOUT = (
    "Records were disposed of as the service's retention schedule says, after one person had reviewed them and another "
    "had approved. It holds references and counts, and no personal data."
)
_PAGE = """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
@page {{ size: A4; margin: 18mm }}
body {{ font: 10pt/1.35 sans-serif; max-width: 174mm; margin: 0 auto; color: #000; background: #fff }}
h1 {{ font-size: 15pt }}
h2 {{ font-size: 11pt; margin: 1em 0 0 }}
p {{ margin: .5em 0 }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ text-align: left; vertical-align: top; padding: .15em .5em .15em 0; border-bottom: 1px solid #bbb }}
th {{ font-weight: normal; white-space: nowrap }}
td, code {{ overflow-wrap: anywhere }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{about}</p>
<table>
{rows}
</table>
<h2>How to check it</h2>
<p>This page is for reading: what is signed is its file, which has the digest above. Whoever has the file checks it
without the service's records:</p>
<p><code>lcs retention certificate verify FILE --key KEY</code></p>
<p>The key of this vault is, as far as this page can say: <code>{key}</code></p>
<p><strong>Have the key from the service by another way than this page or the file.</strong> Whoever forges a
certificate prints their own key on it.</p>
</body>
</html>
"""


def lines(one: Certificate) -> list[tuple[str, str]]:
    """Labels and values, in the order in which they are read."""
    content = one.content
    rest = [name for name in sorted(content) if name not in (*_FIRST, *_IN_THE_FILE)]
    shown = [(_label(name), _said(content[name])) for name in (*_FIRST, *rest) if name in content]
    return [*shown, ("Signed by", content["signer"]["user"]), ("Digest", one.digest)]


def page(one: Certificate) -> str:
    """The page, as HTML that stands for itself."""
    rows = "\n".join(f"<tr><th>{escape(label)}</th><td>{escape(value)}</td></tr>" for label, value in lines(one))
    return _PAGE.format(
        title=escape(f"Certificate of disposal {one.ref}"),
        rows=rows,
        about=escape(_ABOUT, quote=False),
        key=certificates.written_key(one.key),
    )


def paper(one: Certificate) -> Page:
    """The same page to be printed as PDF."""
    title = f"Certificate of disposal {one.ref}"
    checked = (
        Words(
            "This page is for reading: what is signed is its file, which has the digest above. Whoever has the file "
            "checks it without the service's records:"
        ),
        Words("lcs retention certificate verify FILE --key KEY"),
        Facts((("Key", certificates.written_key(one.key)),)),
        Words(
            "The key is as far as this page can say. Have it from the service by another way than this page or the "
            "file: whoever forges a certificate prints their own key on it."
        ),
    )
    return Page(
        title=title,
        made_on=date.fromisoformat(one.content["disposed_on"]),
        blocks=(Words(_ABOUT), Facts(tuple(lines(one))), Heading("How to check it"), *checked),
        footer=title,
    )


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return views.counts(value)
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "" if value is None else human_days(str(value))
