"""What a Word template may name: the one table of placeholders.

It feeds the check of an office's template, the page that shows them and the clerks' guide. Names
are Vietnamese without marks, so that they can be typed on any keyboard. Each stands for a ready
string, a list of such, a list of records of such, or a whole part of the paper.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from appraisal.documents import (
    decision,
    derivation,
    letter,
    minutes,
    report,
    score_sheet,
    self_report,
    submission,
)
from appraisal.documents.official import Block, Official, Table

RESERVED: Final = frozenset(
    {"loai", "cac_o", "and", "else", "false", "for", "if", "in", "is", "loop", "none", "not", "or",
     "true"}
)  # fmt: skip
"""What a column cannot be called: the other parts of a row, and the words of the language."""

Form = Literal["text", "list", "records", "block"]
Schema = dict[str, Any]


@dataclass(frozen=True)
class Placeholder:
    """One name: what it stands for, and in what form."""

    name: str
    meaning: str
    form: Form = "text"

    @property
    def written(self) -> str:
        """How a clerk types it."""
        if self.form == "block":
            return f"{{{{p {self.name} }}}}"
        if self.form == "text":
            return f"{{{{ {self.name} }}}}"
        return f"{{%p for muc in {self.name} %}}"


PLACEHOLDERS: Final = (
    Placeholder("co_quan_chu_quan", "Cơ quan chủ quản, chữ thường ở góc trái"),
    Placeholder("co_quan_ban_hanh", "Cơ quan ban hành, chữ đậm ở góc trái"),
    Placeholder("gach_co_quan", "Đường kẻ dưới tên cơ quan ban hành"),
    Placeholder("so_ky_hieu", "Cả dòng số, ký hiệu: “Số: …/QĐ-UBND”"),
    Placeholder("so", "Số văn bản; để trống khi chưa có số"),
    Placeholder("ky_hieu", "Ký hiệu sau dấu gạch chéo, ví dụ QĐ-UBND"),
    Placeholder("quoc_hieu", "Quốc hiệu"),
    Placeholder("tieu_ngu", "Tiêu ngữ"),
    Placeholder("gach_tieu_ngu", "Đường kẻ dưới tiêu ngữ"),
    Placeholder("dia_danh_ngay_thang", "Cả dòng địa danh, ngày tháng"),
    Placeholder("dia_danh", "Địa danh"),
    Placeholder("ngay_thang", "“ngày … tháng … năm …”"),
    Placeholder("du_thao", "“DỰ THẢO” khi văn bản còn là dự thảo, nếu không thì trống"),
    Placeholder("luu_y", "Lưu ý khi bộ tiêu chí chỉ để minh họa, nếu không thì trống"),
    Placeholder("ten_van_ban", "Tên loại văn bản, ví dụ QUYẾT ĐỊNH"),
    Placeholder("trich_yeu", "Trích yếu nội dung"),
    Placeholder("gach_trich_yeu", "Đường kẻ dưới trích yếu"),
    Placeholder("kinh_gui", "Nơi kính gửi, nhiều nơi cách nhau bằng dấu chấm phẩy"),
    Placeholder("cac_noi_kinh_gui", "Từng nơi kính gửi", "list"),
    Placeholder("tham_quyen", "Người hoặc cơ quan ban hành, trước các căn cứ"),
    Placeholder("cac_can_cu", "Từng căn cứ ban hành", "list"),
    Placeholder("quyet_nghi", "Dòng “QUYẾT ĐỊNH:” trước các điều"),
    Placeholder("noi_dung", "Toàn bộ nội dung văn bản", "block"),
    Placeholder("phu_luc", "Các phụ lục, mỗi phụ lục bắt đầu ở trang mới", "block"),
    Placeholder("niem_phong", "Mã QR và mã đối chiếu kết quả", "block"),
    Placeholder("cac_noi_nhan", "Từng nơi nhận", "list"),
    *(
        Placeholder(f"{name}{suffix}", f"{meaning}{of}")
        for suffix, of in (("", ""), ("_2", ", chữ ký thứ hai"), ("_3", ", chữ ký thứ ba"))
        for name, meaning in (
            ("chuc_vu_ky", "Quyền hạn, chức vụ của người ký"),
            ("nguoi_ky", "Họ tên người ký"),
        )
    ),
    Placeholder("ma_doi_chieu", "Mã đối chiếu kết quả (SHA-256)"),
    Placeholder("huong_dan_doi_chieu", "Lời hướng dẫn dùng mã đối chiếu"),
    Placeholder(
        "cac_bang", "Từng bảng trong nội dung: .tieu_de, .cac_dong và từng cột của dòng", "records"
    ),
    Placeholder(
        "cac_phu_luc",
        "Từng phụ lục: .ten (Phụ lục I), .tieu_de, .kem_theo, .cac_dong và từng cột của dòng",
        "records",
    ),
)
"""The names that every kind of paper knows; `placeholders` adds those of a kind."""
FACTS: Final[dict[str, Mapping[str, str]]] = {
    "decision": decision.FACTS,
    "submission": submission.FACTS,
    "report": report.FACTS,
    "minutes": minutes.FACTS,
    "score_sheet": score_sheet.FACTS,
    "self_report": self_report.FACTS,
    "letters": letter.FACTS,
    "derivation": derivation.FACTS,
}
"""The figures and names that a kind of paper tells by themselves, each with its meaning."""
PARTS: Final = tuple(item.name for item in PLACEHOLDERS if item.form == "block")


def placeholders(kind: str, *, own: bool = False) -> tuple[Placeholder, ...]:
    """Every name that a template for papers of that kind may use; with `own` those of it alone."""
    of_kind = tuple(Placeholder(name, meaning) for name, meaning in FACTS.get(kind, {}).items())
    return of_kind if own else PLACEHOLDERS + of_kind


def schema(sample: Official) -> Schema:
    """The names with their forms, for the check: "text", "block", [item], or {field: form}.

    The columns of tables are those of the sample.
    """
    forms: dict[Form, Any] = {"text": "text", "list": ["text"], "block": "block"}
    known = placeholders(sample.kind)
    found = {item.name: forms[item.form] for item in known if item.form != "records"}
    of_annexes = [table for annex in sample.annexes for table in tables(annex.blocks)]
    return {
        **found,
        "cac_bang": [{"tieu_de": "text", "cac_dong": [_row_schema(tables(sample.blocks))]}],
        "cac_phu_luc": [
            {
                "ten": "text", "tieu_de": "text", "kem_theo": "text",
                "cac_dong": [_row_schema(of_annexes)],
            }
        ],
    }  # fmt: skip


def column_names(table: Table) -> list[str]:
    """The names of all columns: those that are said twice get a number."""
    names: list[str] = []
    for column in table.columns:
        wanted = name = _column_name(column.label)
        number = 1
        while name in names:
            number += 1
            name = f"{wanted}_{number}"
        names.append(name)
    return names


def tables(blocks: Sequence[Block]) -> list[Table]:
    return [block for block in blocks if isinstance(block, Table)]


def _column_name(label: str) -> str:
    """The name of a column's values: "Điểm thẩm định" is `diem_tham_dinh`."""
    plain = unicodedata.normalize("NFD", re.sub(r"\([^)]*\)", "", label).lower().replace("đ", "d"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    name = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")
    return f"cot_{name}".rstrip("_") if not name or name[0].isdigit() or name in RESERVED else name


def _row_schema(of: Iterable[Table]) -> Schema:
    columns = {name: "text" for table in of for name in column_names(table)}
    return {"loai": "text", "cac_o": ["text"], **columns}
