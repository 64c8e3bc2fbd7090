"""What the score card says about one leaf in words: declared values, the proposal, points to press.

Pure: marks and rule in, text out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from appraisal import scoring
from appraisal.models import Criterion, Mark

MOST = 9  # one digit key each


class Offer(NamedTuple):
    """Points that one button gives: `text`, every digit, for the field; `shown` for the eye."""

    label: str
    points: Decimal
    text: str
    shown: str


def exact(points: Decimal | None) -> str:
    """Points with every digit that they carry; empty without points."""
    return "" if points is None else scoring.show(points, scoring.POINT_PLACES, trim=True)


def rule_of(criterion: Criterion) -> scoring.Rule:
    return scoring.Rule(criterion.kind, criterion.max_points, criterion.params)


def proposal(criterion: Criterion, own: Mark | None) -> scoring.Proposal | None:
    """What the rule gives for the values that the agency declared; None where it cannot."""
    if own is None:
        return None
    try:
        return scoring.propose(rule_of(criterion), own.declared)
    except (scoring.BadRule, scoring.BadValue):
        return None


def declared(criterion: Criterion, own: Mark | None) -> list[tuple[str, str]]:
    """The declared values as (label, words), in the order in which they are asked."""
    if own is None or not own.declared:
        return []
    try:
        asked = scoring.inputs(rule_of(criterion))
    except scoring.BadRule:
        return []
    return [
        (item.label, _said(item, own.declared[item.name]))
        for item in asked
        if own.declared.get(item.name) is not None
    ]


def _said(asked: scoring.Input, value: Any) -> str:
    labels = {choice.value: choice.label for choice in asked.choices}
    if asked.kind == "yes_no":
        return labels["yes" if value else "no"]
    if asked.kind == "items":
        return "; ".join(labels.get(item, str(item)) for item in value) or _("không có")
    text = labels.get(str(value), str(value).replace(".", ","))
    return f"{text} {asked.unit}".strip()


def offers(
    criterion: Criterion, proposed: scoring.Proposal | None, earlier: Mark | None
) -> list[Offer]:
    """Points by button, at most nine: the rule's own steps, or proposal, whole and nothing.

    `earlier` is the first mark, which a second one may keep.
    """
    found: dict[Decimal, Offer] = {}

    def add(label: str, points: Decimal | None) -> None:
        if points is not None and points not in found and len(found) < MOST:
            found[points] = Offer(label, points, exact(points), scoring.show(points, trim=True))

    if earlier is not None:
        add(_("Giữ điểm thẩm định lần 1"), earlier.points)
    steps = list(_steps(criterion))
    for label, points in steps:
        add(label, points)
    if proposed is not None:
        add(_("Theo quy tắc và số liệu kê khai"), proposed.points)
    if not steps:
        add(_("Điểm tối đa"), criterion.max_points)
        add(_("Không có điểm"), Decimal(0))
    return list(found.values())


def _steps(criterion: Criterion) -> Iterator[tuple[str, Decimal]]:
    """The steps that the rule knows: answers, levels, tiers with their shares."""
    try:
        asked = scoring.inputs(rule_of(criterion))
    except scoring.BadRule:
        return
    if len(asked) == 1 and asked[0].kind in {"yes_no", "choice"}:
        yield from ((choice.label, choice.points) for choice in asked[0].choices)
    elif criterion.kind == "tiers":
        for tier in criterion.params.get("tiers", []):
            share = Fraction(str(tier["share"])) * Fraction(criterion.max_points)
            yield _tier(tier), _points(share)


def _tier(tier: Mapping[str, Any]) -> str:
    if "from" in tier:
        bound = Decimal(str(tier["from"]))
        shown = f"{exact(bound * 100)}%" if 0 < bound <= 1 else exact(bound)
        return _("Từ %s") % shown
    days = tier.get("max_days_late")
    if days is None:
        return _("Chậm hơn, hoặc không thực hiện")
    if not days:
        return _("Đúng hạn")
    return _("Chậm không quá %s ngày") % int(days)


def _points(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(
        Decimal(1).scaleb(-scoring.POINT_PLACES)
    )
