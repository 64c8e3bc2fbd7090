"""A decision becomes a PDF: words through the template, bytes by WeasyPrint.

What the paper says is `content.py`'s business. Nothing here reads the database, and nothing is
fetched: the style sheet, the fonts and the QR code are handed over in memory, and any other address
stops the work. The same content gives the same bytes, in every process and language.
"""

import gc
import io
import re
import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import segno
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from appraisal.documents.official import Official as Decision
from appraisal.documents.official import Row as ResultRow
from appraisal.files.refusal import Refused, gettext_noop

MAX_TEXT: Final = 10_000
# Lines of a narrow cell take time with the square of its text.
MAX_CELL: Final = 250
MAX_QR: Final = 500
MAX_MARKUP: Final = 500_000
SOFT_BREAK: Final = 30

_PRINT: Final = Path(__file__).resolve().parents[2] / "static" / "print"
_TYPES: Final = {".css": "text/css", ".svg": "image/svg+xml", ".ttf": "font/ttf"}

# Controls draw nothing, and the bidirectional ones let a name read otherwise than it is stored.
_UNPRINTABLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
# Without a place to break, the time for a line grows with the square of the word.
_LONG_WORD: Final = re.compile(rf"\S{{{SOFT_BREAK}}}(?=\S)")
_UNBROKEN: Final = frozenset({"fingerprint", "qr_text"})

# Pango's font map is not for two threads, and layout holds the interpreter anyway.
_one_at_a_time = threading.Lock()

T = TypeVar("T")


class BlockedAddress(Exception):
    """The paper asked for something outside memory: content was not escaped somewhere."""


class MemoryFetcher(URLFetcher):  # type: ignore[misc]
    """Serves the given files as `app:<name>` and stops the rendering at any other address."""

    def __init__(self, assets: dict[str, bytes]) -> None:
        super().__init__(allowed_protocols={"app"}, allow_redirects=False, fail_on_errors=True)
        self._assets = assets

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The asset named by `url`; FatalURLFetchingError for everything else."""
        name = url.removeprefix("app:")
        if name == url or name not in self._assets:
            raise FatalURLFetchingError(url)
        return URLFetcherResponse(
            url, self._assets[name], {"Content-Type": _TYPES[Path(name).suffix]}
        )


def render(decision: Decision, progress: Callable[[int], None] | None = None) -> bytes:
    """The decision as PDF/A-3a (tagged, Vietnamese, fonts embedded).

    `progress` hears rising percentages, the last one 100. Raises Refused when a text or the whole
    passes its limit, BlockedAddress when anything outside memory was asked for.
    """
    tell = progress or (lambda _percent: None)
    paper = _printable(decision, "", MAX_TEXT)
    html = render_to_string(
        "documents/decision.html",
        {"decision": paper, "created": paper.created.isoformat(timespec="seconds")},
    )
    if len(html) > MAX_MARKUP:
        raise Refused(
            gettext_noop(
                "Dự thảo quá dài để lập thành một văn bản. Hãy chia thành nhiều quyết định."
            ),
            "paper_too_long",
        )
    tell(10)
    with _one_at_a_time, _collector_paused():
        try:
            style, fonts = _style()
            page = HTML(
                string=html, base_url="app:", url_fetcher=MemoryFetcher({"qr.svg": _qr(paper)})
            )
            tell(20)
            document = page.render(stylesheets=[style], font_config=fonts, pdf_variant="pdf/a-3a")
            tell(70)
            content: bytes = document.write_pdf(
                pdf_variant="pdf/a-3a", pdf_identifier=paper.fingerprint.encode()
            )
        except FatalURLFetchingError as error:
            raise BlockedAddress(str(error)) from error
    tell(100)
    return content


@cache
def _style() -> tuple[CSS, FontConfiguration]:
    assets = {font.name: font.read_bytes() for font in (_PRINT / "fonts").glob("*.ttf")}
    fonts = FontConfiguration()
    style = CSS(
        string=(_PRINT / "decision.css").read_text(encoding="utf-8"),
        base_url="app:",
        url_fetcher=MemoryFetcher(assets),
        font_config=fonts,
    )
    return style, fonts


def _qr(decision: Decision) -> bytes:
    if len(decision.qr_text) > MAX_QR:
        raise Refused(
            gettext_noop("Địa chỉ tra cứu trong mã QR dài quá %(limit)s ký tự."),
            "qr_too_long",
            limit=MAX_QR,
        )
    drawing = io.BytesIO()
    segno.make(decision.qr_text, micro=False).save(drawing, kind="svg", border=2, scale=4)
    return drawing.getvalue()


def _printable(value: T, field: str, limit: int) -> T:
    """`value` with every text in it, however deep, fit for paper: NFC, visible, not too long."""
    if isinstance(value, str):
        return _text(value, field, limit)  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(_printable(part, field, limit) for part in value)  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        within = MAX_CELL if isinstance(value, ResultRow) else limit
        parts: dict[str, Any] = {
            part.name: _printable(getattr(value, part.name), part.name, within)
            for part in fields(value)
        }
        return replace(value, **parts)
    return value


def _text(text: str, field: str, limit: int) -> str:
    # Cutting would leave a decision that says something else than what was approved.
    if len(text) > limit:
        raise Refused(
            gettext_noop(
                "Một đoạn văn bản (%(field)s) dài %(length)s ký tự, quá giới hạn %(limit)s ký tự"
                " của bản in. Hãy rút gọn rồi lập lại dự thảo."
            ),
            "text_too_long",
            field=field,
            length=len(text),
            limit=limit,
        )
    text = _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
    text = _UNPRINTABLE.sub("", unicodedata.normalize("NFC", text))
    return text if field in _UNBROKEN else _LONG_WORD.sub("\\g<0>\N{ZERO WIDTH SPACE}", text)


@contextmanager
def _collector_paused() -> Iterator[None]:
    # Layout makes hundreds of thousands of live boxes; walking them again and again costs a fifth.
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
