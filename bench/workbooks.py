"""How fast an agency's workbook is written, read and merged, beside a bare reader of the same file.

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
TURNS = 9
OWNER = "bench"
LINE = "{:<46}{:>9}   {}"


def report() -> None:
    """Print every figure beside its aim; both readers take turns."""
    from openpyxl import load_workbook

    from appraisal.workbooks.parsing import import_self_scores
    from appraisal.workbooks.self_scores_out import SheetFacts, write_self_scores

    rows = _rows()
    facts = SheetFacts("Chỉ số CCHC năm 2020", "Sở Y tế", OWNER, datetime(2020, 12, 10, 9, 0))
    specs = _specs(rows)
    with tempfile.TemporaryDirectory(prefix="parc-bench-") as folder:
        path = Path(folder, "bang.xlsx")
        path.write_bytes(write_self_scores(facts, rows))

        def ours() -> None:
            back = import_self_scores(path, path.name, OWNER, specs)
            if back.blocked or len(back.said) != LEAVES:
                raise SystemExit(f"the workbook does not come back: {back.problems[:1]}")
            _merge(back.said)

        def bare() -> None:
            load_workbook(path)

        written = [_taken(lambda: write_self_scores(facts, rows)) for _turn in range(TURNS)]
        pairs = [(_taken(ours), _taken(bare)) for _turn in range(TURNS)]
    print(f"\nOne agency's workbook of {LEAVES} leaves")
    print(LINE.format("", "ms", "aim"))
    print(LINE.format("written", f"{median(written):.0f}", "").rstrip())
    mine, theirs = (median(side) for side in zip(*pairs, strict=True))
    print(LINE.format("read in its child and merged", f"{mine:.0f}", "≤ 200"))
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


def _merge(said: Any) -> None:
    from appraisal.workbooks.merging import merge

    def values(item: Any) -> dict[str, Any]:
        return {"declared": item.declared, "points": str(item.points), "reason": item.reason}

    mine = {item.code: values(item) for item in said}
    merge({}, mine, {code: {**item, "points": str(Decimal(1))} for code, item in mine.items()})


def main() -> int:
    django.setup()
    report()
    return 0


if __name__ == "__main__":
    sys.exit(main())
