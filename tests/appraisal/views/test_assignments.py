"""Assignments: coverage is counted, gaps come first, two people do not overwrite each other."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from appraisal.models import Assignment, CriteriaSet, Criterion, Event, Seat
from appraisal.queries.setup import assignments_mark
from appraisal.states import RoundState, SeatRole
from tests.appraisal.preparing import BEFORE, drafted, signed_in, text_of
from tests.appraisal.views.test_rounds import queries
from tests.cast import Cast


@pytest.fixture
def draft(cast: Cast, clock: Any) -> Cast:
    clock.set(BEFORE)
    drafted(cast)
    return cast


def address(cast: Cast, name: str = "edit") -> str:
    return reverse(f"appraisal:assignments-{name}", args=[cast.round.pk])


def seat(cast: Cast, who: str) -> int:
    return Seat.objects.get(round=cast.round, user=cast.people[who], role="team_member").pk


def given(cast: Cast, code: str, is_second: bool = False) -> int | None:
    found = Assignment.objects.filter(criterion=cast.leaf(code), is_second=is_second).first()
    return found.seat_id if found else None


def typed(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {"seen": assignments_mark(cast.round)} | changes


def test_edit_counts_covered_leaves_and_lists_the_gaps_first(draft: Cast) -> None:
    Assignment.objects.filter(criterion=draft.leaf("2")).delete()
    page = text_of(signed_in(draft.secretary).get(address(draft)))
    assert "4 trên 6 tiêu chí" in page
    gaps = page.index("Chưa có người thẩm định")
    assert gaps < page.index(f'href="#node-{draft.leaf("2.1").pk}"') < page.index("Ma trận phân")
    assert "Khảo sát: thư ký nhập điểm" in page
    assert "Theo cấp trên: Đỗ Minh Tâm" in page


def test_edit_saves_first_and_second_and_takes_away(draft: Cast) -> None:
    leaf, field = draft.leaf("1.2").pk, draft.leaf("2").pk
    data = typed(draft, **{f"first_{leaf}": seat(draft, "second_member"), f"second_{field}": ""})
    answer = signed_in(draft.lead).post(address(draft), data, follow=True)
    assert "Đã lưu phân công (2 thay đổi)." in text_of(answer)
    assert given(draft, "1.2") == seat(draft, "second_member")
    assert given(draft, "2", is_second=True) is None
    assert given(draft, "2") == seat(draft, "second_member")
    assert Event.objects.get().action == "assignment.saved"


def test_who_saved_in_between_is_not_overwritten(draft: Cast) -> None:
    leaf = draft.leaf("1.2").pk
    data = typed(draft, **{f"first_{leaf}": seat(draft, "second_member")})
    Assignment.objects.create(seat_id=seat(draft, "member"), criterion=draft.leaf("2.1"))
    client = signed_in(draft.secretary)
    answer = client.post(address(draft), data)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Có người vừa đổi phân công" in page
    assert f'<option value="{seat(draft, "second_member")}" selected>' in page
    assert given(draft, "1.2") is None
    assert client.post(address(draft), data | typed(draft)).status_code == 302
    assert given(draft, "1.2") == seat(draft, "second_member")


@pytest.mark.parametrize("who", ["lead", "chair", "999999", "x"])
def test_only_members_of_the_rounds_team_are_assigned(draft: Cast, who: str) -> None:
    held = Seat.objects.filter(user=draft.people[who]).first() if who in draft.people else None
    data = typed(draft, **{f"first_{draft.leaf('1.2').pk}": held.pk if held else who})
    answer = signed_in(draft.secretary).post(address(draft), data)
    assert answer.status_code == 422
    assert given(draft, "1.2") is None


def test_a_criterion_of_another_set_is_ignored(draft: Cast) -> None:
    other = CriteriaSet.objects.create(round=draft.round, group=draft.districts, name="Khác")
    foreign = Criterion.objects.create(
        criteria_set=other, position=0, code="9", title="Khác", max_points=1, kind="manual"
    )
    data = typed(draft, **{f"first_{foreign.pk}": seat(draft, "member")})
    signed_in(draft.secretary).post(f"{address(draft)}?group=department", data)
    assert not Assignment.objects.filter(criterion=foreign).exists()


def test_default_follows_the_appraising_agency(draft: Cast) -> None:
    Assignment.objects.all().delete()
    client = signed_in(draft.secretary)
    assert client.get(address(draft, "default")).status_code == 405
    assert client.post(address(draft, "default")).status_code == 302
    assert given(draft, "1") == seat(draft, "member")
    assert "6 trên 6 tiêu chí" in text_of(client.get(address(draft)))


def test_assignments_stand_still_once_the_council_sits(cast: Cast) -> None:
    cast.put(RoundState.COUNCIL)
    client = signed_in(cast.secretary)
    assert "không đổi phân công được nữa" in text_of(client.get(address(cast)))
    assert client.post(address(cast), typed(cast)).status_code == 403
    assert client.post(address(cast, "default")).status_code == 403


def test_edit_without_criteria_or_without_a_team_says_what_to_do(draft: Cast) -> None:
    client = signed_in(draft.secretary)
    Assignment.objects.all().delete()
    Seat.objects.filter(role=SeatRole.TEAM_MEMBER).delete()
    assert "Tổ giúp việc chưa có thành viên" in text_of(client.get(address(draft)))
    CriteriaSet.objects.all().delete()
    assert "Chưa có bộ tiêu chí để phân công" in text_of(client.get(address(draft)))


def test_edit_takes_as_many_queries_with_more_criteria(draft: Cast) -> None:
    many = queries(draft.secretary, address(draft))
    Criterion.objects.exclude(code__in=["1", "1.1"]).delete()
    assert queries(draft.secretary, address(draft)) == many <= 12
