"""How fast papers become Word files, beside python-docx's own way of writing the same table.

The bare library is asked for fewer rows: its time grows with their square.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

import django

from bench.printing import LINE, NATION, _decision

BARE = 50
"""Agencies in the table that both ways write."""
TURNS = 3


def timed(make: Callable[[], object]) -> float:
    begun = time.perf_counter()
    make()
    return time.perf_counter() - begun


def bare(agencies: int) -> Callable[[], object]:
    """The annex's table cell by cell, as the library's own guide shows it."""
    import docx

    (table,) = _decision(agencies).annexes[0].blocks

    def make() -> None:
        document = docx.Document()
        written = document.add_table(rows=1 + len(table.rows), cols=len(table.columns))
        for column, place in zip(table.columns, range(len(table.columns)), strict=True):
            written.rows[0].cells[place].text = column.label
        for number, row in enumerate(table.rows, 1):
            for place, cell in enumerate(row.cells):
                written.cell(number, place).text = cell

    return make


def report() -> None:
    from appraisal.documents import docx

    small, middle, large = (_decision(count) for count in (30, BARE, NATION))
    own = docx.builtin_template(small)
    print("\nWord files")
    print(LINE.format("", "s", "MB", ""))
    line("decision, 30 agencies, the first", timed(lambda: docx.render(small)))
    line("decision, 30 agencies", min(timed(lambda: docx.render(small)) for _ in range(TURNS)))
    in_child = min(timed(lambda: docx.render(small, own)) for _ in range(TURNS))
    line("the same in an office's template, in a child", in_child)
    line(f"a table of {BARE} by python-docx, cell by cell", timed(bare(BARE)))
    line(f"decision, {BARE} agencies", timed(lambda: docx.render(middle)))
    line(f"decision, {NATION:,} agencies", timed(lambda: docx.render(large)), peak())


def peak() -> str:
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}"


def line(name: str, seconds: float, megabytes: str = "") -> None:
    print(LINE.format(name, f"{seconds:.2f}", megabytes, "").rstrip())


def main() -> int:
    django.setup()
    report()
    return 0


if __name__ == "__main__":
    sys.exit(main())
