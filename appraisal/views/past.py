"""Years beside one another: published tables brought in, and this round compared with them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.http import Request
from agencies.models import Agency
from appraisal import clock, rules, scoring
from appraisal.files.refusal import Refused
from appraisal.forms.past import MatchForm, PastForm
from appraisal.models import PastResult, Result, Round, WorkbookImport
from appraisal.queries import past as reading
from appraisal.queries import table
from appraisal.views.council import frame
from appraisal.views.criteria import grouped
from appraisal.views.known import find_round
from appraisal.views.preparing import UNPROCESSABLE, tell, uploaded
from appraisal.workflow import imports
from appraisal.workflow import past as workflow
from appraisal.workflow.acting import Invalid

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _crumbs(round: Round) -> list[dict[str, str]]:
    return [{"label": _("So các năm"), "url": reverse("appraisal:past-compare", args=[round.pk])}]


@require_safe
def compare(request: Request, pk: int) -> HttpResponse:
    """Every agency over the years, falls of two grades marked."""
    round = find_round(request, pk)
    at = clock.now()
    rules.enforce(rules.can_compare_years(request.user, round, at=at))
    seated = bool(rules.can_see_table(request.user, round, at=at))
    rows = reading.compare(round, _now(round, seated))
    years = sorted({year for row in rows for year in row.years}, reverse=True)
    places = round.display_decimals
    return render(
        request,
        "appraisal/past/compare.html",
        frame(
            round,
            "",
            years=years,
            rows=[
                {
                    "agency": row.agency,
                    "group": row.group,
                    "cells": [_cell(row.years.get(year), places) for year in years],
                    "change": "" if row.change is None else _signed(row.change, places),
                    "fell": row.fell,
                    "fell_far": row.fell_far,
                }
                for row in rows
            ],
            imported=PastResult.objects.filter(jurisdiction=round.jurisdiction_id).exists(),
            verdict=rules.can_import_past(request.user, round, at=at),
            crumbs=[],
        ),
    )


def _now(round: Round, seated: bool) -> list[tuple[int, reading.YearLine]]:
    """This round's own lines, as far as the reader may know them."""
    standing = table.standing(round)
    if standing.consolidation is None or (standing.is_provisional and not seated):
        return []
    kept = Result.objects.filter(consolidation=standing.consolidation).values_list(
        "dossier__agency", "index", "rank", "grade"
    )
    return [
        (agency, reading.YearLine(round.year, index, rank, grade, round.name))
        for agency, index, rank, grade in kept
    ]


def _cell(line: reading.YearLine | None, places: int) -> dict[str, str]:
    if line is None:
        return {"index": "", "rank": "", "grade": "", "source": ""}
    return {
        "index": scoring.show(line.index, places),
        "rank": "" if line.rank is None else str(line.rank),
        "grade": line.grade,
        "source": line.source,
    }


def _signed(value: Any, places: int) -> str:
    return ("+" if value > 0 else "") + scoring.show(value, places)


@get_or_post
def upload(request: Request, pk: int) -> HttpResponse:
    """Read a published table; it waits for confirmation or says why it cannot come in."""
    round = find_round(request, pk)
    rules.enforce(rules.can_import_past(request.user, round, at=clock.now()))
    context: dict[str, Any] = {"crumbs": _crumbs(round)}
    if request.method != "POST":
        return render(
            request, "appraisal/past/import.html", frame(round, "", form=PastForm(), **context)
        )
    form = PastForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            held = workflow.hold_past_import(
                request.user, round, imports.workbook_of(uploaded(form)),
                form.cleaned_data["year"],
            )  # fmt: skip
        except Refused as refused:
            form.add_error("file", refused.sentence)
        except Invalid as invalid:
            tell(form, invalid)
        except imports.Blocked as blocked:
            context |= {"stopped": str(blocked), "problems": grouped(blocked.sheet.problems)}
        else:
            return redirect("appraisal:past-confirm", round.pk, held.pk)
    return render(
        request,
        "appraisal/past/import.html",
        frame(round, "", form=form, **context),
        status=UNPROCESSABLE,
    )


@get_or_post
def confirm(request: Request, pk: int, import_pk: int) -> HttpResponse:
    """The preview: whose row is whose, what is replaced; and the yes."""
    round = find_round(request, pk)
    rules.enforce(rules.can_import_past(request.user, round, at=clock.now()))
    waiting = get_object_or_404(WorkbookImport, pk=import_pk, round=round, kind=workflow.PAST)
    if waiting.confirmed_at:
        messages.info(request, _("Tệp này đã được nhập."))
        return redirect("appraisal:past-compare", round.pk)
    rows = workflow.rows_in(waiting)
    found = reading.matches(round.jurisdiction, [(row.code, row.name) for row in rows])
    there = workflow.kept_already(round, waiting)
    agencies = list(Agency.objects.filter(jurisdiction=round.jurisdiction_id).order_by("name"))
    form = MatchForm(
        request.POST if request.method == "POST" else None,
        agencies=agencies,
        rows=len(rows),
        replaces=bool(there),
        initial={f"agency_{n}": str(agency.pk) if agency else "" for n, agency in enumerate(found)},
    )
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                written = workflow.confirm_past_import(
                    request.user, waiting, form.chosen(),
                    replace=form.cleaned_data.get("replace", False),
                )  # fmt: skip
            except Invalid as invalid:
                tell(form, invalid)
            else:
                messages.success(request, _("Đã nhập kết quả của %d cơ quan.") % written)
                return redirect("appraisal:past-compare", round.pk)
        status = UNPROCESSABLE
    context = frame(
        round,
        "",
        crumbs=_crumbs(round),
        form=form,
        waiting=waiting,
        there=there,
        unmatched=sum(agency is None for agency in found),
        problems=grouped(tuple(imports_problems(waiting))),
        rows=[
            {
                "year": workflow.year_of(waiting, row),
                "group": row.group,
                "name": row.name,
                "total": scoring.show(row.total, 6, trim=True),
                "index": scoring.show(row.index, 6, trim=True),
                "rank": row.rank or "",
                "grade": row.grade,
                "field": form[f"agency_{number}"],
                "is_known": found[number] is not None,
            }
            for number, row in enumerate(rows)
        ],
    )
    return render(request, "appraisal/past/confirm.html", context, status=status)


def imports_problems(waiting: WorkbookImport) -> Any:
    """The warnings of a held table."""
    return workflow.PastSheet.from_json(waiting.content).problems
