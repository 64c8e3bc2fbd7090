"""What the pages of accounts and of the register read: joined and counted once, for the province.

Row-level rules are asked in the views; nothing here decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from agencies.days import today
from agencies.models import Agency, AgencyGroup, User
from agencies.text import fold


def people(user: User, found: dict[str, Any]) -> QuerySet[User]:
    """The people of the person's province; `found` is the cleaned data of a PeopleFilter."""
    rows = User.objects.filter(jurisdiction=user.jurisdiction_id).select_related("agency")
    if words := fold(found.get("q") or ""):
        rows = rows.filter(folded__contains=words)
    if agency := found.get("agency"):
        rows = rows.filter(agency=agency)
    match found.get("state"):
        case "active":
            rows = rows.filter(is_active=True)
        case "disabled":
            rows = rows.filter(is_active=False)
        case "never":
            rows = rows.filter(is_active=True, last_login__isnull=True)
    return rows.order_by("full_name", "pk")


def register(user: User, found: dict[str, Any]) -> QuerySet[Agency]:
    """The agencies of the province; `found` is the cleaned data of a RegisterFilter."""
    rows = Agency.objects.filter(jurisdiction=user.jurisdiction_id).matching(found.get("q") or "")
    if group := found.get("group"):
        rows = rows.filter(group=group)
    if found.get("state") == "past":
        rows = rows.filter(valid_to__lt=today())
    elif found.get("state") != "all":
        rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today()))
    active = Count("people", filter=Q(people__is_active=True))
    return (
        rows.select_related("group", "successor")
        .annotate(people_count=active)
        .order_by("group__position", "group__code", "name", "pk")
    )


def groups(user: User) -> QuerySet[AgencyGroup]:
    """The groups of the province with the number of their agencies that still exist."""
    living = Count("agencies", filter=Q(agencies__valid_to__isnull=True))
    return AgencyGroup.objects.filter(jurisdiction=user.jurisdiction_id).annotate(
        agency_count=living
    )


@dataclass
class Branch:
    """An agency with those it was made of."""

    agency: Agency
    is_current: bool
    before: list[Branch] = field(default_factory=list)


def family(agency: Agency) -> Branch:
    """The whole life of an agency: from its last successor back to every beginning. Two queries
    at most, however deep."""
    rows = {
        row.pk: row
        for row in Agency.objects.filter(jurisdiction=agency.jurisdiction_id)
        .select_related("group")
        .order_by("valid_from", "name")
    }
    before: dict[int, list[Agency]] = {}
    for row in rows.values():
        if row.successor_id:
            before.setdefault(row.successor_id, []).append(row)
    last = rows[agency.pk]
    seen = {last.pk}
    while last.successor_id and last.successor_id not in seen:
        last = rows[last.successor_id]
        seen.add(last.pk)
    return _branch(last, before, agency.pk, set())


def _branch(
    agency: Agency, before: dict[int, list[Agency]], current: int, seen: set[int]
) -> Branch:
    seen.add(agency.pk)
    return Branch(
        agency,
        agency.pk == current,
        [
            _branch(older, before, current, seen)
            for older in before.get(agency.pk, [])
            if older.pk not in seen
        ],
    )


def ancestry(agencies: Iterable[int]) -> set[int]:
    """These agencies and all they were made of: whose papers the successor's people keep."""
    known: set[int] = set()
    level = set(agencies)
    while level:
        known |= level
        older = Agency.objects.filter(successor__in=level).values_list("pk", flat=True)
        level = set(older) - known
    return known
