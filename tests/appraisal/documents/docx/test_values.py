"""What an office's template may name, and what each name stands for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appraisal.documents import docx
from appraisal.documents.docx import naming
from appraisal.documents.docx.drawn import BLANK_WIDTH, line_below, longest_line
from appraisal.documents.docx.values import dated, numbered, values
from appraisal.documents.official import Column, Row, Signature, Table
from tests.appraisal.documents import samples

ROOT = Path(__file__).resolve().parents[4]


def form_of(value):
    if isinstance(value, bool):
        return "block"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list):
        return "records" if value and isinstance(value[0], dict) else "list"
    return type(value)


def test_every_name_has_a_value_of_its_form():
    found = values(samples.sheet(3))
    for item in docx.placeholders("minutes"):
        wanted = {item.form, "list"} if item.form == "records" else {item.form}
        assert form_of(found[item.name]) in wanted, item.name
    assert set(found) == {item.name for item in docx.placeholders("minutes")}


def test_every_name_can_be_typed_anywhere_and_says_what_it_is():
    for kind in naming.FACTS:
        for item in docx.placeholders(kind):
            assert item.name.isascii()
            assert item.name.isidentifier()
            assert item.meaning
            assert item.name in item.written


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Số: 05/QĐ-UBND", ("05", "QĐ-UBND")),
        ("Số: 5/2021/QĐ-UBND", ("5", "2021/QĐ-UBND")),
        ("Số: /", ("", "")),
        ("BẢNG ĐIỂM", None),
        ("", None),
    ],
)
def test_number_and_symbol_are_told_apart(line, parts):
    assert numbered(line) == parts


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Kon Tum, ngày 05 tháng 02 năm 2021", ("Kon Tum", "ngày 05 tháng 02 năm 2021")),
        ("Huế, thành phố, ngày 1", ("Huế, thành phố", "ngày 1")),
        ("Kon Tum", None),
    ],
)
def test_place_and_date_are_told_apart(line, parts):
    assert dated(line) == parts


def test_columns_are_named_by_their_labels():
    labels = (
        "STT", "Cơ quan, đơn vị", "Chỉ số (%)", "Đạt", "Điểm", "điểm", "2020", "Loại", "In", "%",
        "Ω",
    )  # fmt: skip
    table = Table(tuple(Column(label, 1) for label in labels), (Row(labels),))
    assert naming.column_names(table) == [
        "stt", "co_quan_don_vi", "chi_so", "dat", "diem", "diem_2", "cot_2020", "cot_loai",
        "cot_in", "cot", "cot_2",
    ]  # fmt: skip


def test_a_row_has_all_columns_of_its_list_and_says_what_it_is():
    other = Table((Column("Ghi chú", 1),), (Row(("xong",)),))
    paper = samples.minutes()
    found = values(replace(paper, blocks=(*paper.blocks, other)))["cac_bang"]
    first, last = found[0]["cac_dong"][1], found[1]["cac_dong"][0]
    assert (first["tt"], first["diem_tham_dinh"], first["ghi_chu"]) == ("1.1", "1,25", "")
    assert (last["tt"], last["ghi_chu"], last["cac_o"]) == ("", "xong", ["xong"])
    assert [row["loai"] for row in found[0]["cac_dong"]][-2:] == ["linh_vuc", "tong"]


def test_names_of_signatories_stand_on_one_line():
    pair = (Signature(("THƯ KÝ",), "A"), Signature(("TM. HỘI ĐỒNG", "CHỦ TỊCH"), "B"))
    found = values(replace(samples.minutes(), signatures=pair))
    assert (found["chuc_vu_ky"], found["nguoi_ky"]) == ("THƯ KÝ\n", "A")
    assert (found["chuc_vu_ky_2"], found["nguoi_ky_2"]) == ("TM. HỘI ĐỒNG\nCHỦ TỊCH", "B")
    assert found["nguoi_ky_3"] == ""


def test_a_line_is_as_long_as_asked():
    whole = longest_line("SỞ NỘI VỤ", 13, 500)
    assert len(line_below(("SỞ NỘI VỤ",), 0.5, 13, 500)) == round(whole / 2 / BLANK_WIDTH)
    assert longest_line("SỞ NỘI VỤ " * 9, 13, 200) < 200
    assert line_below((), 1, 13, 100) == line_below(("",), 1, 13, 100) == ""
    assert longest_line("漢" * 500, 13, 200) == 200


def test_the_clerks_guide_tells_every_name_as_the_table_does():
    guide = (ROOT / "docs" / "huong-dan" / "mau-word.md").read_text(encoding="utf-8")
    for item in docx.PLACEHOLDERS:
        assert f"| `{item.name}` | {item.meaning} |" in guide
