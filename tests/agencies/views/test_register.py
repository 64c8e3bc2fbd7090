"""The register of agencies and their groups."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Agency, AgencyGroup
from tests.agencies.conftest import Province


def codes(answer: Any) -> list[str]:
    return [agency.code for agency in answer.context["page"]]


def rename(client: Client, agency: Agency, **fields: str) -> Any:
    data = {
        "code": agency.code, "name": "Tên mới", "group": str(agency.group_id),
        "first_day": "01/07/2025", **fields,
    }  # fmt: skip
    return client.post(reverse("agencies:register-rename", args=[agency.pk]), data)


def test_the_register_shows_the_own_agencies_in_force(as_administrator: Client) -> None:
    assert set(codes(as_administrator.get(reverse("agencies:register")))) == {"SNV", "SYT", "STP"}


def test_past_agencies_have_a_list_of_their_own(province: Province, as_secretary: Client) -> None:
    rename(as_secretary, province.health)
    past = as_secretary.get(reverse("agencies:register"), {"state": "past"})
    assert [agency.name for agency in past.context["page"]] == ["Sở Y tế"]
    assert "nay là Tên mới" in past.content.decode()


def test_search_finds_names_without_marks(as_secretary: Client) -> None:
    assert codes(as_secretary.get(reverse("agencies:register"), {"q": "so y te"})) == ["SYT"]


def test_the_register_costs_the_same_queries_with_one_and_with_three(
    province: Province, as_secretary: Client, django_assert_num_queries: Any
) -> None:
    address = reverse("agencies:register")
    as_secretary.get(address)  # the first request of a session also writes it
    with CaptureQueriesContext(connection) as one:
        as_secretary.get(address, {"q": "y te"})
    province.agency("BV1", name="Chi cục Y tế")
    province.agency("BV2", name="Trung tâm Y tế")
    with django_assert_num_queries(len(one)):
        answer = as_secretary.get(address, {"q": "y te"})
    assert len(codes(answer)) == 3


def test_history_costs_the_same_queries_with_one_and_with_three_predecessors(
    province: Province, as_secretary: Client, django_assert_num_queries: Any
) -> None:
    rename(as_secretary, province.health)
    second = Agency.objects.get(code="SYT", valid_to__isnull=True)
    address = reverse("agencies:register-history", args=[second.pk])
    as_secretary.get(address)  # takes the message away
    with CaptureQueriesContext(connection) as one:
        as_secretary.get(address)
    for agency in (province.justice, province.agency("BDT")):
        Agency.objects.filter(pk=agency.pk).update(valid_to="2020-01-01", successor=second)
    with django_assert_num_queries(len(one)):
        page = as_secretary.get(address).content.decode()
    assert "Sở Tư pháp" in page


def test_only_the_secretariat_writes(province: Province, as_administrator: Client) -> None:
    for name, args in [
        ("register-new", []), ("register-merge", []), ("group-new", []),
        ("register-rename", [province.health.pk]), ("group-edit", [province.group.pk]),
    ]:  # fmt: skip
        assert as_administrator.get(reverse(f"agencies:{name}", args=args)).status_code == 403


def test_agencies_and_groups_of_another_province_do_not_exist(
    province: Province, as_secretary: Client
) -> None:
    for name, pk in [
        ("register-rename", province.foreign_agency.pk),
        ("register-history", province.foreign_agency.pk),
        ("group-edit", province.foreign_agency.group_id),
    ]:
        assert as_secretary.get(reverse(f"agencies:{name}", args=[pk])).status_code == 404


def test_a_new_agency_is_typed_with_a_vietnamese_date(
    province: Province, as_secretary: Client
) -> None:
    data = {
        "code": "SXD", "name": "Sở Xây dựng", "group": str(province.group.pk),
        "first_day": "23/11/2020",
        "valid_to": "01/01/2021", "successor": str(province.home.pk),
        "jurisdiction": str(province.stranger.jurisdiction_id),
    }  # fmt: skip
    assert as_secretary.post(reverse("agencies:register-new"), data).status_code == 302
    agency = Agency.objects.get(code="SXD")
    assert agency.valid_from.isoformat() == "2020-11-23"
    assert agency.valid_to is None
    assert agency.successor is None
    assert agency.jurisdiction == province.jurisdiction


@pytest.mark.parametrize(
    "day", ["11/23/2020", "2020-11-23", "1/1/0206", "hôm qua", "", "31/02/2020"]
)
def test_another_way_to_write_a_date_is_refused(
    province: Province, as_secretary: Client, day: str
) -> None:
    answer = rename(as_secretary, province.health, first_day=day)
    assert "first_day" in answer.context["form"].errors


def test_a_rename_leads_to_the_history_of_the_new_name(
    province: Province, as_secretary: Client
) -> None:
    answer = rename(as_secretary, province.health)
    new = Agency.objects.get(name="Tên mới")
    assert answer.url == reverse("agencies:register-history", args=[new.pk])
    page = as_secretary.get(answer.url).content.decode()
    assert "Sở Y tế" in page
    assert "30/06/2025" in page


def merge(client: Client, closing: list[Agency], **fields: str) -> Any:
    data = {
        "closing": [str(agency.pk) for agency in closing], "first_day": "01/07/2025",
        "successor": "", "code": "", "name": "", "group": "", **fields,
    }  # fmt: skip
    return client.post(reverse("agencies:register-merge"), data)


def test_a_merge_into_a_new_agency(province: Province, as_secretary: Client) -> None:
    new = {"code": "SYT", "name": "Sở Y tế và Tư pháp", "group": str(province.group.pk)}
    assert merge(as_secretary, [province.health, province.justice], **new).status_code == 302
    agency = Agency.objects.get(name="Sở Y tế và Tư pháp")
    assert set(agency.predecessors.all()) == {province.health, province.justice}


def test_a_merge_into_an_existing_agency(province: Province, as_secretary: Client) -> None:
    answer = merge(as_secretary, [province.health], successor=str(province.home.pk))
    assert answer.url == reverse("agencies:register-history", args=[province.home.pk])


def test_a_merge_is_asked_for_one_successor_and_not_two(
    province: Province, as_secretary: Client
) -> None:
    both = merge(as_secretary, [province.health], successor=str(province.home.pk), name="Mới")
    assert "successor" in both.context["form"].errors
    neither = merge(as_secretary, [province.health, province.justice])
    assert {"code", "name", "group"} <= set(neither.context["form"].errors)


def test_one_agency_that_gets_a_new_name_is_no_merge(
    province: Province, as_secretary: Client
) -> None:
    new = {"code": "A", "name": "A", "group": str(province.group.pk)}
    assert "closing" in merge(as_secretary, [province.health], **new).context["form"].errors


def test_a_group_keeps_its_code_when_it_is_renamed(
    province: Province, as_secretary: Client
) -> None:
    address = reverse("agencies:group-edit", args=[province.group.pk])
    as_secretary.post(address, {"name": "Sở và tương đương", "position": "3", "code": "khac"})
    group = AgencyGroup.objects.get(pk=province.group.pk)
    assert (group.name, group.position, group.code) == ("Sở và tương đương", 3, "so")


def test_a_new_group_needs_a_code_of_its_own(province: Province, as_secretary: Client) -> None:
    address = reverse("agencies:group-new")
    again = as_secretary.post(address, {"code": "so", "name": "Khác", "position": "2"})
    assert "code" in again.context["form"].errors
    as_secretary.post(address, {"code": "huyen", "name": "UBND huyện", "position": "2"})
    assert AgencyGroup.objects.filter(jurisdiction=province.jurisdiction).count() == 2
    assert "UBND huyện" in as_secretary.get(reverse("agencies:groups")).content.decode()
