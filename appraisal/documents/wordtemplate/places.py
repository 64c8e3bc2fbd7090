"""Where something stands in a Word file, said so that a clerk finds it: "bảng 2, dòng 3, ô 1".

Paragraphs outside tables are counted from the top of the text and quoted; headers and footers are
counted by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from appraisal.documents.wordtemplate.filling import WORD, running_parts

QUOTED: Final = 40
"""Characters of a paragraph that are quoted."""
P, TABLE, ROW, CELL, TEXT, RUN = (
    f"{{{WORD}}}{name}" for name in ("p", "tbl", "tr", "tc", "t", "r")
)
TEXT_BOX: Final = f"{{{WORD}}}txbxContent"
_HEADER, _FOOTER = f"{{{WORD}}}hdr", f"{{{WORD}}}ftr"


@dataclass(frozen=True)
class Spot:
    """One paragraph and where it stands; `is_running`: in a header or footer."""

    paragraph: Any
    where: str
    is_running: bool

    def texts(self) -> list[Any]:
        """The text nodes of the paragraph itself, without those of a text box in it."""
        return [
            node
            for node in self.paragraph.iter(TEXT)
            if next(node.iterancestors(P)) is self.paragraph
        ]

    @property
    def text(self) -> str:
        return "".join(node.text or "" for node in self.texts())


def text_of(element: Any) -> str:
    """All text below the element."""
    return "".join(node.text or "" for node in element.iter(TEXT))


def parts_of(document: Any) -> list[tuple[Any, str]]:
    """The root of the text and of every header and footer, each with its name."""
    found = [(document.element.body, "")]
    counts = {_HEADER: 0, _FOOTER: 0}
    for part in running_parts(document):
        tag = part.element.tag
        counts[tag] = counts.get(tag, 0) + 1
        found.append((part.element, f"{'đầu' if tag == _HEADER else 'chân'} trang {counts[tag]}"))
    return found


def spots(root: Any, name: str) -> Iterator[Spot]:
    """Every paragraph below `root`, in the order of the text; `name` is empty for the text."""
    paragraphs = tables = 0
    for element in root.iter(P, TABLE):
        if next(element.iterancestors(CELL, TEXT_BOX), None) is not None:
            continue
        if element.tag == TABLE:
            tables += 1
            yield from _of_table(element, tables, name)
            continue
        paragraphs += 1
        spot = Spot(element, "", bool(name))
        yield Spot(element, name or f"đoạn {paragraphs}{_quoted(spot.text)}", bool(name))


def _of_table(table: Any, number: int, name: str) -> Iterator[Spot]:
    begin = f"{name}, bảng {number}" if name else f"bảng {number}"
    for row_number, row in enumerate(_direct(table, ROW), 1):
        for cell_number, cell in enumerate(_direct(row, CELL), 1):
            where = f"{begin}, dòng {row_number}, ô {cell_number}"
            for paragraph in cell.iter(P):
                if next(paragraph.iterancestors(TEXT_BOX), None) is None:
                    yield Spot(paragraph, where, bool(name))


def _direct(element: Any, tag: str) -> Iterator[Any]:
    """Descendants of that kind that no other of their kind lies around, within `element`."""
    for found in element.iter(tag):
        if next(found.iterancestors(tag, element.tag)) is element:
            yield found


def _quoted(text: str) -> str:
    short = " ".join(text.split())
    if len(short) > QUOTED:
        short = f"{short[:QUOTED]}…"
    return f" “{short}”" if short else ""
