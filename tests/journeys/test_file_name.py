"""A Vietnamese file name as a Mac writes it goes up, and comes down composed, with its bytes."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from playwright.sync_api import expect

from appraisal.models import Citation
from tests.cast import SELF_ASSESSMENT, Cast
from tests.conftest import Clock
from tests.journeys.conftest import PLAIN_PDF, Visit

pytestmark = pytest.mark.journey

TITLE = "Báo cáo kết quả CCHC năm 2020 – Sở Y tế (ký số)"
NAME = f"{TITLE}.pdf"


def test_a_decomposed_name_comes_back_composed_with_the_same_bytes(
    cast: Cast, clock: Clock, visit: Visit
) -> None:
    clock.set(SELF_ASSESSMENT)
    decomposed = unicodedata.normalize("NFD", NAME)
    assert decomposed != NAME
    visitor = visit(cast.officer)
    page = visitor.open("marks-edit", cast.dossier.pk, cast.leaf("2.2").pk)
    page.locator("input[type=file]").set_input_files(
        {"name": decomposed, "mimeType": "application/pdf", "buffer": PLAIN_PDF.read_bytes()}
    )
    document = page.locator("#evidence-rows").get_by_role("link", name=TITLE, exact=True)
    expect(document).to_be_visible(timeout=30_000)

    page.reload()
    document.click()
    with page.expect_download() as down:
        page.get_by_role("link", name="Tải về").first.click()
    assert down.value.suggested_filename == NAME
    assert Path(down.value.path()).read_bytes() == PLAIN_PDF.read_bytes()
    assert Citation.objects.get().evidence.file_name == NAME
