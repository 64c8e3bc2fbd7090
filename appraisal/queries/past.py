"""Results over the years: published tables that were brought in, and rounds of this system.

For comparison alone: nothing here is counted into a round. A round of this system goes before a
table. An agency that was renamed or merged is followed to those it was made of; several of them
had several results, and nobody's is taken for the whole.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from agencies.models import Agency, Jurisdiction
from agencies.text import fold
from appraisal.models import Consolidation, Dossier, GradeBand, PastResult, Result, Round
from appraisal.queries import results
from appraisal.states import SEALED_STATES, RoundState

COUNTED = frozenset({RoundState.CONSOLIDATED, *SEALED_STATES})
"""The states of a round in which its last consolidation stands."""

DROPS = 2
"""A fall by so many grades costs the unit its commendation (Kon Tum, QĐ 707; domain §1.2)."""

MOST_YEARS = 6
"""How many years stand side by side, the round's own among them."""


@dataclass(frozen=True)
class YearLine:
    """What one agency had in one year, unrounded.

    `source` is the round or the document it is known from; `agency` names the agency where it was
    another one by then; not `is_public` is what a round consolidated and did not yet publish.
    """

    year: int
    index: Decimal
    rank: int | None
    grade: str
    source: str
    agency: str = ""
    is_public: bool = True


class Lives:
    """The agencies of some provinces and what each was made of: one query."""

    def __init__(self, provinces: Collection[int]) -> None:
        self.names: dict[int, str] = {}
        self._made_of: dict[int, list[int]] = defaultdict(list)
        rows = Agency.objects.filter(jurisdiction__in=provinces).order_by("valid_from", "pk")
        for pk, name, successor in rows.values_list("pk", "name", "successor_id"):
            self.names[pk] = name
            if successor is not None:
                self._made_of[successor].append(pk)

    def lines(self, agency: int, known: Mapping[int, YearLine]) -> list[YearLine]:
        """The agency's own line of a year, else those of all that it was made of, each as far back
        as it takes."""
        return list(self._lines(agency, known, agency, set()))

    def _lines(
        self, pk: int, known: Mapping[int, YearLine], asked: int, seen: set[int]
    ) -> Iterator[YearLine]:
        if pk in seen:
            return
        seen.add(pk)
        if pk in known:
            renamed = self.names.get(pk) != self.names.get(asked)
            yield replace(known[pk], agency=self.names.get(pk, "")) if renamed else known[pk]
            return
        for older in self._made_of.get(pk, ()):
            yield from self._lines(older, known, asked, seen)


def provinces(jurisdiction: int) -> list[int]:
    """A province and those that were merged into it: one query."""
    own = Jurisdiction.objects.filter(Q(pk=jurisdiction) | Q(successor=jurisdiction))
    return list(own.values_list("pk", flat=True))


def earlier(
    round: Round, within: Collection[int], *, unpublished: bool = False, year: int | None = None
) -> dict[int, dict[int, YearLine]]:
    """What is known of the years before a round, by year and agency: two queries.

    `within` are provinces. With `unpublished`, rounds count that are consolidated and not yet
    published; `year` asks for one year only.
    """
    tables = PastResult.objects.filter(
        jurisdiction__in=within, year__lt=round.year, agency__isnull=False
    )
    own = _results(COUNTED if unpublished else {RoundState.PUBLISHED}).filter(
        dossier__round__jurisdiction__in=within, dossier__round__year__lt=round.year
    )
    if year is not None:
        tables, own = tables.filter(year=year), own.filter(dossier__round__year=year)
    found: dict[int, dict[int, YearLine]] = defaultdict(dict)
    for item in tables.order_by("pk"):
        line = YearLine(item.year, item.index, item.rank, item.grade, item.source)
        found[item.year][item.agency_id or 0] = line
    for agency, line in _lines(own.order_by("dossier__round_id")):
        found[line.year][agency] = line
    return dict(found)


def _results(states: Collection[str]) -> QuerySet[Result]:
    """The results of the last consolidation of every round in one of the states."""
    last = Consolidation.objects.filter(round=OuterRef("dossier__round")).order_by("-number")
    return Result.objects.filter(
        dossier__round__state__in=states, consolidation=Subquery(last.values("pk")[:1])
    )


def _lines(found: QuerySet[Result]) -> Iterator[tuple[int, YearLine]]:
    for agency, state, name, year, index, rank, grade in found.values_list(
        "dossier__agency_id", "dossier__round__state", "dossier__round__name",
        "dossier__round__year", "index", "rank", "grade",
    ):  # fmt: skip
        yield (
            agency,
            YearLine(year, index, rank, grade, name, is_public=state == RoundState.PUBLISHED),
        )


def last_year(round: Round) -> dict[int, YearLine]:
    """The public result of the year before, by agency of the round: five queries, three where
    nothing is known.

    An agency made of several that had results of their own has none here.
    """
    within = provinces(round.jurisdiction_id)
    known = earlier(round, within, year=round.year - 1).get(round.year - 1)
    if not known:
        return {}
    lives = Lives(within)
    found = {}
    for agency in Dossier.objects.filter(round=round).values_list("agency_id", flat=True):
        lines = lives.lines(agency, known)
        if len(lines) == 1:
            found[agency] = lines[0]
    return found


# --- The years side by side ----------------------------------------------------------------------
@dataclass(frozen=True)
class AgencyYears:
    """One agency over the years, all of them of its own time or of those it was made of.

    What changed is against the year before and only where one result stands on either side:
    `change` of the index, `moved` ranks up, `fell` grades down; None where it is not known.
    """

    dossier: int
    agency: str
    years: Mapping[int, Sequence[YearLine]]
    change: Decimal | None = None
    moved: int | None = None
    fell: int | None = None

    @property
    def fell_far(self) -> bool:
        return self.fell is not None and self.fell >= DROPS


@dataclass(frozen=True)
class GroupYears:
    """The agencies that are ranked together, by this year's rank, else by name."""

    name: str
    rows: tuple[AgencyYears, ...]


@dataclass(frozen=True)
class Comparison:
    """A round beside the years before it; `years` from the newest, the round's own among them
    where it has results. `is_provisional`: those are not consolidated. `unknown` counts by year
    the lines of published tables that belong to no agency of the register."""

    years: tuple[int, ...]
    groups: tuple[GroupYears, ...]
    is_provisional: bool = False
    unknown: Mapping[int, int] = field(default_factory=dict)


def compare(round: Round, *, seated: bool) -> Comparison:
    """Every agency of the round over the years; `seated`: for who sees more than is published."""
    within = provinces(round.jurisdiction_id)
    known = earlier(round, within, unpublished=seated)
    own, is_provisional = _own(round, seated)
    if own:
        known[round.year] = own
    years = tuple(sorted(known, reverse=True)[:MOST_YEARS])
    lives = Lives(within)
    order = _grades(round)
    rows: dict[str, list[AgencyYears]] = defaultdict(list)
    for pk, agency, name, group in (
        Dossier.objects.filter(round=round)
        .order_by("group__position", "group__code", "agency__name")
        .values_list("pk", "agency_id", "agency__name", "group__name")
    ):
        lines = {year: lives.lines(agency, known[year]) for year in years}
        rows[group].append(_beside(AgencyYears(pk, name, lines), round.year, order))
    for members in rows.values():
        members.sort(key=lambda row: _rank(row, round.year))
    unknown = PastResult.objects.filter(
        jurisdiction__in=within, agency__isnull=True, year__lt=round.year
    )
    return Comparison(
        years,
        tuple(GroupYears(name, tuple(members)) for name, members in rows.items()),
        is_provisional,
        dict(unknown.order_by().values_list("year").annotate(Count("pk"))),
    )


def _own(round: Round, seated: bool) -> tuple[dict[int, YearLine], bool]:
    """The round's own lines as far as the reader may know them; provisional before they are
    consolidated, and none before the council has the round."""
    if round.state == RoundState.COUNCIL and seated:
        found = results.figures(round)
        agencies = dict(Dossier.objects.filter(round=round).values_list("pk", "agency_id"))
        return {
            agencies[line.dossier.pk]: YearLine(
                round.year, line.final.index, line.rank.place, line.grade, round.name,
                is_public=False,
            )
            for section in results.board(found)
            for line in section.lines
        }, True  # fmt: skip
    states = COUNTED if seated else {RoundState.PUBLISHED}
    return dict(_lines(_results(states).filter(dossier__round=round))), False


def _grades(round: Round) -> dict[str, int]:
    """The round's grades by their folded names, the best first."""
    names = GradeBand.objects.filter(round=round).order_by("-lower_bound")
    return {fold(name): place for place, name in enumerate(names.values_list("name", flat=True))}


def _beside(row: AgencyYears, year: int, order: Mapping[str, int]) -> AgencyYears:
    """The row with what changed since the year before."""
    now, before = row.years.get(year, ()), row.years.get(year - 1, ())
    if len(now) != 1 or len(before) != 1:
        return row
    one, other = now[0], before[0]
    places = order.get(fold(one.grade)), order.get(fold(other.grade))
    return replace(
        row,
        change=one.index - other.index,
        moved=None if one.rank is None or other.rank is None else other.rank - one.rank,
        fell=None if places[0] is None or places[1] is None else places[0] - places[1],
    )


def _rank(row: AgencyYears, year: int) -> int:
    lines = row.years.get(year, ())
    return (lines[0].rank or 0) if lines else 0


# --- Whose line it is ---------------------------------------------------------------------------
@dataclass(frozen=True)
class Match:
    """The agency of the register that a line of a table is about, and by what it was known."""

    agency: Agency | None
    by: str = ""


class Register:
    """Every agency of a province, closed ones too, to find whose a line of a table is."""

    def __init__(self, jurisdiction: Jurisdiction) -> None:
        self.agencies = list(
            Agency.objects.filter(jurisdiction__in=provinces(jurisdiction.pk))
            .select_related("group")
            .order_by("group__position", "group__code", "name", "valid_from")
        )
        self._tail = f" tinh {_letters(jurisdiction.name)}"
        self._by_code: dict[str, list[Agency]] = defaultdict(list)
        self._by_name: dict[str, list[Agency]] = defaultdict(list)
        for agency in self.agencies:
            self._by_code[fold(agency.code)].append(agency)
            self._by_name[self._bare(agency.name)].append(agency)

    def find(self, code: str, name: str, year: int) -> Match:
        """The agency with that code, else with that name; of several lives, that of the year."""
        if code and (agency := _of_year(self._by_code.get(fold(code), ()), year)):
            return Match(agency, "code")
        if agency := _of_year(self._by_name.get(self._bare(name), ()), year):
            return Match(agency, "name")
        return Match(None)

    def _bare(self, name: str) -> str:
        """A name as every table writes it: "UBND huyện A", "Ủy ban nhân dân huyện A", "Huyện A"."""
        return _PREFIX.sub("", _letters(name)).removesuffix(self._tail)


_PREFIX = re.compile(r"^(?:uy ban nhan dan|ubnd) (?=\w)")


def _letters(name: str) -> str:
    """A folded name without punctuation; "&" reads "và"."""
    return " ".join(re.sub(r"[^\w]+", " ", fold(name).replace("&", " va ")).split())


def _of_year(lives: Iterable[Agency], year: int) -> Agency | None:
    """The one that existed at the end of a year, else the one that ended last before it, else the
    first one that began after it; None where two lived at once."""
    found = sorted(lives, key=lambda agency: (agency.valid_from, agency.pk))
    end = date(year, 12, 31)
    alive = [
        agency
        for agency in found
        if agency.valid_from <= end and (agency.valid_to is None or agency.valid_to >= end)
    ]
    if alive:
        return alive[0] if len(alive) == 1 else None
    ended = [agency for agency in found if agency.valid_to is not None and agency.valid_to < end]
    if ended:
        return max(ended, key=lambda agency: (agency.valid_to or end, agency.pk))
    return found[0] if found else None
