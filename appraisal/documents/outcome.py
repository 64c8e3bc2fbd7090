"""The counted results as the submission, the report and the letters tell them.

Figures come in unrounded, counted by `scoring` from the sealed snapshot; here they are averaged,
put beside each other and shown. Nothing is scored here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from appraisal import scoring
from appraisal.documents.decision import FACTS as RESULT_FACTS
from appraisal.documents.decision import ResultFacts
from appraisal.documents.official import Annex, Block, Column, Row, Table
from appraisal.documents.phrases import NOTHING, difference, percent, tally, together
from appraisal.documents.words import capital, in_sentence, points, roman

FACTS: Final = {
    **RESULT_FACTS,
    "so_co_quan_theo_xep_loai": "Số cơ quan, đơn vị theo từng mức xếp loại",
}
"""What an office template may print of papers that tell the result at length."""

LONG_FIELD = 70
"""Characters of a field's title that still fit the head of a column."""


@dataclass(frozen=True)
class FieldPoints:
    """One field of one agency. `maximum`, `achieved` and `index` count the survey leaves in it.

    `own` and `settled` are the self-score and what counts of the part that is appraised, None
    where the survey alone gives points; `index` is None where nothing of the field applies.
    """

    code: str
    title: str
    maximum: Decimal
    own: Decimal | None
    settled: Decimal | None
    achieved: Decimal
    index: Decimal | None


@dataclass(frozen=True)
class AgencyPoints:
    """One agency. `own` is its self-score of the appraised part; `survey` None: no survey."""

    code: str
    agency: str
    own: Decimal
    appraised: Decimal
    survey: Decimal | None
    bonus_penalty: Decimal
    total: Decimal
    maximum: Decimal
    index: Decimal
    rank: int
    tied: bool
    grade: str
    fields: tuple[FieldPoints, ...]


@dataclass(frozen=True)
class GroupPoints:
    """A group that is ranked by itself, its agencies sorted by rank."""

    name: str
    appraised_maximum: Decimal
    survey_maximum: Decimal
    agencies: tuple[AgencyPoints, ...]

    @property
    def title(self) -> str:
        return capital(in_sentence(self.name))

    def mean(self, figure: Callable[[AgencyPoints], Decimal]) -> Decimal:
        """The unrounded mean of a figure of all agencies; 0 where there is none."""
        return scoring.mean([figure(item) for item in self.agencies]) or Decimal(0)

    def best(self) -> tuple[AgencyPoints, ...]:
        return tuple(item for item in self.agencies if item.rank == self.agencies[0].rank)

    def last(self) -> tuple[AgencyPoints, ...]:
        return tuple(item for item in self.agencies if item.rank == self.agencies[-1].rank)


@dataclass(frozen=True)
class Outcome:
    """The results of a round: what the decision knows, and every agency's points beside it.

    `grades` are the names of the grades, the best first.
    """

    results: ResultFacts
    groups: tuple[GroupPoints, ...]
    grades: tuple[str, ...]

    @property
    def agencies(self) -> int:
        return sum(len(group.agencies) for group in self.groups)

    @property
    def decimals(self) -> int:
        return self.results.decimals

    def facts(self) -> tuple[tuple[str, str], ...]:
        """The values of `FACTS`."""
        counted = Counter(item.grade for group in self.groups for item in group.agencies)
        return (
            *self.results.facts(),
            (
                "so_co_quan_theo_xep_loai",
                "; ".join(
                    f"{name}: {tally(counted[name])}" for name in self.grades if counted[name]
                ),
            ),
        )


def named(agencies: Iterable[AgencyPoints], decimals: int) -> str:
    """ "Sở Y tế (93,71%)"; several of one rank are named together."""
    return together([f"{item.agency} ({percent(item.index, decimals)})" for item in agencies])


def grade_sentence(group: GroupPoints, grades: tuple[str, ...]) -> str:
    """How many agencies of a group got each grade, with their share."""
    counted = Counter(item.grade for item in group.agencies)
    parts = [
        f"{tally(counted[name])} cơ quan xếp loại {name}"
        f" (chiếm {percent(_share(counted[name], len(group.agencies)), 2)})"
        for name in grades
        if counted[name]
    ]
    return together(parts)


def _share(part: int, whole: int) -> Decimal:
    return scoring.component_index(Decimal(part), Decimal(whole)) or Decimal(0)


def means_table(outcome: Outcome) -> Table:
    """Self-scored, appraised and survey points of each group, averaged."""
    places = outcome.decimals
    return Table(
        (
            Column("Nhóm cơ quan, đơn vị", 50, "left"),
            Column("Số cơ quan", 14),
            Column("Điểm tự chấm", 22),
            Column("Điểm thẩm định", 22),
            Column("Chênh lệch", 20),
            Column("Điểm điều tra xã hội học", 22),
            Column("Tổng điểm", 20),
            Column("Chỉ số (%)", 20),
        ),
        tuple(
            Row(
                (
                    group.title,
                    tally(len(group.agencies)),
                    _of(group.mean(lambda item: item.own), group.appraised_maximum, places),
                    _of(group.mean(lambda item: item.appraised), group.appraised_maximum, places),
                    difference(group.mean(lambda item: item.appraised - item.own), places),
                    _of(
                        group.mean(lambda item: item.survey or Decimal(0)),
                        group.survey_maximum,
                        places,
                    ),
                    points(group.mean(lambda item: item.total), places),
                    points(group.mean(lambda item: item.index), places),
                )
            )
            for group in outcome.groups
        ),
        caption="Điểm bình quân theo nhóm (điểm đạt/điểm tối đa)",
    )


def _of(value: Decimal, maximum: Decimal, places: int) -> str:
    if not maximum:
        return NOTHING
    return f"{points(value, places)}/{scoring.show(maximum, trim=True)}"


def grades_table(outcome: Outcome) -> Table:
    """How many agencies of each group got each grade, and of all groups where they are several."""
    counted = [Counter(item.grade for item in group.agencies) for group in outcome.groups]
    several = len(counted) > 1

    def row(name: str, numbers: list[int], role: str = "row") -> Row:
        cells = [name]
        for number, group in zip(numbers, outcome.groups, strict=True):
            cells += [tally(number), _part(number, len(group.agencies))]
        if several:
            cells += [tally(sum(numbers)), _part(sum(numbers), outcome.agencies)]
        return Row(tuple(cells), "total" if role == "total" else "row")

    columns = [Column("Xếp loại", 26, "left")]
    for group in outcome.groups:
        columns += [Column(group.title, 32), Column("Tỷ lệ (%)", 16)]
    if several:
        columns += [Column("Tổng số", 18), Column("Tỷ lệ (%)", 16)]
    return Table(
        tuple(columns),
        (
            *(row(name, [each[name] for each in counted]) for name in outcome.grades),
            row("Cộng", [len(group.agencies) for group in outcome.groups], "total"),
        ),
        caption="Số cơ quan, đơn vị theo xếp loại",
    )


def _part(part: int, whole: int) -> str:
    return points(_share(part, whole), 2) if whole else NOTHING


POINT_COLUMNS = (
    Column("STT", 10),
    Column("Cơ quan, đơn vị", 66, "left"),
    Column("Điểm tự chấm", 21),
    Column("Điểm thẩm định", 21),
    Column("Chênh lệch", 20),
    Column("Điểm điều tra xã hội học", 23),
    Column("Điểm thưởng, phạt", 20),
    Column("Tổng điểm", 20),
    Column("Chỉ số (%)", 19),
    Column("Xếp hạng", 15),
    Column("Xếp loại", 21),
)


def points_table(group: GroupPoints, decimals: int) -> Table:
    """The agencies of a group by rank: self-scored, appraised, survey, total, index, grade."""
    return Table(
        POINT_COLUMNS,
        tuple(
            Row(
                (
                    str(n),
                    item.agency,
                    points(item.own, decimals),
                    points(item.appraised, decimals),
                    difference(item.appraised - item.own, decimals),
                    NOTHING if item.survey is None else points(item.survey, decimals),
                    difference(item.bonus_penalty, decimals),
                    points(item.total, decimals),
                    points(item.index, decimals),
                    str(item.rank),
                    item.grade,
                )
            )
            for n, item in enumerate(group.agencies, 1)
        ),
    )


def field_label(field: FieldPoints) -> str:
    """The field at the head of a column: its title, or its number where that is long."""
    if len(field.title) > LONG_FIELD:
        return f"Lĩnh vực {field.code}"
    return f"{field.code}. {field.title}"


def matrix(group: GroupPoints, decimals: int) -> Table:
    """Agencies by fields: the component index of each, in percent; the last row is the mean."""
    fields = group.agencies[0].fields if group.agencies else ()
    share = 150 / max(1, len(fields))
    return Table(
        (
            Column("STT", 10),
            Column("Cơ quan, đơn vị", 60, "left"),
            *(Column(field_label(field), share) for field in fields),
            Column("Chỉ số (%)", 20),
        ),
        (
            *(
                Row(
                    (
                        str(n),
                        item.agency,
                        *(_index(field.index, decimals) for field in item.fields),
                        points(item.index, decimals),
                    )
                )
                for n, item in enumerate(group.agencies, 1)
            ),
            Row(
                (
                    "",
                    "Bình quân",
                    *(
                        _index(mean_index(group, place), decimals)
                        for place, _field in enumerate(fields)
                    ),
                    points(group.mean(lambda item: item.index), decimals),
                ),
                "total",
            ),
        ),
    )


def mean_index(group: GroupPoints, place: int) -> Decimal | None:
    """The mean component index of a field over the agencies to which it applies."""
    return scoring.mean(
        [
            index
            for item in group.agencies
            if (index := item.fields[place].index) is not None
        ]
    )  # fmt: skip


def _index(value: Decimal | None, decimals: int) -> str:
    return NOTHING if value is None else points(value, decimals)


def annex_titles(outcome: Outcome, title: str) -> list[str]:
    """The title of one annex for each group."""
    return [
        f"{title} năm {outcome.results.year} của {in_sentence(group.name)}".upper()
        for group in outcome.groups
    ]


def numbered(
    parts: Iterable[tuple[str, tuple[Block, ...], bool]], subtitle: str
) -> tuple[Annex, ...]:
    """Annexes with their Roman numbers, from (title, blocks, landscape); one alone has none."""
    listed = list(parts)
    several = len(listed) > 1
    return tuple(
        Annex(roman(n) if several else "", title, subtitle, blocks, landscape)
        for n, (title, blocks, landscape) in enumerate(listed, 1)
    )
