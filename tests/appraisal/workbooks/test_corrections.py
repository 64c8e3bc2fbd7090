"""A table of corrections: codes, points and reasons as typed; what is wrong is told by cell."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from appraisal.files.refusal import Refused
from appraisal.workbooks.corrections import (
    HEADERS,
    CorrectionSheet,
    Known,
    LeafSpec,
    parse_corrections,
)
from appraisal.workbooks.reading import read_table

KNOWN = Known(
    {"SYT": "1", "STP": "1", "H01": "2"},
    {
        "1": {"1.1": LeafSpec(Decimal(10), False), "1.2": LeafSpec(Decimal(30), True)},
        "2": {"1.10": LeafSpec(Decimal(5), False)},
    },
)
TEXTS = [
    case["text"]
    for case in json.loads(
        Path("tests/attack_corpus/tables/texts.json").read_text(encoding="utf-8")
    )["cases"]
]


def read(folder: Path, *lines: Sequence[object]) -> CorrectionSheet:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(list(HEADERS.values()))
    for number, line in enumerate(lines, 2):
        for column, value in enumerate(line, 1):
            cell = page.cell(number, column)
            cell.value = value
            if isinstance(value, str) and not value.startswith("=1"):
                cell.data_type = "s"
    path = folder / "sua.xlsx"
    book.save(path)
    return parse_corrections(read_table(path, "sua.xlsx"), KNOWN, "sua.xlsx")


def test_lines_are_read_with_their_reason(tmp_path: Path) -> None:
    back = read(
        tmp_path,
        ("SYT", "1.1", 7.5, "Thiếu báo cáo"), ("stp", "1.2", "Không áp dụng", "Không có"),
        ("H01", "1.10", "3,25", "Muộn"),
    )  # fmt: skip
    assert back.problems == ()
    assert [(row.agency, row.leaf, row.points, row.reason) for row in back.rows] == [
        ("SYT", "1.1", Decimal("7.5"), "Thiếu báo cáo"),
        ("STP", "1.2", None, "Không có"),
        ("H01", "1.10", Decimal("3.25"), "Muộn"),
    ]


def test_csv_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "sua.csv"
    path.write_text("Mã cơ quan;Mã tiêu chí;Điểm;Lý do\nSYT;1.1;7,5;Thiếu báo cáo\n", "utf-8")
    back = parse_corrections(read_table(path, "sua.csv"), KNOWN, "sua.csv")
    assert [(row.agency, row.points) for row in back.rows] == [("SYT", Decimal("7.5"))]


@pytest.mark.parametrize(
    ("line", "cell", "sentence"),
    [
        (("SXX", "1.1", 1, "Vì"), "A3", "Không có cơ quan"),
        (("SYT", "9.9", 1, "Vì"), "B3", "không có tiêu chí"),
        (("H01", "1.1", 1, "Vì"), "B3", "không có tiêu chí"),
        (("SYT", "1.1", 11, "Vì"), "C3", "vượt điểm tối đa 10"),
        (("SYT", "1.1", -1, "Vì"), "C3", "âm"),
        (("SYT", "1.1", None, "Vì"), "C3", "Hãy gõ điểm mới"),
        (("SYT", "1.1", "Không áp dụng", "Vì"), "C3", "luôn áp dụng"),
        (("SYT", "1.1", 1, None), "D3", "phải có lý do"),
        (("SYT", "1.1", "=1+1", "Vì"), "C3", "công thức"),
        (("SYT", "1.1", 1, "x" * 2001), "D3", "dài hơn 2000"),
        (("STP", "1.2", 1, "Vì"), "B3", "đã có ở ô B2"),
    ],
)
def test_a_wrong_cell_keeps_all_of_it_out(
    line: Sequence[object], cell: str, sentence: str, tmp_path: Path
) -> None:
    back = read(tmp_path, ("STP", "1.2", 3, "Vì"), line)
    assert back.rows == ()
    assert [problem.cell for problem in back.problems if problem.blocking] == [cell]
    assert sentence in next(p for p in back.problems if p.blocking).sentence


def test_hostile_texts_are_codes_of_nobody_and_reasons_as_they_are(tmp_path: Path) -> None:
    for text in TEXTS:
        text = "".join(c for c in text[:1500] if c in "\n\t" or c >= " ")
        try:
            back = read(tmp_path, (text, text, text, text))
        except (Refused, ValueError, openpyxl.utils.exceptions.IllegalCharacterError):
            continue  # no spreadsheet program would have saved it
        assert back.rows == ()
        assert back.blocked


@pytest.mark.parametrize(
    "path", sorted(Path("tests/attack_corpus").glob("[xc]*/*.*[vx]")), ids=lambda p: p.name
)
def test_every_table_of_the_corpus_is_refused(path: Path) -> None:
    with pytest.raises(Refused):
        parse_corrections(read_table(path, path.name), KNOWN, path.name)
