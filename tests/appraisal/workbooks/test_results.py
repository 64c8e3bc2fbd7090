"""Results as CSV: opens in a Vietnamese Excel, and no text in it is ever a formula."""

import csv
import json
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraisal.workbooks.results import results_csv

TABLES = Path(__file__).parents[2] / "attack_corpus" / "tables"
TEXTS = [case["text"] for case in json.loads((TABLES / "texts.json").read_text("utf-8"))["cases"]]
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def _read(content):
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_numbers_have_a_decimal_comma_and_all_their_digits():
    row = (Decimal("88.5000"), Decimal("-0.5"), 3, 0.25, None, True, date(2026, 11, 23))
    content = results_csv([row, ("Sở Nội vụ", datetime(2026, 11, 23, 8, 5))], ["a", "b"])
    assert content.startswith(b"\xef\xbb\xbfa;b\r\n")
    assert _read(content)[1:] == [
        ["88,5000", "-0,5", "3", "0,25", "", "Có", "23/11/2026"],
        ["Sở Nội vụ", "23/11/2026 08:05"],
    ]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_no_text_of_the_corpus_becomes_a_formula_or_a_new_field(text):
    rows = _read(results_csv([(text, "sau")], [text]))
    assert [len(row) for row in rows] == [1, 2]
    assert rows[1][1] == "sau"
    assert not rows[0][0].startswith(FORMULA)
    assert not rows[1][0].startswith(FORMULA)


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_no_text_at_all_becomes_a_formula_or_a_new_field(texts):
    rows = _read(results_csv([[*texts, "cuối"]], ["x"]))
    assert len(rows) == 2
    assert len(rows[1]) == len(texts) + 1
    assert not any(field.startswith(FORMULA) for field in rows[1])
