"""From a rule and what an officer declared to proposed points with their reason.

Looks the kind up, checks its parameters, asks for what is missing. A person
may always enter other points; that is not decided here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from appraisal.scoring import words
from appraisal.scoring.kind import Choice, Declared, Input, Kind, Proposal, not_a_choice
from appraisal.scoring.kinds import READERS
from appraisal.scoring.numbers import (
    parse_count,
    parse_number,
    points_of,
    show,
)
from appraisal.scoring.params import Params

__all__ = [
    "KINDS",
    "BadRule",
    "Choice",
    "Input",
    "Proposal",
    "Rule",
    "check_params",
    "inputs",
    "kind_of",
    "parse_declared",
    "propose",
    "settle",
    "survey_points",
]

KINDS = tuple(words.KIND_LABELS)


class BadRule(ValueError):
    """A rule whose parameters cannot be used; `problems` are Vietnamese sentences."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Rule:
    """How one leaf is scored: a kind of `KINDS`, its maximum, its parameters (JSON shapes)."""

    kind: str
    max_points: Decimal
    params: Mapping[str, object] | None = field(default=None, hash=False)


def check_params(rule: Rule) -> list[str]:
    """Everything that is wrong with the rule, in Vietnamese; empty when it can be used."""
    return _read(rule)[1]


def inputs(rule: Rule) -> tuple[Input, ...]:
    """What an officer must declare, in the order to ask; empty where a person judges.

    Raises BadRule.
    """
    return _usable(rule).inputs()


def kind_of(rule: Rule) -> Kind:
    """The rule with its parameters read, for who writes it down another way. Raises BadRule."""
    return _usable(rule)


def settle(rule: Rule, declared: Declared, typed: Decimal | None) -> Decimal | None:
    """The points that a person means: those typed, or the rule's own where nothing was typed.

    Points typed as the rule shows them are exactly its own, so that a quotient keeps its digits.
    Raises BadRule, BadValue.
    """
    proposed = propose(rule, declared).points
    if proposed is not None and (
        typed is None or show(proposed, trim=True) == show(typed, trim=True)
    ):
        return proposed
    return typed


def propose(rule: Rule, declared: Declared) -> Proposal:
    """Points in 0…maximum from the declared values, with the reason as a Vietnamese sentence.

    Thresholds are compared on exact fractions; the quotient is rounded once, half up, at
    `POINT_PLACES`. Raises BadRule, and BadValue where a declared value is not of its kind.
    """
    kind = _usable(rule)
    missing = [asked for asked in kind.needs(declared) if declared.get(asked.name) in (None, "")]
    if missing:
        why = words.NEEDS.format(labels="; ".join(asked.label for asked in missing))
        return Proposal(None, False, why, tuple(asked.name for asked in missing))
    return kind.propose(declared)


def parse_declared(asked: Input, raw: str | Sequence[str]) -> bool | int | str | list[str] | None:
    """What a form sent for one input, as the value to store (JSON); None when left empty.

    Amounts are stored as text with a dot, so that no digit is lost. Raises BadValue.
    """
    if asked.kind == "items":
        ticked = [raw] if isinstance(raw, str) else list(raw)
        return [_choice(asked, value) for value in ticked if value]
    text = raw if isinstance(raw, str) else "".join(raw[:1])
    if not text.strip():
        return None
    if asked.kind == "count":
        return parse_count(text, asked.maximum)
    if asked.kind == "number":
        return f"{parse_number(text):f}"
    chosen = _choice(asked, text)
    return chosen == "yes" if asked.kind == "yes_no" else chosen


def survey_points(
    counts: Mapping[str, int], weights: Mapping[str, Decimal], max_points: Decimal
) -> Decimal | None:
    """Σ(answers × weight) / answers × maximum, half up at `POINT_PLACES`; None without answers.

    Weights lie in 0…1 and must name every answer counted (ValueError otherwise).
    """
    unknown = counts.keys() - weights.keys()
    if unknown or any(count < 0 for count in counts.values()):
        raise ValueError(f"answers without weight or negative counts: {sorted(unknown)}")
    if any(not 0 <= weight <= 1 for weight in weights.values()):
        raise ValueError("a weight lies outside 0…1")
    answers = sum(counts.values())
    if not answers:
        return None
    weighed = sum((n * Fraction(weights[name]) for name, n in counts.items()), Fraction(0))
    return points_of(weighed / answers * Fraction(max_points))


def _read(rule: Rule) -> tuple[Kind | None, list[str]]:
    reader = READERS.get(rule.kind)
    if reader is None:
        kinds = ", ".join(KINDS)
        return None, [words.UNKNOWN_KIND.format(kind=rule.kind, kinds=kinds)]
    if not rule.max_points.is_finite() or rule.max_points <= 0:
        return None, [words.BAD_MAXIMUM.format(value=rule.max_points)]
    params = Params(rule.params or {})
    return reader(rule.max_points, params), params.unknown()


def _usable(rule: Rule) -> Kind:
    kind, problems = _read(rule)
    if kind is None or problems:
        raise BadRule(problems)
    return kind


def _choice(asked: Input, value: str) -> str:
    if all(value != choice.value for choice in asked.choices):
        raise not_a_choice(value, asked.label)
    return value
