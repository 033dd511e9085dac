"""Documents in the vault and files on paper: what they are, and by that how long they are kept (policy 4.5, 4.6)."""

from datetime import date
from enum import StrEnum

from lcs_cli.records.retention import RecordClass
from lcs_cli.records.value import Value


class DocumentKind(StrEnum):
    """What a document is; the retention schedule gives each kind its class."""

    ELECTRONIC_REFERRAL = "electronic-referral"
    CHILD_PROTECTION = "child-protection"
    ACCIDENT_RECORD = "accident-record"
    ORDER = "order"
    PAPER_SCAN = "paper-scan"
    OTHER = "other"


PAPER_KINDS = tuple(kind for kind in DocumentKind if kind is not DocumentKind.PAPER_SCAN)
"""What paper can be: a scan of it is a document in the vault."""


class MediaType(StrEnum):
    """What a document's file seems to be: a word to choose a program by. Nothing here opens one."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    DOCX = "docx"
    EML = "eml"
    MSG = "msg"
    TXT = "txt"
    OTHER = "other"


class DisposalMethod(StrEnum):
    """How a file on paper was disposed of confidentially (policy 4.6)."""

    SHREDDED = "shredded"
    CONFIDENTIAL_WASTE = "confidential-waste"
    RETURNED = "returned-to-referrer"


class Document(Value):
    """A document without its title and content, which only who holds the key can open.

    ``size`` is in bytes and ``sha256`` in hexadecimal, both of the content as it was received. ``children`` are
    those whom a child-protection document names; none means all of the family.
    """

    number: int
    family: int
    kind: DocumentKind
    record_class: RecordClass
    media: MediaType
    size: int
    sha256: str
    added_on: date
    added_by: str
    referral: int | None = None
    accident: int | None = None
    children: tuple[int, ...] = ()

    @property
    def is_kept(self) -> bool:
        """Whether it is kept for ever; it is then sealed to the safeguarding leads."""
        return self.record_class is not RecordClass.DOCUMENT


class Position(Value):
    """Where a file on paper lay from one day on and who had it; the texts are gone once it is disposed of."""

    place: str | None
    holder: str | None
    since: date
    reason: str | None
    recorded_on: date
    recorded_by: str


class PaperDisposal(Value):
    """How, when and by whom a file on paper was disposed of, and the second person who saw it."""

    method: DisposalMethod
    on: date
    by: str
    witness: str
    recorded_on: date
    recorded_by: str


class Paper(Value):
    """A file on paper in the register, with where it lay and lies, the latest place last.

    ``released_on`` is the day when the family's disposal was carried out: from then on it is to be destroyed.
    """

    number: int
    family: int
    kind: DocumentKind
    record_class: RecordClass
    description: str | None
    registered_on: date
    registered_by: str
    positions: tuple[Position, ...]
    children: tuple[int, ...] = ()
    released_on: date | None = None
    disposal: PaperDisposal | None = None

    @property
    def is_kept(self) -> bool:
        """Whether it is kept for ever."""
        return self.record_class is not RecordClass.DOCUMENT
