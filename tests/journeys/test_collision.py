"""Two tabs on one leaf: both values are shown side by side, and the person decides."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from appraisal.models import Mark, MarkChange
from appraisal.states import Stage
from tests.cast import SELF_ASSESSMENT, Cast
from tests.conftest import Clock
from tests.journeys.conftest import Visit

pytestmark = pytest.mark.journey


def test_two_tabs_show_both_values_and_lose_nothing(cast: Cast, clock: Clock, visit: Visit) -> None:
    clock.set(SELF_ASSESSMENT)
    leaf = (cast.dossier.pk, cast.leaf("2.2").pk)
    visitor = visit(cast.officer)
    first = visitor.open("marks-edit", *leaf)
    second = visitor.watch(first.context.new_page())
    second.goto(first.url)

    first.get_by_label("Điểm tự chấm").fill("15")
    first.get_by_label("Giải trình, lý do").fill("Theo báo cáo số 12.")
    expect(first.locator("[data-save-pill]")).to_have_attribute("data-state", "saved")

    second.get_by_label("Điểm tự chấm").fill("12,5")
    conflict = second.locator('[data-note="conflict"]')
    expect(conflict).to_contain_text("Người khác đã lưu nội dung này")
    row = conflict.get_by_role("row", name="Điểm tự chấm")
    expect(row.get_by_role("cell").nth(0)).to_contain_text("12,5")
    expect(row.get_by_role("cell").nth(1)).to_contain_text("15")
    assert Mark.objects.get(stage=Stage.SELF).points == Decimal(15)

    second.get_by_role("button", name="Giữ của tôi: Điểm tự chấm").click()
    second.get_by_role("button", name="Lấy của người kia: Giải trình, lý do").click()
    expect(conflict).to_have_count(0)
    expect(second.locator("[data-save-pill]")).to_have_attribute("data-state", "saved")
    expect(second.get_by_label("Giải trình, lý do")).to_have_value("Theo báo cáo số 12.")
    kept = Mark.objects.get(stage=Stage.SELF)
    assert (kept.points, kept.reason) == (Decimal("12.5"), "Theo báo cáo số 12.")
    given = MarkChange.objects.filter(mark=kept).order_by("version")
    assert Decimal(15) in given.values_list("new_points", flat=True)
