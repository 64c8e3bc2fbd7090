"""The public page: no account, three answers in words, nothing kept, nothing cached."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from appraisal.files.store import evidence_store
from appraisal.models import Event, Paper
from appraisal.papers import verifying
from tests.appraisal import signers
from tests.appraisal.council_pages import text
from tests.appraisal.council_stage import consolidated
from tests.appraisal.files.corpus import ROOT as CORPUS
from tests.appraisal.papers.test_verifying import again, patched
from tests.cast import COUNCIL, Cast

CODE = "0123456789abcdef" * 4
NO_MATCH = "Không có kết quả nào đã được phê duyệt trùng với mã hoặc tệp này."


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


@pytest.fixture
def stranger() -> Client:
    return Client()


def drop(client: Client, content: bytes, name: str = "van-ban.pdf", **headers: Any) -> Any:
    return client.post("/verify/", {"file": SimpleUploadedFile(name, content)}, **headers)


# --- Codes ---------------------------------------------------------------------------------
def test_the_form_is_for_everybody_and_works_without_script(db: None, stranger: Client) -> None:
    page = text(stranger.get("/verify/"))
    assert 'name="code"' in page
    assert 'enctype="multipart/form-data"' in page
    assert "csrfmiddlewaretoken" in page


def test_a_typed_code_leads_to_its_own_address(db: None, stranger: Client) -> None:
    typed = "\n".join(CODE[n : n + 8] for n in range(0, 64, 8)).upper()
    assert stranger.get("/verify/", {"code": typed})["Location"] == f"/verify/{CODE}/"


@pytest.mark.parametrize("typed", ["không phải mã", "1234", "<script>alert(1)</script>", "../../x"])
def test_a_code_that_is_none_gets_the_answer_of_an_unknown_one(
    db: None, stranger: Client, typed: str
) -> None:
    response = stranger.get("/verify/", {"code": typed}, follow=True)
    assert response.status_code == 200
    assert NO_MATCH in text(response)
    assert "<script>alert" not in text(response)


def test_an_empty_code_is_asked_for_again(db: None, stranger: Client) -> None:
    assert stranger.get("/verify/", {"code": " "}).status_code == 422


def test_an_approved_code_shows_title_round_and_day_and_nothing_else(
    cast: Cast, stranger: Client
) -> None:
    made = consolidated(cast)
    signers.approved(cast)
    page = text(stranger.get(f"/verify/{made.fingerprint}/"))
    assert "Khớp." in page
    assert "Kết quả xác định Chỉ số cải cách hành chính năm 2020 của tỉnh Kon Tum" in page
    assert cast.round.name in page
    assert "15/01/2021" in page
    for secret in ("Sở Y tế", cast.chair.full_name, cast.secretary.full_name, "Xuất sắc"):
        assert secret not in page


def test_a_replaced_code_says_so(cast: Cast, stranger: Client) -> None:
    earlier = consolidated(cast)
    again(cast)
    signers.approved(cast)
    page = text(stranger.get(f"/verify/{earlier.fingerprint}/"))
    assert "Đã bị thay thế." in page
    assert "Khớp." not in page


def test_an_unapproved_code_and_an_invented_one_get_the_same_page(
    cast: Cast, stranger: Client
) -> None:
    made = consolidated(cast)
    pages = [
        text(stranger.get(f"/verify/{code}/")).replace(code, "")
        for code in (made.fingerprint, CODE)
    ]
    assert NO_MATCH in pages[0]
    assert without_moments(pages[0]) == without_moments(pages[1])
    assert cast.round.name not in pages[0]


def without_moments(page: str) -> str:
    """The page without what differs between any two requests: token and clock."""
    page = re.sub(r'value="[A-Za-z0-9]{64}"', "", page)
    page = re.sub(r"X-CSRFToken&quot;: &quot;\w+|\"X-CSRFToken\": \"\w+", "", page)
    return re.sub(r"\d{4}-\d\d-\d\dT[0-9:.+]+|\d\d:\d\d \d\d/\d\d/\d{4}", "", page)


def test_no_page_may_be_indexed_or_kept(db: None, stranger: Client) -> None:
    for response in (stranger.get("/verify/"), stranger.get(f"/verify/{CODE}/")):
        assert "noindex" in response["X-Robots-Tag"]
        assert '<meta name="robots" content="noindex">' in text(response)
        assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "address",
    ["/verify/x/", "/verify/%00/", "/verify/" + "a" * 5000 + "/", "/verify/%F0%9F%98%80/"],
)
def test_any_address_below_it_is_answered(db: None, stranger: Client, address: str) -> None:
    response = stranger.get(address)
    assert response.status_code == 200
    assert NO_MATCH in text(response)


# --- Files ---------------------------------------------------------------------------------
@pytest.fixture
def paper(cast: Cast, django_capture_on_commit_callbacks: Callable[..., Any]) -> Paper:
    return signers.made_paper(cast, django_capture_on_commit_callbacks)


def test_the_file_of_an_approved_result_is_told_from_a_forged_one(
    cast: Cast, paper: Paper, stranger: Client
) -> None:
    signers.approved(cast)
    content = signers.bytes_of(paper)
    assert "Khớp." in text(drop(stranger, content))
    forged = text(drop(stranger, patched(content)))
    assert NO_MATCH in forged
    assert cast.round.name not in forged


def test_a_dropped_json_is_answered(cast: Cast, stranger: Client) -> None:
    made = consolidated(cast)
    signers.approved(cast)
    page = text(drop(stranger, made.snapshot.encode(), "ket-qua-2020.json"))
    assert "Tệp số liệu này đúng là kết quả đã được phê duyệt." in page


@pytest.fixture
def _nothing_kept(stranger: Client) -> Iterator[None]:
    before = list(evidence_store().names())
    yield
    assert list(evidence_store().names()) == before
    assert not list(evidence_store().temporary_root.glob("*"))
    assert not Event.objects.exists()


def test_the_corpus_is_there() -> None:
    assert sum(path.endswith(".pdf") for path in corpus_files()) >= 15


def corpus_files() -> list[str]:
    return sorted(path.name for path in (CORPUS / "evidence").iterdir())


@pytest.mark.usefixtures("db", "_nothing_kept")
@pytest.mark.parametrize("name", corpus_files())
def test_every_hostile_file_gets_a_definite_answer(stranger: Client, name: str) -> None:
    response = drop(stranger, (CORPUS / "evidence" / name).read_bytes(), name)
    page = text(response)
    if response.status_code == 200:
        assert NO_MATCH in page
    else:
        assert response.status_code == 422
        assert "errorlist" in page or "invalid-feedback" in page


@pytest.mark.usefixtures("db", "_nothing_kept")
@pytest.mark.parametrize(
    "name", ["a.pdf", "../../etc/passwd", "‮fdp.exe", "a" * 900 + ".json", "<b>.json", ".json"]
)
def test_a_hostile_name_is_answered(stranger: Client, name: str) -> None:
    response = drop(stranger, b"{}", name)
    assert response.status_code == 422
    assert "<b>.json" not in text(response)


@pytest.mark.usefixtures("db", "_nothing_kept")
def test_a_file_above_the_limit_is_refused(stranger: Client) -> None:
    response = drop(stranger, b"%PDF-1.7\n" + b"0" * (26 * 1024 * 1024))
    assert response.status_code == 422
    assert "25 MB" in text(response)


def test_a_form_without_its_token_is_refused(db: None) -> None:
    assert drop(Client(enforce_csrf_checks=True), b"{}").status_code == 403


def test_many_files_from_one_address_have_to_wait_and_others_do_not(
    db: None, stranger: Client
) -> None:
    statuses = [drop(stranger, b"[]").status_code for _time in range(22)]
    assert statuses[0] == 422
    assert statuses[-1] == 429
    waiting = drop(stranger, b"[]")
    assert 1 <= int(waiting["Retry-After"]) <= 120
    assert drop(Client(REMOTE_ADDR="10.9.8.7"), b"[]").status_code == 422
    # Looking a code up and signing in go on.
    assert stranger.get(f"/verify/{CODE}/").status_code == 200


def test_a_busy_process_says_so(db: None, stranger: Client) -> None:
    with verifying._turn(), verifying._turn():
        response = drop(stranger, b"{}")
    assert response.status_code == 503
    assert "Hãy thử lại sau ít phút." in text(response)
