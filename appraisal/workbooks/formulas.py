"""A rule as a spreadsheet's formula, so that proposed points show while one works off line.

The formula holds numbers and addresses only: texts of a rule are looked up in cells, because no
text of a user may become part of a formula. The server counts anew; the formula is for the eye.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from appraisal import scoring
from appraisal.scoring.kinds import Boolean, Checklist, Deduction, Levels
from appraisal.scoring.measured import CountTiers, DaysLate, Proportional, RatioTiers
from appraisal.scoring.numbers import points_of
from appraisal.workbooks.locked import NO, YES
from appraisal.workbooks.locked import plain as _n

NOTHING = '""'


def proposal(
    rule: scoring.Rule, cells: Mapping[str, str], maximum: str, choices: str = ""
) -> str | None:
    """The formula of a rule's proposed points without "=", or None where a person judges.

    `cells` maps the names of the inputs to their addresses (for a named checklist "items:<value>"),
    `maximum` is the address of the leaf's maximum, `choices` the range of answers and their points
    for rules that have named answers.
    """
    kind = scoring.kind_of(rule)
    if isinstance(kind, Boolean):
        cell = cells["met"]
        return f'IF({cell}="{YES}",{_n(kind.yes)},IF({cell}="{NO}",{_n(kind.no)},{NOTHING}))'
    if isinstance(kind, Levels):
        cell = cells["level"]
        # Not MATCH: it takes * and ? in an answer for patterns, and fails on a long one.
        same = f"({_first(choices)}={cell})"
        found = f"IF(SUMPRODUCT(--{same})=0,{NOTHING},SUMPRODUCT({same}*{_second(choices)}))"
        return f"IF({cell}={NOTHING},{NOTHING},{found})"
    if isinstance(kind, Checklist):
        return _checklist(kind, cells, maximum)
    if isinstance(kind, Deduction):
        taken = "+".join(f"{cells[name]}*{_n(size)}" for name, _label, size in kind.sizes)
        left = f"MAX({_n(kind.floor)},{maximum}-({taken}))"
        return _when_filled([cells[name] for name, _label, _size in kind.sizes], left)
    if isinstance(kind, DaysLate):
        return _days_late(kind, cells)
    if isinstance(kind, CountTiers):
        steps = [(_n(t.bound or Decimal(0)), _share(kind.max_points, t.share)) for t in kind.tiers]
        return _when_filled([cells["count"]], _falling(cells["count"], steps))
    if isinstance(kind, RatioTiers):
        steps = [(_n(t.bound or Decimal(0)), _share(kind.max_points, t.share)) for t in kind.tiers]
        ratio = f"{cells['done']}/{cells['total']}"
        return _ratio(kind.when_zero, cells, maximum, _falling(ratio, steps))
    if isinstance(kind, Proportional):
        return _ratio(kind.when_zero, cells, maximum, _proportional(kind, cells, maximum))
    return None


def _checklist(kind: Checklist, cells: Mapping[str, str], maximum: str) -> str:
    if not kind.items:
        return _when_filled([cells["items"]], f"MIN({maximum},{cells['items']}*{_n(kind.each)})")
    ticked = [(cells[f"items:{item.value}"], item.points) for item in kind.items]
    gained = "+".join(f'IF({cell}="{YES}",{_n(points)},0)' for cell, points in ticked)
    said = "+".join(f"IF({cell}={NOTHING},0,1)" for cell, _points in ticked)
    return f"IF({said}=0,{NOTHING},MIN({maximum},{gained}))"


def _days_late(kind: DaysLate, cells: Mapping[str, str]) -> str:
    days = cells["days_late"]
    last = _share(kind.max_points, kind.tiers[-1].share)
    steps = last
    for tier in reversed(kind.tiers[:-1]):
        bound = tier.bound or Decimal(0)
        steps = f"IF({days}<={_n(bound)},{_share(kind.max_points, tier.share)},{steps})"
    return f'IF({cells["met"]}="{NO}",{last},IF({days}={NOTHING},{NOTHING},{steps}))'


def _proportional(kind: Proportional, cells: Mapping[str, str], maximum: str) -> str:
    ratio = f"({cells['done']}/{cells['total']})"
    share = f"{ratio}/{_n(kind.target)}" if kind.target else ratio
    points = f"ROUND(MIN(1,{share})*{maximum},{scoring.POINT_PLACES})"
    if kind.full_from is not None:
        points = f"IF({ratio}>={_n(kind.full_from)},{maximum},{points})"
    if kind.zero_below is not None:
        points = f"IF({ratio}<{_n(kind.zero_below)},0,{points})"
    return points


def _ratio(when_zero: str, cells: Mapping[str, str], maximum: str, otherwise: str) -> str:
    done, total = cells["done"], cells["total"]
    empty = {"max": maximum, "zero": "0"}.get(when_zero, NOTHING)
    of_nothing = f"IF({done}=0,{empty},{NOTHING})"
    return _when_filled([done, total], f"IF({total}=0,{of_nothing},{otherwise})")


def _falling(value: str, steps: list[tuple[str, str]]) -> str:
    """The points of the highest bound that the value reaches."""
    formula = NOTHING
    for bound, points in reversed(steps):
        formula = f"IF({value}>={bound},{points},{formula})"
    return formula


def _when_filled(cells: list[str], formula: str) -> str:
    return f"IF(COUNT({','.join(cells)})<{len(cells)},{NOTHING},{formula})"


def _share(maximum: Decimal, share: Decimal) -> str:
    return _n(points_of(Fraction(share) * Fraction(maximum)))


def _first(area: str) -> str:
    """The left column of a range of two: Sheet!$A$2:$B$5 → Sheet!$A$2:$A$5."""
    return area.replace("$B$", "$A$")


def _second(area: str) -> str:
    return area.replace("$A$", "$B$")
