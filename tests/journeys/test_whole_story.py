"""One year's round with eight people, from nothing to the decision and the published result."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from agencies.models import User
from appraisal import trail
from appraisal.models import Consolidation, Criterion, Dossier, Round
from appraisal.states import DossierState, RoundState
from tests.cast import (
    APPRAISAL,
    COUNCIL,
    EXPLANATION,
    PASSWORD,
    REAPPRAISAL,
    SELF_ASSESSMENT,
    WINDOWS,
)
from tests.conftest import Clock
from tests.journeys.conftest import PLAIN_PDF, Visit, Visitor
from tests.journeys.province import (
    Province,
    build,
    criteria_workbook,
    second_agency_works,
    survey_workbook,
)

pytestmark = pytest.mark.journey

NAME = "Chỉ số cải cách hành chính năm 2020"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REQUEST = "Đề nghị giải trình số liệu hoàn thành kế hoạch."
ANSWER = "Kế hoạch hoàn thành 38/40 nhiệm vụ, có báo cáo kèm theo."
RULING = "Hội đồng thống nhất ghi nhận một phần."


@dataclass
class Story:
    """The round under way, and a browser for each of the eight."""

    province: Province
    visit: Visit

    def __post_init__(self) -> None:
        self._desks: dict[str, Visitor] = {}

    def at(self, key: str) -> Visitor:
        """The browser of a person, signed in through the front door the first time."""
        if key not in self._desks:
            person: User = self.province[key]
            self._desks[key] = self.visit().sign_in(person)
        return self._desks[key]

    @property
    def round(self) -> Round:
        return Round.objects.get()

    @property
    def dossier(self) -> Dossier:
        return Dossier.objects.get(agency=self.province.agencies["SYT"])

    def leaf(self, code: str) -> int:
        return Criterion.objects.get(code=code).pk


def test_eight_people_bring_a_round_from_nothing_to_its_published_decision(
    transactional_db: None, clock: Clock, visit: Visit
) -> None:
    story = Story(build(), visit)
    clock.set("2020-11-23 09:00")
    prepare(story)
    assert story.round.state == RoundState.OPEN

    clock.set(SELF_ASSESSMENT)
    score_oneself(story)
    submit(story)
    second_agency_works(story.province, story.round)
    assert story.dossier.state == DossierState.SUBMITTED

    clock.set(APPRAISAL)
    appraise(story)
    clock.set(EXPLANATION)
    explain(story)
    clock.set(REAPPRAISAL)
    appraise_again(story)
    bring_survey(story)

    clock.set(COUNCIL)
    rule(story)
    consolidate(story)
    audit(story)
    approve(story)
    text = decision(story)
    publish(story)
    read_result(story)

    fingerprint = Consolidation.objects.get().fingerprint
    assert "QUYẾT ĐỊNH" in text
    assert "DỰ THẢO" in text
    assert "Y Ngọc Sâm" in text
    assert NAME.split(" năm")[0].lower() in text.lower()
    first, second = text.index("Sở Tư pháp"), text.index("Sở Y tế")
    assert first < second
    assert "96,00" in text
    assert "88,00" in text
    assert fingerprint in re.sub(r"\s", "", text)
    assert list(trail.breaks()) == []


# --- The secretary and the lead prepare -------------------------------------------------------
def prepare(story: Story) -> None:
    secretary = story.at("secretary")
    page = secretary.open("rounds-new")
    secretary.fill("Năm đánh giá", "2020")
    secretary.fill("Tên đợt", NAME)
    secretary.fill("Điểm thưởng tối đa", "2")
    secretary.press("Lập đợt")
    secretary.says(NAME)
    pk = story.round.pk

    secretary.open("windows-edit", pk)
    for step, (opens, closes) in WINDOWS.items():
        for end, moment in (("opens", opens), ("closes", closes)):
            day, minute = moment.split()
            typed = f"{'/'.join(reversed(day.split('-')))} {minute}"
            page.locator(f"[name={step}_{end}]").fill(typed)
    secretary.press("Lưu thời gian")
    secretary.says("Hiện đóng lúc 17:00 ngày 13/01/2021")

    secretary.open("bands-edit", pk)
    for number, (name, bound) in enumerate((("Tốt", "90"), ("Khá", "0"))):
        secretary.press("Thêm một mức")
        page.locator(f"[name=name_{number}]").fill(name)
        page.locator(f"[name=bound_{number}]").fill(bound)
        page.locator(f"[name=inclusive_{number}]").check()
    secretary.press("Lưu các mức")
    secretary.says("Đã lưu các mức xếp loại.")

    secretary.open("participants-edit", pk)
    page.get_by_label("Sở Y tế", exact=True).check()
    page.get_by_label("Sở Tư pháp", exact=True).check()
    secretary.press("Lưu danh sách")
    secretary.says("Đã lưu: 2 cơ quan được đánh giá.")

    secretary.open("criteria-import", pk, "department")
    send(page_file=secretary, name="Bộ tiêu chí.xlsx", content=criteria_workbook())
    secretary.says("5 tiêu chí chấm điểm, tổng 100 điểm")
    accept = page.get_by_label("Tôi đã xem các cảnh báo và chấp nhận nhập như vậy")
    if accept.count():
        accept.check()
    secretary.press("Nhập bộ tiêu chí này")
    secretary.says("Đã nhập 7 tiêu chí")

    for key, role in (
        ("lead", "team_lead"),
        ("member", "team_member"),
        ("chair", "chair"),
        ("vice_chair", "vice_chair"),
        ("auditor", "auditor"),
    ):
        secretary.open("seats-add", pk)
        page.locator("[name=user]").select_option(str(story.province[key].pk))
        page.locator("[name=role]").select_option(role)
        secretary.press("Thêm")
        secretary.is_at("seats-list", pk)

    secretary.open("papers-settings-edit", "decision")
    secretary.fill("Họ tên người ký", "Y Ngọc Sâm")
    secretary.press("Lưu thiết lập")
    secretary.is_at("papers-settings")

    lead = story.at("lead")
    lead.open("assignments-edit", pk)
    lead.press("Phân công theo cơ quan thẩm định")
    lead.says("4 trên 4 tiêu chí")

    secretary.open("rounds-open", pk)
    secretary.press("Mở đợt và khóa bộ tiêu chí")
    secretary.is_at("rounds-show", pk)


def send(page_file: Visitor, name: str, content: bytes) -> None:
    """Choose a workbook and have it read."""
    page_file.page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": XLSX, "buffer": content}
    )
    page_file.press("Đọc tệp và xem trước")


# --- The agency -------------------------------------------------------------------------------
def score_oneself(story: Story) -> None:
    officer, dossier = story.at("officer"), story.dossier.pk
    page = officer.open("marks-edit", dossier, story.leaf("1.1"))
    page.get_by_role("radio").first.check()
    title = "Báo cáo số 12 – Sở Y tế"
    page.locator("input[type=file]").set_input_files(
        {
            "name": f"{title}.pdf",
            "mimeType": "application/pdf",
            "buffer": PLAIN_PDF.read_bytes(),
        }
    )
    evidence = page.locator("#evidence-rows").get_by_role("link", name=title, exact=True)
    expect(evidence).to_be_visible(timeout=30_000)
    for code, points in (("1.2", "38"), ("2.1", "10"), ("T", "0")):
        if code == "T":
            officer.open("marks-edit", dossier, story.leaf(code))
        else:
            officer.press("Lưu và sang tiêu chí sau")
        officer.is_at("marks-edit", dossier, story.leaf(code))
        officer.fill("Điểm tự chấm", points)
        officer.fill("Giải trình, lý do", "Theo báo cáo số 12.")
        expect(page.locator("[data-save-pill]")).to_have_attribute("data-state", "saved")


def submit(story: Story) -> None:
    head, dossier = story.at("head"), story.dossier.pk
    head.open("dossiers-check", dossier)
    head.says("Hồ sơ đã đủ")
    head.press("Gửi hồ sơ")
    head.is_at("dossiers-show", dossier)


def key(page: Page, name: str) -> None:
    """Press a shortcut once the page's scripts are there to hear it."""
    page.wait_for_load_state()
    page.keyboard.press(name)


# --- The team ---------------------------------------------------------------------------------
def appraise(story: Story) -> None:
    """The member agrees by one key, and disagrees with 1.2 by keyboard."""
    member = story.at("member")
    page = member.open("bench-show", story.round.pk)
    member.says("Sở Y tế")
    key(page, "d")
    expect(page).to_have_url(re.compile(f"leaf={story.leaf('1.2')}"))
    key(page, "p")
    page.keyboard.type("30")
    page.keyboard.press("Tab")
    page.get_by_label("Lý do, nhận xét").fill("Số liệu chưa khớp hệ thống theo dõi.")
    expect(page.locator("[data-save-pill]")).to_have_attribute("data-state", "saved")
    page.reload()
    key(page, "g")
    page.keyboard.type(REQUEST)
    member.press("Gửi yêu cầu")
    member.says(REQUEST)
    key(page, "n")
    for code in ("2.1", "T"):
        expect(page).to_have_url(re.compile(f"leaf={story.leaf(code)}"))
        expect(page.locator("#mark-form")).to_be_visible()
        key(page, "d")
    expect(page.get_by_role("progressbar", name="Việc của tôi")).to_have_attribute("value", "8")


def explain(story: Story) -> None:
    officer, dossier = story.at("officer"), story.dossier.pk
    page = officer.open("explanations-list", dossier)
    officer.says(REQUEST)
    page.get_by_role("link", name="Giải trình 1.2").click()
    officer.fill("Nội dung giải trình", ANSWER)
    officer.press("Lưu")
    officer.is_at("explanations-list", dossier)
    officer.says(ANSWER)


def appraise_again(story: Story) -> None:
    member = story.at("member")
    page = member.open(
        "bench-show", story.round.pk, query=f"?dossier={story.dossier.pk}&leaf={story.leaf('1.2')}"
    )
    member.says(ANSWER)
    page.locator("#id_points").fill("32")
    page.get_by_label("Lý do, nhận xét").fill("Chấp nhận một phần giải trình.")
    expect(page.locator("[data-save-pill]")).to_have_attribute("data-state", "saved")


# --- The secretary, the council, the chair ----------------------------------------------------
def bring_survey(story: Story) -> None:
    secretary = story.at("secretary")
    secretary.open("survey-import", story.round.pk, "department")
    send(secretary, "Điểm khảo sát.xlsx", survey_workbook(story.province))
    secretary.says("2 điểm")
    secretary.press("Ghi các điểm này")
    secretary.is_at("survey-show", story.round.pk)


def rule(story: Story) -> None:
    secretary, pk = story.at("secretary"), story.round.pk
    page = secretary.open("rounds-convene", pk)
    secretary.press("Chuyển sang Hội đồng")
    secretary.is_at("problems-show", pk)

    secretary.open("meetings-new", pk)
    secretary.fill("Thời gian họp", "15/01/2021 08:00")
    secretary.fill("Địa điểm", "Phòng họp Sở Nội vụ")
    for box in page.get_by_role("checkbox").all():
        box.check()
    secretary.press("Lưu biên bản")
    expect(page).not_to_have_url(secretary.address("meetings-new", pk))

    page = story.at("vice_chair").open("disputes-list", pk)
    expect(page.get_by_role("heading", name="Sở Y tế: 1.2")).to_be_visible()

    secretary.open("rulings-edit", story.dossier.pk, story.leaf("1.2"))
    secretary.page.get_by_label("Điểm kết luận").fill("33")
    secretary.page.get_by_label("Lý do").fill(RULING)
    secretary.press("Ghi kết luận")
    secretary.is_at("disputes-list", pk)


def consolidate(story: Story) -> None:
    secretary, pk = story.at("secretary"), story.round.pk
    secretary.open("rounds-consolidate", pk)
    secretary.press("Tổng hợp kết quả")
    secretary.is_at("table-show", pk)
    secretary.says("96,00")


def audit(story: Story) -> None:
    """Who only watches reads why the number is what it is."""
    auditor = story.at("auditor")
    auditor.open("table-derivation", story.round.pk, story.dossier.pk)
    auditor.says("88,00")
    auditor.says(RULING)


def approve(story: Story) -> None:
    chair, pk = story.at("chair"), story.round.pk
    page = chair.open("approvals-new", pk)
    shown = page.get_by_role("complementary").locator(".fingerprint").inner_text()
    assert "".join(shown.split()) == Consolidation.objects.get().fingerprint
    chair.page.get_by_label("Mật khẩu của ông/bà").fill("không phải mật khẩu này")
    chair.press("Phê duyệt kết quả này")
    expect(page.get_by_text("Mật khẩu không đúng")).to_be_visible()
    assert story.round.state == RoundState.CONSOLIDATED
    chair.page.get_by_label("Mật khẩu của ông/bà").fill(PASSWORD)
    chair.press("Phê duyệt kết quả này")
    expect(page.get_by_text("Đã phê duyệt kết quả").first).to_be_visible()
    assert story.round.state == RoundState.APPROVED


def decision(story: Story) -> str:
    """The draft is made and downloaded; its text as another program reads it."""
    secretary, pk = story.at("secretary"), story.round.pk
    page = secretary.open("papers-list", pk)
    secretary.press("Lập – Quyết định phê duyệt kết quả (dự thảo)")
    pdf = page.get_by_role("link", name="Tải về PDF")
    expect(pdf).to_be_visible(timeout=60_000)
    with page.expect_download() as down:
        pdf.click()
    path = Path(down.value.path())
    assert path.read_bytes().startswith(b"%PDF")
    command = ["pdftotext", "-layout", str(path), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def publish(story: Story) -> None:
    secretary, pk = story.at("secretary"), story.round.pk
    secretary.open("rounds-publish", pk)
    secretary.press("Công bố")
    expect(secretary.page.get_by_text("Kết quả đã công bố đến các cơ quan.")).to_be_visible()
    assert story.round.state == RoundState.PUBLISHED


def read_result(story: Story) -> None:
    officer = story.at("officer")
    officer.open("results-list", story.round.pk)
    officer.says("96,00")
    officer.page.get_by_role("link", name="Cách tính điểm của cơ quan mình").click()
    officer.is_at("results-dossier", story.dossier.pk)
    officer.says("88,00")
    officer.says(RULING)
