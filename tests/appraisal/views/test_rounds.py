"""Rounds: list, new, copy, hub, settings, opening, trail; and the doors of every page of set-up."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appraisal.forms.rounds import SettingsForm, defaults
from appraisal.models import Criterion, Dossier, Event, Round, Seat
from appraisal.states import RoundState, SeatRole
from tests.appraisal.preparing import BEFORE, drafted, signed_in, stranger, text_of
from tests.cast import SELF_ASSESSMENT, Cast

SETTINGS = {**defaults(), "name": "Chỉ số CCHC năm 2021", "bonus_max": "1,5", "penalty_max": "2"}


@pytest.fixture
def draft(cast: Cast, clock: Any) -> Cast:
    clock.set(BEFORE)
    drafted(cast)
    return cast


def queries(user: Any, url: str) -> int:
    client = signed_in(user)
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    assert len(captured) > 0
    return len(captured)


def to(name: str, *args: Any) -> str:
    return reverse(f"appraisal:{name}", args=args)


# --- Doors -----------------------------------------------------------------------------------
PAGES = [
    "rounds-show", "rounds-settings", "rounds-copy", "rounds-open", "trail-round", "windows-edit",
    "bands-edit", "seats-list", "seats-add", "seats-authorize", "participants-edit",
    "criteria-list", "assignments-edit", "survey-show",
]  # fmt: skip
OF_A_GROUP = [
    "criteria-show", "criteria-import", "criteria-export", "criteria-template", "survey-import",
    "survey-template",
]  # fmt: skip
READ = {
    "rounds-show", "rounds-settings", "trail-round", "windows-edit", "bands-edit", "seats-list",
    "participants-edit", "criteria-list", "criteria-show", "criteria-export", "criteria-template",
    "assignments-edit", "survey-show", "survey-template",
}  # fmt: skip


def address(cast: Cast, name: str) -> str:
    return to(name, cast.round.pk, *(["department"] if name in OF_A_GROUP else []))


@pytest.mark.parametrize("name", PAGES + OF_A_GROUP)
def test_a_page_of_another_province_is_not_there(cast: Cast, name: str) -> None:
    client = signed_in(stranger(cast))
    assert client.get(address(cast, name)).status_code == 404
    assert client.post(address(cast, name)).status_code in {404, 405}


@pytest.mark.parametrize("who", ["chair", "member", "auditor"])
@pytest.mark.parametrize("name", PAGES + OF_A_GROUP)
def test_a_seat_reads_the_set_up_and_is_refused_with_the_reason_where_it_would_write(
    draft: Cast, who: str, name: str
) -> None:
    answer = signed_in(draft.people[who]).get(address(draft, name))
    assert answer.status_code == (200 if name in READ else 403)
    if name not in READ:
        assert "do Thư ký Hội đồng thực hiện" in text_of(answer) or "(Sở Nội vụ)" in text_of(answer)


@pytest.mark.parametrize("name", PAGES + OF_A_GROUP)
def test_an_officer_of_an_agency_is_told_whose_pages_these_are(cast: Cast, name: str) -> None:
    answer = signed_in(cast.officer).get(address(cast, name))
    assert answer.status_code == 403
    assert "Trang thiết lập dành cho" in text_of(answer)


@pytest.mark.parametrize("who", ["officer", "nobody", "administrator"])
def test_a_round_in_preparation_is_not_there_for_who_does_not_prepare(
    draft: Cast, who: str
) -> None:
    assert signed_in(draft.people[who]).get(address(draft, "rounds-show")).status_code == 404


@pytest.mark.parametrize(
    "name", ["rounds-settings", "windows-edit", "bands-edit", "participants-edit", "rounds-open"]
)
def test_only_the_secretary_saves(draft: Cast, name: str) -> None:
    for who in ("lead", "chair", "auditor"):
        assert signed_in(draft.people[who]).post(address(draft, name)).status_code == 403
    assert not Event.objects.exists()


@pytest.mark.parametrize("name", ["rounds-settings", "bands-edit", "participants-edit"])
def test_what_freezes_is_shown_with_its_reason_once_the_round_is_open(
    cast: Cast, name: str
) -> None:
    client = signed_in(cast.secretary)
    page = text_of(client.get(address(cast, name)))
    assert "Đợt đã mở: thiết lập và bộ tiêu chí đã khóa" in page
    assert 'type="submit">Lưu' not in page
    answer = client.post(address(cast, name), SETTINGS)
    assert answer.status_code == 403
    assert "đã khóa để mọi cơ quan được chấm như nhau" in text_of(answer)


@pytest.mark.parametrize("name", ["rounds-list", "rounds-show", "trail-round", "criteria-list"])
def test_a_page_that_is_only_read_takes_no_post(cast: Cast, name: str) -> None:
    url = to(name) if name == "rounds-list" else address(cast, name)
    assert signed_in(cast.secretary).post(url).status_code == 405


def test_a_page_needs_a_sign_in(client: Any, cast: Cast) -> None:
    answer = client.get(address(cast, "rounds-show"))
    assert answer.status_code == 302
    assert reverse("agencies:sign-in") in answer["Location"]


# --- List, new, copy -------------------------------------------------------------------------
def test_list_names_rounds_with_their_last_minute(cast: Cast) -> None:
    page = text_of(signed_in(cast.secretary).get(to("rounds-list")))
    assert "Chỉ số CCHC năm 2020" in page
    assert "17:00 ngày 20/12/2020" in page
    assert to("rounds-new") in page


def test_list_without_rounds_says_what_to_do(cast: Cast) -> None:
    other = stranger(cast)
    page = text_of(signed_in(other).get(to("rounds-list")))
    assert "Chưa có đợt đánh giá nào" in page
    assert to("rounds-new") in page
    page = text_of(signed_in(cast.nobody).get(to("rounds-list")))
    assert "cơ quan thường trực (Sở Nội vụ) thực hiện" in page
    assert to("rounds-new") not in page


def test_list_takes_as_many_queries_with_three_rounds_as_with_one(cast: Cast) -> None:
    one = queries(cast.secretary, to("rounds-list"))
    for year in (2018, 2019):
        Round.objects.create(
            jurisdiction=cast.jurisdiction, year=year, name=f"Năm {year}", bonus_max=0,
            penalty_max=0,
        )  # fmt: skip
    assert queries(cast.secretary, to("rounds-list")) == one <= 12


def test_new_creates_a_round_with_its_settings_and_first_secretary(cast: Cast) -> None:
    client = signed_in(cast.secretary)
    assert client.get(to("rounds-new")).status_code == 200
    answer = client.post(to("rounds-new"), {**SETTINGS, "year": "2021", "tie_rule": "shared"})
    made = Round.objects.get(year=2021)
    assert answer["Location"] == to("rounds-show", made.pk)
    assert (made.state, str(made.bonus_max)) == (RoundState.DRAFT, "1.50")
    assert made.seats.get().role == SeatRole.SECRETARY


def test_new_ignores_what_is_not_on_the_form(cast: Cast) -> None:
    extra = {"state": "approved", "opened_at": "2020-01-01", "jurisdiction": "999", "created_by": 1}
    signed_in(cast.secretary).post(to("rounds-new"), {**SETTINGS, "year": "2021", **extra})
    made = Round.objects.get(year=2021)
    assert (made.state, made.opened_at) == (RoundState.DRAFT, None)
    assert (made.jurisdiction, made.created_by) == (cast.jurisdiction, cast.secretary)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "Hãy điền mục này."),
        ("name", "\x07", "ký tự"),
        ("name", "Chỉ số CCHC năm 2020", "Năm này đã có một đợt cùng tên."),
        ("bonus_max", "-1", "1"),
        ("bonus_max", "1e2", "1e2"),
        ("penalty_max", "NaN", "NaN"),
        ("year", "20", "từ 2000 đến 2100"),
        ("year", "năm nay", "bốn chữ số"),
        ("tie_rule", "coin", "không có trong danh sách"),
    ],
)
def test_new_says_what_is_wrong_and_keeps_the_rest(
    cast: Cast, field: str, typed: str, said: str
) -> None:
    other = "bonus_max" if field == "penalty_max" else "penalty_max"
    data = {**SETTINGS, "year": "2020", other: "1,75", field: typed}
    answer = signed_in(cast.secretary).post(to("rounds-new"), data)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "1,75" in text_of(answer)
    assert Round.objects.count() == 1


@pytest.mark.parametrize("who", ["lead", "chair", "officer", "administrator"])
def test_new_is_for_the_standing_agency(cast: Cast, who: str) -> None:
    answer = signed_in(cast.people[who]).get(to("rounds-new"))
    assert answer.status_code == 403
    assert "cơ quan thường trực" in text_of(answer)


def test_copy_brings_last_years_round_with_its_windows_a_year_later(cast: Cast) -> None:
    client = signed_in(cast.secretary)
    page = text_of(client.get(address(cast, "rounds-copy")))
    assert 'value="2021"' in page
    assert 'value="Chỉ số CCHC năm 2021"' in page
    answer = client.post(
        address(cast, "rounds-copy"), {"year": "2021", "name": "Chỉ số CCHC năm 2021"}
    )
    made = Round.objects.get(year=2021)
    assert answer["Location"] == to("rounds-show", made.pk)
    shown = text_of(client.get(answer["Location"]))
    assert "17:00 ngày 20/12/2021" in shown
    assert Criterion.objects.filter(criteria_set__round=made).count() == 10
    assert made.dossiers.count() == 3


def test_copy_under_a_name_that_is_taken_is_refused(cast: Cast) -> None:
    data = {"year": "2020", "name": "Chỉ số CCHC năm 2020"}
    answer = signed_in(cast.secretary).post(address(cast, "rounds-copy"), data)
    assert answer.status_code == 422
    assert "Năm này đã có một đợt cùng tên." in text_of(answer)


# --- Hub -------------------------------------------------------------------------------------
def test_show_lists_what_is_missing_with_links(draft: Cast) -> None:
    Seat.objects.filter(role=SeatRole.CHAIR).delete()
    draft.round.windows.filter(step="appraisal").delete()
    page = text_of(signed_in(draft.secretary).get(address(draft, "rounds-show")))
    assert "Chưa có Chủ tịch Hội đồng." in page
    assert "Chưa đặt thời gian bước “Thẩm định”." in page
    assert address(draft, "windows-edit") in page
    assert "17:00 ngày 20/12/2020" in page


def test_show_says_why_there_is_no_opening_for_others(draft: Cast) -> None:
    page = text_of(signed_in(draft.lead).get(address(draft, "rounds-show")))
    assert address(draft, "rounds-open") not in page
    assert "Việc này do Thư ký Hội đồng thực hiện." in page


def test_show_of_an_open_round_shows_the_hash_of_its_criteria(cast: Cast, clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)
    page = text_of(signed_in(cast.secretary).get(address(cast, "rounds-show")))
    assert "0" * 64 in page
    assert "Đang mở" in page


def test_show_takes_as_many_queries_with_three_agencies_as_with_one(draft: Cast) -> None:
    three = queries(draft.secretary, address(draft, "rounds-show"))
    Dossier.objects.exclude(pk=draft.dossier.pk).delete()
    assert queries(draft.secretary, address(draft, "rounds-show")) == three


# --- Settings --------------------------------------------------------------------------------
def test_settings_are_saved_and_remembered(draft: Cast) -> None:
    client = signed_in(draft.secretary)
    assert 'value="2"' in text_of(client.get(address(draft, "rounds-settings")))
    data = {**SETTINGS, "appraisals": "1", "tie_rule": "appraised_points", "year": "1999"}
    answer = client.post(address(draft, "rounds-settings"), data)
    assert answer.status_code == 302
    saved = draft.fresh()
    assert (saved.appraisals, saved.tie_rule, saved.year) == (1, "appraised_points", 2020)
    event = Event.objects.get(action="round.settings")
    assert event.data["tie_rule"] == ["shared", "appraised_points"]


def test_settings_that_cannot_be_kept_change_nothing(draft: Cast) -> None:
    data = {**SETTINGS, "display_decimals": "9"}
    answer = signed_in(draft.secretary).post(address(draft, "rounds-settings"), data)
    assert answer.status_code == 422
    assert draft.fresh().name == "Chỉ số CCHC năm 2020"


def test_every_setting_of_the_workflow_is_on_the_form() -> None:
    from appraisal.workflow.setup import SETTINGS as KNOWN

    assert set(SettingsForm.base_fields) == set(KNOWN)
    assert {name for _title, names in SettingsForm.PARTS for name in names} == set(KNOWN)


# --- Opening ---------------------------------------------------------------------------------
def test_open_shows_what_freezes_and_then_the_hash(draft: Cast) -> None:
    client = signed_in(draft.secretary)
    page = text_of(client.get(address(draft, "rounds-open")))
    assert "Mở đợt và khóa bộ tiêu chí" in page
    answer = client.post(address(draft, "rounds-open"), follow=True)
    opened = draft.fresh()
    assert opened.state == RoundState.OPEN
    digest = opened.criteria_sets.get().sha256
    assert digest in text_of(answer)


def test_open_is_refused_with_the_list_while_something_blocks(draft: Cast) -> None:
    draft.round.bands.all().delete()
    client = signed_in(draft.secretary)
    page = text_of(client.get(address(draft, "rounds-open")))
    assert "Chưa có mức xếp loại nào." in page
    assert "Mở đợt và khóa bộ tiêu chí" not in page
    answer = client.post(address(draft, "rounds-open"))
    assert answer.status_code == 422
    assert "Còn 1 việc phải chuẩn bị trước khi mở đợt." in text_of(answer)
    assert draft.fresh().state == RoundState.DRAFT


def test_open_a_second_time_is_refused(cast: Cast) -> None:
    assert signed_in(cast.secretary).post(address(cast, "rounds-open")).status_code == 403


# --- Trail -----------------------------------------------------------------------------------
def test_trail_shows_who_did_what_the_latest_first(draft: Cast) -> None:
    client = signed_in(draft.secretary)
    client.post(address(draft, "rounds-settings"), SETTINGS)
    client.post(address(draft, "rounds-open"))
    page = text_of(client.get(address(draft, "trail-round")))
    assert page.index("Mở đợt đánh giá</div>") < page.index("Đổi thiết lập đợt")
    assert "Lê Thị Thư" in page
    assert date(2020, 11, 20).strftime("%d/%m/%Y") in page
