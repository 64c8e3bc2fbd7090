"""The letters that tell every agency its result, in the order of groups and ranks."""

from __future__ import annotations

from decimal import Decimal

from appraisal.documents.letter import Before, DecisionRef, LetterFacts, LostLeaf, letter
from appraisal.documents.official import Official
from appraisal.models.papers import PaperKind
from appraisal.papers.basis import Subject
from appraisal.papers.house import house_of, issuer_of, settings_of
from appraisal.papers.standings import Lost, losses, sealed
from appraisal.queries import reporting
from appraisal.queries.past import YearLine

SHORT = "Cơ quan tự chấm chưa đạt điểm tối đa"


def build(subject: Subject) -> tuple[Official, ...]:
    assert subject.consolidation is not None
    result = sealed(subject.consolidation)
    outcome = result.outcome
    house = house_of(subject.jurisdiction, subject.kind, result.results.sealed_at.date())
    before = reporting.year_before(subject.round)
    decision = _decision(subject)
    return tuple(
        letter(
            LetterFacts(
                outcome=outcome,
                group=group,
                agency=agency,
                lost=tuple(_lost(item) for item in losses(section.group, line.dossier)),
                waived=line.final.not_applicable,
                before=_before(before.get(line.dossier.pk)),
                decision=decision,
                house=house,
            )
        )
        for group, section in zip(outcome.groups, result.sections, strict=True)
        for agency, line in zip(group.agencies, section.lines, strict=True)
    )


def _before(found: YearLine | None) -> Before | None:
    return Before(found.year, found.index, found.rank, found.grade) if found else None


def _decision(subject: Subject) -> DecisionRef:
    """The decision on this result; its number and day once it was issued."""
    assert subject.consolidation is not None
    issue = reporting.issued_decision(subject.round, subject.consolidation.fingerprint)
    chosen = settings_of(subject.jurisdiction, PaperKind.DECISION)
    return DecisionRef(
        symbol=chosen.symbol,
        issuer=issuer_of(subject.jurisdiction, PaperKind.DECISION),
        number=issue.number if issue else "",
        issued_on=issue.issued_on if issue else None,
    )


def _lost(item: Lost) -> LostLeaf:
    reason = item.mark.reason
    if not reason and item.lost and item.own is not None and not item.was_lowered:
        reason = SHORT
    return LostLeaf(
        item.leaf.code,
        item.leaf.title,
        item.leaf.max_points,
        item.mark.points or Decimal(0),
        reason,
    )
