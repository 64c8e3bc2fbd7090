"""What happens when a workbook comes in: held with its problems, then confirmed by a person.

A file that is refused, or whose rows cannot be taken, leaves an event and nothing else. Parsing
runs in a child process before any lock is taken; the rule is asked before and again under the lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, AgencyGroup, User
from agencies.verdict import Verdict
from appraisal import clock, trail
from appraisal.files.names import display_name
from appraisal.files.refusal import Refused
from appraisal.files.uploads import StreamedUpload
from appraisal.models import (
    Assignment,
    CriteriaSet,
    Criterion,
    Dossier,
    Round,
    WorkbookImport,
)
from appraisal.rules import can_enter_survey, can_prepare, enforce
from appraisal.states import Stage
from appraisal.workbooks import parsing
from appraisal.workbooks.criteria import CriteriaSheet, CriterionRow
from appraisal.workbooks.problems import Problem
from appraisal.workbooks.survey import SurveySheet
from appraisal.workflow.acting import Invalid, MarkInput, hold_dossier, hold_round, write_mark

Sheet = CriteriaSheet | SurveySheet
CRITERIA, SURVEY = WorkbookImport.Kind.CRITERIA, WorkbookImport.Kind.SURVEY


@dataclass(frozen=True)
class Workbook:
    """A file on its way in: where its bytes are, its name as shown, their hash."""

    path: Path
    name: str
    sha256: str
    refusal: Refused | None = None


def workbook_name(raw: str) -> str:
    """The clean name of an uploaded workbook, with whatever extension it has. Raises Refused.

    Names are cleaned as for evidence, which knows no CSV: hence the borrowed extension. Which
    extensions are read, the importer says itself.
    """
    borrowed = ".xlsx"
    return display_name(f"{raw}{borrowed}").removesuffix(borrowed)


def workbook_of(upload: StreamedUpload) -> Workbook:
    """An upload as the importer takes it; a name that cannot be shown is refused later."""
    refusal = upload.refusal
    name = ""
    try:
        name = workbook_name(upload.raw_name)
    except Refused as refused:
        refusal = refusal or refused
    return Workbook(Path(upload.temporary_file_path()), name, upload.sha256, refusal)


class ReadSheet(Protocol):
    """A sheet of whatever kind as it was read, with what is wrong with its cells."""

    @property
    def problems(self) -> tuple[Problem, ...]: ...


class Blocked(Exception):
    """The file was read, and some of its cells keep all of it out."""

    def __init__(self, sheet: ReadSheet) -> None:
        super().__init__(_("Tệp có ô sai nên chưa nhập được. Hãy sửa các ô dưới đây rồi nhập lại."))
        self.sheet = sheet


def appraisers(round: Round) -> dict[str, str]:
    """The agencies that a criterion may name as its appraiser: those in force, code to name."""
    today = clock.now().astimezone(clock.VIETNAM).date()
    own = Agency.objects.filter(jurisdiction=round.jurisdiction_id).in_force(today)
    return dict(own.order_by("code").values_list("code", "name"))


def read_criteria(round: Round, workbook: Workbook) -> CriteriaSheet:
    """The criteria in a workbook. Raises Refused; writes nothing."""
    if workbook.refusal:
        raise workbook.refusal
    return parsing.import_criteria(workbook.path, workbook.name, appraisers(round))


def read_survey(round: Round, group: AgencyGroup, workbook: Workbook) -> SurveySheet:
    """The survey points in a workbook for one group. Raises Refused; writes nothing."""
    if workbook.refusal:
        raise workbook.refusal
    agencies = Dossier.objects.filter(round=round, group=group).order_by("agency__name")
    leaves = _survey_leaves(round, group)
    return parsing.import_survey(
        workbook.path,
        workbook.name,
        dict(agencies.values_list("agency__code", "agency__name")),
        {leaf.code: leaf.max_points for leaf in leaves.values()},
    )


def _survey_leaves(round: Round, group: AgencyGroup) -> dict[str, Criterion]:
    leaves = Criterion.objects.filter(
        criteria_set__round=round, criteria_set__group=group, is_leaf=True, kind="survey"
    )
    return {leaf.code: leaf for leaf in leaves.order_by("position")}


def hold_criteria_import(
    actor: User, round: Round, group: AgencyGroup, workbook: Workbook
) -> WorkbookImport:
    """Read a criteria workbook and keep it for the preview; an older unconfirmed one goes.

    Raises Refused (the file), Blocked (its cells), each after an event; Refusal (not allowed).
    """
    enforce(can_prepare(actor, round, at=clock.now()))
    try:
        sheet = read_criteria(round, workbook)
    except Refused as refused:
        _refuse(actor, round, group, CRITERIA, workbook, refused)
        raise
    return _hold(actor, round, group, CRITERIA, workbook, sheet)


def hold_survey_import(
    actor: User, round: Round, group: AgencyGroup, workbook: Workbook
) -> WorkbookImport:
    """Read a workbook of survey points and keep it for the preview; raises as for criteria."""
    enforce(can_enter_survey(actor, round, at=clock.now()))
    try:
        sheet = read_survey(round, group, workbook)
    except Refused as refused:
        _refuse(actor, round, group, SURVEY, workbook, refused)
        raise
    return _hold(actor, round, group, SURVEY, workbook, sheet)


def _allowed(actor: User, round: Round, kind: str, at: datetime) -> Verdict:
    ask = can_prepare if kind == CRITERIA else can_enter_survey
    return ask(actor, round, at=at)


@transaction.atomic
def _refuse(
    actor: User,
    round: Round,
    group: AgencyGroup,
    kind: str,
    workbook: Workbook,
    reason: Refused | Sheet,
) -> None:
    held, at = hold_round(round.pk, actor)
    enforce(_allowed(actor, held, kind, at))
    data: dict[str, Any] = {"kind": kind, "group": group.code, "sha256": workbook.sha256}
    if isinstance(reason, Refused):
        data |= {"code": reason.code, "reason": reason.sentence}
    else:
        cells = [problem.cell for problem in reason.problems if problem.blocking]
        data |= {"code": "blocked", "reason": _("Có ô sai trong tệp."), "cells": cells[:20]}
    trail.record(
        held, actor, "import.refused",
        "Từ chối tệp “{name}”: {reason}".format(name=workbook.name, reason=data["reason"]),
        at=at, data=data,
    )  # fmt: skip


def _hold(
    actor: User,
    round: Round,
    group: AgencyGroup,
    kind: str,
    workbook: Workbook,
    sheet: Sheet,
) -> WorkbookImport:
    if sheet.blocked:
        _refuse(actor, round, group, kind, workbook, sheet)
        raise Blocked(sheet)
    with transaction.atomic():
        held, at = hold_round(round.pk, actor)
        enforce(_allowed(actor, held, kind, at))
        held.imports.filter(group=group, kind=kind, confirmed_at__isnull=True).delete()
        kept = WorkbookImport.objects.create(
            round=held, group=group, kind=kind, file_name=workbook.name, sha256=workbook.sha256,
            content=sheet.to_json(), uploaded_by=actor, uploaded_at=at,
        )  # fmt: skip
        trail.record(
            held, actor, "import.held",
            f"Đọc tệp “{workbook.name}”, chờ xác nhận",
            at=at, data={"kind": kind, "group": group.code, "sha256": workbook.sha256},
        )  # fmt: skip
    return kept


def warnings_of(problems: tuple[Problem, ...]) -> int:
    """How many problems a person has to accept before the sheet may come in."""
    return sum(not problem.blocking for problem in problems)


@dataclass(frozen=True)
class SetInput:
    """What a criteria set is called when it is confirmed."""

    name: str
    basis: str = ""
    is_illustrative: bool = False


@transaction.atomic
def confirm_criteria_import(
    actor: User, waiting: WorkbookImport, given: SetInput, *, accept_warnings: bool
) -> CriteriaSet:
    """Replace the group's criteria by what was previewed; assignments stay where codes stay."""
    held, at = hold_round(waiting.round_id, actor)
    enforce(can_prepare(actor, held, at=at))
    kept = _take(waiting, CRITERIA)
    assert kept.group is not None
    sheet = CriteriaSheet.from_json(kept.content)
    _check_accepted(sheet.problems, accept_warnings)
    criteria_set, _fresh = CriteriaSet.objects.update_or_create(
        round=held,
        group=kept.group,
        defaults={
            "name": given.name, "basis": given.basis, "is_illustrative": given.is_illustrative,
        },
    )  # fmt: skip
    assigned = list(
        Assignment.objects.filter(criterion__criteria_set=criteria_set).values_list(
            "criterion__code", "seat_id", "is_second", "assigned_by_id"
        )
    )
    criteria_set.criteria.all().delete()
    made = _write_tree(criteria_set, sheet.rows, appraisers(held))
    again = [
        Assignment(
            criterion=made[code], seat_id=seat, is_second=is_second, assigned_by_id=assigned_by
        )
        for code, seat, is_second, assigned_by in assigned
        if code in made
    ]
    Assignment.objects.bulk_create(again)
    _settle(kept, actor, at)
    trail.record(
        held, actor, "criteria.imported",
        f"Nhập bộ tiêu chí “{given.name}” từ tệp “{kept.file_name}”",
        at=at,
        data={
            "group": kept.group.code, "sha256": kept.sha256, "criteria": len(made),
            "warnings_accepted": warnings_of(sheet.problems),
            "assignments_kept": len(again), "assignments_lost": len(assigned) - len(again),
        },
    )  # fmt: skip
    return criteria_set


def _write_tree(
    criteria_set: CriteriaSet, rows: tuple[CriterionRow, ...], known: dict[str, str]
) -> dict[str, Criterion]:
    """The rows as criteria in reading order, level by level, because children need parents' keys.

    Reading order is the tree's: a parent always stands before its children, wherever the sheet
    had them.
    """
    gone = sorted({row.appraiser_code for row in rows if row.appraiser_code} - known.keys())
    if gone:
        raise Invalid(file=_("Cơ quan thẩm định không còn trong danh mục: %s.") % ", ".join(gone))
    today = clock.read().astimezone(clock.VIETNAM).date()
    agencies = {
        agency.code: agency
        for agency in Agency.objects.filter(
            jurisdiction=criteria_set.round.jurisdiction_id, code__in=known
        ).in_force(today)
    }
    made: dict[str, Criterion] = {}
    ordered = _in_reading_order(rows)
    places = {row.code: place for place, row in enumerate(ordered)}
    for depth in range(max((row.depth for row in rows), default=0) + 1):
        level = []
        for row in (row for row in ordered if row.depth == depth):
            parent = made[row.parent_code] if row.parent_code else None
            level.append(
                Criterion(
                    criteria_set=criteria_set,
                    parent=parent,
                    field=(parent.field or parent) if parent else None,
                    position=places[row.code],
                    depth=row.depth - 1,
                    code=row.code,
                    title=row.title,
                    max_points=row.max_points,
                    kind=row.kind,
                    params=row.params,
                    rule_text=row.rule_text,
                    evidence_text="\n".join(row.evidence),
                    appraiser=agencies[row.appraiser_code] if row.appraiser_code else None,
                    na_allowed=row.na_allowed,
                    note=row.note,
                    is_leaf=row.is_leaf,
                    outside_total=row.outside_total,
                )
            )
        made.update({node.code: node for node in Criterion.objects.bulk_create(level)})
    return made


def _in_reading_order(rows: tuple[CriterionRow, ...]) -> list[CriterionRow]:
    """The rows with every parent before its children, siblings as in the sheet."""
    below: dict[str | None, list[CriterionRow]] = {}
    for row in rows:
        below.setdefault(row.parent_code, []).append(row)
    ordered: list[CriterionRow] = []
    waiting = list(reversed(below.get(None, [])))
    while waiting:
        row = waiting.pop()
        ordered.append(row)
        waiting.extend(reversed(below.get(row.code, [])))
    return ordered


@transaction.atomic
def confirm_survey_import(actor: User, waiting: WorkbookImport, *, accept_warnings: bool) -> int:
    """Write the previewed survey points as marks; returns how many points the sheet has.

    A point that the sheet does not have leaves the stored one alone.
    """
    held, at = hold_round(waiting.round_id, actor)
    enforce(can_enter_survey(actor, held, at=at))
    kept = _take(waiting, SURVEY)
    assert kept.group is not None
    sheet = SurveySheet.from_json(kept.content)
    _check_accepted(sheet.problems, accept_warnings)
    leaves = _survey_leaves(held, kept.group)
    dossiers = dict(
        Dossier.objects.filter(round=held, group=kept.group)
        .order_by("pk")
        .values_list("pk", "agency__code")
    )
    by_agency: dict[str, dict[str, Any]] = {}
    for (agency, leaf), points in sheet.points.items():
        by_agency.setdefault(agency, {})[leaf] = points
    lost = sorted(by_agency.keys() - set(dossiers.values())) + sorted(
        {leaf for _agency, leaf in sheet.points} - leaves.keys()
    )
    if lost:
        raise Invalid(file=_("Không còn trong đợt: %s. Hãy tải lại tệp.") % ", ".join(lost))
    for pk, code in dossiers.items():
        if code not in by_agency:
            continue
        dossier = hold_dossier(Dossier(pk=pk, round=held), actor)
        for leaf, points in by_agency[code].items():
            write_mark(dossier, leaves[leaf], Stage.SURVEY, MarkInput(points=points), actor, None)
    _settle(kept, actor, at)
    trail.record(
        held, actor, "survey.imported",
        f"Nhập điểm điều tra xã hội học từ tệp “{kept.file_name}”",
        at=at,
        data={
            "group": kept.group.code, "sha256": kept.sha256, "points": len(sheet.points),
            "warnings_accepted": warnings_of(sheet.problems),
        },
    )  # fmt: skip
    return len(sheet.points)


def _take(waiting: WorkbookImport, kind: str) -> WorkbookImport:
    """The import again, under the round's lock, if it still waits for its yes."""
    kept = (
        WorkbookImport.objects.select_related("group")
        .filter(pk=waiting.pk, kind=kind, confirmed_at__isnull=True)
        .first()
    )
    if kept is None:
        raise Invalid(file=_("Tệp này đã được nhập hoặc đã thay bằng tệp khác. Hãy tải lại tệp."))
    return kept


def _check_accepted(problems: tuple[Problem, ...], accepted: bool) -> None:
    if any(problem.blocking for problem in problems):
        raise Invalid(file=_("Tệp còn ô sai. Hãy sửa rồi tải lại."))
    if warnings_of(problems) and not accepted:
        raise Invalid(accept=_("Hãy đánh dấu đã chấp nhận các cảnh báo, hoặc sửa tệp."))


def _settle(kept: WorkbookImport, actor: User, at: datetime) -> None:
    kept.confirmed_by = actor
    kept.confirmed_at = at
    kept.save(update_fields=["confirmed_by", "confirmed_at"])
