"""The lead corrects many marks at once: seen first, with a reason, over nobody's head."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appraisal.models import Event, Mark, MarkChange, Round, WorkbookImport
from appraisal.models.round import OwnAgencyPolicy
from appraisal.queries import results
from appraisal.states import Stage
from appraisal.workflow import appraisal
from appraisal.workflow.acting import MarkInput
from tests.appraisal.desk import query_count, signed_in
from tests.appraisal.preparing import text_of, upload
from tests.cast import APPRAISAL, COUNCIL, REAPPRAISAL, Cast, moment

CORPUS = Path("tests/attack_corpus")
REASON = "Báo cáo quý IV gửi sau hạn, trừ như nhau"


@pytest.fixture(autouse=True)
def _appraised(cast: Cast, clock: Any) -> None:
    clock.set(APPRAISAL)
    cast.fill()


@pytest.fixture
def lead(cast: Cast) -> Client:
    return signed_in(cast.lead)


def to(cast: Cast, name: str, *more: int) -> str:
    return reverse(f"appraisal:corrections-{name}", args=[cast.round.pk, *more])


def propose(cast: Cast, client: Client, leaf: str, *agencies: str, **typed: str) -> Any:
    data: dict[str, Any] = {
        "dossiers": [cast.dossiers[code].pk for code in agencies],
        "way": "points", "amount": "", "reason": REASON, **typed,
    }  # fmt: skip
    return client.post(f"{to(cast, 'new')}?leaf={cast.leaf(leaf).pk}", data)


def bring(cast: Cast, client: Client, *lines: str, name: str = "sua.csv") -> Any:
    content = "\n".join(["Mã cơ quan;Mã tiêu chí;Điểm;Lý do", *lines]).encode()
    return client.post(to(cast, "new"), {"from": "file", "file": upload(name, content)})


def team_mark(cast: Cast, leaf: str, agency: str, stage: str = Stage.APPRAISAL) -> Mark:
    return Mark.objects.get(criterion=cast.leaf(leaf), dossier=cast.dossiers[agency], stage=stage)


# --- Seen, then written --------------------------------------------------------------------------
def test_nothing_is_written_before_the_yes_and_the_preview_shows_before_after_and_the_index(
    cast: Cast, lead: Client
) -> None:
    page = propose(cast, lead, "1.2", "SYT", "STP", way="minus", amount="2,5")
    assert page.status_code == 302
    assert not Mark.objects.filter(author=cast.lead).exists()
    shown = lead.get(page.url).context
    assert [(row["before"], row["after"]) for row in shown["rows"]] == [("27", "24,5")] * 2
    before = {fact.agency: results.count(found, fact, "final").index for found in
              [results.figures(cast.round)] for fact in found.dossiers}  # fmt: skip
    lead.post(page.url)
    after = {fact.agency: results.count(found, fact, "final").index for found in
             [results.figures(cast.round)] for fact in found.dossiers}  # fmt: skip
    for item in shown["agencies"]:
        assert item["delta"] == after[item["name"]] - before[item["name"]] < 0
    assert after["Sở Nội vụ"] == before["Sở Nội vụ"]


def test_the_yes_writes_each_mark_with_the_reason_its_history_and_one_event_each(
    cast: Cast, lead: Client
) -> None:
    url = propose(cast, lead, "1.2", "SYT", "STP", amount="20").url
    answer = lead.post(url, follow=True)
    assert "Đã điều chỉnh 2 điểm" in text_of(answer)
    for agency in ("SYT", "STP"):
        mark = team_mark(cast, "1.2", agency)
        assert (mark.points, mark.reason, mark.author, mark.version) == (20, REASON, cast.lead, 2)
        change = MarkChange.objects.get(mark=mark, version=2)
        assert (change.old_points, change.new_points, change.by) == (27, 20, cast.lead)
    assert Event.objects.filter(action="mark.appraisal", actor=cast.lead).count() == 2
    made = Event.objects.get(action="corrections.made")
    assert made.stream == f"round-{cast.round.pk}"
    assert made.data["saved"] == ["SYT – 1.2", "STP – 1.2"]
    assert made.data["reasons"] == [REASON]
    assert team_mark(cast, "1.1", "SYT").author == cast.member
    assert "đã được ghi" in text_of(lead.get(url, follow=True))


@pytest.mark.parametrize(
    ("way", "amount", "points", "waived"),
    [
        ("points", "12,25", "12.25", False),
        ("minus", "7", "13", False),
        ("self", "", "27", False),
        ("waive", "", None, True),
    ],
)
def test_what_each_way_gives(
    cast: Cast, lead: Client, way: str, amount: str, points: str | None, waived: bool
) -> None:
    appraisal.save_appraisal(
        cast.member, cast.dossier, cast.leaf("1.2"),
        MarkInput(points=Decimal(20), reason="Thiếu"), version=1,
    )  # fmt: skip
    lead.post(propose(cast, lead, "1.2", "SYT", way=way, amount=amount).url)
    mark = team_mark(cast, "1.2", "SYT")
    assert (mark.points, mark.not_applicable) == (
        None if points is None else Decimal(points), waived,
    )  # fmt: skip


def test_in_the_second_appraisal_the_second_mark_is_written_and_the_first_stays(
    cast: Cast, lead: Client, clock: Any
) -> None:
    clock.set(REAPPRAISAL)
    lead.post(propose(cast, lead, "1.2", "SYT", amount="20").url)
    assert team_mark(cast, "1.2", "SYT", Stage.REAPPRAISAL).points == 20
    assert team_mark(cast, "1.2", "SYT").points == 27


def test_what_was_saved_after_the_preview_is_left_and_told(cast: Cast, lead: Client) -> None:
    url = propose(cast, lead, "1.2", "SYT", "STP", amount="20").url
    appraisal.save_appraisal(
        cast.member, cast.dossier, cast.leaf("1.2"),
        MarkInput(points=Decimal(15), reason="Xem lại"), version=1,
    )  # fmt: skip
    assert [row["is_stale"] for row in lead.get(url).context["rows"]] == [False, True]
    page = text_of(lead.post(url, follow=True))
    assert "Đã điều chỉnh 1 điểm" in page
    assert "SYT – 1.2 chưa điều chỉnh" in page
    assert team_mark(cast, "1.2", "SYT").points == 15


def test_what_cannot_be_or_changes_nothing_is_skipped_with_the_reason(
    cast: Cast, lead: Client
) -> None:
    below = lead.get(propose(cast, lead, "2.1", "SYT", way="minus", amount="5").url).context
    assert below["rows"] == []
    assert "Điểm sau điều chỉnh là -0,5" in below["skipped"][0][1]
    same = lead.get(propose(cast, lead, "1.2", "SYT", way="self").url).context
    assert same["skipped"] == [["Sở Y tế – 1.2", "Điểm không đổi."]]
    assert WorkbookImport.objects.count() == 1  # a newer proposal replaces the older one


# --- What is refused -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("leaf", "typed", "sentence"),
    [
        ("1.2", {"amount": "20", "reason": " "}, "Hãy điền mục này"),
        ("1.2", {"amount": ""}, "Hãy gõ số điểm"),
        ("1.2", {"amount": "31"}, "30"),
        ("1.2", {"amount": "-1"}, "-1"),
        ("1.2", {"amount": "1e1"}, "1e1"),
        ("1.1", {"way": "waive"}, "không có trong danh sách"),
        ("1.2", {"way": "council"}, "không có trong danh sách"),
    ],
)
def test_a_measure_that_says_too_little_is_refused(
    cast: Cast, lead: Client, leaf: str, typed: dict[str, str], sentence: str
) -> None:
    answer = propose(cast, lead, leaf, "SYT", **typed)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not WorkbookImport.objects.exists()


def test_without_an_agency_nothing_is_proposed(cast: Cast, lead: Client) -> None:
    answer = propose(cast, lead, "1.2", amount="20")
    assert (answer.status_code, "Hãy chọn ít nhất một cơ quan" in text_of(answer)) == (422, True)


def test_the_leads_own_agency_has_no_tick_where_the_round_forbids_it(
    cast: Cast, lead: Client
) -> None:
    Round.objects.update(own_agency_policy=OwnAgencyPolicy.FORBID)
    page = lead.get(f"{to(cast, 'new')}?leaf={cast.leaf('1.2').pk}").context
    assert {row["agency"]: bool(row["verdict"]) for row in page["rows"]} == {
        "Sở Nội vụ": False, "Sở Tư pháp": True, "Sở Y tế": True,
    }  # fmt: skip
    assert propose(cast, lead, "1.2", "SNV", amount="20").status_code == 422
    by_file = lead.get(bring(cast, lead, "SNV;1.2;20;Vì").url).context
    assert by_file["rows"] == []
    assert "chính cơ quan mình" in by_file["skipped"][0][1]
    Round.objects.update(own_agency_policy=OwnAgencyPolicy.WARN)
    assert propose(cast, lead, "1.2", "SNV", amount="20").status_code == 302


def test_a_leaf_that_nobody_marked_is_not_filled_in_from_above(cast: Cast, lead: Client) -> None:
    page = lead.get(f"{to(cast, 'new')}?leaf={cast.leaf('T').pk}").context
    assert not any(row["verdict"] for row in page["rows"])
    assert "chưa có điểm thẩm định" in page["rows"][1]["verdict"].reason


def test_survey_leaves_are_not_offered(cast: Cast, lead: Client) -> None:
    codes = [
        item["label"].split()[0]
        for group in lead.get(to(cast, "new")).context["groups"]
        for item in group["leaves"]
    ]
    assert codes == ["1.1", "1.2", "2.1", "2.2", "T", "P"]
    assert lead.get(f"{to(cast, 'new')}?leaf={cast.leaf('3.1').pk}").status_code == 404
    assert lead.get(f"{to(cast, 'new')}?leaf=x").status_code == 404


def test_a_dossier_that_went_back_meanwhile_is_left_with_the_sentence(
    cast: Cast, lead: Client
) -> None:
    url = propose(cast, lead, "1.2", "SYT", "STP", amount="20").url
    appraisal.send_back(cast.lead, cast.dossier, moment("2020-12-30 17:00"), "Sửa")
    assert "Hồ sơ đã trả lại cơ quan" in text_of(lead.post(url, follow=True))
    assert team_mark(cast, "1.2", "SYT").points == 27
    assert team_mark(cast, "1.2", "STP").points == 20


def test_after_the_windows_nothing_is_corrected(cast: Cast, lead: Client, clock: Any) -> None:
    url = propose(cast, lead, "1.2", "SYT", amount="20").url
    clock.set(COUNCIL)
    assert lead.get(to(cast, "new")).status_code == 403
    assert lead.post(url).status_code == 403
    assert team_mark(cast, "1.2", "SYT").points == 27


# --- By file -------------------------------------------------------------------------------------
def test_a_file_is_seen_first_and_written_on_yes_each_line_with_its_reason(
    cast: Cast, lead: Client
) -> None:
    page = bring(cast, lead, "SYT;1.1;8;Thiếu phụ lục", "STP;2.2;10,5;Không ký số")
    rows = lead.get(page.url).context["rows"]
    assert [(row["code"], row["after"], row["reason"]) for row in rows] == [
        ("1.1", "8", "Thiếu phụ lục"), ("2.2", "10,5", "Không ký số"),
    ]  # fmt: skip
    lead.post(page.url)
    mark = team_mark(cast, "2.2", "STP")
    assert (mark.points, mark.reason) == (Decimal("10.5"), "Không ký số")
    held = WorkbookImport.objects.get()
    assert (held.kind, held.confirmed_by, held.file_name) == ("corrections", cast.lead, "sua.csv")


def test_wrong_cells_of_a_file_are_listed_and_nothing_is_held(cast: Cast, lead: Client) -> None:
    answer = bring(cast, lead, "SYT;1.1;99;Vì", "XXX;1.1;1;")
    assert answer.status_code == 422
    page = text_of(answer)
    for words in ("Ô C2", "Điểm vượt điểm tối đa 10", "Ô A3", "Ô D3"):
        assert words in page
    assert not WorkbookImport.objects.exists()


@pytest.mark.parametrize(
    "path",
    sorted([*(CORPUS / "xlsx").iterdir(), *(CORPUS / "csv").iterdir()]),
    ids=lambda path: path.name,
)
def test_every_table_of_the_corpus_gets_an_answer(cast: Cast, lead: Client, path: Path) -> None:
    answer = lead.post(to(cast, "new"), {"from": "file", "file": upload(path.name, path)})
    assert answer.status_code == 422
    assert not WorkbookImport.objects.exists()


# --- The way there, and how much it asks ----------------------------------------------------------
def test_the_leads_progress_leads_to_it_and_nobody_elses(cast: Cast, lead: Client) -> None:
    progress = reverse("appraisal:progress-show", args=[cast.round.pk])
    assert to(cast, "new") in lead.get(progress).content.decode()
    assert to(cast, "new") not in signed_in(cast.secretary).get(progress).content.decode()


def test_the_preview_asks_the_same_for_one_agency_and_for_three(cast: Cast, lead: Client) -> None:
    Round.objects.update(own_agency_policy=OwnAgencyPolicy.WARN)
    one = query_count(lead, propose(cast, lead, "1.2", "SYT", amount="20").url)
    three = query_count(lead, propose(cast, lead, "1.2", "SYT", "STP", "SNV", amount="20").url)
    assert one == three <= 25
    assert query_count(lead, to(cast, "new")) <= 20
