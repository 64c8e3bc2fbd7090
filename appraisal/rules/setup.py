"""What the secretariat may do to prepare and steer a round."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from agencies.models import User
from appraisal.models import Dossier, Round
from appraisal.rules.standing import Verdict, holds, is_open, no, roles, yes
from appraisal.states import EXTENDABLE_STEPS, SEALED_STATES, RoundState, SeatRole


def can_see_setup(user: User, round: Round, *, at: datetime) -> Verdict:
    """Read how a round is set up: whoever has a seat in it, and the standing agency."""
    if (user.is_active and user.is_secretariat) or roles(user, round, at):
        return yes()
    return no(_("Trang thiết lập dành cho Hội đồng, Tổ giúp việc và cơ quan thường trực."))


def can_create_round(user: User) -> Verdict:
    """Open a new round for the own province."""
    if user.is_active and user.is_secretariat:
        return yes()
    return no(_("Việc lập đợt đánh giá do cơ quan thường trực (Sở Nội vụ) thực hiện."))


def can_copy_round(user: User, source: Round, *, at: datetime) -> Verdict:
    """Begin this year's round from last year's."""
    return can_create_round(user)


def can_prepare(user: User, round: Round, *, at: datetime) -> Verdict:
    """Change settings, bands, criteria sets and agencies of a round that is not yet open."""
    if not (secretary := holds(user, round, at, SeatRole.SECRETARY)):
        return secretary
    if round.state != RoundState.DRAFT:
        return no(
            _("Đợt đã mở: thiết lập và bộ tiêu chí đã khóa để mọi cơ quan được chấm như nhau.")
        )
    return yes()


def can_open(user: User, round: Round, *, at: datetime) -> Verdict:
    """Open the round; what is still missing is listed by `queries.opening_problems`."""
    return can_prepare(user, round, at=at)


def can_change_windows(user: User, round: Round, *, at: datetime) -> Verdict:
    """Move the windows while the round is prepared or open; every change is an event."""
    if not (secretary := holds(user, round, at, SeatRole.SECRETARY)):
        return secretary
    if round.state not in {RoundState.DRAFT, RoundState.OPEN}:
        return no(_("Đợt đã chuyển sang Hội đồng nên không đổi thời gian được nữa."))
    return yes()


def can_change_seats(user: User, round: Round, *, at: datetime) -> Verdict:
    """Seat people in the council and team, until the result is sealed."""
    if not (secretary := holds(user, round, at, SeatRole.SECRETARY)):
        return secretary
    if round.state in SEALED_STATES:
        return no(_("Kết quả đã phê duyệt nên không đổi thành phần Hội đồng và Tổ giúp việc."))
    return yes()


def can_assign(user: User, round: Round, *, at: datetime) -> Verdict:
    """Give parts of the criteria tree to team members: secretary and lead."""
    if not (steering := holds(user, round, at, SeatRole.SECRETARY, SeatRole.TEAM_LEAD)):
        return steering
    if round.state not in {RoundState.DRAFT, RoundState.OPEN}:
        return no(_("Đợt đã chuyển sang Hội đồng nên không đổi phân công được nữa."))
    return yes()


def can_enter_survey(user: User, round: Round, *, at: datetime) -> Verdict:
    """Bring in the points of the sociological survey; agencies never score them."""
    if not (secretary := holds(user, round, at, SeatRole.SECRETARY)):
        return secretary
    if round.state not in {RoundState.OPEN, RoundState.COUNCIL}:
        return no(_("Điểm điều tra xã hội học được nhập khi đợt đã mở và chưa tổng hợp."))
    return yes()


def can_extend(user: User, dossier: Dossier, step: str, *, at: datetime) -> Verdict:
    """Give one agency more time for a step of its own."""
    if not (secretary := holds(user, dossier.round, at, SeatRole.SECRETARY)):
        return secretary
    if step not in EXTENDABLE_STEPS:
        return no(_("Chỉ gia hạn được bước tự chấm điểm và bước giải trình."))
    return is_open(dossier.round)
