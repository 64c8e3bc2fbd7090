"""Points of the sociological survey: the matrix of a group, the template, the import."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.http import Request
from agencies.models import AgencyGroup
from agencies.verdict import enforce
from appraisal import clock, rules, scoring
from appraisal.files.refusal import Refused
from appraisal.files.uploads import safe_headers
from appraisal.forms.survey import ConfirmForm, WorkbookForm
from appraisal.models import Dossier, Round, WorkbookImport
from appraisal.queries import setup as reading
from appraisal.views.criteria import XLSX, grouped
from appraisal.views.preparing import (
    UNPROCESSABLE,
    crumbs,
    known_group,
    known_round,
    tell,
    uploaded,
)
from appraisal.workbooks.survey import SurveySheet
from appraisal.workbooks.survey_out import write_survey_template
from appraisal.workflow import imports
from appraisal.workflow.acting import Invalid

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _address(round: Round, group: str) -> str:
    return f"{reverse('appraisal:survey-show', args=[round.pk])}?group={group}"


def _way(round: Round) -> Any:
    page = reverse("appraisal:survey-show", args=[round.pk])
    return crumbs(round, (_("Điều tra xã hội học"), page))


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """Agencies × survey leaves of one group (`?group=`); what is missing says so."""
    round = known_round(request, pk)
    groups = reading.groups_in(round)
    wanted = request.GET.get("group", "")
    group = next((g for g in groups if g.code == wanted), groups[0] if groups else None)
    context: dict[str, Any] = {
        "round": round,
        "crumbs": crumbs(round),
        "group": group,
        "verdict": rules.can_enter_survey(request.user, round, at=clock.now()),
        "tabs": [
            {"label": item.name, "url": _address(round, item.code), "active": item == group}
            for item in groups
        ],
    }
    if group:
        matrix = reading.survey_matrix(round, group)
        context |= {
            "matrix": matrix,
            "leaves": [
                {"code": leaf.code, "title": leaf.title, "points": reading.points(leaf.max_points)}
                for leaf in matrix.leaves
            ],
        }
    return render(request, "appraisal/survey/show.html", context)


@require_safe
def template(request: Request, pk: int, group: str) -> HttpResponse:
    """The empty matrix of a group as a workbook."""
    round = known_round(request, pk)
    ranked = known_group(round, group)
    agencies = Dossier.objects.filter(round=round, group=ranked).order_by("agency__name")
    leaves = reading.survey_matrix(round, ranked).leaves
    content = write_survey_template(
        dict(agencies.values_list("agency__code", "agency__name")),
        {leaf.code: leaf.max_points for leaf in leaves},
    )
    name = f"diem-khao-sat-{ranked.code}-{round.year}.xlsx"
    return HttpResponse(content, headers=safe_headers(name, XLSX))


@get_or_post
def upload(request: Request, pk: int, group: str) -> HttpResponse:
    """Read a workbook of survey points; it waits for confirmation or says why it cannot come in."""
    round = known_round(request, pk)
    ranked = known_group(round, group)
    enforce(rules.can_enter_survey(request.user, round, at=clock.now()))
    context: dict[str, Any] = {"round": round, "group": ranked, "crumbs": _way(round)}
    if request.method != "POST":
        return render(request, "appraisal/survey/import.html", context | {"form": WorkbookForm()})
    form = WorkbookForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            held = imports.hold_survey_import(
                request.user, round, ranked, imports.workbook_of(uploaded(form))
            )
        except Refused as refused:
            form.add_error("file", refused.sentence)
        except imports.Blocked as blocked:
            context |= {"stopped": str(blocked), "problems": grouped(blocked.sheet.problems)}
        else:
            return redirect("appraisal:survey-confirm", round.pk, ranked.code, held.pk)
    context["form"] = form
    return render(request, "appraisal/survey/import.html", context, status=UNPROCESSABLE)


@get_or_post
def confirm(request: Request, pk: int, group: str, import_pk: int) -> HttpResponse:
    """The preview of the points, and the yes that writes them."""
    round = known_round(request, pk)
    ranked = known_group(round, group)
    waiting = get_object_or_404(
        WorkbookImport, pk=import_pk, round=round, group=ranked, kind=imports.SURVEY
    )
    enforce(rules.can_enter_survey(request.user, round, at=clock.now()))
    if waiting.confirmed_at:
        messages.info(request, _("Tệp này đã được nhập."))
        return redirect(_address(round, ranked.code))
    sheet = SurveySheet.from_json(waiting.content)
    warnings = imports.warnings_of(sheet.problems)
    form = ConfirmForm(request.POST if request.method == "POST" else None, warnings=warnings)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                written = imports.confirm_survey_import(
                    request.user, waiting, accept_warnings=form.cleaned_data.get("accept", False)
                )
            except Invalid as invalid:
                tell(form, invalid)
            else:
                messages.success(request, _("Đã nhập %d điểm khảo sát.") % written)
                return redirect(_address(round, ranked.code))
        status = UNPROCESSABLE
    context = {
        "round": round,
        "group": ranked,
        "crumbs": _way(round),
        "form": form,
        "waiting": waiting,
        "problems": grouped(sheet.problems),
        **preview(round, ranked, sheet),
    }
    return render(request, "appraisal/survey/confirm.html", context, status=status)


def preview(round: Round, group: AgencyGroup, sheet: SurveySheet) -> dict[str, Any]:
    """The points of the sheet beside the stored ones: what stays, what is new, what changes."""
    stored = reading.survey_matrix(round, group)
    agencies = dict(
        Dossier.objects.filter(round=round, group=group)
        .order_by("agency__name")
        .values_list("agency__code", "agency__name")
    )
    old = {name: cells for name, cells, _sum in stored.rows}
    rows, changed = [], 0
    for code, name in agencies.items():
        cells = []
        for place, leaf in enumerate(stored.leaves):
            value = sheet.points.get((code, leaf.code))
            new = "" if value is None else scoring.show(value)
            before = old[name][place]
            differs = bool(new and before and new != before)
            changed += differs
            cells.append({"new": new, "old": before if differs or not new else ""})
        rows.append({"name": name, "cells": cells})
    return {
        "leaves": [leaf.code for leaf in stored.leaves],
        "rows": rows,
        "changed": changed,
        "points": len(sheet.points),
    }
