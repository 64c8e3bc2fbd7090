"""What everybody says in the demonstration: pure data, the same every time.

Every agency draws from a random source of its own, so that a change in one leaves the others as
they were. An agency has a true state; its declaration is the truth, or somewhat more; the team
reads the documents and takes the truth. What was lowered is asked about, answered, looked at again.
When each thing happens is `history`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from random import Random

from appraisal.demonstration.province import AgencyFact, criteria, kon_tum
from appraisal.demonstration.truth import TRUTHS, Declared, better, in_words, proposed
from appraisal.workbooks.criteria import CriterionRow

TOUR = "SYT"
"""The agency of the tour: its dossier waits about two thirds filled at self-assessment."""

NEVER_SUBMITS, UNTOUCHED_FROM = "IHD", "6.2"
EXTENDED = "SNgV"
SENT_BACK = "KRA"
WITHDRAWS = "SXD"
OLD_DOCUMENT = "SCT"
SHARED_DOCUMENT = ("SGTVT", "SXD")
SECTIONS_PER_PAGE = 4


@dataclass(frozen=True)
class Said:
    """One mark as its author says it."""

    points: Decimal | None
    declared: Declared
    reason: str = ""
    not_applicable: bool = False


@dataclass(frozen=True)
class Dispute:
    """A request for explanation and what follows; without an answer nothing follows."""

    request: str
    answer: str
    supplement: str
    again: Said | None


@dataclass(frozen=True)
class Cited:
    """Which document of the own library stands under a leaf, at which page."""

    document: str
    pages: str


@dataclass
class LeafPlan:
    row: CriterionRow
    truth: Said
    claim: Said | None
    appraisal: Said | None
    citations: list[Cited] = field(default_factory=list)
    dispute: Dispute | None = None

    @property
    def final(self) -> Said | None:
        """What counts unless the council rules."""
        return (self.dispute.again if self.dispute else None) or self.appraisal


@dataclass(frozen=True)
class DocumentPlan:
    """A document of a library; `sections` are its numbered paragraphs."""

    key: str
    number: str
    title: str
    issued_on: date
    issuer: str
    file_name: str
    sections: tuple[str, ...]


@dataclass(frozen=True)
class AgencyPlan:
    agency: AgencyFact
    leaves: dict[str, LeafPlan]
    survey: dict[str, Decimal]
    documents: dict[str, DocumentPlan]


# --- Documents -----------------------------------------------------------------------------
# The longest code that a leaf's code begins with decides which document proves it.
PROOF = {
    "1": "report", "1.1.1": "plan", "1.1.2": "plan", "1.3": "inspection", "1.5": "initiative",
    "2": "law", "3": "procedures", "4": "staff", "5": "staff", "6": "finance", "7": "digital",
    "7.3": "iso", "8": "economy", "T": "initiative",
}  # fmt: skip
# key → symbol, title, month and day of issue, name of the file
DOCUMENTS: dict[str, tuple[str, str, tuple[int, int], str]] = {
    "plan": ("KH", "Kế hoạch cải cách hành chính năm 2020", (1, 10), "Kế hoạch CCHC 2020"),
    "report": ("BC", "Báo cáo công tác cải cách hành chính năm 2020", (11, 27),
               "Báo cáo CCHC năm 2020"),
    "inspection": ("TB", "Thông báo kết luận kiểm tra công tác cải cách hành chính tại các đơn vị"
                   " trực thuộc", (9, 15), "Kết luận kiểm tra CCHC"),
    "initiative": ("QĐ", "Quyết định công nhận sáng kiến, giải pháp cải cách hành chính",
                   (10, 5), "QĐ công nhận sáng kiến"),
    "law": ("BC", "Báo cáo theo dõi tình hình thi hành pháp luật và rà soát văn bản năm 2020",
            (11, 20), "Báo cáo THPL và rà soát văn bản"),
    "procedures": ("BC", "Báo cáo kiểm soát và giải quyết thủ tục hành chính năm 2020", (11, 25),
                   "Báo cáo TTHC năm 2020"),
    "staff": ("BC", "Báo cáo tổ chức bộ máy, biên chế và đội ngũ công chức năm 2020", (11, 30),
              "Báo cáo tổ chức biên chế"),
    "finance": ("BC", "Báo cáo quản lý, sử dụng kinh phí và giải ngân năm 2020", (11, 30),
                "Báo cáo tài chính"),
    "digital": ("BC", "Báo cáo ứng dụng công nghệ thông tin và dịch vụ công trực tuyến năm 2020",
                (11, 23), "Báo cáo CNTT, DVC trực tuyến"),
    "iso": ("QĐ", "Quyết định công bố hệ thống quản lý chất lượng TCVN ISO 9001:2015", (6, 18),
            "QĐ công bố ISO 9001"),
    "economy": ("BC", "Báo cáo tình hình kinh tế - xã hội năm 2020", (11, 28),
                "Báo cáo KT-XH 2020"),
    "supplement": ("CV", "Công văn giải trình, bổ sung tài liệu kiểm chứng Chỉ số cải cách hành"
                   " chính năm 2020", (12, 31), "Công văn giải trình"),
}  # fmt: skip
SHARED = DocumentPlan(
    "shared", "212/TB-STP",
    "Thông báo kết quả kiểm tra liên ngành về theo dõi tình hình thi hành pháp luật",
    date(2020, 8, 21), "Sở Tư pháp tỉnh Kon Tum", "Thông báo kiểm tra liên ngành.pdf",
    ("Đoàn kiểm tra liên ngành đã làm việc với Sở Giao thông vận tải và Sở Xây dựng.",
     "Các cơ quan đã ban hành kế hoạch và tổ chức thu thập thông tin đúng hướng dẫn.",
     "Đề nghị các cơ quan tiếp tục khảo sát, lấy ý kiến đối tượng chịu sự tác động."),
)  # fmt: skip


def proof_of(code: str) -> str:
    """The key of the document that proves a leaf."""
    while code not in PROOF:
        code = code.rpartition(".")[0]
    return PROOF[code]


# --- What the members report to the council ----------------------------------------------------
# key of the account → tasks done, difficulties, proposals
REPORTS: dict[str, tuple[str, str, str]] = {
    "totruong": (
        "Đã phân công, đôn đốc 06 thành viên thẩm định đúng thời hạn; đối chiếu, thống nhất cách"
        " chấm giữa các cơ quan thẩm định; tổng hợp kết quả trình Hội đồng.",
        "Một số cơ quan gửi hồ sơ vào ngày cuối; có cơ quan không gửi hồ sơ nên phải thẩm định theo"
        " số liệu theo dõi của tỉnh.",
        "Đề nghị ban hành mẫu báo cáo số liệu thống nhất ngay từ đầu năm và kết nối số liệu một"
        " cửa, văn bản điện tử với hệ thống chấm điểm.",
    ),
    "thamdinh.snv": (
        "Đã thẩm định lĩnh vực chỉ đạo điều hành, tổ chức bộ máy, chế độ công vụ của tất cả cơ"
        " quan.",
        "Kế hoạch kiểm tra và kết luận kiểm tra của một số cơ quan ghi chung, không tách được số"
        " đơn vị đã kiểm tra.",
        "Đề nghị quy định rõ tài liệu chứng minh tỷ lệ đơn vị được kiểm tra trong năm.",
    ),
    "thamdinh.stp": (
        "Đã thẩm định lĩnh vực thể chế, theo dõi tình hình thi hành pháp luật của tất cả cơ quan.",
        "Báo cáo rà soát văn bản gửi chậm, số liệu kê khai không khớp với danh mục đã công bố.",
        "Đề nghị các cơ quan cập nhật kết quả rà soát văn bản theo quý.",
    ),
    "thamdinh.stc": (
        "Đã thẩm định lĩnh vực tài chính công và tiêu chí kinh tế - xã hội theo số liệu quyết toán,"
        " giải ngân đến ngày 31/12/2020.",
        "Số liệu giải ngân của các huyện còn thay đổi đến cuối thời gian chỉnh lý ngân sách.",
        "Đề nghị thống nhất thời điểm chốt số liệu giải ngân dùng để chấm điểm.",
    ),
    "thamdinh.vpub": (
        "Đã thẩm định lĩnh vực cải cách thủ tục hành chính và nhiệm vụ Ủy ban nhân dân tỉnh giao,"
        " đối chiếu với hệ thống một cửa điện tử.",
        "Hồ sơ trễ hạn của một số cơ quan chưa có văn bản xin lỗi kèm theo nên khó xác định.",
        "Đề nghị lưu văn bản xin lỗi ngay trên hệ thống một cửa điện tử.",
    ),
    "thamdinh.stttt": (
        "Đã thẩm định lĩnh vực chính quyền điện tử, dịch vụ công trực tuyến.",
        "Hệ thống quản lý văn bản chưa thống kê được tỷ lệ hồ sơ công việc xử lý hoàn toàn trên môi"
        " trường mạng.",
        "Đề nghị bổ sung chức năng thống kê tự động, cung cấp số liệu hằng tháng.",
    ),
    "thamdinh.skhcn": (
        "Đã thẩm định tiêu chí áp dụng hệ thống quản lý chất lượng TCVN ISO 9001:2015.",
        "",
        "Đề nghị các cơ quan gửi quyết định công bố kèm danh mục thủ tục đã áp dụng.",
    ),
}  # fmt: skip

# --- What is claimed, appraised, disputed -----------------------------------------------------
NOT_APPLICABLE = (
    "Cơ quan không có đơn vị trực thuộc và không phát sinh nội dung này trong năm 2020.",
    "Trong năm 2020 cơ quan không được giao nhiệm vụ này theo chương trình của tỉnh.",
    "Cơ quan không quản lý nội dung này theo chức năng, nhiệm vụ được giao.",
)
ACCEPTED = "Đồng ý không áp dụng: đã đối chiếu chức năng, nhiệm vụ và số liệu của cơ quan."
REFUSED = (
    "Không đồng ý đề nghị không áp dụng: theo số liệu theo dõi, cơ quan có phát sinh; {found}."
)
WITHOUT_EVIDENCE = (
    "Nội dung đã được thực hiện, lồng ghép trong chỉ đạo điều hành chung nên không có văn bản"
    " riêng; cơ quan sẽ bổ sung tài liệu khi được yêu cầu."
)
LOWERED = (
    "Theo tài liệu kiểm chứng: {found}. Điều chỉnh theo số liệu này.",
    "Số liệu hệ thống theo dõi của tỉnh không khớp kê khai; ghi nhận {found}.",
    "Kê khai cao hơn tài liệu đã gửi; tài liệu thể hiện {found}.",
)
UNSAID = "Cơ quan không tự chấm và không gửi tài liệu kiểm chứng trong thời hạn."
NO_EVIDENCE = "Chưa có tài liệu kiểm chứng cho nội dung này nên chưa có căn cứ chấm điểm."
REQUESTS = (
    "Đề nghị cơ quan giải trình chênh lệch giữa số liệu kê khai và tài liệu kiểm chứng.",
    "Đề nghị giải trình và bổ sung tài liệu chứng minh kết quả đã kê khai.",
    "Đề nghị làm rõ thời điểm, phạm vi số liệu và gửi bản chụp hệ thống nếu có.",
)
ANSWERS = (
    "Cơ quan đã rà soát lại. Chênh lệch do số liệu cập nhật sau ngày khóa báo cáo; đề nghị xem xét"
    " theo tài liệu bổ sung.",
    "Cơ quan xin giải trình: kết quả đã hoàn thành trước 31/12/2020, văn bản phát hành chậm do chờ"
    " ý kiến của đơn vị phối hợp.",
    "Cơ quan tiếp thu ý kiến của Tổ giúp việc; đề nghị ghi nhận phần việc đã hoàn thành theo số"
    " liệu gửi kèm.",
)
RESTORED = "Tài liệu bổ sung đầy đủ, có giá trị kiểm chứng; chấp nhận giải trình."
PARTLY = "Chấp nhận một phần: ghi nhận phần việc có tài liệu chứng minh."
KEPT = "Giải trình chưa có tài liệu mới; giữ điểm thẩm định lần 1."


def _claimed(random: Random, row: CriterionRow, truth: Said, quality: float) -> Said:
    if random.random() < 0.17 - 0.11 * quality:
        declared = better(row, truth.declared)
        points = proposed(row, declared)
        if points > (truth.points or 0):
            return Said(points, declared, f"Tự đánh giá: {in_words(row, declared)}.")
    if truth.points is not None and truth.points < row.max_points and random.random() < 0.03:
        points = min(row.max_points, truth.points + Decimal("0.25"))
        reason = (
            "Đề nghị ghi nhận thêm: kết quả đạt được trong điều kiện địa bàn khó khăn, thiên tai."
        )
        return Said(points, truth.declared, reason)
    return Said(truth.points, truth.declared, _remark(random, row, truth))


def _remark(random: Random, row: CriterionRow, truth: Said) -> str:
    """What is written beside an undisputed mark; often nothing."""
    if random.random() < 0.4:
        return f"{in_words(row, truth.declared)[:1].upper()}{in_words(row, truth.declared)[1:]}."
    return ""


def _appraised(random: Random, plan: LeafPlan) -> Said:
    row, truth, claim = plan.row, plan.truth, plan.claim
    if claim is None:
        raise ValueError(f"nothing claimed for {row.code}")
    found = in_words(row, truth.declared)
    if claim.not_applicable:
        if random.random() < 0.75:
            return Said(None, {}, ACCEPTED, not_applicable=True)
        return Said(truth.points, truth.declared, REFUSED.format(found=found))
    if claim.points != truth.points:
        return Said(truth.points, truth.declared, random.choice(LOWERED).format(found=found))
    if not plan.citations and claim.points and random.random() < 0.45:
        return Said(Decimal(0), truth.declared, NO_EVIDENCE)
    return Said(claim.points, claim.declared)


def _disputed(random: Random, plan: LeafPlan) -> Dispute | None:
    claim, first = plan.claim, plan.appraisal
    if claim is None or claim.points is None or first is None or first.points is None:
        return None
    if claim.points - first.points < Decimal("0.2") or random.random() < 0.25:
        return None
    request = random.choice(REQUESTS)
    if random.random() < 0.15:
        return Dispute(request, "", "", None)
    answer, chance = random.choice(ANSWERS), random.random()
    if chance < 0.4:
        declared = claim.declared
        return Dispute(request, answer, "supplement", Said(claim.points, declared, RESTORED))
    if chance < 0.6 and plan.row.kind == "proportional":
        half = ((claim.points + first.points) / 2).quantize(Decimal("0.01"))
        return Dispute(request, answer, "supplement", Said(half, first.declared, PARTLY))
    return Dispute(request, answer, "", Said(first.points, first.declared, KEPT))


# --- One agency ---------------------------------------------------------------------------------
@cache
def qualities() -> dict[str, float]:
    """How good each agency is, 0…1, spread evenly in each group and shuffled once."""
    random = Random(2020)  # noqa: S311 - invented figures, nothing secret
    found: dict[str, float] = {}
    for group, _name in kon_tum().groups:
        codes = [item.code for item in kon_tum().agencies if item.group == group]
        random.shuffle(codes)
        found |= {code: place / (len(codes) - 1) for place, code in enumerate(codes)}
    return found


def agency_plan(agency: AgencyFact, quality: float, sheet: tuple[CriterionRow, ...]) -> AgencyPlan:
    """Everything that is said about one agency."""
    random = Random(f"2020/{agency.code}")  # noqa: S311 - invented figures, nothing secret
    leaves: dict[str, LeafPlan] = {}
    survey: dict[str, Decimal] = {}
    sections: dict[str, list[str]] = {}
    for row in sheet:
        if not row.is_leaf:
            continue
        if row.kind == "survey":
            share = min(0.97, max(0.6, random.gauss(0.705 + 0.205 * quality, 0.018)))
            survey[row.code] = (row.max_points * Decimal(f"{share:.4f}")).quantize(Decimal("0.01"))
            continue
        plan = _leaf(random, row, quality)
        if agency.code == NEVER_SUBMITS and row.code >= UNTOUCHED_FROM and plan.claim:
            plan.claim, plan.appraisal = None, Said(Decimal(0), {}, UNSAID)
        elif plan.claim:
            _prove(random, plan, sections)
            plan.appraisal = _appraised(random, plan)
            plan.dispute = _disputed(random, plan)
        leaves[row.code] = plan
    documents = {key: _document(agency, key, lines) for key, lines in sections.items()}
    _curiosities(agency, leaves, documents)
    return AgencyPlan(agency, leaves, survey, documents)


def _leaf(random: Random, row: CriterionRow, quality: float) -> LeafPlan:
    if row.kind == "penalty":
        given = random.random() < 0.3 - 0.25 * quality
        said = Said(Decimal("0.5"), {}, "Chậm trả lời văn bản của Tổ giúp việc, đã nhắc hai lần.")
        return LeafPlan(row, said, None, said if given else None)
    if row.kind == "bonus":
        points = random.choice(["0", "0", "0", "0.5", "1"]) if quality > 0.35 else "0"
        said = Said(Decimal(points), {}, "Mô hình mới được Ủy ban nhân dân tỉnh biểu dương.")
        if points == "0":
            said = Said(Decimal(0), {}, "Năm 2020 không đề nghị điểm thưởng.")
        return LeafPlan(row, said, said, None)
    declared = TRUTHS[row.kind](random, row, quality)
    truth = Said(proposed(row, declared), declared)
    if row.na_allowed and random.random() < 0.09:
        claim = Said(None, {}, random.choice(NOT_APPLICABLE), not_applicable=True)
    else:
        claim = _claimed(random, row, truth, quality)
    return LeafPlan(row, truth, claim, None)


def _prove(random: Random, plan: LeafPlan, sections: dict[str, list[str]]) -> None:
    """Cite the document that shows the truth of the leaf; some leaves stay without."""
    claim, row = plan.claim, plan.row
    if claim is None or claim.not_applicable or (row.kind == "bonus" and not claim.points):
        return
    if random.random() < 0.08:
        plan.claim = Said(claim.points, claim.declared, WITHOUT_EVIDENCE)
        return
    lines = sections.setdefault(proof_of(row.code), [])
    lines.append(f"{row.title}: {in_words(row, plan.truth.declared)}.")
    page = 1 + (len(lines) - 1) // SECTIONS_PER_PAGE
    plan.citations.append(Cited(proof_of(row.code), str(page)))
    if "report" in sections and proof_of(row.code) != "report" and random.random() < 0.06:
        plan.citations.append(Cited("report", "1"))


def _document(agency: AgencyFact, key: str, lines: list[str]) -> DocumentPlan:
    symbol, title, (month, day), name = DOCUMENTS[key]
    serial = Random(f"{agency.code}/{key}").randint(12, 980)  # noqa: S311 - an invented number
    place = "UBND" if agency.group == "district" else agency.code
    return DocumentPlan(
        key=key,
        number=f"{serial}/{symbol}-{place}",
        title=title,
        issued_on=date(2020, month, day),
        issuer=agency.name,
        file_name=f"{serial}_{symbol}-{place} {name}.pdf",
        sections=tuple(lines),
    )


def supplement_of(agency: AgencyFact, row: CriterionRow, declared: Declared) -> DocumentPlan:
    """The document that an agency adds while explaining a leaf."""
    lines = [
        f"Nội dung giải trình tiêu chí {row.code}: {row.title}.",
        f"Kết quả đề nghị ghi nhận: {in_words(row, declared)}.",
        "Tài liệu kèm theo gồm bản chụp hệ thống và văn bản của đơn vị phối hợp.",
    ]
    made = _document(agency, "supplement", lines)
    return DocumentPlan(
        f"supplement-{row.code}", made.number, made.title, made.issued_on, made.issuer,
        made.file_name.replace(".pdf", f" {row.code}.pdf"), made.sections,
    )  # fmt: skip


def _curiosities(
    agency: AgencyFact, leaves: dict[str, LeafPlan], documents: dict[str, DocumentPlan]
) -> None:
    """What a careful appraiser should notice: a document of another year, one of two agencies."""
    if agency.code == OLD_DOCUMENT and "report" in documents:
        old = documents["report"]
        documents["report-2018"] = DocumentPlan(
            "report-2018", "318/BC-SCT", "Báo cáo công tác cải cách hành chính năm 2018",
            date(2018, 12, 14), old.issuer, "318_BC-SCT Báo cáo CCHC năm 2018.pdf",
            old.sections[:3],
        )  # fmt: skip
        leaves["1.4.2"].citations.append(Cited("report-2018", "1"))
    if agency.code in SHARED_DOCUMENT:
        documents["shared"] = SHARED
        leaves["2.2.2"].citations.append(Cited("shared", "1"))


@cache
def plans() -> dict[str, AgencyPlan]:
    """The plan of every agency, in the order of the file."""
    return {
        agency.code: agency_plan(agency, qualities()[agency.code], criteria(agency.group).rows)
        for agency in kon_tum().agencies
    }


# --- The council ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class RulingPlan:
    agency: str
    code: str
    points: Decimal
    reason: str
    votes: tuple[int, int, int]


@cache
def rulings() -> tuple[RulingPlan, ...]:
    """The three widest differences that stayed after the second appraisal, each of its agency."""
    open_ones = []
    for code, plan in plans().items():
        kept = [
            (leaf.claim.points - leaf.final.points, leaf)
            for leaf in plan.leaves.values()
            if leaf.dispute and leaf.dispute.again and leaf.dispute.again.reason == KEPT
            and leaf.claim and leaf.claim.points is not None
            and leaf.final and leaf.final.points is not None
        ]  # fmt: skip
        if kept:
            widest, leaf = max(kept, key=lambda item: item[0])
            open_ones.append((widest, code, leaf))
    open_ones.sort(key=lambda item: (-item[0], item[1]))
    made = []
    for number, (_width, agency, leaf) in enumerate(open_ones[:3]):
        claim, final = leaf.claim, leaf.final
        if claim is None or final is None or claim.points is None or final.points is None:
            continue
        if number == 1:
            said = (
                final.points,
                "Hội đồng giữ điểm của Tổ giúp việc: chưa có căn cứ mới.",
                (4, 1, 0),
            )
        else:
            said = (
                claim.points,
                "Hội đồng thống nhất ghi nhận kết quả: cơ quan đã xuất trình bản chính.",
                (5, 0, 0) if number == 0 else (4, 0, 1),
            )
        made.append(RulingPlan(agency, leaf.row.code, *said))
    return tuple(made)
