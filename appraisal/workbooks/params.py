"""The parameters of a rule as one cell of text, both ways.

Simple parameters read `tử số=hồ sơ đúng hạn; mẫu số=hồ sơ đã giải quyết; dưới mức này 0 điểm=0,95`;
nested ones (tiers, occurrences) are JSON, which is always accepted. What the values mean, and
whether they fit the kind of rule, is in `scoring`.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from appraisal.workbooks.values import Unreadable, compared

KEYS = {
    "numerator": "tử số",
    "denominator": "mẫu số",
    "if_denominator_zero": "khi mẫu số bằng 0",
    "zero_below": "dưới mức này 0 điểm",
    "full_from": "từ mức này điểm tối đa",
    "target": "mục tiêu",
    "formula": "công thức",
    "yes": "đạt",
    "no": "không đạt",
    "items": "số nội dung",
    "points_each": "điểm mỗi nội dung",
    "metric": "đo bằng",
    "floor": "điểm tối thiểu",
    "self_scored": "được tự chấm",
    "note": "ghi chú",
}
WORDS = {
    "if_denominator_zero": {
        "ask": "hỏi người chấm",
        "max": "điểm tối đa",
        "zero": "0 điểm",
        "not_applicable": "không áp dụng",
    },
    "metric": {
        "days_late": "số ngày chậm",
        "count": "số lượng",
        "ratio": "tỷ lệ",
        "level": "mức",
    },
}
TRUTH = {True: "có", False: "không"}
NUMBER = re.compile(r"([0-9]{1,15})(?:[.,]([0-9]{1,15}))?")
MAX_DIGITS = 15
MAX_LEVELS = 5

KEY_OF = {compared(label): key for key, label in KEYS.items()} | {key: key for key in KEYS}


def in_words(sentence: str) -> str:
    """A sentence about parameters with the names that the workbook uses, not the stored ones."""
    for key, label in KEYS.items():
        sentence = sentence.replace(f"“{key}”", f"“{label}”")
    return sentence


def read_params(text: str) -> dict[str, Any]:
    """Parameters from a cell's text; "" is none. Raises Unreadable with the rule."""
    text = text.strip()
    if not text:
        return {}
    return _from_json(text) if text.startswith("{") else _from_pairs(text)


def write_params(params: Mapping[str, Any]) -> str:
    """The text that `read_params` turns back into exactly these parameters."""
    if not params:
        return ""
    exact = json.dumps(params, ensure_ascii=False)
    if all(isinstance(value, str | int | float) for value in params.values()):
        text = "; ".join(
            f"{KEYS.get(key, key)}={_word(key, value)}" for key, value in params.items()
        )
        try:
            if json.dumps(_from_pairs(text), ensure_ascii=False) == exact:
                return text
        except Unreadable:
            return exact
    return exact


def _from_pairs(text: str) -> dict[str, Any]:
    params: dict[str, Any] = {}
    for pair in text.split(";"):
        if not pair.strip():
            continue
        name, equals, value = pair.partition("=")
        key = KEY_OF.get(compared(name), name.strip())
        if not equals or not key or not value.strip():
            raise Unreadable(
                "Tham số phải có dạng “khóa=giá trị; khóa=giá trị”, ví dụ “tử số=hồ sơ đúng hạn;"
                " mẫu số=hồ sơ đã giải quyết”, hoặc là JSON."
            )
        if key in params:
            raise Unreadable(f"Tham số “{name.strip()}” được ghi hai lần.")
        params[key] = _value(key, value.strip())
    return params


def _value(key: str, text: str) -> str | int | float | bool:
    folded = compared(text)
    for code, label in WORDS.get(key, {}).items():
        if folded in (code, label):
            return code
    for truth, label in TRUTH.items():
        if folded == label:
            return truth
    if match := NUMBER.fullmatch(text):
        whole, decimals = match.groups()
        return int(whole) if decimals is None else float(f"{whole}.{decimals}")
    return text


def _word(key: str, value: str | int | float) -> str:
    if isinstance(value, bool):
        return TRUTH[value]
    if isinstance(value, str):
        return WORDS.get(key, {}).get(value, value)
    return repr(value).replace(".", ",")


def _from_json(text: str) -> dict[str, Any]:
    try:
        params = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_float=_finite,
            parse_int=_whole,
            parse_constant=_refuse_constant,
        )
    except Unreadable:
        raise
    except (ValueError, RecursionError):
        raise Unreadable(
            "Tham số bắt đầu bằng “{” nhưng không phải JSON hợp lệ. Hãy kiểm tra dấu ngoặc và dấu"
            " nháy, hoặc ghi dạng “khóa=giá trị; khóa=giá trị”."
        ) from None
    if not isinstance(params, dict):
        raise Unreadable("Tham số JSON phải là một đối tượng { … }.")
    _check_levels(params, MAX_LEVELS)
    return params


def _check_levels(value: Any, left: int) -> None:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        if left == 1 and isinstance(one, dict | list):
            raise Unreadable(f"Tham số JSON lồng nhau quá {MAX_LEVELS} cấp.")
        _check_levels(one, left - 1)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) != len(pairs):
        raise Unreadable("Tham số JSON ghi một khóa hai lần.")
    return unique


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Unreadable(f"Tham số “{text[:MAX_DIGITS]}” là số quá lớn.")
    return number


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise Unreadable(f"Tham số “{text[:MAX_DIGITS]}…” là số quá lớn.")
    return int(text)


def _refuse_constant(text: str) -> NoReturn:
    raise Unreadable(f"Tham số “{text}” không phải là số hữu hạn.")
