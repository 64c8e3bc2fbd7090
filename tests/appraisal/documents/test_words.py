"""Words and figures as the decree writes them."""

from datetime import date
from decimal import Decimal

import pytest

from appraisal.documents import words
from appraisal.documents.official import Signature
from appraisal.documents.words import Signing
from tests.appraisal.documents import kon_tum

N = words.BLANK


@pytest.mark.parametrize(
    ("signing", "lines"),
    [
        (Signing(body="Ủy ban nhân dân"), ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")),
        (Signing(), ("CHỦ TỊCH",)),
        (Signing("Giám đốc"), ("GIÁM ĐỐC",)),
        (
            Signing(mode="deputy", body="Ủy ban nhân dân", signer_title="Phó Chủ tịch"),
            ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
        ),
        (Signing(mode="deputy", signer_title="Phó Chủ tịch"), ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")),
        (
            Signing(mode="authorised", signer_title="Giám đốc Sở Nội vụ"),
            ("TUQ. CHỦ TỊCH", "GIÁM ĐỐC SỞ NỘI VỤ"),
        ),
        (
            Signing(mode="by_order", signer_title="Chánh Văn phòng"),
            ("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"),
        ),
        (Signing("Giám đốc", mode="acting"), ("Q. GIÁM ĐỐC",)),
    ],
)
def test_the_lines_above_the_name_say_on_what_authority(signing, lines):
    assert words.signature(signing) == Signature(lines, "")


def test_the_number_and_the_day_stay_blank_until_they_are_given():
    head = words.letterhead(kon_tum.HOUSE, 2021)
    assert head.number_line == f"Số: {N}/QĐ-UBND"
    assert head.date_line == f"Kon Tum, ngày{N}tháng{N}năm 2021"


def test_a_number_under_ten_gets_a_zero():
    assert [words.document_number(number) for number in ("7", "17", "117")] == ["07", "17", "117"]


@pytest.mark.parametrize(
    ("day", "spelled"),
    [
        (date(2021, 2, 5), "ngày 05 tháng 02 năm 2021"),
        (date(2021, 3, 15), "ngày 15 tháng 3 năm 2021"),
        (date(2021, 12, 9), "ngày 09 tháng 12 năm 2021"),
    ],
)
def test_days_under_ten_and_months_one_and_two_get_a_zero(day, spelled):
    assert words.date_words(day, 1999) == spelled


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
    assert words.points(Decimal(value), decimals) == shown


def test_bonus_shows_its_sign_and_zero_has_none():
    shown = [words.points(Decimal(v), 2, signed=True) for v in ("1.5", "-0.5", "0", "0.001")]
    assert shown == ["+1,50", "-0,50", "0,00", "0,00"]


def test_a_count_has_points_between_thousands():
    assert [words.count(n) for n in (7, 999, 4000, 1234567)] == ["7", "999", "4.000", "1.234.567"]


def test_a_group_name_fits_into_a_sentence():
    assert words.in_sentence("Sở, ban, ngành") == "các sở, ban, ngành"
    assert words.in_sentence("Ủy ban nhân dân các xã") == "Ủy ban nhân dân các xã"


def test_annexes_are_numbered_in_roman_numerals():
    assert [words.roman(n) for n in (1, 4, 9, 14, 49)] == ["I", "IV", "IX", "XIV", "XLIX"]
    with pytest.raises(ValueError, match="50"):
        words.roman(50)


def test_a_list_ends_in_semicolons_and_one_full_stop():
    assert words.listed(["một", "hai;", "ba. "]) == ("một;", "hai;", "ba.")
    assert words.listed([]) == ()


def test_a_basis_opens_as_the_decree_wants():
    assert words.basis(" Luật A ") == "Căn cứ Luật A"
    for typed in (
        "Căn cứ Luật B",
        "Theo đề nghị của Giám đốc",
        "Xét tờ trình",
        "Thực hiện kế hoạch",
    ):
        assert words.basis(typed) == typed


def test_the_qr_code_holds_the_address_or_else_the_fingerprint():
    assert words.seal(kon_tum.FINGERPRINT).qr_text == kon_tum.FINGERPRINT
    address = f"https://cchc.example.vn/r/{kon_tum.FINGERPRINT}"
    assert words.seal(kon_tum.FINGERPRINT, address).qr_text == address


@pytest.mark.parametrize("fingerprint", ["", "x" * 64, "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_a_paper_without_a_true_fingerprint_is_not_made(fingerprint):
    with pytest.raises(ValueError, match="sha256"):
        words.seal(fingerprint)
