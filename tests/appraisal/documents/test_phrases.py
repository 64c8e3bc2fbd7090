"""Counts, moments and names as papers write them; texts of people, which are never cut."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraisal.documents import phrases


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0"), (7, "07"), (10, "10"), (1496, "1.496"), (40000, "40.000")]
)
def test_a_count_has_a_leading_zero_below_ten_and_points_between_thousands(
    number: int, shown: str
) -> None:
    assert phrases.tally(number) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("0.004", "0,00"), ("-0.004", "0,00"), ("0.005", "+0,01"), ("-1.495", "-1,50"), ("0", "0,00")],
)
def test_a_difference_has_a_sign_unless_it_rounds_to_nothing(value: str, shown: str) -> None:
    assert phrases.difference(Decimal(value), 2) == shown


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ((), ""),
        (("Sở Y tế",), "Sở Y tế"),
        (("Sở Y tế", "Sở Nội vụ"), "Sở Y tế và Sở Nội vụ"),
        (("A", "B", "C"), "A, B và C"),
        (("Sở Văn hóa, Thể thao", "Sở Y tế"), "Sở Văn hóa, Thể thao; Sở Y tế"),
    ],
)
def test_names_with_commas_are_kept_apart_by_semicolons(names: tuple[str, ...], shown: str) -> None:
    assert phrases.together(names) == shown


def test_days_and_moments_are_written_out_with_their_zeros() -> None:
    moment = datetime(2021, 2, 5, 8, 5)
    assert phrases.moment_words(moment) == "08 giờ 05 phút, ngày 05 tháng 02 năm 2021"
    assert phrases.short_moment(moment) == "08:05 05/02/2021"
    assert phrases.short_day(moment.date()) == "05/02/2021"


def test_lines_become_paragraphs_and_the_first_has_the_lead() -> None:
    made = phrases.paragraphs("Một\n\n  Hai  ba\t\n", lead="Lý do:")
    assert [(item.lead, item.text) for item in made] == [("Lý do:", "Một"), ("", "Hai ba")]
    assert phrases.paragraphs(" \n ", missing="Không có.")[0].text == "Không có."


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=30_000))
def test_no_word_is_lost_and_no_paragraph_is_too_long(text: str) -> None:
    made = phrases.paragraphs(text)
    assert all(len(item.text) <= phrases.LONGEST for item in made)
    joined = "".join("".join(item.text.split()) for item in made)
    assert joined == "".join(text.split())


def test_a_long_text_leaves_its_cell_for_a_note_and_a_short_one_stays() -> None:
    notes = phrases.Notes(limit=20)
    assert notes.cell("Ngắn.", "Gọn.") == "Ngắn. Gọn."
    assert notes.cell("") == ""
    assert notes.cell("Dài quá hai mươi chữ", "và thêm") == "Xem ghi chú 1 dưới bảng."
    assert notes.cell("x" * 21) == "Xem ghi chú 2 dưới bảng."
    assert [(item.lead, item.text) for item in notes.blocks()] == [
        ("Ghi chú 1.", "Dài quá hai mươi chữ"),
        ("", "và thêm"),
        ("Ghi chú 2.", "x" * 21),
    ]


@pytest.mark.parametrize(
    ("text", "shown"), [("Thiếu", "Thiếu."), ("Thiếu.", "Thiếu."), (" a\nb ", "a b."), ("", "")]
)
def test_a_sentence_ends_in_one_stop(text: str, shown: str) -> None:
    assert phrases.stopped(text) == shown


def test_a_field_with_a_title_of_a_page_is_named_by_its_number() -> None:
    assert phrases.field_name("3", "Cải cách thể chế") == "Cải cách thể chế"
    assert phrases.field_name("3", "x" * 5000) == "Lĩnh vực 3"
