"""What counts as a gap, which state a leaf is in, and what a timeline lets the agency read."""

from __future__ import annotations

from typing import Any

import pytest

from appraisal.models import Explanation, ExplanationRequest, StateChange
from appraisal.queries import dossiers as queries
from appraisal.states import DossierState, Stage
from appraisal.workflow import evidence, self_assessment
from appraisal.workflow.acting import MarkInput
from tests.appraisal.desk import document
from tests.cast import APPRAISAL, SELF_ASSESSMENT, Cast, moment


@pytest.fixture(autouse=True)
def _while_scoring(clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)


def kinds(cast: Cast, code: str) -> list[str]:
    return [gap.kind for gap in queries.gaps(cast.dossier) if gap.criterion.code == code]


def line(cast: Cast, code: str) -> queries.LeafLine:
    sheet = queries.sheet(cast.dossier, shows_requests=True)
    return next(item for item in sheet.lines if item.criterion.code == code)


def test_an_untouched_leaf_lacks_its_points(cast: Cast) -> None:
    assert kinds(cast, "1.1") == ["no_points"]
    assert line(cast, "1.1").dot is queries.NOT_SCORED


def test_survey_penalty_and_an_unclaimed_bonus_lack_nothing(cast: Cast) -> None:
    codes = {gap.criterion.code for gap in queries.gaps(cast.dossier)}
    assert codes == {"1.1", "1.2", "2.1", "2.2"}
    assert line(cast, "3.1").dot is queries.NOT_OURS
    assert line(cast, "P").dot is queries.NOT_OURS


def test_a_leaf_half_declared_is_being_entered(cast: Cast) -> None:
    cast.mark("1.2", None, declared={"total": "10"})
    assert kinds(cast, "1.2") == ["no_points"]
    assert line(cast, "1.2").dot is queries.ENTERING


def test_points_without_the_values_behind_them_are_a_gap(cast: Cast) -> None:
    cast.mark("1.2", "30", reason="Xem báo cáo")
    assert kinds(cast, "1.2") == ["no_values"]


def test_points_that_differ_from_the_proposal_need_a_reason(cast: Cast) -> None:
    mark = cast.mark("1.1", "5", declared={"met": True})
    assert "no_reason" in kinds(cast, "1.1")
    mark.reason = "Chỉ đạt một nửa"
    mark.save()
    assert kinds(cast, "1.1") == []


def test_a_leaf_needs_evidence_or_an_explanation(cast: Cast) -> None:
    cast.mark("1.1", "10", declared={"met": True})
    assert kinds(cast, "1.1") == ["no_evidence"]
    assert line(cast, "1.1").dot is queries.NO_EVIDENCE
    evidence.cite(cast.officer, cast.dossier, cast.leaf("1.1"), document(cast.officer))
    assert kinds(cast, "1.1") == []
    assert line(cast, "1.1").dot is queries.COMPLETE


def test_a_request_of_not_applicable_with_its_reason_lacks_nothing(cast: Cast) -> None:
    cast.mark("1.2", None, not_applicable=True, reason="Không có nhiệm vụ")
    assert kinds(cast, "1.2") == []
    assert line(cast, "1.2").points == "KAD/30"


def test_saying_why_no_bonus_is_claimed_leaves_no_gap(cast: Cast) -> None:
    cast.mark("T", None, reason="Không đề nghị điểm thưởng")
    assert kinds(cast, "T") == []


def test_a_claimed_bonus_needs_evidence_too(cast: Cast) -> None:
    cast.mark("T", "1")
    assert kinds(cast, "T") == ["no_evidence"]


def test_a_complete_leaf_of_a_returned_dossier_waits_to_be_looked_at_again(
    cast: Cast, clock: Any
) -> None:
    cast.mark("1.1", "10", declared={"met": True}, reason="Có quyết định")
    cast.dossier.state = DossierState.RETURNED
    cast.dossier.save()
    StateChange.objects.create(
        round=cast.round, dossier=cast.dossier, move="send-back", old_state="submitted",
        new_state="returned", reason="Thiếu phụ lục", by=cast.lead, at=moment("2020-12-11 09:00"),
    )  # fmt: skip
    assert line(cast, "1.1").dot is queries.RETURNED
    assert queries.last_return(cast.dossier).reason == "Thiếu phụ lục"
    clock.set("2020-12-12 09:00")
    given = MarkInput(10, {"met": True}, "Đã bổ sung")  # type: ignore[arg-type]
    self_assessment.save_self_score(cast.officer, cast.dossier, cast.leaf("1.1"), given, version=1)
    assert line(cast, "1.1").dot is queries.COMPLETE


def test_a_leaf_asked_to_be_explained_says_so_until_it_is(cast: Cast) -> None:
    cast.mark("1.1", "10", declared={"met": True}, reason="Có")
    request = ExplanationRequest.objects.create(
        dossier=cast.dossier, criterion=cast.leaf("1.1"), text="Vì sao?", asked_by=cast.member,
        asked_at=moment(APPRAISAL),
    )  # fmt: skip
    assert line(cast, "1.1").dot is queries.TO_EXPLAIN
    hidden = queries.sheet(cast.dossier, shows_requests=False)
    assert hidden.counted(queries.TO_EXPLAIN) == 0
    Explanation.objects.create(
        request=request, text="Vì…", author=cast.officer, saved_at=moment(APPRAISAL)
    )
    assert line(cast, "1.1").dot is queries.EXPLAINED


def test_sums_leave_out_survey_and_what_lies_outside_the_total(cast: Cast) -> None:
    cast.mark("1.1", "7.5")
    cast.mark("1.2", "20")
    cast.mark("T", "1")
    sheet = queries.sheet(cast.dossier, shows_requests=False)
    assert (sheet.total, sheet.maximum) == ("27,5", "65")
    assert [(item.code, item.achieved, item.maximum) for item in sheet.fields] == [
        ("1", "27,5", "40"), ("2", "0", "25"),
    ]  # fmt: skip


def test_a_hundred_percent_is_said_only_when_nothing_is_missing(cast: Cast) -> None:
    sheet = queries.sheet(cast.dossier, shows_requests=False)
    assert (sheet.percent, sheet.done, len(sheet.due)) == (0, 0, 4)
    assert sheet.next_line is not None
    assert sheet.next_line.criterion.code == "1.1"
    for code, points in (("1.1", "10"), ("2.2", "20")):
        cast.mark(code, points, declared={"met": True}, reason="Có")
    for code, declared in (
        ("1.2", {"total": "10", "done": "10"}),
        ("2.1", {"late": 0, "missing": 0}),
    ):
        cast.mark(code, "30" if code == "1.2" else "5", declared=declared, reason="Có")
    assert queries.sheet(cast.dossier, shows_requests=False).percent == 100


def test_the_sheet_takes_the_same_queries_with_one_mark_and_with_four(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    cast.mark("1.1", "10")
    with django_assert_num_queries(4):
        queries.sheet(cast.dossier, shows_requests=True)
    for code in ("1.2", "2.1", "2.2"):
        cast.mark(code, "1")
    with django_assert_num_queries(4):
        queries.sheet(cast.dossier, shows_requests=True)


def test_self_scores_of_another_stage_are_no_self_scores(cast: Cast) -> None:
    cast.mark("1.1", "3", Stage.APPRAISAL, author=cast.member)
    assert line(cast, "1.1").mark is None
