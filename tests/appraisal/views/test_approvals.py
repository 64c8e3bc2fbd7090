"""The chair's screen."""

from __future__ import annotations

from typing import Any

import pytest

from appraisal.models import Decision
from appraisal.states import RoundState
from appraisal.workflow import council
from tests.appraisal.council_pages import get, post, queries, text
from tests.appraisal.council_stage import authorized, consolidated, convened
from tests.cast import COUNCIL, PASSWORD, Cast


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def url(cast: Cast) -> str:
    return f"/rounds/{cast.round.pk}/approve/"


def test_new_shows_result_fingerprint_and_form_to_the_chair(cast: Cast) -> None:
    made = consolidated(cast)
    page = text(get(cast.chair, url(cast)))
    assert f'value="{made.fingerprint}"' in page
    assert made.fingerprint[:8] in page
    assert "Lê Thị Thư" in page
    assert "86,50" in page
    assert "có 2 cơ quan đồng hạng" in page


def test_new_before_consolidation_says_what_is_waited_for(cast: Cast) -> None:
    convened(cast)
    page = text(get(cast.chair, url(cast)))
    assert "Chưa có kết quả để phê duyệt" in page
    assert 'name="password"' not in page


def test_new_gives_others_the_reason_instead_of_the_form(cast: Cast) -> None:
    consolidated(cast)
    page = text(get(cast.council_member, url(cast)))
    assert "Phó Chủ tịch được ủy quyền" in page
    assert 'name="password"' not in page


def test_new_approves_the_fingerprint_seen_with_the_password(cast: Cast) -> None:
    made = consolidated(cast)
    response = post(cast.chair, url(cast), fingerprint=made.fingerprint, password=PASSWORD)
    assert response.status_code == 302
    assert cast.fresh().state == RoundState.APPROVED


@pytest.mark.parametrize("password", ["", "sai mật khẩu"])
def test_new_approves_nothing_without_the_right_password(cast: Cast, password: str) -> None:
    made = consolidated(cast)
    response = post(cast.chair, url(cast), fingerprint=made.fingerprint, password=password)
    assert response.status_code == 422
    assert "sai mật khẩu" not in text(response)
    assert not Decision.objects.exists()


def test_new_slows_down_who_guesses_the_password(cast: Cast) -> None:
    made = consolidated(cast)
    statuses = [
        post(cast.chair, url(cast), fingerprint=made.fingerprint, password=f"sai {n}").status_code
        for n in range(6)
    ]
    assert statuses[0] == 422
    assert statuses[-1] == 429
    assert not Decision.objects.exists()


def test_new_with_a_stale_fingerprint_shows_the_new_one_and_approves_nothing(cast: Cast) -> None:
    old = consolidated(cast)
    council.return_to_council(cast.chair, cast.round, "Xem lại")
    cast.mark("1.1", "9", "council", reason="Sửa")
    new = council.consolidate(cast.secretary, cast.round)
    response = post(cast.chair, url(cast), fingerprint=old.fingerprint, password=PASSWORD)
    page = text(response)
    assert response.status_code == 409
    assert "đã được tổng hợp lại" in page
    assert f'value="{new.fingerprint}"' in page
    assert old.fingerprint not in page
    assert not Decision.objects.exists()
    assert "Thay đổi so với lần 1" in page
    assert '<span class="old-value">86,50</span> 85,50' in page


@pytest.mark.parametrize("fingerprint", ["", "x", "F" * 64, "0" * 65])
def test_new_refuses_what_is_no_fingerprint(cast: Cast, fingerprint: str) -> None:
    consolidated(cast)
    response = post(cast.chair, url(cast), fingerprint=fingerprint, password=PASSWORD)
    assert response.status_code == 422
    assert not Decision.objects.exists()


def test_new_names_the_document_by_which_the_vice_chair_approves(cast: Cast) -> None:
    consolidated(cast)
    assert 'name="password"' not in text(get(cast.vice_chair, url(cast)))
    authorized(cast, "2021-01-15", "2021-01-15")
    page = text(get(cast.vice_chair, url(cast)))
    assert "12/GUQ-UBND ngày 10/01/2021, hiệu lực từ 15/01/2021 đến hết 15/01/2021" in page


def test_new_is_refused_to_who_is_not_the_chair(cast: Cast) -> None:
    made = consolidated(cast)
    response = post(cast.secretary, url(cast), fingerprint=made.fingerprint, password=PASSWORD)
    assert response.status_code == 403


def test_new_stays_within_its_queries(cast: Cast) -> None:
    consolidated(cast)
    assert queries(cast.chair, url(cast)) <= 12
