"""What a person may type as points, counts and amounts, and how numbers are shown."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraisal.scoring import (
    BadNumber,
    parse_count,
    parse_number,
    parse_points,
    show,
    show_ratio,
)

TABLE = Path(__file__).parents[1] / "attack_corpus" / "tables" / "numbers.json"
CASES = json.loads(TABLE.read_text(encoding="utf-8"))["cases"]
TEN = Decimal(10)

typed_points = st.decimals(0, 100, places=2)


@pytest.mark.parametrize("case", CASES, ids=lambda case: repr(case["text"])[:24])
def test_typed_points_are_read_as_the_attack_table_says(case):
    if case["decision"] == "accept":
        assert parse_points(case["text"], TEN) == Decimal(case["value"])
        return
    with pytest.raises(BadNumber) as refused:
        parse_points(case["text"], TEN)
    assert refused.value.sentence.endswith(".")
    assert len(refused.value.sentence) < 160
    assert "\0" not in refused.value.sentence


def test_the_table_has_accepted_and_refused_rows():
    assert {case["decision"] for case in CASES} == {"accept", "reject"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Chưa nhập điểm"),
        ("1.500", "hai cách"),
        ("0,755", "quá 2 chữ số"),
        ("1.234,5", "nhiều dấu phân cách"),
        ("10,01", "10,01 vượt quá mức tối đa 10"),
        ("-0,01", "dấu cộng hoặc trừ"),
        ("5%", "dấu %"),
        (".5", "thiếu chữ số"),
        ("12345", "quá dài"),
        ("5 điểm", "không phải là số"),
        ("5\n5", "5�5"),
    ],
)
def test_a_refused_number_is_told_what_is_wrong_with_it(text, says):
    with pytest.raises(BadNumber) as refused:
        parse_points(text, TEN)
    assert says in refused.value.sentence


def test_the_maximum_itself_is_accepted_even_when_it_has_decimals():
    assert parse_points("1,25", Decimal("1.250000")) == Decimal("1.25")


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_number_in_range_or_refused(text):
    try:
        points = parse_points(text, TEN)
    except BadNumber:
        return
    assert 0 <= points <= TEN
    assert not points.is_signed()
    assert points == round(points, 2)


@given(typed_points)
def test_shown_points_can_be_typed_back(points):
    assert parse_points(show(points), Decimal(100)) == points
    assert parse_points(show(points, trim=True), Decimal(100)) == points


@pytest.mark.parametrize("text", ["", "1.500", "1,5", "-1", "1e3", "٣", "1 500", "1234567890"])
def test_a_count_is_a_plain_whole_number(text):
    with pytest.raises(BadNumber):
        parse_count(text)


def test_a_count_is_trimmed_and_may_have_a_maximum():
    assert parse_count(" 18\u00a0") == 18
    with pytest.raises(BadNumber, match="3 vượt quá mức tối đa 2"):
        parse_count("3", 2)


@pytest.mark.parametrize("text", ["", "12.345", "1.234,5", "-1", "NaN", "1234567890123"])
def test_an_amount_follows_the_same_strict_grammar_as_points(text):
    with pytest.raises(BadNumber):
        parse_number(text)


def test_an_amount_may_be_as_large_as_a_budget():
    assert parse_number("123456789012,25") == Decimal("123456789012.25")


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        ("78.38777777", 2, "78,39"),
        ("0.005", 2, "0,01"),
        ("0.004999999999999999999999999999999999", 2, "0,00"),
        ("-0.001", 2, "0,00"),
        ("-1.005", 2, "-1,01"),
        ("1234567.5", 2, "1234567,50"),
        ("81.3333333", 3, "81,333"),
        ("88.5", 0, "89"),
        ("1E+3", 2, "1000,00"),
    ],
)
def test_numbers_are_shown_half_up_with_a_comma_and_no_thousands(value, places, shown):
    assert show(Decimal(value), places) == shown


def test_trailing_zeros_are_left_out_on_request_but_never_those_of_a_whole_number():
    assert show(Decimal("1.80"), trim=True) == "1,8"
    assert show(Decimal(100), trim=True) == "100"
    assert show(Decimal(100), 0, trim=True) == "100"


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_what_is_not_a_number_is_never_shown(value):
    with pytest.raises(ValueError, match="finite"):
        show(Decimal(value))


def test_a_ratio_just_below_a_threshold_never_reads_as_the_threshold():
    assert show_ratio(Fraction(94996, 100000)) == "94,996%"
    assert show_ratio(Fraction(9_499_999_999, 10_000_000_000)) == "94,9999…%"
    assert show_ratio(Fraction(2, 3)) == "66,6666…%"
    assert show_ratio(Fraction(1)) == "100%"
