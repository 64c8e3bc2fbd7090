"""The sealed result as rows, and what each of their fields means.

One dictionary of fields feeds the sheets, the lists for other programs and the page for readers;
a field that is written and not explained cannot exist. Figures are unrounded, as sealed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")

FieldType = Literal["text", "number", "count", "yes_no", "moment"]


@dataclass(frozen=True)
class Field:
    """One field of a table: its name for programs, its header, what it means, an example."""

    name: str
    label: str
    meaning: str
    type: FieldType
    example: str
    unit: str = ""
    width: int = 12


AGENCIES: Final = (
    Field("group", "Nhóm", "Nhóm được xếp hạng riêng", "text", "Sở, ban, ngành", width=24),
    Field("rank", "Xếp hạng", "Thứ hạng trong nhóm theo chỉ số chưa làm tròn", "count", "1"),
    Field("code", "Mã cơ quan", "Mã trong danh mục cơ quan", "text", "SNV"),
    Field("name", "Cơ quan", "Tên cơ quan vào lúc tổng hợp", "text", "Sở Nội vụ", width=44),
    Field("appraised", "Điểm thẩm định", "Tổng điểm phần thẩm định có hiệu lực, đã quy đổi nếu có"
          " tiêu chí không áp dụng", "number", "58.25", "điểm"),
    Field("survey", "Điểm điều tra xã hội học", "Tổng điểm phần điều tra xã hội học", "number",
          "30.5", "điểm"),
    Field("survey_maximum", "Điểm tối đa điều tra", "Điểm tối đa của phần điều tra; 0 khi bộ tiêu"
          " chí không có", "number", "35", "điểm"),
    Field("bonus", "Điểm thưởng", "Điểm thưởng được tính, sau mức tối đa của đợt", "number", "1",
          "điểm"),
    Field("penalty", "Điểm trừ", "Điểm trừ được tính, sau mức tối đa của đợt", "number", "0.5",
          "điểm"),
    Field("total", "Tổng điểm", "Thẩm định + điều tra + thưởng − trừ", "number", "89.25", "điểm"),
    Field("maximum", "Điểm tối đa", "Mẫu số của chỉ số", "number", "100", "điểm"),
    Field("index", "Chỉ số", "Tổng điểm / điểm tối đa × 100, chưa làm tròn", "number", "89.25",
          "%"),
    Field("tied", "Đồng hạng", "Có cơ quan khác cùng thứ hạng", "yes_no", "false"),
    Field("grade", "Xếp loại", "Mức xếp loại theo chỉ số", "text", "Tốt"),
    Field("to_next", "Còn thiếu đến mức trên", "Mốc của mức xếp loại liền trên trừ chỉ số; trống ở"
          " mức cao nhất", "number", "0.75", "%"),
    Field("submitted_at", "Gửi hồ sơ lúc", "Lúc thủ trưởng gửi hồ sơ, giờ Việt Nam", "moment",
          "2020-12-18T16:00:00+07:00", width=18),
)  # fmt: skip
"""One row for each agency."""

SCORES: Final = (
    Field("group", "Nhóm", "Nhóm được xếp hạng riêng", "text", "Sở, ban, ngành", width=24),
    Field("code", "Mã cơ quan", "Mã trong danh mục cơ quan", "text", "SNV"),
    Field("name", "Cơ quan", "Tên cơ quan vào lúc tổng hợp", "text", "Sở Nội vụ", width=44),
    Field("leaf", "Mã tiêu chí", "Mã của tiêu chí chấm điểm trong bộ tiêu chí", "text", "1.1.1"),
    Field("kind", "Cách tính", "Loại quy tắc: boolean, checklist, tiers, levels, proportional,"
          " deduction, manual, survey, bonus, penalty", "text", "proportional"),
    Field("maximum", "Điểm tối đa", "Điểm tối đa của tiêu chí", "number", "2", "điểm"),
    Field("self", "Tự chấm", "Điểm cơ quan tự chấm; trống khi chưa chấm hoặc đề nghị không áp dụng",
          "number", "2", "điểm"),
    Field("appraisal", "Thẩm định lần 1", "Điểm thẩm định lần 1", "number", "1.5", "điểm"),
    Field("reappraisal", "Thẩm định lần 2", "Điểm thẩm định lần 2", "number", "1.75", "điểm"),
    Field("survey", "Điều tra", "Điểm điều tra xã hội học", "number", "1.6", "điểm"),
    Field("council", "Hội đồng", "Điểm Hội đồng kết luận", "number", "1.8", "điểm"),
    Field("stage", "Bước có hiệu lực", "Bước cho điểm có hiệu lực: council, reappraisal, appraisal"
          " hoặc survey", "text", "appraisal"),
    Field("effective", "Điểm có hiệu lực", "Điểm được tính vào chỉ số; trống khi không áp dụng",
          "number", "1.5", "điểm"),
    Field("not_applicable", "Không áp dụng", "Tiêu chí được công nhận không áp dụng", "yes_no",
          "false"),
    Field("reason", "Lý do", "Lý do của điểm có hiệu lực", "text", "Thiếu kế hoạch", width=50),
    Field("self_reason", "Giải trình của cơ quan", "Giải trình khi tự chấm", "text",
          "Đã ban hành ngày 05/01", width=50),
    Field("by", "Người chấm", "Người cho điểm có hiệu lực", "text", "Đỗ Minh Tâm", width=20),
    Field("at", "Lúc", "Lúc lưu điểm có hiệu lực, giờ Việt Nam", "moment",
          "2020-12-28T09:00:00+07:00", width=18),
    Field("evidence", "Số tài liệu", "Số tài liệu kiểm chứng được dẫn", "count", "2"),
)  # fmt: skip
"""One row for each agency and leaf."""

STAGES: Final = {
    "self": "Tự chấm",
    "appraised": "Thẩm định",
    "effective": "Chính thức",
}
"""The three readings of the matrix: by the agency, by the team, as it counts."""

DICTIONARY: Final = {"agencies": AGENCIES, "scores": SCORES}

Value = str | int | bool | Decimal | datetime | None


def moment(text: str | None) -> datetime | None:
    """A stored moment in the province's time."""
    return datetime.fromisoformat(text).astimezone(VIETNAM) if text else None


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def agency_rows(sealed: Mapping[str, Any]) -> Iterator[dict[str, Value]]:
    """One row for each agency, groups and ranks in the order of the snapshot."""
    bands = sorted(Decimal(band["from"]) for band in sealed["round"]["bands"])
    for group in sealed["groups"]:
        for agency in group["agencies"]:
            index = Decimal(agency["index"])
            grade = next(
                (b for b in sealed["round"]["bands"] if b["name"] == agency["grade"]), None
            )
            above = [bound for bound in bands if grade and bound > Decimal(grade["from"])]
            figures = {
                name: _number(agency[name])
                for name in ("appraised", "survey", "survey_maximum", "bonus", "penalty", "total",
                             "maximum", "index")
            }  # fmt: skip
            yield {
                "group": group["name"],
                "rank": agency["rank"],
                "code": agency["code"],
                "name": agency["name"],
                **figures,
                "tied": agency["tied"],
                "grade": agency["grade"],
                "to_next": above[0] - index if above else None,
                "submitted_at": moment(agency["submitted_at"]),
            }


def score_rows(sealed: Mapping[str, Any]) -> Iterator[dict[str, Value]]:
    """One row for each agency and leaf, in reading order."""
    for group in sealed["groups"]:
        for agency in group["agencies"]:
            for leaf in agency["leaves"]:
                marks = leaf["marks"]
                counts = marks.get(leaf["effective"])
                own = marks.get("self")
                yield {
                    "group": group["name"],
                    "code": agency["code"],
                    "name": agency["name"],
                    "leaf": leaf["code"],
                    "kind": leaf["kind"],
                    "maximum": _number(leaf["maximum"]),
                    **{
                        stage: _number(marks[stage]["points"]) if stage in marks else None
                        for stage in ("self", "appraisal", "reappraisal", "survey", "council")
                    },
                    "stage": leaf["effective"],
                    "effective": _number(counts["points"]) if counts else None,
                    "not_applicable": bool(counts and counts["not_applicable"]),
                    "reason": counts["reason"] if counts else "",
                    "self_reason": own["reason"] if own else "",
                    "by": counts["by"] if counts else "",
                    "at": moment(counts["at"]) if counts else None,
                    "evidence": len(leaf["evidence"]),
                }


def matrix(group: Mapping[str, Any], reading: str) -> Iterator[list[Value]]:
    """Agencies × leaves of a group in one reading: code, name, then a figure for each leaf."""
    stages = {
        "self": ("self", "survey"),
        "appraised": ("reappraisal", "appraisal", "survey"),
        "effective": ("council", "reappraisal", "appraisal", "survey"),
    }[reading]
    for agency in group["agencies"]:
        cells: list[Value] = [agency["code"], agency["name"]]
        for leaf in agency["leaves"]:
            mark = next((leaf["marks"][s] for s in stages if s in leaf["marks"]), None)
            if mark is not None and mark["not_applicable"]:
                cells.append("KAD")
            else:
                cells.append(_number(mark["points"]) if mark else None)
        yield cells


def plain(value: Value) -> str | int | bool | None:
    """A value as JSON holds it: numbers as text, so that no digit is lost."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    return value.isoformat() if isinstance(value, datetime) else value


def data(sealed: Mapping[str, Any], fingerprint: str) -> dict[str, Any]:
    """The whole result for other programs, with the meaning of every field beside it."""
    return {
        "fingerprint": fingerprint,
        "round": sealed["round"],
        "dictionary": {
            table: [
                {"name": f.name, "label": f.label, "meaning": f.meaning, "type": f.type,
                 "unit": f.unit, "example": f.example}
                for f in fields
            ]
            for table, fields in DICTIONARY.items()
        },
        "agencies": [
            {name: plain(value) for name, value in row.items()} for row in agency_rows(sealed)
        ],
        "scores": [
            {name: plain(value) for name, value in row.items()} for row in score_rows(sealed)
        ],
    }  # fmt: skip
