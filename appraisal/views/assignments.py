"""Who appraises which part of the criteria, and which leaves nobody does."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.http import Request
from agencies.verdict import enforce
from appraisal import clock, rules
from appraisal.forms.assignments import AssignmentsForm
from appraisal.models import Round
from appraisal.queries import setup as reading
from appraisal.views.preparing import CONFLICT, UNPROCESSABLE, crumbs, known_round
from appraisal.workflow import setup
from appraisal.workflow.acting import Invalid


@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """The coverage matrix of one group (`?group=`), and a select for each node below it."""
    round = known_round(request, pk)
    verdict = rules.can_assign(request.user, round, at=clock.now())
    sets = [*round.criteria_sets.select_related("group")]
    wanted = request.GET.get("group", "")
    criteria_set = next((s for s in sets if s.group.code == wanted), sets[0] if sets else None)
    context: dict[str, Any] = {"round": round, "crumbs": crumbs(round), "verdict": verdict}
    if criteria_set is None:
        return render(request, "appraisal/assignments/edit.html", context)
    criteria_set.round = round
    members = reading.members_of(round)
    status, errors, typed = 200, [""], {}
    if request.method == "POST":
        enforce(verdict)
        nodes = criteria_set.criteria.values_list("pk", flat=True)
        form = AssignmentsForm(request.POST, [*nodes], [seat.pk for seat in members])
        status, errors = UNPROCESSABLE, form.errors
        if form.is_valid():
            try:
                changed = setup.save_assignments(
                    request.user, round, form.chosen, seen=request.POST.get("seen", "")
                )
            except Invalid as invalid:
                status = CONFLICT if "seen" in invalid.errors else UNPROCESSABLE
                errors = [*invalid.errors.values()]
            else:
                messages.success(request, _("Đã lưu phân công (%d thay đổi).") % changed)
                return redirect(_address(round, criteria_set.group.code))
        errors, typed = errors or form.errors, form.chosen
    matrix = reading.coverage_matrix(criteria_set, members)
    for item in matrix.fields:
        for row in item.rows:
            row.first = typed.get((row.pk, False), row.first)
            row.second = typed.get((row.pk, True), row.second)
    context |= {
        "criteria_set": criteria_set,
        "matrix": matrix,
        "errors": [error for error in errors if error],
        "tabs": [
            {
                "label": item.group.name,
                "url": _address(round, item.group.code),
                "active": item.pk == criteria_set.pk,
            }
            for item in sets
        ],
        "members": [
            {
                "pk": seat.pk,
                "name": seat.user.full_name,
                "agency": seat.user.agency.name if seat.user.agency else "",
                "first": first,
                "second": second,
            }
            for seat, (first, second) in zip(members, matrix.totals, strict=True)
        ],
    }
    return render(request, "appraisal/assignments/edit.html", context, status=status)


def _address(round: Round, group: str) -> str:
    return f"{reverse('appraisal:assignments-edit', args=[round.pk])}?group={group}"


@require_POST
def default(request: Request, pk: int) -> HttpResponse:
    """Give each part of every tree to the member of its appraising agency."""
    round = known_round(request, pk)
    enforce(rules.can_assign(request.user, round, at=clock.now()))
    made = setup.assign_by_default(request.user, round)
    messages.success(request, _("Đã phân công theo cơ quan thẩm định: %d phần.") % made)
    return redirect("appraisal:assignments-edit", round.pk)
