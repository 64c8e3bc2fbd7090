"""Kon Tum 2020 played through the workflow: who does what, and at which moment.

One history, written down once in the order of time; a stage of the demonstration is that history
up to its moment, so every stage continues the one before. Everything goes through `workflow` under
a stopped clock; only the register and the accounts, which no round can begin without, are written
straight. What people say is `plan`'s.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import connection

from agencies.models import Agency, AgencyGroup, Jurisdiction, User
from appraisal import clock, scoring, trail
from appraisal.demonstration import people, plan
from appraisal.demonstration.letters import letter
from appraisal.demonstration.province import FOLDER, Province, criteria, kon_tum, moment
from appraisal.demonstration.times import (
    EXTENDED_TO,
    MEMBER_TIMES,
    SENT_BACK_AT,
    SENT_BACK_TO,
    agency_times,
    spread,
    when_ready,
)
from appraisal.files import kinds, uploads
from appraisal.files.inspect import Inspection
from appraisal.files.store import evidence_store
from appraisal.models import (
    Consolidation,
    Criterion,
    Dossier,
    Evidence,
    Meeting,
    Round,
    Seat,
    WorkbookImport,
)
from appraisal.models.papers import Issuer, PaperKind, SigningMode
from appraisal.queries import problems
from appraisal.states import SeatRole, Step
from appraisal.workbooks.survey import SurveySheet
from appraisal.workflow import (
    appraisal,
    council,
    evidence,
    explanation,
    imports,
    papers,
    self_assessment,
    setup,
    staffing,
)
from appraisal.workflow.acting import MarkInput

Act = Callable[[], object]

BASES = (
    papers.BasisInput(
        "Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015", date(2015, 6, 19)
    ),
    papers.BasisInput(
        "Luật sửa đổi, bổ sung một số điều của Luật Tổ chức Chính phủ và Luật Tổ chức chính quyền"
        " địa phương ngày 22 tháng 11 năm 2019",
        date(2019, 11, 22),
    ),
    papers.BasisInput(
        "Nghị quyết số 30c/NQ-CP ngày 08 tháng 11 năm 2011 của Chính phủ ban hành Chương trình"
        " tổng thể cải cách hành chính nhà nước giai đoạn 2011 - 2020",
        date(2011, 11, 8),
        replaced_on=date(2021, 7, 15),
    ),
    papers.BasisInput(
        "Nghị quyết số 76/NQ-CP ngày 15 tháng 7 năm 2021 của Chính phủ ban hành Chương trình tổng"
        " thể cải cách hành chính nhà nước giai đoạn 2021 - 2030",
        date(2021, 7, 15),
    ),
    papers.BasisInput(
        "Theo đề nghị của Giám đốc Sở Nội vụ tại Tờ trình số ……/TTr-SNV",
        kinds=(PaperKind.DECISION,),
    ),
)
BASIS = "Bộ tiêu chí minh họa, không phải văn bản của tỉnh"
REMARKS = (
    "Đồng ý với điểm tự chấm; tài liệu kiểm chứng đầy đủ.",
    "Chưa có tài liệu kiểm chứng.",
    "Tài liệu kiểm chứng không thuộc năm đánh giá.",
    "Số liệu kê khai không khớp với hệ thống theo dõi của tỉnh.",
)


@dataclass
class Work:
    """One leaf that a member appraises."""

    seat: Seat
    dossier: Dossier
    criterion: Criterion
    leaf: plan.LeafPlan
    at: datetime


@dataclass
class History:
    """The demonstration while it is played: what exists so far, and what is still to come."""

    password: str = people.PASSWORD
    province: Province = field(default_factory=kon_tum)
    jurisdiction: Jurisdiction = field(init=False)
    round: Round = field(init=False)
    groups: dict[str, AgencyGroup] = field(default_factory=dict)
    agencies: dict[str, Agency] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)
    dossiers: dict[str, Dossier] = field(default_factory=dict)
    criteria: dict[tuple[str, str], Criterion] = field(default_factory=dict)
    library: dict[tuple[str, str], Evidence] = field(default_factory=dict)
    _coming: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self._plan_setup()

    def play(self, until: datetime) -> None:
        """Let everything happen that happened up to this moment; may be called again, later."""
        while self._coming and self._coming[0][0] <= until:
            at, _order, act = heappop(self._coming)
            with clock.stopped_at(at):
                act()

    def _at(self, when: datetime | str, act: Act) -> None:
        at = moment(when) if isinstance(when, str) else when
        heappush(self._coming, (at, next(self._order), act))

    def person(self, role: str) -> User:
        return self.users[next(p.email for p in people.seated() if p.role == role)]

    def officer(self, code: str) -> User:
        return self.users[people.officer(self.province.agency(code)).email]

    def head(self, code: str) -> User:
        return self.users[people.head(self.province.agency(code)).email]

    # --- Register and set-up -------------------------------------------------------------------
    def _plan_setup(self) -> None:
        self._at("2020-11-16 08:00", self._register)
        self._at("2020-11-18 08:00", self._word_the_papers)
        self._at("2020-11-20 08:00", self._create_round)
        self._at("2020-11-20 09:00", self._seat_everybody)
        self._at("2020-11-23 08:00", self._import_criteria)
        self._at("2020-11-25 08:00", self._assign)
        self._at("2020-11-30 08:00", self._open)

    def _register(self) -> None:
        province = self.province
        self.jurisdiction = Jurisdiction.objects.create(
            code="kon-tum", name=province.name, place=province.place,
            committee=province.committee, council=province.council,
        )  # fmt: skip
        for position, (code, name) in enumerate(province.groups, start=1):
            self.groups[code] = AgencyGroup.objects.create(
                jurisdiction=self.jurisdiction, code=code, name=name, position=position
            )
        for fact in province.agencies:
            self.agencies[fact.code] = Agency.objects.create(
                jurisdiction=self.jurisdiction, group=self.groups[fact.group], code=fact.code,
                name=fact.name, valid_from=date(2016, 1, 1),
            )  # fmt: skip
        self.jurisdiction.standing_agency = self.agencies[province.standing_agency]
        self.jurisdiction.save(update_fields=["standing_agency"])
        everybody = [*people.seated(), people.administrator()]
        for fact in province.agencies:
            everybody += [people.officer(fact), people.head(fact)]
        # One hash for all: these accounts share a printed password, and hashing is slow by design.
        encoded = make_password(self.password)
        for person in everybody:
            self.users[person.email] = User.objects.create(
                email=person.email, full_name=person.full_name, position=person.position,
                jurisdiction=self.jurisdiction, agency=self.agencies.get(person.agency),
                capacity=person.capacity, is_secretariat=person.is_secretariat,
                is_administrator=person == people.administrator(), password=encoded,
            )  # fmt: skip
        trail.record_account(
            self.jurisdiction, None, "demonstration",
            "Nạp danh mục và tài khoản của dữ liệu minh họa Kon Tum 2020.",
            {"agencies": len(self.agencies), "people": len(self.users)},
        )  # fmt: skip

    def _word_the_papers(self) -> None:
        secretary = self.person(SeatRole.SECRETARY)
        papers.save_bases(secretary, BASES, seen=papers.bases_state(self.jurisdiction))
        chair = self.person(SeatRole.CHAIR)
        given = papers.SettingsInput(
            issuer=Issuer.CHAIRMAN, symbol="QĐ-UBND", on_behalf=False, mode=SigningMode.DEPUTY,
            head_title="Chủ tịch", signer_title="Phó Chủ tịch", signer_name=chair.full_name,
            recipients="",
        )  # fmt: skip
        papers.save_paper_settings(secretary, PaperKind.DECISION, given, version=0)

    def _create_round(self) -> None:
        year = self.province.year
        self.round = setup.create_round(
            self.person(SeatRole.SECRETARY),
            year,
            {
                "name": f"Chỉ số cải cách hành chính năm {year}",
                "bonus_max": Decimal(2),
                "penalty_max": Decimal(2),
            },
        )
        secretary = self.person(SeatRole.SECRETARY)
        setup.save_windows(secretary, self.round, self.province.windows)
        bands = [scoring.Band(name, bound, True) for name, bound in self.province.grades]
        setup.save_bands(secretary, self.round, bands)
        setup.save_participants(
            secretary, self.round, {agency: agency.group for agency in self.agencies.values()}
        )
        for dossier in Dossier.objects.filter(round=self.round).select_related("agency"):
            self.dossiers[dossier.agency.code] = dossier

    def _seat_everybody(self) -> None:
        secretary = self.person(SeatRole.SECRETARY)
        for person in people.seated():
            if person.role == SeatRole.SECRETARY:  # seated by creating the round
                continue
            self.seats[person.email] = staffing.add_seat(
                secretary, self.round, self.users[person.email], SeatRole(person.role), person.title
            )

    def _import_criteria(self) -> None:
        secretary = self.person(SeatRole.SECRETARY)
        for code, group in self.groups.items():
            path = FOLDER / "criteria" / f"reconstructed-{code}.json"
            waiting = WorkbookImport.objects.create(
                round=self.round, group=group, kind=WorkbookImport.Kind.CRITERIA,
                file_name=path.name, sha256=trail.fingerprint(path.read_text(encoding="utf-8")),
                content=criteria(code).to_json(), uploaded_by=secretary, uploaded_at=clock.now(),
            )  # fmt: skip
            name = json.loads(path.read_text(encoding="utf-8"))["meta"]["name"]
            given = imports.SetInput(name, BASIS, is_illustrative=True)
            made = imports.confirm_criteria_import(secretary, waiting, given, accept_warnings=True)
            for node in made.criteria.select_related("parent__parent__parent", "criteria_set"):
                self.criteria[code, node.code] = node

    def _assign(self) -> None:
        staffing.assign_by_default(self.person(SeatRole.TEAM_LEAD), self.round)

    def _open(self) -> None:
        self.round = setup.open_round(self.person(SeatRole.SECRETARY), self.round)
        self._plan_self_assessment()
        self._plan_appraisal()
        self._plan_council()

    # --- Self-assessment ----------------------------------------------------------------------
    def _plan_self_assessment(self) -> None:
        secretary = self.person(SeatRole.SECRETARY)
        for code, times in agency_times().items():
            claimed = [leaf for leaf in plan.plans()[code].leaves.values() if leaf.claim]
            moments = spread(times.begins, times.ends, len(claimed))
            for leaf, at in zip(claimed, moments, strict=True):
                self._at(at, partial(self._fill_in, code, leaf))
            if times.submits is not None:
                self._at(times.submits, partial(self._submit, code))
        self._at(
            "2020-12-19 15:00",
            lambda: setup.extend(
                secretary, self.dossiers[plan.EXTENDED], Step.SELF_ASSESSMENT, EXTENDED_TO,
                "Cơ quan đang phục vụ đoàn công tác đối ngoại, có văn bản đề nghị gia hạn.",
            ),
        )  # fmt: skip
        self._at(
            "2020-12-17 10:05",
            lambda: self_assessment.withdraw(
                self.head(plan.WITHDRAWS), self.dossiers[plan.WITHDRAWS],
                "Rà soát lại số liệu giải ngân trước khi hết hạn.",
            ),
        )  # fmt: skip
        self._at("2020-12-18 15:30", partial(self._submit, plan.WITHDRAWS))

    def _submit(self, code: str) -> None:
        self.dossiers[code] = self_assessment.submit(self.head(code), self.dossiers[code])

    def _fill_in(self, code: str, leaf: plan.LeafPlan) -> None:
        agency_plan, said = plan.plans()[code], leaf.claim
        if said is None:
            return
        officer, dossier, criterion = (
            self.officer(code),
            self.dossiers[code],
            self._node(code, leaf),
        )
        for cited in leaf.citations:
            document = self._document(code, agency_plan.documents[cited.document])
            evidence.cite(officer, dossier, criterion, document, cited.pages)
        self_assessment.save_self_score(officer, dossier, criterion, _given(said), version=0)

    def _node(self, code: str, leaf: plan.LeafPlan) -> Criterion:
        return self.criteria[self.province.agency(code).group, leaf.row.code]

    def _document(self, code: str, document: plan.DocumentPlan) -> Evidence:
        """The document in the library of the agency, brought there when it is first needed."""
        known = self.library.get((code, document.key))
        if known is not None:
            return known
        officer = self.officer(code)
        content, pages = letter(document)
        # Our own bytes: the child process that examines a stranger's file would take a minute.
        examined = Inspection(kinds.PDF.label, kinds.PDF.content_type, pages, ())
        stored = evidence_store().put([content])
        received = uploads.Received(document.file_name, examined, stored)
        kept = evidence.take(officer, received).evidence
        card = evidence.Card(document.title, document.number, document.issued_on, document.issuer)
        kept = evidence.describe(officer, kept, card, token=evidence.Card.of(kept).token)
        self.library[code, document.key] = kept
        return kept

    # --- Appraisal and explanation -------------------------------------------------------------
    def _plan_appraisal(self) -> None:
        lead = self.person(SeatRole.TEAM_LEAD)
        for text in REMARKS:
            self._at("2020-12-21 07:45", partial(appraisal.add_remark, lead, self.round, text))
        sent_back = self.dossiers[plan.SENT_BACK]
        self._at(
            SENT_BACK_AT,
            lambda: appraisal.send_back(
                lead, sent_back, SENT_BACK_TO,
                "Báo cáo công tác cải cách hành chính thiếu phụ lục số liệu; đề nghị bổ sung.",
            ),
        )  # fmt: skip
        self._at("2020-12-29 09:20", self._complete_sent_back)
        self._at("2020-12-29 10:00", partial(self._submit, plan.SENT_BACK))
        disputed: list[Work] = []
        for work in self._works():
            self._at(work.at, partial(self._appraise, work))
            if work.leaf.dispute:
                disputed.append(work)
        Random("2020/disputes").shuffle(disputed)  # noqa: S311 - an invented order
        # The agency of the tour answers last, so that its request waits when a visitor comes.
        disputed.sort(key=lambda work: work.dossier == self.dossiers[plan.TOUR])
        answered = [work for work in disputed if work.leaf.dispute and work.leaf.dispute.again]
        many = len(answered)
        answers = spread(moment("2021-01-05 08:00"), moment("2021-01-08 16:00"), many)
        again = spread(moment("2021-01-09 08:00"), moment("2021-01-13 16:00"), many)
        for work, explains, marks in zip(answered, answers, again, strict=True):
            self._at(explains, partial(self._explain, work))
            self._at(marks, partial(self._mark_again, work))
        self._at("2021-01-07 10:00", self._import_survey)

    def _complete_sent_back(self) -> None:
        code = plan.SENT_BACK
        leaf = plan.plans()[code].leaves["1.1.3"]
        said = leaf.claim
        if said is None:
            raise ValueError(f"{code} claims nothing in 1.1.3")
        more = f"{said.reason} Đã bổ sung phụ lục số liệu theo yêu cầu của Tổ giúp việc.".strip()
        given = MarkInput(said.points, said.declared, more)
        self_assessment.save_self_score(
            self.officer(code), self.dossiers[code], self._node(code, leaf), given, version=1
        )

    def _works(self) -> list[Work]:
        """Every leaf with the member who appraises it and the moment: agency after agency."""
        covered = problems.coverage(self.round)
        by_pk = {
            seat.pk: seat for seat in Seat.objects.filter(round=self.round).select_related("user")
        }
        queues: dict[int, list[Work]] = {}
        for code, agency_plan in plan.plans().items():
            for leaf in agency_plan.leaves.values():
                if leaf.appraisal is None:
                    continue
                node, dossier = self._node(code, leaf), self.dossiers[code]
                seat = by_pk[covered.first[node.pk]]
                if seat.user.agency_id == dossier.agency_id:
                    seat = by_pk[covered.second[node.pk]]
                queues.setdefault(seat.pk, []).append(Work(seat, dossier, node, leaf, clock.now()))
        codes = {agency.pk: code for code, agency in self.agencies.items()}
        for pk, queue in queues.items():
            first, last = MEMBER_TIMES[codes[by_pk[pk].user.agency_id or 0]]
            for work, at in zip(
                queue, spread(moment(first), moment(last), len(queue)), strict=True
            ):
                work.at = when_ready(work.dossier.agency.code, at)
        return [work for queue in queues.values() for work in queue]

    def _appraise(self, work: Work) -> None:
        said = work.leaf.appraisal
        if said is None:
            return
        appraiser = work.seat.user
        appraisal.save_appraisal(appraiser, work.dossier, work.criterion, _given(said), version=0)
        if work.leaf.dispute:
            appraisal.ask_explanation(
                appraiser, work.dossier, work.criterion, work.leaf.dispute.request
            )

    def _explain(self, work: Work) -> None:
        code, dispute, claim = work.dossier.agency.code, work.leaf.dispute, work.leaf.claim
        if dispute is None or claim is None:
            return
        officer = self.officer(code)
        if dispute.supplement:
            more = plan.supplement_of(self.province.agency(code), work.leaf.row, claim.declared)
            evidence.cite(officer, work.dossier, work.criterion, self._document(code, more), "1")
        explanation.save_explanation(
            officer, work.dossier, work.criterion, dispute.answer, version=0
        )

    def _mark_again(self, work: Work) -> None:
        if work.leaf.dispute is None or work.leaf.dispute.again is None:
            return
        appraisal.save_reappraisal(
            work.seat.user, work.dossier, work.criterion, _given(work.leaf.dispute.again), version=0
        )

    def _import_survey(self) -> None:
        secretary = self.person(SeatRole.SECRETARY)
        for code, group in self.groups.items():
            points = {
                (agency, leaf): value
                for agency, found in plan.plans().items()
                if found.agency.group == code
                for leaf, value in found.survey.items()
            }
            content = SurveySheet(points, ()).to_json()
            waiting = WorkbookImport.objects.create(
                round=self.round, group=group, kind=WorkbookImport.Kind.SURVEY,
                file_name=f"Điểm điều tra xã hội học {self.province.year} - {code}.xlsx",
                sha256=trail.fingerprint(trail.canonical(content)), content=content,
                uploaded_by=secretary, uploaded_at=clock.now(),
            )  # fmt: skip
            imports.confirm_survey_import(secretary, waiting, accept_warnings=True)

    # --- Council ----------------------------------------------------------------------------------
    def _plan_council(self) -> None:
        secretary, chair = self.person(SeatRole.SECRETARY), self.person(SeatRole.CHAIR)
        self._at("2021-01-12 09:00", self._authorize)
        self._at("2021-01-14 08:00", refresh_statistics)
        self._at("2021-01-14 09:00", partial(council.convene, secretary, self.round))
        members = [p for p in people.seated() if p.role == SeatRole.TEAM_MEMBER]
        for place, person in enumerate(
            [p for p in people.seated() if "totruong" in p.email] + members
        ):
            at = moment("2021-01-14 13:40") + timedelta(minutes=25 * place)
            self._at(at, partial(self._report, person))
        self._at("2021-01-15 08:05", partial(self._meet, ""))
        times = ("2021-01-15 08:20", "2021-01-15 09:10", "2021-01-15 09:40")
        for when, ruling in zip(times, plan.rulings(), strict=True):
            self._at(when, partial(self._rule, ruling))
        self._at(
            "2021-01-15 10:40",
            partial(
                self._meet,
                "Hội đồng thống nhất kết quả thẩm định và ba kết luận về tiêu chí còn ý kiến khác"
                " nhau; giao Sở Nội vụ tổng hợp, trình phê duyệt.",
            ),
        )
        self._at("2021-01-15 11:00", partial(council.consolidate, secretary, self.round))
        self._at("2021-01-15 15:30", partial(self._approve, chair))
        self._at("2021-01-15 15:40", partial(papers.ask_for_paper, secretary, self.round))
        self._at("2021-01-27 15:00", partial(council.publish, secretary, self.round))

    def _authorize(self) -> None:
        given = staffing.AuthorizationInput(
            self.person(SeatRole.VICE_CHAIR), "105/UBND-NC", date(2021, 1, 11), date(2021, 1, 15),
            date(2021, 1, 31),
        )  # fmt: skip
        staffing.authorize(self.person(SeatRole.SECRETARY), self.round, given)

    def _report(self, person: people.Person) -> None:
        given = appraisal.ReportInput(*plan.REPORTS[person.email.partition("@")[0]])
        appraisal.save_report(self.users[person.email], self.round, given, version=0)

    def _meet(self, conclusion: str) -> None:
        """Everybody is there but one council member, who sent a written opinion."""
        absent = self.seats[people.address("uyvien3")]
        seats = {seat.pk for seat in Seat.objects.filter(round=self.round)}
        given = council.MeetingInput(
            held_at=moment("2021-01-15 08:00"),
            place="Phòng họp Sở Nội vụ, 125B Phan Đình Phùng, thành phố Kon Tum",
            chaired_by=self.seats[people.address("phochutich")],
            present=frozenset(seats - {absent.pk}),
            notes={absent.pk: "Vắng có lý do, đã gửi ý kiến bằng văn bản"},
            conclusion=conclusion,
        )
        held = Meeting.objects.filter(round=self.round).first()
        council.save_meeting(self.person(SeatRole.SECRETARY), self.round, given, held)

    def _rule(self, ruling: plan.RulingPlan) -> None:
        leaf = plan.plans()[ruling.agency].leaves[ruling.code]
        given = council.RulingInput(MarkInput(ruling.points, None, ruling.reason), *ruling.votes)
        council.rule(
            self.person(SeatRole.SECRETARY), self.dossiers[ruling.agency],
            self._node(ruling.agency, leaf), Meeting.objects.get(round=self.round), given,
            version=0,
        )  # fmt: skip

    def _approve(self, chair: User) -> None:
        seen = Consolidation.objects.filter(round=self.round).values_list("fingerprint", flat=True)
        council.approve(chair, self.round, seen[0], self.password)


def refresh_statistics() -> None:
    """Let PostgreSQL see what this transaction wrote; its plans would still be for empty tables."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _given(said: plan.Said) -> MarkInput:
    return MarkInput(said.points, said.declared, said.reason, said.not_applicable)
