"""Problems first: what stands before the consolidation, and the steps that may follow."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.http import Request
from agencies.verdict import Verdict
from appraisal import clock, rules
from appraisal.models import Round
from appraisal.queries import problems
from appraisal.states import RoundState
from appraisal.views.council import fetch_table, frame


@dataclass(frozen=True)
class Shown:
    """One problem as the list draws it."""

    severity: str
    text: str
    url: str


@dataclass(frozen=True)
class Kind:
    """The problems of one kind."""

    title: str
    problems: list[Shown]


@dataclass(frozen=True)
class Step:
    """A step of the round with the rule's answer."""

    name: str
    label: str
    verdict: Verdict
    icon: str
    primary: bool = False


def kinds(found: list[problems.Problem]) -> list[Kind]:
    """The problems by kind, in the order of the process; empty kinds are left out."""
    titles = {
        "missing": _("Chưa thẩm định"),
        "survey": _("Chưa có điểm điều tra xã hội học"),
        "second": _("Chờ người thẩm định thứ hai"),
        "explanation": _("Giải trình"),
        "coverage": _("Phân công thẩm định"),
        "criteria": _("Bộ tiêu chí"),
        "evidence": _("Tài liệu kiểm chứng không đọc được"),
    }
    return [
        Kind(title, listed)
        for kind, title in titles.items()
        if (
            listed := [
                Shown("blocking" if item.blocking else "warning", item.sentence, item.url)
                for item in found
                if item.kind == kind
            ]
        )
    ]


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """The checklist with its counts, and the buttons of the round."""
    round = fetch_table(request, pk)
    found = problems.consolidation_problems(round)
    blocking = sum(item.blocking for item in found)
    return render(
        request,
        "appraisal/problems/show.html",
        frame(
            round,
            "problems-show",
            kinds=kinds(found),
            blocking=blocking,
            warnings=len(found) - blocking,
            state=RoundState(round.state).label,
            steps=_steps(request, round, blocking),
        ),
    )


def _steps(request: Request, round: Round, blocking: int) -> list[Step]:
    """The moves that lead on from where the round is, each with who may and why not."""
    user, now = request.user, clock.now()
    if round.state == RoundState.OPEN:
        convene = rules.can_convene(user, round, at=now)
        return [Step("rounds-convene", _("Chuyển sang Hội đồng"), convene, "people", True)]
    if round.state == RoundState.COUNCIL:
        consolidate = rules.can_consolidate(user, round, at=now)
        if consolidate and blocking:
            consolidate = Verdict(False, _("Còn %d việc phải xử lý trước khi tổng hợp.") % blocking)
        reopen = rules.can_reopen_team(user, round, at=now)
        return [
            Step("rounds-consolidate", _("Tổng hợp kết quả"), consolidate, "calculator", True),
            Step("rounds-reopen-team", _("Trả về Tổ giúp việc"), reopen, "arrow-counterclockwise"),
        ]
    if round.state == RoundState.CONSOLIDATED:
        back = rules.can_return(user, round, at=now)
        return [Step("rounds-return", _("Trả lại Hội đồng"), back, "arrow-counterclockwise")]
    if round.state == RoundState.APPROVED:
        publish = rules.can_publish(user, round, at=now)
        return [Step("rounds-publish", _("Công bố kết quả"), publish, "megaphone", True)]
    return []
