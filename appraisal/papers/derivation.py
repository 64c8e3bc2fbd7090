"""Why an agency has its result, from the same derivation that the page shows."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation

from appraisal.documents.derivation import (
    DerivationFacts,
    FieldFact,
    LeafFact,
    StageFact,
    StepFact,
    derivation,
)
from appraisal.documents.official import Official
from appraisal.papers.basis import Subject
from appraisal.papers.sheets import secretary_signs
from appraisal.papers.standings import sealed
from appraisal.queries import derivation as query


def build(subject: Subject) -> tuple[Official, ...]:
    """Counted from the sealed marks; the texts beside them are in Vietnamese for every reader."""
    assert subject.consolidation is not None
    assert subject.dossier is not None
    result = sealed(subject.consolidation)
    with translation.override(settings.LANGUAGE_CODE):
        # An agency may read the paper: nobody of the team and no neighbour is named in it.
        found = query.derivation(subject.dossier, names=False, found=result.found)
    placing = found.placing
    return (
        derivation(
            DerivationFacts(
                province=subject.jurisdiction.name,
                year=subject.round.year,
                agency=found.agency,
                code=subject.dossier.agency.code,
                group=found.group,
                set_name=found.set_name,
                index=placing.index,
                index_full=placing.index_full,
                rank=placing.rank,
                tied=placing.tied,
                of=placing.of,
                grade=placing.grade,
                next_grade=placing.next_grade,
                to_next=placing.to_next,
                tie_rule=placing.tie_rule,
                method=found.method,
                bands=placing.bands,
                steps=tuple(
                    StepFact(step.label, step.expression, step.full, _shown(step))
                    for step in found.steps
                ),
                fields=tuple(_field(field) for field in found.fields),
                missing=found.missing,
                not_applicable=found.not_applicable,
                house=secretary_signs(subject),
                created=result.results.sealed_at,
                fingerprint=result.results.fingerprint,
                verify_address=result.results.verify_address,
                illustrative=found.is_illustrative,
            )
        ),
    )


def _shown(step: query.StepRow) -> str:
    return f"{step.shown}%" if step.unit == "%" else f"{step.shown} {step.unit}"


def _field(field: query.FieldRow) -> FieldFact:
    return FieldFact(
        code=field.code,
        title=field.title,
        achieved=field.achieved,
        maximum=field.maximum,
        component_index=field.component_index,
        leaves=tuple(_leaf(leaf) for leaf in field.leaves),
    )


def _leaf(leaf: query.LeafRow) -> LeafFact:
    return LeafFact(
        code=leaf.code,
        title=leaf.title,
        maximum=leaf.maximum,
        kind=leaf.kind,
        rule_text=leaf.rule_text,
        appraiser=leaf.appraiser,
        points=leaf.points,
        effective=leaf.effective,
        stages=tuple(
            StageFact(
                stage.label, stage.full, stage.reason, stage.author, stage.when, stage.is_effective
            )
            for stage in leaf.stages
        ),
        declared=tuple((value.label, value.value) for value in leaf.declared),
        why=leaf.why,
        documents=tuple(_document(item) for item in leaf.citations),
        asked=leaf.asked,
        explained=leaf.explained,
        meetings=leaf.meetings,
    )


def _document(item: query.CitedRow) -> str:
    text = " - ".join(part for part in (item.number, item.title) if part)
    if item.pages:
        text += f" (trang {item.pages})"
    return f"{text}, bổ sung khi giải trình" if item.is_supplementary else text
