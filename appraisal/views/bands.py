"""The grade bands of a round."""

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
from appraisal.forms.bands import MOST, BandsForm, form_of, typed_rows
from appraisal.views.preparing import UNPROCESSABLE, crumbs, known_round, tell
from appraisal.workflow import setup
from appraisal.workflow.acting import Invalid

BLANK: dict[str, Any] = {"name": "", "bound": "", "inclusive": True}


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Rows of name, lower bound, inclusive; adding and removing a row reloads without saving."""
    round = known_round(request, pk)
    verdict = rules.can_prepare(request.user, round, at=clock.now())
    context: dict[str, Any] = {"round": round, "crumbs": crumbs(round), "verdict": verdict}
    status = 200
    if request.method != "POST":
        stored = [
            {"name": band.name, "bound": band.lower_bound, "inclusive": band.inclusive}
            for band in round.bands.all()
        ]
        form = form_of(stored if stored or not verdict else [BLANK] * 4)
    else:
        enforce(verdict)
        rows = typed_rows(request.POST)
        if "add" in request.POST:
            form = form_of([*rows, BLANK][:MOST])
        elif "remove" in request.POST:
            gone = request.POST["remove"]
            form = form_of([row for number, row in enumerate(rows) if str(number) != gone])
        else:
            form = BandsForm(request.POST, rows=len(rows))
            if form.is_valid():
                try:
                    setup.save_bands(request.user, round, form.bands())
                except Invalid as invalid:
                    tell(form, invalid)
                else:
                    messages.success(request, _("Đã lưu các mức xếp loại."))
                    return redirect("appraisal:bands-edit", round.pk)
            status = UNPROCESSABLE
    context |= {"form": form, "may_add": form.count < MOST}
    return render(request, "appraisal/bands/edit.html", context, status=status)
