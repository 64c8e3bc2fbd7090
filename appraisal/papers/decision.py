"""The decision draft of a consolidation, with the sealed snapshot and the workbook inside it."""

from __future__ import annotations

from appraisal.documents import decision
from appraisal.documents.official import Attachment, Official
from appraisal.papers.basis import Subject
from appraisal.papers.exports import XLSX, names_of
from appraisal.papers.house import house_of, issuer_of
from appraisal.papers.results import results_of, snapshot_of
from appraisal.workbooks.results_out import results_workbook


def build(subject: Subject) -> tuple[Official, ...]:
    consolidation = subject.consolidation
    assert consolidation is not None
    sealed = snapshot_of(consolidation)
    results = results_of(consolidation, sealed)
    return (
        decision.decision(
            decision.DecisionFacts(
                results=results,
                house=house_of(subject.jurisdiction, subject.kind, results.sealed_at.date()),
                issuer=issuer_of(subject.jurisdiction, subject.kind),
                attachments=(
                    Attachment(
                        name=f"ket-qua-{results.year}.json",
                        content=consolidation.snapshot.encode(),
                        media_type="application/json",
                        description="Bản niêm phong của kết quả; mã băm SHA-256 của tệp này là"
                        " mã đối chiếu in trên văn bản.",
                    ),
                    Attachment(
                        name=f"ket-qua-{results.year}.xlsx",
                        content=results_workbook(
                            sealed,
                            consolidation.fingerprint,
                            names=names_of(subject.round),
                            whole=False,
                        ),
                        media_type=XLSX,
                        description="Bảng kết quả để tra cứu, tính toán: xếp hạng từng nhóm và"
                        " điểm từng tiêu chí.",
                    ),
                ),
            )
        ),
    )
