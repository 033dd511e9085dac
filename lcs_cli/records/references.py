"""References with a check letter, such as LCS-0042-L: a slip never names another record.

The letter is the number modulo 23 in the Spanish DNI's table (Real Decreto 1553/2005, art. 11): it catches
every single wrong digit and every swap of neighbours in references of four digits.
"""

import re
from enum import Enum

from lcs_cli.records.value import Value

_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_SHAPE = re.compile(r"([A-Za-z]+)-?([0-9]{1,12})(?:-?([A-Za-z]))?")
_LIKE_DIGITS = re.compile(r"([A-Za-z]+)-([0-9OoIiLl]{1,12})-([A-Za-z])")
_DIGITS = str.maketrans("OIL", "011")


class Kind(Enum):
    """The kinds of record that have a reference: prefix, least number of digits, noun."""

    FAMILY = ("LCS", 4, "family")
    PERSON = ("P", 4, "person")
    REFERRER = ("REF", 4, "referrer")
    REFERRAL = ("RL", 4, "referral")
    SESSION = ("S", 6, "session")
    FLAG = ("SF", 4, "flag")
    ACCIDENT = ("AR", 4, "accident")
    CONSENT = ("CN", 4, "consent")
    REPORT = ("RP", 4, "report")
    PERMISSION = ("PM", 4, "permission")
    STAFF = ("ST", 3, "staff member")
    DOCUMENT = ("DC", 6, "document")
    PAPER = ("PF", 4, "paper file")
    REQUEST = ("RQ", 4, "request")
    HOLD = ("LH", 4, "legal hold")
    REVIEW = ("RV", 4, "review")
    DISCLOSURE = ("EX", 6, "disclosure")
    CERTIFICATE = ("RC", 6, "certificate")
    BACKUP = ("BK", 4, "backup")
    USER = ("U", 3, "user")

    def __init__(self, prefix: str, width: int, noun: str) -> None:
        self.prefix = prefix
        self.width = width
        self.noun = noun

    @property
    def spoken(self) -> str:
        """The noun with its article: an accident, but a user."""
        return f"{'an' if self.noun[0] in 'aeio' else 'a'} {self.noun}"


class Slip(Value):
    """A mistyped reference: what is wrong with it, and the numbers it may have been meant to be."""

    problem: str
    candidates: tuple[int, ...]


def reference(kind: Kind, number: int) -> str:
    """Write the reference of record ``number``, a positive whole number."""
    return f"{kind.prefix}-{number:0{kind.width}d}-{_LETTERS[number % 23]}"


def parse_reference(kind: Kind, text: str) -> int | Slip:
    """Read a reference as typed; case, leading zeros and the first dash do not matter, the letter does."""
    match = _SHAPE.fullmatch(text.strip())
    if not match or not match[2].isascii():
        if like := _LIKE_DIGITS.fullmatch(text.strip()):
            meant = parse_reference(kind, f"{like[1]}-{like[2].upper().translate(_DIGITS)}-{like[3]}")
            if isinstance(meant, int):
                return Slip("has a letter where a digit belongs", (meant,))
        return Slip(f"is not {kind.spoken} reference such as {reference(kind, 42)}", ())
    prefix, digits, letter = match[1].upper(), match[2], (match[3] or "").upper()
    if prefix != kind.prefix:
        other = next((k.spoken for k in Kind if k.prefix == prefix), None)
        what = f"is the reference of {other}" if other else "has an unknown beginning"
        return Slip(f"{what}; {kind.spoken} is written like {reference(kind, 42)}", ())
    number = int(digits)
    if letter == _LETTERS[number % 23] and number > 0:
        return number
    if not letter:
        return Slip("has no check letter at its end", (number,))
    return Slip("is mistyped: its check letter does not fit", _neighbours(digits.zfill(kind.width), letter))


def number_in(kind: Kind, text: str) -> int:
    """The number in a reference that was written by `reference`; ValueError for anything else."""
    match parse_reference(kind, text):
        case Slip(problem=problem):
            raise ValueError(problem)
        case number:
            return number


def _neighbours(digits: str, letter: str) -> tuple[int, ...]:
    """The numbers one slip away: the letter mistyped, one digit wrong, or two neighbours swapped."""
    found = {int(digits)}
    for place in range(len(digits)):
        for digit in "0123456789":
            found.add(int(digits[:place] + digit + digits[place + 1 :]))
        swapped = digits[:place] + digits[place : place + 2][::-1] + digits[place + 2 :]
        found.add(int(swapped))
    fitting = {number for number in found if number > 0 and _LETTERS[number % 23] == letter}
    return tuple(sorted(fitting | ({int(digits)} - {0})))
