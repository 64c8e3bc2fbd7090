"""What is done later: papers. A task takes ids, loads, calls, and decides nothing.

The row in the database is the truth. The broker only hurries it along; `sweep_papers` picks up
what a lost message or a killed worker left behind. Run twice or side by side, a task does no harm.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from appraisal.documents.producing import produce
from appraisal.files.refusal import Refused, gettext_noop
from appraisal.files.store import evidence_store
from appraisal.models import Paper, PaperFile
from appraisal.models.papers import PaperState
from appraisal.papers.basis import Subject, is_current
from appraisal.papers.building import build

logger = logging.getLogger(__name__)

# Longer than any paper takes; after that the worker that had it is gone.
ABANDONED = timedelta(minutes=10)

CHANGED = gettext_noop(
    "Số liệu hoặc thiết lập đã thay đổi từ khi yêu cầu đến khi lập. Hãy lập bản mới."
)


def hurry(paper: int) -> None:
    """Tell the queue about a paper; without a broker the sweeper finds it."""
    try:
        make_paper.delay(paper)
    except OperationalError:
        logger.warning("broker out of reach, paper %s waits for the sweeper", paper)


@shared_task(name="appraisal.tasks.make_paper")  # type: ignore[untyped-decorator]
def make_paper(pk: int) -> None:
    """Make the files of a paper and keep their bytes by their hash."""
    if not _take(pk):
        return
    paper = Paper.objects.select_related(
        "round__jurisdiction__standing_agency", "consolidation__round__jurisdiction",
        "dossier__agency", "template",
    ).get(pk=pk)  # fmt: skip
    try:
        _make(paper)
    except Exception as error:
        logger.exception("paper %s failed", pk)
        sentence = (
            error.sentence
            if isinstance(error, Refused)
            else _("Không tạo được văn bản. Hãy thử lại; nếu vẫn lỗi, báo quản trị hệ thống.")
        )
        Paper.objects.filter(pk=pk).update(
            state=PaperState.FAILED, error=sentence[:500], finished_at=timezone.now()
        )


def _make(paper: Paper) -> None:
    store = evidence_store()
    template = None
    if paper.template is not None:
        with store.open(paper.template.sha256) as bytes_of_template:
            template = bytes_of_template.read()
    words = build(
        Subject(paper.kind, paper.round, paper.consolidation, paper.dossier, paper.template)
    )
    # Asked for before, worded now: what changed in between would be passed off as what it was.
    if not is_current(paper):
        raise Refused(CHANGED, "changed")
    files = produce(words, template, lambda percent: _progress(paper.pk, percent))
    stored = {name: store.put([content]) for name, content in files.items()}
    with transaction.atomic():
        for name, kept in stored.items():
            PaperFile.objects.update_or_create(
                paper=paper, format=name, defaults={"sha256": kept.sha256, "size": kept.size}
            )
        Paper.objects.filter(pk=paper.pk).update(
            state=PaperState.DONE, progress=100, finished_at=timezone.now()
        )


def _take(pk: int) -> bool:
    """Whether this run is the one that makes the paper: one conditional update decides."""
    now = timezone.now()
    waiting = Q(state=PaperState.QUEUED) | Q(
        state=PaperState.RUNNING, started_at__lt=now - ABANDONED
    )
    with transaction.atomic():
        return (
            Paper.objects.filter(waiting, pk=pk).update(
                state=PaperState.RUNNING, progress=1, started_at=now
            )
            == 1
        )


def _progress(pk: int, percent: int) -> None:
    Paper.objects.filter(pk=pk).update(progress=max(1, min(99, percent)))


@shared_task(name="appraisal.tasks.sweep_papers")  # type: ignore[untyped-decorator]
def sweep_papers() -> None:
    """Start again every paper that waits or whose worker is gone."""
    now = timezone.now()
    for pk in Paper.objects.filter(
        Q(state=PaperState.QUEUED, asked_at__lt=now - timedelta(minutes=1))
        | Q(state=PaperState.RUNNING, started_at__lt=now - ABANDONED)
    ).values_list("pk", flat=True):
        hurry(pk)
