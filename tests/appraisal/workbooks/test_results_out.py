"""The result as a workbook: every field there, nothing that runs, nothing lost, always the same."""

from __future__ import annotations

import csv
import json
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from appraisal.workbooks.result_rows import (
    AGENCIES,
    DICTIONARY,
    SCORES,
    agency_rows,
    data,
    score_rows,
)
from appraisal.workbooks.results_out import LONG, results_workbook

FINGERPRINT = "ab" * 32
TEXTS = [
    case["text"]
    for case in json.loads(
        Path("tests/attack_corpus/tables/texts.json").read_text(encoding="utf-8")
    )["cases"]
]


def mark(points: str | None, reason: str = "", **more: Any) -> dict[str, Any]:
    return {
        "points": points, "not_applicable": points is None, "reason": reason, "by": "Đỗ Minh Tâm",
        "at": "2020-12-28T02:00:00.000000+00:00", "version": 1, **more,
    }  # fmt: skip


def sealed(text: str = "Sở Nội vụ", reason: str = "Thiếu kế hoạch") -> dict[str, Any]:
    """A snapshot of two groups, one agency each, with every stage somewhere."""
    leaves = [
        {"code": "01.10", "maximum": "2", "kind": "manual", "effective": "council",
         "evidence": ["a", "b"],
         "marks": {"self": mark("2", "Đã làm"), "appraisal": mark("1.5", reason),
                   "reappraisal": mark("1.75", reason), "council": mark("1.8", reason)}},
        {"code": "2", "maximum": "3", "kind": "manual", "effective": "appraisal", "evidence": [],
         "marks": {"self": mark(None, "Không có"), "appraisal": mark(None, "Chấp nhận")}},
        {"code": "3", "maximum": "35", "kind": "survey", "effective": "survey", "evidence": [],
         "marks": {"survey": mark("30.123456")}},
    ]  # fmt: skip
    agency = {
        "code": "007", "name": text, "submitted_at": "2020-12-18T09:00:00.000000+00:00",
        "appraised": "1.8", "survey": "30.123456", "survey_maximum": "35", "bonus": "0",
        "penalty": "0", "total": "31.923456", "maximum": "40", "index": "79.80864", "rank": 1,
        "tied": False, "grade": "Khá", "leaves": leaves,
    }  # fmt: skip
    return {
        "round": {
            "name": text, "year": 2020, "appraisals": 2, "tie_rule": "shared",
            "not_applicable_method": "scale_all", "bonus_max": "2", "penalty_max": "2",
            "bands": [{"name": "Tốt", "from": "80", "inclusive": True},
                      {"name": "Khá", "from": "70", "inclusive": True}],
        },
        "groups": [
            {"name": name, "criteria": {"name": text}, "agencies": [agency]}
            for name in (f"{text} A", f"{text} B")
        ],
    }  # fmt: skip


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {n: archive.read(n).decode() for n in archive.namelist() if n.endswith(".xml")}


def sheet(content: bytes, start: str) -> Any:
    book = openpyxl.load_workbook(BytesIO(content))
    return book[next(name for name in book.sheetnames if name.startswith(start))]


def test_every_field_of_the_dictionary_is_in_its_row_and_none_besides() -> None:
    assert list(next(agency_rows(sealed()))) == [field.name for field in AGENCIES]
    assert list(next(score_rows(sealed()))) == [field.name for field in SCORES]


def test_every_field_is_explained_in_the_sheet_the_json_and_the_guide() -> None:
    explained = {
        (row[1].value, row[3].value)
        for row in sheet(results_workbook(sealed(), FINGERPRINT), "Từ điển").iter_rows(min_row=2)
    }
    told = data(sealed(), FINGERPRINT)["dictionary"]
    guide = Path("docs/huong-dan/du-lieu-ket-qua.md").read_text(encoding="utf-8")
    for table, fields in DICTIONARY.items():
        assert [item["name"] for item in told[table]] == [field.name for field in fields]
        for field in fields:
            assert (field.name, field.meaning) in explained
            assert f"`{field.name}`" in guide
            assert field.meaning in guide


def test_scores_are_all_there_as_they_were_sealed() -> None:
    page = sheet(results_workbook(sealed(), FINGERPRINT), "Điểm từng tiêu chí")
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    assert len(rows) == 6
    names = [field.name for field in SCORES]
    first = dict(zip(names, rows[0], strict=True))
    assert (first["code"], first["leaf"]) == ("007", "01.10")
    assert [first[name] for name in ("self", "appraisal", "reappraisal", "council")] == [
        2, 1.5, 1.75, 1.8,
    ]  # fmt: skip
    assert (first["stage"], first["effective"], first["evidence"]) == ("council", 1.8, 2)
    second = dict(zip(names, rows[1], strict=True))
    assert (second["not_applicable"], second["effective"]) == ("Có", None)
    assert dict(zip(names, rows[2], strict=True))["survey"] == 30.123456


def test_the_matrix_reads_each_stage() -> None:
    content = results_workbook(sealed(), FINGERPRINT)
    found = {
        start: [cell.value for cell in next(iter(sheet(content, start).iter_rows(min_row=2)))]
        for start in ("Tự chấm 1", "Thẩm định 1", "Chính thức 1")
    }
    assert found["Tự chấm 1"] == ["007", "Sở Nội vụ", 2, "KAD", 30.123456]
    assert found["Thẩm định 1"][2] == 1.75
    assert found["Chính thức 1"][2] == 1.8


def test_each_group_has_its_charts() -> None:
    found = parts(results_workbook(sealed(), FINGERPRINT))
    assert sum(name.startswith("xl/charts/chart") for name in found) == 4


def test_the_same_result_gives_the_same_bytes() -> None:
    assert results_workbook(sealed(), FINGERPRINT) == results_workbook(sealed(), FINGERPRINT)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_no_text_runs_and_none_breaks_the_workbook(text: str) -> None:
    content = results_workbook(sealed(text, text), FINGERPRINT)
    for name, xml in parts(content).items():
        assert "<f>" not in xml or name.startswith("xl/charts/"), name
        assert "<hyperlink" not in xml, name
    openpyxl.load_workbook(BytesIO(content))


def test_a_text_longer_than_a_cell_goes_on_in_a_sheet_of_its_own() -> None:
    reason = "".join(f"{number:06d} " for number in range(10_000))
    content = results_workbook(sealed(reason=reason), FINGERPRINT)
    page = sheet(content, LONG)
    pieces: dict[str, str] = {}
    for place, _part, piece in page.iter_rows(min_row=2, values_only=True):
        pieces[place] = pieces.get(place, "") + piece
    assert len(pieces) == 2
    for text in pieces.values():
        assert text.split() == reason.split()


def test_libreoffice_reads_what_we_wrote(tmp_path: Path) -> None:
    source = tmp_path / "ket-qua.xlsx"
    source.write_bytes(results_workbook(sealed("=1+1 Sở Nội vụ"), FINGERPRINT))
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,"
         "false,-1", "--outdir", str(tmp_path), str(source)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    tables = {
        path.stem: list(csv.reader(path.open(encoding="utf-8"))) for path in tmp_path.glob("*.csv")
    }
    scores = next(rows for name, rows in tables.items() if "Điểm từng" in name)
    assert scores[1][1:4] == ["007", "=1+1 Sở Nội vụ", "01.10"]
    assert not any("Err:" in cell or "#" in cell for rows in tables.values() for cell in rows[1])
