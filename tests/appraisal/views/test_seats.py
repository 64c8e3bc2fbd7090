"""Seats and authorisations: found by search, added, removed with a second question."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from agencies.models import User
from appraisal.models import Authorization, Seat
from appraisal.states import RoundState, SeatRole
from tests.appraisal.preparing import signed_in, stranger, text_of
from tests.appraisal.views.test_rounds import queries
from tests.cast import SELF_ASSESSMENT, Cast


@pytest.fixture(autouse=True)
def _while_scoring(clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)


def to(cast: Cast, name: str, *more: Any) -> str:
    return reverse(f"appraisal:seats-{name}", args=[cast.round.pk, *more])


def seat(cast: Cast, who: str) -> Seat:
    return Seat.objects.get(round=cast.round, user=cast.people[who])


def test_list_shows_council_and_team(cast: Cast) -> None:
    page = text_of(signed_in(cast.secretary).get(to(cast, "list")))
    for name in ("Nguyễn Văn Chủ", "Đỗ Minh Tâm", "Thành viên Tổ giúp việc"):
        assert name in page
    assert to(cast, "remove", seat(cast, "chair").pk) in page


def test_list_takes_as_many_queries_with_more_people(cast: Cast) -> None:
    before = queries(cast.secretary, to(cast, "list"))
    for number in range(3):
        user = User.objects.create_user(
            f"m{number}@x.vn", "x", full_name=f"Người {number}", jurisdiction=cast.jurisdiction,
            agency=cast.agencies["SYT"],
        )  # fmt: skip
        Seat.objects.create(round=cast.round, user=user, role=SeatRole.TEAM_MEMBER)
    assert queries(cast.secretary, to(cast, "list")) == before <= 12


def test_add_finds_people_without_marks_and_by_agency(cast: Cast) -> None:
    client = signed_in(cast.secretary)
    page = text_of(client.get(to(cast, "add"), {"q": "nguoi ngoai"}))
    assert "Người Ngoài Cuộc – Sở Y tế" in page
    assert "Đỗ Minh Tâm" not in page
    assert "A Thui" in text_of(client.get(to(cast, "add"), {"q": "so tu phap"}))
    assert "Không tìm thấy người nào" in text_of(client.get(to(cast, "add"), {"q": "zzz"}))


def test_add_seats_a_person_with_a_title(cast: Cast) -> None:
    data = {"user": cast.nobody.pk, "role": "council_member", "title": "Giám đốc Sở"}
    answer = signed_in(cast.secretary).post(to(cast, "add"), data, follow=True)
    assert "Đã thêm Người Ngoài Cuộc: Ủy viên Hội đồng." in text_of(answer)
    assert seat(cast, "nobody").title == "Giám đốc Sở"


@pytest.mark.parametrize(
    ("who", "role", "said"),
    [
        ("nobody", "chair", "đã có Chủ tịch Hội đồng"),
        ("member", "team_member", "đã có vai trò đó"),
        ("administrator", "chair", "không có trong danh sách"),
        ("nobody", "emperor", "không có trong danh sách"),
    ],
)
def test_add_refuses_who_cannot_sit(cast: Cast, who: str, role: str, said: str) -> None:
    before = Seat.objects.count()
    answer = signed_in(cast.secretary).post(
        to(cast, "add"), {"user": cast.people[who].pk, "role": role}
    )
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert Seat.objects.count() == before


def test_add_refuses_a_person_of_another_province(cast: Cast) -> None:
    data = {"user": stranger(cast).pk, "role": "council_member"}
    assert signed_in(cast.secretary).post(to(cast, "add"), data).status_code == 422


def test_remove_asks_first_and_ends_the_seat_today(cast: Cast) -> None:
    client = signed_in(cast.secretary)
    url = to(cast, "remove", seat(cast, "auditor").pk)
    assert "Vũ Giám Sát thôi làm" in text_of(client.get(url))
    assert seat(cast, "auditor").valid_to is None
    assert client.post(url).status_code == 302
    assert seat(cast, "auditor").valid_to == date(2020, 12, 10)
    assert "đến hết 10/12/2020" in text_of(client.get(to(cast, "list")))


@pytest.mark.parametrize(
    ("who", "said"), [("secretary", "ít nhất một thư ký"), ("member", "chuyển các tiêu chí")]
)
def test_remove_says_why_a_seat_must_stay(cast: Cast, who: str, said: str) -> None:
    answer = signed_in(cast.secretary).post(to(cast, "remove", seat(cast, who).pk))
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_a_seat_of_another_round_is_not_there(cast: Cast) -> None:
    assert signed_in(cast.secretary).post(to(cast, "remove", 10**6)).status_code == 404


def test_authorize_registers_the_vice_chairs_document(cast: Cast) -> None:
    client = signed_in(cast.secretary)
    data = {
        "user": cast.vice_chair.pk, "document_number": "12/QĐ-HĐ", "document_date": "10/01/2021",
        "valid_from": "15/01/2021", "valid_to": "20/01/2021",
    }  # fmt: skip
    page = text_of(client.post(to(cast, "authorize"), data, follow=True))
    assert "văn bản 12/QĐ-HĐ ngày 10/01/2021, hiệu lực từ 15/01/2021 đến hết 20/01/2021" in page
    assert Authorization.objects.get().user == cast.vice_chair


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"valid_to": "01/01/2021"}, "Ngày kết thúc phải từ ngày bắt đầu trở đi."),
        ({"valid_to": "32/01/2021"}, "Ngày chưa đúng"),
        ({"document_number": ""}, "Hãy điền mục này."),
        ({"user": "chair"}, "không có trong danh sách"),
    ],
)
def test_authorize_refuses_what_gives_no_right(
    cast: Cast, change: dict[str, str], said: str
) -> None:
    data = {
        "user": cast.vice_chair.pk, "document_number": "12/QĐ-HĐ", "document_date": "10/01/2021",
        "valid_from": "15/01/2021", "valid_to": "20/01/2021",
    } | change  # fmt: skip
    if data["user"] == "chair":
        data["user"] = cast.chair.pk
    answer = signed_in(cast.secretary).post(to(cast, "authorize"), data)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Authorization.objects.exists()


def test_seats_stand_still_once_the_result_is_sealed(cast: Cast) -> None:
    cast.put(RoundState.APPROVED)
    client = signed_in(cast.secretary)
    assert "Kết quả đã phê duyệt nên không đổi thành phần" in text_of(client.get(to(cast, "list")))
    assert client.post(to(cast, "remove", seat(cast, "auditor").pk)).status_code == 403
