"""The demonstration's documents as small PDF files: letterhead, numbered paragraphs, signature.

A writer of its own, because three hundred documents are made while somebody waits: the letters of
all of them are cut out of Tinos once, and a page is then a few lines of text. The same document
gives the same bytes. Papers of the product are `documents`' business.
"""

from __future__ import annotations

import io
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from appraisal.demonstration.plan import SECTIONS_PER_PAGE, DocumentPlan
from appraisal.demonstration.province import kon_tum

FONTS = Path(__file__).resolve().parents[2] / "static" / "print" / "fonts"
FACES = {"R": "Tinos-Regular.ttf", "B": "Tinos-Bold.ttf", "I": "Tinos-Italic.ttf"}
# Every letter of Vietnamese, and what stands between them.
BASES = "aăâeêioôơuưy"
TONES = "\u0300\u0301\u0303\u0309\u0323"
OTHERS = "đĐ–—’“”…"

WIDTH, HEIGHT = 595.0, 842.0
LEFT, RIGHT, TOP, BOTTOM = 85.0, 555.0, 780.0, 60.0
SIZE, LEADING = 13.0, 19.0
NOTICE = "Tài liệu minh họa của PARC, không phải văn bản thật."
OPENING = (
    "Thực hiện chỉ đạo của Ủy ban nhân dân tỉnh về công tác cải cách hành chính và hướng dẫn của Sở"
    " Nội vụ, {issuer} tổng hợp các nội dung, kết quả và số liệu chính như sau:"
)
CLOSING = (
    "Số liệu được trích từ hệ thống theo dõi của cơ quan và của tỉnh, các đơn vị liên quan chịu"
    " trách nhiệm về tính chính xác. Trên đây là các nội dung chính để theo dõi, kiểm chứng./."
)


@dataclass(frozen=True)
class Face:
    """One cut of the typeface: the glyph and the width (in thousandths) of every letter."""

    program: bytes
    glyphs: dict[str, int]
    widths: dict[str, int]
    box: tuple[int, int, int, int]
    ascent: int
    descent: int

    def width(self, text: str, size: float) -> float:
        return sum(self.widths[letter] for letter in text) * size / 1000

    def encoded(self, text: str) -> str:
        return "".join(f"{self.glyphs[letter]:04X}" for letter in text)


def _letters() -> str:
    toned = {unicodedata.normalize("NFC", base + tone) for base in BASES for tone in ("", *TONES)}
    small = "".join(sorted(toned))
    return "".join(map(chr, range(0x20, 0x7F))) + small + small.upper() + OTHERS


@cache
def _face(name: str) -> Face:
    font = TTFont(FONTS / FACES[name], recalcTimestamp=False)
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True)
    options.drop_tables += ["DSIG"]
    cutter = subset.Subsetter(options)
    cutter.populate(text=_letters())
    cutter.subset(font)
    written = io.BytesIO()
    font.save(written)
    scale = 1000 / font["head"].unitsPerEm
    names = font.getBestCmap()
    glyphs = {chr(code): font.getGlyphID(glyph) for code, glyph in names.items()}
    widths = {chr(code): round(font["hmtx"][glyph][0] * scale) for code, glyph in names.items()}
    head, across = font["head"], font["hhea"]
    left, low, right, high = (
        round(edge * scale) for edge in (head.xMin, head.yMin, head.xMax, head.yMax)
    )
    return Face(
        written.getvalue(), glyphs, widths,
        (left, low, right, high),
        round(across.ascent * scale), round(across.descent * scale),
    )  # fmt: skip


class _Page:
    """Text at places of a page, from its lower left corner, in points."""

    def __init__(self) -> None:
        self.drawn: list[str] = []

    def text(self, face: str, size: float, x: float, y: float, words: str) -> None:
        shown = _face(face).encoded(words)
        self.drawn.append(f"BT /{face} {size:g} Tf {x:.2f} {y:.2f} Td <{shown}> Tj ET")

    def centred(self, face: str, size: float, middle: float, y: float, words: str) -> None:
        self.text(face, size, middle - _face(face).width(words, size) / 2, y, words)

    def rule(self, middle: float, y: float, width: float) -> None:
        self.drawn.append(
            f"0.6 w {middle - width / 2:.2f} {y:.2f} m {middle + width / 2:.2f} {y:.2f} l S"
        )

    def paragraph(self, y: float, words: str, *, indent: float = 28.0, face: str = "R") -> float:
        """Lines between the margins from `y` down; where the next paragraph begins."""
        x = LEFT + indent
        for line in _broken(words, face, SIZE, RIGHT - LEFT, indent):
            self.text(face, SIZE, x, y, line)
            x, y = LEFT, y - LEADING
        return y - 5


def _broken(words: str, face: str, size: float, room: float, indent: float) -> Iterator[str]:
    line, left = "", room - indent
    for word in words.split():
        longer = f"{line} {word}" if line else word
        if line and _face(face).width(longer, size) > left:
            yield line
            line, left = word, room
        else:
            line = longer
    yield line


def _letterhead(page: _Page, document: DocumentPlan) -> float:
    own, nation = 185.0, 415.0
    page.centred("R", 11.5, own, TOP, f"TỈNH {kon_tum().name.upper()}")
    lines = list(_broken(document.issuer.upper(), "B", 11.5, 200.0, 0))
    for number, line in enumerate(lines):
        page.centred("B", 11.5, own, TOP - 16 * (number + 1), line)
    under = TOP - 16 * len(lines) - 6
    page.rule(own, under, 70)
    page.centred("B", 11.5, nation, TOP, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    page.centred("B", 12.5, nation, TOP - 16, "Độc lập - Tự do - Hạnh phúc")
    page.rule(nation, TOP - 22, 150)
    issued = document.issued_on
    page.centred("R", 12.5, own, under - 18, f"Số: {document.number}")
    page.centred(
        "I", 12.5, nation, under - 18,
        f"{kon_tum().place}, ngày {issued:%d} tháng {issued:%m} năm {issued:%Y}",
    )  # fmt: skip
    y = under - 60
    for line in _broken(document.title.upper(), "B", 13.5, 430.0, 0):
        page.centred("B", 13.5, WIDTH / 2, y, line)
        y -= 18
    return y - 14


def letter(document: DocumentPlan) -> tuple[bytes, int]:
    """The PDF of a document and how many pages it has."""
    pages: list[_Page] = []
    y = 0.0
    for number, section in enumerate(document.sections):
        if number % SECTIONS_PER_PAGE == 0:
            pages.append(_Page())
            y = TOP if number else _letterhead(pages[-1], document)
        if number == 0:
            y = pages[-1].paragraph(y, OPENING.format(issuer=document.issuer))
        y = pages[-1].paragraph(y, f"{number + 1}. {section}")
    last = pages[-1]
    y = last.paragraph(y, CLOSING)
    last.text("R", 11, LEFT, y - 30, "Nơi nhận:")
    last.text("R", 11, LEFT, y - 45, "- Ủy ban nhân dân tỉnh; Sở Nội vụ;")
    last.text("R", 11, LEFT, y - 60, "- Lưu: VT.")
    last.centred("B", 13, 440, y - 30, "THỦ TRƯỞNG CƠ QUAN")
    last.centred("I", 12, 440, y - 48, "(Đã ký)")
    for number, page in enumerate(pages, start=1):
        page.centred("I", 9, WIDTH / 2, BOTTOM - 22, f"{NOTICE} Trang {number}/{len(pages)}")
    return _file(["\n".join(page.drawn) for page in pages]), len(pages)


# --- The file ---------------------------------------------------------------------------------
@cache
def _font_objects() -> tuple[bytes, ...]:
    """Five objects for every face, numbered from 3: font, descendant, descriptor, program, map."""
    made: list[bytes] = []
    for place, name in enumerate(FACES):
        face, first = _face(name), 3 + 5 * place
        by_glyph = sorted((glyph, letter) for letter, glyph in face.glyphs.items())
        widths = " ".join(f"{glyph} [{face.widths[letter]}]" for glyph, letter in by_glyph)
        base = f"DEMOAA+{FACES[name].removesuffix('.ttf')}"
        box = " ".join(map(str, face.box))
        made += [
            f"<</Type/Font/Subtype/Type0/BaseFont/{base}/Encoding/Identity-H"
            f"/DescendantFonts[{first + 1} 0 R]/ToUnicode {first + 4} 0 R>>".encode(),
            f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{base}/CIDToGIDMap/Identity/DW 500"
            "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            f"/FontDescriptor {first + 2} 0 R/W[{widths}]>>".encode(),
            f"<</Type/FontDescriptor/FontName/{base}/Flags 4/FontBBox[{box}]/ItalicAngle 0"
            f"/Ascent {face.ascent}/Descent {face.descent}/CapHeight {face.ascent}/StemV 80"
            f"/FontFile2 {first + 3} 0 R>>".encode(),
            _stream(face.program, f"/Length1 {len(face.program)}"),
            _stream(_to_unicode(by_glyph)),
        ]
    return tuple(made)


def _to_unicode(by_glyph: list[tuple[int, str]]) -> bytes:
    lines = [f"<{glyph:04X}> <{ord(letter):04X}>" for glyph, letter in by_glyph]
    blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    body = "\n".join(
        f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks
    )
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CMapName /Demo def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <FFFF> endcodespacerange\n{body}\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()


def _stream(content: bytes, more: str = "") -> bytes:
    packed = zlib.compress(content, 9)
    head = f"<</Length {len(packed)}/Filter/FlateDecode{more}>>\nstream\n".encode()
    return head + packed + b"\nendstream"


def _file(pages: Iterable[str]) -> bytes:
    fonts = _font_objects()
    first = 3 + len(fonts)
    drawn = list(pages)
    kids = " ".join(f"{first + 2 * place} 0 R" for place in range(len(drawn)))
    used = "".join(f"/{name} {3 + 5 * place} 0 R" for place, name in enumerate(FACES))
    objects: list[bytes] = [
        b"<</Type/Catalog/Pages 2 0 R/Lang(vi)>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(drawn)}>>".encode(),
        *fonts,
    ]
    for place, content in enumerate(drawn):
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {WIDTH:g} {HEIGHT:g}]"
            f"/Resources<</Font<<{used}>>>>/Contents {first + 2 * place + 1} 0 R>>".encode(),
            _stream(content.encode()),
        ]
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        table,
    )
    return bytes(out)
