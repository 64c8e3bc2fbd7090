"""Where the lines, rows and pages of a table that is set by hand end."""

import pytest

from appraisal.documents.official import Column, Row, Table
from appraisal.documents.setting import LEADING, PAD_ABOVE, RULE, Setting, broken, can_set
from appraisal.documents.typeface import face

PAGE = 400.0
COLUMNS = (Column("TT", 1), Column("Nội dung", 6, "left"), Column("Điểm", 2, "right"))


def lines(text, room):
    """The lines of a text where `room` ems are free."""
    return [line.rstrip(" ") for line, _width in broken(text, face("Regular"), room)]


def rows(count, role="row", text="x"):
    return tuple(Row((str(n), text, "1,00"), role) for n in range(1, count + 1))


def setting(*rows):
    return Setting(Table(COLUMNS, rows), 450)


def tall(count):
    return count * LEADING + 2 * PAD_ABOVE + RULE


def test_a_line_ends_at_a_blank_a_dash_or_a_stroke():
    assert lines("Sở Nội vụ", 3) == ["Sở Nội", "vụ"]
    assert lines("kinh-tế/xã", 2.6) == ["kinh-", "tế/xã"]


def test_a_figure_is_not_parted_at_its_dash_or_stroke():
    assert lines("năm 2016-2020", 5) == ["năm", "2016-2020"]
    assert lines("tổng -0,50", 3) == ["tổng", "-0,50"]
    assert lines("ngày 05/02/2021", 5) == ["ngày", "05/02/2021"]


def test_a_no_break_space_holds_words_together():
    assert lines("trong một\u00a0hai", 4) == ["trong", "một\u00a0hai"]


def test_blanks_are_folded_and_a_text_of_blanks_has_no_line():
    assert lines("  a \n\t b ", 9) == ["a b"]
    assert lines(" \n ", 9) == []


def test_the_blank_at_which_a_line_ends_is_kept_for_who_hears_the_text():
    assert [line for line, _width in broken("Sở Nội vụ", face("Regular"), 3)] == ["Sở Nội ", "vụ"]


def test_a_word_wider_than_the_line_is_cut_and_whole():
    cut = list(broken("x" + "W" * 20, face("Regular"), 4))
    assert "".join(line for line, _w in cut) == "x" + "W" * 20
    assert all(0 < width <= 4 * 12 for _line, width in cut)
    assert len(cut) == 6


def test_every_line_fits_and_nothing_is_lost():
    text = "Báo cáo số 12/BC-UBND ngày 05/02/2021 về cải cách hành chính – quý IV, " * 20
    for room in (1.2, 3, 7.7, 20):
        found = list(broken(text, face("Bold"), room))
        assert all(width <= room * 12 + 1e-6 for _line, width in found)
        assert "".join(line for line, _w in found).replace(" ", "") == text.replace(" ", "")


def test_columns_share_the_width_between_the_middles_of_the_outer_rules():
    assert setting(*rows(1)).edges == pytest.approx((0.25, 50.194, 349.861, 449.75), abs=0.001)


def test_a_row_is_as_tall_as_its_longest_cell():
    assert [strip.height for strip in setting(*rows(1), *rows(1, text="chữ " * 60)).strips] == [
        tall(1),
        tall(5),
    ]


def test_titles_of_fields_and_totals_are_set_in_bold():
    table = setting(*rows(1), *rows(1, "field"), *rows(1, "total"))
    assert [strip.bold for strip in table.strips] == [False, True, True]


def test_pages_are_filled_with_whole_rows():
    table = setting(*rows(100))
    leaves = table.leaves(200, PAGE)
    assert [strip.row for leaf in leaves for strip in leaf.strips] == list(range(100))
    assert leaves[0].height <= 200 < leaves[0].height + tall(1)
    for leaf in leaves[1:-1]:
        assert leaf.height <= PAGE < leaf.height + tall(1)
        assert leaf.height == pytest.approx(RULE + table.header.height + len(leaf.strips) * tall(1))


def test_the_title_of_a_field_is_never_parted_from_the_row_below():
    groups = [row for n in range(40) for row in (*rows(1, "field"), *rows(n % 4 + 1))]
    table = setting(*groups)
    for first in range(int(table.least(PAGE)) + 1, 160):
        for leaf in table.leaves(first, PAGE)[:-1]:
            assert groups[leaf.strips[-1].row].role != "field"


def test_a_row_taller_than_a_page_goes_on_line_by_line():
    table = setting(*rows(3), *rows(1, text="dòng chữ dài " * 400), *rows(2))
    leaves = table.leaves(PAGE, PAGE)
    assert all(leaf.height <= PAGE for leaf in leaves)
    parts = [strip for leaf in leaves for strip in leaf.strips if strip.row == 3]
    assert [part.begins for part in parts] == [True] + [False] * (len(parts) - 1)
    text = "".join(line for part in parts for line, _w in part.cells[1].lines)
    assert text.replace(" ", "") == "dòngchữdài" * 400
    assert [strip.row for strip in leaves[-1].strips][-2:] == [4, 5]
    assert [strip.row for strip in leaves[0].strips] == [0, 1, 2, 3]


def test_the_least_height_holds_the_header_and_what_stays_together():
    table = setting(*rows(1, "field"), *rows(5))
    assert table.least(PAGE) == pytest.approx(RULE + table.header.height + 2 * tall(1))
    giant = setting(*rows(1, text="chữ " * 4000))
    assert giant.least(PAGE) < PAGE


def test_a_table_of_strange_letters_or_with_an_endless_header_is_not_set():
    table = Table(COLUMNS, rows(2))
    assert can_set(table, 450, PAGE)
    assert not can_set(Table(COLUMNS, rows(2, text="你好")), 450, PAGE)
    assert not can_set(Table((Column("chữ " * 200, 1), *COLUMNS[1:]), rows(2)), 450, PAGE)
