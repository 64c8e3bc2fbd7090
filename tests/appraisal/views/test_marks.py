"""The page of a leaf: saves as a form or by itself, loses nothing, refuses with the minute."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appraisal.models import Criterion, Mark
from appraisal.states import RoundState, Stage
from appraisal.workflow import evidence as workflow
from tests.appraisal.desk import AUTOSAVE, CORPUS, document, query_count, signed_in, typing
from tests.cast import APPRAISAL, SELF_ASSESSMENT, Cast

TEXTS = json.loads((CORPUS / "tables" / "texts.json").read_text(encoding="utf-8"))["cases"]


@pytest.fixture(autouse=True)
def _while_scoring(clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)


@pytest.fixture
def officer(cast: Cast) -> Client:
    return signed_in(cast.officer)


def address(cast: Cast, code: str, name: str = "marks-edit") -> str:
    return reverse(f"appraisal:{name}", args=[cast.dossier.pk, cast.leaf(code).pk])


def post(client: Client, url: str, fetch: bool = False, **data: Any) -> Any:
    data.setdefault("version", "0")
    return client.post(url, data, headers=AUTOSAVE if fetch else {})


def stored(cast: Cast, code: str) -> Mark:
    return Mark.objects.get(dossier=cast.dossier, criterion=cast.leaf(code), stage=Stage.SELF)


# --- The page ------------------------------------------------------------------------------
def test_edit_shows_guidance_and_the_inputs_that_the_rule_asks_for(
    cast: Cast, officer: Client
) -> None:
    page = officer.get(address(cast, "1.2")).content.decode()
    assert "Tổng nhiệm vụ" in page
    assert "Nhiệm vụ đã hoàn thành" in page
    assert "Đề nghị không áp dụng" in page
    assert 'name="version" value="0"' in page
    assert "17:00 20/12/2020" in page


def test_edit_draws_radio_cards_with_their_points(cast: Cast, officer: Client) -> None:
    page = officer.get(address(cast, "1.1")).content.decode()
    assert page.count('type="radio"') == 2
    assert "10 điểm" in page
    assert "Đề nghị không áp dụng" not in page


def test_edit_shows_last_years_mark_and_remark_but_inherits_nothing(
    cast: Cast, officer: Client
) -> None:
    _last_year(cast)
    page = officer.get(address(cast, "1.1")).content.decode()
    assert "tự chấm 10, kết quả 7,5" in page
    assert "Thiếu quyết định ban hành" in page
    assert 'name="points" value=""' in page


def _last_year(cast: Cast) -> Any:
    """A published round of 2019 in which the agency was marked under the same code."""
    from appraisal.models import CriteriaSet, Dossier, Round

    round = Round.objects.create(
        jurisdiction=cast.jurisdiction, year=2019, name="Năm 2019", state=RoundState.OPEN,
        opened_at=cast.round.opened_at, bonus_max=2, penalty_max=2,
    )  # fmt: skip
    criteria = CriteriaSet.objects.create(round=round, group=cast.departments, name="2019")
    leaf = Criterion.objects.create(
        criteria_set=criteria, position=0, code="1.1", title="Cũ", max_points=10, kind="manual"
    )
    dossier = Dossier.objects.create(
        round=round, agency=cast.agencies["SYT"], group=cast.departments
    )
    for stage, points, reason in (
        (Stage.SELF, 10, ""),
        (Stage.APPRAISAL, "7.5", "Thiếu quyết định"),
    ):
        Mark.objects.create(
            dossier=dossier, criterion=leaf, stage=stage, points=points,
            reason=f"{reason} ban hành" if reason else "", author=cast.member,
            saved_at=cast.round.opened_at,
        )  # fmt: skip
    Round.objects.filter(pk=round.pk).update(state=RoundState.PUBLISHED)
    return dossier


def test_edit_leads_to_the_leaf_before_and_the_leaf_after(cast: Cast, officer: Client) -> None:
    page = officer.get(address(cast, "1.2")).content.decode()
    assert (
        f'rel="prev" data-key="k" data-key-label="Tiêu chí trước" href="{address(cast, "1.1")}"'
        in page
    )
    assert address(cast, "2.1") in page


def test_edit_of_a_survey_leaf_says_who_gives_its_points(cast: Cast, officer: Client) -> None:
    page = officer.get(address(cast, "3.1"))
    assert page.status_code == 200
    assert "do cơ quan thường trực nhập" in page.content.decode()
    assert "data-autosave" not in page.content.decode().replace("data-autosave-notes", "")


def test_edit_is_not_known_to_another_agency(cast: Cast) -> None:
    stranger = signed_in(cast.other_officer)
    assert stranger.get(address(cast, "1.1")).status_code == 404
    assert post(stranger, address(cast, "1.1"), declared_0="yes").status_code == 404
    assert post(stranger, address(cast, "1.1", "marks-propose")).status_code == 404


def test_edit_of_a_leaf_of_another_set_is_not_found(cast: Cast, officer: Client) -> None:
    group = cast.leaf("1")
    url = reverse("appraisal:marks-edit", args=[cast.dossier.pk, group.pk])
    assert officer.get(url).status_code == 404
    assert post(officer, url).status_code == 404


def test_edit_is_read_only_for_the_team(cast: Cast) -> None:
    member = signed_in(cast.member)
    page = member.get(address(cast, "1.1"))
    assert page.status_code == 200
    assert '<fieldset class="stack" disabled>' in page.content.decode()
    assert post(member, address(cast, "1.1"), declared_0="yes").status_code == 403
    assert not Mark.objects.exists()


def test_edit_takes_the_same_queries_with_one_document_and_with_three(
    cast: Cast, officer: Client
) -> None:
    leaf, counts = cast.leaf("1.1"), []
    for number in range(3):
        workflow.cite(cast.officer, cast.dossier, leaf, document(cast.officer, number=number))
        counts.append(query_count(officer, address(cast, "1.1")))
    assert counts[0] == counts[2] <= 15


# --- Saving as a plain form ------------------------------------------------------------------
def test_edit_saves_and_takes_the_proposal_for_empty_points(cast: Cast, officer: Client) -> None:
    answer = post(officer, address(cast, "1.1"), declared_0="yes", points="", reason="Có QĐ")
    assert answer.status_code == 302
    mark = stored(cast, "1.1")
    assert (mark.points, mark.declared, mark.reason, mark.author) == (
        10, {"met": True}, "Có QĐ", cast.officer,
    )  # fmt: skip


def test_edit_saves_and_goes_on_to_the_next_leaf(cast: Cast, officer: Client) -> None:
    answer = post(officer, address(cast, "1.1"), declared_0="yes", then="next")
    assert answer.headers["Location"] == address(cast, "1.2")


def test_edit_keeps_a_quotient_whole_though_two_decimals_are_shown(
    cast: Cast, officer: Client
) -> None:
    post(officer, address(cast, "1.2"), declared_0="7", declared_1="6")
    assert str(stored(cast, "1.2").points) == "25.714286"
    page = officer.get(address(cast, "1.2")).content.decode()
    assert 'name="points" value="25,71"' in page
    post(officer, address(cast, "1.2"), declared_0="7", declared_1="6", points="25,71", version="1")
    assert str(stored(cast, "1.2").points) == "25.714286"
    assert stored(cast, "1.2").version == 1


def test_edit_keeps_points_that_differ_and_counts_the_missing_reason_as_a_gap(
    cast: Cast, officer: Client
) -> None:
    post(officer, address(cast, "1.1"), declared_0="no", points="10")
    assert stored(cast, "1.1").points == 10
    page = officer.get(address(cast, "1.1")).content.decode()
    assert "Điểm tự chấm 10 khác điểm đề xuất 0 nhưng chưa nêu lý do." in page


@pytest.mark.parametrize("points", ["11", "-1", "1e1", "1.234", "mười", "NaN"])
def test_edit_refuses_points_outside_the_maximum_and_keeps_what_was_typed(
    cast: Cast, officer: Client, points: str
) -> None:
    answer = post(officer, address(cast, "1.1"), points=points, reason="Giữ lại câu này")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'name="points" value="{points}"' in page
    assert "Giữ lại câu này" in page
    assert not Mark.objects.exists()


def test_edit_asks_for_the_reason_of_not_applicable(cast: Cast, officer: Client) -> None:
    answer = post(officer, address(cast, "1.2"), not_applicable="on")
    assert answer.status_code == 422
    assert "cần nêu lý do" in answer.content.decode()
    post(officer, address(cast, "1.2"), not_applicable="on", reason="Không có nhiệm vụ")
    mark = stored(cast, "1.2")
    assert (mark.points, mark.not_applicable) == (None, True)


def test_edit_refuses_not_applicable_where_the_criterion_always_applies(
    cast: Cast, officer: Client
) -> None:
    answer = post(officer, address(cast, "1.1"), not_applicable="on", reason="Không có")
    assert answer.status_code == 422
    assert "luôn áp dụng" in answer.content.decode()


def test_edit_refuses_a_value_that_comes_twice(cast: Cast, officer: Client) -> None:
    answer = post(officer, address(cast, "1.1"), points=["1", "9"])
    assert answer.status_code == 422
    assert not Mark.objects.exists()


def test_edit_ignores_every_field_that_the_form_does_not_have(cast: Cast, officer: Client) -> None:
    extra = {
        "stage": "council", "dossier": cast.dossiers["STP"].pk, "author": cast.chair.pk,
        "saved_at": "2019-01-01", "state": "submitted", "criterion": cast.leaf("2.1").pk,
        "declared": '{"met": false}', "agency": cast.agencies["STP"].pk,
    }  # fmt: skip
    post(officer, address(cast, "1.1"), declared_0="yes", **extra)
    mark = Mark.objects.get()
    assert (mark.dossier, mark.criterion, mark.stage, mark.author) == (
        cast.dossier, cast.leaf("1.1"), Stage.SELF, cast.officer,
    )  # fmt: skip
    cast.dossier.refresh_from_db()
    assert cast.dossier.state == "draft"


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999"])
def test_edit_refuses_a_version_that_no_page_carried(
    cast: Cast, officer: Client, version: str
) -> None:
    answer = post(officer, address(cast, "1.1"), declared_0="yes", version=version)
    assert answer.status_code == 422
    assert not Mark.objects.exists()


# --- Collisions ------------------------------------------------------------------------------
def test_edit_conflict_shows_both_values_and_loses_nothing_typed(
    cast: Cast, officer: Client
) -> None:
    post(signed_in(cast.head), address(cast, "1.1"), declared_0="yes", reason="Của thủ trưởng")
    answer = post(officer, address(cast, "1.1"), declared_0="no", points="0", reason="Của tôi")
    assert answer.status_code == 409
    page = answer.content.decode()
    for said in ("Của thủ trưởng", "Của tôi", "Không đạt", "Điểm tự chấm", cast.head.full_name):
        assert said in page
    assert 'name="version" value="1"' in page
    assert stored(cast, "1.1").reason == "Của thủ trưởng"
    post(officer, address(cast, "1.1"), declared_0="no", reason="Của tôi", version="1")
    assert stored(cast, "1.1").reason == "Của tôi"


def test_edit_conflict_names_the_unsaved_fields_to_the_script(cast: Cast, officer: Client) -> None:
    post(signed_in(cast.head), address(cast, "1.1"), declared_0="yes", reason="Của thủ trưởng")
    answer = post(officer, address(cast, "1.1"), True, declared_0="no", reason="Của tôi")
    assert answer.status_code == 409
    told = answer.json()
    assert (told["conflict"], told["version"]) == (True, 1)
    fields = {item["name"]: item for item in told["fields"]}
    assert fields["declared_0"]["mine"] == ["no"]
    assert fields["declared_0"]["theirs_text"] == "Đạt"
    assert (fields["reason"]["mine"], fields["reason"]["theirs"]) == ("Của tôi", "Của thủ trưởng")
    assert "not_applicable" not in fields


def test_edit_that_says_the_same_again_is_no_conflict(cast: Cast, officer: Client) -> None:
    for _ in range(2):
        assert post(officer, address(cast, "1.1"), declared_0="yes").status_code == 302
    assert stored(cast, "1.1").version == 1


# --- Saving by itself -------------------------------------------------------------------------
def test_edit_answers_the_script_with_the_version_and_the_proposal(
    cast: Cast, officer: Client
) -> None:
    answer = post(officer, address(cast, "1.1"), True, declared_0="yes")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["ok"], told["version"]) == (True, 1)
    assert "Đạt: 10 điểm" in told["html"]["#proposal"]


def test_edit_answers_the_script_with_errors_by_field(cast: Cast, officer: Client) -> None:
    answer = post(officer, address(cast, "2.1"), True, declared_0="hai", points="99")
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"declared_0", "points"}


def test_edit_after_the_deadline_is_refused_with_the_minute_and_shows_what_was_typed(
    cast: Cast, officer: Client, clock: Any
) -> None:
    clock.set(APPRAISAL)
    late = post(officer, address(cast, "1.1"), declared_0="yes", points="9", reason="Gõ dở")
    assert late.status_code == 403
    page = late.content.decode()
    assert "17:00 ngày 20/12/2020" in page
    for typed in ("Gõ dở", ">9<", "Đạt"):
        assert typed in page
    assert post(officer, address(cast, "1.1"), points="không phải số").status_code == 403
    told = post(officer, address(cast, "1.1"), True, declared_0="yes")
    assert told.status_code == 403
    assert "17:00 ngày 20/12/2020" in told.json()["reason"]
    assert not Mark.objects.exists()


def test_edit_of_a_submitted_dossier_says_why_it_is_locked_and_what_comes_next(
    cast: Cast, officer: Client
) -> None:
    cast.submit()
    page = officer.get(address(cast, "1.1")).content.decode()
    assert "Hồ sơ đã gửi lúc 16:00 ngày 18/12/2020" in page
    assert "Bước tiếp theo: “Thẩm định”, từ 07:00 ngày 21/12/2020" in page


@pytest.mark.parametrize("case", TEXTS, ids=[case["what"] for case in TEXTS])
def test_edit_takes_every_text_as_text(cast: Cast, officer: Client, case: dict[str, Any]) -> None:
    for name in ("reason", "declared_0", "points"):
        answer = typing(officer, address(cast, "1.1"), **{"declared_0": "yes", name: case["text"]})
        assert answer.status_code in {302, 409, 422}
    page = officer.get(address(cast, "1.1")).content.decode()
    assert "<script>window.__XSS" not in page
    assert "<img src=x" not in page
    assert "<svg/onload" not in page


# --- Proposals --------------------------------------------------------------------------------
def test_propose_says_points_and_why_and_saves_nothing(cast: Cast, officer: Client) -> None:
    url = address(cast, "2.1", "marks-propose")
    answer = post(officer, url, declared_0="2", declared_1="1", points="5")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'data-proposed="4"' in page
    assert "2 × 0,25 − 1 × 0,5" in page
    assert "hãy nêu lý do" in page
    assert not Mark.objects.exists()


def test_propose_says_what_is_still_to_be_declared(cast: Cast, officer: Client) -> None:
    page = post(officer, address(cast, "1.2", "marks-propose"), declared_0="10").content.decode()
    assert 'data-proposed=""' in page
    assert "Cần khai: Nhiệm vụ đã hoàn thành." in page


def test_propose_offers_not_applicable_where_the_rule_does(cast: Cast, officer: Client) -> None:
    url = address(cast, "1.2", "marks-propose")
    page = post(officer, url, declared_0="0", declared_1="0").content.decode()
    assert "thuộc diện không áp dụng" in page


def test_propose_is_for_who_may_score_now(cast: Cast, officer: Client, clock: Any) -> None:
    url = address(cast, "1.1", "marks-propose")
    assert post(signed_in(cast.member), url, declared_0="yes").status_code == 403
    clock.set(APPRAISAL)
    assert post(officer, url, declared_0="yes").status_code == 403


def test_propose_is_a_post(cast: Cast, officer: Client) -> None:
    assert officer.get(address(cast, "1.1", "marks-propose")).status_code == 405
