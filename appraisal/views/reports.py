"""The reports of the team's members to the council: everybody's list, and the own one to write."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agencies.http import Request
from agencies.verdict import Refusal
from appraisal import clock, rules
from appraisal.forms.bench import ReportForm
from appraisal.models import MemberReport, Round, Seat
from appraisal.states import SeatRole
from appraisal.workflow import appraisal

WRITING = (SeatRole.TEAM_MEMBER, SeatRole.TEAM_LEAD)
FIELDS = ("tasks_done", "difficulties", "proposals")


@require_GET
def list_(request: Request, pk: int) -> HttpResponse:
    """Who reported what. Council, chair, lead, secretary and auditor read all, a member the own."""
    at = clock.now()
    round = _round(request, pk)
    held = rules.roles(request.user, round, at)
    reads_all = rules.can_see_table(request.user, round, at=at)
    writes = bool(held & set(WRITING))
    if not writes:
        rules.enforce(reads_all)
    reports = {
        item.author_id: item for item in MemberReport.objects.filter(round=round)
    }
    rows: dict[int, dict[str, Any]] = {}
    for seat in Seat.objects.filter(round=round, role__in=WRITING).select_related("user__agency"):
        if not reads_all and seat.user_id != request.user.pk:
            continue
        report = reports.get(seat.user_id)
        row = rows.setdefault(
            seat.user_id,
            {
                "user": seat.user,
                "roles": [],
                "saved": clock.minute(report.saved_at) if report else "",
                "parts": [
                    (report._meta.get_field(name).verbose_name, getattr(report, name))  # type: ignore[union-attr]
                    for name in FIELDS
                    if getattr(report, name)
                ]
                if report
                else [],
            },
        )
        row["roles"].append(seat.get_role_display())
    return render(
        request,
        "appraisal/reports/list.html",
        {
            "round": round,
            "rows": list(rows.values()),
            "writes": writes,
            "written": sum(bool(row["parts"]) for row in rows.values()),
        },
    )


@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """The own report; it saves itself."""
    at = clock.now()
    round = _round(request, pk)
    rules.enforce(
        rules.can_report(request.user, round, at=at)
        if request.method == "POST" or not _writes(request, round)
        else rules.yes()
    )
    stored = MemberReport.objects.filter(round=round, author=request.user).first()
    quiet = request.headers.get("X-Requested-With") == "fetch"
    form = ReportForm(request.POST or None, initial=_initial(stored))
    differences: list[dict[str, str]] = []
    status = 200
    if request.method == "POST":
        if form.is_valid():
            given = appraisal.ReportInput(
                *(form.cleaned_data[name].replace("\r\n", "\n") for name in FIELDS)
            )
            try:
                saved = appraisal.save_report(
                    request.user, round, given, version=form.cleaned_data["version"]
                )
            except appraisal.ReportConflict as conflict:
                differences, status = _differences(given, conflict.current), 409
                form.data = form.data.copy()
                form.data["version"] = str(conflict.current.version)
                if quiet:
                    answer = {
                        "conflict": True,
                        "version": conflict.current.version,
                        "fields": differences,
                    }
                    return JsonResponse(answer, status=409)
            else:
                if quiet:
                    return JsonResponse({"ok": True, "version": saved.version})
                messages.success(request, _("Đã lưu báo cáo."))
                return redirect("appraisal:reports-edit", pk=round.pk)
        else:
            status = 422
            if quiet:
                return JsonResponse({"errors": form.errors}, status=422)
    context = {
        "round": round,
        "form": form,
        "differences": differences,
        "verdict": rules.can_report(request.user, round, at=at),
        "saved": clock.minute(stored.saved_at) if stored else "",
    }
    return render(request, "appraisal/reports/edit.html", context, status=status)


def _round(request: Request, pk: int) -> Round:
    round = get_object_or_404(Round.objects.visible_to(request.user), pk=pk)
    request.__dict__["nav_round"] = round
    return round


def _initial(stored: MemberReport | None) -> dict[str, Any]:
    if stored is None:
        return {"version": 0}
    return {"version": stored.version} | {name: getattr(stored, name) for name in FIELDS}


def _differences(given: appraisal.ReportInput, current: MemberReport) -> list[dict[str, str]]:
    return [
        {
            "name": name,
            "label": str(ReportForm.base_fields[name].label),
            "mine": getattr(given, name),
            "theirs": getattr(current, name),
        }
        for name in FIELDS
        if getattr(given, name) != getattr(current, name)
    ]
