"""A browser without script: the officer fills in the dossier, the head submits it."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from appraisal.models import Citation, Dossier, Mark
from appraisal.states import DossierState, Stage
from tests.cast import SELF_ASSESSMENT, Cast
from tests.conftest import Clock
from tests.journeys.conftest import PLAIN_PDF, Visit

pytestmark = pytest.mark.journey


def test_a_dossier_is_filled_in_and_submitted_without_script(
    cast: Cast, clock: Clock, visit: Visit
) -> None:
    clock.set(SELF_ASSESSMENT)
    dossier = cast.dossier.pk
    officer = visit(cast.officer, java_script_enabled=False)
    page = officer.open("marks-edit", dossier, cast.leaf("1.1").pk)
    page.locator("input[type=file]").set_input_files(PLAIN_PDF)
    officer.press("Tải lên")
    officer.says("ok-plain")
    assert Citation.objects.get().criterion == cast.leaf("1.1")

    officer.open("marks-edit", dossier, cast.leaf("1.1").pk)
    page.get_by_role("radio").first.check()
    officer.press("Lưu và sang tiêu chí sau")
    officer.is_at("marks-edit", dossier, cast.leaf("1.2").pk)
    page.get_by_label(re.compile("nhiệm vụ đã hoàn thành", re.IGNORECASE)).fill("18")
    page.get_by_label(re.compile("tổng nhiệm vụ", re.IGNORECASE)).fill("20")
    officer.fill("Giải trình, lý do", "Theo báo cáo tổng kết năm.")
    officer.press("Lưu và sang tiêu chí sau")
    officer.is_at("marks-edit", dossier, cast.leaf("2.1").pk)
    for box in page.locator("#declared input[type=text]").all():
        box.fill("0")
    officer.fill("Giải trình, lý do", "Không có trường hợp chậm.")
    officer.press("Lưu và sang tiêu chí sau")
    officer.is_at("marks-edit", dossier, cast.leaf("2.2").pk)
    officer.fill("Điểm tự chấm", "21")
    officer.send("Lưu")
    officer.says("20")
    assert not Mark.objects.filter(criterion=cast.leaf("2.2")).exists()
    officer.fill("Điểm tự chấm", "17,5")
    officer.fill("Giải trình, lý do", "Theo kế hoạch số 3.")
    officer.send("Lưu")
    expect(page.get_by_label("Điểm tự chấm")).to_have_value("17,5")
    officer.open("marks-edit", dossier, cast.leaf("T").pk)
    officer.fill("Điểm tự chấm", "0")
    officer.fill("Giải trình, lý do", "Không đề nghị.")
    officer.send("Lưu")

    head = visit(cast.head, java_script_enabled=False)
    head.open("dossiers-check", dossier)
    head.press("Gửi hồ sơ")
    head.is_at("dossiers-show", dossier)
    assert Dossier.objects.get(pk=dossier).state == DossierState.SUBMITTED
    points = dict(Mark.objects.filter(stage=Stage.SELF).values_list("criterion__code", "points"))
    assert points == {
        "1.1": Decimal(10), "1.2": Decimal(27), "2.1": Decimal(5), "2.2": Decimal("17.5"),
        "T": Decimal(0),
    }  # fmt: skip
