"""One agency's criteria line by line, for the papers about one dossier: sealed, or as they are now.

The points come from the sealed snapshot while the result stands, otherwise from the live marks;
both are counted by `scoring`. Declared values, documents and explanations are read where they are
kept: nothing can change them once the result is approved.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils import translation

from appraisal import clock, scoring
from appraisal.documents.score_sheet import Ranked
from appraisal.documents.sheet import Document, FieldBlock, GroupLine, LeafLine, Sheet, Sum
from appraisal.documents.words import House
from appraisal.models import Dossier, ExplanationRequest
from appraisal.papers.basis import Subject, day_of
from appraisal.papers.house import USUAL, house_of, verify_address
from appraisal.papers.standings import appraised_total, sealed
from appraisal.queries import reporting, results
from appraisal.queries.derivation import declared_values
from appraisal.queries.results import DossierFact, Figures, GroupFact, LeafFact
from appraisal.states import SeatRole, Stage

_JUDGES: Final = (
    (Stage.SURVEY, "Điều tra xã hội học"),
    (Stage.APPRAISAL, "Thẩm định"),
    (Stage.REAPPRAISAL, "Thẩm định lần 2"),
    (Stage.COUNCIL, "Hội đồng"),
)


@dataclass(frozen=True)
class Counted:
    """A dossier's figures with what they come to; `ranked` only where a result stands."""

    found: Figures
    fact: DossierFact
    group: GroupFact
    total: scoring.Total
    ranked: Ranked | None
    created: datetime

    @property
    def submitted_at(self) -> datetime | None:
        at = self.fact.submitted_at
        return at.astimezone(clock.VIETNAM) if at else None


def counted(subject: Subject) -> Counted:
    """The dossier of a subject counted: from the snapshot of its result, else from its marks."""
    dossier = subject.dossier
    assert dossier is not None
    if subject.consolidation is not None:
        return _sealed(subject, dossier)
    return live(subject, dossier)


def live(subject: Subject, dossier: Dossier, stages: frozenset[str] = frozenset(Stage)) -> Counted:
    """The dossier as its marks are now; it dates from the last change of a mark of `stages`."""
    found = results.figures(subject.round, [dossier.pk])
    (fact,) = found.dossiers
    return Counted(
        found=found,
        fact=fact,
        group=found.group(fact.group_id),
        total=results.count(found, fact, "final"),
        ranked=None,
        created=_moment(subject, fact, stages),
    )


def _sealed(subject: Subject, dossier: Dossier) -> Counted:
    assert subject.consolidation is not None
    result = sealed(subject.consolidation)
    section, line = next(
        (section, line)
        for section in result.sections
        for line in section.lines
        if line.dossier.pk == dossier.pk
    )
    fingerprint = subject.consolidation.fingerprint
    return Counted(
        found=result.found,
        fact=line.dossier,
        group=section.group,
        total=line.final,
        ranked=Ranked(
            index=line.final.index,
            rank=line.rank.place,
            tied=line.rank.tied,
            of=len(section.lines),
            grade=line.grade,
            fingerprint=fingerprint,
            verify_address=verify_address(fingerprint),
        ),
        created=result.results.sealed_at,
    )


def _moment(subject: Subject, fact: DossierFact, stages: frozenset[str]) -> datetime:
    """When the dossier last changed: the same marks are printed with the same date."""
    moments = [
        mark.saved_at
        for marks in fact.marks.values()
        for stage, mark in marks.items()
        if stage in stages
    ]
    moments.append(subject.round.opened_at or subject.round.created_at)
    if fact.submitted_at is not None:
        moments.append(fact.submitted_at)
    return max(moments).astimezone(clock.VIETNAM)


def sheet_of(subject: Subject, given: Counted, *, supplements: bool = True) -> Sheet:
    """The criteria of the dossier with every mark, sum and text: four queries.

    Without `supplements` only the documents that were handed in with the self-assessment.
    """
    dossier = subject.dossier
    assert dossier is not None
    tree = reporting.nodes(dossier)
    declared = reporting.declared(dossier)
    requests = {item.criterion.code: item for item in reporting.requests(dossier)}
    documents: dict[str, list[Document]] = defaultdict(list)
    for citation in reporting.citations(dossier):
        if citation.is_supplementary and not supplements:
            continue
        documents[citation.criterion.code].append(
            Document(
                title=citation.evidence.title,
                number=citation.evidence.number,
                issued_on=citation.evidence.issued_on,
                issuer=citation.evidence.issuer,
                pages=citation.pages,
                is_supplementary=citation.is_supplementary,
            )
        )
    leaves = {leaf.code: leaf for leaf in given.group.leaves}
    lines: dict[str, list[LeafLine | GroupLine]] = defaultdict(list)
    titles: dict[str, str] = {}
    for node in tree:
        if node.code == node.field_code:
            titles[node.code] = node.title
        if node.is_leaf:
            lines[node.field_code].append(
                _leaf(
                    leaves[node.code],
                    given,
                    _values(node, declared.get(node.code, {})),
                    tuple(documents[node.code]),
                    requests.get(node.code),
                )
            )
        elif node.code != node.field_code:
            lines[node.field_code].append(GroupLine(node.code, node.title, node.max_points))
    sums, whole = _sums(given)
    return Sheet(
        fields=tuple(
            FieldBlock(code, titles[code], found, tuple(lines[code]))
            for code, found in sums.items()
        ),
        outside=tuple(
            line
            for code in lines
            if code not in sums
            for line in lines[code]
            if isinstance(line, LeafLine)
        ),
        total=whole,
        bonus=given.total.bonus,
        penalty=given.total.penalty,
        achieved=given.total.achieved,
    )


def _values(node: reporting.Node, declared: dict[str, object]) -> tuple[tuple[str, str], ...]:
    rule = scoring.Rule(node.kind, node.max_points, node.params)
    # Labels of answers are the reader's language on a page; on paper they are Vietnamese.
    with translation.override(settings.LANGUAGE_CODE):
        values, _why = declared_values(rule, declared)
    return tuple((value.label, value.value) for value in values)


def _leaf(
    leaf: LeafFact,
    given: Counted,
    declared: tuple[tuple[str, str], ...],
    documents: tuple[Document, ...],
    request: ExplanationRequest | None,
) -> LeafLine:
    marks = given.fact.marks.get(leaf.code, {})
    scores = {stage: mark.score for stage, mark in marks.items()}
    effective = given.fact.effective(leaf.code)
    own = marks.get(Stage.SELF)
    names = dict(_JUDGES)
    if given.found.round.appraisals > 1:
        names[Stage.APPRAISAL] = "Thẩm định lần 1"
    return LeafLine(
        code=leaf.code,
        title=leaf.title,
        maximum=leaf.max_points,
        part=leaf.leaf.part,
        is_self_scored=leaf.leaf.part in ("appraised", "bonus"),
        own=scores.get(Stage.SELF),
        first=scores.get(Stage.APPRAISAL),
        second=scores.get(Stage.REAPPRAISAL),
        council=scores.get(Stage.COUNCIL),
        final=effective[1].score if effective else None,
        own_reason=own.reason if own else "",
        declared=declared,
        documents=documents,
        asked=request.text if request else "",
        explained=_answer(request),
        reasons=tuple(
            (name, marks[stage].reason)
            for stage, name in names.items()
            if stage in marks and marks[stage].reason
        ),
    )


def _answer(request: ExplanationRequest | None) -> str:
    explanation = getattr(request, "explanation", None)
    return explanation.text if explanation is not None else ""


def _sums(given: Counted) -> tuple[dict[str, Sum], Sum]:
    """The sums of each field by its code, and of the whole."""
    final = given.total
    own = appraised_total(given.found, given.fact, (Stage.SELF,))
    first = appraised_total(given.found, given.fact, (Stage.APPRAISAL,))
    own_fields = {field.code: field for field in own.fields}
    first_fields = {field.code: field for field in first.fields}
    nothing = scoring.PartTotal(*[final.achieved * 0] * 3)
    sums = {
        field.code: Sum(
            maximum=field.maximum,
            removed=field.removed,
            own=own_fields.get(field.code, nothing).achieved,
            first=first_fields.get(field.code, nothing).achieved,
            final=field.achieved,
            index=field.component_index,
            own_maximum=own_fields.get(field.code, nothing).maximum,
        )
        for field in final.fields
    }
    whole = Sum(
        maximum=final.full_maximum,
        removed=final.removed,
        own=own.appraised.achieved,
        first=first.appraised.achieved,
        final=final.appraised.achieved + final.survey.achieved,
        # The index of the whole is the agency's own, with bonus, penalty and its way of scaling.
        index=None,
        own_maximum=own.appraised.maximum,
    )
    return sums, whole


def secretary_signs(subject: Subject) -> House:
    """The head and foot of a paper that the council's secretary signs, unless the province chose.

    The name is that of the round's secretary where none was set for the usual signer.
    """
    house = house_of(subject.jurisdiction, subject.kind, day_of(subject))
    signing = house.signing
    if signing.name or signing.head_title != USUAL[subject.kind]["head_title"]:
        return house
    for seat in reporting.seats(subject.round):
        if seat.role == SeatRole.SECRETARY:
            return replace(house, signing=replace(signing, name=seat.user.full_name))
    return house
