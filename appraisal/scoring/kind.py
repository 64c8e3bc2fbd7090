"""What all kinds of rule share: inputs, proposals, and reading one declared value."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from appraisal.scoring import words
from appraisal.scoring.numbers import (
    BadNumber,
    BadValue,
    points_of,
    quoted,
    read_decimal,
    show_full,
    show_ratio,
)

InputKind = Literal["yes_no", "choice", "count", "number", "items"]
Declared = Mapping[str, object]


@dataclass(frozen=True)
class Choice:
    """One answer of a closed input; `points` is what it brings by itself."""

    value: str
    label: str
    points: Decimal


@dataclass(frozen=True)
class Input:
    """One thing that an officer declares, stored under `name`."""

    name: str
    label: str
    kind: InputKind
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    required: bool = True
    maximum: int | None = None


@dataclass(frozen=True)
class Proposal:
    """What a rule proposes: points in 0…maximum, or none, with the reason in Vietnamese.

    `missing` names the inputs that are still to be declared; while there are any, nothing is
    proposed. No points, nothing missing and not `not_applicable`: a person has to decide.
    """

    points: Decimal | None
    not_applicable: bool
    why: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind(ABC):
    """A rule whose parameters have been read. `max_points` is the leaf's maximum."""

    max_points: Decimal

    def inputs(self) -> tuple[Input, ...]:
        return ()

    def needs(self, declared: Declared) -> tuple[Input, ...]:
        """The inputs without which nothing can be proposed."""
        return tuple(asked for asked in self.inputs() if asked.required)

    @abstractmethod
    def propose(self, declared: Declared) -> Proposal:
        """Called once everything that `needs` names is declared. Raises BadValue."""

    def give(self, exact: Fraction, template: str, **said: object) -> Proposal:
        """Points from an exact value; the template may also ask for points, equals, maximum."""
        points = points_of(exact)
        why = template.format(
            points=show_full(points),
            equals="=" if Fraction(points) == exact else "≈",
            maximum=show_full(self.max_points),
            **said,
        )
        return Proposal(points, not_applicable=False, why=why)


def not_a_choice(value: object, label: str) -> BadValue:
    return BadValue(words.NOT_A_CHOICE.format(text=quoted(str(value)), label=label))


def yes_no(declared: Declared, name: str, label: str) -> bool:
    value = declared[name]
    if isinstance(value, bool):
        return value
    raise not_a_choice(value, label)


def amount(declared: Declared, name: str) -> Fraction:
    return Fraction(read_decimal(declared[name]))


def whole(declared: Declared, name: str) -> int:
    number = read_decimal(declared[name])
    if number != int(number):
        raise BadNumber(words.NOT_WHOLE.format(text=show_full(number)))
    return int(number)


def percent(share: Decimal) -> str:
    return show_ratio(Fraction(share))
