"""Meetings of the council: list and record."""

from __future__ import annotations

from typing import Any

import pytest

from appraisal.models import Meeting, Seat
from tests.appraisal.council_pages import get, post, queries, text
from tests.appraisal.council_stage import consolidated, convened
from tests.cast import COUNCIL, Cast, moment


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def url(cast: Cast, tail: str = "") -> str:
    return f"/rounds/{cast.round.pk}/meetings/{tail}"


def test_new_keeps_time_place_and_attendance(cast: Cast) -> None:
    convened(cast)
    Meeting.objects.all().delete()
    chair = Seat.objects.get(user=cast.chair)
    response = post(
        cast.secretary, url(cast, "new/"), held_at="15/01/2021 08:00", place="Phòng họp số 2",
        chaired_by=chair.pk, **{f"present_{chair.pk}": "on", f"note_{chair.pk}": "chủ trì"},
    )  # fmt: skip
    assert response.status_code == 302
    meeting = Meeting.objects.get()
    assert meeting.held_at == moment("2021-01-15 08:00")
    assert "Hội đồng có mặt 1/3, chưa quá nửa." in text(get(cast.chair, url(cast)))


@pytest.mark.parametrize("held_at", ["", "2021-01-15 08:00", "31/02/2021 08:00", "hôm nay"])
def test_new_refuses_a_time_that_is_none(cast: Cast, held_at: str) -> None:
    convened(cast)
    response = post(cast.secretary, url(cast, "new/"), held_at=held_at, place="Phòng họp")
    assert response.status_code == 422
    assert Meeting.objects.count() == 1


def test_edit_says_that_an_absent_person_cannot_chair(cast: Cast) -> None:
    convened(cast)
    meeting = Meeting.objects.get()
    response = post(
        cast.secretary, url(cast, f"{meeting.pk}/"), held_at="15/01/2021 08:00", place="Phòng họp",
        chaired_by=Seat.objects.get(user=cast.chair).pk,
    )  # fmt: skip
    assert response.status_code == 422
    assert "Người chủ trì phải có mặt." in text(response)


def test_edit_of_a_meeting_of_another_round_is_not_found(cast: Cast) -> None:
    convened(cast)
    assert get(cast.secretary, url(cast, "999/")).status_code == 404


def test_edit_is_refused_once_consolidated(cast: Cast) -> None:
    consolidated(cast)
    page = url(cast, f"{Meeting.objects.get().pk}/")
    assert get(cast.secretary, page).status_code == 403


def test_list_takes_the_same_queries_for_one_meeting_and_three(cast: Cast) -> None:
    convened(cast)
    one = queries(cast.chair, url(cast))
    for number in (2, 3):
        Meeting.objects.create(round=cast.round, held_at=moment(COUNCIL), place=f"Phòng {number}")
    assert queries(cast.chair, url(cast)) == one
