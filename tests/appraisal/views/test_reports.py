"""The members' reports: the own one saves itself, the council reads all, a member only the own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appraisal.models import MemberReport
from appraisal.states import RoundState
from appraisal.workflow import appraisal
from tests.appraisal.desk import AUTOSAVE, CORPUS, signed_in, typing
from tests.cast import APPRAISAL, Cast

TEXTS = json.loads((CORPUS / "tables" / "texts.json").read_text(encoding="utf-8"))["cases"]


@pytest.fixture(autouse=True)
def _while_appraising(cast: Cast, clock: Any) -> None:
    clock.set(APPRAISAL)


@pytest.fixture
def member(cast: Cast) -> Client:
    return signed_in(cast.member)


def address(cast: Cast, name: str = "reports-edit") -> str:
    return reverse(f"appraisal:{name}", args=[cast.round.pk])


def write(cast: Cast, who: str, text: str) -> MemberReport:
    return appraisal.save_report(
        cast.people[who], cast.round, appraisal.ReportInput(text), version=0
    )


def test_edit_saves_as_a_form_and_by_itself(cast: Cast, member: Client) -> None:
    answer = member.post(address(cast), {"version": "0", "tasks_done": "Đã chấm 3 lĩnh vực"})
    assert answer.status_code == 302
    quiet = member.post(
        address(cast), {"version": "1", "tasks_done": "Đã chấm xong"}, headers=AUTOSAVE
    )
    assert quiet.json() == {"ok": True, "version": 2}
    assert "Đã chấm xong" in member.get(address(cast)).content.decode()


def test_edit_shows_both_texts_when_saved_elsewhere(cast: Cast, member: Client) -> None:
    write(cast, "member", "Ở máy cơ quan")
    data = {"version": "0", "tasks_done": "Ở máy nhà"}
    quiet = member.post(address(cast), data, headers=AUTOSAVE)
    assert quiet.status_code == 409
    fields = quiet.json()["fields"]
    assert [(item["mine"], item["theirs"]) for item in fields] == [("Ở máy nhà", "Ở máy cơ quan")]
    page = member.post(address(cast), data)
    assert page.status_code == 409
    assert "Ở máy cơ quan" in page.content.decode()
    assert "Ở máy nhà" in page.content.decode()
    assert MemberReport.objects.get().tasks_done == "Ở máy cơ quan"


def test_edit_is_read_only_once_the_result_is_consolidated(cast: Cast, member: Client) -> None:
    write(cast, "member", "Đã chấm xong")
    cast.put(RoundState.CONSOLIDATED)
    page = member.get(address(cast)).content.decode()
    assert "Đã chấm xong" in page
    assert "Chỉ viết báo cáo khi" in page
    assert "report-form" not in page
    late = member.post(address(cast), {"version": "1", "tasks_done": "Sửa"}, headers=AUTOSAVE)
    assert late.status_code == 403
    assert "Chỉ viết báo cáo khi" in late.json()["reason"]


@pytest.mark.parametrize(("who", "status"), [("secretary", 403), ("chair", 403), ("nobody", 404)])
def test_edit_is_for_the_team(cast: Cast, who: str, status: int) -> None:
    assert signed_in(cast.people[who]).get(address(cast)).status_code == status


def test_edit_writes_only_the_own_report(cast: Cast, member: Client) -> None:
    data = {"version": "0", "tasks_done": "A", "author": cast.lead.pk, "round": 999, "saved_at": ""}
    assert member.post(address(cast), data).status_code == 302
    report = MemberReport.objects.get()
    assert (report.author, report.round) == (cast.member, cast.round)


@pytest.mark.parametrize("who", ["lead", "secretary", "chair", "council_member", "auditor"])
def test_list_shows_all_reports_to_lead_secretary_and_council(cast: Cast, who: str) -> None:
    write(cast, "member", "Việc của Tâm")
    page = signed_in(cast.people[who]).get(address(cast, "reports-list")).content.decode()
    assert "Việc của Tâm" in page
    assert "Chưa viết" in page


def test_list_shows_a_member_only_the_own_report(cast: Cast) -> None:
    write(cast, "member", "Việc của Tâm")
    page = signed_in(cast.second_member).get(address(cast, "reports-list")).content.decode()
    assert "Việc của Tâm" not in page
    assert "Hoàng Thị Nga" in page


def test_list_is_refused_to_agencies(cast: Cast) -> None:
    assert signed_in(cast.officer).get(address(cast, "reports-list")).status_code == 403


def test_list_takes_the_same_queries_for_one_report_and_for_three(cast: Cast) -> None:
    client = signed_in(cast.secretary)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(address(cast, "reports-list")).status_code == 200
        return len(counted)

    write(cast, "member", "Một")
    queries()  # the first request of a session also writes it
    before = queries()
    write(cast, "lead", "Hai")
    write(cast, "second_member", "Ba")
    assert queries() == before <= 12


@pytest.mark.parametrize("case", TEXTS, ids=[case["what"] for case in TEXTS])
def test_hostile_texts_are_kept_inert_or_refused_never_an_error(
    cast: Cast, member: Client, case: dict[str, Any]
) -> None:
    answer = typing(member, address(cast), tasks_done=case["text"], proposals=case["text"])
    assert answer.status_code in {302, 422}
    page = signed_in(cast.chair).get(address(cast, "reports-list")).content.decode()
    assert "<script>window.__XSS" not in page
    assert "<img src=x" not in page
