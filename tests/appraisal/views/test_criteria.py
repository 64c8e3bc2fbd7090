"""Criteria sets: uploaded, previewed cell by cell, confirmed, exported; the whole attack corpus."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from appraisal.models import CriteriaSet, Criterion, Event, WorkbookImport
from appraisal.views.criteria import rows_of
from tests.appraisal.preparing import (
    BEFORE,
    criteria_csv,
    demonstration_workbook,
    drafted,
    register,
    signed_in,
    text_of,
    upload,
)
from tests.appraisal.views.test_rounds import queries
from tests.cast import Cast

CORPUS = Path(__file__).parents[2] / "attack_corpus"
ENTRIES = [
    entry
    for entry in json.loads((CORPUS / "manifest.json").read_text(encoding="utf-8"))["entries"]
    if entry["kind"] in ("xlsx_import", "csv_import")
]
TAKEN = {"accept", "warn"}


@pytest.fixture
def draft(cast: Cast, clock: Any) -> Cast:
    clock.set(BEFORE)
    drafted(cast)
    return cast


def to(cast: Cast, name: str, *more: Any) -> str:
    return reverse(f"appraisal:criteria-{name}", args=[cast.round.pk, *more])


def send(cast: Cast, name: str, content: bytes | Path, **extra: Any) -> Any:
    url = to(cast, "import", "department")
    return signed_in(cast.secretary).post(url, {"file": upload(name, content), **extra})


def tree(cast: Cast) -> list[tuple[Any, ...]]:
    return list(Criterion.objects.order_by("pk").values_list("pk", "code", "max_points"))


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry["id"] for entry in ENTRIES])
def test_every_file_of_the_corpus_is_answered_and_imports_nothing(
    draft: Cast, entry: dict[str, Any]
) -> None:
    before = tree(draft)
    answer = send(draft, entry["upload_as"], CORPUS / entry["path"])
    assert tree(draft) == before
    event = Event.objects.get()
    assert event.data["sha256"] == entry["sha256"]
    if entry["expect"]["decision"] in TAKEN:
        assert answer.status_code == 302
        assert event.action == "import.held"
        page = signed_in(draft.secretary).get(answer["Location"])
        assert page.status_code == 200
        assert "Chưa có gì được nhập." in text_of(page)
        assert "<script>alert" not in text_of(page)
    else:
        assert answer.status_code == 422
        assert event.action == "import.refused"
        assert not WorkbookImport.objects.exists()
        page_text = text_of(answer)
        if entry["expect"]["decision"] == "reject":
            assert "Chưa nhập gì." in page_text
            assert event.data["reason"]
        else:
            assert "Phải sửa trong tệp" in page_text
            assert event.data["code"] == "blocked"


def test_a_wrong_cell_is_named_and_nothing_waits(draft: Cast) -> None:
    page = text_of(send(draft, "a.csv", criteria_csv("1,,Chỉ đạo,-5", "2,9,Thể chế,10")))
    assert "Ô D2" in page
    assert "Ô B3" in page
    assert not WorkbookImport.objects.exists()


def test_import_without_a_file_asks_for_one(draft: Cast) -> None:
    answer = signed_in(draft.secretary).post(to(draft, "import", "department"), {"file": "chữ"})
    assert answer.status_code == 422
    assert "Hãy chọn tệp cần nhập." in text_of(answer)


@pytest.mark.parametrize("name", ["a\u202exslx.csv", "x" * 300 + ".csv"])
def test_a_file_name_that_deceives_is_never_an_error_of_the_server(draft: Cast, name: str) -> None:
    answer = send(draft, name, criteria_csv("1,,Chỉ đạo,100"))
    assert answer.status_code in {302, 422}


def test_the_demonstration_comes_in_through_preview_and_confirmation(draft: Cast) -> None:
    register(draft)
    client = signed_in(draft.secretary)
    answer = send(draft, "bộ tiêu chí.xlsx", demonstration_workbook(), state="approved")
    page = text_of(client.get(answer["Location"]))
    assert "88 dòng" in page
    assert "Bộ “Bộ tiêu chí minh họa” đang có của nhóm sẽ được thay" in page
    data = {"name": "Bộ tiêu chí sở, ban, ngành", "is_illustrative": "on", "accept": "on"}
    shown = client.post(answer["Location"], {**data, "sha256": "f" * 64}, follow=True)
    assert "Đã nhập 88 tiêu chí." in text_of(shown)
    assert "Bộ tiêu chí minh họa" in text_of(shown)
    held = CriteriaSet.objects.get()
    assert (held.sha256, held.criteria.count()) == ("", 88)
    again = client.get(answer["Location"])
    assert again.status_code == 302


def test_warnings_are_shown_and_must_be_ticked(draft: Cast) -> None:
    client = signed_in(draft.secretary)
    answer = send(draft, "a.csv", criteria_csv("1,,Chỉ đạo,100", "1.1,1,Kế hoạch,99.5"))
    page = text_of(client.get(answer["Location"]))
    assert "Cảnh báo: nhập được khi chấp nhận" in page
    assert "Ô D2" in page
    refused = client.post(answer["Location"], {"name": "Bộ mới"})
    assert refused.status_code == 422
    assert "Hãy đánh dấu đã chấp nhận các cảnh báo" in text_of(refused)
    assert client.post(answer["Location"], {"name": "Bộ mới", "accept": "on"}).status_code == 302


def test_an_export_imports_back_identically(draft: Cast) -> None:
    register(draft)
    client = signed_in(draft.secretary)
    answer = send(draft, "a.xlsx", demonstration_workbook())
    client.post(answer["Location"], {"name": "Bộ một", "accept": "on"})
    first = rows_of(CriteriaSet.objects.get())
    exported = client.get(to(draft, "export", "department"))
    assert exported["Content-Disposition"].startswith("attachment")
    answer = send(draft, "b.xlsx", exported.content)
    client.post(answer["Location"], {"name": "Bộ một", "accept": "on"})
    assert rows_of(CriteriaSet.objects.get()) == first


def test_the_template_can_be_uploaded_as_it_is(draft: Cast) -> None:
    content = signed_in(draft.secretary).get(to(draft, "template", "district")).content
    url = to(draft, "import", "district")
    answer = signed_in(draft.secretary).post(url, {"file": upload("mau.xlsx", content)})
    assert answer.status_code == 302


def test_an_import_of_another_group_or_round_is_not_there(draft: Cast) -> None:
    answer = send(draft, "a.csv", criteria_csv("1,,Chỉ đạo,100"))
    waiting = WorkbookImport.objects.get()
    client = signed_in(draft.secretary)
    assert client.get(to(draft, "confirm", "district", waiting.pk)).status_code == 404
    assert client.get(to(draft, "confirm", "department", waiting.pk + 1)).status_code == 404
    assert client.get(to(draft, "show", "khong-co")).status_code == 404
    assert signed_in(draft.lead).post(answer["Location"], {"name": "x"}).status_code == 403


def test_show_without_criteria_says_what_to_do(draft: Cast) -> None:
    page = text_of(signed_in(draft.secretary).get(to(draft, "show", "district")))
    assert "Nhóm này chưa có bộ tiêu chí" in page
    assert to(draft, "import", "district") in page


def test_list_and_show_tell_what_is_frozen(cast: Cast) -> None:
    client = signed_in(cast.secretary)
    assert "0" * 64 in text_of(client.get(to(cast, "list")))
    page = text_of(client.get(to(cast, "show", "department")))
    assert "Khóa lúc 08:00 ngày 25/11/2020" in page
    assert to(cast, "import", "department") not in page
    assert client.get(to(cast, "import", "department")).status_code == 403


def test_show_takes_as_many_queries_with_three_criteria_as_with_one(draft: Cast) -> None:
    url = to(draft, "show", "department")
    many = queries(draft.secretary, url)
    Criterion.objects.exclude(code="T").delete()
    assert queries(draft.secretary, url) == many <= 12
