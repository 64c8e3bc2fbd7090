"""What the decision says: every word of it as frozen values, and the functions that choose them.

Layout and bytes live in `pdf.py`; this module knows neither the database nor a file format. The
wording is Vietnamese whatever language the reader's screen has: the paper is a legal text, and the
same facts must always give the same words. Form and order follow Decree 30/2020/NĐ-CP, Appendix I.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal

from appraisal.scoring.numbers import rounded, show

# A blank that a clerk fills in by hand or in the document system; it must not collapse or break.
BLANK: Final = "\N{NO-BREAK SPACE}" * 6

_ROMAN: Final = (
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)


@dataclass(frozen=True)
class Letterhead:
    """The head of the first page: who issues on the left, the nation's name on the right."""

    superior: str
    issuer: tuple[str, ...]
    number_line: str
    date_line: str
    nation: str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    motto: str = "Độc lập - Tự do - Hạnh phúc"


@dataclass(frozen=True)
class Article:
    """One "Điều": its heading ("Điều 1."), its text, and its numbered clauses."""

    heading: str
    text: str
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signature:
    """The lines of authority and office above the name, and the name itself."""

    lines: tuple[str, ...]
    name: str


@dataclass(frozen=True)
class ResultRow:
    """One agency in an annex; every value is printed as it stands."""

    place: str
    agency: str
    appraised: str
    survey: str
    bonus_penalty: str
    total: str
    index: str
    rank: str
    grade: str


@dataclass(frozen=True)
class Annex:
    """The results of one group of agencies, in the order in which they are printed."""

    number: str
    title: str
    subtitle: str
    rows: tuple[ResultRow, ...]

    @property
    def heading(self) -> str:
        """ "Phụ lục I", or plain "Phụ lục" where there is only one."""
        return f"Phụ lục {self.number}".rstrip()


@dataclass(frozen=True)
class Decision:
    """The whole paper. `qr_text` is what the QR code holds, `created` the file's own date."""

    letterhead: Letterhead
    title: str
    summary: str
    authority: str
    bases: tuple[str, ...]
    articles: tuple[Article, ...]
    recipients: tuple[str, ...]
    signature: Signature
    annexes: tuple[Annex, ...]
    fingerprint: str
    verify_text: str
    qr_text: str
    created: datetime
    draft: bool
    illustrative: bool

    @property
    def fingerprint_groups(self) -> tuple[str, ...]:
        """The fingerprint in groups of eight, as an eye compares it."""
        return tuple(self.fingerprint[i : i + 8] for i in range(0, len(self.fingerprint), 8))


@dataclass(frozen=True)
class Signing:
    """Who signs: in the committee's name or as chairman himself, in person or by a deputy."""

    form: Literal["committee", "chairman"] = "committee"
    deputy: bool = False
    name: str = ""


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
class DecisionFacts:
    """Everything the decision is made from, taken from the sealed snapshot.

    `province` is the bare name ("Kon Tum"), `kind` what it is ("tỉnh", "thành phố").
    `sealed_at` is the snapshot's moment, aware and in the province's time: it dates the file, so
    that making the paper twice gives the same bytes, and gives the year of the blank date line.
    `fingerprint` is 64 hexadecimal digits. `number` and `issued_on` stay empty until the clerk's
    office gives them. `verify_address` is where a reader may look the fingerprint up; the QR code
    holds it.
    """

    province: str
    place: str
    year: int
    groups: tuple[GroupResult, ...]
    bases: tuple[str, ...]
    signing: Signing
    sealed_at: datetime
    fingerprint: str
    kind: str = "tỉnh"
    standing_agency: str = "Sở Nội vụ"
    recipients: tuple[str, ...] = ()
    number: str = ""
    symbol: str = "QĐ-UBND"
    issued_on: date | None = None
    verify_address: str = ""
    decimals: int = 2
    draft: bool = True
    illustrative: bool = False


def decision(facts: DecisionFacts) -> Decision:
    """The decision that approves the results in `facts`.

    Raises ValueError when there is no group, the fingerprint is not a sha256, or `sealed_at` has
    no time zone: a paper that seals nothing must not exist.
    """
    if not facts.groups:
        raise ValueError("a decision needs at least one group of results")
    if not re.fullmatch(r"[0-9a-f]{64}", facts.fingerprint):
        raise ValueError("the fingerprint is not a sha256 in lower-case hexadecimal")
    if facts.sealed_at.tzinfo is None:
        raise ValueError("sealed_at has no time zone")
    committee = f"Ủy ban nhân dân {facts.kind} {facts.province}"
    issuer = committee if facts.signing.form == "committee" else f"Chủ tịch {committee}"
    letterhead = Letterhead(
        superior="",
        issuer=("ỦY BAN NHÂN DÂN", f"{facts.kind} {facts.province}".upper()),
        number_line=f"Số: {_number(facts.number)}/{facts.symbol}",
        date_line=f"{facts.place}, {date_words(facts.issued_on, facts.sealed_at.year)}",
    )
    # Group names hold commas and "và" of their own: a semicolon keeps them apart.
    groups = "; ".join(in_sentence(group.name) for group in facts.groups)
    return Decision(
        letterhead=letterhead,
        title="QUYẾT ĐỊNH",
        summary=(
            "Về việc phê duyệt kết quả xác định Chỉ số cải cách hành chính"
            f" năm {facts.year} của {groups}"
        ),
        authority=issuer.upper(),
        bases=_listed(facts.bases),
        articles=_articles(facts, groups),
        recipients=_listed(facts.recipients or _usual_recipients(facts.kind)),
        signature=_signature(facts.signing),
        annexes=_annexes(facts, issuer),
        fingerprint=facts.fingerprint,
        verify_text=_verify_text(facts.verify_address),
        qr_text=facts.verify_address or facts.fingerprint,
        created=facts.sealed_at,
        draft=facts.draft,
        illustrative=facts.illustrative,
    )


def points(value: Decimal, decimals: int, *, signed: bool = False) -> str:
    """`value` rounded half up for the paper, with a decimal comma; `signed` shows a plus."""
    plus = "+" if signed and rounded(value, decimals) > 0 else ""
    return plus + show(value, decimals)


def date_words(day: date | None, year: int) -> str:
    """ "ngày 05 tháng 02 năm 2021"; blanks for day and month, and `year`, while there is no date.

    Decree 30/2020: a zero before days under 10 and before months 1 and 2.
    """
    if day is None:
        return f"ngày{BLANK}tháng{BLANK}năm {year}"
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def in_sentence(group: str) -> str:
    """A group's name as it stands inside a sentence: "các sở, ban, ngành và …"."""
    # "Ủy ban nhân dân" is written with a capital wherever it stands.
    if group.startswith("Ủy ban"):
        return group
    return f"các {group[:1].lower()}{group[1:]}"


def roman(number: int) -> str:
    """The Roman numeral of an annex, 1 to 49."""
    if not 0 < number < 50:
        raise ValueError(f"no annex has the number {number}")
    letters = ""
    for value, numeral in _ROMAN:
        while number >= value:
            letters += numeral
            number -= value
    return letters


def _number(number: str) -> str:
    return number.zfill(2) if number else BLANK


def _listed(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Each line ends in a semicolon, the last in a full stop."""
    bare = [line.rstrip().rstrip(";.,").rstrip() for line in lines]
    return tuple(f"{line}{';' if n < len(bare) else '.'}" for n, line in enumerate(bare, 1))


def _articles(facts: DecisionFacts, groups: str) -> tuple[Article, ...]:
    committee = f"Ủy ban nhân dân {facts.kind}"
    several = len(facts.groups) > 1
    annexes = "các Phụ lục" if several else "Phụ lục"
    approved = f"Phê duyệt kết quả xác định Chỉ số cải cách hành chính năm {facts.year} của "
    clauses: tuple[str, ...] = ()
    if several:
        text = f"{approved}các cơ quan, đơn vị sau đây:"
        clauses = tuple(
            f"{n}. {_capital(in_sentence(group.name))}: {len(group.results):02d} cơ quan, đơn vị"
            f" (chi tiết tại Phụ lục {roman(n)} kèm theo)"
            f"{';' if n < len(facts.groups) else '.'}"
            for n, group in enumerate(facts.groups, 1)
        )
    else:
        text = f"{approved}{groups} (chi tiết tại Phụ lục kèm theo)."
    return (
        Article("Điều 1.", text, clauses),
        Article(
            "Điều 2.",
            "Trách nhiệm tổ chức thực hiện:",
            (
                f"1. Các cơ quan, đơn vị có tên tại {annexes} tổ chức phổ biến, quán triệt kết quả"
                " đến toàn thể cán bộ, công chức, viên chức và người lao động; rà soát, khắc phục"
                " những tồn tại, hạn chế của từng tiêu chí và đề ra giải pháp nâng cao Chỉ số cải"
                " cách hành chính trong những năm tiếp theo.",
                f"2. {facts.standing_agency} công bố kết quả theo quy định; theo dõi, đôn đốc các"
                f" cơ quan, đơn vị khắc phục và báo cáo {committee}.",
            ),
        ),
        Article(
            "Điều 3.",
            f"Chánh Văn phòng {committee}, Giám đốc {facts.standing_agency}, Thủ trưởng các cơ"
            f" quan, đơn vị có tên tại {annexes} và các tổ chức, cá nhân có liên quan chịu trách"
            " nhiệm thi hành Quyết định này kể từ ngày ký./.",
        ),
    )


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _usual_recipients(kind: str) -> tuple[str, ...]:
    party = "Thành ủy" if kind == "thành phố" else "Tỉnh ủy"
    return (
        "Như Điều 3",
        "Bộ Nội vụ (để báo cáo)",
        f"Thường trực {party}",
        f"Thường trực HĐND {kind}",
        f"Chủ tịch, các Phó Chủ tịch UBND {kind}",
        "Lưu: VT, NC",
    )


def _signature(signing: Signing) -> Signature:
    lines = ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH") if signing.deputy else ("CHỦ TỊCH",)
    if signing.form == "committee":
        lines = ("TM. ỦY BAN NHÂN DÂN", *lines)
    return Signature(lines, signing.name)


def _annexes(facts: DecisionFacts, issuer: str) -> tuple[Annex, ...]:
    subtitle = (
        f"(Kèm theo Quyết định số {_number(facts.number)}/{facts.symbol}"
        f" {date_words(facts.issued_on, facts.sealed_at.year)} của {issuer})"
    )
    several = len(facts.groups) > 1
    return tuple(
        Annex(
            number=roman(n) if several else "",
            title=(
                f"Kết quả Chỉ số cải cách hành chính năm {facts.year} của {in_sentence(group.name)}"
            ).upper(),
            subtitle=subtitle,
            rows=tuple(
                _row(place, result, facts.decimals) for place, result in enumerate(group.results, 1)
            ),
        )
        for n, group in enumerate(facts.groups, 1)
    )


def _row(place: int, result: AgencyResult, decimals: int) -> ResultRow:
    return ResultRow(
        place=str(place),
        agency=result.agency,
        appraised=points(result.appraised, decimals),
        survey="-" if result.survey is None else points(result.survey, decimals),
        bonus_penalty=points(result.bonus_penalty, decimals, signed=True),
        total=points(result.total, decimals),
        index=points(result.index, decimals),
        rank=str(result.rank),
        grade=result.grade,
    )


def _verify_text(address: str) -> str:
    asked = "Quét mã QR để" if address else "Mã QR chứa mã đối chiếu này; dùng để"
    return (
        f"{asked} kiểm tra kết quả tại Quyết định này đúng với số liệu đã được phê duyệt trên hệ"
        " thống. Thay đổi bất kỳ số liệu nào cũng làm mã đối chiếu thay đổi."
    )
