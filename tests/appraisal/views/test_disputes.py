"""The list of disputes."""

from __future__ import annotations

from typing import Any

import pytest

from appraisal.models import Mark
from tests.appraisal.council_pages import get, queries, text
from tests.appraisal.council_stage import convened
from tests.cast import COUNCIL, Cast


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def url(cast: Cast, query: str = "") -> str:
    return f"/rounds/{cast.round.pk}/disputes/{query}"


def cut(cast: Cast, *codes: str) -> None:
    for code in codes:
        Mark.objects.filter(
            dossier=cast.dossier, criterion=cast.leaf(code), stage="appraisal"
        ).update(points=1, reason="Chưa đủ căn cứ")


def test_list_shows_both_sides_with_the_signed_difference(cast: Cast) -> None:
    convened(cast)
    cut(cast, "1.1")
    page = text(get(cast.secretary, url(cast)))
    assert "−9,00" in page
    assert "hạng 3 → 1" in page
    assert f"/dossiers/{cast.dossier.pk}/rulings/{cast.leaf('1.1').pk}/" in page


def test_list_gives_a_council_member_no_form_but_the_reason(cast: Cast) -> None:
    convened(cast)
    page = text(get(cast.council_member, url(cast)))
    assert "Việc này do Thư ký Hội đồng thực hiện." in page
    assert "/rulings/" not in page


@pytest.mark.parametrize("query", ["?agency=x", "?agency=99", "?field=%00", "?page=zz", "?page=9"])
def test_list_survives_any_filter(cast: Cast, query: str) -> None:
    convened(cast)
    assert get(cast.secretary, url(cast, query)).status_code == 200


def test_list_takes_the_same_queries_for_one_dispute_and_three(cast: Cast) -> None:
    convened(cast)
    one = queries(cast.secretary, url(cast))
    cut(cast, "1.1", "2.2")
    assert queries(cast.secretary, url(cast)) == one
    assert one <= 12
