"""Explanations over HTTP: shown from the first minute of the window, lost in no collision."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appraisal.models import Citation, Explanation, ExplanationRequest, Round
from appraisal.models.round import AgenciesSee
from appraisal.states import Stage
from tests.appraisal.desk import AUTOSAVE, CORPUS, document, query_count, signed_in, typing
from tests.cast import APPRAISAL, EXPLANATION, REAPPRAISAL, Cast, moment

TEXTS = json.loads((CORPUS / "tables" / "texts.json").read_text(encoding="utf-8"))["cases"]


@pytest.fixture(autouse=True)
def _asked(cast: Cast, clock: Any) -> None:
    cast.mark("1.1", "10", declared={"met": True}, reason="Có quyết định")
    cast.mark("1.1", "4.5", Stage.APPRAISAL, author=cast.member, reason="Ban hành muộn")
    cast.submit()
    ask(cast, "1.1")
    clock.set(EXPLANATION)


def ask(cast: Cast, code: str) -> None:
    ExplanationRequest.objects.create(
        dossier=cast.dossier, criterion=cast.leaf(code), text=f"Hãy giải trình {code}.",
        asked_by=cast.member, asked_at=moment(APPRAISAL),
    )  # fmt: skip


@pytest.fixture
def officer(cast: Cast) -> Client:
    return signed_in(cast.officer)


def list_url(cast: Cast) -> str:
    return reverse("appraisal:explanations-list", args=[cast.dossier.pk])


def url(cast: Cast, code: str = "1.1") -> str:
    return reverse("appraisal:explanations-edit", args=[cast.dossier.pk, cast.leaf(code).pk])


def post(client: Client, where: str, text: str, version: int = 0, fetch: bool = False) -> Any:
    return client.post(where, {"text": text, "version": version}, headers=AUTOSAVE if fetch else {})


def test_list_shows_the_request_and_the_points_that_the_round_lets_be_seen(
    cast: Cast, officer: Client
) -> None:
    page = officer.get(list_url(cast)).content.decode()
    for said in ("Hãy giải trình 1.1.", "10 / 10", "4,5 / 10", "Ban hành muộn", "17:00 08/01/2021"):
        assert said in page
    Round.objects.filter(pk=cast.round.pk).update(agencies_see=AgenciesSee.PUBLISHED)
    page = officer.get(list_url(cast)).content.decode()
    assert "Hãy giải trình 1.1." in page
    assert "4,5" not in page
    assert "Ban hành muộn" not in page


def test_list_is_empty_before_the_window_opens(cast: Cast, officer: Client, clock: Any) -> None:
    clock.set(APPRAISAL)
    page = officer.get(list_url(cast)).content.decode()
    assert "Không có yêu cầu giải trình" in page
    assert "Hãy giải trình" not in page
    assert officer.get(url(cast)).status_code == 404


def test_the_second_appraisal_does_not_show_before_publication(cast: Cast, officer: Client) -> None:
    cast.mark("1.1", "8.25", Stage.REAPPRAISAL, author=cast.member, reason="Chấp nhận một phần")
    assert "8,25" not in officer.get(list_url(cast)).content.decode()
    assert "8,25" in signed_in(cast.lead).get(list_url(cast)).content.decode()


def test_list_takes_the_same_queries_with_one_request_and_with_three(
    cast: Cast, officer: Client
) -> None:
    one = query_count(officer, list_url(cast))
    for code in ("1.2", "2.1"):
        ask(cast, code)
    assert one == query_count(officer, list_url(cast)) <= 15


def test_edit_saves_the_answer(cast: Cast, officer: Client) -> None:
    assert 'name="version" value="0"' in officer.get(url(cast)).content.decode()
    assert post(officer, url(cast), "Văn bản ở phụ lục.").status_code == 302
    answer = Explanation.objects.get()
    assert (answer.text, answer.author, answer.version) == ("Văn bản ở phụ lục.", cast.officer, 1)
    told = post(officer, url(cast), "Văn bản ở phụ lục 2.", 1, fetch=True).json()
    assert (told["ok"], told["version"]) == (True, 2)


def test_edit_conflict_shows_both_texts(cast: Cast, officer: Client) -> None:
    post(signed_in(cast.head), url(cast), "Của thủ trưởng")
    answer = post(officer, url(cast), "Của tôi")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "<td>Của tôi</td><td>Của thủ trưởng</td>" in page
    assert 'name="version" value="1"' in page
    told = post(officer, url(cast), "Của tôi", fetch=True)
    assert told.status_code == 409
    assert told.json()["fields"][0]["theirs"] == "Của thủ trưởng"
    assert post(officer, url(cast), "Của tôi", 1).status_code == 302


def test_edit_after_the_window_is_refused_with_the_minute_and_the_words(
    cast: Cast, officer: Client, clock: Any
) -> None:
    clock.set(REAPPRAISAL)
    answer = post(officer, url(cast), "Gõ chưa kịp gửi")
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "17:00 ngày 08/01/2021" in page
    assert "Gõ chưa kịp gửi" in page
    told = post(officer, url(cast), "Gõ chưa kịp gửi", fetch=True)
    assert "17:00 ngày 08/01/2021" in told.json()["reason"]


def test_edit_of_nothing_is_said_at_the_field(cast: Cast, officer: Client) -> None:
    assert post(officer, url(cast), "  ").status_code == 422
    told = post(officer, url(cast), "", fetch=True)
    assert "text" in told.json()["errors"]


def test_edit_is_not_known_to_another_agency_and_read_only_to_the_team(cast: Cast) -> None:
    stranger = signed_in(cast.other_officer)
    assert stranger.get(url(cast)).status_code == 404
    assert post(stranger, url(cast), "x").status_code == 404
    assert stranger.get(list_url(cast)).status_code == 404
    member = signed_in(cast.member)
    assert "<textarea" not in member.get(url(cast)).content.decode()
    assert post(member, url(cast), "x").status_code == 403


def test_edit_ignores_fields_that_it_does_not_have(cast: Cast, officer: Client) -> None:
    officer.post(
        url(cast),
        {"text": "Đúng", "version": 0, "author": cast.chair.pk, "request": 99, "saved_at": "2019"},
    )
    answer = Explanation.objects.get()
    assert (answer.author, answer.request.criterion) == (cast.officer, cast.leaf("1.1"))


def test_evidence_added_while_explaining_is_marked_as_such(cast: Cast, officer: Client) -> None:
    evidence = document(cast.officer)
    add = reverse("appraisal:citations-add", args=[cast.dossier.pk, cast.leaf("1.1").pk])
    answer = officer.post(add, {"evidence": evidence.pk, "from": "explanation"})
    assert answer.headers["Location"] == url(cast)
    assert Citation.objects.get().is_supplementary
    assert "Kế hoạch" in officer.get(url(cast)).content.decode()


@pytest.mark.parametrize("case", TEXTS, ids=[case["what"] for case in TEXTS])
def test_edit_takes_every_text_as_text(cast: Cast, officer: Client, case: dict[str, Any]) -> None:
    answer = typing(officer, url(cast), text=case["text"])
    assert answer.status_code in {302, 422}
    for where in (url(cast), list_url(cast)):
        page = officer.get(where).content.decode()
        assert "<script>window.__XSS" not in page
        assert "<img src=x" not in page
