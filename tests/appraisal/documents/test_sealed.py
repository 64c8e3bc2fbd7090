"""The sealed snapshot as a text: one spelling, every figure counted anew, hostile JSON refused."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraisal import trail
from appraisal.documents import sealed
from appraisal.files.refusal import Refused
from appraisal.queries import results
from appraisal.states import DECIDING_STAGES
from tests.appraisal.council_stage import convened
from tests.cast import Cast

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.fixture
def snapshot(cast: Cast) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(results.seal(convened(cast)).text)
    return found


@given(VALUES)
def test_the_spelling_is_that_of_the_trail(value: Any) -> None:
    assert sealed.fingerprint(value) == trail.fingerprint(trail.canonical(value))


def test_the_stages_are_those_of_the_process() -> None:
    assert tuple(str(stage.value) for stage in DECIDING_STAGES) == sealed.STAGES


def test_however_it_is_indented_the_fingerprint_is_that_of_the_consolidation(cast: Cast) -> None:
    made = results.seal(convened(cast))
    for spelled in (
        made.text,
        json.dumps(json.loads(made.text), indent=2),
        "\ufeff" + json.dumps(json.loads(made.text), ensure_ascii=False, indent="\t") + "\n",
    ):
        assert sealed.fingerprint(sealed.read(spelled.encode())) == made.fingerprint


def test_a_snapshot_of_the_system_counts_to_what_it_says(snapshot: dict[str, Any]) -> None:
    assert sealed.recount(snapshot) == ()
    assert sealed.agencies(snapshot) == 3


def first(snapshot: dict[str, Any]) -> dict[str, Any]:
    agency: dict[str, Any] = snapshot["groups"][0]["agencies"][0]
    return agency


@pytest.mark.parametrize(
    ("what", "value"),
    [(figure, "99.5") for figure in sealed.FIGURES]
    + [("rank", 7), ("tied", True), ("grade", "Yếu")],
)
def test_a_figure_that_its_marks_do_not_give_is_named(
    snapshot: dict[str, Any], what: str, value: Any
) -> None:
    agency = snapshot["groups"][0]["agencies"][-1]
    assert agency[what] != value
    agency[what] = value
    (found,) = sealed.recount(snapshot)
    assert (found.agency, found.what, found.said) == (agency["name"], what, str(value))


def test_a_changed_mark_changes_what_is_counted(snapshot: dict[str, Any]) -> None:
    agency = first(snapshot)
    leaf = next(one for one in agency["leaves"] if one["effective"] == "appraisal")
    leaf["marks"]["appraisal"]["points"] = "0"
    changed = {found.what for found in sealed.recount(snapshot) if found.agency == agency["name"]}
    assert {"appraised", "total", "index"} <= changed


def test_a_stage_that_does_not_decide_is_named(snapshot: dict[str, Any]) -> None:
    leaf = next(one for one in first(snapshot)["leaves"] if one["effective"] == "appraisal")
    leaf["effective"] = "self"
    assert f"effective {leaf['code']}" in {found.what for found in sealed.recount(snapshot)}


def refused(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        sealed.recount(sealed.read(content))
    return caught.value.code


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe{}", b"{}", b'{"form": 1}',
        b'{"form": 1, "round": {}, "groups": {}}', b"[" * 100_000, b'{"a":' * 100_000,
        b'{"form": NaN, "round": {}, "groups": []}', b'{"form": 1.0, "round": {}, "groups": []}',
        b'{"form": 1, "form": 1, "round": {}, "groups": []}',
        b'{"form": ' + b"9" * 10_000 + b', "round": {}, "groups": []}',
        b'{"form": 1, "round": {}, "groups": [1]}',
    ],
)  # fmt: skip
def test_what_is_no_snapshot_is_refused_with_a_sentence(content: bytes) -> None:
    assert refused(content) in {"not_json", "not_a_snapshot", "incomplete_snapshot"}


def test_another_form_of_snapshot_is_called_that(snapshot: dict[str, Any]) -> None:
    snapshot["form"] = 2
    assert refused(json.dumps(snapshot).encode()) == "unknown_form"


@pytest.mark.parametrize(
    "number", ["1E+999999999", "NaN", "Infinity", "0x10", "", "٣", "1" * 60, "1e5", 5, []]
)
@pytest.mark.parametrize("where", ["figure", "points", "maximum", "band", "bonus_max"])
def test_a_number_that_no_snapshot_has_is_refused_at_once(
    snapshot: dict[str, Any], where: str, number: Any
) -> None:
    agency = first(snapshot)
    leaf = next(one for one in agency["leaves"] if one["effective"] == "appraisal")
    if where == "figure":
        agency["total"] = number
    elif where == "points":
        leaf["marks"]["appraisal"]["points"] = number
    elif where == "maximum":
        leaf["maximum"] = number
    elif where == "band":
        snapshot["round"]["bands"][0]["from"] = number
    else:
        snapshot["round"]["bonus_max"] = number
    assert refused(json.dumps(snapshot).encode()) == "incomplete_snapshot"


NEEDED = {
    "round": {"bands", "bonus_max", "penalty_max", "tie_rule", "display_decimals",
              "not_applicable_method"},
    "agency": {"name", "leaves", "rank", "tied", "grade", *sealed.FIGURES},
    "leaf": {"code", "kind", "maximum", "marks", "effective"},
}  # fmt: skip


@pytest.mark.parametrize("part", NEEDED)
def test_a_snapshot_without_a_needed_part_is_refused(snapshot: dict[str, Any], part: str) -> None:
    def place(found: dict[str, Any]) -> dict[str, Any]:
        whole = {"round": found["round"], "agency": first(found)}
        return whole.get(part) or first(found)["leaves"][0]

    for key in NEEDED[part]:
        changed = copy.deepcopy(snapshot)
        del place(changed)[key]
        with pytest.raises(Refused):
            sealed.recount(changed)
