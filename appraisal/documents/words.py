"""Words and figures as Decree 30/2020/NĐ-CP writes them; shared by every paper.

The wording is Vietnamese whatever language the reader's screen has: a paper is a legal text, and
the same facts must always give the same words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from appraisal.documents.official import Letterhead, Seal, Signature
from appraisal.scoring.numbers import rounded, show

# A blank that a clerk fills in by hand or in the document system; it must not collapse or break.
BLANK: Final = "\N{NO-BREAK SPACE}" * 6

_ROMAN: Final = ((40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))

SignMode = Literal["in_person", "deputy", "authorised", "by_order", "acting"]
_BEFORE_TITLE: Final[dict[str, str]] = {
    "deputy": "KT. ",
    "authorised": "TUQ. ",
    "by_order": "TL. ",
    "acting": "Q. ",
}


@dataclass(frozen=True)
class Signing:
    """Who signs, and on what authority. Titles and `body` are printed in capitals.

    `body` is whose name stands after "TM." ("Ủy ban nhân dân", "Hội đồng"), empty when the head
    signs in his own right. `signer_title` is the signer's own office when he signs for the head.
    """

    head_title: str = "Chủ tịch"
    mode: SignMode = "in_person"
    body: str = ""
    signer_title: str = ""
    name: str = ""


@dataclass(frozen=True)
class House:
    """What the head and foot of one kind of paper say: taken from the province's settings.

    `symbol` follows the number ("QĐ-UBND"); `number` and `issued_on` stay empty until the clerk's
    office gives them. `place` is the place of the date line.
    """

    superior: tuple[str, ...]
    issuer: tuple[str, ...]
    place: str
    symbol: str
    signing: Signing
    recipients: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    number: str = ""
    issued_on: date | None = None


def letterhead(house: House, year: int) -> Letterhead:
    """The head of the paper; `year` stands in the date line while there is no date."""
    return Letterhead(
        superior=tuple(line.upper() for line in house.superior),
        issuer=tuple(line.upper() for line in house.issuer),
        number_line=f"Số: {document_number(house.number)}/{house.symbol}",
        date_line=f"{house.place}, {date_words(house.issued_on, year)}",
    )


def signature(signing: Signing) -> Signature:
    """The lines above the name, e.g. "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"."""
    lines: list[str] = []
    if signing.body:
        lines.append(f"TM. {signing.body}")
    lines.append(f"{_BEFORE_TITLE.get(signing.mode, '')}{signing.head_title}")
    if signing.mode in {"deputy", "authorised", "by_order"}:
        lines.append(signing.signer_title)
    return Signature(tuple(line.upper() for line in lines if line), signing.name)


def seal(fingerprint: str, verify_address: str = "") -> Seal:
    """The fingerprint with what a reader does with it. ValueError when it is not a sha256."""
    if not re.fullmatch(r"[0-9a-f]{64}", fingerprint):
        raise ValueError("the fingerprint is not a sha256 in lower-case hexadecimal")
    asked = "Quét mã QR để" if verify_address else "Mã QR chứa mã đối chiếu này; dùng để"
    return Seal(
        fingerprint=fingerprint,
        verify_text=(
            f"{asked} kiểm tra kết quả tại văn bản này đúng với số liệu đã được phê duyệt trên hệ"
            " thống. Thay đổi bất kỳ số liệu nào cũng làm mã đối chiếu thay đổi."
        ),
        qr_text=verify_address or fingerprint,
    )


def points(value: Decimal, decimals: int, *, signed: bool = False) -> str:
    """`value` rounded half up for the paper, with a decimal comma; `signed` shows a plus."""
    plus = "+" if signed and rounded(value, decimals) > 0 else ""
    return plus + show(value, decimals)


def count(number: int) -> str:
    """A count with a point between thousands: 4.000."""
    return f"{number:,}".replace(",", ".")


def date_words(day: date | None, year: int) -> str:
    """ "ngày 05 tháng 02 năm 2021"; blanks for day and month, and `year`, while there is no date.

    Decree 30/2020: a zero before days under 10 and before months 1 and 2.
    """
    if day is None:
        return f"ngày{BLANK}tháng{BLANK}năm {year}"
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def document_number(number: str) -> str:
    """The number of a paper: a zero before those under 10, a blank while there is none."""
    return number.zfill(2) if number else BLANK


def in_sentence(group: str) -> str:
    """A group's name as it stands inside a sentence: "các sở, ban, ngành và …"."""
    # "Ủy ban nhân dân" is written with a capital wherever it stands.
    if group.startswith("Ủy ban"):
        return group
    return f"các {group[:1].lower()}{group[1:]}"


def capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def roman(number: int) -> str:
    """The Roman numeral of an annex, 1 to 49."""
    if not 0 < number < 50:
        raise ValueError(f"no annex has the number {number}")
    letters = ""
    for value, numeral in _ROMAN:
        while number >= value:
            letters += numeral
            number -= value
    return letters


def listed(lines: Sequence[str]) -> tuple[str, ...]:
    """Each line ends in a semicolon, the last in a full stop."""
    bare = [line.rstrip().rstrip(";.,").rstrip() for line in lines]
    return tuple(f"{line}{';' if n < len(bare) else '.'}" for n, line in enumerate(bare, 1))


def basis(line: str) -> str:
    """A basis with the word that the decree opens it with, unless it was typed."""
    text = line.strip()
    if text.startswith(("Căn cứ", "Theo ", "Xét ", "Thực hiện ")):
        return text
    return f"Căn cứ {text}"
