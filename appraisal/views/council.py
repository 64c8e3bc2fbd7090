"""What the pages of the council share: the round they are about and the tabs between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.http import Request
from appraisal import clock
from appraisal.models import Round
from appraisal.rules import can_see_table
from appraisal.rules.standing import enforce
from appraisal.views.known import find_round


@dataclass(frozen=True)
class Tab:
    """One page of the council's work."""

    label: str
    url: str
    active: bool


def fetch_table(request: Request, pk: int) -> Round:
    """The round whose table the person may see; 404, or 403 with the reason."""
    round = find_round(request, pk)
    enforce(can_see_table(request.user, round, at=clock.now()))
    return round


def frame(round: Round, active: str, **more: Any) -> dict[str, Any]:
    """The context that every page of the council has; `active` is the name of its tab."""
    names = (
        ("problems-show", _("Việc phải xử lý")),
        ("disputes-list", _("Ý kiến khác nhau")),
        ("meetings-list", _("Họp Hội đồng")),
        ("table-show", _("Bảng tổng hợp")),
        ("past-compare", _("So sánh các năm")),
        ("approvals-new", _("Phê duyệt")),
        ("papers-list", _("Văn bản")),
    )
    tabs = [
        Tab(label, reverse(f"appraisal:{name}", args=[round.pk]), name == active)
        for name, label in names
    ]
    return {"round": round, "council_tabs": tabs, **more}
