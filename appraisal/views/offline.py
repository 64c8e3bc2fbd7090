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
from django.views.decorators.http import require_http_methods, require_safe

from agencies.http import Request
from agencies.text import fold
from agencies.verdict import enforce
from appraisal import clock
from appraisal.files.refusal import Refused
from appraisal.files.uploads import StreamedUpload, safe_headers
from appraisal.forms.offline import BackForm, TakeForm
from appraisal.models import Dossier, WorkbookImport
from appraisal.papers import offline as reading
from appraisal.rules import can_enter_self_score
from appraisal.views.criteria import XLSX, grouped
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
    waiting = get_object_or_404(
        WorkbookImport, pk=import_pk, dossier=dossier, kind=workflow.SELF_SCORES
    )
    if waiting.confirmed_at:
        messages.info(request, _("Bảng này đã được nhập."))
        return redirect("appraisal:dossiers-show", dossier.pk)
    rows = reading.merged_leaves(dossier, workflow.said_in(waiting))
    codes = [row.criterion.code for row in rows]
    form = TakeForm(request.POST if request.method == "POST" else None, codes=codes)
    status = 200
    if request.method == "POST":
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
                return redirect("appraisal:dossiers-show", dossier.pk)
        status = UNPROCESSABLE
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
        "waiting": waiting,
        "unpacked": workflow.Unpacked.from_json(waiting.content["bundle"]),
        "rows": [_shown(number, row, form) for number, row in enumerate(rows)],
        "counts": [
            {"label": label, "count": sum(row.merged.fate is fate for row in rows)}
            for fate, label in _fates().items()
        ],
        "quiet": sum(not row.may_be_taken for row in rows),
    }
    return render(request, "appraisal/offline/merge.html", context, status=status)


def _fates() -> dict[Fate, str]:
    return {
        Fate.MINE: _("chỉ bảng này đổi"),
        Fate.CONFLICT: _("hai bên cùng đổi"),
        Fate.THEIRS: _("chỉ trên hệ thống đổi"),
        Fate.SAME: _("hai bên đổi giống nhau"),
        Fate.UNCHANGED: _("không đổi"),
    }


TONES = {Fate.MINE: "info", Fate.CONFLICT: "bad", Fate.THEIRS: "warn", Fate.SAME: "ok"}


def _shown(number: int, row: reading.MergedLeaf, form: TakeForm) -> dict[str, Any]:
    ticked = bool(form.data.get(f"take_{number}")) if form.is_bound else row.is_taken_by_default
    return {
        "number": number,
        "code": row.criterion.code,
        "title": row.criterion.title,
        "fate": row.fate,
        "label": _fates()[row.merged.fate],
        "tone": TONES.get(row.merged.fate, "quiet"),
        "may_be_taken": row.may_be_taken,
        "is_conflict": row.merged.fate is Fate.CONFLICT,
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
