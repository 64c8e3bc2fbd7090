"""The sealed result for other programs and for spreadsheets; every figure unrounded.

Everything comes from the snapshot of a consolidation: what is exported is what was sealed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appraisal.models import Consolidation
from appraisal.workbooks.result_rows import AGENCIES, SCORES, Field, agency_rows, data, score_rows
from appraisal.workbooks.results import results_csv
from appraisal.workbooks.results_out import results_workbook


@dataclass(frozen=True)
class Export:
    """One form in which a result leaves the house."""

    label: str | Promise
    explanation: str | Promise
    extension: str
    content_type: str
    write: Callable[[Consolidation], bytes]


def _sealed(consolidation: Consolidation) -> dict[str, Any]:
    sealed: dict[str, Any] = json.loads(consolidation.snapshot)
    return sealed


def _csv(fields: tuple[Field, ...], rows: Iterable[Mapping[str, Any]]) -> bytes:
    names = [field.name for field in fields]
    return results_csv(
        ([row[name] for name in names] for row in rows), [field.label for field in fields]
    )


def workbook_of(consolidation: Consolidation) -> bytes:
    """The result as a workbook with charts, matrix and dictionary."""
    return results_workbook(_sealed(consolidation), consolidation.fingerprint)


def results_csv_of(consolidation: Consolidation) -> bytes:
    """The ranked result as a list, one line for each agency."""
    return _csv(AGENCIES, agency_rows(_sealed(consolidation)))


def scores_csv_of(consolidation: Consolidation) -> bytes:
    """Every score as a list, one line for each agency and leaf."""
    return _csv(SCORES, score_rows(_sealed(consolidation)))


def data_of(consolidation: Consolidation) -> bytes:
    """Agencies and scores as JSON, with the dictionary of their fields."""
    found = data(_sealed(consolidation), consolidation.fingerprint)
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def snapshot_of(consolidation: Consolidation) -> bytes:
    """The very text that the fingerprint seals."""
    return consolidation.snapshot.encode()


EXPORTS: Final[dict[str, Export]] = {
    "xlsx": Export(
        _("Bảng tính Excel"),
        _("Xếp hạng từng nhóm kèm biểu đồ, ma trận ba bước, điểm từng tiêu chí, từ điển dữ liệu."),
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        workbook_of,
    ),
    "csv": Export(
        _("Kết quả, CSV"),
        _("Mỗi cơ quan một dòng; mở được bằng Excel tiếng Việt."),
        "csv",
        "text/csv; charset=utf-8",
        results_csv_of,
    ),
    "scores": Export(
        _("Điểm từng tiêu chí, CSV"),
        _("Mỗi cơ quan và tiêu chí một dòng, đủ các bước chấm và lý do."),
        "csv",
        "text/csv; charset=utf-8",
        scores_csv_of,
    ),
    "data": Export(
        _("Dữ liệu JSON kèm từ điển"),
        _("Cho phần mềm khác: kết quả, điểm và ý nghĩa từng trường."),
        "json",
        "application/json",
        data_of,
    ),
    "json": Export(
        _("Bản niêm phong, JSON"),
        _("Đúng văn bản mà mã đối chiếu niêm phong; dùng để kiểm tra, không sửa."),
        "json",
        "application/json",
        snapshot_of,
    ),
}
"""What may be taken away, by the key in the address."""
