"""Extensions: one agency, one step, a later minute, a reason; everything else is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from appraisal.models import Event, Extension
from appraisal.states import RoundState
from tests.appraisal.preparing import signed_in, stranger, text_of
from tests.cast import SELF_ASSESSMENT, Cast, moment


@pytest.fixture(autouse=True)
def _while_scoring(clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)


GIVEN = {"step": "self_assessment", "closes_at": "22/12/2020 17:00", "reason": "Mưa lũ"}


def address(cast: Cast) -> str:
    return reverse("appraisal:extensions-new", args=[cast.dossier.pk])


def test_new_gives_one_agency_more_time_and_lists_it(cast: Cast) -> None:
    client = signed_in(cast.secretary)
    assert "17:00 ngày 20/12/2020" in text_of(client.get(address(cast)))
    page = text_of(client.post(address(cast), GIVEN, follow=True))
    assert "Đã gia hạn cho Sở Y tế đến 17:00 ngày 22/12/2020." in page
    assert "Mưa lũ" in page
    extension = Extension.objects.get()
    assert extension.closes_at == moment("2020-12-22 17:00")
    assert (extension.dossier, extension.granted_by) == (cast.dossier, cast.secretary)
    assert Event.objects.get().action == "dossier.extended"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reason": "  "}, "Hãy điền mục này."),
        ({"closes_at": "20/12/2020 17:00"}, "sau hạn hiện tại (17:00 ngày 20/12/2020)"),
        ({"closes_at": "mai"}, "Hãy viết ngày/tháng/năm giờ:phút"),
        ({"step": "appraisal"}, "không có trong danh sách"),
    ],
)
def test_new_refuses_what_is_no_extension(cast: Cast, change: dict[str, str], said: str) -> None:
    answer = signed_in(cast.secretary).post(address(cast), GIVEN | change)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Extension.objects.exists()


def test_new_ignores_who_and_for_whom_are_posted(cast: Cast) -> None:
    extra = {"dossier": cast.dossiers["STP"].pk, "granted_by": cast.chair.pk}
    signed_in(cast.secretary).post(address(cast), {**GIVEN, **extra})
    extension = Extension.objects.get()
    assert (extension.dossier, extension.granted_by) == (cast.dossier, cast.secretary)


@pytest.mark.parametrize("who", ["lead", "member", "chair", "auditor", "officer", "head"])
def test_only_the_secretary_extends(cast: Cast, who: str) -> None:
    answer = signed_in(cast.people[who]).post(address(cast), GIVEN)
    assert answer.status_code == 403
    assert "Thư ký Hội đồng" in text_of(answer)


def test_a_dossier_of_others_is_not_there(cast: Cast) -> None:
    for user in (cast.other_officer, cast.administrator, stranger(cast)):
        assert signed_in(user).get(address(cast)).status_code == 404


def test_no_extension_once_the_council_sits(cast: Cast) -> None:
    cast.put(RoundState.COUNCIL)
    answer = signed_in(cast.secretary).get(address(cast))
    assert answer.status_code == 403
    assert "Hội đồng xem xét" in text_of(answer)
