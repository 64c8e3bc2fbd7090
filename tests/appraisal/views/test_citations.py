"""Citing from the library, saying where to look, taking a citation away."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appraisal.models import Citation
from appraisal.workflow import evidence as workflow
from tests.appraisal.desk import document, signed_in
from tests.cast import SELF_ASSESSMENT, Cast


@pytest.fixture(autouse=True)
def _while_scoring(clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)


@pytest.fixture
def officer(cast: Cast) -> Client:
    return signed_in(cast.officer)


def add_url(cast: Cast) -> str:
    return reverse("appraisal:citations-add", args=[cast.dossier.pk, cast.leaf("1.1").pk])


def test_add_cites_a_document_of_the_library_with_its_pages(cast: Cast, officer: Client) -> None:
    evidence = document(cast.officer)
    page = officer.get(
        reverse("appraisal:marks-edit", args=[cast.dossier.pk, cast.leaf("1.1").pk]),
        {"pick": "1", "q": "KE HOACH"},
    ).content.decode()
    assert f'<option value="{evidence.pk}">' in page
    data = {"evidence": evidence.pk, "pages": "3, 5-7", "note": "xem bảng 2"}
    assert officer.post(add_url(cast), data).status_code == 302
    assert officer.post(add_url(cast), data).status_code == 302
    citation = Citation.objects.get()
    assert (citation.pages, citation.note, citation.cited_by) == (
        "3, 5-7", "xem bảng 2", cast.officer,
    )  # fmt: skip


@pytest.mark.parametrize("evidence", ["", "x", "-1", "99999999999999999999"])
def test_add_of_nothing_is_a_sentence(cast: Cast, officer: Client, evidence: str) -> None:
    answer = officer.post(add_url(cast), {"evidence": evidence}, follow=True)
    assert "Hãy chọn một tài liệu" in answer.content.decode()
    assert not Citation.objects.exists()


def test_add_of_another_agencys_document_is_not_found(cast: Cast, officer: Client) -> None:
    theirs = document(cast.other_officer)
    assert officer.post(add_url(cast), {"evidence": theirs.pk}).status_code == 404


def test_add_by_others_is_not_found_or_refused(cast: Cast) -> None:
    assert signed_in(cast.other_officer).post(add_url(cast)).status_code == 404
    assert signed_in(cast.member).post(add_url(cast)).status_code == 403


def test_edit_says_on_which_pages_to_look(cast: Cast, officer: Client) -> None:
    leaf = cast.leaf("1.1")
    citation = workflow.cite(cast.officer, cast.dossier, leaf, document(cast.officer))
    where = reverse("appraisal:citations-edit", args=[citation.pk])
    assert officer.get(where).status_code == 200
    refused = officer.post(where, {"pages": "trang ba"})
    assert refused.status_code == 422
    assert "trang ba" in refused.content.decode()
    assert officer.post(where, {"pages": "12-14", "note": ""}).status_code == 302
    citation.refresh_from_db()
    assert (citation.pages, citation.first_page) == ("12-14", 12)


def test_edit_and_remove_are_not_known_to_another_agency(cast: Cast) -> None:
    leaf = cast.leaf("1.1")
    citation = workflow.cite(cast.officer, cast.dossier, leaf, document(cast.officer))
    stranger = signed_in(cast.other_officer)
    for name in ("citations-edit", "citations-remove"):
        where = reverse(f"appraisal:{name}", args=[citation.pk])
        assert stranger.post(where).status_code == 404
    assert Citation.objects.exists()


def test_remove_takes_the_citation_and_leaves_the_document(cast: Cast, officer: Client) -> None:
    leaf = cast.leaf("1.1")
    citation = workflow.cite(cast.officer, cast.dossier, leaf, document(cast.officer))
    where = reverse("appraisal:citations-remove", args=[citation.pk])
    assert officer.get(where).status_code == 405
    page = officer.post(where, follow=True).content.decode()
    assert "Tài liệu vẫn còn trong thư viện" in page
    assert not Citation.objects.exists()


def test_remove_from_a_submitted_dossier_is_refused(cast: Cast, officer: Client) -> None:
    leaf = cast.leaf("1.1")
    citation = workflow.cite(cast.officer, cast.dossier, leaf, document(cast.officer))
    cast.submit()
    answer = officer.post(reverse("appraisal:citations-remove", args=[citation.pk]))
    assert answer.status_code == 403
    assert "đã gửi" in answer.content.decode()
