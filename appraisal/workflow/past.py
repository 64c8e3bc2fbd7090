"""What happens when the published results of past years come in: previewed, then kept.

They are compared with and never counted; a year and group that is kept already is replaced only by
an explicit yes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, Jurisdiction, User
from appraisal import clock, trail
from appraisal.files.refusal import Refused
from appraisal.models import PastResult, Round, WorkbookImport
from appraisal.rules import can_import_past, enforce
from appraisal.workbooks import parsing
from appraisal.workbooks.past import Known, PastRow, PastSheet
from appraisal.workflow.acting import Invalid, hold_round
from appraisal.workflow.imports import Blocked, Workbook, warnings_of

PAST = WorkbookImport.Kind.PAST

Part = tuple[int, str]
"""A year and the name of a group: what is replaced as a whole."""


def hold_past_import(
    actor: User, round: Round, workbook: Workbook, *, year: int | None = None, group: str = ""
) -> WorkbookImport:
    """Read a published table and keep it for the preview; an older unconfirmed one goes.

    `year` and `group` hold where the table names none. Raises Refusal (not allowed), Refused (the
    file), Blocked (its cells), the last two after an event.
    """
    enforce(can_import_past(actor, round, at=clock.now()))
    try:
        sheet = _read(round, workbook, year, group)
    except Refused as refused:
        _refuse(actor, round, workbook, {"code": refused.code, "reason": refused.sentence})
        raise
    if sheet.blocked:
        cells = [problem.cell for problem in sheet.problems if problem.blocking]
        _refuse(
            actor, round, workbook,
            {"code": "blocked", "reason": "Có ô sai trong tệp.", "cells": cells[:20]},
        )  # fmt: skip
        raise Blocked(sheet)
    with transaction.atomic():
        held, at = hold_round(round.pk, actor)
        enforce(can_import_past(actor, held, at=at))
        held.imports.filter(kind=PAST, confirmed_at__isnull=True).delete()
        kept = WorkbookImport.objects.create(
            round=held, kind=PAST, file_name=workbook.name, sha256=workbook.sha256,
            content=sheet.to_json(), uploaded_by=actor, uploaded_at=at,
        )  # fmt: skip
        trail.record(
            held, actor, "import.held", f"Đọc tệp “{workbook.name}”, chờ xác nhận", at=at,
            data={"kind": PAST, "sha256": workbook.sha256},
        )  # fmt: skip
    return kept


def _read(round: Round, workbook: Workbook, year: int | None, group: str) -> PastSheet:
    if workbook.refusal:
        raise workbook.refusal
    province = round.jurisdiction
    known = Known(
        before=round.year,
        province=province.name,
        groups=dict(province.groups.values_list("code", "name")),
        year=year,
        group=group,
    )
    return parsing.import_past(workbook.path, workbook.name, known)


@transaction.atomic
def _refuse(actor: User, round: Round, workbook: Workbook, why: dict[str, object]) -> None:
    held, at = hold_round(round.pk, actor)
    enforce(can_import_past(actor, held, at=at))
    trail.record(
        held, actor, "import.refused", f"Từ chối tệp “{workbook.name}”: {why['reason']}", at=at,
        data={"kind": PAST, "sha256": workbook.sha256, **why},
    )  # fmt: skip


def parts_of(rows: Collection[PastRow]) -> set[Part]:
    """The years and groups that the lines are about."""
    return {(row.year, row.group) for row in rows}


def kept_already(round: Round, rows: Collection[PastRow]) -> dict[Part, list[PastResult]]:
    """What is kept of the years and groups of the lines: one query."""
    parts = parts_of(rows)
    found: dict[Part, list[PastResult]] = {}
    for item in PastResult.objects.filter(
        jurisdiction=round.jurisdiction_id, year__in={year for year, _group in parts}
    ).select_related("imported__confirmed_by"):
        if (item.year, item.group_name) in parts:
            found.setdefault((item.year, item.group_name), []).append(item)
    return found


@dataclass(frozen=True)
class Taken:
    """What came of a confirmation: lines written, lines of before that went."""

    written: int
    replaced: int


@transaction.atomic
def confirm_past_import(
    actor: User,
    waiting: WorkbookImport,
    agencies: Mapping[int, Agency | None],
    *,
    accept_warnings: bool = False,
    replace: Collection[Part] = (),
) -> Taken:
    """Keep a previewed table. `agencies` maps the place of a line to its agency; `replace` are the
    years and groups whose kept results the person saw and lets go.

    Raises Refusal, Invalid (taken before, warnings not accepted, an agency named twice, something
    is kept that the person did not see).
    """
    held, at = hold_round(waiting.round_id, actor)
    enforce(can_import_past(actor, held, at=at))
    # Two rounds of a province bring tables into the same years.
    Jurisdiction.objects.select_for_update().get(pk=held.jurisdiction_id)
    kept = WorkbookImport.objects.filter(
        pk=waiting.pk, kind=PAST, confirmed_at__isnull=True
    ).first()
    if kept is None:
        raise Invalid(file=_("Tệp này đã được nhập hoặc đã thay bằng tệp khác. Hãy tải lại tệp."))
    sheet = PastSheet.from_json(kept.content)
    if warnings_of(sheet.problems) and not accept_warnings:
        raise Invalid(accept=_("Hãy đánh dấu đã chấp nhận các cảnh báo, hoặc sửa tệp."))
    _check_named_once(sheet, agencies)
    there = kept_already(held, sheet.rows)
    if there.keys() - set(replace):
        raise Invalid(replace=_("Đã có kết quả của năm và nhóm này. Hãy đánh dấu để thay."))
    gone = [item.pk for items in there.values() for item in items]
    PastResult.objects.filter(pk__in=gone).delete()
    PastResult.objects.bulk_create(
        [_result(held, kept, row, agencies.get(place)) for place, row in enumerate(sheet.rows)],
        batch_size=500,
    )
    _settle(kept, actor, at)
    trail.record(
        held, actor, "past.imported",
        f"Nhập kết quả các năm trước từ tệp “{kept.file_name}”", at=at,
        data={
            "sha256": kept.sha256, "lines": len(sheet.rows),
            "parts": sorted(parts_of(sheet.rows)),
            "unknown": sum(agencies.get(place) is None for place in range(len(sheet.rows))),
            "warnings_accepted": warnings_of(sheet.problems),
            "replaced": [[*part, len(items)] for part, items in sorted(there.items())],
        },
    )  # fmt: skip
    return Taken(len(sheet.rows), len(gone))


def _check_named_once(sheet: PastSheet, agencies: Mapping[int, Agency | None]) -> None:
    """An agency has one line in a year."""
    seen: set[tuple[int, int]] = set()
    for place, row in enumerate(sheet.rows):
        agency = agencies.get(place)
        if agency is None:
            continue
        if (row.year, agency.pk) in seen:
            raise Invalid(
                **{f"agency_{place}": _("Cơ quan này đã được chọn cho một dòng khác cùng năm.")}
            )
        seen.add((row.year, agency.pk))


def _result(round: Round, kept: WorkbookImport, row: PastRow, agency: Agency | None) -> PastResult:
    return PastResult(
        jurisdiction_id=round.jurisdiction_id, year=row.year, group_name=row.group,
        agency_name=row.name, agency=agency, appraised_points=row.appraised,
        survey_points=row.survey, total_points=row.total, maximum=row.maximum, index=row.index,
        rank=row.rank, grade=row.grade, source=row.source, imported=kept,
    )  # fmt: skip


def _settle(kept: WorkbookImport, actor: User, at: datetime) -> None:
    kept.confirmed_by, kept.confirmed_at = actor, at
    kept.save(update_fields=["confirmed_by", "confirmed_at"])
