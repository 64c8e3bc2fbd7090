"""Text of the engine and tables set by hand on the same pages, and how both are tagged."""

from dataclasses import replace

import pikepdf
import pytest

from appraisal.documents import composing, markup
from appraisal.documents.composing import compose
from appraisal.documents.markup import draft_of
from appraisal.documents.official import Column, Paragraph, Row, Table
from appraisal.documents.printable import printable
from tests.appraisal.documents import decree, samples, tagged

TEXT = "Các cơ quan, đơn vị tổ chức phổ biến, quán triệt kết quả và khắc phục tồn tại, hạn chế."


def composed(paper, **options):
    return compose(draft_of(printable(paper), **options))


def mixed():
    """A text with two tables of all kinds of rows, one after a heading near the end of a page."""
    paper = samples.minutes()
    long = Table(
        (
            Column("TT", 6),
            Column("Nội dung - tiêu chí/thành phần", 40, "left"),
            Column("Điểm", 12, "right"),
            Column("Lý do", 42, "left"),
        ),
        tuple(
            Row((str(n), "Lĩnh vực", "", ""), "field")
            if n % 7 == 0
            else Row(
                (
                    f"1.{n}",
                    f"Tiêu chí {n}: tỷ lệ hồ sơ đúng hạn ≥ 95%, năm 2016-2020 " * (n % 3 + 1),
                    "1,25",
                    "Báo cáo số 12/BC-UBND gửi chậm; " * (n % 5),
                )
            )
            for n in range(60)
        ),
    )
    return replace(
        paper,
        blocks=(
            *(Paragraph(TEXT) for _n in range(9)),
            Paragraph("I. BẢNG THỨ NHẤT", "heading"),
            samples.scores(9, caption="Bảng 1"),
            Paragraph(TEXT),
            long,
            Paragraph(TEXT),
        ),
    )


@pytest.fixture(scope="module")
def by_hand():
    return composed(mixed())


def lines(content):
    return [
        [(line.text.strip(), line.x0, line.x1, line.baseline) for line in page.lines]
        for page in decree.measure(content).pages
    ]


def test_a_table_stands_where_the_engine_would_put_it():
    for paper in (samples.of_many(60), samples.sheet(40)):
        ours, engines = lines(composed(paper)), lines(composed(paper, by_hand=False))
        assert len(ours) == len(engines)
        for our_page, its_page in zip(ours, engines, strict=True):
            assert [line[0] for line in our_page] == [line[0] for line in its_page]
            for line, its in zip(our_page, its_page, strict=True):
                assert line[1:] == pytest.approx(its[1:], abs=0.06), line[0]


def test_tables_between_texts_are_as_the_decree_wants_them(by_hand):
    decree.check(decree.measure(by_hand), mixed())


def test_a_heading_stays_with_its_table(by_hand):
    sheet = decree.measure(by_hand)
    heading, caption = sheet.find("I. BẢNG THỨ NHẤT"), sheet.find("Bảng 1")
    first = sheet.find("Lĩnh vực số 1", after=caption)
    assert heading.page == caption.page == first.page


@pytest.mark.parametrize("caption", ["", "Bảng điểm"])
@pytest.mark.parametrize("above", [17, 18, 19, 20, 21, 22, 23])
def test_a_sentence_that_announces_a_table_stands_on_its_page(above, caption):
    announcing = Paragraph("Các tiêu chí bị trừ điểm nhiều nhất là:")
    paper = replace(
        samples.minutes(),
        blocks=(
            *(Paragraph("Một dòng.") for _n in range(above)),
            announcing,
            samples.scores(9, caption=caption),
        ),
    )
    sheet = decree.measure(composed(paper))
    sentence = sheet.find(announcing.text)
    assert sentence.page == sheet.find("Lĩnh vực số 1", after=sentence).page


@pytest.mark.parametrize("above", range(0, 22, 3))
def test_a_table_begins_as_early_as_it_may(above):
    """Where the engine would begin it, however much stands above; also after another table."""
    blocks = (
        *(Paragraph(TEXT) for _n in range(above)),
        samples.scores(9),
        Paragraph(TEXT),
        replace(samples.scores(12), caption="Bảng sau"),
    )
    paper = replace(samples.minutes(), blocks=blocks)
    ours, engines = (
        [sheet.find(text) for text in ("Lĩnh vực số 1", "Bảng sau", "Lĩnh vực số 3")]
        for sheet in (
            decree.measure(composed(paper)),
            decree.measure(composed(paper, by_hand=False)),
        )
    )
    assert [found.page for found in ours] == [found.page for found in engines]
    assert ours[0].first.baseline == pytest.approx(engines[0].first.baseline, abs=0.06)
    assert ours[1].first.baseline == pytest.approx(engines[1].first.baseline, abs=0.06)


@pytest.mark.parametrize("above", range(8, 20, 2))
def test_a_signature_takes_the_last_rows_of_a_table_with_it(above):
    texts = (*(Paragraph(TEXT) for _n in range(above)), samples.scores(14))
    content = composed(replace(samples.minutes(), blocks=texts))
    sheet = decree.measure(content)
    assert sheet.find("Tổng cộng").page == sheet.find("THƯ KÝ").page
    tagged.check_sound(content)


def test_tables_that_find_no_rest_begin_pages_of_their_own(monkeypatch):
    monkeypatch.setattr(composing, "TURNS", 1)
    content = composed(mixed())
    sheet = decree.measure(content)
    for found in (sheet.find("Lĩnh vực, tiêu chí"), sheet.find("Nội dung - tiêu chí/thành phần")):
        assert found.first.top < decree.TOP * decree.MILLIMETRE + 30
    decree.check(sheet, mixed())
    tagged.check_sound(content)


def test_a_row_taller_than_a_page_is_printed_whole():
    reason = "Đơn vị giải trình rằng báo cáo đã gửi đúng hạn qua trục liên thông. " * 140
    table = replace(
        samples.scores(4), rows=(*samples.scores(4).rows, Row(("9", "Cuối", "1", "2", reason)))
    )
    content = composed(replace(samples.minutes(), blocks=(table,)))
    tagged.check_sound(content)
    (rows,) = tagged.rows(content)
    assert rows[-1][4] == reason.strip()
    assert len(rows) == 6


# --- Tags -----------------------------------------------------------------------------------------
def test_a_table_is_one_element_on_all_its_pages(by_hand):
    small, long = tagged.tree(by_hand).all("Table")
    for table, count in ((small, 10), (long, 60)):
        head, body = table.kids
        assert (head.tag, body.tag) == ("THead", "TBody")
        assert [cell.scope for cell in head.all("TH")] == ["Column"] * len(head.kids[0].kids)
        assert len(body.kids) == count
    assert len({page for cell in long.walk() for page, _piece in cell.pieces}) >= 3


def test_the_cells_are_told_as_they_were_given(by_hand):
    given = [
        [[" ".join(cell.split()) for cell in row.cells] for row in block.rows]
        for block in mixed().blocks
        if isinstance(block, Table)
    ]
    assert tagged.rows(by_hand) == given


def test_tables_of_the_text_and_of_annexes_keep_their_own_rows():
    content = composed(samples.sheet(20))
    in_text, in_annex = tagged.rows(content)
    assert [row[1] for row in in_text][-1] == [row[1] for row in in_annex][-1] == "Tổng cộng"
    assert (len(in_text), len(in_annex)) == (7, 21)
    tagged.check_sound(content)


def test_every_word_and_line_is_either_told_or_marked_as_no_text(by_hand):
    tagged.check_sound(by_hand)
    tagged.check_sound(composed(samples.letter()))
    tagged.check_sound(composed(samples.of_two_agencies()))
    tagged.check_sound(composed(samples.of_many(70), by_hand=False))


def test_page_numbers_and_repeated_headers_are_not_told(by_hand):
    spoken = tagged.words(by_hand)
    told = [
        spoken[piece]
        for part in tagged.tree(by_hand).walk()
        if part.tag in {"TH", "Span"}
        for piece in part.pieces
    ]
    assert "".join(told).count("Nội dung - tiêu chí/thành phần") == 1
    assert not any(words.strip().isdigit() for words in told)
    assert len(decree.measure(by_hand).pages) > 3


def test_the_outline_of_a_paper_has_its_headings_and_no_empty_boxes():
    tree = tagged.tree(composed(samples.sheet(30)))
    assert [part.tag for part in tree.walk() if part.tag[:1] == "H"] == [
        "H1",
        "H2",
        "H2",
        "H3",
        "H2",
    ]
    assert not {"Div", "NonStruct", "Art"} & {part.tag for part in tree.walk()}
    (annex,) = tree.all("Sect")
    assert [kid.tag for kid in annex.kids[:3]] == ["H2", "P", "P"]
    assert "Table" in {kid.tag for kid in annex.kids}


def test_nothing_leads_anywhere(tmp_path, by_hand):
    path = tmp_path / "paper.pdf"
    path.write_bytes(by_hand)
    with pikepdf.open(path) as pdf:
        assert "/Names" not in pdf.Root
        assert not any("/Annots" in page.obj for page in pdf.pages)


def test_a_table_that_cannot_be_set_is_laid_out_by_the_engine():
    strange = replace(samples.scores(3), caption="")
    strange = replace(strange, rows=(*strange.rows, Row(("1", "你好", "", "", ""))))
    paper = replace(samples.minutes(), blocks=(samples.scores(3), strange))
    draft = markup.draft_of(printable(paper))
    assert [item.name for item in draft.tables] == ["t1"]
    assert "你好" in draft.html
    assert len(tagged.tree(compose(draft)).all("Table")) == 2
