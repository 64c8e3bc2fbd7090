"""From a sealed snapshot to what the decision says."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from appraisal.documents.official import Official
from appraisal.models import Consolidation, LegalBasis, PaperSettings
from appraisal.models.papers import Issuer, PaperKind, SigningMode
from appraisal.papers.basis import Subject
from appraisal.papers.building import build
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


def decision() -> Official:
    sealed = Consolidation.objects.get()
    (paper,) = build(Subject(PaperKind.DECISION, sealed.round, sealed))
    return paper


def test_every_basis_opens_as_the_decree_wants(cast: Cast, consolidation: Consolidation) -> None:
    LegalBasis.objects.all().delete()
    for n, text in enumerate(("Luật A", "Căn cứ Luật B", "Theo đề nghị của Giám đốc Sở Nội vụ")):
        LegalBasis.objects.create(jurisdiction=cast.round.jurisdiction, position=n, text=text)
    assert decision().bases == (
        "Căn cứ Luật A;",
        "Căn cứ Luật B;",
        "Theo đề nghị của Giám đốc Sở Nội vụ.",
    )


def test_the_figures_come_from_the_snapshot_and_not_from_the_tables(
    cast: Cast, consolidation: Consolidation
) -> None:
    before = decision()
    cast.dossier.marks.filter(criterion__code="2.2").update(points=1)
    assert decision().annexes == before.annexes
    cells = before.annexes[0].blocks[0].rows[0].cells
    assert (cells[2], cells[3], cells[5]) == ("56,50", "30,00", "86,50")


def test_the_sealed_snapshot_travels_inside_the_decision(consolidation: Consolidation) -> None:
    carried = decision().attachments[0]
    assert hashlib.sha256(carried.content).hexdigest() == consolidation.fingerprint
    assert decision().seal.fingerprint == consolidation.fingerprint


def test_the_result_table_travels_as_a_workbook(cast: Cast, consolidation: Consolidation) -> None:
    carried = decision().attachments[1]
    assert carried.name == "ket-qua-2020.xlsx"
    book = load_workbook(BytesIO(carried.content), read_only=True)
    cells = {
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    }
    assert {"Sở Nội vụ", "Sở Y tế", "Sở Tư pháp", consolidation.fingerprint} <= cells


@pytest.mark.parametrize(
    ("chosen", "lines"),
    [
        ({"issuer": Issuer.CHAIRMAN}, ("CHỦ TỊCH",)),
        ({"issuer": Issuer.COMMITTEE, "on_behalf": True}, ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")),
        (
            {"mode": SigningMode.DEPUTY, "signer_title": "Phó Chủ tịch"},
            ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
        ),
    ],
)
def test_the_signature_follows_who_signs(
    cast: Cast, consolidation: Consolidation, chosen: dict[str, Any], lines: tuple[str, ...]
) -> None:
    PaperSettings.objects.update_or_create(
        jurisdiction=cast.round.jurisdiction, kind=PaperKind.DECISION,
        defaults={"issuer": Issuer.CHAIRMAN, "head_title": "Chủ tịch", **chosen},
    )  # fmt: skip
    assert decision().signatures[0].lines == lines
