"""The bench: who sees what, one key to agree, nothing typed is lost, no query per row."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Agency, User
from appraisal.models import CannedRemark, Dossier, ExplanationRequest, Mark, Round
from appraisal.models.round import OwnAgencyPolicy
from appraisal.states import RoundState, Stage
from appraisal.workflow import appraisal, evidence
from tests.appraisal.desk import AUTOSAVE, CORPUS, document, signed_in, typing
from tests.cast import APPRAISAL, PASSWORD, REAPPRAISAL, SELF_ASSESSMENT, Cast

TEXTS = json.loads((CORPUS / "tables" / "texts.json").read_text(encoding="utf-8"))["cases"]


@pytest.fixture(autouse=True)
def _while_appraising(cast: Cast, clock: Any) -> None:
    clock.set(APPRAISAL)
    for dossier in cast.dossiers.values():
        cast.submit(dossier)
    cast.mark("1.1", "10", reason="Đã ban hành đúng hạn")


@pytest.fixture
def member(cast: Cast) -> Client:
    return signed_in(cast.member)


def bench(cast: Cast, code: str = "", **query: Any) -> str:
    if code:
        query = {"dossier": cast.dossier.pk, "leaf": cast.leaf(code).pk, **query}
    pairs = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{reverse('appraisal:bench-show', args=[cast.round.pk])}?{pairs}"


def item(cast: Cast, code: str, name: str = "bench-mark", stage: str = "appraisal") -> str:
    arguments: list[Any] = [cast.round.pk, cast.dossier.pk, cast.leaf(code).pk]
    return reverse(f"appraisal:{name}", args=arguments + ([stage] if name == "bench-mark" else []))


def save(client: Client, cast: Cast, code: str, *, fetch: bool = False, **data: Any) -> Any:
    data.setdefault("version", "0")
    return client.post(item(cast, code), data, headers=AUTOSAVE if fetch else {})


def given(cast: Cast, code: str, stage: str = Stage.APPRAISAL) -> Mark:
    return Mark.objects.get(dossier=cast.dossier, criterion=cast.leaf(code), stage=stage)


# --- Who sees it ---------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["officer", "head", "chair", "council_member"])
def test_show_is_refused_with_the_reason_to_who_has_no_seat_in_the_team(
    cast: Cast, who: str
) -> None:
    answer = signed_in(cast.people[who]).get(bench(cast))
    assert answer.status_code == 403
    assert "Thành viên Tổ giúp việc" in answer.content.decode()


@pytest.mark.parametrize("who", ["administrator", "nobody"])
def test_show_is_unknown_to_people_without_a_part_in_the_round(cast: Cast, who: str) -> None:
    assert signed_in(cast.people[who]).get(bench(cast)).status_code == 404


def test_show_is_unknown_in_another_province(cast: Cast) -> None:
    round = Round.objects.get(pk=cast.round.pk)
    other = type(round.jurisdiction).objects.create(
        code="gia-lai", name="Gia Lai", place="Pleiku", committee="UBND", council="Hội đồng"
    )
    stranger = User.objects.create_user(
        "la@gialai.example.vn", PASSWORD, full_name="Người Lạ", jurisdiction=other,
        is_secretariat=True,
    )  # fmt: skip
    client = signed_in(stranger)
    assert client.get(bench(cast)).status_code == 404
    assert client.post(item(cast, "1.1"), {"version": 0}).status_code == 404


def test_show_gives_a_member_only_the_own_leaves(cast: Cast, member: Client) -> None:
    assert member.get(bench(cast, "1.1")).status_code == 200
    assert member.get(bench(cast, "2.2")).status_code == 404
    assert member.get(bench(cast, "3.1")).status_code == 404
    by_agency = member.get(bench(cast, "1.1", walk="agency")).content.decode()
    assert "Tiêu chí 1.2" in by_agency
    assert "Tiêu chí 2.1" not in by_agency


@pytest.mark.parametrize("who", ["lead", "secretary", "auditor"])
def test_show_lets_readers_look_at_everything_without_buttons(cast: Cast, who: str) -> None:
    page = signed_in(cast.people[who]).get(bench(cast, "2.2")).content.decode()
    assert "Việc này do Thành viên Tổ giúp việc thực hiện." in page
    assert "mark-form" not in page


def test_show_refuses_a_wrong_number_in_the_address(cast: Cast, member: Client) -> None:
    for wrong in ("abc", "²", "-1", "9" * 40):
        assert member.get(bench(cast, dossier=wrong)).status_code == 404


def test_show_leaves_the_own_agency_out_where_the_round_forbids_it(
    cast: Cast, member: Client
) -> None:
    own = cast.dossiers["SNV"].pk
    leaf = cast.leaf("1.1").pk
    assert member.get(bench(cast, dossier=own, leaf=leaf)).status_code == 404
    second = signed_in(cast.second_member)
    assert second.get(bench(cast, dossier=own, leaf=leaf)).status_code == 200
    Round.objects.filter(pk=cast.round.pk).update(own_agency_policy=OwnAgencyPolicy.WARN)
    page = member.get(bench(cast, dossier=own, leaf=leaf)).content.decode()
    assert "Ông/bà công tác tại chính cơ quan được thẩm định" in page


def test_show_says_that_nothing_is_assigned(cast: Cast, member: Client) -> None:
    cast.member.seats.get().assignments.all().delete()
    assert "Chưa có tiêu chí nào để thẩm định" in member.get(bench(cast)).content.decode()


# --- What it shows -------------------------------------------------------------------------
def test_show_opens_the_first_item_that_is_not_done(cast: Cast, member: Client) -> None:
    page = member.get(bench(cast)).content.decode()
    assert "Tiêu chí 1.1" in page
    assert "0/10" in page  # two agencies that are not the own one, five leaves
    save(member, cast, "1.1", points="10")
    assert "1/10" in member.get(bench(cast)).content.decode()


def test_show_puts_the_self_score_the_reason_and_the_proposal_on_the_card(
    cast: Cast, member: Client
) -> None:
    Mark.objects.filter(stage=Stage.SELF).update(declared={"met": True})
    page = member.get(bench(cast, "1.1")).content.decode()
    assert "Đã ban hành đúng hạn" in page
    assert "Đạt: 10 điểm" in page
    assert 'data-points="10"' in page
    assert 'data-points="0"' in page
    assert "Đồng ý (10)" in page


def test_show_opens_the_evidence_at_the_cited_page_and_turns_pages(
    cast: Cast, member: Client, clock: Any
) -> None:
    clock.set(SELF_ASSESSMENT)
    cast.dossier.state = "draft"
    cast.dossier.save()
    paper = document(cast.officer, title="Kế hoạch số 5", pages=9)
    cited = evidence.cite(cast.officer, cast.dossier, cast.leaf("1.1"), paper)
    cited.pages = "3-4"
    cited.save()
    cast.submit()
    clock.set(APPRAISAL)
    page = member.get(bench(cast, "1.1")).content.decode()
    assert reverse("appraisal:evidence-page", args=[paper.pk, 3]) in page
    assert f"doc={cited.pk}&amp;page=4" in page
    turned = member.get(bench(cast, "1.1", doc=cited.pk, page=99)).content.decode()
    assert reverse("appraisal:evidence-page", args=[paper.pk, 9]) in turned


def test_show_says_that_the_agency_changed_its_score_after_the_mark(
    cast: Cast, member: Client
) -> None:
    save(member, cast, "1.1", points="10")
    later = given(cast, "1.1").saved_at + timedelta(minutes=1)
    Mark.objects.filter(stage=Stage.SELF).update(saved_at=later)
    page = member.get(bench(cast, "1.1")).content.decode()
    assert "Cơ quan sửa sau khi chấm" in page
    assert "0/10" in page


def test_show_takes_the_same_queries_for_three_dossiers_and_for_eight(
    cast: Cast, member: Client
) -> None:
    queries(cast, member)  # the first request of a session also writes it
    counts = [queries(cast, member)]
    for number in range(5):
        agency = Agency.objects.create(
            jurisdiction=cast.jurisdiction, group=cast.departments, code=f"X{number}",
            name=f"Cơ quan {number}", valid_from=date(2015, 1, 1),
        )  # fmt: skip
        more = Dossier.objects.create(round=cast.round, agency=agency, group=cast.departments)
        cast.submit(more)
        for code in ("1.1", "1.2", "T"):
            cast.mark(code, "1", dossier=more)
            cast.mark(code, "1", Stage.APPRAISAL, more, author=cast.member)
    counts.append(queries(cast, member))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 17


def queries(cast: Cast, client: Client) -> list[int]:
    """The numbers of queries of the bench, walked both ways."""
    counts = []
    for walk in ("criterion", "agency"):
        with CaptureQueriesContext(connection) as counted:
            assert client.get(bench(cast, "1.1", walk=walk)).status_code == 200
        counts.append(len(counted))
    return counts


# --- Saving --------------------------------------------------------------------------------
def test_mark_saves_and_goes_on_to_the_next_item(cast: Cast, member: Client) -> None:
    answer = save(member, cast, "1.1", points="0", reason="Không có kế hoạch")
    assert answer.status_code == 302
    assert (given(cast, "1.1").points, given(cast, "1.1").author) == (0, cast.member)
    query = parse_qs(urlsplit(answer["Location"]).query)
    assert query["dossier"] != [str(cast.dossier.pk)] or query["leaf"] != [str(cast.leaf("1.1").pk)]


def test_mark_agrees_with_the_agency_in_one_press(cast: Cast, member: Client) -> None:
    assert save(member, cast, "1.1", agree="1", points="3").status_code == 302
    assert given(cast, "1.1").points == 10


def test_mark_agrees_with_a_request_not_applicable_in_its_own_words(
    cast: Cast, member: Client
) -> None:
    cast.mark("1.2", None, not_applicable=True, reason="Không được giao nhiệm vụ")
    assert save(member, cast, "1.2", agree="1").status_code == 302
    mark = given(cast, "1.2")
    assert mark.not_applicable
    assert "Không được giao nhiệm vụ" in mark.reason


def test_mark_keeps_all_digits_of_points_that_the_page_offers(cast: Cast, member: Client) -> None:
    cast.mark("1.2", "27.857143", declared={"done": "26", "total": "28"})
    assert save(member, cast, "1.2", points="27,857143").status_code == 302
    assert str(given(cast, "1.2").points) == "27.857143"


def test_show_offers_two_decimals_to_the_eye_and_every_digit_to_the_field(
    cast: Cast, member: Client
) -> None:
    cast.mark("1.2", "27.857143", declared={"done": "26", "total": "28"})
    page = member.get(bench(cast, "1.2")).content.decode()
    assert 'data-points="27,857143"' in page
    assert 'title="chính xác 27,857143"' in page
    assert '<span class="tier__points">27,86</span>' in page


def test_show_says_saved_only_of_a_mark_that_was_saved(cast: Cast, member: Client) -> None:
    assert 'data-state="idle"' in member.get(bench(cast, "1.1")).content.decode()
    save(member, cast, "1.1", points="10")
    page = member.get(bench(cast, "1.1")).content.decode()
    assert 'data-state="saved"' in page
    assert 'data-state="idle"' not in page


def test_mark_answers_json_to_a_form_that_saves_itself(cast: Cast, member: Client) -> None:
    answer = save(member, cast, "1.1", points="10", fetch=True).json()
    assert (answer["ok"], answer["version"]) == (True, 1)
    assert "Đồng ý với tự chấm" in answer["html"][f"#state-{cast.dossier.pk}-{cast.leaf('1.1').pk}"]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"points": "0"}, "reason"),
        ({"points": "11"}, "points"),
        ({"points": "1,234"}, "points"),
        ({"points": "abc"}, "points"),
        ({"points": ""}, "points"),
    ],
)
def test_mark_says_which_field_is_wrong_and_keeps_what_was_typed(
    cast: Cast, member: Client, data: dict[str, str], field: str
) -> None:
    quiet = save(member, cast, "1.1", fetch=True, **data)
    assert quiet.status_code == 422
    assert list(quiet.json()["errors"]) == [field]
    page = save(member, cast, "1.1", **data)
    assert page.status_code == 422
    assert f'value="{data["points"]}"' in page.content.decode() or not data["points"]
    assert not Mark.objects.filter(stage=Stage.APPRAISAL).exists()


def test_mark_shows_both_values_when_somebody_else_saved(cast: Cast, member: Client) -> None:
    save(member, cast, "1.1", points="0", reason="Thiếu kế hoạch")
    quiet = save(member, cast, "1.1", fetch=True, points="5", reason="Một nửa")
    assert quiet.status_code == 409
    assert quiet.json()["version"] == 1
    fields = {item["name"]: (item["mine"], item["theirs"]) for item in quiet.json()["fields"]}
    assert fields == {"points": ("5", "0"), "reason": ("Một nửa", "Thiếu kế hoạch")}
    page = save(member, cast, "1.1", points="5", reason="Một nửa")
    assert page.status_code == 409
    text = page.content.decode()
    assert "Một nửa" in text
    assert "Thiếu kế hoạch" in text
    assert 'name="version" value="1"' in text
    assert given(cast, "1.1").points == 0


def test_mark_too_late_is_refused_with_the_minute_and_shows_what_was_typed(
    cast: Cast, member: Client, clock: Any
) -> None:
    clock.set("2021-01-04 17:01")
    page = save(member, cast, "1.1", points="4", reason="Gõ dở lúc hết giờ")
    assert page.status_code == 403
    assert "17:00 ngày 04/01/2021" in page.content.decode()
    assert "Gõ dở lúc hết giờ" in page.content.decode()
    quiet = save(member, cast, "1.1", fetch=True, points="4", reason="Gõ dở")
    assert quiet.status_code == 403
    assert "17:00 ngày 04/01/2021" in quiet.json()["reason"]


def test_a_first_mark_never_becomes_a_second_one(cast: Cast, member: Client, clock: Any) -> None:
    save(member, cast, "1.1", points="0", reason="Thiếu")
    appraisal.ask_explanation(cast.member, cast.dossier, cast.leaf("1.1"), "Vì sao?")
    clock.set(REAPPRAISAL)
    assert save(member, cast, "1.1", points="10", version="1").status_code == 403
    assert not Mark.objects.filter(stage=Stage.REAPPRAISAL).exists()


def test_the_second_mark_stands_beside_the_first_with_the_explanation(
    cast: Cast, member: Client, clock: Any
) -> None:
    save(member, cast, "1.1", points="0", reason="Thiếu kế hoạch")
    appraisal.ask_explanation(cast.member, cast.dossier, cast.leaf("1.1"), "Đề nghị gửi kế hoạch")
    clock.set(REAPPRAISAL)
    page = member.get(bench(cast)).content.decode()
    assert "Thẩm định lần 1" in page
    assert "Đề nghị gửi kế hoạch" in page
    assert "Giữ điểm thẩm định lần 1" in page
    url = item(cast, "1.1", stage="reappraisal")
    assert member.post(url, {"version": 0, "points": "10"}).status_code == 302
    assert given(cast, "1.1", Stage.REAPPRAISAL).points == 10
    assert given(cast, "1.1").points == 0


def test_mark_does_not_know_leaves_of_another_group_nor_other_stages(
    cast: Cast, member: Client
) -> None:
    for stage in ("self", "council", "survey"):
        assert member.post(item(cast, "1.1", stage=stage), {"version": 0}).status_code == 404
    cast.dossier.group = cast.districts
    cast.dossier.save()
    assert save(member, cast, "1.1", points="10").status_code == 404


def test_posted_fields_that_the_form_does_not_have_change_nothing(
    cast: Cast, member: Client
) -> None:
    extra = {"stage": "council", "author": cast.officer.pk, "dossier": cast.dossiers["STP"].pk,
             "saved_at": "2001-01-01", "declared": '{"met": true}', "state": "draft"}  # fmt: skip
    assert save(member, cast, "1.1", points="10", not_applicable="on", **extra).status_code == 302
    mark = given(cast, "1.1")
    assert (mark.author, mark.declared, mark.not_applicable) == (cast.member, {}, False)
    assert mark.saved_at.year == 2020
    cast.dossier.refresh_from_db()
    assert cast.dossier.state == "submitted"
    assert not Mark.objects.filter(stage=Stage.COUNCIL).exists()


@pytest.mark.parametrize("case", TEXTS, ids=[case["what"] for case in TEXTS])
def test_hostile_texts_are_kept_inert_or_refused_never_an_error(
    cast: Cast, member: Client, case: dict[str, Any]
) -> None:
    text = case["text"]
    assert typing(member, item(cast, "1.1"), points="0", reason=text).status_code in {302, 422}
    save(member, cast, "1.1", points="10")
    assert typing(member, item(cast, "1.1", "bench-ask"), text=text).status_code in {302, 422}
    answer = typing(member, reverse("appraisal:bench-remark", args=[cast.round.pk]), text=text)
    assert answer.status_code in {302, 422}
    page = member.get(bench(cast, "1.1")).content.decode()
    assert "<script>window.__XSS" not in page
    assert "<img src=x" not in page
    assert "<svg/onload" not in page


# --- Asking and remarks --------------------------------------------------------------------
def test_ask_sends_the_request_and_unask_takes_it_back(cast: Cast, member: Client) -> None:
    save(member, cast, "1.1", points="0", reason="Thiếu")
    url = f"{item(cast, '1.1', 'bench-ask')}?walk=agency"
    answer = member.post(url, {"text": "Đề nghị gửi kế hoạch"})
    assert answer.status_code == 302
    assert "walk=agency" in answer["Location"]
    assert ExplanationRequest.objects.get().text == "Đề nghị gửi kế hoạch"
    page = member.get(bench(cast, "1.1")).content.decode()
    assert "Đã yêu cầu giải trình" in page
    assert member.post(item(cast, "1.1", "bench-unask")).status_code == 302
    assert not ExplanationRequest.objects.exists()


def test_ask_without_words_shows_the_sentence_at_the_field(cast: Cast, member: Client) -> None:
    save(member, cast, "1.1", points="0", reason="Thiếu")
    answer = member.post(item(cast, "1.1", "bench-ask"), {"text": "  "})
    assert answer.status_code == 422
    assert "ask_text_error" in answer.content.decode()


def test_ask_before_a_mark_says_to_mark_first(cast: Cast, member: Client) -> None:
    answer = member.post(item(cast, "1.1", "bench-ask"), {"text": "Vì sao?"})
    assert answer.status_code == 422
    assert "Hãy cho điểm tiêu chí này trước" in answer.content.decode()
    assert not ExplanationRequest.objects.exists()


def test_ask_too_late_is_refused_with_the_minute_and_shows_what_was_typed(
    cast: Cast, member: Client, clock: Any
) -> None:
    save(member, cast, "1.1", points="0", reason="Thiếu")
    clock.set("2021-01-04 17:01")
    answer = member.post(item(cast, "1.1", "bench-ask"), {"text": "Câu hỏi gõ dở"})
    assert answer.status_code == 403
    assert "17:00 ngày 04/01/2021" in answer.content.decode()
    assert "Câu hỏi gõ dở" in answer.content.decode()


def test_remark_is_added_offered_and_removed(cast: Cast, member: Client) -> None:
    url = reverse("appraisal:bench-remark", args=[cast.round.pk])
    assert member.post(url, {"text": "Thiếu tài liệu kiểm chứng."}).status_code == 302
    assert 'data-value="Thiếu tài liệu kiểm chứng."' in member.get(bench(cast)).content.decode()
    remove = reverse(
        "appraisal:bench-remark-remove", args=[cast.round.pk, CannedRemark.objects.get().pk]
    )
    assert signed_in(cast.auditor).post(remove).status_code == 403
    assert member.post(remove).status_code == 302
    assert not CannedRemark.objects.exists()


@pytest.mark.parametrize("name", ["bench-mark", "bench-ask", "bench-unask"])
def test_writing_addresses_answer_only_to_post(cast: Cast, member: Client, name: str) -> None:
    assert member.get(item(cast, "1.1", name)).status_code == 405


def test_show_tells_the_reason_once_the_council_has_the_round(cast: Cast, member: Client) -> None:
    cast.put(RoundState.COUNCIL)
    page = member.get(bench(cast, "1.1")).content.decode()
    assert "không nhập hay sửa điểm được nữa" in page
    assert "mark-form" not in page
