"""Meetings of the council: the list with attendance, and the record of one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.http import Request
from appraisal import clock, rules
from appraisal.forms.meetings import MeetingForm
from appraisal.models import Meeting, Round, Seat
from appraisal.queries import meetings
from appraisal.states import COUNCIL_ROLES
from appraisal.views.council import fetch_table, frame
from appraisal.views.known import find_round
from appraisal.workflow import council
from appraisal.workflow.acting import Invalid


@require_safe
def list_(request: Request, pk: int) -> HttpResponse:
    """Every meeting of the round with who was there."""
    round = fetch_table(request, pk)
    return render(
        request,
        "appraisal/meetings/list.html",
        frame(
            round,
            "meetings-list",
            meetings=meetings.meetings(round),
            verdict=rules.can_hold_meeting(request.user, round, at=clock.now()),
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, pk: int) -> HttpResponse:
    """Begin the record of a meeting."""
    return _record(request, find_round(request, pk), None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int, meeting_pk: int) -> HttpResponse:
    """Change the record of a meeting."""
    round = find_round(request, pk)
    return _record(request, round, get_object_or_404(Meeting, pk=meeting_pk, round=round))


def _record(request: Request, round: Round, meeting: Meeting | None) -> HttpResponse:
    rules.enforce(rules.can_hold_meeting(request.user, round, at=clock.now()))
    seats = list(Seat.objects.filter(round=round).select_related("user"))
    attended = (
        {item.seat_id: (item.present, item.note) for item in meeting.attendances.all()}
        if meeting
        else {}
    )
    form = MeetingForm(request.POST or None, seats=seats, meeting=meeting, attended=attended)
    if request.method == "POST" and form.is_valid():
        given = council.MeetingInput(
            held_at=form.cleaned_data["held_at"],
            place=form.cleaned_data["place"],
            chaired_by=form.cleaned_data["chaired_by"],
            present=form.present,
            notes=form.notes,
            conclusion=form.cleaned_data["conclusion"],
        )
        try:
            council.save_meeting(request.user, round, given, meeting)
        except Invalid as invalid:
            for name, sentence in invalid.errors.items():
                form.add_error(name, sentence)
        else:
            messages.success(request, _("Đã lưu biên bản họp."))
            return redirect("appraisal:meetings-list", round.pk)
    members = [seat.pk for seat in seats if seat.role in COUNCIL_ROLES]
    quorum, enough = meetings.quorum(
        sum(attended.get(pk, (False, ""))[0] for pk in members), len(members)
    )
    return render(
        request,
        "appraisal/meetings/edit.html",
        frame(
            round,
            "meetings-list",
            form=form,
            meeting=meeting,
            quorum=quorum if meeting else "",
            has_quorum=enough,
            crumbs=[
                {
                    "label": _("Họp Hội đồng"),
                    "url": reverse("appraisal:meetings-list", args=[round.pk]),
                }
            ],
        ),
        status=422 if form.errors else 200,
    )
