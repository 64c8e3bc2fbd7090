"""Papers: asked for, watched, downloaded."""

from __future__ import annotations

from typing import Any

import pytest

from appraisal.models import Paper
from appraisal.workflow import council
from tests.appraisal.council_pages import get, post, queries, signed_in, text
from tests.appraisal.council_stage import consolidated, convened
from tests.cast import COUNCIL, Cast


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def url(cast: Cast, tail: str = "") -> str:
    return f"/rounds/{cast.round.pk}/papers/{tail}"


@pytest.fixture
def paper(cast: Cast, django_capture_on_commit_callbacks: Any) -> Paper:
    consolidated(cast)
    with django_capture_on_commit_callbacks(execute=True):
        post(cast.secretary, url(cast, "make/"))
    return Paper.objects.get()


def test_make_is_asked_by_post_alone(cast: Cast) -> None:
    consolidated(cast)
    assert get(cast.secretary, url(cast, "make/")).status_code == 405
    assert not Paper.objects.exists()


def test_make_twice_leads_to_the_same_paper(cast: Cast, paper: Paper) -> None:
    response = post(cast.chair, url(cast, "make/"))
    assert response.url == f"/papers/{paper.pk}/"
    assert Paper.objects.count() == 1


def test_make_before_consolidation_is_refused(cast: Cast) -> None:
    convened(cast)
    assert post(cast.secretary, url(cast, "make/")).status_code == 403


def test_show_asks_again_only_while_the_paper_is_made(cast: Cast, paper: Paper) -> None:
    page = f"/papers/{paper.pk}/"
    assert "hx-trigger" not in text(get(cast.secretary, page))
    Paper.objects.update(state="running", progress=40)
    assert 'hx-trigger="load delay:1s"' in text(get(cast.secretary, page))
    fragment = signed_in(cast.secretary).get(page, headers={"HX-Request": "true"})
    assert "<html" not in text(fragment)
    assert 'value="40"' in text(fragment)


def test_show_of_a_failed_paper_offers_to_try_again(cast: Cast, paper: Paper) -> None:
    Paper.objects.update(state="failed", error="Không tạo được văn bản.")
    page = text(get(cast.secretary, f"/papers/{paper.pk}/"))
    assert "Không tạo được văn bản." in page
    assert "Lập lại" in page


def test_download_gives_the_pdf_as_an_attachment_that_runs_nowhere(
    cast: Cast, paper: Paper
) -> None:
    response = get(cast.chair, f"/papers/{paper.pk}/download/")
    content = b"".join(response.streaming_content)
    assert content.startswith(b"%PDF-")
    assert len(content) == int(response["Content-Length"])
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


def test_download_of_an_unfinished_paper_is_not_found(cast: Cast, paper: Paper) -> None:
    Paper.objects.update(state="running")
    assert get(cast.chair, f"/papers/{paper.pk}/download/").status_code == 404


@pytest.mark.parametrize("tail", ["", "download/"])
def test_papers_are_not_for_agencies(cast: Cast, paper: Paper, tail: str) -> None:
    assert get(cast.officer, f"/papers/{paper.pk}/{tail}").status_code == 403
    assert get(cast.nobody, f"/papers/{paper.pk}/{tail}").status_code == 404


def test_the_draft_of_a_returned_consolidation_says_that_it_is_outdated(
    cast: Cast, paper: Paper
) -> None:
    assert "đã lỗi thời" not in text(get(cast.secretary, url(cast)))
    council.return_to_council(cast.chair, cast.round, "Xem lại")
    assert "đã lỗi thời" in text(get(cast.secretary, url(cast)))
    council.consolidate(cast.secretary, cast.round)
    assert "đã lỗi thời" in text(get(cast.secretary, f"/papers/{paper.pk}/"))


def test_list_stays_within_its_queries(cast: Cast, paper: Paper) -> None:
    assert queries(cast.secretary, url(cast)) <= 12
