"""More time for one agency in one step."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.http import Request
from agencies.verdict import enforce
from appraisal import clock, rules
from appraisal.forms.extensions import ExtensionForm
from appraisal.models import Dossier
from appraisal.states import Step
from appraisal.views.preparing import UNPROCESSABLE, crumbs, tell
from appraisal.workflow import setup
from appraisal.workflow.acting import Invalid


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, pk: int) -> HttpResponse:
    """Until when, and why; what was given before stands below."""
    visible = Dossier.objects.visible_to(request.user).select_related("round", "agency")
    dossier = get_object_or_404(visible, pk=pk)
    round = dossier.round
    request.nav_round = round
    enforce(rules.can_extend(request.user, dossier, Step.SELF_ASSESSMENT, at=clock.now()))
    form = ExtensionForm(
        request.POST if request.method == "POST" else None, initial={"step": Step.SELF_ASSESSMENT}
    )
    status = 200
    if request.method == "POST":
        if form.is_valid():
            data = form.cleaned_data
            try:
                given = setup.extend(
                    request.user, dossier, Step(data["step"]), data["closes_at"], data["reason"]
                )
            except Invalid as invalid:
                tell(form, invalid)
            else:
                messages.success(
                    request,
                    _("Đã gia hạn cho %(agency)s đến %(when)s.")
                    % {"agency": dossier.agency.name, "when": clock.minute(given.closes_at)},
                )
                return redirect("appraisal:extensions-new", dossier.pk)
        status = UNPROCESSABLE
    agencies = reverse("appraisal:participants-edit", args=[round.pk])
    context: dict[str, Any] = {
        "dossier": dossier,
        "round": round,
        "crumbs": crumbs(round, (_("Cơ quan"), agencies)),
        "form": form,
        "limits": [
            {
                "label": step.label,
                "closes": clock.minute(closes)
                if (closes := rules.closes_for(dossier, step))
                else _("chưa đặt thời gian"),
            }
            for step in (Step.SELF_ASSESSMENT, Step.EXPLANATION)
        ],
        "given": [
            {
                "step": item.get_step_display(),
                "closes": clock.minute(item.closes_at),
                "reason": item.reason,
                "by": item.granted_by.full_name,
                "at": clock.minute(item.granted_at),
            }
            for item in dossier.extensions.select_related("granted_by")
        ],
    }
    return render(request, "appraisal/extensions/new.html", context, status=status)
