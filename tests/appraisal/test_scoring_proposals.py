"""What each kind of rule proposes, and why it says so."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import appraisal
from appraisal.scoring import (
    KINDS,
    BadRule,
    BadValue,
    Rule,
    check_params,
    inputs,
    parse_declared,
    propose,
    survey_points,
)

CRITERIA = Path(appraisal.__file__).parent / "demonstration" / "criteria"
LEAVES = [
    pytest.param(
        Rule(row["rule"], Decimal(str(row["max_points"])), row.get("rule_params")),
        id=f"{path.stem.removeprefix('reconstructed-')}-{row['code']}",
    )
    for path in sorted(CRITERIA.glob("*.json"))
    for row in json.loads(path.read_text(encoding="utf-8"))["criteria"]
    if row["rule"] != "group"
]
JUDGED = ("group", "manual", "survey", "bonus", "penalty")


def rule(kind, max_points, **params):
    return Rule(kind, Decimal(max_points), params)


def points(asked, **declared):
    return propose(asked, declared).points


BOOLEAN = rule("boolean", 2, yes=1.5, no=0.25)
CHECKLIST = rule("checklist", 1, items=3, points_each=0.5)
NAMED = rule(
    "checklist",
    2,
    items=[{"name": "plan", "label": "Kế hoạch", "points": 1.5}, {"name": "news", "points": 1}],
)
DAYS = rule(
    "tiers",
    1,
    metric="days_late",
    tiers=[{"max_days_late": 0, "share": 1}, {"max_days_late": 15, "share": 0.5}, {"share": 0}],
)
COUNT = rule(
    "tiers",
    2,
    metric="count",
    tiers=[{"from": 0, "share": 0}, {"from": 2, "share": 1}, {"from": 1, "share": 0.5}],
)
RATIO = rule(
    "tiers",
    "1.5",
    metric="ratio",
    tiers=[{"from": 0.3, "share": 1}, {"from": 0.2, "share": 0.5}, {"from": 0, "share": 0}],
)
LEVEL = rule(
    "tiers",
    4,
    metric="level",
    tiers=[{"level": "all_on_time", "share": 1}, {"name": "overdue", "share": 0, "label": "Trễ"}],
)
PROPORTIONAL = rule("proportional", 2, zero_below=0.8, numerator="nhiệm vụ xong")
BETWEEN = rule("proportional", 2, zero_below=0.5, full_from=0.95)
TARGET = rule("proportional", 5, target=0.8)
DEDUCTION = rule("deduction", "1.5", per_occurrence={"late": 0.25, "missing": 0.5}, floor=0)


def answer(asked, best):
    """A plausible value for one input: the best or the worst that can be declared."""
    if asked.kind == "yes_no":
        return best
    if asked.kind == "choice":
        return asked.choices[0 if best else -1].value
    if asked.kind == "items":
        return [choice.value for choice in asked.choices] if best else []
    if asked.name in ("days_late", "late", "missing", "reprimand", "warning_or_more"):
        return 0 if best else 99
    if asked.name == "total":
        return 20
    if asked.name == "done":
        return "30" if best else "0"
    return (asked.maximum or 50) if best else 0


@pytest.mark.parametrize("leaf", LEAVES)
def test_every_leaf_of_the_demonstration_sets_can_be_used(leaf):
    assert check_params(leaf) == []
    asked = inputs(leaf)
    assert bool(asked) == (leaf.kind not in JUDGED)
    best = propose(leaf, {each.name: answer(each, best=True) for each in asked})
    worst = propose(leaf, {each.name: answer(each, best=False) for each in asked})
    empty = propose(leaf, {})
    assert best.why
    assert "{" not in best.why + worst.why + empty.why
    assert empty.points is None
    assert empty.missing == tuple(each.name for each in asked if each.required)
    if asked:
        assert best.points == leaf.max_points
        assert worst.points == 0
        assert all(each.label for each in asked)
    else:
        assert best.points is None


def test_the_demonstration_sets_use_these_kinds():
    assert len(LEAVES) == 51 + 50 + 28 + 6
    assert {leaf.values[0].kind for leaf in LEAVES} <= set(KINDS)


@pytest.mark.parametrize(
    ("asked", "declared", "expected", "why"),
    [
        (BOOLEAN, {"met": True}, "1.5", "Đạt: 1,5 điểm"),
        (BOOLEAN, {"met": False}, "0.25", "Không đạt: 0,25 điểm"),
        (CHECKLIST, {"items": 1}, "0.5", "1 nội dung × 0,5 = 0,5"),
        (
            CHECKLIST,
            {"items": 3},
            "1",
            "3 nội dung × 0,5 = 1,5; vượt điểm tối đa nên tính 1",
        ),
        (CHECKLIST, {"items": 0}, "0", "Chưa thực hiện nội dung nào: 0 điểm"),
        (NAMED, {"items": ["news"]}, "1", "1 nội dung: 1 = 1"),
        (
            NAMED,
            {"items": ["news", "plan", "news"]},
            "2",
            "2 nội dung: 1,5 + 1 = 2,5; vượt điểm tối đa nên tính 2",
        ),
        (DAYS, {"days_late": 0}, "1", "Đúng hạn, thuộc mức đúng hạn: 100% × 1 = 1"),
        (
            DAYS,
            {"days_late": 15},
            "0.5",
            "Chậm 15 ngày, thuộc mức chậm không quá 15 ngày: 50% × 1 = 0,5",
        ),
        (DAYS, {"days_late": 16}, "0", "Chậm 16 ngày, thuộc mức còn lại: 0% × 1 = 0"),
        (DAYS, {"met": False}, "0", "Không thực hiện: 0% × 1 = 0"),
        (COUNT, {"count": 3}, "2", "Số lượng 3, thuộc mức từ 2 trở lên: 100% × 2 = 2"),
        (COUNT, {"count": 1}, "1", "Số lượng 1, thuộc mức từ 1 trở lên: 50% × 2 = 1"),
        (
            RATIO,
            {"done": 5, "total": 20},
            "0.75",
            "Tỷ lệ 5/20 = 25%, thuộc mức từ 20% trở lên: 50% × 1,5 = 0,75",
        ),
        (LEVEL, {"level": "overdue"}, "0", "Mức “Trễ”: 0% × 4 = 0"),
        (
            PROPORTIONAL,
            {"done": 18, "total": 20},
            "1.8",
            "(18/20) × 2 = 1,8; tỷ lệ 90% từ mốc 80% trở lên",
        ),
        (
            PROPORTIONAL,
            {"done": 6, "total": 7},
            "1.714286",
            "(6/7) × 2 ≈ 1,714286; tỷ lệ 85,7142…% từ mốc 80% trở lên",
        ),
        (
            PROPORTIONAL,
            {"done": 15, "total": 20},
            "0",
            "Tỷ lệ 15/20 = 75%, dưới mốc 80%: 0 điểm",
        ),
        (
            PROPORTIONAL,
            {"done": 24, "total": 20},
            "2",
            "Tỷ lệ 24/20 = 120%, từ mốc 100% trở lên: tối đa 2 điểm",
        ),
        (
            BETWEEN,
            {"done": "95.5", "total": "100"},
            "2",
            "Tỷ lệ 95,5/100 = 95,5%, từ mốc 95% trở lên: tối đa 2 điểm",
        ),
        (
            BETWEEN,
            {"done": 94, "total": 100},
            "1.88",
            "(94/100) × 2 = 1,88; tỷ lệ 94% từ mốc 50% trở lên",
        ),
        (TARGET, {"done": 40, "total": 100}, "2.5", "(40/100) : 80% × 5 = 2,5"),
        (
            TARGET,
            {"done": 90, "total": 100},
            "5",
            "Tỷ lệ 90/100 = 90%, từ mốc 80% trở lên: tối đa 5 điểm",
        ),
        (
            DEDUCTION,
            {"late": 2, "missing": 1},
            "0.5",
            "1,5 − 2 × 0,25 − 1 × 0,5 = 0,5",
        ),
        (
            DEDUCTION,
            {"late": 0, "missing": 0},
            "1.5",
            "Không có trường hợp bị trừ: tối đa 1,5 điểm",
        ),
        (
            DEDUCTION,
            {"late": 9, "missing": 0},
            "0",
            "1,5 − 9 × 0,25 = −0,75; không thấp hơn 0 nên tính 0",
        ),
        (rule("levels", 2), {"level": "minor"}, "1", "Mức “Có vi phạm, tồn tại nhỏ”: 50% × 2 = 1"),
    ],
)
def test_a_proposal_says_its_points_and_why(asked, declared, expected, why):
    proposal = propose(asked, declared)
    assert (proposal.points, proposal.why) == (Decimal(expected), why)
    assert proposal.missing == ()
    assert not proposal.not_applicable


@pytest.mark.parametrize("kind", JUDGED)
def test_what_a_person_judges_is_never_proposed(kind):
    proposal = propose(rule(kind, 3), {})
    assert proposal.points is None
    assert proposal.missing == ()
    assert proposal.why


@pytest.mark.parametrize("done", ["949.96", Decimal("949.999999")])
def test_a_threshold_is_compared_with_the_unrounded_ratio(done):
    asked = rule("proportional", 4, zero_below=0.95)
    assert points(asked, done=done, total=1000) == 0
    assert points(asked, done=950, total=1000) == Decimal("3.8")


def test_both_thresholds_count_from_their_own_value_on():
    assert points(BETWEEN, done=95, total=100) == 2
    assert points(BETWEEN, done="94.999999", total=100) == Decimal("1.9")
    assert points(BETWEEN, done=50, total=100) == 1
    assert points(BETWEEN, done="49.999999", total=100) == 0


def test_a_threshold_from_a_json_float_is_the_decimal_that_was_written():
    asked = rule("proportional", 1, zero_below=0.1)
    assert points(asked, done=1, total=10) == Decimal("0.1")
    tiers = rule(
        "tiers", 1, metric="ratio", tiers=[{"from": 0.07, "share": 1}, {"from": 0, "share": 0}]
    )
    assert points(tiers, done=7, total=100) == 1


@pytest.mark.parametrize("asked", [("proportional", {}), ("tiers", {"metric": "ratio"})])
@pytest.mark.parametrize(
    ("when_zero", "expected", "removed"),
    [("max", 2, False), ("zero", 0, False), ("not_applicable", None, True), ("ask", None, False)],
)
def test_a_total_of_zero_has_the_answer_that_the_set_states(asked, when_zero, expected, removed):
    kind, params = asked
    tiers = {"tiers": [{"from": 0, "share": 1}]} if kind == "tiers" else {}
    stated = rule(kind, 2, if_denominator_zero=when_zero, **params, **tiers)
    proposal = propose(stated, {"done": 0, "total": 0})
    assert (proposal.points, proposal.not_applicable) == (expected, removed)
    assert "bằng 0" in proposal.why


def test_done_without_any_total_is_a_contradiction_not_full_points():
    proposal = propose(rule("proportional", 2, if_denominator_zero="max"), {"done": 3, "total": 0})
    assert proposal.points is None
    assert proposal.missing == ("total",)
    assert "kiểm tra lại" in proposal.why


def test_what_is_still_to_be_declared_is_named():
    proposal = propose(PROPORTIONAL, {"total": 5, "done": ""})
    assert proposal.missing == ("done",)
    assert proposal.why == "Cần khai: Nhiệm vụ xong."
    assert propose(DEDUCTION, {"late": 0}).missing == ("missing",)


@pytest.mark.parametrize(
    ("asked", "declared"),
    [
        (BOOLEAN, {"met": "yes"}),
        (CHECKLIST, {"items": 4}),
        (CHECKLIST, {"items": Decimal("1.5")}),
        (NAMED, {"items": ["other"]}),
        (NAMED, {"items": "plan"}),
        (COUNT, {"count": -1}),
        (COUNT, {"count": True}),
        (PROPORTIONAL, {"done": float("nan"), "total": 1}),
        (PROPORTIONAL, {"done": "1e3", "total": 1}),
        (LEVEL, {"level": "{points}"}),
        (DEDUCTION, {"late": Decimal("Infinity"), "missing": 0}),
    ],
)
def test_a_declared_value_of_the_wrong_kind_is_refused_with_a_sentence(asked, declared):
    with pytest.raises(BadValue) as refused:
        propose(asked, declared)
    assert refused.value.sentence


def test_braces_in_a_criteria_set_are_only_text():
    asked = rule("proportional", 2, denominator="{points.__class__}", if_denominator_zero="max")
    assert propose(asked, {"done": 0, "total": 0}).why.startswith("{points.__class__} bằng 0")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (rule("boolen", 1), "không có trong danh sách"),
        (rule("boolean", 0), "lớn hơn 0"),
        (rule("boolean", "NaN"), "lớn hơn 0"),
        (rule("boolean", 1, yes=2), "từ 0 đến 1; đang là “2”"),
        (rule("boolean", 1, yes=True), "phải là số"),
        (rule("boolean", 1, yess=1), "Không có tham số “yess”"),
        (rule("checklist", 1), "Thiếu tham số “points_each”"),
        (rule("checklist", 1, items=1.5, points_each=1), "số nguyên"),
        (rule("checklist", 2, items=3, points_each=0.5), "chưa đủ điểm tối đa 2"),
        (rule("checklist", 1, items=[]), "danh sách không rỗng"),
        (rule("checklist", 1, items=[{"name": "a"}]), "Mức 1: Thiếu tham số “points”"),
        (rule("tiers", 1, tiers=[]), "“metric” phải là một trong"),
        (rule("tiers", 1, metric="count"), "“tiers” phải là một danh sách"),
        (rule("tiers", 1, metric="count", tiers=[{"from": 1, "share": 1}]), "mức thấp nhất"),
        (rule("tiers", 1, metric="count", tiers=[{"from": 0, "share": 2}]), "Mức 1: Tham số"),
        (rule("tiers", 1, metric="ratio", tiers=[{"from": 95, "share": 1}]), "từ 0 đến 10"),
        (rule("tiers", 1, metric="count", tiers=[{"from": 0, "share": 1}] * 2), "cùng mốc 0"),
        (
            rule("tiers", 1, metric="days_late", tiers=[{"max_days_late": 0, "share": 1}]),
            "Thiếu mức cuối",
        ),
        (rule("tiers", 1, metric="days_late", tiers=[{"share": 1}, {"share": 0}]), "Chỉ một mức"),
        (rule("tiers", 1, metric="level", tiers=[{"share": 1}]), "Thiếu tham số “level”"),
        (rule("levels", 1, levels=[{"level": "a", "share": 1}] * 2), "Tên “a” bị lặp"),
        (rule("proportional", 1, zero_below=95), "từ 0 đến 1; đang là “95”"),
        (rule("proportional", 1, zero_below=0.9, full_from=0.8), "nhỏ hơn hoặc bằng"),
        (rule("proportional", 1, target=0), "trên 0"),
        (rule("proportional", 1, if_denominator_zero="full"), "phải là một trong"),
        (rule("proportional", 1, numerator=5), "đoạn chữ"),
        (rule("proportional", 1, formula="numerator*2"), "không khớp"),
        (rule("deduction", 1), "bảng tên và giá trị"),
        (rule("deduction", 1, per_occurrence={"late": -1}), "per_occurrence: late"),
        (rule("deduction", 1, per_occurrence={" ": 1}), "không dùng được"),
        (rule("deduction", 1, per_occurrence={"late": 1}, floor=2), "từ 0 đến 1"),
        (rule("survey", 1, self_scored=True), "không tự chấm"),
    ],
)
def test_a_wrong_rule_is_named_when_the_set_is_imported_and_never_proposes(asked, says):
    assert says in " ".join(check_params(asked))
    with pytest.raises(BadRule):
        propose(asked, {})
    with pytest.raises(BadRule):
        inputs(asked)


def test_choices_show_the_points_that_they_bring():
    assert [(c.value, c.points) for c in inputs(BOOLEAN)[0].choices] == [
        ("yes", Decimal("1.5")),
        ("no", Decimal("0.25")),
    ]
    assert [c.points for c in inputs(LEVEL)[0].choices] == [4, 0]


@pytest.mark.parametrize(
    ("asked", "raw", "stored"),
    [
        (inputs(BOOLEAN)[0], "yes", True),
        (inputs(BOOLEAN)[0], "no", False),
        (inputs(BOOLEAN)[0], "", None),
        (inputs(LEVEL)[0], "overdue", "overdue"),
        (inputs(COUNT)[0], " 3 ", 3),
        (inputs(RATIO)[0], "1200000,5", "1200000.5"),
        (inputs(NAMED)[0], ["plan", "news"], ["plan", "news"]),
        (inputs(NAMED)[0], "", []),
    ],
)
def test_what_a_form_sends_is_stored_as_json(asked, raw, stored):
    assert parse_declared(asked, raw) == stored
    assert json.loads(json.dumps(stored)) == stored


@pytest.mark.parametrize(
    ("asked", "raw"),
    [
        (inputs(BOOLEAN)[0], "maybe"),
        (inputs(CHECKLIST)[0], "4"),
        (inputs(NAMED)[0], ["plan", "x"]),
        (inputs(RATIO)[0], "12.345"),
    ],
)
def test_a_form_cannot_send_what_the_rule_does_not_offer(asked, raw):
    with pytest.raises(BadValue):
        parse_declared(asked, raw)


def test_survey_answers_become_points_by_their_weights():
    weights = {"A": Decimal(1), "B": Decimal("0.6"), "C": Decimal("0.2"), "D": Decimal(0)}
    counts = {"A": 10, "B": 5, "C": 3, "D": 2}
    assert survey_points(counts, weights, Decimal(20)) == Decimal("13.6")
    assert survey_points({"A": 0}, weights, Decimal(20)) is None
    with pytest.raises(ValueError, match="without weight"):
        survey_points({"E": 1}, weights, Decimal(20))
    with pytest.raises(ValueError, match="outside"):
        survey_points(counts, weights | {"A": Decimal(2)}, Decimal(20))


amounts = st.decimals(0, 1_000_000, places=2)
shares = st.decimals(0, 1, places=3)


@st.composite
def proportional_rules(draw):
    low, high = sorted([draw(shares), draw(shares)])
    params = {"if_denominator_zero": draw(st.sampled_from(["max", "zero", "ask"]))}
    if draw(st.booleans()):
        params["zero_below"] = float(low)
    if draw(st.booleans()):
        params["full_from"] = float(high)
    if draw(st.booleans()):
        params["target"] = float(draw(st.decimals("0.01", 2, places=2)))
    return Rule("proportional", draw(st.decimals("0.25", 20, places=2)), params)


@given(proportional_rules(), amounts, amounts, amounts)
def test_doing_more_never_proposes_less_and_points_stay_in_range(asked, first, second, total):
    less, more = sorted([first, second])
    low, high = points(asked, done=less, total=total), points(asked, done=more, total=total)
    if low is None or high is None:
        assert total == 0
        return
    assert 0 <= low <= high <= asked.max_points


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 20))
def test_being_later_or_missing_more_never_proposes_more(first, second, missing):
    early, late = sorted([first, second])
    assert points(DAYS, days_late=early) >= points(DAYS, days_late=late)
    before = points(DEDUCTION, late=early, missing=missing)
    after = points(DEDUCTION, late=late, missing=missing)
    assert 0 <= after <= before <= DEDUCTION.max_points


@given(st.integers(0, 9), st.integers(0, 9))
def test_a_higher_count_never_proposes_less(first, second):
    less, more = sorted([first, second])
    assert points(COUNT, count=less) <= points(COUNT, count=more)
