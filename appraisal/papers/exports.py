"""The ranked result as a list for other programs, every figure unrounded."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from appraisal.models import Consolidation
from appraisal.workbooks.results import results_csv


def results_csv_of(consolidation: Consolidation) -> bytes:
    """The ranked result of a consolidation as CSV, every figure unrounded."""
    sealed: dict[str, Any] = json.loads(consolidation.snapshot)
    columns = (
        _("Nhóm"), _("Mã cơ quan"), _("Cơ quan"), _("Điểm thẩm định"),
        _("Điểm điều tra xã hội học"), _("Điểm thưởng"), _("Điểm trừ"), _("Tổng điểm"),
        _("Điểm tối đa"), _("Chỉ số (%)"), _("Xếp hạng"), _("Đồng hạng"), _("Xếp loại"),
    )  # fmt: skip
    figures = ("appraised", "survey", "bonus", "penalty", "total", "maximum", "index")
    rows = [
        (
            group["name"],
            agency["code"],
            agency["name"],
            *(Decimal(agency[figure]) for figure in figures),
            agency["rank"],
            agency["tied"],
            agency["grade"],
        )
        for group in sealed["groups"]
        for agency in group["agencies"]
    ]
    return results_csv(rows, columns)
