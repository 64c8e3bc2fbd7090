"""The exported workbook imports back identically and holds nothing live."""

import json
import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from appraisal.workbooks import parsing
from appraisal.workbooks.criteria import MAX_DEPTH, CriterionRow, parse_criteria
from appraisal.workbooks.criteria_out import write_criteria
from appraisal.workbooks.demonstration import FOLDER, demonstration_sheet
from appraisal.workbooks.reading import read_table
from appraisal.workbooks.values import clean_text, code_key
from tests.appraisal.workbooks.sheets import AGENCIES

TABLES = Path(__file__).parents[2] / "attack_corpus" / "tables"
TEXTS = [case["text"] for case in json.loads((TABLES / "texts.json").read_text("utf-8"))["cases"]]
LEAF_RULES = [
    ("manual", {}),
    ("boolean", {}),
    ("survey", {}),
    ("proportional", {"numerator": "b; a", "denominator": "=a", "zero_below": 0.95}),
    ("tiers", {"metric": "ratio", "tiers": [{"from": 0.5, "share": 1}, {"from": 0, "share": 0}]}),
]
TEXT = st.one_of(st.text(max_size=60), st.sampled_from([text[:300] for text in TEXTS])).map(
    clean_text
)
LINE = TEXT.map(lambda text: text.replace("\n", " ")).map(clean_text).filter(bool)
CODE = st.from_regex(r"[0-9A-ZĐ][0-9a-zđ./-]{0,6}", fullmatch=True).map(clean_text)


@st.composite
def trees(draw):
    codes = draw(st.lists(CODE, min_size=1, max_size=12, unique_by=code_key))
    parents: list[int | None] = []
    depths: list[int] = []
    for index in range(len(codes)):
        open_ = [None, *(other for other in range(index) if depths[other] < MAX_DEPTH)]
        parent = draw(st.sampled_from(open_))
        parents.append(parent)
        depths.append(1 if parent is None else depths[parent] + 1)
    rows = []
    for index, code in enumerate(codes):
        is_leaf = index not in parents
        top_leaf = is_leaf and parents[index] is None
        outside = top_leaf and draw(st.booleans())
        kind, params = draw(st.sampled_from(LEAF_RULES)) if is_leaf else ("group", {})
        if outside:
            kind, params = draw(st.sampled_from([("bonus", {}), ("penalty", {})]))
        rows.append(
            CriterionRow(
                code=code,
                parent_code=None if parents[index] is None else codes[parents[index]],
                title=draw(TEXT.filter(bool)),
                max_points=Decimal(draw(st.integers(1, 999999))) / 100,
                kind=kind,
                params=params,
                rule_text=draw(TEXT),
                evidence=tuple(draw(st.lists(LINE, max_size=3))),
                appraiser_code=draw(st.sampled_from([None, *AGENCIES])),
                na_allowed=draw(st.booleans()),
                note=draw(TEXT),
                depth=depths[index],
                position=index + 1,
                is_leaf=is_leaf,
                outside_total=outside,
                cell=f"A{index + 3}",
            )
        )
    return rows


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=trees(), title=TEXT)
def test_an_exported_set_imports_back_identically(rows, title, tmp_path):
    path = tmp_path / "export.xlsx"
    path.write_bytes(write_criteria(rows, title))
    back = parse_criteria(read_table(path, path.name), AGENCIES)
    assert [problem for problem in back.problems if "Tổng điểm" not in problem.sentence] == []
    assert list(back.rows) == rows


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_a_demonstration_set_exported_imports_back_identically(path, tmp_path):
    rows = demonstration_sheet(path).rows
    agencies = json.loads(path.read_text(encoding="utf-8"))["meta"]["appraisers"]
    workbook = tmp_path / "export.xlsx"
    workbook.write_bytes(write_criteria(rows, "Bộ tiêu chí minh họa"))
    back = parsing.import_criteria(workbook, workbook.name, agencies)
    assert back.problems == ()
    assert [replace(row, cell="") for row in back.rows] == [replace(row, cell="") for row in rows]


def _row(text: str) -> CriterionRow:
    return CriterionRow(
        code="1",
        parent_code=None,
        title=text,
        max_points=Decimal("3.5"),
        kind="manual",
        params={},
        rule_text=text,
        evidence=(text,),
        appraiser_code=text,
        na_allowed=True,
        note=text,
        depth=1,
        position=1,
        is_leaf=True,
        outside_total=False,
        cell="A2",
    )


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_no_text_becomes_a_formula_a_link_or_broken_xml(text):
    content = write_criteria([_row(text)], text)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for part in archive.namelist():
            xml = archive.read(part)
            assert not re.search(rb"<f[ >/]|<hyperlink|TargetMode", xml)
            assert b"\x0b" not in xml
    book = load_workbook(BytesIO(content))
    assert all(cell.data_type in "sn" for row in book.active.iter_rows() for cell in row)


def test_the_sheet_looks_like_a_sheet_to_work_with():
    sheet = load_workbook(BytesIO(write_criteria([_row("Kế hoạch")], "Bộ tiêu chí: 2020"))).active
    assert sheet.title == "Bộ tiêu chí 2020"
    assert sheet.freeze_panes == "B3"
    assert [cell.value for cell in sheet[2]][:4] == [
        "Mã tiêu chí",
        "Mã cha",
        "Nội dung tiêu chí",
        "Điểm tối đa",
    ]
    assert (sheet["A3"].number_format, sheet["A3"].data_type) == ("@", "s")
    assert (sheet["D3"].number_format, sheet["D3"].value) == ("#,##0.00", 3.5)
