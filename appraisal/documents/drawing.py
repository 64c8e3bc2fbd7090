"""Tables set by hand, drawn with their tags into the space that the engine left for them.

One table is one element however many pages it goes over: its header is told once, and is part of
the page where it is repeated. The letters are drawn with a font of their own beside the engine's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import md5
from itertools import groupby
from typing import Any, Final

import pydyf  # type: ignore[import-untyped]

from appraisal.documents.engine import Place
from appraisal.documents.official import Column
from appraisal.documents.setting import (
    LEADING,
    PAD_ABOVE,
    RULE,
    SIZE,
    Cell,
    Leaf,
    Setting,
    Strip,
    beside,
)
from appraisal.documents.structure import Structure
from appraisal.documents.typeface import Face, Font, Weight, face

SPACE_TAG: Final = "Art"
"""How the engine tags the space left for a leaf (the HTML element `article`)."""

_BLACK: Final = b"0 0 0 rg 0 0 0 RG"


@dataclass(frozen=True)
class Placed:
    """A set table, where each of its leaves begins, and how many spaces the engine left for it."""

    setting: Setting
    leaves: tuple[Leaf, ...]
    places: tuple[Place, ...]
    spaces: int


def draw(pdf: Any, structure: Structure, tables: Sequence[Placed]) -> None:
    """Draw the tables, in their order, into the objects of a PDF about to be written."""
    fonts = _Fonts(pdf)
    spaces = iter(structure.elements(SPACE_TAG))
    for table in tables:
        _Table(structure, fonts, table, [next(spaces) for _n in range(table.spaces)]).draw()
    fonts.embed(structure)


class _Table:
    """One table while it is being drawn."""

    def __init__(
        self, structure: Structure, fonts: _Fonts, table: Placed, spaces: Sequence[Any]
    ) -> None:
        self._structure = structure
        self._fonts = fonts
        self._setting = table.setting
        self._leaves = list(zip(table.leaves, table.places, strict=True))
        self._element, *others = spaces
        for space in others:
            structure.remove(space)
        self._head = structure.add()
        self._body = structure.add()
        self._rows: list[_Row] = []

    def draw(self) -> None:
        for number, (leaf, place) in enumerate(self._leaves):
            self._draw_leaf(leaf, place, first=number == 0)
        head, *rows = self._rows
        parent = self._element.reference
        self._head.data = _element(b"THead", parent, [head.close()])
        self._body.data = _element(b"TBody", parent, [row.close() for row in rows])
        self._element["S"] = "/Table"
        self._element["K"] = pydyf.Array([self._head.reference, self._body.reference])

    def _draw_leaf(self, leaf: Leaf, place: Place, *, first: bool) -> None:
        page = _Page(self._structure, self._fonts, self._setting, place)
        page.rules(leaf)
        top = RULE
        header = self._setting.header
        if first:
            self._rows.append(_Row(self._structure, self._head.reference, b"TH"))
            page.row(header, top, self._rows[-1])
        else:
            page.row(header, top, None)
        top += header.height
        for strip in leaf.strips:
            if strip.begins:
                self._rows.append(_Row(self._structure, self._body.reference, b"TD"))
            page.row(strip, top, self._rows[-1])
            top += strip.height


class _Row:
    """The element of one row and those of its cells, which may own pieces of several pages."""

    def __init__(self, structure: Structure, parent: bytes, tag: bytes) -> None:
        self._structure = structure
        self._parent = parent
        self.tag = tag
        self._element = structure.add()
        self._cells: list[tuple[Any, list[tuple[bytes, int]]]] = []

    def cell(self, column: int) -> bytes:
        """The reference of the cell's element."""
        while len(self._cells) <= column:
            self._cells.append((self._structure.add(), []))
        reference: bytes = self._cells[column][0].reference
        return reference

    def own(self, column: int, page: bytes, piece: int) -> None:
        """The marked piece of a page is of the cell in that column."""
        self._cells[column][1].append((page, piece))

    def close(self) -> bytes:
        """Spell the row; its reference."""
        scope = b"/A <</O /Table/Scope /Column>>" if self.tag == b"TH" else b""
        for cell, pieces in self._cells:
            kids = [b"<</Type /MCR/Pg %s/MCID %d>>" % piece for piece in pieces]
            cell.data = _element(self.tag, self._element.reference, kids, scope)
        self._element.data = _element(
            b"TR", self._parent, [cell.reference for cell, _pieces in self._cells]
        )
        reference: bytes = self._element.reference
        return reference


class _Page:
    """One page while a leaf is drawn on it."""

    def __init__(self, structure: Structure, fonts: _Fonts, setting: Setting, place: Place) -> None:
        self._fonts = fonts
        self._setting = setting
        self._owners = structure.owners(place.page)
        self._content = structure.content(place.page)
        page = structure.page(place.page)
        self._reference: bytes = page.reference
        self._x = place.x
        self._top = page["MediaBox"][3] - place.top
        # The engine's drawing turns the page upside down and leaves it so.
        if self._content[:1] != [b"q"]:
            self._content.insert(0, b"q")
            self._content.append(b"Q")
        self._content.append(_BLACK)

    def rules(self, leaf: Leaf) -> None:
        setting = self._setting
        self._content.append(b"/Artifact BMC %s w" % _number(RULE))
        y = self._top - RULE / 2
        for height in (0.0, setting.header.height, *(strip.height for strip in leaf.strips)):
            y -= height
            self._content.append(_stroke(self._x, y, self._x + setting.width, y))
        for edge in setting.edges:
            x = self._x + edge
            self._content.append(_stroke(x, self._top, x, self._top - leaf.height))
        self._content.append(b"EMC")

    def row(self, strip: Strip, top: float, row: _Row | None) -> None:
        """Draw a row whose upper rule ends at `top` below the leaf's; None: only repeated."""
        setting = self._setting
        used = face("Bold" if strip.bold else "Regular")
        for n, (cell, column) in enumerate(zip(strip.cells, setting.table.columns, strict=True)):
            owner = b"" if row is None else row.cell(n)
            if not cell.lines:
                continue
            if row is None:
                self._content.append(b"/Artifact <</Type /Pagination>> BDC")
            else:
                piece = len(self._owners)
                self._owners.append(owner)
                row.own(n, self._reference, piece)
                self._content.append(b"/%s <</MCID %d>> BDC" % (row.tag, piece))
            self._content.append(b"BT")
            self._content.extend(self._lines(cell, strip, column, n, top, used))
            self._content.append(b"ET EMC")

    def _lines(
        self, cell: Cell, strip: Strip, column: Column, number: int, top: float, used: Face
    ) -> Iterator[bytes]:
        heads = strip is self._setting.header
        left, right = beside(column, heads=heads)
        begin = self._setting.edges[number] + RULE / 2 + left
        end = self._setting.edges[number + 1] - RULE / 2 - right
        align = "center" if heads else column.align
        free = strip.height - RULE - 2 * PAD_ABOVE - len(cell.lines) * LEADING
        baseline = top + PAD_ABOVE + free / 2 + _above_baseline(used)
        for text, width in cell.lines:
            x = {"left": begin, "center": (begin + end - width) / 2, "right": end - width}[align]
            yield b"1 0 0 1 %s %s Tm %s" % (
                _number(self._x + x),
                _number(self._top - baseline),
                self._fonts.spelled(text, used),
            )
            baseline += LEADING


def _above_baseline(used: Face) -> float:
    """From the top of a line to its letters' feet: half the leading's surplus, and the ascent."""
    return (LEADING - (used.ascent + used.descent) * SIZE) / 2 + used.ascent * SIZE


class _Fonts:
    """The fonts of the set tables: which letters are used, and the parts that hold them."""

    def __init__(self, pdf: Any) -> None:
        self._pdf = pdf
        self._used: dict[str, tuple[Font, dict[int, str]]] = {}
        self._spelled: dict[tuple[str, Weight], bytes] = {}

    def spelled(self, text: str, face: Face) -> bytes:
        """The operators that show the text, font after font."""
        key = (text, face.weight)
        if key not in self._spelled:
            runs = groupby(text, key=face.home)
            self._spelled[key] = b" ".join(self._run(font, letters) for font, letters in runs)
        return self._spelled[key]

    def _run(self, font: Font, letters: Iterable[str]) -> bytes:
        _font, used = self._used.setdefault(font.name, (font, {}))
        numbers = []
        for letter in letters:
            used.setdefault(font.glyphs[letter], letter)
            numbers.append(f"{font.glyphs[letter]:04x}")
        return f"/{font.name} {SIZE:g} Tf <{''.join(numbers)}> Tj".encode()

    def embed(self, structure: Structure) -> None:
        """Put the fonts into the file and make them known to its pages."""
        if not self._used:
            return
        known = structure.at(structure.at(structure.page(0)["Resources"])["Font"])
        for name, (font, letters) in self._used.items():
            known[name] = self._font(font, dict(sorted(letters.items())))

    def _font(self, font: Font, letters: dict[int, str]) -> bytes:
        part = font.part(letters)
        tag = "".join(chr(65 + byte % 26) for byte in md5(part, usedforsecurity=False).digest()[:6])
        name = f"/{tag}+{font.name.removesuffix('-Regular')}"
        file = self._add(pydyf.Stream([part], {"Length1": len(part)}, compress=True))
        descriptor = self._add(
            pydyf.Dictionary(
                {
                    "Type": "/FontDescriptor",
                    "FontName": name,
                    "FontFamily": pydyf.String(font.name.partition("-")[0]),
                    "Flags": 4,
                    "FontBBox": pydyf.Array(font.box),
                    "ItalicAngle": 0,
                    "Ascent": round(font.ascent * 1000),
                    "Descent": -round(font.descent * 1000),
                    "CapHeight": round(font.ascent * 1000),
                    "StemV": 80,
                    "FontFile2": file,
                }
            )
        )
        inner = self._add(
            pydyf.Dictionary(
                {
                    "Type": "/Font",
                    "Subtype": "/CIDFontType2",
                    "BaseFont": name,
                    "CIDSystemInfo": pydyf.Dictionary(
                        {
                            "Registry": pydyf.String("Adobe"),
                            "Ordering": pydyf.String("Identity"),
                            "Supplement": 0,
                        }
                    ),
                    "CIDToGIDMap": "/Identity",
                    "W": pydyf.Array(_widths(font, letters)),
                    "FontDescriptor": descriptor,
                }
            )
        )
        unicode = self._add(pydyf.Stream([_to_unicode(letters)], compress=True))
        return self._add(
            pydyf.Dictionary(
                {
                    "Type": "/Font",
                    "Subtype": "/Type0",
                    "BaseFont": name,
                    "Encoding": "/Identity-H",
                    "DescendantFonts": pydyf.Array([inner]),
                    "ToUnicode": unicode,
                }
            )
        )

    def _add(self, item: Any) -> bytes:
        self._pdf.add_object(item)
        reference: bytes = item.reference
        return reference


def _widths(font: Font, letters: dict[int, str]) -> Iterator[Any]:
    for glyph, letter in letters.items():
        yield glyph
        yield pydyf.Array([round(font.widths[letter] * 1000, 3)])


def _to_unicode(letters: dict[int, str]) -> bytes:
    """The table from glyphs back to letters, for whoever copies or searches the text."""
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo <</Registry (Adobe)/Ordering (UCS)/Supplement 0>> def",
        "/CMapName /Adobe-Identity-UCS def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<0000> <ffff>",
        "endcodespacerange",
    ]
    items = list(letters.items())
    for begin in range(0, len(items), 100):
        batch = items[begin : begin + 100]
        lines.append(f"{len(batch)} beginbfchar")
        lines += [f"<{glyph:04x}> <{letter.encode('utf-16-be').hex()}>" for glyph, letter in batch]
        lines.append("endbfchar")
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lines).encode()


def _element(tag: bytes, parent: bytes, kids: Sequence[bytes], more: bytes = b"") -> bytes:
    return b"<</Type /StructElem/S /%s/P %s/K [%s]%s>>" % (tag, parent, b" ".join(kids), more)


def _stroke(x0: float, y0: float, x1: float, y1: float) -> bytes:
    return b"%s %s m %s %s l S" % tuple(_number(value) for value in (x0, y0, x1, y1))


def _number(value: float) -> bytes:
    return f"{value:.3f}".rstrip("0").rstrip(".").encode()
