"""Typed text is kept as NFC and found without marks."""

from __future__ import annotations

import unicodedata

import pytest

from agencies.text import clean, fold, unfit


def test_search_finds_a_decomposed_text_without_marks() -> None:
    typed = unicodedata.normalize("NFD", "Tỷ lệ giải quyết ĐÚNG hạn")
    assert fold(typed) == "ty le giai quyet dung han"
    assert clean(typed) == "Tỷ lệ giải quyết ĐÚNG hạn"


def test_search_ignores_invisible_letters() -> None:
    assert fold("I\u200b.\u200b1") == "i.1"


@pytest.mark.parametrize("text", ["a\0b", "a\r\nBcc: b", "\x1b[2J", "\ud800", "\u202eđảo", "a\tb"])
def test_a_line_refuses_control_characters_half_pairs_and_turning_marks(text: str) -> None:
    assert unfit(text)


def test_line_breaks_belong_to_a_text_of_several_lines() -> None:
    assert not unfit("một\r\nhai\tba", lines=True)
    assert unfit("một\0", lines=True)
