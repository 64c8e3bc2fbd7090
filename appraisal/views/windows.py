"""From when to when each step of a round is open."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.http import Request
from agencies.verdict import enforce
from appraisal import clock, rules
from appraisal.forms.windows import WindowsForm
from appraisal.queries import setup as reading
from appraisal.states import RoundState
from appraisal.views.preparing import UNPROCESSABLE, crumbs, known_round, tell
from appraisal.workflow import setup
from appraisal.workflow.acting import Invalid


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """All steps on one form; in an open round a change needs its reason."""
    round = known_round(request, pk)
    at = clock.now()
    verdict = rules.can_change_windows(request.user, round, at=at)
    stored = {window.step: window for window in round.windows.all()}
    context: dict[str, Any] = {
        "round": round,
        "crumbs": crumbs(round),
        "verdict": verdict,
        "opened": round.state != RoundState.DRAFT,
        "now": clock.minute(at),
    }
    status = 200
    if request.method == "POST":
        enforce(verdict)
        form = WindowsForm(request.POST, stored=stored)
        if form.is_valid():
            try:
                setup.save_windows(request.user, round, form.windows(), form.cleaned_data["reason"])
            except Invalid as invalid:
                tell(form, invalid)
            else:
                messages.success(request, _("Đã lưu thời gian các bước."))
                return redirect("appraisal:windows-edit", round.pk)
        status = UNPROCESSABLE
    else:
        form = WindowsForm(stored=stored)
    lines = reading.step_lines(round, at)
    context |= {"form": form, "rows": [*zip(form.rows(), lines, strict=True)]}
    return render(request, "appraisal/windows/edit.html", context, status=status)
