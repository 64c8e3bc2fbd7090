"""The result as a workbook: every field there, nothing that runs, nothing lost, always the same."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import tracemalloc
import unicodedata
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from appraisal.workbooks import results_out
from appraisal.workbooks.result_rows import (
    DICTIONARY,
    MARKS,
    READINGS,
    SCORES,
    STAGES,
    LeafName,
)
from appraisal.workbooks.results_out import LONG, results_workbook, write_results
from appraisal.workbooks.snapshot import Loaded, Streamed
from appraisal.workbooks.values import clean_text
from tests.appraisal.workbooks.sealed import FINGERPRINT, agency, group, leaf, mark, sealed
from tests.appraisal.workbooks.test_writing import INJECTIONS

ROOT = Path(__file__).parents[3]
TEXTS = [
    case["text"]
    for case in json.loads((ROOT / "tests/attack_corpus/tables/texts.json").read_text("utf-8"))[
        "cases"
    ]
]
GUIDE = ROOT / "docs" / "huong-dan" / "du-lieu-ket-qua.md"


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """Every sheet as rows of values."""
    book = openpyxl.load_workbook(BytesIO(content))
    return {
        page.title: [[_read(value) for value in row] for row in page.iter_rows(values_only=True)]
        for page in book
    }


def _read(value: Any) -> Any:
    # openpyxl leaves the escape of the format as it stands in the file.
    return re.sub("_x005F_(?=x[0-9A-F]{4}_)", "_", value) if isinstance(value, str) else value


def table(content: bytes, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet by their headers."""
    head, *rows = sheets(content)[name]
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def content() -> bytes:
    return results_workbook(sealed(), FINGERPRINT)


# --- What is in it -------------------------------------------------------------------------------
def test_the_sheets_stand_in_the_order_of_reading(content: bytes) -> None:
    assert list(sheets(content)) == [
        "Sở, ban, ngành", "UBND các huyện", "Ma trận Sở, ban, ngành", "Ma trận UBND các huyện",
        "Điểm từng tiêu chí", "Từng lần chấm", "Tài liệu kiểm chứng", "Từ điển dữ liệu",
        "Thông tin đợt",
    ]  # fmt: skip


def test_a_group_is_ranked_with_its_figures_unrounded(content: bytes) -> None:
    rows = sheets(content)["Sở, ban, ngành"]
    assert rows[0][0] == "KẾT QUẢ CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM 2020"
    assert rows[2][0] == f"Chỉ số CCHC năm 2020. Mã đối chiếu: {FINGERPRINT}."
    first, second = (dict(zip(rows[4], row, strict=True)) for row in rows[5:7])
    assert (first["Xếp hạng"], first["Mã cơ quan"], first["Cơ quan"]) == (1, "007", "Sở Nội vụ")
    assert (first["Chỉ số (%)"], first["Tổng điểm"]) == (78.55864, 31.423456)
    assert (first["Mức trên"], first["Còn thiếu đến mức trên"]) == ("Tốt", pytest.approx(1.44136))
    assert f"{first['Gửi hồ sơ lúc']:%d/%m/%Y %H:%M}" == "18/12/2020 16:00"
    assert (second["Đồng hạng"], second["Gửi hồ sơ lúc"]) == ("Có", None)
    assert [row[1:3] for row in rows[9:12]] == [["Tốt", 0], ["Khá", 2], ["Yếu", 0]]


def test_an_index_on_a_bound_that_does_not_count_lacks_nothing_but_the_grade(
    content: bytes,
) -> None:
    rows = sheets(content)["UBND các huyện"]
    line = dict(zip(rows[4], rows[5], strict=True))
    assert (line["Mức trên"], line["Còn thiếu đến mức trên"]) == ("Tốt", 0)
    assert "minh họa" in rows[2][0]


def test_every_score_is_in_a_row(content: bytes) -> None:
    rows = table(content, SCORES.title)
    assert len(rows) == 3 * 4
    assert {
        key: value for key, value in rows[0].items() if value is not None and key != "Lúc chấm"
    } == {
        "Nhóm": "Sở, ban, ngành", "Mã cơ quan": "007", "Cơ quan": "Sở Nội vụ",
        "Mã tiêu chí": "01.10", "Cách tính": "Người chấm quyết định", "Điểm tối đa": 2,
        "Tự chấm": 2, "Thẩm định lần 1": 1.5, "Thẩm định lần 2": 1.75, "Hội đồng": 1.8,
        "Điểm được tính": 1.8, "Bước được tính": "Hội đồng", "Không áp dụng": "Không",
        "Lý do": "Thiếu kế hoạch", "Người chấm": "Lê Thị Thư",
        "Giải trình khi tự chấm": "Đã làm", "Số tài liệu": 2,
    }  # fmt: skip
    assert f"{rows[0]['Lúc chấm']:%d/%m/%Y %H:%M}" == "15/01/2021 10:30"
    assert (rows[1]["Không áp dụng"], rows[1]["Điểm được tính"]) == ("Có", None)
    assert rows[2]["Điều tra"] == rows[2]["Điểm được tính"] == 30.123456
    assert (rows[3]["Bước được tính"], rows[3]["Không áp dụng"]) == (None, "Không")


def test_every_mark_and_document_is_in_a_row(content: bytes) -> None:
    marks = table(content, MARKS.title)
    assert len(marks) == 3 * 8
    assert [row["Bước"] for row in marks[:4]] == [
        "Tự chấm", "Thẩm định lần 1", "Thẩm định lần 2", "Hội đồng",
    ]  # fmt: skip
    assert (marks[2]["Lần lưu"], marks[2]["Điểm"]) == (3, 1.75)
    documents = table(content, "Tài liệu kiểm chứng")
    assert [row["Mã tiêu chí"] for row in documents[:3]] == ["01.10", "01.10", "4"]
    assert all(len(row["SHA-256"]) == 64 for row in documents)


def test_the_matrix_has_three_readings_of_each_agency(content: bytes) -> None:
    rows = sheets(content)["Ma trận Sở, ban, ngành"]
    assert rows[1][3:] == [2, 3, 35, 1]
    assert rows[2] == ["Mã cơ quan", "Cơ quan", "Lần chấm", "01.10", "2", "3", "4"]
    assert [row[2:] for row in rows[3:6]] == [
        ["Tự chấm", 2, "KAD", 30.123456, 0.5],
        ["Thẩm định", 1.75, "KAD", 30.123456, None],
        ["Kết quả", 1.8, "KAD", 30.123456, None],
    ]
    book = openpyxl.load_workbook(BytesIO(content))
    page = book["Ma trận Sở, ban, ngành"]
    assert (page.freeze_panes, page.auto_filter.ref) == ("D4", "A3:G9")


def test_titles_stand_beside_codes_where_they_are_given() -> None:
    names = {"department": {"01.10": LeafName("Chỉ đạo, điều hành", "=Kế hoạch")}}
    found = results_workbook(sealed(), FINGERPRINT, names=names)
    first = table(found, SCORES.title)[0]
    assert (first["Lĩnh vực"], first["Tiêu chí"]) == ("Chỉ đạo, điều hành", "=Kế hoạch")
    assert sheets(found)["Ma trận Sở, ban, ngành"][0][3] == "=Kế hoạch"


def test_the_round_is_told_in_words(content: bytes) -> None:
    rows = sheets(content)["Thông tin đợt"]
    said = {row[0]: row[1] for row in rows}
    assert said["Mã đối chiếu"] == FINGERPRINT
    assert said["Khi bằng điểm"] == "đồng hạng"
    assert ["Tốt", 80, "Không", None, None, None] in rows
    assert ["dossier-12", "e" * 64, None, None, None, None] in rows


def test_without_single_marks_it_is_the_rest(content: bytes) -> None:
    less = results_workbook(sealed(), FINGERPRINT, whole=False)
    assert list(sheets(less)) == [
        name for name in sheets(content) if name not in ("Từng lần chấm", "Tài liệu kiểm chứng")
    ]
    assert {row["Bảng"] for row in table(less, "Từ điển dữ liệu")}.isdisjoint(
        {"Từng lần chấm", "Tài liệu kiểm chứng"}
    )


# --- What it means -------------------------------------------------------------------------------
def test_every_field_is_explained_in_the_sheet_and_in_the_guide(content: bytes) -> None:
    explained = {
        (row["Bảng"], row["Tên trường"]): (row["Tiêu đề"], row["Ý nghĩa"], row["Ví dụ"])
        for row in table(content, "Từ điển dữ liệu")
    }
    guide = GUIDE.read_text("utf-8")
    for item in DICTIONARY:
        assert f"## {item.title}" in guide
        assert f"`{item.name}`" in guide
        for field in item.fields:
            assert explained[item.title, field.name][:2] == (field.label, field.explained)
            row = f"| `{field.name}` | {field.label} | {field.explained} | {field.unit} |"
            assert row in guide


def test_names_of_fields_are_told_once_in_a_table() -> None:
    for item in DICTIONARY:
        for names in ([f.name for f in item.fields], [f.label for f in item.fields]):
            assert len(set(names)) == len(names)


def test_stages_and_readings_are_those_of_the_process() -> None:
    from appraisal.queries.results import STAGES_OF
    from appraisal.states import Stage

    assert set(STAGES) == set(Stage)
    assert {name: stages for name, (_label, stages) in READINGS.items()} == STAGES_OF


def test_words_of_settings_cover_what_a_round_may_have() -> None:
    from appraisal.models.round import NotApplicableMethod, OwnAgencyPolicy, TieRule
    from appraisal.workbooks.result_rows import ROUND

    words = {field.name: set(field.words) for field in ROUND.fields if field.words}
    assert words == {
        "not_applicable_method": set(NotApplicableMethod),
        "own_agency_policy": set(OwnAgencyPolicy),
        "tie_rule": set(TieRule),
    }


# --- Charts --------------------------------------------------------------------------------------
def test_each_group_has_its_charts_and_they_know_what_they_show(content: bytes) -> None:
    charts = [xml for name, xml in parts(content).items() if name.startswith("xl/charts/chart")]
    assert len(charts) == 4
    assert "<c:v>Sở Nội vụ</c:v>" in charts[1]
    assert "<c:v>78.55864</c:v>" in charts[1]
    assert "<c:v>Khá</c:v>" in charts[0]


def test_a_group_too_large_for_bars_has_the_chart_of_grades_alone() -> None:
    many = [agency(f"A{n}", f"Cơ quan {n}", rank=n) for n in range(1, 62)]
    found = parts(results_workbook(sealed(group("Sở", *many)), FINGERPRINT))
    assert sum(name.startswith("xl/charts/chart") for name in found) == 1


# --- Nothing runs, nothing is lost ---------------------------------------------------------------
def hostile(text: str) -> dict[str, Any]:
    """A snapshot in which a text stands wherever a person can have typed one."""
    marks = {stage: mark("1", text, by=text) for stage in ("self", "appraisal")}
    leaves = [leaf("01", "2", "appraisal", **marks)]
    found = sealed(group(text, agency("007", text, grade=text, leaves=leaves)))
    found["round"] |= {"name": text, "bands": [{"name": text, "from": "0", "inclusive": True}]}
    found["groups"][0]["criteria"]["name"] = text
    return found


@pytest.mark.parametrize("text", [*TEXTS, *INJECTIONS], ids=range(len(TEXTS) + len(INJECTIONS)))
def test_no_text_runs_and_every_text_is_read_back(text: str) -> None:
    names = {"department": {"01": LeafName(text, text)}}
    found = results_workbook(hostile(text), FINGERPRINT, names=names)
    for name, xml in parts(found).items():
        if name.startswith("xl/worksheets/"):
            assert re.findall(r"<f\b|<hyperlink\b|<f/", xml) == [], name
        assert "TargetMode" not in xml
    wanted = clean_text(text)
    first = table(found, SCORES.title)[0]
    if len(wanted) > 32_767:
        assert first["Lý do"].startswith(wanted[:1000])
        return
    read = [first[key] for key in ("Nhóm", "Cơ quan", "Tiêu chí", "Lý do", "Người chấm")]
    assert read == [wanted or None] * 5
    assert unicodedata.is_normalized("NFC", wanted)
    assert (first["Mã cơ quan"], first["Mã tiêu chí"]) == ("007", "01")


@pytest.mark.parametrize("text", ["dài " * 10_000, "😀" * 20_000, "<r>" + "a" * 40_000 + "</r>"])
def test_a_text_longer_than_a_cell_stands_whole_in_a_sheet_of_its_own(text: str) -> None:
    found = results_workbook(hostile(text), FINGERPRINT)
    whole: dict[int, list[str]] = {}
    places = {}
    for row in table(found, LONG):
        whole.setdefault(row["Số"], []).append(row["Nội dung"])
        places[row["Ô gốc"]] = row["Số"]
        assert row["Phần"] == len(whole[row["Số"]])
    # The round's name stands in a sentence of the group's sheet, everything else by itself.
    (sentence,) = {"".join(pieces) for pieces in whole.values()} - {clean_text(text)}
    assert sentence.startswith(clean_text(text))
    cell = table(found, SCORES.title)[0]["Lý do"]
    assert cell.startswith(clean_text(text)[:1000])
    assert cell.endswith(f"(đủ nội dung ở trang “{LONG}”, số {places['Điểm từng tiêu chí!Q2']})")


def test_numbers_keep_every_digit_of_the_seal(content: bytes) -> None:
    """What a program makes of them is its own affair; the file says all."""
    found = sealed(group("Sở", agency(leaves=[leaf("1", "3", "survey", survey=mark("1.2345678"))])))
    xml = parts(results_workbook(found, FINGERPRINT))
    assert any("<v>1.2345678</v>" in text for text in xml.values())


def test_a_full_sheet_goes_on_in_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results_out, "MAX_ROWS", 6)
    found = results_workbook(sealed(), FINGERPRINT)
    rows = [
        row for name in sheets(found) if name.startswith(SCORES.title) for row in table(found, name)
    ]
    assert [row["Mã tiêu chí"] for row in rows] == ["01.10", "2", "3", "4"] * 3


def test_sheets_of_groups_with_like_names_are_told_apart() -> None:
    long = "Các cơ quan chuyên môn thuộc Ủy ban nhân dân tỉnh"
    names = [long, long + " khác", long.upper(), "History", "[a]/b"]
    groups = [group(name, agency(), code=f"g{n}") for n, name in enumerate(names)]
    titles = list(sheets(results_workbook(sealed(*groups), FINGERPRINT)))
    assert len({title.casefold() for title in titles}) == len(titles) == 15
    assert "history" not in {title.casefold() for title in titles}


def test_the_same_result_gives_the_same_bytes_however_it_is_read() -> None:
    text = json.dumps(sealed(), sort_keys=True, ensure_ascii=False)
    made = []
    for snapshot in (Loaded(sealed()), Streamed(text)):
        target = BytesIO()
        write_results(target, snapshot, FINGERPRINT)
        made.append(target.getvalue())
    assert made[0] == made[1] == results_workbook(sealed(), FINGERPRINT)


def test_memory_does_not_grow_with_the_agencies(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        many = [agency(f"A{n:03}", f"Cơ quan {n}", reason=f"Lý do {n}") for n in range(count)]
        text = json.dumps(sealed(group("Sở", *many)))
        del many
        with (tmp_path / "out").open("wb") as target:
            tracemalloc.start()
            try:
                write_results(target, Streamed(text), FINGERPRINT)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    few, many = peak(500), peak(2000)
    assert many - few < 512 * 1024


# --- Another program ---------------------------------------------------------------------------
def test_libreoffice_reads_what_we_wrote(tmp_path: Path) -> None:
    source = tmp_path / "ket-qua.xlsx"
    found = sealed(group("Sở", agency("007", "=1+1 Sở Nội vụ", "Tỷ lệ _x0041_ <r>đạt</r>")))
    source.write_bytes(results_workbook(found, FINGERPRINT))
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,"
         "false,-1", "--outdir", str(tmp_path), str(source)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    tables = {
        path.stem.partition("-")[2].partition("-")[2]: list(csv.reader(path.open(encoding="utf-8")))
        for path in tmp_path.glob("*.csv")
    }
    assert len(tables) == 7
    head, first, *_rest = tables["Điểm từng tiêu chí"]
    row = dict(zip(head, first, strict=True))
    assert (row["Mã cơ quan"], row["Cơ quan"], row["Mã tiêu chí"]) == (
        "007", "=1+1 Sở Nội vụ", "01.10",
    )  # fmt: skip
    assert row["Lý do"] == "Tỷ lệ _x0041_ <r>đạt</r>"
    assert "2021" in row["Lúc chấm"]
    assert "10:30" in row["Lúc chấm"]
    assert not any(
        cell.startswith(("#", "Err:")) for rows in tables.values() for row in rows for cell in row
    )
