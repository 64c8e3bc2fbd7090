"""Tables set by hand: where each line, row and page of a table stands, before it is drawn.

A table of thousands of cells is the slowest thing a layout engine of the general kind can be given.
Ours is of one kind: columns of fixed widths, one size of type, text and nothing else. So its lines
are broken here by the widths of the letters, and the engine is left with the space that a page's
part takes (a `Leaf`). Lengths are in points. What the table looks like elsewhere, where the engine
lays it out, is in static/print/official.css; the tests hold both to the same places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from appraisal.documents.official import Column, Table
from appraisal.documents.typeface import ZERO_WIDTH_SPACE, Face, face

SIZE: Final = 12.0
LEADING: Final = 14.4
RULE: Final = 0.5
PAD_ABOVE: Final = 2.5
PAD_BESIDE: Final = 1.0
PAD_TEXT: Final = 4.0
"""On the side where text of a column begins."""

# Blanks that the engine would fold into one; a no-break space is not among them.
_BLANKS: Final = re.compile(r"[ \t\n\r\f]+")
# Pieces that may end a line: a word with its blank or zero-width space, or up to a dash or stroke
# that is not the sign or part of a figure (Unicode Annex 14: SP, ZW, HY, BA, SY).
_PIECES: Final = re.compile(
    rf"[^ {ZERO_WIDTH_SPACE}\-\u2013/]*(?:[\-\u2013/]+(?=\d)[^ {ZERO_WIDTH_SPACE}\-\u2013/]*)*"
    rf"(?:[\-\u2013/]+|[ {ZERO_WIDTH_SPACE}]+|$)"
)


@dataclass(frozen=True)
class Cell:
    """The lines of one cell, each with its width."""

    lines: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Strip:
    """A row, or so many lines of one that is taller than a page.

    `row` counts the table's rows from 0. `begins` is false where a row goes on.
    """

    row: int
    cells: tuple[Cell, ...]
    height: float
    bold: bool
    begins: bool = True


@dataclass(frozen=True)
class Leaf:
    """The part of a table on one page, under the repeated header; `height` with its rules."""

    strips: tuple[Strip, ...]
    height: float


def can_set(table: Table, width: float, page: float) -> bool:
    """Whether the table is plain enough to be set here: each letter, and a header to be repeated.

    `page` is the height of a page's text.
    """
    plain, bold = face("Regular"), face("Bold")
    return (
        all(bold.covers(folded(column.label)) for column in table.columns)
        and all(
            (bold if row.role in _BOLD else plain).covers(folded(cell))
            for row in table.rows
            for cell in row.cells
        )
        and Setting(table, width).header.height < page / 2
    )


class Setting:
    """One table set in a given width."""

    def __init__(self, table: Table, width: float) -> None:
        self.table = table
        self.width = width
        self._broken: dict[tuple[str, int, bool], Cell] = {}
        self.header = self._strip(0, [column.label for column in table.columns], heads=True)

    @cached_property
    def edges(self) -> tuple[float, ...]:
        """The middle of each upright rule, from the left edge of the space."""
        whole = sum(column.share for column in self.table.columns)
        edges = [RULE / 2]
        for column in self.table.columns:
            edges.append(edges[-1] + (self.width - RULE) * column.share / whole)
        return tuple(edges)

    @cached_property
    def strips(self) -> tuple[Strip, ...]:
        return tuple(
            self._strip(n, row.cells, role=row.role) for n, row in enumerate(self.table.rows)
        )

    @property
    def height(self) -> float:
        """The height of the whole table on one page."""
        return self._begun + sum(strip.height for strip in self.strips)

    def least(self, page: float) -> float:
        """The least height in which the table can begin: its header and the first rows.

        `page` is the height of a whole page.
        """
        unit = self._units[0] if self._units else ()
        if self._begun + _sum(unit) <= page:
            return self._begun + _sum(unit)
        return self._begun + _sum(unit[:-1]) + _tall(3)

    def beginning(self, height: float) -> Leaf:
        """The first rows up to about such a height, as if on one page of any length."""
        strips: list[Strip] = []
        for unit in self._units:
            if self._begun + _sum(strips) > height:
                break
            strips += unit
        return self._leaf(strips)

    def pieces(self, leaf: Leaf) -> list[float]:
        """The heights of what stays together on a leaf: the header with a first row, then rows."""
        pieces = [self._begun]
        for strip, piece in zip(leaf.strips, self._of_pieces(leaf), strict=True):
            if piece == len(pieces):
                pieces.append(0.0)
            pieces[piece] += strip.height
        return pieces

    def cut(
        self, leaves: tuple[Leaf, ...], number: int, kept: int, page: float
    ) -> tuple[Leaf, ...]:
        """The leaves with only so many pieces on one of them; the rows after go on by pages."""
        strips: list[Strip] = []
        for strip, piece in zip(
            leaves[number].strips, self._of_pieces(leaves[number]), strict=True
        ):
            if piece == kept:
                return (*leaves[:number], self._leaf(strips), *self.leaves(page, page, strip.row))
            strips.append(strip)
        return leaves

    def _of_pieces(self, leaf: Leaf) -> Iterator[int]:
        """For each strip of a leaf the piece that it belongs to, counted from 0."""
        piece = 0
        for n in range(len(leaf.strips)):
            if n and self.table.rows[leaf.strips[n - 1].row].role != "field":
                piece += 1
            yield piece

    def leaves(self, first: float, page: float, start: int = 0) -> tuple[Leaf, ...]:
        """The table over pages: `first` points are left on the first page, `page` on the next.

        `first` is `least` or more. `start` is the first row, which begins what stays together.
        """
        leaves: list[Leaf] = []
        strips: list[Strip] = []
        height, room = self._begun, first
        for unit in self._units:
            if unit[0].row < start:
                continue
            fits = self._begun + _sum(unit) <= page
            # What no page can hold whole begins where it stands, unless hardly a line is left.
            wanted = _sum(unit) if fits else _sum(unit[:-1]) + _tall(3)
            if strips and height + wanted > room:
                leaves.append(self._leaf(strips))
                strips, height, room = [], self._begun, page
            if fits:
                strips += unit
                height += _sum(unit)
                continue
            for strip in self._torn(unit, room - height, page - self._begun):
                if strips and height + strip.height > room:
                    leaves.append(self._leaf(strips))
                    strips, height, room = [], self._begun, page
                strips.append(strip)
                height += strip.height
        return (*leaves, self._leaf(strips))

    def _leaf(self, strips: Sequence[Strip]) -> Leaf:
        return Leaf(tuple(strips), self._begun + _sum(strips))

    @property
    def _begun(self) -> float:
        return RULE + self.header.height

    @cached_property
    def _units(self) -> tuple[tuple[Strip, ...], ...]:
        """Rows that stay together: a field's title with the row below it."""
        units: list[tuple[Strip, ...]] = []
        unit: list[Strip] = []
        for strip, row in zip(self.strips, self.table.rows, strict=True):
            unit.append(strip)
            if row.role != "field":
                units.append(tuple(unit))
                unit = []
        return (*units, tuple(unit)) if unit else tuple(units)

    @staticmethod
    def _torn(unit: tuple[Strip, ...], room: float, page: float) -> Iterator[Strip]:
        """The rows of a unit; one that passes the room goes on, line by line, on the next page."""
        for strip in unit:
            if strip.height <= room:
                yield strip
                room -= strip.height
                continue
            begin, count = 0, max(len(cell.lines) for cell in strip.cells)
            while begin < count:
                end = min(count, begin + max(1, int((room - _tall(0)) / LEADING)))
                yield Strip(
                    row=strip.row,
                    cells=tuple(Cell(cell.lines[begin:end]) for cell in strip.cells),
                    height=_tall(end - begin),
                    bold=strip.bold,
                    begins=begin == 0,
                )
                room = page if end < count else room - _tall(end - begin)
                begin = end

    def _strip(
        self, number: int, texts: Sequence[str], *, role: str = "row", heads: bool = False
    ) -> Strip:
        bold = heads or role in _BOLD
        cells = tuple(
            self._cell(text, n, beside(column, heads=heads), bold)
            for n, (text, column) in enumerate(zip(texts, self.table.columns, strict=True))
        )
        return Strip(number, cells, _tall(max(1, *(len(cell.lines) for cell in cells))), bold)

    def _cell(self, text: str, column: int, pads: tuple[float, float], bold: bool) -> Cell:
        key = (text, column, bold)
        cell = self._broken.get(key)
        if cell is None:
            room = self.edges[column + 1] - self.edges[column] - RULE - sum(pads)
            used = face("Bold" if bold else "Regular")
            cell = self._broken[key] = Cell(tuple(broken(text, used, room / SIZE)))
        return cell


_BOLD: Final = frozenset({"field", "total"})


def _tall(lines: int) -> float:
    """The height of a row of so many lines."""
    return lines * LEADING + 2 * PAD_ABOVE + RULE


def _sum(strips: Sequence[Strip]) -> float:
    return sum(strip.height for strip in strips)


def beside(column: Column, *, heads: bool = False) -> tuple[float, float]:
    """The room between a cell's rules and its text, on the left and on the right."""
    return (
        PAD_TEXT if column.align == "left" and not heads else PAD_BESIDE,
        PAD_TEXT if column.align == "right" and not heads else PAD_BESIDE,
    )


def folded(text: str) -> str:
    """The text with its blanks as the engine shows them."""
    return _BLANKS.sub(" ", text).strip(" ")


def broken(text: str, used: Face, room: float) -> Iterator[tuple[str, float]]:
    """The lines of a text with their widths in points; `room` is in ems.

    A line ends at a blank, a dash, a stroke; inside a word only where the word has no line. The
    blank at which a line ends is kept, for those who read the file aloud, but has no width.
    """
    line, width = "", 0.0
    for piece in _PIECES.findall(folded(text)):
        needed = used.width(piece.rstrip(_ENDS))
        if line and width + needed > room + _HAIR:
            yield _closed(line, used)
            line, width = "", 0.0
        if needed > room + _HAIR:
            *full, line = _cut(piece, used, room)
            for part in full:
                yield _closed(part, used)
            width = used.width(line)
        else:
            line += piece
            width += used.width(piece)
    if line.strip(_ENDS):
        yield _closed(line.rstrip(_ENDS), used)


_ENDS: Final = f" {ZERO_WIDTH_SPACE}"
# Sums of widths in another order differ in the last bits.
_HAIR: Final = 1e-6


def _closed(line: str, used: Face) -> tuple[str, float]:
    line = line.replace(ZERO_WIDTH_SPACE, "")
    return line, used.width(line.rstrip(" ")) * SIZE


def _cut(word: str, used: Face, room: float) -> list[str]:
    """A word wider than a line, cut where each line is full."""
    parts, width = [""], 0.0
    for letter in word:
        own = used.width(letter)
        if parts[-1] and letter not in _ENDS and width + own > room + _HAIR:
            parts.append("")
            width = 0.0
        parts[-1] += letter
        width += own
    return parts
