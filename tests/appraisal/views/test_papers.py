"""Papers: asked for one by one or all at once, watched, downloaded, left behind by the data."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.db import transaction

from appraisal import tasks
from appraisal.models import Paper
from appraisal.models.papers import DOSSIER_KINDS, PaperKind
from appraisal.workflow import council
from appraisal.workflow import papers as workflow
from tests.appraisal.council_pages import get, post, queries, signed_in, text
from tests.appraisal.council_stage import consolidated, convened
from tests.cast import COUNCIL, PASSWORD, Cast, build


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def url(cast: Cast, tail: str = "") -> str:
    return f"/rounds/{cast.round.pk}/papers/{tail}"


@pytest.fixture
def paper(cast: Cast) -> Paper:
    consolidated(cast)
    post(cast.secretary, url(cast, "make/"))
    made = Paper.objects.get()
    tasks.make_paper(made.pk)
    made.refresh_from_db()
    return made


# --- One -----------------------------------------------------------------------------------------
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


@pytest.mark.parametrize(
    "sent",
    [{"kind": "contract"}, {"kind": "score_sheet"}, {"kind": "score_sheet", "dossier": "x"},
     {"kind": "score_sheet", "dossier": "999999"}],
)  # fmt: skip
def test_make_of_nothing_known_is_not_found(cast: Cast, sent: dict[str, str]) -> None:
    consolidated(cast)
    assert signed_in(cast.secretary).post(url(cast, "make/"), sent).status_code == 404


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


@pytest.mark.parametrize(
    ("format", "begins", "content_type"),
    [
        ("pdf", b"%PDF-", "application/pdf"),
        (
            "docx",
            b"PK\x03\x04",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
def test_download_gives_an_attachment_that_runs_nowhere(
    cast: Cast, paper: Paper, format: str, begins: bytes, content_type: str
) -> None:
    response = get(cast.chair, f"/papers/{paper.pk}/download/{format}/")
    content = b"".join(response.streaming_content)
    assert content.startswith(begins)
    assert len(content) == int(response["Content-Length"])
    assert response["Content-Disposition"].startswith("attachment;")
    assert f"quyet-dinh-phe-duyet-ket-qua-2020-lan-1.{format}" in response["Content-Disposition"]
    assert response["Content-Type"] == content_type
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


@pytest.mark.parametrize("format", ["zip", "signed", "exe"])
def test_download_of_a_format_that_is_not_there_is_not_found(
    cast: Cast, paper: Paper, format: str
) -> None:
    assert get(cast.chair, f"/papers/{paper.pk}/download/{format}/").status_code == 404


@pytest.mark.parametrize("tail", ["", "download/pdf/"])
def test_papers_of_the_round_are_not_for_agencies(cast: Cast, paper: Paper, tail: str) -> None:
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
    assert "Lập bản mới" in text(get(cast.secretary, f"/papers/{paper.pk}/"))


# --- All of them ---------------------------------------------------------------------------------
def test_all_papers_of_the_round_in_one_press_and_one_file(cast: Cast) -> None:
    consolidated(cast)
    assert post(cast.secretary, url(cast, "make-all/")).status_code == 302
    kinds = set(Paper.objects.values_list("kind", flat=True))
    assert kinds == set(PaperKind.values) - DOSSIER_KINDS
    post(cast.secretary, url(cast, "make-all/"))
    assert Paper.objects.count() == len(kinds)
    assert "Tải trọn bộ" not in text(get(cast.secretary, url(cast)))
    for paper in Paper.objects.all():
        tasks.make_paper(paper.pk)
    assert set(Paper.objects.values_list("state", flat=True)) == {"done"}
    assert "Tải trọn bộ" in text(get(cast.secretary, url(cast)))
    response = get(cast.secretary, url(cast, "bundle/"))
    names = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))).namelist()
    assert names[0].startswith("01-quyet-dinh")
    assert {name.rpartition(".")[2] for name in names} == {"pdf", "docx", "zip"}
    assert len(names) == len(set(names))


def test_what_may_not_be_made_yet_says_why(cast: Cast) -> None:
    convened(cast)
    page = text(get(cast.secretary, url(cast)))
    assert "Văn bản này được lập từ kết quả đã tổng hợp." in page
    post(cast.secretary, url(cast, "make-all/"))
    assert list(Paper.objects.values_list("kind", flat=True)) == [PaperKind.MINUTES]


def test_no_bundle_before_anything_is_made(cast: Cast) -> None:
    consolidated(cast)
    assert get(cast.secretary, url(cast, "bundle/")).status_code == 404


# --- One agency ----------------------------------------------------------------------------------
def test_an_agency_makes_its_own_report_and_reads_the_rest_once_published(cast: Cast) -> None:
    page = f"/dossiers/{cast.dossier.pk}/papers/"
    shown = text(get(cast.officer, page))
    assert "Báo cáo tự đánh giá" in shown
    assert "sau khi kết quả được công bố" in shown
    sent = {"kind": "self_report", "dossier": cast.dossier.pk}
    answer = signed_in(cast.officer).post(url(cast, "make/"), sent)
    made = Paper.objects.get()
    assert answer["Location"] == f"/papers/{made.pk}/"
    tasks.make_paper(made.pk)
    assert get(cast.officer, f"/papers/{made.pk}/download/pdf/").status_code == 200
    assert get(cast.other_officer, f"/papers/{made.pk}/").status_code == 403
    other = {"kind": "score_sheet", "dossier": cast.dossier.pk}
    assert signed_in(cast.officer).post(url(cast, "make/"), other).status_code == 403


def test_what_was_made_on_the_way_stays_with_the_council_when_the_result_is_published(
    cast: Cast,
) -> None:
    sent = {"kind": "score_sheet", "dossier": cast.dossier.pk}
    convened(cast)
    signed_in(cast.secretary).post(url(cast, "make/"), sent)
    sealed = council.consolidate(cast.secretary, cast.round)
    signed_in(cast.secretary).post(url(cast, "make/"), sent)
    council.approve(cast.chair, cast.round, sealed.fingerprint, PASSWORD)
    council.publish(cast.secretary, cast.fresh())
    draft, final = Paper.objects.order_by("pk")
    shown = text(get(cast.officer, f"/dossiers/{cast.dossier.pk}/papers/"))
    assert f"/papers/{final.pk}/" in shown
    assert f"/papers/{draft.pk}/" not in shown
    assert get(cast.officer, f"/papers/{final.pk}/").status_code == 200
    assert get(cast.officer, f"/papers/{draft.pk}/").status_code == 403
    assert get(cast.auditor, f"/papers/{draft.pk}/").status_code == 200


# --- Queries -------------------------------------------------------------------------------------
def made(cast: Cast) -> None:
    """A paper of every kind, and those of every agency."""
    post(cast.secretary, url(cast, "make-all/"))
    for dossier in cast.dossiers.values():
        for kind in sorted(DOSSIER_KINDS):
            sent = {"kind": kind, "dossier": dossier.pk}
            assert signed_in(cast.secretary).post(url(cast, "make/"), sent).status_code == 302


def changed(cast: Cast) -> None:
    """The names on every paper are others: what was made is left behind."""
    province = cast.fresh().jurisdiction
    names = workflow.LetterheadInput("tỉnh", "Kon Tum", f"{province.place} I", province.council)
    workflow.save_letterhead(cast.secretary, names, seen=workflow.letterhead_state(province))


def test_pages_ask_the_same_of_one_paper_of_a_kind_and_of_three(cast: Cast) -> None:
    consolidated(cast)
    made(cast)
    changed(cast)
    made(cast)
    before = asked(cast)
    for _again in range(2):
        changed(cast)
        made(cast)
    assert Paper.objects.filter(kind=PaperKind.MINUTES).count() == 4
    assert asked(cast) == before
    assert max(before) <= 30


def asked(cast: Cast) -> list[int]:
    """The queries of the list, of an agency's papers, of one paper that stands."""
    last = Paper.objects.filter(kind=PaperKind.DECISION).latest("pk")
    pages = (url(cast), f"/dossiers/{cast.dossier.pk}/papers/", f"/papers/{last.pk}/")
    return [queries(cast.secretary, page) for page in pages]


@pytest.mark.django_db
def test_pages_ask_the_same_of_three_agencies_and_of_nine() -> None:
    found = []
    for agencies in (3, 9):
        with transaction.atomic():
            cast = build(agencies)
            consolidated(cast)
            made(cast)
            found.append(asked(cast))
            transaction.set_rollback(True)
    assert found[0] == found[1]
