"""The dossier's pages: what to do now, why it is locked, the check, submit and withdraw."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appraisal.models import Extension, StateChange
from appraisal.states import DossierState, RoundState
from tests.appraisal.desk import query_count, signed_in
from tests.cast import APPRAISAL, SELF_ASSESSMENT, Cast, moment


@pytest.fixture(autouse=True)
def _while_scoring(clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)


def url(cast: Cast, name: str) -> str:
    return reverse(f"appraisal:dossiers-{name}", args=[cast.dossier.pk])


def complete(cast: Cast) -> None:
    said: dict[str, tuple[str, dict[str, Any]]] = {
        "1.1": ("10", {"met": True}),
        "1.2": ("30", {"total": "10", "done": "10"}),
        "2.1": ("5", {"late": 0, "missing": 0}),
        "2.2": ("20", {}),
    }
    for code, (points, declared) in said.items():
        cast.mark(code, points, declared=declared, reason="Có hồ sơ kèm theo")


# --- Show --------------------------------------------------------------------------------------
def test_show_leads_to_the_next_unfinished_leaf(cast: Cast) -> None:
    cast.mark("1.1", "10", declared={"met": True}, reason="Có")
    page = signed_in(cast.officer).get(url(cast, "show")).content.decode()
    assert "Chấm tiếp tiêu chí 1.2" in page
    assert "17:00 20/12/2020" in page
    assert "Còn 3 tiêu chí chưa đủ" in page
    assert "Chưa chấm" in page
    assert "10/40" in page


def test_show_tells_the_officer_why_the_button_of_the_head_is_missing(cast: Cast) -> None:
    page = signed_in(cast.officer).get(url(cast, "show")).content.decode()
    assert "Thủ trưởng cơ quan là người gửi và rút hồ sơ." in page


def test_show_of_a_locked_dossier_says_why_and_what_comes_next(cast: Cast, clock: Any) -> None:
    clock.set(APPRAISAL)
    page = signed_in(cast.officer).get(url(cast, "show")).content.decode()
    assert "Hồ sơ đang khóa" in page
    assert "đã hết lúc 17:00 ngày 20/12/2020" in page
    assert "Đang ở bước “Thẩm định”, đến hết 17:00 ngày 04/01/2021" in page


def test_show_of_a_returned_dossier_repeats_the_leads_reason(cast: Cast) -> None:
    cast.mark("1.1", "10", declared={"met": True}, reason="Có")
    cast.dossier.state = DossierState.RETURNED
    cast.dossier.save()
    StateChange.objects.create(
        round=cast.round, dossier=cast.dossier, move="send-back", old_state="submitted",
        new_state="returned", reason="Thiếu phụ lục 2", by=cast.lead, at=moment("2020-12-11 09:00"),
    )  # fmt: skip
    page = signed_in(cast.officer).get(url(cast, "show")).content.decode()
    assert "Thiếu phụ lục 2" in page
    assert "Bị trả lại" in page


def test_an_extension_moves_the_last_minute_for_its_agency(cast: Cast, clock: Any) -> None:
    Extension.objects.create(
        dossier=cast.dossier, step="self_assessment", closes_at=moment("2020-12-30 17:00"),
        reason="Lũ lụt", granted_by=cast.secretary, granted_at=moment(SELF_ASSESSMENT),
    )  # fmt: skip
    clock.set(APPRAISAL)
    page = signed_in(cast.officer).get(url(cast, "show")).content.decode()
    assert "17:00 30/12/2020" in page
    assert "Hồ sơ đang khóa" not in page


@pytest.mark.parametrize("name", ["show", "check", "withdraw"])
def test_another_agency_knows_of_no_dossier(cast: Cast, name: str) -> None:
    for person in (cast.other_officer, cast.other_head, cast.nobody, cast.administrator):
        assert signed_in(person).get(url(cast, name)).status_code == 404


def test_show_takes_the_same_queries_with_one_mark_and_with_four(cast: Cast) -> None:
    client, counts = signed_in(cast.officer), []
    for code in ("1.1", "1.2", "2.1", "2.2"):
        cast.mark(code, "1")
        counts.append(query_count(client, url(cast, "show")))
    assert counts[0] == counts[3] <= 14


# --- Check and submit ----------------------------------------------------------------------------
def test_check_lists_every_gap_with_a_link(cast: Cast) -> None:
    page = signed_in(cast.head).get(url(cast, "check")).content.decode()
    for code in ("1.1", "1.2", "2.1", "2.2"):
        leaf = reverse("appraisal:marks-edit", args=[cast.dossier.pk, cast.leaf(code).pk])
        assert f'href="{leaf}"' in page
    assert "còn 4 mục thiếu" in page


def test_the_head_submits_a_complete_dossier_at_once(cast: Cast) -> None:
    complete(cast)
    head = signed_in(cast.head)
    assert "Hồ sơ đã đủ" in head.get(url(cast, "check")).content.decode()
    page = head.post(url(cast, "submit"), follow=True).content.decode()
    assert "Đã gửi hồ sơ lúc 09:00 ngày 10/12/2020" in page
    cast.dossier.refresh_from_db()
    assert cast.dossier.state == DossierState.SUBMITTED


def test_with_gaps_the_head_submits_only_after_saying_so(cast: Cast) -> None:
    head = signed_in(cast.head)
    answer = head.post(url(cast, "submit"))
    assert answer.status_code == 422
    assert "Hồ sơ còn mục thiếu" in answer.content.decode()
    assert head.post(url(cast, "submit"), {"confirmed": "yes"}).status_code == 302
    cast.dossier.refresh_from_db()
    assert cast.dossier.state == DossierState.SUBMITTED


def test_the_officer_does_not_submit(cast: Cast) -> None:
    complete(cast)
    assert signed_in(cast.officer).post(url(cast, "submit")).status_code == 403
    cast.dossier.refresh_from_db()
    assert cast.dossier.state == DossierState.DRAFT


def test_submitting_twice_is_one_submission(cast: Cast) -> None:
    complete(cast)
    head = signed_in(cast.head)
    assert head.post(url(cast, "submit")).status_code == 302
    assert head.post(url(cast, "submit")).status_code == 403
    assert StateChange.objects.filter(dossier=cast.dossier).count() == 1


def test_submitting_too_late_is_refused_with_the_minute(cast: Cast, clock: Any) -> None:
    clock.set(APPRAISAL)
    answer = signed_in(cast.head).post(url(cast, "submit"), {"confirmed": "yes"})
    assert answer.status_code == 403
    assert "17:00 ngày 20/12/2020" in answer.content.decode()


def test_submit_is_a_post(cast: Cast) -> None:
    assert signed_in(cast.head).get(url(cast, "submit")).status_code == 405


# --- Withdraw -------------------------------------------------------------------------------------
def test_the_head_withdraws_with_a_reason(cast: Cast) -> None:
    cast.submit()
    head = signed_in(cast.head)
    assert "Rút hồ sơ đã gửi?" in head.get(url(cast, "withdraw")).content.decode()
    assert head.post(url(cast, "withdraw"), {"reason": ""}).status_code == 422
    assert head.post(url(cast, "withdraw"), {"reason": "Bổ sung"}).status_code == 302
    cast.dossier.refresh_from_db()
    assert cast.dossier.state == DossierState.DRAFT
    assert StateChange.objects.get(dossier=cast.dossier).reason == "Bổ sung"


def test_nobody_withdraws_once_appraisal_has_begun(cast: Cast, clock: Any) -> None:
    cast.submit()
    clock.set(APPRAISAL)
    head = signed_in(cast.head)
    answer = head.post(url(cast, "withdraw"), {"reason": "Muộn"})
    assert answer.status_code == 403
    assert "Đã đến thời gian thẩm định" in answer.content.decode()


def test_a_published_dossier_leads_to_the_results(cast: Cast) -> None:
    cast.submit()
    cast.put(RoundState.PUBLISHED)
    page = signed_in(cast.officer).get(url(cast, "show")).content.decode()
    assert "Xem kết quả" in page


def test_every_page_is_read_by_the_team_but_offers_it_no_button(cast: Cast) -> None:
    member: Client = signed_in(cast.member)
    page = member.get(url(cast, "show")).content.decode()
    assert "Kiểm tra và gửi" not in page
    assert "Việc cần làm</h2>" not in page
