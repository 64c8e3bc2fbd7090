"""Published years come in as they were published, and stand beside this year's result."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from appraisal.models import Event, PastResult, WorkbookImport
from appraisal.workflow import council
from tests.appraisal.council_pages import queries
from tests.appraisal.council_stage import consolidated
from tests.appraisal.desk import signed_in
from tests.appraisal.preparing import text_of, upload
from tests.cast import COUNCIL, PASSWORD, Cast

CORPUS = Path("tests/attack_corpus")
TABLE = (
    "Năm,Nhóm,Cơ quan,Tổng điểm,Chỉ số (%),Xếp hạng,Xếp loại\n"
    '2019,"Sở, ban, ngành",Sở Y tế,"93,5","93,5",1,Xuất sắc\n'
    '2019,"Sở, ban, ngành",SỞ  TƯ PHÁP,"91","91",2,Xuất sắc\n'
    '2019,"Sở, ban, ngành",Sở Đã giải thể,"70","70",3,Khá\n'
)


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


@pytest.fixture
def secretary(cast: Cast) -> Client:
    return signed_in(cast.secretary)


def to(cast: Cast, name: str, *more: int) -> str:
    return reverse(f"appraisal:past-{name}", args=[cast.round.pk, *more])


def bring(cast: Cast, client: Client, content: bytes, name: str = "2019.csv", **more: Any) -> Any:
    return client.post(to(cast, "import"), {"file": upload(name, content), **more})


def take(client: Client, url: str, **more: Any) -> Any:
    """Say yes to a preview, its warnings accepted."""
    return client.post(url, {"accept": "on", **more}, follow=True)


def test_a_published_table_is_previewed_and_then_kept(cast: Cast, secretary: Client) -> None:
    answer = bring(cast, secretary, TABLE.encode())
    assert answer.status_code == 302
    assert not PastResult.objects.exists()
    page = text_of(secretary.get(answer.url))
    assert "1 dòng chưa khớp cơ quan nào" in page
    shown = text_of(take(secretary, answer.url))
    assert "Đã nhập 3 dòng kết quả." in shown
    kept = {item.agency_name: item for item in PastResult.objects.all()}
    assert kept["Sở Y tế"].agency == cast.agencies["SYT"]
    assert kept["SỞ TƯ PHÁP"].agency == cast.agencies["STP"]
    assert kept["Sở Đã giải thể"].agency is None
    assert (kept["Sở Y tế"].index, kept["Sở Y tế"].rank) == (Decimal("93.5"), 1)
    event = Event.objects.get(action="past.imported").data
    assert (event["lines"], event["unknown"], event["replaced"]) == (3, 1, [])


def test_binh_duong_2017_loads_as_it_is(cast: Cast, secretary: Client) -> None:
    content = Path("tests/data/binh-duong-2017.csv").read_bytes()
    answer = bring(cast, secretary, content, "binh-duong-2017.csv")
    assert answer.status_code == 302, text_of(answer)
    take(secretary, answer.url)
    assert PastResult.objects.count() == 9
    first = PastResult.objects.get(rank=1)
    assert (first.agency_name, first.total_points, first.year) == (
        "Thành phố Thủ Dầu Một", Decimal("84.58"), 2017,
    )  # fmt: skip
    total = sum(item.total_points for item in PastResult.objects.all())
    assert round(total / 9, 2) == Decimal("78.39")


def test_the_same_year_again_is_replaced_only_by_a_yes(cast: Cast, secretary: Client) -> None:
    take(secretary, bring(cast, secretary, TABLE.encode()).url)
    again = bring(cast, secretary, TABLE.replace("93,5", "94").encode()).url
    page = text_of(secretary.get(again))
    assert "Sẽ thay kết quả đang có" in page
    assert "Năm 2019: 3 dòng, Sở, ban, ngành (từ tệp “2019.csv”" in page
    assert '<span class="old-value">93,5</span> 94' in page
    assert take(secretary, again).status_code == 422
    assert PastResult.objects.filter(index=94).count() == 0
    take(secretary, again, replace="on")
    assert PastResult.objects.count() == 3
    assert PastResult.objects.filter(index=94).count() == 1


def test_whose_row_is_whose_may_be_said_by_hand(cast: Cast, secretary: Client) -> None:
    url = bring(cast, secretary, TABLE.encode()).url
    take(secretary, url, agency_2=str(cast.agencies["SNV"].pk))
    assert PastResult.objects.get(rank=3).agency == cast.agencies["SNV"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Cơ quan,Ghi chú\nSở Y tế,x\n", "không có cột"),
        ("Cơ quan,Tổng điểm\nSở Y tế,90\n", "không có cột “Năm”"),
        ("Năm,Cơ quan,Tổng điểm\n2020,Sở Y tế,90\n", "2019"),
        ("Năm,Cơ quan,Tổng điểm\n2019,Sở Y tế,chín mươi\n", "84,58"),
        ("Năm,Cơ quan,Tổng điểm\n2019,Sở Y tế,90\n2019,Sở Y tế,91\n", "đã có"),
    ],
)
def test_a_wrong_table_says_where_and_nothing_is_held(
    cast: Cast, secretary: Client, content: str, said: str
) -> None:
    answer = bring(cast, secretary, content.encode())
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not WorkbookImport.objects.filter(kind="past").exists()


def test_a_year_typed_holds_for_a_table_without_one(cast: Cast, secretary: Client) -> None:
    content = "Cơ quan,Tổng điểm\nSở Y tế,90\n".encode()
    answer = bring(cast, secretary, content, year="2018")
    take(secretary, answer.url)
    assert PastResult.objects.get().year == 2018
    assert bring(cast, secretary, content, year="2020").status_code == 422


@pytest.mark.parametrize(
    "path",
    sorted([*(CORPUS / "xlsx").iterdir(), *(CORPUS / "csv").iterdir()]),
    ids=lambda path: path.name,
)
def test_every_table_of_the_corpus_gets_an_answer(
    cast: Cast, secretary: Client, path: Path
) -> None:
    answer = bring(cast, secretary, path.read_bytes(), path.name)
    assert answer.status_code == 422
    assert not PastResult.objects.exists()


# --- Comparing -----------------------------------------------------------------------------------
def published_past(cast: Cast, secretary: Client) -> None:
    take(secretary, bring(cast, secretary, TABLE.encode()).url)


def test_this_year_stands_beside_the_years_before(cast: Cast, secretary: Client) -> None:
    published_past(cast, secretary)
    consolidated(cast)
    page = secretary.get(to(cast, "compare"))
    (group,) = page.context["groups"]
    rows = {row["agency"]: row for row in group["rows"]}
    assert page.context["years"] == (2020, 2019)
    assert [line["index"] for cell in rows["Sở Y tế"]["cells"] for line in cell] == [
        "86,50", "93,50",
    ]  # fmt: skip
    assert (rows["Sở Y tế"]["change"], rows["Sở Y tế"]["fell"]) == ("−7,00", 1)
    assert rows["Sở Nội vụ"]["change"] == ""
    assert "giảm 1 bậc" in text_of(page)


def test_before_publication_agencies_do_not_see_this_years_line(
    cast: Cast, secretary: Client
) -> None:
    published_past(cast, secretary)
    made = consolidated(cast)
    officer = signed_in(cast.officer)
    assert officer.get(to(cast, "compare")).status_code == 403
    council.approve(cast.chair, cast.fresh(), made.fingerprint, PASSWORD)
    council.publish(cast.secretary, cast.fresh())
    shown = officer.get(to(cast, "compare"))
    assert shown.status_code == 200
    assert shown.context["years"] == (2020, 2019)


def test_the_page_asks_the_same_for_any_number_of_years(cast: Cast, secretary: Client) -> None:
    published_past(cast, secretary)
    one = queries(cast.secretary, to(cast, "compare"))
    for year in (2016, 2017, 2018):
        for agency in cast.agencies.values():
            PastResult.objects.create(
                jurisdiction=cast.jurisdiction, year=year, agency_name=agency.name, agency=agency,
                total_points=80, index=80,
            )  # fmt: skip
    assert queries(cast.secretary, to(cast, "compare")) == one
