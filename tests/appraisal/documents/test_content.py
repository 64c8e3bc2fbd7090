"""What the decision says: words, numbers, dates, order."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from appraisal.documents import content
from appraisal.documents.content import Signing
from tests.appraisal.documents import kon_tum

N = content.BLANK


def test_the_committee_decides_in_its_own_name():
    decision = content.decision(kon_tum.facts())
    assert decision.authority == "ỦY BAN NHÂN DÂN TỈNH KON TUM"
    assert decision.signature.lines == ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")
    assert decision.annexes[0].subtitle.endswith("của Ủy ban nhân dân tỉnh Kon Tum)")


def test_the_chairman_decides_himself():
    decision = content.decision(kon_tum.facts(signing=Signing("chairman")))
    assert decision.authority == "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH KON TUM"
    assert decision.signature.lines == ("CHỦ TỊCH",)
    assert decision.annexes[0].subtitle.endswith("của Chủ tịch Ủy ban nhân dân tỉnh Kon Tum)")


@pytest.mark.parametrize(
    ("form", "lines"),
    [
        ("committee", ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")),
        ("chairman", ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")),
    ],
)
def test_a_deputy_signs_for_the_chairman(form, lines):
    facts = kon_tum.facts(signing=Signing(form, deputy=True, name="Lê Thị Bình"))
    assert content.decision(facts).signature == content.Signature(lines, "Lê Thị Bình")


def test_the_number_and_the_day_stay_blank_until_they_are_given():
    head = content.decision(kon_tum.facts()).letterhead
    assert head.number_line == f"Số: {N}/QĐ-UBND"
    assert head.date_line == f"Kon Tum, ngày{N}tháng{N}năm 2021"


def test_a_number_under_ten_gets_a_zero():
    facts = kon_tum.facts(number="7", issued_on=date(2021, 1, 27))
    decision = content.decision(facts)
    assert decision.letterhead.number_line == "Số: 07/QĐ-UBND"
    assert decision.annexes[1].subtitle == (
        "(Kèm theo Quyết định số 07/QĐ-UBND ngày 27 tháng 01 năm 2021"
        " của Ủy ban nhân dân tỉnh Kon Tum)"
    )


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2021, 2, 5), "ngày 05 tháng 02 năm 2021"),
        (date(2021, 3, 15), "ngày 15 tháng 3 năm 2021"),
        (date(2021, 12, 9), "ngày 09 tháng 12 năm 2021"),
    ],
)
def test_days_under_ten_and_months_one_and_two_get_a_zero(day, words):
    assert content.date_words(day, 1999) == words


def test_bases_and_recipients_end_in_semicolons_and_one_full_stop():
    decision = content.decision(kon_tum.facts())
    for lines in (decision.bases, decision.recipients):
        assert [line[-1] for line in lines] == [";"] * (len(lines) - 1) + ["."]
        assert not any(line[-2] in ";." for line in lines)


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        ("88.5", 1, "88,5"),
        ("78.385", 2, "78,39"),
        ("78.384999", 2, "78,38"),
        ("56.2967", 3, "56,297"),
        ("1E+2", 2, "100,00"),
        ("-0.001", 2, "0,00"),
        ("-0.5", 2, "-0,50"),
    ],
)
def test_numbers_are_rounded_half_up_with_a_comma(value, decimals, shown):
    assert content.points(Decimal(value), decimals) == shown


def test_bonus_shows_its_sign_and_zero_has_none():
    shown = [content.points(Decimal(v), 2, signed=True) for v in ("1.5", "-0.5", "0", "0.001")]
    assert shown == ["+1,50", "-0,50", "0,00", "0,00"]


def test_a_group_name_fits_into_a_sentence():
    assert content.in_sentence("Sở, ban, ngành") == "các sở, ban, ngành"
    assert content.in_sentence("Ủy ban nhân dân các xã") == "Ủy ban nhân dân các xã"


def test_annexes_are_numbered_in_roman_numerals():
    assert [content.roman(n) for n in (1, 4, 9, 14, 49)] == ["I", "IV", "IX", "XIV", "XLIX"]
    with pytest.raises(ValueError, match="50"):
        content.roman(50)


def test_a_single_annex_has_no_number():
    facts = kon_tum.facts()
    decision = content.decision(replace(facts, groups=facts.groups[:1]))
    assert [annex.heading for annex in decision.annexes] == ["Phụ lục"]
    assert decision.articles[0].clauses == ()
    assert "Phụ lục kèm theo" in decision.articles[0].text


def test_shared_ranks_are_printed_as_they_were_given():
    first, second, *_ = kon_tum.facts().groups[0].results
    group = content.GroupResult("Sở, ban, ngành", (first, replace(second, rank=1)))
    rows = content.decision(kon_tum.facts(groups=(group,))).annexes[0].rows
    assert [(row.place, row.rank) for row in rows] == [("1", "1"), ("2", "1")]


def test_a_set_without_survey_shows_a_dash():
    first = kon_tum.facts().groups[0].results[0]
    group = content.GroupResult("Sở, ban, ngành", (replace(first, survey=None),))
    assert content.decision(kon_tum.facts(groups=(group,))).annexes[0].rows[0].survey == "-"


def test_the_qr_code_holds_the_address_or_else_the_fingerprint():
    assert content.decision(kon_tum.facts()).qr_text == kon_tum.FINGERPRINT
    address = f"https://cchc.example.vn/r/{kon_tum.FINGERPRINT}"
    assert content.decision(kon_tum.facts(verify_address=address)).qr_text == address


@pytest.mark.parametrize("fingerprint", ["", "x" * 64, "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_a_paper_without_a_true_fingerprint_is_not_made(fingerprint):
    with pytest.raises(ValueError, match="sha256"):
        content.decision(kon_tum.facts(fingerprint=fingerprint))


def test_a_decision_without_results_is_not_made():
    with pytest.raises(ValueError, match="group"):
        content.decision(kon_tum.facts(groups=()))


def test_a_paper_without_a_time_zone_is_not_made():
    with pytest.raises(ValueError, match="time zone"):
        content.decision(kon_tum.facts(sealed_at=datetime(2021, 1, 15, 9, 30)))
