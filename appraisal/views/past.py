"""Years beside one another: published tables brought in, and this round compared with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from agencies.http import Request
from agencies.models import AgencyGroup
from appraisal import clock, rules, scoring
from appraisal.files.refusal import Refused
from appraisal.forms.past import MatchForm, PastForm
from appraisal.models import PastResult, Round, WorkbookImport
from appraisal.queries import past as reading
from appraisal.queries import table
from appraisal.queries.past import AgencyYears, YearLine
from appraisal.states import RoundState
from appraisal.views.council import frame
from appraisal.views.criteria import grouped
from appraisal.views.known import find_round
from appraisal.views.preparing import UNPROCESSABLE, tell, uploaded
from appraisal.workbooks.past import PLACES, PastRow, PastSheet
from appraisal.workflow import imports
from appraisal.workflow import past as workflow
from appraisal.workflow.acting import Invalid

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _crumbs(round: Round, *more: tuple[str, str]) -> list[dict[str, str]]:
    way = (("past-compare", _("So sánh các năm")), *more)
    return [
        {"label": label, "url": reverse(f"appraisal:{name}", args=[round.pk])}
        for name, label in way
    ]


# --- The years side by side ----------------------------------------------------------------------
@require_safe
def compare(request: Request, pk: int) -> HttpResponse:
    """Every agency over the years, falls of two grades marked."""
    round = find_round(request, pk)
    at = clock.now()
    rules.enforce(rules.can_compare_years(request.user, round, at=at))
    seated = bool(rules.can_see_table(request.user, round, at=at))
    found = reading.compare(round, seated=seated)
    groups = [
        {
            "name": group.name,
            "rows": [_row(row, found.years, round.display_decimals) for row in group.rows],
        }
        for group in found.groups
    ]
    return render(
        request,
        "appraisal/past/compare.html",
        frame(
            round,
            "past-compare" if seated else "",
            seated=seated,
            years=found.years,
            groups=groups,
            far=sum(row.fell_far for group in found.groups for row in group.rows),
            is_provisional=found.is_provisional,
            is_published=round.state == RoundState.PUBLISHED,
            unknown=sum(found.unknown.values()),
            import_verdict=rules.can_import_past(request.user, round, at=at),
        ),
    )


def _row(row: AgencyYears, years: Sequence[int], places: int) -> dict[str, Any]:
    change = "" if row.change is None else table.signed(row.change, places)
    return {
        "dossier": row.dossier,
        "agency": row.agency,
        "cells": [[_line(line, places) for line in row.years.get(year, ())] for year in years],
        "change": change,
        "sign": 0 if change[:1] not in ("+", "−") else (1 if change[0] == "+" else -1),
        "moved": _moved(row.moved),
        "fell": row.fell if row.fell and row.fell > 0 else 0,
        "fell_far": row.fell_far,
    }


def _line(line: YearLine, places: int) -> dict[str, Any]:
    return {
        "index": scoring.show(line.index, places),
        "rank": line.rank,
        "grade": line.grade,
        "agency": line.agency,
        "source": line.source,
        "is_public": line.is_public,
        "year": line.year,
    }


def _moved(ranks: int | None) -> str:
    if ranks is None:
        return ""
    if ranks == 0:
        return _("giữ hạng")
    words = _("lên %d hạng") if ranks > 0 else _("xuống %d hạng")
    return words % abs(ranks)


# --- What was brought in --------------------------------------------------------------------------
@require_safe
def list_(request: Request, pk: int) -> HttpResponse:
    """The published tables that are kept, by year and group, with where each came from."""
    round = find_round(request, pk)
    at = clock.now()
    rules.enforce(rules.can_compare_years(request.user, round, at=at))
    kept = (
        PastResult.objects.filter(jurisdiction=round.jurisdiction_id)
        .values("year", "group_name", "imported__file_name", "imported__confirmed_at",
                "imported__confirmed_by__full_name")
        .annotate(lines=Count("pk"), known=Count("agency"))
        .order_by("-year", "group_name")
    )  # fmt: skip
    return render(
        request,
        "appraisal/past/list.html",
        {
            "round": round,
            "crumbs": _crumbs(round),
            "parts": [
                {
                    "year": item["year"],
                    "group": item["group_name"],
                    "lines": item["lines"],
                    "unknown": item["lines"] - item["known"],
                    "file": item["imported__file_name"] or "",
                    "by": item["imported__confirmed_by__full_name"] or "",
                    "at": item["imported__confirmed_at"],
                }
                for item in kept
            ],
            "verdict": rules.can_import_past(request.user, round, at=at),
        },
    )


@get_or_post
def upload(request: Request, pk: int) -> HttpResponse:
    """Read a published table; it waits for confirmation or says why it cannot come in."""
    round = find_round(request, pk)
    rules.enforce(rules.can_import_past(request.user, round, at=clock.now()))
    context: dict[str, Any] = {
        "round": round,
        "crumbs": _crumbs(round, ("past-list", _("Bảng đã nhập"))),
    }
    bound = request.method == "POST"
    form = PastForm(
        request.POST if bound else None,
        request.FILES if bound else None,
        before=round.year,
        groups=AgencyGroup.objects.filter(jurisdiction=round.jurisdiction_id),
    )
    if bound and form.is_valid():
        try:
            held = workflow.hold_past_import(
                request.user,
                round,
                imports.workbook_of(uploaded(form)),
                year=form.cleaned_data["year"],
                group=form.cleaned_data["group"],
            )
        except Refused as refused:
            form.add_error("year" if refused.code == "no_year" else "file", refused.sentence)
        except imports.Blocked as blocked:
            context |= {"stopped": str(blocked), "problems": grouped(blocked.sheet.problems)}
        else:
            return redirect("appraisal:past-confirm", round.pk, held.pk)
    context["form"] = form
    status = UNPROCESSABLE if bound else 200
    return render(request, "appraisal/past/import.html", context, status=status)


@get_or_post
def confirm(request: Request, pk: int, import_pk: int) -> HttpResponse:
    """The preview: whose line is whose, what is replaced; and the yes."""
    round = find_round(request, pk)
    rules.enforce(rules.can_import_past(request.user, round, at=clock.now()))
    waiting = get_object_or_404(WorkbookImport, pk=import_pk, round=round, kind=workflow.PAST)
    if waiting.confirmed_at:
        messages.info(request, _("Tệp này đã được nhập."))
        return redirect("appraisal:past-list", round.pk)
    sheet = PastSheet.from_json(waiting.content)
    register = reading.Register(round.jurisdiction)
    found = [register.find(row.code, row.name, row.year) for row in sheet.rows]
    there = workflow.kept_already(round, sheet.rows)
    form = MatchForm(
        request.POST if request.method == "POST" else None,
        warnings=imports.warnings_of(sheet.problems),
        agencies=register.agencies,
        places=[place for place, match in enumerate(found) if match.agency is None],
        replaces=bool(there),
    )
    status = 200
    if request.method == "POST":
        if form.is_valid():
            agencies = {place: match.agency for place, match in enumerate(found)}
            try:
                taken = workflow.confirm_past_import(
                    request.user,
                    waiting,
                    agencies | form.chosen(),
                    accept_warnings=form.cleaned_data.get("accept", False),
                    replace=there.keys() if form.cleaned_data.get("replace") else (),
                )
            except Invalid as invalid:
                tell(form, invalid)
            else:
                words = ngettext(
                    "Đã nhập %d dòng kết quả.", "Đã nhập %d dòng kết quả.", taken.written
                )
                messages.success(request, words % taken.written)
                return redirect("appraisal:past-compare", round.pk)
        status = UNPROCESSABLE
    context = {
        "round": round,
        "crumbs": _crumbs(round, ("past-list", _("Bảng đã nhập"))),
        "form": form,
        "waiting": waiting,
        "problems": grouped(sheet.problems),
        "unmatched": sum(match.agency is None for match in found),
        **preview(form, sheet.rows, found, there),
    }
    return render(request, "appraisal/past/confirm.html", context, status=status)


def preview(
    form: MatchForm,
    rows: Sequence[PastRow],
    found: Sequence[reading.Match],
    there: dict[workflow.Part, list[PastResult]],
) -> dict[str, Any]:
    """The lines with whose they are, and beside them what is kept and would go."""
    kept = {(part, item.agency_name): item for part, items in there.items() for item in items}
    shown = []
    for place, (row, match) in enumerate(zip(rows, found, strict=True)):
        before = kept.pop(((row.year, row.group), row.name), None)
        index, old = _shown(row.index), _shown(before.index) if before else ""
        shown.append(
            {
                "year": row.year,
                "group": row.group,
                "code": row.code,
                "name": row.name,
                "total": _shown(row.total),
                "maximum": _shown(row.maximum),
                "index": index,
                "old": old if old != index else "",
                "rank": row.rank or "",
                "grade": row.grade,
                "agency": match.agency.name if match.agency else "",
                "by": {"code": _("theo mã"), "name": _("theo tên")}.get(match.by, ""),
                "field": form[f"agency_{place}"] if match.agency is None else None,
            }
        )
    return {
        "rows": shown,
        "parts": [
            {
                "year": year,
                "group": group,
                "lines": len(items),
                "file": items[0].imported.file_name if items[0].imported else "",
                "at": items[0].imported.confirmed_at if items[0].imported else None,
                "gone": [
                    item.agency_name
                    for (part, _name), item in kept.items()
                    if part == (year, group)
                ],
            }
            for (year, group), items in sorted(there.items())
        ],
    }


def _shown(value: Any) -> str:
    return scoring.show(value, PLACES, trim=True)
