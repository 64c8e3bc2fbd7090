"""The value of each placeholder for one paper, as plain data that a child process can be given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from appraisal.documents.docx.drawn import line_below
from appraisal.documents.docx.elements import NOTICE
from appraisal.documents.docx.naming import FACTS, column_names, tables
from appraisal.documents.official import Official, Table

DRAFT: Final = "DỰ THẢO"
MOST_SIGNATURES: Final = 3
RESULT_ROLES: Final = {"row": "dong", "field": "linh_vuc", "total": "tong"}
POINTS_OF_MILLIMETRE: Final = 72 / 25.4
ISSUER_WIDTH, MOTTO_WIDTH, SUMMARY_WIDTH = (
    width * POINTS_OF_MILLIMETRE for width in (66, 99, 151.8)
)
"""Points that the head's columns and the summary have in the built-in template."""
THIRD: Final = 0.42
"""Of a text's length: the decree wants the line below it between a third and a half."""


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
            ({"tieu_de": table.caption}, (table,)) for table in tables(paper.blocks)
        )
        found["cac_phu_luc"] = _records(
            (
                {"ten": annex.heading, "tieu_de": annex.title, "kem_theo": annex.subtitle},
                tables(annex.blocks),
            )
            for annex in paper.annexes
        )
    return {**dict.fromkeys(FACTS.get(paper.kind, {}), ""), **dict(paper.facts), **found}


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


def _records(
    items: Iterable[tuple[Mapping[str, str], Sequence[Table]]],
) -> list[dict[str, Any]]:
    """Records with their rows; every row has the columns of all, empty where it has none."""
    listed = list(items)
    whole = {name: "" for _head, tables in listed for t in tables for name in column_names(t)}
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
                for names in (column_names(table),)
                for row in table.rows
            ],
        }
        for head, tables in listed
    ]
