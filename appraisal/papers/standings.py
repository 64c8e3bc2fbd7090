"""The sealed result as the facts that several papers tell: points, the course, who takes part.

Everything is counted by `queries.results` and `scoring` from the snapshot's own marks; the live
marks are never read. What stands beside the marks (windows, requests, meetings) is `reporting`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from appraisal import clock, scoring
from appraisal.documents.decision import ResultFacts
from appraisal.documents.outcome import AgencyPoints, FieldPoints, GroupPoints, Outcome
from appraisal.documents.process import Explaining, Handing, Met, Process, Span
from appraisal.models import Consolidation, Meeting, Round, Seat, Window
from appraisal.papers.results import results_of, snapshot_of
from appraisal.queries import reporting, results
from appraisal.queries.results import (
    DossierFact,
    Figures,
    GroupFact,
    LeafFact,
    Line,
    MarkFact,
    Section,
)
from appraisal.states import COUNCIL_ROLES, SeatRole, Stage, Step

TEAM_ROLES = frozenset({SeatRole.TEAM_LEAD, SeatRole.TEAM_MEMBER})


@dataclass(frozen=True)
class Sealed:
    """A consolidation with everything that is counted from its snapshot."""

    consolidation: Consolidation
    snapshot: dict[str, Any]
    results: ResultFacts
    found: Figures
    sections: tuple[Section, ...]

    @property
    def round(self) -> Round:
        return self.consolidation.round

    @cached_property
    def outcome(self) -> Outcome:
        return Outcome(
            results=self.results,
            groups=tuple(_group(self.found, section) for section in self.sections),
            grades=tuple(
                band.name
                for band in sorted(
                    self.found.bands, key=lambda band: band.lower_bound, reverse=True
                )
            ),
        )


def sealed(consolidation: Consolidation) -> Sealed:
    """Open the snapshot and count it again; what it says of ranks and sums comes out the same."""
    snapshot = snapshot_of(consolidation)
    found = reporting.sealed_figures(consolidation.round, snapshot)
    return Sealed(
        consolidation,
        snapshot,
        results_of(consolidation, snapshot),
        found,
        results.board(found),
    )


# --- Points ------------------------------------------------------------------------------------
def appraised_total(found: Figures, dossier: DossierFact, stages: Iterable[str]) -> scoring.Total:
    """The appraised part of a dossier as the first of `stages` that speaks has it."""
    wanted = tuple(stages)
    leaves = [
        leaf.leaf for leaf in found.group(dossier.group_id).leaves if leaf.leaf.part == "appraised"
    ]
    scores: dict[str, scoring.Score] = {}
    for leaf in leaves:
        marks = dossier.marks.get(leaf.code, {})
        stage = next((name for name in wanted if name in marks), None)
        if stage is not None:
            scores[leaf.code] = marks[stage].score
    return scoring.total(leaves, scores, found.settings)


def _group(found: Figures, section: Section) -> GroupPoints:
    final = section.lines[0].final
    return GroupPoints(
        name=section.group.name,
        appraised_maximum=final.appraised.maximum,
        survey_maximum=final.survey.maximum,
        agencies=tuple(_agency(found, section.group, line) for line in section.lines),
    )


def _agency(found: Figures, group: GroupFact, line: Line) -> AgencyPoints:
    final = line.final
    own = appraised_total(found, line.dossier, (Stage.SELF,))
    return AgencyPoints(
        code=line.dossier.agency_code,
        agency=line.dossier.agency,
        own=own.appraised.achieved,
        appraised=final.appraised.achieved,
        survey=final.survey.achieved if final.survey.maximum else None,
        bonus_penalty=final.bonus - final.penalty,
        total=final.achieved,
        maximum=final.maximum,
        index=final.index,
        rank=line.rank.place,
        tied=line.rank.tied,
        grade=line.grade,
        fields=field_points(found, group, line, own),
    )


def field_points(
    found: Figures, group: GroupFact, line: Line, own: scoring.Total
) -> tuple[FieldPoints, ...]:
    """The fields of one agency in reading order; `own` is the self-scored appraised part."""
    titles = {leaf.field_code: leaf.field_title for leaf in group.leaves}
    before = {field.code: field.achieved for field in own.fields}
    settled = appraised_total(
        found, line.dossier, (Stage.COUNCIL, Stage.REAPPRAISAL, Stage.APPRAISAL)
    )
    after = {field.code: field.achieved for field in settled.fields}
    return tuple(
        FieldPoints(
            code=field.code,
            title=titles[field.code],
            maximum=field.maximum,
            own=before.get(field.code),
            settled=after.get(field.code),
            achieved=field.achieved,
            index=field.component_index,
        )
        for field in line.final.fields
    )


@dataclass(frozen=True)
class Lost:
    """A leaf of one agency with what it did not get of the maximum; survey leaves have none."""

    leaf: LeafFact
    mark: MarkFact
    own: MarkFact | None
    lost: Decimal

    @property
    def was_lowered(self) -> bool:
        """Whether less counts than the agency gave itself."""
        return (
            self.own is not None
            and self.own.points is not None
            and self.mark.points is not None
            and self.mark.points < self.own.points
        )


def losses(group: GroupFact, dossier: DossierFact) -> list[Lost]:
    """The appraised leaves that apply to an agency, in reading order, with what it lost on each."""
    found = []
    for leaf in group.leaves:
        if leaf.leaf.part != "appraised":
            continue
        effective = dossier.effective(leaf.code)
        if effective is None or effective[1].points is None:
            continue
        mark = effective[1]
        own = dossier.marks[leaf.code].get(Stage.SELF)
        found.append(Lost(leaf, mark, own, leaf.max_points - (mark.points or Decimal(0))))
    return found


# --- The course --------------------------------------------------------------------------------
def process_of(sealed: Sealed, answered: dict[tuple[int, str], bool], seats: list[Seat]) -> Process:
    """How the round went. `answered` and `seats` are those of `queries.reporting`."""
    round = sealed.round
    windows = reporting.windows(round)
    lines = [line for section in sealed.sections for line in section.lines]
    lowered = raised = waived = claimed = scored = appraised = 0
    for line in lines:
        for leaf in sealed.found.group(line.dossier.group_id).leaves:
            marks = line.dossier.marks.get(leaf.code, {})
            own, effective = marks.get(Stage.SELF), line.dossier.effective(leaf.code)
            scored += own is not None
            appraised += Stage.APPRAISAL in marks
            claimed += own is not None and own.not_applicable
            if effective is None:
                continue
            waived += effective[1].not_applicable
            if own is None or own.points is None or effective[1].points is None:
                continue
            lowered += effective[1].points < own.points
            raised += effective[1].points > own.points
    council = [seat for seat in seats if seat.role in COUNCIL_ROLES]
    team = [seat for seat in seats if seat.role in TEAM_ROLES]
    return Process(
        council=round.jurisdiction.council,
        appraisals=round.appraisals,
        self_assessment=_span(windows.get(Step.SELF_ASSESSMENT)),
        appraisal=_span(windows.get(Step.APPRAISAL)),
        explanation=_span(windows.get(Step.EXPLANATION)),
        reappraisal=_span(windows.get(Step.REAPPRAISAL)),
        agencies=len(lines),
        handings=_handings(round, lines, windows.get(Step.SELF_ASSESSMENT)),
        scored=scored,
        documents=sum(reporting.sealed_citations(sealed.snapshot).values()),
        appraised=appraised,
        lowered=lowered,
        raised=raised,
        waived=waived,
        claimed=claimed,
        explaining=explaining(lines, answered),
        explaining_agencies=len({dossier for dossier, _code in answered}),
        surveyed=sum(
            any(Stage.SURVEY in marks for marks in line.dossier.marks.values()) for line in lines
        ),
        meetings=tuple(_met(meeting) for meeting in reporting.meetings(round)),
        council_members=len({seat.user_id for seat in council}),
        team_members=len({seat.user_id for seat in team}),
        team_agencies=tuple(
            dict.fromkeys(seat.user.agency.name for seat in team if seat.user.agency)
        ),
        sealed_at=sealed.results.sealed_at,
    )


def _span(window: Window | None) -> Span | None:
    if window is None:
        return None
    return (
        window.opens_at.astimezone(clock.VIETNAM).date(),
        window.closes_at.astimezone(clock.VIETNAM).date(),
    )


def _handings(round: Round, lines: list[Line], window: Window | None) -> tuple[Handing, ...]:
    """The dossiers that did not come in before the deadline of all, or were given a later one."""
    if window is None:
        return ()
    extensions = reporting.extensions(round)
    handings = []
    for line in lines:
        extension = extensions.get(line.dossier.pk)
        at = line.dossier.submitted_at
        if at is not None and at <= window.closes_at and extension is None:
            continue
        handings.append(
            Handing(
                agency=line.dossier.agency,
                deadline=window.closes_at.astimezone(clock.VIETNAM),
                extended_to=extension.closes_at.astimezone(clock.VIETNAM) if extension else None,
                reason=extension.reason if extension else "",
                submitted_at=at.astimezone(clock.VIETNAM) if at else None,
            )
        )
    return tuple(handings)


def explaining(lines: Iterable[Line], answered: dict[tuple[int, str], bool]) -> Explaining:
    """What became of everything that was asked of the agencies of `lines`."""
    by_pk = {line.dossier.pk: line.dossier for line in lines}
    total = Explaining()
    for (pk, code), is_answered in answered.items():
        if pk in by_pk:
            total = total.plus(_explained(by_pk[pk], code, is_answered))
    return total


def _explained(dossier: DossierFact, code: str, is_answered: bool) -> Explaining:
    if not is_answered:
        return Explaining(asked=1)
    marks, effective = dossier.marks.get(code, {}), dossier.effective(code)
    own, first = marks.get(Stage.SELF), marks.get(Stage.APPRAISAL)
    if effective is None:
        return Explaining(asked=1, answered=1, kept=1)
    last = effective[1]
    if own is not None and last.score == own.score:
        return Explaining(asked=1, answered=1, accepted=1)
    before = first.points if first is not None else None
    if last.points is not None and (before is None or last.points > before):
        return Explaining(asked=1, answered=1, partly=1)
    return Explaining(asked=1, answered=1, kept=1)


def _met(meeting: Meeting) -> Met:
    council = [item for item in meeting.attendances.all() if item.seat.role in COUNCIL_ROLES]
    return Met(
        day=meeting.held_at.astimezone(clock.VIETNAM).date(),
        place=meeting.place,
        present=sum(item.present for item in council),
        members=len(council),
        rulings=len(meeting.rulings.all()),
    )
