"""The published result, its export, the own derivation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from appraisal import trail
from appraisal.models import PastResult
from appraisal.workflow import council
from tests.appraisal.council_pages import get, queries, text
from tests.appraisal.council_stage import consolidated, convened
from tests.cast import COUNCIL, PASSWORD, Cast


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def url(cast: Cast, tail: str = "") -> str:
    return f"/rounds/{cast.round.pk}/results/{tail}"


@pytest.fixture
def published(cast: Cast) -> Cast:
    made = consolidated(cast)
    council.approve(cast.chair, cast.round, made.fingerprint, PASSWORD)
    council.publish(cast.secretary, cast.round)
    return cast


def test_list_before_publication_is_refused_with_the_reason(cast: Cast) -> None:
    made = consolidated(cast)
    assert get(cast.officer, url(cast)).status_code == 403
    council.approve(cast.chair, cast.round, made.fingerprint, PASSWORD)
    refused = get(cast.officer, url(cast))
    assert refused.status_code == 403
    assert "chưa công bố" in text(refused)
    assert get(cast.council_member, url(cast)).status_code == 200


@pytest.mark.parametrize("who", ["officer", "other_head", "member", "chair", "auditor"])
def test_list_is_for_everybody_of_the_round_once_published(published: Cast, who: str) -> None:
    page = text(get(published.people[who], url(published)))
    assert "Sở Tư pháp" in page
    assert "80,50" in page


def test_list_stays_within_its_queries(published: Cast) -> None:
    assert queries(published.officer, url(published)) <= 12


def test_dossier_shows_the_agency_its_own_derivation_without_the_teams_names(
    published: Cast,
) -> None:
    page = text(get(published.officer, f"/dossiers/{published.dossier.pk}/result/"))
    assert "Cách tính chỉ số" in page
    assert "Tổ giúp việc" in page
    assert "Đỗ Minh Tâm" not in page
    assert f"/rounds/{published.round.pk}/papers/" not in page


def test_dossier_shows_what_the_agency_had_the_year_before(published: Cast) -> None:
    page = f"/dossiers/{published.dossier.pk}/result/"
    assert "Năm 2019" not in text(get(published.officer, page))
    PastResult.objects.create(
        jurisdiction=published.jurisdiction, year=2019, agency=published.dossier.agency,
        agency_name="Sở Y tế", total_points=Decimal("84.567"), index=Decimal("84.567"), rank=3,
        grade="Tốt",
    )  # fmt: skip
    assert "Năm 2019: chỉ số 84,57%, hạng 3, xếp loại Tốt." in text(get(published.officer, page))


def test_dossier_of_another_agency_is_not_found(published: Cast) -> None:
    page = f"/dossiers/{published.dossier.pk}/result/"
    assert get(published.other_officer, page).status_code == 404


def test_dossier_before_publication_is_refused_with_the_reason(cast: Cast) -> None:
    consolidated(cast)
    response = get(cast.officer, f"/dossiers/{cast.dossier.pk}/result/")
    assert response.status_code == 403
    assert "sau khi kết quả được công bố" in text(response)


def test_export_json_is_the_text_whose_hash_is_the_fingerprint(cast: Cast) -> None:
    made = consolidated(cast)
    response = get(cast.chair, url(cast, "export/?format=json"))
    assert trail.fingerprint(text(response)) == made.fingerprint
    assert response["Content-Disposition"].startswith("attachment;")


def test_export_csv_has_a_line_for_each_agency_with_decimal_commas(cast: Cast) -> None:
    consolidated(cast)
    lines = text(get(cast.chair, url(cast, "export/"))).removeprefix("\ufeff").splitlines()
    assert len(lines) == 4
    assert lines[3].split(";")[2:5] == ["STP", "Sở Tư pháp", "50,5"]


def test_export_is_not_for_agencies_nor_before_consolidation(published: Cast) -> None:
    assert get(published.officer, url(published, "export/")).status_code == 403


def test_export_before_consolidation_says_what_is_missing(cast: Cast) -> None:
    convened(cast)
    assert "Hãy tổng hợp trước" in text(get(cast.secretary, url(cast, "export/")))
