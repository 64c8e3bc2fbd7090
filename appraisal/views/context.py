"""What every page shows around its content: navigation, the demonstration's notice, the clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import User
from appraisal import clock, rules
from appraisal.models import CriteriaSet, Dossier, Round
from appraisal.states import RoundState, SeatRole


@dataclass(frozen=True)
class NavItem:
    """One entry of the main navigation."""

    label: str
    url: str
    icon: str
    active: bool = False
    count: int | None = None


@dataclass(frozen=True)
class RoundItem:
    """One entry of the round switcher."""

    label: str
    url: str
    active: bool


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor of all pages."""
    now = clock.now()
    user = getattr(request, "user", None)
    context: dict[str, Any] = {
        "server_now": now,
        "demo_clock": (
            _("Đồng hồ minh họa: %s") % clock.minute(now) if settings.CLOCK_OFFSET else ""
        ),
        "language_url": reverse("agencies:language"),
    }
    if not isinstance(user, User) or user.must_change_password:
        return context
    rounds = _rounds(user)
    current = _current(request, rounds)
    return context | {
        "nav": navigation(request, user, current),
        "demo": bool(current and current.illustrative),
        "round_label": current.name if current else "",
        "rounds": [
            RoundItem(item.name, f"{reverse('appraisal:home')}?round={item.pk}", item == current)
            for item in rounds
        ]
        if len(rounds) > 1
        else [],
    }


def _rounds(user: User) -> list[Any]:
    """The rounds that the person may know of, the latest first, each marked as illustrative."""
    illustrative = CriteriaSet.objects.filter(round=OuterRef("pk"), is_illustrative=True)
    return list(
        Round.objects.visible_to(user)
        .annotate(illustrative=Exists(illustrative))
        .order_by("-year", "-pk")[:20]
    )


def _current(request: HttpRequest, rounds: list[Any]) -> Any:
    """The round that the address speaks of, or the latest."""
    match = request.resolver_match
    wanted: int | None = None
    if match is not None and "pk" in match.kwargs:
        if match.route.startswith("rounds/"):
            wanted = match.kwargs["pk"]
        elif match.route.startswith("dossiers/"):
            wanted = (
                Dossier.objects.filter(pk=match.kwargs["pk"])
                .values_list("round_id", flat=True)
                .first()
            )
    elif request.GET.get("round", "").isdecimal():
        wanted = int(request.GET["round"])
    return next((item for item in rounds if item.pk == wanted), rounds[0] if rounds else None)


def navigation(request: HttpRequest, user: User, round: Round | None) -> list[NavItem]:
    """The pages that a person works with, by capacity and seats in the round."""
    items: list[tuple[str, str, str]] = [(_("Việc cần làm"), reverse("appraisal:home"), "house")]
    if user.is_administrator:
        items += [
            (_("Tài khoản"), reverse("agencies:people"), "people"),
            (_("Cơ quan"), reverse("agencies:register"), "building"),
        ]
        return _marked(request, items)
    if round is not None:
        items += _of_round(user, round)
    if user.is_secretariat:
        items += [
            (_("Các đợt"), reverse("appraisal:rounds-list"), "calendar3"),
            (_("Cơ quan"), reverse("agencies:register"), "building"),
            (_("Tài khoản"), reverse("agencies:people"), "people"),
        ]
    return _marked(request, items)


def _of_round(user: User, round: Round) -> list[tuple[str, str, str]]:
    items: list[tuple[str, str, str]] = []
    held = rules.roles(user, round, clock.now())
    if user.capacity and user.agency_id:
        dossier = Dossier.objects.filter(round=round, agency__in=user.agency_line).first()
        if dossier is not None:
            items.append(
                (
                    _("Hồ sơ tự chấm"),
                    reverse("appraisal:dossiers-show", args=[dossier.pk]),
                    "list-check",
                )
            )
        items.append((_("Tài liệu"), reverse("appraisal:evidence-list"), "archive"))
    key = [round.pk]
    if SeatRole.TEAM_MEMBER in held:
        items.append((_("Thẩm định"), reverse("appraisal:bench-show", args=key), "pencil-square"))
    if held & {SeatRole.TEAM_LEAD, SeatRole.SECRETARY, SeatRole.AUDITOR}:
        items.append((_("Tiến độ"), reverse("appraisal:progress-show", args=key), "grid-3x3"))
    if SeatRole.SECRETARY in held:
        items.append((_("Thiết lập đợt"), reverse("appraisal:rounds-show", args=key), "sliders"))
    if held & {
        SeatRole.SECRETARY,
        SeatRole.TEAM_LEAD,
        SeatRole.CHAIR,
        SeatRole.VICE_CHAIR,
        SeatRole.COUNCIL_MEMBER,
        SeatRole.AUDITOR,
    }:
        items += [
            (_("Bảng tổng hợp"), reverse("appraisal:table-show", args=key), "table"),
            (_("Hội đồng"), reverse("appraisal:disputes-list", args=key), "hammer"),
        ]
    if round.state == RoundState.PUBLISHED:
        items.append((_("Kết quả"), reverse("appraisal:results-list", args=key), "trophy"))
    return items


def _marked(request: HttpRequest, items: list[tuple[str, str, str]]) -> list[NavItem]:
    """The entry whose address begins the present one, the longest such, is the active one."""
    fitting = [url for _label, url, _icon in items if url != "/" and request.path.startswith(url)]
    active = max(fitting, key=len, default="/" if request.path == "/" else "")
    return [NavItem(label, url, icon, url == active) for label, url, icon in items]
