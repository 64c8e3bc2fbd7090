"""From a sealed snapshot to what the decision says."""

from __future__ import annotations

import pytest

from appraisal import papers
from appraisal.models import Consolidation, Round
from appraisal.queries import results
from tests.cast import COUNCIL, Cast, moment


@pytest.fixture
def consolidation(cast: Cast) -> Consolidation:
    cast.fill()
    sealed = results.seal(cast.round)
    return Consolidation.objects.create(
        round=cast.round, number=1, snapshot=sealed.text, fingerprint=sealed.fingerprint,
        made_by=cast.secretary, made_at=moment(COUNCIL),
    )  # fmt: skip


def test_every_basis_opens_as_the_decree_wants(cast: Cast, consolidation: Consolidation) -> None:
    Round.objects.filter(pk=cast.round.pk).update(
        legal_bases="Luật A\nCăn cứ Luật B\n\nTheo đề nghị của Giám đốc Sở Nội vụ"
    )
    decision = papers.decision_of(Consolidation.objects.get())
    assert decision.bases == (
        "Căn cứ Luật A;",
        "Căn cứ Luật B;",
        "Theo đề nghị của Giám đốc Sở Nội vụ.",
    )


def test_the_figures_come_from_the_snapshot_and_not_from_the_tables(
    cast: Cast, consolidation: Consolidation
) -> None:
    before = papers.decision_of(Consolidation.objects.get())
    cast.dossier.marks.filter(criterion__code="2.2").update(points=1)
    assert papers.decision_of(Consolidation.objects.get()).annexes == before.annexes
    row = before.annexes[0].rows[0]
    assert (row.appraised, row.survey, row.total) == ("56,50", "30,00", "86,50")


def test_the_signature_follows_who_signs(cast: Cast, consolidation: Consolidation) -> None:
    for form, deputy, first in (
        ("committee", False, "TM. ỦY BAN NHÂN DÂN"),
        ("committee", True, "TM. ỦY BAN NHÂN DÂN"),
        ("chairman", False, "CHỦ TỊCH"),
        ("chairman", True, "KT. CHỦ TỊCH"),
    ):
        Round.objects.filter(pk=cast.round.pk).update(signing_form=form, signed_by_deputy=deputy)
        signature = papers.decision_of(Consolidation.objects.get()).signature
        assert signature.lines[0] == first
        assert ("PHÓ CHỦ TỊCH" in signature.lines) is deputy
