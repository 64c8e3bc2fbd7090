"""Survey points: the matrix says what is missing; nothing is written before the yes."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from appraisal.models import Criterion, Dossier, Event, Mark, WorkbookImport
from appraisal.states import Stage
from tests.appraisal.preparing import BEFORE, drafted, signed_in, text_of, upload
from tests.appraisal.views.test_rounds import queries
from tests.cast import SELF_ASSESSMENT, Cast


@pytest.fixture(autouse=True)
def _while_scoring(clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)


def to(cast: Cast, name: str, *more: Any) -> str:
    return reverse(f"appraisal:survey-{name}", args=[cast.round.pk, *more])


def send(cast: Cast, *lines: str) -> Any:
    content = "\n".join(["Mã cơ quan,Tên cơ quan,3.1", *lines]).encode()
    url = to(cast, "import", "department")
    return signed_in(cast.secretary).post(url, {"file": upload("diem.csv", content)})


def test_show_marks_what_is_missing(cast: Cast) -> None:
    cast.mark("3.1", "30.5", Stage.SURVEY, author=cast.secretary)
    page = text_of(signed_in(cast.secretary).get(to(cast, "show")))
    assert "30,50" in page
    assert page.count("thiếu") == 2
    assert "1/3" in page


def test_show_of_a_round_in_preparation_says_when(cast: Cast, clock: Any) -> None:
    clock.set(BEFORE)
    drafted(cast)
    page = text_of(signed_in(cast.secretary).get(to(cast, "show")))
    assert "được nhập khi đợt đã mở và chưa tổng hợp" in page
    assert to(cast, "import", "department") not in page


def test_show_without_survey_leaves_or_agencies_says_so(cast: Cast, clock: Any) -> None:
    clock.set(BEFORE)
    drafted(cast)
    client = signed_in(cast.secretary)
    Criterion.objects.filter(kind="survey").delete()
    assert "không có tiêu chí khảo sát" in text_of(client.get(to(cast, "show")))
    Dossier.objects.all().delete()
    assert "Đợt chưa có cơ quan nào" in text_of(client.get(to(cast, "show")))


def test_the_filled_in_template_is_previewed_and_then_written(cast: Cast) -> None:
    client = signed_in(cast.secretary)
    book = load_workbook(BytesIO(client.get(to(cast, "template", "department")).content))
    for row in (3, 4, 5):
        book.active.cell(row, 3).value = 30 + row
    content = BytesIO()
    book.save(content)
    answer = client.post(
        to(cast, "import", "department"), {"file": upload("mau.xlsx", content.getvalue())}
    )
    assert not Mark.objects.exists()
    assert "3 điểm, trong đó 0 điểm khác" in text_of(client.get(answer["Location"]))
    shown = client.post(answer["Location"], follow=True)
    assert "Đã nhập 3 điểm khảo sát." in text_of(shown)
    assert sorted(Mark.objects.values_list("points", flat=True)) == [33, 34, 35]


def test_the_preview_shows_old_beside_new(cast: Cast) -> None:
    cast.mark("3.1", "20", Stage.SURVEY, author=cast.secretary)
    answer = send(cast, "SNV,Sở Nội vụ,30", "SYT,Sở Y tế,31", "STP,Sở Tư pháp,")
    client = signed_in(cast.secretary)
    page = text_of(client.get(answer["Location"]))
    assert '<span class="old-value">20,00</span> 31,00' in page
    refused = client.post(answer["Location"])
    assert refused.status_code == 422
    assert Mark.objects.get().points == 20
    assert client.post(answer["Location"], {"accept": "on"}).status_code == 302
    assert Mark.objects.get(dossier=cast.dossier).points == Decimal(31)


def test_wrong_points_are_named_by_cell_and_leave_one_event(cast: Cast) -> None:
    answer = send(cast, "SYT,Sở Y tế,36", "XXX,Không có,1")
    assert answer.status_code == 422
    assert "Ô C2" in text_of(answer)
    assert "Ô A3" in text_of(answer)
    assert Event.objects.get().action == "import.refused"
    assert not WorkbookImport.objects.exists()


@pytest.mark.parametrize("who", ["lead", "member", "chair", "auditor"])
def test_only_the_secretary_enters_survey_points(cast: Cast, who: str) -> None:
    waiting = send(cast, "SYT,Sở Y tế,30")["Location"]
    client = signed_in(cast.people[who])
    assert client.get(to(cast, "import", "department")).status_code == 403
    assert client.post(waiting, {"accept": "on"}).status_code == 403
    assert not Mark.objects.exists()


def test_show_takes_as_many_queries_with_three_agencies_as_with_one(cast: Cast) -> None:
    three = queries(cast.secretary, to(cast, "show"))
    Dossier.objects.exclude(pk=cast.dossier.pk).delete()
    assert queries(cast.secretary, to(cast, "show")) == three <= 12
