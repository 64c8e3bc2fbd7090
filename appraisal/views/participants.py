"""Which agencies a round assesses, each in its group."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.http import Request
from agencies.models import AgencyGroup
from agencies.verdict import enforce
from appraisal import clock, rules
from appraisal.forms.participants import ParticipantsForm, SearchForm, search_text
from appraisal.queries import setup as reading
from appraisal.states import RoundState
from appraisal.views.preparing import UNPROCESSABLE, crumbs, known_round
from appraisal.workflow import setup
from appraisal.workflow.acting import Invalid


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Agencies in force with a tick and a group; a search hides rows and forgets none."""
    round = known_round(request, pk)
    at = clock.now()
    verdict = rules.can_prepare(request.user, round, at=at)
    day = at.astimezone(clock.VIETNAM).date()
    groups = [*AgencyGroup.objects.filter(jurisdiction=round.jurisdiction_id)]
    text = search_text(request.GET)
    lines = reading.agency_lines(round, day, text)
    errors: Any = []
    if request.method == "POST":
        enforce(verdict)
        form = ParticipantsForm(request.POST, [line.agency for line in lines], groups)
        if form.is_valid():
            try:
                setup.save_participants(request.user, round, form.chosen)
            except Invalid as invalid:
                errors = [*invalid.errors.values()]
            else:
                messages.success(request, _("Đã lưu: %d cơ quan được đánh giá.") % len(form.chosen))
                return redirect("appraisal:participants-edit", round.pk)
        errors = errors or form.errors
        for line in lines:
            line.chosen = line.agency in form.chosen
            line.group_id = form.chosen[line.agency].pk if line.chosen else line.group_id
    secretary = rules.can_change_windows(request.user, round, at=at)
    context = {
        "round": round,
        "crumbs": crumbs(round),
        "verdict": verdict,
        "groups": groups,
        "parts": reading.by_group([line for line in lines if line.shown], groups),
        "hidden": [line for line in lines if not line.shown and line.chosen],
        "chosen": sum(line.chosen for line in lines),
        "total": len(lines),
        "errors": errors,
        "text": text,
        "search": SearchForm(request.GET if text else None),
        "extends": secretary and round.state == RoundState.OPEN,
    }
    status = UNPROCESSABLE if errors else 200
    return render(request, "appraisal/participants/edit.html", context, status=status)
