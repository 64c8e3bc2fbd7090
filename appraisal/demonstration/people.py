"""Who signs in to the demonstration: two people in every agency, and everybody with a seat.

Names are invented; those of the districts are such as Xơ Đăng, Ba Na, Giẻ Triêng and Gia Rai
people carry. The same names every time.
"""

from __future__ import annotations

from dataclasses import dataclass

from agencies.models import Capacity
from appraisal.demonstration.province import AgencyFact, kon_tum
from appraisal.states import SeatRole

PASSWORD = "KonTum-CCHC-2020"  # noqa: S105 - the printed password of invented accounts
DOMAIN = "kontum.example.vn"

OFFICERS = (
    "Nguyễn Thị Thanh Hương", "Trần Quốc Bảo", "Lê Thị Kim Ngân", "Phạm Minh Đức", "Y Nhung",
    "Hoàng Thị Bích Liên", "Vũ Anh Tuấn", "A Thảo", "Đặng Thị Thu Hà", "Bùi Văn Khánh",
    "Ngô Thùy Trang", "Đỗ Hữu Phước", "Y Hạnh Ly", "Phan Thanh Tùng", "Võ Thị Mỹ Duyên",
    "Nguyễn Hoàng Yến", "Trương Công Định", "Rơ Châm H’Yến", "A Blong", "Lý Thị Ngọc Ánh",
    "Nguyễn Đình Chiến", "A Nghĩa", "Y Lan Phương", "A Hơn", "Y Blin",
    "Trần Thị Hoài Thương", "A Jring Đeng", "Y Sương", "Siu Y Lệ", "Rơ Mah Dương",
)  # fmt: skip
HEADS = (
    "Lương Thế Khải", "Dương Mỹ Hạnh", "Tạ Quang Lâm", "Mai Xuân Thịnh", "Cao Thị Diễm",
    "Tô Đình Nguyên", "Hà Văn Sơn Tùng", "Châu Ngọc Bách", "Quách Thị Loan", "Lưu Trọng Nhân",
    "Kiều Thanh Vũ", "Y Mai Hiên", "A Ngọc Thuần", "Đào Duy Khương", "Từ Thị Bảo Châu",
    "Nguyễn Thị Vân", "La Minh Triết", "Thái Bá Hưng", "A Đăk Lâm", "Phùng Gia Khiêm",
    "Vương Đức Toàn", "A Xuân Hợi", "Y Thanh Diệp", "A Thiu Rin", "Triệu Văn Đạt",
    "A Lềnh", "Y Kơ Lan", "Ka Ba Hậu", "Rơ Mah Thiên", "Ninh Quốc Thắng",
)  # fmt: skip

# key of the address, role, name, position, agency, title of the seat (empty: from the file)
SEATED: tuple[tuple[str, str, str, str, str], ...] = (
    ("chutich", SeatRole.CHAIR, "Y Hoa Sâm", "Phó Chủ tịch Ủy ban nhân dân tỉnh", ""),
    ("phochutich", SeatRole.VICE_CHAIR, "Đàm Thanh Bình", "Giám đốc Sở Nội vụ", "SNV"),
    ("uyvien1", SeatRole.COUNCIL_MEMBER, "A Brao Lễ",
     "Phó Chánh Văn phòng Ủy ban nhân dân tỉnh", "VPUB"),
    ("uyvien2", SeatRole.COUNCIL_MEMBER, "Nguyễn Thị Hồng Thủy", "Phó Giám đốc Sở Tài chính",
     "STC"),
    ("uyvien3", SeatRole.COUNCIL_MEMBER, "Trịnh Ngọc Lân", "Phó Giám đốc Sở Tư pháp", "STP"),
    ("thuky", SeatRole.SECRETARY, "Lê Thị Minh Thư", "Phó Trưởng phòng Cải cách hành chính",
     "SNV"),
    ("totruong", SeatRole.TEAM_LEAD, "Phạm Quang Trường", "Trưởng phòng Cải cách hành chính",
     "SNV"),
    ("thamdinh.snv", SeatRole.TEAM_MEMBER, "Đỗ Minh Tâm", "Chuyên viên Sở Nội vụ", "SNV"),
    ("thamdinh.stp", SeatRole.TEAM_MEMBER, "Hoàng Thị Nga", "Chuyên viên Sở Tư pháp", "STP"),
    ("thamdinh.stc", SeatRole.TEAM_MEMBER, "Bùi Tiến Dũng", "Chuyên viên Sở Tài chính", "STC"),
    ("thamdinh.vpub", SeatRole.TEAM_MEMBER, "Y Thu Trang",
     "Chuyên viên Văn phòng Ủy ban nhân dân tỉnh", "VPUB"),
    ("thamdinh.stttt", SeatRole.TEAM_MEMBER, "Ngô Nhật Minh",
     "Chuyên viên Sở Thông tin và Truyền thông", "STTTT"),
    ("thamdinh.skhcn", SeatRole.TEAM_MEMBER, "Rơ Châm Hùng",
     "Chuyên viên Sở Khoa học và Công nghệ", "SKHCN"),
    ("giamsat", SeatRole.AUDITOR, "Vũ Thị Giang", "Thanh tra viên chính", "TTT"),
)  # fmt: skip
ADMINISTRATOR = ("quantri", "Lâm Quốc Trí", "Chuyên viên quản trị hệ thống", "STTTT")


@dataclass(frozen=True)
class Person:
    """An account of the demonstration; `role` is the seat, or empty."""

    email: str
    full_name: str
    position: str
    agency: str
    capacity: str = ""
    role: str = ""
    title: str = ""

    @property
    def is_secretariat(self) -> bool:
        return self.role == SeatRole.SECRETARY


def address(key: str) -> str:
    return f"{key}@{DOMAIN}"


def officer(agency: AgencyFact) -> Person:
    """The person of the agency who fills in."""
    name = OFFICERS[kon_tum().agencies.index(agency)]
    return Person(
        address(f"canbo.{agency.code.lower()}"), name, "Cán bộ đầu mối cải cách hành chính",
        agency.code, Capacity.OFFICER,
    )  # fmt: skip


def head(agency: AgencyFact) -> Person:
    """The person of the agency who submits."""
    name = HEADS[kon_tum().agencies.index(agency)]
    return Person(
        address(f"lanhdao.{agency.code.lower()}"), name, _head_position(agency), agency.code,
        Capacity.HEAD,
    )  # fmt: skip


def _head_position(agency: AgencyFact) -> str:
    if agency.group == "district":
        return "Chủ tịch Ủy ban nhân dân"
    if agency.code == "VPUB":
        return "Chánh Văn phòng"
    if agency.code == "TTT":
        return "Chánh Thanh tra"
    if agency.name.startswith("Ban"):
        return "Trưởng ban"
    # The director of Sở Nội vụ sits in the council; a deputy answers for the dossier.
    return "Phó Giám đốc" if agency.code == "SNV" else "Giám đốc"


def seated() -> list[Person]:
    """Everybody with a seat, chair first; titles are those of the file."""
    titles = {seat.role: seat.title for seat in kon_tum().seats}
    return [
        Person(address(key), name, position, agency, role=role, title=titles.get(role, ""))
        for key, role, name, position, agency in SEATED
    ]


def administrator() -> Person:
    key, name, position, agency = ADMINISTRATOR
    return Person(address(key), name, position, agency)


def accounts(password: str = PASSWORD) -> list[str]:
    """One line for each account that a visitor needs, grouped; the others follow a pattern."""
    return [*seats(password), "", *assessed(password)]


def seats(password: str) -> list[str]:
    """The council, the team, and who keeps the accounts."""
    lines = [f"Mật khẩu của mọi tài khoản: {password}", "", "Hội đồng và Tổ giúp việc"]
    lines += [_line(str(SeatRole(person.role).label), person, password) for person in seated()]
    return [*lines, _line("Quản trị kỹ thuật (tài khoản)", administrator(), password)]


def assessed(password: str) -> list[str]:
    """Two agencies, and how the addresses of the others are made."""
    lines = ["Cơ quan được đánh giá"]
    for code in ("SYT", "DHA"):
        agency = kon_tum().agency(code)
        lines.append(_line(f"Cán bộ đầu mối {agency.name}", officer(agency), password))
        lines.append(_line(f"Thủ trưởng {agency.name}", head(agency), password))
    lines.append(
        f"  Các cơ quan khác: canbo.<mã>@{DOMAIN} và lanhdao.<mã>@{DOMAIN}, mã viết thường:"
    )
    codes = [agency.code.lower() for agency in kon_tum().agencies]
    lines += [f"    {', '.join(codes[:15])},", f"    {', '.join(codes[15:])}"]
    return lines


def _line(role: str, person: Person, password: str) -> str:
    return f"  {role:<52} {person.full_name:<24} {person.email:<36} {password}"
