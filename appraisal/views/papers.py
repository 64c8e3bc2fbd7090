"""Papers of the round: asked for, watched while they are made, downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.http import Request
from agencies.text import fold
from agencies.verdict import Verdict
from appraisal import clock, rules
from appraisal.files.store import evidence_store
from appraisal.models import Dossier, Paper, Round
from appraisal.models.papers import DOSSIER_KINDS, PaperFormat, PaperKind
from appraisal.papers.basis import basis_of, subject_of
from appraisal.queries.papers import PaperRow, papers, row_of
from appraisal.views.council import fetch_table, frame
from appraisal.views.known import find_round
from appraisal.workflow import papers as workflow

CONTENT_TYPES = {
    PaperFormat.PDF: ("pdf", "application/pdf"),
    PaperFormat.SIGNED: ("pdf", "application/pdf"),
    PaperFormat.DOCX: (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    PaperFormat.ZIP: ("zip", "application/zip"),
}
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


@dataclass(frozen=True)
class Offer:
    """One kind of paper that may be made now, or the reason why not; `paper` is what stands."""

    kind: str
    title: str
    verdict: Verdict
    paper: PaperRow | None


def is_current(paper: Paper) -> bool:
    """Whether the paper still says what it would say if it were made now."""
    return paper.basis == basis_of(subject_of(paper.round, paper.kind, paper.dossier))


def find_paper(request: Request, pk: int) -> Paper:
    """A paper of a round that the person may know of, or 404; then the rule."""
    paper = get_object_or_404(
        Paper.objects.filter(round__in=Round.objects.visible_to(request.user).values("pk"))
        .select_related(
            "round__jurisdiction__standing_agency", "consolidation", "asked_by",
            "dossier__agency", "issue",
        )
        .prefetch_related("files")
        .defer("consolidation__snapshot"),
        pk=pk,
    )  # fmt: skip
    request.nav_round = paper.round
    if paper.dossier is not None:
        paper.dossier.round = paper.round
    rules.enforce(
        rules.can_read_paper(request.user, paper.round, paper.kind, paper.dossier, at=clock.now())
    )
    return paper


def offers(
    request: Request, round: Round, made: list[Paper], dossier: Dossier | None = None
) -> list[Offer]:
    """What may be made of the round, or of one dossier, each with the paper that stands."""
    standing = {paper.basis: paper for paper in made}
    found = []
    for kind in PaperKind:
        if (kind in DOSSIER_KINDS) is (dossier is None):
            continue
        paper = standing.get(basis_of(subject_of(round, kind, dossier)))
        found.append(
            Offer(
                kind=kind,
                title=str(kind.label),
                verdict=rules.can_make_paper(request.user, round, kind, dossier, at=clock.now()),
                paper=row_of(paper, is_current=True) if paper else None,
            )
        )
    return found


@require_safe
def list_(request: Request, pk: int) -> HttpResponse:
    """What may be made of the round, and every paper that was; one left behind says so."""
    round = fetch_table(request, pk)
    made = papers([round.pk])
    offered = offers(request, round, made)
    current = {offer.paper.pk for offer in offered if offer.paper}
    earlier = [
        row_of(paper, is_current=paper.dossier_id is not None)
        for paper in made
        if paper.pk not in current
    ]
    return render(
        request,
        "appraisal/papers/list.html",
        frame(
            round,
            "papers-list",
            offers=offered,
            earlier=earlier,
            dossiers=Dossier.objects.filter(round=round).select_related("agency", "group"),
            keeps_settings=rules.can_keep_paper_settings(request.user),
        ),
    )


@require_safe
def dossier(request: Request, pk: int) -> HttpResponse:
    """The papers about one agency: its own report, its score sheet, why it has its numbers."""
    found = get_object_or_404(
        Dossier.objects.visible_to(request.user).select_related(
            "round__jurisdiction__standing_agency", "agency"
        ),
        pk=pk,
    )
    request.nav_round = found.round
    made = [paper for paper in papers([found.round_id]) if paper.dossier_id == found.pk]
    return render(
        request,
        "appraisal/papers/dossier.html",
        {
            "dossier": found,
            "round": found.round,
            "offers": offers(request, found.round, made, found),
        },
    )


@require_POST
def make(request: Request, pk: int) -> HttpResponse:
    """Ask for a paper; asked again, the same paper answers."""
    round = find_round(request, pk)
    kind = request.POST.get("kind", PaperKind.DECISION)
    if kind not in PaperKind.values:
        raise Http404
    about = None
    if kind in DOSSIER_KINDS:
        number = request.POST.get("dossier", "")
        about = get_object_or_404(
            Dossier.objects.visible_to(request.user).of(round).select_related("agency", "round"),
            pk=int(number) if number.isdecimal() and len(number) < 12 else 0,
        )
    rules.enforce(rules.can_make_paper(request.user, round, kind, about, at=clock.now()))
    paper = workflow.ask_for_paper(request.user, round, kind, about)
    return redirect("appraisal:papers-show", paper.pk)


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """How far a paper is; the fragment of it asks again every second while it is made."""
    paper = find_paper(request, pk)
    current = is_current(paper)
    row = row_of(paper, is_current=current)
    if request.htmx:
        return render(request, "appraisal/papers/_progress.html", {"paper": row})
    at = clock.now()
    context: dict[str, Any] = {
        "paper": row,
        "kind": paper.kind,
        "dossier": paper.dossier,
        "verdict": rules.can_make_paper(
            request.user, paper.round, paper.kind, paper.dossier, at=at
        ),
        "sign": rules.can_sign_paper(request.user, paper, is_current=current, at=at),
        "issue": rules.can_issue_paper(request.user, paper, is_current=current, at=at),
        "issued": getattr(paper, "issue", None),
    }
    if paper.dossier is not None:
        back = {
            "label": paper.dossier.agency.name,
            "url": reverse("appraisal:papers-dossier", args=[paper.dossier_id]),
        }
        return render(
            request,
            "appraisal/papers/show.html",
            {"round": paper.round, "crumbs": [back], **context},
        )
    back = {
        "label": _("Văn bản"), "url": reverse("appraisal:papers-list", args=[paper.round_id]),
    }  # fmt: skip
    return render(
        request,
        "appraisal/papers/show.html",
        frame(paper.round, "papers-list", crumbs=[back], **context),
    )


@require_safe
def download(request: Request, pk: int, format: str) -> HttpResponseBase:
    """The bytes of a paper, as an attachment that no browser runs in our origin."""
    paper = find_paper(request, pk)
    kept = next((item for item in paper.files.all() if item.format == format), None)
    store = evidence_store()
    if kept is None or not store.exists(kept.sha256):
        raise Http404
    extension, content_type = CONTENT_TYPES[PaperFormat(format)]
    return FileResponse(
        store.open(kept.sha256),
        as_attachment=True,
        filename=f"{file_name(paper, format)}.{extension}",
        content_type=content_type,
        headers=SAFE_HEADERS,
    )


def file_name(paper: Paper, format: str) -> str:
    """A name that every system takes, without its extension: what, of whom, which year."""
    parts = [fold(str(PaperKind(paper.kind).label).partition(" (")[0])]
    if paper.dossier is not None:
        parts.append(fold(paper.dossier.agency.code))
    parts.append(str(paper.round.year))
    if paper.consolidation is not None:
        parts.append(f"lan {paper.consolidation.number}")
    if format == PaperFormat.SIGNED:
        parts.append("da ky")
    return slugify(" ".join(parts))
