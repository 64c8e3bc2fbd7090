"""What the province's papers look like: shown as printed, kept with conflicts in the open."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse

from appraisal.models import Event, LegalBasis, PaperSettings
from appraisal.models.papers import PaperKind
from appraisal.workflow import papers
from tests.appraisal.council_pages import get, queries, signed_in, text
from tests.cast import COUNCIL, Cast

HOME = "/papers/settings/"
DECISION = f"{HOME}decision/"
LETTERHEAD = f"{HOME}letterhead/"
BASES = f"{HOME}bases/"

TYPED = {
    "issuer": "committee", "symbol": "QĐ-UBND", "on_behalf": "on", "mode": "deputy",
    "head_title": "Chủ tịch", "signer_title": "Phó Chủ tịch", "signer_name": "Trần Văn Bình",
    "recipients": "Như Điều 3\r\nLưu: VT", "version": "0",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def send(cast: Cast, page: str, typed: dict[str, Any], **more: Any) -> HttpResponse:
    return signed_in(cast.secretary).post(page, {**typed, **more})


# --- Who and what --------------------------------------------------------------------------------
def test_every_kind_is_shown_as_it_will_be_printed(cast: Cast) -> None:
    page = text(get(cast.secretary, HOME))
    assert page.count('class="paper-sample"') == len(PaperKind)
    assert "/QĐ-UBND" in page
    assert "/TTr-SNV" in page


def test_the_overview_asks_the_same_whatever_was_set(cast: Cast) -> None:
    before = queries(cast.secretary, HOME)
    for kind in PaperKind:
        issuer = "agency" if kind == PaperKind.SELF_REPORT else "committee"
        assert send(cast, f"{HOME}{kind}/", TYPED, issuer=issuer).status_code == 302
    papers.save_bases(
        cast.secretary, [papers.BasisInput(f"Luật {n}") for n in range(9)],
        seen=papers.bases_state(cast.jurisdiction),
    )  # fmt: skip
    assert queries(cast.secretary, HOME) <= before


@pytest.mark.parametrize("page", [HOME, DECISION, LETTERHEAD, BASES])
def test_only_the_standing_agency_may_look_and_keep(cast: Cast, page: str) -> None:
    assert get(cast.secretary, page).status_code == 200
    for person in (cast.chair, cast.officer, cast.lead, cast.administrator):
        assert get(person, page).status_code == 403
        if page != HOME:
            assert signed_in(person).post(page, TYPED).status_code == 403


def test_a_kind_that_is_none_is_not_found(cast: Cast) -> None:
    assert get(cast.secretary, f"{HOME}contract/").status_code == 404


# --- Head, foot, signature -----------------------------------------------------------------------
def test_settings_are_kept_and_shown(cast: Cast) -> None:
    assert send(cast, DECISION, TYPED).status_code == 302
    kept = PaperSettings.objects.get()
    assert (kept.symbol, kept.mode, kept.version) == ("QĐ-UBND", "deputy", 1)
    page = text(get(cast.secretary, HOME))
    for line in ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Trần Văn Bình"):
        assert f"<strong>{line}</strong>" in page or f">{line}</strong>" in page
    assert "- Như Điều 3" in page


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ({}, ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]),
        ({"mode": "in_person"}, ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]),
        (
            {"issuer": "chairman", "on_behalf": "", "mode": "authorised",
             "signer_title": "Giám đốc"},
            ["TUQ. CHỦ TỊCH", "GIÁM ĐỐC"],
        ),
        (
            {"issuer": "standing_agency", "on_behalf": "", "mode": "by_order",
             "head_title": "Giám đốc", "signer_title": "Chánh Văn phòng"},
            ["TL. GIÁM ĐỐC", "CHÁNH VĂN PHÒNG"],
        ),
        (
            {"issuer": "standing_agency", "on_behalf": "", "mode": "acting",
             "head_title": "Giám đốc", "signer_title": ""},
            ["Q. GIÁM ĐỐC"],
        ),
    ],
)  # fmt: skip
def test_what_is_typed_can_be_looked_at_before_it_is_saved(
    cast: Cast, typed: dict[str, str], lines: list[str]
) -> None:
    given = {name: value for name, value in {**TYPED, **typed}.items() if value}
    answer = send(cast, DECISION, given, preview="1")
    assert answer.status_code == 200
    sample = text(answer).partition('class="paper-sample__signature"')[2].partition("</div>")[0]
    assert sample.count("<strong>") == len(lines)
    for line in lines:
        assert f"<strong>{line}</strong>" in sample
    assert 'value="Trần Văn Bình"' in text(answer)
    assert not PaperSettings.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"signer_title": ""}, "cần chức vụ người ký"),
        ({"issuer": "chairman"}, "nhân danh một tập thể"),
        ({"issuer": "agency"}, "Mục đã chọn không có trong danh sách"),
        ({"head_title": ""}, "Hãy điền mục này."),
        ({"symbol": "Q" * 41}, "dài quá 40 ký tự"),
        ({"signer_name": "Trần\x07"}, "ký tự điều khiển"),
        ({"mode": "other"}, "Mục đã chọn không có trong danh sách"),
    ],
)
def test_what_cannot_be_kept_is_said_where_it_was_typed(
    cast: Cast, typed: dict[str, str], said: str
) -> None:
    answer = send(cast, DECISION, TYPED, **typed)
    assert answer.status_code == 422
    assert said in text(answer)
    assert "Như Điều 3" in text(answer)
    assert not PaperSettings.objects.exists()


def test_two_editors_of_settings_see_both_values_and_lose_nothing(cast: Cast) -> None:
    send(cast, DECISION, TYPED)
    answer = send(cast, DECISION, TYPED, signer_name="Lê Ngọc Tuấn", mode="in_person")
    assert answer.status_code == 409
    page = text(answer)
    for value in ("Lê Ngọc Tuấn", "Trần Văn Bình", "Ký trực tiếp", "Ký thay (KT.)"):
        assert f"<td>{value}</td>" in page
    assert 'value="Lê Ngọc Tuấn"' in page
    assert PaperSettings.objects.get().signer_name == "Trần Văn Bình"
    again = send(cast, DECISION, TYPED, signer_name="Lê Ngọc Tuấn", mode="in_person", version="1")
    assert again.status_code == 302
    assert PaperSettings.objects.get().signer_name == "Lê Ngọc Tuấn"


# --- Names ---------------------------------------------------------------------------------------
def names(cast: Cast, **more: str) -> dict[str, str]:
    province = type(cast.jurisdiction).objects.get()
    return {
        "kind": "tỉnh", "name": "Kon Tum", "place": "Kon Tum", "council": "Hội đồng chấm điểm",
        "seen": papers.letterhead_state(province), **more,
    }  # fmt: skip


def test_names_of_the_province_are_kept_with_their_event(cast: Cast) -> None:
    assert send(cast, LETTERHEAD, names(cast, kind="thành phố", name="Huế")).status_code == 302
    cast.jurisdiction.refresh_from_db()
    assert cast.jurisdiction.committee == "Ủy ban nhân dân thành phố Huế"
    event = Event.objects.get(action="papers.letterhead")
    assert event.data["name"] == ["Kon Tum", "Huế"]
    assert "THÀNH PHỐ HUẾ" in text(get(cast.secretary, HOME))


def test_two_editors_of_names_see_both_values_and_lose_nothing(cast: Cast) -> None:
    first, second = names(cast, place="Đăk Hà"), names(cast, place="Sa Thầy")
    send(cast, LETTERHEAD, first)
    answer = send(cast, LETTERHEAD, second)
    assert answer.status_code == 409
    page = text(answer)
    assert "<td>Sa Thầy</td><td>Đăk Hà</td>" in page
    assert 'value="Sa Thầy"' in page
    cast.jurisdiction.refresh_from_db()
    assert cast.jurisdiction.place == "Đăk Hà"
    assert send(cast, LETTERHEAD, names(cast, place="Sa Thầy")).status_code == 302


def test_names_that_are_missing_are_said(cast: Cast) -> None:
    answer = send(cast, LETTERHEAD, names(cast, place=""))
    assert answer.status_code == 422
    assert "Hãy điền mục này." in text(answer)


# --- Bases ---------------------------------------------------------------------------------------
def rows(cast: Cast, *texts: str, **more: Any) -> dict[str, Any]:
    return {
        "seen": papers.bases_state(cast.jurisdiction), "rows": str(len(texts)),
        **{f"text_{place}": item for place, item in enumerate(texts)}, **more,
    }  # fmt: skip


def kept() -> list[str]:
    return [item.text for item in LegalBasis.objects.all()]


def test_bases_are_kept_in_order_with_days_and_kinds(cast: Cast) -> None:
    given = rows(
        cast, "Luật\r\ncũ", "", "Nghị định mới", issued_on_0="19/6/2015",
        replaced_on_0="01/03/2021", kinds_2=["decision", "submission"],
    )  # fmt: skip
    assert send(cast, BASES, given, save="1").status_code == 302
    assert kept() == ["Luật cũ", "Nghị định mới"]
    first, last = LegalBasis.objects.all()
    assert (str(first.issued_on), str(first.replaced_on)) == ("2015-06-19", "2021-03-01")
    assert last.kinds == ["decision", "submission"]
    page = text(get(cast.secretary, BASES))
    assert "19/06/2015" in page
    assert Event.objects.get(action="papers.bases").data["after"][0][0] == "Luật cũ"


@pytest.mark.parametrize(
    ("button", "order"),
    [
        ({"add": "1"}, ["A", "B", "C", ""]),
        ({"remove": "1"}, ["A", "C"]),
        ({"up": "2"}, ["A", "C", "B"]),
        ({"up": "0"}, ["A", "B", "C"]),
        ({"down": "0"}, ["B", "A", "C"]),
        ({"down": "2"}, ["A", "B", "C"]),
        ({"remove": "7"}, ["A", "B", "C"]),
        ({"remove": "9" * 5000}, ["A", "B", "C"]),
        ({"up": "²"}, ["A", "B", "C"]),
    ],
    ids=lambda value: str(value)[:20],
)
def test_rows_are_added_taken_out_and_moved_without_saving(
    cast: Cast, button: dict[str, str], order: list[str]
) -> None:
    answer = send(cast, BASES, rows(cast, "A", "B", "C", issued_on_0="gõ dở"), **button)
    assert answer.status_code == 200
    assert [row["text"].value() for row in answer.context["form"].rows()] == order
    assert "gõ dở" in text(answer)
    assert kept() == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"issued_on_0": "01/02/2020", "replaced_on_0": "01/02/2020"}, "phải sau ngày văn bản"),
        ({"issued_on_0": "31/02/2020"}, "ngày"),
        ({"text_0": "", "issued_on_0": "01/02/2020"}, "Hãy ghi căn cứ, hoặc bỏ dòng này."),
        ({"kinds_0": ["contract"]}, "không có trong danh sách"),
        ({"text_0": "x" * 1001}, "dài quá 1000 ký tự"),
        ({"seen": ""}, "Chưa lưu"),
    ],
)
def test_bases_that_cannot_be_kept_are_said(cast: Cast, more: dict[str, Any], said: str) -> None:
    answer = send(cast, BASES, {**rows(cast, "Luật"), **more}, save="1")
    assert answer.status_code == 422
    assert said in text(answer)
    assert kept() == []


def test_two_editors_of_bases_see_both_lists_and_lose_nothing(cast: Cast) -> None:
    first, second = rows(cast, "Luật A"), rows(cast, "Luật B", "Luật C")
    send(cast, BASES, first, save="1")
    answer = send(cast, BASES, second, save="1")
    assert answer.status_code == 409
    page = text(answer)
    assert "<li>Luật A</li>" in page
    assert [row["text"].value() for row in answer.context["form"].rows()] == ["Luật B", "Luật C"]
    assert kept() == ["Luật A"]
    again = rows(cast, "Luật B", "Luật C")
    assert send(cast, BASES, again, save="1").status_code == 302
    assert kept() == ["Luật B", "Luật C"]


def test_the_list_may_be_emptied_but_not_by_an_accident_of_the_form(cast: Cast) -> None:
    send(cast, BASES, rows(cast, "Luật A"), save="1")
    assert send(cast, BASES, {"save": "1"}).status_code == 422
    assert kept() == ["Luật A"]
    assert send(cast, BASES, rows(cast), save="1").status_code == 302
    assert kept() == []
