"""The figures of a round: one reading of the database, and what scoring makes of it.

`figures(round)` reads every mark once; `board(figures)` counts totals, indexes, ranks and grades;
`snapshot(figures)` is the canonical text whose sha256 is the fingerprint. The table on the screen,
the derivation, the papers and the snapshot all come from these three.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple, cast

from appraisal import scoring, trail
from appraisal.models import Citation, CriteriaSet, Criterion, Dossier, GradeBand, Mark, Round
from appraisal.states import DECIDING_STAGES, Stage

Basis = Literal["self", "appraised", "final"]

# The stages that may speak, the strongest first, in each reading of the table.
STAGES_OF: dict[Basis, tuple[str, ...]] = {
    "self": (Stage.SURVEY, Stage.SELF),
    "appraised": (Stage.REAPPRAISAL, Stage.APPRAISAL, Stage.SURVEY),
    "final": tuple(DECIDING_STAGES),
}


class MarkFact(NamedTuple):
    """A mark as figures need it."""

    points: Decimal | None
    not_applicable: bool
    reason: str
    author: str
    saved_at: datetime
    version: int

    @property
    def score(self) -> scoring.Score:
        return scoring.Score(self.points, self.not_applicable)


@dataclass(frozen=True)
class LeafFact:
    """A leaf of a criteria set."""

    pk: int
    code: str
    title: str
    kind: str
    max_points: Decimal
    field_code: str
    field_title: str
    leaf: scoring.Leaf


@dataclass(frozen=True)
class DossierFact:
    """A dossier with its marks: leaf code → stage → mark."""

    pk: int
    agency_code: str
    agency: str
    group_id: int
    submitted_at: datetime | None
    marks: dict[str, dict[str, MarkFact]]

    def effective(self, code: str, basis: Basis = "final") -> tuple[str, MarkFact] | None:
        """The stage and mark that count for a leaf; None while nobody has decided."""
        stages = self.marks.get(code)
        if not stages:
            return None
        return next(((name, stages[name]) for name in STAGES_OF[basis] if name in stages), None)


@dataclass(frozen=True)
class GroupFact:
    """A group that is ranked together, with its criteria."""

    pk: int
    code: str
    name: str
    set_name: str
    set_sha256: str
    is_illustrative: bool
    leaves: tuple[LeafFact, ...]


@dataclass(frozen=True)
class Figures:
    """Everything that counts in a round at one moment."""

    round: Round
    settings: scoring.Settings
    bands: tuple[scoring.Band, ...]
    groups: tuple[GroupFact, ...]
    dossiers: tuple[DossierFact, ...]

    def group(self, pk: int) -> GroupFact:
        return next(item for item in self.groups if item.pk == pk)


@dataclass(frozen=True)
class Line:
    """One agency's line of the consolidated table. Unrounded."""

    dossier: DossierFact
    totals: dict[Basis, scoring.Total]
    rank: scoring.Rank
    grade: str
    to_next: Decimal | None
    next_grade: str

    @property
    def final(self) -> scoring.Total:
        return self.totals["final"]


@dataclass(frozen=True)
class Section:
    """A ranked group, its lines sorted by rank."""

    group: GroupFact
    lines: tuple[Line, ...]


def settings_of(round: Round) -> scoring.Settings:
    return scoring.Settings(
        not_applicable_method=cast(Any, round.not_applicable_method),
        bonus_max=round.bonus_max,
        penalty_max=round.penalty_max,
        tie_rule=cast(Any, round.tie_rule),
        display_places=round.display_decimals,
    )


def bands_of(round: Round) -> tuple[scoring.Band, ...]:
    return tuple(
        scoring.Band(band.name, band.lower_bound, band.inclusive)
        for band in GradeBand.objects.filter(round=round)
    )


def groups_of(round: Round) -> tuple[GroupFact, ...]:
    """The groups of the round with their leaves in reading order: two queries."""
    leaves: dict[int, list[LeafFact]] = defaultdict(list)
    fields = ("pk", "criteria_set_id", "code", "title", "kind", "max_points")
    for pk, set_id, code, title, kind, maximum, field_code, field_title in (
        Criterion.objects.filter(criteria_set__round=round, is_leaf=True)
        .order_by("position")
        .values_list(*fields, "field__code", "field__title")
    ):
        above = field_code or code
        leaf = scoring.Leaf(code, above, maximum, kind, scoring.part_of(kind))
        leaves[set_id].append(
            LeafFact(pk, code, title, kind, maximum, above, field_title or title, leaf)
        )
    return tuple(
        GroupFact(
            pk=item.group_id,
            code=item.group.code,
            name=item.group.name,
            set_name=item.name,
            set_sha256=item.sha256,
            is_illustrative=item.is_illustrative,
            leaves=tuple(leaves[item.pk]),
        )
        for item in CriteriaSet.objects.filter(round=round).select_related("group")
    )


def figures(round: Round, dossiers: Iterable[int] | None = None) -> Figures:
    """Read the round (or only some dossiers of it): five queries, whatever its size."""
    chosen = Dossier.objects.filter(round=round)
    marks = Mark.objects.filter(dossier__round=round)
    if dossiers is not None:
        wanted = list(dossiers)
        chosen = chosen.filter(pk__in=wanted)
        marks = marks.filter(dossier__in=wanted)
    groups = groups_of(round)
    codes = {leaf.pk: leaf.code for group in groups for leaf in group.leaves}
    given: dict[int, dict[str, dict[str, MarkFact]]] = defaultdict(lambda: defaultdict(dict))
    for dossier, leaf, stage, points, waived, reason, author, at, version in marks.values_list(
        "dossier_id",
        "criterion_id",
        "stage",
        "points",
        "not_applicable",
        "reason",
        "author__full_name",
        "saved_at",
        "version",
    ):
        given[dossier][codes[leaf]][stage] = MarkFact(points, waived, reason, author, at, version)
    return Figures(
        round=round,
        settings=settings_of(round),
        bands=bands_of(round),
        groups=groups,
        dossiers=tuple(
            DossierFact(
                item.pk,
                item.agency.code,
                item.agency.name,
                item.group_id,
                item.submitted_at,
                dict(given[item.pk]),
            )
            for item in chosen.select_related("agency").order_by("agency__code")
        ),
    )


def count(found: Figures, dossier: DossierFact, basis: Basis) -> scoring.Total:
    """The total of one dossier as one reading of the table has it."""
    group = found.group(dossier.group_id)
    scores: dict[str, scoring.Score] = {}
    for item in group.leaves:
        effective = dossier.effective(item.code, basis)
        if effective is not None:
            scores[item.code] = effective[1].score
    return scoring.total([item.leaf for item in group.leaves], scores, found.settings)


def board(found: Figures, bases: tuple[Basis, ...] = ("final",)) -> tuple[Section, ...]:
    """Totals, ranks and grades of every group; rank and grade follow the final points."""
    sections = []
    for group in found.groups:
        members = [item for item in found.dossiers if item.group_id == group.pk]
        totals = {
            item.pk: {basis: count(found, item, basis) for basis in {*bases, "final"}}
            for item in members
        }
        ranks = scoring.rank(
            [
                scoring.Entry(pk, each["final"].index, each["final"].appraised.achieved)
                for pk, each in totals.items()
            ],
            found.settings.tie_rule,
        )
        lines = []
        for item in members:
            index = totals[item.pk]["final"].index
            above = scoring.next_band(index, found.bands) if found.bands else None
            lines.append(
                Line(
                    dossier=item,
                    totals=totals[item.pk],
                    rank=ranks[item.pk],
                    grade=scoring.grade(index, found.bands).name if found.bands else "",
                    to_next=above.lower_bound - index if above else None,
                    next_grade=above.name if above else "",
                )
            )
        lines.sort(key=lambda line: (line.rank.place, line.dossier.agency_code))
        sections.append(Section(group, tuple(lines)))
    return tuple(sections)


def plain(value: Decimal | None) -> str | None:
    """A number as the canonical form spells it: no exponent, no trailing zeros."""
    if value is None:
        return None
    return format(value.normalize(), "f") if value else "0"


def _moment(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if value else None


def content(found: Figures, sections: tuple[Section, ...]) -> dict[str, Any]:
    """Everything that counts, as plain values: what the fingerprint seals.

    Left out because it does not count: names of people's positions, display order, times of
    sessions, progress of papers. The heads of the dossiers' audit streams are in it, so a write
    that went past the workflow shows.
    """
    round = found.round
    cited: dict[tuple[int, str], list[str]] = defaultdict(list)
    for dossier, code, digest in (
        Citation.objects.filter(dossier__round=round)
        .order_by("evidence__sha256")
        .values_list("dossier_id", "criterion__code", "evidence__sha256")
    ):
        cited[dossier, code].append(digest)
    return {
        "form": 1,
        "round": {
            "jurisdiction": round.jurisdiction.code,
            "year": round.year,
            "name": round.name,
            "appraisals": round.appraisals,
            "not_applicable_method": round.not_applicable_method,
            "own_agency_policy": round.own_agency_policy,
            "tie_rule": round.tie_rule,
            "display_decimals": round.display_decimals,
            "bonus_max": plain(round.bonus_max),
            "penalty_max": plain(round.penalty_max),
            "bands": [
                {"name": band.name, "from": plain(band.lower_bound), "inclusive": band.inclusive}
                for band in found.bands
            ],
        },
        "groups": [
            {
                "code": section.group.code,
                "name": section.group.name,
                "criteria": {
                    "name": section.group.set_name,
                    "sha256": section.group.set_sha256,
                    "illustrative": section.group.is_illustrative,
                },
                "agencies": [_agency(section.group, line, cited) for line in section.lines],
            }
            for section in sections
        ],
        "trail": trail.heads(round),
    }


def _agency(
    group: GroupFact, line: Line, cited: dict[tuple[int, str], list[str]]
) -> dict[str, Any]:
    final = line.final
    return {
        "code": line.dossier.agency_code,
        "name": line.dossier.agency,
        "submitted_at": _moment(line.dossier.submitted_at),
        "appraised": plain(final.appraised.achieved),
        "survey": plain(final.survey.achieved),
        "survey_maximum": plain(final.survey.maximum),
        "bonus": plain(final.bonus),
        "penalty": plain(final.penalty),
        "total": plain(final.achieved),
        "maximum": plain(final.maximum),
        "index": plain(final.index),
        "rank": line.rank.place,
        "tied": line.rank.tied,
        "grade": line.grade,
        "leaves": [
            {
                "code": leaf.code,
                "maximum": plain(leaf.max_points),
                "kind": leaf.kind,
                "marks": {
                    stage: {
                        "points": plain(mark.points),
                        "not_applicable": mark.not_applicable,
                        "reason": mark.reason,
                        "by": mark.author,
                        "at": _moment(mark.saved_at),
                        "version": mark.version,
                    }
                    for stage, mark in sorted(line.dossier.marks.get(leaf.code, {}).items())
                },
                "effective": (line.dossier.effective(leaf.code) or ("", None))[0],
                "evidence": cited.get((line.dossier.pk, leaf.code), []),
            }
            for leaf in group.leaves
        ],
    }


@dataclass(frozen=True)
class Sealed:
    """A snapshot ready to be kept: the canonical text, its fingerprint, the counted lines."""

    text: str
    fingerprint: str
    sections: tuple[Section, ...]


def seal(round: Round) -> Sealed:
    """Count the round anew and spell it canonically. The same database gives the same bytes."""
    found = figures(round)
    sections = board(found)
    text = trail.canonical(content(found, sections))
    return Sealed(text, trail.fingerprint(text), sections)
