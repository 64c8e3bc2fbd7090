"""The bench without the network: the workbook out, back in, and the merge row by row."""

from __future__ import annotations

from datetime import datetime
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
from appraisal import clock, rules
from appraisal.files.refusal import Refused
from appraisal.files.uploads import safe_headers
from appraisal.forms.bench_workbook import TakeRowsForm
from appraisal.forms.criteria import WorkbookForm
from appraisal.models import Round, WorkbookImport
from appraisal.papers import bench_workbook as reading
from appraisal.papers.bench_workbook import MergedItem
from appraisal.views.criteria import XLSX, grouped
from appraisal.views.fates import fates
from appraisal.views.known import find_round
from appraisal.views.offline import TONES
from appraisal.views.preparing import UNPROCESSABLE, tell, uploaded
from appraisal.workbooks.appraisals_out import write_appraisals
from appraisal.workbooks.merging import Fate
from appraisal.workflow import imports
from appraisal.workflow import offline_appraisal as workflow
from appraisal.workflow.acting import Invalid

get_or_post = require_http_methods(["GET", "HEAD", "POST"])

MOST_OFFERED = 1_000
"""Rows to tick on one page: each is a field of the form, and forms have a limit of fields."""
MOST_TOLD = 20


def _find(request: Request, pk: int) -> tuple[Round, datetime]:
    at = clock.now()
    round = find_round(request, pk)
    enforce(rules.can_fill_workbook(request.user, round, at=at))
    return round, at


def _crumbs(round: Round, *more: tuple[str, str]) -> list[dict[str, str]]:
    way = [(_("Thẩm định"), reverse("appraisal:bench-show", args=[round.pk])), *more]
    return [{"label": label, "url": url} for label, url in way]


@require_safe
def download(request: Request, pk: int) -> HttpResponse:
    """The person's workbook as things stand."""
    round, at = _find(request, pk)
    content = write_appraisals(*reading.workbook(round, request.user, at))
    name = f"tham-dinh-{slugify(fold(request.user.full_name))}-{round.year}.xlsx"
    return HttpResponse(content, headers=safe_headers(name, XLSX))


@get_or_post
def upload(request: Request, pk: int) -> HttpResponse:
    """Take the workbook home, and bring it back to be compared."""
    round, at = _find(request, pk)
    context: dict[str, Any] = {
        "round": round,
        "crumbs": _crumbs(round),
        "count": len(reading.items(round, request.user, at)),
        "waiting": workflow.waiting_of(round, request.user).first(),
    }
    form = WorkbookForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    form.fields["file"].help_text = _("Bảng .xlsx đã tải từ trang này, không quá 5 MB.")
    form.fields["file"].widget.attrs["accept"] = ".xlsx"
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                held = workflow.hold_appraisals(
                    request.user, round, imports.workbook_of(uploaded(form))
                )
            except Refused as refused:
                form.add_error("file", refused.sentence)
            except imports.Blocked as blocked:
                context |= {"stopped": str(blocked), "problems": grouped(blocked.sheet.problems)}
            else:
                return redirect("appraisal:bench-merge", round.pk, held.pk)
    context["form"] = form
    return render(request, "appraisal/bench/upload.html", context, status=status)


@get_or_post
def merge(request: Request, pk: int, import_pk: int) -> HttpResponse:
    """Every changed row beside what it was and what is stored; the rows taken are saved."""
    round, at = _find(request, pk)
    waiting = get_object_or_404(
        WorkbookImport, pk=import_pk, round=round, kind=workflow.APPRAISALS,
        uploaded_by=request.user,
    )  # fmt: skip
    if waiting.confirmed_at:
        messages.info(request, _("Bảng này đã được nhập."))
        return redirect("appraisal:bench-show", round.pk)
    sheet = workflow.sheet_of(waiting)
    rows, strange = reading.merged_items(round, request.user, at, sheet.said)
    against = workflow.reasons_against(request.user, rows)
    open_rows = [row for row in rows if row.may_be_taken and row.key not in against]
    offered, rest = open_rows[:MOST_OFFERED], open_rows[MOST_OFFERED:]
    posted = request.POST if request.method == "POST" else None
    form = TakeRowsForm(posted, keys=[row.key for row in offered])
    status = 200
    if request.method == "POST":
        if form.is_valid():
            accepted = form.accepted()
            try:
                if not accepted:
                    raise Invalid(file=_("Chưa chọn dòng nào để nhận."))
                taken = workflow.take_appraisals(request.user, waiting, accepted, more=bool(rest))
            except Invalid as invalid:
                tell(form, invalid)
            else:
                _report(request, taken)
                if rest:
                    return redirect("appraisal:bench-merge", round.pk, waiting.pk)
                return redirect("appraisal:bench-show", round.pk)
        status = UNPROCESSABLE
    context = {
        "round": round,
        "crumbs": _crumbs(
            round,
            (_("Làm việc bằng Excel"), reverse("appraisal:bench-upload", args=[round.pk])),
        ),
        "form": form,
        "waiting": waiting,
        "rows": [_shown(row, posted.getlist("take") if posted else None) for row in offered],
        "seen": " ".join(str(row.seen) for row in offered),
        "refused": [{**_shown(row), "why": against[row.key]} for row in rows if row.key in against],
        "kept": [_shown(row) for row in rows if _is_kept(row)],
        "strange": [*sheet.strange, *reading.names_of(strange)],
        "rest": len(rest),
        "counts": [
            {"label": label, "count": sum(row.merged.fate is fate for row in rows)}
            for fate, label in fates().items()
        ],
    }
    return render(request, "appraisal/bench/merge.html", context, status=status)


def _is_kept(row: MergedItem) -> bool:
    """Whether what stands on the system stays: changed there alone, or emptied in the file."""
    return row.merged.fate is Fate.THEIRS or (row.merged.may_be_taken and row.merged.mine is None)


def _shown(row: MergedItem, ticked: list[str] | None = None) -> dict[str, Any]:
    """One row in words; `ticked` are the keys that were posted, if any were."""
    base, mine, theirs = row.versions
    item = row.item
    default = row.merged.is_taken_by_default
    return {
        "key": row.key,
        "agency": item.dossier.agency.name,
        "code": item.criterion.code,
        "title": item.criterion.title,
        "own": _own(row),
        "base": base,
        "mine": mine,
        "theirs": theirs,
        "by": row.by,
        "label": fates()[row.merged.fate],
        "tone": TONES.get(row.merged.fate, "quiet"),
        "is_conflict": row.merged.fate is Fate.CONFLICT,
        "ticked": default if ticked is None else row.key in ticked,
    }


def _own(row: MergedItem) -> str:
    own = row.item.own
    if own is None:
        return "–"
    return reading.words({**reading.values(own), "reason": ""})


def _report(request: Request, taken: workflow.Taken) -> None:
    if taken.saved:
        words = ngettext("Đã nhận %d dòng.", "Đã nhận %d dòng.", taken.saved)
        messages.success(request, words % taken.saved)
    for name, reason in taken.left[:MOST_TOLD]:
        messages.warning(
            request, _("%(name)s chưa nhận: %(reason)s") % {"name": name, "reason": reason}
        )
    if len(taken.left) > MOST_TOLD:
        messages.warning(request, _("Còn %d dòng khác chưa nhận.") % (len(taken.left) - MOST_TOLD))
