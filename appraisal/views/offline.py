"""Self-scoring without the network: the workbook out, back in, and the merge row by row."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.http import Request
from agencies.text import fold
from agencies.verdict import enforce
from appraisal import clock
from appraisal.files.refusal import Refused
from appraisal.files.uploads import StreamedUpload, safe_headers
from appraisal.forms.offline import BackForm, DocumentsForm, TakeForm
from appraisal.models import Dossier, WorkbookImport
from appraisal.papers import offline as reading
from appraisal.rules import can_enter_self_score
from appraisal.views.criteria import XLSX, grouped
from appraisal.views.fates import fates
from appraisal.views.preparing import UNPROCESSABLE, tell, uploaded
from appraisal.workbooks.merging import Fate
from appraisal.workbooks.self_scores_out import write_self_scores
from appraisal.workflow import imports
from appraisal.workflow import offline as workflow
from appraisal.workflow.acting import Invalid

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _find(request: Request, pk: int) -> Dossier:
    dossier = get_object_or_404(
        Dossier.objects.visible_to(request.user).select_related("round", "agency"), pk=pk
    )
    request.nav_round, request.nav_dossier = dossier.round, dossier
    enforce(can_enter_self_score(request.user, dossier, at=clock.now()))
    return dossier


def _crumbs(dossier: Dossier) -> list[dict[str, str]]:
    return [
        {
            "label": dossier.agency.name,
            "url": reverse("appraisal:dossiers-show", args=[dossier.pk]),
        }
    ]


@require_safe
def download(request: Request, pk: int) -> HttpResponse:
    """The agency's workbook as things stand."""
    dossier = _find(request, pk)
    content = write_self_scores(*reading.workbook(dossier))
    name = f"tu-cham-{slugify(fold(dossier.agency.code))}-{dossier.round.year}.xlsx"
    return HttpResponse(content, headers=safe_headers(name, XLSX))


@get_or_post
def upload(request: Request, pk: int) -> HttpResponse:
    """Read a workbook that came back; it waits for the merge or says why it cannot come in."""
    dossier = _find(request, pk)
    context: dict[str, Any] = {
        "dossier": dossier,
        "round": dossier.round,
        "crumbs": _crumbs(dossier),
        "waiting": dossier.imports.filter(
            kind=workflow.SELF_SCORES, confirmed_at__isnull=True
        ).first(),
    }
    if request.method != "POST":
        return render(request, "appraisal/offline/upload.html", context | {"form": BackForm()})
    form = BackForm(request.POST, request.FILES)
    if form.is_valid():
        bundle = _bundle(form)
        try:
            held = workflow.hold_self_scores(
                request.user, dossier, imports.workbook_of(uploaded(form)), bundle
            )
        except Refused as refused:
            of_bundle = bundle is not None and refused.values.get("name") == bundle.name
            form.add_error("bundle" if of_bundle else "file", refused.sentence)
        except imports.Blocked as blocked:
            context |= {"stopped": str(blocked), "problems": grouped(blocked.sheet.problems)}
        else:
            return redirect("appraisal:offline-merge", dossier.pk, held.pk)
    context["form"] = form
    return render(request, "appraisal/offline/upload.html", context, status=UNPROCESSABLE)


def _bundle(form: BackForm) -> imports.Workbook | None:
    given = form.cleaned_data.get("bundle")
    return imports.workbook_of(given) if isinstance(given, StreamedUpload) else None


@get_or_post
def merge(request: Request, pk: int, import_pk: int) -> HttpResponse:
    """Every row of the workbook beside what it was and what is stored; the rows taken are saved."""
    dossier = _find(request, pk)
    waiting = _waiting(dossier, import_pk)
    if waiting.confirmed_at:
        return _already_taken(request, dossier)
    rows = _rows(dossier, waiting)
    if request.method != "POST":
        return _merge_page(request, dossier, waiting, rows, TakeForm(codes=_codes(rows)))
    form = TakeForm(request.POST, codes=_codes(rows))
    if form.is_valid():
        accepted = form.accepted()
        try:
            if not accepted:
                raise Invalid(file=_("Chưa chọn tiêu chí nào để nhận."))
            outcome = workflow.take_self_scores(request.user, waiting, accepted)
        except Invalid as invalid:
            tell(form, invalid)
        else:
            _report(request, outcome)
            if outcome.saved:
                return redirect("appraisal:dossiers-show", dossier.pk)
            return redirect("appraisal:offline-merge", dossier.pk, waiting.pk)
    return _merge_page(request, dossier, waiting, rows, form, status=UNPROCESSABLE)


@require_POST
def documents(request: Request, pk: int, import_pk: int) -> HttpResponse:
    """Documents that come later in a ZIP, for a workbook that waits."""
    dossier = _find(request, pk)
    waiting = _waiting(dossier, import_pk)
    if waiting.confirmed_at:
        return _already_taken(request, dossier)
    form = DocumentsForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            workflow.add_documents(
                request.user, waiting, imports.workbook_of(uploaded(form, "bundle"))
            )
        except Refused as refused:
            form.add_error("bundle", refused.sentence)
        except Invalid as invalid:
            tell(form, invalid)
        else:
            return redirect("appraisal:offline-merge", dossier.pk, waiting.pk)
    rows = _rows(dossier, waiting)
    take = TakeForm(codes=_codes(rows))
    return _merge_page(request, dossier, waiting, rows, take, form, status=UNPROCESSABLE)


def _waiting(dossier: Dossier, pk: int) -> WorkbookImport:
    return get_object_or_404(
        WorkbookImport.objects.select_related("dossier__round"),
        pk=pk, dossier=dossier, kind=workflow.SELF_SCORES,
    )  # fmt: skip


def _already_taken(request: Request, dossier: Dossier) -> HttpResponse:
    messages.info(request, _("Bảng này đã được nhập."))
    return redirect("appraisal:dossiers-show", dossier.pk)


def _rows(dossier: Dossier, waiting: WorkbookImport) -> list[reading.MergedLeaf]:
    return reading.merged_leaves(dossier, workflow.said_in(waiting), workflow.documents_of(waiting))


def _codes(rows: list[reading.MergedLeaf]) -> list[str]:
    return [row.criterion.code for row in rows]


def _merge_page(
    request: Request,
    dossier: Dossier,
    waiting: WorkbookImport,
    rows: list[reading.MergedLeaf],
    form: TakeForm,
    documents_form: DocumentsForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "dossier": dossier,
        "round": dossier.round,
        "crumbs": [
            *_crumbs(dossier),
            {
                "label": _("Làm việc bằng Excel"),
                "url": reverse("appraisal:offline-upload", args=[dossier.pk]),
            },
        ],
        "form": form,
        "documents_form": documents_form or DocumentsForm(),
        "waiting": waiting,
        "unpacked": workflow.Unpacked.from_json(waiting.content["bundle"]),
        "missing": [
            {"code": row.criterion.code, "names": row.missing} for row in rows if row.missing
        ],
        "rows": [_shown(number, row, form) for number, row in enumerate(rows)],
        "mine": sum(row.may_be_taken and row.fate is not Fate.CONFLICT for row in rows),
        "takeable": any(row.may_be_taken for row in rows),
        "quiet": sum(not row.says_something for row in rows),
        "counts": [
            {"label": label, "count": sum(row.fate is fate for row in rows)}
            for fate, label in fates().items()
        ],
    }
    return render(request, "appraisal/offline/merge.html", context, status=status)


TONES = {Fate.MINE: "info", Fate.CONFLICT: "bad", Fate.THEIRS: "warn", Fate.SAME: "ok"}


def _shown(number: int, row: reading.MergedLeaf, form: TakeForm) -> dict[str, Any]:
    ticked = str(number) in form.chosen() if form.is_bound else row.is_taken_by_default
    return {
        "number": number,
        "code": row.criterion.code,
        "title": row.criterion.title,
        "fate": row.fate.value,
        "label": fates()[row.fate],
        "tone": TONES.get(row.fate, "quiet"),
        "says_something": row.says_something,
        "may_be_taken": row.may_be_taken,
        "is_conflict": row.fate is Fate.CONFLICT,
        "ticked": ticked,
        "seen": row.seen,
        "by": row.by,
        "differences": row.differences,
        "files": row.files,
    }


def _report(request: Request, outcome: workflow.Outcome) -> None:
    if outcome.saved:
        words = ngettext(
            "Đã nhận %(saved)d tiêu chí, dẫn thêm %(cited)d tài liệu.",
            "Đã nhận %(saved)d tiêu chí, dẫn thêm %(cited)d tài liệu.",
            len(outcome.saved),
        )
        messages.success(request, words % {"saved": len(outcome.saved), "cited": outcome.cited})
    for code, reason in outcome.left:
        messages.warning(
            request, _("Tiêu chí %(code)s chưa nhận: %(reason)s") % {"code": code, "reason": reason}
        )
