"""What the tests of preparation share: a round back in preparation, demonstration workbooks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agencies.models import Agency, Jurisdiction, User
from appraisal.models import CriteriaSet, Round
from appraisal.states import RoundState
from appraisal.workbooks.criteria_out import write_criteria
from appraisal.workbooks.demonstration import FOLDER, demonstration_sheet
from tests.cast import Cast

BEFORE = "2020-11-20 09:00"
NAMES = {
    "VPUB": "Văn phòng UBND tỉnh",
    "STC": "Sở Tài chính",
    "STTTT": "Sở Thông tin và Truyền thông",
    "SKHCN": "Sở Khoa học và Công nghệ",
}


def drafted(cast: Cast) -> Round:
    """The round as if it had never been opened: criteria sets are not frozen."""
    CriteriaSet.objects.filter(round=cast.round).update(sha256="", frozen_at=None)
    Round.objects.filter(pk=cast.round.pk).update(state=RoundState.DRAFT, opened_at=None)
    return cast.fresh()


def register(cast: Cast) -> None:
    """The agencies that the demonstration criteria name as appraisers, beside the cast's own."""
    for code, name in NAMES.items():
        Agency.objects.create(
            jurisdiction=cast.jurisdiction, group=cast.districts, code=code, name=name,
            valid_from=date(2015, 1, 1),
        )  # fmt: skip


def demonstration_workbook() -> bytes:
    sheet = demonstration_sheet(FOLDER / "reconstructed-department.json")
    return write_criteria(sheet.rows, "Bộ tiêu chí minh họa")


def criteria_csv(*lines: str) -> bytes:
    header = "Mã tiêu chí,Mã cha,Nội dung tiêu chí,Điểm tối đa"
    return "\n".join([header, *lines]).encode()


def upload(name: str, content: bytes | Path) -> SimpleUploadedFile:
    data = content.read_bytes() if isinstance(content, Path) else content
    return SimpleUploadedFile(name, data)


def stranger(cast: Cast) -> User:
    """A secretary of another province."""
    other = Jurisdiction.objects.create(
        code="dak-lak", name="Đắk Lắk", place="Buôn Ma Thuột", committee="UBND", council="Hội đồng"
    )
    return User.objects.create_user(
        "secretary@daklak.example.vn", "Cải-cách-2020!", full_name="Thư Ký Khác",
        jurisdiction=other, is_secretariat=True,
    )  # fmt: skip


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(answer: Any) -> str:
    return str(answer.content.decode())
