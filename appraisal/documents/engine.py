"""HTML to PDF by WeasyPrint, from memory alone; knows neither papers nor Django.

Nothing is fetched: the style sheet, the fonts and the pictures are handed over in memory, and any
other address stops the work. The same HTML gives the same bytes, in every process.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

VARIANT: Final = "pdf/a-3a"

PRINT: Final = Path(__file__).resolve().parents[2] / "static" / "print"
_TYPES: Final = {".css": "text/css", ".svg": "image/svg+xml", ".ttf": "font/ttf"}

# Pango's font map is not for two threads, and layout holds the interpreter anyway.
_one_at_a_time = threading.Lock()


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


def lay_out(
    html: str,
    assets: dict[str, bytes],
    identifier: bytes,
    tell: Callable[[int], None] = lambda _percent: None,
) -> bytes:
    """The HTML as PDF/A-3a (tagged, fonts embedded). BlockedAddress for anything not in `assets`.

    `identifier` becomes the file's own; without one the bytes would differ every time.
    """
    with _one_at_a_time, _collector_paused():
        try:
            style, fonts = _style()
            page = HTML(string=html, base_url="app:", url_fetcher=MemoryFetcher(assets))
            tell(20)
            document = page.render(stylesheets=[style], font_config=fonts, pdf_variant=VARIANT)
            tell(70)
            content: bytes = document.write_pdf(pdf_variant=VARIANT, pdf_identifier=identifier)
        except FatalURLFetchingError as error:
            raise BlockedAddress(str(error)) from error
    return content


@cache
def _style() -> tuple[CSS, FontConfiguration]:
    assets = {font.name: font.read_bytes() for font in (PRINT / "fonts").glob("*.ttf")}
    fonts = FontConfiguration()
    style = CSS(
        string=(PRINT / "official.css").read_text(encoding="utf-8"),
        base_url="app:",
        url_fetcher=MemoryFetcher(assets),
        font_config=fonts,
    )
    return style, fonts


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
