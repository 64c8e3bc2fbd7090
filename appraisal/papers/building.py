"""From the subject of a paper to its words: which module says what a kind of paper says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from appraisal.documents.official import Official
from appraisal.models.papers import PaperKind
from appraisal.papers import (
    decision,
    derivation,
    letters,
    minutes,
    report,
    score_sheet,
    self_report,
    submission,
)
from appraisal.papers.basis import Subject

BUILDERS: Final[dict[str, Callable[[Subject], tuple[Official, ...]]]] = {
    PaperKind.DECISION: decision.build,
    PaperKind.SUBMISSION: submission.build,
    PaperKind.REPORT: report.build,
    PaperKind.MINUTES: minutes.build,
    PaperKind.SCORE_SHEET: score_sheet.build,
    PaperKind.SELF_REPORT: self_report.build,
    PaperKind.LETTERS: letters.build,
    PaperKind.DERIVATION: derivation.build,
}
"""Each answers one `Official`, or one for each agency (letters)."""


def build(subject: Subject) -> tuple[Official, ...]:
    """What the paper says: one `Official`, or for letters one for each agency."""
    return BUILDERS[subject.kind](subject)
