"""The sealed result for other programs and for spreadsheets; every figure unrounded.

Everything comes from the snapshot of a consolidation: what goes out is what was sealed. Only the
titles of fields and leaves come from the criteria sets, which were frozen when the round opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appraisal.models import Consolidation, Criterion, Round
from appraisal.workbooks.result_rows import AGENCIES, MARKS, SCORES, LeafName, Names, Table
from appraisal.workbooks.results import data_json, table_csv
from appraisal.workbooks.results_out import write_results
from appraisal.workbooks.snapshot import Streamed

MEGABYTE: Final = 1024 * 1024
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"
JSON: Final = "application/json"

Writer = Callable[[IO[bytes], Consolidation], None]


@dataclass(frozen=True)
class Export:
    """One form in which a result leaves the house; `stem` begins the name of its file."""

    label: str | Promise
    explanation: str | Promise
    stem: str
    extension: str
    content_type: str
    write: Writer

    def file_name(self, consolidation: Consolidation) -> str:
        year, number = consolidation.round.year, consolidation.number
        return f"{self.stem}-chi-so-cchc-{year}-lan-{number}.{self.extension}"

    def open(self, consolidation: Consolidation) -> IO[bytes]:
        """The written file, to be read from its beginning; a large one lies on the disk."""
        file: IO[bytes] = SpooledTemporaryFile(4 * MEGABYTE)  # noqa: SIM115, the caller closes it
        self.write(file, consolidation)
        file.seek(0)
        return file


def names_of(round: Round) -> Names:
    """The titles of the fields and leaves of a round by group and code: one query."""
    found: dict[str, dict[str, LeafName]] = {}
    for group, code, title, above in (
        Criterion.objects.filter(criteria_set__round=round, is_leaf=True)
        .order_by("position")
        .values_list("criteria_set__group__code", "code", "title", "field__title")
    ):
        found.setdefault(group, {})[code] = LeafName(above or title, title)
    return found


def _write_workbook(target: IO[bytes], consolidation: Consolidation) -> None:
    write_results(
        target,
        Streamed(consolidation.snapshot),
        consolidation.fingerprint,
        names_of(consolidation.round),
    )


def _write_table(table: Table, target: IO[bytes], consolidation: Consolidation) -> None:
    names = names_of(consolidation.round) if table is SCORES else {}
    parts = table_csv(table, Streamed(consolidation.snapshot), consolidation.fingerprint, names)
    _write_parts(target, parts)


def _write_data(target: IO[bytes], consolidation: Consolidation) -> None:
    names = names_of(consolidation.round)
    _write_parts(
        target, data_json(Streamed(consolidation.snapshot), consolidation.fingerprint, names)
    )


def _write_snapshot(target: IO[bytes], consolidation: Consolidation) -> None:
    target.write(consolidation.snapshot.encode())


def _write_parts(target: IO[bytes], parts: Iterator[bytes]) -> None:
    for part in parts:
        target.write(part)


EXPORTS: Final[dict[str, Export]] = {
    "xlsx": Export(
        _("Bảng tính Excel"),
        _(
            "Xếp hạng từng nhóm kèm biểu đồ; ma trận cơ quan và tiêu chí ở ba lần chấm; điểm từng"
            " tiêu chí; từng lần chấm; từ điển dữ liệu."
        ),
        "ket-qua", "xlsx", XLSX, _write_workbook,
    ),
    "csv": Export(
        _("Kết quả, CSV"),
        _("Mỗi cơ quan một dòng; mở được bằng Excel tiếng Việt."),
        "ket-qua", "csv", CSV, partial(_write_table, AGENCIES),
    ),
    "long.csv": Export(
        _("Điểm từng tiêu chí, CSV"),
        _("Mỗi cơ quan và tiêu chí một dòng: điểm ở mọi bước, điểm được tính, lý do, người chấm."),
        "diem", "csv", CSV, partial(_write_table, SCORES),
    ),
    "marks.csv": Export(
        _("Từng lần chấm, CSV"),
        _("Mỗi lần cho điểm một dòng, đủ lý do, người chấm và thời điểm."),
        "lan-cham", "csv", CSV, partial(_write_table, MARKS),
    ),
    "data": Export(
        _("Dữ liệu JSON kèm từ điển"),
        _("Cho phần mềm khác: mọi bảng của kết quả và ý nghĩa từng trường."),
        "du-lieu", "json", JSON, _write_data,
    ),
    "json": Export(
        _("Bản niêm phong, JSON"),
        _("Đúng văn bản mà mã đối chiếu niêm phong; dùng để kiểm tra, không sửa."),
        "niem-phong", "json", JSON, _write_snapshot,
    ),
}  # fmt: skip
"""What may be taken away, by the key in the address."""
