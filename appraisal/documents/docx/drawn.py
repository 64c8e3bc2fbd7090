"""How long a drawn line is: by the widths of Times New Roman, which Tinos shares.

A line below a text is a row of underlined blanks in the style "Gạch dưới": it stands in the middle
by itself, whatever the width of its column, and a clerk can lengthen it by a key.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from appraisal.documents.typeface import face

BLANK: Final = "\N{NO-BREAK SPACE}"
BLANK_WIDTH: Final = 2.0
"""Points: a quarter of an em of the eight points of the style."""
UNKNOWN: Final = 0.5
"""Ems that a letter takes which the font does not have."""


def line_below(texts: Iterable[str], part: float, size: float, within: float) -> str:
    """Blanks as long as `part` of the longest line of the bold `texts`, wrapped at `within`.

    `size` and `within` are in points. Empty when there is no text.
    """
    longest = max((longest_line(text, size, within) for text in texts), default=0)
    return BLANK * round(longest * part / BLANK_WIDTH)


def longest_line(text: str, size: float, within: float) -> float:
    """The width in points of the longest line of a bold text that is wrapped at `within`."""
    blank = _width(" ", size)
    longest = current = 0.0
    for word in text.split():
        width = _width(word, size)
        if current and current + blank + width > within:
            current = width
        else:
            current += (blank if current else 0) + width
        longest = max(longest, current)
    return min(longest, within)


def _width(text: str, size: float) -> float:
    bold = face("Bold")
    return size * sum(bold.width(letter) if bold.covers(letter) else UNKNOWN for letter in text)
