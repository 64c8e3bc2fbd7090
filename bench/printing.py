"""How fast papers are printed, beside the bare library on the same table in the same run.

Each figure comes from a process of its own, which tells its time and its peak of memory; ours and
the bare one take turns, and the ratio is the median of theirs.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256
from html import escape
from pathlib import Path
from statistics import median

import django

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "static" / "print" / "fonts"
TURNS = 3
ANNEX = 1150
"""Agencies that fill sixty pages."""
NATION = 4000
LETTERS = 110
LINE = "{:<46}{:>9}{:>10}   {}"


@dataclass(frozen=True)
class Figure:
    """What one process needed: seconds, megabytes at its peak and at that of its children."""

    seconds: float
    megabytes: float
    children: float
    pages: int


# --- In a process of its own ----------------------------------------------------------------------
def decision(agencies: int) -> Callable[[], bytes]:
    from appraisal.documents import pdf

    paper = _decision(agencies)
    return lambda: pdf.render(paper)


def bare(agencies: int) -> Callable[[], bytes]:
    """The annex's table as anybody would write it, by the library alone; without tags or fields."""
    from weasyprint import HTML

    (table,) = _decision(agencies).annexes[0].blocks
    head = "".join(f"<th>{escape(column.label)}</th>" for column in table.columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row.cells)}</tr>"
        for row in table.rows
    )
    html = (
        "<!DOCTYPE html><html lang='vi'><title>Phụ lục</title><style>"
        f"@font-face{{font-family:Tinos;src:url({(FONTS / 'Tinos-Regular.ttf').as_uri()})}}"
        f"@font-face{{font-family:Tinos;font-weight:bold;"
        f"src:url({(FONTS / 'Tinos-Bold.ttf').as_uri()})}}"
        "@page{size:A4 landscape;margin:20mm 15mm 20mm 30mm}body{font:12pt Tinos}"
        "table{width:100%;border-collapse:collapse}th,td{border:0.5pt solid;padding:2.5pt 1pt}"
        f"</style><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></html>"
    )
    return lambda: HTML(string=html).write_pdf()


def letters(count: int) -> Callable[[], bytes]:
    """Letters in processes side by side, and all of them joined."""
    from appraisal.documents import pdf
    from appraisal.documents.joining import joined

    papers = [_letter(number) for number in range(1, count + 1)]
    return lambda: joined(pdf.render_many(papers), [paper.addressees[0] for paper in papers])


def letters_alone(count: int) -> Callable[[], bytes]:
    """The same letters one after the other."""
    from appraisal.documents import pdf
    from appraisal.documents.joining import joined

    papers = [_letter(number) for number in range(1, count + 1)]
    return lambda: joined(
        [pdf.render(paper) for paper in papers], [paper.addressees[0] for paper in papers]
    )


def _decision(agencies: int):  # type: ignore[no-untyped-def]
    from appraisal.documents.decision import AgencyResult, DecisionFacts, GroupResult, ResultFacts
    from appraisal.documents.decision import decision as worded
    from appraisal.documents.words import House, Signing

    results = tuple(
        AgencyResult(
            agency=f"Ủy ban nhân dân xã số {place}"
            + (" thuộc huyện Kon Plông, tỉnh Kon Tum" if place % 5 == 0 else ""),
            appraised=Decimal("60.1234"),
            survey=Decimal("28.5"),
            bonus_penalty=Decimal("-0.5"),
            total=Decimal("88.1234"),
            index=Decimal("88.1234"),
            rank=place,
            grade="Tốt",
        )
        for place in range(1, agencies + 1)
    )
    return worded(
        DecisionFacts(
            results=ResultFacts(
                province="Kon Tum",
                year=2020,
                groups=(GroupResult("Ủy ban nhân dân các xã", results),),
                sealed_at=datetime(2021, 1, 15, 16, 30, tzinfo=timezone(timedelta(hours=7))),
                fingerprint=sha256(b"bench").hexdigest(),
            ),
            house=House(
                superior=(),
                issuer=("Ủy ban nhân dân", "tỉnh Kon Tum"),
                place="Kon Tum",
                symbol="QĐ-UBND",
                signing=Signing(),
                bases=("Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015",),
            ),
            issuer="Chủ tịch Ủy ban nhân dân tỉnh Kon Tum",
        )
    )


def _letter(number: int):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    from appraisal.documents.official import Annex, Column, Paragraph, Row, Table

    text = "Sở Nội vụ thông báo kết quả xác định Chỉ số cải cách hành chính năm 2020 của cơ quan. "
    leaves = Table(
        (
            Column("TT", 8),
            Column("Tiêu chí", 50, "left"),
            Column("Điểm tối đa", 14),
            Column("Điểm đạt", 14),
            Column("Lý do", 40, "left"),
        ),
        tuple(
            Row((str(n), f"Tiêu chí thành phần số {n}", "1,50", "1,25", "Báo cáo quý gửi chậm"))
            for n in range(1, 51)
        ),
    )
    return replace(
        _decision(1),
        form="letter",
        summary="V/v thông báo kết quả Chỉ số cải cách hành chính năm 2020",
        addressees=(f"Ủy ban nhân dân xã số {number}.",),
        authority="",
        bases=(),
        resolved="",
        blocks=(Paragraph(text * 3), Paragraph(text * 2)),
        annexes=(Annex("", "ĐIỂM TỪNG TIÊU CHÍ", "(Kèm theo Công văn)", (leaves,)),),
    )


MAKERS = {maker.__name__: maker for maker in (decision, bare, letters, letters_alone)}


def tell(maker: str, count: int) -> None:
    """Do one thing and print its figure, as JSON."""
    import pypdfium2

    make = MAKERS[maker](count)
    begun = time.perf_counter()
    content = make()
    seconds = time.perf_counter() - begun
    own, children = (
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(json.dumps([seconds, own, children, len(pypdfium2.PdfDocument(content))]))


# --- The report -----------------------------------------------------------------------------------
def asked(maker: str, count: int) -> Figure:
    """The figure of one thing done in a new process."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.printing", "--tell", maker, str(count)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return Figure(*json.loads(done.stdout.splitlines()[-1]))


def report() -> None:
    """Print every figure beside its aim."""
    print("\nPapers, each first of its process")
    print(LINE.format("", "s", "MB", "aim"))
    line("decision, 30 agencies", asked("decision", 30), "≤ 1.5 s")
    ours, theirs = [], []
    for _turn in range(TURNS):
        theirs.append(asked("bare", ANNEX))
        ours.append(asked("decision", ANNEX))
    line("its table alone by the bare library", middle(theirs), "")
    line("decision with that table", middle(ours), "≤ 200 MB")
    ratio = median(our.seconds / its.seconds for our, its in zip(ours, theirs, strict=True))
    print(LINE.format("  ours : bare", f"{ratio:.2f}", "", "≤ 0.5"))
    line("decision, 4,000 agencies", asked("decision", NATION), "")
    alone, beside = asked("letters_alone", LETTERS), asked("letters", LETTERS)
    line(f"{LETTERS} letters, one after the other", alone, "")
    line(f"{LETTERS} letters, in two processes", beside, "")
    print(LINE.format("  peak of a process beside", "", f"{beside.children:.0f}", "≤ 200 MB"))


def middle(figures: list[Figure]) -> Figure:
    return sorted(figures, key=lambda figure: figure.seconds)[len(figures) // 2]


def line(name: str, figure: Figure, aim: str) -> None:
    print(
        LINE.format(
            f"{name} ({figure.pages} pages)",
            f"{figure.seconds:.2f}",
            f"{figure.megabytes:.0f}",
            aim,
        ).rstrip()
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tell", nargs=2, metavar=("WHAT", "COUNT"), help="one figure, as JSON")
    one = parser.parse_args().tell
    if one:
        django.setup()
        tell(one[0], int(one[1]))
    else:
        report()
    return 0


if __name__ == "__main__":
    sys.exit(main())
