"""How fast the result goes out as a workbook, beside the bare libraries on the same cells.

Each figure comes from a process of its own, which tells its time and how much its peak of memory
grew while it wrote; the three take turns. Ours begins with the sealed text (opening and parsing it,
cleaning and escaping every text) and writes sheets, charts and filters; the bare ones are given
the finished values of the same cells and write nothing else.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

FINGERPRINT = "ab" * 32
LEAVES = 90
PROVINCE, NATION = 111, 3_667
"""Agencies with ninety leaves each: some ten thousand, and 330,030 scores."""
TURNS = 3
LINE = "{:<46}{:>9}{:>12}   {}"
WORDS = (
    "Thiếu",
    "kế hoạch",
    "ban hành chậm",
    "so với quy định",
    "bổ sung",
    "báo cáo",
    "&",
    "<quý>",
)

Sheets = Callable[[], Iterator[tuple[str, Iterator[tuple[Any, ...]]]]]


# --- The result that goes out --------------------------------------------------------------------
def sealed_text(agencies: int, path: Path) -> None:
    """Write a snapshot as its consolidation spells it, agency by agency."""
    chance = random.Random(agencies)
    criteria = {"illustrative": True, "name": "Bộ tiêu chí minh họa", "sha256": "0" * 64}
    round = {
        "appraisals": 2, "bands": [{"from": "80", "inclusive": True, "name": "Tốt"},
                                   {"from": "0", "inclusive": True, "name": "Yếu"}],
        "bonus_max": "2", "display_decimals": 2, "jurisdiction": "kon-tum",
        "name": "Chỉ số CCHC năm 2020", "not_applicable_method": "scale_appraised",
        "own_agency_policy": "forbid", "penalty_max": "2", "tie_rule": "shared", "year": 2020,
    }  # fmt: skip
    with path.open("w", encoding="utf-8") as file:
        file.write('{"form":1,"groups":[{"agencies":[')
        for number in range(agencies):
            file.write("," * bool(number) + _spelled(_agency(number, chance)))
        file.write(f'],"code":"department","criteria":{_spelled(criteria)},"name":"Cơ quan"}}],')
        file.write(f'"round":{_spelled(round)},"trail":{{}}}}')


def _spelled(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _agency(number: int, chance: random.Random) -> dict[str, Any]:
    index = f"{95 - number * 0.01:.4f}"
    return {
        "code": f"{number:04}", "name": f"Ủy ban nhân dân xã số {number}", "submitted_at": None,
        "appraised": "58.25", "survey": "30.5", "survey_maximum": "35", "bonus": "0",
        "penalty": "0", "total": index, "maximum": "100", "index": index, "rank": number + 1,
        "tied": False, "grade": "Tốt", "leaves": [_leaf(place, chance) for place in range(LEAVES)],
    }  # fmt: skip


def _leaf(place: int, chance: random.Random) -> dict[str, Any]:
    def mark(points: int, by: str, words: int) -> dict[str, Any]:
        return {
            "at": "2020-12-28T02:00:00.123456+00:00", "by": by, "not_applicable": False,
            "points": f"{points / 4}", "reason": " ".join(chance.choices(WORDS, k=words)),
            "version": 1,
        }  # fmt: skip

    marks = {
        "self": mark(8, "Y Blin", chance.choice((0, 8))),
        "appraisal": mark(chance.randint(0, 8), "Đỗ Minh Tâm", chance.choice((0, 0, 10))),
    }
    return {
        "code": f"{place // 12 + 1}.{place % 12 + 1}", "effective": "appraisal",
        "evidence": [f"{chance.getrandbits(256):064x}"], "kind": "manual", "marks": marks,
        "maximum": "2",
    }  # fmt: skip


# --- In a process of its own ---------------------------------------------------------------------
def ours(path: Path) -> Callable[[Path], None]:
    from appraisal.workbooks.results_out import write_results
    from appraisal.workbooks.snapshot import Streamed

    text = path.read_text(encoding="utf-8")

    def write(target: Path) -> None:
        with target.open("wb") as file:
            write_results(file, Streamed(text), FINGERPRINT, whole=False)

    return write


def bare_openpyxl(path: Path) -> Callable[[Path], None]:
    from openpyxl import Workbook

    sheets = _cells(path)

    def write(target: Path) -> None:
        book = Workbook(write_only=True)
        for name, rows in sheets():
            page = book.create_sheet(name)
            for row in rows:
                page.append(row)
        book.save(target)

    return write


def bare_xlsxwriter(path: Path) -> Callable[[Path], None]:
    import xlsxwriter

    sheets = _cells(path)

    def write(target: Path) -> None:
        with xlsxwriter.Workbook(
            target, {"constant_memory": True, "strings_to_formulas": False}
        ) as book:
            for name, rows in sheets():
                page = book.add_worksheet(name)
                for number, row in enumerate(rows):
                    for column, value in enumerate(row):
                        if value is not None and value != "":
                            page.write(number, column, value)

    return write


def _cells(path: Path) -> Sheets:
    """The values of the great sheets, as any writer takes them; made anew while they are written
    where there are too many to keep."""
    from appraisal.workbooks.result_rows import SCORES, matrix_rows, rows_of
    from appraisal.workbooks.snapshot import Streamed

    snapshot = Streamed(path.read_text(encoding="utf-8"))

    def rows() -> Iterator[tuple[str, Iterator[tuple[Any, ...]]]]:
        group = snapshot.groups[0]
        yield (
            "Ma trận",
            (_plain(row) for agency in snapshot.agencies(group) for row in matrix_rows(agency)),
        )
        yield "Điểm", (_plain(row) for row in rows_of(SCORES, snapshot, FINGERPRINT, {}))

    if snapshot.groups[0].agencies > PROVINCE:
        return rows
    kept = [(name, list(found)) for name, found in rows()]
    return lambda: ((name, iter(found)) for name, found in kept)


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(
        float(value)
        if value.__class__ is Decimal
        else value.replace(tzinfo=None)
        if isinstance(value, datetime)
        else value
        for value in row
    )


WRITERS = {"ours": ours, "openpyxl": bare_openpyxl, "xlsxwriter": bare_xlsxwriter}


def tell(writer: str, path: Path) -> None:
    """Write once in this process; seconds and growth of the peak in megabytes."""
    write = WRITERS[writer](path)
    with tempfile.TemporaryDirectory(prefix="parc-bench-") as folder:
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        before = _status("VmRSS")
        begun = time.perf_counter()
        write(Path(folder, "out.xlsx"))
        print(json.dumps([time.perf_counter() - begun, _status("VmHWM") - before]))


def _status(name: str) -> float:
    """A figure of this process as Linux tells it, in megabytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


# --- All of them ---------------------------------------------------------------------------------
def measure(title: str, agencies: int, turns: int) -> None:
    """Print ours beside the two bare ones; they take turns."""
    found: dict[str, list[tuple[float, float]]] = {writer: [] for writer in WRITERS}
    with tempfile.TemporaryDirectory(prefix="parc-bench-") as folder:
        path = Path(folder, "snapshot.json")
        sealed_text(agencies, path)
        for _turn in range(turns):
            for writer, figures in found.items():
                command = [sys.executable, "-m", "bench.exports", "--tell", writer, str(path)]
                answer = subprocess.run(command, check=True, capture_output=True, text=True)
                seconds, megabytes = json.loads(answer.stdout)
                figures.append((seconds, megabytes))
    print(f"\n{title}")
    print(LINE.format("", "s", "+MB", "ours takes"))
    mine = median(seconds for seconds, _megabytes in found["ours"])
    names = {
        "ours": "the workbook from the sealed text",
        "openpyxl": "bare openpyxl, write-only",
        "xlsxwriter": "bare XlsxWriter, constant memory",
    }
    for writer, figures in found.items():
        seconds = median(taken for taken, _megabytes in figures)
        grown = median(megabytes for _seconds, megabytes in figures)
        share = "" if writer == "ours" else f"{mine / seconds:.2f} of it"
        print(LINE.format(names[writer], f"{seconds:.2f}", f"{grown:.0f}", share).rstrip())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tell", nargs=2, metavar=("WRITER", "SNAPSHOT"))
    told = parser.parse_args().tell
    if told:
        tell(told[0], Path(told[1]))
        return 0
    measure(f"The result as a workbook, {PROVINCE * LEAVES:,} scores", PROVINCE, TURNS)
    measure(f"The result as a workbook, {NATION * LEAVES:,} scores", NATION, 1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
