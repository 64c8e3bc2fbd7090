"""What a Word template may name: the one table of placeholders, and their values for a paper.

`PLACEHOLDERS` feeds the check of an office's template, its page and the clerks' guide. Names are
Vietnamese without marks, so that they can be typed on any keyboard. Every value is a ready string,
a list of such, or a list of records of such; `block` values are whole parts of the paper.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from appraisal.documents.docx.drawn import line_below
from appraisal.documents.docx.elements import NOTICE, flat
from appraisal.documents.official import Block, Official, Table

DRAFT: Final = "DỰ THẢO"
MOST_SIGNATURES: Final = 3
RESULT_ROLES: Final = {"row": "dong", "field": "linh_vuc", "total": "tong"}
RESERVED: Final = frozenset(
    {"loai", "cac_o", "and", "else", "false", "for", "if", "in", "is", "loop", "none", "not", "or",
     "true"}
)  # fmt: skip
"""What a column cannot be called: the other parts of a row, and the words of the language."""
POINTS_OF_MILLIMETRE: Final = 72 / 25.4
ISSUER_WIDTH, MOTTO_WIDTH, SUMMARY_WIDTH = (
    width * POINTS_OF_MILLIMETRE for width in (66, 99, 151.8)
)
"""Points that the head's columns and the summary have in the built-in template."""
THIRD: Final = 0.42
"""Of a text's length: the decree wants the line below it between a third and a half."""

Form = Literal["text", "list", "records", "block"]
Schema = dict[str, Any]


@dataclass(frozen=True)
class Placeholder:
    """One name: what it stands for, in what form, and of which kinds of papers (none: all)."""

    name: str
    meaning: str
    form: Form = "text"
    kinds: tuple[str, ...] = ()

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
BLOCKS: Final = tuple(item.name for item in PLACEHOLDERS if item.form == "block")


def placeholders(sample: Official) -> tuple[Placeholder, ...]:
    """Every name that a template for papers like `sample` may use."""
    known = {item.name for item in PLACEHOLDERS}
    return PLACEHOLDERS + tuple(
        Placeholder(name, f"Ví dụ: {flat(value)}" if value else "Trống trong ví dụ", "text")
        for name, value in sample.facts
        if name not in known
    )


def schema(sample: Official) -> Schema:
    """The names with their forms, for the check: "text", "block", [item], or {field: form}."""
    forms: dict[Form, Any] = {"text": "text", "list": ["text"], "block": "block"}
    found = {item.name: forms[item.form] for item in placeholders(sample) if item.form != "records"}
    rows = {
        "cac_bang": _row_schema(_tables(sample.blocks)),
        "cac_phu_luc": _row_schema(
            table for annex in sample.annexes for table in _tables(annex.blocks)
        ),
    }
    return found | {
        "cac_bang": [{"tieu_de": "text", "cac_dong": [rows["cac_bang"]]}],
        "cac_phu_luc": [
            {
                "ten": "text", "tieu_de": "text", "kem_theo": "text",
                "cac_dong": [rows["cac_phu_luc"]],
            }
        ],
    }  # fmt: skip


def values(paper: Official, *, with_tables: bool = True) -> dict[str, Any]:
    """The value of each name for one paper; blocks are whether there is such a part.

    `with_tables`: rows of tables one by one too, which only an office's own template asks for.
    """
    head = paper.letterhead
    number, symbol = numbered(head.number_line) or ("", "")
    place, day = dated(head.date_line) or ("", "")
    found: dict[str, Any] = {
        "co_quan_chu_quan": "\n".join(head.superior),
        "co_quan_ban_hanh": "\n".join(head.issuer),
        "gach_co_quan": line_below(head.issuer[-1:], THIRD, 13, ISSUER_WIDTH),
        "so_ky_hieu": head.number_line,
        "so": number,
        "ky_hieu": symbol,
        "quoc_hieu": head.nation,
        "tieu_ngu": head.motto,
        "gach_tieu_ngu": line_below((head.motto,), 1, 14, MOTTO_WIDTH),
        "dia_danh_ngay_thang": head.date_line,
        "dia_danh": place,
        "ngay_thang": day,
        "du_thao": DRAFT if paper.draft else "",
        "luu_y": NOTICE if paper.illustrative else "",
        "ten_van_ban": paper.title,
        "trich_yeu": paper.summary,
        "gach_trich_yeu": line_below((paper.summary,), THIRD, 14, SUMMARY_WIDTH),
        "kinh_gui": "; ".join(paper.addressees),
        "cac_noi_kinh_gui": list(paper.addressees),
        "tham_quyen": paper.authority,
        "cac_can_cu": list(paper.bases),
        "quyet_nghi": paper.resolved,
        "noi_dung": bool(paper.blocks),
        "phu_luc": bool(paper.annexes),
        "niem_phong": paper.seal is not None,
        "cac_noi_nhan": list(paper.recipients),
        "ma_doi_chieu": " ".join(paper.seal.groups) if paper.seal else "",
        "huong_dan_doi_chieu": paper.seal.verify_text if paper.seal else "",
        "cac_bang": [],
        "cac_phu_luc": [],
    }
    found |= _signatures(paper)
    if with_tables:
        found["cac_bang"] = _records(
            ({"tieu_de": table.caption}, (table,)) for table in _tables(paper.blocks)
        )
        found["cac_phu_luc"] = _records(
            (
                {"ten": annex.heading, "tieu_de": annex.title, "kem_theo": annex.subtitle},
                _tables(annex.blocks),
            )
            for annex in paper.annexes
        )
    return {**dict(paper.facts), **found}


def _signatures(paper: Official) -> dict[str, str]:
    """Offices and names; side by side all offices take as many lines, so that the names do not
    stand askew."""
    most = max((len(signature.lines) for signature in paper.signatures), default=0)
    found = {}
    for number in range(1, MOST_SIGNATURES + 1):
        suffix = "" if number == 1 else f"_{number}"
        for signature in paper.signatures[number - 1 : number]:
            blank = "\n" * (most - len(signature.lines))
            found[f"chuc_vu_ky{suffix}"] = "\n".join(signature.lines) + blank
            found[f"nguoi_ky{suffix}"] = signature.name
        found.setdefault(f"chuc_vu_ky{suffix}", "")
        found.setdefault(f"nguoi_ky{suffix}", "")
    return found


def numbered(line: str) -> tuple[str, str] | None:
    """ "12" and "QĐ-UBND" of "Số: 12/QĐ-UBND"; None for a line of another make."""
    begin, colon, rest = line.partition(": ")
    number, slash, symbol = rest.partition("/")
    return (number, symbol) if begin == "Số" and colon and slash else None


def dated(line: str) -> tuple[str, str] | None:
    """The place, and the words of the date; None for a line of another make."""
    place, comma, day = line.rpartition(", ")
    return (place, day) if comma and day.startswith("ngày") else None


def column_name(label: str) -> str:
    """The name of a column's values: "Điểm thẩm định" is `diem_tham_dinh`."""
    plain = unicodedata.normalize("NFD", re.sub(r"\([^)]*\)", "", label).lower().replace("đ", "d"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    name = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")
    return f"cot_{name}".rstrip("_") if not name or name[0].isdigit() or name in RESERVED else name


def _column_names(table: Table) -> list[str]:
    """The names of all columns: those that are said twice get a number."""
    names: list[str] = []
    for column in table.columns:
        wanted = name = column_name(column.label)
        number = 1
        while name in names:
            number += 1
            name = f"{wanted}_{number}"
        names.append(name)
    return names


def _tables(blocks: Sequence[Block]) -> list[Table]:
    return [block for block in blocks if isinstance(block, Table)]


def _row_schema(tables: Iterable[Table]) -> Schema:
    columns = {name: "text" for table in tables for name in _column_names(table)}
    return {"loai": "text", "cac_o": ["text"], **columns}


def _records(
    items: Iterable[tuple[Mapping[str, str], Sequence[Table]]],
) -> list[dict[str, Any]]:
    """Records with their rows; every row has the columns of all, empty where it has none."""
    listed = list(items)
    whole = {name: "" for _head, tables in listed for t in tables for name in _column_names(t)}
    return [
        {
            **head,
            "cac_dong": [
                {
                    **whole,
                    **dict(zip(names, row.cells, strict=True)),
                    "loai": RESULT_ROLES[row.role],
                    "cac_o": list(row.cells),
                }
                for table in tables
                for names in (_column_names(table),)
                for row in table.rows
            ],
        }
        for head, tables in listed
    ]
