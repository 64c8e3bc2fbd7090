"""Reading: whatever the bytes, a table or a refusal; the same content, the same table."""

import io
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from appraisal.files.refusal import Refused
from appraisal.workbooks import parsing
from appraisal.workbooks.criteria import parse_criteria
from appraisal.workbooks.reading import LIMITS, read_table
from appraisal.workbooks.table import Kind
from tests.appraisal.workbooks.sheets import HEADER, workbook

CORPUS = Path(__file__).parents[2] / "attack_corpus"
ROWS = (
    HEADER,
    ("1", None, "Chỉ đạo", 10),
    ("1.1", "1", "Kế hoạch", 6.5),
    ("1.2", "1", "Báo cáo", "3,5"),
)
FUZZED = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _save(tmp_path: Path, content: bytes, name: str = "fuzz.xlsx") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _mutated(content: bytes, seed: int, times: int) -> bytes:
    chance = random.Random(seed)
    data = bytearray(content)
    for _ in range(times):
        at = chance.randrange(len(data))
        what = chance.randrange(4)
        if what == 0:
            data[at] = chance.randrange(256)
        elif what == 1:
            del data[at : at + chance.randrange(1, 9)]
        elif what == 2:
            data[at:at] = data[chance.randrange(len(data)) :][: chance.randrange(1, 40)]
        else:
            data[at:at] = chance.choice(
                [b"<", b'"', b"-1", b"9" * 30, b"1e999", b"\xff\xfe", b"&#0;"]
            )
    return bytes(data)


def _parse(path: Path) -> object:
    """A sheet or the refusal; any other exception fails the test."""
    try:
        return parse_criteria(read_table(path, path.name), {})
    except Refused as refused:
        return refused


@FUZZED
@given(seed=st.integers(0, 2**32), times=st.integers(1, 12))
def test_mutated_archives_are_read_or_refused(seed, times, tmp_path):
    assert _parse(_save(tmp_path, _mutated(workbook(*ROWS), seed, times))) is not None


@FUZZED
@given(seed=st.integers(0, 2**32), times=st.integers(1, 12), data=st.data())
def test_mutated_parts_in_a_sound_archive_are_read_or_refused(seed, times, data, tmp_path):
    parts = _parts(workbook(*ROWS))
    name = data.draw(st.sampled_from(sorted(parts)))
    parts[name] = _mutated(parts[name], seed, times)
    assert _parse(_save(tmp_path, _packed(parts))) is not None


@FUZZED
@given(seed=st.integers(0, 2**32), times=st.integers(1, 12))
def test_mutated_csv_is_read_or_refused(seed, times, tmp_path):
    content = (CORPUS / "csv" / "ok-utf8-bom.csv").read_bytes()
    assert _parse(_save(tmp_path, _mutated(content, seed, times), "fuzz.csv")) is not None


@FUZZED
@given(order=st.permutations(range(4)))
def test_the_order_of_columns_changes_nothing(order, tmp_path):
    shuffled = [[row[index] for index in order] for row in ROWS]
    plain = parse_criteria(read_table(_save(tmp_path, workbook(*ROWS)), "a.xlsx"), {})
    other = parse_criteria(read_table(_save(tmp_path, workbook(*shuffled)), "a.xlsx"), {})
    assert plain.problems == other.problems == ()
    assert [(r.code, r.title, r.max_points) for r in plain.rows] == [
        (r.code, r.title, r.max_points) for r in other.rows
    ]


def test_a_wrong_dimension_hides_no_row(tmp_path):
    parts = _parts(workbook(*ROWS))
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert b'ref="A1:D4"' in sheet
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'ref="A1:D4"', b'ref="A1:D2"')
    assert len(read_table(_save(tmp_path, _packed(parts)), "a.xlsx").rows) == len(ROWS)


def test_a_number_keeps_its_digits_and_its_kind(tmp_path):
    table = read_table(_save(tmp_path, workbook(*ROWS)), "a.xlsx")
    assert (table.rows[2][4].text, table.rows[2][4].kind) == ("6.5", Kind.NUMBER)
    assert (table.rows[3][4].text, table.rows[3][4].kind) == ("3,5", Kind.TEXT)
    assert table.rows[1][2].is_blank


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (b'<c r="A1048576"><v>1</v></c>', "unreadable"),
        (b'<c r="XFD4"><v>1</v></c>', "too_many_columns"),
        (b'<c r="A1"><v>1</v></c>', "unreadable"),
        (b'<c r="E4" t="zz"><v>1</v></c>', "cell_type"),
        (b'<c r="E4" s="999"><v>1</v></c>', "cell_type"),
        (b'<c r="E4" t="s"><v>999</v></c>', "shared_string_missing"),
    ],
)
def test_a_cell_that_readers_could_see_differently_is_refused(cell, code, tmp_path):
    parts = _parts(workbook(*ROWS))
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(
        b"</row></sheetData>", cell + b"</row></sheetData>"
    )
    assert parts["xl/worksheets/sheet1.xml"] != sheet
    refused = _parse(_save(tmp_path, _packed(parts)))
    assert isinstance(refused, Refused)
    assert refused.code in (code, "cells_out_of_order")


def test_a_row_far_below_is_refused(tmp_path):
    parts = _parts(workbook(*ROWS))
    sheet = parts["xl/worksheets/sheet1.xml"]
    far = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", far)
    refused = _parse(_save(tmp_path, _packed(parts)))
    assert isinstance(refused, Refused)
    assert refused.code == "too_many_rows"


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.xlsx", "empty"),
        (b"PK\x03\x04" + bytes(LIMITS.max_bytes), "a.xlsx", "too_large"),
        (b"%PDF-1.7", "a.xlsx", "not_a_workbook"),
        (b"a;b", "a.txt", "extension"),
        (b"a;b", "csv.xlsm", "extension"),
        (b"PK\x03\x04 a;b\x00", "a.csv", "not_utf8"),
    ],
)
def test_a_file_of_another_kind_is_refused_before_it_is_read(content, name, code, tmp_path):
    with pytest.raises(Refused) as refused:
        read_table(_save(tmp_path, content, "upload"), name)
    assert refused.value.code == code
    assert name in refused.value.sentence


def test_other_sheets_with_content_are_named(tmp_path):
    book = Workbook()
    for row in ROWS:
        book.active.append(row)
    book.create_sheet("Trống")
    book.create_sheet("Bản cũ").append(["1"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert read_table(path, "a.xlsx").other_sheets == ("Bản cũ",)


def test_the_web_process_itself_never_opens_the_file(tmp_path, monkeypatch):
    def forbidden(*_arguments):
        raise AssertionError("read in the web process")

    path = _save(tmp_path, workbook(*ROWS))
    monkeypatch.setattr(parsing, "read_table", forbidden)
    assert len(parsing.import_criteria(path, "a.xlsx", {}).rows) == 3
