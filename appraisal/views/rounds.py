"""The rounds of the province: list, new, copy, the hub of one, settings, opening, trail."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.http import Request
from agencies.verdict import enforce
from appraisal import clock, rules
from appraisal.forms.rounds import CopyForm, NewForm, SettingsForm, defaults
from appraisal.models import Round
from appraisal.queries import problems
from appraisal.queries import setup as reading
from appraisal.states import RoundState
from appraisal.views.preparing import UNPROCESSABLE, crumbs, known_round, tell
from appraisal.workflow import copying, setup
from appraisal.workflow.acting import Invalid

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
PER_PAGE = 40


@require_safe
def list_(request: Request) -> HttpResponse:
    """Every round that the person may know of."""
    context = {
        "lines": reading.rounds_for(request.user),
        "may_create": rules.can_create_round(request.user),
    }
    return render(request, "appraisal/rounds/list.html", context)


@get_or_post
def new(request: Request) -> HttpResponse:
    """A round that begins from nothing."""
    enforce(rules.can_create_round(request.user))
    if request.method != "POST":
        year = clock.now().astimezone(clock.VIETNAM).year
        named = {"year": year, "name": _("Chỉ số CCHC năm %d") % year}
        form = NewForm(initial=defaults() | named)
        return render(request, "appraisal/rounds/new.html", {"form": form})
    form = NewForm(request.POST)
    if form.is_valid():
        try:
            round = setup.create_round(request.user, form.cleaned_data["year"], form.cleaned_data)
        except Invalid as invalid:
            tell(form, invalid)
        else:
            messages.success(request, _("Đã lập đợt. Các việc cần chuẩn bị được liệt kê dưới đây."))
            return redirect("appraisal:rounds-show", round.pk)
    return render(request, "appraisal/rounds/new.html", {"form": form}, status=UNPROCESSABLE)


@get_or_post
def copy(request: Request, pk: int) -> HttpResponse:
    """A round that begins from an earlier one."""
    source = known_round(request, pk)
    enforce(rules.can_copy_round(request.user, source, at=clock.now()))
    context: dict[str, Any] = {"round": source, "crumbs": crumbs(source)}
    if request.method != "POST":
        year = source.year + 1
        name = source.name.replace(str(source.year), str(year))
        form = CopyForm(initial={"year": year, "name": name})
        return render(request, "appraisal/rounds/copy.html", context | {"form": form})
    form = CopyForm(request.POST)
    if form.is_valid():
        year, name = form.cleaned_data["year"], form.cleaned_data["name"]
        try:
            round = copying.copy_round(request.user, source, year, name)
        except Invalid as invalid:
            tell(form, invalid)
        else:
            messages.success(
                request,
                _("Đã lập đợt từ “%s”. Hãy xem lại thời gian các bước và bộ tiêu chí.")
                % source.name,
            )
            return redirect("appraisal:rounds-show", round.pk)
    context["form"] = form
    return render(request, "appraisal/rounds/copy.html", context, status=UNPROCESSABLE)


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """The hub of a round: where it stands, what is missing, where to go on."""
    round = known_round(request, pk)
    at = clock.now()
    drafted = round.state == RoundState.DRAFT
    found = problems.opening_problems(round) if drafted else []
    context = {
        "round": round,
        "crumbs": crumbs(round)[:1],
        "steps": reading.step_lines(round, at),
        "counts": reading.counts(round),
        "drafted": drafted,
        "problems": grouped(found),
        "blocking": sum(item.blocking for item in found),
        "sets": [] if drafted else round.criteria_sets.select_related("group"),
        "opened": clock.minute(round.opened_at) if round.opened_at else "",
        "may_open": rules.can_open(request.user, round, at=at),
        "may_copy": rules.can_copy_round(request.user, round, at=at),
        "cards": cards(round),
    }
    return render(request, "appraisal/rounds/show.html", context)


def cards(round: Round) -> Any:
    """The pages of a round's preparation, with what is done there."""
    pages = [
        ("rounds-settings", "sliders", _("Thiết lập"), _("Số lần thẩm định, cách tính, quyền xem")),
        ("windows-edit", "clock", _("Thời gian"), _("Mở và đóng từng bước, giờ Việt Nam")),
        ("bands-edit", "trophy", _("Xếp loại"), _("Tên mức, mốc dưới, lấy cả mốc hay không")),
        ("participants-edit", "building", _("Cơ quan"), _("Cơ quan được đánh giá, nhóm, gia hạn")),
        ("seats-list", "people", _("Hội đồng, Tổ giúp việc"), _("Thành phần và ủy quyền")),
        ("criteria-list", "list-nested", _("Bộ tiêu chí"), _("Nhập, xem và xuất theo nhóm")),
        ("assignments-edit", "diagram-3", _("Phân công"), _("Ai thẩm định tiêu chí nào")),
        ("survey-show", "clipboard-data", _("Điều tra xã hội học"), _("Điểm khảo sát từng nhóm")),
        ("trail-round", "clock-history", _("Nhật ký"), _("Ai đã làm gì, lúc nào")),
    ]
    return [
        {
            "url": reverse(f"appraisal:{name}", args=[round.pk]),
            "icon": icon,
            "title": title,
            "text": text,
        }
        for name, icon, title, text in pages
    ]


def grouped(found: Any) -> Any:
    """Problems as the component of that name draws them, what blocks first."""
    parts = [(_("Phải có trước khi mở đợt"), True), (_("Nên xem lại"), False)]
    return [
        {
            "title": title,
            "problems": [
                {
                    "severity": "blocking" if blocking else "warning",
                    "text": item.sentence,
                    "url": item.url,
                }
                for item in found
                if item.blocking == blocking
            ],
        }
        for title, blocking in parts
        if any(item.blocking == blocking for item in found)
    ]


@get_or_post
def settings(request: Request, pk: int) -> HttpResponse:
    """The settings; once the round is open they are only read."""
    round = known_round(request, pk)
    verdict = rules.can_prepare(request.user, round, at=clock.now())
    context: dict[str, Any] = {"round": round, "crumbs": crumbs(round), "verdict": verdict}
    if request.method != "POST":
        form = SettingsForm(initial={name: getattr(round, name) for name in setup.SETTINGS})
        return render(request, "appraisal/rounds/settings.html", context | {"form": form})
    enforce(verdict)
    form = SettingsForm(request.POST)
    if form.is_valid():
        try:
            setup.save_settings(request.user, round, form.cleaned_data)
        except Invalid as invalid:
            tell(form, invalid)
        else:
            messages.success(request, _("Đã lưu thiết lập của đợt."))
            return redirect("appraisal:rounds-show", round.pk)
    context["form"] = form
    return render(request, "appraisal/rounds/settings.html", context, status=UNPROCESSABLE)


@get_or_post
def open(request: Request, pk: int) -> HttpResponse:
    """What opening freezes, what is still missing; then the opening itself."""
    round = known_round(request, pk)
    enforce(rules.can_open(request.user, round, at=clock.now()))
    status = 200
    if request.method == "POST":
        try:
            setup.open_round(request.user, round)
        except setup.NotReady as lacking:
            messages.error(request, str(lacking))
            status = UNPROCESSABLE
        else:
            messages.success(
                request,
                _("Đã mở đợt. Bộ tiêu chí đã khóa; mã băm được ghi ở dưới và trong nhật ký."),
            )
            return redirect("appraisal:rounds-show", round.pk)
    found = problems.opening_problems(round)
    context = {
        "round": round,
        "crumbs": crumbs(round),
        "problems": grouped(found),
        "blocking": sum(item.blocking for item in found),
        "sets": [line for line in reading.set_lines(round) if line.criteria_set],
        "steps": reading.step_lines(round, clock.now()),
        "counts": reading.counts(round),
    }
    return render(request, "appraisal/rounds/open.html", context, status=status)


@require_safe
def trail(request: Request, pk: int) -> HttpResponse:
    """What was done with the round, the latest first."""
    round = known_round(request, pk)
    page = Paginator(reading.trail_of(round), PER_PAGE).get_page(request.GET.get("page"))
    events = [
        {
            "at": event.at.astimezone(clock.VIETNAM),
            "text": event.sentence,
            "actor": event.actor_name,
            "note": event.data.get("reason", ""),
            "icon": "x-circle" if event.action == "import.refused" else "",
            "tone": "bad" if event.action == "import.refused" else "",
        }
        for event in page
    ]
    context = {"round": round, "crumbs": crumbs(round), "page": page, "events": events}
    return render(request, "appraisal/rounds/trail.html", context)
