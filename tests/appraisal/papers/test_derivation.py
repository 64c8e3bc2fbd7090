"""The derivation on paper says what the page says, in the same figures."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from appraisal.documents.official import Official
from appraisal.models import Dossier
from appraisal.models.papers import PaperKind
from appraisal.queries.derivation import Derivation
from appraisal.queries.derivation import derivation as on_the_page
from appraisal.states import Stage
from tests.appraisal.papers import stage
from tests.cast import COUNCIL, Cast

CODES = ("SYT", "STP", "SNV")


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def page(cast: Cast, agency: str) -> Derivation:
    """What the agency itself reads on the page of its result."""
    dossier = Dossier.objects.select_related("round", "agency", "group").get(
        pk=cast.dossiers[agency].pk
    )
    return on_the_page(dossier, names=False)


def paper(cast: Cast, agency: str) -> Official:
    return stage.paper(cast, PaperKind.DERIVATION, agency)


@pytest.mark.parametrize("agency", CODES)
def test_every_step_of_the_arithmetic_is_the_pages(cast: Cast, agency: str) -> None:
    stage.sealed(cast)
    steps = [row.cells for row in stage.tables(paper(cast, agency))[0].rows]
    assert [(cells[1], cells[2], cells[3]) for cells in steps] == [
        (step.label, step.expression, step.full) for step in page(cast, agency).steps
    ]
    assert [cells[4].replace("%", " %") for cells in steps] == [
        f"{step.shown} {step.unit}" for step in page(cast, agency).steps
    ]


@pytest.mark.parametrize("agency", CODES)
def test_every_leaf_with_its_rule_values_stages_and_what_counts(cast: Cast, agency: str) -> None:
    stage.sealed(cast)
    rows = {row[0]: row for row in stage.annex_rows(paper(cast, agency), 0)}
    for field in page(cast, agency).fields:
        for leaf in field.leaves:
            row = rows[leaf.code]
            assert row[2] == leaf.maximum
            assert row[5] == leaf.points
            assert leaf.kind in row[1]
            for value in leaf.declared:
                assert f"{value.label}: {value.value}." in row[3]
            assert leaf.why.rstrip(".") in row[3]
            for said in leaf.stages:
                counts = " (được tính)" if said.is_effective else ""
                assert f"{said.label}: {said.full}{counts}" in row[4]
                assert said.reason in row[4]
            for meeting in leaf.meetings:
                assert meeting in row[4]
        if field.code not in {leaf.code for leaf in field.leaves}:
            head = rows[field.code]
            assert (head[5], head[2]) == (field.achieved, field.maximum)
            assert field.component_index in head[3]


def test_rank_grade_and_bands_are_the_pages(cast: Cast) -> None:
    stage.sealed(cast)
    official, placing = paper(cast, "STP"), page(cast, "STP").placing
    said = "\n".join(stage.texts(official))
    assert f"Xếp hạng {placing.rank} trong 03 cơ quan" in said
    assert f"({placing.index_full}%). Khi bằng nhau: {placing.tie_rule}." in said
    assert f"Còn thiếu {placing.to_next} điểm phần trăm để đạt mức {placing.next_grade}." in said
    bands = stage.table(official, "Các mức xếp loại của đợt đánh giá")
    assert list(bands) == [name for name, _bound in placing.bands]
    assert bands[placing.grade][2] == f"{placing.index}%"
    assert [row[2] for name, row in bands.items() if name != placing.grade] == [""] * 4


def test_what_does_not_apply_is_named_with_the_rounds_method(cast: Cast) -> None:
    stage.sealed(cast)
    found = page(cast, "STP")
    assert (
        f"Cách tính của đợt đánh giá: {found.method}. Được loại trừ 01 tiêu chí: 1.2."
        in stage.texts(paper(cast, "STP"))
    )
    assert any(
        text.endswith("Không có tiêu chí nào được loại trừ.")
        for text in stage.texts(paper(cast, "SYT"))
    )


def test_a_change_after_the_seal_does_not_reach_it(cast: Cast) -> None:
    stage.sealed(cast)
    before = paper(cast, "SYT")
    stage.change(cast, "SYT", "2.2", Stage.APPRAISAL, points=1)
    assert paper(cast, "SYT") == before


def test_it_is_vietnamese_whatever_the_reader_reads(cast: Cast) -> None:
    stage.sealed(cast)
    before = paper(cast, "STP")
    with translation.override("en"):
        assert paper(cast, "STP") == before


def test_no_neighbour_and_nobody_of_the_team_is_named(cast: Cast) -> None:
    stage.sealed(cast)
    said = stage.whole(paper(cast, "STP"))
    for person in (cast.member, cast.lead, cast.chair, cast.secretary):
        assert person.full_name not in said
    assert "Sở Y tế" not in said
    assert "Tổ giúp việc" in said
