"""One disputed leaf side by side, and the council's ruling on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.http import Request
from appraisal import clock, rules, scoring
from appraisal.forms.rulings import RulingForm
from appraisal.models import Criterion, Dossier, Mark, Meeting
from appraisal.queries import disputes
from appraisal.states import Stage
from appraisal.views.council import frame
from appraisal.workflow import council
from appraisal.workflow.acting import Conflict, Invalid, MarkInput


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int, criterion_pk: int) -> HttpResponse:
    """Read the leaf side by side; record what the council decided."""
    dossier = get_object_or_404(
        Dossier.objects.visible_to(request.user).select_related(
            "round__jurisdiction", "agency", "group"
        ),
        pk=pk,
    )
    criterion = get_object_or_404(
        Criterion.objects.select_related("criteria_set", "field"),
        pk=criterion_pk,
        is_leaf=True,
        criteria_set__round=dossier.round_id,
        criteria_set__group=dossier.group_id,
    )
    request.nav_round = dossier.round
    rules.enforce(rules.can_see_table(request.user, dossier.round, at=clock.now()))
    verdict = rules.can_rule(request.user, dossier, at=clock.now())
    marks = {
        mark.stage: mark
        for mark in Mark.objects.filter(dossier=dossier, criterion=criterion).select_related(
            "author"
        )
    }
    current = marks.get(Stage.COUNCIL)
    form = RulingForm(
        request.POST or None,
        round=dossier.round,
        criterion=criterion,
        initial=_initial(current),
    )
    status, versus = 200, None
    if request.method == "POST":
        rules.enforce(verdict)
        if form.is_valid():
            try:
                _rule(request, dossier, criterion, form)
            except Invalid as invalid:
                for name, sentence in invalid.errors.items():
                    form.add_error(name if name in form.fields else None, sentence)
            except Conflict as conflict:
                status, versus = 409, _versus(form, conflict.current)
                form = _again(form, conflict.current)
            else:
                messages.success(request, _("Đã ghi kết luận của Hội đồng."))
                return redirect(
                    f"{reverse('appraisal:disputes-list', args=[dossier.round_id])}"
                    f"#{dossier.pk}-{criterion.pk}"
                )
        if form.errors and status == 200:
            status = 422
    return render(
        request,
        "appraisal/rulings/edit.html",
        frame(
            dossier.round,
            "disputes-list",
            dossier=dossier,
            criterion=criterion,
            dispute=disputes.dispute_of(dossier, criterion, marks.values()),
            rulings=_history(dossier, criterion),
            form=form,
            verdict=verdict,
            versus=versus,
            meetings_exist=Meeting.objects.filter(round=dossier.round).exists(),
            crumbs=[
                {
                    "label": _("Ý kiến khác nhau"),
                    "url": reverse("appraisal:disputes-list", args=[dossier.round_id]),
                }
            ],
        ),
        status=status,
    )


def _rule(request: Request, dossier: Dossier, criterion: Criterion, form: RulingForm) -> None:
    cleaned = form.cleaned_data
    given = council.RulingInput(
        MarkInput(
            points=cleaned["value"],
            reason=cleaned["reason"],
            not_applicable=cleaned.get("not_applicable", False),
        ),
        votes_for=form.votes("votes_for"),
        votes_against=form.votes("votes_against"),
        votes_abstain=form.votes("votes_abstain"),
    )
    council.rule(
        request.user, dossier, criterion, cleaned["meeting"], given, version=cleaned["version"]
    )


def _initial(current: Mark | None) -> dict[str, Any]:
    if current is None:
        return {"version": 0}
    return {
        "version": current.version,
        "points": _points(current.points),
        "not_applicable": current.not_applicable,
        "reason": current.reason,
    }


def _points(value: Any) -> str:
    return scoring.show(value, scoring.POINT_PLACES, trim=True) if value is not None else ""


def _versus(form: RulingForm, current: Mark | None) -> list[dict[str, str]]:
    """What the person typed beside what is stored, line by line."""
    waived = _("Không áp dụng")
    mine = form.cleaned_data
    stored = _initial(current)
    return [
        {
            "label": _("Điểm kết luận"),
            "mine": waived if mine.get("not_applicable") else _points(mine["value"]),
            "theirs": waived if stored.get("not_applicable") else str(stored.get("points", "")),
        },
        {
            "label": _("Lý do"),
            "mine": mine["reason"],
            "theirs": str(stored.get("reason", "")),
        },
        {
            "label": _("Người lưu"),
            "mine": _("Ông/bà (chưa lưu)"),
            "theirs": (
                f"{current.author.full_name}, {clock.minute(current.saved_at)}" if current else ""
            ),
        },
    ]


def _again(form: RulingForm, current: Mark | None) -> RulingForm:
    """The same form, so that pressing once more saves over what the person has now seen."""
    form.data = {
        **{name: form.data.get(name, "") for name in form.fields},
        "version": str(current.version if current else 0),
    }
    return form


def _history(dossier: Dossier, criterion: Criterion) -> list[dict[str, str]]:
    return [
        {
            "when": clock.minute(item.recorded_at),
            "points": _("Không áp dụng") if item.not_applicable else _points(item.points),
            "reason": item.reason,
            "meeting": f"{clock.minute(item.meeting.held_at)}, {item.meeting.place}",
            "votes": f"{item.votes_for}–{item.votes_against}–{item.votes_abstain}",
            "by": item.recorded_by.full_name,
        }
        for item in disputes.rulings_of(dossier, criterion.pk)
    ]
