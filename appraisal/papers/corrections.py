"""What the lead sees before correcting: a leaf across its agencies, and what changes would do.

Figures come from `queries.results`; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from agencies.models import User
from agencies.verdict import Verdict
from appraisal import scoring
from appraisal.models import Criterion, Dossier, Mark, Round
from appraisal.queries import results
from appraisal.rules import can_correct, corrected_stage, read_given
from appraisal.states import Stage
from appraisal.workbooks.corrections import Known, LeafSpec

TEAM = (Stage.REAPPRAISAL, Stage.APPRAISAL)
"""The stronger first."""


@dataclass(frozen=True)
class Line:
    """One agency under the chosen leaf: its mark, the team's, whether the lead may change it."""

    dossier: Dossier
    own: Mark | None
    current: Mark | None
    verdict: Verdict


@dataclass(frozen=True)
class Change:
    """One mark that would be written. `seen` is the version of that stage's mark at the preview."""

    dossier: int
    criterion: int
    stage: str
    points: Decimal | None
    reason: str
    seen: int

    @property
    def not_applicable(self) -> bool:
        return self.points is None

    def to_json(self) -> list[Any]:
        points = None if self.points is None else str(self.points)
        return [self.dossier, self.criterion, self.stage, points, self.reason, self.seen]

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> Change:
        dossier, criterion, stage, points, reason, seen = data
        return cls(
            dossier, criterion, stage, None if points is None else Decimal(points), reason, seen
        )


@dataclass(frozen=True)
class Effect:
    """A change beside what stands now. `is_stale`: the mark was saved after the preview."""

    change: Change
    dossier: Dossier
    criterion: Criterion
    own: Mark | None
    current: Mark | None
    is_stale: bool


@dataclass(frozen=True)
class AgencyEffect:
    """What all changes together do to one agency's index (its total on the scale of 100)."""

    dossier: Dossier
    before: Decimal
    after: Decimal


def leaves(round: Round) -> list[Criterion]:
    """The leaves that the team marks, group by group, in reading order."""
    return list(
        Criterion.objects.filter(criteria_set__round=round, is_leaf=True)
        .exclude(kind="survey")
        .select_related("criteria_set__group", "field")
        .order_by("criteria_set__group__position", "position", "pk")
    )


def known(round: Round) -> Known:
    """What the reader of a file of corrections has to know."""
    agencies = {
        code: str(group)
        for code, group in Dossier.objects.filter(round=round).values_list(
            "agency__code", "group_id"
        )
    }
    found: dict[str, dict[str, LeafSpec]] = {}
    for leaf in leaves(round):
        own = found.setdefault(str(leaf.criteria_set.group_id), {})
        own[leaf.code] = LeafSpec(leaf.max_points, leaf.na_allowed)
    return Known(agencies, found)


def dossiers(round: Round, **wanted: Any) -> list[Dossier]:
    """Dossiers as the rules want them: with this very round and what they would ask one by one."""
    found = list(
        Dossier.objects.of(round)
        .filter(**wanted)
        .select_related("agency")
        .prefetch_related("extensions")
        .order_by("agency__code")
    )
    for dossier in found:
        dossier.round = round
    read_given(found)
    return found


def lines(
    round: Round,
    user: User,
    criterion: Criterion,
    at: datetime,
    members: Sequence[Dossier] | None = None,
) -> list[Line]:
    """Every agency of the leaf's group (or those of `members` in it): four queries, whatever their
    number; one query with `members` from `dossiers`."""
    group = criterion.criteria_set.group_id
    if members is None:
        members = dossiers(round, group=group)
    members = [dossier for dossier in members if dossier.group_id == group]
    marks: dict[tuple[int, str], Mark] = {
        (mark.dossier_id, mark.stage): mark
        for mark in Mark.objects.filter(
            criterion=criterion, dossier__in=members, stage__in=(Stage.SELF, *TEAM)
        ).select_related("author")
    }
    return [
        Line(
            dossier,
            marks.get((dossier.pk, Stage.SELF)),
            effective(marks, dossier.pk),
            can_correct(user, dossier, criterion, at=at),
        )
        for dossier in members
    ]


def effective(marks: Mapping[tuple[int, str], Mark], dossier: int) -> Mark | None:
    """The team's mark that counts."""
    return next((marks[dossier, stage] for stage in TEAM if (dossier, stage) in marks), None)


def effects(round: Round, changes: Sequence[Change], at: datetime) -> list[Effect]:
    """Each change beside what stands now, in the order of the changes."""
    members = {item.pk: item for item in dossiers(round, pk__in={c.dossier for c in changes})}
    nodes = {
        node.pk: node for node in Criterion.objects.filter(pk__in={c.criterion for c in changes})
    }
    marks: dict[int, dict[tuple[int, str], Mark]] = {}
    for mark in Mark.objects.filter(
        dossier__in=members, criterion__in=nodes, stage__in=(Stage.SELF, *TEAM)
    ).select_related("author"):
        marks.setdefault(mark.criterion_id, {})[mark.dossier_id, mark.stage] = mark
    found = []
    for change in changes:
        dossier, node = members[change.dossier], nodes[change.criterion]
        own = marks.get(node.pk, {})
        kept = own.get((dossier.pk, change.stage))
        stale = (kept.version if kept else 0) != change.seen
        stale = stale or corrected_stage(dossier, node, at) != change.stage
        found.append(
            Effect(
                change, dossier, node, own.get((dossier.pk, Stage.SELF)),
                effective(own, dossier.pk), stale,
            )
        )  # fmt: skip
    return found


def agency_effects(round: Round, effects: Sequence[Effect]) -> list[AgencyEffect]:
    """The index of every agency that changes, before and after: five queries."""
    touched = {effect.dossier.pk: effect.dossier for effect in effects}
    figures = results.figures(round, touched)
    codes: dict[int, dict[str, Effect]] = {}
    for effect in effects:
        codes.setdefault(effect.dossier.pk, {})[effect.criterion.code] = effect
    found = []
    for fact in figures.dossiers:
        changed = dict(fact.marks)
        for code, effect in codes[fact.pk].items():
            changed[code] = changed.get(code, {}) | {effect.change.stage: _fact(effect)}
        before = results.count(figures, fact, "final").index
        after = results.count(figures, replace(fact, marks=changed), "final").index
        found.append(AgencyEffect(touched[fact.pk], before, after))
    return found


def _fact(effect: Effect) -> results.MarkFact:
    change, current = effect.change, effect.current
    assert current is not None
    return results.MarkFact(
        change.points, change.not_applicable, change.reason, "", current.saved_at, 0
    )


def shown(mark: Mark | None) -> str:
    """What a mark gives, for the eye."""
    if mark is None:
        return "–"
    return points_text(mark.points, not_applicable=mark.not_applicable)


def points_text(points: Decimal | None, *, not_applicable: bool) -> str:
    if not_applicable:
        return "KAD"
    return "–" if points is None else scoring.show(points, 4, trim=True)
