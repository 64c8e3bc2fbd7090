"""The decision of Kon Tum 2020 for tests: thirty agencies by name, plausible invented numbers."""

from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256
from typing import Any

from appraisal.documents import words
from appraisal.documents.decision import AgencyResult, DecisionFacts, GroupResult, ResultFacts

DEPARTMENTS = (
    "Sở Nội vụ",
    "Văn phòng Ủy ban nhân dân tỉnh",
    "Sở Tư pháp",
    "Sở Tài chính",
    "Sở Kế hoạch và Đầu tư",
    "Sở Thông tin và Truyền thông",
    "Sở Khoa học và Công nghệ",
    "Sở Nông nghiệp và Phát triển nông thôn",
    "Sở Giao thông vận tải",
    "Sở Công Thương",
    "Sở Xây dựng",
    "Sở Tài nguyên và Môi trường",
    "Sở Lao động - Thương binh và Xã hội",
    "Sở Văn hóa, Thể thao và Du lịch",
    "Sở Giáo dục và Đào tạo",
    "Sở Y tế",
    "Sở Ngoại vụ",
    "Thanh tra tỉnh",
    "Ban Dân tộc",
    "Ban Quản lý Khu kinh tế tỉnh",
)
DISTRICTS = (
    "Ủy ban nhân dân thành phố Kon Tum",
    "Ủy ban nhân dân huyện Đăk Hà",
    "Ủy ban nhân dân huyện Ngọc Hồi",
    "Ủy ban nhân dân huyện Đăk Tô",
    "Ủy ban nhân dân huyện Sa Thầy",
    "Ủy ban nhân dân huyện Kon Rẫy",
    "Ủy ban nhân dân huyện Đăk Glei",
    "Ủy ban nhân dân huyện Kon Plông",
    "Ủy ban nhân dân huyện Tu Mơ Rông",
    "Ủy ban nhân dân huyện Ia H'Drai",
)
FINGERPRINT = sha256(b"Kon Tum 2020").hexdigest()
BANDS = ((90, "Xuất sắc"), (80, "Tốt"), (70, "Khá"), (50, "Trung bình"), (0, "Yếu"))


def result(agency: str, place: int, top: str) -> AgencyResult:
    """The agency's numbers, falling with its place; `top` is the first one's total."""
    total = Decimal(top) - Decimal("1.2345") * (place - 1)
    bonus = (Decimal("1.5"), Decimal(0), Decimal("-0.5"))[place % 3]
    survey = (total * Decimal("0.34")).quantize(Decimal("0.0001"))
    grade = next(name for bound, name in BANDS if total >= bound)
    appraised = total - survey - bonus
    return AgencyResult(agency, appraised, survey, bonus, total, total, place, grade)


def group(name: str, agencies: tuple[str, ...], top: str) -> GroupResult:
    return GroupResult(
        name, tuple(result(agency, place, top) for place, agency in enumerate(agencies, 1))
    )


HOUSE = words.House(
    superior=(),
    issuer=("Ủy ban nhân dân", "tỉnh Kon Tum"),
    place="Kon Tum",
    symbol="QĐ-UBND",
    signing=words.Signing("Chủ tịch", body="Ủy ban nhân dân", name="Nguyễn Văn An"),
    bases=(
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015; Luật sửa đổi,"
        " bổ sung một số điều của Luật Tổ chức Chính phủ và Luật Tổ chức chính quyền địa"
        " phương ngày 22 tháng 11 năm 2019",
        "Căn cứ Nghị quyết số 30c/NQ-CP ngày 08 tháng 11 năm 2011 của Chính phủ ban hành"
        " Chương trình tổng thể cải cách hành chính nhà nước giai đoạn 2011 - 2020",
        "Căn cứ Quyết định số 707/QĐ-UBND của Ủy ban nhân dân tỉnh Kon Tum ban hành Bộ tiêu"
        " chí xác định Chỉ số cải cách hành chính;",
        "Theo đề nghị của Giám đốc Sở Nội vụ tại Tờ trình số 12/TTr-SNV.",
    ),
)
RESULTS = ResultFacts(
    province="Kon Tum",
    year=2020,
    groups=(
        group("Sở, ban, ngành và Ban Quản lý Khu kinh tế tỉnh", DEPARTMENTS, "93.7264"),
        group("Ủy ban nhân dân các huyện, thành phố", DISTRICTS, "88.455"),
    ),
    sealed_at=datetime(2021, 1, 15, 16, 30, tzinfo=timezone(timedelta(hours=7))),
    fingerprint=FINGERPRINT,
    illustrative=True,
)


def facts(**changes: Any) -> DecisionFacts:
    """Kon Tum's decision on 2020, a draft signed by the chairman for the committee.

    `changes` are of the results, of the house, or of the decision itself, whichever has the name.
    """
    house, results, own = (
        {
            name: value
            for name, value in changes.items()
            if name in {part.name for part in fields(of)}
        }
        for of in (words.House, ResultFacts, DecisionFacts)
    )
    return replace(
        DecisionFacts(
            results=replace(RESULTS, **results),
            house=replace(HOUSE, **house),
            issuer="Ủy ban nhân dân tỉnh Kon Tum",
        ),
        **own,
    )
