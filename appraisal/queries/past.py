"""Results of other years beside those of a round: what an agency had, through all its lives.

A round published here goes before a table that was brought in. An agency that was renamed or
merged is followed to those it was made of; several of them have several results, and nobody's is
taken for the whole. Published tables are compared with, never counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import OuterRef, Q, Subquery

from agencies.models import Agency, Jurisdiction
from appraisal.models import Consolidation, Dossier, PastResult, Result, Round
from appraisal.rules.results import CONSOLIDATED_STATES
from appraisal.states import RoundState


class Before(NamedTuple):
    """An agency's result of an earlier year, unrounded."""

    year: int
    index: Decimal
    rank: int | None
    grade: str


@dataclass(frozen=True)
class Known:
    """A result as it is known: whose it was then, and whether it was made public."""

    agency: int
    before: Before
    is_public: bool = True


class Lives:
    """The agencies of a province, and of those that became part of it: one query."""

    def __init__(self, provinces: Iterable[int]) -> None:
        self.names: dict[int, str] = {}
        self._made_of: dict[int, list[int]] = defaultdict(list)
        rows = Agency.objects.filter(jurisdiction__in=list(provinces)).order_by("valid_from", "pk")
        for pk, name, successor in rows.values_list("pk", "name", "successor_id"):
            self.names[pk] = name
            if successor is not None:
                self._made_of[successor].append(pk)

    def results(self, agency: int, known: Mapping[int, Known]) -> list[Known]:
        """The agency's own result, else those of all it was made of; each line as far back as
        it takes."""
        return list(self._results(agency, known, set()))

    def _results(self, agency: int, known: Mapping[int, Known], seen: set[int]) -> Iterator[Known]:
        if agency in seen:
            return
        seen.add(agency)
        if agency in known:
            yield known[agency]
            return
        for older in self._made_of.get(agency, ()):
            yield from self._results(older, known, seen)


def provinces(jurisdiction: int) -> list[int]:
    """A province and those that were merged into it: one query."""
    own = Jurisdiction.objects.filter(Q(pk=jurisdiction) | Q(successor=jurisdiction))
    return list(own.values_list("pk", flat=True))


def earlier(
    round: Round, within: Iterable[int], *, unpublished: bool = False, year: int | None = None
) -> dict[int, dict[int, Known]]:
    """The results of the years before a round, by year and agency: two queries.

    `within` are provinces. With `unpublished`, rounds count that are consolidated and not yet
    published; `year` asks for one year only.
    """
    wanted = list(within)
    found: dict[int, dict[int, Known]] = defaultdict(dict)
    tables = PastResult.objects.filter(
        jurisdiction__in=wanted, year__lt=round.year, agency__isnull=False
    )
    states = CONSOLIDATED_STATES if unpublished else {RoundState.PUBLISHED}
    last = Consolidation.objects.filter(round=OuterRef("dossier__round")).order_by("-number")
    own = Result.objects.filter(
        dossier__round__jurisdiction__in=wanted,
        dossier__round__year__lt=round.year,
        dossier__round__state__in=states,
        consolidation=Subquery(last.values("pk")[:1]),
    )
    if year is not None:
        tables, own = tables.filter(year=year), own.filter(dossier__round__year=year)
    for agency, *said in tables.order_by("pk").values_list(
        "agency_id", "year", "index", "rank", "grade"
    ):
        before = Before(*said)
        found[before.year][agency] = Known(agency, before)
    for agency, state, *said in own.order_by("dossier__round_id").values_list(
        "dossier__agency_id", "dossier__round__state",
        "dossier__round__year", "index", "rank", "grade",
    ):  # fmt: skip
        before = Before(*said)
        found[before.year][agency] = Known(agency, before, state == RoundState.PUBLISHED)
    return dict(found)


def last_year(round: Round) -> dict[int, Before]:
    """The public result of the year before, by agency of the round; five queries, fewer where
    nothing is known.

    An agency made of several that had results of their own has none here.
    """
    within = provinces(round.jurisdiction_id)
    known = earlier(round, within, year=round.year - 1).get(round.year - 1)
    if not known:
        return {}
    lives = Lives(within)
    found = {}
    agencies = Dossier.objects.filter(round=round).values_list("agency_id", flat=True)
    for agency in agencies:
        results = lives.results(agency, known)
        if len(results) == 1:
            found[agency] = results[0].before
    return found
