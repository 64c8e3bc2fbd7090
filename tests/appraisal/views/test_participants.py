"""Agencies of a round: ticked by group, searched without losing a tick, frozen at the opening."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from pytest_django.asserts import assertInHTML

from agencies.models import Agency
from appraisal.models import Dossier
from tests.appraisal.preparing import BEFORE, drafted, signed_in, stranger, text_of
from tests.appraisal.views.test_rounds import queries
from tests.cast import Cast


@pytest.fixture
def draft(cast: Cast, clock: Any) -> Cast:
    clock.set(BEFORE)
    drafted(cast)
    return cast


def address(cast: Cast) -> str:
    return reverse("appraisal:participants-edit", args=[cast.round.pk])


def codes(cast: Cast) -> list[str]:
    return sorted(Dossier.objects.filter(round=cast.round).values_list("agency__code", flat=True))


def test_edit_saves_the_ticked_agencies_each_in_its_group_of_this_round(draft: Cast) -> None:
    snv, syt = draft.agencies["SNV"], draft.agencies["SYT"]
    data = {
        "agencies": [snv.pk, syt.pk],
        f"group_{snv.pk}": draft.departments.pk,
        f"group_{syt.pk}": draft.districts.pk,
    }
    answer = signed_in(draft.secretary).post(address(draft), data, follow=True)
    assert "Đã lưu: 2 cơ quan được đánh giá." in text_of(answer)
    assert codes(draft) == ["SNV", "SYT"]
    assert Dossier.objects.get(agency=syt).group == draft.districts
    assert Agency.objects.get(pk=syt.pk).group == draft.departments


def test_a_search_without_marks_hides_rows_and_keeps_their_ticks(draft: Cast) -> None:
    page = text_of(signed_in(draft.secretary).get(address(draft), {"q": "so noi vu"}))
    hidden = draft.agencies["SYT"].pk
    assert "Sở Nội vụ" in page
    assert ">Sở Y tế<" not in page
    assertInHTML(f'<input type="hidden" name="agencies" value="{hidden}">', page)


def test_an_agency_that_ended_is_offered_only_while_it_takes_part(draft: Cast) -> None:
    Agency.objects.create(
        jurisdiction=draft.jurisdiction, group=draft.departments, code="CU", name="Sở đã giải thể",
        valid_from=date(2010, 1, 1), valid_to=date(2019, 1, 1),
    )  # fmt: skip
    client = signed_in(draft.secretary)
    assert "Sở đã giải thể" not in text_of(client.get(address(draft)))


@pytest.mark.parametrize("key", ["agencies", "group"])
def test_what_is_not_of_the_province_is_refused_and_nothing_changes(draft: Cast, key: str) -> None:
    other = stranger(draft).jurisdiction
    group = other.groups.create(code="khac", name="Khác")
    agency = Agency.objects.create(
        jurisdiction=other, group=group, code="X", name="Cơ quan tỉnh khác",
        valid_from=date(2010, 1, 1),
    )  # fmt: skip
    own = draft.agencies["SNV"].pk
    data: dict[str, Any] = {"agencies": [own], f"group_{own}": group.pk}
    if key == "agencies":
        data = {"agencies": [agency.pk]}
    answer = signed_in(draft.secretary).post(address(draft), data)
    assert answer.status_code == 422
    assert codes(draft) == ["SNV", "STP", "SYT"]


def test_once_open_the_list_is_read_and_leads_to_extensions(cast: Cast, clock: Any) -> None:
    clock.set("2020-12-10 09:00")
    page = text_of(signed_in(cast.secretary).get(address(cast)))
    assert reverse("appraisal:extensions-new", args=[cast.dossier.pk]) in page
    assert "<select" not in page
    page = text_of(signed_in(cast.auditor).get(address(cast)))
    assert reverse("appraisal:extensions-new", args=[cast.dossier.pk]) not in page


def test_edit_takes_as_many_queries_with_more_agencies(draft: Cast) -> None:
    before = queries(draft.secretary, address(draft))
    for number in range(5):
        Agency.objects.create(
            jurisdiction=draft.jurisdiction, group=draft.districts, code=f"H{number}",
            name=f"Huyện {number}", valid_from=date(2010, 1, 1),
        )  # fmt: skip
    assert queries(draft.secretary, address(draft)) == before <= 12
