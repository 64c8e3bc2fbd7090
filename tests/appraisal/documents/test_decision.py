"""What the decision says: words, numbers, order."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from appraisal.documents.decision import GroupResult, decision
from tests.appraisal.documents import kon_tum


def test_who_decides_stands_in_the_authority_line_and_in_the_annexes():
    paper = decision(kon_tum.facts())
    assert paper.authority == "ỦY BAN NHÂN DÂN TỈNH KON TUM"
    assert paper.annexes[0].subtitle.endswith("của Ủy ban nhân dân tỉnh Kon Tum)")
    chairman = "Chủ tịch Ủy ban nhân dân tỉnh Kon Tum"
    paper = decision(kon_tum.facts(issuer=chairman))
    assert paper.authority == "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH KON TUM"
    assert paper.annexes[0].subtitle.endswith(f"của {chairman})")


def test_the_annexes_name_the_number_and_the_day_of_the_decision():
    paper = decision(kon_tum.facts(number="7", issued_on=date(2021, 1, 27)))
    assert paper.letterhead.number_line == "Số: 07/QĐ-UBND"
    assert paper.annexes[1].subtitle == (
        "(Kèm theo Quyết định số 07/QĐ-UBND ngày 27 tháng 01 năm 2021"
        " của Ủy ban nhân dân tỉnh Kon Tum)"
    )


def test_bases_and_recipients_end_in_semicolons_and_one_full_stop():
    paper = decision(kon_tum.facts())
    for lines in (paper.bases, paper.recipients):
        assert [line[-1] for line in lines] == [";"] * (len(lines) - 1) + ["."]
        assert not any(line[-2] in ";." for line in lines)


def test_each_group_has_its_annex_and_its_clause():
    paper = decision(kon_tum.facts())
    assert [annex.heading for annex in paper.annexes] == ["Phụ lục I", "Phụ lục II"]
    assert [block.text.split(" (")[0] for block in paper.blocks if "(chi tiết" in block.text] == [
        "1. Các sở, ban, ngành và Ban Quản lý Khu kinh tế tỉnh: 20 cơ quan, đơn vị",
        "2. Ủy ban nhân dân các huyện, thành phố: 10 cơ quan, đơn vị",
    ]


def test_a_single_annex_has_no_number():
    paper = decision(kon_tum.facts(groups=kon_tum.RESULTS.groups[:1]))
    assert [annex.heading for annex in paper.annexes] == ["Phụ lục"]
    assert "Phụ lục kèm theo" in paper.blocks[0].text
    assert paper.blocks[1].lead == "Điều 2."


def test_shared_ranks_are_printed_as_they_were_given():
    first, second, *_ = kon_tum.RESULTS.groups[0].results
    group = GroupResult("Sở, ban, ngành", (first, replace(second, rank=1)))
    (table,) = decision(kon_tum.facts(groups=(group,))).annexes[0].blocks
    assert [(row.cells[0], row.cells[7]) for row in table.rows] == [("1", "1"), ("2", "1")]


def test_a_set_without_survey_shows_a_dash():
    first = kon_tum.RESULTS.groups[0].results[0]
    group = GroupResult("Sở, ban, ngành", (replace(first, survey=None),))
    (table,) = decision(kon_tum.facts(groups=(group,))).annexes[0].blocks
    assert table.rows[0].cells[3] == "-"


def test_the_decision_carries_its_seal():
    assert decision(kon_tum.facts()).seal.fingerprint == kon_tum.FINGERPRINT


def test_a_decision_without_results_is_not_made():
    with pytest.raises(ValueError, match="group"):
        decision(kon_tum.facts(groups=()))


def test_a_paper_without_a_time_zone_is_not_made():
    with pytest.raises(ValueError, match="time zone"):
        decision(kon_tum.facts(sealed_at=datetime(2021, 1, 15, 9, 30)))
