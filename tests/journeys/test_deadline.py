"""The deadline passes while the form is open: the answer names the minute, no word is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from appraisal.models import Mark
from tests.cast import Cast
from tests.conftest import Clock
from tests.journeys.conftest import Visit

pytestmark = pytest.mark.journey

WORDS = "Đã hoàn thành 19/20 nhiệm vụ theo báo cáo số 45/BC-SYT."
MINUTE = "17:00 ngày 20/12/2020"


def test_a_late_save_names_the_minute_and_keeps_the_words(
    cast: Cast, clock: Clock, visit: Visit
) -> None:
    clock.set("2020-12-20 16:59")
    visitor = visit(cast.officer)
    page = visitor.open("marks-edit", cast.dossier.pk, cast.leaf("2.2").pk)
    clock.advance(minutes=2)
    page.get_by_label("Điểm tự chấm").fill("15")
    page.get_by_label("Giải trình, lý do").fill(WORDS)
    expect(page.locator("[data-autosave-notes]")).to_contain_text(MINUTE)
    expect(page.get_by_label("Giải trình, lý do")).to_have_value(WORDS)
    expect(page.get_by_label("Điểm tự chấm")).to_have_value("15")

    visitor.press("Lưu")
    visitor.says(MINUTE)
    expect(page.get_by_label("Giải trình, lý do")).to_have_value(WORDS)
    expect(page.get_by_label("Điểm tự chấm")).to_have_value("15")
    assert not Mark.objects.exists()


def test_a_late_save_without_script_keeps_the_words(cast: Cast, clock: Clock, visit: Visit) -> None:
    clock.set("2020-12-20 16:59")
    visitor = visit(cast.officer, java_script_enabled=False)
    page = visitor.open("marks-edit", cast.dossier.pk, cast.leaf("2.2").pk)
    page.get_by_label("Giải trình, lý do").fill(WORDS)
    clock.advance(minutes=2)
    visitor.press("Lưu")
    visitor.says(MINUTE)
    expect(page.get_by_label("Giải trình, lý do")).to_have_value(WORDS)
    assert not Mark.objects.exists()
