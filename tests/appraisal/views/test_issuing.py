"""The page of issuing: what the file says is shown, what is odd is asked about, all of it once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agencies.models import User
from appraisal.models import Issue, Paper
from tests.appraisal import signers
from tests.appraisal.council_pages import get, post, queries, text
from tests.appraisal.files.corpus import ROOT as CORPUS
from tests.appraisal.papers.test_verifying import rewritten, sign
from tests.cast import COUNCIL, Cast

PLAIN = (CORPUS / "evidence" / "ok-plain.pdf").read_bytes()


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


@pytest.fixture
def paper(cast: Cast, django_capture_on_commit_callbacks: Callable[..., Any]) -> Paper:
    made = signers.made_paper(cast, django_capture_on_commit_callbacks)
    signers.approved(cast)
    return made


@pytest.fixture
def bare(cast: Cast) -> Paper:
    made = signers.bare_paper(cast)
    signers.approved(cast)
    return made


def url(paper: Paper, tail: str = "issue") -> str:
    return f"/papers/{paper.pk}/{tail}/"


def record(user: User, paper: Paper, content: bytes | None = None, **changes: Any) -> Any:
    given: dict[str, Any] = {"number": "35", "issued_on": "15/01/2021", **changes}
    if content is not None:
        given["file"] = SimpleUploadedFile("QĐ 35 đã ký.pdf", content)
    return post(user, url(paper), **given)


def test_a_signed_file_of_the_draft_is_recorded_and_shown(cast: Cast, paper: Paper) -> None:
    content = sign(cast, paper)
    response = record(cast.secretary, paper, content)
    assert (response.status_code, response["Location"]) == (302, f"/papers/{paper.pk}/")
    page = text(get(cast.secretary, f"/papers/{paper.pk}/"))
    for words in ("35", "15/01/2021", signers.SIGNER, signers.AUTHORITY, "mã đối chiếu trùng nhau"):
        assert words in page
    sent = get(cast.secretary, url(paper, "issued"))
    assert b"".join(sent.streaming_content) == content  # type: ignore[attr-defined]
    assert sent["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in sent["Content-Security-Policy"]


def test_a_paper_signed_by_hand_needs_no_file(cast: Cast, bare: Paper) -> None:
    assert record(cast.secretary, bare).status_code == 302
    assert "Văn bản ký tay" in text(get(cast.secretary, f"/papers/{bare.pk}/"))
    assert get(cast.secretary, url(bare, "issued")).status_code == 404


def test_an_odd_file_is_shown_and_taken_only_when_ticked(cast: Cast, bare: Paper) -> None:
    response = record(cast.secretary, bare, PLAIN)
    assert response.status_code == 422
    page = text(response)
    assert "Tệp không có chữ ký số." in page
    assert "Tệp không mang mã đối chiếu" in page
    assert 'name="accept"' in page
    assert 'value="35"' in page
    assert not Issue.objects.exists()
    seen = hashlib.sha256(PLAIN).hexdigest()
    assert f'value="{seen}"' in page
    assert record(cast.secretary, bare, PLAIN, accept="on", seen=seen).status_code == 302
    assert Issue.objects.get().matches is None


def test_a_tick_for_another_file_does_not_count(cast: Cast, bare: Paper) -> None:
    seen = hashlib.sha256(PLAIN).hexdigest()
    other = PLAIN + b"\n"
    assert record(cast.secretary, bare, other, accept="on", seen=seen).status_code == 422
    assert not Issue.objects.exists()


def test_a_broken_signature_is_not_taken_even_when_ticked(cast: Cast, paper: Paper) -> None:
    broken = rewritten(sign(cast, paper))
    response = record(cast.secretary, paper, broken, accept="on")
    assert response.status_code == 422
    assert "không còn nguyên vẹn" in text(response)
    assert not Issue.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"number": ""}, "Hãy điền mục này."),
        ({"number": "0"}, "Số văn bản gồm chữ số"),
        ({"number": "35/QĐ-UBND"}, "Số văn bản gồm chữ số"),
        ({"number": "=1+1"}, "Số văn bản gồm chữ số"),
        ({"number": "١٢"}, "Số văn bản gồm chữ số"),
        ({"issued_on": ""}, "Hãy điền mục này."),
        ({"issued_on": "31/02/2021"}, "Ngày chưa đúng"),
        ({"issued_on": "16/01/2021"}, "sau hôm nay"),
        ({"issued_on": "14/01/2021"}, "trước ngày phê duyệt"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    cast: Cast, bare: Paper, changes: dict[str, str], words: str
) -> None:
    response = record(cast.secretary, bare, **changes)
    assert response.status_code == 422
    assert words in text(response)
    assert not Issue.objects.exists()


def test_recorded_twice_is_refused_with_the_reason(cast: Cast, bare: Paper) -> None:
    record(cast.secretary, bare)
    for response in (record(cast.secretary, bare, number="36"), get(cast.secretary, url(bare))):
        assert response.status_code == 403
        assert "đã được ghi nhận ban hành" in text(response)


def test_an_outdated_paper_is_refused_with_the_reason(cast: Cast, bare: Paper) -> None:
    Paper.objects.filter(pk=bare.pk).update(basis="0" * 64)
    response = record(cast.secretary, bare)
    assert response.status_code == 403
    assert "đã lỗi thời" in text(response)


def test_a_hostile_file_name_is_answered(cast: Cast, bare: Paper) -> None:
    given = {"number": "35", "issued_on": "15/01/2021", "accept": "on"}
    for name in ("<script>.pdf", "a.exe", "\u202efdp.pdf"):
        response = post(cast.secretary, url(bare), file=SimpleUploadedFile(name, PLAIN), **given)
        assert response.status_code in {302, 403, 422}
        assert "<script>.pdf" not in text(response)


def test_the_page_stays_within_its_queries(cast: Cast, bare: Paper) -> None:
    assert queries(cast.secretary, url(bare)) <= 22
