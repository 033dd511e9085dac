"""The page of a certificate: plain HTML that stands for itself, whatever stands in it."""

import re
from html.parser import HTMLParser

import pytest
from msgspec.structs import replace

from lcs_cli.cli.certificate_page import lines, page
from lcs_cli.services import certificates
from lcs_cli.vault.certificates import Certificate, written_key
from tests.conftest import OpenDesk
from tests.services import stories
from tests.services.stories import CLOSED, SWEPT


class Reader(HTMLParser):
    """What a browser would make of a page: its elements with their attributes, and its cells."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[str] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells and self.elements[-1] == "td":
            self.cells[-1] += data.rstrip("\n")


@pytest.fixture
def certificate(desk_of: OpenDesk) -> Certificate:
    """The certificate of a disposal."""
    desk = desk_of("amina", CLOSED)
    ref = stories.closed_family(desk).ref
    desk.db.close()
    stories.disposed(desk_of, ref)
    return certificates.show(desk_of("amina", SWEPT), "RC-000001-R")


def read(text: str) -> Reader:
    """A page as it is read."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader


def test_the_page_says_what_the_screen_says(certificate: Certificate) -> None:
    """In the same words; and which key, with the warning that it has to come by another way."""
    text = page(certificate)
    assert read(text).cells == [value for _, value in lines(certificate)]
    assert written_key(certificate.key) in text
    assert "by another way than this page" in text
    assert certificate.digest in text


def test_the_page_needs_nothing_else(certificate: Certificate) -> None:
    """No script, no picture, no address that a browser would go to."""
    text = page(certificate)
    found = read(text)
    assert {"script", "img", "link", "iframe", "a", "object"}.isdisjoint(found.elements)
    assert set(found.attributes) == {"lang", "charset", "http-equiv", "content"}
    assert not re.search(r"url\(|https?:|@import", text)
    assert "@page { size: A4" in text


@pytest.mark.parametrize("nasty", ["<script>alert(1)</script>", "</td><td>", "&lt;", '"><img src=x>', "{key}"])
def test_what_stands_in_it_is_text(certificate: Certificate, nasty: str) -> None:
    """A rule's id is the service's own word; it is shown as it is, and makes no element."""
    other = replace(certificate, content={**certificate.content, "rule": nasty})
    before, after = read(page(certificate)), read(page(other))
    assert after.elements == before.elements
    assert nasty in after.cells
