"""Grade bands: rows are added and removed without script, saved whole or not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from appraisal.forms.bands import MOST
from tests.appraisal.preparing import BEFORE, drafted, signed_in, text_of
from tests.cast import Cast


@pytest.fixture
def draft(cast: Cast, clock: Any) -> Cast:
    clock.set(BEFORE)
    drafted(cast)
    return cast


def address(cast: Cast) -> str:
    return reverse("appraisal:bands-edit", args=[cast.round.pk])


def rows(*bands: tuple[str, str, bool], **more: str) -> dict[str, str]:
    data = {"rows": str(len(bands)), **more}
    for number, (name, bound, inclusive) in enumerate(bands):
        data |= {f"name_{number}": name, f"bound_{number}": bound}
        if inclusive:
            data[f"inclusive_{number}"] = "on"
    return data


def stored(cast: Cast) -> list[tuple[str, Decimal, bool]]:
    return list(cast.round.bands.values_list("name", "lower_bound", "inclusive"))


def test_edit_shows_the_stored_bands(draft: Cast) -> None:
    page = text_of(signed_in(draft.secretary).get(address(draft)))
    assert 'value="Xuất sắc"' in page
    assert 'value="90"' in page


def test_edit_saves_bands_with_comma_and_without_the_bound_itself(draft: Cast) -> None:
    data = rows(("Tốt", "84,5", False), ("Đạt", "0", True), ("", "", True))
    assert signed_in(draft.secretary).post(address(draft), data).status_code == 302
    assert stored(draft) == [("Tốt", Decimal("84.5"), False), ("Đạt", Decimal(0), True)]


def test_adding_and_removing_a_row_saves_nothing_and_keeps_what_was_typed(draft: Cast) -> None:
    before = stored(draft)
    client = signed_in(draft.secretary)
    page = text_of(client.post(address(draft), rows(("Tốt", "tám mươi", True), add="1")))
    assert 'value="tám mươi"' in page
    assert 'name="name_1"' in page
    data = rows(("Tốt", "80", True), ("Khá", "70", True), remove="0")
    page = text_of(client.post(address(draft), data))
    assert 'value="Tốt"' not in page
    assert 'value="Khá"' in page
    assert stored(draft) == before


@pytest.mark.parametrize(
    ("bands", "said"),
    [
        ([], "Chưa có mức xếp loại nào."),
        ([("Tốt", "80", True)], "Mức thấp nhất phải bắt đầu từ 0"),
        ([("Tốt", "80", True), ("Tốt", "0", True)], "bị lặp"),
        ([("Tốt", "101", True), ("Đạt", "0", True)], "101"),
        ([("Tốt", "", True), ("Đạt", "0", True)], "Hãy điền mốc từ 0 đến 100."),
        ([("", "80", True), ("Đạt", "0", True)], "Hãy đặt tên cho mức này."),
        ([("Tốt", "80", True), ("Đạt", "0", False)], "phải tính cả 0"),
        ([("T\x07", "0", True)], "ký tự"),
    ],
)
def test_bands_that_leave_an_index_without_a_grade_are_refused(
    draft: Cast, bands: list[Any], said: str
) -> None:
    before = stored(draft)
    answer = signed_in(draft.secretary).post(address(draft), rows(*bands))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert stored(draft) == before


@pytest.mark.parametrize("count", ["999", "-1", "٣", "x", "99999999999999"])
def test_a_count_of_rows_that_nobody_has_is_harmless(draft: Cast, count: str) -> None:
    answer = signed_in(draft.secretary).post(address(draft), {"rows": count, "add": "1"})
    assert answer.status_code == 200
    assert text_of(answer).count('name="bound_') <= MOST
