"""The styles of a paper in Word: Vietnamese names for the clerk, the sizes of official.css.

A style that the office's own template has already, by its name, is left as the office made it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from docx.oxml import parse_xml

FONT: Final = "Times New Roman"
LANGUAGE: Final = "vi-VN"
WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAME, VALUE, IDENTIFIER = (f"{{{WORD}}}{name}" for name in ("name", "val", "styleId"))
MILLIMETRE: Final = 1440 / 25.4
"""In twips, which Word measures in: 1,440 to the inch."""
POINT: Final = 20
FRAME: Final = f'<w:bdr xmlns:w="{WORD}" w:val="single" w:sz="6" w:space="3" w:color="auto"/>'
"""Around the words of a run."""
NO_MARGINS: Final = (
    f'<w:tblCellMar xmlns:w="{WORD}"><w:left w:w="0" w:type="dxa"/>'
    '<w:right w:w="0" w:type="dxa"/></w:tblCellMar>'
)
"""Of the cells of a table that only places things side by side."""
INDENT: Final = 12.7
"""Of the first line, in mm."""
SINGLE: Final = 1.15
"""Single spacing of Times New Roman, in ems."""


@dataclass(frozen=True)
class Style:
    """A paragraph style. Sizes and spaces in points, `line` in ems, indents in mm.

    `keep`: on the page of what follows; `together`: no space between two of this style.
    """

    name: str
    size: float = 14
    bold: bool = False
    italic: bool = False
    underlined: bool = False
    align: str = "center"
    first: float = 0
    left: float = 0
    right: float = 0
    before: float = 0
    after: float = 0
    line: float = 1.25
    exactly: bool = False
    keep: bool = False
    together: bool = False
    level: int | None = None


FLOWING: Final[dict[str, Any]] = {"align": "both", "first": INDENT, "after": 6}

ROLES: Final = {
    "body": "Nội dung",
    "clause": "Khoản",
    "point": "Điểm",
    "heading": "Đề mục",
    "subheading": "Tiểu mục",
    "note": "Ghi chú",
    "centred": "Giữa dòng",
}
"""The style of each role of a paragraph."""
CELLS: Final = {"left": "Ô bảng trái", "center": "Ô bảng giữa", "right": "Ô bảng phải"}
HEADER_CELL, CAPTION, FACT, SPACE = "Đầu bảng", "Tên bảng", "Dòng thông tin", "Dòng cách"
ANNEX_NUMBER, ANNEX_TITLE, ANNEX_OF = "Số phụ lục", "Tên phụ lục", "Kèm theo"
NOTICE, SEAL, FINGERPRINT = "Lưu ý", "Đối chiếu", "Mã đối chiếu"
PAGE_NUMBER = "Số trang"

STYLES: Final = (
    Style("Cơ quan chủ quản", 13, line=1.2),
    Style("Cơ quan ban hành", 13, bold=True, line=1.2),
    Style("Số ký hiệu", 13, before=7, line=1.2),
    Style("Trích yếu công văn", 13, before=2, line=1.2),
    Style("Dự thảo", 13, bold=True, before=6, line=1.2),
    Style("Quốc hiệu", 13, bold=True, line=1.2),
    Style("Tiêu ngữ", 14, bold=True, line=1.2),
    Style("Địa danh ngày tháng", 14, italic=True, before=7, line=1.2),
    Style("Gạch dưới", 8, underlined=True, line=6, exactly=True),
    Style("Gạch dưới trích yếu", 8, underlined=True, line=6, exactly=True, after=8),
    Style("Tên loại văn bản", bold=True, before=16, keep=True, level=0),
    Style("Trích yếu", bold=True, left=6.6, right=6.6, keep=True),
    Style("Kính gửi", before=14, after=8),
    Style("Nơi kính gửi", align="left", left=50, after=8, together=True),
    Style("Thẩm quyền ban hành", bold=True, before=14, after=8, keep=True),
    Style("Căn cứ", italic=True, **FLOWING),
    Style("Quyết nghị", bold=True, before=8, after=8, keep=True),
    Style("Nội dung", **FLOWING),
    Style("Khoản", **FLOWING),
    Style("Điểm", **FLOWING),
    Style("Đề mục", bold=True, align="both", first=INDENT, before=6, after=6, keep=True, level=0),
    Style("Tiểu mục", bold=True, align="both", first=INDENT, before=6, after=6, keep=True, level=1),
    Style("Ghi chú", italic=True, **FLOWING),
    Style("Giữa dòng", bold=True, after=6, keep=True),
    Style("Tên bảng", italic=True, after=6, keep=True),
    Style("Đầu bảng", 12, bold=True, line=1.2, keep=True),
    Style("Ô bảng giữa", 12, line=1.2),
    Style("Ô bảng trái", 12, align="left", left=1, line=1.2),
    Style("Ô bảng phải", 12, align="right", right=1, line=1.2),
    Style("Dòng thông tin", align="left", after=2),
    Style("Dòng cách", 4, line=8, exactly=True),
    Style("Nơi nhận", 12, bold=True, italic=True, align="left", line=1.15),
    Style("Nơi nhận danh sách", 11, align="left", line=1.15),
    Style("Chức vụ ký", bold=True, keep=True),
    Style("Người ký", bold=True, before=74),
    Style("Số phụ lục", bold=True, keep=True, level=0),
    Style("Tên phụ lục", bold=True, keep=True),
    Style("Kèm theo", italic=True, after=8),
    Style("Lưu ý", 12, bold=True, before=6, after=6),
    Style("Đối chiếu", 11, align="left", line=1.2),
    Style("Mã đối chiếu", 12, align="left", before=2, after=2, line=1.2),
    Style("Số trang", 14, line=1.15),
)


def names_of(document: Any) -> dict[str, str]:
    """The identifier of each of our styles by its name; those that are missing are added.

    Word and LibreOffice give styles new identifiers when they save, and keep the names.
    """
    root = document.styles.element
    known = {
        style.find(NAME).get(VALUE): style.get(IDENTIFIER)
        for style in root.iterchildren(f"{{{WORD}}}style")
        if style.find(NAME) is not None
    }
    taken = set(known.values())
    for number, style in enumerate(STYLES, 1):
        if style.name not in known:
            identifier = f"VanBan{number}"
            while identifier in taken:
                identifier += "a"
            root.append(parse_xml(_xml(style, identifier)))
            known[style.name] = identifier
            taken.add(identifier)
    return known


def only_ours(document: Any) -> None:
    """Leave the document the defaults of a Vietnamese office, and no style of another font."""
    root = document.styles.element
    del root[:]
    for xml in (
        f'<w:docDefaults xmlns:w="{WORD}"><w:rPrDefault><w:rPr>{_type(14)}</w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>",
        _built_in("paragraph", "Normal", "Normal", "<w:qFormat/>", default=True),
        _built_in("character", "DefaultParagraphFont", "Default Paragraph Font", default=True),
        _built_in(
            "table",
            "TableNormal",
            "Normal Table",
            '<w:tblPr><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/>'
            "</w:tblCellMar></w:tblPr>",
            default=True,
        ),
        _built_in("numbering", "NoList", "No List", default=True),
        # Headings take the theme's font unless they say otherwise.
        *(
            _built_in(
                "paragraph",
                f"Heading{level}",
                f"heading {level}",
                '<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr><w:keepNext/>'
                f'<w:outlineLvl w:val="{level - 1}"/></w:pPr>'
                f"<w:rPr>{_type(14, bold=True)}</w:rPr>",
            )
            for level in (1, 2, 3)
        ),
    ):
        root.append(parse_xml(xml))


def _built_in(kind: str, identifier: str, name: str, rest: str = "", default: bool = False) -> str:
    mark = ' w:default="1"' if default else ""
    return (
        f'<w:style xmlns:w="{WORD}" w:type="{kind}"{mark} w:styleId="{identifier}">'
        f'<w:name w:val="{name}"/>{rest}</w:style>'
    )


def _xml(style: Style, identifier: str) -> str:
    line = style.line * POINT if style.exactly else style.line / SINGLE * 240
    rule = "exact" if style.exactly else "auto"
    parts = [
        "<w:keepNext/>" if style.keep else "",
        "<w:widowControl/>",
        f'<w:spacing w:before="{style.before * POINT:.0f}" w:after="{style.after * POINT:.0f}"'
        f' w:line="{line:.0f}" w:lineRule="{rule}"/>',
        f'<w:ind w:left="{style.left * MILLIMETRE:.0f}" w:right="{style.right * MILLIMETRE:.0f}"'
        f' w:firstLine="{style.first * MILLIMETRE:.0f}"/>',
        "<w:contextualSpacing/>" if style.together else "",
        f'<w:jc w:val="{style.align}"/>',
        "" if style.level is None else f'<w:outlineLvl w:val="{style.level}"/>',
    ]
    return (
        f'<w:style xmlns:w="{WORD}" w:type="paragraph" w:customStyle="1" w:styleId="{identifier}">'
        f'<w:name w:val="{style.name}"/><w:qFormat/><w:pPr>{"".join(parts)}</w:pPr>'
        f"<w:rPr>{_type(style.size, style.bold, style.italic, style.underlined)}</w:rPr></w:style>"
    )


def _type(size: float, bold: bool = False, italic: bool = False, underlined: bool = False) -> str:
    fonts = " ".join(f'w:{script}="{FONT}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    return (
        f"<w:rFonts {fonts}/>"
        + ("<w:b/><w:bCs/>" if bold else "")
        + ("<w:i/><w:iCs/>" if italic else "")
        + f'<w:sz w:val="{size * 2:.0f}"/><w:szCs w:val="{size * 2:.0f}"/>'
        + ('<w:u w:val="single"/>' if underlined else "")
        + f'<w:lang w:val="{LANGUAGE}" w:eastAsia="{LANGUAGE}" w:bidi="{LANGUAGE}"/>'
    )
