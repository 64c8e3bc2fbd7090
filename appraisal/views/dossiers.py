"""The agency's dossier: what to do now, its tree, the check before submission, submit, withdraw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.http import Request
from agencies.models import Capacity
from agencies.verdict import Verdict
from appraisal import clock
from appraisal.forms.evidence import ReasonForm
from appraisal.models import Dossier
from appraisal.queries import dossiers as queries
from appraisal.rules import (
    can_enter_self_score,
    can_submit,
    can_withdraw,
    enforce,
    roles,
    sees_result,
    window,
)
from appraisal.rules.standing import closes_for, windows
from appraisal.states import DossierState, RoundState, Step
from appraisal.workflow import self_assessment


def find(request: Request, pk: int) -> Dossier:
    """The dossier if the person may know of it, otherwise 404."""
    dossier = get_object_or_404(
        Dossier.objects.visible_to(request.user).select_related(
            "round__jurisdiction", "agency", "group"
        ),
        pk=pk,
    )
    request.nav_round, request.nav_dossier = dossier.round, dossier
    return dossier


def is_own(request: Request, dossier: Dossier) -> bool:
    """Whether the person reads the dossier as one of its agency."""
    return bool(request.user.capacity) and dossier.agency_id in request.user.agency_line


def shows_requests(request: Request, dossier: Dossier, at: datetime) -> bool:
    """Whether the person may know what the team asks to explain.

    The agency does once the explanation window has opened: an appraisal half done does not leak.
    """
    if not is_own(request, dossier):
        return True
    explanation = window(dossier.round, Step.EXPLANATION)
    return sees_result(dossier) or (explanation is not None and at >= explanation.opens_at)


def names_agencies(request: Request, dossier: Dossier, at: datetime) -> bool:
    """Whether the person reads which other agency uses the same document."""
    if is_own(request, dossier):
        return False
    return bool(roles(request.user, dossier.round, at))


@dataclass(frozen=True)
class Banner:
    """Why the dossier cannot be edited now, and what comes next."""

    title: str
    reason: str
    next: str


def banner(dossier: Dossier, editing: Verdict, at: datetime) -> Banner | None:
    """Nothing while the agency may type."""
    if editing:
        return None
    if dossier.state == DossierState.SUBMITTED and dossier.submitted_at is not None:
        title = _("Hồ sơ đã gửi lúc %s") % clock.minute(dossier.submitted_at)
    else:
        title = _("Hồ sơ đang khóa")
    return Banner(title, editing.reason, coming_next(dossier, at))


def coming_next(dossier: Dossier, at: datetime) -> str:
    """The next step of the round with its time, as a sentence; empty after the last."""
    if dossier.round.state == RoundState.PUBLISHED:
        return _("Kết quả đã được công bố.")
    if dossier.round.state != RoundState.OPEN:
        return _("Bước tiếp theo: chờ Hội đồng xem xét và công bố kết quả.")
    for item in sorted(windows(dossier.round).values(), key=lambda window: window.opens_at):
        if item.step == Step.SELF_ASSESSMENT or at > item.closes_at:
            continue
        said = {
            "step": Step(item.step).label,
            "opens": clock.minute(item.opens_at),
            "closes": clock.minute(item.closes_at),
        }
        if at >= item.opens_at:
            return _("Đang ở bước “%(step)s”, đến hết %(closes)s.") % said
        return _("Bước tiếp theo: “%(step)s”, từ %(opens)s đến %(closes)s.") % said
    return _("Các bước của Tổ giúp việc đã xong; chờ Hội đồng xem xét.")


@dataclass(frozen=True)
class Todo:
    """What the agency does now: figures and one button. Home and the dossier share it."""

    deadline: datetime | None
    deadline_label: str
    button: str
    url: str
    sentence: str


def todo(request: Request, sheet: queries.Sheet, at: datetime) -> Todo:
    """The one thing to do next, by state and window."""
    dossier = sheet.dossier
    if can_enter_self_score(request.user, dossier, at=at):
        closes = closes_for(dossier, Step.SELF_ASSESSMENT)
        label = _("Hạn gửi hồ sơ")
        line = sheet.next_line
        if line is not None:
            button = _("Chấm tiếp tiêu chí %s") % line.criterion.code
            sentence = _("Còn %d tiêu chí chưa đủ.") % (len(sheet.due) - sheet.done)
            return Todo(closes, label, button, line.url, sentence)
        check = reverse("appraisal:dossiers-check", args=[dossier.pk])
        if request.user.capacity == Capacity.HEAD:
            return Todo(closes, label, _("Kiểm tra và gửi hồ sơ"), check, _("Hồ sơ đã đủ."))
        sentence = _("Hồ sơ đã đủ. Hãy trình thủ trưởng cơ quan kiểm tra và gửi.")
        return Todo(closes, label, _("Kiểm tra hồ sơ"), check, sentence)
    waiting = sheet.counted(queries.TO_EXPLAIN)
    closes = closes_for(dossier, Step.EXPLANATION)
    if waiting and closes is not None and at <= closes and dossier.round.state == RoundState.OPEN:
        return Todo(
            closes,
            _("Hạn giải trình"),
            _("Giải trình"),
            reverse("appraisal:explanations-list", args=[dossier.pk]),
            _("Có %d tiêu chí cần giải trình.") % waiting,
        )
    if sees_result(dossier):
        url = reverse("appraisal:results-dossier", args=[dossier.pk])
        return Todo(None, "", _("Xem kết quả"), url, _("Kết quả đã được công bố."))
    show_url = reverse("appraisal:dossiers-show", args=[dossier.pk])
    return Todo(None, "", _("Xem hồ sơ"), show_url, coming_next(dossier, at))


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """The dossier with its tree."""
    at = clock.now()
    dossier = find(request, pk)
    sheet = queries.sheet(dossier, shows_requests=shows_requests(request, dossier, at))
    editing = can_enter_self_score(request.user, dossier, at=at)
    return render(
        request,
        "appraisal/dossiers/show.html",
        {
            "sheet": sheet,
            "dossier": dossier,
            "is_own": is_own(request, dossier),
            "todo": todo(request, sheet, at) if is_own(request, dossier) else None,
            "banner": banner(dossier, editing, at) if is_own(request, dossier) else None,
            "editing": editing,
            "submitting": can_submit(request.user, dossier, at=at),
            "withdrawing": can_withdraw(request.user, dossier, at=at),
            "returned": (
                queries.last_return(dossier) if dossier.state == DossierState.RETURNED else None
            ),
            "legend": queries.LEGEND,
            "asked": sheet.counted(queries.TO_EXPLAIN) + sheet.counted(queries.EXPLAINED),
        },
    )


@require_safe
def check(request: Request, pk: int) -> HttpResponse:
    """Every gap with its link, and the button of the head."""
    dossier = find(request, pk)
    return _check_page(request, dossier)


def _check_page(
    request: Request, dossier: Dossier, error: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    at = clock.now()
    sheet = queries.sheet(dossier, shows_requests=False)
    closes = closes_for(dossier, Step.SELF_ASSESSMENT)
    return render(
        request,
        "appraisal/dossiers/check.html",
        {
            "sheet": sheet,
            "dossier": dossier,
            "groups": _grouped(sheet.gaps),
            "submitting": can_submit(request.user, dossier, at=at),
            "closes_at": closes,
            "error": error,
        },
        status=status,
    )


def _grouped(gaps: list[queries.Gap]) -> list[dict[str, object]]:
    """Gaps as the component problem_list takes them, by kind."""
    titles = {
        "no_points": _("Chưa chấm điểm"),
        "no_values": _("Chưa khai đủ số liệu"),
        "no_reason": _("Khác điểm đề xuất, chưa nêu lý do"),
        "no_evidence": _("Thiếu minh chứng và giải trình"),
    }
    groups: list[dict[str, object]] = []
    for kind, title in titles.items():
        problems = [
            {
                "severity": "warning",
                "where": gap.criterion.code,
                "text": f"{gap.criterion.title}. {gap.sentence}",
                "url": gap.url,
            }
            for gap in gaps
            if gap.kind == kind
        ]
        if problems:
            groups.append({"title": title, "problems": problems})
    return groups


@require_POST
def submit(request: Request, pk: int) -> HttpResponse:
    """The head submits; with gaps left, only after saying so."""
    dossier = find(request, pk)
    enforce(can_submit(request.user, dossier, at=clock.now()))
    if request.POST.get("confirmed") != "yes" and queries.gaps(dossier):
        error = _("Hồ sơ còn mục thiếu. Hãy đánh dấu xác nhận nếu vẫn gửi.")
        return _check_page(request, dossier, error, HTTPStatus.UNPROCESSABLE_ENTITY)
    sent = self_assessment.submit(request.user, dossier)
    if sent.submitted_at is not None:
        minute = clock.minute(sent.submitted_at)
        messages.success(request, _("Đã gửi hồ sơ lúc %s. Hồ sơ được khóa từ lúc này.") % minute)
    return redirect("appraisal:dossiers-show", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Request, pk: int) -> HttpResponse:
    """The head takes the dossier back, with a reason."""
    dossier = find(request, pk)
    enforce(can_withdraw(request.user, dossier, at=clock.now()))
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        self_assessment.withdraw(request.user, dossier, form.cleaned_data["reason"])
        messages.success(request, _("Đã rút hồ sơ. Nhớ gửi lại trước khi hết hạn."))
        return redirect("appraisal:dossiers-show", pk=pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(
        request,
        "appraisal/dossiers/withdraw.html",
        {"dossier": dossier, "form": form, "fields": [form["reason"]]},
        status=status,
    )
