"""How this year's round begins from last year's: everything but the marks."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from agencies.models import Agency, User
from appraisal import clock
from appraisal.models import (
    Assignment,
    CriteriaSet,
    Criterion,
    Dossier,
    GradeBand,
    Round,
    Seat,
    Window,
)
from appraisal.rules import (
    can_copy_round,
    enforce,
)
from appraisal.workflow.setup import COPIED, SETTINGS, create_round


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
