"""HTML to PDF by WeasyPrint, from memory alone; knows neither papers nor Django.

Nothing is fetched: the style sheet, the fonts and the pictures are handed over in memory, and any
other address stops the work. The same HTML gives the same bytes, in every process.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

VARIANT: Final = "pdf/a-3a"

PRINT: Final = Path(__file__).resolve().parents[2] / "static" / "print"
_TYPES: Final = {".css": "text/css", ".svg": "image/svg+xml", ".ttf": "font/ttf"}
# The engine counts in pixels of CSS.
_POINTS: Final = 0.75

# Pango's font map is not for two threads, and layout holds the interpreter anyway.
_one_at_a_time = threading.RLock()


class BlockedAddress(Exception):
    """The paper asked for something outside memory: content was not escaped somewhere."""


class MemoryFetcher(URLFetcher):  # type: ignore[misc]
    """Serves the given files as `app:<name>` and stops the rendering at any other address."""

    def __init__(self, assets: Mapping[str, bytes]) -> None:
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


@dataclass(frozen=True)
class Place:
    """Where an element begins: the page from 0, and its corner in points from the top left."""

    page: int
    x: float
    top: float


class Layout:
    """HTML laid out on pages and not yet written."""

    def __init__(self, document: Any) -> None:
        self._document = document

    @property
    def pages(self) -> int:
        return len(self._document.pages)

    def places(self) -> dict[str, Place]:
        """Where the elements with an id begin, in their order."""
        return {
            name: Place(number, box[0] * _POINTS, box[1] * _POINTS)
            for number, page in enumerate(self._document.pages)
            for name, box in page.anchors.items()
        }

    def page_height(self, page: int) -> float:
        """In points, with the margins."""
        return float(self._document.pages[page].height * _POINTS)

    def write(self, identifier: bytes, finish: Callable[[Any], None]) -> bytes:
        """The bytes of the file; `finish` may add to its objects before.

        `identifier` becomes the file's own; without one the bytes would differ every time.
        """
        content: bytes = self._document.write_pdf(
            pdf_variant=VARIANT,
            pdf_identifier=identifier,
            finisher=lambda _document, objects: finish(objects),
        )
        return content


@contextmanager
def at_work() -> Iterator[None]:
    """One paper at a time, without the collector, and BlockedAddress for what is not in memory."""
    with _one_at_a_time, _collector_paused():
        try:
            yield
        except FatalURLFetchingError as error:
            raise BlockedAddress(str(error)) from error


def lay_out(html: str, assets: Mapping[str, bytes]) -> Layout:
    """The HTML on pages; to be called inside `at_work`."""
    style, fonts = _style()
    page = HTML(string=html, base_url="app:", url_fetcher=MemoryFetcher(assets))
    return Layout(page.render(stylesheets=[style], font_config=fonts, pdf_variant=VARIANT))


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
