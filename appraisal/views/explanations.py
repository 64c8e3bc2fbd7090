"""The explanations that the team asked of the agency: the list, and the answer for one leaf."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.http import Request
from agencies.verdict import Refusal, Verdict
from appraisal import clock
from appraisal.forms.evidence import PickForm
from appraisal.forms.explanations import ExplanationForm
from appraisal.models import Dossier, Explanation, ExplanationRequest, Mark
from appraisal.queries import dossiers as queries
from appraisal.queries import evidence as documents
from appraisal.rules import can_cite, can_explain, roles, sees_appraisal, sees_result
from appraisal.rules.standing import closes_for
from appraisal.states import Stage, Step
from appraisal.views import dossiers
from appraisal.views.evidence import limits
from appraisal.workflow.acting import Invalid
from appraisal.workflow.explanation import ExplanationConflict, save_explanation


@dataclass(frozen=True)
class Item:
    """One request with what may be seen of the points."""

    request: ExplanationRequest
    answer: Explanation | None
    own: str
    appraised: str
    appraiser_reason: str
    maximum: str
    rows: list[documents.Row]


def _requests(request: Request, dossier: Dossier, at: datetime) -> QuerySet[ExplanationRequest]:
    """The requests that the person may know of; none before the explanation window opens."""
    found = queries.explanation_requests(dossier)
    return found if dossiers.shows_requests(request, dossier, at) else found.none()


def _sees_points(request: Request, dossier: Dossier, at: datetime) -> bool:
    if not dossiers.is_own(request, dossier):
        return bool(roles(request.user, dossier.round, at))
    return sees_appraisal(dossier, requested=True, at=at)


def _items(
    request: Request, dossier: Dossier, requests: list[ExplanationRequest], at: datetime
) -> list[Item]:
    shown = _sees_points(request, dossier, at)
    second_shown = sees_result(dossier) or not dossiers.is_own(request, dossier)
    marks = queries.judged(dossier, [item.criterion_id for item in requests])
    rows = documents.cited_under(
        dossier, [item.criterion for item in requests],
        names_agencies=dossiers.names_agencies(request, dossier, at),
    )  # fmt: skip
    items = []
    for item in requests:
        stages = marks.get(item.criterion_id, {})
        judged = stages.get(Stage.APPRAISAL) if shown else None
        if second_shown:
            judged = stages.get(Stage.REAPPRAISAL, judged)
        items.append(
            Item(
                item,
                getattr(item, "explanation", None),
                _points(stages.get(Stage.SELF)),
                _points(judged),
                judged.reason if judged else "",
                queries.points_text(item.criterion.max_points),
                rows.get(item.criterion_id, []),
            )
        )
    return items


def _points(mark: Mark | None) -> str:
    if mark is not None and mark.not_applicable:
        return _("không áp dụng")
    return queries.points_text(mark.points if mark else None)


@require_safe
def list_(request: Request, pk: int) -> HttpResponse:
    """What is to be explained, and what was answered."""
    at = clock.now()
    dossier = dossiers.find(request, pk)
    items = _items(request, dossier, list(_requests(request, dossier, at)), at)
    context = {
        "dossier": dossier,
        "items": items,
        "open_count": sum(item.answer is None for item in items),
        "sees_points": _sees_points(request, dossier, at),
        "explaining": _verdict(request, items[0], dossier, at) if items else None,
        "closes_at": closes_for(dossier, Step.EXPLANATION),
    }
    return render(request, "appraisal/explanations/list.html", context)


def _verdict(request: Request, item: Item, dossier: Dossier, at: datetime) -> Verdict:
    return can_explain(request.user, dossier, item.request.criterion, at=at)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int, criterion_pk: int) -> HttpResponse:
    """Answer one request; it saves itself or as a plain form."""
    at = clock.now()
    dossier = dossiers.find(request, pk)
    asked = get_object_or_404(_requests(request, dossier, at), criterion=criterion_pk)
    if request.method != "POST":
        return _page(request, dossier, asked, at)
    form = ExplanationForm(request.POST)
    typed = str(request.POST.get("text", ""))
    if not form.is_valid():
        verdict = can_explain(request.user, dossier, asked.criterion, at=at)
        if not verdict:
            return _refused(request, dossier, asked, typed, verdict.reason)
        errors = {name: [str(item) for item in items] for name, items in form.errors.items()}
        return _invalid(request, dossier, asked, at, form, errors)
    said = form.cleaned_data
    try:
        answer = save_explanation(
            request.user, dossier, asked.criterion, said["text"], version=said["version"]
        )
    except Refusal as refusal:
        return _refused(request, dossier, asked, typed, str(refusal))
    except Invalid as invalid:
        errors = {name: [sentence] for name, sentence in invalid.errors.items()}
        return _invalid(request, dossier, asked, at, form, errors)
    except ExplanationConflict as conflict:
        return _conflict(request, dossier, asked, at, form, conflict.current)
    if _wants_json(request):
        return JsonResponse({"ok": True, "version": answer.version, "html": {}})
    messages.success(request, _("Đã lưu giải trình tiêu chí %s.") % asked.criterion.code)
    return redirect("appraisal:explanations-list", pk=pk)


def _wants_json(request: Request) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _invalid(
    request: Request, dossier: Dossier, asked: ExplanationRequest, at: datetime,
    form: ExplanationForm, errors: dict[str, list[str]],
) -> HttpResponse:  # fmt: skip
    if _wants_json(request):
        return JsonResponse({"errors": errors}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _page(
        request, dossier, asked, at, form, HTTPStatus.UNPROCESSABLE_ENTITY,
        errors=[item for items in errors.values() for item in items],
    )  # fmt: skip


def _refused(
    request: Request, dossier: Dossier, asked: ExplanationRequest, typed: str, reason: str
) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"reason": reason}, status=HTTPStatus.FORBIDDEN)
    context = {
        "dossier": dossier,
        "criterion": asked.criterion,
        "reason": reason,
        "typed": [(_("Nội dung giải trình"), typed)] if typed else [],
        "next": dossiers.coming_next(dossier, clock.now()),
    }
    return render(request, "appraisal/marks/refused.html", context, status=HTTPStatus.FORBIDDEN)


def _conflict(
    request: Request, dossier: Dossier, asked: ExplanationRequest, at: datetime,
    form: ExplanationForm, current: Explanation | None,
) -> HttpResponse:  # fmt: skip
    version = current.version if current else 0
    theirs = current.text if current else ""
    label = _("Nội dung giải trình")
    mine = form.cleaned_data["text"]
    if _wants_json(request):
        fields = [{"name": "text", "label": label, "mine": mine, "theirs": theirs}]
        return JsonResponse(
            {"conflict": True, "version": version, "fields": fields}, status=HTTPStatus.CONFLICT
        )
    return _page(
        request, dossier, asked, at, form, HTTPStatus.CONFLICT,
        version=version, theirs=theirs, saved_by=current.author if current else None,
    )  # fmt: skip


def _page(
    request: Request, dossier: Dossier, asked: ExplanationRequest, at: datetime,
    form: ExplanationForm | None = None, status: int = HTTPStatus.OK, *,
    version: int | None = None, theirs: str | None = None, saved_by: Any = None,
    errors: list[str] | None = None,
) -> HttpResponse:  # fmt: skip
    item = _items(request, dossier, [asked], at)[0]
    stored = item.answer.version if item.answer else 0
    if form is None:
        form = ExplanationForm(initial={"text": item.answer.text if item.answer else ""})
    citing = can_cite(request.user, dossier, asked.criterion, at=at)
    picking = bool(citing) and "pick" in request.GET
    text = documents.searched(request.GET.get("q", "")) if picking else ""
    context = {
        "dossier": dossier,
        "criterion": asked.criterion,
        "item": item,
        "form": form,
        "version": stored if version is None else version,
        "theirs": theirs,
        "mine": form["text"].value(),
        "saved_by": saved_by,
        "errors": errors or [],
        "sees_points": _sees_points(request, dossier, at),
        "explaining": _verdict(request, item, dossier, at),
        "citing": citing,
        "closes_at": closes_for(dossier, Step.EXPLANATION),
        "asked_at": clock.minute(asked.asked_at),
        "rows": item.rows,
        "picking": picking,
        "pick_text": text,
        "to_pick": (
            documents.to_pick(request.user, dossier, asked.criterion, text) if picking else []
        ),
        "pick_form": PickForm(),
        **limits(),
    }
    return render(request, "appraisal/explanations/edit.html", context, status=status)
