"""From the marks of one dossier to its totals, its index, and the derivation of both.

Not here: proposals per leaf, and comparing agencies (`ranking`).

The index, in one fraction with one division at its end (A, S: maxima of the appraised and survey
parts; a, s: points; rA, rS: maxima of the leaves accepted as not applicable; b, p: bonus, penalty):

    scale_all         (a + s) / (A + S − rA − rS) + (b − p) / (A + S)
    scale_appraised   (a × A / (A − rA) + s) / (A + S − rS) + (b − p) / (A + S)

Bonus and penalty lie outside the maximum and weigh the same for every agency: removal of leaves
does not scale them. With the appraised part removed whole, both methods measure the survey alone.
With everything removed the index is 0 and `Total.measurable` is false.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from decimal import Decimal, localcontext
from typing import Literal, get_args

from appraisal.scoring import words
from appraisal.scoring.numbers import EXACT, QUOTIENT, rounded, show_full

Part = Literal["appraised", "survey", "bonus", "penalty"]
Method = Literal["scale_all", "scale_appraised"]
TieRule = Literal["shared", "appraised_points"]

_ZERO = Decimal(0)
_HUNDRED = Decimal(100)
# Running sums, in the order of PartTotal's fields.
_ACHIEVED, _MAXIMUM, _REMOVED = range(3)
_OTHER_PARTS: dict[str, Part] = {"survey": "survey", "bonus": "bonus", "penalty": "penalty"}


def part_of(kind: str) -> Part:
    """The part of the index that a leaf of this kind belongs to."""
    if kind == "group":
        raise ValueError("a group has no points of its own")
    return _OTHER_PARTS.get(kind, "appraised")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One criterion that carries points; `field` is the code of its field (lĩnh vực)."""

    code: str
    field: str
    max_points: Decimal
    kind: str
    part: Part


@dataclass(frozen=True, slots=True)
class Score:
    """The effective mark of a leaf; points None: not yet scored."""

    points: Decimal | None
    not_applicable: bool = False


@dataclass(frozen=True)
class Settings:
    """What a round decides about the arithmetic."""

    not_applicable_method: Method = "scale_all"
    bonus_max: Decimal = _ZERO
    penalty_max: Decimal = _ZERO
    tie_rule: TieRule = "shared"
    display_places: int = 2

    def __post_init__(self) -> None:
        if self.not_applicable_method not in get_args(Method):
            raise ValueError(f"unknown method: {self.not_applicable_method}")
        if self.tie_rule not in get_args(TieRule):
            raise ValueError(f"unknown tie rule: {self.tie_rule}")
        if not (self.bonus_max >= 0 and self.penalty_max >= 0 and self.display_places >= 0):
            raise ValueError("caps and display places are not negative")


@dataclass(frozen=True)
class PartTotal:
    """Points of one part; `maximum` is full, `removed` of it is not applicable."""

    achieved: Decimal
    maximum: Decimal
    removed: Decimal

    @property
    def reachable(self) -> Decimal:
        return EXACT.subtract(self.maximum, self.removed)

    @property
    def component_index(self) -> Decimal | None:
        """Percent of what could be reached, unrounded; None when all of it is removed."""
        return component_index(self.achieved, self.reachable)


@dataclass(frozen=True)
class FieldTotal(PartTotal):
    """Points of one field, survey leaves in it included."""

    code: str = dataclass_field(kw_only=True)


@dataclass(frozen=True)
class Step:
    """One line of a derivation; `value` is unrounded, in `unit` ("điểm" or "%")."""

    label: str
    expression: str
    value: Decimal | None
    unit: str


@dataclass(frozen=True)
class Total:
    """Everything that is counted for one dossier. All values are unrounded."""

    fields: tuple[FieldTotal, ...]
    appraised: PartTotal
    survey: PartTotal
    bonus_entered: Decimal
    penalty_entered: Decimal
    bonus: Decimal
    penalty: Decimal
    index: Decimal
    not_applicable: tuple[str, ...]
    missing: tuple[str, ...]
    settings: Settings

    @property
    def removed(self) -> Decimal:
        return EXACT.add(self.appraised.removed, self.survey.removed)

    @property
    def full_maximum(self) -> Decimal:
        return EXACT.add(self.appraised.maximum, self.survey.maximum)

    @property
    def maximum(self) -> Decimal:
        """The maximum that this agency could reach."""
        return EXACT.subtract(self.full_maximum, self.removed)

    @property
    def achieved(self) -> Decimal:
        """Appraised and survey points as given, with bonus and penalty; never scaled."""
        given = EXACT.add(self.appraised.achieved, self.survey.achieved)
        return EXACT.add(given, EXACT.subtract(self.bonus, self.penalty))

    @property
    def measurable(self) -> bool:
        return self.maximum > 0

    @property
    def steps(self) -> tuple[Step, ...]:
        """The derivation, line by line: pages, papers and snapshot print these same lines."""
        return tuple(_derive(self))


def component_index(achieved: Decimal, maximum: Decimal) -> Decimal | None:
    """achieved / maximum × 100, unrounded (28 digits); None where the maximum is 0."""
    if not maximum:
        return None
    return QUOTIENT.divide(EXACT.multiply(achieved, _HUNDRED), maximum)


def total(leaves: Sequence[Leaf], scores: Mapping[str, Score], settings: Settings) -> Total:
    """Adds one dossier up. `scores` maps leaf codes to effective marks.

    A leaf without points counts 0 and is named in `missing`. Raises ValueError for points outside
    0…maximum, a code that comes twice, or a mark of no leaf.
    """
    fields: dict[str, list[Decimal]] = {}
    parts: dict[str, list[Decimal]] = {
        part: [_ZERO, _ZERO, _ZERO] for part in ("appraised", "survey", "bonus", "penalty")
    }
    removed: list[str] = []
    missing: list[str] = []
    found = 0
    with localcontext(EXACT):
        for leaf in leaves:
            sums = [parts[leaf.part]]
            inside = leaf.part in ("appraised", "survey")
            if inside:
                sums.append(fields.setdefault(leaf.field, [_ZERO, _ZERO, _ZERO]))
            for kept in sums:
                kept[_MAXIMUM] += leaf.max_points
            score = scores.get(leaf.code)
            found += score is not None
            if score is not None and score.not_applicable:
                if inside:
                    removed.append(leaf.code)
                for kept in sums:
                    kept[_REMOVED] += leaf.max_points
            elif score is None or score.points is None:
                if inside:
                    missing.append(leaf.code)
            elif not _ZERO <= score.points <= leaf.max_points:
                raise ValueError(f"{leaf.code}: {score.points} outside 0…{leaf.max_points}")
            else:
                for kept in sums:
                    kept[_ACHIEVED] += score.points
    if found != len(scores) or len({leaf.code for leaf in leaves}) != len(leaves):
        raise ValueError("marks of no leaf, or a leaf code that comes twice")
    appraised, survey = PartTotal(*parts["appraised"]), PartTotal(*parts["survey"])
    bonus_entered, penalty_entered = parts["bonus"][_ACHIEVED], parts["penalty"][_ACHIEVED]
    bonus = min(bonus_entered, settings.bonus_max)
    penalty = min(penalty_entered, settings.penalty_max)
    return Total(
        fields=tuple(FieldTotal(*sums, code=code) for code, sums in fields.items()),
        appraised=appraised,
        survey=survey,
        bonus_entered=bonus_entered,
        penalty_entered=penalty_entered,
        bonus=bonus,
        penalty=penalty,
        index=_index(appraised, survey, bonus, penalty, settings.not_applicable_method),
        not_applicable=tuple(removed),
        missing=tuple(missing),
        settings=settings,
    )


def _index(
    appraised: PartTotal, survey: PartTotal, bonus: Decimal, penalty: Decimal, method: Method
) -> Decimal:
    """The module's formula; everything is exact up to the one division, so equal stays equal."""
    full = EXACT.add(appraised.maximum, survey.maximum)
    with localcontext(EXACT):
        if method == "scale_appraised" and appraised.reachable:
            points = appraised.achieved * appraised.maximum + survey.achieved * appraised.reachable
            reach = (appraised.maximum + survey.reachable) * appraised.reachable
        else:
            points = appraised.achieved + survey.achieved
            reach = appraised.reachable + survey.reachable
        if not reach:
            return _ZERO
        above = points * full + (bonus - penalty) * reach
        if above <= 0:
            return _ZERO
        return QUOTIENT.divide(above * _HUNDRED, reach * full)


def _derive(counted: Total) -> list[Step]:
    appraised, survey, settings = counted.appraised, counted.survey, counted.settings
    steps = [_field_step(field) for field in counted.fields]
    for label, part in ((words.STEP_APPRAISED, appraised), (words.STEP_SURVEY, survey)):
        if part.maximum:
            steps.append(_points_step(label, _of(part), part.achieved))
    if counted.removed:
        expression = f"{show_full(counted.full_maximum)} − {show_full(counted.removed)}"
        steps.append(_points_step(words.STEP_MAXIMUM, expression, counted.maximum))
    steps += _cap_steps(counted)
    expression = f"{show_full(appraised.achieved)} + {show_full(survey.achieved)}"
    extra = ""
    if counted.bonus or counted.penalty:
        extra = f" + {show_full(counted.bonus)} − {show_full(counted.penalty)}"
    steps.append(_points_step(words.STEP_ACHIEVED, expression + extra, counted.achieved))
    scaled = (
        settings.not_applicable_method == "scale_appraised"
        and appraised.removed
        and appraised.reachable
    )
    if scaled:
        value = QUOTIENT.divide(
            EXACT.multiply(appraised.achieved, appraised.maximum), appraised.reachable
        )
        expression = (
            f"{show_full(appraised.achieved)} / {show_full(appraised.reachable)}"
            f" × {show_full(appraised.maximum)}"
        )
        steps.append(_points_step(words.STEP_SCALED, expression, value))
    steps.append(Step(words.STEP_INDEX, _index_expression(counted), counted.index, "%"))
    places = settings.display_places
    shown = rounded(counted.index, places)
    return [*steps, Step(words.STEP_SHOWN, words.ROUNDED.format(places=places), shown, "%")]


def _index_expression(counted: Total) -> str:
    """The formula with this dossier's numbers, on which the index can be checked by hand."""
    if not counted.measurable:
        return words.NO_INDEX
    appraised, survey = counted.appraised, counted.survey
    first, reach = show_full(appraised.achieved), counted.maximum
    if counted.settings.not_applicable_method == "scale_appraised" and appraised.reachable:
        reach = EXACT.add(appraised.maximum, survey.reachable)
        if appraised.removed:
            first += f" / {show_full(appraised.reachable)} × {show_full(appraised.maximum)}"
    expression = f"({first} + {show_full(survey.achieved)}) / {show_full(reach)} × 100"
    if counted.bonus or counted.penalty:
        balance = f"({show_full(counted.bonus)} − {show_full(counted.penalty)})"
        expression += f" + {balance} / {show_full(counted.full_maximum)} × 100"
        if not counted.index:
            return words.FLOORED.format(expression=expression)
    return expression


def _field_step(field: FieldTotal) -> Step:
    label = words.STEP_FIELD.format(code=field.code)
    if not field.reachable:
        return Step(label, words.NO_FIELD, None, "%")
    expression = f"{show_full(field.achieved)} / {show_full(field.reachable)} × 100"
    return Step(label, expression, field.component_index, "%")


def _cap_steps(counted: Total) -> list[Step]:
    settings = counted.settings
    return [
        _points_step(
            label,
            words.CAP_STEP.format(entered=show_full(entered), cap=show_full(cap)),
            value,
        )
        for label, entered, cap, value in (
            (words.STEP_BONUS, counted.bonus_entered, settings.bonus_max, counted.bonus),
            (words.STEP_PENALTY, counted.penalty_entered, settings.penalty_max, counted.penalty),
        )
        if entered
    ]


def _points_step(label: str, expression: str, value: Decimal) -> Step:
    return Step(label, expression, value, words.POINTS)


def _of(part: PartTotal) -> str:
    return words.OF_MAXIMUM.format(
        achieved=show_full(part.achieved), maximum=show_full(part.reachable)
    )
