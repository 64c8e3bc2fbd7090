"""The demonstration sets of criteria (JSON) as the rows that an import gives.

Their points and thresholds are not official; whoever shows them says "Bộ tiêu chí minh họa".
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from appraisal.workbooks.criteria import (
    HEADERS,
    KIND_NAMES,
    NA_NAMES,
    CriteriaSheet,
    parse_criteria,
)
from appraisal.workbooks.params import write_params
from appraisal.workbooks.table import Cell, Row, Table

FOLDER = Path(__file__).parent.parent / "demonstration" / "criteria"
SHEET = "Bộ tiêu chí minh họa"


def demonstration_sheet(path: Path | str) -> CriteriaSheet:
    """A demonstration set, checked by the same rules as an import; agencies are the set's own."""
    data = json.loads(Path(path).read_text(encoding="utf-8"), parse_float=Decimal)
    rows = [_row(number, item) for number, item in enumerate(data["criteria"], start=2)]
    header = _cells(1, HEADERS)
    return parse_criteria(
        Table(SHEET, (header, *rows)), data["meta"]["appraisers"], Path(path).name
    )


def _row(number: int, item: Mapping[str, Any]) -> Row:
    params = json.loads(json.dumps(item.get("rule_params", {}), default=float))
    return _cells(
        number,
        {
            "code": item["code"],
            "parent": item["parent"] or "",
            "title": item["title"],
            "max_points": str(item["max_points"]),
            "kind": KIND_NAMES[item["rule"]],
            "params": write_params(params),
            "rule_text": item["rule_text"],
            "evidence": "\n".join(item["evidence"]),
            "appraiser": item["appraiser"] or "",
            "na_allowed": NA_NAMES[item.get("na_allowed", False)],
        },
    )


def _cells(number: int, texts: Mapping[str, str]) -> Row:
    columns = {key: column for column, key in enumerate(HEADERS, start=1)}
    cells = {columns[key]: Cell(number, columns[key], text) for key, text in texts.items() if text}
    return Row(number, cells)
