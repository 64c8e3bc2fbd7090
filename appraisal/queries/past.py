"""Results over the years: published tables that were brought in, and rounds of this system.

For comparison alone. An agency's line goes on through renaming and merging: what went into it
before counts as its past.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from agencies.models import Agency, Jurisdiction
from agencies.text import fold
from appraisal import scoring
from appraisal.models import Dossier, GradeBand, PastResult, Result, Round
from appraisal.states import SEALED_STATES

DROPS = 2
"""A fall by so many grades costs the unit its commendation (Kon Tum, QĐ 707; domain §1.2)."""


@dataclass(frozen=True)
class YearLine:
    """What one agency had in one year."""

    year: int
    index: Decimal
    rank: int | None
    grade: str
    source: str


@dataclass(frozen=True)
class AgencyYears:
    """One agency over the years, the newest first; `change` is from the year before the newest."""

    agency: str
    group: str
    years: dict[int, YearLine]
    change: Decimal | None
    fell: int

    @property
    def fell_far(self) -> bool:
        return self.fell >= DROPS


def matches(jurisdiction: Jurisdiction, names: Iterable[tuple[str, str]]) -> list[Agency | None]:
    """For each (code, name) the agency of the register, closed ones too; None where nobody fits."""
    known = list(Agency.objects.filter(jurisdiction=jurisdiction).order_by("valid_from"))
    by_code = {agency.code.casefold(): agency for agency in known}
    by_name = {_folded(agency.name): agency for agency in known}
    return [
        by_code.get(code.casefold()) if code and code.casefold() in by_code
        else by_name.get(_folded(name))
        for code, name in names
    ]  # fmt: skip


def _folded(name: str) -> str:
    """A name as two tables may write it: "UBND huyện A", "Ủy ban nhân dân huyện A", "Huyện A"."""
    text = fold(name)
    for start in ("uy ban nhan dan ", "ubnd "):
        text = text.removeprefix(start)
    return " ".join(text.replace(",", " ").replace("-", " ").split())


def lines(round: Round) -> dict[int, dict[int, YearLine]]:
    """For each agency of the round its years, by following who went into whom: four queries."""
    agencies = dict(Dossier.objects.filter(round=round).values_list("agency", "agency__code"))
    successor = dict(
        Agency.objects.filter(jurisdiction=round.jurisdiction_id, successor__isnull=False)
        .values_list("pk", "successor")
    )  # fmt: skip
    told: dict[tuple[int, int], dict[int, YearLine]] = defaultdict(dict)
    # A round published here goes before a table that was brought in.
    for pk, line in [*_published(round), *_counted(round)]:
        heir = _heir(pk, successor, agencies)
        if heir is not None:
            told[heir, line.year][pk] = line
    found: dict[int, dict[int, YearLine]] = defaultdict(dict)
    for (heir, year), by_agency in told.items():
        # Of several that were merged, only the one that lives on can be compared with.
        line = by_agency.get(heir)
        if line is None and len(by_agency) == 1:
            line = next(iter(by_agency.values()))
        if line is not None:
            found[heir][year] = line
    return dict(found)


def _heir(pk: int, successor: dict[int, int], wanted: dict[int, str]) -> int | None:
    seen: set[int] = set()
    while pk not in wanted:
        if pk in seen or pk not in successor:
            return None
        seen.add(pk)
        pk = successor[pk]
    return pk


def _published(round: Round) -> list[tuple[int, YearLine]]:
    kept = PastResult.objects.filter(
        jurisdiction=round.jurisdiction_id, agency__isnull=False, year__lt=round.year
    )
    return [
        (item.agency_id or 0,
         YearLine(item.year, item.index, item.rank, item.grade, item.source))
        for item in kept
    ]  # fmt: skip


def _counted(round: Round) -> list[tuple[int, YearLine]]:
    kept = Result.objects.filter(
        consolidation__decision__isnull=False,
        consolidation__round__jurisdiction=round.jurisdiction_id,
        consolidation__round__state__in=SEALED_STATES,
        consolidation__round__year__lt=round.year,
    ).values_list(
        "dossier__agency", "consolidation__round__year", "index", "rank", "grade",
        "consolidation__round__name",
    )  # fmt: skip
    return [
        (agency, YearLine(year, index, rank, grade, name))
        for agency, year, index, rank, grade, name in kept
    ]


def last_year(round: Round) -> dict[int, YearLine]:
    """For each agency of the round what it had the year before, where that is known."""
    wanted = round.year - 1
    return {pk: years[wanted] for pk, years in lines(round).items() if wanted in years}


def compare(round: Round, now: Sequence[tuple[int, YearLine]]) -> list[AgencyYears]:
    """Every agency of the round over the years; `now` are its lines of this round, if counted."""
    known = lines(round)
    for agency, line in now:
        known.setdefault(agency, {})[line.year] = line
    order = {name: place for place, name in enumerate(_grades(round))}
    found = []
    for dossier in Dossier.objects.filter(round=round).select_related("agency", "group"):
        years = dict(sorted(known.get(dossier.agency_id, {}).items(), reverse=True))
        first = list(years.values())[:2]
        pair = first if len(first) == 2 and first[0].year == first[1].year + 1 else []
        change = pair[0].index - pair[1].index if pair else None
        fell = 0
        if pair and pair[0].grade in order and pair[1].grade in order:
            fell = order[pair[0].grade] - order[pair[1].grade]
        found.append(
            AgencyYears(dossier.agency.name, dossier.group.name, years, change, max(0, fell))
        )
    return found


def _grades(round: Round) -> list[str]:
    bands = GradeBand.objects.filter(round=round).order_by("-lower_bound")
    return list(bands.values_list("name", flat=True))


def shown(value: Decimal, places: int) -> str:
    return scoring.show(value, places)
