"""Papers of the round: asked for, watched while they are made, downloaded."""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import dataclass
from shutil import copyfileobj
from typing import Any

from django.db.models import Count
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from agencies.http import Request
from agencies.text import fold
from agencies.verdict import Verdict
from appraisal import clock, rules
from appraisal.files.store import evidence_store
from appraisal.files.uploads import safe_headers
from appraisal.models import Dossier, Paper, Round
from appraisal.models.papers import DOSSIER_KINDS, PaperFormat, PaperKind, PaperState
from appraisal.papers.basis import Standing, is_current
from appraisal.papers.signatures import facts
from appraisal.queries.papers import PaperRow, papers, row_of
from appraisal.views.council import fetch_table, frame
from appraisal.views.known import find_round
from appraisal.views.sending import send_kept
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
HOLDS = {
    PaperKind.DECISION: gettext_lazy(
        "Quyết định của Ủy ban nhân dân hoặc Chủ tịch, kèm phụ lục kết quả từng nhóm và bản niêm"
        " phong."
    ),
    PaperKind.SUBMISSION: gettext_lazy(
        "Quá trình thực hiện, kết quả theo nhóm, đề nghị Ủy ban nhân dân phê duyệt."
    ),
    PaperKind.REPORT: gettext_lazy(
        "Kết quả theo lĩnh vực, nội dung bị trừ điểm nhiều, thay đổi từ tự chấm đến thẩm định, khó"
        " khăn và đề xuất."
    ),
    PaperKind.MINUTES: gettext_lazy(
        "Thành phần, báo cáo, từng kết luận kèm lý do và số phiếu, kết luận chung."
    ),
    PaperKind.LETTERS: gettext_lazy(
        "Mỗi cơ quan một thông báo; tất cả trong một tệp PDF và một tệp ZIP."
    ),
    PaperKind.SCORE_SHEET: gettext_lazy(
        "Điểm tối đa, tự chấm, thẩm định, Hội đồng, điểm bị trừ, giải trình và lý do từng tiêu chí."
    ),
    PaperKind.SELF_REPORT: gettext_lazy(
        "Kết quả tự chấm theo lĩnh vực, giải trình, danh mục tài liệu kiểm chứng."
    ),
    PaperKind.DERIVATION: gettext_lazy(
        "Từng bước tính: quy tắc, số liệu, điểm có hiệu lực, chỉ số, xếp hạng, xếp loại."
    ),
}
"""One line on what each kind of paper holds."""


@dataclass(frozen=True)
class Offer:
    """One kind of paper that may be made now, or the reason why not.

    `paper` is what stands; without one, `left_behind` is the last that did.
    """

    kind: str
    title: str
    holds: str
    verdict: Verdict
    is_due: bool
    paper: PaperRow | None
    left_behind: PaperRow | None


def find_paper(request: Request, pk: int) -> Paper:
    """A paper of a round that the person may know of, or 404; then the rule."""
    paper = get_object_or_404(
        Paper.objects.filter(round__in=Round.objects.visible_to(request.user).values("pk"))
        .select_related(
            "round__jurisdiction__standing_agency", "consolidation", "asked_by",
            "dossier__agency", "dossier__submitted_by", "issue__recorded_by",
        )
        .prefetch_related("files")
        .defer("consolidation__snapshot"),
        pk=pk,
    )  # fmt: skip
    request.nav_round = paper.round
    if paper.dossier is not None:
        paper.dossier.round = paper.round
    at = clock.now()
    rules.enforce(rules.can_read_paper(request.user, paper.round, paper.kind, paper.dossier, at=at))
    if not rules.can_see_table(request.user, paper.round, at=at):
        rules.enforce(
            rules.can_read_paper(
                request.user, paper.round, paper.kind, paper.dossier, at=at,
                is_current=is_current(paper),
            )
        )  # fmt: skip
    return paper


def offers(
    request: Request, now: Standing, made: list[Paper], dossier: Dossier | None = None
) -> tuple[list[Offer], list[PaperRow]]:
    """What may be made of the round, or of one dossier, with the paper that stands; and the rest.

    `made` are the papers of that round or dossier, the newest first.
    """
    current = {paper.pk for paper in made if now.is_current(paper)}
    left = {
        paper.pk: row_of(paper, now.changes(paper)) for paper in made if paper.pk not in current
    }
    offered = []
    for kind in PaperKind:
        if (kind in DOSSIER_KINDS) is (dossier is None):
            continue
        own = [paper for paper in made if paper.kind == kind]
        paper = next((paper for paper in own if paper.pk in current), None)
        offered.append(
            Offer(
                kind=kind,
                title=str(kind.label),
                holds=str(HOLDS[kind]),
                verdict=rules.can_make_paper(
                    request.user, now.round, kind, dossier, at=clock.now()
                ),
                is_due=bool(rules.is_due(now.round, kind)),
                paper=row_of(paper) if paper else None,
                left_behind=left[own[0].pk] if own and paper is None else None,
            )
        )
    return offered, list(left.values())


@require_safe
def list_(request: Request, pk: int) -> HttpResponse:
    """What may be made of the round, and every paper that was; one left behind says so."""
    round = fetch_table(request, pk)
    offered, earlier = offers(request, Standing(round), _of_round(round))
    due = [offer for offer in offered if offer.is_due]
    lacking = [offer for offer in due if not (offer.paper and offer.paper.is_done)]
    return render(
        request,
        "appraisal/papers/list.html",
        frame(
            round,
            "papers-list",
            offers=offered,
            may_make=any(offer.verdict for offer in lacking),
            is_under_way=any(offer.paper and offer.paper.is_under_way for offer in offered),
            is_complete=bool(due) and not lacking,
            earlier=earlier,
            dossiers=Dossier.objects.filter(round=round)
            .select_related("agency", "group")
            .annotate(made=Count("papers")),
            keeps_settings=rules.can_keep_paper_settings(request.user),
        ),
    )


def _of_round(round: Round) -> list[Paper]:
    """The papers about the whole round, the newest first."""
    made = papers(round=round, dossier__isnull=True)
    for paper in made:
        paper.round = round
    return made


@require_safe
def dossier(request: Request, pk: int) -> HttpResponse:
    """The papers about one agency: its own report, its score sheet, why it has its numbers."""
    found = get_object_or_404(
        Dossier.objects.visible_to(request.user).select_related(
            "round__jurisdiction__standing_agency", "agency", "submitted_by"
        ),
        pk=pk,
    )
    request.nav_round = found.round
    now, made, at = Standing(found.round), papers(dossier=found), clock.now()
    for paper in made:
        paper.round, paper.dossier = found.round, found
    made = [
        paper
        for paper in made
        if rules.can_read_paper(
            request.user, found.round, paper.kind, found, at=at, is_current=now.is_current(paper)
        )
    ]
    offered, earlier = offers(request, now, made, found)
    agency = {
        "label": found.agency.name, "url": reverse("appraisal:dossiers-show", args=[found.pk]),
    }  # fmt: skip
    return render(
        request,
        "appraisal/papers/dossier.html",
        {
            "dossier": found,
            "round": found.round,
            "offers": offered,
            "is_under_way": any(offer.paper and offer.paper.is_under_way for offer in offered),
            "earlier": earlier,
            "crumbs": [agency],
        },
    )


@require_POST
def make_all(request: Request, pk: int) -> HttpResponse:
    """Ask for every paper of the round that is due now: the submission, whole."""
    round = find_round(request, pk)
    workflow.ask_for_submission(request.user, round)
    return redirect("appraisal:papers-list", round.pk)


@require_safe
def bundle(request: Request, pk: int) -> HttpResponseBase:
    """Every paper of the round that is due, with its files, as one ZIP; 404 while one lacks."""
    round = fetch_table(request, pk)
    now = Standing(round)
    done = {
        paper.kind: paper
        for paper in _of_round(round)
        if paper.state == PaperState.DONE and now.is_current(paper)
    }
    due = [kind for kind in PaperKind if kind not in DOSSIER_KINDS and rules.is_due(round, kind)]
    if not due or not done.keys() >= set(due):
        raise Http404
    store = evidence_store()
    names = [
        (f"{place:02d}-{file_name(done[kind], kept.format)}.{extension_of(kept.format)}",
         store.path(kept.sha256))
        for place, kind in enumerate(due, 1)
        for kept in done[kind].files.all()
    ]  # fmt: skip
    content = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name, path in names:
            # The day of the round's result would be no truer; a ZIP without one is of 1980.
            with path.open("rb") as source, archive.open(zipfile.ZipInfo(name), "w") as target:
                copyfileobj(source, target)
    content.seek(0)
    response = FileResponse(content)
    for header, value in safe_headers(f"ho-so-trinh-{round.year}.zip", "application/zip").items():
        response.headers[header] = value
    return response


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
    """How far a paper is; what stands below the head asks again while it is made."""
    paper = find_paper(request, pk)
    now, at, issued = Standing(paper.round), clock.now(), getattr(paper, "issue", None)
    current = now.is_current(paper)
    context: dict[str, Any] = {
        "paper": row_of(paper, () if current else now.changes(paper)),
        "kind": paper.kind,
        "dossier": paper.dossier,
        "round": paper.round,
        "verdict": rules.can_make_paper(
            request.user, paper.round, paper.kind, paper.dossier, at=at
        ),
        "sign": rules.can_sign_paper(request.user, paper, is_current=current, at=at),
        "issue": rules.can_issue_paper(request.user, paper, is_current=current, at=at),
        "issued": issued,
        "issued_signatures": facts(issued.signatures) if issued else (),
    }
    if request.htmx:
        return render(request, "appraisal/papers/_paper.html", context)
    if paper.dossier is not None:
        name, address = paper.dossier.agency.name, ("papers-dossier", paper.dossier_id)
    else:
        name, address = _("Văn bản"), ("papers-list", paper.round_id)
    crumbs = [{"label": name, "url": reverse(f"appraisal:{address[0]}", args=[address[1]])}]
    return render(request, "appraisal/papers/show.html", {**context, "crumbs": crumbs})


@require_safe
def download(request: Request, pk: int, format: str) -> HttpResponseBase:
    """The bytes of a paper, as an attachment that no browser runs in our origin."""
    paper = find_paper(request, pk)
    kept = next((item for item in paper.files.all() if item.format == format), None)
    if kept is None:
        raise Http404
    name = f"{file_name(paper, format)}.{extension_of(format)}"
    return send_kept(kept.sha256, name, CONTENT_TYPES[PaperFormat(format)][1])


def extension_of(format: str) -> str:
    return CONTENT_TYPES[PaperFormat(format)][0]


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
