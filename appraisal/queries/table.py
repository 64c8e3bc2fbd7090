"""The consolidated table as people read it: every number formatted, with the page that derives it.

Also where the result stands (provisional, consolidated, approved) and what changed between two
consolidations. The figures themselves come from `queries.results`; nothing is counted here.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, get_args

from django.urls import reverse
from django.utils.translation import gettext as _

from appraisal import clock, scoring
from appraisal.models import Consolidation, Decision, Result, Round
from appraisal.queries import results
from appraisal.queries.results import Basis, Line, Section
from appraisal.states import RoundState, SeatRole

Reading = Literal["self", "appraised", "final", "difference"]
READINGS: tuple[Reading, ...] = get_args(Reading)
FINAL: Reading = "final"

# Lower bounds of the five steps of heat, as shares of what could be reached.
HEAT = (Decimal("0.95"), Decimal("0.85"), Decimal("0.7"), Decimal("0.5"))
NOTHING = "–"


@dataclass(frozen=True)
class Cell:
    """One number of the table."""

    text: str
    url: str
    heat: int = 0
    share: str = ""
    sign: int = 0


@dataclass(frozen=True)
class Row:
    """One agency."""

    pk: int
    agency: str
    url: str
    rank: str
    tied: bool
    rank_url: str
    index: Cell
    grade: str
    to_next: str
    cells: tuple[Cell, ...]
    extra: Cell
    total: Cell
    missing: int


@dataclass(frozen=True)
class Column:
    """One field (lĩnh vực) of a group's criteria."""

    code: str
    title: str
    maximum: str


@dataclass(frozen=True)
class GroupTable:
    """The agencies that are ranked together."""

    name: str
    set_name: str
    is_illustrative: bool
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    mean: str
    grades: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Table:
    """The whole table in one reading."""

    reading: Reading
    groups: tuple[GroupTable, ...]
    is_illustrative: bool
    agencies: int


def table(round: Round, reading: Reading = "final") -> Table:
    """The table of a round as it is now: four queries, whatever its size."""
    bases: tuple[Basis, ...] = ("self", "final") if reading == "difference" else (reading,)
    found = results.figures(round)
    groups = tuple(
        _group(round, section, reading, found.bands)
        for section in results.board(found, bases)
        if section.lines
    )
    return Table(
        reading,
        groups,
        any(group.is_illustrative for group in groups),
        sum(len(group.rows) for group in groups),
    )


def field_anchor(code: str) -> str:
    """The fragment of a field's block in a derivation."""
    return f"linh-vuc-{code}"


def leaf_anchor(code: str) -> str:
    """The fragment of a leaf's block in a derivation."""
    return f"tieu-chi-{code}"


def _group(
    round: Round, section: Section, reading: Reading, bands: tuple[scoring.Band, ...]
) -> GroupTable:
    titles = {leaf.field_code: leaf.field_title for leaf in section.group.leaves}
    places = round.display_decimals
    first = section.lines[0].final
    columns = tuple(
        Column(item.code, titles[item.code], scoring.show(item.maximum, trim=True))
        for item in first.fields
    )
    rows = tuple(_row(round, line, reading) for line in section.lines)
    basis: Basis = "final" if reading == "difference" else reading
    mean = scoring.mean([line.totals[basis].index for line in section.lines])
    counted = Counter(line.grade for line in section.lines)
    return GroupTable(
        name=section.group.name,
        set_name=section.group.set_name,
        is_illustrative=section.group.is_illustrative,
        columns=columns,
        rows=rows,
        mean=scoring.show(mean, places) if mean is not None else NOTHING,
        grades=tuple((band.name, counted[band.name]) for band in _descending(bands)),
    )


def _descending(bands: tuple[scoring.Band, ...]) -> list[scoring.Band]:
    return sorted(bands, key=lambda band: band.lower_bound, reverse=True)


def _row(round: Round, line: Line, reading: Reading) -> Row:
    url = reverse("appraisal:table-derivation", args=[round.pk, line.dossier.pk])
    places = round.display_decimals
    if reading == "difference":
        index, cells, extra, total = _differences(line, url, places)
    else:
        index, cells, extra, total = _readings(line.totals[reading], url, places)
    return Row(
        pk=line.dossier.pk,
        agency=line.dossier.agency,
        url=url,
        rank=str(line.rank.place),
        tied=line.rank.tied,
        rank_url=f"{url}#xep-hang",
        index=index,
        grade=line.grade,
        to_next=_to_next(line, places),
        cells=cells,
        extra=extra,
        total=total,
        missing=len(line.final.missing),
    )


def _to_next(line: Line, places: int) -> str:
    if line.to_next is None:
        return NOTHING
    return _("%(distance)s đến “%(grade)s”") % {
        "distance": scoring.show(line.to_next, places),
        "grade": line.next_grade,
    }


def _readings(
    total: scoring.Total, url: str, places: int
) -> tuple[Cell, tuple[Cell, ...], Cell, Cell]:
    cells = tuple(
        _points(field.achieved, field.reachable, f"{url}#{field_anchor(field.code)}", places)
        for field in total.fields
    )
    return (
        Cell(scoring.show(total.index, places), f"{url}#chi-so"),
        cells,
        _signed(total.bonus - total.penalty, f"{url}#chi-so", places),
        Cell(scoring.show(total.achieved, places), f"{url}#chi-so"),
    )


def _differences(line: Line, url: str, places: int) -> tuple[Cell, tuple[Cell, ...], Cell, Cell]:
    own, final = line.totals["self"], line.totals["final"]
    before = {field.code: field.achieved for field in own.fields}
    cells = tuple(
        _signed(field.achieved - before[field.code], f"{url}#{field_anchor(field.code)}", places)
        for field in final.fields
    )
    anchor = f"{url}#chi-so"
    return (
        _signed(final.index - own.index, anchor, places),
        cells,
        _signed((final.bonus - final.penalty) - (own.bonus - own.penalty), anchor, places),
        _signed(final.achieved - own.achieved, anchor, places),
    )


def _points(achieved: Decimal, reachable: Decimal, url: str, places: int) -> Cell:
    if not reachable:
        return Cell(NOTHING, url, share=_("không áp dụng"))
    share = achieved / reachable
    heat = next((5 - step for step, bound in enumerate(HEAT) if share >= bound), 1)
    percent = scoring.component_index(achieved, reachable) or Decimal(0)
    return Cell(
        scoring.show(achieved, places),
        url,
        heat,
        _("%(percent)s%% của %(maximum)s điểm")
        % {
            "percent": scoring.show(percent, 1),
            "maximum": scoring.show(reachable, trim=True),
        },
    )


def signed(value: Decimal, places: int) -> str:
    """A difference with its sign, rounded as it is shown; 0 has none."""
    shown = scoring.show(abs(value), places)
    if not shown.strip("0,"):
        return shown
    return f"{'+' if value > 0 else '−'}{shown}"


def _signed(value: Decimal, url: str, places: int) -> Cell:
    text = signed(value, places)
    sign = 0 if text[0] not in "+−" else (1 if value > 0 else -1)
    return Cell(text if sign else NOTHING, url, sign=sign)


@dataclass(frozen=True)
class Standing:
    """Where the result stands, in one sentence, with the fingerprint that goes with it."""

    sentence: str
    fingerprint: str
    is_provisional: bool
    consolidation: Consolidation | None
    decision: Decision | None


def grouped(fingerprint: str) -> str:
    """A fingerprint in groups of eight, as people compare it."""
    return " ".join(fingerprint[start : start + 8] for start in range(0, len(fingerprint), 8))


def last_consolidation(round: Round) -> Consolidation | None:
    """The newest consolidation without its snapshot, with who made and approved it: one query."""
    return (
        Consolidation.objects.filter(round=round)
        .select_related("made_by", "decision__approved_by", "decision__authorization")
        .defer("snapshot")
        .first()
    )


def standing(round: Round) -> Standing:
    """Whether the figures on the screen are provisional, consolidated or approved."""
    last = last_consolidation(round)
    if last is None:
        return Standing(_("Số liệu tạm tính, chưa tổng hợp."), "", True, None, None)
    made = _("lần %(number)d lúc %(when)s bởi %(who)s") % {
        "number": last.number,
        "when": clock.minute(last.made_at),
        "who": last.made_by.full_name,
    }
    decision: Decision | None = getattr(last, "decision", None)
    if round.state in {RoundState.DRAFT, RoundState.OPEN, RoundState.COUNCIL}:
        return Standing(
            _("Số liệu tạm tính. Kết quả tổng hợp %s đã được trả lại để xem xét.") % made,
            "", True, last, None,
        )  # fmt: skip
    if decision is None:
        return Standing(
            _("Đã tổng hợp %s, chờ phê duyệt.") % made,
            grouped(last.fingerprint), False, last, None,
        )  # fmt: skip
    sentence = _(
        "Đã phê duyệt lúc %(when)s bởi %(who)s (%(role)s), theo kết quả tổng hợp %(made)s."
    )
    return Standing(
        sentence
        % {
            "when": clock.minute(decision.approved_at),
            "who": decision.approved_by.full_name,
            "role": SeatRole(decision.role).label,
            "made": made,
        },
        grouped(decision.fingerprint), False, last, decision,
    )  # fmt: skip


@dataclass(frozen=True)
class RankedLine:
    """One agency in a consolidated ranking."""

    dossier_pk: int
    agency: str
    rank: int
    tied: bool
    grade: str
    total: str
    maximum: str
    index: str


@dataclass(frozen=True)
class Ranking:
    """One group of a consolidated ranking, with how many agencies got each grade."""

    name: str
    lines: tuple[RankedLine, ...]
    grades: tuple[tuple[str, int], ...]
    ties: int


def rankings(consolidation: Consolidation, places: int) -> tuple[Ranking, ...]:
    """The ranked result of a consolidation by group: one query; grades are in order of merit."""
    by_group: dict[str, list[Result]] = {}
    for result in (
        Result.objects.filter(consolidation=consolidation)
        .select_related("dossier__agency", "dossier__group")
        .order_by("dossier__group__position", "rank", "dossier__agency__code")
    ):
        by_group.setdefault(result.dossier.group.name, []).append(result)
    return tuple(
        Ranking(
            name=name,
            lines=tuple(
                RankedLine(
                    item.dossier_id,
                    item.dossier.agency.name,
                    item.rank,
                    item.tied,
                    item.grade,
                    scoring.show(item.total_points, places),
                    scoring.show(item.maximum, trim=True),
                    scoring.show(item.index, places),
                )
                for item in items
            ),
            grades=tuple(Counter(item.grade for item in items).items()),
            ties=sum(item.tied for item in items),
        )
        for name, items in by_group.items()
    )


@dataclass(frozen=True)
class Change:
    """What a consolidation says otherwise than the one before it, about one agency."""

    agency: str
    index_before: str
    index_now: str
    rank_before: str
    rank_now: str
    grade_before: str
    grade_now: str
    leaves: tuple[str, ...]


def changes(before: Consolidation, now: Consolidation, places: int) -> tuple[Change, ...]:
    """The agencies whose result or marks differ between two consolidations."""
    old, new = (_agencies(item) for item in (before, now))
    found = []
    for code, agency in new.items():
        other = old.get(code)
        if other is None or _same(other, agency):
            continue
        found.append(
            Change(
                agency=agency["name"],
                index_before=scoring.show(Decimal(other["index"]), places),
                index_now=scoring.show(Decimal(agency["index"]), places),
                rank_before=str(other["rank"]),
                rank_now=str(agency["rank"]),
                grade_before=other["grade"],
                grade_now=agency["grade"],
                leaves=tuple(_changed_leaves(other, agency)),
            )
        )
    return tuple(found)


def _agencies(consolidation: Consolidation) -> dict[str, dict[str, Any]]:
    sealed = json.loads(consolidation.snapshot)
    return {agency["code"]: agency for group in sealed["groups"] for agency in group["agencies"]}


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    keys = ("index", "rank", "grade", "leaves")
    return all(one[key] == other[key] for key in keys)


def _changed_leaves(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    old = {leaf["code"]: leaf for leaf in before["leaves"]}
    return [leaf["code"] for leaf in now["leaves"] if old.get(leaf["code"]) != leaf]
