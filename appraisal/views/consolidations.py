"""The moves of a round around its consolidation; each asks once more before it is made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.http import Request
from agencies.models import User
from agencies.verdict import Verdict
from appraisal import clock, rules
from appraisal.forms.approvals import ReasonForm
from appraisal.models import Round
from appraisal.views.council import frame
from appraisal.views.known import find_round
from appraisal.workflow import council

Rule = Callable[..., Verdict]


def _allowed(request: Request, pk: int, rule: Rule) -> Round:
    round = find_round(request, pk)
    moment: datetime = clock.now()
    rules.enforce(rule(request.user, round, at=moment))
    return round


def _page(
    request: Request, round: Round, words: dict[str, str], form: ReasonForm | None = None
) -> HttpResponse:
    more: dict[str, Any] = {
        **words,
        "action": request.path,
        "fields": list(form) if form is not None else [],
        "cancel_url": reverse("appraisal:problems-show", args=[round.pk]),
    }
    return render(
        request,
        "appraisal/consolidations/confirm.html",
        frame(round, "problems-show", **more),
        status=422 if form is not None and form.errors else 200,
    )


def _back(
    request: Request,
    pk: int,
    rule: Rule,
    act: Callable[[User, Round, str], Round],
    words: dict[str, str],
    done: str,
) -> HttpResponse:
    """A step back: it wants a reason."""
    round = _allowed(request, pk, rule)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act(request.user, round, form.cleaned_data["reason"])
        messages.success(request, done)
        return redirect("appraisal:problems-show", pk)
    return _page(request, round, words, form)


@require_http_methods(["GET", "HEAD", "POST"])
def convene(request: Request, pk: int) -> HttpResponse:
    """Hand the round over to the council."""
    round = _allowed(request, pk, rules.can_convene)
    if request.method == "POST":
        council.convene(request.user, round)
        messages.success(request, _("Hồ sơ đã chuyển sang Hội đồng."))
        return redirect("appraisal:problems-show", pk)
    words = {
        "title": _("Chuyển sang Hội đồng"),
        "text": _(
            "Điểm thẩm định của Tổ giúp việc được giữ nguyên từ lúc này; chỉ kết luận của Hội đồng"
            " còn thay đổi được điểm."
        ),
        "button": _("Chuyển sang Hội đồng"),
    }
    return _page(request, round, words)


@require_http_methods(["GET", "HEAD", "POST"])
def reopen_team(request: Request, pk: int) -> HttpResponse:
    """Give the round back to the team, with a reason."""
    words = {
        "title": _("Trả về Tổ giúp việc"),
        "text": _(
            "Tổ giúp việc thẩm định tiếp trong thời gian còn mở của từng bước. Nếu thời gian đã"
            " hết, hãy đặt lại thời gian trong phần thiết lập đợt."
        ),
        "button": _("Trả về Tổ giúp việc"),
    }
    done = _("Hồ sơ đã trả về Tổ giúp việc.")
    return _back(request, pk, rules.can_reopen_team, council.reopen_team, words, done)


@require_http_methods(["GET", "HEAD", "POST"])
def consolidate(request: Request, pk: int) -> HttpResponse:
    """Count everything and seal it; refused with the list while something blocks."""
    round = _allowed(request, pk, rules.can_consolidate)
    if request.method == "POST":
        try:
            made = council.consolidate(request.user, round)
        except council.Incomplete as incomplete:
            messages.error(request, str(incomplete))
            return redirect("appraisal:problems-show", pk)
        messages.success(
            request, _("Đã tổng hợp lần %d. Kết quả chờ Chủ tịch Hội đồng phê duyệt.") % made.number
        )
        return redirect("appraisal:table-show", pk)
    words = {
        "title": _("Tổng hợp kết quả"),
        "text": _(
            "Hệ thống tính lại toàn bộ điểm, chỉ số, xếp hạng, xếp loại và niêm phong bằng dấu vân"
            " tay. Người tổng hợp không phê duyệt được kết quả này."
        ),
        "button": _("Tổng hợp kết quả"),
    }
    return _page(request, round, words)


@require_http_methods(["GET", "HEAD", "POST"])
def return_(request: Request, pk: int) -> HttpResponse:
    """Give a consolidated result back to the council, with a reason."""
    words = {
        "title": _("Trả lại Hội đồng"),
        "text": _(
            "Kết quả đã tổng hợp được giữ lại để đối chiếu. Hội đồng sửa kết luận rồi tổng hợp lần"
            " mới; dự thảo quyết định của lần này thành bản lỗi thời."
        ),
        "button": _("Trả lại Hội đồng"),
    }
    done = _("Kết quả đã trả lại Hội đồng.")
    return _back(request, pk, rules.can_return, council.return_to_council, words, done)
