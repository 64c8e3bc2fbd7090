"""What the pages of preparation read: rounds, steps, people, trees, coverage, survey points.

Numbers and moments are put into words here, so that templates only place them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, AgencyGroup, User
from agencies.text import fold
from appraisal import clock, scoring, trail
from appraisal.models import (
    Assignment,
    CriteriaSet,
    Criterion,
    Dossier,
    Event,
    Mark,
    Round,
    Seat,
    Window,
)
from appraisal.models.criteria import RuleKind
from appraisal.states import COUNCIL_ROLES, SeatRole, Stage, Step


def points(value: Any) -> str:
    """Points as the tree shows them: `12,5`, `35`."""
    return scoring.show(value, trim=True)


# --- Rounds --------------------------------------------------------------------------------
@dataclass(frozen=True)
class RoundLine:
    """A round in the list; `enters` says whether its page of preparation is for this person."""

    round: Round
    agencies: int
    closes: str
    enters: bool


def rounds_for(user: User) -> list[RoundLine]:
    """The rounds that a person may know of, the latest first: four queries."""
    rounds = list(Round.objects.visible_to(user).order_by("-year", "-pk"))
    agencies = dict(
        Dossier.objects.filter(round__in=rounds)
        .order_by()
        .values_list("round_id")
        .annotate(number=Count("pk"))
    )
    seated = set(Seat.objects.filter(user=user).values_list("round_id", flat=True))
    closing = dict(
        Window.objects.filter(step=Step.SELF_ASSESSMENT).values_list("round_id", "closes_at")
    )
    return [
        RoundLine(
            round,
            agencies.get(round.pk, 0),
            clock.minute(closing[round.pk]) if round.pk in closing else "",
            user.is_secretariat or round.pk in seated,
        )
        for round in rounds
    ]


@dataclass(frozen=True)
class StepLine:
    """A step of a round with its exact first and last minute in Vietnam time."""

    label: str
    opens: str
    closes: str
    closes_at: datetime | None
    state: str  # "unset", "later", "now", "over"


def step_lines(round: Round, at: datetime) -> list[StepLine]:
    held = {window.step: window for window in round.windows.all()}
    lines = []
    for step in Step:
        window = held.get(step)
        if window is None:
            lines.append(StepLine(str(step.label), "", "", None, "unset"))
            continue
        state = "later" if at < window.opens_at else "now" if at <= window.closes_at else "over"
        lines.append(
            StepLine(
                str(step.label),
                clock.minute(window.opens_at),
                clock.minute(window.closes_at),
                window.closes_at,
                state,
            )
        )
    return lines


@dataclass(frozen=True)
class Counts:
    """How much of a round is there."""

    agencies: int
    leaves: int
    survey_leaves: int
    council: int
    team: int
    survey_points: int


def counts(round: Round) -> Counts:
    """How much of a round is there: four queries."""
    leaves = Criterion.objects.filter(criteria_set__round=round, is_leaf=True).aggregate(
        all=Count("pk"), survey=Count("pk", filter=Q(kind=RuleKind.SURVEY))
    )
    seats = round.seats.filter(valid_to__isnull=True).aggregate(
        council=Count("pk", filter=Q(role__in=COUNCIL_ROLES)),
        team=Count("pk", filter=Q(role__in=[SeatRole.TEAM_LEAD, SeatRole.TEAM_MEMBER])),
    )
    marks = Mark.objects.filter(dossier__round=round, stage=Stage.SURVEY).count()
    return Counts(
        agencies=round.dossiers.count(),
        leaves=leaves["all"],
        survey_leaves=leaves["survey"],
        council=seats["council"],
        team=seats["team"],
        survey_points=marks,
    )


def trail_of(round: Round) -> QuerySet[Event]:
    """The events of the round itself, the latest first; those of dossiers are on the dossiers."""
    return Event.objects.filter(stream=f"round-{round.pk}").order_by("-number")


# --- People and agencies --------------------------------------------------------------------
PARTS: tuple[tuple[Promise, tuple[SeatRole, ...]], ...] = (
    (_("Hội đồng"), (SeatRole.CHAIR, SeatRole.VICE_CHAIR, SeatRole.COUNCIL_MEMBER)),
    (_("Thư ký và giám sát"), (SeatRole.SECRETARY, SeatRole.AUDITOR)),
    (_("Tổ giúp việc"), (SeatRole.TEAM_LEAD, SeatRole.TEAM_MEMBER)),
)


def seats_by_part(round: Round) -> list[tuple[Promise, list[Seat]]]:
    """The seats of a round under council, secretariat and team, in the order of the roles."""
    seats = list(round.seats.select_related("user__agency"))
    return [
        (title, [seat for role in roles for seat in seats if seat.role == role])
        for title, roles in PARTS
    ]


def people_to_seat(round: Round, text: str = "") -> QuerySet[User]:
    """Active people of the province who may be seated, narrowed by a folded search."""
    people = User.objects.filter(
        jurisdiction=round.jurisdiction_id, is_active=True, is_administrator=False
    ).select_related("agency")
    if text:
        wanted = fold(text)
        people = people.filter(Q(folded__contains=wanted) | Q(agency__folded__contains=wanted))
    return people.order_by("full_name")


@dataclass
class AgencyLine:
    """An agency that may take part: whether it does, and in which group of this round."""

    agency: Agency
    chosen: bool
    group_id: int
    dossier_id: int | None = None
    shown: bool = True


def agency_lines(round: Round, day: date, text: str = "") -> list[AgencyLine]:
    """Agencies in force and those already in the round, by group; two queries.

    Whoever does not match the search is still there, not `shown`.
    """
    dossiers = {dossier.agency_id: dossier for dossier in Dossier.objects.filter(round=round)}
    own = Agency.objects.filter(jurisdiction=round.jurisdiction_id)
    agencies = (
        (own.in_force(day) | own.filter(pk__in=list(dossiers)))
        .select_related("group")
        .order_by("group__position", "group__code", "name")
    )
    wanted = fold(text)
    lines = []
    for agency in agencies:
        dossier = dossiers.get(agency.pk)
        lines.append(
            AgencyLine(
                agency,
                dossier is not None,
                dossier.group_id if dossier else agency.group_id,
                dossier.pk if dossier else None,
                wanted in agency.folded,
            )
        )
    return lines


def by_group(
    lines: list[AgencyLine], groups: list[AgencyGroup]
) -> list[tuple[AgencyGroup, list[AgencyLine]]]:
    """The lines under the group that each agency has in this round; empty groups are left out."""
    under: dict[int, list[AgencyLine]] = defaultdict(list)
    for line in lines:
        under[line.group_id].append(line)
    return [(group, under[group.pk]) for group in groups if under[group.pk]]


# --- Criteria -------------------------------------------------------------------------------
@dataclass(frozen=True)
class SetLine:
    """The criteria of one group of the round, or that it has none yet."""

    group: AgencyGroup
    agencies: int
    criteria_set: CriteriaSet | None
    leaves: int = 0
    total: str = ""


def set_lines(round: Round) -> list[SetLine]:
    """Every group of the province: its agencies in the round and its criteria; four queries."""
    taking_part = dict(
        Dossier.objects.filter(round=round)
        .order_by()
        .values_list("group_id")
        .annotate(number=Count("pk"))
    )
    sets = {item.group_id: item for item in CriteriaSet.objects.filter(round=round)}
    sums: dict[int, list[Any]] = defaultdict(lambda: [0, scoring.parse_number("0")])
    for key, is_leaf, depth, outside, maximum in Criterion.objects.filter(
        criteria_set__round=round
    ).values_list("criteria_set_id", "is_leaf", "depth", "outside_total", "max_points"):
        if is_leaf:
            sums[key][0] += 1
        if depth == 0 and not outside:
            sums[key][1] += maximum
    lines = []
    for group in AgencyGroup.objects.filter(jurisdiction=round.jurisdiction_id):
        held = sets.get(group.pk)
        if held is None:
            lines.append(SetLine(group, taking_part.get(group.pk, 0), None))
        else:
            leaves, total = sums[held.pk]
            lines.append(SetLine(group, taking_part.get(group.pk, 0), held, leaves, points(total)))
    return sorted(lines, key=lambda line: not (line.agencies or line.criteria_set))


@dataclass(frozen=True)
class Node:
    """One row of a criteria tree as it is read."""

    code: str
    title: str
    points: str
    kind: str
    rule: str
    evidence: tuple[str, ...]
    appraiser: str
    na_allowed: bool
    depth: int
    is_leaf: bool
    note: str = ""


def nodes_of(criteria_set: CriteriaSet) -> list[Node]:
    """The tree in reading order: one query."""
    return [
        Node(
            code=item.code,
            title=item.title,
            points=points(item.max_points),
            kind=str(RuleKind(item.kind).label),
            rule=item.rule_text,
            evidence=tuple(filter(None, item.evidence_text.split("\n"))),
            appraiser=item.appraiser.name if item.appraiser else "",
            na_allowed=item.na_allowed,
            depth=item.depth,
            is_leaf=item.is_leaf,
            note=item.note,
        )
        for item in criteria_set.criteria.select_related("appraiser").order_by("position")
    ]


# --- Assignments ----------------------------------------------------------------------------
def assignments_mark(round: Round) -> str:
    """A short mark of who is assigned what now; it changes with every assignment of the round."""
    rows = (
        Assignment.objects.filter(criterion__criteria_set__round=round)
        .order_by("criterion_id", "is_second")
        .values_list("criterion_id", "is_second", "seat_id")
    )
    return trail.fingerprint(trail.canonical([list(row) for row in rows]))[:20]


@dataclass
class AssignmentRow:
    """One node: its own assignment, and who comes out of it when there is none."""

    pk: int
    code: str
    title: str
    points: str
    depth: int
    is_leaf: bool
    is_survey: bool
    appraiser: str
    first: int | None
    second: int | None
    first_from_above: str
    second_from_above: str
    uncovered: bool


@dataclass
class FieldLoad:
    """A field of the tree: how many of its leaves each member appraises, first and second."""

    code: str
    title: str
    leaves: int
    covered: int
    cells: list[tuple[int, int]]
    rows: list[AssignmentRow] = field(default_factory=list)


@dataclass
class CoverageMatrix:
    """Fields × members for one criteria set, the rows below them, and what nobody appraises."""

    members: list[Seat]
    fields: list[FieldLoad]
    leaves: int
    covered: int
    uncovered: list[AssignmentRow]
    totals: list[tuple[int, int]]
    mark: str


def members_of(round: Round) -> list[Seat]:
    """The team members who may be given criteria, by name."""
    return list(
        round.seats.filter(role=SeatRole.TEAM_MEMBER, valid_to__isnull=True)
        .select_related("user__agency")
        .order_by("user__full_name", "pk")
    )


def coverage_matrix(criteria_set: CriteriaSet, members: list[Seat]) -> CoverageMatrix:
    """Who appraises what in one set, by the nearest assignment above; survey leaves need nobody.

    Three queries.
    """
    names = {seat.pk: seat.user.full_name for seat in members}
    given: dict[bool, dict[int, int]] = {False: {}, True: {}}
    for criterion, is_second, seat_id in Assignment.objects.filter(
        criterion__criteria_set=criteria_set
    ).values_list("criterion_id", "is_second", "seat_id"):
        given[is_second][criterion] = seat_id
    resolved: dict[bool, dict[int, int]] = {False: {}, True: {}}
    fields: list[FieldLoad] = []
    uncovered: list[AssignmentRow] = []
    load: dict[bool, dict[tuple[int, int], int]] = {
        False: defaultdict(int),
        True: defaultdict(int),
    }
    nodes = criteria_set.criteria.select_related("appraiser").order_by("position")
    for node in nodes:
        above = {
            is_second: resolved[is_second].get(node.parent_id) if node.parent_id else None
            for is_second in (False, True)
        }
        for is_second in (False, True):
            seat = given[is_second].get(node.pk) or above[is_second]
            if seat:
                resolved[is_second][node.pk] = seat
        wanted = node.is_leaf and node.kind != RuleKind.SURVEY
        row = AssignmentRow(
            pk=node.pk,
            code=node.code,
            title=node.title,
            points=points(node.max_points),
            depth=node.depth,
            is_leaf=node.is_leaf,
            is_survey=node.kind == RuleKind.SURVEY,
            appraiser=node.appraiser.name if node.appraiser else "",
            first=given[False].get(node.pk),
            second=given[True].get(node.pk),
            first_from_above=names.get(above[False] or 0, ""),
            second_from_above=names.get(above[True] or 0, ""),
            uncovered=wanted and node.pk not in resolved[False],
        )
        if node.depth == 0:
            fields.append(FieldLoad(node.code, node.title, 0, 0, []))
        fields[-1].rows.append(row)
        if wanted:
            fields[-1].leaves += 1
            fields[-1].covered += not row.uncovered
            for is_second in (False, True):
                seat = resolved[is_second].get(node.pk)
                if seat:
                    load[is_second][len(fields) - 1, seat] += 1
        if row.uncovered:
            uncovered.append(row)
    for place, item in enumerate(fields):
        item.cells = [(load[False][place, s.pk], load[True][place, s.pk]) for s in members]
    totals = [
        (sum(item.cells[place][0] for item in fields), sum(item.cells[place][1] for item in fields))
        for place in range(len(members))
    ]
    return CoverageMatrix(
        members=members,
        fields=fields,
        leaves=sum(item.leaves for item in fields),
        covered=sum(item.covered for item in fields),
        uncovered=uncovered,
        totals=totals,
        mark=assignments_mark(criteria_set.round),
    )


# --- Survey ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class SurveyMatrix:
    """Agencies × survey leaves of one group: points in words, "" where there are none."""

    leaves: list[Criterion]
    rows: list[tuple[str, list[str], str]]  # agency, points, sum
    present: int
    expected: int


def survey_matrix(round: Round, group: AgencyGroup) -> SurveyMatrix:
    """The survey points of a group: three queries."""
    leaves = list(
        Criterion.objects.filter(
            criteria_set__round=round,
            criteria_set__group=group,
            is_leaf=True,
            kind=RuleKind.SURVEY,
        ).order_by("position")
    )
    given = {
        (dossier, criterion): value
        for dossier, criterion, value in Mark.objects.filter(
            dossier__round=round, dossier__group=group, stage=Stage.SURVEY, points__isnull=False
        ).values_list("dossier_id", "criterion_id", "points")
    }
    rows = []
    for pk, name in (
        Dossier.objects.filter(round=round, group=group)
        .order_by("agency__name")
        .values_list("pk", "agency__name")
    ):
        found = [given.get((pk, leaf.pk)) for leaf in leaves]
        known = [value for value in found if value is not None]
        rows.append(
            (
                name,
                ["" if value is None else scoring.show(value) for value in found],
                scoring.show(sum(known)) if known else "",  # type: ignore[arg-type]
            )
        )
    return SurveyMatrix(leaves, rows, len(given), len(rows) * len(leaves))


def groups_in(round: Round) -> list[AgencyGroup]:
    """The groups that take part in the round, in their order."""
    return list(
        AgencyGroup.objects.filter(dossiers__round=round).distinct().order_by("position", "code")
    )
