"""What an agency takes home as a workbook, and what the workbook that came back would change.

It reads tables and speaks of workbooks, so it stands above both; nothing is written here.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from appraisal import clock, scoring
from appraisal.models import Citation, Criterion, Dossier, Evidence, Mark, MarkChange
from appraisal.queries.dossiers import rule_of
from appraisal.states import Stage
from appraisal.workbooks.locked import digest, plain
from appraisal.workbooks.merging import Fate, Merged, Values, merge
from appraisal.workbooks.self_scores import LeafSpec, Said
from appraisal.workbooks.self_scores_out import Heading, LeafRow, SheetFacts
from appraisal.workbooks.values import clean_text


def owner_of(dossier: Dossier) -> str:
    """What ties a workbook to one dossier of one installation; a check, no secret."""
    round = dossier.round
    return digest([dossier.pk, dossier.agency_id, round.pk, round.created_at.isoformat()])


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
    """The workbook as things stand: three queries, whatever the number of leaves.

    A field without a leaf that the agency scores itself has no place in it.
    """
    nodes = _nodes(dossier)
    marks = _marks(dossier)
    files: dict[int, list[str]] = defaultdict(list)
    for leaf, name in _cited_names(dossier):
        files[leaf].append(name)
    above = {node.pk: node.parent_id for node in nodes}
    wanted: set[int | None] = set()
    for node in nodes:
        key: int | None = node.pk if node.is_self_scored else None
        while key is not None and key not in wanted:
            wanted.add(key)
            key = above.get(key)
    rows: list[Heading | LeafRow] = [
        _row(node, marks.get(node.pk), tuple(dict.fromkeys(files[node.pk])))
        if node.is_leaf
        else Heading(node.code, node.title, node.max_points, node.depth)
        for node in nodes
        if node.pk in wanted
    ]
    facts = SheetFacts(
        dossier.round.name,
        dossier.agency.name,
        owner_of(dossier),
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
        outside_total=node.outside_total,
        depth=node.depth,
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
    """A file that the workbook names under a leaf: what there is of that name.

    `evidence` is a document that a yes would cite; `is_cited` says that the leaf has it already.
    """

    name: str
    evidence: Evidence | None
    is_cited: bool

    @property
    def is_missing(self) -> bool:
        return self.evidence is None and not self.is_cited


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
    def fate(self) -> Fate:
        return self.merged.fate

    @property
    def new_documents(self) -> list[Evidence]:
        """Documents that a yes would cite, each once."""
        new = [match.evidence for match in self.files if match.evidence and not match.is_cited]
        return list(dict.fromkeys(new))

    @property
    def missing(self) -> list[str]:
        return [match.name for match in self.files if match.is_missing]

    @property
    def may_be_taken(self) -> bool:
        return self.merged.may_be_taken or bool(self.new_documents)

    @property
    def is_taken_by_default(self) -> bool:
        """What nobody else touched; documents alone take nothing from anybody."""
        return self.may_be_taken and self.fate is not Fate.CONFLICT

    @property
    def says_something(self) -> bool:
        """Whether a person should see the row."""
        return self.may_be_taken or self.fate is Fate.THEIRS or bool(self.missing)


def merged_leaves(
    dossier: Dossier, said: Sequence[Said], documents: Mapping[str, int] | None = None
) -> list[MergedLeaf]:
    """Every leaf of the workbook with its fate: six queries.

    `documents` are those that came in a ZIP beside it, by the name in the workbook (`path_key`).
    """
    leaves = {leaf.code: leaf for leaf in self_scored(dossier)}
    kept = _marks(dossier)
    marks = {code: kept[leaf.pk] for code, leaf in leaves.items() if leaf.pk in kept}
    told = {item.code: item for item in said if item.code in leaves}
    base = _bases(leaves, marks, told)
    theirs = {code: _values(leaves[code], marks.get(code)) for code in told}
    mine = {code: _said_values(leaves[code], item) for code, item in told.items()}
    names = _Names(dossier, documents or {})
    return [
        MergedLeaf(
            criterion=leaves[row.key],
            merged=row,
            said=told[row.key],
            seen=marks[row.key].version if row.key in marks else 0,
            by=marks[row.key].author.full_name if row.key in marks else "",
            differences=_differences(leaves[row.key], row),
            files=names.of(leaves[row.key], told[row.key].files),
        )
        for row in merge(base, mine, theirs)
    ]


# --- Names of files -------------------------------------------------------------------------------
def path_key(name: str) -> str:
    """The form under which names of files are the same: NFC, no case, one kind of slash."""
    return unicodedata.normalize("NFC", name.replace("\\", "/")).casefold().strip()


def name_key(name: str) -> str:
    """The same without the folder."""
    return path_key(name).rpartition("/")[2]


def split_names(lines: Iterable[str], known: Iterable[str]) -> list[str]:
    """The names in the lines of a cell: a line that is a known name stays whole, others are parted
    at semicolons. `known` are keys of names."""
    keys = set(known)
    found = []
    for line in lines:
        whole = path_key(line) in keys or name_key(line) in keys
        found += [line] if whole else [part.strip() for part in line.split(";")]
    return [name for name in dict.fromkeys(found) if name]


def library(dossier: Dossier) -> dict[str, Evidence]:
    """The documents of the agency by the key of their name, the newest of each name."""
    kept = Evidence.objects.kept().filter(agency=dossier.agency_id).order_by("uploaded_at", "pk")
    return {name_key(document.file_name): document for document in kept}


class _Names:
    """What the names in a workbook stand for: a document of the ZIP, one cited, one at hand."""

    def __init__(self, dossier: Dossier, documents: Mapping[str, int]) -> None:
        self.library = library(dossier)
        by_key = Evidence.objects.kept().in_bulk(list(documents.values())) if documents else {}
        self.brought = {name: by_key[pk] for name, pk in documents.items() if pk in by_key}
        self.cited: dict[int, set[str]] = defaultdict(set)
        for leaf, name in _cited_names(dossier):
            self.cited[leaf].add(name_key(name))
        self.citations = set(
            Citation.objects.filter(dossier=dossier).values_list("criterion_id", "evidence_id")
        )

    def of(self, leaf: Criterion, lines: Iterable[str]) -> tuple[FileMatch, ...]:
        cited = self.cited[leaf.pk]
        known = self.brought.keys() | self.library.keys() | cited
        return tuple(self._match(leaf, name, cited) for name in split_names(lines, known))

    def _match(self, leaf: Criterion, name: str, cited: set[str]) -> FileMatch:
        document = self.brought.get(path_key(name))
        if document is None and name_key(name) not in cited:
            document = self.library.get(name_key(name))
        if document is None:
            return FileMatch(name, None, name_key(name) in cited)
        return FileMatch(name, document, (leaf.pk, document.pk) in self.citations)


def _cited_names(dossier: Dossier) -> Iterable[tuple[int, str]]:
    """Leaves and the names of the files that they cite, in the order of citing."""
    found = Citation.objects.filter(dossier=dossier).order_by("cited_at", "pk")
    return found.values_list("criterion_id", "evidence__file_name")


# --- Three versions of a leaf -------------------------------------------------------------------
def _nodes(dossier: Dossier) -> list[Criterion]:
    return list(
        Criterion.objects.filter(
            criteria_set__round=dossier.round_id, criteria_set__group=dossier.group_id
        ).order_by("position")
    )


def _marks(dossier: Dossier) -> dict[int, Mark]:
    own = Mark.objects.filter(dossier=dossier, stage=Stage.SELF).select_related("author")
    return {mark.criterion_id: mark for mark in own}


def _bases(
    leaves: Mapping[str, Criterion], marks: Mapping[str, Mark], told: Mapping[str, Said]
) -> dict[str, Values | None]:
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
        code: _values(leaves[code], history.get(marks[code].pk) if code in marks else None)
        for code in told
    }


EMPTY: dict[str, Any] = {"declared": {}, "points": None, "not_applicable": False, "reason": ""}


def _values(leaf: Criterion, kept: Mark | MarkChange | None) -> Values | None:
    if kept is None:
        return None
    if isinstance(kept, Mark):
        points, waived = kept.points, kept.not_applicable
    else:
        points, waived = kept.new_points, kept.new_not_applicable
    return _compared(leaf, kept.declared, points, waived, kept.reason)


def _said_values(leaf: Criterion, item: Said) -> Values | None:
    return _compared(leaf, item.declared, item.points, item.not_applicable, item.reason)


def _compared(
    leaf: Criterion,
    declared: Mapping[str, Any],
    points: Decimal | None,
    waived: bool,
    reason: str,
) -> Values | None:
    """What a leaf says in the one form in which versions are compared; None for nothing at all."""
    values = {
        "declared": _declared(leaf, declared),
        "points": None if points is None else plain(points),
        "not_applicable": waived,
        "reason": clean_text(reason),
    }
    return None if values == EMPTY else values


def _declared(leaf: Criterion, declared: Mapping[str, Any]) -> dict[str, Any]:
    """36,50 is 36,5, and the order in which boxes were ticked says nothing."""
    found = {}
    for asked in scoring.inputs(rule_of(leaf)):
        value = declared.get(asked.name)
        if value is None:
            continue
        if asked.kind == "items":
            value = [choice.value for choice in asked.choices if choice.value in value]
        elif asked.kind == "number":
            value = _amount(value)
        found[asked.name] = value
    return found


def _amount(value: Any) -> str:
    try:
        return plain(Decimal(str(value)))
    except InvalidOperation:  # kept by other means; compared as it stands
        return str(value)


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
