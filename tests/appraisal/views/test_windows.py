"""The windows of the steps: typed in Vietnam time, shown to the minute, reasoned once open."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from appraisal.models import Event, Window
from appraisal.states import RoundState, Step
from tests.appraisal.preparing import BEFORE, drafted, signed_in, text_of
from tests.cast import SELF_ASSESSMENT, WINDOWS, Cast, moment


def typed(**changes: str) -> dict[str, str]:
    data = {}
    for step, (opens, closes) in WINDOWS.items():
        for name, text in (("opens", opens), ("closes", closes)):
            data[f"{step}_{name}"] = moment(text).strftime("%d/%m/%Y %H:%M")
    return data | changes


@pytest.fixture
def draft(cast: Cast, clock: Any) -> Cast:
    clock.set(BEFORE)
    drafted(cast)
    return cast


def address(cast: Cast) -> str:
    return reverse("appraisal:windows-edit", args=[cast.round.pk])


def closes(cast: Cast) -> Any:
    return Window.objects.get(round=cast.round, step=Step.SELF_ASSESSMENT).closes_at


def test_edit_shows_every_step_with_its_exact_minute(draft: Cast) -> None:
    page = text_of(signed_in(draft.secretary).get(address(draft)))
    assert "Hiện đóng lúc 17:00 ngày 20/12/2020" in page
    assert 'value="20/12/2020 17:00"' in page
    assert page.count('name="council_') == 2


def test_edit_saves_what_was_typed_as_vietnam_time(draft: Cast) -> None:
    data = typed(self_assessment_closes="22/12/2020 16:30", appraisal_opens="23/12/2020 7:00")
    assert signed_in(draft.secretary).post(address(draft), data).status_code == 302
    assert closes(draft) == moment("2020-12-22 16:30")
    assert Event.objects.get().action == "round.windows"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("31/11/2020 17:00", "Hãy viết ngày/tháng/năm giờ:phút"),
        ("2020-12-20 17:00", "Hãy viết ngày/tháng/năm giờ:phút"),
        ("20/12/2020 24:00", "Hãy viết ngày/tháng/năm giờ:phút"),
        ("20/12/0020 17:00", "Hãy viết ngày/tháng/năm giờ:phút"),
        ("٢٠/12/2020 17:00", "Hãy viết ngày/tháng/năm giờ:phút"),
        ("\x07", "Hãy viết ngày/tháng/năm giờ:phút"),
        ("", "Hãy điền mục này."),
        ("01/12/2020 07:00", "Thời điểm đóng phải sau thời điểm mở."),
    ],
)
def test_edit_refuses_what_is_no_moment_and_keeps_the_stored_one(
    draft: Cast, text: str, said: str
) -> None:
    data = typed(self_assessment_closes=text)
    answer = signed_in(draft.secretary).post(address(draft), data)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert closes(draft) == moment("2020-12-20 17:00")


def test_a_step_without_times_may_stay_empty_but_not_half(draft: Cast) -> None:
    Window.objects.filter(step=Step.COUNCIL).delete()
    client = signed_in(draft.secretary)
    empty = typed(council_opens="", council_closes="")
    assert client.post(address(draft), empty).status_code == 302
    half = client.post(address(draft), typed(council_opens="15/01/2021 07:00", council_closes=""))
    assert half.status_code == 422
    assert "cả thời điểm mở và thời điểm đóng" in text_of(half)


def test_an_open_rounds_window_moves_only_with_a_reason(cast: Cast, clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)
    client = signed_in(cast.secretary)
    data = typed(self_assessment_closes="20/12/2020 20:00")
    answer = client.post(address(cast), data)
    assert answer.status_code == 422
    assert "đổi thời gian cần nêu lý do" in text_of(answer)
    assert client.post(address(cast), data | {"reason": "Mất điện"}).status_code == 302
    assert closes(cast) == moment("2020-12-20 20:00")
    assert Event.objects.get().data["reason"] == "Mất điện"


def test_windows_stand_still_once_the_council_sits(cast: Cast) -> None:
    cast.put(RoundState.COUNCIL)
    client = signed_in(cast.secretary)
    assert "không đổi thời gian được nữa" in text_of(client.get(address(cast)))
    assert client.post(address(cast), typed()).status_code == 403
