"""What holds for every kind of paper: built twice the same, cheap for many agencies, printable."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from appraisal.documents import (
    decision,
    derivation,
    letter,
    minutes,
    report,
    score_sheet,
    self_report,
    submission,
)
from appraisal.documents.official import Annex, Official, Table
from appraisal.documents.printable import printable
from appraisal.models import Criterion, Extension, Mark, MemberReport
from appraisal.models.papers import DOSSIER_KINDS, PaperKind
from appraisal.papers.building import BUILDERS
from appraisal.states import Stage
from tests.appraisal.papers import stage
from tests.cast import COUNCIL, Cast, build, moment

FACTS = {
    PaperKind.DECISION: decision.FACTS,
    PaperKind.SUBMISSION: submission.FACTS,
    PaperKind.REPORT: report.FACTS,
    PaperKind.MINUTES: minutes.FACTS,
    PaperKind.SCORE_SHEET: score_sheet.FACTS,
    PaperKind.SELF_REPORT: self_report.FACTS,
    PaperKind.LETTERS: letter.FACTS,
    PaperKind.DERIVATION: derivation.FACTS,
}


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def built(cast: Cast, kind: str) -> tuple[Official, ...]:
    return stage.papers(cast, kind, "SYT" if kind in DOSSIER_KINDS else "")


def test_every_kind_has_its_builder() -> None:
    assert set(BUILDERS) == set(PaperKind)


@pytest.mark.parametrize("kind", PaperKind)
def test_the_same_subject_gives_the_same_words(cast: Cast, clock: Any, kind: str) -> None:
    stage.sealed(cast)
    first = built(cast, kind)
    clock.advance(minutes=7)
    assert built(cast, kind) == first


@pytest.mark.parametrize("kind", PaperKind)
def test_the_words_are_the_same_for_every_language(cast: Cast, kind: str) -> None:
    stage.sealed(cast)
    first = built(cast, kind)
    with translation.override("en"):
        assert built(cast, kind) == first


@pytest.mark.parametrize("kind", PaperKind)
def test_the_values_for_office_templates_are_those_that_are_documented(
    cast: Cast, kind: str
) -> None:
    stage.sealed(cast)
    for official in built(cast, kind):
        names = [name for name, _value in official.facts]
        assert names == list(FACTS[PaperKind(kind)])
        facts = dict(official.facts)
        assert (facts["nam"], facts["tinh"]) == ("2020", "Kon Tum")
        assert facts["so_co_quan"] == ("01" if kind in DOSSIER_KINDS else "03")


@pytest.mark.parametrize("kind", PaperKind)
def test_three_agencies_and_nine_take_the_same_queries(db: None, kind: str) -> None:
    counts = []
    for agencies in (3, 9):
        cast = build(agencies)
        stage.sealed(cast)
        with CaptureQueriesContext(connection) as queries:
            built(cast, kind)
        counts.append(len(queries))
        cast.jurisdiction.code = f"tinh-{agencies}"
        cast.jurisdiction.save()
        for person in cast.people.values():
            person.email = f"{agencies}-{person.email}"
            person.save()
    assert counts[0] == counts[1]
    assert counts[0] <= 25


@pytest.mark.parametrize("kind", PaperKind)
def test_texts_as_long_as_the_forms_take_are_printable(cast: Cast, kind: str) -> None:
    """10,000 characters of a reason, a report, a conclusion; no text is refused by the printer."""
    stage.at_the_council(cast)
    long = ("Nội dung cần làm rõ thêm. " * 400)[:10_000]
    Mark.objects.update(reason=long)
    MemberReport.objects.update(tasks_done=long, difficulties=long, proposals=long)
    cast.round.meetings.update(conclusion=long)
    cast.dossier.explanation_requests.update(text=long[:5000])
    cast.dossier.explanation_requests.get().explanation.__class__.objects.update(text=long)
    Extension.objects.create(
        dossier=cast.dossier, step="self_assessment", closes_at=moment("2020-12-23 17:00"),
        reason=long[:1000], granted_by=cast.secretary, granted_at=moment("2020-12-19 09:00"),
    )  # fmt: skip
    stage.seal(cast)
    for official in built(cast, kind):
        printable(official)


@pytest.mark.parametrize("kind", PaperKind)
def test_every_row_has_a_cell_for_each_column(cast: Cast, kind: str) -> None:
    stage.sealed(cast)
    found = 0
    for official in built(cast, kind):
        for blocks in (official.blocks, *(annex.blocks for annex in official.annexes)):
            for block in blocks:
                if isinstance(block, Table):
                    found += 1
                    assert {len(row.cells) for row in block.rows} == {len(block.columns)}
    assert found


@pytest.mark.parametrize("kind", sorted(set(PaperKind) - {PaperKind.SELF_REPORT}))
def test_what_tells_a_sealed_result_carries_its_fingerprint(cast: Cast, kind: str) -> None:
    made = stage.sealed(cast)
    for official in built(cast, kind):
        assert official.seal is not None
        assert official.seal.fingerprint == made.fingerprint
        assert official.draft


@pytest.mark.parametrize("kind", PaperKind)
def test_an_illustrative_set_is_marked_on_every_paper(cast: Cast, kind: str) -> None:
    stage.sealed(cast)
    assert all(official.illustrative for official in built(cast, kind))


@pytest.mark.parametrize("kind", [PaperKind.SUBMISSION, PaperKind.REPORT, PaperKind.LETTERS])
def test_a_set_without_a_survey_is_told_without_one(cast: Cast, kind: str) -> None:
    stage.at_the_council(cast)
    Mark.objects.filter(stage=Stage.SURVEY).delete()
    assert Criterion.objects.filter(kind="survey").exists()
    stage.seal(cast)
    for official in built(cast, kind):
        assert "Điểm điều tra xã hội học của" not in stage.whole(official)


def test_annexes_are_on_wide_paper(cast: Cast) -> None:
    stage.sealed(cast)
    annexes: list[Annex] = [
        annex for kind in PaperKind for official in built(cast, kind) for annex in official.annexes
    ]
    assert annexes
    assert all(annex.landscape for annex in annexes)
