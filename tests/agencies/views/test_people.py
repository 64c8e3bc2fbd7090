"""The members of the system."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import User
from tests.agencies.conftest import Event, Province


def names(answer: Any) -> set[str]:
    return {row["person"].full_name for row in answer.context["rows"]}


def test_the_list_holds_the_own_province_only(as_administrator: Client) -> None:
    answer = as_administrator.get(reverse("agencies:people"))
    assert names(answer) == {"Quản Trị Viên", "Lê Thị Thư", "Y Blin"}


def test_an_officer_is_told_why_the_list_is_closed(as_officer: Client) -> None:
    assert as_officer.get(reverse("agencies:people")).status_code == 403


def test_search_finds_without_marks_and_takes_wildcards_literally(
    as_administrator: Client,
) -> None:
    address = reverse("agencies:people")
    assert names(as_administrator.get(address, {"q": "LE THI"})) == {"Lê Thị Thư"}
    assert names(as_administrator.get(address, {"q": "%' OR 1=1 --"})) == set()


def test_the_filter_finds_who_never_signed_in(province: Province, as_administrator: Client) -> None:
    answer = as_administrator.get(reverse("agencies:people"), {"state": "never"})
    assert names(answer) == {"Lê Thị Thư", "Y Blin"}
    assert "chưa đăng nhập" in answer.content.decode()


def test_the_list_costs_the_same_queries_with_one_and_with_three(
    province: Province, as_administrator: Client, django_assert_num_queries: Any
) -> None:
    address = reverse("agencies:people")
    as_administrator.get(address)  # the first request of a session also writes it
    with CaptureQueriesContext(connection) as one:
        as_administrator.get(address, {"q": "blin"})
    for number in range(2):
        province.person(f"blin-{number}@kontum.vn", agency=province.health, capacity="officer")
    with django_assert_num_queries(len(one)):
        answer = as_administrator.get(address, {"q": "blin"})
    assert len(answer.context["rows"]) == 3


def invitation(province: Province, **fields: str) -> dict[str, str]:
    return {
        "email": "moi@kontum.vn", "full_name": "Người Mới", "position": "Chuyên viên",
        "agency": str(province.health.pk), "capacity": "officer", **fields,
    }  # fmt: skip


def test_the_secretariat_invites_and_cannot_grant_by_adding_fields(
    province: Province, as_secretary: Client
) -> None:
    data = invitation(province, is_administrator="on", is_secretariat="on", is_active="")
    answer = as_secretary.post(reverse("agencies:people-invite"), data)
    assert answer.status_code == 302
    person = User.objects.get(email="moi@kontum.vn")
    assert (person.agency, person.capacity) == (province.health, "officer")
    assert not person.is_administrator
    assert not person.is_secretariat
    assert person.invited_at is not None


@pytest.mark.parametrize("field", ["full_name", "position"])
def test_a_line_break_in_a_name_is_refused_by_the_form(
    province: Province, as_secretary: Client, field: str
) -> None:
    data = invitation(province, **{field: "a\r\nBcc: b@example.vn"})
    answer = as_secretary.post(reverse("agencies:people-invite"), data)
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert mail.outbox == []


def test_an_address_in_use_is_not_invited_twice(province: Province, as_secretary: Client) -> None:
    data = invitation(province, email="Y-BLIN@kontum.vn")
    answer = as_secretary.post(reverse("agencies:people-invite"), data)
    assert "đã có tài khoản" in answer.context["form"].errors["email"][0]


def test_an_agency_of_another_province_is_no_choice(
    province: Province, as_secretary: Client
) -> None:
    data = invitation(province, agency=str(province.foreign_agency.pk))
    answer = as_secretary.post(reverse("agencies:people-invite"), data)
    assert "không có trong danh sách" in answer.context["form"].errors["agency"][0]


def test_a_capacity_needs_an_agency(province: Province, as_secretary: Client) -> None:
    answer = as_secretary.post(reverse("agencies:people-invite"), invitation(province, agency=""))
    assert "agency" in answer.context["form"].errors


def test_an_administrator_has_no_business_capacity(
    province: Province, as_administrator: Client
) -> None:
    address = reverse("agencies:people-edit", args=[province.officer.pk])
    data = {"agency": str(province.health.pk), "capacity": "officer", "is_administrator": "on"}
    answer = as_administrator.post(address, data)
    assert "is_administrator" in answer.context["form"].errors


def test_an_edit_saves_rights_and_nothing_else(
    province: Province, as_administrator: Client, events: list[Event]
) -> None:
    before = User.objects.values().get(pk=province.officer.pk)
    data = {
        "agency": str(province.justice.pk), "capacity": "head", "position": "Giám đốc",
        "email": "x@y.vn", "full_name": "Khác", "is_active": "", "password": "x",
        "must_change_password": "on", "jurisdiction": str(province.stranger.jurisdiction_id),
    }  # fmt: skip
    as_administrator.post(reverse("agencies:people-edit", args=[province.officer.pk]), data)
    after = User.objects.values().get(pk=province.officer.pk)
    changed = {name for name, value in after.items() if value != before[name]}
    assert changed == {"agency_id", "capacity", "position"}
    assert "Sở Tư pháp" in events[0].sentence


def test_nobody_edits_or_locks_the_own_account(
    province: Province, as_administrator: Client
) -> None:
    for name in ("people-edit", "people-disable", "people-enable"):
        address = reverse(f"agencies:{name}", args=[province.administrator.pk])
        assert as_administrator.post(address, {"reason": "x"}).status_code == 403


@pytest.mark.parametrize(
    "name", ["people-edit", "people-disable", "people-enable", "people-reinvite"]
)
def test_people_of_another_province_do_not_exist(
    province: Province, as_administrator: Client, name: str
) -> None:
    address = reverse(f"agencies:{name}", args=[province.stranger.pk])
    assert as_administrator.post(address).status_code == 404


def test_locking_asks_for_a_reason_and_ends_the_sessions(
    province: Province, as_administrator: Client, as_officer: Client, events: list[Event]
) -> None:
    address = reverse("agencies:people-disable", args=[province.officer.pk])
    assert as_administrator.get(address).status_code == 200
    assert "reason" in as_administrator.post(address).context["form"].errors
    as_administrator.post(address, {"reason": "Chuyển công tác"})
    assert as_officer.get(reverse("agencies:profile")).status_code == 302
    assert events[0].data["reason"] == "Chuyển công tác"
    enable = reverse("agencies:people-enable", args=[province.officer.pk])
    as_administrator.post(enable, {"reason": "Trở lại"})
    assert User.objects.get(pk=province.officer.pk).is_active


def test_inviting_again_is_a_post(province: Province, as_secretary: Client) -> None:
    address = reverse("agencies:people-reinvite", args=[province.officer.pk])
    assert as_secretary.get(address).status_code == 405
    assert as_secretary.post(address).status_code == 302
    assert User.objects.get(pk=province.officer.pk).invited_at is not None
