"""A filled template becomes the paper: its parts laid in, annexes on pages of their own, dated.

The same paper and template give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
import segno
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm

from appraisal.documents.docx import styles
from appraisal.documents.docx.elements import Element, Writer
from appraisal.documents.docx.styles import LANGUAGE, MILLIMETRE
from appraisal.documents.official import Annex, Official, Paragraph
from appraisal.documents.wordtemplate.filling import MARK

QR_SIZE: Final = Mm(26)
QR_SCALE: Final = 8
"""Pixels of one module: more than 300 to the inch."""
TEXT_WIDTH: Final = round(165 * MILLIMETRE)
"""Twips between the margins of the decree; for a page that does not say its own."""
FIRST_ENTRY: Final = "[Content_Types].xml"
EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
_AFTER_NUMBERING: Final = tuple(
    qn(f"w:{name}")
    for name in (
        "cols", "formProt", "vAlign", "noEndnote", "titlePg", "textDirection", "bidi",
        "rtlGutter", "docGrid", "printerSettings", "sectPrChange",
    )
)  # fmt: skip


def assemble(filled: bytes, paper: Official) -> bytes:
    """The whole paper as a Word file; `filled` is its template with marks for the parts."""
    document = docx.Document(io.BytesIO(filled))
    _Assembly(document, paper).lay_in()
    _describe(document, paper)
    content = io.BytesIO()
    document.save(content)
    return _dated(content.getvalue(), paper.created)


class _Assembly:
    """Replaces the marks of one document by the parts of one paper."""

    def __init__(self, document: Any, paper: Official) -> None:
        self._document = document
        self._body = document.element.body
        self._paper = paper
        self._writer = Writer(styles.names_of(document))
        self._parts: dict[str, Callable[[Element], Iterator[Element]]] = {
            "noi_dung": self._text,
            "phu_luc": self._annexes,
            "niem_phong": self._seal,
        }

    def lay_in(self) -> None:
        style = qn("w:pStyle")
        marks = [
            (node.getparent().getparent(), name)
            for node in self._body.iter(style)
            if (name := node.get(qn("w:val"), "")).startswith(MARK)
        ]
        for mark, name in marks:
            for element in self._parts[name.removeprefix(MARK)](mark):
                mark.addprevious(element)
            mark.getparent().remove(mark)
        # A loop over nothing may leave a table without rows, or a cell without a paragraph at its
        # end: Word takes neither.
        for table in self._body.xpath(".//w:tbl[not(.//w:tr)]"):
            table.getparent().replace(table, self._writer.space())
        for cell in self._body.xpath(".//w:tc[not(*[last()][self::w:p])]"):
            cell.append(self._writer.space())

    def _text(self, mark: Element) -> Iterator[Element]:
        elements = self._writer.blocks(self._paper.blocks, self._width(mark))
        if self._paper.blocks and isinstance(self._paper.blocks[-1], Paragraph):
            # A signature never stands on a page without a word of what is signed.
            elements[-1].get_or_add_pPr().get_or_add_keepNext()
        yield from elements

    def _annexes(self, mark: Element) -> Iterator[Element]:
        """Each annex is a section; the document's own last section becomes that of the last."""
        if not self._paper.annexes:
            return
        last = self._last_section()
        before = mark.getprevious()
        if before is not None and before.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is None:
            yield self._break(deepcopy(last))
        for annex in self._paper.annexes:
            section = _section(last, annex)
            yield from self._writer.annex(
                annex, _text_width(section), illustrative=self._paper.illustrative
            )
            if annex is self._paper.annexes[-1]:
                last.getparent().replace(last, section)
            else:
                yield self._break(section)

    def _seal(self, mark: Element) -> Iterator[Element]:
        if self._paper.seal is None:
            return
        picture = io.BytesIO()
        segno.make(self._paper.seal.qr_text, micro=False).save(
            picture, kind="png", border=2, scale=QR_SCALE
        )
        picture.seek(0)
        inline = self._document.part.new_pic_inline(picture, QR_SIZE, QR_SIZE)
        inline.docPr.set("descr", f"Mã QR: {self._paper.seal.qr_text}")
        drawing = OxmlElement("w:drawing")
        drawing.append(inline)
        yield from self._writer.seal(self._paper, drawing, self._width(mark))

    def _break(self, section: Element) -> Element:
        """The end of a section: a line of no height that carries it."""
        paragraph = self._writer.space()
        properties = paragraph.get_or_add_pPr()
        spacing = properties.get_or_add_spacing()
        spacing.set(qn("w:line"), "20")
        spacing.set(qn("w:lineRule"), "exact")
        properties.append(section)
        return paragraph

    def _last_section(self) -> Element:
        return self._body.get_or_add_sectPr()

    def _width(self, mark: Element) -> int:
        """What a part may take: the cell that it stands in, or the page between its margins."""
        for ancestor in mark.iterancestors(qn("w:tc")):
            width = ancestor.find(f"{qn('w:tcPr')}/{qn('w:tcW')}")
            if width is not None and width.get(qn("w:type")) == "dxa":
                return int(width.get(qn("w:w")))
        following = mark.xpath("following::w:p/w:pPr/w:sectPr[1]")
        return _text_width(following[0] if following else self._last_section())


def _section(pattern: Element, annex: Annex) -> Element:
    """The section of an annex: pages of its own, numbered from 1, turned where it is wide."""
    section = deepcopy(pattern)
    kind = section.find(qn("w:type"))
    if kind is not None:
        section.remove(kind)
    size = section.get_or_add_pgSz()
    width, height = size.get(qn("w:w")), size.get(qn("w:h"))
    if width and height and annex.landscape is not (int(width) > int(height)):
        size.set(qn("w:w"), height)
        size.set(qn("w:h"), width)
    if annex.landscape:
        size.set(qn("w:orient"), "landscape")
    else:
        size.attrib.pop(qn("w:orient"), None)
    numbering = section.find(qn("w:pgNumType"))
    if numbering is None:
        numbering = OxmlElement("w:pgNumType")
        section.insert_element_before(numbering, *(_named(tag) for tag in _AFTER_NUMBERING))
    numbering.set(qn("w:start"), "1")
    return section


def _named(tag: str) -> str:
    return f"w:{tag.rpartition('}')[2]}"


def _text_width(section: Element) -> int:
    """Twips between the margins."""
    size, margins = section.find(qn("w:pgSz")), section.find(qn("w:pgMar"))
    if size is None or margins is None:
        return TEXT_WIDTH
    left, right = (int(margins.get(qn(f"w:{side}"), 0)) for side in ("left", "right"))
    return int(size.get(qn("w:w"), 0)) - left - right


def _describe(document: Any, paper: Official) -> None:
    """What the file says of itself, all of it from the paper."""
    created = paper.created.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    author = " ".join(paper.letterhead.issuer)
    properties = document.core_properties
    properties.title = f"{paper.title.capitalize()} {paper.summary}".strip()[:255]
    properties.author = properties.last_modified_by = author[:255]
    properties.created = properties.modified = created
    properties.language = LANGUAGE
    properties.revision = 1
    for name in ("category", "comments", "identifier", "keywords", "subject", "version"):
        setattr(properties, name, "")


def _dated(content: bytes, created: datetime) -> bytes:
    """The same archive with the paper's date on every entry, in a settled order."""
    moment = max(created.timetuple()[:6], EARLIEST)
    dated = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as source, ZipFile(dated, "w", ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != FIRST_ENTRY, name)):
            entry = ZipInfo(name, moment)
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 0
            target.writestr(entry, source.read(name))
    return dated.getvalue()
