"""The bench off line and back: nothing is overwritten silently, and a row that may not be written
says why."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from appraisal.models import Dossier, Event, ExplanationRequest, Mark, Round, WorkbookImport
from appraisal.models.round import OwnAgencyPolicy
from appraisal.states import Stage
from appraisal.workbooks.appraisals import (
    AGENCY_CODE,
    CODE,
    DECLARED,
    FILES,
    FIRST,
    HEADER_ROW,
    POINTS,
    REASON,
    SELF,
    SHEET,
    WAIVED,
)
from appraisal.workbooks.locked import YES
from appraisal.workflow import appraisal
from appraisal.workflow.acting import MarkInput
from tests.appraisal.desk import query_count, signed_in
from tests.appraisal.preparing import text_of, upload
from tests.cast import APPRAISAL, COUNCIL, REAPPRAISAL, Cast, moment

CORPUS = Path("tests/attack_corpus")


@pytest.fixture(autouse=True)
def _submitted_and_under_appraisal(cast: Cast, clock: Any) -> None:
    clock.set(APPRAISAL)
    for dossier in cast.dossiers.values():
        cast.submit(dossier)
    cast.mark("1.1", "10", declared={"met": True})
    cast.mark("1.2", "27", reason="Đủ báo cáo")


@pytest.fixture
def member(cast: Cast) -> Client:
    return signed_in(cast.member)


def to(cast: Cast, name: str, *more: int) -> str:
    return reverse(f"appraisal:bench-{name}", args=[cast.round.pk, *more])


def taken(cast: Cast, client: Client) -> bytes:
    answer = client.get(to(cast, "workbook"))
    assert answer.status_code == 200
    return bytes(answer.content)


def lines(content: bytes) -> dict[tuple[str, str], dict[int, Any]]:
    """(agency, leaf) → cells by column."""
    page = openpyxl.load_workbook(BytesIO(content))[SHEET]
    found = {}
    for row in page.iter_rows(min_row=HEADER_ROW + 1):
        cells = {cell.column: cell.value for cell in row}
        found[cells[AGENCY_CODE], cells[CODE]] = cells
    return found


def typed(content: bytes, cells: dict[tuple[str, str, int], Any]) -> bytes:
    """Cells filled by hand: (agency, leaf, column) → value."""
    book = openpyxl.load_workbook(BytesIO(content))
    page = book[SHEET]
    for number in range(HEADER_ROW + 1, page.max_row + 1):
        for (agency, leaf, column), value in cells.items():
            if (page.cell(number, AGENCY_CODE).value, page.cell(number, CODE).value) == (
                agency,
                leaf,
            ):
                page.cell(number, column).value = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def bring(cast: Cast, client: Client, content: bytes) -> Any:
    return client.post(to(cast, "upload"), {"file": upload("bang.xlsx", content)})


def save(
    cast: Cast, code: str, points: str, version: int = 0, reason: str = "Vì sao",
    dossier: Dossier | None = None,
) -> Mark:  # fmt: skip
    return appraisal.save_appraisal(
        cast.member, dossier or cast.dossier, cast.leaf(code),
        MarkInput(points=Decimal(points), reason=reason), version=version,
    )  # fmt: skip


def take(client: Client, url: str, *names: tuple[str, str], seen: str | None = None) -> Any:
    """Tick the rows of these agencies and leaves, as the page offers them."""
    page = client.get(url).context
    keys = [row["key"] for row in page["rows"] if (row["agency"], row["code"]) in names]
    data = {"seen": page["seen"] if seen is None else seen, "take": keys}
    return client.post(url, data, follow=True)


def offered(client: Client, url: str) -> dict[tuple[str, str], Any]:
    return {(row["agency"], row["code"]): row for row in client.get(url).context["rows"]}


SYT = "Sở Y tế"


# --- Taken home ----------------------------------------------------------------------------------
def test_the_workbook_has_each_assigned_leaf_of_each_agency_and_what_the_agency_said(
    cast: Cast, member: Client
) -> None:
    Round.objects.update(own_agency_policy=OwnAgencyPolicy.WARN)
    cast.dossier.citations.create(
        criterion=cast.leaf("1.2"), pages="2-3", cited_by=cast.officer, cited_at=moment(APPRAISAL),
        evidence=cast.dossier.agency.evidence.create(
            sha256="d" * 64, size=1, content_type="application/pdf", file_name="k.pdf",
            title="Báo cáo quý", number="07/BC", uploaded_by=cast.officer,
            uploaded_at=moment(APPRAISAL),
        ),
    )  # fmt: skip
    found = lines(taken(cast, member))
    assert set(found) == {
        (agency, leaf) for agency in ("SNV", "SYT", "STP") for leaf in ("1.1", "1.2", "T", "P")
    }
    row = found["SYT", "1.2"]
    assert (row[SELF], row[FILES], row[POINTS]) == (27, "Báo cáo quý (07/BC, tr. 2-3)", None)
    assert found["SYT", "1.1"][DECLARED] == "Kết quả thực hiện: Đạt"


def test_the_own_agency_is_the_second_appraisers_where_the_round_forbids_it(
    cast: Cast, member: Client
) -> None:
    Round.objects.update(own_agency_policy=OwnAgencyPolicy.FORBID)
    found = set(lines(taken(cast, member)))
    assert ("SYT", "1.1") in found
    assert ("SNV", "1.1") not in found
    assert ("STP", "2.1") in found
    second = set(lines(taken(cast, signed_in(cast.second_member))))
    assert ("SNV", "1.1") in second
    assert ("SYT", "1.1") not in second
    assert ("STP", "2.1") not in second


def test_the_second_time_only_what_was_asked_is_in_it_with_the_first_points(
    cast: Cast, member: Client, clock: Any
) -> None:
    save(cast, "1.2", "20")
    save(cast, "1.1", "5")
    ExplanationRequest.objects.create(
        dossier=cast.dossier, criterion=cast.leaf("1.2"), text="Vì sao", asked_by=cast.member,
        asked_at=moment(APPRAISAL),
    )  # fmt: skip
    clock.set(REAPPRAISAL)
    content = taken(cast, member)
    found = lines(content)
    assert set(found) == {("SYT", "1.2")}
    assert (found["SYT", "1.2"][FIRST], found["SYT", "1.2"][POINTS]) == (20, None)
    url = bring(cast, member, typed(content, {("SYT", "1.2", POINTS): 27})).url
    take(member, url, (SYT, "1.2"))
    mark = Mark.objects.get(stage=Stage.REAPPRAISAL)
    assert (mark.points, mark.author) == (27, cast.member)
    assert Mark.objects.get(stage=Stage.APPRAISAL, criterion__code="1.2").points == 20


# --- The merge -----------------------------------------------------------------------------------
def test_what_was_filled_off_line_is_shown_first_and_written_on_yes(
    cast: Cast, member: Client
) -> None:
    content = typed(
        taken(cast, member),
        {
            ("SYT", "1.1", POINTS): 10, ("SYT", "1.2", POINTS): 25.5,
            ("SYT", "1.2", REASON): "Thiếu báo cáo quý IV", ("STP", "1.1", POINTS): 0,
        },
    )  # fmt: skip
    page = bring(cast, member, content)
    assert page.status_code == 302
    assert not Mark.objects.exclude(stage=Stage.SELF).exists()
    assert set(offered(member, page.url)) == {(SYT, "1.1"), (SYT, "1.2"), ("Sở Tư pháp", "1.1")}
    answer = take(member, page.url, (SYT, "1.1"), (SYT, "1.2"))
    assert "Đã nhận 2 dòng" in text_of(answer)
    marks = {mark.criterion.code: mark for mark in Mark.objects.filter(stage=Stage.APPRAISAL)}
    assert (marks["1.1"].points, marks["1.1"].author) == (10, cast.member)
    assert (marks["1.2"].points, marks["1.2"].reason) == (Decimal("25.5"), "Thiếu báo cáo quý IV")
    assert Event.objects.filter(action="mark.appraisal").count() == 2
    assert Event.objects.get(action="import.taken").data["saved"] == 2
    again = member.get(page.url, follow=True)
    assert "Bảng này đã được nhập" in text_of(again)


def test_both_changed_is_a_conflict_that_nobody_preselects(cast: Cast, member: Client) -> None:
    save(cast, "1.2", "20")
    content = typed(taken(cast, member), {("SYT", "1.2", POINTS): 22})
    save(cast, "1.2", "18", version=1, reason="Xem lại")
    url = bring(cast, member, content).url
    row = offered(member, url)[SYT, "1.2"]
    assert (row["is_conflict"], row["ticked"]) == (True, False)
    assert (row["base"], row["mine"]) == ("20 – Vì sao", "22 – Vì sao")
    assert row["theirs"] == "18 – Xem lại"
    take(member, url, (SYT, "1.2"))
    mark = Mark.objects.get(stage=Stage.APPRAISAL)
    assert (mark.points, mark.version) == (22, 3)


def test_what_only_the_system_changed_is_kept(cast: Cast, member: Client) -> None:
    content = taken(cast, member)
    save(cast, "1.2", "20")
    page = member.get(bring(cast, member, content).url)
    assert page.context["rows"] == []
    assert [row["theirs"] for row in page.context["kept"]] == ["20 – Vì sao"]


def test_a_row_that_was_saved_after_the_preview_is_left_and_told(
    cast: Cast, member: Client
) -> None:
    content = typed(taken(cast, member), {("SYT", "1.1", POINTS): 10, ("STP", "1.1", POINTS): 0})
    url = bring(cast, member, content).url
    save(cast, "1.1", "3")
    answer = take(member, url, (SYT, "1.1"), ("Sở Tư pháp", "1.1"), seen="0 0")
    page = text_of(answer)
    assert "Đã nhận 1 dòng" in page
    assert "SYT – 1.1 chưa nhận: Có người vừa lưu" in page
    assert Mark.objects.get(stage=Stage.APPRAISAL, dossier=cast.dossier).points == 3


def test_an_emptied_row_takes_no_mark_away(cast: Cast, member: Client) -> None:
    save(cast, "1.2", "20")
    content = typed(
        taken(cast, member), {("SYT", "1.2", POINTS): None, ("SYT", "1.2", REASON): None}
    )
    page = member.get(bring(cast, member, content).url)
    assert page.context["rows"] == []
    assert [row["code"] for row in page.context["kept"]] == ["1.2"]


def test_a_row_that_does_not_say_why_it_differs_is_not_offered(cast: Cast, member: Client) -> None:
    content = typed(
        taken(cast, member),
        {("SYT", "1.2", POINTS): 20, ("SYT", "1.1", WAIVED): None, ("STP", "1.1", REASON): "Lý do"},
    )
    page = member.get(bring(cast, member, content).url)
    assert page.context["rows"] == []
    assert {(row["agency"], row["code"]): row["why"] for row in page.context["refused"]} == {
        (SYT, "1.2"): "Điểm khác điểm tự chấm thì cần nêu lý do.",
        ("Sở Tư pháp", "1.1"): "Hãy cho điểm, hoặc chọn một mức điểm.",
    }


def test_a_dossier_that_went_back_meanwhile_refuses_its_rows_with_the_sentence(
    cast: Cast, member: Client
) -> None:
    content = typed(taken(cast, member), {("SYT", "1.1", POINTS): 10, ("STP", "1.1", POINTS): 0})
    url = bring(cast, member, content).url
    keys = [row["key"] for row in offered(member, url).values()]
    appraisal.send_back(cast.lead, cast.dossier, moment("2020-12-30 17:00"), "Sửa")
    page = member.get(url).context
    assert [(row["agency"], row["why"]) for row in page["refused"]] == [
        (SYT, "Hồ sơ đã trả lại cơ quan, chờ cơ quan gửi lại.")
    ]
    answer = member.post(url, {"seen": "0 0", "take": keys})
    assert answer.status_code == 422
    assert not Mark.objects.filter(stage=Stage.APPRAISAL).exists()


def test_not_applicable_is_taken_with_its_reason(cast: Cast, member: Client) -> None:
    content = typed(
        taken(cast, member), {("SYT", "1.2", WAIVED): YES, ("SYT", "1.2", REASON): "Không có"}
    )
    take(member, bring(cast, member, content).url, (SYT, "1.2"))
    mark = Mark.objects.get(stage=Stage.APPRAISAL)
    assert (mark.not_applicable, mark.points, mark.reason) == (True, None, "Không có")


# --- What is refused -----------------------------------------------------------------------------
def test_the_workbook_of_another_member_is_refused(cast: Cast, member: Client) -> None:
    theirs = taken(cast, signed_in(cast.second_member))
    answer = bring(cast, member, theirs)
    assert answer.status_code == 422
    assert "của người khác hoặc của đợt khác" in text_of(answer)


def test_the_preview_of_another_member_is_not_found(cast: Cast, member: Client) -> None:
    url = bring(cast, member, taken(cast, member)).url
    assert signed_in(cast.second_member).get(url).status_code == 404


def test_rows_of_a_leaf_that_is_no_longer_mine_are_named(cast: Cast, member: Client) -> None:
    content = typed(taken(cast, member), {("SYT", "1.1", POINTS): 10})
    cast.leaf("1").assignments.filter(is_second=False).delete()
    page = member.get(bring(cast, member, content).url)
    assert "SYT – 1.1" in page.context["strange"]
    assert page.context["rows"] == []


def test_after_the_window_neither_taken_home_nor_brought_back(
    cast: Cast, member: Client, clock: Any
) -> None:
    content = typed(taken(cast, member), {("SYT", "1.1", POINTS): 10})
    url = bring(cast, member, content).url
    clock.set(COUNCIL)
    assert member.get(to(cast, "workbook")).status_code == 403
    assert bring(cast, member, content).status_code == 403
    assert member.post(url, {"seen": "0"}).status_code == 403


@pytest.mark.parametrize("seen", ["", "0 0 0 0", "x", "-1", "9" * 30, "٣"])
def test_a_forged_list_of_versions_takes_nothing(cast: Cast, member: Client, seen: str) -> None:
    url = bring(cast, member, typed(taken(cast, member), {("SYT", "1.1", POINTS): 10})).url
    answer = take(member, url, (SYT, "1.1"), seen=seen)
    assert answer.status_code == 422
    assert not Mark.objects.filter(stage=Stage.APPRAISAL).exists()


@pytest.mark.parametrize(
    "path",
    sorted([*(CORPUS / "xlsx").iterdir(), *(CORPUS / "csv").iterdir()]),
    ids=lambda path: path.name,
)
def test_every_table_of_the_corpus_gets_an_answer(cast: Cast, member: Client, path: Path) -> None:
    answer = member.post(to(cast, "upload"), {"file": upload(path.name, path)})
    assert answer.status_code == 422
    assert not WorkbookImport.objects.exists()


# --- How much it asks ----------------------------------------------------------------------------
def test_taking_home_and_merging_ask_the_same_whatever_the_number_of_rows(
    cast: Cast, member: Client
) -> None:
    Round.objects.update(own_agency_policy=OwnAgencyPolicy.WARN)
    workbook = query_count(member, to(cast, "workbook"))
    few = bring(cast, member, typed(taken(cast, member), {("SYT", "1.1", POINTS): 10})).url
    one = query_count(member, few)
    for dossier in cast.dossiers.values():
        save(cast, "1.2", "1", dossier=dossier)
    many = bring(
        cast, member,
        typed(taken(cast, member), {
            ("SYT", "1.1", POINTS): 10, ("SYT", "1.2", POINTS): 3, ("SYT", "T", POINTS): 1,
            ("SYT", "T", REASON): "Sáng kiến",
        }),
    ).url  # fmt: skip
    assert query_count(member, many) == one <= 20
    assert query_count(member, to(cast, "workbook")) == workbook <= 15


def test_the_bench_leads_to_it(cast: Cast, member: Client) -> None:
    assert to(cast, "upload") in member.get(to(cast, "show")).content.decode()
    assert to(cast, "upload") not in signed_in(cast.lead).get(to(cast, "show")).content.decode()
