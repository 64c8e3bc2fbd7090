"""The page of signing: two ways, each refusal at its field, no secret anywhere behind it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.views.debug import SafeExceptionReporterFilter

from agencies.models import User
from appraisal.files.store import evidence_store
from appraisal.models import Event, Paper
from appraisal.workflow import council, issuing
from tests.appraisal import signers
from tests.appraisal.council_pages import get, post, queries, signed_in, text
from tests.appraisal.files.corpus import ROOT as CORPUS
from tests.appraisal.views.test_verify import without_moments
from tests.cast import COUNCIL, Cast


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


@pytest.fixture
def paper(cast: Cast, django_capture_on_commit_callbacks: Callable[..., Any]) -> Paper:
    return signers.made_paper(cast, django_capture_on_commit_callbacks)


@pytest.fixture
def bare(cast: Cast) -> Paper:
    return signers.bare_paper(cast)


def url(paper: Paper, tail: str = "sign") -> str:
    return f"/papers/{paper.pk}/{tail}/"


def by_file(user: User, paper: Paper, **changes: Any) -> Any:
    given = {
        "way": "file", "role": "person", "diameter": "36", "passphrase": signers.PASSPHRASE,
        "key_file": SimpleUploadedFile("Khóa của tôi.p12", signers.key_file()), **changes,
    }  # fmt: skip
    return post(user, url(paper), **given)


def by_token(user: User, paper: Paper, pin: str = signers.PIN, **changes: Any) -> Any:
    given = {
        "way": "token", "token-role": "organisation", "token-diameter": "36", "token-pin": pin,
        **changes,
    }  # fmt: skip
    return post(user, url(paper), **given)


def test_the_page_offers_the_file_and_says_why_there_is_no_device(cast: Cast, bare: Paper) -> None:
    page = text(get(cast.chair, url(bare)))
    assert 'name="key_file"' in page
    assert 'type="password"' in page
    assert "Máy chủ chưa có thiết bị ký số." in page
    assert 'name="token-pin"' not in page
    assert bare.files.get(format="pdf").sha256 in page


def test_a_key_file_signs_and_leads_back_to_the_paper(cast: Cast, paper: Paper) -> None:
    response = by_file(cast.chair, paper)
    assert (response.status_code, response["Location"]) == (302, f"/papers/{paper.pk}/")
    page = text(get(cast.chair, url(paper, "signatures")))
    assert signers.SIGNER in page
    assert signers.AUTHORITY in page
    assert "nguyên vẹn" in page
    assert "chưa kiểm tra tổ chức cấp" in page


def test_a_device_signs_with_its_pin(cast: Cast, paper: Paper, settings: Any) -> None:
    signers.device()
    settings.SIGNING_PKCS11_MODULE, settings.SIGNING_PKCS11_TOKEN = signers.SOFTHSM, "parc"
    assert 'name="token-pin"' in text(get(cast.secretary, url(paper)))
    assert by_token(cast.secretary, paper).status_code == 302
    assert signers.ORGANISATION in text(get(cast.secretary, url(paper, "signatures")))


def test_a_wrong_pin_is_said_at_its_field(cast: Cast, bare: Paper, settings: Any) -> None:
    signers.device()
    settings.SIGNING_PKCS11_MODULE, settings.SIGNING_PKCS11_TOKEN = signers.SOFTHSM, "parc"
    response = by_token(cast.secretary, bare, "000000")
    assert response.status_code == 422
    assert "Mã PIN của thiết bị ký số chưa đúng" in text(response)
    assert "000000" not in text(response)


def test_without_a_device_its_form_is_not_taken(cast: Cast, bare: Paper) -> None:
    assert by_token(cast.secretary, bare).status_code == 422
    assert not Event.objects.filter(action="paper.signed").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"passphrase": "sai"}, "Mật khẩu của tệp chứng thư số chưa đúng"),
        ({"passphrase": ""}, "Hãy điền mục này."),
        ({"key_file": ""}, "Hãy chọn tệp chứng thư số."),
        ({"role": "vua"}, "Mục đã chọn không có trong danh sách"),
        ({"diameter": "9999"}, "Mục đã chọn không có trong danh sách"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field(
    cast: Cast, bare: Paper, changes: dict[str, str], words: str
) -> None:
    response = by_file(cast.chair, bare, **changes)
    assert response.status_code == 422
    assert words in text(response)
    assert not bare.files.filter(format="signed").exists()


@pytest.mark.parametrize("content", [b"", b"hello", b"\x30" * 200_000])
def test_a_hostile_key_file_is_refused_with_a_sentence(
    cast: Cast, bare: Paper, content: bytes
) -> None:
    response = by_file(cast.chair, bare, key_file=SimpleUploadedFile("<b>.p12", content))
    assert response.status_code == 422
    assert "<b>.p12" not in text(response)


@pytest.mark.parametrize(
    "name", ["png-pixel-flood.png", "ok-plain.png", "script.svg", "ok-plain.pdf"]
)
def test_a_hostile_picture_is_refused_at_its_field(cast: Cast, bare: Paper, name: str) -> None:
    content = (CORPUS / "evidence" / name).read_bytes()
    response = by_file(cast.chair, bare, picture=SimpleUploadedFile(name, content))
    assert response.status_code == 422
    assert "id_picture_error" in text(response)


def test_a_key_file_never_lies_on_the_disk(
    cast: Cast, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []
    real = issuing.signing.open_key_file

    def look(content: bytes, *args: Any) -> Any:
        files = (path for path in evidence_store().root.rglob("*") if path.is_file())
        seen.extend(path.read_bytes() for path in files)
        return real(content, *args)

    monkeypatch.setattr(issuing.signing, "open_key_file", look)
    key = signers.key_file()
    by_file(cast.chair, paper, key_file=SimpleUploadedFile("a.p12", key))
    assert seen
    assert not any(key in content for content in seen)


def test_the_secrets_are_in_no_page_log_event_or_error_report(
    cast: Cast, paper: Paper, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    pages = [text(by_file(cast.chair, paper, passphrase=f"sai {signers.PASSPHRASE}"))]
    pages.append(text(by_file(cast.chair, paper)))
    kept = " ".join(pages) + caplog.text + str(list(Event.objects.values_list("data", "sentence")))
    assert signers.PASSPHRASE not in kept


def test_an_error_report_hides_the_secrets(
    cast: Cast, bare: Paper, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(issuing, "sign_paper", broken)
    client = signed_in(cast.chair)
    client.raise_request_exception = False
    response = client.post(
        url(bare),
        {"way": "file", "role": "person", "diameter": "36", "passphrase": signers.PASSPHRASE,
         "key_file": SimpleUploadedFile("a.p12", signers.key_file())},
    )  # fmt: skip
    assert response.status_code == 500
    report = SafeExceptionReporterFilter()
    settings.DEBUG = False
    cleaned = report.get_post_parameters(response.wsgi_request)
    assert signers.PASSPHRASE not in str(cleaned)


def test_guessing_a_passphrase_is_slowed_down(cast: Cast, paper: Paper) -> None:
    statuses = [by_file(cast.chair, paper, passphrase=f"sai {n}").status_code for n in range(5)]
    assert statuses[:3] == [422] * 3
    assert statuses[-1] == 429
    # A mistake that is no guess costs nothing to another person.
    assert by_file(cast.secretary, paper).status_code == 302


def test_an_outdated_paper_has_no_page_of_signing(cast: Cast, bare: Paper) -> None:
    council.return_to_council(cast.chair, cast.fresh(), "Xem lại")
    response = get(cast.chair, url(bare))
    assert response.status_code == 403
    assert "đã lỗi thời" in text(response)


def test_who_may_not_sign_is_told_on_the_page_of_the_paper(cast: Cast, bare: Paper) -> None:
    page = text(get(cast.lead, f"/papers/{bare.pk}/"))
    assert f'href="{url(bare)}"' not in page
    assert "Chữ ký số" in page
    assert f'href="{url(bare)}"' in text(get(cast.chair, f"/papers/{bare.pk}/"))


def test_signatures_of_an_unsigned_paper_are_not_found(cast: Cast, bare: Paper) -> None:
    assert get(cast.chair, url(bare, "signatures")).status_code == 404


def test_trust_follows_the_authorities_of_the_installation(
    cast: Cast, paper: Paper, settings: Any, tmp_path: Path
) -> None:
    by_file(cast.chair, paper)
    settings.SIGNING_TRUST_ROOTS = str(signers.trusted(tmp_path / "roots"))
    assert "tổ chức cấp được tin cậy" in text(get(cast.chair, url(paper, "signatures")))


def test_the_page_stays_within_its_queries(cast: Cast, bare: Paper) -> None:
    assert queries(cast.chair, url(bare)) <= 22
    assert without_moments(text(get(cast.chair, url(bare))))
