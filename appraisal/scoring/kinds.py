"""Kinds of rule that answer or count, and the table of all kinds; `measured` has the others."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

from appraisal.scoring import words
from appraisal.scoring.kind import (
    Choice,
    Declared,
    Input,
    Kind,
    Proposal,
    not_a_choice,
    percent,
    whole,
    yes_no,
)
from appraisal.scoring.measured import CountTiers, DaysLate, Proportional, RatioTiers
from appraisal.scoring.numbers import BadNumber, points_of, show_full
from appraisal.scoring.params import ONE, ZERO, Params


@dataclass(frozen=True)
class Judged(Kind):
    """Kinds without a proposal: manual, survey, bonus, penalty, group."""

    sentence: str

    @classmethod
    def reader(cls, kind: str) -> "Callable[[Decimal, Params], Judged]":
        def read(max_points: Decimal, params: Params) -> Judged:
            # Survey leaves of real sets say so explicitly; saying the opposite is a mistake.
            if params.flag("self_scored"):
                params.problems.append(words.NEVER_SELF_SCORED)
            sentence = words.NO_PROPOSAL[kind].format(maximum=show_full(max_points))
            return cls(max_points, sentence)

        return read

    def propose(self, declared: Declared) -> Proposal:
        return Proposal(None, not_applicable=False, why=self.sentence)


@dataclass(frozen=True)
class Boolean(Kind):
    """Met or not met, each with its own points."""

    yes: Decimal
    no: Decimal

    @classmethod
    def read(cls, max_points: Decimal, params: Params) -> Self:
        yes = params.number("yes", max_points, high=max_points)
        return cls(max_points, yes, params.number("no", ZERO, high=max_points))

    def inputs(self) -> tuple[Input, ...]:
        choices = (Choice("yes", words.YES, self.yes), Choice("no", words.NO, self.no))
        return (Input("met", words.ASK_MET, "yes_no", choices),)

    def propose(self, declared: Declared) -> Proposal:
        met = yes_no(declared, "met", words.ASK_MET)
        points = self.yes if met else self.no
        return self.give(Fraction(points), words.MET if met else words.NOT_MET)


@dataclass(frozen=True)
class Checklist(Kind):
    """Items that bring points each, at most the maximum. Unnamed items are counted."""

    each: Decimal
    count: int
    items: tuple[Choice, ...]

    @classmethod
    def read(cls, max_points: Decimal, params: Params) -> Self:
        if isinstance(params.raw.get("items"), list | tuple):
            items = cls._read_items(params)
            each, count = ZERO, len(items)
            reachable = sum((item.points for item in items), ZERO)
        else:
            items = ()
            each = params.needed_number("points_each", high=max_points)
            number = params.needed_number("items")
            count = int(number)
            reachable = each * count
            if number != count or not count:
                value = params.raw.get("items")
                params.problems.append(words.NEED_WHOLE.format(key="items", value=value))
        if reachable < max_points and not params.problems:
            params.problems.append(
                words.CHECKLIST_SHORT.format(
                    sum=show_full(reachable), maximum=show_full(max_points)
                )
            )
        return cls(max_points, each, count, items)

    @staticmethod
    def _read_items(params: Params) -> tuple[Choice, ...]:
        default = params.number("points_each", None)
        rows = params.rows("items")
        items = []
        for number, row in enumerate(rows, start=1):
            label = row.text("label") or row.text("name", str(number))
            value = row.text("name", str(number))
            points = row.number("points", default)
            if points is None:
                row.problems.append(words.NEED_KEY.format(key="points"))
            items.append(Choice(value, label, points or ZERO))
        params.take(rows)
        _note_doubles(params, [item.value for item in items])
        return tuple(items)

    def inputs(self) -> tuple[Input, ...]:
        if self.items:
            return (Input("items", words.ASK_ITEMS, "items", self.items),)
        label = words.ASK_ITEM_COUNT.format(count=self.count)
        return (Input("items", label, "count", maximum=self.count),)

    def propose(self, declared: Declared) -> Proposal:
        if not self.items:
            done = whole(declared, "items")
            if done > self.count:
                raise BadNumber(words.ABOVE.format(value=done, maximum=self.count))
            total, why = Fraction(self.each) * done, words.CHECKLIST
            said = {"count": str(done), "each": show_full(self.each)}
        else:
            ticked = _ticked(declared, "items", self.items)
            total = sum((Fraction(item.points) for item in ticked), Fraction(0))
            why = words.CHECKLIST_NAMED
            shown = " + ".join(show_full(item.points) for item in ticked)
            said = {"count": str(len(ticked)), "sum": shown}
        if not total:
            return self.give(total, words.CHECKLIST_NONE)
        raw = show_full(points_of(total))
        if total > self.max_points:
            return self.give(Fraction(self.max_points), why + words.CAPPED, raw=raw, **said)
        return self.give(total, why, raw=raw, **said)


@dataclass(frozen=True)
class Levels(Kind):
    """Named levels, each a share of the maximum."""

    levels: tuple[tuple[str, str, Decimal], ...]

    @classmethod
    def read(cls, max_points: Decimal, params: Params, key: str = "levels") -> Self:
        if key == "levels" and not params.has(key):
            shares = (("none", ONE), ("minor", Decimal("0.5")), ("serious", ZERO))
            return cls(max_points, tuple((name, words.LABELS[name], s) for name, s in shares))
        labels = params.labels()
        rows = params.rows(key)
        levels = []
        for row in rows:
            name = row.text("level") or row.text("name")
            if not name:
                row.problems.append(words.NEED_KEY.format(key="level"))
            label = row.text("label", labels.get(name, name))
            levels.append((name, label, row.needed_number("share", high=ONE)))
        params.take(rows)
        _note_doubles(params, [name for name, _, _ in levels])
        return cls(max_points, tuple(levels))

    def inputs(self) -> tuple[Input, ...]:
        maximum = Fraction(self.max_points)
        choices = tuple(
            Choice(name, label, points_of(Fraction(share) * maximum))
            for name, label, share in self.levels
        )
        return (Input("level", words.ASK_LEVEL, "choice", choices),)

    def propose(self, declared: Declared) -> Proposal:
        asked = declared["level"]
        for name, label, share in self.levels:
            if name == asked:
                points = Fraction(share) * Fraction(self.max_points)
                return self.give(points, words.LEVEL, level=label, share=percent(share))
        raise not_a_choice(asked, words.ASK_LEVEL)


@dataclass(frozen=True)
class Deduction(Kind):
    """From the maximum down by a fixed size per occurrence, never below the floor."""

    sizes: tuple[tuple[str, str, Decimal], ...]
    floor: Decimal

    @classmethod
    def read(cls, max_points: Decimal, params: Params) -> Self:
        labels = params.labels()
        sizes = params.sizes("per_occurrence")
        floor = params.number("floor", ZERO, high=max_points)
        named = tuple((name, labels.get(name, name), size) for name, size in sizes.items())
        return cls(max_points, named, floor)

    def inputs(self) -> tuple[Input, ...]:
        return tuple(Input(name, label, "count") for name, label, _ in self.sizes)

    def propose(self, declared: Declared) -> Proposal:
        counts = [(whole(declared, name), size) for name, _, size in self.sizes]
        parts = " − ".join(f"{count} × {show_full(size)}" for count, size in counts if count)
        taken = sum((count * Fraction(size) for count, size in counts), Fraction(0))
        left = Fraction(self.max_points) - taken
        if not parts:
            return self.give(left, words.DEDUCTION_NONE)
        if left >= self.floor:
            return self.give(left, words.DEDUCTION, parts=parts)
        raw = f"−{show_full(points_of(-left))}" if left < 0 else show_full(points_of(left))
        floor = show_full(self.floor)
        said = {"parts": parts, "raw": raw, "floor": floor}
        return self.give(Fraction(self.floor), words.DEDUCTION_FLOOR, **said)


def read_tiers(max_points: Decimal, params: Params) -> Kind:
    """Tiers come in four metrics, each with its own inputs."""
    metric = params.one_of("metric", ("days_late", "count", "ratio", "level"), "")
    if metric == "days_late":
        return DaysLate.read(max_points, params)
    if metric == "count":
        return CountTiers.read(max_points, params)
    if metric == "ratio":
        return RatioTiers.read(max_points, params)
    return Levels.read(max_points, params, "tiers")


READERS: Mapping[str, Callable[[Decimal, Params], Kind]] = {
    "boolean": Boolean.read,
    "checklist": Checklist.read,
    "tiers": read_tiers,
    "levels": Levels.read,
    "proportional": Proportional.read,
    "deduction": Deduction.read,
} | {kind: Judged.reader(kind) for kind in words.NO_PROPOSAL}


def _note_doubles(params: Params, names: list[str]) -> None:
    for name in sorted({name for name in names if names.count(name) > 1}):
        params.problems.append(words.SAME_NAME.format(name=name))


def _ticked(declared: Declared, name: str, items: tuple[Choice, ...]) -> list[Choice]:
    """The items ticked, in the order of the rule, each at most once."""
    values = declared[name]
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise not_a_choice(values, words.ASK_ITEMS)
    ticked = {str(value) for value in values}
    strange = ticked - {item.value for item in items}
    if strange:
        raise not_a_choice(min(strange), words.ASK_ITEMS)
    return [item for item in items if item.value in ticked]
