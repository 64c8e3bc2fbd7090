"""Every import of the attack corpus gets the decision that its manifest asks for."""

import json
import time
from decimal import Decimal
from pathlib import Path

import pytest

from appraisal.files.refusal import Refused
from appraisal.workbooks import parsing
from appraisal.workbooks.criteria import CriteriaSheet
from appraisal.workbooks.criteria_out import write_criteria

CORPUS = Path(__file__).parents[2] / "attack_corpus"
ENTRIES = [
    entry
    for entry in json.loads((CORPUS / "manifest.json").read_text(encoding="utf-8"))["entries"]
    if entry["kind"] in ("xlsx_import", "csv_import")
]
SAID = {
    "xlsx:num-percent-format": "0,75 (hiển thị 75%)",
    "xlsx:formula-cached": "Paste values",
    "xlsx:code-as-number": "định dạng cột mã thành Văn bản",
    "xlsx:header-renamed": "“Điểm tối đa”. Dòng 1 có: “Mã tiêu chí”, “Mã cha”, “Nội dung”, “Điểm”",
    "xlsx:xls-renamed": "lưu lại thành .xlsx",
    "xlsx:strict-ooxml": "Excel Workbook (.xlsx)",
    "csv:cp1258": "CSV UTF-8",
    "csv:unbalanced-quote": "dòng 2",
}
CELLS = {
    "xlsx:num-nan-inf-cell": ["D5", "D6", "D7", "D8"],
    "xlsx:num-negative": ["D5", "D6", "D7", "D8"],
    "xlsx:num-huge": ["D5", "D6", "D7"],
    "xlsx:num-date-mangled": ["D5", "A6"],
    "xlsx:num-bool-error": ["D5", "D6", "D7", "D8", "D9"],
    "xlsx:formula-cached": ["D5"],
    "xlsx:formula-no-cache": ["D5"],
    "xlsx:formula-live": ["C5", "C6"],
    "xlsx:code-duplicate": ["A5"],
    "xlsx:code-as-number": ["A4"],
    "xlsx:tree-orphan-self": ["B5", "B6"],
    "xlsx:body-merged": ["A3:A4", "A4"],
    "xlsx:string-huge": ["C5", "C6"],
    "csv:numbers": ["D2", "D3", "D4", "D5", "D6", "D7", "D8", "D10", "D11", "D12", "D13"],
}


def _import(entry: dict[str, str]) -> CriteriaSheet | Refused:
    try:
        return parsing.import_criteria(CORPUS / entry["path"], entry["upload_as"], {})
    except Refused as refused:
        return refused


def _decision(outcome: CriteriaSheet | Refused) -> str:
    if isinstance(outcome, Refused):
        return "reject"
    if outcome.blocked:
        return "reject_rows"
    return "warn" if outcome.problems else "accept"


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry["id"] for entry in ENTRIES])
def test_every_file_of_the_corpus_gets_its_decision(entry):
    expected = entry["expect"]
    began = time.monotonic()
    outcome = _import(entry)
    assert time.monotonic() - began < expected["max_seconds"]
    assert expected["max_rss_mb"] >= parsing.MEGABYTES
    assert _decision(outcome) == expected["decision"]
    if isinstance(outcome, Refused):
        said = outcome.sentence
        assert entry["upload_as"] in said
    else:
        said = "\n".join(problem.line for problem in outcome.problems)
        rows = [(row.code, row.max_points) for row in outcome.rows]
        if outcome.blocked:
            assert rows == []
        if "expect_rows" in expected:
            assert rows == [(code, Decimal(value)) for code, value in expected["expect_rows"]]
    assert SAID.get(entry["id"], "") in said
    assert "corpus-sink" not in said
    if entry["id"] in CELLS:
        blocking = [problem.cell for problem in outcome.problems if problem.blocking]
        assert sorted(blocking) == sorted(CELLS[entry["id"]])


@pytest.mark.parametrize("name", ["xlsx:formula-as-text", "csv:formula-injection"])
def test_texts_that_look_like_formulas_come_in_and_go_out_as_typed(name, tmp_path):
    outcome = _import(next(entry for entry in ENTRIES if entry["id"] == name))
    assert any(row.title.startswith("=") for row in outcome.rows)
    path = tmp_path / "export.xlsx"
    path.write_bytes(write_criteria(outcome.rows, "=1+1"))
    back = parsing.import_criteria(path, path.name, {})
    assert [(r.title, r.note) for r in back.rows] == [(r.title, r.note) for r in outcome.rows]


def test_a_hidden_first_sheet_is_not_the_one_that_is_read():
    outcome = _import(next(e for e in ENTRIES if e["id"] == "xlsx:sheet-first-hidden"))
    assert "X" not in [row.code for row in outcome.rows]
    assert [problem.value for problem in outcome.problems] == ["ẩn"]
