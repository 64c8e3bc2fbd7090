"""The rules of a criteria sheet, one test per rule."""

import json
from decimal import Decimal

import pytest

from appraisal.files.refusal import Refused
from appraisal.workbooks.criteria import CriteriaSheet, parse_criteria
from appraisal.workbooks.problems import MAX_PROBLEMS
from appraisal.workbooks.table import Kind, Merge, Table
from tests.appraisal.workbooks.sheets import HEADER, criteria, found, table

FULL = (*HEADER, "Cách tính", "Tham số", "Cơ quan thẩm định", "Cho phép không áp dụng")


def test_a_tree_is_read_with_its_depth_position_and_leaves():
    sheet = criteria(
        ("1", "", "Chỉ đạo", "100"), ("1.1", "1", "Kế hoạch", "99,5"), ("1.2", "1", "Khác", "0.5")
    )
    assert sheet.problems == ()
    assert sheet.notes == ()
    assert [
        (r.code, r.parent_code, r.depth, r.position, r.is_leaf, r.cell) for r in sheet.rows
    ] == [
        ("1", None, 1, 1, False, "A2"),
        ("1.1", "1", 2, 2, True, "A3"),
        ("1.2", "1", 2, 3, True, "A4"),
    ]
    assert [r.kind for r in sheet.rows] == ["group", "manual", "manual"]
    assert sheet.rows[2].max_points == Decimal("0.50")


def test_headers_are_found_below_a_title_in_any_order_case_and_spacing():
    sheet = criteria(
        ("ĐIỂM  TỐI ĐA", "nội dung tiêu chí", "Mã cha", " mã tiêu chí "),
        ("5", "Một", "", "1"),
        header=("Bộ tiêu chí năm 2020",),
    )
    assert [(r.code, r.max_points) for r in sheet.rows] == [("1", Decimal(5))]


def test_a_file_without_the_header_is_refused_with_expected_and_found():
    with pytest.raises(Refused) as refused:
        criteria(("1", "x"), header=("Mã", "Điểm"))
    assert "“Nội dung tiêu chí”" in refused.value.sentence
    assert "“Mã”, “Điểm”" in refused.value.sentence


def test_a_header_without_rows_is_refused():
    with pytest.raises(Refused, match="empty_sheet"):
        criteria()


@pytest.mark.parametrize("twin", ["a.1", "Ａ.1"])
def test_codes_that_look_the_same_collide(twin):
    sheet = criteria(("A.1", "", "x", "1"), (twin, "", "y", "1"))
    assert found(sheet, blocking=True) == ["A3"]
    assert "ô A2" in sheet.problems[0].sentence


@pytest.mark.parametrize("code", ["1.\u200b1", "=1", "1 1", "a" * 21, "<b>"])
def test_a_code_with_strange_or_invisible_characters_is_a_problem(code):
    assert found(criteria((code, "", "x", "1")), blocking=True) == ["A2"]


def test_a_fractional_code_stored_as_a_number_is_a_warning():
    sheet = criteria(("1", "", "x", "1"), (("1.2", Kind.NUMBER), ("1", Kind.NUMBER), "y", "1"))
    assert found(sheet, blocking=False) == ["A3"]
    assert [row.code for row in sheet.rows] == ["1", "1.2"]


def test_a_cycle_is_a_problem_at_each_of_its_rows_only():
    rows = [("a", "c", "x", "1"), ("b", "a", "x", "1"), ("c", "b", "x", "1"), ("d", "a", "x", "1")]
    assert found(criteria(*rows), blocking=True) == ["B2", "B3", "B4"]


def test_a_sixth_level_is_a_problem():
    rows = [(f"n{i}", f"n{i - 1}" if i else "", "x", "1") for i in range(6)]
    assert found(criteria(*rows), blocking=True) == ["A7"]
    assert criteria(*rows[:5]).problems == ()


def test_five_thousand_rows_in_one_cycle_are_judged_quickly():
    rows = [(f"n{i}", f"n{(i + 1) % 4000}", "x", "1") for i in range(4999)]
    sheet = criteria(*rows)
    assert len(sheet.problems) == MAX_PROBLEMS + 1
    assert sheet.problems[-1].sentence == (
        "Còn 4799 vấn đề nữa không liệt kê. Hãy sửa các ô trên rồi nhập lại."
    )
    assert sheet.blocked


def test_a_parent_that_is_not_the_sum_of_its_children_is_a_warning():
    sheet = criteria(("1", "", "x", "10"), ("1.1", "1", "y", "9,99"))
    assert found(sheet, blocking=False) == ["D2"]
    assert "là 9,99, khác điểm của “1” là 10." in sheet.problems[0].sentence
    assert len(sheet.rows) == 2


def test_a_whole_that_is_not_100_is_noted():
    assert "99,5" in criteria(("1", "", "x", "99,5")).notes[0]


def test_bonus_and_penalty_lie_outside_the_total():
    sheet = criteria(
        ("1", "", "x", "100", "Chuyên gia chấm"),
        ("T", "", "Điểm thưởng", "2", "Điểm thưởng"),
        ("N", "", "Nhóm trừ", "2", "Nhóm"),
        ("N.1", "N", "Điểm trừ", "2", "điểm trừ"),
        header=FULL,
    )
    assert sheet.problems == ()
    assert [row.outside_total for row in sheet.rows] == [False, True, True, True]
    assert sheet.total == 100


def test_bonus_may_not_share_a_group_with_other_criteria():
    sheet = criteria(
        ("1", "", "x", "3", "Nhóm"),
        ("1.1", "1", "y", "1", "bonus"),
        ("1.2", "1", "z", "2", "manual"),
        header=FULL,
    )
    assert found(sheet, blocking=True) == ["A2"]


@pytest.mark.parametrize("kind", ["Tỷ lệ", "tỷ  lệ", "proportional", "PROPORTIONAL"])
def test_a_kind_of_rule_is_known_by_its_vietnamese_and_its_english_name(kind):
    sheet = criteria(("1", "", "x", "2", kind, "tử số=a; mẫu số=b"), header=FULL)
    assert sheet.problems == ()
    assert (sheet.rows[0].kind, sheet.rows[0].params) == (
        "proportional",
        {"numerator": "a", "denominator": "b"},
    )


def test_a_leaf_cannot_be_a_group_and_a_parent_must_be_one():
    sheet = criteria(("1", "", "x", "2", "Tỷ lệ"), ("1.1", "1", "y", "2", "Nhóm"), header=FULL)
    assert found(sheet, blocking=True) == ["E2", "E3"]


def test_parameters_that_do_not_fit_the_kind_are_a_problem_at_their_cell():
    sheet = criteria(("1", "", "x", "2", "Danh mục", "số nội dung=2"), header=FULL)
    assert set(found(sheet, blocking=True)) == {"F2"}


@pytest.mark.parametrize("written", ["SNV", "snv", "Sở Nội vụ"])
def test_an_appraiser_is_known_by_code_or_name(written):
    sheet = criteria(("1", "", "x", "2", "", "", written), header=FULL)
    assert sheet.rows[0].appraiser_code == "SNV"


def test_an_unknown_appraiser_is_a_problem_that_lists_the_known_ones():
    sheet = criteria(("1", "", "x", "2", "", "", "ABC"), header=FULL)
    assert found(sheet, blocking=True) == ["G2"]
    assert "SNV, STP" in sheet.problems[0].sentence


@pytest.mark.parametrize(
    ("written", "allowed"), [("Có", True), ("x", True), ("", False), ("không", False)]
)
def test_not_applicable_is_yes_or_no(written, allowed):
    sheet = criteria(("1", "", "x", "2", "", "", "", written), header=FULL)
    assert sheet.rows[0].na_allowed is allowed


def test_any_other_answer_about_not_applicable_is_a_problem():
    sheet = criteria(("1", "", "x", "2", "", "", "", "tùy"), header=FULL)
    assert found(sheet, blocking=True) == ["H2"]


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        (("", "", "x", "1"), "A2"),
        (("1", "", "", "1"), "C2"),
        (("1", "", "x", ""), "D2"),
        (("1", "", "x", "0"), "D2"),
        (("1", "", "x" * 5001, "1"), "C2"),
        (("1", "", ("#REF!", Kind.ERROR), "1"), "C2"),
        (("1", "", ("1", Kind.FORMULA), "1"), "C2"),
    ],
)
def test_a_row_with_a_gap_or_a_broken_cell_is_a_problem(row, cell):
    sheet = criteria(row)
    assert sheet.blocked
    assert not sheet.rows
    assert found(sheet, blocking=True) == [cell]


def test_a_column_that_the_template_does_not_know_is_a_warning():
    sheet = criteria(("1", "", "x", "1", "80%"), header=(*HEADER, "Cach tinh"))
    assert found(sheet, blocking=False) == ["E1"]


def test_merged_cells_in_a_column_that_is_read_are_a_problem():
    plain = table(HEADER, ("1", "", "x", "1"))
    from_c = Table(plain.sheet, plain.rows, merges=(Merge(2, 3, 2, 4),))
    elsewhere = Table(plain.sheet, plain.rows, merges=(Merge(2, 7, 3, 8),))
    assert found(parse_criteria(from_c, {}), blocking=True) == ["C2:D2"]
    assert parse_criteria(elsewhere, {}).problems == ()


def test_what_the_preview_keeps_is_json_and_comes_back_the_same():
    sheet = criteria(
        ("1", "", "x", "10"),
        ("1.1", "1", "y", "9", "Danh mục", '{"items": 9, "points_each": 1}'),
        header=FULL,
    )
    assert sheet.problems
    assert sheet.rows
    assert CriteriaSheet.from_json(json.loads(json.dumps(sheet.to_json()))) == sheet
