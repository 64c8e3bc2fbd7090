"""Publishing the result."""

from __future__ import annotations

from typing import Any

import pytest

from appraisal.states import RoundState
from appraisal.workflow import council
from tests.appraisal.council_pages import get, post, text
from tests.appraisal.council_stage import consolidated
from tests.cast import COUNCIL, PASSWORD, Cast


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def url(cast: Cast) -> str:
    return f"/rounds/{cast.round.pk}/publish/"


def test_publish_waits_for_the_approval(cast: Cast) -> None:
    consolidated(cast)
    assert get(cast.secretary, url(cast)).status_code == 403
    assert post(cast.secretary, url(cast)).status_code == 403
    assert cast.fresh().state == RoundState.CONSOLIDATED


def test_publish_asks_once_more_and_then_shows_the_result(cast: Cast) -> None:
    made = consolidated(cast)
    council.approve(cast.chair, cast.round, made.fingerprint, PASSWORD)
    assert "không rút lại được" in text(get(cast.secretary, url(cast)))
    assert cast.fresh().state == RoundState.APPROVED
    assert post(cast.secretary, url(cast)).url == f"/rounds/{cast.round.pk}/results/"
    assert cast.fresh().state == RoundState.PUBLISHED


def test_publish_is_the_secretarys(cast: Cast) -> None:
    made = consolidated(cast)
    council.approve(cast.chair, cast.round, made.fingerprint, PASSWORD)
    assert post(cast.chair, url(cast)).status_code == 403
