"""Blocks of a paper as Word's own elements, built without any markup of the texts.

Every text becomes the text of a node; nothing here is parsed out of it. A row is a copy of a
pattern that is made once, so that thousands of rows take less than a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from docx.oxml import parse_xml

from appraisal.documents.docx import styles
from appraisal.documents.docx.styles import FRAME, MILLIMETRE, NO_MARGINS, POINT, WORD
from appraisal.documents.official import (
    Annex,
    Block,
    Facts,
    Official,
    Paragraph,
    Table,
)
from appraisal.documents.wordtemplate.filling import set_text

NOTICE: Final = "Bộ tiêu chí minh họa - không phải kết quả chính thức"
SEAL_TITLE: Final = "Mã đối chiếu kết quả (SHA-256)"
FACT_SHARES: Final = (35, 65)
QR_COLUMN: Final = 31 * MILLIMETRE

_P, _R, _T, _RPR, _PPR = (f"{{{WORD}}}{name}" for name in ("p", "r", "t", "rPr", "pPr"))
_VAL: Final = f"{{{WORD}}}val"
_BREAKS: Final = re.compile(r"[\t\n]+")
_BOLD: Final = "<w:rPr><w:b/><w:bCs/></w:rPr>"
_CELL_MARGINS: Final = "<w:tblCellMar>" + "".join(
    f'<w:{side} w:w="{points * POINT:.0f}" w:type="dxa"/>'
    for side, points in (("top", 2.5), ("left", 1), ("bottom", 2.5), ("right", 1))
) + "</w:tblCellMar>"  # fmt: skip
_BORDERS: Final = "<w:tblBorders>" + "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
) + "</w:tblBorders>"  # fmt: skip

Element = Any


class Writer:
    """Writes blocks in the styles of one document; `names` is the identifier of each by name."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def blocks(self, blocks: Sequence[Block], width: int) -> list[Element]:
        """The blocks, `width` twips wide.

        A sentence that announces a table stands on the page where the table begins.
        """
        elements: list[Element] = []
        for place, block in enumerate(blocks, 1):
            elements.extend(self._block(block, width))
            following = blocks[place] if place < len(blocks) else None
            if isinstance(block, Paragraph) and isinstance(following, Table):
                elements[-1].get_or_add_pPr().get_or_add_keepNext()
        return elements

    def annex(self, annex: Annex, width: int, *, illustrative: bool) -> list[Element]:
        """An annex from its number to its last block."""
        head = [
            self.paragraph(styles.ANNEX_NUMBER, annex.heading),
            self.paragraph(styles.ANNEX_TITLE, annex.title),
        ]
        if annex.subtitle:
            head.append(self.paragraph(styles.ANNEX_OF, annex.subtitle))
        if illustrative:
            head.append(self.framed(styles.NOTICE, NOTICE))
        return [*head, *self.blocks(annex.blocks, width)]

    def seal(self, paper: Official, picture: Element, width: int) -> list[Element]:
        """The QR code with the fingerprint beside it; `picture` is the drawing of the code."""
        assert paper.seal is not None
        groups = paper.seal.groups
        half = (len(groups) + 1) // 2
        widths = (QR_COLUMN, width - QR_COLUMN)
        table = _table(widths, "", NO_MARGINS)
        row = self._pattern(widths, (styles.SEAL, styles.SEAL))
        left, right = row.findall(f"{{{WORD}}}tc")
        run = left.find(f"{_P}/{_R}")
        run.remove(run.find(_T))
        run.append(picture)
        right.remove(right.find(_P))
        right.append(self.paragraph(styles.SEAL, "", lead=SEAL_TITLE))
        right.append(
            self.paragraph(
                styles.FINGERPRINT, "\n".join((" ".join(groups[:half]), " ".join(groups[half:])))
            )
        )
        right.append(self.paragraph(styles.SEAL, paper.seal.verify_text))
        table.append(row)
        return [table, self.space()]

    def paragraph(self, style: str, text: str, *, lead: str = "") -> Element:
        """A paragraph; `lead` are its first words, in bold. A line break stays one."""
        element = parse_xml(f'<w:p xmlns:w="{WORD}"><w:pPr><w:pStyle/></w:pPr></w:p>')
        element.find(f"{_PPR}/{{{WORD}}}pStyle").set(_VAL, self._names[style])
        if lead:
            element.append(_run(lead, bold=True))
            text = f" {text}" if text else ""
        if text:
            element.append(_run(text))
        return element

    def framed(self, style: str, text: str) -> Element:
        """A paragraph whose words stand in a frame."""
        element = self.paragraph(style, text)
        element.find(_R).insert(0, parse_xml(f'<w:rPr xmlns:w="{WORD}">{FRAME}</w:rPr>'))
        return element

    def space(self) -> Element:
        """What stands between a table and whatever follows: two tables side by side would merge."""
        return self.paragraph(styles.SPACE, "")

    def _block(self, block: Block, width: int) -> Iterator[Element]:
        if isinstance(block, Paragraph):
            yield self.paragraph(styles.ROLES[block.role], flat(block.text), lead=flat(block.lead))
            return
        if isinstance(block, Facts):
            yield self._facts(block, width)
        else:
            if block.caption:
                yield self.paragraph(styles.CAPTION, flat(block.caption))
            yield self._figures(block, width)
        yield self.space()

    def _facts(self, facts: Facts, width: int) -> Element:
        whole = sum(FACT_SHARES)
        widths = [width * share / whole for share in FACT_SHARES]
        table = _table(widths, "", NO_MARGINS)
        pattern = self._pattern(widths, (styles.FACT, styles.FACT), stand="top")
        for pair in facts.pairs:
            table.append(_filled(pattern, pair))
        return table

    def _figures(self, table: Table, width: int) -> Element:
        whole = sum(column.share for column in table.columns)
        widths = [width * column.share / whole for column in table.columns]
        element = _table(widths, _BORDERS, _CELL_MARGINS)
        labels = tuple(column.label for column in table.columns)
        head = self._pattern(widths, (styles.HEADER_CELL,) * len(labels), header=True)
        element.append(_filled(head, labels))
        of = tuple(styles.CELLS[column.align] for column in table.columns)
        patterns = {
            "row": self._pattern(widths, of),
            "field": self._pattern(widths, of, bold=True, keep=True),
            "total": self._pattern(widths, of, bold=True),
        }
        last = len(table.rows) - 1
        for place, row in enumerate(table.rows):
            # Nothing follows the last row that it could be kept with.
            role = "total" if row.role == "field" and place == last else row.role
            element.append(_filled(patterns[role], row.cells))
        return element

    def _pattern(
        self,
        widths: Sequence[float],
        of: Sequence[str],
        *,
        header: bool = False,
        bold: bool = False,
        keep: bool = False,
        stand: str = "center",
    ) -> Element:
        """A row whose texts are still empty; `of` is the style of each cell."""
        weight = _BOLD if bold else ""
        following = "<w:keepNext/>" if keep else ""
        cells = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width:.0f}" w:type="dxa"/><w:vAlign w:val="{stand}"/>'
            f"</w:tcPr><w:p><w:pPr><w:pStyle w:val={quoteattr(self._names[style])}/>{following}"
            f'</w:pPr><w:r>{weight}<w:t xml:space="preserve"/></w:r></w:p></w:tc>'
            for width, style in zip(widths, of, strict=True)
        )
        repeated = "<w:tblHeader/>" if header else ""
        return parse_xml(
            f'<w:tr xmlns:w="{WORD}"><w:trPr><w:cantSplit/>{repeated}</w:trPr>{cells}</w:tr>'
        )


def _table(widths: Sequence[float], borders: str, margins: str) -> Element:
    columns = [round(width) for width in widths]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    return parse_xml(
        f'<w:tbl xmlns:w="{WORD}"><w:tblPr><w:tblW w:w="{sum(columns)}" w:type="dxa"/>'
        f'<w:jc w:val="center"/>{borders}<w:tblLayout w:type="fixed"/>'
        f"{margins}</w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid></w:tbl>"
    )


def flat(text: str) -> str:
    """The text on one line: only what is laid out by us breaks lines."""
    return _BREAKS.sub(" ", text)


def _run(text: str, *, bold: bool = False) -> Element:
    weight = _BOLD if bold else ""
    run = parse_xml(f'<w:r xmlns:w="{WORD}">{weight}<w:t/></w:r>')
    set_text(run.find(_T), text)
    return run


def _filled(pattern: Element, cells: Sequence[str]) -> Element:
    row = deepcopy(pattern)
    for node, cell in zip(row.iter(_T), cells, strict=True):
        node.text = flat(cell)
    return row
