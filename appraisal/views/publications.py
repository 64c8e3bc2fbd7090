"""Publishing the approved result, asked once more."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.http import Request
from appraisal import clock, rules
from appraisal.views.council import frame
from appraisal.views.known import find_round
from appraisal.workflow import council


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: Request, pk: int) -> HttpResponse:
    """Show the approved result to the agencies."""
    round = find_round(request, pk)
    rules.enforce(rules.can_publish(request.user, round, at=clock.now()))
    if request.method == "POST":
        council.publish(request.user, round)
        messages.success(request, _("Kết quả đã công bố đến các cơ quan."))
        return redirect("appraisal:results-list", pk)
    return render(
        request,
        "appraisal/publications/publish.html",
        frame(
            round,
            "approvals-new",
            action=request.path,
            title=_("Công bố kết quả"),
            text=_(
                "Mọi cơ quan trong đợt xem được bảng xếp hạng đã phê duyệt và cách tính điểm của"
                " chính mình. Việc công bố không rút lại được."
            ),
            button=_("Công bố"),
            cancel_url=reverse("appraisal:approvals-new", args=[round.pk]),
        ),
    )
