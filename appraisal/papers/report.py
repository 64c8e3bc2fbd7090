"""The report on the appraisal of a consolidated result."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal

from appraisal.documents.official import Official
from appraisal.documents.phrases import one_line
from appraisal.documents.report import (
    GroupReport,
    LeafChange,
    LeafStanding,
    MemberSaid,
    ReportFacts,
    Unproven,
    report,
)
from appraisal.models import MemberReport, Seat
from appraisal.papers.basis import Subject
from appraisal.papers.house import house_of
from appraisal.papers.standings import (
    TEAM_ROLES,
    Lost,
    Sealed,
    explaining,
    losses,
    process_of,
    sealed,
)
from appraisal.queries import reporting
from appraisal.queries.results import LeafFact, Section
from appraisal.states import SeatRole, Stage
from appraisal.trail import official as in_vietnamese

COMMONEST = 2
"""Reasons that the report tells for each leaf: those given more than once, else one of them."""


def build(subject: Subject) -> tuple[Official, ...]:
    assert subject.consolidation is not None
    result = sealed(subject.consolidation)
    seats = reporting.seats(subject.round)
    answered = reporting.answered(subject.round)
    asked = {pk for (pk, _code), is_answered in answered.items() if not is_answered}
    return (
        report(
            ReportFacts(
                outcome=result.outcome,
                process=process_of(result, answered, seats),
                house=house_of(subject.jurisdiction, subject.kind, result.results.sealed_at.date()),
                chair=_chair(seats),
                groups=tuple(
                    GroupReport(
                        points=points,
                        leaves=_leaves(section),
                        changes=_changes(section),
                        explaining=explaining(section.lines, answered),
                    )
                    for points, section in zip(result.outcome.groups, result.sections, strict=True)
                ),
                unproven=_unproven(result),
                silent=tuple(
                    line.dossier.agency
                    for section in result.sections
                    for line in section.lines
                    if line.dossier.pk in asked
                ),
                members=members_of(reporting.member_reports(subject.round), seats),
            )
        ),
    )


def _chair(seats: list[Seat]) -> str:
    chair = next((seat for seat in seats if seat.role == SeatRole.CHAIR), None)
    if chair is None:
        return ""
    return ", ".join(part for part in (chair.user.full_name, chair.user.position) if part)


def members_of(reports: list[MemberReport], seats: list[Seat]) -> tuple[MemberSaid, ...]:
    """The reports in the order of the seats, the lead's first."""
    places: dict[int, Seat] = {}
    for seat in sorted(seats, key=lambda seat: (seat.role != SeatRole.TEAM_LEAD, seat.pk)):
        if seat.role in TEAM_ROLES or seat.user_id not in places:
            places.setdefault(seat.user_id, seat)
    order = {user: place for place, user in enumerate(places)}
    return tuple(
        MemberSaid(
            name=item.author.full_name,
            position=item.author.position,
            agency=item.author.agency.name if item.author.agency else "",
            role=role_of(places.get(item.author_id)),
            tasks=item.tasks_done,
            difficulties=item.difficulties,
            proposals=item.proposals,
        )
        for item in sorted(reports, key=lambda item: order.get(item.author_id, len(order)))
    )


def role_of(seat: Seat | None) -> str:
    """What a seat is called on paper: its own title, or that of its role."""
    if seat is None:
        return in_vietnamese(SeatRole.TEAM_MEMBER.label)
    # The screen's word for the auditor adds what the role may do there.
    return seat.title or in_vietnamese(SeatRole(seat.role).label).partition(" (")[0]


def _leaves(section: Section) -> tuple[LeafStanding, ...]:
    by_leaf: dict[str, list[Lost]] = defaultdict(list)
    for line in section.lines:
        for item in losses(section.group, line.dossier):
            by_leaf[item.leaf.code].append(item)
    return tuple(
        _standing(leaf, by_leaf[leaf.code])
        for leaf in section.group.leaves
        if leaf.leaf.part == "appraised"
    )


def _standing(leaf: LeafFact, found: list[Lost]) -> LeafStanding:
    short = [item for item in found if item.lost]
    return LeafStanding(
        code=leaf.code,
        title=leaf.title,
        field_code=leaf.field_code,
        field_title=leaf.field_title,
        maximum=leaf.max_points,
        applies=len(found),
        full=len(found) - len(short),
        part=sum(bool(item.mark.points) for item in short),
        zero=sum(not item.mark.points for item in short),
        lost=sum((item.lost for item in short), Decimal(0)),
        lowered=sum(item.was_lowered for item in short),
        short=sum(
            item.own is not None
            and item.own.points is not None
            and item.own.points < leaf.max_points
            for item in short
        ),
        reasons=_commonest([one_line(item.mark.reason) for item in short]),
    )


def _commonest(reasons: list[str]) -> tuple[tuple[str, int], ...]:
    counted = Counter(reason for reason in reasons if reason).most_common(COMMONEST)
    return tuple(item for item in counted if item[1] > 1) or tuple(counted[:1])


def _changes(section: Section) -> tuple[LeafChange, ...]:
    """Every leaf whose points are not the self-score, the largest change first."""
    found = [
        LeafChange(
            agency=line.dossier.agency,
            code=item.leaf.code,
            title=item.leaf.title,
            own=item.own.points,
            settled=item.mark.points,
            reason=item.mark.reason,
        )
        for line in section.lines
        for item in losses(section.group, line.dossier)
        if item.own is not None
        and item.own.points is not None
        and item.mark.points is not None
        and item.own.points != item.mark.points
    ]
    # A stable sort: changes of one size stay in the order of rank and of the criteria.
    return tuple(sorted(found, key=lambda item: -abs(item.change)))


def _unproven(result: Sealed) -> tuple[Unproven, ...]:
    cited = reporting.sealed_citations(result.snapshot)
    found = []
    for section in result.sections:
        for line in section.lines:
            codes, own, refused = [], Decimal(0), 0
            for leaf in section.group.leaves:
                marks = line.dossier.marks.get(leaf.code, {})
                mark = marks.get(Stage.SELF)
                if mark is None or not mark.points or cited[line.dossier.agency_code, leaf.code]:
                    continue
                codes.append(leaf.code)
                own += mark.points
                effective = line.dossier.effective(leaf.code)
                refused += effective is None or (effective[1].points or Decimal(0)) < mark.points
            if codes:
                found.append(Unproven(line.dossier.agency, tuple(codes), own, refused))
    return tuple(found)
