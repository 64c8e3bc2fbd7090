"""Texts that XlsxWriter writes: what it does not promise by itself, for every workbook going out.

XlsxWriter copies a text between `<r>` and `</r>` into the sheet as finished XML, so that a user
could write cells and formulas of an own; and it cuts what is longer than a cell without a word.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from xlsxwriter.worksheet import Worksheet

MOST_UNITS: Final = 32_767
"""How much a cell holds, counted as spreadsheet programs count: in units of UTF-16."""

_UNIT: Final = 2
_HIGH_SURROGATES: Final = range(0xD8, 0xDC)
_INSIDE_ESCAPE: Final = re.compile(r"(?<=_)(?=x[0-9A-Fa-f]{4}_)")


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
