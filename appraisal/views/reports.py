"""The reports of the team's members to the council: everybody's list, and the own one to write."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.http import Request
from agencies.verdict import Refusal, Verdict, no
from appraisal import clock, rules
from appraisal.forms.bench import ReportForm
from appraisal.models import MemberReport, Round, Seat
from appraisal.states import SeatRole
from appraisal.views.known import find_round
from appraisal.workflow import appraisal

WRITING = (SeatRole.TEAM_MEMBER, SeatRole.TEAM_LEAD)
FIELDS = ("tasks_done", "difficulties", "proposals")


@require_safe
def list_(request: Request, pk: int) -> HttpResponse:
    """Who reported what. Council, chair, lead, secretary and auditor read all, a member the own."""
    at = clock.now()
    round = find_round(request, pk)
    reads_all = rules.can_see_table(request.user, round, at=at)
    writes = _writes(request, round, at)
    if not writes:
        rules.enforce(reads_all)
    reports = {item.author_id: item for item in MemberReport.objects.filter(round=round)}
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
                "parts": _parts(report) if report else [],
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


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """The own report; it saves itself. Once writing is over it can still be read."""
    at = clock.now()
    round = find_round(request, pk)
    verdict = rules.can_report(request.user, round, at=at)
    if not _writes(request, round, at):
        rules.enforce(verdict)
    stored = MemberReport.objects.filter(round=round, author=request.user).first()
    form = ReportForm(request.POST or None, initial=_initial(stored))
    if request.method == "POST":
        return _save(request, round, form, verdict)
    return _page(request, round, form, verdict, stored)


def _save(request: Request, round: Round, form: ReportForm, verdict: Verdict) -> HttpResponse:
    """Keep what was typed; JSON for the form that saves itself, a page otherwise."""
    quiet = request.headers.get("X-Requested-With") == "fetch"
    if not form.is_valid():
        if quiet:
            return JsonResponse({"errors": form.errors}, status=422)
        return _page(request, round, form, verdict, None, status=422)
    given = appraisal.ReportInput(
        *(form.cleaned_data[name].replace("\r\n", "\n") for name in FIELDS)
    )
    try:
        saved = appraisal.save_report(
            request.user, round, given, version=form.cleaned_data["version"]
        )
    except Refusal as refusal:
        if quiet:
            return JsonResponse({"reason": str(refusal)}, status=403)
        return _page(request, round, form, no(str(refusal)), None, status=403)
    except appraisal.ReportConflict as conflict:
        current = conflict.current
        differences = _differences(given, current)
        if quiet:
            answer = {"conflict": True, "version": current.version, "fields": differences}
            return JsonResponse(answer, status=409)
        form.data = {**request.POST.dict(), "version": str(current.version)}
        return _page(request, round, form, verdict, current, differences, status=409)
    if quiet:
        return JsonResponse({"ok": True, "version": saved.version})
    messages.success(request, _("Đã lưu báo cáo."))
    return redirect("appraisal:reports-edit", pk=round.pk)


def _page(
    request: Request,
    round: Round,
    form: ReportForm,
    verdict: Verdict,
    stored: MemberReport | None,
    differences: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "round": round,
        "form": form,
        "differences": differences,
        "verdict": verdict,
        "saved": clock.minute(stored.saved_at) if stored else "",
    }
    return render(request, "appraisal/reports/edit.html", context, status=status)


def _writes(request: Request, round: Round, at: datetime) -> bool:
    return bool(rules.roles(request.user, round, at) & set(WRITING))


def _parts(report: MemberReport) -> list[tuple[str, str]]:
    return [
        (str(ReportForm.base_fields[name].label), getattr(report, name))
        for name in FIELDS
        if getattr(report, name)
    ]


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
