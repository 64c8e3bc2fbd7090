"""Three hands on one row: who changed it decides what may happen to it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraisal.workbooks.merging import Fate, Merged, merge

OLD, MINE, THEIRS = {"points": "1"}, {"points": "2"}, {"points": "3"}
VERSIONS = st.none() | st.fixed_dictionaries(
    {"points": st.sampled_from(["1", "2"]), "reason": st.sampled_from(["", "Đủ"])}
)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "fate"),
    [
        (OLD, OLD, OLD, Fate.UNCHANGED),
        (None, None, None, Fate.UNCHANGED),
        (OLD, MINE, OLD, Fate.MINE),
        (None, MINE, None, Fate.MINE),
        (OLD, None, OLD, Fate.MINE),
        (OLD, OLD, THEIRS, Fate.THEIRS),
        (None, None, THEIRS, Fate.THEIRS),
        (OLD, MINE, MINE, Fate.SAME),
        (OLD, None, None, Fate.SAME),
        (OLD, MINE, THEIRS, Fate.CONFLICT),
        (None, MINE, THEIRS, Fate.CONFLICT),
        (OLD, MINE, None, Fate.CONFLICT),
    ],
)
def test_who_changed_a_row_is_its_fate(base, mine, theirs, fate):
    (row,) = merge({"1": base}, {"1": mine}, {"1": theirs})
    assert row.fate is fate
    assert row.may_be_taken == (fate in {Fate.MINE, Fate.CONFLICT})
    assert row.is_taken_by_default == (fate is Fate.MINE)


@given(VERSIONS, VERSIONS, VERSIONS)
def test_what_others_changed_is_never_taken_by_default(base, mine, theirs):
    row = Merged("1", base, mine, theirs)
    assert not row.is_taken_by_default or theirs == base
    assert row.may_be_taken == (mine not in (base, theirs))


@given(VERSIONS, VERSIONS, VERSIONS)
def test_a_row_survives_being_kept_as_json(base, mine, theirs):
    row = Merged("1.1", base, mine, theirs)
    assert Merged.from_json(json.loads(json.dumps(row.to_json()))) == row


def test_rows_keep_the_order_of_the_file():
    found = merge({}, {"2": None, "10": None, "1": None}, {"1": OLD})
    assert [row.key for row in found] == ["2", "10", "1"]
