"""The timeline of a dossier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.http import Request
from appraisal import clock
from appraisal.models import Criterion, Dossier, Event, ExplanationRequest
from appraisal.queries import dossiers as queries
from appraisal.rules import sees_appraisal, sees_result
from appraisal.states import Stage
from appraisal.views import dossiers

PER_PAGE = 50

ICONS = {
    "mark.self": ("pencil", ""),
    "mark.": ("check2-square", "accent"),
    "dossier.submitted": ("send", "ok"),
    "dossier.": ("arrow-counterclockwise", "warn"),
    "citation.": ("paperclip", ""),
    "explanation.": ("chat-left-text", "odd"),
}


@dataclass(frozen=True)
class Line:
    """An event as the component timeline takes it."""

    at: datetime
    text: str
    actor: str
    icon: str
    tone: str
    note: str


@require_safe
def dossier(request: Request, pk: int) -> HttpResponse:
    """What happened to the dossier, the newest first, as far as the person may know it."""
    found = dossiers.find(request, pk)
    at = clock.now()
    whole = not dossiers.is_own(request, found) or sees_result(found)
    asked = dossiers.shows_requests(request, found, at)
    events = queries.timeline(
        found,
        whole=whole,
        shows_requests=asked,
        seen_codes=None if whole else _seen_codes(found, asked, at),
    )
    page = Paginator(events, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "appraisal/trail/dossier.html",
        {"dossier": found, "page": page, "lines": [_line(event) for event in page]},
    )


def _seen_codes(dossier: Dossier, asked: bool, at: datetime) -> frozenset[str] | None:
    """The leaves whose appraised points the agency sees already (rules.sees_appraisal)."""
    if sees_appraisal(dossier, requested=False, at=at):
        leaves: list[str] = list(
            Criterion.objects.filter(
                criteria_set__round=dossier.round_id, is_leaf=True
            ).values_list("code", flat=True)
        )
        return frozenset(leaves)
    if not (asked and sees_appraisal(dossier, requested=True, at=at)):
        return None
    codes = ExplanationRequest.objects.filter(dossier=dossier)
    return frozenset(codes.values_list("criterion__code", flat=True))


def _line(event: Event) -> Line:
    icon, tone = next(
        (drawn for prefix, drawn in ICONS.items() if event.action.startswith(prefix)),
        ("circle-fill", ""),
    )
    note = event.data.get("reason") or event.data.get("text") or ""
    return Line(event.at, _text(event), event.actor_name, icon, tone, str(note))


def _text(event: Event) -> str:
    """The sentence; of a mark also whose it is and how many points it gives."""
    text, stage = event.sentence, event.data.get("stage")
    if event.action.startswith("mark.") and stage in Stage.values:
        text = f"{Stage(stage).label}: {text}"
    if (points := event.data.get("new")) is not None:
        text = _("%(text)s – %(points)s điểm") % {
            "text": text,
            "points": queries.points_text(Decimal(str(points))),
        }
    return text
