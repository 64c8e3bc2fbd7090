"""Why this number: one dossier's result, from the index down to who gave each mark and why.

The figures come from `queries.results` and `scoring`; here they are put beside the rule, the
declared values, the reasons and the documents they rest on. Everything is formatted for reading.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F, FilteredRelation, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from appraisal import clock, scoring
from appraisal.models import Citation, Criterion, Dossier, Ruling
from appraisal.models.round import NotApplicableMethod, TieRule
from appraisal.queries import results
from appraisal.queries.results import DossierFact, Figures, LeafFact, MarkFact, Section
from appraisal.queries.table import NOTHING, field_anchor, leaf_anchor
from appraisal.states import Stage

FULL_PLACES = 10


@dataclass(frozen=True)
class StepRow:
    """One line of the arithmetic: as it is kept, and as it is shown."""

    label: str
    expression: str
    full: str
    shown: str
    unit: str


@dataclass(frozen=True)
class DeclaredValue:
    """One thing that the agency declared."""

    label: str
    value: str


@dataclass(frozen=True)
class StageRow:
    """What one stage said about a leaf."""

    stage: str
    label: str
    points: str
    full: str
    not_applicable: bool
    reason: str
    author: str
    when: str
    is_effective: bool


@dataclass(frozen=True)
class CitedRow:
    """A document cited under a leaf."""

    title: str
    number: str
    pages: str
    is_supplementary: bool
    url: str


@dataclass(frozen=True)
class LeafRow:
    """One leaf with everything that its points rest on."""

    anchor: str
    code: str
    title: str
    maximum: str
    kind: str
    rule_text: str
    appraiser: str
    points: str
    effective: str
    stages: tuple[StageRow, ...]
    declared: tuple[DeclaredValue, ...]
    why: str
    citations: tuple[CitedRow, ...]
    asked: str
    explained: str
    meetings: tuple[str, ...]


@dataclass(frozen=True)
class FieldRow:
    """One field with its component index and its leaves."""

    anchor: str
    code: str
    title: str
    achieved: str
    maximum: str
    component_index: str
    leaves: tuple[LeafRow, ...]


@dataclass(frozen=True)
class Placing:
    """The rank among the group and the grade, with the neighbours on the unrounded index."""

    rank: str
    tied: bool
    of: int
    grade: str
    next_grade: str
    to_next: str
    index: str
    index_full: str
    tie_rule: str
    neighbours: tuple[tuple[str, str, str, bool], ...]
    bands: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Derivation:
    """The whole explanation of one agency's result."""

    agency: str
    group: str
    set_name: str
    is_illustrative: bool
    placing: Placing
    method: str
    steps: tuple[StepRow, ...]
    fields: tuple[FieldRow, ...]
    missing: tuple[str, ...]
    not_applicable: tuple[str, ...]


@dataclass(frozen=True)
class _Beside:
    """What stands beside the marks, by leaf code."""

    texts: dict[str, dict[str, Any]]
    citations: dict[str, list[CitedRow]] = field(default_factory=lambda: defaultdict(list))
    meetings: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def derivation(dossier: Dossier, *, names: bool = True, found: Figures | None = None) -> Derivation:
    """Why a dossier has its result; eight queries at most, whatever its size.

    Without `names` the people of the team and the neighbours in the ranking are not named: that
    is how an agency reads its own. `found` are the figures to explain, by default those of now.
    """
    round = dossier.round
    found = found or results.figures(round)
    fact = next(item for item in found.dossiers if item.pk == dossier.pk)
    section = next(item for item in results.board(found) if item.group.pk == dossier.group_id)
    total = next(line for line in section.lines if line.dossier.pk == dossier.pk).final
    beside = _beside(
        dossier, is_ruled=any(Stage.COUNCIL in stages for stages in fact.marks.values())
    )
    leaves: dict[str, list[LeafFact]] = defaultdict(list)
    for leaf in section.group.leaves:
        leaves[leaf.field_code].append(leaf)
    return Derivation(
        agency=fact.agency,
        group=section.group.name,
        set_name=section.group.set_name,
        is_illustrative=section.group.is_illustrative,
        placing=_placing(found, section, fact, names),
        method=str(NotApplicableMethod(round.not_applicable_method).label),
        steps=tuple(_step(step, round.display_decimals) for step in total.steps),
        fields=tuple(
            _field(code, members, fact, total, beside, names, round.display_decimals)
            for code, members in leaves.items()
        ),
        missing=total.missing,
        not_applicable=total.not_applicable,
    )


def _beside(dossier: Dossier, *, is_ruled: bool) -> _Beside:
    texts: dict[str, dict[str, Any]] = {
        row["code"]: dict(row)
        for row in Criterion.objects.filter(
            criteria_set__round=dossier.round_id,
            criteria_set__group=dossier.group_id,
            is_leaf=True,
        )
        .annotate(
            own=FilteredRelation(
                "marks", condition=Q(marks__dossier=dossier.pk, marks__stage=Stage.SELF)
            )
        )
        .annotate(
            request=FilteredRelation(
                "explanation_requests", condition=Q(explanation_requests__dossier=dossier.pk)
            )
        )
        .values(
            "code", "kind", "params", "max_points", "rule_text",
            judge=F("appraiser__name"), declared=F("own__declared"),
            asked=F("request__text"), explained=F("request__explanation__text"),
        )
    }  # fmt: skip
    beside = _Beside(texts)
    for item in Citation.objects.filter(dossier=dossier).select_related("evidence", "criterion"):
        beside.citations[item.criterion.code].append(
            CitedRow(
                item.evidence.title,
                item.evidence.number,
                item.pages,
                item.is_supplementary,
                reverse("appraisal:evidence-show", args=[item.evidence_id]),
            )
        )
    if not is_ruled:
        return beside
    for ruling in Ruling.objects.filter(dossier=dossier).select_related("meeting", "criterion"):
        beside.meetings[ruling.criterion.code].append(
            _("Họp %(when)s tại %(place)s: %(yes)d tán thành, %(no)d không tán thành,"
              " %(other)d ý kiến khác.")
            % {
                "when": clock.minute(ruling.meeting.held_at),
                "place": ruling.meeting.place,
                "yes": ruling.votes_for,
                "no": ruling.votes_against,
                "other": ruling.votes_abstain,
            }
        )  # fmt: skip
    return beside


def _step(step: scoring.Step, places: int) -> StepRow:
    if step.value is None:
        return StepRow(step.label, step.expression, NOTHING, NOTHING, step.unit)
    return StepRow(
        step.label,
        step.expression,
        scoring.show(step.value, FULL_PLACES, trim=True),
        scoring.show(step.value, places),
        step.unit,
    )


def _placing(found: Figures, section: Section, fact: DossierFact, names: bool) -> Placing:
    places = found.round.display_decimals
    lines = section.lines
    here = next(spot for spot, line in enumerate(lines) if line.dossier.pk == fact.pk)
    line = lines[here]
    return Placing(
        rank=str(line.rank.place),
        tied=line.rank.tied,
        of=len(lines),
        grade=line.grade,
        next_grade=line.next_grade,
        to_next=scoring.show(line.to_next, places) if line.to_next is not None else "",
        index=scoring.show(line.final.index, places),
        index_full=scoring.show(line.final.index, FULL_PLACES, trim=True),
        tie_rule=str(TieRule(found.round.tie_rule).label),
        neighbours=tuple(
            (
                str(other.rank.place),
                other.dossier.agency,
                scoring.show(other.final.index, FULL_PLACES, trim=True),
                other is line,
            )
            for other in lines[max(0, here - 2) : here + 3]
            if names or other is line
        ),
        bands=tuple(
            (
                band.name,
                (_("từ %s%% trở lên") if band.inclusive else _("trên %s%%"))
                % scoring.show(band.lower_bound, 3, trim=True),
            )
            for band in sorted(found.bands, key=lambda band: band.lower_bound, reverse=True)
        ),
    )


def _field(
    code: str,
    leaves: list[LeafFact],
    fact: DossierFact,
    total: scoring.Total,
    beside: _Beside,
    names: bool,
    places: int,
) -> FieldRow:
    counted = next((item for item in total.fields if item.code == code), None)
    index = counted.component_index if counted else None
    # A bonus or penalty row lies outside every field and has no component index.
    achieved = counted.achieved if counted else _given(leaves, fact)
    reachable = counted.reachable if counted else sum((x.max_points for x in leaves), Decimal(0))
    return FieldRow(
        anchor=field_anchor(code),
        code=code,
        title=leaves[0].field_title,
        achieved=scoring.show(achieved, places),
        maximum=scoring.show(reachable, trim=True),
        component_index=f"{scoring.show(index, places)}%" if index is not None else NOTHING,
        leaves=tuple(_leaf(leaf, fact, beside, names) for leaf in leaves),
    )


def _given(leaves: list[LeafFact], fact: DossierFact) -> Decimal:
    marks = (fact.effective(leaf.code) for leaf in leaves)
    return sum((mark[1].points or Decimal(0) for mark in marks if mark), Decimal(0))


def _leaf(leaf: LeafFact, fact: DossierFact, beside: _Beside, names: bool) -> LeafRow:
    texts = beside.texts[leaf.code]
    effective = fact.effective(leaf.code)
    marks = fact.marks.get(leaf.code, {})
    declared, why = _declared(texts)
    return LeafRow(
        anchor=leaf_anchor(leaf.code),
        code=leaf.code,
        title=leaf.title,
        maximum=scoring.show(leaf.max_points, trim=True),
        kind=scoring.KIND_LABELS[leaf.kind],
        rule_text=texts["rule_text"],
        appraiser=texts["judge"] or "",
        points=mark_words(effective[1]) if effective else NOTHING,
        effective=str(Stage(effective[0]).label) if effective else _("Chưa có điểm quyết định"),
        stages=tuple(
            _stage(stage, marks[stage], effective is not None and effective[0] == stage, names)
            for stage in Stage
            if stage in marks
        ),
        declared=declared,
        why=why,
        citations=tuple(beside.citations[leaf.code]),
        asked=texts["asked"] or "",
        explained=texts["explained"] or "",
        meetings=tuple(beside.meetings[leaf.code]),
    )


def mark_words(mark: MarkFact, places: int = scoring.POINT_PLACES) -> str:
    """The points of a mark as people read them, by default all digits; or that it is waived."""
    if mark.not_applicable:
        return _("Không áp dụng")
    if mark.points is None:
        return NOTHING
    return scoring.show(mark.points, places, trim=True)


def _stage(stage: Stage, mark: MarkFact, is_effective: bool, names: bool) -> StageRow:
    full = mark_words(mark)
    office = "" if names else _office(stage)
    return StageRow(
        stage=stage,
        label=str(stage.label),
        points=scoring.show(mark.points, 2, trim=True) if mark.points is not None else full,
        full=full,
        not_applicable=mark.not_applicable,
        reason=mark.reason,
        author=office or mark.author,
        when=clock.minute(mark.saved_at),
        is_effective=is_effective,
    )


def _office(stage: Stage) -> str:
    """In whose name a stage speaks to the agencies; their own people keep their names."""
    if stage == Stage.COUNCIL:
        return _("Hội đồng")
    if stage == Stage.SURVEY:
        return _("Cơ quan thường trực")
    return "" if stage == Stage.SELF else _("Tổ giúp việc")


def _declared(texts: dict[str, Any]) -> tuple[tuple[DeclaredValue, ...], str]:
    rule = scoring.Rule(texts["kind"], texts["max_points"], texts["params"])
    return declared_values(rule, texts["declared"] or {})


def declared_values(
    rule: scoring.Rule, declared: dict[str, object]
) -> tuple[tuple[DeclaredValue, ...], str]:
    """The declared values with their labels, and the sentence of the rule about them."""
    if not declared:
        return (), ""
    try:
        asked = scoring.inputs(rule)
        values = tuple(
            DeclaredValue(item.label, _said(item, declared[item.name]))
            for item in asked
            if declared.get(item.name) is not None
        )
        return values, scoring.propose(rule, declared).why
    except (scoring.BadRule, scoring.BadValue) as error:
        return (), str(error)


def _said(asked: scoring.Input, value: object) -> str:
    """A declared value in words: choices by their labels, numbers with a comma."""
    labels = {choice.value: choice.label for choice in asked.choices}
    if isinstance(value, bool):
        key = "yes" if value else "no"
        return labels.get(key, _("Có") if value else _("Không"))
    if isinstance(value, list):
        return ", ".join(labels.get(str(item), str(item)) for item in value) or NOTHING
    text = labels.get(str(value), str(value).replace(".", ","))
    return f"{text} {asked.unit}".strip()
