"""The result as everybody of the round reads it, and the agency's own derivation of it."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from agencies.http import Request
from appraisal import clock, rules, scoring
from appraisal.files.uploads import safe_headers
from appraisal.models import Consolidation, Dossier
from appraisal.papers.exports import EXPORTS
from appraisal.queries import derivation, past, table
from appraisal.rules.results import can_export, can_read_derivation, can_see_ranking
from appraisal.views.council import frame
from appraisal.views.known import find_round
from appraisal.workbooks.result_rows import DICTIONARY


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
def exports(request: Request, pk: int) -> HttpResponse:
    """The forms in which the result may be taken away, each explained."""
    round = find_round(request, pk)
    now = clock.now()
    rules.enforce(rules.can_see_table(request.user, round, at=now))
    return render(
        request,
        "appraisal/results/exports.html",
        frame(
            round,
            "",
            standing=table.standing(round),
            forms=list(EXPORTS.items()),
            verdict=can_export(request.user, round, at=now),
            dictionary=DICTIONARY,
        ),
    )


@require_safe
def export(request: Request, pk: int) -> FileResponse:
    """The last consolidation in one of the forms of `papers.exports`; CSV when none is named."""
    round = find_round(request, pk)
    rules.enforce(can_export(request.user, round, at=clock.now()))
    chosen = EXPORTS.get(request.GET.get("format", "csv"))
    if chosen is None:
        raise Http404
    consolidation = get_object_or_404(
        Consolidation.objects.filter(round=round).select_related("round")[:1]
    )
    response = FileResponse(chosen.open(consolidation))
    for header, value in safe_headers(chosen.file_name(consolidation), chosen.content_type).items():
        response[header] = value
    return response


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
            last_year=_last_year(own),
        ),
    )


def _last_year(dossier: Dossier) -> dict[str, object] | None:
    """What the agency had the year before, where that is public."""
    line = past.last_year(dossier.round).get(dossier.agency_id)
    if line is None:
        return None
    return {
        "year": line.year,
        "index": scoring.show(line.index, dossier.round.display_decimals),
        "rank": line.rank,
        "grade": line.grade,
        "agency": line.agency,
        "source": line.source,
    }
