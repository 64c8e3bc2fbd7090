"""The widths of letters, and the part of a font that a file carries."""

import io

import pytest
from fontTools.ttLib import TTFont

from appraisal.documents import typeface
from appraisal.documents.typeface import face


def test_a_text_is_as_wide_as_its_letters():
    # Advance widths of Times New Roman, in units of 2048 to the em.
    assert face("Regular").width("AĂi ") * 2048 == 1479 + 1479 + 569 + 512
    assert face("Bold").width("A") * 2048 == 1479
    assert face("Regular").width("\N{ZERO WIDTH SPACE}") == 0


def test_every_vietnamese_letter_and_common_sign_is_covered():
    letters = "".join(
        base + mark
        for base in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
        for mark in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    )
    import unicodedata

    composed = unicodedata.normalize("NFC", letters)
    for weight in ("Regular", "Bold"):
        assert face(weight).covers(composed + "đĐ 0123456789,.-+/%()“”–…≥≤→×₫\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    "text", ["a\u0301", "שלום", "مرحبا", "你好", "\U0001f600", "a\u00adb", "\u202eabc", "\ufdfa"]
)
def test_what_needs_shaping_or_another_font_is_not_covered(text):
    assert not face("Regular").covers(f"Sở {text}")


def test_a_part_holds_the_letters_asked_for_under_their_numbers():
    font = face("Bold").home("Ủ")
    part = font.part([font.glyphs["Ủ"]])
    assert part == font.part([font.glyphs["Ủ"]])
    assert len(part) < 20_000
    read = TTFont(io.BytesIO(part))
    whole = TTFont(typeface.FONTS / "Tinos-Bold.ttf")
    outline = whole["glyf"][whole.getBestCmap()[ord("Ủ")]]
    assert read["glyf"][read.getGlyphName(font.glyphs["Ủ"])].numberOfContours == (
        outline.numberOfContours
    )
    assert read["glyf"][read.getGlyphName(font.glyphs["B"])].numberOfContours == 0


def test_signs_come_from_the_second_font():
    assert face("Regular").home("A").name == "Tinos-Regular"
    assert face("Regular").home("≥").name == "Symbols-Regular"
