"""The submission of a consolidated result."""

from __future__ import annotations

from appraisal.documents.official import Official
from appraisal.documents.submission import SubmissionFacts, submission
from appraisal.papers.basis import Subject
from appraisal.papers.house import house_of
from appraisal.papers.standings import process_of, sealed
from appraisal.queries import reporting


def build(subject: Subject) -> tuple[Official, ...]:
    assert subject.consolidation is not None
    result = sealed(subject.consolidation)
    return (
        submission(
            SubmissionFacts(
                outcome=result.outcome,
                process=process_of(
                    result, reporting.answered(subject.round), reporting.seats(subject.round)
                ),
                house=house_of(subject.jurisdiction, subject.kind, result.results.sealed_at.date()),
            )
        ),
    )
