"""The timeline of a dossier: the agency reads its own acts, and the team's once it may."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from appraisal import trail
from appraisal.models import ExplanationRequest, Round
from appraisal.models.round import AgenciesSee
from appraisal.states import RoundState
from appraisal.workflow import evidence, self_assessment
from appraisal.workflow.acting import MarkInput
from tests.appraisal.desk import document, query_count, signed_in
from tests.cast import APPRAISAL, EXPLANATION, SELF_ASSESSMENT, Cast, moment


@pytest.fixture(autouse=True)
def _history(cast: Cast, clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)
    given = MarkInput(Decimal("7.5"), {"met": True}, "Đang làm")
    self_assessment.save_self_score(cast.officer, cast.dossier, cast.leaf("1.1"), given, version=0)
    evidence.cite(cast.officer, cast.dossier, cast.leaf("1.1"), document(cast.officer))
    self_assessment.submit(cast.head, cast.dossier)
    for code in ("1.1", "2.1"):
        trail.record(
            cast.dossier, cast.member, "mark.appraisal", f"Thẩm định {code}",
            at=moment(APPRAISAL), data={"criterion": code, "reason": f"Nhận xét {code}"},
        )  # fmt: skip
    trail.record(
        cast.dossier, cast.member, "explanation.asked", "Yêu cầu giải trình 1.1",
        at=moment(APPRAISAL), data={"criterion": "1.1"},
    )  # fmt: skip
    ExplanationRequest.objects.create(
        dossier=cast.dossier, criterion=cast.leaf("1.1"), text="Vì sao?", asked_by=cast.member,
        asked_at=moment(APPRAISAL),
    )  # fmt: skip


def read(cast: Cast, who: str) -> str:
    where = reverse("appraisal:trail-dossier", args=[cast.dossier.pk])
    page: str = signed_in(cast.people[who]).get(where).content.decode()
    return page


def test_dossier_shows_the_agency_its_own_acts_and_nothing_of_the_team(
    cast: Cast, clock: Any
) -> None:
    clock.set(APPRAISAL)
    page = read(cast, "officer")
    for said in (
        "Tự chấm: Lưu điểm tiêu chí 1.1 – 7,5 điểm",
        "Viện dẫn “Kế hoạch” ở 1.1",
        "Gửi hồ sơ tự chấm điểm",
    ):
        assert said in page
    assert "Thẩm định 1.1" not in page
    assert "Yêu cầu giải trình" not in page


def test_dossier_shows_the_requested_leaves_from_the_explanation_on(cast: Cast, clock: Any) -> None:
    clock.set(EXPLANATION)
    page = read(cast, "officer")
    assert "Yêu cầu giải trình 1.1" in page
    assert "Nhận xét 1.1" in page
    assert "Nhận xét 2.1" not in page


def test_dossier_shows_all_appraisals_where_the_round_says_so(cast: Cast, clock: Any) -> None:
    Round.objects.filter(pk=cast.round.pk).update(agencies_see=AgenciesSee.APPRAISAL)
    clock.set(EXPLANATION)
    page = read(cast, "officer")
    assert "Nhận xét 2.1" in page


def test_dossier_shows_everything_after_publication_and_to_who_has_a_seat(cast: Cast) -> None:
    assert "Nhận xét 2.1" in read(cast, "auditor")
    cast.put(RoundState.PUBLISHED)
    assert "Nhận xét 2.1" in read(cast, "officer")


def test_dossier_is_not_known_to_another_agency(cast: Cast) -> None:
    where = reverse("appraisal:trail-dossier", args=[cast.dossier.pk])
    assert signed_in(cast.other_officer).get(where).status_code == 404


def test_dossier_takes_the_same_queries_with_few_events_and_with_many(cast: Cast) -> None:
    where = reverse("appraisal:trail-dossier", args=[cast.dossier.pk])
    client = signed_in(cast.auditor)
    few = query_count(client, where)
    for number in range(60):
        trail.record(
            cast.dossier, cast.member, "mark.appraisal", f"Số {number}", at=moment(APPRAISAL)
        )
    assert few == query_count(client, where) <= 8
    assert "Trang 1/2" in client.get(where).content.decode()
