"""The first page: each role finds its work there."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from appraisal.models import ExplanationRequest
from appraisal.states import RoundState
from tests.appraisal.desk import signed_in
from tests.cast import APPRAISAL, EXPLANATION, SELF_ASSESSMENT, Cast, moment


@pytest.fixture(autouse=True)
def _while_scoring(clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)


def home(cast: Cast, who: str) -> str:
    page: str = signed_in(cast.people[who]).get("/").content.decode()
    return page


def test_show_says_what_to_do_now_until_when_and_how_much_is_done(cast: Cast) -> None:
    cast.mark("1.1", "10", declared={"met": True})
    cast.mark("2.2", "20", reason="Có")
    page = home(cast, "officer")
    assert "17:00 20/12/2020" in page
    assert "Chấm tiếp tiêu chí 1.1" in page
    assert "1/4 tiêu chí" in page
    assert page.count("btn btn-primary") == 1


def test_show_asks_the_head_to_submit_when_nothing_is_missing(cast: Cast) -> None:
    for code, points, declared in (
        ("1.1", "10", {"met": True}), ("1.2", "30", {"total": "1", "done": "1"}),
        ("2.1", "5", {"late": 0, "missing": 0}), ("2.2", "20", {}),
    ):  # fmt: skip
        cast.mark(code, points, declared=declared, reason="Có")
    assert "Kiểm tra và gửi hồ sơ" in home(cast, "head")
    assert "trình thủ trưởng cơ quan" in home(cast, "officer")


def test_show_counts_explanations_only_once_their_window_is_open(cast: Cast, clock: Any) -> None:
    cast.submit()
    ExplanationRequest.objects.create(
        dossier=cast.dossier, criterion=cast.leaf("1.1"), text="Vì sao?", asked_by=cast.member,
        asked_at=moment(APPRAISAL),
    )  # fmt: skip
    clock.set(APPRAISAL)
    assert "cần giải trình." not in home(cast, "officer")
    clock.set(EXPLANATION)
    page = home(cast, "officer")
    assert "Có 1 tiêu chí cần giải trình." in page
    assert "17:00 08/01/2021" in page


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("member", "bench-show"),
        ("lead", "progress-show"),
        ("secretary", "rounds-show"),
        ("secretary", "problems-show"),
        ("chair", "table-show"),
        ("council_member", "disputes-list"),
        ("auditor", "table-show"),
    ],
)
def test_show_leads_every_seat_to_its_work(cast: Cast, who: str, name: str) -> None:
    assert f'<a href="{reverse(f"appraisal:{name}", args=[cast.round.pk])}">' in home(cast, who)


def test_show_leads_the_chair_to_the_approval_when_there_is_one(cast: Cast) -> None:
    where = reverse("appraisal:approvals-new", args=[cast.round.pk])
    assert where not in home(cast, "chair")
    cast.put(RoundState.CONSOLIDATED)
    assert where in home(cast, "chair")


def test_show_sends_the_administrator_to_the_accounts(cast: Cast) -> None:
    answer = signed_in(cast.administrator).get("/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("agencies:people")


def test_show_says_what_to_do_where_there_is_nothing_to_do(cast: Cast) -> None:
    assert "Chưa có việc nào dành cho ông/bà" in home(cast, "nobody")


@pytest.mark.parametrize("chosen", ["", "x", "0", "99999999999999999999", "-1", "²"])
def test_show_ignores_a_round_that_is_not_known(cast: Cast, chosen: str) -> None:
    answer = signed_in(cast.officer).get("/", {"round": chosen})
    assert answer.status_code == 200
    assert "Sở Y tế" in answer.content.decode()


def test_show_wants_a_sign_in(cast: Cast, client: Any) -> None:
    assert client.get("/").status_code == 302
