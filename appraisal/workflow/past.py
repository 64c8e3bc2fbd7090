"""What happens when the published results of a past year come in: previewed, then kept.

They are compared with and never counted; a year and group that is kept already is replaced only by
an explicit yes.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from appraisal import clock, trail
from appraisal.models import PastResult, Round, WorkbookImport
from appraisal.rules import can_import_past, enforce
from appraisal.workbooks import parsing
from appraisal.workbooks.past import PastRow, PastSheet
from appraisal.workflow.acting import Invalid, hold_round
from appraisal.workflow.imports import Blocked, Workbook

PAST = WorkbookImport.Kind.PAST


def hold_past_import(
    actor: User, round: Round, workbook: Workbook, year: int | None = None
) -> WorkbookImport:
    """Read a published table and keep it for the preview; an older unconfirmed one goes.

    `year` holds for rows that name none. Raises Refusal, Refused (the file), Blocked (its cells),
    Invalid (a row without a year, or a year that has not passed).
    """
    enforce(can_import_past(actor, round, at=clock.now()))
    if workbook.refusal:
        raise workbook.refusal
    sheet = parsing.import_past(workbook.path, workbook.name)
    if sheet.blocked:
        raise Blocked(sheet)
    years = {row.year or year for row in sheet.rows}
    if None in years:
        raise Invalid(year=_("Bảng không có cột “Năm”. Hãy điền năm của kết quả."))
    if any(known is not None and known >= round.year for known in years):
        raise Invalid(year=_("Chỉ nhập kết quả của các năm trước năm đánh giá."))
    with transaction.atomic():
        held, at = hold_round(round.pk, actor)
        enforce(can_import_past(actor, held, at=at))
        held.imports.filter(kind=PAST, confirmed_at__isnull=True).delete()
        kept = WorkbookImport.objects.create(
            round=held, kind=PAST, file_name=workbook.name, sha256=workbook.sha256,
            content={**sheet.to_json(), "year": year}, uploaded_by=actor, uploaded_at=at,
        )  # fmt: skip
        trail.record(
            held, actor, "import.held", f"Đọc tệp “{workbook.name}”, chờ xác nhận", at=at,
            data={"kind": PAST, "sha256": workbook.sha256},
        )  # fmt: skip
    return kept


def rows_in(waiting: WorkbookImport) -> tuple[PastRow, ...]:
    """The rows of a held table."""
    return PastSheet.from_json(waiting.content).rows


def year_of(waiting: WorkbookImport, row: PastRow) -> int:
    return int(row.year or waiting.content["year"])


def kept_already(round: Round, waiting: WorkbookImport) -> list[tuple[int, str, int]]:
    """Which (year, group) of the table are kept, with how many agencies."""
    wanted = {(year_of(waiting, row), row.group) for row in rows_in(waiting)}
    counts: dict[tuple[int, str], int] = {}
    for year, group in PastResult.objects.filter(
        jurisdiction=round.jurisdiction_id, year__in={year for year, _group in wanted}
    ).values_list("year", "group_name"):
        if (year, group) in wanted:
            counts[year, group] = counts.get((year, group), 0) + 1
    return [(year, group, count) for (year, group), count in sorted(counts.items())]


@transaction.atomic
def confirm_past_import(
    actor: User, waiting: WorkbookImport, agencies: Mapping[int, Agency | None], *, replace: bool
) -> int:
    """Keep a previewed table; how many rows. `agencies` maps the place of a row to its agency.

    Raises Refusal, Invalid (taken before; or it would replace what is kept without a yes).
    """
    held, at = hold_round(waiting.round_id, actor)
    enforce(can_import_past(actor, held, at=at))
    kept = WorkbookImport.objects.filter(
        pk=waiting.pk, kind=PAST, confirmed_at__isnull=True
    ).first()
    if kept is None:
        raise Invalid(file=_("Tệp này đã được nhập hoặc đã thay bằng tệp khác. Hãy tải lại tệp."))
    there = kept_already(held, kept)
    if there and not replace:
        raise Invalid(replace=_("Đã có kết quả của năm và nhóm này. Hãy đánh dấu để thay."))
    for year, group, _count in there:
        PastResult.objects.filter(
            jurisdiction=held.jurisdiction_id, year=year, group_name=group
        ).delete()
    rows = rows_in(kept)
    PastResult.objects.bulk_create(
        PastResult(
            jurisdiction_id=held.jurisdiction_id, year=year_of(kept, row), group_name=row.group,
            agency_name=row.name, agency=agencies.get(place), appraised_points=row.appraised,
            survey_points=row.survey, total_points=row.total, maximum=row.maximum,
            index=row.index, rank=row.rank, grade=row.grade, source=row.source, imported=kept,
        )
        for place, row in enumerate(rows)
    )  # fmt: skip
    kept.confirmed_by, kept.confirmed_at = actor, at
    kept.save(update_fields=["confirmed_by", "confirmed_at"])
    trail.record(
        held, actor, "past.imported", f"Nhập kết quả năm trước từ tệp “{kept.file_name}”", at=at,
        data={"sha256": kept.sha256, "rows": len(rows),
              "replaced": [[year, group, count] for year, group, count in there]},
    )  # fmt: skip
    return len(rows)
