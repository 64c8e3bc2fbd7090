"""What an appraiser takes home as a workbook, and what the workbook that came back would change.

Which items are whose is read as the bench reads it; nothing is written here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from agencies.models import User
from appraisal import clock, scoring
from appraisal.models import (
    Citation,
    Criterion,
    Dossier,
    Explanation,
    Mark,
    MarkChange,
    Round,
)
from appraisal.queries import bench, offers
from appraisal.rules import stage_now
from appraisal.states import Stage
from appraisal.workbooks.appraisals import RowSpec, Said, owner
from appraisal.workbooks.appraisals_out import BenchFacts, ItemRow
from appraisal.workbooks.merging import Merged, Values, merge

TEAM = (Stage.SELF, Stage.APPRAISAL, Stage.REAPPRAISAL)


@dataclass(frozen=True)
class Item:
    """One leaf of one agency that the person marks now, with the marks that are there."""

    dossier: Dossier
    criterion: Criterion
    stage: Stage
    marks: Mapping[str, Mark]

    @property
    def key(self) -> str:
        return f"d{self.dossier.pk}-c{self.criterion.pk}"

    @property
    def own(self) -> Mark | None:
        return self.marks.get(Stage.SELF)

    @property
    def stored(self) -> Mark | None:
        return self.marks.get(self.stage)

    @property
    def first(self) -> Mark | None:
        """The first appraised mark, where the person gives the second one."""
        return self.marks.get(Stage.APPRAISAL) if self.stage == Stage.REAPPRAISAL else None

    def spec(self) -> RowSpec:
        return RowSpec(
            self.key, self.stage, self.criterion.max_points, self.criterion.na_allowed,
            self.own.points if self.own else None, self.stored.points if self.stored else None,
        )  # fmt: skip


def items(round: Round, user: User, at: datetime) -> list[Item]:
    """What the person marks now, criterion by criterion and agency by agency: four queries."""
    opened = bench.queue(round, user, stage_now(round, at), walk="criterion", everything=False)
    if opened is None:
        return []
    keys = [key for key in opened.items() if opened.counts(key)]
    marks: dict[bench.Key, dict[str, Mark]] = defaultdict(dict)
    for mark in Mark.objects.filter(
        dossier__round=round, criterion__in={leaf for _dossier, leaf in keys}, stage__in=TEAM
    ).select_related("author"):
        marks[mark.dossier_id, mark.criterion_id][mark.stage] = mark
    return [
        Item(opened.dossiers[key[0]], opened.plan.leaves[key[1]], opened.stage(key), marks[key])
        for key in keys
    ]


def owner_of(round: Round, user: User) -> str:
    return owner(round.pk, user.pk)


def workbook(round: Round, user: User, at: datetime) -> tuple[BenchFacts, list[ItemRow]]:
    """The workbook as things stand: six queries, whatever the number of rows."""
    wanted = items(round, user, at)
    leaves = {item.criterion.pk for item in wanted}
    files: dict[bench.Key, list[str]] = defaultdict(list)
    for citation in Citation.objects.filter(
        dossier__round=round, criterion__in=leaves
    ).select_related("evidence"):
        files[citation.dossier_id, citation.criterion_id].append(_document(citation))
    explained = {
        (dossier, leaf): text
        for dossier, leaf, text in Explanation.objects.filter(
            request__dossier__round=round, request__criterion__in=leaves
        ).values_list("request__dossier_id", "request__criterion_id", "text")
    }
    stage = stage_now(round, at)
    facts = BenchFacts(
        round_name=round.name,
        appraiser=user.full_name,
        owner=owner_of(round, user),
        stage=stage,
        stage_label=str(stage.label),
        taken_at=at.astimezone(clock.VIETNAM).replace(tzinfo=None, microsecond=0),
    )
    rows = []
    for item in wanted:
        key = (item.dossier.pk, item.criterion.pk)
        rows.append(_row(item, tuple(files[key]), explained.get(key, "")))
    return facts, rows


def _row(item: Item, files: tuple[str, ...], explained: str) -> ItemRow:
    own, stored, leaf = item.own, item.stored, item.criterion
    claims = [own.reason if own else "", f"Giải trình: {explained}" if explained else ""]
    return ItemRow(
        key=item.key,
        stage=item.stage,
        agency_code=item.dossier.agency.code,
        agency=item.dossier.agency.name,
        code=leaf.code,
        title=leaf.title,
        max_points=leaf.max_points,
        na_allowed=leaf.na_allowed,
        self_points=own.points if own else None,
        self_waived=own.not_applicable if own else False,
        declared="\n".join(f"{label}: {said}" for label, said in offers.declared(leaf, own)),
        claim="\n".join(claim for claim in claims if claim),
        files=files,
        first=item.first.points if item.first else None,
        version=stored.version if stored else 0,
        points=stored.points if stored else None,
        not_applicable=stored.not_applicable if stored else False,
        reason=stored.reason if stored else "",
    )


def _document(citation: Citation) -> str:
    document = citation.evidence
    details = [document.number, f"tr. {citation.pages}" if citation.pages else ""]
    more = ", ".join(detail for detail in details if detail)
    return f"{document.title} ({more})" if more else document.title


# --- What came back -------------------------------------------------------------------------------
@dataclass(frozen=True)
class MergedItem:
    """One row of the workbook beside what it was and what is stored.

    `seen` is the version that stands now; a save from this row carries it. `by` is who saved it.
    """

    item: Item
    merged: Merged
    said: Said
    seen: int
    by: str

    @property
    def key(self) -> str:
        return self.item.key

    @property
    def may_be_taken(self) -> bool:
        """Whether taking the row changes something; a row that was emptied takes nothing away."""
        return self.merged.may_be_taken and self.merged.mine is not None

    @property
    def versions(self) -> tuple[str, str, str]:
        """As taken home, in the file, stored now: each in words."""
        base, mine, theirs = (
            words(values) for values in (self.merged.base, self.merged.mine, self.merged.theirs)
        )
        return base, mine, theirs


def merged_items(
    round: Round, user: User, at: datetime, said: Sequence[Said]
) -> tuple[list[MergedItem], list[Said]]:
    """Every row of the workbook with its fate, and the rows that are not this person's any more:
    five queries."""
    mine = {item.key: item for item in items(round, user, at)}
    told = {one.key: one for one in said if one.key in mine and mine[one.key].stage == one.stage}
    stored = {key: mark for key in told if (mark := mine[key].stored) is not None}
    rows = merge(
        _bases(stored, told),
        {key: _said(one) for key, one in told.items()},
        {key: values(mark) for key, mark in stored.items()},
    )
    found = [
        MergedItem(
            item=mine[row.key],
            merged=row,
            said=told[row.key],
            seen=stored[row.key].version if row.key in stored else 0,
            by=stored[row.key].author.full_name if row.key in stored else "",
        )
        for row in rows
    ]
    return found, [one for one in said if one.key not in told]


def names_of(said: Sequence[Said]) -> list[str]:
    """Rows as people name them: codes of agency and leaf."""
    pairs = [one.key[1:].split("-c") for one in said]
    agencies = dict(
        Dossier.objects.filter(pk__in={pk for pk, _leaf in pairs}).values_list("pk", "agency__code")
    )
    leaves = dict(
        Criterion.objects.filter(pk__in={leaf for _pk, leaf in pairs}).values_list("pk", "code")
    )
    return [f"{agencies.get(int(pk), '')} – {leaves.get(int(leaf), '')}" for pk, leaf in pairs]


def _bases(stored: Mapping[str, Mark], told: Mapping[str, Said]) -> dict[str, Values | None]:
    """What each row said when the workbook was taken: now or, where it changed, in the history."""
    bases: dict[str, Values | None] = {}
    older = {}
    for key, mark in stored.items():
        if mark.version == told[key].version:
            bases[key] = values(mark)
        elif told[key].version:
            older[mark.pk] = key
    for change in _changes(older, {told[key].version for key in older.values()}):
        key = older[change.mark_id]
        if change.version == told[key].version:
            bases[key] = values(change)
    return bases


def _changes(marks: Iterable[int], versions: set[int]) -> Iterable[MarkChange]:
    if not versions:
        return ()
    return MarkChange.objects.filter(mark__in=list(marks), version__in=versions)


def values(kept: Mark | MarkChange) -> Values:
    """What a judge's mark says, as it is compared."""
    if isinstance(kept, Mark):
        return _as_values(kept.points, kept.not_applicable, kept.reason)
    return _as_values(kept.new_points, kept.new_not_applicable, kept.reason)


def _said(one: Said) -> Values | None:
    if one.points is None and not one.not_applicable and not one.reason:
        return None
    return _as_values(one.points, one.not_applicable, one.reason)


def _as_values(points: Decimal | None, waived: bool, reason: str) -> dict[str, Any]:
    plain = None if points is None else offers.exact(points)
    return {"points": plain, "not_applicable": waived, "reason": reason}


def words(said: Values | None) -> str:
    """Points and reason in one line; "–" for nothing."""
    if said is None:
        return "–"
    shown = _("Không áp dụng") if said["not_applicable"] else _short(said["points"])
    return f"{shown} – {said['reason']}" if said["reason"] else shown


def _short(points: str | None) -> str:
    if points is None:
        return _("chưa có điểm")
    return scoring.show(Decimal(points.replace(",", ".")), 4, trim=True)
