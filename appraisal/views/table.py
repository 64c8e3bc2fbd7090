"""The consolidated table and the derivation of each of its numbers."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.http import Request
from appraisal import clock, rules
from appraisal.models import Dossier
from appraisal.queries import derivation as derivations
from appraisal.queries import table as tables
from appraisal.views.council import Tab, fetch_table, frame


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """The table in one of its four readings."""
    round = fetch_table(request, pk)
    asked = request.GET.get("view", "final")
    reading: tables.Reading = next(
        (item for item in tables.READINGS if item == asked), tables.FINAL
    )
    labels: dict[tables.Reading, str] = {
        "self": _("Tự chấm"),
        "appraised": _("Thẩm định"),
        "final": _("Kết quả"),
        "difference": _("Chênh lệch"),
    }
    found = tables.table(round, reading)
    standing = tables.standing(round)
    return render(
        request,
        "appraisal/table/show.html",
        frame(
            round,
            "table-show",
            table=found,
            standing=standing,
            readings=[
                Tab(label, f"?view={name}", name == reading) for name, label in labels.items()
            ],
        ),
    )


@require_safe
def derivation(request: Request, pk: int, dossier_pk: int) -> HttpResponse:
    """Why one agency has the result that it has."""
    dossier = get_object_or_404(
        Dossier.objects.visible_to(request.user).select_related(
            "round__jurisdiction", "agency", "group"
        ),
        pk=dossier_pk,
        round=pk,
    )
    round = dossier.round
    request.nav_round = round
    rules.enforce(rules.can_see_table(request.user, round, at=clock.now()))
    found = derivations.derivation(dossier)
    return render(
        request,
        "appraisal/table/derivation.html",
        frame(
            round,
            "table-show",
            dossier=dossier,
            found=found,
            crumbs=[
                {
                    "label": _("Bảng tổng hợp"),
                    "url": reverse("appraisal:table-show", args=[round.pk]),
                }
            ],
            may_rule=bool(rules.can_rule(request.user, dossier, at=clock.now())),
        ),
    )
