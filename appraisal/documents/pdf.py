"""A paper becomes a PDF: words through `markup`, bytes by `engine`.

What the paper says is in the module named after its kind. Nothing here reads the database. The same
content gives the same bytes, in every process and language.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from hashlib import sha256
from typing import Final

import segno

from appraisal.documents import engine, markup
from appraisal.documents.engine import BlockedAddress
from appraisal.documents.official import Official
from appraisal.documents.printable import printable
from appraisal.files.refusal import Refused, gettext_noop

__all__ = ["BlockedAddress", "render"]

MAX_MARKUP: Final = 500_000


def render(paper: Official, progress: Callable[[int], None] | None = None) -> bytes:
    """The paper as PDF/A-3a (tagged, Vietnamese, fonts embedded).

    `progress` hears rising percentages, the last one 100. Raises Refused when a text or the whole
    passes its limit, BlockedAddress when anything outside memory was asked for.
    """
    tell = progress or (lambda _percent: None)
    paper = printable(paper)
    html = markup.whole(paper)
    if len(html) > MAX_MARKUP:
        raise Refused(
            gettext_noop(
                "Dự thảo quá dài để lập thành một văn bản. Hãy chia thành nhiều quyết định."
            ),
            "paper_too_long",
        )
    tell(10)
    assets = {} if paper.seal is None else {"qr.svg": _qr(paper.seal.qr_text)}
    content = engine.lay_out(html, assets, _identifier(paper, html), tell)
    tell(100)
    return content


def _identifier(paper: Official, html: str) -> bytes:
    if paper.seal is not None:
        return paper.seal.fingerprint.encode()
    return sha256(html.encode()).hexdigest().encode()


def _qr(text: str) -> bytes:
    drawing = io.BytesIO()
    segno.make(text, micro=False).save(drawing, kind="svg", border=2, scale=4)
    return drawing.getvalue()
