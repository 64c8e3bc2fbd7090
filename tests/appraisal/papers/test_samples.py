"""What a template is tried on: a real paper where there is one, else an invented one like it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from appraisal.documents import docx
from appraisal.documents.docx.builtin import shape_of
from appraisal.models import Round
from appraisal.models.papers import DOSSIER_KINDS, PaperKind
from appraisal.papers.samples import sample_of
from tests.appraisal.papers import stage
from tests.cast import COUNCIL, Cast


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


@pytest.mark.parametrize("kind", PaperKind)
def test_a_paper_of_the_last_round_is_the_sample(cast: Cast, kind: str) -> None:
    stage.sealed(cast)
    sample = sample_of(cast.secretary, kind)
    assert sample.round == cast.round.name
    assert sample.paper.kind == kind
    assert "nam" in dict(sample.paper.facts)


@pytest.mark.parametrize("kind", PaperKind)
def test_before_the_first_result_the_sample_is_invented_and_of_the_same_make(
    cast: Cast, kind: str
) -> None:
    stage.sealed(cast)
    real = sample_of(cast.secretary, kind).paper
    invented = sample_of(cast.nobody, kind)
    assert invented.round == ""
    assert shape_of(invented.paper) == shape_of(real)
    assert {name for name, _value in invented.paper.facts} == {name for name, _v in real.facts}


@pytest.mark.parametrize("kind", PaperKind)
def test_a_template_for_the_invented_paper_holds_for_the_real_one(
    cast: Cast, tmp_path: Path, kind: str
) -> None:
    stage.sealed(cast)
    template = tmp_path / "Mẫu.docx"
    template.write_bytes(docx.builtin_template(sample_of(cast.nobody, kind).paper))
    real = sample_of(cast.secretary, kind).paper
    assert docx.check_template(template, template.name, real).filled == docx.render(real)


def test_nobody_sees_by_a_sample_what_they_may_not_have_made(cast: Cast) -> None:
    stage.sealed(cast)
    for user in (cast.nobody, cast.officer, cast.auditor, cast.administrator):
        for kind in PaperKind:
            if kind not in DOSSIER_KINDS:
                assert sample_of(user, kind).round == "", (user, kind)


def test_a_round_without_its_result_is_passed_over(cast: Cast) -> None:
    stage.sealed(cast)
    later = Round.objects.get(pk=cast.round.pk)
    later.pk, later.year, later.name = None, cast.round.year + 1, "Đợt sau"
    later.save()
    assert sample_of(cast.secretary, PaperKind.DECISION).round == cast.round.name
