"""Papers of the round: asked for, watched while they are made, downloaded."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.http import Request
from appraisal import clock, rules
from appraisal.files.store import evidence_store
from appraisal.models import Consolidation, Paper, Round
from appraisal.models.result import PaperState
from appraisal.rules.results import CONSOLIDATED_STATES
from appraisal.views.council import fetch_table, frame
from appraisal.views.known import find_round
from appraisal.workflow import council

UNDER_WAY = {PaperState.QUEUED, PaperState.RUNNING}


@dataclass(frozen=True)
class PaperRow:
    """One paper as the pages show it."""

    pk: int
    title: str
    state: str
    label: str
    progress: int
    is_under_way: bool
    is_done: bool
    is_failed: bool
    is_outdated: bool
    error: str
    asked: str
    size: str
    sha256: str
    number: int


def _row(paper: Paper, newest: int) -> PaperRow:
    return PaperRow(
        pk=paper.pk,
        title=_("Dự thảo quyết định phê duyệt kết quả – tổng hợp lần %d")
        % paper.consolidation.number,
        state=paper.state,
        label=str(PaperState(paper.state).label),
        progress=paper.progress,
        is_under_way=paper.state in UNDER_WAY,
        is_done=paper.state == PaperState.DONE,
        is_failed=paper.state == PaperState.FAILED,
        is_outdated=paper.consolidation.number != newest,
        error=paper.error,
        asked=_("%(who)s yêu cầu lúc %(when)s")
        % {"who": paper.asked_by.full_name, "when": clock.minute(paper.asked_at)},
        size=_("%d KB") % max(1, round(paper.size / 1024)) if paper.size else "",
        sha256=paper.sha256,
        number=paper.consolidation.number,
    )


def _newest(round: Round) -> int:
    """The number of the last consolidation that still stands; 0 when none does."""
    if round.state not in CONSOLIDATED_STATES:
        return 0
    numbers = Consolidation.objects.filter(round=round).values_list("number", flat=True)
    return numbers.first() or 0


def _fetch(request: Request, pk: int) -> tuple[Paper, Round]:
    """A paper of a round that the person may know of, or 404; then the rule."""
    paper = get_object_or_404(
        Paper.objects.filter(
            consolidation__round__in=Round.objects.visible_to(request.user).values("pk")
        )
        .select_related("consolidation__round__jurisdiction", "asked_by")
        .defer("consolidation__snapshot"),
        pk=pk,
    )
    round = paper.consolidation.round
    request.nav_round = round
    rules.enforce(rules.can_see_table(request.user, round, at=clock.now()))
    return paper, round


@require_safe
def list_(request: Request, pk: int) -> HttpResponse:
    """Every paper of the round; one that the data has left behind says so."""
    round = fetch_table(request, pk)
    newest = _newest(round)
    papers = (
        Paper.objects.filter(consolidation__round=round)
        .select_related("consolidation", "asked_by")
        .defer("consolidation__snapshot")
        .order_by("-consolidation__number", "-asked_at")
    )
    rows = [_row(paper, newest) for paper in papers]
    return render(
        request,
        "appraisal/papers/list.html",
        frame(
            round,
            "papers-list",
            papers=rows,
            verdict=rules.can_make_paper(request.user, round, at=clock.now()),
            has_current=any(row.number == newest and not row.is_failed for row in rows),
            has_result=newest > 0,
        ),
    )


@require_POST
def make(request: Request, pk: int) -> HttpResponse:
    """Ask for the decision draft; asked again, the same paper answers."""
    round = find_round(request, pk)
    rules.enforce(rules.can_make_paper(request.user, round, at=clock.now()))
    paper = council.ask_for_paper(request.user, round)
    return redirect("appraisal:papers-show", paper.pk)


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """How far a paper is; the fragment of it asks again every second while it is made."""
    paper, round = _fetch(request, pk)
    row = _row(paper, _newest(round))
    if request.htmx:
        return render(request, "appraisal/papers/_progress.html", {"paper": row})
    return render(
        request,
        "appraisal/papers/show.html",
        frame(
            round,
            "papers-list",
            paper=row,
            verdict=rules.can_make_paper(request.user, round, at=clock.now()),
            crumbs=[
                {
                    "label": _("Văn bản"),
                    "url": reverse("appraisal:papers-list", args=[round.pk]),
                }
            ],
        ),
    )


@require_safe
def download(request: Request, pk: int) -> HttpResponseBase:
    """The bytes of a paper, as an attachment that no browser runs in our origin."""
    paper, round = _fetch(request, pk)
    store = evidence_store()
    if paper.state != PaperState.DONE or not store.exists(paper.sha256):
        raise Http404
    name = f"du-thao-quyet-dinh-chi-so-cchc-{round.year}-lan-{paper.consolidation.number}.pdf"
    return FileResponse(
        store.open(paper.sha256),
        as_attachment=True,
        filename=name,
        content_type="application/pdf",
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, no-store",
        },
    )
