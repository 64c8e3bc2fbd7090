"""The checklist before consolidation."""

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
    return f"/rounds/{cast.round.pk}/problems/"


def test_show_offers_consolidation_when_nothing_blocks(cast: Cast) -> None:
    convened(cast)
    page = text(get(cast.secretary, url(cast)))
    assert f"/rounds/{cast.round.pk}/consolidate/" in page
    assert "Không còn việc nào" in page


def test_show_lists_what_blocks_with_its_link_and_says_why_the_button_is_missing(
    cast: Cast,
) -> None:
    convened(cast)
    Mark.objects.filter(dossier=cast.dossier, criterion=cast.leaf("2.2")).delete()
    page = text(get(cast.secretary, url(cast)))
    assert "Sở Y tế: còn 1 tiêu chí chưa thẩm định (2.2)" in page
    assert f"/rounds/{cast.round.pk}/table/{cast.dossier.pk}/" in page
    assert f"/rounds/{cast.round.pk}/consolidate/" not in page
    assert "Còn 1 việc phải xử lý trước khi tổng hợp." in page


def test_show_tells_the_chair_who_consolidates(cast: Cast) -> None:
    convened(cast)
    assert "Việc này do Thư ký Hội đồng thực hiện." in text(get(cast.chair, url(cast)))


def test_show_offers_the_way_back_once_consolidated(cast: Cast) -> None:
    consolidated(cast)
    assert f"/rounds/{cast.round.pk}/return/" in text(get(cast.chair, url(cast)))


@pytest.mark.parametrize(
    ("who", "status"), [("officer", 403), ("member", 403), ("administrator", 404)]
)
def test_show_is_for_who_sees_the_table(cast: Cast, who: str, status: int) -> None:
    convened(cast)
    assert get(cast.people[who], url(cast)).status_code == status


@pytest.mark.parametrize("agencies", [3, 30])
def test_show_takes_the_same_queries_for_any_number_of_agencies(db: None, agencies: int) -> None:
    cast = build(agencies)
    convened(cast)
    assert queries(cast.secretary, url(cast)) <= 12
