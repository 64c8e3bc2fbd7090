"""Who sits in the council and the assistance team, and who may sign for whom."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.days import written
from agencies.http import Request
from agencies.verdict import enforce
from appraisal import clock, rules
from appraisal.forms.participants import SearchForm, search_text
from appraisal.forms.seats import AuthorizationForm, SeatForm
from appraisal.models import Round
from appraisal.queries import setup as reading
from appraisal.states import SeatRole
from appraisal.views.preparing import UNPROCESSABLE, crumbs, known_round, tell
from appraisal.workflow import staffing
from appraisal.workflow.acting import Invalid

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 50


@require_safe
def list_(request: Request, pk: int) -> HttpResponse:
    """The seats of the round by part, and the authorisations."""
    round = known_round(request, pk)
    parts = [
        (
            title,
            [
                {
                    "seat": seat,
                    "role": seat.get_role_display(),
                    "until": written(seat.valid_to) if seat.valid_to else "",
                }
                for seat in seats
            ],
        )
        for title, seats in reading.seats_by_part(round)
    ]
    authorizations = [
        {
            "who": item.user.full_name,
            "number": item.document_number,
            "dated": written(item.document_date),
            "from": written(item.valid_from),
            "to": written(item.valid_to),
        }
        for item in round.authorizations.select_related("user")
    ]
    context = {
        "round": round,
        "crumbs": crumbs(round),
        "parts": parts,
        "authorizations": authorizations,
        "verdict": rules.can_change_seats(request.user, round, at=clock.now()),
    }
    return render(request, "appraisal/seats/list.html", context)


def _to_list(round: Round) -> tuple[str, str]:
    return _("Hội đồng, Tổ giúp việc"), reverse("appraisal:seats-list", args=[round.pk])


@get_or_post
def add(request: Request, pk: int) -> HttpResponse:
    """Seat a person, found by a search over names and agencies."""
    round = known_round(request, pk)
    enforce(rules.can_change_seats(request.user, round, at=clock.now()))
    context: dict[str, Any] = {"round": round, "crumbs": crumbs(round, _to_list(round))}
    status = 200
    if request.method == "POST":
        form = SeatForm(request.POST, people=reading.people_to_seat(round))
        if form.is_valid():
            data = form.cleaned_data
            try:
                seat = staffing.add_seat(
                    request.user, round, data["user"], SeatRole(data["role"]), data["title"]
                )
            except Invalid as invalid:
                tell(form, invalid)
            else:
                messages.success(
                    request,
                    _("Đã thêm %(name)s: %(role)s.")
                    % {"name": seat.user.full_name, "role": seat.get_role_display()},
                )
                return redirect("appraisal:seats-list", round.pk)
        status = UNPROCESSABLE
    else:
        text = search_text(request.GET)
        people = reading.people_to_seat(round, text)
        found = [*people.values_list("pk", flat=True)[: SHOWN + 1]]
        role = request.GET.get("role", "")
        form = SeatForm(
            people=reading.people_to_seat(round).filter(pk__in=found[:SHOWN]),
            initial={"role": role if role in SeatRole.values else SeatRole.TEAM_MEMBER},
        )
        context |= {"many": len(found) > SHOWN, "none": not found, "text": text}
    context |= {"form": form, "search": SearchForm(request.GET if request.GET.get("q") else None)}
    return render(request, "appraisal/seats/add.html", context, status=status)


@get_or_post
def remove(request: Request, pk: int, seat_pk: int) -> HttpResponse:
    """Take a seat away, asked once more."""
    round = known_round(request, pk)
    seat = get_object_or_404(round.seats.select_related("user"), pk=seat_pk)
    enforce(rules.can_change_seats(request.user, round, at=clock.now()))
    context: dict[str, Any] = {
        "round": round,
        "crumbs": crumbs(round, _to_list(round)),
        "seat": seat,
    }
    if request.method != "POST":
        return render(request, "appraisal/seats/remove.html", context)
    try:
        staffing.remove_seat(request.user, round, seat)
    except Invalid as invalid:
        context["errors"] = [*invalid.errors.values()]
        return render(request, "appraisal/seats/remove.html", context, status=UNPROCESSABLE)
    messages.success(
        request,
        _("%(name)s thôi làm %(role)s.")
        % {"name": seat.user.full_name, "role": seat.get_role_display()},
    )
    return redirect("appraisal:seats-list", round.pk)


@get_or_post
def authorize(request: Request, pk: int) -> HttpResponse:
    """Register the document by which a vice-chair may approve."""
    round = known_round(request, pk)
    enforce(rules.can_change_seats(request.user, round, at=clock.now()))
    form = AuthorizationForm(request.POST if request.method == "POST" else None, round=round)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                staffing.authorize(
                    request.user, round, staffing.AuthorizationInput(**form.cleaned_data)
                )
            except Invalid as invalid:
                tell(form, invalid)
            else:
                messages.success(request, _("Đã ghi văn bản ủy quyền."))
                return redirect("appraisal:seats-list", round.pk)
        status = UNPROCESSABLE
    context = {"round": round, "crumbs": crumbs(round, _to_list(round)), "form": form}
    return render(request, "appraisal/seats/authorize.html", context, status=status)
