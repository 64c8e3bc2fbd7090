"""The chair's one screen: what is asked, the result, what changed, and the fingerprint to seal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from agencies import throttle
from agencies.http import Request
from appraisal import clock, rules
from appraisal.forms.approvals import ApprovalForm
from appraisal.models import Consolidation, CriteriaSet, ExplanationRequest, Round
from appraisal.queries import table
from appraisal.rules.council import authorization_of
from appraisal.states import RoundState, SeatRole
from appraisal.views.council import fetch_table, frame
from appraisal.workflow import council
from appraisal.workflow.acting import Invalid


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, pk: int) -> HttpResponse:
    """Approve exactly the fingerprint that stood on the page."""
    round = fetch_table(request, pk)
    if request.method != "POST":
        return _page(request, round)
    rules.enforce(rules.can_approve(request.user, round, at=clock.now()))
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        return _page(request, round, form, status=422)
    account, origin = f"approve {request.user.pk}", throttle.address(request)
    if wait := throttle.admit(account, origin):
        form.add_error("password", _("Đã nhập sai nhiều lần. Hãy thử lại sau %d giây.") % wait)
        return _page(request, round, form, status=429)
    try:
        council.approve(
            request.user, round, form.cleaned_data["fingerprint"], form.cleaned_data["password"]
        )
    except Invalid as invalid:
        form.add_error("password", invalid.errors["password"])
        return _page(request, round, form, status=422)
    except council.Stale as stale:
        throttle.forget(account, origin)
        return _page(request, round, stale=str(stale), status=409)
    throttle.forget(account, origin)
    messages.success(request, _("Đã phê duyệt kết quả. Từ lúc này không số liệu nào sửa được nữa."))
    return redirect("appraisal:approvals-new", pk)


def _page(
    request: Request,
    round: Round,
    form: ApprovalForm | None = None,
    *,
    stale: str = "",
    status: int = 200,
) -> HttpResponse:
    """The screen as things stand now; after a stale approval with the new fingerprint."""
    now = clock.now()
    standing = table.standing(round)
    last = standing.consolidation
    if standing.is_provisional:
        last = None
    verdict = rules.can_approve(request.user, round, last, at=now)
    if form is None and last is not None:
        form = ApprovalForm(initial={"fingerprint": last.fingerprint})
    places = round.display_decimals
    rankings = table.rankings(last, places) if last else ()
    held = rules.roles(request.user, round, now)
    context: dict[str, Any] = {
        "standing": standing,
        "last": last,
        "made_at": clock.minute(last.made_at) if last else "",
        "verdict": verdict,
        "back": rules.can_return(request.user, round, at=now),
        "publish": rules.can_publish(request.user, round, at=now),
        "paper": rules.can_make_paper(request.user, round, at=now),
        "form": form,
        "stale": stale,
        "rankings": rankings,
        "warnings": _warnings(round, rankings) if last else [],
        "authorization": (
            authorization_of(request.user, round, now)
            if verdict and SeatRole.CHAIR not in held
            else None
        ),
        "is_approved": round.state in {RoundState.APPROVED, RoundState.PUBLISHED},
        "is_published": round.state == RoundState.PUBLISHED,
        **_changes(round, last, places),
    }
    return render(
        request,
        "appraisal/approvals/new.html",
        frame(round, "approvals-new", **context),
        status=status,
    )


def _changes(round: Round, last: Consolidation | None, places: int) -> dict[str, Any]:
    """What the last consolidation says otherwise than the one before it."""
    if last is None or last.number == 1:
        return {"changes": (), "previous": None}
    both = {
        item.number: item
        for item in Consolidation.objects.filter(
            round=round, number__in=[last.number - 1, last.number]
        )
    }
    before, now = both[last.number - 1], both[last.number]
    return {"changes": table.changes(before, now, places), "previous": before.number}


def _warnings(round: Round, rankings: tuple[table.Ranking, ...]) -> list[str]:
    """What the chair should know before approving; none of it blocks."""
    found = []
    if CriteriaSet.objects.filter(round=round, is_illustrative=True).exists():
        found.append(_("Đợt này dùng bộ tiêu chí minh họa, không phải văn bản đã ban hành."))
    found += [
        _("%(group)s: có %(count)d cơ quan đồng hạng.")
        % {"group": ranking.name, "count": ranking.ties}
        for ranking in rankings
        if ranking.ties
    ]
    silent = ExplanationRequest.objects.filter(
        dossier__round=round, explanation__isnull=True
    ).count()
    if silent:
        found.append(
            ngettext(
                "%d yêu cầu giải trình không được trả lời; điểm lần 1 được giữ.",
                "%d yêu cầu giải trình không được trả lời; điểm lần 1 được giữ.",
                silent,
            )
            % silent
        )
    return found
