"""What XlsxWriter does not do by itself, for every workbook that goes out through it.

It copies a text between `<r>` and `</r>` into the sheet as finished XML, so that a user could write
cells and formulas of an own; it cuts what is longer than a cell without a word; and cell by cell it
is slow where a sheet has a row for everything that was ever said.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from appraisal.workbooks.inert import ESCAPE_LOOKALIKE, FORMULA_STARTS
from appraisal.workbooks.values import clean_text

MOST_UNITS: Final = 32_767
"""How much a cell holds, counted as spreadsheet programs count: in units of UTF-16."""

WORDS: Final = {True: "Có", False: "Không"}

# Day 0 of the 1900 date system, moved by one for the leap day of 1900 that never was.
DATE_ZERO: Final = datetime(1899, 12, 30)
DAY: Final = timedelta(days=1)

_UNIT: Final = 2
_HIGH_SURROGATES: Final = range(0xD8, 0xDC)
_INSIDE_ESCAPE: Final = re.compile(r"(?<=_)(?=x[0-9A-Fa-f]{4}_)")
_REMEMBERED: Final = 2_000
_SHORT: Final = 100

Value = str | int | bool | Decimal | datetime | None


class Piece(str):
    """A text that is clean and fits already; the blanks at its ends are part of it."""


def write_text(sheet: Worksheet, row: int, column: int, text: str, style: Any = None) -> None:
    """A clean text that fits its cell, as nothing but a text. Row and column from 0.

    ValueError for a text that does not fit: the caller decides what becomes of the rest.
    """
    if not fits(text):
        raise ValueError("the text is longer than a cell")
    if text.startswith("<r>") and text.endswith("</r>"):
        # In fragments it is escaped; what looks like an escape would be escaped twice, so it is
        # parted, too.
        fragments = [text[0], text[1], *_INSIDE_ESCAPE.split(text[2:])]
        sheet.write_rich_string(row, column, *fragments, *([style] if style else []))
    else:
        sheet.write_string(row, column, text, style)


def serial(moment: datetime) -> float:
    """A moment as spreadsheets count it, whatever its zone says."""
    return (moment.replace(tzinfo=None) - DATE_ZERO) / DAY


def fits(text: str, units: int = MOST_UNITS) -> bool:
    """Whether a text is no longer than so many units."""
    return len(text) * 2 <= units or (len(text) <= units and _length(text) <= units)


def pieces(text: str, units: int = MOST_UNITS) -> Iterator[str]:
    """The text in parts of at most so many units; joined they are the text again."""
    content = text.encode("utf-16-le")
    start = 0
    while start < len(content):
        end = min(start + units * _UNIT, len(content))
        if end < len(content) and content[end - 1] in _HIGH_SURROGATES:
            end -= _UNIT
        yield content[start:end].decode("utf-16-le")
        start = end


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // _UNIT


# --- Many rows -----------------------------------------------------------------------------------
class RowSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter says no types
    """A worksheet of a workbook in constant memory that also takes whole rows as XML.

    It uses what XlsxWriter does not document; the version is pinned and the tests read it back.
    """

    def put_rows(self, first: int, last: int, columns: int, xml: str) -> None:
        """Append rows, from 0, that follow everything that was written before."""
        self._check_dimensions(first, 0)
        self._check_dimensions(last, columns - 1)
        self._write_single_row(last)  # what XlsxWriter still holds of the row before
        self.fh.write(xml)


@dataclass
class Style:
    """How a cell looks, and how where its text begins like a formula; with the XML of the texts
    that come again and again."""

    plain: Format
    quoted: Format
    known: dict[str, str] = field(default_factory=dict)


class TooLong(Exception):
    """A clean text that its cell does not hold."""

    def __init__(self, text: str) -> None:
        super().__init__("the text is longer than a cell")
        self.text = text


def cell_xml(reference: str, value: Value, style: Style) -> str:
    """A cell as XML: a number with all its digits, a text that is never anything else.

    Raises TooLong.
    """
    kind = value.__class__
    if isinstance(value, str):
        known = None if kind is Piece else style.known.get(value)
        return f'<c r="{reference}"{_text_xml(value, style) if known is None else known}'
    number = style.plain._get_xf_index()
    if kind is Decimal:
        return f'<c r="{reference}" s="{number}"><v>{value:f}</v></c>'
    if kind is bool:
        return f'<c r="{reference}"{_text_xml(WORDS[bool(value)], style)}'
    if value is None:
        return f'<c r="{reference}" s="{number}"/>'
    if isinstance(value, datetime):
        value = repr(serial(value))
    return f'<c r="{reference}" s="{number}"><v>{value}</v></c>'


def _text_xml(text: str, style: Style) -> str:
    """What follows the reference of a cell with a text."""
    cleaned = text if text.__class__ is Piece else clean_text(text)
    if not cleaned:
        xml = f' s="{style.plain._get_xf_index()}"/>'
    elif fits(cleaned):
        chosen = style.quoted if cleaned.startswith(FORMULA_STARTS) else style.plain
        # What looks like an escape of the format is escaped itself, so that it reads as typed.
        inner = ESCAPE_LOOKALIKE.sub("_x005F_", cleaned)
        inner = inner.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        xml = (
            f' s="{chosen._get_xf_index()}" t="inlineStr">'
            f'<is><t xml:space="preserve">{inner}</t></is></c>'
        )
    else:
        raise TooLong(cleaned)
    if len(text) <= _SHORT:
        if len(style.known) == _REMEMBERED:
            style.known.clear()
        style.known[text] = xml
    return xml


def letters(columns: int) -> Sequence[str]:
    """The letters of so many columns."""
    return [xl_col_to_name(column) for column in range(columns)]
