"""The sealed snapshot as a text: its one spelling, its fingerprint, and its sums counted anew.

Pure: no database and no Django, so that a child process and an office without a network can do
it too. What the snapshot holds is said in `queries.results`; which one was approved in `papers`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NoReturn

from appraisal import scoring
from appraisal.files.refusal import Refused
from appraisal.files.refusal import gettext_noop as _

FORM: Final = 1
"""The form of snapshots that is understood here."""

STAGES: Final = ("council", "reappraisal", "appraisal", "survey")
"""The stages that may give the effective mark, the strongest first (as `states` has them)."""

UNREADABLE: Final = _("Tệp không phải là bản niêm phong JSON của hệ thống, hoặc đã hỏng.")
FIGURES: Final = ("appraised", "survey", "survey_maximum", "bonus", "penalty", "total", "maximum",
                  "index")  # fmt: skip

NUMBER: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,40})?")
MAX_PLACES: Final = 6

Snapshot = dict[str, Any]


def fingerprint(value: object) -> str:
    """The sha256 of a value in its one spelling; that of a snapshot is printed on its papers."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read(content: bytes) -> Snapshot:
    """The snapshot in the bytes of a JSON file, however it is indented.

    A name that comes twice would read differently in different programs, so it is refused, as is
    any number with a fraction: the snapshot spells those as texts. Raises Refused.
    """
    try:
        value = json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=_named_once,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError):
        raise Refused(UNREADABLE, "not_json") from None
    if not is_snapshot(value):
        raise Refused(UNREADABLE, "not_a_snapshot")
    return dict(value)


def is_snapshot(value: object) -> bool:
    """Whether a JSON value has the head of a snapshot."""
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("form"), int)
        and isinstance(value.get("round"), Mapping)
        and isinstance(value.get("groups"), list)
    )


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"a number that no snapshot has: {text[:20]}")


@dataclass(frozen=True)
class Difference:
    """One figure that the snapshot says otherwise than its own marks give."""

    agency: str
    what: str
    said: str
    counted: str


def recount(snapshot: Snapshot) -> tuple[Difference, ...]:
    """Every agency's sums, index, rank and grade counted from the marks, against what is said.

    Raises Refused for a form that is not known here or a snapshot without what it must hold.
    """
    if snapshot.get("form") != FORM:
        raise Refused(
            _("Bản niêm phong thuộc phiên bản khác; hãy dùng bản phần mềm mới hơn để kiểm tra."),
            "unknown_form",
        )
    try:
        settings, bands = _settings(snapshot["round"]), _bands(snapshot["round"])
        return tuple(
            difference
            for group in snapshot["groups"]
            for difference in _recount(group, settings, bands)
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise Refused(UNREADABLE, "incomplete_snapshot") from None


def agencies(snapshot: Snapshot) -> int:
    """How many agencies the snapshot ranks."""
    return sum(len(group["agencies"]) for group in snapshot["groups"])


def _number(text: str) -> Decimal:
    """A figure as the snapshot spells it; ValueError for any other spelling, such as 1E+9999999."""
    if not NUMBER.fullmatch(text):
        raise ValueError("a number that no snapshot has")
    return Decimal(text)


def _settings(said: Mapping[str, Any]) -> scoring.Settings:
    if not 0 <= said["display_decimals"] <= MAX_PLACES:
        raise ValueError("places that no round has")
    return scoring.Settings(
        not_applicable_method=said["not_applicable_method"],
        bonus_max=_number(said["bonus_max"]),
        penalty_max=_number(said["penalty_max"]),
        tie_rule=said["tie_rule"],
        display_places=said["display_decimals"],
    )


def _bands(said: Mapping[str, Any]) -> tuple[scoring.Band, ...]:
    return tuple(
        scoring.Band(band["name"], _number(band["from"]), bool(band["inclusive"]))
        for band in said["bands"]
    )


def _recount(
    group: Mapping[str, Any], settings: scoring.Settings, bands: tuple[scoring.Band, ...]
) -> Iterator[Difference]:
    members: list[Mapping[str, Any]] = group["agencies"]
    totals = [_total(member, settings) for member in members]
    ranks = scoring.rank(
        [
            scoring.Entry(place, counted.index, counted.appraised.achieved)
            for place, counted in enumerate(totals)
        ],
        settings.tie_rule,
    )
    for place, (member, counted) in enumerate(zip(members, totals, strict=True)):
        name = member["name"]
        figures = {
            "appraised": counted.appraised.achieved,
            "survey": counted.survey.achieved,
            "survey_maximum": counted.survey.maximum,
            "bonus": counted.bonus,
            "penalty": counted.penalty,
            "total": counted.achieved,
            "maximum": counted.maximum,
            "index": counted.index,
        }
        for what in FIGURES:
            if _number(member[what]) != figures[what]:
                yield Difference(name, what, str(member[what]), f"{figures[what]:f}")
        grade = scoring.grade(counted.index, bands).name if bands else ""
        for what, right in (
            ("rank", ranks[place].place), ("tied", ranks[place].tied), ("grade", grade),
        ):  # fmt: skip
            if member[what] != right:
                yield Difference(name, what, str(member[what]), str(right))
        for leaf in member["leaves"]:
            effective = _effective(leaf)
            if leaf["effective"] != effective:
                yield Difference(name, f"effective {leaf['code']}", leaf["effective"], effective)


def _effective(leaf: Mapping[str, Any]) -> str:
    return next((stage for stage in STAGES if stage in leaf["marks"]), "")


def _total(member: Mapping[str, Any], settings: scoring.Settings) -> scoring.Total:
    leaves, scores = [], {}
    for leaf in member["leaves"]:
        code, kind = leaf["code"], leaf["kind"]
        leaves.append(scoring.Leaf(code, "", _number(leaf["maximum"]), kind, scoring.part_of(kind)))
        if effective := _effective(leaf):
            mark = leaf["marks"][effective]
            points = mark["points"]
            scores[code] = scoring.Score(
                None if points is None else _number(points), bool(mark["not_applicable"])
            )
    return scoring.total(leaves, scores, settings)
