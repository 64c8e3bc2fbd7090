"""What an agency takes home as a workbook, and what the workbook that came back would change.

It reads tables and speaks of workbooks, so it stands above both; nothing is written here.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from appraisal import clock, scoring
from appraisal.models import Citation, Criterion, Dossier, Evidence, Mark, MarkChange
from appraisal.queries.dossiers import rule_of
from appraisal.states import Stage
from appraisal.workbooks.merging import Merged, Values, merge
from appraisal.workbooks.self_scores import LeafSpec, Said
from appraisal.workbooks.self_scores_out import Heading, LeafRow, SheetFacts
from appraisal.workbooks.table import MAX_CHARACTERS


def self_scored(dossier: Dossier) -> list[Criterion]:
    """The leaves that the agency scores itself, in reading order."""
    return [node for node in _nodes(dossier) if node.is_self_scored]


def specs(dossier: Dossier) -> list[LeafSpec]:
    """What the reader of a workbook has to know of those leaves."""
    return [
        LeafSpec(leaf.code, leaf.kind, leaf.max_points, leaf.params, leaf.na_allowed)
        for leaf in self_scored(dossier)
    ]


def workbook(dossier: Dossier) -> tuple[SheetFacts, list[Heading | LeafRow]]:
    """The workbook as things stand: three queries, whatever the number of leaves."""
    marks = _marks(dossier)
    files: dict[int, list[str]] = defaultdict(list)
    for leaf, name in Citation.objects.filter(dossier=dossier).values_list(
        "criterion_id", "evidence__file_name"
    ):
        files[leaf].append(name)
    rows: list[Heading | LeafRow] = []
    for node in _nodes(dossier):
        if not node.is_leaf:
            rows.append(Heading(node.code, node.title, node.max_points, node.depth))
        elif node.is_self_scored:
            rows.append(_row(node, marks.get(node.pk), tuple(files[node.pk])))
    facts = SheetFacts(
        dossier.round.name,
        dossier.agency.name,
        dossier.pk,
        clock.now().astimezone(clock.VIETNAM).replace(tzinfo=None, microsecond=0),
    )
    return facts, rows


def _row(node: Criterion, mark: Mark | None, files: tuple[str, ...]) -> LeafRow:
    return LeafRow(
        node.code,
        node.title,
        rule_of(node),
        node.rule_text,
        node.evidence_text,
        node.na_allowed,
        version=mark.version if mark else 0,
        declared=mark.declared if mark else {},
        points=mark.points if mark else None,
        not_applicable=mark.not_applicable if mark else False,
        reason=mark.reason if mark else "",
        files=files,
    )


@dataclass(frozen=True)
class Difference:
    """One thing of a leaf in its three versions, as people read it."""

    label: str
    base: str
    mine: str
    theirs: str

    @property
    def is_changed_by_me(self) -> bool:
        return self.mine != self.base

    @property
    def is_changed_by_them(self) -> bool:
        return self.theirs != self.base


@dataclass(frozen=True)
class FileMatch:
    """A file that the workbook names: the document of the library, and whether it is cited."""

    name: str
    evidence: Evidence | None
    is_cited: bool


@dataclass(frozen=True)
class MergedLeaf:
    """One leaf of a workbook that came back, beside what was exported and what is stored.

    `seen` is the version that stands now; a save from this row carries it. `by` is who saved it.
    """

    criterion: Criterion
    merged: Merged
    said: Said
    seen: int
    by: str
    differences: tuple[Difference, ...]
    files: tuple[FileMatch, ...]

    @property
    def fate(self) -> str:
        return self.merged.fate.value

    @property
    def has_new_files(self) -> bool:
        return any(match.evidence is not None and not match.is_cited for match in self.files)

    @property
    def may_be_taken(self) -> bool:
        return self.merged.may_be_taken or self.has_new_files

    @property
    def is_taken_by_default(self) -> bool:
        return self.may_be_taken and (
            self.merged.is_taken_by_default or not self.merged.may_be_taken
        )


def merged_leaves(dossier: Dossier, said: Sequence[Said]) -> list[MergedLeaf]:
    """Every leaf of the workbook with its fate: five queries."""
    leaves = {leaf.code: leaf for leaf in self_scored(dossier)}
    kept = _marks(dossier)
    marks = {code: kept[leaf.pk] for code, leaf in leaves.items() if leaf.pk in kept}
    told = {item.code: item for item in said if item.code in leaves}
    base = _bases(marks, told)
    theirs = {code: _values_of(marks[code]) if code in marks else None for code in told}
    mine = {code: _values(item, base.get(code)) for code, item in told.items()}
    matches = _matched(dossier, leaves, told)
    return [
        MergedLeaf(
            criterion=leaves[row.key],
            merged=row,
            said=told[row.key],
            seen=marks[row.key].version if row.key in marks else 0,
            by=marks[row.key].author.full_name if row.key in marks else "",
            differences=_differences(leaves[row.key], row),
            files=matches[row.key],
        )
        for row in merge(base, mine, theirs)
    ]


def name_key(name: str) -> str:
    """The form under which file names are the same: NFC, no folder, no case."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return unicodedata.normalize("NFC", last).casefold().strip()


def library(dossier: Dossier) -> dict[str, Evidence]:
    """The documents of the agency by the key of their name, the newest of each name."""
    kept = Evidence.objects.kept().filter(agency=dossier.agency_id).order_by("uploaded_at", "pk")
    return {name_key(document.file_name): document for document in kept}


def _matched(
    dossier: Dossier, leaves: Mapping[str, Criterion], told: Mapping[str, Said]
) -> dict[str, tuple[FileMatch, ...]]:
    known = library(dossier)
    cited = set(Citation.objects.filter(dossier=dossier).values_list("criterion_id", "evidence_id"))
    return {
        code: tuple(
            FileMatch(
                name,
                found := known.get(name_key(name)),
                found is not None and (leaves[code].pk, found.pk) in cited,
            )
            for name in item.files
        )
        for code, item in told.items()
    }


def _nodes(dossier: Dossier) -> list[Criterion]:
    return list(
        Criterion.objects.filter(
            criteria_set__round=dossier.round_id, criteria_set__group=dossier.group_id
        ).order_by("position")
    )


def _marks(dossier: Dossier) -> dict[int, Mark]:
    own = Mark.objects.filter(dossier=dossier, stage=Stage.SELF).select_related("author")
    return {mark.criterion_id: mark for mark in own}


def _bases(marks: Mapping[str, Mark], told: Mapping[str, Said]) -> dict[str, Values | None]:
    """What each leaf said when the workbook was taken: the history knows every version."""
    wanted = {
        marks[code].pk: item.version
        for code, item in told.items()
        if code in marks and item.version
    }
    history = {
        change.mark_id: change
        for change in MarkChange.objects.filter(
            mark__in=wanted, version__in=set(wanted.values())
        ).order_by("pk")
        if wanted[change.mark_id] == change.version
    }
    return {
        code: _values_of(history[marks[code].pk])
        if code in marks and marks[code].pk in history
        else None
        for code in told
    }


def _values_of(kept: Mark | MarkChange) -> Values | None:
    if isinstance(kept, Mark):
        points, waived = kept.points, kept.not_applicable
    else:
        points, waived = kept.new_points, kept.new_not_applicable
    values = {
        "declared": dict(kept.declared), "points": _plain(points), "not_applicable": waived,
        "reason": kept.reason,
    }  # fmt: skip
    return None if values == EMPTY else values


EMPTY: dict[str, Any] = {"declared": {}, "points": None, "not_applicable": False, "reason": ""}


def _values(item: Said, base: Values | None) -> Values | None:
    reason = item.reason
    # The reader cuts what no form takes; a text that is the old one up to there is the old one.
    if len(reason) > MAX_CHARACTERS and base and base["reason"].startswith(reason):
        reason = base["reason"]
    values = {
        "declared": dict(item.declared), "points": _plain(item.points),
        "not_applicable": item.not_applicable, "reason": reason,
    }  # fmt: skip
    return None if values == EMPTY else values


def _plain(points: Decimal | None) -> str | None:
    return None if points is None else f"{points.normalize():f}" if points else "0"


LABELS = {"points": "Điểm", "not_applicable": "Không áp dụng", "reason": "Giải trình, lý do"}


def _differences(criterion: Criterion, row: Merged) -> tuple[Difference, ...]:
    """Each input, then points, "not applicable" and reason, where the three versions differ."""
    found = []
    for asked in scoring.inputs(rule_of(criterion)):
        texts = [_spoken(asked, values) for values in (row.base, row.mine, row.theirs)]
        found.append(Difference(asked.label, *texts))
    for name, label in LABELS.items():
        texts = [_shown(name, values) for values in (row.base, row.mine, row.theirs)]
        found.append(Difference(label, *texts))
    return tuple(item for item in found if len({item.base, item.mine, item.theirs}) > 1)


def _shown(name: str, values: Values | None) -> str:
    value = (values or EMPTY)[name]
    if name == "points":
        return "" if value is None else scoring.show(Decimal(value), trim=True)
    if name == "not_applicable":
        return "Có" if value else ""
    return str(value)


def _spoken(asked: scoring.Input, values: Values | None) -> str:
    value = (values or EMPTY)["declared"].get(asked.name)
    if value is None:
        return ""
    labels = {choice.value: choice.label for choice in asked.choices}
    if asked.kind == "items":
        return ", ".join(labels.get(item, item) for item in value) or "–"
    if asked.kind == "yes_no":
        return labels["yes" if value else "no"]
    if asked.kind == "number":
        return str(value).replace(".", ",")
    return labels.get(str(value), str(value))
