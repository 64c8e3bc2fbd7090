"""How fast the workbooks of an agency and of an appraiser are written, read and merged, beside a
bare reader of the same file.

Reading runs in its child process, start included, as an upload does it; the rows that stand in the
database are made here. The bare library only loads the file: it checks nothing and knows no row.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

import django

LEAVES = 90
ITEMS = 1500
"""Rows of an appraiser: fifty leaves of thirty agencies."""
TURNS = 9
OWNER = "bench"
LINE = "{:<46}{:>9}   {}"


def agency() -> None:
    """An agency's own workbook."""
    from appraisal.workbooks.parsing import import_self_scores
    from appraisal.workbooks.self_scores_out import SheetFacts, write_self_scores

    rows = _rows()
    facts = SheetFacts("Chỉ số CCHC năm 2020", "Sở Y tế", OWNER, datetime(2020, 12, 10, 9, 0))
    specs = _specs(rows)

    def read(path: Path) -> None:
        back = import_self_scores(path, path.name, OWNER, specs)
        if back.blocked or len(back.said) != LEAVES:
            raise SystemExit(f"the workbook does not come back: {back.problems[:1]}")
        _merge({item.code: _values(item) | {"declared": item.declared} for item in back.said})

    title = f"One agency's workbook of {LEAVES} leaves"
    _measure(title, lambda: write_self_scores(facts, rows), read, "≤ 200")


def appraiser() -> None:
    """An appraiser's workbook across agencies."""
    from appraisal.workbooks.appraisals import RowSpec
    from appraisal.workbooks.appraisals_out import BenchFacts, write_appraisals
    from appraisal.workbooks.parsing import import_appraisals

    rows = _items()
    facts = BenchFacts(
        "Chỉ số CCHC năm 2020", "Đỗ Minh Tâm", OWNER, "appraisal", "Thẩm định",
        datetime(2020, 12, 25, 9, 0),
    )  # fmt: skip
    specs = [
        RowSpec(row.key, row.stage, row.max_points, row.na_allowed, row.self_points, row.points)
        for row in rows
    ]

    def read(path: Path) -> None:
        back = import_appraisals(path, path.name, OWNER, "appraisal", specs)
        if back.blocked or len(back.said) != ITEMS:
            raise SystemExit(f"the workbook does not come back: {back.problems[:1]}")
        _merge({item.key: _values(item) for item in back.said})

    title = f"An appraiser's workbook of {ITEMS} rows"
    _measure(title, lambda: write_appraisals(facts, rows), read, "")


def _measure(
    title: str, write: Callable[[], bytes], read: Callable[[Path], None], aim: str
) -> None:
    """Print every figure beside its aim; both readers take turns."""
    from openpyxl import load_workbook

    with tempfile.TemporaryDirectory(prefix="parc-bench-") as folder:
        path = Path(folder, "bang.xlsx")
        path.write_bytes(write())
        written = [_taken(write) for _turn in range(TURNS)]
        pairs = [
            (_taken(lambda: read(path)), _taken(lambda: load_workbook(path)))
            for _turn in range(TURNS)
        ]
    print(f"\n{title}")
    print(LINE.format("", "ms", "aim"))
    print(LINE.format("written", f"{median(written):.0f}", "").rstrip())
    mine, theirs = (median(side) for side in zip(*pairs, strict=True))
    print(LINE.format("read in its child and merged", f"{mine:.0f}", aim).rstrip())
    print(LINE.format("loaded by the bare library", f"{theirs:.0f}", "").rstrip())


def _taken(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return (time.perf_counter() - begun) * 1000


def _rows() -> list[Any]:
    """The demonstration's leaves, some of them twice, filled in."""
    from appraisal import scoring
    from appraisal.demonstration.province import criteria
    from appraisal.workbooks.self_scores_out import LeafRow

    leaves = [
        LeafRow(
            row.code, row.title, scoring.Rule(row.kind, row.max_points, row.params),
            row.rule_text, "\n".join(row.evidence), row.na_allowed, version=1,
            points=row.max_points / 2, reason="Đã thực hiện theo kế hoạch năm.",
            files=(f"{row.code}.pdf", "Kế hoạch năm.docx"),
        )
        for row in criteria("department").rows
        if row.is_leaf and row.kind not in {"survey", "penalty"}
    ]  # fmt: skip
    again = [replace(leaf, code=f"B.{leaf.code}") for leaf in leaves]
    return [*leaves, *again][:LEAVES]


def _specs(rows: list[Any]) -> list[Any]:
    from appraisal.workbooks.self_scores import LeafSpec

    return [
        LeafSpec(row.code, row.rule.kind, row.rule.max_points, row.rule.params, row.na_allowed)
        for row in rows
    ]


def _items() -> list[Any]:
    """Fifty of these leaves in thirty agencies, half of them marked already."""
    from appraisal.workbooks.appraisals_out import ItemRow

    return [
        ItemRow(
            key=f"d{place}-c{number}", stage="appraisal", agency_code=f"S{place:02}",
            agency=f"Sở, ban, ngành số {place}", code=leaf.code, title=leaf.title,
            max_points=leaf.rule.max_points, na_allowed=leaf.na_allowed,
            self_points=leaf.points, declared="Tổng số nhiệm vụ: 40\nĐã hoàn thành: 37",
            claim=leaf.reason, files=("Kế hoạch cải cách hành chính (số 07/KH-SYT, tr. 3)",),
            version=place % 2, points=leaf.points if place % 2 else None,
        )
        for number, leaf in enumerate(_rows()[: ITEMS // 30], 1)
        for place in range(1, 31)
    ]  # fmt: skip


def _values(item: Any) -> dict[str, Any]:
    return {"points": str(item.points), "reason": item.reason}


def _merge(mine: dict[str, dict[str, Any]]) -> None:
    from appraisal.workbooks.merging import merge

    merge({}, mine, {key: {**item, "points": str(Decimal(1))} for key, item in mine.items()})


def main() -> int:
    django.setup()
    agency()
    appraiser()
    return 0


if __name__ == "__main__":
    sys.exit(main())
