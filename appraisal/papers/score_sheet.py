"""The detailed score sheet of one agency."""

from __future__ import annotations

from appraisal.documents.official import Official
from appraisal.documents.score_sheet import ScoreSheetFacts, score_sheet
from appraisal.papers.basis import Subject
from appraisal.papers.sheets import counted, secretary_signs, sheet_of


def build(subject: Subject) -> tuple[Official, ...]:
    round, given = subject.round, counted(subject)
    return (
        score_sheet(
            ScoreSheetFacts(
                province=subject.jurisdiction.name,
                year=round.year,
                agency=given.fact.agency,
                code=given.fact.agency_code,
                group=given.group.name,
                set_name=given.group.set_name,
                appraisals=round.appraisals,
                decimals=given.found.settings.display_places,
                submitted_at=given.submitted_at,
                sheet=sheet_of(subject, given),
                house=secretary_signs(subject),
                created=given.created,
                appraised=given.total.appraised.achieved,
                survey=given.total.survey.achieved if given.total.survey.maximum else None,
                ranked=given.ranked,
                illustrative=given.group.is_illustrative,
            )
        ),
    )
