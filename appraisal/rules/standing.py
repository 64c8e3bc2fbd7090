"""What every rule stands on: the seats a person holds, the windows of a round, the refusals.

Seats and windows are read once per object and kept on it; `workflow` works with objects that it
read under its lock, so they are fresh there.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from agencies.models import Capacity, User
from agencies.verdict import Refusal, Verdict, enforce, no, yes
from appraisal import clock
from appraisal.models import Dossier, Round, Seat, Window
from appraisal.states import EXTENDABLE_STEPS, RoundState, SeatRole, Step

__all__ = [
    "Refusal",
    "Verdict",
    "closes_for",
    "enforce",
    "no",
    "roles",
    "seats",
    "window",
    "yes",
]


def seats(user: User, round: Round, at: datetime) -> list[Seat]:
    """The seats that the person holds in the round on that day (in Vietnam time)."""
    kept: dict[int, list[Seat]] = user.__dict__.setdefault("_seats", {})
    if round.pk not in kept:
        kept[round.pk] = list(Seat.objects.filter(round=round, user=user))
    day = at.astimezone(clock.VIETNAM).date()
    return [
        seat
        for seat in kept[round.pk]
        if (seat.valid_from is None or seat.valid_from <= day)
        and (seat.valid_to is None or seat.valid_to >= day)
    ]


def roles(user: User, round: Round, at: datetime) -> frozenset[str]:
    """The roles that the person has in the round on that day."""
    if not user.is_active or user.is_administrator:
        return frozenset()
    return frozenset(seat.role for seat in seats(user, round, at))


def forget(user: User) -> None:
    """Drop what was read about the person's seats, so that the next question reads it again."""
    user.__dict__.pop("_seats", None)


def windows(round: Round) -> dict[str, Window]:
    kept: dict[str, Window] | None = round.__dict__.get("_windows")
    if kept is None:
        kept = {item.step: item for item in Window.objects.filter(round=round)}
        round.__dict__["_windows"] = kept
    return kept


def window(round: Round, step: str) -> Window | None:
    """The window of a step, or None when the round has none."""
    return windows(round).get(step)


def closes_for(dossier: Dossier, step: str) -> datetime | None:
    """The last moment of a step for one dossier: the window's, or a later extension's."""
    general = window(dossier.round, step)
    if general is None:
        return None
    if step not in EXTENDABLE_STEPS:
        return general.closes_at
    kept: dict[str, datetime] | None = dossier.__dict__.get("_extensions")
    if kept is None:
        kept = {}
        for item in dossier.extensions.all():
            kept[item.step] = max(item.closes_at, kept.get(item.step, item.closes_at))
        dossier.__dict__["_extensions"] = kept
    return max(general.closes_at, kept.get(step, general.closes_at))


def in_window(dossier: Dossier, step: Step, at: datetime) -> Verdict:
    """Whether the step is open for the dossier. The last moment itself still counts."""
    return in_round_window(dossier.round, step, at, closes_for(dossier, step))


def in_round_window(
    round: Round, step: Step, at: datetime, closes: datetime | None = None
) -> Verdict:
    """Whether the step is open for all, or until `closes` for whom that is the last moment."""
    general = window(round, step)
    if general is None:
        return no(_("Đợt này chưa đặt thời gian cho bước “%s”.") % step.label)
    if at < general.opens_at:
        return no(
            _("Bước “%(step)s” mở lúc %(when)s.")
            % {"step": step.label, "when": clock.minute(general.opens_at)}
        )
    closes = closes or general.closes_at
    if at > closes:
        return no(
            _("Thời hạn của bước “%(step)s” đã hết lúc %(when)s.")
            % {"step": step.label, "when": clock.minute(closes)}
        )
    return yes()


def is_open(round: Round) -> Verdict:
    if round.state == RoundState.OPEN:
        return yes()
    if round.state == RoundState.DRAFT:
        return no(_("Đợt đánh giá chưa mở."))
    return no(
        _("Đợt đánh giá đang ở bước “%s”, không nhập hay sửa điểm được nữa.")
        % RoundState(round.state).label
    )


def holds(user: User, round: Round, at: datetime, *wanted: SeatRole) -> Verdict:
    """Whether the person has one of the roles; the reason names who may."""
    if roles(user, round, at) & {str(role) for role in wanted}:
        return yes()
    names = ", ".join(str(role.label) for role in wanted)
    return no(_("Việc này do %s thực hiện.") % names)


def belongs(user: User, dossier: Dossier) -> Verdict:
    """Whether the person fills in for the agency of the dossier."""
    if user.is_active and user.capacity and dossier.agency_id in user.agency_line:
        return yes()
    return no(_("Chỉ cán bộ đầu mối và thủ trưởng của chính cơ quan mới nhập được hồ sơ này."))


def heads(user: User, dossier: Dossier) -> Verdict:
    if not (own := belongs(user, dossier)):
        return own
    if user.capacity == Capacity.HEAD:
        return yes()
    return no(_("Thủ trưởng cơ quan là người gửi và rút hồ sơ."))
