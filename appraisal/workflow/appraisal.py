"""What happens when the assistance team works: mark, ask, mark again, send back, report, remark."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from appraisal import clock, scoring, trail
from appraisal.models import (
    CannedRemark,
    Criterion,
    Dossier,
    Explanation,
    ExplanationRequest,
    Extension,
    Mark,
    MemberReport,
    Round,
)
from appraisal.rules import (
    can_appraise,
    can_ask_explanation,
    can_keep_remarks,
    can_reappraise,
    can_report,
    can_send_back,
    closes_for,
    enforce,
    window,
)
from appraisal.states import SEND_BACK, Stage, Step
from appraisal.workflow.acting import (
    Held,
    Invalid,
    MarkInput,
    hold_dossier,
    hold_round,
    move_dossier,
    write_mark,
)


class ReportConflict(Exception):
    """The report was saved elsewhere in between; `current` is what is stored now."""

    def __init__(self, current: MemberReport) -> None:
        super().__init__(_("Báo cáo này vừa được lưu ở nơi khác."))
        self.current = current


def check_mark(own: Mark | None, criterion: Criterion, given: MarkInput) -> None:
    """Whether a judge's mark says one thing, within bounds, and why it differs from the agency.

    `own` is the self-score; without one the agency claims nothing: zero needs no reason, anything
    else does. Raises Invalid.
    """
    if given.not_applicable:
        if not criterion.na_allowed:
            raise Invalid(not_applicable=_("Tiêu chí này luôn áp dụng với mọi cơ quan."))
        if not given.reason:
            raise Invalid(reason=_("Công nhận “không áp dụng” cần nêu lý do."))
        return
    if given.points is None:
        raise Invalid(points=_("Hãy cho điểm, hoặc chọn một mức điểm."))
    if not 0 <= given.points <= criterion.max_points:
        raise Invalid(
            points=_("Điểm phải từ 0 đến %s.") % scoring.show(criterion.max_points, trim=True)
        )
    if given.reason:
        return
    if own is not None and own.not_applicable:
        raise Invalid(reason=_("Không công nhận đề nghị “không áp dụng” thì cần nêu lý do."))
    claimed = own.points if own is not None and own.points is not None else 0
    if given.points != claimed:
        raise Invalid(reason=_("Điểm khác điểm tự chấm thì cần nêu lý do."))


def keep_mark(
    held: Held,
    actor: User,
    criterion: Criterion,
    stage: Stage,
    given: MarkInput,
    version: int,
    own: Mark | None,
) -> Mark:
    """An appraiser's mark of either stage in a dossier that the caller holds, beside the `own` one
    of the agency; raises as below, before anything is written."""
    allowed = can_appraise if stage == Stage.APPRAISAL else can_reappraise
    enforce(allowed(actor, held.dossier, criterion, at=held.at))
    check_mark(own, criterion, given)
    return write_mark(held, criterion, stage, given, actor, version)


def own_mark(held: Held, criterion: Criterion) -> Mark | None:
    """The agency's self-score of a leaf."""
    own = Mark.objects.filter(dossier=held.dossier, criterion=criterion, stage=Stage.SELF)
    return own.first()


@transaction.atomic
def save_appraisal(
    actor: User, dossier: Dossier, criterion: Criterion, given: MarkInput, *, version: int
) -> Mark:
    """The first appraised mark of a leaf, or a change of it while the window is open.

    Raises Refusal (not allowed now), Invalid (cannot be kept), Conflict (somebody else saved).
    """
    held = hold_dossier(dossier, actor)
    own = own_mark(held, criterion)
    return keep_mark(held, actor, criterion, Stage.APPRAISAL, given, version, own)


@transaction.atomic
def save_reappraisal(
    actor: User, dossier: Dossier, criterion: Criterion, given: MarkInput, *, version: int
) -> Mark:
    """The second mark: after the explanation, or by the second appraiser. Raises as the first."""
    held = hold_dossier(dossier, actor)
    own = own_mark(held, criterion)
    return keep_mark(held, actor, criterion, Stage.REAPPRAISAL, given, version, own)


@transaction.atomic
def ask_explanation(
    actor: User, dossier: Dossier, criterion: Criterion, text: str
) -> ExplanationRequest:
    """Ask the agency to explain a leaf that was marked; asked again, the words are replaced."""
    held = hold_dossier(dossier, actor)
    enforce(can_ask_explanation(actor, held.dossier, criterion, at=held.at))
    if not text:
        raise Invalid(text=_("Hãy viết nội dung cần cơ quan giải trình."))
    if not Mark.objects.filter(
        dossier=held.dossier, criterion=criterion, stage=Stage.APPRAISAL
    ).exists():
        raise Invalid(text=_("Hãy cho điểm tiêu chí này trước khi yêu cầu giải trình."))
    request, _new = ExplanationRequest.objects.update_or_create(
        dossier=held.dossier,
        criterion=criterion,
        defaults={"text": text, "asked_by": actor, "asked_at": held.at},
    )
    trail.record(
        held.dossier, actor, "explanation.asked",
        f"Yêu cầu giải trình tiêu chí {criterion.code}",
        at=held.at, data={"criterion": criterion.code, "text": text},
    )  # fmt: skip
    return request


@transaction.atomic
def withdraw_request(actor: User, dossier: Dossier, criterion: Criterion) -> None:
    """Take a request back before the agency has answered; without a request nothing happens."""
    held = hold_dossier(dossier, actor)
    enforce(can_ask_explanation(actor, held.dossier, criterion, at=held.at))
    request = ExplanationRequest.objects.filter(dossier=held.dossier, criterion=criterion).first()
    if request is None:
        return
    if Explanation.objects.filter(request=request).exists():
        raise Invalid(text=_("Cơ quan đã giải trình nên không rút lại yêu cầu được nữa."))
    request.delete()
    trail.record(
        held.dossier, actor, "explanation.unasked",
        f"Rút yêu cầu giải trình tiêu chí {criterion.code}",
        at=held.at, data={"criterion": criterion.code, "text": request.text},
    )  # fmt: skip


@transaction.atomic
def send_back(actor: User, dossier: Dossier, closes_at: datetime, reason: str) -> Dossier:
    """The lead gives one dossier back: the agency may change it until `closes_at`.

    Marks that the team gave stay; where the agency changes a self-score, the bench says so.
    """
    held = hold_dossier(dossier, actor)
    enforce(can_send_back(actor, held.dossier, at=held.at))
    if not reason:
        raise Invalid(reason=_("Hãy nêu lý do trả lại hồ sơ."))
    present = closes_for(held.dossier, Step.SELF_ASSESSMENT)
    if present is None:
        raise Invalid(closes_at=_("Đợt này chưa đặt thời gian tự chấm điểm."))
    if closes_at <= held.at:
        raise Invalid(closes_at=_("Hạn mới phải sau thời điểm hiện tại."))
    if closes_at < present:
        raise Invalid(
            closes_at=_("Hạn mới không được sớm hơn hạn hiện nay (%s).") % clock.minute(present)
        )
    appraisal = window(held.round, Step.APPRAISAL)
    if appraisal is not None and closes_at >= appraisal.closes_at:
        raise Invalid(
            closes_at=_("Hạn mới phải trước khi hết thời gian thẩm định (%s).")
            % clock.minute(appraisal.closes_at)
        )
    Extension.objects.create(
        dossier=held.dossier, step=Step.SELF_ASSESSMENT, closes_at=closes_at, reason=reason,
        granted_by=actor, granted_at=held.at,
    )  # fmt: skip
    move_dossier(held, SEND_BACK, actor, reason)
    trail.record(
        held.dossier, actor, "dossier.sent-back",
        f"Trả lại hồ sơ để sửa, hạn gửi lại {clock.minute(closes_at)}",
        at=held.at, data={"reason": reason, "closes_at": closes_at},
    )  # fmt: skip
    return held.dossier


@dataclass(frozen=True)
class ReportInput:
    """What a member writes to the council."""

    tasks_done: str = ""
    difficulties: str = ""
    proposals: str = ""


@transaction.atomic
def save_report(actor: User, round: Round, given: ReportInput, *, version: int) -> MemberReport:
    """The own report, one for each person and round; `version` 0 while there is none.

    Raises Refusal, ReportConflict.
    """
    held, at = hold_round(round.pk, actor)
    enforce(can_report(actor, held, at=at))
    report = MemberReport.objects.filter(round=held, author=actor).first()
    if report is None:
        report = MemberReport(round=held, author=actor, version=0)
    elif (report.tasks_done, report.difficulties, report.proposals) == (
        given.tasks_done,
        given.difficulties,
        given.proposals,
    ):
        return report
    if version != report.version:
        raise ReportConflict(report)
    report.tasks_done = given.tasks_done
    report.difficulties = given.difficulties
    report.proposals = given.proposals
    report.saved_at = at
    report.version += 1
    report.save()
    trail.record(
        held, actor, "report.saved", "Lưu báo cáo của thành viên Tổ giúp việc",
        at=at, data={"version": report.version},
    )  # fmt: skip
    return report


@transaction.atomic
def add_remark(actor: User, round: Round, text: str) -> CannedRemark:
    """Keep a remark for the whole team; the same words twice are one remark."""
    held, at = hold_round(round.pk, actor)
    enforce(can_keep_remarks(actor, held, at=at))
    if not text:
        raise Invalid(text=_("Hãy viết nhận xét mẫu."))
    remark, new = CannedRemark.objects.get_or_create(
        round=held, text=text, defaults={"created_by": actor}
    )
    if new:
        trail.record(held, actor, "remark.added", "Thêm nhận xét mẫu", at=at, data={"text": text})
    return remark


@transaction.atomic
def remove_remark(actor: User, round: Round, remark: CannedRemark) -> None:
    """Take a remark off the list; marks that used its words keep them."""
    held, at = hold_round(round.pk, actor)
    enforce(can_keep_remarks(actor, held, at=at))
    remark.delete()
    trail.record(
        held, actor, "remark.removed", "Bỏ nhận xét mẫu", at=at, data={"text": remark.text}
    )
