"""The sealed result as rows, and what each of their fields means.

One dictionary of tables feeds the sheets, the lists for other programs, the JSON and the page for
readers; a field that is written and not explained cannot exist. Together the tables hold
everything that the snapshot does. Figures are unrounded, as sealed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from appraisal import scoring
from appraisal.workbooks.snapshot import Agency, Group, Snapshot

VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")

Type = Literal["text", "figure", "count", "yes_no", "moment"]
TYPES: Final[Mapping[Type, str]] = {
    "text": "chữ",
    "figure": "số thập phân",
    "count": "số nguyên",
    "yes_no": "có/không",
    "moment": "thời điểm",
}

Value = str | int | bool | Decimal | datetime | None
Row = tuple[Value, ...]


@dataclass(frozen=True)
class Field:
    """One field of a table: its name for programs, its header, what it means, an example.

    Where `words` says so, programs read a key and people its word. `width` is the column's, in
    characters.
    """

    name: str
    label: str
    meaning: str
    type: Type
    example: str = ""
    unit: str = ""
    width: int = 12
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def explained(self) -> str:
        """The meaning, with every key and its word."""
        if not self.words:
            return self.meaning
        keys = "; ".join(f"{key}: {word}" for key, word in self.words.items())
        return f"{self.meaning}. {keys}"


@dataclass(frozen=True)
class Table:
    """A table of the data: its name for programs, its title, what a row is, its fields."""

    name: str
    title: str
    meaning: str
    fields: tuple[Field, ...]


STAGES: Final[Mapping[str, str]] = {
    "self": "Tự chấm",
    "survey": "Điều tra xã hội học",
    "appraisal": "Thẩm định lần 1",
    "reappraisal": "Thẩm định lần 2",
    "council": "Hội đồng",
}
READINGS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "self": ("Tự chấm", ("survey", "self")),
    "appraised": ("Thẩm định", ("reappraisal", "appraisal", "survey")),
    "final": ("Kết quả", ("council", "reappraisal", "appraisal", "survey")),
}
"""The three readings of the matrix, each with the stages that may speak, the strongest first."""

NOT_APPLICABLE: Final = "KAD"

_GROUP: Final = Field(
    "group", "Nhóm", "Nhóm cơ quan được xếp hạng riêng", "text", "Sở, ban, ngành", width=24
)
_CODE: Final = Field("code", "Mã cơ quan", "Mã trong danh mục cơ quan", "text", "SNV")
_NAME: Final = Field(
    "name", "Cơ quan", "Tên cơ quan vào lúc tổng hợp", "text", "Sở Nội vụ", width=40
)
_LEAF: Final = Field(
    "leaf", "Mã tiêu chí", "Mã của tiêu chí chấm điểm trong bộ tiêu chí", "text", "1.1.1"
)

AGENCIES: Final = Table(
    "agencies",
    "Kết quả",
    "Mỗi cơ quan một dòng, theo nhóm và thứ hạng",
    (
        _GROUP,
        _CODE,
        _NAME,
        Field("appraised", "Điểm thẩm định", "Tổng điểm phần thẩm định được tính, đã quy đổi nếu"
              " có tiêu chí không áp dụng", "figure", "58.25", "điểm"),
        Field("survey", "Điểm điều tra xã hội học", "Tổng điểm phần điều tra xã hội học", "figure",
              "30.5", "điểm"),
        Field("bonus", "Điểm thưởng", "Điểm thưởng được tính, không quá mức tối đa của đợt",
              "figure", "1", "điểm"),
        Field("penalty", "Điểm trừ", "Điểm trừ được tính, không quá mức tối đa của đợt", "figure",
              "0.5", "điểm"),
        Field("total", "Tổng điểm", "Thẩm định + điều tra + thưởng − trừ", "figure", "89.25",
              "điểm"),
        Field("maximum", "Điểm tối đa", "Mẫu số của chỉ số", "figure", "100", "điểm"),
        Field("index", "Chỉ số (%)", "Tổng điểm / điểm tối đa × 100, chưa làm tròn", "figure",
              "89.25", "%"),
        Field("rank", "Xếp hạng", "Thứ hạng trong nhóm theo chỉ số chưa làm tròn", "count", "1",
              width=9),
        Field("tied", "Đồng hạng", "Có cơ quan khác cùng thứ hạng", "yes_no", "false", width=9),
        Field("grade", "Xếp loại", "Mức xếp loại theo chỉ số", "text", "Tốt", width=14),
        Field("next_grade", "Mức trên", "Mức xếp loại liền trên; trống ở mức cao nhất", "text",
              "Xuất sắc", width=14),
        Field("to_next", "Còn thiếu đến mức trên", "Mốc của mức xếp loại liền trên trừ chỉ số;"
              " trống ở mức cao nhất", "figure", "0.75", "%"),
        Field("survey_maximum", "Điểm điều tra tối đa", "Điểm tối đa của phần điều tra xã hội học;"
              " 0 khi bộ tiêu chí không có phần này", "figure", "35", "điểm"),
        Field("submitted_at", "Gửi hồ sơ lúc", "Lúc thủ trưởng gửi hồ sơ tự chấm", "moment",
              "2020-12-18T16:00:00+07:00", width=17),
        Field("year", "Năm", "Năm đánh giá", "count", "2020", width=8),
    ),
)  # fmt: skip

SCORES: Final = Table(
    "scores",
    "Điểm từng tiêu chí",
    "Mỗi cơ quan và tiêu chí một dòng, theo thứ tự của bộ tiêu chí",
    (
        _GROUP,
        _CODE,
        _NAME,
        _LEAF,
        Field("field", "Lĩnh vực", "Lĩnh vực của tiêu chí", "text", "Cải cách thể chế", width=28),
        Field("title", "Tiêu chí", "Nội dung tiêu chí", "text", "Ban hành kế hoạch năm", width=44),
        Field("kind", "Cách tính", "Loại quy tắc cho điểm", "text", "proportional", width=22,
              words={key: word for key, word in scoring.KIND_LABELS.items() if key != "group"}),
        Field("maximum", "Điểm tối đa", "Điểm tối đa của tiêu chí", "figure", "2", "điểm", 9),
        Field("self", "Tự chấm", "Điểm cơ quan tự chấm; trống khi chưa chấm hoặc đề nghị không áp"
              " dụng", "figure", "2", "điểm", 9),
        Field("appraisal", "Thẩm định lần 1", "Điểm thẩm định lần 1", "figure", "1.5", "điểm", 9),
        Field("reappraisal", "Thẩm định lần 2", "Điểm thẩm định lần 2, sau giải trình", "figure",
              "1.75", "điểm", 9),
        Field("survey", "Điều tra", "Điểm điều tra xã hội học", "figure", "1.6", "điểm", 9),
        Field("council", "Hội đồng", "Điểm Hội đồng kết luận", "figure", "1.8", "điểm", 9),
        Field("effective", "Điểm được tính", "Điểm của bước được tính; trống khi không áp dụng"
              " hoặc chưa ai cho điểm", "figure", "1.8", "điểm", 9),
        Field("stage", "Bước được tính", "Bước cho điểm được tính; trống khi chưa ai cho điểm",
              "text", "council", width=18,
              words={key: word for key, word in STAGES.items() if key != "self"}),
        Field("not_applicable", "Không áp dụng", "Tiêu chí được công nhận không áp dụng", "yes_no",
              "false", width=9),
        Field("reason", "Lý do", "Lý do của điểm được tính", "text", "Thiếu kế hoạch", width=44),
        Field("by", "Người chấm", "Người cho điểm được tính", "text", "Đỗ Minh Tâm", width=20),
        Field("at", "Lúc chấm", "Lúc lưu điểm được tính", "moment", "2020-12-28T09:00:00+07:00",
              width=17),
        Field("self_reason", "Giải trình khi tự chấm", "Giải trình, lý do cơ quan ghi khi tự chấm",
              "text", "Đã ban hành ngày 05/01", width=44),
        Field("evidence", "Số tài liệu", "Số tài liệu kiểm chứng được dẫn", "count", "2",
              width=9),
    ),
)  # fmt: skip

MARKS: Final = Table(
    "marks",
    "Từng lần chấm",
    "Mỗi lần cho điểm một dòng: cơ quan, tiêu chí, bước",
    (
        _CODE,
        _NAME,
        _LEAF,
        Field("stage", "Bước", "Bước cho điểm", "text", "appraisal", width=18, words=STAGES),
        Field("points", "Điểm", "Điểm ở bước này; trống khi không áp dụng", "figure", "1.5",
              "điểm"),
        Field("not_applicable", "Không áp dụng", "Bước này cho là không áp dụng", "yes_no",
              "false", width=9),
        Field("reason", "Lý do", "Giải trình, lý do ghi ở bước này", "text", "Thiếu kế hoạch",
              width=50),
        Field("by", "Người chấm", "Người lưu điểm ở bước này", "text", "Đỗ Minh Tâm", width=20),
        Field("at", "Lúc chấm", "Lúc lưu điểm ở bước này", "moment", "2020-12-28T09:00:00+07:00",
              width=17),
        Field("version", "Lần lưu", "Số lần lưu điểm ở bước này", "count", "3", width=9),
    ),
)  # fmt: skip

EVIDENCE: Final = Table(
    "evidence",
    "Tài liệu kiểm chứng",
    "Mỗi tài liệu được dẫn một dòng: cơ quan, tiêu chí, mã băm của tệp",
    (
        _CODE,
        _NAME,
        _LEAF,
        Field("sha256", "SHA-256", "Mã băm của tệp tài liệu", "text", "9f86d081…", width=66),
    ),
)

GROUPS: Final = Table(
    "groups",
    "Nhóm và bộ tiêu chí",
    "Mỗi nhóm xếp hạng một dòng, với bộ tiêu chí của nhóm",
    (
        Field("group_code", "Mã nhóm", "Mã trong danh mục nhóm", "text", "department", width=36),
        _GROUP,
        Field("agencies", "Số cơ quan", "Số cơ quan được xếp hạng", "count", "20"),
        Field("criteria", "Bộ tiêu chí", "Tên bộ tiêu chí", "text", "Bộ tiêu chí năm 2020",
              width=44),
        Field("criteria_sha256", "Mã băm bộ tiêu chí", "SHA-256 của bộ tiêu chí đã khóa", "text",
              "2c26b46b…", width=66),
        Field("illustrative", "Minh họa", "Bộ tiêu chí minh họa, không phải của văn bản chính"
              " thức", "yes_no", "false", width=9),
    ),
)  # fmt: skip

BANDS: Final = Table(
    "bands",
    "Mức xếp loại",
    "Mỗi mức xếp loại của đợt một dòng",
    (
        Field("grade", "Xếp loại", "Tên mức xếp loại", "text", "Tốt", width=36),
        Field("from", "Từ (%)", "Chỉ số thấp nhất của mức", "figure", "80", "%"),
        Field("inclusive", "Tính cả mốc", "Chỉ số đúng bằng mốc thì thuộc mức này", "yes_no",
              "true"),
    ),
)  # fmt: skip

TRAIL: Final = Table(
    "trail",
    "Nhật ký",
    "Mã băm sự kiện cuối cùng trong nhật ký của mỗi hồ sơ khi tổng hợp",
    (
        Field("stream", "Hồ sơ", "Khóa của hồ sơ trong nhật ký", "text", "dossier-12", width=36),
        Field("hash", "Mã băm", "Mã băm của sự kiện cuối cùng", "text", "7d865e95…", width=66),
    ),
)

ROUND: Final = Table(
    "round",
    "Thông tin đợt",
    "Một dòng: đợt đánh giá, thiết lập cách tính, mã đối chiếu",
    (
        Field("name", "Tên đợt", "Tên đợt đánh giá", "text", "Chỉ số CCHC năm 2020"),
        Field("year", "Năm", "Năm đánh giá", "count", "2020"),
        Field("jurisdiction", "Mã tỉnh", "Mã của tỉnh trong hệ thống", "text", "kon-tum"),
        Field("fingerprint", "Mã đối chiếu", "SHA-256 của bản niêm phong, in trên quyết định",
              "text", "5feceb66…"),
        Field("form", "Kiểu niêm phong", "Phiên bản cách viết của bản niêm phong", "count", "1"),
        Field("appraisals", "Số lần thẩm định", "Số lần thẩm định của đợt", "count", "2"),
        Field("not_applicable_method", "Cách tính tiêu chí không áp dụng", "Tiêu chí không áp dụng"
              " được loại ra như thế nào", "text", "scale_appraised",
              words={"scale_all": "quy đổi toàn bộ: điểm đạt / (tổng điểm − điểm loại trừ)",
                     "scale_appraised": "chỉ quy đổi phần thẩm định, giữ nguyên phần khảo sát"}),
        Field("own_agency_policy", "Thẩm định cơ quan của chính mình", "Người thẩm định thuộc cơ"
              " quan được chấm thì sao", "text", "forbid",
              words={"forbid": "không được thẩm định", "second": "phải có người thứ hai",
                     "warn": "được thẩm định, có cảnh báo"}),
        Field("tie_rule", "Khi bằng điểm", "Cách xếp hạng khi chỉ số bằng nhau", "text", "shared",
              words={"shared": "đồng hạng", "appraised_points": "xét điểm thẩm định cao hơn"}),
        Field("display_decimals", "Số chữ số thập phân hiển thị", "Chỉ để hiển thị; mọi phép tính"
              " dùng số chưa làm tròn", "count", "2"),
        Field("bonus_max", "Điểm thưởng tối đa", "Mức tối đa của điểm thưởng", "figure", "2",
              "điểm"),
        Field("penalty_max", "Điểm trừ tối đa", "Mức tối đa của điểm trừ", "figure", "2", "điểm"),
    ),
)  # fmt: skip

DICTIONARY: Final = (AGENCIES, SCORES, MARKS, EVIDENCE, ROUND, BANDS, GROUPS, TRAIL)
"""Every table, in the order in which readers meet them."""


class LeafName(NamedTuple):
    """What the snapshot does not hold of a leaf: the titles of its field and of itself."""

    field: str
    title: str


Names = Mapping[str, Mapping[str, LeafName]]
"""By the code of the group and of the leaf."""

NAMELESS: Final = LeafName("", "")


class Bands:
    """The grades of a round, to find the one above."""

    def __init__(self, round: Mapping[str, Any]) -> None:
        self.names: tuple[str, ...] = tuple(band["name"] for band in round["bands"])
        self._bands = [
            scoring.Band(band["name"], Decimal(band["from"]), bool(band["inclusive"]))
            for band in round["bands"]
        ]

    def above(self, index: Decimal) -> tuple[str, Decimal | None]:
        """Name and distance of the grade above an index; nothing at the top."""
        band = scoring.next_band(index, self._bands)
        return ("", None) if band is None else (band.name, band.lower_bound - index)


# --- Rows, each in the order of its table's fields ------------------------------------------------
def agency_row(snapshot: Snapshot, group: Group, agency: Agency, bands: Bands) -> Row:
    index = Decimal(agency["index"])
    next_grade, to_next = bands.above(index)
    return (
        group.name, agency["code"], agency["name"], Decimal(agency["appraised"]),
        Decimal(agency["survey"]), Decimal(agency["bonus"]), Decimal(agency["penalty"]),
        Decimal(agency["total"]), Decimal(agency["maximum"]), index, agency["rank"],
        agency["tied"], agency["grade"], next_grade, to_next, Decimal(agency["survey_maximum"]),
        moment(agency["submitted_at"]), snapshot.round["year"],
    )  # fmt: skip


def score_rows(group: Group, agency: Agency, names: Names) -> Iterator[Row]:
    known = names.get(group.code, {})
    code, name, of_group = agency["code"], agency["name"], group.name
    for leaf in agency["leaves"]:
        marks = leaf["marks"]
        counts, own = marks.get(leaf["effective"]), marks.get("self")
        said = known.get(leaf["code"], NAMELESS)
        yield (
            of_group, code, name, leaf["code"], said.field, said.title, leaf["kind"],
            Decimal(leaf["maximum"]), _points(own), _points(marks.get("appraisal")),
            _points(marks.get("reappraisal")), _points(marks.get("survey")),
            _points(marks.get("council")), _points(counts), leaf["effective"],
            bool(counts and counts["not_applicable"]), counts["reason"] if counts else "",
            counts["by"] if counts else "", moment(counts["at"]) if counts else None,
            own["reason"] if own else "", len(leaf["evidence"]),
        )  # fmt: skip


def mark_rows(agency: Agency) -> Iterator[Row]:
    for leaf in agency["leaves"]:
        for stage in STAGES:
            mark = leaf["marks"].get(stage)
            if mark is not None:
                yield (
                    agency["code"], agency["name"], leaf["code"], stage, _points(mark),
                    mark["not_applicable"], mark["reason"], mark["by"], moment(mark["at"]),
                    mark["version"],
                )  # fmt: skip


def evidence_rows(agency: Agency) -> Iterator[Row]:
    for leaf in agency["leaves"]:
        for digest in leaf["evidence"]:
            yield agency["code"], agency["name"], leaf["code"], digest


def matrix_rows(agency: Agency) -> Iterator[Row]:
    """One agency in the three readings: code, name, reading, then a value for each leaf."""
    for label, stages in READINGS.values():
        cells: list[Value] = [agency["code"], agency["name"], label]
        for leaf in agency["leaves"]:
            marks = leaf["marks"]
            mark = next((marks[stage] for stage in stages if stage in marks), None)
            waived = mark is not None and mark["not_applicable"]
            cells.append(NOT_APPLICABLE if waived else _points(mark))
        yield tuple(cells)


def round_row(snapshot: Snapshot, fingerprint: str) -> Row:
    said = snapshot.round
    return (
        said["name"], said["year"], said["jurisdiction"], fingerprint, snapshot.form,
        said["appraisals"], said["not_applicable_method"], said["own_agency_policy"],
        said["tie_rule"], said["display_decimals"], Decimal(said["bonus_max"]),
        Decimal(said["penalty_max"]),
    )  # fmt: skip


def band_rows(snapshot: Snapshot) -> Iterator[Row]:
    for band in snapshot.round["bands"]:
        yield band["name"], Decimal(band["from"]), band["inclusive"]


def group_rows(snapshot: Snapshot) -> Iterator[Row]:
    for group in snapshot.groups:
        criteria = group.criteria
        yield (
            group.code, group.name, group.agencies, criteria["name"], criteria["sha256"],
            criteria["illustrative"],
        )  # fmt: skip


def trail_rows(snapshot: Snapshot) -> Iterator[Row]:
    yield from snapshot.trail.items()


def _points(mark: Mapping[str, Any] | None) -> Decimal | None:
    return None if mark is None or mark["points"] is None else Decimal(mark["points"])


def moment(text: str | None) -> datetime | None:
    """A sealed moment in the province's time."""
    return datetime.fromisoformat(text).astimezone(VIETNAM) if text else None


def rows_of(table: Table, snapshot: Snapshot, fingerprint: str, names: Names) -> Iterator[Row]:
    """Every row of a table, in the order of the snapshot."""
    if table is ROUND:
        yield round_row(snapshot, fingerprint)
    elif table is BANDS:
        yield from band_rows(snapshot)
    elif table is GROUPS:
        yield from group_rows(snapshot)
    elif table is TRAIL:
        yield from trail_rows(snapshot)
    else:
        bands = Bands(snapshot.round)
        for group in snapshot.groups:
            for agency in snapshot.agencies(group):
                if table is AGENCIES:
                    yield agency_row(snapshot, group, agency, bands)
                elif table is SCORES:
                    yield from score_rows(group, agency, names)
                elif table is MARKS:
                    yield from mark_rows(agency)
                else:
                    yield from evidence_rows(agency)
