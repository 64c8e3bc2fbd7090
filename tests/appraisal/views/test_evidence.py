"""The library over HTTP: every hostile file refused with a sentence, every byte on permission."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from appraisal.files.store import evidence_store
from appraisal.models import Citation, Event, Evidence
from appraisal.workflow import evidence as workflow
from tests.appraisal.desk import (
    AUTOSAVE,
    CORPUS,
    GOOD,
    another,
    document,
    query_count,
    signed_in,
    typing,
)
from tests.appraisal.files.corpus import EVIDENCE
from tests.cast import SELF_ASSESSMENT, Cast

UPLOAD = "/evidence/upload/"
BODIES = sorted((CORPUS / "multipart").glob("*.body"))
TEXTS = json.loads((CORPUS / "tables" / "texts.json").read_text(encoding="utf-8"))["cases"]


@pytest.fixture(autouse=True)
def _while_scoring(clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)


@pytest.fixture
def officer(cast: Cast) -> Client:
    return signed_in(cast.officer)


def url(name: str, *args: int) -> str:
    return reverse(f"appraisal:{name}", args=args)


def send(client: Client, *files: tuple[str, bytes], fetch: bool = True, **data: Any) -> Any:
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(UPLOAD, {"files": uploads, **data}, headers=AUTOSAVE if fetch else {})


def left_in_tmp() -> list[Path]:
    return list(evidence_store().temporary_root.glob("*"))


# --- Upload ----------------------------------------------------------------------------------
def test_upload_takes_a_file_with_a_vietnamese_name_and_answers_with_its_row(
    cast: Cast, officer: Client
) -> None:
    answer = send(officer, ("Quyết định số 12.pdf", GOOD))
    assert answer.status_code == 200
    assert answer.json()["ok"] is True
    assert "Quyết định số 12" in answer.json()["html"]
    evidence = Evidence.objects.get()
    assert (evidence.agency, evidence.uploaded_by) == (cast.agencies["SYT"], cast.officer)
    assert left_in_tmp() == []


def test_upload_of_several_files_refuses_one_and_keeps_the_others(
    cast: Cast, officer: Client
) -> None:
    answer = send(
        officer, ("a.pdf", another(1)), ("b.exe", b"MZ"), ("c.pdf", another(2)), fetch=False
    )
    assert answer.status_code == 302
    assert set(Evidence.objects.values_list("file_name", flat=True)) == {"a.pdf", "c.pdf"}
    page = officer.get(answer.headers["Location"]).content.decode()
    assert "“b.exe” không thuộc loại tệp được nhận" in page


def test_upload_of_the_same_bytes_says_so_and_adds_nothing(cast: Cast, officer: Client) -> None:
    send(officer, ("a.pdf", GOOD))
    answer = send(officer, ("b.pdf", GOOD))
    assert answer.status_code == 200
    assert "đã có trong thư viện" in answer.json()["html"]
    assert Evidence.objects.count() == 1


def test_upload_tells_the_uploader_of_a_position_in_a_picture(cast: Cast, officer: Client) -> None:
    picture = (CORPUS / "evidence" / "ok-with-exif-gps.jpg").read_bytes()
    answer = send(officer, ("ảnh.jpg", picture))
    assert "vị trí chụp" in answer.json()["html"]


def test_upload_cites_at_once_under_a_leaf(cast: Cast, officer: Client) -> None:
    leaf = cast.leaf("1.1")
    answer = send(officer, ("a.pdf", GOOD), dossier=cast.dossier.pk, criterion=leaf.pk)
    assert answer.status_code == 200
    citation = Citation.objects.get()
    assert (citation.dossier, citation.criterion) == (cast.dossier, leaf)
    assert url("citations-edit", citation.pk) in answer.json()["html"]


def test_upload_under_a_full_leaf_says_that_the_file_is_in_the_library(
    cast: Cast, officer: Client, settings: Any
) -> None:
    settings.EVIDENCE_PER_LEAF = 0
    answer = send(officer, ("a.pdf", GOOD), dossier=cast.dossier.pk, criterion=cast.leaf("1.1").pk)
    assert answer.status_code == 422
    assert "đã vào thư viện nhưng chưa được viện dẫn" in answer.json()["error"]
    assert Evidence.objects.exists()


@pytest.mark.parametrize("criterion", ["", "x", "999999999999999999999", "-1"])
def test_upload_under_no_leaf_of_ours_is_not_found(
    cast: Cast, officer: Client, criterion: str
) -> None:
    answer = send(officer, ("a.pdf", GOOD), dossier=cast.dossier.pk, criterion=criterion)
    assert answer.status_code == 404
    assert not Evidence.objects.exists()


def test_upload_into_the_dossier_of_another_agency_is_not_found(cast: Cast) -> None:
    stranger = signed_in(cast.other_officer)
    answer = send(stranger, ("a.pdf", GOOD), dossier=cast.dossier.pk, criterion=cast.leaf("1.1").pk)
    assert answer.status_code == 404
    assert left_in_tmp() == []


def test_upload_by_the_team_is_refused_with_the_reason(cast: Cast) -> None:
    answer = send(signed_in(cast.member), ("a.pdf", GOOD))
    assert answer.status_code == 403
    assert not Evidence.objects.exists()
    assert left_in_tmp() == []


def test_upload_without_a_file_says_so(cast: Cast, officer: Client) -> None:
    answer = officer.post(UPLOAD, {}, headers=AUTOSAVE)
    assert answer.status_code == 400
    assert "Chưa nhận được tệp nào" in answer.json()["error"]


def test_upload_of_too_many_files_at_once_is_a_bad_request(cast: Cast, officer: Client) -> None:
    many = [(f"{number}.pdf", GOOD) for number in range(11)]
    assert send(officer, *many).status_code == 400
    assert not Evidence.objects.exists()
    assert left_in_tmp() == []


def test_upload_above_the_limit_names_the_file_and_the_limit(
    cast: Cast, officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from appraisal.files.uploads import SafeNameHandler

    monkeypatch.setattr(SafeNameHandler, "max_bytes", 100)
    answer = send(officer, ("to.pdf", GOOD))
    assert answer.status_code == 413
    assert "“to.pdf” lớn hơn" in answer.json()["error"]
    assert left_in_tmp() == []


@pytest.mark.parametrize("entry", EVIDENCE, ids=[entry["path"] for entry in EVIDENCE])
def test_upload_answers_every_file_of_the_corpus_as_its_manifest_says(
    cast: Cast, officer: Client, entry: dict[str, Any]
) -> None:
    content = (CORPUS / entry["path"]).read_bytes()
    if entry["path"].endswith("eicar-halves.json"):
        halves = [part for part in json.loads(content).values() if isinstance(part, str)]
        content = "".join(halves).encode()
    answer = send(officer, (entry["upload_as"], content))
    refused = entry["expect"]["decision"] == "reject"
    assert answer.status_code < 500
    assert left_in_tmp() == []
    events = list(Event.objects.values_list("action", flat=True))
    if refused:
        assert answer.status_code in {413, 422}
        assert answer.json()["error"].endswith(".")
        assert not Evidence.objects.exists()
        assert events == ["evidence.refused"]
    else:
        assert answer.status_code == 200
        assert events == ["evidence.attached"]


@pytest.mark.parametrize("body", BODIES, ids=[path.stem for path in BODIES])
def test_upload_answers_every_raw_body_without_a_server_error(
    cast: Cast, officer: Client, body: Path
) -> None:
    answer = officer.generic(
        "POST", UPLOAD, body.read_bytes(), content_type="multipart/form-data; boundary=CORPUS",
        headers=AUTOSAVE,
    )  # fmt: skip
    assert answer.status_code in {200, 400, 422}
    assert left_in_tmp() == []
    assert Evidence.objects.count() <= 1
    for evidence in Evidence.objects.all():
        assert evidence_store().is_intact(evidence.sha256)
        assert officer.get(url("evidence-show", evidence.pk)).status_code == 200
        assert officer.get(url("evidence-download", evidence.pk)).status_code == 200


# --- Library ----------------------------------------------------------------------------------
def test_list_takes_the_same_queries_with_one_document_and_with_three(
    cast: Cast, officer: Client
) -> None:
    counts = []
    for number in range(3):
        document(cast.officer, number=number)
        counts.append(query_count(officer, "/evidence/"))
    assert counts[0] == counts[2] <= 10


def test_list_shows_the_own_library_only(cast: Cast, officer: Client) -> None:
    document(cast.officer, "Của ta.pdf", 1)
    document(cast.other_officer, "Của họ.pdf", 2)
    page = officer.get("/evidence/").content.decode()
    assert "Của ta" in page
    assert "Của họ" not in page


def test_list_finds_without_marks_and_says_when_nothing_fits(cast: Cast, officer: Client) -> None:
    document(cast.officer, "Kế hoạch cải cách.pdf")
    assert "Kế hoạch cải cách" in officer.get("/evidence/?q=ke hoach").content.decode()
    page = officer.get("/evidence/", {"q": "<script>window.__XSS=1</script>"}).content.decode()
    assert "Không có tài liệu nào khớp" in page
    assert "<script>window.__XSS" not in page


def test_list_is_refused_with_the_reason_to_who_has_no_library(cast: Cast) -> None:
    answer = signed_in(cast.auditor).get("/evidence/")
    assert answer.status_code == 403
    assert "cán bộ đầu mối" in answer.content.decode()


# --- One document -----------------------------------------------------------------------------
def test_show_saves_the_card(cast: Cast, officer: Client) -> None:
    evidence = document(cast.officer)
    answer = officer.post(
        url("evidence-show", evidence.pk),
        {
            "token": workflow.Card.of(evidence).token, "title": "Quyết định 12",
            "number": "12/QĐ-UBND", "issued_on": "01/03/2020", "issuer": "UBND tỉnh",
            "agency": cast.agencies["STP"].pk, "sha256": "0" * 64, "uploaded_by": 1, "size": 1,
        },
    )  # fmt: skip
    assert answer.status_code == 302
    before = (evidence.agency, evidence.sha256, evidence.uploaded_by, evidence.size)
    evidence.refresh_from_db()
    assert (evidence.number, f"{evidence.issued_on:%d/%m/%Y}") == ("12/QĐ-UBND", "01/03/2020")
    assert (evidence.agency, evidence.sha256, evidence.uploaded_by, evidence.size) == before


def test_show_keeps_what_was_typed_beside_what_somebody_else_saved(
    cast: Cast, officer: Client
) -> None:
    evidence = document(cast.officer)
    token = workflow.Card.of(evidence).token
    workflow.describe(cast.head, evidence, workflow.Card("Của thủ trưởng"), token=token)
    answer = officer.post(url("evidence-show", evidence.pk), {"token": token, "title": "Của tôi"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "<td>Của tôi</td><td>Của thủ trưởng</td>" in page
    evidence.refresh_from_db()
    assert evidence.title == "Của thủ trưởng"


@pytest.mark.parametrize("case", TEXTS, ids=[case["what"] for case in TEXTS])
def test_show_takes_every_text_as_text(cast: Cast, officer: Client, case: dict[str, Any]) -> None:
    evidence = document(cast.officer)
    where = url("evidence-show", evidence.pk)
    for name in ("title", "number", "issued_on", "issuer", "token"):
        token = workflow.Card.of(evidence).token
        answer = typing(officer, where, **{"token": token, "title": "Tên", name: case["text"]})
        assert answer.status_code in {302, 409, 422}
        evidence.refresh_from_db()
    page = officer.get(where).content.decode()
    assert "<script>window.__XSS" not in page
    assert "<img src=x" not in page


def test_show_says_why_the_card_is_locked(cast: Cast, officer: Client) -> None:
    evidence = document(cast.officer)
    workflow.cite(cast.officer, cast.dossier, cast.leaf("1.1"), evidence)
    cast.submit()
    page = officer.get(url("evidence-show", evidence.pk)).content.decode()
    assert "đã gửi hoặc đã hết hạn tự chấm" in page
    assert 'name="title"' not in page


def test_withdraw_asks_once_more_and_then_takes_the_document_out(
    cast: Cast, officer: Client
) -> None:
    evidence = document(cast.officer)
    where = url("evidence-withdraw", evidence.pk)
    assert "Rút tài liệu này?" in officer.get(where).content.decode()
    assert officer.post(where).status_code == 302
    evidence.refresh_from_db()
    assert evidence.withdrawn_at is not None
    assert officer.post(where).status_code == 403


# --- Bytes ------------------------------------------------------------------------------------
def test_download_sends_the_bytes_as_an_attachment_that_nothing_renders(
    cast: Cast, officer: Client
) -> None:
    evidence = document(cast.officer, "Quyết định.pdf")
    answer = officer.get(url("evidence-download", evidence.pk))
    assert b"".join(answer.streaming_content) == another(0)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''Quy")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_download_answers_head_and_ranges_with_the_whole(cast: Cast, officer: Client) -> None:
    evidence = document(cast.officer)
    where = url("evidence-download", evidence.pk)
    head = officer.head(where)
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(evidence.size))
    part = officer.get(where, headers={"Range": "bytes=0-9"})
    assert part.status_code == 200
    assert len(b"".join(part.streaming_content)) == evidence.size
    assert part.headers["Accept-Ranges"] == "none"


@pytest.mark.parametrize("name", ["evidence-show", "evidence-download", "evidence-withdraw"])
def test_another_agency_knows_of_no_document(cast: Cast, name: str) -> None:
    evidence = document(cast.officer)
    stranger = signed_in(cast.other_head)
    for method in ("get", "head"):
        assert getattr(stranger, method)(url(name, evidence.pk)).status_code == 404
    assert stranger.get(url("evidence-page", evidence.pk, 1)).status_code == 404


def test_the_team_reads_a_document_once_a_dossier_cites_it(cast: Cast) -> None:
    evidence = document(cast.officer)
    member = signed_in(cast.member)
    assert member.get(url("evidence-download", evidence.pk)).status_code == 404
    workflow.cite(cast.officer, cast.dossier, cast.leaf("1.1"), evidence)
    assert member.get(url("evidence-download", evidence.pk)).status_code == 200
    assert member.get(url("evidence-show", evidence.pk)).status_code == 200
    assert (
        signed_in(cast.administrator).get(url("evidence-download", evidence.pk)).status_code == 404
    )


def test_page_is_a_picture_made_by_us(cast: Cast, officer: Client) -> None:
    evidence = document(cast.officer)
    answer = officer.get(url("evidence-page", evidence.pk, 1))
    assert answer.headers["Content-Type"] == "image/png"
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")


@pytest.mark.parametrize("number", [0, 2, 501, 999999999])
def test_page_that_is_not_there_is_a_sentence(cast: Cast, officer: Client, number: int) -> None:
    evidence = document(cast.officer)
    answer = officer.get(url("evidence-page", evidence.pk, number))
    assert answer.status_code == 422
    assert answer.content.decode().endswith(".")


def test_bytes_that_are_gone_are_not_found(cast: Cast, officer: Client) -> None:
    evidence = document(cast.officer)
    evidence_store().trash(evidence.sha256)
    assert officer.get(url("evidence-download", evidence.pk)).status_code == 404
    assert officer.get(url("evidence-page", evidence.pk, 1)).status_code == 404
