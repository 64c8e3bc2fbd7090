"""From a cell to a value: clean text, comparable codes, strict points.

The rules for points are the same for a workbook and for a form: up to four digits, comma or point,
up to two decimals; never a sign, an exponent, a thousands separator or a non-ASCII digit.
"""

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from appraisal.workbooks.table import Cell, Kind

POINTS_TEXT = re.compile(r"[0-9]{1,4}([.,][0-9]{1,2})?")
STORED_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")
CENT = Decimal("0.01")
# A spreadsheet stores 0.1 + 0.2 as 0.30000000000000004: nearer than this it is the same number.
FLOAT_NOISE = Decimal("1e-9")
MAX_POINTS = Decimal("9999.99")
SHOWN_CHARACTERS = 60
SHOWN_BOOLEANS = {"1": "TRUE", "0": "FALSE"}
# Day 0 of the 1900 date system, moved by one for the leap day of 1900 that never was.
DATE_ZERO = date(1899, 12, 30)
LAST_DATE_SERIAL = 2958465


# Controls but tab and line feed, halves of surrogate pairs, and what is no character at all.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Unreadable(ValueError):
    """A value that breaks a rule; the message is the rule, a Vietnamese sentence."""


def clean_text(text: str) -> str:
    """NFC, line ends as \\n, without outer space and without what XML or a database refuses.

    That is control characters, halves of surrogate pairs, U+FFFE and U+FFFF.
    """
    if not _UNFIT.search(text) and unicodedata.is_normalized("NFC", text):
        return text.strip()  # nearly every text; letter by letter is for the others
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        c
        for c in text
        if c in "\n\t" or (c not in "\ufffe\uffff" and unicodedata.category(c) not in ("Cc", "Cs"))
    )
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def compared(text: str) -> str:
    """The form under which headers and names are the same: NFC, casefold, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def code_key(code: str) -> str:
    """The form under which codes collide: NFKC, casefold, no space, no invisible character."""
    text = unicodedata.normalize("NFKC", code).casefold()
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf")


def code_text(cell: Cell) -> str:
    """A code as text; a number loses the zeros that its program would not have kept.

    Raises Unreadable for a date, a truth value, an error.
    """
    if cell.kind is Kind.NUMBER:
        number = stored_number(cell.text)
        if number is None or number.adjusted() > 10:
            raise Unreadable("Mã không phải là số hợp lệ. Hãy định dạng cột mã thành Văn bản.")
        return f"{number.normalize():f}"
    if cell.kind is Kind.TEXT:
        return clean_text(cell.text)
    if cell.kind is Kind.FORMULA:
        raise Unreadable(NO_FORMULA)
    raise Unreadable(
        "Mã đã bị bảng tính đổi thành ngày, tỷ lệ hoặc giá trị khác."
        " Hãy định dạng cột mã thành Văn bản rồi gõ lại."
    )


NO_FORMULA = (
    "Tệp nhập không được có công thức. Hãy sao chép rồi dán lại dạng Giá trị (Paste values)."
)


def points(cell: Cell) -> Decimal:
    """Points of a cell, 0…9999.99 with two decimals, exactly as shown.

    Raises Unreadable with the rule that the value breaks.
    """
    if cell.kind is Kind.FORMULA:
        raise Unreadable(NO_FORMULA)
    if cell.kind is Kind.DATE:
        raise Unreadable("Bảng tính đã đổi ô điểm thành ngày. Hãy định dạng ô thành Số và gõ lại.")
    if cell.kind is Kind.BOOLEAN:
        raise Unreadable("Ô điểm là giá trị đúng/sai. Hãy gõ một số, ví dụ 0,75.")
    if cell.kind is Kind.ERROR:
        raise Unreadable("Ô điểm là lỗi của bảng tính. Hãy gõ một số, ví dụ 0,75.")
    if cell.kind is Kind.TEXT:
        text = cell.text.strip()
        if not text:
            raise Unreadable("Ô điểm còn trống. Hãy gõ một số, ví dụ 0,75.")
        if not POINTS_TEXT.fullmatch(text):
            raise Unreadable(
                "Điểm phải là số từ 0 đến 9999,99, tối đa 2 chữ số thập phân, không dấu phân cách"
                " hàng nghìn, ví dụ 0,75."
            )
        return Decimal(text.replace(",", ".")).quantize(CENT)
    number = stored_number(cell.text)
    if number is None:
        raise Unreadable("Ô điểm không chứa một số hữu hạn. Hãy gõ lại, ví dụ 0,75.")
    if number.is_signed():
        raise Unreadable("Điểm không được âm.")
    if number > MAX_POINTS:
        raise Unreadable("Điểm không được lớn hơn 9999,99.")
    rounded = number.quantize(CENT)
    if abs(number - rounded) >= FLOAT_NOISE:
        raise Unreadable("Điểm có quá 2 chữ số thập phân.")
    return rounded


def stored_number(text: str) -> Decimal | None:
    """The number that a workbook stores, or None when it is not a finite one."""
    if not STORED_NUMBER.fullmatch(text):
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    # Spreadsheets hold doubles: what overflows there is not a number here.
    return number if number.adjusted() < 308 else None


def decimal_text(number: Decimal) -> str:
    """A number as a Vietnamese reads it: decimal comma, no idle zeros."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", ",")


def shown(cell: Cell) -> str:
    """The value as the person who typed it sees it, cut to a line."""
    if cell.kind is Kind.PERCENT and (number := stored_number(cell.text)) is not None:
        if abs(number.adjusted()) > 20:
            return cell.text[:SHOWN_CHARACTERS]
        percent = (number * 100).normalize()
        return f"{decimal_text(number)} (hiển thị {decimal_text(percent)}%)"
    text = cell.text
    if cell.kind is Kind.DATE:
        number = stored_number(text)
        if number is not None and 0 < number < LAST_DATE_SERIAL:
            text = (DATE_ZERO + timedelta(days=int(number))).strftime("%d/%m/%Y")
    elif cell.kind is Kind.FORMULA:
        text = f"công thức, kết quả {text}" if text else "công thức"
    elif cell.kind is Kind.BOOLEAN:
        text = SHOWN_BOOLEANS.get(text, text)
    elif cell.kind is Kind.NUMBER:
        text = text.replace(".", ",")
    text = " ".join(clean_text(text).split())
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
