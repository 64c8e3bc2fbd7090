"""The quiet chips of documents: said where something is odd, and no more than may be said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from appraisal.models import Citation, Dossier, Round
from appraisal.queries import evidence as queries
from appraisal.workflow import evidence as workflow
from tests.appraisal.desk import document
from tests.cast import SELF_ASSESSMENT, Cast, moment


@pytest.fixture(autouse=True)
def _while_scoring(clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)


def chips(cast: Cast, code: str = "1.1", *, names: bool = False) -> list[str]:
    rows = queries.cited(cast.dossier, cast.leaf(code), names_agencies=names)
    return [chip.text for row in rows for chip in row.chips]


def test_a_document_dated_in_the_year_and_used_once_has_no_chip(cast: Cast) -> None:
    evidence = document(cast.officer, issued_on=date(2020, 5, 1))
    workflow.cite(cast.officer, cast.dossier, cast.leaf("1.1"), evidence, "3")
    assert chips(cast) == []
    row = queries.cited(cast.dossier, cast.leaf("1.1"), names_agencies=False)[0]
    assert "01/05/2020" in row.meta
    assert "xem trang 3" in row.meta


def test_a_document_dated_outside_the_year_has_a_chip(cast: Cast) -> None:
    evidence = document(cast.officer, issued_on=date(2019, 12, 31))
    workflow.cite(cast.officer, cast.dossier, cast.leaf("1.1"), evidence)
    assert chips(cast) == ["Ngày 31/12/2019, ngoài năm 2020"]


def test_a_document_under_another_leaf_names_that_leaf(cast: Cast) -> None:
    evidence = document(cast.officer)
    for code in ("1.1", "2.2"):
        workflow.cite(cast.officer, cast.dossier, cast.leaf(code), evidence)
    assert chips(cast, "1.1") == ["Cũng dùng ở 2.2"]
    assert chips(cast, "2.2") == ["Cũng dùng ở 1.1"]


def test_the_same_bytes_of_another_agency_are_named_to_the_team_only(cast: Cast) -> None:
    workflow.cite(cast.officer, cast.dossier, cast.leaf("1.1"), document(cast.officer))
    theirs = document(cast.other_officer)
    workflow.cite(cast.other_officer, cast.dossiers["STP"], cast.leaf("1.1"), theirs)
    assert chips(cast) == ["Cơ quan khác cũng dùng"]
    assert chips(cast, names=True) == ["Cùng tệp: Sở Tư pháp"]


def test_bytes_that_served_in_an_earlier_year_say_which(cast: Cast) -> None:
    evidence = document(cast.officer)
    before = Round.objects.create(
        jurisdiction=cast.jurisdiction, year=2019, name="2019", bonus_max=0, penalty_max=0
    )
    old = Dossier.objects.create(round=before, agency=cast.agencies["SYT"], group=cast.departments)
    Citation.objects.create(
        dossier=old, criterion=cast.leaf("1.2"), evidence=evidence, cited_by=cast.officer,
        cited_at=moment(SELF_ASSESSMENT),
    )  # fmt: skip
    workflow.cite(cast.officer, cast.dossier, cast.leaf("1.1"), evidence)
    assert chips(cast) == ["Đã dùng năm 2019"]


def test_what_was_found_inside_a_file_has_a_chip(cast: Cast) -> None:
    evidence = document(cast.officer, flags=["position_data", "unheard_of"])
    workflow.cite(cast.officer, cast.dossier, cast.leaf("1.1"), evidence)
    assert chips(cast) == ["Ảnh có vị trí chụp"]


def test_the_library_is_searched_without_case_and_marks(cast: Cast) -> None:
    wanted = document(cast.officer, "Kế hoạch CCHC năm.pdf", 1)
    document(cast.officer, "Báo cáo.pdf", 2)
    assert list(queries.library(cast.officer, "KE HOACH cchc")) == [wanted]
    assert list(queries.library(cast.officer, "%")) == []
    assert not queries.library(cast.other_officer).exists()


@pytest.mark.parametrize(("size", "text"), [(0, "1 KB"), (84_000, "82 KB"), (1_300_000, "1,2 MB")])
def test_sizes_are_written_with_a_decimal_comma(size: int, text: str) -> None:
    assert queries.size_text(size) == text
