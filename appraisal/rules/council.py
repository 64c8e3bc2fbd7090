"""What council, secretary and chair may do with the result."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from agencies.models import User
from appraisal import clock
from appraisal.models import Authorization, Consolidation, Dossier, Round
from appraisal.rules.standing import Verdict, holds, no, roles, window, yes
from appraisal.states import (
    APPROVE,
    CONSOLIDATE,
    CONVENE,
    PUBLISH,
    REOPEN_TEAM,
    RETURN_TO_COUNCIL,
    Move,
    RoundState,
    SeatRole,
    Step,
)


def _starts(round: Round, move: Move) -> Verdict:
    if move.starts_from(round.state):
        return yes()
    return no(
        _("Đợt đang ở bước “%(state)s”, không “%(move)s” được.")
        % {"state": RoundState(round.state).label, "move": move.label}
    )


def can_see_table(user: User, round: Round, *, at: datetime) -> Verdict:
    """See the consolidated table and every derivation in it."""
    if not (
        seated := holds(
            user,
            round,
            at,
            SeatRole.SECRETARY,
            SeatRole.TEAM_LEAD,
            SeatRole.CHAIR,
            SeatRole.VICE_CHAIR,
            SeatRole.COUNCIL_MEMBER,
            SeatRole.AUDITOR,
        )
    ):
        return seated
    if round.state == RoundState.DRAFT:
        return no(_("Đợt chưa mở nên chưa có bảng tổng hợp."))
    return yes()


def can_convene(user: User, round: Round, *, at: datetime) -> Verdict:
    """Hand the round from the team to the council, once the team's windows are over."""
    if not (secretary := holds(user, round, at, SeatRole.SECRETARY)):
        return secretary
    if not (fitting := _starts(round, CONVENE)):
        return fitting
    steps = [Step.SELF_ASSESSMENT, Step.APPRAISAL]
    if round.appraisals == 2:
        steps += [Step.EXPLANATION, Step.REAPPRAISAL]
    for step in steps:
        running = window(round, step)
        if running is not None and at <= running.closes_at:
            return no(
                _("Bước “%(step)s” còn mở đến %(when)s. Chờ hết hạn hoặc rút ngắn thời gian.")
                % {"step": step.label, "when": clock.minute(running.closes_at)}
            )
    return yes()


def can_reopen_team(user: User, round: Round, *, at: datetime) -> Verdict:
    """Give the round back to the team, with a reason."""
    if not (secretary := holds(user, round, at, SeatRole.SECRETARY)):
        return secretary
    return _starts(round, REOPEN_TEAM)


def can_hold_meeting(user: User, round: Round, *, at: datetime) -> Verdict:
    """Keep the record of a meeting: place, time, attendance, conclusion."""
    if not (secretary := holds(user, round, at, SeatRole.SECRETARY)):
        return secretary
    if round.state != RoundState.COUNCIL:
        return no(_("Biên bản họp được ghi khi đợt đang ở bước Hội đồng xem xét."))
    return yes()


def can_rule(user: User, dossier: Dossier, *, at: datetime) -> Verdict:
    """Record a ruling of the council on a disputed leaf."""
    if not (secretary := holds(user, dossier.round, at, SeatRole.SECRETARY)):
        return secretary
    if dossier.round.state == RoundState.CONSOLIDATED:
        return no(_("Kết quả đã tổng hợp. Trả lại Hội đồng trước khi sửa điểm."))
    if dossier.round.state != RoundState.COUNCIL:
        return no(_("Chỉ ghi kết luận khi đợt đang ở bước Hội đồng xem xét."))
    return yes()


def can_consolidate(user: User, round: Round, *, at: datetime) -> Verdict:
    """Consolidate; blocking problems are listed by `queries.consolidation_problems`."""
    if not (secretary := holds(user, round, at, SeatRole.SECRETARY)):
        return secretary
    return _starts(round, CONSOLIDATE)


def can_return(user: User, round: Round, *, at: datetime) -> Verdict:
    """Give a consolidated result back to the council, with a reason."""
    if not (
        seated := holds(user, round, at, SeatRole.CHAIR, SeatRole.VICE_CHAIR, SeatRole.SECRETARY)
    ):
        return seated
    return _starts(round, RETURN_TO_COUNCIL)


def can_approve(
    user: User, round: Round, consolidation: Consolidation | None = None, *, at: datetime
) -> Verdict:
    """Approve the result: the chair, or the vice-chair with an authorisation in force that day.

    Who consolidated cannot approve (two persons, OWASP ASVS 2.3.5).
    """
    held = roles(user, round, at)
    if not held & {SeatRole.CHAIR, SeatRole.VICE_CHAIR}:
        return no(_("Kết quả do Chủ tịch Hội đồng, hoặc Phó Chủ tịch được ủy quyền, phê duyệt."))
    if not (fitting := _starts(round, APPROVE)):
        return fitting
    if SeatRole.CHAIR not in held and authorization_of(user, round, at) is None:
        return no(
            _("Phó Chủ tịch chỉ phê duyệt thay khi có văn bản ủy quyền còn hiệu lực trong ngày.")
        )
    if consolidation is None:
        consolidation = round.consolidations.first()
    if consolidation is not None and consolidation.made_by_id == user.pk:
        return no(_("Người đã tổng hợp kết quả không được phê duyệt chính kết quả đó."))
    return yes()


def authorization_of(user: User, round: Round, at: datetime) -> Authorization | None:
    """The authorisation of the person that is in force on that day in Vietnam."""
    day = at.astimezone(clock.VIETNAM).date()
    return Authorization.objects.filter(
        round=round, user=user, valid_from__lte=day, valid_to__gte=day
    ).first()


def can_publish(user: User, round: Round, *, at: datetime) -> Verdict:
    """Show the approved result to the agencies."""
    if not (secretary := holds(user, round, at, SeatRole.SECRETARY)):
        return secretary
    return _starts(round, PUBLISH)
