"""An agency's workbook goes out, is filled, and comes back as what was typed: no more, no less."""

from __future__ import annotations

import json
import re
import subprocess
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

from appraisal import scoring
from appraisal.demonstration.province import criteria
from appraisal.files.refusal import Refused
from appraisal.workbooks.locked import NO, YES, digest
from appraisal.workbooks.reading import read_table
from appraisal.workbooks.self_scores import (
    CODE,
    COUNTED,
    FILES,
    HEADER_ROW,
    INPUT,
    KEY,
    POINTS,
    PROPOSED,
    REASON,
    SHEET,
    UNIT,
    VALUE,
    VERSION,
    WAIVED,
    LeafSpec,
    SelfScoreSheet,
    parse_file,
    parse_self_scores,
)
from appraisal.workbooks.self_scores_out import (
    SUM_ROW,
    Heading,
    LeafRow,
    SheetFacts,
    write_self_scores,
)
from appraisal.workbooks.values import clean_text

OWNER = digest(["Sở Y tế", 2020])
FACTS = SheetFacts("Chỉ số CCHC năm 2020", "Sở Y tế", OWNER, datetime(2020, 12, 10, 9, 0))
TEXTS = [
    case["text"]
    for case in json.loads(
        Path("tests/attack_corpus/tables/texts.json").read_text(encoding="utf-8")
    )["cases"]
]

# XlsxWriter copies such a text into the sheet as finished XML.
INJECTIONS = [
    "<r></r>",
    '<r><t>a</t></r></is></c><c r="B1"><f>1+1</f><v>2</v></c><c t="inlineStr"><is><r><t>b</t></r>',
    "=1+1",
    "_x0041_",
]


def rows(**stored: Mapping[str, Any]) -> list[Heading | LeafRow]:
    """The demonstration's departments, with what is stored of some leaves by their code."""
    found: list[Heading | LeafRow] = []
    for item in criteria("department").rows:
        if not item.is_leaf:
            found.append(Heading(item.code, item.title, item.max_points, item.depth))
            continue
        if item.kind in {"survey", "penalty"}:
            continue
        rule = scoring.Rule(item.kind, item.max_points, item.params)
        found.append(
            LeafRow(
                item.code, item.title, rule, item.rule_text, "\n".join(item.evidence),
                item.na_allowed, depth=item.depth, **stored.get(item.code, {}),
            )
        )  # fmt: skip
    return found


def leaves_of(sheet: list[Heading | LeafRow]) -> list[LeafRow]:
    return [row for row in sheet if isinstance(row, LeafRow)]


def specs(sheet: list[Heading | LeafRow]) -> list[LeafSpec]:
    return [
        LeafSpec(
            row.code, row.rule.kind, row.rule.max_points, dict(row.rule.params or {}),
            row.na_allowed,
        )
        for row in leaves_of(sheet)
    ]  # fmt: skip


def read(content: bytes, sheet: list[Heading | LeafRow], folder: Path) -> SelfScoreSheet:
    path = folder / "back.xlsx"
    path.write_bytes(content)
    return SelfScoreSheet.from_json(
        parse_file(str(path), {"name": "bang.xlsx", "owner": OWNER,
                               "leaves": [spec.to_json() for spec in specs(sheet)]})
    )  # fmt: skip


def filled(content: bytes, cells: Mapping[tuple[str, str, int], Any]) -> bytes:
    """The workbook with cells typed by hand: (leaf, input or "", column) → value."""
    book = openpyxl.load_workbook(BytesIO(content))
    page = book["Tự chấm"]
    for number in range(HEADER_ROW + 1, page.max_row + 1):
        leaf, name = page.cell(number, KEY).value, page.cell(number, INPUT).value or ""
        is_main = page.cell(number, VERSION).value is not None
        for (wanted, asked, column), value in cells.items():
            if leaf == wanted and (name == asked if asked else is_main):
                page.cell(number, column).value = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def answers(rule: scoring.Rule, better: bool) -> dict[str, Any]:
    """Something to declare for every input of the rule."""
    declared: dict[str, Any] = {}
    for asked in scoring.inputs(rule):
        if asked.kind == "yes_no":
            declared[asked.name] = better
        elif asked.kind == "choice":
            declared[asked.name] = asked.choices[0 if better else -1].value
        elif asked.kind == "items":
            declared[asked.name] = [c.value for c in asked.choices[: None if better else 1]]
        elif asked.kind == "count":
            declared[asked.name] = 1 if better else 0
        else:
            declared[asked.name] = "37" if asked.name == "total" else "36.5"
    if declared.get("met") is False and "days_late" in declared:
        del declared["days_late"]
    return declared


def everything(better: bool) -> dict[str, dict[str, Any]]:
    stored = {}
    for leaf in leaves_of(rows()):
        declared = answers(leaf.rule, better)
        proposed = scoring.propose(leaf.rule, declared).points if declared else None
        points = proposed if proposed is not None else leaf.rule.max_points / 2
        stored[leaf.code] = {
            "version": 3, "declared": declared, "points": points, "reason": f"Lý do {leaf.code}",
            "files": (f"{leaf.code}.pdf", "Kế hoạch năm.docx"),
        }  # fmt: skip
    return stored


def recalculated(content: bytes, folder: Path) -> bytes:
    """Opened and saved by LibreOffice, every formula counted anew."""
    source = folder / "out.xlsx"
    source.write_bytes(content)
    target = folder / "saved"
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
         "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(target), str(source)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return (target / "out.xlsx").read_bytes()


# --- There and back ------------------------------------------------------------------------------
@pytest.mark.parametrize("better", [True, False])
def test_what_was_stored_comes_back_unchanged(better: bool, tmp_path: Path) -> None:
    stored = everything(better)
    sheet = rows(**stored)
    back = read(write_self_scores(FACTS, sheet), sheet, tmp_path)
    assert back.problems == ()
    assert [item.code for item in back.said] == [leaf.code for leaf in leaves_of(sheet)]
    for item in back.said:
        was = stored[item.code]
        assert item.declared == was["declared"], item.code
        assert item.points == was["points"], item.code
        assert (item.version, item.reason, item.files) == (3, was["reason"], was["files"])


def test_an_empty_workbook_says_nothing_of_any_leaf(tmp_path: Path) -> None:
    sheet = rows()
    back = read(write_self_scores(FACTS, sheet), sheet, tmp_path)
    assert back.problems == ()
    assert {(item.version, item.points, item.reason) for item in back.said} == {(0, None, "")}
    assert all(item.declared == {} for item in back.said)


def test_it_survives_being_saved_by_libreoffice_and_counts_as_we_do(tmp_path: Path) -> None:
    stored = everything(better=True)
    sheet = rows(**stored)
    written = write_self_scores(FACTS, sheet)
    saved = recalculated(written, tmp_path)
    back = read(saved, sheet, tmp_path)
    assert back.problems == ()
    assert {item.code: item.points for item in back.said} == {
        code: was["points"] for code, was in stored.items()
    }
    page = openpyxl.load_workbook(BytesIO(saved), data_only=True)["Tự chấm"]
    total = sum((was["points"] for was in stored.values()), Decimal(0))
    assert round(Decimal(str(page.cell(SUM_ROW, COUNTED).value)), 6) == round(total, 6)
    assert page.cell(SUM_ROW, VALUE).value == len(stored)
    for number in range(HEADER_ROW + 1, page.max_row + 1):
        leaf = page.cell(number, KEY).value
        if leaf is None or page.cell(number, VERSION).value is None:
            continue
        rule = next(row.rule for row in leaves_of(sheet) if row.code == leaf)
        proposed = scoring.propose(rule, stored[leaf]["declared"]).points
        shown = page.cell(number, PROPOSED).value
        if proposed is None:
            assert shown in {None, ""}
        else:
            assert round(Decimal(str(shown)), 6) == proposed, leaf


def test_cells_filled_in_libreoffice_are_read(tmp_path: Path) -> None:
    sheet = rows()
    ratio = next(leaf for leaf in leaves_of(sheet) if leaf.rule.kind == "proportional")
    met = next(leaf for leaf in leaves_of(sheet) if leaf.rule.kind == "boolean")
    typed = filled(
        write_self_scores(FACTS, sheet),
        {
            (ratio.code, "total", VALUE): 40, (ratio.code, "done", VALUE): 39.5,
            (ratio.code, "", REASON): "Đủ số liệu", (met.code, "met", VALUE): YES,
            (met.code, "", FILES): "Kế hoạch.pdf\nBáo cáo.pdf",
        },
    )  # fmt: skip
    back = {item.code: item for item in read(recalculated(typed, tmp_path), sheet, tmp_path).said}
    declared = {"total": "40", "done": "39.5"}
    assert back[ratio.code].declared == declared
    assert back[ratio.code].points == scoring.propose(ratio.rule, declared).points
    assert back[met.code].declared == {"met": True}
    assert back[met.code].files == ("Kế hoạch.pdf", "Báo cáo.pdf")


# --- Formulas ------------------------------------------------------------------------------------
EDGES: list[tuple[str, dict[str, Any], list[dict[str, Any]]]] = [
    ("boolean", {"no": 1}, [{"met": True}, {"met": False}, {}]),
    ("manual", {}, [{}]),
    ("levels", {"levels": [{"level": "Tốt", "share": 1}, {"level": "K*", "share": 0.5},
                           {"level": "Khá?~ " + "dài " * 70, "share": 0.25}]}, []),
    ("checklist", {"items": [{"label": "A", "points": 3}, {"label": "B", "points": 2}]},
     [{"items": ["1"]}, {"items": ["1", "2"]}, {"items": []}, {}]),
    ("checklist", {"items": 8, "points_each": 0.5}, [{"items": 3}, {"items": 0}, {}]),
]  # fmt: skip


def test_formulas_propose_what_the_server_proposes(tmp_path: Path) -> None:
    """Every rule of the demonstration and edges, without the values that the server wrote."""
    cases: list[tuple[scoring.Rule, dict[str, Any]]] = []
    for leaf in leaves_of(rows()):
        variants: list[dict[str, Any]] = [answers(leaf.rule, True), answers(leaf.rule, False), {}]
        for done, total in (("0", "0"), ("5", "0"), ("0", "7"), ("7", "7"), ("2", "3"), ("9", "7")):
            if {"done", "total"} <= {asked.name for asked in scoring.inputs(leaf.rule)}:
                variants.append({"done": done, "total": total})
        if any(asked.name == "days_late" for asked in scoring.inputs(leaf.rule)):
            variants += [{"met": False}, *({"met": True, "days_late": n} for n in range(40))]
        cases += [(leaf.rule, declared) for declared in variants]
    for kind, params, declared_list in EDGES:
        rule = scoring.Rule(kind, Decimal(4), params)
        choices = [c.value for asked in scoring.inputs(rule) for c in asked.choices]
        if kind == "levels":
            declared_list = [{"level": value} for value in choices]
        cases += [(rule, declared) for declared in declared_list]
    usable, sheet = [], []
    for rule, declared in cases:
        try:
            proposed = scoring.propose(rule, declared).points
        except scoring.BadValue:
            continue
        code = f"c{len(usable)}"
        usable.append((code, rule.kind, declared, proposed))
        sheet.append(LeafRow(code, "Nội dung", rule, "", "", False, 1, declared))
    # A saving by openpyxl drops every value of a formula: what is found was counted anew.
    bare = filled(write_self_scores(FACTS, sheet), {})
    page = openpyxl.load_workbook(BytesIO(recalculated(bare, tmp_path)), data_only=True)[SHEET]
    shown = {
        page.cell(number, KEY).value: page.cell(number, PROPOSED).value
        for number in range(HEADER_ROW + 1, page.max_row + 1)
        if page.cell(number, VERSION).value is not None
    }
    assert len(usable) > 100
    for code, kind, declared, proposed in usable:
        value = shown[code]
        found = None if value in (None, "") else round(Decimal(str(value)), 6)
        assert found == (None if proposed is None else round(proposed, 6)), (kind, declared)


def test_sums_count_fields_and_the_whole_without_what_is_outside(tmp_path: Path) -> None:
    rule = scoring.Rule("manual", Decimal(4), {})

    def leaf(code: str, points: str | None, **more: Any) -> LeafRow:
        own = None if points is None else Decimal(points)
        return LeafRow(code, code, rule, "", "", True, 1, {}, own, **more)

    sheet = [
        Heading("1", "Một", Decimal(12), 0), Heading("1.1", "Con", Decimal(8), 1),
        leaf("1.1.1", "1.5"), leaf("1.1.2", None), leaf("1.2", "2.25", depth=1),
        Heading("2", "Hai", Decimal(4), 0),
        leaf("2.1", None, not_applicable=True, reason="Không có"),
        leaf("T", "3", outside_total=True, depth=0),
    ]  # fmt: skip
    written = write_self_scores(FACTS, sheet)
    anew = recalculated(filled(written, {}), tmp_path)
    for content in (written, anew):
        page = openpyxl.load_workbook(BytesIO(content), data_only=True)[SHEET]
        at = {page.cell(n, CODE).value: n for n in range(1, page.max_row + 1)}
        sums = [page.cell(at[code], COUNTED).value for code in ("1", "1.1", "2", "Tổng")]
        assert sums == [3.75, 1.5, 0, 3.75]
        assert (page.cell(SUM_ROW, VALUE).value, page.cell(SUM_ROW, UNIT).value) == (3, "/ 4")


# --- What is typed wrong -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        (POINTS, 99, "Điểm vượt điểm tối đa"),
        (POINTS, "1e2", "Điểm phải là số"),
        (POINTS, -1, "âm"),
        (POINTS, "=1+1", "công thức"),
        (WAIVED, "Có thể", "Hãy chọn"),
        (REASON, '=HYPERLINK("http://x")', "công thức"),
        (FILES, "\n".join(f"{n}.pdf" for n in range(11)), "không quá 10 tệp"),
        (VERSION, "x", "phiên bản"),
    ],
)
def test_a_wrong_cell_is_named(column: int, value: Any, sentence: str, tmp_path: Path) -> None:
    sheet = rows()
    leaf = next(leaf for leaf in leaves_of(sheet) if leaf.rule.kind == "proportional")
    typed = filled(write_self_scores(FACTS, sheet), {(leaf.code, "", column): value})
    back = read(typed, sheet, tmp_path)
    assert back.blocked
    problem = back.problems[0]
    assert sentence in problem.sentence
    assert re.fullmatch(r"[A-Z]+\d+", problem.cell)
    assert leaf.code not in {item.code for item in back.said}


@pytest.mark.parametrize(
    ("kind", "name", "value", "sentence"),
    [
        ("yes_no", "met", "Chắc là có", "Hãy chọn"),
        ("number", "total", "mười", "số"),
        ("number", "total", "-4", "số"),
        ("choice", "level", "Không rõ", "Hãy chọn một trong"),
    ],
)
def test_a_wrong_answer_is_named(
    kind: str, name: str, value: str, sentence: str, tmp_path: Path
) -> None:
    sheet = rows()
    leaf = next(
        leaf
        for leaf in leaves_of(sheet)
        if any(asked.kind == kind and asked.name == name for asked in scoring.inputs(leaf.rule))
    )
    typed = filled(write_self_scores(FACTS, sheet), {(leaf.code, name, VALUE): value})
    back = read(typed, sheet, tmp_path)
    assert [problem.blocking for problem in back.problems] == [True]
    assert sentence in back.problems[0].sentence


def test_not_applicable_needs_a_leaf_that_allows_it_and_a_reason(tmp_path: Path) -> None:
    sheet = rows()
    allowed = next(leaf for leaf in leaves_of(sheet) if leaf.na_allowed)
    never = next(leaf for leaf in leaves_of(sheet) if not leaf.na_allowed)
    written = write_self_scores(FACTS, sheet)
    for leaf in (allowed, never):
        back = read(filled(written, {(leaf.code, "", WAIVED): YES}), sheet, tmp_path)
        assert back.blocked
    back = read(
        filled(written, {(allowed.code, "", WAIVED): YES, (allowed.code, "", REASON): "Không có"}),
        sheet, tmp_path,
    )  # fmt: skip
    said = next(item for item in back.said if item.code == allowed.code)
    assert (said.not_applicable, said.points, said.reason) == (True, None, "Không có")


# --- Whose workbook ------------------------------------------------------------------------------
def test_a_workbook_of_another_dossier_is_refused(tmp_path: Path) -> None:
    sheet = rows()
    path = tmp_path / "other.xlsx"
    path.write_bytes(write_self_scores(FACTS, sheet))
    table = read_table(path, "other.xlsx")
    with pytest.raises(Refused, match="of_another"):
        parse_self_scores(table, digest([]), specs(sheet), "other.xlsx")
    with pytest.raises(Refused, match="old_criteria"):
        parse_self_scores(table, OWNER, specs(sheet)[:-1], "other.xlsx")


@pytest.mark.parametrize(
    "path", sorted(Path("tests/attack_corpus").glob("[xc]*/*.*[vx]")), ids=lambda p: p.name
)
def test_every_workbook_of_the_corpus_is_refused(path: Path) -> None:
    sheet = rows()
    with pytest.raises(Refused):
        parse_self_scores(read_table(path, path.name), OWNER, specs(sheet), path.name)


# --- Inert ---------------------------------------------------------------------------------------
def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {n: archive.read(n).decode() for n in archive.namelist() if n.endswith(".xml")}


def test_only_our_own_formulas_are_in_the_workbook() -> None:
    plain = parts(write_self_scores(FACTS, rows()))
    ours = plain["xl/worksheets/sheet1.xml"].count("<f>")
    assert ours > 50
    for text in TEXTS:
        text = text[:3000]
        hostile = [
            replace(row, title=text)
            if isinstance(row, Heading)
            else replace(row, title=text, rule_text=text, evidence_text=text, reason=text,
                         files=(text,))
            for row in rows()
        ]  # fmt: skip
        facts = SheetFacts(text, text, OWNER, FACTS.taken_at)
        found = parts(write_self_scores(facts, hostile))
        assert found["xl/worksheets/sheet1.xml"].count("<f>") == ours
        for name, xml in found.items():
            assert "<hyperlink" not in xml, name
        openpyxl.load_workbook(BytesIO(write_self_scores(facts, hostile)))


@pytest.mark.parametrize("text", [*INJECTIONS, *TEXTS])
def test_a_text_of_anybody_comes_back_as_it_is(text: str, tmp_path: Path) -> None:
    rule = scoring.Rule("manual", Decimal(4), {})
    sheet: list[Heading | LeafRow] = [
        LeafRow("1", text[:3000], rule, text[:3000], "", False, 1, {}, None, False, text[:3000])
    ]
    content = write_self_scores(FACTS, sheet)
    assert parts(content)["xl/worksheets/sheet1.xml"].count("<f>") == 3  # counted, sum, how many
    back = read(content, sheet, tmp_path)
    if back.blocked:
        assert "ký tự ẩn" in back.problems[0].sentence
    else:
        assert back.said[0].reason == clean_text(text[:3000])


def test_marks_that_turn_the_writing_are_not_taken(tmp_path: Path) -> None:
    sheet = rows()
    code = leaves_of(sheet)[0].code
    typed = filled(write_self_scores(FACTS, sheet), {(code, "", REASON): "đạt\u202e gnôhk"})
    back = read(typed, sheet, tmp_path)
    assert "ký tự ẩn" in back.problems[0].sentence


@pytest.mark.parametrize(("length", "blocked"), [(10_000, False), (10_001, True)])
def test_a_reason_is_as_long_as_in_the_form(length: int, blocked: bool, tmp_path: Path) -> None:
    sheet = rows()
    code = leaves_of(sheet)[0].code
    typed = filled(write_self_scores(FACTS, sheet), {(code, "", REASON): "ê" * length})
    assert read(typed, sheet, tmp_path).blocked is blocked


def test_labels_of_a_rule_never_enter_a_formula() -> None:
    label = 'x")+HYPERLINK("http://evil.example","'
    rule = scoring.Rule("levels", Decimal(4), {"levels": [{"level": label, "share": 1}]})
    sheet: list[Heading | LeafRow] = [LeafRow("1", "Mức", rule, "", "", False)]
    for xml in parts(write_self_scores(FACTS, sheet)).values():
        for formula in re.findall(r"<f>(.*?)</f>", xml):
            assert "evil" not in formula


def test_leading_zeros_and_marks_survive(tmp_path: Path) -> None:
    rule = scoring.Rule("manual", Decimal(4), {})
    sheet: list[Heading | LeafRow] = [
        LeafRow("01.10", "Ngày 07", rule, "", "", False, 1, {}, Decimal("1.5"), False, "007 đã đủ"),
    ]
    back = read(write_self_scores(FACTS, sheet), sheet, tmp_path)
    assert (back.said[0].code, back.said[0].reason) == ("01.10", "007 đã đủ")
    assert NO not in back.said[0].reason
