"""Off line and back: nothing is overwritten silently, and every row says what became of it."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from appraisal.files.store import evidence_store
from appraisal.models import Citation, Event, Evidence, Mark, WorkbookImport
from appraisal.states import Stage
from appraisal.workbooks.locked import YES
from appraisal.workbooks.self_scores import (
    FILES,
    HEADER_ROW,
    INPUT,
    KEY,
    POINTS,
    REASON,
    VALUE,
    VERSION,
)
from appraisal.workflow import self_assessment
from appraisal.workflow.acting import MarkInput
from tests.appraisal.desk import GOOD, query_count, signed_in
from tests.appraisal.preparing import text_of, upload
from tests.cast import AFTER, SELF_ASSESSMENT, Cast

CORPUS = Path("tests/attack_corpus")


@pytest.fixture(autouse=True)
def _while_scoring(clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)


@pytest.fixture
def officer(cast: Cast) -> Client:
    return signed_in(cast.officer)


def to(cast: Cast, name: str, *more: int) -> str:
    return reverse(f"appraisal:offline-{name}", args=[cast.dossier.pk, *more])


def taken(cast: Cast, client: Client) -> bytes:
    answer = client.get(to(cast, "download"))
    assert answer["Content-Disposition"].startswith("attachment;")
    return bytes(answer.content)


def typed(content: bytes, cells: dict[tuple[str, str, int], Any]) -> bytes:
    """Cells filled by hand: (leaf, input or "" for the leaf's own row, column) → value."""
    book = openpyxl.load_workbook(BytesIO(content))
    page = book["Tự chấm"]
    for number in range(HEADER_ROW + 1, page.max_row + 1):
        leaf, name = page.cell(number, KEY).value, page.cell(number, INPUT).value or ""
        is_main = page.cell(number, VERSION).value is not None
        for (wanted, asked, column), value in cells.items():
            if leaf == wanted and (name == asked if asked else is_main):
                page.cell(number, column).value = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def bring(cast: Cast, client: Client, content: bytes, bundle: bytes | None = None) -> Any:
    files = {"file": upload("bang.xlsx", content)}
    if bundle is not None:
        files["bundle"] = upload("tai-lieu.zip", bundle)
    return client.post(to(cast, "upload"), files)


def zipped(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def save(cast: Cast, code: str, points: str, version: int = 0, reason: str = "") -> Mark:
    given = MarkInput(points=Decimal(points), reason=reason)
    return self_assessment.save_self_score(
        cast.head, cast.dossier, cast.leaf(code), given, version=version
    )


def take(client: Client, url: str, cast: Cast, *codes: str, **seen: int) -> Any:
    """Tick the rows of these leaves, as the page offers them."""
    page = client.get(url).context
    data: dict[str, Any] = {}
    for row in page["rows"]:
        data[f"seen_{row['number']}"] = seen.get(row["code"].replace(".", "_"), row["seen"])
        if row["code"] in codes:
            data.setdefault("replace" if row["is_conflict"] else "take", []).append(row["number"])
    return client.post(url, data, follow=True)


def fates(client: Client, url: str) -> dict[str, str]:
    return {row["code"]: row["fate"] for row in client.get(url).context["rows"]}


# --- The merge -----------------------------------------------------------------------------------
def test_what_was_filled_off_line_is_shown_first_and_written_on_yes(
    cast: Cast, officer: Client
) -> None:
    content = typed(
        taken(cast, officer),
        {("1.1", "met", VALUE): YES, ("2.2", "", POINTS): 12.5, ("2.2", "", REASON): "Đủ hồ sơ"},
    )
    page = bring(cast, officer, content)
    assert page.status_code == 302
    assert not Mark.objects.exists()
    assert fates(officer, page.url) == {
        "1.1": "mine", "1.2": "unchanged", "2.1": "unchanged", "2.2": "mine", "T": "unchanged",
    }  # fmt: skip
    shown = take(officer, page.url, cast, "1.1", "2.2")
    assert "Đã nhận 2 tiêu chí" in text_of(shown)
    marks = {mark.criterion.code: mark for mark in Mark.objects.all()}
    assert (marks["1.1"].points, marks["1.1"].declared) == (10, {"met": True})
    assert (marks["2.2"].points, marks["2.2"].reason) == (Decimal("12.5"), "Đủ hồ sơ")
    assert Event.objects.filter(action="mark.self").count() == 2
    assert Event.objects.get(action="import.taken").data["saved"] == ["1.1", "2.2"]


def test_both_changed_is_a_conflict_that_nobody_preselects(cast: Cast, officer: Client) -> None:
    save(cast, "2.2", "10")
    content = typed(taken(cast, officer), {("2.2", "", POINTS): 12})
    save(cast, "2.2", "15", version=1, reason="Sửa trên hệ thống")
    url = bring(cast, officer, content).url
    (row,) = [row for row in officer.get(url).context["rows"] if row["code"] == "2.2"]
    assert (row["fate"], row["ticked"]) == ("conflict", False)
    points = next(item for item in row["differences"] if item.label == "Điểm")
    assert (points.base, points.mine, points.theirs) == ("10", "12", "15")
    page = text_of(officer.get(url))
    assert "Nhận bản trong bảng, thay bản trên hệ thống" in page
    assert "Nguyễn Thị Vân" in page
    take(officer, url, cast, "2.2")
    assert Mark.objects.get().points == 12


def test_changed_only_here_is_left_alone(cast: Cast, officer: Client) -> None:
    save(cast, "2.2", "10")
    content = taken(cast, officer)
    save(cast, "2.2", "15", version=1)
    url = bring(cast, officer, content).url
    (row,) = [row for row in officer.get(url).context["rows"] if row["code"] == "2.2"]
    assert (row["fate"], row["may_be_taken"]) == ("theirs", False)
    take(officer, url, cast, "2.2")
    assert Mark.objects.get().points == 15


def test_changed_alike_on_both_sides_is_nobodys_loss(cast: Cast, officer: Client) -> None:
    content = typed(taken(cast, officer), {("2.2", "", POINTS): 15})
    save(cast, "2.2", "15")
    assert fates(officer, bring(cast, officer, content).url)["2.2"] == "same"


def test_a_row_that_changes_after_the_preview_is_reported_and_left(
    cast: Cast, officer: Client
) -> None:
    content = typed(taken(cast, officer), {("2.2", "", POINTS): 12, ("1.1", "met", VALUE): YES})
    url = bring(cast, officer, content).url
    save(cast, "2.2", "15")
    shown = take(officer, url, cast, "2.2", "1.1", **{"2_2": 0})
    assert "Tiêu chí 2.2 chưa nhận" in text_of(shown)
    assert Mark.objects.get(criterion__code="2.2").points == 15
    assert Mark.objects.get(criterion__code="1.1").points == 10


def test_taken_once_it_cannot_be_taken_again(cast: Cast, officer: Client) -> None:
    url = bring(cast, officer, typed(taken(cast, officer), {("2.2", "", POINTS): 12})).url
    take(officer, url, cast, "2.2")
    assert officer.get(url).status_code == 302
    assert officer.post(url, {"take": "0"}).status_code == 302
    assert Mark.objects.count() == 1


def test_where_nothing_could_be_taken_the_workbook_waits_on(cast: Cast, officer: Client) -> None:
    url = bring(cast, officer, typed(taken(cast, officer), {("2.2", "", POINTS): 12})).url
    save(cast, "2.2", "15")
    shown = take(officer, url, cast, "2.2", **{"2_2": 0})
    assert shown.redirect_chain == [(url, 302)]
    assert fates(officer, url)["2.2"] == "conflict"
    assert not Event.objects.filter(action="import.taken").exists()


def test_what_the_form_keeps_comes_back_as_nobodys_change(cast: Cast, officer: Client) -> None:
    edit = reverse("appraisal:marks-edit", args=[cast.dossier.pk, cast.leaf("1.2").pk])
    form = officer.get(edit).context["form"]
    data = dict.fromkeys(form.asked, "36,50") | {
        "version": 0, "points": "", "reason": " Dòng một\r\n\tdòng hai ",
    }  # fmt: skip
    assert officer.post(edit, data).status_code in {200, 302}
    assert Mark.objects.get(criterion__code="1.2").declared
    url = bring(cast, officer, taken(cast, officer)).url
    assert set(fates(officer, url).values()) == {"unchanged"}


def test_nothing_ticked_is_said(cast: Cast, officer: Client) -> None:
    url = bring(cast, officer, typed(taken(cast, officer), {("2.2", "", POINTS): 12})).url
    answer = take(officer, url, cast)
    assert answer.status_code == 422
    assert "Chưa chọn tiêu chí nào" in text_of(answer)


def test_a_new_file_replaces_the_one_that_waits(cast: Cast, officer: Client) -> None:
    first = bring(cast, officer, taken(cast, officer)).url
    bring(cast, officer, typed(taken(cast, officer), {("2.2", "", POINTS): 12}))
    assert WorkbookImport.objects.count() == 1
    assert officer.get(first).status_code == 404


def test_a_long_reason_typed_before_is_not_cut_by_the_way_home(cast: Cast, officer: Client) -> None:
    save(cast, "2.2", "10", reason="Dài " * 2000)
    url = bring(cast, officer, typed(taken(cast, officer), {("1.1", "met", VALUE): YES})).url
    assert fates(officer, url)["2.2"] == "unchanged"


# --- Documents -----------------------------------------------------------------------------------
def test_documents_of_the_zip_are_cited_where_the_workbook_names_them(
    cast: Cast, officer: Client
) -> None:
    content = typed(
        taken(cast, officer),
        {("1.1", "met", VALUE): YES, ("1.1", "", FILES): "Kế hoạch.pdf; thiếu.pdf"},
    )
    bundle = zipped(**{"thư mục/KẾ HOẠCH.pdf": GOOD, "không-cần.pdf": GOOD + b" "})
    url = bring(cast, officer, content, bundle).url
    page = text_of(officer.get(url))
    assert "Đã đưa vào thư viện: KẾ HOẠCH.pdf" in page
    assert "Không tiêu chí nào nêu tên nên bỏ qua: không-cần.pdf" in page
    assert "chưa có trong tệp ZIP và thư viện: thiếu.pdf" in page
    assert Evidence.objects.count() == 1
    assert not Citation.objects.exists()
    take(officer, url, cast, "1.1")
    citation = Citation.objects.get()
    assert (citation.criterion.code, citation.evidence.file_name) == ("1.1", "KẾ HOẠCH.pdf")
    assert list(evidence_store().temporary_root.glob("*")) == []


def test_documents_already_in_the_library_need_no_zip(cast: Cast, officer: Client) -> None:
    bundle = zipped(**{"a.pdf": GOOD})
    bring(cast, officer, typed(taken(cast, officer), {("1.1", "", FILES): "a.pdf"}), bundle)
    content = typed(taken(cast, officer), {("2.2", "", FILES): "A.PDF"})
    url = bring(cast, officer, content).url
    (row,) = [row for row in officer.get(url).context["rows"] if row["code"] == "2.2"]
    assert (row["fate"], row["ticked"]) == ("unchanged", True)
    take(officer, url, cast, "2.2")
    assert Citation.objects.get().criterion.code == "2.2"
    assert not Mark.objects.filter(stage=Stage.SELF).exists()


def test_a_document_that_is_refused_says_why_and_the_rest_goes_on(
    cast: Cast, officer: Client
) -> None:
    content = typed(taken(cast, officer), {("1.1", "", FILES): "tốt.pdf\nhỏng.pdf"})
    bundle = zipped(**{"tốt.pdf": GOOD, "hỏng.pdf": b"not a pdf"})
    page = text_of(officer.get(bring(cast, officer, content, bundle).url))
    assert "Đã đưa vào thư viện: tốt.pdf" in page
    assert "hỏng.pdf:" in page


@pytest.mark.parametrize(
    "path", sorted((CORPUS / "evidence").glob("zip-*.zip")), ids=lambda path: path.name
)
def test_a_hostile_zip_is_refused_with_a_sentence(cast: Cast, officer: Client, path: Path) -> None:
    answer = bring(cast, officer, taken(cast, officer), path.read_bytes())
    assert answer.status_code == 422
    assert not WorkbookImport.objects.exists()
    assert not Evidence.objects.exists()
    assert list(evidence_store().temporary_root.glob("*")) == []


def test_something_else_as_zip_is_refused(cast: Cast, officer: Client) -> None:
    answer = bring(cast, officer, taken(cast, officer), b"%PDF-1.7 not a zip")
    assert answer.status_code == 422
    assert "không phải tệp ZIP" in text_of(answer)


def test_the_same_document_under_another_name_is_cited_all_the_same(
    cast: Cast, officer: Client
) -> None:
    bring(
        cast, officer, typed(taken(cast, officer), {("1.1", "", FILES): "a.pdf"}),
        zipped(**{"a.pdf": GOOD}),
    )  # fmt: skip
    content = typed(taken(cast, officer), {("2.2", "", FILES): "b.pdf"})
    url = bring(cast, officer, content, zipped(**{"b.pdf": GOOD})).url
    assert "chưa có trong tệp ZIP" not in text_of(officer.get(url))
    take(officer, url, cast, "2.2")
    assert Citation.objects.get().evidence.file_name == "a.pdf"


def test_two_documents_of_one_name_are_told_apart_by_their_folders_or_refused(
    cast: Cast, officer: Client
) -> None:
    bundle = zipped(**{"1/kh.pdf": GOOD, "2/kh.pdf": GOOD + b" ", "__MACOSX/._kh.pdf": b"x"})
    plain = typed(taken(cast, officer), {("1.1", "", FILES): "kh.pdf"})
    page = text_of(officer.get(bring(cast, officer, plain, bundle).url))
    assert "nhiều tệp cùng tên “kh.pdf”" in page
    assert not Evidence.objects.exists()
    apart = typed(
        taken(cast, officer), {("1.1", "", FILES): "1/kh.pdf", ("2.2", "", FILES): "2/KH.pdf"}
    )
    url = bring(cast, officer, apart, bundle).url
    take(officer, url, cast, "1.1", "2.2")
    cited = {item.criterion.code: item.evidence.size for item in Citation.objects.all()}
    assert cited == {"1.1": len(GOOD), "2.2": len(GOOD) + 1}


def test_documents_may_come_later(cast: Cast, officer: Client) -> None:
    content = typed(taken(cast, officer), {("1.1", "", FILES): "a.pdf"})
    url = bring(cast, officer, content).url
    page = text_of(officer.get(url))
    assert "Tiêu chí 1.1 nêu tệp chưa có trong tệp ZIP và thư viện: a.pdf" in page
    waiting = WorkbookImport.objects.get().pk
    send = to(cast, "documents", waiting)
    refused = officer.post(send, {"bundle": upload("x.zip", b"%PDF-1.7")})
    assert refused.status_code == 422
    assert "không phải tệp ZIP" in text_of(refused)
    assert officer.post(send, {}).status_code == 422
    sent = officer.post(send, {"bundle": upload("x.zip", zipped(**{"a.pdf": GOOD}))})
    assert sent.url == url
    take(officer, url, cast, "1.1")
    assert Citation.objects.get().criterion.code == "1.1"
    assert officer.post(send, {"bundle": upload("x.zip", zipped(**{"a.pdf": GOOD}))}).url != url


def test_a_newer_document_of_the_same_name_is_not_offered_for_one_that_is_cited(
    cast: Cast, officer: Client
) -> None:
    content = typed(taken(cast, officer), {("1.1", "", FILES): "a; b.pdf"})
    url = bring(cast, officer, content, zipped(**{"a; b.pdf": GOOD})).url
    take(officer, url, cast, "1.1")
    other = typed(taken(cast, officer), {("2.2", "", FILES): "a; b.pdf"})
    bring(cast, officer, other, zipped(**{"a; b.pdf": GOOD + b" "}))
    assert Evidence.objects.count() == 2
    url = bring(cast, officer, taken(cast, officer)).url
    assert all(not row["may_be_taken"] for row in officer.get(url).context["rows"])


# --- What is refused -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path",
    sorted([*(CORPUS / "xlsx").iterdir(), *(CORPUS / "csv").iterdir()]),
    ids=lambda path: path.name,
)
def test_every_table_of_the_corpus_gets_an_answer(cast: Cast, officer: Client, path: Path) -> None:
    answer = officer.post(to(cast, "upload"), {"file": upload(path.name, path)})
    assert answer.status_code == 422
    assert not WorkbookImport.objects.exists()


def test_wrong_cells_are_listed_by_address_and_nothing_is_held(cast: Cast, officer: Client) -> None:
    content = typed(taken(cast, officer), {("2.2", "", POINTS): 99, ("1.1", "met", VALUE): "?"})
    answer = bring(cast, officer, content)
    assert answer.status_code == 422
    assert "Điểm vượt điểm tối đa 20" in text_of(answer)
    assert not WorkbookImport.objects.exists()
    assert Event.objects.get(action="import.refused").data["code"] == "blocked"


def test_the_workbook_of_another_agency_is_refused(cast: Cast, officer: Client) -> None:
    theirs = signed_in(cast.other_officer).get(
        reverse("appraisal:offline-download", args=[cast.dossiers["STP"].pk])
    )
    answer = bring(cast, officer, bytes(theirs.content))
    assert "cơ quan hoặc đợt khác" in text_of(answer)


def test_after_the_deadline_neither_taken_home_nor_brought_back(
    cast: Cast, officer: Client, clock: Any
) -> None:
    content = typed(taken(cast, officer), {("2.2", "", POINTS): 12})
    url = bring(cast, officer, content).url
    clock.set(AFTER)
    assert officer.get(to(cast, "download")).status_code == 403
    assert bring(cast, officer, content).status_code == 403
    assert officer.post(url, {"take": "3"}).status_code == 403
    assert not Mark.objects.exists()


def test_the_page_of_the_dossier_leads_there_or_says_why_not(
    cast: Cast, officer: Client, clock: Any
) -> None:
    page = reverse("appraisal:dossiers-show", args=[cast.dossier.pk])
    assert to(cast, "upload") in officer.get(page).text
    clock.set(AFTER)
    late = officer.get(page)
    assert to(cast, "upload") not in late.text
    assert str(late.context["editing"].reason) in text_of(late)


def test_the_merge_asks_the_same_whatever_the_number_of_rows(cast: Cast, officer: Client) -> None:
    few = bring(cast, officer, typed(taken(cast, officer), {("2.2", "", POINTS): 12})).url
    one = query_count(officer, few)
    many = bring(
        cast, officer,
        typed(taken(cast, officer), {
            ("2.2", "", POINTS): 12, ("1.1", "met", VALUE): YES, ("T", "", POINTS): 1,
            ("2.1", "late", VALUE): 1, ("2.1", "missing", VALUE): 0,
        }),
    ).url  # fmt: skip
    assert query_count(officer, many) == one <= 20
