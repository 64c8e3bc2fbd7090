"""The lead's page: the matrix, the load, who is missing; who may look."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Agency
from appraisal.models import Assignment, Dossier
from appraisal.states import DossierState, Stage
from tests.appraisal.desk import signed_in
from tests.cast import APPRAISAL, Cast


@pytest.fixture(autouse=True)
def _while_appraising(cast: Cast, clock: Any) -> None:
    clock.set(APPRAISAL)
    cast.submit()


@pytest.fixture
def lead(cast: Cast) -> Client:
    return signed_in(cast.lead)


def address(cast: Cast, query: str = "") -> str:
    return reverse("appraisal:progress-show", args=[cast.round.pk]) + query


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("lead", 200), ("secretary", 200), ("auditor", 200), ("member", 403), ("chair", 403),
        ("officer", 403), ("administrator", 404), ("nobody", 404),
    ],
)  # fmt: skip
def test_show_is_for_lead_secretary_and_auditor(cast: Cast, who: str, status: int) -> None:
    assert signed_in(cast.people[who]).get(address(cast)).status_code == status


def test_show_counts_each_field_in_words_and_numbers(cast: Cast, lead: Client) -> None:
    cast.mark("1.1", "10", Stage.APPRAISAL, author=cast.member)
    for code in ("2.1", "2.2"):
        cast.mark(code, "5", Stage.APPRAISAL, author=cast.second_member)
    page = lead.get(address(cast, "?q=y te")).content.decode()
    assert "1/2" in page  # field 1: one of two leaves
    assert "2/2" in page
    assert "Đang thẩm định" in page
    assert "Đã thẩm định xong" in page
    assert "3/6" in page


def test_show_marks_a_returned_dossier_and_who_has_not_submitted(cast: Cast, lead: Client) -> None:
    dossier = cast.dossiers["STP"]
    dossier.state = DossierState.RETURNED
    dossier.save()
    page = lead.get(address(cast)).content.decode()
    assert page.count('aria-label="Đã trả lại cơ quan"') == 4
    assert "Sở Nội vụ" in page.split("Chưa gửi hồ sơ")[1]


def test_show_gives_the_load_to_who_really_judges(cast: Cast, lead: Client) -> None:
    """Field 1 and the rows outside the total of the own agency go to the second member."""
    page = lead.get(address(cast)).content.decode()
    assert "0/10" in page  # member: 4 leaves × 2 agencies, and field 2 of Sở Tư pháp
    assert "Đỗ Minh Tâm" in page
    assert "Hoàng Thị Nga" in page


def test_show_names_leaves_that_nobody_has(cast: Cast, lead: Client) -> None:
    Assignment.objects.filter(criterion=cast.leaf("2")).delete()
    page = lead.get(address(cast)).content.decode()
    assert "Chưa phân công" in page
    assert "2.2 Tiêu chí 2.2" in page


def test_show_names_who_has_never_signed_in(cast: Cast, lead: Client) -> None:
    page = lead.get(address(cast)).content.decode().split("Chưa từng đăng nhập")[1]
    assert "Nguyễn Thị Vân" in page
    assert "Phạm Văn Trưởng" not in page


def test_show_filters_without_marks_and_says_when_nothing_fits(cast: Cast, lead: Client) -> None:
    found = lead.get(address(cast, "?q=SO Y TE")).content.decode()
    assert "Sở Y tế" in found
    assert "<td" in found
    assert "Không có cơ quan nào khớp" in lead.get(address(cast, "?q=%25")).content.decode()
    assert "Không có cơ quan nào khớp" in lead.get(address(cast, "?group=x")).content.decode()


def test_show_takes_the_same_queries_for_three_dossiers_and_for_eight(
    cast: Cast, lead: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert lead.get(address(cast)).status_code == 200
        return len(counted)

    queries()  # the first request of a session also writes it
    before = queries()
    for number in range(5):
        agency = Agency.objects.create(
            jurisdiction=cast.jurisdiction, group=cast.departments, code=f"X{number}",
            name=f"Cơ quan {number}", valid_from=date(2015, 1, 1),
        )  # fmt: skip
        Dossier.objects.create(round=cast.round, agency=agency, group=cast.departments)
    assert queries() == before <= 12
