"""What is seen of a digital signature: a small drawing, and where on the paper it belongs.

Decree 30/2020, Appendix I: a person's signature is a blue picture with a transparent ground, in
the middle between office and name; an organisation's is its red seal in its real size, over a
third of the signature, on its left. Who has no picture gets the words that a signature proves
(who, of what, when); those of an organisation stand in the upper right corner of page 1, as the
decree has it for the words of a signature: 10 pt upright.

`prepare` runs inside a child process: it reads a paper and, if there is one, a user's picture.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final

from appraisal.documents.reading import ANNEX, opened, text_of
from appraisal.files import kinds
from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _

PERSON: Final = "person"
ORGANISATION: Final = "organisation"

MM: Final = 72 / 25.4
"""Points to the millimetre; positions in a PDF are in points, from the lower left corner."""
WIDTH: Final = 64 * MM
HEIGHT: Final = 22 * MM
"""The room of a signature: half of the page between its margins, and less than the gap that the
style of papers leaves above the name."""
GAP: Final = 1.5 * MM
RIGHT: Final = 15 * MM
BOTTOM: Final = 20 * MM
TOP: Final = 6 * MM
"""The margins of a paper; `TOP` is above its page number."""
SIGNATURE: Final = 45 * MM
"""How wide the signature is taken to be when a seal goes on a paper that nobody signed before."""

FONTS: Final = Path(__file__).resolve().parents[2] / "static" / "print" / "fonts"
FONT: Final = FONTS / "Tinos-Regular.ttf"
BLUE: Final = "#0b3d91"
LEADING: Final = 1.2
LARGEST: Final = 10.0
SMALLEST: Final = 6.0
"""Sizes of the words in points; the decree wants 10."""
MAX_SIDE: Final = 1400
NO_GROUND: Final = _(
    "“%(name)s” không có nền trong suốt. Nghị định 30/2020/NĐ-CP yêu cầu ảnh PNG nền trong suốt."
)
NO_PNG: Final = _("“%(name)s” không phải là ảnh PNG hoặc đã hỏng. Hãy lưu lại ảnh dạng PNG.")

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Place:
    """A page (from 0) and a box on it: left, bottom, right, top in points."""

    page: int
    box: Box


@dataclass(frozen=True)
class Drawing:
    """A PDF of one page with nothing but the stamp, and its size in points."""

    content: bytes
    width: float
    height: float


def prepare(
    path: str,
    role: str,
    lines: list[str],
    name: str,
    words: list[str],
    picture: str = "",
    picture_name: str = "",
    diameter: float = 36,
) -> dict[str, Any]:
    """Draw the stamp and find its place: {"page", "box", "drawing" in base64}.

    `lines` are the paper's lines of authority, the office last, and `name` the name below them.
    `words` are drawn where there is no `picture` (a path; its name for sentences). `diameter` is
    that of the seal in millimetres. Raises Refused for a picture that is none.
    """
    document = opened(path)
    room = find_room(document, lines, name)
    pixels = _clean(picture, picture_name) if picture else None
    if role == ORGANISATION and pixels is not None:
        drawing = _of_picture(pixels, diameter * MM, diameter * MM)
        place = _beside(_signed_before(path, room) or _middle(room, SIGNATURE, HEIGHT), drawing)
    elif role == ORGANISATION:
        drawing = _of_words(words, "black", "right")
        place = _corner(document, drawing)
    else:
        drawing = (
            _of_words(words, BLUE, "center")
            if pixels is None
            else _of_picture(pixels, WIDTH, HEIGHT)
        )
        place = _middle(room, drawing.width, drawing.height)
    return {
        "page": place.page,
        "box": list(place.box),
        "drawing": base64.b64encode(drawing.content).decode(),
    }


def find_room(document: Any, lines: Sequence[str], name: str) -> Place:
    """The room of the first signature: below the last line of authority and above the name.

    Where the paper has no such words, the lower right corner of the last page before its annexes.
    """
    pages = _main_pages(document)
    title = lines[-1] if lines else ""
    for page in reversed(pages):
        found = list(_found(document, page, title))
        if not found:
            continue
        left, bottom, right, _top = found[-1]
        below = [box for box in _found(document, page, name) if box[3] < bottom]
        floor = max((box[3] for box in below), default=bottom - HEIGHT - 2 * GAP)
        middle = (left + right) / 2
        return Place(page, (middle - WIDTH / 2, floor + GAP, middle + WIDTH / 2, bottom - GAP))
    width, _height = document[pages[-1]].get_size()
    right = width - RIGHT
    return Place(pages[-1], (right - WIDTH, BOTTOM, right, BOTTOM + HEIGHT))


def _main_pages(document: Any) -> list[int]:
    """The pages before the first annex; the first page in any case."""
    pages: list[int] = []
    for page in range(len(document)):
        if pages and ANNEX.match(text_of(document, page)):
            break
        pages.append(page)
    return pages


def _found(document: Any, page: int, words: str) -> Iterator[Box]:
    """Where the words stand on a page, in reading order."""
    if not words.strip():
        return
    sheet = document[page]
    text = sheet.get_textpage()
    search = text.search(words, match_case=True)
    while hit := search.get_next():
        rects = [text.get_rect(n) for n in range(text.count_rects(*hit))]
        if rects:
            yield (
                min(rect[0] for rect in rects), min(rect[1] for rect in rects),
                max(rect[2] for rect in rects), max(rect[3] for rect in rects),
            )  # fmt: skip


def _middle(room: Place, width: float, height: float) -> Place:
    left, bottom, right, top = room.box
    scale = min(1.0, (right - left) / width, max(top - bottom, 1.0) / height)
    width, height = width * scale, height * scale
    x, y = (left + right - width) / 2, (bottom + top - height) / 2
    return Place(room.page, (x, y, x + width, y + height))


def _beside(signature: Place, seal: Drawing) -> Place:
    """The seal over the left third of the signature, at its height."""
    left, bottom, right, top = signature.box
    edge = left + (right - left) / 3
    middle = (bottom + top) / 2
    x = max(edge - seal.width, BOTTOM)
    return Place(
        signature.page, (x, middle - seal.height / 2, x + seal.width, middle + seal.height / 2)
    )


def _corner(document: Any, drawing: Drawing) -> Place:
    width, height = document[0].get_size()
    right, top = width - RIGHT, height - TOP
    return Place(0, (right - drawing.width, top - drawing.height, right, top))


def _signed_before(path: str, room: Place) -> Place | None:
    """The box of the signature that already stands in the room."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.fields import enumerate_sig_fields

    left, bottom, right, top = room.box
    with Path(path).open("rb") as handle:
        reader = PdfFileReader(handle)
        for _title, _value, field in enumerate_sig_fields(reader, filled_status=True):
            box = [float(number) for number in field.get_object().get("/Rect", ())]
            if len(box) != 4 or not box[2] > box[0]:
                continue
            x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
            if left < x < right and bottom < y < top:
                return Place(room.page, (box[0], box[1], box[2], box[3]))
    return None


def _clean(path: str, name: str) -> Any:
    """The picture as bare pixels, cut to what is drawn of it. Raises Refused."""
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = kinds.MAX_PIXELS
    try:
        with Image.open(path, formats=("PNG",)) as opened_picture:
            if not opened_picture.has_transparency_data:
                raise Refused(NO_GROUND, "no_transparency", name=name)
            pixels = opened_picture.convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        raise Refused(NO_PNG, "not_png", name=name) from None
    drawn = pixels.getchannel("A").getbbox()
    if drawn is None or pixels.getchannel("A").getextrema()[0] == 255:
        raise Refused(NO_GROUND, "no_transparency", name=name)
    pixels = pixels.crop(drawn)
    pixels.thumbnail((MAX_SIDE, MAX_SIDE))
    return pixels


def _of_picture(pixels: Any, width: float, height: float) -> Drawing:
    """The picture as large as fits in width by height."""
    scale = min(width / pixels.width, height / pixels.height)
    width, height = pixels.width * scale, pixels.height * scale
    png = io.BytesIO()
    pixels.save(png, "PNG")
    address = _data("image/png", png.getvalue())
    return _drawn(f'<img src="{address}" style="width:{width}pt;height:{height}pt">', width, height)


def _of_words(words: Sequence[str], colour: str, align: str) -> Drawing:
    """The words one below the other, at 10 pt or as large as fits in the room of a signature."""
    size, (lines, width) = LARGEST, _wrapped(words, LARGEST)
    while len(lines) * size * LEADING > HEIGHT and size > SMALLEST:
        size -= 0.5
        lines, width = _wrapped(words, size)
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return _drawn(
        f'<div style="color:{colour};font-size:{size}pt;text-align:{align}">{body}</div>',
        width,
        len(lines) * size * LEADING,
    )


def _wrapped(words: Sequence[str], size: float) -> tuple[list[str], float]:
    """The words in lines no wider than the room (but for a longer word), and the widest's width."""
    from PIL import ImageFont

    font = ImageFont.truetype(str(FONT), 100)

    def wide(text: str) -> float:
        return float(font.getlength(text)) * size / 100

    lines: list[str] = []
    for text in words:
        line = ""
        for word in text.split():
            longer = f"{line} {word}".strip()
            if line and wide(longer) > WIDTH:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines, max(map(wide, lines)) + 1


def _drawn(body: str, width: float, height: float) -> Drawing:
    """A page of that size by WeasyPrint, untagged: a signature's appearance is one thing."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False, fail_on_errors=True)
    fonts = FontConfiguration()
    style = CSS(
        string=(
            f"@font-face{{font-family:Tinos;src:url({_data('font/ttf', FONT.read_bytes())})}}"
            f"@page{{size:{width}pt {height}pt;margin:0}}"
            f"html{{font:10pt/{LEADING} Tinos}}body,p{{margin:0}}p{{white-space:nowrap}}"
            "img{display:block;image-rendering:crisp-edges}"
        ),
        url_fetcher=fetcher,
        font_config=fonts,
    )
    content: bytes = HTML(string=body, url_fetcher=fetcher).write_pdf(
        stylesheets=[style], font_config=fonts
    )
    return Drawing(content, width, height)


def _data(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
