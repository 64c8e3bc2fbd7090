"""What the decision that approves the results says (domain reference §8.1)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from appraisal.documents.official import (
    Annex,
    Attachment,
    Column,
    Official,
    Paragraph,
    Row,
    Table,
)
from appraisal.documents.phrases import tally
from appraisal.documents.words import (
    House,
    capital,
    date_words,
    document_number,
    in_sentence,
    letterhead,
    listed,
    points,
    roman,
    seal,
    signature,
)

COLUMNS = (
    Column("STT", 10),
    Column("Cơ quan, đơn vị", 79, "left"),
    Column("Điểm thẩm định", 25),
    Column("Điểm điều tra xã hội học", 25),
    Column("Điểm thưởng, phạt", 25),
    Column("Tổng điểm", 25),
    Column("Chỉ số (%)", 22),
    Column("Xếp hạng", 17),
    Column("Xếp loại", 24),
)
"""The columns of a result table (union of Bình Dương's and Huế's), as parts of its width."""


FACTS: Final = {
    "nam": "Năm đánh giá",
    "tinh": "Tên tỉnh, thành phố",
    "so_co_quan": "Số cơ quan, đơn vị được đánh giá",
    "so_nhom": "Số nhóm được xếp hạng riêng",
    "ten_cac_nhom": "Tên các nhóm",
    "co_quan_thuong_truc": "Cơ quan thường trực",
}
"""What an office template may print of every paper that tells a result, beside its parts."""


@dataclass(frozen=True)
class AgencyResult:
    """One agency's final numbers, unrounded. `survey` is None where the set has no survey."""

    agency: str
    appraised: Decimal
    survey: Decimal | None
    bonus_penalty: Decimal
    total: Decimal
    index: Decimal
    rank: int
    grade: str


@dataclass(frozen=True)
class GroupResult:
    """One group that is ranked by itself, its agencies sorted by rank."""

    name: str
    results: tuple[AgencyResult, ...]


@dataclass(frozen=True)
class ResultFacts:
    """The results of a round, taken from the sealed snapshot; what several papers rest on.

    `province` is the bare name ("Kon Tum"), `kind` what it is ("tỉnh", "thành phố"). `sealed_at`
    is the snapshot's moment, aware and in the province's time. `fingerprint` is 64 hexadecimal
    digits. `verify_address` is where a reader may look the fingerprint up.
    """

    province: str
    year: int
    groups: tuple[GroupResult, ...]
    sealed_at: datetime
    fingerprint: str
    kind: str = "tỉnh"
    standing_agency: str = "Sở Nội vụ"
    verify_address: str = ""
    decimals: int = 2
    illustrative: bool = False

    @property
    def committee(self) -> str:
        return f"Ủy ban nhân dân {self.kind} {self.province}"

    @property
    def named_groups(self) -> str:
        # Group names hold commas and "và" of their own: a semicolon keeps them apart.
        return "; ".join(in_sentence(group.name) for group in self.groups)

    def facts(self) -> tuple[tuple[str, str], ...]:
        """The values of `FACTS`."""
        return (
            ("nam", str(self.year)),
            ("tinh", self.province),
            ("so_co_quan", tally(sum(len(group.results) for group in self.groups))),
            ("so_nhom", tally(len(self.groups))),
            ("ten_cac_nhom", self.named_groups),
            ("co_quan_thuong_truc", self.standing_agency),
        )


@dataclass(frozen=True)
class DecisionFacts:
    """Everything the decision is made from. `issuer` is who decides, as its authority line says."""

    results: ResultFacts
    house: House
    issuer: str
    draft: bool = True
    attachments: tuple[Attachment, ...] = ()


def decision(facts: DecisionFacts) -> Official:
    """The decision that approves the results in `facts`.

    Raises ValueError when there is no group, the fingerprint is not a sha256, or `sealed_at` has
    no time zone: a paper that seals nothing must not exist.
    """
    results, house = facts.results, facts.house
    if not results.groups:
        raise ValueError("a decision needs at least one group of results")
    if results.sealed_at.tzinfo is None:
        raise ValueError("sealed_at has no time zone")
    summary = (
        "Về việc phê duyệt kết quả xác định Chỉ số cải cách hành chính"
        f" năm {results.year} của {results.named_groups}"
    )
    subtitle = (
        f"(Kèm theo Quyết định số {document_number(house.number)}/{house.symbol}"
        f" {date_words(house.issued_on, results.sealed_at.year)} của {facts.issuer})"
    )
    return Official(
        kind="decision",
        letterhead=letterhead(house, results.sealed_at.year),
        title="QUYẾT ĐỊNH",
        summary=summary,
        authority=facts.issuer.upper(),
        bases=listed(house.bases),
        resolved="QUYẾT ĐỊNH:",
        blocks=_articles(results),
        recipients=listed(house.recipients or usual_recipients(results.kind)),
        signatures=(signature(house.signing),),
        annexes=result_annexes(results, subtitle),
        seal=seal(results.fingerprint, results.verify_address),
        created=results.sealed_at,
        draft=facts.draft,
        illustrative=results.illustrative,
        facts=results.facts(),
        attachments=facts.attachments,
    )


def usual_recipients(kind: str) -> tuple[str, ...]:
    """Who receives a decision where the province has not said otherwise."""
    party = "Thành ủy" if kind == "thành phố" else "Tỉnh ủy"
    return (
        "Như Điều 3",
        "Bộ Nội vụ (để báo cáo)",
        f"Thường trực {party}",
        f"Thường trực HĐND {kind}",
        f"Chủ tịch, các Phó Chủ tịch UBND {kind}",
        "Lưu: VT, NC",
    )


def result_annexes(results: ResultFacts, subtitle: str) -> tuple[Annex, ...]:
    """One landscape annex for each group, its agencies in the order of their rank."""
    several = len(results.groups) > 1
    return tuple(
        Annex(
            number=roman(n) if several else "",
            title=(
                f"Kết quả Chỉ số cải cách hành chính năm {results.year}"
                f" của {in_sentence(group.name)}"
            ).upper(),
            subtitle=subtitle,
            blocks=(result_table(group, results.decimals),),
        )
        for n, group in enumerate(results.groups, 1)
    )


def result_table(group: GroupResult, decimals: int) -> Table:
    return Table(
        COLUMNS, tuple(_row(n, result, decimals) for n, result in enumerate(group.results, 1))
    )


def _articles(results: ResultFacts) -> tuple[Paragraph, ...]:
    committee = f"Ủy ban nhân dân {results.kind}"
    several = len(results.groups) > 1
    annexes = "các Phụ lục" if several else "Phụ lục"
    approved = f"Phê duyệt kết quả xác định Chỉ số cải cách hành chính năm {results.year} của "
    if several:
        first = [
            Paragraph(f"{approved}các cơ quan, đơn vị sau đây:", lead="Điều 1."),
            *(
                Paragraph(
                    f"{n}. {capital(in_sentence(group.name))}: {len(group.results):02d} cơ quan,"
                    f" đơn vị (chi tiết tại Phụ lục {roman(n)} kèm theo)"
                    f"{';' if n < len(results.groups) else '.'}",
                    "clause",
                )
                for n, group in enumerate(results.groups, 1)
            ),
        ]
    else:
        first = [
            Paragraph(
                f"{approved}{results.named_groups} (chi tiết tại Phụ lục kèm theo).",
                lead="Điều 1.",
            )
        ]
    return (
        *first,
        Paragraph("Trách nhiệm tổ chức thực hiện:", lead="Điều 2."),
        Paragraph(
            f"1. Các cơ quan, đơn vị có tên tại {annexes} tổ chức phổ biến, quán triệt kết quả"
            " đến toàn thể cán bộ, công chức, viên chức và người lao động; rà soát, khắc phục"
            " những tồn tại, hạn chế của từng tiêu chí và đề ra giải pháp nâng cao Chỉ số cải"
            " cách hành chính trong những năm tiếp theo.",
            "clause",
        ),
        Paragraph(
            f"2. {results.standing_agency} công bố kết quả theo quy định; theo dõi, đôn đốc các"
            f" cơ quan, đơn vị khắc phục và báo cáo {committee}.",
            "clause",
        ),
        Paragraph(
            f"Chánh Văn phòng {committee}, Giám đốc {results.standing_agency}, Thủ trưởng các cơ"
            f" quan, đơn vị có tên tại {annexes} và các tổ chức, cá nhân có liên quan chịu trách"
            " nhiệm thi hành Quyết định này kể từ ngày ký./.",
            lead="Điều 3.",
        ),
    )


def _row(place: int, result: AgencyResult, decimals: int) -> Row:
    return Row(
        (
            str(place),
            result.agency,
            points(result.appraised, decimals),
            "-" if result.survey is None else points(result.survey, decimals),
            points(result.bonus_penalty, decimals, signed=True),
            points(result.total, decimals),
            points(result.index, decimals),
            str(result.rank),
            result.grade,
        )
    )
