"""The secretary says what papers look like, makes the whole set, takes it along, and is told when
it is no longer what the round says."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from appraisal import tasks
from appraisal.models import LegalBasis, Paper, PaperSettings
from appraisal.models.papers import DOSSIER_KINDS, PaperKind, PaperState
from appraisal.workflow import papers
from tests.appraisal.council_stage import consolidated
from tests.cast import COUNCIL, Cast
from tests.conftest import Clock
from tests.journeys.conftest import Visit, Visitor
from tests.journeys.test_axe import violations

pytestmark = pytest.mark.journey

OF_ROUND = len(PaperKind) - len(DOSSIER_KINDS)


def signature(page: Page) -> str:
    return page.locator("#sample .paper-sample__signature").inner_text()


def offer(page: Page, title: str) -> str:
    """The row of a kind of paper."""
    return page.locator(".file-row", has_text=title).first.inner_text()


def downloaded(page: Page, name: str, folder: Path) -> Path:
    with page.expect_download() as started:
        page.get_by_role("link", name=name, exact=True).click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path


def test_the_secretary_makes_the_whole_set_and_is_told_when_it_is_out_of_date(
    cast: Cast, clock: Clock, visit: Visit, tmp_path: Path
) -> None:
    clock.set(COUNCIL)
    consolidated(cast)
    secretary = visit(cast.secretary)
    page = secretary.page

    # What the decision looks like is seen while it is chosen, and kept when it is saved.
    secretary.open("papers-settings")
    page.get_by_role("link", name="Sửa Quyết định phê duyệt kết quả (dự thảo)").click()
    page.get_by_label("Ủy ban nhân dân", exact=True).check()
    page.get_by_label("Ghi “TM.” và tên tập thể ở trên chức vụ").check()
    page.get_by_label("Ký thay (KT.)").check()
    page.get_by_label("Họ tên người ký").fill("Y Ngọc")
    page.get_by_label("Chức vụ người ký").fill("Phó Chủ tịch")
    page.get_by_label("Nơi nhận").fill("Như Điều 3\nLưu: VT")
    page.get_by_label("Ký hiệu").focus()
    sample = page.locator("#sample .paper-sample__signature")
    expect(sample).to_contain_text("PHÓ CHỦ TỊCH")
    assert signature(page).split("\n")[:3] == [
        "TM. ỦY BAN NHÂN DÂN",
        "KT. CHỦ TỊCH",
        "PHÓ CHỦ TỊCH",
    ]
    assert not PaperSettings.objects.exists()
    secretary.send("Lưu thiết lập")
    secretary.is_at("papers-settings")
    secretary.says("TM. ỦY BAN NHÂN DÂN")

    # One press, five papers, one file to hand over.
    secretary.open("papers-list", cast.round.pk)
    secretary.send("Lập trọn bộ")
    expect(page.get_by_text("Đã xong", exact=True)).to_have_count(OF_ROUND)
    bundle = downloaded(page, "Tải trọn bộ hồ sơ trình (ZIP)", tmp_path)
    names = zipfile.ZipFile(bundle).namelist()
    assert bundle.name == "ho-so-trinh-2020.zip"
    assert [name for name in names if name.endswith(".pdf")] == [
        "01-quyet-dinh-phe-duyet-ket-qua-2020-lan-1.pdf", "02-to-trinh-2020-lan-1.pdf",
        "03-bao-cao-ket-qua-tham-dinh-2020-lan-1.pdf", "04-bien-ban-hop-hoi-dong-2020-lan-1.pdf",
        "05-thong-bao-ket-qua-gui-tung-co-quan-2020-lan-1.pdf",
    ]  # fmt: skip
    page.get_by_role("link", name="Tờ trình", exact=True).click()
    assert downloaded(page, "Tải về PDF", tmp_path).read_bytes()[:5] == b"%PDF-"
    assert page.get_by_role("link", name="Ký số").is_visible()
    paper = page.url

    # A basis more: what rests on the bases is left behind and says why; nobody signs it.
    secretary.open("papers-bases")
    page.get_by_label("Căn cứ", exact=True).fill("Luật Tổ chức chính quyền địa phương")
    secretary.send("Lưu danh mục")
    secretary.open("papers-list", cast.round.pk)
    for title in ("Quyết định", "Tờ trình", "Báo cáo"):
        assert "đã lỗi thời" in offer(page, title)
        assert "Danh mục căn cứ đã thay đổi." in offer(page, title)
    for title in ("Biên bản", "Thông báo"):
        assert "đã lỗi thời" not in offer(page, title)
    expect(page.get_by_role("link", name="Tải trọn bộ hồ sơ trình (ZIP)")).to_have_count(0)
    page.goto(paper)
    secretary.says("Bản này đã lỗi thời: không ký, không ban hành.")
    expect(page.get_by_role("link", name="Ký số")).to_have_count(0)
    assert violations(page) == []

    secretary.send("Lập bản mới")
    secretary.open("papers-list", cast.round.pk)
    secretary.send("Lập trọn bộ")
    expect(page.get_by_role("link", name="Tải trọn bộ hồ sơ trình (ZIP)")).to_be_visible()
    assert Paper.objects.count() == OF_ROUND + 3
    assert violations(page) == []


def test_the_page_of_a_paper_follows_the_job(cast: Cast, clock: Clock, visit: Visit) -> None:
    clock.set(COUNCIL)
    consolidated(cast)
    paper = papers.ask_for_paper(cast.secretary, cast.round)
    Paper.objects.update(state=PaperState.QUEUED, progress=0)
    secretary = visit(cast.secretary)
    page = secretary.open("papers-show", paper.pk)
    expect(page.get_by_role("progressbar")).to_be_visible()
    Paper.objects.update(progress=40)
    expect(page.get_by_role("progressbar")).to_have_js_property("value", 40)
    listed = secretary.watch(page.context.new_page())
    listed.goto(secretary.address("papers-list", cast.round.pk))
    tasks.make_paper(paper.pk)
    expect(page.get_by_role("link", name="Tải về PDF")).to_be_visible()
    expect(page.get_by_role("link", name="Ký số")).to_be_visible()
    expect(page.locator("#paper-live")).to_have_text("Đã xong")
    expect(listed.get_by_text("Đã xong", exact=True)).to_be_visible()


def test_two_secretaries_see_both_values(cast: Cast, clock: Clock, visit: Visit) -> None:
    clock.set(COUNCIL)
    first, second = visit(cast.secretary), visit(cast.secretary)
    for visitor in (first, second):
        visitor.open("papers-settings-edit", "report")
    first.fill("Họ tên người ký", "Lê Thị Thư")
    first.send("Lưu thiết lập")
    second.fill("Họ tên người ký", "Phạm Văn Trưởng")
    second.send("Lưu thiết lập")
    row = second.page.get_by_role("row", name="Họ tên người ký")
    assert row.get_by_role("cell").all_inner_texts() == ["Phạm Văn Trưởng", "Lê Thị Thư"]
    assert violations(second.page) == []
    second.send("Lưu thiết lập")
    assert PaperSettings.objects.get().signer_name == "Phạm Văn Trưởng"


def test_papers_are_set_and_made_without_script(cast: Cast, clock: Clock, visit: Visit) -> None:
    clock.set(COUNCIL)
    consolidated(cast)
    secretary = visit(cast.secretary, java_script_enabled=False)
    page = secretary.open("papers-bases")
    page.get_by_label("Căn cứ", exact=True).fill("Luật thứ hai")
    secretary.press("Thêm một căn cứ")
    page.get_by_label("Căn cứ", exact=True).nth(1).fill("Luật thứ nhất")
    secretary.press("Lên trên (2)")
    expect(page.get_by_label("Căn cứ", exact=True).first).to_have_value("Luật thứ nhất")
    secretary.press("Lưu danh mục")
    secretary.is_at("papers-settings")
    assert list(LegalBasis.objects.values_list("text", flat=True)) == [
        "Luật thứ nhất", "Luật thứ hai",
    ]  # fmt: skip
    looked_at(secretary)
    secretary.open("papers-list", cast.round.pk)
    secretary.press("Lập trọn bộ")
    secretary.says("Tải trọn bộ hồ sơ trình (ZIP)")


def looked_at(secretary: Visitor) -> None:
    page = secretary.open("papers-settings-edit", "submission")
    page.get_by_label("Quyền (Q.)").check()
    secretary.press("Xem thử")
    expect(page.locator("#sample .paper-sample__signature")).to_contain_text("Q. GIÁM ĐỐC")
    assert not PaperSettings.objects.exists()
