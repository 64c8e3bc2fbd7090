"""Who appraises which part of the criteria, and which leaves nobody does."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.http import Request
from agencies.verdict import enforce
from appraisal import clock, rules
from appraisal.forms.assignments import AssignmentsForm
from appraisal.models import Round, Seat
from appraisal.queries import setup as reading
from appraisal.views.preparing import CONFLICT, UNPROCESSABLE, crumbs, known_round
from appraisal.workflow import staffing
from appraisal.workflow.acting import Invalid

OFFERED = '<option value="{}">{}</option>'
CHOSEN = '<option value="{}" selected>{}</option>'


@require_http_methods(["GET", "HEAD", "POST"])
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
                changed = staffing.save_assignments(
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
    choices = _Choices(members)
    rows = [
        (
            item,
            [
                (
                    row,
                    choices.select(row.first, row.first_from_above),
                    choices.select(row.second, row.second_from_above),
                )
                for row in item.rows
            ],
        )
        for item in matrix.fields
    ]
    context |= {
        "criteria_set": criteria_set,
        "rows": rows,
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


class _Choices:
    """The options of the many selects: one text for each chosen member, built once.

    A template loop over nodes × members costs more than the rest of the page.
    """

    def __init__(self, members: list[Seat]) -> None:
        self.names = [(seat.pk, seat.user.full_name) for seat in members]
        self.built: dict[int | None, SafeString] = {}

    def select(self, chosen: int | None, from_above: str) -> SafeString:
        if chosen not in self.built:
            self.built[chosen] = format_html_join(
                "",
                "{}",
                (
                    (
                        format_html(CHOSEN, pk, name)
                        if pk == chosen
                        else format_html(OFFERED, pk, name),
                    )
                    for pk, name in self.names
                ),
            )
        nobody = _("Theo cấp trên: %s") % from_above if from_above else "–"
        return format_html(OFFERED, "", nobody) + self.built[chosen]


def _address(round: Round, group: str) -> str:
    return f"{reverse('appraisal:assignments-edit', args=[round.pk])}?group={group}"


@require_POST
def default(request: Request, pk: int) -> HttpResponse:
    """Give each part of every tree to the member of its appraising agency."""
    round = known_round(request, pk)
    enforce(rules.can_assign(request.user, round, at=clock.now()))
    made = staffing.assign_by_default(request.user, round)
    messages.success(request, _("Đã phân công theo cơ quan thẩm định: %d phần.") % made)
    return redirect("appraisal:assignments-edit", round.pk)
