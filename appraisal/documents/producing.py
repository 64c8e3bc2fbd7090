"""From what a paper says to its files: PDF and Word of one content, a ZIP where there are many."""

from __future__ import annotations

from collections.abc import Callable

from appraisal.documents import pdf
from appraisal.documents.official import Official

Tell = Callable[[int], None]


def produce(papers: tuple[Official, ...], template: bytes | None, tell: Tell) -> dict[str, bytes]:
    """The files of a paper by format ("pdf", "docx", "zip"); `tell` hears rising percentages.

    `template` is the office's own Word template; None: the built-in one.
    """
    return {"pdf": pdf.render(papers[0], tell)}
