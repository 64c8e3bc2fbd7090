"""The criteria sets of a round: read as trees, brought in from workbooks, taken out again."""

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
from appraisal.forms.criteria import ConfirmCriteriaForm, WorkbookForm
from appraisal.models import CriteriaSet, Round, WorkbookImport
from appraisal.queries import setup as reading
from appraisal.views.preparing import (
    UNPROCESSABLE,
    crumbs,
    known_group,
    known_round,
    tell,
    uploaded,
)
from appraisal.workbooks.criteria import KIND_NAMES, CriteriaSheet, CriterionRow
from appraisal.workbooks.criteria_out import write_criteria
from appraisal.workbooks.problems import Problem
from appraisal.workflow import imports
from appraisal.workflow.acting import Invalid

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def list_(request: Request, pk: int) -> HttpResponse:
    """Each group of the province with its criteria, or what to do to get some."""
    round = known_round(request, pk)
    context = {
        "round": round,
        "crumbs": crumbs(round),
        "lines": reading.set_lines(round),
        "verdict": rules.can_prepare(request.user, round, at=clock.now()),
    }
    return render(request, "appraisal/criteria/list.html", context)


def _way(round: Round, group: AgencyGroup | None = None) -> Any:
    way = [(_("Bộ tiêu chí"), reverse("appraisal:criteria-list", args=[round.pk]))]
    if group:
        way.append((group.name, reverse("appraisal:criteria-show", args=[round.pk, group.code])))
    return crumbs(round, *way)


@require_safe
def show(request: Request, pk: int, group: str) -> HttpResponse:
    """The tree of one group: points, rule, appraiser, evidence."""
    round = known_round(request, pk)
    ranked = known_group(round, group)
    criteria_set = CriteriaSet.objects.filter(round=round, group=ranked).first()
    nodes = reading.nodes_of(criteria_set) if criteria_set else []
    context = {
        "round": round,
        "group": ranked,
        "crumbs": _way(round),
        "criteria_set": criteria_set,
        "nodes": nodes,
        "leaves": sum(node.is_leaf for node in nodes),
        "frozen": clock.minute(criteria_set.frozen_at)
        if criteria_set and criteria_set.frozen_at
        else "",
        "verdict": rules.can_prepare(request.user, round, at=clock.now()),
    }
    return render(request, "appraisal/criteria/show.html", context)


@get_or_post
def upload(request: Request, pk: int, group: str) -> HttpResponse:
    """Read a workbook; it waits for confirmation, or says cell by cell why it cannot come in."""
    round = known_round(request, pk)
    ranked = known_group(round, group)
    enforce(rules.can_prepare(request.user, round, at=clock.now()))
    context: dict[str, Any] = {"round": round, "group": ranked, "crumbs": _way(round, ranked)}
    if request.method != "POST":
        return render(request, "appraisal/criteria/import.html", context | {"form": WorkbookForm()})
    form = WorkbookForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            held = imports.hold_criteria_import(
                request.user, round, ranked, imports.workbook_of(uploaded(form))
            )
        except Refused as refused:
            form.add_error("file", refused.sentence)
        except imports.Blocked as blocked:
            context |= {"stopped": str(blocked), "problems": grouped(blocked.sheet.problems)}
        else:
            return redirect("appraisal:criteria-confirm", round.pk, ranked.code, held.pk)
    context["form"] = form
    return render(request, "appraisal/criteria/import.html", context, status=UNPROCESSABLE)


def grouped(problems: tuple[Problem, ...]) -> Any:
    """Cell problems as the component of that name draws them, what blocks first."""
    parts = [(_("Phải sửa trong tệp"), True), (_("Cảnh báo: nhập được khi chấp nhận"), False)]
    return [
        {
            "title": title,
            "problems": [
                {
                    "severity": "blocking" if blocking else "warning",
                    "where": _("Ô %s") % item.cell if item.cell else _("Cả trang"),
                    "text": f"“{item.value}”: {item.sentence}" if item.value else item.sentence,
                }
                for item in problems
                if item.blocking == blocking
            ],
        }
        for title, blocking in parts
        if any(item.blocking == blocking for item in problems)
    ]


@get_or_post
def confirm(request: Request, pk: int, group: str, import_pk: int) -> HttpResponse:
    """The preview of a read workbook, and the yes that brings it in."""
    round = known_round(request, pk)
    ranked = known_group(round, group)
    waiting = get_object_or_404(
        WorkbookImport, pk=import_pk, round=round, group=ranked, kind=imports.CRITERIA
    )
    enforce(rules.can_prepare(request.user, round, at=clock.now()))
    if waiting.confirmed_at:
        messages.info(request, _("Tệp này đã được nhập."))
        return redirect("appraisal:criteria-show", round.pk, ranked.code)
    sheet = CriteriaSheet.from_json(waiting.content)
    present = CriteriaSet.objects.filter(round=round, group=ranked).first()
    warnings = imports.warnings_of(sheet.problems)
    status = 200
    if request.method == "POST":
        form = ConfirmCriteriaForm(request.POST, warnings=warnings)
        if form.is_valid():
            data = form.cleaned_data
            try:
                imports.confirm_criteria_import(
                    request.user,
                    waiting,
                    imports.SetInput(data["name"], data["basis"], data["is_illustrative"]),
                    accept_warnings=data.get("accept", False),
                )
            except Invalid as invalid:
                tell(form, invalid)
            else:
                messages.success(request, _("Đã nhập %d tiêu chí.") % len(sheet.rows))
                return redirect("appraisal:criteria-show", round.pk, ranked.code)
        status = UNPROCESSABLE
    else:
        form = ConfirmCriteriaForm(warnings=warnings, initial=_named(present, ranked))
    context = {
        "round": round,
        "group": ranked,
        "crumbs": _way(round, ranked),
        "form": form,
        "waiting": waiting,
        "present": present,
        "problems": grouped(sheet.problems),
        "notes": sheet.notes,
        "nodes": preview(sheet, imports.appraisers(round)),
        "leaves": sum(row.is_leaf for row in sheet.rows),
        "total": reading.points(sheet.total),
    }
    return render(request, "appraisal/criteria/confirm.html", context, status=status)


def _named(present: CriteriaSet | None, group: AgencyGroup) -> dict[str, Any]:
    if present is None:
        return {"name": _("Bộ tiêu chí %s") % group.name}
    return {
        "name": present.name,
        "basis": present.basis,
        "is_illustrative": present.is_illustrative,
    }


def preview(sheet: CriteriaSheet, agencies: dict[str, str]) -> Any:
    """The parsed rows as the tree is shown after the import."""
    return [
        reading.Node(
            code=row.code,
            title=row.title,
            points=reading.points(row.max_points),
            kind=KIND_NAMES[row.kind],
            rule=row.rule_text,
            evidence=row.evidence,
            appraiser=agencies.get(row.appraiser_code or "", ""),
            na_allowed=row.na_allowed,
            depth=row.depth - 1,
            is_leaf=row.is_leaf,
            note=row.note,
        )
        for row in sheet.rows
    ]


@require_safe
def export(request: Request, pk: int, group: str) -> HttpResponse:
    """The criteria of a group as a workbook that imports back identically."""
    round = known_round(request, pk)
    ranked = known_group(round, group)
    criteria_set = get_object_or_404(CriteriaSet, round=round, group=ranked)
    content = write_criteria(rows_of(criteria_set), criteria_set.name)
    name = f"bo-tieu-chi-{ranked.code}-{round.year}.xlsx"
    return HttpResponse(content, headers=safe_headers(name, XLSX))


def rows_of(criteria_set: CriteriaSet) -> tuple[CriterionRow, ...]:
    """A stored criteria set as the rows that an import gives."""
    nodes = criteria_set.criteria.select_related("parent", "appraiser").order_by("position")
    return tuple(
        CriterionRow(
            code=node.code,
            parent_code=node.parent.code if node.parent else None,
            title=node.title,
            max_points=node.max_points,
            kind=node.kind,
            params=node.params,
            rule_text=node.rule_text,
            evidence=tuple(filter(None, node.evidence_text.split("\n"))),
            appraiser_code=node.appraiser.code if node.appraiser else None,
            na_allowed=node.na_allowed,
            note=node.note,
            depth=node.depth + 1,
            position=place,
            is_leaf=node.is_leaf,
            outside_total=node.outside_total,
            cell="",
        )
        for place, node in enumerate(nodes, start=1)
    )


@require_safe
def template(request: Request, pk: int, group: str) -> HttpResponse:
    """A workbook with the headers and a sample row, to be filled in."""
    round = known_round(request, pk)
    ranked = known_group(round, group)
    sample = CriterionRow(
        code="1",
        parent_code=None,
        title=_("Công tác chỉ đạo, điều hành cải cách hành chính"),
        max_points=scoring.parse_number("10"),
        kind="manual",
        params={},
        rule_text="",
        evidence=(),
        appraiser_code=None,
        na_allowed=False,
        note="",
        depth=1,
        position=1,
        is_leaf=True,
        outside_total=False,
        cell="",
    )
    content = write_criteria([sample], _("Bộ tiêu chí %s") % ranked.name)
    return HttpResponse(content, headers=safe_headers(f"mau-bo-tieu-chi-{ranked.code}.xlsx", XLSX))
