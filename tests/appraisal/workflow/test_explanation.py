"""The rules of an explanation: asked for, in time, never overwriting somebody else's words."""

from __future__ import annotations

from typing import Any

import pytest

from agencies.verdict import Refusal
from appraisal.models import Event, Explanation, ExplanationRequest
from appraisal.workflow.acting import Invalid
from appraisal.workflow.explanation import ExplanationConflict, save_explanation
from tests.cast import APPRAISAL, EXPLANATION, REAPPRAISAL, Cast, moment


@pytest.fixture(autouse=True)
def _asked(cast: Cast, clock: Any) -> None:
    cast.submit()
    ExplanationRequest.objects.create(
        dossier=cast.dossier, criterion=cast.leaf("1.1"), text="Thiếu văn bản ban hành.",
        asked_by=cast.member, asked_at=moment(APPRAISAL),
    )  # fmt: skip
    clock.set(EXPLANATION)


def save(cast: Cast, text: str, version: int = 0, who: str = "officer") -> Explanation:
    return save_explanation(cast.people[who], cast.dossier, cast.leaf("1.1"), text, version=version)


def test_an_answer_is_kept_with_its_words_in_the_trail(cast: Cast) -> None:
    answer = save(cast, "Văn bản ở phụ lục 2.")
    assert (answer.version, answer.author) == (1, cast.officer)
    event = Event.objects.get(action="explanation.saved")
    assert event.data["text"] == "Văn bản ở phụ lục 2."


def test_the_same_answer_again_changes_nothing(cast: Cast) -> None:
    save(cast, "Một")
    assert save(cast, "Một").version == 1
    assert Event.objects.filter(action="explanation.saved").count() == 1


def test_an_answer_that_somebody_else_changed_is_a_conflict(cast: Cast) -> None:
    save(cast, "Của thủ trưởng", who="head")
    with pytest.raises(ExplanationConflict) as conflict:
        save(cast, "Của cán bộ")
    assert conflict.value.current is not None
    assert conflict.value.current.text == "Của thủ trưởng"
    assert save(cast, "Của cán bộ", version=1).version == 2


def test_an_empty_answer_is_not_kept(cast: Cast) -> None:
    with pytest.raises(Invalid) as invalid:
        save(cast, "")
    assert "text" in invalid.value.errors


def test_a_leaf_that_nobody_asked_about_is_not_explained(cast: Cast) -> None:
    with pytest.raises(Refusal, match="không có yêu cầu"):
        save_explanation(cast.officer, cast.dossier, cast.leaf("1.2"), "x", version=0)


def test_after_the_window_the_refusal_says_the_minute(cast: Cast, clock: Any) -> None:
    clock.set(REAPPRAISAL)
    with pytest.raises(Refusal, match="17:00 ngày 08/01/2021"):
        save(cast, "Muộn")


def test_another_agency_does_not_explain(cast: Cast) -> None:
    with pytest.raises(Refusal):
        save(cast, "x", who="other_officer")
