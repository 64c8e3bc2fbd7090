"""Sending a dossier back: the page asks for reason and moment, and only the lead gets it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appraisal.models import Extension
from appraisal.states import DossierState
from tests.appraisal.desk import CORPUS, signed_in, typing
from tests.cast import APPRAISAL, Cast, moment

TEXTS = json.loads((CORPUS / "tables" / "texts.json").read_text(encoding="utf-8"))["cases"]


@pytest.fixture(autouse=True)
def _submitted(cast: Cast, clock: Any) -> None:
    clock.set(APPRAISAL)
    cast.submit()


@pytest.fixture
def lead(cast: Cast) -> Client:
    return signed_in(cast.lead)


def address(cast: Cast) -> str:
    return reverse("appraisal:dossiers-send-back", args=[cast.dossier.pk])


def test_send_back_tells_what_follows_and_until_when(cast: Cast, lead: Client) -> None:
    page = lead.get(address(cast)).content.decode()
    assert "Trả lại hồ sơ của Sở Y tế" in page
    assert "17:00 ngày 20/12/2020" in page
    assert "17:00 ngày 04/01/2021" in page


def test_send_back_returns_the_dossier_with_a_new_last_moment(cast: Cast, lead: Client) -> None:
    answer = lead.post(
        address(cast), {"closes_at": "30/12/2020 17:00", "reason": "Thiếu phụ lục", "state": "x"}
    )
    assert answer.status_code == 302
    cast.dossier.refresh_from_db()
    assert cast.dossier.state == DossierState.RETURNED
    assert Extension.objects.get().closes_at == moment("2020-12-30 17:00")


@pytest.mark.parametrize(
    ("closes_at", "reason"),
    [
        ("", "Thiếu"),
        ("30/12/2020", "Thiếu"),
        ("31/02/2021 10:00", "Thiếu"),
        ("27/12/2020 17:00", "Thiếu"),
        ("30/12/2020 17:00", " "),
    ],
)
def test_send_back_says_what_is_wrong_at_the_field(
    cast: Cast, lead: Client, closes_at: str, reason: str
) -> None:
    answer = lead.post(address(cast), {"closes_at": closes_at, "reason": reason})
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    cast.dossier.refresh_from_db()
    assert cast.dossier.state == DossierState.SUBMITTED


@pytest.mark.parametrize(
    ("who", "status"),
    [("member", 403), ("secretary", 403), ("head", 403), ("nobody", 404), ("other_head", 404)],
)
def test_send_back_is_the_leads(cast: Cast, who: str, status: int) -> None:
    client = signed_in(cast.people[who])
    assert client.get(address(cast)).status_code == status
    assert client.post(address(cast), {"reason": "x"}).status_code == status


@pytest.mark.parametrize("case", TEXTS, ids=[case["what"] for case in TEXTS])
def test_hostile_reasons_are_kept_inert_or_refused_never_an_error(
    cast: Cast, lead: Client, case: dict[str, Any]
) -> None:
    answer = typing(lead, address(cast), closes_at="30/12/2020 17:00", reason=case["text"])
    assert answer.status_code in {302, 422}
    if answer.status_code == 422:
        assert "<script>window.__XSS" not in answer.content.decode()
