"""One leaf side by side, and the ruling on it."""

from __future__ import annotations

from typing import Any

import pytest

from appraisal.models import Mark, Meeting, Ruling
from tests.appraisal.council_pages import get, post, text
from tests.appraisal.council_stage import consolidated, convened
from tests.cast import COUNCIL, Cast


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def url(cast: Cast, code: str = "1.1") -> str:
    return f"/dossiers/{cast.dossier.pk}/rulings/{cast.leaf(code).pk}/"


def given(**changed: Any) -> dict[str, Any]:
    return {
        "points": "8,5", "reason": "Chấp nhận giải trình", "version": "0",
        "meeting": Meeting.objects.get().pk, "votes_for": "5",
    } | changed  # fmt: skip


def test_edit_records_the_ruling_and_returns_to_the_leaf_in_the_list(cast: Cast) -> None:
    convened(cast)
    response = post(cast.secretary, url(cast), **given())
    assert response.status_code == 302
    assert response.url.endswith(f"#{cast.dossier.pk}-{cast.leaf('1.1').pk}")
    assert str(Mark.objects.get(dossier=cast.dossier, stage="council").points) == "8.500000"


@pytest.mark.parametrize(
    "changed",
    [
        {"points": ""},
        {"points": "10,01"},
        {"points": "-1"},
        {"points": "NaN"},
        {"points": "1e1"},
        {"reason": "  "},
        {"reason": "nửa \ud800 chữ"},
        {"votes_for": "năm"},
        {"meeting": "999"},
        {"version": "x"},
    ],
    ids=repr,
)
def test_edit_refuses_what_cannot_be_kept(cast: Cast, changed: dict[str, str]) -> None:
    convened(cast)
    data = {key: str(value).encode("utf-8", "surrogatepass") for key, value in given().items()}
    data |= {key: value.encode("utf-8", "surrogatepass") for key, value in changed.items()}
    assert post(cast.secretary, url(cast), **data).status_code == 422
    assert not Ruling.objects.exists()


def test_edit_over_an_unseen_ruling_shows_both_and_saves_neither(cast: Cast) -> None:
    convened(cast)
    post(cast.secretary, url(cast), **given())
    response = post(cast.secretary, url(cast), **given(points="3", reason="Không chấp nhận"))
    page = text(response)
    assert response.status_code == 409
    assert "Không chấp nhận" in page
    assert "Chấp nhận giải trình" in page
    assert 'name="version" value="1"' in page
    assert Ruling.objects.count() == 1
    again = post(
        cast.secretary, url(cast), **given(points="3", reason="Không chấp nhận", version="1")
    )
    assert again.status_code == 302


def test_edit_offers_not_applicable_only_where_the_criterion_allows_it(cast: Cast) -> None:
    convened(cast)
    assert 'name="not_applicable"' not in text(get(cast.secretary, url(cast, "1.1")))
    assert 'name="not_applicable"' in text(get(cast.secretary, url(cast, "1.2")))
    response = post(cast.secretary, url(cast, "1.2"), **given(points="", not_applicable="on"))
    assert response.status_code == 302
    assert Ruling.objects.get().not_applicable


def test_edit_is_read_by_the_chair_who_cannot_write(cast: Cast) -> None:
    convened(cast)
    assert "Việc này do Thư ký Hội đồng thực hiện." in text(get(cast.chair, url(cast)))
    assert post(cast.chair, url(cast), **given()).status_code == 403


def test_edit_after_consolidation_says_what_to_do_first(cast: Cast) -> None:
    consolidated(cast)
    assert "Trả lại Hội đồng trước khi sửa điểm" in text(get(cast.secretary, url(cast)))
    assert post(cast.secretary, url(cast), **given()).status_code == 403


def test_edit_of_a_group_row_is_not_found(cast: Cast) -> None:
    convened(cast)
    assert get(cast.secretary, url(cast, "1")).status_code == 404
