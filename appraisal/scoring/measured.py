"""Kinds of rule that measure: days late, a count, or done out of total.

Thresholds are compared on exact fractions, never on a rounded ratio.
"""

from abc import abstractmethod
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Self

from appraisal.scoring import words
from appraisal.scoring.kind import Choice, Declared, Input, Kind, Proposal, amount, percent, whole
from appraisal.scoring.numbers import points_of, show_full, show_ratio
from appraisal.scoring.params import ONE, ZERO, Params

_WHEN_ZERO = ("max", "not_applicable", "ask", "zero")
_PLAIN = "numerator/denominator*max"
_TARGETED = "min(1, numerator/denominator/target)*max"


@dataclass(frozen=True)
class Tier:
    """One tier: a bound (days, count or ratio; None: whatever remains) and a share of maximum."""

    bound: Decimal | None
    share: Decimal


@dataclass(frozen=True)
class DaysLate(Kind):
    """Tiers by days late, from punctual to late; the last one also takes what was never done."""

    tiers: tuple[Tier, ...]

    @classmethod
    def read(cls, max_points: Decimal, params: Params) -> Self:
        rows = params.rows("tiers")
        tiers = [
            Tier(row.number("max_days_late", None), row.needed_number("share", high=ONE))
            for row in rows
        ]
        params.take(rows)
        bounded = [tier for tier in tiers if tier.bound is not None]
        last = [tier for tier in tiers if tier.bound is None]
        if rows and len(last) != 1:
            params.problems.append(words.TWO_LAST if last else words.NO_LAST)
        _note_same_bounds(params, bounded)
        return cls(max_points, (*sorted(bounded, key=lambda t: t.bound or ZERO), *last[:1]))

    def inputs(self) -> tuple[Input, ...]:
        issued = (
            Choice("yes", words.YES_ISSUED, self.max_points),
            Choice("no", words.NO_ISSUED, points_of(self._points(self.tiers[-1]))),
        )
        return (
            Input("met", words.ASK_ISSUED, "yes_no", issued, required=False),
            Input("days_late", words.ASK_DAYS_LATE, "count", unit=words.DAYS),
        )

    def needs(self, declared: Declared) -> tuple[Input, ...]:
        return () if declared.get("met") is False else super().needs(declared)

    def propose(self, declared: Declared) -> Proposal:
        if declared.get("met") is False:
            tier = self.tiers[-1]
            share = percent(tier.share)
            return self.give(self._points(tier), words.TIER_NOT_DONE, share=share)
        days = whole(declared, "days_late")
        tier = next(t for t in self.tiers if t.bound is None or days <= t.bound)
        if tier.bound is None:
            name = words.TIER_LAST
        elif tier.bound == 0:
            name = words.TIER_ON_TIME
        else:
            name = words.TIER_DAYS.format(days=show_full(tier.bound))
        found = words.FOUND_DAYS.format(days=days) if days else words.FOUND_ON_TIME
        share = percent(tier.share)
        return self.give(self._points(tier), words.TIER, found=found, tier=name, share=share)

    def _points(self, tier: Tier) -> Fraction:
        return Fraction(tier.share) * Fraction(self.max_points)


@dataclass(frozen=True)
class CountTiers(Kind):
    """Tiers by a count, each from its bound up."""

    tiers: tuple[Tier, ...]

    @classmethod
    def read(cls, max_points: Decimal, params: Params) -> Self:
        return cls(max_points, _read_rising(params))

    def inputs(self) -> tuple[Input, ...]:
        return (Input("count", words.ASK_COUNT, "count"),)

    def propose(self, declared: Declared) -> Proposal:
        count = whole(declared, "count")
        found = words.FOUND_COUNT.format(count=count)
        tier, share = _reached(self.tiers, Fraction(count))
        name = words.TIER_FROM.format(bound=show_full(tier))
        said = {"found": found, "tier": name, "share": percent(share)}
        return self.give(Fraction(share) * Fraction(self.max_points), words.TIER, **said)


@dataclass(frozen=True)
class Ratio(Kind):
    """Done out of total: the inputs, and the stated answer where the total is zero."""

    done: str = field(kw_only=True)
    total: str = field(kw_only=True)
    when_zero: str = field(kw_only=True)

    def inputs(self) -> tuple[Input, ...]:
        return (Input("total", self.total, "number"), Input("done", self.done, "number"))

    def propose(self, declared: Declared) -> Proposal:
        done, total = amount(declared, "done"), amount(declared, "total")
        if total:
            return self._from_ratio(done, total)
        if done:
            why = words.NO_TOTAL_BUT_DONE.format(total=self.total, done=self.done)
            return Proposal(None, not_applicable=False, why=why, missing=("total",))
        if self.when_zero == "max":
            return self.give(Fraction(self.max_points), words.NO_TOTAL_MAX, total=self.total)
        if self.when_zero == "zero":
            return self.give(Fraction(0), words.NO_TOTAL_ZERO, total=self.total)
        removed = self.when_zero == "not_applicable"
        why = words.NO_TOTAL_REMOVED if removed else words.NO_TOTAL_ASK
        return Proposal(None, not_applicable=removed, why=why.format(total=self.total))

    @abstractmethod
    def _from_ratio(self, done: Fraction, total: Fraction) -> Proposal: ...


@dataclass(frozen=True)
class RatioTiers(Ratio):
    """Tiers by a ratio, each from its bound up."""

    tiers: tuple[Tier, ...]

    @classmethod
    def read(cls, max_points: Decimal, params: Params) -> Self:
        return cls(max_points, _read_rising(params, Decimal(10)), **_read_ratio(params))

    def _from_ratio(self, done: Fraction, total: Fraction) -> Proposal:
        ratio = done / total
        found = words.FOUND_RATIO.format(
            done=_shown(done), total=_shown(total), ratio=show_ratio(ratio)
        )
        tier, share = _reached(self.tiers, ratio)
        name = words.TIER_FROM.format(bound=percent(tier))
        said = {"found": found, "tier": name, "share": percent(share)}
        return self.give(Fraction(share) * Fraction(self.max_points), words.TIER, **said)


@dataclass(frozen=True)
class Proportional(Ratio):
    """done/total × maximum: zero below one threshold, full from another, or against a target.

    Both thresholds look at the plain ratio, unrounded; between them the points are the plain
    proportion (domain rule: "từ 50% đến dưới 95%: (b/a) × tối đa").
    """

    zero_below: Decimal | None
    full_from: Decimal | None
    target: Decimal | None

    @classmethod
    def read(cls, max_points: Decimal, params: Params) -> Self:
        floor = params.number("zero_below", None, high=ONE)
        full = params.number("full_from", None, high=ONE)
        target = params.number("target", None, high=Decimal(10))
        if floor is not None and full is not None and floor > full:
            params.problems.append(
                words.FLOOR_ABOVE_FULL.format(floor=show_full(floor), full=show_full(full))
            )
        if target == 0:
            params.problems.append(
                words.NEED_NUMBER_BETWEEN.format(key="target", low="trên 0", high=10, value=0)
            )
            target = None
        expected = _PLAIN if target is None else _TARGETED
        # The text of the formula is for readers; it may not promise what the parameters do not do.
        formula = params.text("formula", expected)
        if formula != expected:
            params.problems.append(words.FORMULA.format(formula=formula, expected=expected))
        return cls(max_points, floor, full, target, **_read_ratio(params))

    def _from_ratio(self, done: Fraction, total: Fraction) -> Proposal:
        ratio = done / total
        said = {"done": _shown(done), "total": _shown(total), "ratio": show_ratio(ratio)}
        if self.zero_below is not None and ratio < self.zero_below:
            floor = percent(self.zero_below)
            return self.give(Fraction(0), words.RATIO_BELOW, **said, floor=floor)
        maximum = Fraction(self.max_points)
        if self.full_from is not None and ratio >= self.full_from:
            full = percent(self.full_from)
            return self.give(maximum, words.RATIO_FULL, **said, full=full)
        share = ratio / Fraction(self.target) if self.target else ratio
        if share > 1:
            full = percent(self.target or ONE)
            return self.give(maximum, words.RATIO_FULL, **said, full=full)
        why = words.RATIO
        if self.target:
            why, said["target"] = words.RATIO_TARGET, percent(self.target)
        if self.zero_below is not None:
            why, said["floor"] = why + words.RATIO_FLOOR, percent(self.zero_below)
        return self.give(share * maximum, why, **said)


def _read_rising(params: Params, high: Decimal | None = None) -> tuple[Tier, ...]:
    """Tiers with a lower bound, highest first."""
    rows = params.rows("tiers")
    tiers = [
        Tier(row.needed_number("from", high=high), row.needed_number("share", high=ONE))
        for row in rows
    ]
    params.take(rows)
    _note_same_bounds(params, tiers)
    if tiers and all(tier.bound for tier in tiers):
        params.problems.append(words.NO_LOWEST)
    return tuple(sorted(tiers, key=lambda tier: tier.bound or ZERO, reverse=True))


def _reached(tiers: tuple[Tier, ...], value: Fraction) -> tuple[Decimal, Decimal]:
    """Bound and share of the highest tier that the value reaches; there is always one from 0."""
    return next((t.bound, t.share) for t in tiers if t.bound is not None and value >= t.bound)


def _read_ratio(params: Params) -> dict[str, str]:
    return {
        "done": _capital(params.text("numerator", words.ASK_DONE)),
        "total": _capital(params.text("denominator", words.ASK_TOTAL)),
        "when_zero": params.one_of("if_denominator_zero", _WHEN_ZERO, "ask"),
    }


def _note_same_bounds(params: Params, tiers: list[Tier]) -> None:
    bounds = [tier.bound for tier in tiers if tier.bound is not None]
    for bound in sorted({bound for bound in bounds if bounds.count(bound) > 1}):
        params.problems.append(words.SAME_BOUND.format(bound=show_full(bound)))


def _shown(value: Fraction) -> str:
    return show_full(points_of(value))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
