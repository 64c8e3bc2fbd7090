"""Check a sealed result without a network and without the database: JSON, or a PDF that holds it.

Counts the fingerprint and every sum anew and says, line by line, what was checked. Ends with 0 when
all of it is right, 1 when something differs, 2 when the file cannot be read.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from django.core.management.base import BaseCommand

from appraisal.documents import sealed
from appraisal.documents.decision import result_table
from appraisal.files import child
from appraisal.files.refusal import Refused
from appraisal.papers.results import groups_of

DIFFERS: Final = 1
UNREADABLE: Final = 2
SHOWN: Final = 20
"""Differences that are printed one by one."""
SECONDS: Final = 120
MEGABYTES: Final = 2000

NAMES: Final = {
    "appraised": "điểm thẩm định", "survey": "điểm điều tra xã hội học",
    "survey_maximum": "điểm tối đa phần điều tra", "bonus": "điểm thưởng",
    "penalty": "điểm phạt", "total": "tổng điểm", "maximum": "điểm tối đa",
    "index": "chỉ số (%)", "rank": "xếp hạng", "tied": "đồng hạng", "grade": "xếp loại",
}  # fmt: skip


@dataclass(frozen=True)
class Check:
    """One thing that was checked: what, and what was found wrong with it."""

    what: str
    wrong: tuple[str, ...] = ()


class Command(BaseCommand):
    help = "Kiểm tra bản niêm phong kết quả (JSON, hoặc PDF có kèm) không cần cơ sở dữ liệu."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="tệp JSON, hoặc PDF có kèm bản niêm phong")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            checks = list(_checks(path))
        except (Refused, OSError) as error:
            reason = error.sentence if isinstance(error, Refused) else str(error)
            self.stderr.write(f"Không kiểm tra được: {reason}")
            raise SystemExit(UNREADABLE) from None
        for check in checks:
            self.stdout.write(f"[{'SAI' if check.wrong else 'ĐÚNG'}] {check.what}")
            for line in check.wrong[:SHOWN]:
                self.stdout.write(f"       {line}")
            if len(check.wrong) > SHOWN:
                self.stdout.write(f"       … và {len(check.wrong) - SHOWN} chỗ khác")
        if any(check.wrong for check in checks):
            self.stdout.write("KẾT LUẬN: tệp này KHÔNG đúng.")
            raise SystemExit(DIFFERS)
        self.stdout.write("KẾT LUẬN: những điều kiểm tra ở trên đều đúng.")


def _checks(path: Path) -> Iterator[Check]:
    with path.open("rb") as handle:
        is_pdf = handle.read(5) == b"%PDF-"
    printed: list[str] = []
    texts: list[str] = []
    if is_pdf:
        said = cast(
            dict[str, Any],
            child.run(
                "appraisal.documents.reading:attached_snapshot", str(path), path.name,
                seconds=SECONDS, megabytes=MEGABYTES, name=path.name,
            ),
        )  # fmt: skip
        snapshot, printed, texts = said["snapshot"], said["printed"], said["texts"]
    else:
        snapshot = sealed.read(path.read_bytes())
    code = sealed.fingerprint(snapshot)
    differences = sealed.recount(snapshot)
    groups = " ".join(code[place : place + 8] for place in range(0, 64, 8))
    yield Check(f"Tính lại mã đối chiếu (SHA-256): {groups}")
    if is_pdf:
        yield _printed(code, printed)
    else:
        yield Check("Hãy so mã trên với mã in trên văn bản; tệp JSON không tự chứng minh được")
    yield Check(
        f"Tính lại điểm, chỉ số, xếp hạng, xếp loại của {sealed.agencies(snapshot)} cơ quan từ"
        " điểm từng tiêu chí",
        tuple(
            f"{one.agency}: {NAMES.get(one.what, one.what)} ghi {one.said or '(trống)'},"
            f" tính lại {one.counted or '(trống)'}"
            for one in differences
        ),
    )
    if is_pdf:
        yield _table(snapshot, texts)


def _printed(code: str, printed: list[str]) -> Check:
    what = "So mã tính lại với mã in trên văn bản"
    if not printed:
        return Check(what, ("văn bản không in mã đối chiếu",))
    return Check(what, tuple(f"văn bản in mã {other}" for other in printed if other != code))


def _table(snapshot: dict[str, Any], texts: list[str]) -> Check:
    """Whether every row of the result tables is printed with the figures of the snapshot."""
    text = "".join("".join(texts).split())
    decimals = snapshot["round"]["display_decimals"]
    missing = tuple(
        f"{row.cells[1]}: không thấy dòng “{' | '.join(row.cells)}”"
        for group in groups_of(snapshot)
        for row in result_table(group, decimals).rows
        if "".join("".join(row.cells).split()) not in text
    )
    return Check("So từng dòng của bảng kết quả in trên văn bản với bản niêm phong", missing)
