"""What is true of an agency, leaf by leaf, and how it is said: declared values for every rule kind.

Pure: a random source and a quality between 0 and 1 go in, declared values come out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from random import Random

from appraisal import scoring
from appraisal.workbooks.criteria import CriterionRow

Declared = dict[str, object]


def _share(random: Random, quality: float, low: float, high: float) -> float:
    """A ratio between low and high that leans to the better end with quality."""
    return low + (high - low) * min(1.0, max(0.0, random.gauss(0.45 + 0.5 * quality, 0.16)))


def _boolean(random: Random, row: CriterionRow, quality: float) -> Declared:
    return {"met": random.random() < 0.84 + 0.15 * quality}


def _tiers(random: Random, row: CriterionRow, quality: float) -> Declared:
    metric = row.params["metric"]
    if metric == "days_late":
        punctual = random.random() < 0.55 + 0.4 * quality
        return {"met": True, "days_late": 0 if punctual else random.randint(2, 20)}
    if metric == "count":
        return {"count": min(3, int(3.2 * _share(random, quality, 0, 1)))}
    if metric == "level":
        levels = [tier["level"] for tier in row.params["tiers"]]
        return {"level": levels[min(2, int(2.4 * (1 - _share(random, quality, 0, 1))))]}
    return _ratio(random, row, quality, small=True)


def _ratio(random: Random, row: CriterionRow, quality: float, small: bool = False) -> Declared:
    params = row.params
    words = f"{params.get('denominator', '')} {params.get('numerator', '')}"
    if small or "đơn vị" in words or "xã" in words:
        total = random.randint(6, 16)
    elif "vốn" in words or "nộp" in words:
        total = random.randint(400, 9000)
    elif "hồ sơ" in words or "văn bản ký" in words:
        total = random.randint(600, 4200)
    else:
        total = random.randint(12, 60)
    if row.params.get("if_denominator_zero") == "max" and random.random() < 0.35:
        return {"total": "0", "done": "0"}
    bounds = [tier["from"] for tier in params.get("tiers", [])]
    if bounds:
        low, high = min(0.6, max(bounds) * 0.6), max(bounds) * 1.04
    else:
        target = params.get("target", 1)
        low, high = max(float(params.get("zero_below", 0.6)) - 0.02, 0.55) * float(target), target
    share = _share(random, quality, low, float(high))
    most = total if high <= 1 else round(total * 1.1)
    return {"total": str(total), "done": str(min(most, round(total * share)))}


def _checklist(random: Random, row: CriterionRow, quality: float) -> Declared:
    items = int(row.params["items"])
    return {"items": min(items, round(items * _share(random, quality, 0.3, 1.1)))}


def _deduction(random: Random, row: CriterionRow, quality: float) -> Declared:
    return {
        name: sum(random.random() > 0.62 + 0.36 * quality for _ in range(2))
        for name in row.params["per_occurrence"]
    }


TRUTHS: Mapping[str, Callable[[Random, CriterionRow, float], Declared]] = {
    "boolean": _boolean,
    "tiers": _tiers,
    "proportional": _ratio,
    "checklist": _checklist,
    "deduction": _deduction,
}


def proposed(row: CriterionRow, declared: Declared) -> Decimal:
    """The points by the rule; where it would ask, nothing was done."""
    rule = scoring.Rule(row.kind, row.max_points, row.params)
    points = scoring.propose(rule, declared).points
    return Decimal(0) if points is None else points


def in_words(row: CriterionRow, declared: Declared) -> str:
    """The declared values as a sentence of a report."""
    if not declared:
        return "đã được cấp có thẩm quyền công nhận"
    if row.kind == "boolean":
        return "đã thực hiện" if declared["met"] else "chưa thực hiện"
    if "total" in declared:
        done = row.params.get("numerator", "đơn vị đã thực hiện")
        total = row.params.get("denominator", "tổng số đơn vị")
        if declared["total"] == "0":
            return f"trong năm không phát sinh {total}"
        return f"{done} {declared['done']}, {total} {declared['total']}"
    if "days_late" in declared:
        late = declared["days_late"]
        return f"ban hành chậm {late} ngày" if late else "ban hành đúng hạn"
    if "level" in declared:
        return {
            "all_on_time": "hoàn thành đúng hạn toàn bộ nhiệm vụ được giao",
            "all_done_some_late": "hoàn thành toàn bộ, một số nhiệm vụ chậm",
            "overdue": "còn nhiệm vụ quá hạn chưa hoàn thành",
        }[str(declared["level"])]
    if row.kind == "deduction":
        counts = [int(str(value)) for value in declared.values()]
        return f"{sum(counts)} trường hợp bị trừ điểm" if any(counts) else "không có vi phạm"
    if row.kind == "checklist":
        return f"đạt {declared['items']}/{row.params['items']} nội dung"
    return f"được công nhận {declared['count']} sáng kiến, giải pháp"


def better(row: CriterionRow, declared: Declared) -> Declared:
    """A declaration somewhat above the truth."""
    if row.kind == "boolean":
        return {"met": True}
    if "total" in declared:
        total, done = int(str(declared["total"])), int(str(declared["done"]))
        return {"total": str(total), "done": str(min(total, done + max(1, round(total * 0.06))))}
    if "days_late" in declared:
        return {"met": True, "days_late": 0}
    if "level" in declared:
        return {"level": row.params["tiers"][0]["level"]}
    if row.kind == "deduction":
        return dict.fromkeys(declared, 0)
    name, value = next(iter(declared.items()))
    most = int(row.params["items"]) if row.kind == "checklist" else 2
    return {name: max(int(str(value)), min(most, int(str(value)) + 1))}
