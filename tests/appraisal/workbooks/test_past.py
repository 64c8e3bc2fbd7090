"""A published table comes in as it was published; what contradicts itself is said by cell."""

from __future__ import annotations

import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

from appraisal.files.refusal import Refused
from appraisal.workbooks import parsing
from appraisal.workbooks.past import HEADERS, Known, PastRow, PastSheet, parse_past
from appraisal.workbooks.reading import read_table
from appraisal.workbooks.table import Kind
from tests.appraisal.workbooks.sheets import Value, found, table

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "attack_corpus"
KNOWN = Known(
    before=2020, province="Kon Tum", year=2019,
    groups={"department": "Sở, ban, ngành", "district": "UBND các huyện, thành phố"},
)  # fmt: skip
HEADER = ("Năm", "Cơ quan", "Tổng điểm", "Chỉ số (%)", "Xếp hạng", "Xếp loại")


def read(*rows: tuple[Value, ...], header: tuple[str, ...] = HEADER, **known: Any) -> PastSheet:
    return parse_past(table(header, *rows), Known(**{**KNOWN.to_json(), **known}))


def only(sheet: PastSheet) -> PastRow:
    assert sheet.problems == ()
    (row,) = sheet.rows
    return row


def sentences(sheet: PastSheet) -> dict[str, str]:
    return {problem.cell: problem.sentence for problem in sheet.problems}


# --- What comes in -----------------------------------------------------------------------------
def test_binh_duong_2017_is_read_as_it_is() -> None:
    content = ROOT / "data" / "binh-duong-2017.csv"
    sheet = parsing.import_past(content, content.name, KNOWN)
    assert [(row.rank, row.name, row.total) for row in sheet.rows[:2]] == [
        (1, "Thành phố Thủ Dầu Một", Decimal("84.58")),
        (2, "Thị xã Tân Uyên", Decimal("82")),
    ]
    assert len(sheet.rows) == 9
    for row in sheet.rows:
        assert (row.appraised or 0) + (row.survey or 0) == row.total == row.index
        assert (row.year, row.group, row.maximum) == (2017, "UBND các huyện, thành phố", 100)
        assert "baubang.binhduong.gov.vn" in row.source
    assert [(problem.cell, problem.blocking) for problem in sheet.problems] == [("A2", False)]
    assert "tỉnh khác" in sheet.problems[0].sentence


def test_the_table_of_our_own_province_comes_in_without_a_warning() -> None:
    path = ROOT / "data" / "binh-duong-2017.csv"
    known = Known(**{**KNOWN.to_json(), "province": "Bình Dương"})
    assert parsing.import_past(path, path.name, known).problems == ()


def test_a_line_is_read_whole() -> None:
    header = ("Mã cơ quan", "Nhóm", *HEADER, "Điểm thẩm định", "Điểm điều tra xã hội học",
              "Điểm tối đa", "Quyết định", "Ghi chú")  # fmt: skip
    row = only(
        read(
            ("007", "department", "2018", "Sở Y tế", "42,29", "84,58", "2", "Tốt",
             "30", "12,29", "50", "QĐ 35/QĐ-UBND", "bản đính chính"),
            header=header,
        )
    )  # fmt: skip
    assert row == PastRow(
        cell="D2", year=2018, group="Sở, ban, ngành", code="007", name="Sở Y tế",
        appraised=Decimal(30), survey=Decimal("12.29"), total=Decimal("42.29"),
        maximum=Decimal(50), index=Decimal("84.58"), rank=2, grade="Tốt",
        source="QĐ 35/QĐ-UBND; bản đính chính",
    )  # fmt: skip


@pytest.mark.parametrize("key", HEADERS)
def test_headers_are_known_in_both_languages_whatever_their_case(key: str) -> None:
    """A header that is not known is warned of, so no warning means that it was read."""
    values = {"province": "Kon Tum", "year": "2018", "rank": "1", "grade": "Tốt", "group": "Nhóm",
              "code": "A", "name": "Sở Y tế", "total": "80", "index": "80", "number": "1",
              "maximum": "100", "appraised": "50", "survey": "30"}  # fmt: skip
    for header in HEADERS[key]:
        for written in (header.upper(), f"{header.replace(' ', '_')} (điểm)"):
            columns = {"name": "Cơ quan", "total": "Tổng điểm"} | {key: written}
            sheet = read(
                tuple(values.get(item, "0") for item in columns), header=tuple(columns.values())
            )
            assert len(sheet.rows) == 1, written
            assert not [p for p in sheet.problems if "không được đọc" in p.sentence], written


def test_columns_stand_in_any_order_below_a_title() -> None:
    rows = (("BẢNG KẾT QUẢ NĂM 2019",), ("Xếp hạng", "Chỉ số CCHC (%)", "Đơn vị"),
            ("1", "90,5", "Sở Y tế"))  # fmt: skip
    sheet = parse_past(table(*rows), KNOWN)
    assert (sheet.rows[0].name, sheet.rows[0].index, sheet.rows[0].year) == (
        "Sở Y tế", Decimal("90.5"), 2019,
    )  # fmt: skip


def test_total_and_index_are_each_counted_from_the_other_and_it_is_said() -> None:
    by_index = read(("Sở Y tế", "84,58", "50"), header=("Cơ quan", "Chỉ số", "Điểm tối đa"))
    assert by_index.rows[0].total == Decimal("42.29")
    assert "tổng điểm được tính từ chỉ số" in by_index.problems[0].sentence
    by_total = read(("Sở Y tế", "1"), header=("Cơ quan", "Tổng điểm"))
    assert by_total.rows[0].index == 1
    assert "chỉ số được tính từ tổng điểm" in by_total.problems[0].sentence


def test_a_held_table_is_the_same_after_keeping() -> None:
    sheet = read(("2018", "Sở Y tế", "84,58", "84,58", "1", "Tốt"), ("2018", "Sở B", "9", "8", "3"))
    assert PastSheet.from_json(json.loads(json.dumps(sheet.to_json()))) == sheet


# --- Numbers -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("84,58", "84.58"), ("84.58", "84.58"), ("84", "84"), ("0", "0"),
        ("84,123456", "84.123456"),
        ("\u00a084,58 ", "84.58"), ("84,58%", "84.58"), ("84,58 %", "84.58"),
        (("84.58", Kind.NUMBER), "84.58"), (("84.580000000000013", Kind.NUMBER), "84.58"),
        (("8.458E1", Kind.NUMBER), "84.58"),
    ],
)  # fmt: skip
def test_an_index_is_read_exactly(cell: Value, value: str) -> None:
    row = only(read(("Sở Y tế", cell, value), header=("Cơ quan", "Chỉ số", "Tổng điểm")))
    assert row.index == Decimal(value)


def test_a_percentage_of_the_program_is_read_as_it_is_shown_and_warned_of() -> None:
    sheet = read(
        ("Sở Y tế", ("0.8458", Kind.PERCENT), "84,58"), header=("Cơ quan", "Chỉ số", "Tổng điểm")
    )
    assert sheet.rows[0].index == Decimal("84.58")
    assert sentences(sheet) == {"B2": "Ô định dạng phần trăm; số được đọc là 84,58."}


def test_more_decimals_than_are_kept_are_rounded_before_a_persons_eyes() -> None:
    sheet = read(("Sở Y tế", "84,12345678", "84,12"), header=("Cơ quan", "Chỉ số", "Tổng điểm"))
    assert sheet.rows[0].index == Decimal("84.123457")
    assert sentences(sheet) == {"B2": "Có quá 6 chữ số thập phân; được làm tròn thành 84,123457."}


@pytest.mark.parametrize(
    "cell",
    ["-1", "−1", "+1", "1e2", "1.000,5", "1,000.5", "84,", ",5", "chín", "84 58", "١٢", "1000,01",
     "NaN", ("-1", Kind.NUMBER), ("NaN", Kind.NUMBER), ("1E400", Kind.NUMBER),
     ("45293", Kind.DATE), ("1", Kind.BOOLEAN), ("#N/A", Kind.ERROR), ("84", Kind.FORMULA)],
)  # fmt: skip
@pytest.mark.parametrize("header", ["Tổng điểm", "Điểm thẩm định", "Điểm tối đa"])
def test_what_is_no_number_blocks_at_its_cell(cell: Value, header: str) -> None:
    sheet = read(("Sở Y tế", "80", cell), header=("Cơ quan", "Chỉ số", header))
    assert found(sheet, blocking=True) == ["C2"]  # type: ignore[arg-type]
    assert sheet.rows == ()


@pytest.mark.parametrize(
    ("header", "cell"),
    [("Năm", "1999"), ("Năm", "2020"), ("Năm", "20I9"), ("Năm", ("2019.5", Kind.NUMBER)),
     ("Năm", ("43831", Kind.DATE)), ("Xếp hạng", "0"), ("Xếp hạng", "1/9"), ("Xếp hạng", "I"),
     ("Xếp loại", ("1", Kind.BOOLEAN)), ("Mã cơ quan", ("43831", Kind.DATE)),
     ("Nhóm", ("1", Kind.FORMULA)), ("Tổng điểm", "5%")],
)  # fmt: skip
def test_a_wrong_year_rank_text_or_code_blocks_at_its_cell(header: str, cell: Value) -> None:
    sheet = read(("Sở Y tế", "80", cell), header=("Cơ quan", "Chỉ số", header))
    assert found(sheet, blocking=True) == ["C2"]  # type: ignore[arg-type]


def test_one_wrong_cell_keeps_the_whole_table_out() -> None:
    sheet = read(("2018", "Sở Y tế", "84", "84", "1", "Tốt"), ("2018", "Sở B", "x", "80", "2", ""))
    assert sheet.blocked
    assert sheet.rows == ()


def test_a_line_needs_a_name_and_a_figure() -> None:
    sheet = read(("2018", "", "84", "84", "1", ""), ("2018", "Tổng cộng", "", "", "", ""))
    assert sentences(sheet) == {
        "B2": "Dòng này thiếu tên cơ quan.",
        "B3": "Dòng này không có tổng điểm và chỉ số.",
    }


def test_a_maximum_of_nothing_blocks() -> None:
    sheet = read(("Sở Y tế", "8", "0"), header=("Cơ quan", "Tổng điểm", "Điểm tối đa"))
    assert found(sheet, blocking=True) == ["C2"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "second", "cell"),
    [(("A", "Sở Y tế"), ("B", "sở  y TẾ"), "B3"), (("A1", "Sở A"), ("a1", "Sở B"), "A3")],
)
def test_an_agency_that_comes_twice_in_a_year_blocks(
    first: tuple[str, str], second: tuple[str, str], cell: str
) -> None:
    header = ("Mã cơ quan", "Cơ quan", "Tổng điểm", "Chỉ số", "Năm")
    lines = [(*who, "80", "80", "2018") for who in (first, second)]
    assert found(read(*lines, header=header), blocking=True) == [cell]  # type: ignore[arg-type]
    other_year = (*second, "80", "80", "2017")
    assert len(read(lines[0], other_year, header=header).rows) == 2


# --- What contradicts itself -----------------------------------------------------------------
PARTS = ("Cơ quan", "Điểm thẩm định", "Điểm điều tra xã hội học", "Điểm thưởng", "Điểm trừ",
         "Tổng điểm", "Điểm tối đa", "Chỉ số")  # fmt: skip


@pytest.mark.parametrize(
    ("line", "warned"),
    [
        (("60", "20", "1", "0,5", "80,5", "100", "80,5"), {}),
        (("60", "20", "", "", "80,01", "100", "80,01"), {}),  # the parts were rounded
        (("60", "20", "", "", "80,5", "100", "80,5"),
         {"F2": "Cộng các phần được 80, khác tổng điểm."}),
        (("60", "20", "", "", "80", "100", "80,5"),
         {"H2": "Tổng điểm trên điểm tối đa 100 là 80%."}),
        (("30", "10", "", "", "40", "50", "80"), {}),
        (("", "20", "", "", "80", "100", "80"), {}),
    ],
)  # fmt: skip
def test_sums_that_do_not_agree_are_warned_of_and_kept(
    line: tuple[str, ...], warned: dict[str, str]
) -> None:
    sheet = read(("Sở Y tế", *line), header=PARTS)
    assert sentences(sheet) == warned
    assert not sheet.blocked
    assert len(sheet.rows) == 1


@pytest.mark.parametrize(
    ("ranks", "warned"),
    [(("1", "2", "3"), []), (("2", "5", "9"), []), (("1", "", "2"), []),
     (("1", "3", "2"), ["B4"]), (("1", "1", "3"), ["B3"]), (("3", "2", "1"), ["B3", "B4"])],
)  # fmt: skip
def test_a_rank_that_the_index_contradicts_is_warned_of(
    ranks: tuple[str, ...], warned: list[str]
) -> None:
    lines = [
        ("2018", f"Sở {place}", index, index, rank, "")
        for place, (index, rank) in enumerate(zip(("90", "80", "70"), ranks, strict=True))
    ]
    assert found(read(*lines), blocking=False) == warned  # type: ignore[arg-type]


def test_equal_indexes_may_share_a_rank_or_not_and_groups_are_ranked_apart() -> None:
    header = ("Nhóm", *HEADER)
    lines = [("A", "2018", "Sở 1", "80", "80", "1", ""), ("A", "2018", "Sở 2", "80", "80", "1", ""),
             ("B", "2018", "Sở 3", "70", "70", "2", ""), ("B", "2018", "Sở 4", "70", "70", "1", ""),
             ("B", "2017", "Sở 4", "60", "60", "1", "")]  # fmt: skip
    assert read(*lines, header=header).problems == ()


def test_points_above_their_own_maximum_are_warned_of() -> None:
    header = ("Cơ quan", "Tổng điểm", "Chỉ số", "appraisal_points", "appraisal_max")
    assert list(sentences(read(("Sở Y tế", "80", "80", "70", "65"), header=header))) == ["D2"]


def test_sources_that_are_too_long_are_cut_before_a_persons_eyes() -> None:
    header = ("Cơ quan", "Tổng điểm", "Chỉ số", "Nguồn", "Ghi chú")
    sheet = read(("Sở Y tế", "80", "80", "n" * 200, "g" * 200), header=header)
    assert len(sheet.rows[0].source) == 300
    assert list(sentences(sheet)) == ["A2"]


# --- Tables that are none ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("header", "year", "said"),
    [(("Tên", "Tổng điểm"), 2019, "“Cơ quan”"), (("Cơ quan", "Ghi chú"), 2019, "“Chỉ số”"),
     (("Cơ quan", "Tổng điểm"), None, "“Năm”"),
     (("Cơ quan", "Tổng điểm", "total points"), 2019, "lặp lại tiêu đề")],
)  # fmt: skip
def test_a_table_without_what_is_needed_is_refused_and_says_what(
    header: tuple[str, ...], year: int | None, said: str
) -> None:
    with pytest.raises(Refused) as refused:
        read(("Sở Y tế", "80", "80"), header=header, year=year)
    assert said in refused.value.sentence


# --- The corpus ----------------------------------------------------------------------------------
ENTRIES = {
    entry["id"]: entry
    for entry in json.loads((CORPUS / "manifest.json").read_text("utf-8"))["entries"]
    if entry["kind"] in ("xlsx_import", "csv_import")
}
DRESSED = {
    "Mã tiêu chí": "Cơ quan", "Mã cha": "STT", "Nội dung tiêu chí": "Nguồn",
    "Điểm tối đa": "Tổng điểm",
}  # fmt: skip
# A table of results has no tree.
OTHERWISE = dict.fromkeys(
    ["xlsx:tree-orphan-self", "xlsx:tree-sum-mismatch", "xlsx:tree-deep"], "accept"
)


def dressed(entry: dict[str, Any]) -> bytes:
    """The file of the corpus with the headers of a table of results, every trick left in it."""
    content = (CORPUS / entry["path"]).read_bytes()
    if entry["kind"] == "csv_import":
        return _redressed(content)
    try:
        read_table(CORPUS / entry["path"], entry["upload_as"])
    except Refused:
        return content  # it never comes to its headers
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for part in old.infolist():
            new.writestr(part, _redressed(old.read(part)))
    return made.getvalue()


def _redressed(content: bytes) -> bytes:
    for old, new in DRESSED.items():
        for form in ("NFC", "NFD"):
            for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
                content = content.replace(
                    normalize(form, old).encode(encoding), normalize(form, new).encode(encoding)
                )
    return content


def decision(content: Path, name: str) -> str:
    """What is decided of a file, in a child process; that it has no index is not counted."""
    try:
        sheet = parsing.import_past(content, name, KNOWN)
    except Refused:
        return "reject"
    if sheet.blocked:
        assert sheet.rows == ()
        return "reject_rows"
    counted = [p for p in sheet.problems if not p.sentence.startswith("Không có cột “Chỉ số”")]
    return "warn" if counted else "accept"


@pytest.mark.parametrize("name", ENTRIES)
def test_the_corpus_dressed_as_results_gets_its_decision(name: str, tmp_path: Path) -> None:
    entry = ENTRIES[name]
    path = tmp_path / "table"
    path.write_bytes(dressed(entry))
    expected = OTHERWISE.get(name, entry["expect"]["decision"])
    assert decision(path, entry["upload_as"]) == expected


@pytest.mark.parametrize("name", ENTRIES)
def test_a_table_of_criteria_is_no_table_of_results(name: str) -> None:
    entry = ENTRIES[name]
    assert decision(CORPUS / entry["path"], entry["upload_as"]) == "reject"
