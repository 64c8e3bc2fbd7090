"""Papers of the round: asked for, watched while they are made, downloaded."""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import dataclass
from typing import Any

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
from appraisal.papers.basis import Standing
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
    """One kind of paper that may be made now, or the reason why not; `paper` is what stands."""

    kind: str
    title: str
    holds: str
    verdict: Verdict
    paper: PaperRow | None
    has_earlier: bool


def is_current(paper: Paper, now: Standing | None = None) -> bool:
    """Whether the paper still says what it would say if it were made now."""
    now = now or Standing(paper.round)
    return paper.basis == now.basis(now.subject(paper.kind, paper.dossier))


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
    request: Request, now: Standing, made: list[Paper], dossier: Dossier | None = None
) -> list[Offer]:
    """What may be made of the round, or of one dossier, each with the paper that stands."""
    known = {paper.basis: paper for paper in made}
    found = []
    for kind in PaperKind:
        if (kind in DOSSIER_KINDS) is (dossier is None):
            continue
        paper = known.get(now.basis(now.subject(kind, dossier)))
        found.append(
            Offer(
                kind=kind,
                title=str(kind.label),
                holds=str(HOLDS[kind]),
                verdict=rules.can_make_paper(
                    request.user, now.round, kind, dossier, at=clock.now()
                ),
                paper=row_of(paper, is_current=True) if paper else None,
                has_earlier=any(item.kind == kind and item is not paper for item in made),
            )
        )
    return found


def _earlier(made: list[Paper], offered: list[Offer], now: Standing) -> list[PaperRow]:
    current = {offer.paper.pk for offer in offered if offer.paper}
    return [
        row_of(paper, is_current=is_current(paper, now))
        for paper in made
        if paper.pk not in current
    ]


@require_safe
def list_(request: Request, pk: int) -> HttpResponse:
    """What may be made of the round, and every paper that was; one left behind says so."""
    round = fetch_table(request, pk)
    made, now = papers([round.pk]), Standing(round)
    for paper in made:
        paper.round = round
    offered = offers(request, now, made)
    wanted = [offer for offer in offered if offer.verdict.allowed]
    return render(
        request,
        "appraisal/papers/list.html",
        frame(
            round,
            "papers-list",
            offers=offered,
            may_make=bool(wanted),
            lacks=[offer for offer in wanted if not (offer.paper and offer.paper.is_done)],
            is_complete=bool(wanted) and all(o.paper and o.paper.is_done for o in wanted),
            earlier=_earlier(made, offered, now),
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
    now = Standing(found.round)
    made = [
        paper
        for paper in papers([found.round_id])
        if paper.dossier_id == found.pk
        and rules.can_read_paper(request.user, found.round, paper.kind, found, at=clock.now())
    ]
    offered = offers(request, now, made, found)
    return render(
        request,
        "appraisal/papers/dossier.html",
        {
            "dossier": found,
            "round": found.round,
            "offers": offered,
            "earlier": _earlier(made, offered, now),
            "crumbs": [
                {
                    "label": found.agency.name,
                    "url": reverse("appraisal:dossiers-show", args=[found.pk]),
                }
            ],
        },
    )


@require_POST
def make_all(request: Request, pk: int) -> HttpResponse:
    """Ask for every paper of the round that may be made now: the submission, whole."""
    round = find_round(request, pk)
    rules.enforce(rules.can_make_paper(request.user, round, PaperKind.MINUTES, at=clock.now()))
    for kind in PaperKind:
        if kind not in DOSSIER_KINDS and rules.can_make_paper(
            request.user, round, kind, at=clock.now()
        ):
            workflow.ask_for_paper(request.user, round, kind)
    return redirect("appraisal:papers-list", round.pk)


@require_safe
def bundle(request: Request, pk: int) -> HttpResponseBase:
    """Every paper of the round that stands and is done, with its files, as one ZIP."""
    round = fetch_table(request, pk)
    now = Standing(round)
    done = [
        paper
        for paper in papers([round.pk])
        if paper.dossier_id is None and paper.state == PaperState.DONE
    ]
    for paper in done:
        paper.round = round
    order = list(PaperKind)
    standing = sorted(
        (paper for paper in done if is_current(paper, now)), key=lambda p: order.index(p.kind)
    )
    if not standing:
        raise Http404
    store = evidence_store()
    names = [
        (f"{place:02d}-{file_name(paper, item.format)}.{extension_of(item.format)}",
         store.path(item.sha256))
        for place, paper in enumerate(standing, 1)
        for item in paper.files.all()
        if store.exists(item.sha256)
    ]  # fmt: skip
    content = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name, path in names:
            archive.write(path, name)
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
    """How far a paper is; the fragment of it asks again every second while it is made."""
    paper = find_paper(request, pk)
    current = is_current(paper)
    row = row_of(paper, is_current=current)
    if request.htmx:
        return render(request, "appraisal/papers/_progress.html", {"paper": row})
    at, issued = clock.now(), getattr(paper, "issue", None)
    context: dict[str, Any] = {
        "paper": row,
        "kind": paper.kind,
        "dossier": paper.dossier,
        "verdict": rules.can_make_paper(
            request.user, paper.round, paper.kind, paper.dossier, at=at
        ),
        "sign": rules.can_sign_paper(request.user, paper, is_current=current, at=at),
        "issue": rules.can_issue_paper(request.user, paper, is_current=current, at=at),
        "issued": issued,
        "issued_signatures": facts(issued.signatures) if issued else (),
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
