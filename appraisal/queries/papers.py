"""The papers of a round as pages show them, and whether each still says what the round says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from appraisal import clock
from appraisal.models import Paper
from appraisal.models.papers import PaperFormat, PaperKind, PaperState

UNDER_WAY = frozenset({PaperState.QUEUED, PaperState.RUNNING})
ORDER = (PaperFormat.PDF, PaperFormat.SIGNED, PaperFormat.DOCX, PaperFormat.ZIP)
"""In which the files of a paper are offered."""


@dataclass(frozen=True)
class FileRow:
    """One file of a paper."""

    format: str
    label: str
    size: str
    sha256: str
    is_signed: bool


@dataclass(frozen=True)
class PaperRow:
    """One paper; `number` is that of its consolidation, 0 when it rests on none.

    `changes` are sentences on what changed since it was asked for; none while it is current.
    """

    pk: int
    kind: str
    title: str
    state: str
    label: str
    progress: int
    is_under_way: bool
    is_done: bool
    is_failed: bool
    changes: tuple[str, ...]
    error: str
    asked: str
    number: int
    files: tuple[FileRow, ...]
    issued: str

    @property
    def is_outdated(self) -> bool:
        return bool(self.changes)


def row_of(paper: Paper, changes: Iterable[str] = ()) -> PaperRow:
    """The paper for a page. Its files, asker, dossier and issue have been read with it.

    `changes` says why it is out of date; nothing while it is not.
    """
    issue = getattr(paper, "issue", None)
    return PaperRow(
        pk=paper.pk,
        kind=paper.kind,
        title=title_of(paper),
        state=paper.state,
        label=str(PaperState(paper.state).label),
        progress=paper.progress,
        is_under_way=paper.state in UNDER_WAY,
        is_done=paper.state == PaperState.DONE,
        is_failed=paper.state == PaperState.FAILED,
        changes=tuple(changes),
        error=paper.error,
        asked=_("%(who)s yêu cầu lúc %(when)s")
        % {"who": paper.asked_by.full_name, "when": clock.minute(paper.asked_at)},
        number=paper.consolidation.number if paper.consolidation else 0,
        files=tuple(
            FileRow(
                format=item.format,
                label=str(PaperFormat(item.format).label),
                size=_("%d KB") % max(1, round(item.size / 1024)),
                sha256=item.sha256,
                is_signed=item.format == PaperFormat.SIGNED,
            )
            for item in sorted(paper.files.all(), key=lambda item: ORDER.index(item.format))
        ),
        issued=_("Số %(number)s ngày %(day)s")
        % {"number": issue.number, "day": issue.issued_on.strftime("%d/%m/%Y")}
        if issue
        else "",
    )


def title_of(paper: Paper) -> str:
    """The paper's name with what it is about."""
    title = str(PaperKind(paper.kind).label)
    if paper.dossier is not None:
        title = f"{title} – {paper.dossier.agency.name}"
    if paper.consolidation is not None:
        title = _("%(title)s – tổng hợp lần %(number)d") % {
            "title": title, "number": paper.consolidation.number,
        }  # fmt: skip
    return title


def papers(**wanted: Any) -> list[Paper]:
    """The papers that match with what a row needs, the newest first: two queries."""
    return list(
        Paper.objects.filter(**wanted)
        .select_related("consolidation", "asked_by", "dossier__agency", "issue")
        .prefetch_related("files")
        .defer("consolidation__snapshot")
    )
