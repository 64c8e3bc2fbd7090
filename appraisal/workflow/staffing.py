"""Who sits in the council and team, who may approve for whom, who appraises which criteria."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agencies.models import User
from appraisal import clock, trail
from appraisal.models import (
    Assignment,
    Authorization,
    Criterion,
    Round,
    Seat,
)
from appraisal.queries.setup import assignments_mark
from appraisal.rules import (
    can_assign,
    can_change_seats,
    enforce,
)
from appraisal.states import RoundState, SeatRole
from appraisal.workflow.acting import Invalid, hold_round


@transaction.atomic
def add_seat(actor: User, round: Round, user: User, role: SeatRole, title: str = "") -> Seat:
    """Seat a person of the own province in the council or team."""
    held, at = hold_round(round.pk, actor)
    enforce(can_change_seats(actor, held, at=at))
    if user.jurisdiction_id != held.jurisdiction_id or user.is_administrator:
        raise Invalid(user=_("Người này không tham gia được Hội đồng hoặc Tổ giúp việc."))
    try:
        with transaction.atomic():
            seat = Seat.objects.create(round=held, user=user, role=role, title=title)
    except IntegrityError:
        raise Invalid(
            role=_("Người này đã có vai trò đó, hoặc đợt đã có Chủ tịch Hội đồng.")
        ) from None
    trail.record(
        held, actor, "seat.added", f"Thêm {trail.official(role.label)}: {user.full_name}",
        at=at, data={"user": user.pk, "role": role},
    )  # fmt: skip
    return seat


@transaction.atomic
def remove_seat(actor: User, round: Round, seat: Seat) -> None:
    """Take a seat away. A seat that was used ends today instead, so that history stays whole."""
    held, at = hold_round(round.pk, actor)
    enforce(can_change_seats(actor, held, at=at))
    seat = Seat.objects.select_for_update().select_related("user").get(pk=seat.pk, round=held)
    secretaries = held.seats.filter(role=SeatRole.SECRETARY, valid_to__isnull=True)
    if seat.role == SeatRole.SECRETARY and secretaries.count() < 2:
        raise Invalid(seat=_("Đợt phải có ít nhất một thư ký."))
    if seat.assignments.exists():
        raise Invalid(seat=_("Hãy chuyển các tiêu chí đã phân công cho người khác trước."))
    if held.state == RoundState.DRAFT:
        seat.delete()
    else:
        today = at.astimezone(clock.VIETNAM).date()
        seat.valid_to = today if seat.valid_from is None else max(today, seat.valid_from)
        seat.save(update_fields=["valid_to"])
    trail.record(
        held, actor, "seat.removed",
        f"Thôi {trail.official(SeatRole(seat.role).label)}: {seat.user.full_name}",
        at=at, data={"user": seat.user_id, "role": seat.role},
    )  # fmt: skip


@dataclass(frozen=True)
class AuthorizationInput:
    """The document by which a vice-chair may approve."""

    user: User
    document_number: str
    document_date: date
    valid_from: date
    valid_to: date


@transaction.atomic
def authorize(actor: User, round: Round, given: AuthorizationInput) -> Authorization:
    """Register an authorisation for a vice-chair of the round."""
    held, at = hold_round(round.pk, actor)
    enforce(can_change_seats(actor, held, at=at))
    if given.valid_to < given.valid_from:
        raise Invalid(valid_to=_("Ngày kết thúc phải từ ngày bắt đầu trở đi."))
    if not held.seats.filter(user=given.user, role=SeatRole.VICE_CHAIR).exists():
        raise Invalid(user=_("Chỉ ủy quyền cho Phó Chủ tịch Hội đồng của đợt."))
    authorization = Authorization.objects.create(
        round=held, user=given.user, document_number=given.document_number,
        document_date=given.document_date, valid_from=given.valid_from, valid_to=given.valid_to,
        granted_by=actor,
    )  # fmt: skip
    trail.record(
        held, actor, "authorization.added",
        f"Ghi văn bản ủy quyền {given.document_number} cho {given.user.full_name}",
        at=at,
        data={"user": given.user.pk, "from": given.valid_from, "to": given.valid_to},
    )  # fmt: skip
    return authorization


@transaction.atomic
def save_assignments(
    actor: User, round: Round, chosen: Mapping[tuple[int, bool], int | None], *, seen: str
) -> int:
    """Set the own assignment of several nodes at once; returns how many changed.

    `chosen` maps a criterion's key and "second appraiser?" to a seat's key or None. `seen` is the
    `queries.setup.assignments_mark` of what the person looked at: whoever saved in between is not
    overwritten.
    """
    held, at = hold_round(round.pk, actor)
    enforce(can_assign(actor, held, at=at))
    if seen != assignments_mark(held):
        raise Invalid(seen=_("Có người vừa đổi phân công. Hãy xem lại bảng dưới đây rồi lưu lại."))
    nodes = {node.pk: node for node in Criterion.objects.filter(criteria_set__round=held)}
    members = {
        seat.pk: seat
        for seat in held.seats.filter(role=SeatRole.TEAM_MEMBER, valid_to__isnull=True)
    }
    stored = {
        (item.criterion_id, item.is_second): item
        for item in Assignment.objects.filter(criterion__criteria_set__round=held)
    }
    changed: dict[str, list[int | None]] = {}
    for (pk, is_second), seat in chosen.items():
        if pk not in nodes:
            raise Invalid(criterion=_("Tiêu chí không thuộc đợt này."))
        old = stored.get((pk, is_second))
        if seat == (old.seat_id if old else None):
            continue
        if seat is not None and seat not in members:
            raise Invalid(seat=_("Chỉ phân công cho thành viên Tổ giúp việc của đợt."))
        changed[f"{nodes[pk].code}{'*' if is_second else ''} #{pk}"] = [
            old.seat_id if old else None,
            seat,
        ]
        if seat is None and old is not None:
            old.delete()
        elif seat is not None:
            Assignment.objects.update_or_create(
                criterion=nodes[pk],
                is_second=is_second,
                defaults={"seat": members[seat], "assigned_by": actor},
            )
    if changed:
        trail.record(
            held, actor, "assignment.saved",
            f"Phân công thẩm định {len(changed)} tiêu chí",
            at=at, data={"changed": changed},
        )  # fmt: skip
    return len(changed)


@transaction.atomic
def assign_by_default(actor: User, round: Round) -> int:
    """Give every part of the tree to the member of its appraising agency; returns how many.

    Where a criterion names the same agency as its parent, the parent's assignment is enough. A
    second appraiser is chosen from another agency, for the dossiers of the first one's own.
    """
    held, at = hold_round(round.pk, actor)
    enforce(can_assign(actor, held, at=at))
    members = list(
        held.seats.filter(role=SeatRole.TEAM_MEMBER, valid_to__isnull=True).select_related("user")
    )
    by_agency: dict[int | None, Seat] = {}
    for seat in members:
        by_agency.setdefault(seat.user.agency_id, seat)
    made = 0
    resolved: dict[int, Seat | None] = {}
    assessed = set(held.dossiers.values_list("agency_id", flat=True))
    for node in Criterion.objects.filter(criteria_set__round=held).order_by(
        "criteria_set_id", "position"
    ):
        above = resolved.get(node.parent_id) if node.parent_id else None
        own = by_agency.get(node.appraiser_id) if node.appraiser_id else None
        resolved[node.pk] = own or above
        if own is None or own == above:
            continue
        made += _assign_default(node, own, members, assessed, actor)
    trail.record(
        held, actor, "assignment.default", "Phân công theo cơ quan thẩm định", at=at,
        data={"made": made},
    )  # fmt: skip
    return made


def _assign_default(
    node: Criterion, seat: Seat, members: list[Seat], assessed: set[int], actor: User
) -> int:
    Assignment.objects.update_or_create(
        criterion=node, is_second=False, defaults={"seat": seat, "assigned_by": actor}
    )
    if seat.user.agency_id not in assessed:
        return 1
    place = members.index(seat)
    others = [*members[place + 1 :], *members[:place]]
    second = next((item for item in others if item.user.agency_id != seat.user.agency_id), None)
    if second is None:
        return 1
    Assignment.objects.update_or_create(
        criterion=node, is_second=True, defaults={"seat": second, "assigned_by": actor}
    )
    return 2
