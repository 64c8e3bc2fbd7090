"""Sending one dossier back to its agency: a page that asks for the reason and a new last moment."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.http import Request
from appraisal import clock, rules
from appraisal.forms.bench import SendBackForm
from appraisal.models import Dossier
from appraisal.states import Step
from appraisal.workflow import appraisal
from appraisal.workflow.acting import Invalid


@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: Request, pk: int) -> HttpResponse:
    """The confirmation page, and the move itself."""
    at = clock.now()
    dossier = get_object_or_404(
        Dossier.objects.visible_to(request.user).select_related("round", "agency"), pk=pk
    )
    request.nav_round = dossier.round
    rules.enforce(rules.can_send_back(request.user, dossier, at=at))
    form = SendBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            appraisal.send_back(
                request.user, dossier, form.cleaned_data["closes_at"], form.cleaned_data["reason"]
            )
        except Invalid as invalid:
            for name, sentence in invalid.errors.items():
                form.add_error(name, sentence)
        else:
            messages.success(request, _("Đã trả lại hồ sơ của %s.") % dossier.agency.name)
            return redirect("appraisal:progress-show", pk=dossier.round_id)
    closes = rules.closes_for(dossier, Step.SELF_ASSESSMENT)
    appraisal_window = rules.window(dossier.round, Step.APPRAISAL)
    return render(
        request,
        "appraisal/returns/send_back.html",
        {
            "dossier": dossier,
            "form": form,
            "closes": clock.minute(closes) if closes else "",
            "latest": clock.minute(appraisal_window.closes_at) if appraisal_window else "",
        },
        status=422 if form.errors else 200,
    )
