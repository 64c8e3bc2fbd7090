"""The confirmation pages of the moves around a consolidation."""

from __future__ import annotations

from typing import Any

import pytest

from appraisal.models import Mark, StateChange
from appraisal.states import RoundState
from tests.appraisal.council_pages import get, post, text
from tests.appraisal.council_stage import consolidated, convened
from tests.cast import COUNCIL, Cast


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def url(cast: Cast, step: str) -> str:
    return f"/rounds/{cast.round.pk}/{step}/"


def test_convene_asks_once_more_and_then_moves(cast: Cast) -> None:
    assert "Chuyển sang Hội đồng" in text(get(cast.secretary, url(cast, "convene")))
    assert cast.fresh().state == RoundState.OPEN
    assert post(cast.secretary, url(cast, "convene")).status_code == 302
    assert cast.fresh().state == RoundState.COUNCIL


def test_consolidate_moves_and_leads_to_the_table(cast: Cast) -> None:
    convened(cast)
    assert post(cast.secretary, url(cast, "consolidate")).url == url(cast, "table")
    assert cast.fresh().state == RoundState.CONSOLIDATED


def test_consolidate_leads_to_the_list_while_something_blocks(cast: Cast) -> None:
    convened(cast)
    Mark.objects.filter(dossier=cast.dossier, criterion=cast.leaf("2.2")).delete()
    assert post(cast.secretary, url(cast, "consolidate")).url == url(cast, "problems")
    assert cast.fresh().state == RoundState.COUNCIL


@pytest.mark.parametrize("step", ["reopen-team", "return"])
def test_a_step_back_without_reason_says_so_and_moves_nothing(cast: Cast, step: str) -> None:
    if step == "return":
        consolidated(cast)
    else:
        convened(cast)
    before = cast.fresh().state
    response = post(cast.secretary, url(cast, step), reason=" ")
    assert response.status_code == 422
    assert cast.fresh().state == before


def test_a_step_back_keeps_its_reason(cast: Cast) -> None:
    consolidated(cast)
    assert post(cast.chair, url(cast, "return"), reason="Xem lại Sở Tư pháp").status_code == 302
    assert StateChange.objects.get(move="return").reason == "Xem lại Sở Tư pháp"


@pytest.mark.parametrize("step", ["convene", "reopen-team", "consolidate", "return"])
def test_a_step_out_of_turn_or_by_another_is_refused_with_its_reason(cast: Cast, step: str) -> None:
    convened(cast)
    response = get(cast.council_member, url(cast, step))
    assert response.status_code == 403
    assert "thực hiện" in text(response)
