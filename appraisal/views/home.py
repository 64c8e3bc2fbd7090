"""The first page after signing in: what there is to do now, by role."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.http import Request
from agencies.models import User
from appraisal import clock
from appraisal.models import Dossier, Round
from appraisal.queries import dossiers as queries
from appraisal.rules import can_enter_self_score, roles
from appraisal.states import RoundState, SeatRole
from appraisal.views import dossiers
from appraisal.views.known import known_rounds

COUNCIL = frozenset({SeatRole.CHAIR, SeatRole.VICE_CHAIR, SeatRole.COUNCIL_MEMBER})


@dataclass(frozen=True)
class Card:
    """A piece of work and the page where it is done."""

    title: str
    text: str
    url: str
    icon: str


@require_safe
def show(request: Request) -> HttpResponse:
    """One card "what now" for an agency's people, link cards for everybody's seats."""
    user = request.user
    if user.is_administrator:
        return redirect("agencies:people")
    at = clock.now()
    round = _round(request)
    dossier = _own_dossier(user, round) if round else None
    context: dict[str, object] = {"round": round}
    if dossier is not None:
        shown = dossiers.shows_requests(request, dossier, at)
        sheet = queries.sheet(dossier, shows_requests=shown)
        request.nav_dossier = dossier
        editing = can_enter_self_score(user, dossier, at=at)
        context |= {
            "dossier": dossier,
            "sheet": sheet,
            "todo": dossiers.todo(request, sheet, at),
            "banner": dossiers.banner(dossier, editing, at),
            "returned": sheet.counted(queries.RETURNED),
            "asked": sheet.counted(queries.TO_EXPLAIN),
        }
    context["cards"] = _cards(user, round) if round else _secretariat_cards(user)
    return render(request, "appraisal/home/show.html", context)


def _round(request: Request) -> Round | None:
    """The round chosen in the header, or the latest that the person may know of."""
    known: list[Round] = known_rounds(request)
    chosen = request.GET.get("round", "")
    return next((round for round in known if str(round.pk) == chosen), known[0] if known else None)


def _own_dossier(user: User, round: Round) -> Dossier | None:
    if not (user.capacity and user.agency_id):
        return None
    return (
        Dossier.objects.visible_to(user)
        .filter(round=round, agency__in=user.agency_line)
        .select_related("round__jurisdiction", "agency", "group")
        .first()
    )


def _cards(user: User, round: Round) -> list[Card]:
    """The pages of the person's seats in the round."""
    held = roles(user, round, clock.now())
    cards = []

    def add(name: str, title: str, text: str, icon: str) -> None:
        cards.append(Card(title, text, reverse(f"appraisal:{name}", args=[round.pk]), icon))

    if SeatRole.TEAM_MEMBER in held:
        add(
            "bench-show",
            _("Bàn thẩm định"),
            _("Chấm các tiêu chí được phân công."),
            "pencil-square",
        )
    if held & {SeatRole.TEAM_LEAD, SeatRole.SECRETARY, SeatRole.AUDITOR}:
        text = _("Ai đã chấm đến đâu, hồ sơ nào còn thiếu.")
        add("progress-show", _("Tiến độ thẩm định"), text, "grid-3x3")
    if SeatRole.SECRETARY in held:
        text = _("Tiêu chí, thời gian, phân công, điểm điều tra.")
        add("rounds-show", _("Thiết lập đợt"), text, "sliders")
        text = _("Những việc phải xử lý trước khi tổng hợp.")
        add("problems-show", _("Việc phải xử lý"), text, "list-check")
    if held & (COUNCIL | {SeatRole.SECRETARY, SeatRole.TEAM_LEAD, SeatRole.AUDITOR}):
        text = _("Điểm, chỉ số, xếp hạng của mọi cơ quan.")
        add("table-show", _("Bảng tổng hợp"), text, "table")
        text = _("Các tiêu chí còn ý kiến khác nhau.")
        add("disputes-list", _("Ý kiến khác nhau"), text, "people")
    if held & {SeatRole.CHAIR, SeatRole.VICE_CHAIR} and round.state == RoundState.CONSOLIDATED:
        text = _("Kết quả đã tổng hợp, chờ phê duyệt.")
        add("approvals-new", _("Phê duyệt kết quả"), text, "patch-check")
    if round.state == RoundState.PUBLISHED:
        add("results-list", _("Kết quả"), _("Bảng xếp hạng đã công bố."), "trophy")
    return cards + _secretariat_cards(user)


def _secretariat_cards(user: User) -> list[Card]:
    if not user.is_secretariat:
        return []
    text = _("Mở đợt mới, xem các đợt đã qua.")
    return [Card(_("Các đợt đánh giá"), text, reverse("appraisal:rounds-list"), "calendar3")]
