"""Survey points: agencies as rows, survey leaves as columns."""

import json
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from appraisal.files.refusal import Refused
from appraisal.workbooks import parsing
from appraisal.workbooks.survey import SurveySheet, parse_survey
from appraisal.workbooks.survey_out import write_survey_template
from appraisal.workbooks.table import Kind
from tests.appraisal.workbooks.sheets import AGENCIES, table

LEAVES = {"8.1.1": Decimal(20), "8.2.1": Decimal(15)}
HEADER = ("Mã cơ quan", "Tên cơ quan", "8.1.1", "8.2.1")
SNV = ("SNV", "Sở Nội vụ", "18,5", "12")
STP = ("stp", "", ("17.25", Kind.NUMBER), "0")


def _parse(*rows):
    return parse_survey(table(*rows), AGENCIES, LEAVES)


def _lines(sheet, *, blocking):
    return [problem.cell for problem in sheet.problems if problem.blocking is blocking]


def test_each_agency_gets_its_points_for_each_leaf():
    sheet = _parse(HEADER, SNV, STP)
    assert sheet.problems == ()
    assert sheet.points == {
        ("SNV", "8.1.1"): Decimal("18.5"),
        ("SNV", "8.2.1"): Decimal(12),
        ("STP", "8.1.1"): Decimal("17.25"),
        ("STP", "8.2.1"): Decimal(0),
    }
    assert SurveySheet.from_json(json.loads(json.dumps(sheet.to_json()))) == sheet


def test_points_above_the_maximum_keep_the_whole_sheet_out():
    sheet = _parse(HEADER, SNV, ("STP", "", "20,01", "1"))
    assert _lines(sheet, blocking=True) == ["C3"]
    assert "điểm tối đa 20 của tiêu chí 8.1.1" in sheet.problems[0].sentence
    assert sheet.points == {}


def test_an_unknown_or_doubled_agency_is_a_problem():
    sheet = _parse(HEADER, SNV, STP, SNV, ("ABC", "", "1", "1"))
    assert _lines(sheet, blocking=True) == ["A4", "A5"]


def test_a_missing_agency_leaf_or_point_is_a_warning():
    sheet = _parse(("Mã cơ quan", "8.1.1"), ("SNV", ""))
    assert _lines(sheet, blocking=False) == ["", "B2", ""]
    assert "8.2.1" in sheet.problems[0].sentence
    assert "Sở Tư pháp (STP)" in sheet.problems[2].sentence


def test_a_name_that_belongs_to_another_agency_is_a_warning():
    sheet = _parse(HEADER, ("SNV", "Sở Tư pháp", "1", "1"), STP)
    assert _lines(sheet, blocking=False) == ["B2"]


def test_a_formula_in_a_point_is_a_problem():
    sheet = _parse(HEADER, SNV, ("STP", "", ("1", Kind.FORMULA), "1"))
    assert _lines(sheet, blocking=True) == ["C3"]


def test_a_sheet_without_any_survey_leaf_is_refused_with_the_expected_ones():
    with pytest.raises(Refused) as refused:
        _parse(("Mã cơ quan", "Điểm"), ("SNV", "1"))
    assert "“8.1.1”, “8.2.1”" in refused.value.sentence


def test_a_group_without_survey_leaves_takes_no_points():
    with pytest.raises(Refused, match="no_survey_leaf"):
        parse_survey(table(HEADER, SNV), AGENCIES, {})


def test_the_template_filled_in_comes_back_with_its_points(tmp_path):
    agencies = AGENCIES | {"X": '=HYPERLINK("http://127.0.0.1:9/corpus-sink")'}
    book = load_workbook(BytesIO(write_survey_template(agencies, LEAVES)))
    sheet = book.active
    assert [cell.value for cell in sheet[2]] == list(HEADER)
    for row in (3, 4, 5):
        sheet.cell(row, 3).value = 18.5
        sheet.cell(row, 4).value = "12,25"
        sheet.cell(row, 2).data_type = "s"
    path = tmp_path / "survey.xlsx"
    book.save(path)
    back = parsing.import_survey(path, path.name, agencies, LEAVES)
    assert back.problems == ()
    assert back.points == {
        (agency, leaf): Decimal(value)
        for agency in agencies
        for leaf, value in (("8.1.1", "18.5"), ("8.2.1", "12.25"))
    }


def test_an_empty_template_says_what_is_missing_and_blocks_nothing(tmp_path):
    path = tmp_path / "survey.xlsx"
    path.write_bytes(write_survey_template(AGENCIES, LEAVES))
    back = parsing.import_survey(path, path.name, AGENCIES, LEAVES)
    assert _lines(back, blocking=False) == ["C3", "D3", "C4", "D4"]
    assert not back.blocked
