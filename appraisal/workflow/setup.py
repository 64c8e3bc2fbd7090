"""What the secretariat does to prepare and steer a round, up to its opening and extensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, AgencyGroup, User
from appraisal import clock, scoring, trail
from appraisal.models import (
    Assignment,
    Authorization,
    CriteriaSet,
    Criterion,
    Dossier,
    Extension,
    GradeBand,
    Round,
    Seat,
    Window,
)
from appraisal.queries import problems
from appraisal.queries.setup import assignments_mark
from appraisal.rules import (
    can_assign,
    can_change_seats,
    can_change_windows,
    can_copy_round,
    can_create_round,
    can_extend,
    can_open,
    can_prepare,
    closes_for,
    enforce,
)
from appraisal.states import OPEN_ROUND, RoundState, SeatRole, Step
from appraisal.workflow.acting import Invalid, hold_dossier, hold_round, move_round

SETTINGS = (
    "name",
    "appraisals",
    "not_applicable_method",
    "own_agency_policy",
    "tie_rule",
    "display_decimals",
    "agencies_see",
    "bonus_max",
    "penalty_max",
    "legal_bases",
    "signing_form",
    "signed_by_deputy",
    "signer_name",
)
"""The settings of a round that a person chooses, in the order of the form."""


@transaction.atomic
def create_round(actor: User, year: int, settings: Mapping[str, Any]) -> Round:
    """Begin a round of the own province; who creates it is its first secretary."""
    enforce(can_create_round(actor))
    chosen = {key: settings[key] for key in SETTINGS if key in settings}
    chosen.setdefault("bonus_max", Decimal(0))
    chosen.setdefault("penalty_max", Decimal(0))
    try:
        with transaction.atomic():
            round = Round.objects.create(
                jurisdiction=actor.jurisdiction, year=year, created_by=actor, **chosen
            )
    except IntegrityError:
        raise Invalid(name=_("Năm này đã có một đợt cùng tên.")) from None
    Seat.objects.create(round=round, user=actor, role=SeatRole.SECRETARY)
    trail.record(
        round, actor, "round.created", "Lập đợt đánh giá", at=clock.read(), data={"year": year}
    )
    return round


@transaction.atomic
def copy_round(actor: User, source: Round, year: int, name: str) -> Round:
    """Begin a round from an earlier one: settings, bands, windows moved by whole years, seats,
    agencies (or their successors), criteria sets and assignments. Marks are never copied.
    """
    enforce(can_copy_round(actor, source, at=clock.read()))
    round = create_round(
        actor, year, {**{key: getattr(source, key) for key in SETTINGS}, "name": name}
    )
    round.copied_from = source
    round.save(update_fields=["copied_from"])
    GradeBand.objects.bulk_create(
        GradeBand(round=round, name=band.name, lower_bound=band.lower_bound,
                  inclusive=band.inclusive)
        for band in source.bands.all()
    )  # fmt: skip
    years = year - source.year
    Window.objects.bulk_create(
        Window(round=round, step=window.step, opens_at=_later(window.opens_at, years),
               closes_at=_later(window.closes_at, years))
        for window in source.windows.all()
    )  # fmt: skip
    seats: dict[int, Seat] = {}
    for seat in source.seats.filter(user__is_active=True, valid_to__isnull=True):
        seats[seat.pk], _fresh = Seat.objects.get_or_create(
            round=round, user=seat.user, role=seat.role, defaults={"title": seat.title}
        )
    today = clock.read().astimezone(clock.VIETNAM).date()
    taking_part: dict[int, Dossier] = {}
    for dossier in source.dossiers.select_related("agency"):
        agency = _living(dossier.agency, today)
        if agency is not None and agency.pk not in taking_part:
            taking_part[agency.pk] = Dossier(
                round=round,
                agency=agency,
                group_id=dossier.group_id if agency == dossier.agency else agency.group_id,
            )
    Dossier.objects.bulk_create(taking_part.values())
    for criteria_set in source.criteria_sets.all():
        _copy_set(round, criteria_set, seats, actor, today)
    return round


def _later(moment: datetime, years: int) -> datetime:
    """The same day and minute some years later in Vietnam; 29 February becomes 1 March."""
    local = moment.astimezone(clock.VIETNAM)
    try:
        return local.replace(year=local.year + years)
    except ValueError:
        return local.replace(year=local.year + years, month=3, day=1)


def _living(agency: Agency, day: date) -> Agency | None:
    """The agency itself, or whoever came after it, that exists on that day."""
    seen: set[int] = set()
    current: Agency | None = agency
    while current is not None and current.pk not in seen:
        if current.valid_to is None or current.valid_to >= day:
            return current
        seen.add(current.pk)
        current = current.successor
    return None


def _copy_set(
    round: Round, source: CriteriaSet, seats: dict[int, Seat], actor: User, today: date
) -> None:
    copy = CriteriaSet.objects.create(
        round=round, group=source.group, name=source.name, basis=source.basis,
        is_illustrative=source.is_illustrative,
    )  # fmt: skip
    made: dict[int, Criterion] = {}
    for node in source.criteria.select_related("appraiser").order_by("position"):
        made[node.pk] = Criterion.objects.create(
            criteria_set=copy,
            parent=made[node.parent_id] if node.parent_id else None,
            field=made[node.field_id] if node.field_id else None,
            appraiser=_living(node.appraiser, today) if node.appraiser else None,
            **{key: getattr(node, key) for key in COPIED},
        )
    Assignment.objects.bulk_create(
        Assignment(
            seat=seats[item.seat_id],
            criterion=made[item.criterion_id],
            is_second=item.is_second,
            assigned_by=actor,
        )
        for item in Assignment.objects.filter(criterion__criteria_set=source)
        if item.seat_id in seats
    )


COPIED = (
    "position",
    "depth",
    "code",
    "title",
    "max_points",
    "kind",
    "params",
    "rule_text",
    "evidence_text",
    "na_allowed",
    "note",
    "is_leaf",
    "outside_total",
)
"""What one criterion is, apart from its place in a tree."""


@transaction.atomic
def save_settings(actor: User, round: Round, settings: Mapping[str, Any]) -> Round:
    """Change the settings of a round that is not open yet."""
    held, at = hold_round(round.pk, actor)
    enforce(can_prepare(actor, held, at=at))
    before = {key: str(getattr(held, key)) for key in SETTINGS}
    for key in SETTINGS:
        if key in settings:
            setattr(held, key, settings[key])
    try:
        with transaction.atomic():
            held.save()
    except IntegrityError:
        raise Invalid(name=_("Năm này đã có một đợt cùng tên.")) from None
    changed = {
        key: [before[key], str(getattr(held, key))]
        for key in SETTINGS
        if before[key] != str(getattr(held, key))
    }
    if changed:
        trail.record(held, actor, "round.settings", "Đổi thiết lập đợt", at=at, data=changed)
    return held


@transaction.atomic
def save_windows(
    actor: User, round: Round, given: Mapping[str, tuple[datetime, datetime]], reason: str = ""
) -> Round:
    """Set the windows. In an open round a change needs a reason, and no window that is over may
    be moved into the past of what people already did.
    """
    held, at = hold_round(round.pk, actor)
    enforce(can_change_windows(actor, held, at=at))
    stored = {window.step: window for window in held.windows.all()}
    changed: dict[str, list[str]] = {}
    for step, (opens, closes) in given.items():
        if closes <= opens:
            raise Invalid(**{f"{step}_closes": _("Thời điểm đóng phải sau thời điểm mở.")})
        old = stored.get(step)
        if old is not None and (old.opens_at, old.closes_at) == (opens, closes):
            continue
        changed[step] = [
            f"{clock.minute(old.opens_at)} – {clock.minute(old.closes_at)}" if old else "",
            f"{clock.minute(opens)} – {clock.minute(closes)}",
        ]
        Window.objects.update_or_create(
            round=held, step=step, defaults={"opens_at": opens, "closes_at": closes}
        )
    if changed and held.state != RoundState.DRAFT and not reason:
        raise Invalid(reason=_("Đợt đã mở: đổi thời gian cần nêu lý do."))
    if changed:
        trail.record(
            held, actor, "round.windows", "Đổi thời gian các bước", at=at,
            data={"changed": changed, "reason": reason},
        )  # fmt: skip
    return held


@transaction.atomic
def save_bands(actor: User, round: Round, bands: Iterable[scoring.Band]) -> Round:
    """Replace the grade bands of a round that is not open yet."""
    held, at = hold_round(round.pk, actor)
    enforce(can_prepare(actor, held, at=at))
    chosen = list(bands)
    wrong = scoring.check_bands(chosen)
    if wrong:
        raise Invalid(bands=" ".join(wrong))
    held.bands.all().delete()
    GradeBand.objects.bulk_create(
        GradeBand(round=held, name=band.name, lower_bound=band.lower_bound,
                  inclusive=band.inclusive)
        for band in chosen
    )  # fmt: skip
    trail.record(
        held, actor, "round.bands", "Đặt mức xếp loại", at=at,
        data={band.name: [band.lower_bound, band.inclusive] for band in chosen},
    )  # fmt: skip
    return held


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
def save_participants(actor: User, round: Round, chosen: Mapping[Agency, AgencyGroup]) -> Round:
    """Which agencies the round assesses, each in its group, while it is prepared."""
    held, at = hold_round(round.pk, actor)
    enforce(can_prepare(actor, held, at=at))
    stored = {dossier.agency_id: dossier for dossier in held.dossiers.all()}
    wanted = {agency.pk: (agency, group) for agency, group in chosen.items()}
    for key, dossier in stored.items():
        if key not in wanted:
            dossier.delete()
    for key, (agency, group) in wanted.items():
        if agency.jurisdiction_id != held.jurisdiction_id:
            raise Invalid(agencies=_("Cơ quan “%s” thuộc tỉnh khác.") % agency.name)
        if key not in stored:
            Dossier.objects.create(round=held, agency=agency, group=group)
        elif stored[key].group_id != group.pk:
            stored[key].group = group
            stored[key].save(update_fields=["group"])
    trail.record(
        held, actor, "round.participants", "Chọn cơ quan được đánh giá", at=at,
        data={agency.code: group.code for agency, group in chosen.items()},
    )  # fmt: skip
    return held


@transaction.atomic
def assign(
    actor: User, round: Round, criterion: Criterion, seat: Seat | None, *, second: bool = False
) -> None:
    """Give everything below a criterion to a team member; None takes the assignment away."""
    held, at = hold_round(round.pk, actor)
    enforce(can_assign(actor, held, at=at))
    if criterion.criteria_set.round_id != held.pk:
        raise Invalid(criterion=_("Tiêu chí không thuộc đợt này."))
    if seat is not None and (seat.round_id != held.pk or seat.role != SeatRole.TEAM_MEMBER):
        raise Invalid(seat=_("Chỉ phân công cho thành viên Tổ giúp việc của đợt."))
    given = Assignment.objects.filter(criterion=criterion, is_second=second)
    if seat is None:
        given.delete()
    else:
        Assignment.objects.update_or_create(
            criterion=criterion,
            is_second=second,
            defaults={"seat": seat, "assigned_by": actor},
        )
    trail.record(
        held, actor, "assignment.saved",
        f"Phân công {criterion.code}: {seat.user.full_name if seat else '–'}",
        at=at,
        data={"criterion": criterion.pk, "seat": seat.pk if seat else None, "second": second},
    )  # fmt: skip


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


@transaction.atomic
def extend(
    actor: User, dossier: Dossier, step: Step, closes_at: datetime, reason: str
) -> Extension:
    """Give one agency more time, with the reason; the window of the others stays."""
    held = hold_dossier(dossier, actor)
    enforce(can_extend(actor, held.dossier, step, at=held.at))
    if not reason:
        raise Invalid(reason=_("Gia hạn cần nêu lý do."))
    present = closes_for(held.dossier, step)
    if present is None:
        raise Invalid(closes_at=_("Đợt này chưa đặt thời gian cho bước đó."))
    if closes_at <= max(present, held.at):
        raise Invalid(
            closes_at=_("Hạn mới phải sau bây giờ và sau hạn hiện tại (%s).")
            % clock.minute(present)
        )
    extension = Extension.objects.create(
        dossier=held.dossier, step=step, closes_at=closes_at, reason=reason, granted_by=actor,
        granted_at=held.at,
    )  # fmt: skip
    trail.record(
        held.dossier, actor, "dossier.extended",
        f"Gia hạn “{trail.official(step.label)}” đến {clock.minute(closes_at)}",
        at=held.at, data={"step": step, "closes_at": closes_at, "reason": reason},
    )  # fmt: skip
    return extension


class NotReady(Exception):
    """The round cannot open yet; `problems` lists what is missing."""

    def __init__(self, found: list[problems.Problem]) -> None:
        super().__init__(_("Còn %d việc phải chuẩn bị trước khi mở đợt.") % len(found))
        self.problems = found


def criteria_hash(criteria_set: CriteriaSet) -> str:
    """The sha256 of everything that a criteria set says, in canonical form."""
    return trail.fingerprint(
        trail.canonical(
            {
                "name": criteria_set.name,
                "basis": criteria_set.basis,
                "criteria": [
                    {
                        **{key: getattr(node, key) for key in COPIED if key != "max_points"},
                        "max_points": f"{node.max_points:.2f}",
                        "parent": node.parent.code if node.parent else None,
                        "appraiser": node.appraiser.code if node.appraiser else None,
                    }
                    for node in criteria_set.criteria.select_related(
                        "parent", "appraiser"
                    ).order_by("position")
                ],
            }
        )
    )


@transaction.atomic
def open_round(actor: User, round: Round) -> Round:
    """Open the round: its criteria sets freeze with their hash, agencies may begin.

    Raises NotReady with the list of what is missing.
    """
    held, at = hold_round(round.pk, actor)
    enforce(can_open(actor, held, at=at))
    lacking = [item for item in problems.opening_problems(held) if item.blocking]
    if lacking:
        raise NotReady(lacking)
    frozen: dict[str, str] = {}
    for criteria_set in held.criteria_sets.select_related("group"):
        criteria_set.sha256 = criteria_hash(criteria_set)
        criteria_set.frozen_at = at
        criteria_set.save(update_fields=["sha256", "frozen_at"])
        frozen[criteria_set.group.code] = criteria_set.sha256
    held.opened_at = at
    move_round(held, OPEN_ROUND, actor, at)
    trail.record(held, actor, "round.open", "Mở đợt đánh giá", at=at, data={"criteria": frozen})
    return held
