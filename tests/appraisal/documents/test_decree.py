"""The measuring rod itself: a paper printed wrongly in one thing is found out."""

import shutil
from dataclasses import replace

import pytest

from appraisal.documents import engine, pdf
from appraisal.documents.official import Paragraph, Row
from tests.appraisal.documents import decree, samples

LAW = "Các cơ quan, đơn vị tổ chức phổ biến, quán triệt kết quả; khắc phục tồn tại, hạn chế. " * 2


def decision():
    return samples.of_many(40)


def long_text():
    return replace(samples.minutes(), blocks=(Paragraph(LAW * 20),) * 3)


FAULTS = [
    ("margin: 20mm 15mm 20mm 30mm", "margin: 20mm 15mm 20mm 28mm", decision),
    ("margin: 20mm 15mm 20mm 30mm", "margin: 20mm 15mm 15mm 30mm", long_text),
    ("counter(page); font: 14pt Tinos", "counter(page); font: 11pt Tinos", decision),
    ("@top-center { content: counter(page)", "@top-right { content: counter(page)", decision),
    ("@page :first { @top-center { content: none; } }", "", decision),
    ("counter-reset: page 1", "counter-reset: none", decision),
    ("size: A4 landscape", "size: A4", samples.of_two_agencies),
    ("14pt/1.25 Tinos", "12pt/1.25 Tinos", decision),
    ("14pt/1.25 Tinos", "14pt/1.8 Tinos", decision),
    ("14pt/1.25 Tinos", "14pt/1.25 'DejaVu Sans'", decision),
    ("color: #000", "color: #333", decision),
    (".country { font-weight: bold;", ".country {", decision),
    ("font-size: 13pt; text-align: center;", "font-size: 10pt; text-align: center;", decision),
    (".agency .rule { width: 42%;", ".agency .rule { width: 80%;", decision),
    (".summary .rule { width: 36%;", ".summary .rule { width: 9%;", decision),
    ("margin: 1.5pt auto 0; border-top: 0.6pt solid;", "margin: 0;", decision),
    (".date { font-size: 14pt; font-style: italic; }", ".date { font-size: 14pt; }", decision),
    (".title, .authority, .resolved", ".title, .resolved", decision),
    ("bottom: 6pt; text-align: justify;", "bottom: 1pt; text-align: justify;", decision),
    ("text-align: justify;", "text-align: left;", decision),
    ("text-indent: 12.7mm; orphans", "text-indent: 5mm; orphans", decision),
    (".basis, .note { font-style: italic; }", "", decision),
    (".recipients { font-size: 11pt;", ".recipients { font-size: 13pt;", decision),
    ("font-size: 12pt; font-weight: bold; font-style: italic;", "font-size: 12pt;", decision),
    (".signature .name { margin-top: 26mm; }", ".signature .name { margin-top: 5mm; }", decision),
    (".subtitle { text-align: center; font-style: italic; }", "", decision),
    ("bold; break-after: avoid; }", "normal; break-after: avoid; }", samples.minutes),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "make"), FAULTS, ids=[fault[1] for fault in FAULTS])
def test_a_fault_of_the_style_is_found(right, wrong, make, tmp_path, monkeypatch):
    style = (engine.PRINT / "official.css").read_text()
    assert right in style
    shutil.copytree(engine.PRINT, tmp_path / "print")
    (tmp_path / "print" / "official.css").write_text(style.replace(right, wrong))
    monkeypatch.setattr(engine, "PRINT", tmp_path / "print")
    engine._style.cache_clear()
    paper = make()
    try:
        content = pdf.render(paper)
    finally:
        engine._style.cache_clear()
    with pytest.raises((AssertionError, StopIteration)):
        decree.check(decree.measure(content), paper)


@pytest.mark.parametrize(
    "said",
    [
        lambda paper: replace(paper, bases=paper.bases[::-1]),
        lambda paper: replace(paper, blocks=(*paper.blocks, Paragraph("Điều không có."))),
        lambda paper: replace(paper, recipients=(*paper.recipients, "Sở Y tế.")),
        lambda paper: replace(paper, signatures=paper.signatures * 2),
        lambda paper: with_rows(paper, lambda rows: rows[::-1]),
        lambda paper: with_rows(paper, lambda rows: (*rows, rows[0])),
        lambda paper: with_rows(paper, lambda rows: (replace(rows[0], role="total"), *rows[1:])),
    ],
)
def test_a_paper_that_says_something_else_is_found(said):
    paper = decision()
    sheet = decree.measure(pdf.render(paper))
    decree.check(sheet, paper)
    with pytest.raises(AssertionError):
        decree.check(sheet, said(paper))


@pytest.mark.parametrize("figure", ["93.73", "4,000,000", "4.00"])
def test_a_figure_written_in_english_is_found(figure):
    paper = replace(samples.letter(), blocks=(Paragraph(f"Tổng số {figure} điểm."),))
    with pytest.raises(AssertionError):
        decree.check(decree.measure(pdf.render(paper)), paper)


@pytest.mark.parametrize("day", ["ngày 5 tháng 02", "ngày 05 tháng 2"])
def test_a_day_without_its_zero_is_found(day):
    paper = replace(samples.letter(), blocks=(Paragraph(f"Công văn {day} năm 2021."),))
    with pytest.raises(AssertionError):
        decree.check(decree.measure(pdf.render(paper)), paper)


def with_rows(paper, change):
    (annex,) = paper.annexes
    (table,) = annex.blocks
    changed = replace(table, rows=change(table.rows))
    return replace(paper, annexes=(replace(annex, blocks=(changed,)),))


def test_a_row_over_two_pages_is_found():
    table = replace(samples.scores(3), rows=(Row(("1.1", LAW * 40, "1,00", "1,00", "")),))
    paper = replace(samples.minutes(), blocks=(table,))
    with pytest.raises(AssertionError):
        decree.check(decree.measure(pdf.render(paper)), paper)
