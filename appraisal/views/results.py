"""The result as everybody of the round reads it, and the agency's own derivation of it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from agencies.http import Request
from appraisal import clock, rules
from appraisal.models import Consolidation, Dossier
from appraisal.papers.exports import results_csv_of
from appraisal.queries import derivation, table
from appraisal.rules.results import can_export, can_read_derivation, can_see_ranking
from appraisal.views.council import frame
from appraisal.views.known import find_round

FORMATS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@require_safe
def list_(request: Request, pk: int) -> HttpResponse:
    """The ranking by group: published for all, approved for who sees the table."""
    round = find_round(request, pk)
    now = clock.now()
    rules.enforce(can_see_ranking(request.user, round, at=now))
    standing = table.standing(round)
    own = Dossier.objects.filter(round=round, agency=request.user.agency_id).first()
    seated = rules.can_see_table(request.user, round, at=now)
    return render(
        request,
        "appraisal/results/list.html",
        frame(
            round,
            "",
            standing=standing,
            rankings=(
                table.rankings(standing.consolidation, round.display_decimals)
                if standing.consolidation
                else ()
            ),
            own=own if own is not None and request.user.capacity else None,
            seated=bool(seated),
        ),
    )


@require_safe
def export(request: Request, pk: int) -> HttpResponse:
    """The last consolidation as CSV, or as the very text that its fingerprint seals."""
    round = find_round(request, pk)
    rules.enforce(can_export(request.user, round, at=clock.now()))
    consolidation = get_object_or_404(Consolidation.objects.filter(round=round)[:1])
    kind = "json" if request.GET.get("format") == "json" else "csv"
    content = results_csv_of(consolidation) if kind == "csv" else consolidation.snapshot.encode()
    name = f"ket-qua-chi-so-cchc-{round.year}-lan-{consolidation.number}.{kind}"
    return HttpResponse(
        content,
        headers={
            "Content-Type": FORMATS[kind],
            "Content-Disposition": content_disposition_header(True, name) or "attachment",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        },
    )


@require_safe
def dossier(request: Request, pk: int) -> HttpResponse:
    """The agency's own derivation, once the result is published."""
    own = get_object_or_404(
        Dossier.objects.visible_to(request.user).select_related(
            "round__jurisdiction", "agency", "group"
        ),
        pk=pk,
    )
    request.nav_round = own.round
    now = clock.now()
    rules.enforce(can_read_derivation(request.user, own, at=now))
    seated = bool(rules.can_see_table(request.user, own.round, at=now))
    found = derivation.derivation(own, names=seated)
    return render(
        request,
        "appraisal/results/dossier.html",
        frame(
            own.round,
            "",
            dossier=own,
            found=found,
            standing=table.standing(own.round),
        ),
    )
