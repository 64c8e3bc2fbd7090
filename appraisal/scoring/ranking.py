"""Comparing agencies of one group: ranks, grades, means; all on the unrounded index."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Generic, TypeVar

from appraisal.scoring import words
from appraisal.scoring.numbers import EXACT, QUOTIENT, show_full
from appraisal.scoring.totals import TieRule

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Entry(Generic[K]):
    """One agency to be ranked; `appraised_points` decides where the tie rule says so."""

    key: K
    index: Decimal
    appraised_points: Decimal


@dataclass(frozen=True)
class Rank:
    place: int
    tied: bool


@dataclass(frozen=True)
class Band:
    """A grade: from `lower_bound` percent, which itself counts when `inclusive`."""

    name: str
    lower_bound: Decimal
    inclusive: bool = True

    def holds(self, index: Decimal) -> bool:
        return index > self.lower_bound or (self.inclusive and index == self.lower_bound)


def rank(entries: Sequence[Entry[K]], tie_rule: TieRule) -> dict[K, Rank]:
    """Places of one group, highest index first; truly equal entries share one (1, 1, 3)."""

    def merit(entry: Entry[K]) -> tuple[Decimal, ...]:
        if tie_rule == "appraised_points":
            return entry.index, entry.appraised_points
        return (entry.index,)

    merits = [merit(entry) for entry in entries]
    alike = Counter(merits)
    places: dict[tuple[Decimal, ...], int] = {}
    for place, value in enumerate(sorted(merits, reverse=True), start=1):
        places.setdefault(value, place)
    ranks = {
        entry.key: Rank(places[value], tied=alike[value] > 1)
        for entry, value in zip(entries, merits, strict=True)
    }
    if len(ranks) != len(entries):
        raise ValueError("an agency comes twice")
    return ranks


def grade(index: Decimal, bands: Sequence[Band]) -> Band:
    """The highest band that holds the index. Bands must pass `check_bands`, else ValueError."""
    for band in sorted(bands, key=lambda band: band.lower_bound, reverse=True):
        if band.holds(index):
            return band
    raise ValueError(f"no band holds {index}")


def next_band(index: Decimal, bands: Sequence[Band]) -> Band | None:
    """The band just above the one that holds the index; None at the top."""
    above = [band for band in bands if not band.holds(index)]
    return min(above, key=lambda band: band.lower_bound, default=None)


def distance_to_next(index: Decimal, bands: Sequence[Band]) -> Decimal | None:
    """Percent missing to the bound of the next band, unrounded; None at the top.

    0 means that the index stands on a bound that is not inclusive.
    """
    band = next_band(index, bands)
    return None if band is None else EXACT.subtract(band.lower_bound, index)


def check_bands(bands: Sequence[Band]) -> list[str]:
    """What is wrong with the bands, in Vietnamese; empty when every index from 0 has a grade."""
    if not bands:
        return [words.NO_BANDS]
    problems = [words.BAND_NAMELESS for band in bands if not band.name.strip()][:1]
    usable = [b for b in bands if b.lower_bound.is_finite() and 0 <= b.lower_bound <= 100]
    problems += [words.BAND_RANGE.format(name=band.name) for band in bands if band not in usable]
    names = Counter(band.name.strip().casefold() for band in bands if band.name.strip())
    seen = {band.name.strip().casefold(): band.name.strip() for band in bands}
    problems += [
        words.BAND_SAME_NAME.format(name=seen[name]) for name, times in names.items() if times > 1
    ]
    bounds = Counter(band.lower_bound for band in usable)
    problems += [
        words.BAND_SAME_BOUND.format(bound=show_full(bound))
        for bound, times in bounds.items()
        if times > 1
    ]
    if usable:
        lowest = min(usable, key=lambda band: band.lower_bound)
        bound = show_full(lowest.lower_bound)
        if lowest.lower_bound:
            problems.append(words.BAND_LOWEST.format(name=lowest.name, bound=bound))
        elif not lowest.inclusive:
            problems.append(words.BAND_OPEN_ZERO.format(name=lowest.name))
    return problems


def mean(values: Sequence[Decimal]) -> Decimal | None:
    """The unrounded mean (28 digits); None of nothing."""
    if not values:
        return None
    with localcontext(EXACT):
        added = sum(values, Decimal(0))
    return QUOTIENT.divide(added, Decimal(len(values)))
