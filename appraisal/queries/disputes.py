"""The leaves on which the agency and the judges differ, and what each would change.

A leaf is disputed when the agency's self-score is not the effective mark, or when the team asked
for an explanation. Each carries the index, rank and grade that the agency would have if its own
score were taken, so that the meeting can begin with what decides something.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from appraisal import scoring
from appraisal.models import Criterion, Dossier, ExplanationRequest, Mark, Round, Ruling
from appraisal.queries import results
from appraisal.queries.derivation import mark_words
from appraisal.queries.results import DossierFact, Figures, GroupFact, LeafFact, Line, MarkFact
from appraisal.queries.table import leaf_anchor, signed
from appraisal.states import Stage


@dataclass(frozen=True)
class Said:
    """What one side says about a leaf."""

    points: str
    reason: str
    author: str
    difference: str = ""
    sign: int = 0


@dataclass(frozen=True)
class Outcome:
    """What taking the agency's own score would change for it."""

    index: str
    rank_now: int
    rank_then: int
    grade_now: str
    grade_then: str

    @property
    def weight(self) -> int:
        """2: another grade; 1: another rank; 0: neither."""
        if self.grade_then != self.grade_now:
            return 2
        return int(self.rank_then != self.rank_now)


@dataclass(frozen=True)
class Dispute:
    """One disputed leaf of one dossier."""

    dossier_pk: int
    criterion_pk: int
    anchor: str
    agency: str
    group: str
    field_code: str
    field_title: str
    code: str
    title: str
    maximum: str
    own: Said | None
    appraisal: Said | None
    asked: str
    explained: str
    second: Said | None
    ruling: Said | None
    difference: Decimal
    outcome: Outcome | None

    @property
    def is_ruled(self) -> bool:
        return self.ruling is not None

    @property
    def state(self) -> str:
        """The name of a state mark: ruled, explained, disputed, or agreed after a second look."""
        if self.ruling is not None:
            return "ruled"
        if not self.difference:
            return "agreed"
        return "explained" if self.explained else "disputed"


@dataclass(frozen=True)
class GroupCount:
    """How many disputes of a group are settled."""

    name: str
    total: int
    ruled: int
    silent: int


@dataclass(frozen=True)
class Disputes:
    """The disputes that were asked for, weightiest first, with the choices of the filter."""

    items: tuple[Dispute, ...]
    counts: tuple[GroupCount, ...]
    agencies: tuple[tuple[int, str], ...]
    fields: tuple[tuple[str, str], ...]
    decisive: int


def disputes(
    round: Round, *, agency: int | None = None, field: str = "", decisive: bool = False
) -> Disputes:
    """The disputes of a round; six queries, whatever their number.

    `agency` is the key of a dossier, `field` a field's code, `decisive` leaves only what would
    change a rank or a grade.
    """
    found = results.figures(round)
    requests = {
        (dossier, code): (text, answer or "")
        for dossier, code, text, answer in ExplanationRequest.objects.filter(
            dossier__round=round
        ).values_list("dossier_id", "criterion__code", "text", "explanation__text")
    }
    every = [
        dispute
        for section in results.board(found)
        for line in section.lines
        for dispute in _of_line(found, section.group, section.lines, line, requests)
    ]
    chosen = [
        item
        for item in every
        if (agency is None or item.dossier_pk == agency)
        and (not field or item.field_code == field)
        and (not decisive or (item.outcome is not None and item.outcome.weight))
    ]
    chosen.sort(key=_weightiest_first)
    return Disputes(
        items=tuple(chosen),
        counts=_counts(every),
        agencies=tuple(sorted({(x.dossier_pk, x.agency) for x in every}, key=lambda x: x[1])),
        fields=tuple(sorted({(x.field_code, x.field_title) for x in every})),
        decisive=sum(1 for x in every if x.outcome is not None and x.outcome.weight),
    )


def dispute_of(dossier: Dossier, criterion: Criterion, marks: Iterable[Mark]) -> Dispute:
    """One leaf of a dossier side by side, disputed or not, from its marks: one query."""
    stages = {
        mark.stage: MarkFact(
            mark.points, mark.not_applicable, mark.reason, mark.author.full_name,
            mark.saved_at, mark.version,
        )
        for mark in marks
    }  # fmt: skip
    above = criterion.field or criterion
    leaf = LeafFact(
        criterion.pk, criterion.code, criterion.title, criterion.kind, criterion.max_points,
        above.code, above.title,
        scoring.Leaf(
            criterion.code, above.code, criterion.max_points, criterion.kind,
            scoring.part_of(criterion.kind),
        ),
    )  # fmt: skip
    fact = DossierFact(
        dossier.pk, dossier.agency.code, dossier.agency.name, dossier.group_id,
        dossier.submitted_at, {criterion.code: stages},
    )  # fmt: skip
    request = (
        ExplanationRequest.objects.filter(dossier=dossier, criterion=criterion)
        .values_list("text", "explanation__text")
        .first()
    )
    return _dispute(dossier.group.name, leaf, fact, request, None, dossier.round.display_decimals)


def rulings_of(dossier: Dossier, criterion: int) -> list[Ruling]:
    """The rulings about one leaf in the order in which they were recorded."""
    return list(
        Ruling.objects.filter(dossier=dossier, criterion=criterion).select_related(
            "meeting", "recorded_by"
        )
    )


def _weightiest_first(item: Dispute) -> tuple[bool, int, Decimal, str, str]:
    weight = item.outcome.weight if item.outcome else 0
    return item.is_ruled, -weight, -abs(item.difference), item.agency, item.code


def _counts(every: Iterable[Dispute]) -> tuple[GroupCount, ...]:
    total: Counter[str] = Counter()
    ruled: Counter[str] = Counter()
    silent: Counter[str] = Counter()
    for item in every:
        total[item.group] += 1
        ruled[item.group] += item.is_ruled
        silent[item.group] += bool(item.asked) and not item.explained
    return tuple(GroupCount(name, total[name], ruled[name], silent[name]) for name in total)


def _of_line(
    found: Figures,
    group: GroupFact,
    lines: tuple[Line, ...],
    line: Line,
    requests: dict[tuple[int, str], tuple[str, str]],
) -> list[Dispute]:
    listed = []
    for leaf in group.leaves:
        stages = line.dossier.marks.get(leaf.code, {})
        own, effective = stages.get(Stage.SELF), line.dossier.effective(leaf.code)
        differs = own is not None and effective is not None and own.score != effective[1].score
        request = requests.get((line.dossier.pk, leaf.code))
        if not differs and request is None and Stage.COUNCIL not in stages:
            continue
        outcome = _outcome(found, group, lines, line, leaf, own) if differs and own else None
        listed.append(
            _dispute(
                group.name, leaf, line.dossier, request, outcome, found.settings.display_places
            )
        )
    return listed


def _outcome(
    found: Figures,
    group: GroupFact,
    lines: tuple[Line, ...],
    line: Line,
    leaf: LeafFact,
    own: MarkFact,
) -> Outcome:
    """The index counted anew with the agency's own score in place of the effective one."""
    scores = {
        item.code: mark[1].score
        for item in group.leaves
        if (mark := line.dossier.effective(item.code)) is not None
    }
    total = scoring.total(
        [item.leaf for item in group.leaves], scores | {leaf.code: own.score}, found.settings
    )
    entries = [
        scoring.Entry(other.dossier.pk, other.final.index, other.final.appraised.achieved)
        for other in lines
        if other is not line
    ]
    mine = scoring.Entry(line.dossier.pk, total.index, total.appraised.achieved)
    ranks = scoring.rank([*entries, mine], found.settings.tie_rule)
    return Outcome(
        index=scoring.show(total.index, found.settings.display_places),
        rank_now=line.rank.place,
        rank_then=ranks[line.dossier.pk].place,
        grade_now=line.grade,
        grade_then=scoring.grade(total.index, found.bands).name if found.bands else "",
    )


def _dispute(
    group: str,
    leaf: LeafFact,
    fact: DossierFact,
    request: tuple[str, str] | None,
    outcome: Outcome | None,
    places: int,
) -> Dispute:
    stages = fact.marks.get(leaf.code, {})
    own = stages.get(Stage.SELF)
    effective = fact.effective(leaf.code)
    asked, explained = request or ("", "")
    return Dispute(
        dossier_pk=fact.pk,
        criterion_pk=leaf.pk,
        anchor=leaf_anchor(leaf.code),
        agency=fact.agency,
        group=group,
        field_code=leaf.field_code,
        field_title=leaf.field_title,
        code=leaf.code,
        title=leaf.title,
        maximum=scoring.show(leaf.max_points, trim=True),
        own=_said(own, None, places),
        appraisal=_said(stages.get(Stage.APPRAISAL), own, places),
        asked=asked,
        explained=explained or "",
        second=_said(stages.get(Stage.REAPPRAISAL), own, places),
        ruling=_said(stages.get(Stage.COUNCIL), own, places),
        difference=_difference(effective[1] if effective else None, own),
        outcome=outcome,
    )


def _difference(mark: MarkFact | None, own: MarkFact | None) -> Decimal:
    """Points of the mark less the agency's own; what does not apply counts nothing."""
    if mark is None or own is None:
        return Decimal(0)
    return (mark.points or Decimal(0)) - (own.points or Decimal(0))


def _said(mark: MarkFact | None, own: MarkFact | None, places: int) -> Said | None:
    if mark is None:
        return None
    difference = _difference(mark, own)
    text = signed(difference, places)
    sign = (difference > 0) - (difference < 0)
    return Said(
        points=mark_words(mark, places),
        reason=mark.reason or (_("Không nêu thêm.") if own is not None else ""),
        author=mark.author,
        difference=text if sign else "",
        sign=sign,
    )
