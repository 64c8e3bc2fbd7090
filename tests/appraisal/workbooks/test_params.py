"""Parameters of a rule as text: what is written reads back exactly."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraisal.workbooks.params import KEYS, in_words, read_params, write_params
from appraisal.workbooks.values import Unreadable

SCALARS = st.one_of(
    st.booleans(),
    st.integers(0, 10**12),
    st.floats(0, 1e6, allow_nan=False),
    st.text(max_size=30),
    st.sampled_from(["ask", "hỏi người chấm", "0,5", "có", "2", "{", "a=b", "a; b"]),
)
KEY = st.one_of(st.sampled_from(list(KEYS)), st.text(min_size=1, max_size=12))
NESTED = st.lists(st.dictionaries(st.sampled_from(["from", "share"]), st.floats(0, 1)), max_size=3)


@given(st.dictionaries(KEY, st.one_of(SCALARS, NESTED), max_size=5))
def test_any_parameters_read_back_exactly_as_they_were_written(params):
    assert json.dumps(read_params(write_params(params))) == json.dumps(params)


def test_simple_parameters_are_written_for_people():
    params = {
        "numerator": "hồ sơ đúng hạn",
        "denominator": "hồ sơ đã giải quyết",
        "if_denominator_zero": "ask",
        "zero_below": 0.95,
    }
    assert write_params(params) == (
        "tử số=hồ sơ đúng hạn; mẫu số=hồ sơ đã giải quyết; khi mẫu số bằng 0=hỏi người chấm;"
        " dưới mức này 0 điểm=0,95"
    )


@pytest.mark.parametrize(
    "text",
    [
        "tử số",
        "=1",
        "tử số=",
        "tử số=a; numerator=b",
        "{",
        '{"a": NaN}',
        '{"a": 1e999}',
        '{"a": 1, "a": 2}',
        '{"a": ' + "9" * 5000 + "}",
        '{"a": ' + "[" * 2000 + "]" * 2000 + "}",
        '{"a": ' + "[" * 10 + "]" * 10 + "}",
    ],
)
def test_parameters_that_cannot_be_meant_are_refused_with_a_sentence(text):
    with pytest.raises(Unreadable, match="Tham số"):
        read_params(text)


def test_a_problem_names_the_parameters_as_the_workbook_does() -> None:
    sentence = "“zero_below” (90%) phải nhỏ hơn hoặc bằng “full_from” (80%)."
    assert in_words(sentence) == (
        "“dưới mức này 0 điểm” (90%) phải nhỏ hơn hoặc bằng “từ mức này điểm tối đa” (80%)."
    )
