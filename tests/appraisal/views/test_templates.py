"""The pages of the office's own Word templates, from the built-in one's download to its use."""

from __future__ import annotations

import io
from typing import Any

import docx as library
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from appraisal.documents import converting, docx
from appraisal.files.kinds import DOCX
from appraisal.models import PaperTemplate
from appraisal.models.papers import PaperKind
from appraisal.workflow.templates import preview_store
from tests.appraisal.council_stage import consolidated
from tests.appraisal.desk import query_count, signed_in
from tests.appraisal.documents.wordtemplate.offices import own, texts
from tests.cast import COUNCIL, Cast

LIST = "/papers/templates/"


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


@pytest.fixture(autouse=True)
def without_libreoffice(request: Any, monkeypatch: Any) -> None:
    """A machine that prints no Word file, but for the test of one that does."""
    if "where_libreoffice_is" not in request.node.name:
        monkeypatch.setattr(converting, "CONVERTER", "no-such-program")


@pytest.fixture
def secretary(cast: Cast) -> Client:
    return signed_in(cast.secretary)


def to(name: str, *arguments: Any) -> str:
    return reverse(f"appraisal:templates-{name}", args=arguments)


def builtin(client: Client, kind: str = PaperKind.DECISION) -> bytes:
    answer = client.get(to("builtin", kind))
    assert answer["Content-Type"] == DOCX.content_type
    assert answer["Content-Disposition"].startswith("attachment;")
    return bytes(answer.content)


def bring(
    client: Client, content: bytes, name: str = "Mẫu.docx", kind: str = PaperKind.DECISION
) -> Any:
    return client.post(to("upload", kind), {"file": SimpleUploadedFile(name, content)})


def changed(content: bytes, text: str) -> bytes:
    document = library.Document(io.BytesIO(content))
    document.add_paragraph(text)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def page(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_list_says_for_every_kind_what_its_papers_are_made_from(secretary: Client) -> None:
    shown = page(secretary.get(LIST))
    for kind in PaperKind:
        assert str(kind.label) in shown
        assert to("builtin", kind) in shown
        assert to("upload", kind) in shown
    assert shown.count("đang dùng mẫu có sẵn") == len(PaperKind)


@pytest.mark.parametrize("kind", PaperKind)
def test_the_built_in_template_of_every_kind_may_be_taken_and_brought_back(
    secretary: Client, kind: str
) -> None:
    answer = bring(secretary, builtin(secretary, kind), kind=kind)
    kept = PaperTemplate.objects.get()
    assert answer.headers["Location"] == to("show", kept.pk)
    assert kept.kind == kind


def test_what_is_wrong_is_said_with_its_place_and_nothing_is_kept(secretary: Client) -> None:
    answer = bring(secretary, changed(builtin(secretary), "Số {{ soo }}"))
    assert answer.status_code == 422
    shown = page(answer)
    assert "Tại đoạn 14 “Số {{ soo }}”: không có chỗ điền tên “soo”" in shown
    assert "Có phải ông/bà muốn viết “so”?" in shown
    assert not PaperTemplate.objects.exists()


def test_without_a_file_the_form_asks_for_one(secretary: Client) -> None:
    answer = secretary.post(to("upload", PaperKind.DECISION), {})
    assert answer.status_code == 422
    assert "Hãy chọn tệp mẫu." in page(answer)


def test_the_upload_page_lists_every_name_with_its_meaning(secretary: Client) -> None:
    shown = page(secretary.get(to("upload", PaperKind.LETTERS)))
    for item in docx.placeholders(PaperKind.LETTERS):
        assert escape(item.written) in shown
        assert escape(item.meaning) in shown


def test_a_template_is_looked_at_then_used_then_retired(cast: Cast, secretary: Client) -> None:
    consolidated(cast)
    bring(secretary, changed(builtin(secretary), "Theo mẫu của Sở"), "Mẫu <b>QĐ.docx")
    kept = PaperTemplate.objects.get()
    shown = page(secretary.get(to("show", kept.pk)))
    assert "Mẫu &lt;b&gt;QĐ.docx" in shown
    assert f"số liệu thật của {cast.round.name}" in shown
    assert "<code>noi_dung</code>" in shown
    assert to("force", kept.pk) in shown
    filled = secretary.get(to("preview", kept.pk, "docx"))
    assert texts(b"".join(filled.streaming_content))[-1] == "Theo mẫu của Sở"
    assert "Từ nay “Quyết định phê duyệt kết quả (dự thảo)”" in page(
        secretary.get(to("force", kept.pk))
    )
    assert PaperTemplate.objects.get().in_force_at is None
    assert secretary.post(to("force", kept.pk)).headers["Location"] == LIST
    shown = page(secretary.get(LIST))
    assert "đang dùng bản 1" in shown
    assert to("retire", kept.pk) in page(secretary.get(to("show", kept.pk)))
    assert secretary.post(to("retire", kept.pk)).headers["Location"] == LIST
    assert "đang dùng bản" not in page(secretary.get(LIST))
    assert "đã thôi dùng" in page(secretary.get(LIST))


def test_a_step_that_leads_nowhere_says_why(secretary: Client) -> None:
    bring(secretary, builtin(secretary))
    kept = PaperTemplate.objects.get()
    answer = secretary.post(to("retire", kept.pk))
    assert answer.status_code == 422
    assert "Mẫu này không được dùng" in page(answer)
    secretary.post(to("force", kept.pk))
    answer = secretary.post(to("force", kept.pk))
    assert answer.status_code == 422
    assert "Mẫu này đang được dùng." in page(answer)


def test_what_the_decree_wants_otherwise_is_remarked(secretary: Client) -> None:
    def restyle() -> bytes:
        content = own("{{ trich_yeu }}", "{{p noi_dung }}")
        document = library.Document(io.BytesIO(content))
        document.paragraphs[0].runs[0].font.name = "Arial"
        target = io.BytesIO()
        document.save(target)
        return target.getvalue()

    bring(secretary, restyle())
    shown = page(secretary.get(to("show", PaperTemplate.objects.get().pk)))
    for remark in (
        "Mẫu không có {{p phu_luc }}",
        "Mẫu không có {{p niem_phong }}",
        "Mẫu không có {{ du_thao }}",
        "phông chữ khác Times New Roman: Arial",
        "Khổ giấy không phải A4.",
        "Lề phải 32 mm; Nghị định 30/2020/NĐ-CP quy định 15–20 mm.",
    ):
        assert remark in shown
    assert "Mẫu không có {{p noi_dung }}" not in shown


def test_pages_are_pictures_where_libreoffice_is(secretary: Client) -> None:
    bring(secretary, builtin(secretary))
    kept = PaperTemplate.objects.get()
    shown = page(secretary.get(to("show", kept.pk), {"page": "2"}))
    assert "Xem thử, trang 2/2" in shown
    assert to("page", kept.pk, 2) in shown
    picture = secretary.get(to("page", kept.pk, 2))
    assert picture["Content-Type"] == "image/png"
    assert b"".join(picture.streaming_content).startswith(b"\x89PNG")
    assert secretary.get(to("page", kept.pk, 99)).status_code == 422
    assert secretary.get(to("preview", kept.pk, "pdf"))["Content-Type"] == "application/pdf"
    assert secretary.get(to("preview", kept.pk, "exe")).status_code == 404
    for odd in ("0", "99", "-1", "x", "9" * 40):
        assert secretary.get(to("show", kept.pk), {"page": odd}).status_code == 200


def test_without_libreoffice_there_are_no_pages_and_the_word_file_is(secretary: Client) -> None:
    bring(secretary, builtin(secretary))
    kept = PaperTemplate.objects.get()
    assert "Máy chủ không vẽ được trang xem thử." in page(secretary.get(to("show", kept.pk)))
    assert secretary.get(to("page", kept.pk, 1)).status_code == 404
    assert secretary.get(to("preview", kept.pk, "pdf")).status_code == 404
    preview_store().path(kept.facts["preview"]["docx"]).unlink()
    assert "Bản xem thử không còn trên máy chủ." in page(secretary.get(to("show", kept.pk)))
    assert secretary.get(to("preview", kept.pk, "docx")).status_code == 404


def test_the_file_comes_back_byte_for_byte_and_is_never_opened_by_a_browser(
    secretary: Client,
) -> None:
    content = builtin(secretary)
    bring(secretary, content)
    answer = secretary.get(to("file", PaperTemplate.objects.get().pk))
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_the_list_asks_as_often_for_many_versions_as_for_none(secretary: Client) -> None:
    none = query_count(secretary, LIST)
    content = builtin(secretary)
    for number in range(3):
        bring(secretary, changed(content, f"Bản {number}"))
    assert PaperTemplate.objects.count() == 3
    assert query_count(secretary, LIST) == none


def test_an_unknown_kind_is_not_found(secretary: Client) -> None:
    for name in ("upload", "builtin"):
        assert secretary.get(to(name, "khong-co")).status_code == 404
