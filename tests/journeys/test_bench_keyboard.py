"""An appraiser finishes the whole queue without ever touching a mouse."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from appraisal.models import ExplanationRequest, Mark
from appraisal.queries.bench import queue
from appraisal.states import Stage
from tests.cast import APPRAISAL, Cast
from tests.conftest import Clock
from tests.journeys.conftest import Visit

pytestmark = pytest.mark.journey

REASON = "Chưa có tài liệu kiểm chứng."
REQUEST = "Đề nghị bổ sung báo cáo có số liệu."


def hand_in(cast: Cast) -> None:
    """Three dossiers, submitted, each with self-scores."""
    for dossier in cast.dossiers.values():
        for code, points in (("1.1", "10"), ("1.2", "27"), ("2.1", "4.5"), ("2.2", "15")):
            cast.mark(code, points, Stage.SELF, dossier)
        cast.mark("T", "0", Stage.SELF, dossier)
        cast.submit(dossier)


def items_of(cast: Cast) -> int:
    """How many leaves of dossiers the member has to appraise."""
    found = queue(cast.round, cast.member, Stage.APPRAISAL, walk="criterion", everything=False)
    assert found is not None
    return sum(len(line) for line in found.lines)


def is_saved(page: Page) -> None:
    expect(page.locator("[data-save-pill]")).to_have_attribute("data-state", "saved")


def go(page: Page, *keys: str) -> None:
    """Press the keys, the last of which leads to another item."""
    page.wait_for_load_state()  # keys work once the page's scripts are there
    here = page.url
    for key in keys:
        page.keyboard.press(key)
    expect(page).not_to_have_url(here)
    expect(page.locator("#mark-form")).to_be_visible()


def test_a_queue_is_finished_by_keyboard(cast: Cast, clock: Clock, visit: Visit) -> None:
    hand_in(cast)
    clock.set(APPRAISAL)
    wanted = items_of(cast)
    assert wanted >= 6
    page = visit(cast.member).open("bench-show", cast.round.pk)
    keyboard = page.keyboard

    # What the keys are, from a key.
    keyboard.press("?")
    expect(page.locator("#key-help")).to_contain_text("Lưu, sang mục chưa xong kế tiếp")
    keyboard.press("Escape")
    expect(page.locator("#key-help")).to_be_hidden()

    # The first one differs from the self-score: digit, reason, and a request for an explanation.
    keyboard.press("2")
    expect(page.get_by_label("Điểm (0–10) P")).to_have_value("0")
    keyboard.press("l")
    keyboard.type(REASON)
    is_saved(page)
    go(page, "Tab", "j")
    go(page, "k")
    keyboard.press("g")
    keyboard.type(REQUEST)
    keyboard.press("Tab")
    expect(page.get_by_role("button", name="Gửi yêu cầu")).to_be_focused()
    keyboard.press("Enter")
    expect(page.get_by_text(REQUEST).first).to_be_visible()
    assert ExplanationRequest.objects.get().text == REQUEST
    differing = Mark.objects.get(stage=Stage.APPRAISAL)
    assert (differing.points, differing.reason) == (Decimal(0), REASON)

    # The rest: agreed in one key; where nobody scored himself, points and save.
    go(page, "n")
    for _number in range(wanted - 1):
        page.wait_for_load_state()
        before = page.url
        if page.get_by_role("button", name="Đồng ý (").count():
            keyboard.press("d")
        else:
            keyboard.press("p")
            keyboard.type("0")
            keyboard.press("Control+Enter")
        if _number < wanted - 2:
            expect(page).not_to_have_url(before)
    expect(page.get_by_role("progressbar", name="Việc của tôi")).to_have_attribute(
        "value", str(wanted)
    )
    assert Mark.objects.filter(stage=Stage.APPRAISAL, author=cast.member).count() == wanted
