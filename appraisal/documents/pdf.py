"""A paper becomes a PDF: words through `markup`, bytes by `composing`.

What the paper says is in the module named after its kind. Nothing here reads the database. The same
content gives the same bytes, in every process and language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from appraisal.documents import markup
from appraisal.documents.composing import compose
from appraisal.documents.engine import BlockedAddress
from appraisal.documents.official import Official
from appraisal.documents.printable import printable
from appraisal.documents.workers import WorkerLost, compose_many
from appraisal.files.refusal import Refused, gettext_noop

__all__ = ["BlockedAddress", "WorkerLost", "render", "render_many"]

MAX_MARKUP: Final = 500_000
"""Characters of HTML that the engine is given; a long table set by hand is not among them."""


def render(paper: Official, progress: Callable[[int], None] | None = None) -> bytes:
    """The paper as PDF/A-3a (tagged, Vietnamese, fonts embedded).

    `progress` hears rising percentages, the last one 100. Raises Refused when a text or the whole
    passes its limit, BlockedAddress when anything outside memory was asked for.
    """
    tell = progress or (lambda _percent: None)
    paper = printable(paper)
    draft = markup.draft_of(paper)
    _bound(draft.html)
    tell(10)
    content = compose(draft, tell)
    tell(100)
    return content


def render_many(
    papers: Sequence[Official], progress: Callable[[int], None] | None = None
) -> list[bytes]:
    """Each paper as its own PDF, in their order; many are made in processes side by side.

    Raises what `render` raises, and WorkerLost when such a process is killed.
    """
    tell = progress or (lambda _percent: None)
    drafts = []
    for paper in papers:
        drafts.append(markup.draft_of(printable(paper)))
        _bound(drafts[-1].html)
    return compose_many(drafts, tell)


def _bound(html: str) -> None:
    if len(html) > MAX_MARKUP:
        raise Refused(
            gettext_noop(
                "Dự thảo quá dài để lập thành một văn bản. Hãy chia thành nhiều quyết định."
            ),
            "paper_too_long",
        )
