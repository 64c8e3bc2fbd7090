"""The rules of the team's work, told by their names: marks, requests, second marks, send-backs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from agencies.verdict import Refusal
from appraisal.clock import VIETNAM
from appraisal.models import (
    CannedRemark,
    Event,
    Explanation,
    ExplanationRequest,
    Extension,
    Mark,
    MemberReport,
    StateChange,
)
from appraisal.models.round import OwnAgencyPolicy
from appraisal.states import DossierState, RoundState, Stage
from appraisal.workflow import appraisal
from appraisal.workflow.acting import Conflict, Invalid, MarkInput
from tests.cast import APPRAISAL, EXPLANATION, REAPPRAISAL, SELF_ASSESSMENT, Cast, moment


@pytest.fixture(autouse=True)
def _submitted_and_in_appraisal(cast: Cast, clock: Any) -> None:
    clock.set(APPRAISAL)
    cast.submit()
    cast.mark("1.1", "10")


def points(value: str, reason: str = "") -> MarkInput:
    return MarkInput(points=Decimal(value), reason=reason)


def give(
    cast: Cast, code: str, given: MarkInput, who: str = "member", version: int = 0, **where: Any
) -> Mark:
    return appraisal.save_appraisal(
        cast.people[who], where.get("dossier", cast.dossier), cast.leaf(code), given,
        version=version,
    )  # fmt: skip


def again(cast: Cast, code: str, given: MarkInput, who: str = "member", **where: Any) -> Mark:
    return appraisal.save_reappraisal(
        cast.people[who], where.get("dossier", cast.dossier), cast.leaf(code), given, version=0
    )


def ask(cast: Cast, code: str = "1.1", text: str = "Đề nghị bổ sung kế hoạch.") -> Any:
    give(cast, code, points("0", "Thiếu kế hoạch"))
    return appraisal.ask_explanation(cast.member, cast.dossier, cast.leaf(code), text)


# --- The first mark ------------------------------------------------------------------------
def test_the_assigned_member_agrees_with_the_agency_without_a_reason(cast: Cast) -> None:
    mark = give(cast, "1.1", points("10"))
    assert (mark.stage, mark.points, mark.author, mark.version) == (
        Stage.APPRAISAL, Decimal("10"), cast.member, 1,
    )  # fmt: skip
    assert Event.objects.filter(action="mark.appraisal", dossier=cast.dossier).count() == 1


def test_a_mark_that_differs_from_the_self_score_needs_a_reason(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        give(cast, "1.1", points("0"))
    assert list(refused.value.errors) == ["reason"]
    assert not Mark.objects.filter(stage=Stage.APPRAISAL).exists()
    assert give(cast, "1.1", points("0", "Không có kế hoạch")).points == 0


def test_without_a_self_score_zero_needs_no_reason_and_anything_else_does(cast: Cast) -> None:
    assert give(cast, "P", points("0")).points == 0
    with pytest.raises(Invalid, match="lý do"):
        give(cast, "T", points("1"))


def test_a_mark_lies_between_nothing_and_the_maximum(cast: Cast) -> None:
    for value in ("10.01", "-0.01"):
        with pytest.raises(Invalid) as refused:
            give(cast, "1.1", points(value, "Lý do"))
        assert list(refused.value.errors) == ["points"]
    with pytest.raises(Invalid) as empty:
        give(cast, "1.1", MarkInput(reason="Chưa rõ"))
    assert list(empty.value.errors) == ["points"]


def test_not_applicable_is_accepted_with_a_reason_where_the_leaf_allows_it(cast: Cast) -> None:
    cast.mark("1.2", None, not_applicable=True, reason="Không có nhiệm vụ")
    with pytest.raises(Invalid, match="lý do"):
        give(cast, "1.2", MarkInput(not_applicable=True))
    accepted = give(cast, "1.2", MarkInput(not_applicable=True, reason="Đúng là không có"))
    assert accepted.not_applicable
    with pytest.raises(Invalid, match="luôn áp dụng"):
        give(cast, "1.1", MarkInput(not_applicable=True, reason="Xin bỏ"))


def test_a_request_not_applicable_is_refused_by_points_with_a_reason(cast: Cast) -> None:
    cast.mark("1.2", None, not_applicable=True, reason="Không có nhiệm vụ")
    with pytest.raises(Invalid, match="lý do"):
        give(cast, "1.2", points("0"))
    assert not give(cast, "1.2", points("0", "Có được giao nhiệm vụ")).not_applicable


def test_a_member_marks_only_what_is_assigned(cast: Cast) -> None:
    with pytest.raises(Refusal, match="không được phân công"):
        give(cast, "2.2", points("0"))
    assert give(cast, "2.2", points("0"), who="second_member").points == 0


@pytest.mark.parametrize("who", ["lead", "secretary", "auditor", "chair", "officer", "head"])
def test_nobody_but_a_member_marks(cast: Cast, who: str) -> None:
    with pytest.raises(Refusal, match="Thành viên Tổ giúp việc"):
        give(cast, "1.1", points("10"), who=who)


def test_survey_leaves_are_not_marked_by_the_team(cast: Cast) -> None:
    with pytest.raises(Refusal, match="không do Tổ giúp việc"):
        give(cast, "3.1", points("30", "Lý do"))


def test_the_last_minute_counts_and_a_late_mark_is_refused_with_it(cast: Cast, clock: Any) -> None:
    clock.set("2021-01-04 16:59")
    assert give(cast, "1.1", points("10")).version == 1
    clock.set("2021-01-04 17:01")
    with pytest.raises(Refusal, match="17:00 ngày 04/01/2021"):
        give(cast, "1.1", points("5", "Muộn"), version=1)


def test_a_dossier_that_is_not_submitted_waits_until_its_time_is_over(
    cast: Cast, clock: Any
) -> None:
    other = cast.dossiers["STP"]
    Extension.objects.create(
        dossier=other, step="self_assessment", closes_at=moment("2020-12-30 17:00"), reason="Bão",
        granted_by=cast.secretary, granted_at=moment(SELF_ASSESSMENT),
    )  # fmt: skip
    with pytest.raises(Refusal, match="chưa gửi"):
        give(cast, "1.1", points("0"), dossier=other)
    clock.set("2020-12-31 08:00")
    other = type(other).objects.get(pk=other.pk)
    assert give(cast, "1.1", points("0"), dossier=other).points == 0


def test_a_save_over_somebody_elses_is_a_conflict_and_loses_nothing(cast: Cast) -> None:
    give(cast, "1.1", points("0", "Thiếu"))
    with pytest.raises(Conflict) as conflict:
        give(cast, "1.1", points("5", "Một nửa"), version=0)
    assert conflict.value.current is not None
    assert conflict.value.current.reason == "Thiếu"
    assert Mark.objects.get(stage=Stage.APPRAISAL).points == 0


def test_nothing_is_marked_once_the_council_has_the_round(cast: Cast) -> None:
    cast.put(RoundState.COUNCIL)
    with pytest.raises(Refusal, match="Hội đồng xem xét"):
        give(cast, "1.1", points("10"))


# --- The own agency ------------------------------------------------------------------------
def own(cast: Cast, policy: str) -> Any:
    """The dossier of Sở Nội vụ, where `member` works, under a policy."""
    type(cast.round).objects.filter(pk=cast.round.pk).update(own_agency_policy=policy)
    dossier = cast.submit(cast.dossiers["SNV"])
    cast.mark("1.1", "10", dossier=dossier)
    return dossier


def test_where_it_is_forbidden_the_second_marks_in_the_place_of_the_own_member(
    cast: Cast,
) -> None:
    dossier = own(cast, OwnAgencyPolicy.FORBID)
    with pytest.raises(Refusal, match="chính cơ quan mình"):
        give(cast, "1.1", points("10"), dossier=dossier)
    assert give(cast, "1.1", points("10"), who="second_member", dossier=dossier).points == 10


def test_where_a_second_is_wanted_both_mark_and_the_second_after_the_first(cast: Cast) -> None:
    dossier = own(cast, OwnAgencyPolicy.SECOND)
    with pytest.raises(Refusal, match="thứ nhất chưa chấm"):
        again(cast, "1.1", points("10"), who="second_member", dossier=dossier)
    give(cast, "1.1", points("10"), dossier=dossier)
    second = again(cast, "1.1", points("0", "Chưa đạt"), who="second_member", dossier=dossier)
    assert (second.stage, second.points) == (Stage.REAPPRAISAL, 0)


def test_where_it_only_warns_the_own_member_marks(cast: Cast) -> None:
    dossier = own(cast, OwnAgencyPolicy.WARN)
    assert give(cast, "1.1", points("10"), dossier=dossier).author == cast.member


# --- Explanations and the second mark ------------------------------------------------------
def test_an_explanation_is_asked_for_with_words_after_a_mark(cast: Cast) -> None:
    with pytest.raises(Invalid, match="cho điểm"):
        appraisal.ask_explanation(cast.member, cast.dossier, cast.leaf("1.1"), "Vì sao?")
    request = ask(cast)
    assert (request.asked_by, request.text) == (cast.member, "Đề nghị bổ sung kế hoạch.")
    with pytest.raises(Invalid, match="nội dung"):
        appraisal.ask_explanation(cast.member, cast.dossier, cast.leaf("1.1"), "")


def test_asked_again_the_words_are_replaced(cast: Cast) -> None:
    ask(cast)
    appraisal.ask_explanation(cast.member, cast.dossier, cast.leaf("1.1"), "Gửi thêm báo cáo.")
    assert ExplanationRequest.objects.get().text == "Gửi thêm báo cáo."


def test_no_explanation_is_asked_for_in_a_round_of_one_appraisal(cast: Cast) -> None:
    type(cast.round).objects.filter(pk=cast.round.pk).update(appraisals=1)
    give(cast, "1.1", points("10"))
    with pytest.raises(Refusal, match="thẩm định một lần"):
        appraisal.ask_explanation(cast.member, cast.dossier, cast.leaf("1.1"), "Vì sao?")


def test_a_request_is_withdrawn_until_the_agency_has_answered(cast: Cast) -> None:
    request = ask(cast)
    Explanation.objects.create(
        request=request, text="Đã có", author=cast.officer, saved_at=moment(EXPLANATION)
    )
    with pytest.raises(Invalid, match="đã giải trình"):
        appraisal.withdraw_request(cast.member, cast.dossier, cast.leaf("1.1"))
    Explanation.objects.all().delete()
    appraisal.withdraw_request(cast.member, cast.dossier, cast.leaf("1.1"))
    assert not ExplanationRequest.objects.exists()
    assert Event.objects.filter(action="explanation.unasked").count() == 1


def test_the_second_mark_is_given_in_its_window_where_an_explanation_was_asked(
    cast: Cast, clock: Any
) -> None:
    ask(cast)
    clock.set(EXPLANATION)
    with pytest.raises(Refusal, match="07:00 ngày 09/01/2021"):
        again(cast, "1.1", points("10"))
    clock.set(REAPPRAISAL)
    assert again(cast, "1.1", points("10")).stage == Stage.REAPPRAISAL
    assert Mark.objects.get(stage=Stage.APPRAISAL).points == 0
    with pytest.raises(Refusal, match="đã yêu cầu giải trình"):
        again(cast, "1.2", points("0"))


# --- Sending back --------------------------------------------------------------------------
def until(text: str) -> Any:
    return moment(text).astimezone(VIETNAM)


def test_the_lead_sends_back_with_a_reason_and_a_new_last_moment(cast: Cast) -> None:
    appraisal.send_back(cast.lead, cast.dossier, until("2020-12-30 17:00"), "Thiếu phụ lục")
    cast.dossier.refresh_from_db()
    assert cast.dossier.state == DossierState.RETURNED
    extension = Extension.objects.get(dossier=cast.dossier)
    assert (extension.closes_at, extension.reason) == (until("2020-12-30 17:00"), "Thiếu phụ lục")
    assert StateChange.objects.get(dossier=cast.dossier).reason == "Thiếu phụ lục"


@pytest.mark.parametrize(
    ("when", "reason", "field"),
    [
        ("2020-12-30 17:00", "", "reason"),
        ("2020-12-28 08:59", "Thiếu", "closes_at"),
        ("2021-01-04 17:00", "Thiếu", "closes_at"),
    ],
)
def test_a_send_back_without_reason_or_with_an_impossible_moment_is_refused(
    cast: Cast, when: str, reason: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        appraisal.send_back(cast.lead, cast.dossier, until(when), reason)
    assert list(refused.value.errors) == [field]
    cast.dossier.refresh_from_db()
    assert cast.dossier.state == DossierState.SUBMITTED


def test_only_the_lead_sends_back(cast: Cast) -> None:
    for who in ("member", "secretary", "chair", "head"):
        with pytest.raises(Refusal):
            appraisal.send_back(cast.people[who], cast.dossier, until("2020-12-30 17:00"), "X")


# --- Reports and remarks -------------------------------------------------------------------
def test_a_report_is_kept_once_a_person_and_compares_versions(cast: Cast) -> None:
    first = appraisal.save_report(
        cast.member, cast.round, appraisal.ReportInput("Đã chấm lĩnh vực 1"), version=0
    )
    assert first.version == 1
    with pytest.raises(appraisal.ReportConflict):
        appraisal.save_report(cast.member, cast.round, appraisal.ReportInput("Khác"), version=0)
    second = appraisal.save_report(
        cast.member, cast.round, appraisal.ReportInput("Đã chấm xong"), version=1
    )
    assert (second.pk, second.version) == (first.pk, 2)
    assert MemberReport.objects.count() == 1


def test_who_is_not_of_the_team_writes_no_report(cast: Cast) -> None:
    for who in ("secretary", "auditor", "officer"):
        with pytest.raises(Refusal):
            appraisal.save_report(cast.people[who], cast.round, appraisal.ReportInput(), version=0)


def test_remarks_are_kept_once_and_taken_away(cast: Cast) -> None:
    remark = appraisal.add_remark(cast.member, cast.round, "Thiếu tài liệu.")
    assert appraisal.add_remark(cast.second_member, cast.round, "Thiếu tài liệu.") == remark
    appraisal.remove_remark(cast.lead, cast.round, remark)
    assert not CannedRemark.objects.exists()
    with pytest.raises(Refusal):
        appraisal.add_remark(cast.auditor, cast.round, "Không được")
