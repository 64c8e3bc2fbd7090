"""The lead corrects many marks: a leaf across its agencies, or a file; seen first, then written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agencies.http import Request
from agencies.verdict import Refusal, enforce
from appraisal import clock, rules, scoring
from appraisal.files.refusal import Refused
from appraisal.forms.corrections import MeasureForm
from appraisal.forms.criteria import WorkbookForm
from appraisal.models import Criterion, Round, WorkbookImport
from appraisal.papers import corrections as reading
from appraisal.queries.results import settings_of
from appraisal.views.criteria import grouped
from appraisal.views.known import find_round
from appraisal.views.preparing import UNPROCESSABLE, tell, uploaded
from appraisal.workflow import corrections as workflow
from appraisal.workflow import imports
from appraisal.workflow.acting import Invalid

get_or_post = require_http_methods(["GET", "HEAD", "POST"])

MOST_TOLD = 20


def _find(request: Request, pk: int) -> tuple[Round, datetime]:
    at = clock.now()
    round = find_round(request, pk)
    enforce(rules.can_make_corrections(request.user, round, at=at))
    return round, at


def _crumbs(round: Round, *more: tuple[str, str]) -> list[dict[str, str]]:
    way = [(_("Tiến độ thẩm định"), reverse("appraisal:progress-show", args=[round.pk])), *more]
    return [{"label": label, "url": url} for label, url in way]


@get_or_post
def new(request: Request, pk: int) -> HttpResponse:
    """Choose a leaf and agencies, say what is done and why; or bring a file."""
    round, at = _find(request, pk)
    nodes = reading.leaves(round)
    leaf = _leaf(request, nodes)
    lines = reading.lines(round, request.user, leaf, at) if leaf else []
    is_file = request.method == "POST" and request.POST.get("from") == "file"
    posted = request.POST if request.method == "POST" and not is_file else None
    form = None
    if leaf is not None:
        form = MeasureForm(
            posted, criterion=leaf,
            dossiers=[line.dossier.pk for line in lines if line.verdict],
        )  # fmt: skip
    file_form = WorkbookForm(*((request.POST, request.FILES) if is_file else ()))
    context: dict[str, Any] = {}
    if request.method == "POST":
        held = None
        if is_file:
            held = _bring(request, round, file_form, context)
        elif leaf is None or form is None:
            raise Http404
        elif form.is_valid():
            held = _propose(request, round, leaf, form)
        if held is not None:
            return redirect("appraisal:corrections-confirm", round.pk, held.pk)
    context |= {
        "round": round,
        "crumbs": _crumbs(round),
        "groups": _options(nodes, leaf),
        "leaf": leaf,
        "maximum": reading.points_text(leaf.max_points, not_applicable=False) if leaf else "",
        "rows": [_row(line, posted.getlist("dossiers") if posted else []) for line in lines],
        "form": form,
        "file_form": file_form,
        "waiting": workflow.waiting_of(round, request.user).first(),
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "appraisal/corrections/new.html", context, status=status)


def _leaf(request: Request, nodes: list[Criterion]) -> Criterion | None:
    """The leaf that the address names; the first one without; 404 for any other."""
    wanted = request.GET.get("leaf", "")
    if not wanted:
        return nodes[0] if nodes else None
    found = next((node for node in nodes if str(node.pk) == wanted), None)
    if found is None:
        raise Http404
    return found


def _options(nodes: list[Criterion], leaf: Criterion | None) -> list[dict[str, Any]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for node in nodes:
        found.setdefault(node.criteria_set.group.name, []).append(
            {"pk": node.pk, "label": f"{node.code} {node.title}", "chosen": node == leaf}
        )
    return [{"name": name, "leaves": leaves} for name, leaves in found.items()]


def _row(line: reading.Line, ticked: list[str]) -> dict[str, Any]:
    pk, current = line.dossier.pk, line.current
    return {
        "pk": pk,
        "agency": line.dossier.agency.name,
        "own": reading.shown(line.own),
        "current": reading.shown(current),
        "differs": current is not None and reading.shown(line.own) != reading.shown(current),
        "stage": current.get_stage_display() if current else "",
        "author": current.author.full_name if current else "",
        "reason": current.reason if current else "",
        "verdict": line.verdict,
        "ticked": str(pk) in ticked,
    }


def _propose(
    request: Request, round: Round, leaf: Criterion, form: MeasureForm
) -> WorkbookImport | None:
    data = form.cleaned_data
    measure = workflow.Measure(data["way"], data["amount"], data["reason"])
    try:
        return workflow.propose(request.user, round, leaf, data["dossiers"], measure)
    except Invalid as invalid:
        tell(form, invalid)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
    return None


def _bring(
    request: Request, round: Round, form: WorkbookForm, context: dict[str, Any]
) -> WorkbookImport | None:
    if form.is_valid():
        try:
            return workflow.hold_file(request.user, round, imports.workbook_of(uploaded(form)))
        except Refused as refused:
            form.add_error("file", refused.sentence)
        except imports.Blocked as blocked:
            context |= {"stopped": str(blocked), "problems": grouped(blocked.sheet.problems)}
    return None


@get_or_post
def confirm(request: Request, pk: int, import_pk: int) -> HttpResponse:
    """Every mark before and after, and every agency's index; the yes writes them."""
    round, at = _find(request, pk)
    waiting = get_object_or_404(
        WorkbookImport, pk=import_pk, round=round, kind=workflow.CORRECTIONS,
        uploaded_by=request.user,
    )  # fmt: skip
    if waiting.confirmed_at:
        messages.info(request, _("Điều chỉnh này đã được ghi."))
        return redirect("appraisal:corrections-new", round.pk)
    wrong, status = "", 200
    if request.method == "POST":
        try:
            done = workflow.confirm(request.user, waiting)
        except Invalid as invalid:
            wrong, status = str(invalid), UNPROCESSABLE
        else:
            _report(request, done)
            return redirect("appraisal:corrections-new", round.pk)
    effects = reading.effects(round, workflow.changes_of(waiting), at)
    places = settings_of(round).display_places
    context = {
        "round": round,
        "crumbs": _crumbs(
            round,
            (_("Điều chỉnh hàng loạt"), reverse("appraisal:corrections-new", args=[round.pk])),
        ),
        "waiting": waiting,
        "wrong": wrong,
        "rows": [_change(effect) for effect in effects],
        "agencies": [
            {
                "name": item.dossier.agency.name,
                "before": scoring.show(item.before, places),
                "after": scoring.show(item.after, places),
                "delta": item.after - item.before,
            }
            for item in (reading.agency_effects(round, effects) if effects else ())
        ],
        "skipped": waiting.content.get("skipped", []),
    }
    return render(request, "appraisal/corrections/confirm.html", context, status=status)


def _change(effect: reading.Effect) -> dict[str, Any]:
    change = effect.change
    return {
        "agency": effect.dossier.agency.name,
        "code": effect.criterion.code,
        "title": effect.criterion.title,
        "own": reading.shown(effect.own),
        "before": reading.shown(effect.current),
        "after": reading.points_text(change.points, not_applicable=change.not_applicable),
        "reason": change.reason,
        "author": effect.current.author.full_name if effect.current else "",
        "is_stale": effect.is_stale,
    }


def _report(request: Request, done: workflow.Corrected) -> None:
    if done.saved:
        words = ngettext("Đã điều chỉnh %d điểm.", "Đã điều chỉnh %d điểm.", done.saved)
        messages.success(request, words % done.saved)
    for name, reason in done.left[:MOST_TOLD]:
        messages.warning(
            request, _("%(name)s chưa điều chỉnh: %(reason)s") % {"name": name, "reason": reason}
        )
    if len(done.left) > MOST_TOLD:
        messages.warning(
            request, _("Còn %d điểm khác chưa điều chỉnh.") % (len(done.left) - MOST_TOLD)
        )
