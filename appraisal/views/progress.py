"""The lead's page: who is how far, what is missing, whom to remind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from agencies.http import Request
from agencies.text import clean
from appraisal import clock, rules
from appraisal.models import Round
from appraisal.queries import progress
from appraisal.states import DossierState
from appraisal.views import bench_page
from appraisal.views.known import find_round

CELLS: dict[str, tuple[str, str, Promise]] = {
    "not_started": ("circle", "quiet", gettext_lazy("Chưa thẩm định")),
    "in_work": ("circle-half", "info", gettext_lazy("Đang thẩm định")),
    "returned": ("arrow-counterclockwise", "warn", gettext_lazy("Đã trả lại cơ quan")),
    "done": ("check-all", "ok", gettext_lazy("Đã thẩm định xong")),
}


@dataclass(frozen=True)
class Square:
    """A cell of the matrix in words."""

    icon: str
    tone: str
    words: str
    text: str


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """The matrix agency × field with the load of the members."""
    at = clock.now()
    round = find_round(request, pk)
    rules.enforce(rules.can_lead(request.user, round, at=at))
    group, text = request.GET.get("group", ""), clean(request.GET.get("q", ""))[:100]
    found = progress.progress(round, group, text)
    sections = [
        {
            "name": section.name,
            "fields": section.fields,
            "rows": [_row(request, round, row) for row in section.rows],
        }
        for section in found.sections
    ]
    return render(
        request,
        "appraisal/progress/show.html",
        {
            "round": round,
            "found": found,
            "sections": sections,
            "groups": [(str(key), name, str(key) == group) for key, name in found.groups],
            "text": text,
            "legend": CELLS.values(),
            "assigns": rules.can_assign(request.user, round, at=at),
            "corrects": rules.can_make_corrections(request.user, round, at=at),
        },
    )


def _row(request: Request, round: Round, row: progress.Row) -> dict[str, Any]:
    dossier = row.dossier
    squares = []
    for cell in row.cells:
        icon, tone, words = CELLS[cell.state]
        squares.append(Square(icon, tone, str(words), f"{cell.done}/{cell.count}"))
    can = rules.can_send_back(request.user, dossier, at=clock.now())
    return {
        "agency": dossier.agency,
        "url": bench_page.address(round.pk, walk="agency", everything=True, dossier=dossier.pk),
        "state": dossier.get_state_display(),
        "is_submitted": dossier.state == DossierState.SUBMITTED,
        "submitted": clock.day(dossier.submitted_at) if dossier.submitted_at else "",
        "squares": squares,
        "missing": row.missing,
        "waiting": row.waiting,
        "send_back_url": reverse("appraisal:dossiers-send-back", args=[dossier.pk]) if can else "",
    }
