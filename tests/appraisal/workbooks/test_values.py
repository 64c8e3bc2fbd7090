"""Cells to values: the strict rule for points, clean texts, comparable codes."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraisal.workbooks.survey import parse_survey
from appraisal.workbooks.table import Cell, Kind, address
from appraisal.workbooks.values import Unreadable, clean_text, code_key, points, shown
from tests.appraisal.workbooks.sheets import table

TABLES = Path(__file__).parents[2] / "attack_corpus" / "tables"
CASES = json.loads((TABLES / "numbers.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=[repr(case["text"])[:20] for case in CASES])
def test_points_typed_as_text_follow_the_table_of_numbers(case):
    sheet = parse_survey(
        table(("Mã cơ quan", "8.1"), ("SNV", case["text"])),
        {"SNV": "Sở Nội vụ"},
        {"8.1": Decimal(10)},
    )
    if case["decision"] == "accept":
        assert sheet.points == {("SNV", "8.1"): Decimal(case["value"])}
        assert sheet.problems == ()
    else:
        assert sheet.points == {}
        assert [problem.cell for problem in sheet.problems] == ["B2"]


@given(st.text(max_size=12))
def test_points_taken_from_any_text_are_finite_unsigned_and_have_two_decimals(text):
    try:
        value = points(Cell(1, 1, text))
    except Unreadable:
        return
    assert value.is_finite()
    assert not value.is_signed()
    assert value.as_tuple().exponent == -2
    assert Decimal(text.strip().replace(",", ".")) == value


@given(st.integers(0, 999999))
def test_every_number_with_two_decimals_survives_the_float_of_a_workbook(cents):
    value = Decimal(cents) / 100
    assert points(Cell(1, 1, repr(float(value)), Kind.NUMBER)) == value


@pytest.mark.parametrize("stored", ["0.305", "0.3001", "10000", "9999.999", "1e-8", "inf", "1e400"])
def test_a_stored_number_with_more_digits_or_out_of_range_is_refused(stored):
    with pytest.raises(Unreadable):
        points(Cell(1, 1, stored, Kind.NUMBER))


@given(st.text())
def test_clean_text_is_stable_and_can_be_stored_anywhere(text):
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert "\x00" not in cleaned
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned


def test_codes_are_compared_without_case_width_space_and_invisible_characters():
    assert code_key("I.1") == code_key(" ｉ.\u200b1") == code_key("i. 1")
    assert code_key("1.10") != code_key("1.1")


def test_a_value_is_shown_as_its_program_shows_it():
    assert shown(Cell(1, 1, "0.75", Kind.PERCENT)) == "0,75 (hiển thị 75%)"
    assert shown(Cell(1, 1, "45293", Kind.DATE)) == "02/01/2024"
    assert shown(Cell(1, 1, "1", Kind.BOOLEAN)) == "TRUE"
    assert shown(Cell(1, 1, "x" * 100)) == "x" * 60 + "…"


def test_addresses_count_columns_in_letters():
    assert [address(7, column) for column in (1, 26, 27, 52, 703)] == [
        "A7",
        "Z7",
        "AA7",
        "AZ7",
        "AAA7",
    ]
