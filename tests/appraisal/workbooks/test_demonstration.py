"""The demonstration sets are valid sheets of criteria."""

from decimal import Decimal

import pytest

from appraisal.workbooks.demonstration import FOLDER, demonstration_sheet

SETS = sorted(FOLDER.glob("*.json"))
SIZES = {"reconstructed-department": 51, "reconstructed-district": 50, "reconstructed-commune": 28}


def test_the_three_sets_are_there():
    assert {path.stem for path in SETS} == set(SIZES)


@pytest.mark.parametrize("path", SETS, ids=[path.stem for path in SETS])
def test_a_demonstration_set_has_no_problem_and_100_points(path):
    sheet = demonstration_sheet(path)
    assert sheet.problems == ()
    assert sheet.notes == ()
    assert sheet.total == Decimal(100)
    inside = [row for row in sheet.rows if row.is_leaf and not row.outside_total]
    assert len(inside) == SIZES[path.stem]
    assert {row.code for row in sheet.rows if row.outside_total} == {"T", "P"}
