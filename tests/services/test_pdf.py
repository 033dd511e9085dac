"""A page as a PDF and as a spreadsheet: tagged, encrypted where that is asked for, and what it says stays text."""

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date

import openpyxl
import pikepdf
import pypdfium2
import pytest
from msgspec.structs import replace
from msoffcrypto.exceptions import InvalidKeyError
from msoffcrypto.format.ooxml import OOXMLFile

from lcs_cli.errors import FailedError, UsageError
from lcs_cli.services.page import Facts, Grid, Heading, Page, Points, Words, paragraphs
from lcs_cli.services.pdf import pdf
from lcs_cli.services.sheet import xlsx

NAMES = "Siân Llŷr-Ŵyn, Nguyễn Thị Ánh, Łukasz Żółć, Їжакевич Ґалаґан, Ọlá Adéwọlé"
ARABIC = "محمد علي"
INERT = ('#panic("x")', '#read("/etc/passwd")', "=1+1", "http://contact.example/a", "@import", "$1 + 2$", "*bold* _it_")
SECRET = "dented walnut ferry"
PAGE = Page(
    title="Statement #panic(1)",
    made_on=date(2026, 11, 26),
    letterhead='Riverside #eval("1") Contact & Co',
    footer="EX-000001-R #panic(2)",
    blocks=(
        Heading("= Names"),
        Words(f"{NAMES}\n{ARABIC}"),
        Facts((("Reference", "EX-000001-R"), ("SHA-256", "3f" * 32))),
        Grid(("Wert", "#strong[x]"), tuple((text, str(number)) for number, text in enumerate(INERT))),
    ),
)


def text_of(content: bytes, password: str | None = None) -> str:
    """The text of all pages, as it is copied."""
    with pypdfium2.PdfDocument(content, password=password) as document:
        return "\n".join(document[number].get_textpage().get_text_range() for number in range(len(document)))


def cells_of(content: bytes) -> list[tuple[str, str]]:
    """The cells of a sheet that hold anything: each with its type ("s" is text)."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [(cell.data_type, cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_the_letters_of_our_families_are_there() -> None:
    """Welsh, Vietnamese, Polish, Ukrainian, Yoruba and Arabic, as they were written."""
    said = text_of(pdf(PAGE))
    assert NAMES in said
    assert all(word in said for word in ARABIC.split())


def test_what_is_told_stays_text() -> None:
    """Nothing of it is read as Typst, in a title, a service's name, a heading, a cell or a footer."""
    said = text_of(pdf(PAGE))
    assert [text for text in INERT if text not in said] == []
    for text in (PAGE.title, PAGE.letterhead, PAGE.footer, "= Names", "#strong[x]"):
        assert text in said
    assert "root:" not in said


def test_nothing_in_a_pdf_can_be_clicked() -> None:
    """An address on the web is text: no link leads out of the paper."""
    with pikepdf.open(io.BytesIO(pdf(PAGE))) as document:
        assert [page for page in document.pages if "/Annots" in page] == []
        assert "/OpenAction" not in document.Root


def test_a_digest_is_copied_whole() -> None:
    """64 figures beside their label, without a mark among them."""
    assert "3f" * 32 in text_of(pdf(PAGE))


def test_a_long_word_stays_on_the_paper() -> None:
    """It is broken, not cut off at the edge: as many pages of narrow columns as it takes hold all of it."""
    word = "x" * 400
    page = replace(PAGE, blocks=(Grid(("a", "b", "c"), ((word, word, word),)), Words(word)))
    with pypdfium2.PdfDocument(pdf(page)) as document:
        width = document[0].get_width()
        found = document[0].get_textpage()
        assert found.get_text_range().count("x") == 4 * 400
        assert max(found.get_rect(number)[2] for number in range(found.count_rects())) <= width


def test_a_screen_reader_can_read_it() -> None:
    """PDF/UA-1: tags for headings and tables, the language, and a title that is shown."""
    with pikepdf.open(io.BytesIO(pdf(PAGE, SECRET)), password=SECRET) as document:
        root = document.Root
        assert str(root.Lang) == "en-GB"
        assert root.MarkInfo.Marked
        assert root.ViewerPreferences.DisplayDocTitle
        assert document.docinfo["/Title"] == PAGE.title
        tags, waiting = set(), [root.StructTreeRoot]
        while waiting:
            node = waiting.pop()
            if isinstance(node, pikepdf.Array):
                waiting += list(node)
            elif isinstance(node, pikepdf.Dictionary):
                tags.add(str(node.get("/S", "")))
                waiting += [node.K] if "/K" in node else []
        assert {"/H1", "/H2", "/P", "/Table", "/TH", "/TD"} <= tags


def test_the_same_page_is_the_same_file() -> None:
    """Byte for byte, in both forms, so that a copy can be compared."""
    assert pdf(PAGE) == pdf(PAGE)
    assert xlsx(PAGE) == xlsx(PAGE)


def test_a_password_encrypts_with_aes_256() -> None:
    """Revision 6 of the standard handler; it opens with that password, not with another or none, and hides the text."""
    locked = pdf(PAGE, SECRET)
    with pikepdf.open(io.BytesIO(locked), password=SECRET) as document:
        about = document.encryption
        assert (about.R, about.bits, str(about.stream_method)) == (6, 256, "EncryptionMethod.aesv3")
    for wrong in ("", "dented walnut"):
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(io.BytesIO(locked), password=wrong)
    assert text_of(locked, SECRET) == text_of(pdf(PAGE))
    assert b"EX-000001-R" not in locked


def test_a_spreadsheet_holds_text_alone() -> None:
    """No formula and no link, whatever a cell begins with."""
    cells = cells_of(xlsx(PAGE))
    assert {kind for kind, _ in cells} == {"s"}
    values = [value for _, value in cells]
    assert [text for text in (*INERT, NAMES, ARABIC, PAGE.letterhead, PAGE.title) if text not in values] == []
    with zipfile.ZipFile(io.BytesIO(xlsx(PAGE))) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
        assert not {"xl/worksheets/_rels/sheet1.xml.rels"} & set(parts.namelist())
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet


def test_a_password_encrypts_a_spreadsheet() -> None:
    """It opens with that password and not with another."""
    locked = xlsx(PAGE, SECRET)
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(locked))
    opened = io.BytesIO()
    office = OOXMLFile(io.BytesIO(locked))
    office.load_key(password=SECRET)
    office.decrypt(opened)
    assert cells_of(opened.getvalue()) == cells_of(xlsx(PAGE))
    with pytest.raises(InvalidKeyError):
        OOXMLFile(io.BytesIO(locked)).load_key(password="another one", verify_password=True)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Aunt 漢字", "CJK UNIFIED IDEOGRAPH-5B57, CJK UNIFIED IDEOGRAPH-6F22"),
        ("ไทย", "THAI CHARACTER"),
        ("\U000f0000", "U+F0000"),
    ],
)
def test_a_letter_that_cannot_be_shown_stops_it(text: str, named: str) -> None:
    """Rather than leave a gap in a name; it is called by its Unicode name, and nothing of the text is repeated."""
    with pytest.raises(UsageError) as stopped:
        pdf(replace(PAGE, blocks=(Words(f"Blodwen {text}"),)))
    said = f"{stopped.value.message} {stopped.value.hint}"
    assert named in said
    assert not set(text) & set(said) - set("Aunt ")
    assert "Blodwen" not in said


@pytest.mark.parametrize(("form", "library", "extra"), [(pdf, "typst", "pdf"), (xlsx, "xlsxwriter", "xlsx")])
def test_without_its_library_it_is_said_what_to_install(
    form: Callable[[Page], bytes], library: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line."""
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(FailedError, match="is not installed here") as missing:
        form(PAGE)
    assert missing.value.hint == f"in the folder of lcs: pipx install --force '.[{extra}]'"


def test_nothing_is_put_on_the_disk_meanwhile() -> None:
    """A process that may write no byte into any file (RLIMIT_FSIZE) makes all four."""
    script = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\n"
        "from tests.services.test_pdf import *\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        "print([len(form(PAGE, word)) > 4000 for form in (pdf, xlsx) for word in (None, SECRET)])\n"
    )
    own = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}  # which would write
    argv = [sys.executable, "-B", "-c", script]
    done = subprocess.run(argv, env=own, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "[True, True, True, True]\n"), done.stderr


def test_paragraphs_stand_between_empty_lines() -> None:
    """The lines of one stay together."""
    assert paragraphs("One\n\nTwo\nlines\n\n\n") == (Words("One"), Words("Two\nlines"))
    assert paragraphs("- a,\n  and b;\n- c.\n\n-1 is less\n\n- d\nnot") == (
        Points(("a, and b;", "c.")),
        Words("-1 is less"),
        Words("- d\nnot"),
    )
