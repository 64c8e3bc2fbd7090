"""What every page shows around its content: navigation, the demonstration's notice, the clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import User
from appraisal import clock, rules
from appraisal.models import Dossier, Round
from appraisal.states import RoundState, SeatRole
from appraisal.views.known import known_rounds


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
    rounds = known_rounds(request)
    current = _current(request, rounds)
    return context | {
        "nav": navigation(request, user, current),
        "demo": bool(current and current.illustrative),
        "round_label": current.name if current else "",
        "rounds": [
            RoundItem(item.name, f"{reverse('appraisal:home')}?round={item.pk}", item == current)
            for item in rounds[:20]
        ]
        if len(rounds) > 1
        else [],
    }


def _current(request: HttpRequest, rounds: list[Any]) -> Any:
    """The round that the address speaks of, or the latest."""
    match = request.resolver_match
    named = getattr(request, "nav_round", None)
    wanted: int | None = named.pk if isinstance(named, Round) else None
    if wanted is None and match is not None and "pk" in match.kwargs:
        if match.route.startswith("rounds/"):
            wanted = match.kwargs["pk"]
        elif match.route.startswith("dossiers/"):
            wanted = (
                Dossier.objects.filter(pk=match.kwargs["pk"])
                .values_list("round_id", flat=True)
                .first()
            )
    if wanted is None and request.GET.get("round", "").isdecimal():
        wanted = int(request.GET["round"])
    return next((item for item in rounds if item.pk == wanted), rounds[0] if rounds else None)


# Which pages an entry stands for: the first word of their names, or the whole name.
AREAS: dict[str, frozenset[str]] = {
    "home": frozenset({"home"}),
    "dossier": frozenset({"dossiers", "marks", "citations", "explanations", "results-dossier"}),
    "evidence": frozenset({"evidence"}),
    "bench": frozenset({"bench"}),
    "progress": frozenset({"progress", "reports", "dossiers-send-back"}),
    "setup": frozenset(
        {
            "rounds",
            "windows",
            "bands",
            "seats",
            "participants",
            "criteria",
            "assignments",
            "survey",
            "extensions",
            "trail-round",
        }
    ),
    "table": frozenset({"table"}),
    "council": frozenset(
        {
            "problems",
            "disputes",
            "meetings",
            "rulings",
            "approvals",
            "papers",
            "rounds-convene",
            "rounds-reopen-team",
            "rounds-consolidate",
            "rounds-return",
            "rounds-publish",
        }
    ),
    "results": frozenset({"results", "past"}),
    "rounds": frozenset({"rounds-list", "rounds-new", "rounds-copy"}),
    "register": frozenset({"register", "groups", "group"}),
    "people": frozenset({"people"}),
    "wording": frozenset(
        {"papers-settings", "papers-settings-edit", "papers-letterhead", "papers-bases"}
        | {"templates"}
    ),
}

Entry = tuple[str, str, str, str]  # key of its area, label, address, icon


def navigation(request: HttpRequest, user: User, round: Round | None) -> list[NavItem]:
    """The pages that a person works with, by capacity and seats in the round."""
    entries: list[Entry] = [("home", _("Việc cần làm"), reverse("appraisal:home"), "house")]
    if user.is_administrator:
        entries = []
    elif round is not None:
        shown = getattr(request, "nav_dossier", None)
        entries += _of_round(user, round, shown if isinstance(shown, Dossier) else None)
    if user.is_secretariat:
        entries.append(("rounds", _("Các đợt"), reverse("appraisal:rounds-list"), "calendar3"))
    if user.is_secretariat or user.is_administrator:
        entries += [
            ("register", _("Cơ quan"), reverse("agencies:register"), "building"),
            ("people", _("Tài khoản"), reverse("agencies:people"), "people"),
        ]
    if user.is_secretariat:
        entries.append(
            ("wording", _("Mẫu văn bản"), reverse("appraisal:papers-settings"), "file-earmark-word")
        )
    active = _area(request)
    return [NavItem(label, url, icon, key == active) for key, label, url, icon in entries]


def _area(request: HttpRequest) -> str:
    """The area of the present page; a page named whole counts before one named by its word."""
    name = (request.resolver_match and request.resolver_match.url_name) or ""
    word = name.split("-", 1)[0]
    for wanted in (name, word):
        for key, names in AREAS.items():
            if wanted in names:
                return key
    return ""


def _of_round(user: User, round: Round, shown: Dossier | None) -> list[Entry]:
    entries: list[Entry] = []
    held = rules.roles(user, round, clock.now())
    if user.capacity and user.agency_id:
        dossier = shown
        if dossier is None or dossier.agency_id not in user.agency_line:
            dossier = Dossier.objects.filter(round=round, agency__in=user.agency_line).first()
        if dossier is not None:
            url = reverse("appraisal:dossiers-show", args=[dossier.pk])
            entries.append(("dossier", _("Hồ sơ tự chấm"), url, "list-check"))
        entries.append(("evidence", _("Tài liệu"), reverse("appraisal:evidence-list"), "archive"))

    def of_round(key: str, label: str, name: str, icon: str) -> Entry:
        return (key, label, reverse(f"appraisal:{name}", args=[round.pk]), icon)

    if held & {SeatRole.TEAM_MEMBER, SeatRole.TEAM_LEAD}:
        entries.append(of_round("bench", _("Thẩm định"), "bench-show", "pencil-square"))
    if held & {SeatRole.TEAM_LEAD, SeatRole.SECRETARY, SeatRole.AUDITOR}:
        entries.append(of_round("progress", _("Tiến độ"), "progress-show", "grid-3x3"))
    elif SeatRole.TEAM_MEMBER in held:
        entries.append(of_round("progress", _("Báo cáo"), "reports-edit", "journal-text"))
    if SeatRole.SECRETARY in held:
        entries.append(of_round("setup", _("Thiết lập đợt"), "rounds-show", "sliders"))
    if held & TABLE_READERS and round.state != RoundState.DRAFT:
        entries += [
            of_round("table", _("Bảng tổng hợp"), "table-show", "table"),
            of_round("council", _("Hội đồng"), "disputes-list", "hammer"),
        ]
    if round.state == RoundState.PUBLISHED:
        entries.append(of_round("results", _("Kết quả"), "results-list", "trophy"))
    return entries


TABLE_READERS = frozenset(
    {
        SeatRole.SECRETARY,
        SeatRole.TEAM_LEAD,
        SeatRole.CHAIR,
        SeatRole.VICE_CHAIR,
        SeatRole.COUNCIL_MEMBER,
        SeatRole.AUDITOR,
    }
)
