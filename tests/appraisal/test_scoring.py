"""Totals, the index, ranks and grades: published results, worked examples, and laws."""

import csv
import subprocess
import sys
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from appraisal.scoring import (
    Band,
    Entry,
    Leaf,
    Rank,
    Score,
    Settings,
    check_bands,
    component_index,
    distance_to_next,
    grade,
    mean,
    next_band,
    part_of,
    rank,
    show,
    total,
)

BINH_DUONG = Path(__file__).parents[1] / "data" / "binh-duong-2017.csv"
SCALE_ALL = Settings("scale_all", bonus_max=Decimal(2), penalty_max=Decimal(2))
BAC_GIANG = Settings("scale_appraised", bonus_max=Decimal(2), penalty_max=Decimal(2))
KON_TUM = [
    Band("Xuất sắc", Decimal(90)),
    Band("Tốt", Decimal(80)),
    Band("Khá", Decimal(70)),
    Band("Trung bình", Decimal(50)),
    Band("Yếu", Decimal(0)),
]


def leaf(code, max_points, kind="manual", field="1"):
    return Leaf(code, field, Decimal(max_points), kind, part_of(kind))


def marks(**points):
    """A mark per leaf code; None stands for an accepted "not applicable"."""
    return {
        code: Score(None, not_applicable=True) if value is None else Score(Decimal(value))
        for code, value in points.items()
    }


TWO_PARTS = [leaf("a", 65), leaf("s", 35, "survey", "9"), leaf("T", 5, "bonus", "T")]
TWO_PARTS.append(leaf("P", 5, "penalty", "P"))


def districts():
    with BINH_DUONG.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("row", districts(), ids=lambda row: row["unit"])
def test_a_district_of_binh_duong_2017_gets_its_published_index(row):
    counted = total(TWO_PARTS, marks(a=row["appraisal_points"], s=row["survey_points"]), SCALE_ALL)
    assert counted.achieved == Decimal(row["total_points"])
    assert counted.index == Decimal(row["index_percent"])
    assert show(counted.index) == row["index_percent"].replace(".", ",")
    assert (counted.appraised.maximum, counted.survey.maximum) == (65, 35)
    assert counted.missing == counted.not_applicable == ()


def test_the_districts_of_binh_duong_2017_get_their_published_ranks_and_mean():
    rows = districts()
    assert len(rows) == 9
    entries = [
        Entry(row["unit"], Decimal(row["index_percent"]), Decimal(row["appraisal_points"]))
        for row in Random(2017).sample(rows, len(rows))
    ]
    assert rank(entries, "shared") == {
        row["unit"]: Rank(int(row["rank"]), tied=False) for row in rows
    }
    average = mean([entry.index for entry in entries])
    assert show(average) == "78,39"
    assert average == Decimal("78.38777777777777777777777778")


def test_removed_points_reduce_the_denominator_as_in_thanh_hoa_2023():
    leaves = [leaf("a", 84), leaf("x", 16)]
    counted = total(leaves, marks(a="68.32", x=None), SCALE_ALL)
    assert (counted.maximum, counted.removed, counted.not_applicable) == (84, 16, ("x",))
    assert show(counted.index) == "81,33"
    assert counted.index == Decimal("81.33333333333333333333333333")


def test_bac_giang_scales_the_appraised_part_alone():
    leaves = [leaf("a", 60), leaf("x", 5), leaf("s", 35, "survey")]
    scores = marks(a=54, x=None, s=30)
    assert total(leaves, scores, BAC_GIANG).index == Decimal("88.5")
    assert show(total(leaves, scores, SCALE_ALL).index) == "88,42"


def test_a_total_is_the_sum_of_unrounded_values_as_in_dien_bien_2020():
    maxima = ("7", "5", "13.5", "7", "7.5", "8", "11", "6")
    exact = ("7", "5", "13.4889", "6", "6.75", "5.8778", "10.18", "2")
    shown = ("7,00", "5,00", "13,49", "6,00", "6,75", "5,88", "10,18", "2,00")
    leaves = [leaf(f"f{n}", points, field=f"{n}") for n, points in enumerate(maxima)]
    scores = marks(**{f"f{n}": points for n, points in enumerate(exact)})
    counted = total(leaves, scores, SCALE_ALL)
    assert [show(field.achieved) for field in counted.fields] == list(shown)
    assert sum(Decimal(text.replace(",", ".")) for text in shown) == Decimal("56.30")
    assert counted.achieved == Decimal("56.2967")
    assert counted.maximum == 65


def test_a_field_has_its_own_index_over_what_it_can_reach():
    leaves = [leaf("a", 4), leaf("b", 4), leaf("s", 2, "survey"), leaf("c", 3, field="2")]
    counted = total(leaves, marks(a=3, b=None, s=1, c=None), SCALE_ALL)
    first, second = counted.fields
    assert (first.code, first.achieved, first.maximum, first.removed) == ("1", 4, 10, 4)
    assert show(first.component_index) == "66,67"
    assert second.component_index is None
    assert component_index(Decimal(1), Decimal(0)) is None


def test_a_leaf_without_points_counts_nothing_and_is_named():
    counted = total(TWO_PARTS, {"a": Score(Decimal(65)), "s": Score(None)}, SCALE_ALL)
    assert counted.missing == ("s",)
    assert counted.index == 65
    assert total(TWO_PARTS, {}, SCALE_ALL).missing == ("a", "s")


def test_a_bonus_that_nobody_gave_is_neither_missing_nor_removed():
    counted = total(TWO_PARTS, marks(a=65, s=35, T=None), SCALE_ALL)
    assert (counted.missing, counted.not_applicable, counted.removed) == ((), (), 0)
    assert counted.index == 100


def test_bonus_and_penalty_lie_outside_the_maximum_and_are_capped_by_the_round():
    counted = total(TWO_PARTS, marks(a=65, s=35, T=5, P="0.5"), SCALE_ALL)
    assert (counted.bonus_entered, counted.bonus, counted.penalty) == (5, 2, Decimal("0.5"))
    assert counted.maximum == 100
    assert counted.index == Decimal("101.5")
    assert [field.code for field in counted.fields] == ["1", "9"]


def test_the_index_never_falls_below_zero():
    counted = total(TWO_PARTS, marks(a="0.25", s=0, P=5), SCALE_ALL)
    assert counted.index == 0
    assert counted.achieved == Decimal("-1.75")
    assert "không lớn hơn 0" in counted.steps[-2].expression


@pytest.mark.parametrize("decided", [SCALE_ALL, BAC_GIANG])
def test_a_bonus_is_worth_the_same_whether_or_not_leaves_are_removed(decided):
    leaves = [leaf("a", 60), leaf("x", 20), leaf("s", 20, "survey"), leaf("T", 2, "bonus")]
    scores = marks(a=30, x=None, s=10)
    with_bonus = total(leaves, scores | marks(T=1), decided).index
    assert with_bonus - total(leaves, scores, decided).index == 1


def test_an_appraised_part_removed_whole_leaves_the_survey_to_be_measured():
    scores = marks(a=None, s=28)
    assert total(TWO_PARTS, scores, SCALE_ALL).index == 80
    assert total(TWO_PARTS, scores, BAC_GIANG).index == 80


@pytest.mark.parametrize("decided", [SCALE_ALL, BAC_GIANG])
def test_a_dossier_with_everything_removed_is_zero_and_not_measurable(decided):
    counted = total(TWO_PARTS, marks(a=None, s=None, T=2), decided)
    assert (counted.index, counted.maximum, counted.measurable) == (0, 0, False)
    assert "không có căn cứ" in counted.steps[-2].expression
    assert total([], {}, decided).index == 0


def test_a_survey_leaf_removed_reduces_the_denominator_in_both_methods():
    leaves = [leaf("a", 60), leaf("s", 30, "survey"), leaf("t", 10, "survey")]
    scores = marks(a=45, s=None, t=10)
    assert total(leaves, scores, SCALE_ALL).index == total(leaves, scores, BAC_GIANG).index
    assert show(total(leaves, scores, BAC_GIANG).index) == "78,57"


@pytest.mark.parametrize("points", ["-0.01", "65.01", "NaN"])
def test_points_outside_the_leaf_are_never_added(points):
    with pytest.raises((ValueError, ArithmeticError)):
        total(TWO_PARTS, marks(a=points), SCALE_ALL)


def test_marks_of_no_leaf_and_leaves_that_come_twice_are_refused():
    with pytest.raises(ValueError, match="no leaf"):
        total(TWO_PARTS, marks(zz=1), SCALE_ALL)
    with pytest.raises(ValueError, match="twice"):
        total([*TWO_PARTS, TWO_PARTS[0]], {}, SCALE_ALL)


@pytest.mark.parametrize(
    "wrong",
    [
        {"not_applicable_method": "none"},
        {"tie_rule": "alphabet"},
        {"bonus_max": Decimal(-1)},
        {"display_places": -1},
    ],
)
def test_a_round_cannot_have_settings_that_nobody_defined(wrong):
    with pytest.raises(ValueError):  # noqa: PT011 - the words are for programmers
        Settings(**wrong)


def test_a_group_has_no_points_of_its_own():
    assert [part_of(kind) for kind in ("boolean", "survey", "bonus", "penalty")] == [
        "appraised",
        "survey",
        "bonus",
        "penalty",
    ]
    with pytest.raises(ValueError, match="group"):
        part_of("group")


def test_the_derivation_shows_every_number_of_the_index():
    leaves = [leaf("a", 60), leaf("x", 5), leaf("s", 35, "survey", "9"), leaf("T", 5, "bonus")]
    counted = total(leaves, marks(a=54, x=None, s="30.125", T=3), BAC_GIANG)
    lines = [
        f"{step.label}: {step.expression} = {show(step.value, 4, trim=True)} {step.unit}"
        for step in counted.steps
    ]
    assert lines == [
        "Chỉ số thành phần lĩnh vực 1: 54 / 60 × 100 = 90 %",
        "Chỉ số thành phần lĩnh vực 9: 30,125 / 35 × 100 = 86,0714 %",
        "Điểm thẩm định: 54 trên 60 điểm = 54 điểm",
        "Điểm điều tra xã hội học: 30,125 trên 35 điểm = 30,125 điểm",
        "Điểm tối đa sau khi trừ tiêu chí không áp dụng: 100 − 5 = 95 điểm",
        "Điểm thưởng: nhập 3, nhiều nhất 2 theo quy định của đợt đánh giá = 2 điểm",
        "Tổng điểm đạt được: 54 + 30,125 + 2 − 0 = 86,125 điểm",
        "Điểm thẩm định quy đổi về thang đầy đủ: 54 / 60 × 65 = 58,5 điểm",
        "Chỉ số CCHC: (54 / 60 × 65 + 30,125) / 100 × 100 + (2 − 0) / 100 × 100 = 90,625 %",
        "Chỉ số CCHC khi hiển thị: làm tròn nửa lên, 2 chữ số thập phân = 90,63 %",
    ]


def test_a_field_removed_whole_has_a_line_without_a_number():
    counted = total([leaf("a", 5), leaf("b", 5, field="2")], marks(a=4, b=None), SCALE_ALL)
    assert counted.steps[1].value is None
    assert counted.steps[-2].value == 80


def test_equal_indexes_share_a_place_and_the_next_is_skipped():
    entries = [
        Entry("c", Decimal("85.0199"), Decimal(60)),
        Entry("b", Decimal("90.02"), Decimal(50)),
        Entry("a", Decimal("90.0200"), Decimal(55)),
        Entry("d", Decimal("85.0201"), Decimal(40)),
    ]
    shared = rank(entries, "shared")
    assert shared == {
        "a": Rank(1, tied=True),
        "b": Rank(1, tied=True),
        "d": Rank(3, tied=False),
        "c": Rank(4, tied=False),
    }
    broken = rank(entries, "appraised_points")
    assert [broken[key].place for key in "abdc"] == [1, 2, 3, 4]
    assert not broken["a"].tied


def test_a_tie_that_the_rule_cannot_break_stays_shared():
    entries = [Entry(key, Decimal(80), Decimal(50)) for key in "ab"]
    assert set(rank(entries, "appraised_points").values()) == {Rank(1, tied=True)}
    assert rank([], "shared") == {}
    with pytest.raises(ValueError, match="twice"):
        rank([entries[0], entries[0]], "shared")


def test_the_same_quotient_of_other_numbers_is_a_true_tie():
    one = total([leaf("a", 84), leaf("x", 16)], marks(a="68.32", x=None), SCALE_ALL)
    other = total([leaf("a", 42), leaf("x", 58)], marks(a="34.16", x=None), SCALE_ALL)
    assert one.index == other.index


@pytest.mark.parametrize(
    ("index", "name", "gap", "above"),
    [
        ("90", "Xuất sắc", None, None),
        ("103", "Xuất sắc", None, None),
        ("89.999999", "Tốt", "0.000001", "Xuất sắc"),
        ("80", "Tốt", "10", "Xuất sắc"),
        ("78.06", "Khá", "1.94", "Tốt"),
        ("0", "Yếu", "50", "Trung bình"),
    ],
)
def test_a_grade_is_read_from_the_unrounded_index(index, name, gap, above):
    value = Decimal(index)
    assert grade(value, KON_TUM).name == name
    assert distance_to_next(value, KON_TUM) == (gap and Decimal(gap))
    found = next_band(value, KON_TUM)
    assert (found and found.name) == above


def test_a_bound_that_is_not_inclusive_is_not_reached_by_standing_on_it():
    tay_ninh = [
        Band("Tốt", Decimal(80), inclusive=False),
        Band("Khá", Decimal(60)),
        Band("Kém", Decimal(0)),
    ]
    assert check_bands(tay_ninh) == []
    assert grade(Decimal(80), tay_ninh).name == "Khá"
    assert grade(Decimal("80.0001"), tay_ninh).name == "Tốt"
    assert distance_to_next(Decimal(80), tay_ninh) == 0


@pytest.mark.parametrize(
    ("bands", "says"),
    [
        ([], "Chưa có mức"),
        ([Band("Tốt", Decimal(80))], "đang bắt đầu từ 80"),
        ([Band("Yếu", Decimal(0), inclusive=False)], "phải tính cả 0"),
        ([*KON_TUM, Band("Giỏi", Decimal("80.0"))], "cùng mốc 80"),
        ([*KON_TUM, Band(" tốt", Decimal(85))], "bị lặp"),
        ([*KON_TUM, Band(" ", Decimal(85))], "chưa đặt tên"),
        ([*KON_TUM, Band("Cao", Decimal(101))], "từ 0 đến 100"),
        ([*KON_TUM, Band("Lạ", Decimal("NaN"))], "từ 0 đến 100"),
    ],
)
def test_bands_that_leave_a_gap_or_overlap_are_named(bands, says):
    assert says in " ".join(check_bands(bands))


def test_the_bands_of_kon_tum_are_sound_and_without_a_lowest_no_grade_is_invented():
    assert check_bands(KON_TUM) == []
    with pytest.raises(ValueError, match="no band"):
        grade(Decimal(49), KON_TUM[:-1])
    assert mean([]) is None


def test_the_arithmetic_imports_nothing_of_django():
    said = "import sys, appraisal.scoring; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


quarter_points = st.integers(1, 80).map(lambda n: Decimal(n) / 4)


@st.composite
def rounds(draw):
    """Leaves of a small round with several agencies' marks."""
    leaves, count = [], draw(st.integers(2, 7))
    for number in range(count):
        kind = draw(st.sampled_from(["manual", "manual", "survey"]))
        leaves.append(leaf(f"c{number}", draw(quarter_points), kind, draw(st.sampled_from("123"))))
    scores = st.fixed_dictionaries(
        {
            each.code: st.one_of(
                st.decimals(0, each.max_points, places=2).map(Score),
                st.just(Score(None, not_applicable=True)),
            )
            for each in leaves
        }
    )
    settings = draw(st.sampled_from([SCALE_ALL, BAC_GIANG]))
    return leaves, draw(st.lists(scores, min_size=1, max_size=5)), settings


@given(rounds(), st.randoms())
def test_the_order_of_leaves_and_marks_does_not_matter(round_, random):
    leaves, dossiers, settings = round_
    before = total(leaves, dossiers[0], settings)
    shuffled = random.sample(leaves, len(leaves))
    items = random.sample(sorted(dossiers[0].items()), len(dossiers[0]))
    after = total(shuffled, dict(items), settings)
    assert (after.index, after.achieved, after.maximum) == (
        before.index,
        before.achieved,
        before.maximum,
    )
    assert {field.code: field for field in after.fields} == {
        field.code: field for field in before.fields
    }


@given(rounds())
def test_counting_again_gives_the_same_total_whatever_the_thread_rounds_to(round_):
    leaves, dossiers, settings = round_
    stored = total(leaves, dossiers[0], settings)
    with localcontext() as context:
        context.prec = 3
        again = total(leaves, dossiers[0], settings)
        assert again == stored
        assert again.steps == stored.steps
    assert stored.steps[-2].value == stored.index


@given(rounds())
def test_the_index_is_the_exact_fraction_and_stays_between_zero_and_a_hundred(round_):
    leaves, dossiers, settings = round_
    counted = total(leaves, dossiers[0], settings)
    assert 0 <= counted.index <= 100
    a, s = counted.appraised, counted.survey
    given_a, given_s = Fraction(a.achieved), Fraction(s.achieved)
    reach = Fraction(a.maximum + s.maximum - a.removed - s.removed)
    if settings is BAC_GIANG and a.maximum != a.removed:
        given_a *= Fraction(a.maximum) / Fraction(a.maximum - a.removed)
        reach = Fraction(a.maximum + s.maximum - s.removed)
    exact = (given_a + given_s) / reach * 100 if reach else Fraction(0)
    assert abs(Fraction(counted.index) - exact) < Fraction(1, 10**24)


@given(rounds(), st.data())
def test_raising_one_mark_never_lowers_that_agencys_rank(round_, data):
    leaves, dossiers, settings = round_
    tie_rule = data.draw(st.sampled_from(["shared", "appraised_points"]))

    def place():
        entries = []
        for key, scores in enumerate(dossiers):
            counted = total(leaves, scores, settings)
            entries.append(Entry(key, counted.index, counted.appraised.achieved))
        return rank(entries, tie_rule)[0].place

    before = place()
    chosen = data.draw(st.sampled_from(leaves))
    old = dossiers[0][chosen.code].points
    assume(old is not None)
    raised = data.draw(st.decimals(old, chosen.max_points, places=2))
    dossiers[0][chosen.code] = Score(raised)
    assert place() <= before


@given(st.lists(st.decimals(0, 110, places=3), min_size=1, max_size=30))
def test_ranks_agree_with_the_indexes(indexes):
    ranks = rank([Entry(n, index, Decimal(0)) for n, index in enumerate(indexes)], "shared")
    for n, index in enumerate(indexes):
        assert ranks[n].place == 1 + sum(other > index for other in indexes)
        assert ranks[n].tied == (indexes.count(index) > 1)


@st.composite
def sound_bands(draw):
    bounds = draw(st.sets(st.decimals("0.01", 100, places=2), max_size=6))
    bands = [Band(f"Mức {n}", bound, draw(st.booleans())) for n, bound in enumerate(bounds)]
    return draw(st.permutations([*bands, Band("Thấp nhất", Decimal(0))]))


@given(sound_bands(), st.decimals(0, 110, places=3), st.decimals(0, 110, places=3))
def test_a_higher_index_never_has_a_lower_grade(bands, first, second):
    assert check_bands(bands) == []
    low, high = sorted([first, second])
    assert grade(low, bands).lower_bound <= grade(high, bands).lower_bound
    gap = distance_to_next(low, bands)
    if gap is None:
        assert grade(low, bands).lower_bound == max(band.lower_bound for band in bands)
    else:
        above = next_band(low, bands)
        assert gap >= 0
        assert grade(low + gap + Decimal("0.001"), bands).lower_bound >= above.lower_bound
