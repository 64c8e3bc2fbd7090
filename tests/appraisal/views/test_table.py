"""The consolidated table and the derivation of its numbers."""

from __future__ import annotations

from typing import Any

import pytest

from appraisal.models import Mark
from tests.appraisal.council_pages import get, queries, text
from tests.appraisal.council_stage import consolidated, convened
from tests.cast import COUNCIL, Cast, build


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def url(cast: Cast) -> str:
    return f"/rounds/{cast.round.pk}/table/"


@pytest.mark.parametrize("view", ["self", "appraised", "final", "difference", "bogus"])
def test_show_has_four_readings(cast: Cast, view: str) -> None:
    convened(cast)
    response = get(cast.council_member, f"{url(cast)}?view={view}")
    assert response.status_code == 200
    assert "Số liệu tạm tính" in text(response)


def test_show_writes_numbers_the_vietnamese_way(cast: Cast) -> None:
    convened(cast)
    page = text(get(cast.chair, url(cast)))
    assert "86,50" in page
    assert "86.50" not in page


def test_show_carries_the_fingerprint_once_consolidated(cast: Cast) -> None:
    made = consolidated(cast)
    assert made.fingerprint[:8] in text(get(cast.chair, url(cast)))


@pytest.mark.parametrize("who", ["officer", "head", "member", "nobody"])
def test_show_is_not_for_agencies_and_team_members(cast: Cast, who: str) -> None:
    convened(cast)
    expected = 404 if who == "nobody" else 403
    assert get(cast.people[who], url(cast)).status_code == expected


def test_show_takes_the_same_queries_for_three_and_thirty(db: None) -> None:
    small = build(3)
    convened(small)
    few = queries(small.chair, url(small))
    Mark.objects.filter(dossier=small.dossier, stage="self").delete()
    assert few <= 12
    assert queries(small.chair, url(small)) == few


@pytest.mark.parametrize("view", ["final", "difference"])
def test_show_stays_within_twelve_queries_for_thirty(db: None, view: str) -> None:
    cast = build(30)
    convened(cast)
    assert queries(cast.chair, f"{url(cast)}?view={view}") <= 12


def test_derivation_shows_steps_stages_and_the_rule(cast: Cast) -> None:
    convened(cast)
    page = text(get(cast.chair, f"{url(cast)}{cast.dossiers['STP'].pk}/"))
    assert 'id="tieu-chi-1.1"' in page
    assert 'id="linh-vuc-2"' in page
    assert "Thiếu kế hoạch" in page
    assert "80,5" in page


def test_derivation_of_a_dossier_of_another_round_is_not_found(cast: Cast) -> None:
    convened(cast)
    assert get(cast.chair, f"/rounds/999/table/{cast.dossier.pk}/").status_code == 404


def test_derivation_is_hidden_from_other_agencies_and_refused_to_the_own(cast: Cast) -> None:
    convened(cast)
    page = f"{url(cast)}{cast.dossier.pk}/"
    assert get(cast.other_officer, page).status_code == 404
    assert get(cast.officer, page).status_code == 403


def test_derivation_takes_the_same_queries_for_one_and_three_rulings(cast: Cast) -> None:
    convened(cast)
    page = f"{url(cast)}{cast.dossiers['STP'].pk}/"
    before = queries(cast.chair, page)
    for code in ("1.2", "2.1"):
        cast.mark(code, "1", "council", cast.dossiers["STP"], reason="Thiếu văn bản")
    assert queries(cast.chair, page) == before
