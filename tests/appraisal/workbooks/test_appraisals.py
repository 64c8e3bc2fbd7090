"""An appraiser's workbook goes out, is filled, and comes back as typed: no more, no less."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from appraisal.files.refusal import Refused
from appraisal.workbooks.appraisals import (
    AGENCY,
    FORM,
    HEADER_ROW,
    KEY,
    POINTS,
    REASON,
    SHEET,
    STAGE,
    VERSION,
    WAIVED,
    AppraisalSheet,
    RowSpec,
    owner,
    parse_appraisals,
)
from appraisal.workbooks.appraisals_out import PROGRESS_ROW, BenchFacts, ItemRow, write_appraisals
from appraisal.workbooks.locked import YES
from appraisal.workbooks.reading import read_table
from tests.appraisal.workbooks.test_self_scores import recalculated

OWNER = owner(1, 2)
FACTS = BenchFacts(
    "Chỉ số CCHC năm 2020", "Đỗ Minh Tâm", OWNER, "appraisal", "Thẩm định",
    datetime(2020, 12, 25, 9, 0),
)  # fmt: skip
TEXTS = [
    case["text"]
    for case in json.loads(
        Path("tests/attack_corpus/tables/texts.json").read_text(encoding="utf-8")
    )["cases"]
]


def item(number: int, **fields: Any) -> ItemRow:
    basic: dict[str, Any] = {
        "key": f"d{number}-c1", "stage": "appraisal", "agency_code": f"S{number:02}",
        "agency": f"Sở số {number}", "code": "1.1", "title": "Kế hoạch cải cách hành chính",
        "max_points": Decimal("4"), "na_allowed": True, "self_points": Decimal("3.333333"),
        "files": ("Kế hoạch (số 07/KH, tr. 3)",),
    }  # fmt: skip
    return ItemRow(**{**basic, **fields})


def specs(rows: list[ItemRow]) -> list[RowSpec]:
    return [
        RowSpec(row.key, row.stage, row.max_points, row.na_allowed, row.self_points, row.points)
        for row in rows
    ]


def read(content: bytes, rows: list[ItemRow], folder: Path, **other: Any) -> AppraisalSheet:
    path = folder / "back.xlsx"
    path.write_bytes(content)
    table = read_table(path, "bang.xlsx", sheet=SHEET)
    given = {"owner": OWNER, "stage": "appraisal"} | other
    return parse_appraisals(table, given["owner"], given["stage"], specs(rows), "bang.xlsx")


def filled(content: bytes, cells: Mapping[tuple[str, int], Any]) -> bytes:
    """The workbook with cells typed by hand: (key of the row, column) → value."""
    book = openpyxl.load_workbook(BytesIO(content))
    page = book[SHEET]
    for number in range(HEADER_ROW + 1, page.max_row + 1):
        for (key, column), value in cells.items():
            if page.cell(number, KEY).value == key:
                page.cell(number, column).value = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


# --- There and back ------------------------------------------------------------------------------
def test_what_was_stored_comes_back_unchanged(tmp_path: Path) -> None:
    rows = [
        item(1),
        item(2, version=3, points=Decimal("2.25"), reason="Thiếu báo cáo\nquý IV"),
        item(3, version=1, points=Decimal("3.333333")),
        item(4, version=2, not_applicable=True, reason="Không có thủ tục"),
    ]
    back = read(write_appraisals(FACTS, rows), rows, tmp_path)
    assert (back.problems, back.strange) == ((), ())
    assert [
        (one.key, one.version, one.points, one.not_applicable, one.reason) for one in back.said
    ] == [(row.key, row.version, row.points, row.not_applicable, row.reason) for row in rows]


def test_it_survives_being_sorted_and_saved_by_libreoffice(tmp_path: Path) -> None:
    rows = [item(n, version=1, points=Decimal("1.5"), reason=f"Lý do {n}") for n in range(1, 6)]
    rows.append(item(6))
    typed = filled(
        write_appraisals(FACTS, rows), {("d6-c1", POINTS): 2.5, ("d6-c1", REASON): "Mới chấm"}
    )
    book = openpyxl.load_workbook(BytesIO(typed))
    page = book[SHEET]
    lines = list(page.iter_rows(min_row=HEADER_ROW + 1, values_only=True))
    for number, line in enumerate(reversed(lines), HEADER_ROW + 1):
        for column, value in enumerate(line, 1):
            page.cell(number, column).value = value
    out = BytesIO()
    book.save(out)
    saved = recalculated(out.getvalue(), tmp_path)
    back = read(saved, rows, tmp_path)
    assert back.problems == ()
    said = {one.key: (one.points, one.reason) for one in back.said}
    assert said["d6-c1"] == (Decimal("2.5"), "Mới chấm")
    assert said["d3-c1"] == (Decimal("1.5"), "Lý do 3")
    shown = openpyxl.load_workbook(BytesIO(saved), data_only=True)[SHEET]
    assert shown.cell(PROGRESS_ROW, AGENCY).value == 6
    assert shown.cell(PROGRESS_ROW, POINTS).value == 10


@pytest.mark.parametrize("typed", [3.33, 3.333, 3.3333, 3.333333])
def test_the_agencys_points_typed_as_they_show_are_the_agencys_points(
    typed: float, tmp_path: Path
) -> None:
    rows = [item(1)]
    back = read(filled(write_appraisals(FACTS, rows), {("d1-c1", POINTS): typed}), rows, tmp_path)
    assert back.said[0].points == Decimal("3.333333")


def test_what_was_given_with_two_decimals_stays_beside_the_agencys_quotient(tmp_path: Path) -> None:
    rows = [item(1, version=1, points=Decimal("3.33"), reason="Làm tròn xuống")]
    back = read(write_appraisals(FACTS, rows), rows, tmp_path)
    assert back.said[0].points == Decimal("3.33")


def test_rows_that_were_deleted_say_nothing(tmp_path: Path) -> None:
    rows = [item(1), item(2)]
    book = openpyxl.load_workbook(BytesIO(write_appraisals(FACTS, rows)))
    book[SHEET].delete_rows(HEADER_ROW + 1)
    out = BytesIO()
    book.save(out)
    assert [one.key for one in read(out.getvalue(), rows, tmp_path).said] == ["d2-c1"]


# --- What is typed wrong -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({POINTS: 4.5}, "Điểm vượt điểm tối đa 4"),
        ({POINTS: 1.234}, "quá 2 chữ số thập phân"),
        ({POINTS: "1e2"}, "Điểm phải là số"),
        ({POINTS: -1}, "âm"),
        ({POINTS: "=1+1"}, "công thức"),
        ({WAIVED: "Có thể"}, "Hãy chọn"),
        ({WAIVED: YES, POINTS: 2}, "để trống điểm"),
        ({REASON: '=HYPERLINK("http://x")'}, "công thức"),
        ({VERSION: "x"}, "phiên bản"),
        ({VERSION: "1e999"}, "phiên bản"),
    ],
)
def test_a_wrong_cell_is_named(cells: dict[int, Any], sentence: str, tmp_path: Path) -> None:
    rows = [item(1), item(2)]
    typed = filled(
        write_appraisals(FACTS, rows), {("d2-c1", column): v for column, v in cells.items()}
    )
    back = read(typed, rows, tmp_path)
    assert back.blocked
    assert sentence in back.problems[0].sentence
    assert re.fullmatch(rf"[A-Z]+{HEADER_ROW + 2}", back.problems[0].cell)
    assert [one.key for one in back.said] == ["d1-c1"]


def test_a_leaf_that_always_applies_cannot_be_waived(tmp_path: Path) -> None:
    rows = [item(1, na_allowed=False)]
    back = read(filled(write_appraisals(FACTS, rows), {("d1-c1", WAIVED): YES}), rows, tmp_path)
    assert "luôn áp dụng" in back.problems[0].sentence


def test_a_row_twice_is_named(tmp_path: Path) -> None:
    rows = [item(1), item(2)]
    back = read(filled(write_appraisals(FACTS, rows), {("d2-c1", KEY): "d1-c1"}), rows, tmp_path)
    assert f"lặp lại dòng {HEADER_ROW + 1}" in back.problems[0].sentence


# --- Whose workbook ------------------------------------------------------------------------------
def test_a_workbook_of_somebody_else_or_of_the_other_appraisal_is_refused(tmp_path: Path) -> None:
    rows = [item(1)]
    content = write_appraisals(FACTS, rows)
    for other in (owner(1, 3), owner(2, 2)):
        with pytest.raises(Refused, match="of_another"):
            read(content, rows, tmp_path, owner=other)
    with pytest.raises(Refused, match="other_stage"):
        read(content, rows, tmp_path, stage="reappraisal")


def test_rows_of_nobody_and_of_the_other_mark_are_told_and_not_read(tmp_path: Path) -> None:
    rows = [item(1), item(2), item(3)]
    typed = filled(
        write_appraisals(FACTS, rows),
        {("d1-c1", STAGE): "council", ("d2-c1", KEY): "d99-c1", ("d3-c1", POINTS): 3},
    )
    back = read(typed, rows, tmp_path)
    assert back.strange == ("S01 – 1.1", "S02 – 1.1")
    assert [one.key for one in back.said] == ["d3-c1"]


@pytest.mark.parametrize(
    "path", sorted(Path("tests/attack_corpus").glob("[xc]*/*.*[vx]")), ids=lambda p: p.name
)
def test_every_workbook_of_the_corpus_is_refused(path: Path) -> None:
    with pytest.raises(Refused):
        parse_appraisals(
            read_table(path, path.name, sheet=SHEET),
            OWNER,
            "appraisal",
            specs([item(1)]),
            path.name,
        )


# --- Inert ---------------------------------------------------------------------------------------
def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {n: archive.read(n).decode() for n in archive.namelist() if n.endswith(".xml")}


def test_only_our_own_formulas_are_in_the_workbook(tmp_path: Path) -> None:
    for text in TEXTS:
        text = text[:3000]
        row = item(
            1, agency=text, agency_code=text, code=text, title=text, declared=text, claim=text,
            files=(text, text), reason=text, version=1, points=Decimal(1),
        )  # fmt: skip
        facts = replace(FACTS, round_name=text, appraiser=text)
        content = write_appraisals(facts, [row])
        found = parts(content)
        formulas = re.findall(r"<f>(.*?)</f>", found["xl/worksheets/sheet1.xml"])
        assert [formula.partition("(")[0] for formula in formulas] == ["COUNT", "SUBTOTAL"]
        for name, xml in found.items():
            assert "<hyperlink" not in xml, name
        page = openpyxl.load_workbook(BytesIO(content))[SHEET]
        assert page.cell(HEADER_ROW + 1, REASON).data_type in {"s", "n", "inlineStr"}


def test_what_ties_it_is_hidden_and_what_is_ours_is_locked() -> None:
    page = openpyxl.load_workbook(BytesIO(write_appraisals(FACTS, [item(1)])))[SHEET]
    assert page.cell(1, KEY).value == FORM
    assert all(page.column_dimensions[letter].hidden for letter in ("N",))
    assert page.protection.sheet
    assert not page.cell(HEADER_ROW + 1, POINTS).protection.locked
    assert page.cell(HEADER_ROW + 1, AGENCY).protection.locked
    assert page.auto_filter.ref == f"A{HEADER_ROW}:M{HEADER_ROW + 1}"
