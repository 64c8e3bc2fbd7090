"""Results as lists and as JSON: no text is ever a formula, no digit and no field is lost."""

import csv
import json
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraisal.workbooks.parsing import import_past
from appraisal.workbooks.past import Known
from appraisal.workbooks.result_rows import AGENCIES, SCORES, VIETNAM
from appraisal.workbooks.results import data_json, results_csv, table_csv
from appraisal.workbooks.snapshot import Streamed
from tests.appraisal.workbooks.sealed import FINGERPRINT, agency, group, sealed

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


# --- Tables of the sealed result -----------------------------------------------------------------
def _snapshot(found=None):
    return Streamed(json.dumps(found or sealed(), ensure_ascii=True))


def _scalars(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from _scalars(item)
    elif isinstance(value, list):
        for item in value:
            yield from _scalars(item)
    else:
        yield value


def _spelled(value):
    """A sealed value as the JSON spells it: moments in Vietnam's time."""
    if isinstance(value, str) and value.endswith("+00:00"):
        return datetime.fromisoformat(value).astimezone(VIETNAM).isoformat()
    return value


def test_everything_that_was_sealed_is_in_the_json():
    found = json.loads(b"".join(data_json(_snapshot(), FINGERPRINT, {})))
    told = set(_scalars(found))
    lost = {_spelled(value) for value in _scalars(sealed())} - told
    assert lost == set()
    # Codes of stages and of agencies' trails are names there, values here.
    assert {"council", "dossier-12"} <= told
    assert found["fingerprint"] == FINGERPRINT


def test_the_json_explains_every_field_it_has():
    found = json.loads(b"".join(data_json(_snapshot(), FINGERPRINT, {})))
    assert list(found) == ["form", "fingerprint", "dictionary", *found["dictionary"]]
    for name, table in found["dictionary"].items():
        fields = [field["name"] for field in table["fields"]]
        assert all(list(row) == fields for row in found[name])
        assert all(field["meaning"] and field["label"] for field in table["fields"])


def test_figures_of_the_json_lose_no_digit():
    found = json.loads(b"".join(data_json(_snapshot(), FINGERPRINT, {})))
    assert found["agencies"][0]["index"] == "78.558640000000000000000001"
    assert found["scores"][0]["at"] == "2021-01-15T10:30:00+07:00"


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_any_text_of_the_corpus_leaves_valid_json_and_the_same_text(text):
    found = sealed(group(text, agency("007", text, text)))
    content = b"".join(data_json(_snapshot(found), FINGERPRINT, {}))
    row = json.loads(content.decode("utf-8"))["scores"][0]
    assert (row["group"], row["name"], row["reason"], row["code"]) == (text, text, text, "007")


def test_scores_as_a_list_have_words_for_keys_and_all_digits():
    rows = _read(b"".join(table_csv(SCORES, _snapshot(), FINGERPRINT, {})))
    assert rows[0] == [field.label for field in SCORES.fields]
    assert len(rows) == 1 + 3 * 4
    first = dict(zip(rows[0], rows[1], strict=True))
    assert (first["Mã cơ quan"], first["Mã tiêu chí"]) == ("007", "01.10")
    assert (first["Điểm được tính"], first["Bước được tính"]) == ("1,8", "Hội đồng")
    assert (first["Lúc chấm"], first["Không áp dụng"]) == ("15/01/2021 10:30", "Không")
    assert rows[3][11] == "30,123456"


def test_the_ranked_list_begins_with_the_columns_it_always_had():
    """Other programs read it by place."""
    rows = _read(b"".join(table_csv(AGENCIES, _snapshot(), FINGERPRINT, {})))
    assert rows[0][:13] == [
        "Nhóm", "Mã cơ quan", "Cơ quan", "Điểm thẩm định", "Điểm điều tra xã hội học",
        "Điểm thưởng", "Điểm trừ", "Tổng điểm", "Điểm tối đa", "Chỉ số (%)", "Xếp hạng",
        "Đồng hạng", "Xếp loại",
    ]  # fmt: skip
    assert rows[1][9] == "78,558640000000000000000001"


def test_a_long_list_comes_in_parts():
    many = sealed(group("Sở", *[agency(f"A{n}", f"Cơ quan {n}") for n in range(300)]))
    parts = list(table_csv(SCORES, _snapshot(many), FINGERPRINT, {}))
    assert len(parts) == 3
    assert len(_read(b"".join(parts))) == 1 + 300 * 4


def test_what_goes_out_as_a_list_comes_in_as_a_past_year(tmp_path):
    content = b"".join(table_csv(AGENCIES, _snapshot(), FINGERPRINT, {}))
    path = tmp_path / "ket-qua.csv"
    path.write_bytes(content)
    known = Known(before=2021, province="Kon Tum", groups={})
    sheet = import_past(path, path.name, known)
    assert not sheet.blocked
    assert [(row.code, row.year, row.rank) for row in sheet.rows] == [
        ("007", 2020, 1), ("SYT", 2020, 2), ("HD", 2020, 1),
    ]  # fmt: skip
