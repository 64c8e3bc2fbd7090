"""The template that every paper has until the office brings its own: Decree 30/2020 in Word.

Built by code for the parts that a paper has, so that what an office downloads holds no condition
that it need not read. It is filled as an office's own template is.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm
from lxml import etree  # type: ignore[import-untyped]

from appraisal.documents.docx import styles, values
from appraisal.documents.docx.styles import FRAME, MILLIMETRE, NO_MARGINS, WORD
from appraisal.documents.official import Official

TOP, RIGHT, BOTTOM, LEFT, HEADER = 20, 15, 20, 30, 10
WIDTH: Final = 210 - LEFT - RIGHT
ISSUER: Final = 0.4
"""The part of the width that the issuer's column of the head takes."""

_KEPT: Final = {
    RELATIONSHIP_TYPE.STYLES,
    RELATIONSHIP_TYPE.SETTINGS,
    RELATIONSHIP_TYPE.FONT_TABLE,
    RELATIONSHIP_TYPE.THEME,
}
_KEPT_OF_FILE: Final = {
    RELATIONSHIP_TYPE.OFFICE_DOCUMENT,
    RELATIONSHIP_TYPE.CORE_PROPERTIES,
    RELATIONSHIP_TYPE.EXTENDED_PROPERTIES,
}
_SETTINGS: Final = (
    f'<w:settings xmlns:w="{WORD}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>'
    '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting'
    ' w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
    f'</w:compat><w:themeFontLang w:val="{styles.LANGUAGE}"/><w:decimalSymbol w:val=","/>'
    '<w:listSeparator w:val=";"/></w:settings>'
)
_TYPEFACE: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}latin"


@dataclass(frozen=True)
class Shape:
    """Which parts a paper has; papers of one shape have one built-in template."""

    is_letter: bool
    is_numbered: bool
    is_dated: bool
    has_superior: bool
    has_summary: bool
    addressees: int
    has_authority: bool
    has_resolved: bool
    signatures: int
    has_recipients: bool
    has_annexes: bool
    has_seal: bool


def shape_of(paper: Official) -> Shape:
    head = paper.letterhead
    return Shape(
        is_letter=paper.form == "letter",
        is_numbered=values.numbered(head.number_line) is not None,
        is_dated=values.dated(head.date_line) is not None,
        has_superior=bool(head.superior),
        has_summary=bool(paper.summary),
        addressees=min(2, len(paper.addressees)),
        has_authority=bool(paper.authority),
        has_resolved=bool(paper.resolved),
        signatures=len(paper.signatures),
        has_recipients=bool(paper.recipients),
        has_annexes=bool(paper.annexes),
        has_seal=paper.seal is not None,
    )


@cache
def template(shape: Shape) -> bytes:
    """The built-in template of papers of that shape, as a Word file."""
    document = docx.Document()
    _strip(document)
    styles.only_ours(document)
    styles.names_of(document)
    _page(document.sections[0])
    _head(document, shape)
    _opening(document, shape)
    _put(document, "Nội dung", "{{p noi_dung }}")
    _closing(document, shape)
    if shape.has_annexes:
        _put(document, "Nội dung", "{{p phu_luc }}")
    if shape.has_seal:
        _put(document, "Nội dung", "{{p niem_phong }}")
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _strip(document: Any) -> None:
    """Drop what the library's own empty document carries and a paper does not need."""
    for relationships, kept in (
        (document.part.rels, _KEPT),
        (document.part.package.rels, _KEPT_OF_FILE),
    ):
        for key in [key for key, item in relationships.items() if item.reltype not in kept]:
            del relationships[key]
    settings = document.settings.element
    settings[:] = list(parse_xml(_SETTINGS))
    theme = next(
        item.target_part
        for item in document.part.rels.values()
        if item.reltype == RELATIONSHIP_TYPE.THEME
    )
    root = parse_xml(theme.blob)
    for face in root.iter(_TYPEFACE):
        face.set("typeface", styles.FONT)
    theme._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _page(section: Any) -> None:
    """A4 with the decree's margins, the number of the page above all but the first."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.header_distance = section.footer_distance = Mm(HEADER)
    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.style = styles.PAGE_NUMBER
    for part in (
        '<w:fldChar w:fldCharType="begin"/>',
        '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>2</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    ):
        paragraph._p.append(parse_xml(f'<w:r xmlns:w="{WORD}">{part}</w:r>'))


def _head(document: Any, shape: Shape) -> None:
    left, right = _columns(document, (ISSUER, 1 - ISSUER))
    if shape.has_superior:
        _put(left, "Cơ quan chủ quản", "{{ co_quan_chu_quan }}")
    _put(left, "Cơ quan ban hành", "{{ co_quan_ban_hanh }}")
    _put(left, "Gạch dưới", "{{ gach_co_quan }}")
    _put(
        left,
        "Số ký hiệu",
        "Số: {{ so }}/{{ ky_hieu }}" if shape.is_numbered else "{{ so_ky_hieu }}",
    )
    if shape.is_letter and shape.has_summary:
        _put(left, "Trích yếu công văn", "{{ trich_yeu }}")
    _put_if(left, "Dự thảo", "du_thao")
    _put(right, "Quốc hiệu", "{{ quoc_hieu }}")
    _put(right, "Tiêu ngữ", "{{ tieu_ngu }}")
    _put(right, "Gạch dưới", "{{ gach_tieu_ngu }}")
    _put(
        right,
        "Địa danh ngày tháng",
        "{{ dia_danh }}, {{ ngay_thang }}" if shape.is_dated else "{{ dia_danh_ngay_thang }}",
    )


def _opening(document: Any, shape: Shape) -> None:
    if not shape.is_letter:
        _put(document, "Tên loại văn bản", "{{ ten_van_ban }}")
        if shape.has_summary:
            _put(document, "Trích yếu", "{{ trich_yeu }}")
            _put(document, "Gạch dưới trích yếu", "{{ gach_trich_yeu }}")
    if not shape.has_annexes:
        _put_if(document, styles.NOTICE, "luu_y")
    if shape.addressees == 1:
        _put(document, "Kính gửi", "Kính gửi: {{ kinh_gui }}")
    elif shape.addressees:
        _put(document, "Kính gửi", "Kính gửi:")
        _put_each(document, "Nơi kính gửi", "noi", "cac_noi_kinh_gui", "- {{ noi }}")
    if shape.has_authority:
        _put(document, "Thẩm quyền ban hành", "{{ tham_quyen }}")
    if not shape.is_letter:
        _put_each(document, "Căn cứ", "can_cu", "cac_can_cu", "{{ can_cu }}")
    if shape.has_resolved:
        _put(document, "Quyết nghị", "{{ quyet_nghi }}")


def _closing(document: Any, shape: Shape) -> None:
    """Recipients on the left of one signature, or below several that stand side by side."""
    if not shape.signatures and not shape.has_recipients:
        return
    # What is signed must not stand on a page of its own.
    _put(document, styles.SPACE, "").paragraph_format.keep_with_next = True
    if shape.signatures > 1:
        for number, cell in enumerate(_columns(document, (1,) * shape.signatures), 1):
            _put_signature(cell, "" if number == 1 else f"_{number}")
        _put(document, styles.SPACE, "")
        if shape.has_recipients:
            _put_recipients(document)
        return
    left, right = _columns(document, (1, 1))
    if shape.has_recipients:
        _put_recipients(left)
    else:
        _put(left, styles.SPACE, "")
    if shape.signatures:
        _put_signature(right, "")
    else:
        _put(right, styles.SPACE, "")
    _put(document, styles.SPACE, "")


def _put_signature(cell: Any, suffix: str) -> None:
    _put(cell, "Chức vụ ký", f"{{{{ chuc_vu_ky{suffix} }}}}")
    _put(cell, "Người ký", f"{{{{ nguoi_ky{suffix} }}}}")


def _put_recipients(container: Any) -> None:
    _put(container, "Nơi nhận", "Nơi nhận:")
    _put_each(container, "Nơi nhận danh sách", "noi", "cac_noi_nhan", "- {{ noi }}")


def _put_each(container: Any, style: str, item: str, of: str, text: str) -> None:
    _put(container, style, f"{{%p for {item} in {of} %}}")
    _put(container, style, text)
    _put(container, style, "{%p endfor %}")


def _put_if(container: Any, style: str, name: str) -> None:
    """A framed paragraph that is there when the value is."""
    _put(container, style, f"{{%p if {name} %}}")
    (run,) = _put(container, style, f"{{{{ {name} }}}}").runs
    run._r.get_or_add_rPr().append(parse_xml(FRAME))
    _put(container, style, "{%p endif %}")


def _put(container: Any, style: str, text: str) -> Any:
    return container.add_paragraph(text, style)


def _columns(document: Any, shares: Sequence[float]) -> Sequence[Any]:
    """The empty cells of a table of one row without lines, which no page splits."""
    table = document.add_table(rows=1, cols=len(shares))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    properties = table._tbl.tblPr
    for name in ("tblStyle", "tblLook"):
        for found in properties.findall(qn(f"w:{name}")):
            properties.remove(found)
    width = properties.find(qn("w:tblW"))
    width.set(qn("w:type"), "dxa")
    width.set(qn("w:w"), f"{WIDTH * MILLIMETRE:.0f}")
    properties.append(parse_xml(NO_MARGINS))
    row = table.rows[0]
    row._tr.get_or_add_trPr().append(parse_xml(f'<w:cantSplit xmlns:w="{WORD}"/>'))
    cells: Sequence[Any] = row.cells
    for column, cell, share in zip(table.columns, cells, shares, strict=True):
        column.width = cell.width = Mm(WIDTH * share / sum(shares))
        cell._tc.remove(cell.paragraphs[0]._p)
    return cells
