"""The leaves on which agency and judges differ, those that decide something first."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.http import Request
from appraisal import clock, rules
from appraisal.models import Dossier
from appraisal.queries import disputes
from appraisal.states import RoundState
from appraisal.views.council import fetch_table, frame

PER_PAGE = 20


@require_safe
def list_(request: Request, pk: int) -> HttpResponse:
    """The disputes of the round, filtered by agency, field or weight."""
    round = fetch_table(request, pk)
    asked = request.GET.get("agency", "")
    agency = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 12 else None
    field = request.GET.get("field", "")[:30]
    decisive = request.GET.get("decisive") == "1"
    found = disputes.disputes(round, agency=agency, field=field, decisive=decisive)
    query = {"agency": agency or "", "field": field, "decisive": "1" if decisive else ""}
    verdict = rules.can_rule(request.user, Dossier(round=round), at=clock.now())
    return render(
        request,
        "appraisal/disputes/list.html",
        frame(
            round,
            "disputes-list",
            found=found,
            page=Paginator(found.items, PER_PAGE).get_page(request.GET.get("page")),
            query=urlencode({key: value for key, value in query.items() if value}),
            agency=agency,
            field=field,
            decisive=decisive,
            verdict=verdict,
            in_council=round.state == RoundState.COUNCIL,
        ),
    )
