"""What the assistance team may do: appraise, ask, look again, send back, report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from agencies.models import User
from appraisal.models import Assignment, Criterion, Dossier, ExplanationRequest, Mark, Round, Seat
from appraisal.models.round import OwnAgencyPolicy
from appraisal.rules.standing import (
    Verdict,
    closes_for,
    holds,
    in_round_window,
    in_window,
    is_open,
    no,
    roles,
    window,
    yes,
)
from appraisal.states import DossierState, RoundState, SeatRole, Stage, Step


def appraiser_of(dossier: Dossier, criterion: Criterion, *, second: bool = False) -> Seat | None:
    """The seat that the leaf is assigned to; with `second`, the second appraiser's."""
    given = _assigned(dossier.round)
    node: Criterion | None = criterion
    while node is not None:
        if (node.pk, second) in given:
            return given[node.pk, second]
        node = node.parent
    return None


def _assigned(round: Round) -> dict[tuple[int, bool], Seat]:
    """Who marks what, by criterion and whether as the second; read once and kept on the round."""
    kept: dict[tuple[int, bool], Seat] | None = round.__dict__.get("_assigned")
    if kept is None:
        kept = {
            (item.criterion_id, item.is_second): item.seat
            for item in Assignment.objects.filter(
                criterion__criteria_set__round=round
            ).select_related("seat__user")
        }
        round.__dict__["_assigned"] = kept
    return kept


def warns_own_agency(user: User, dossier: Dossier) -> bool:
    """Whether the page must say that the appraiser belongs to the appraised agency."""
    return (
        dossier.agency_id in user.agency_line
        and dossier.round.own_agency_policy != OwnAgencyPolicy.FORBID
    )


def _is_ready(dossier: Dossier, at: datetime) -> Verdict:
    """A dossier is appraised once it is submitted, or as it stands once its time is over."""
    if dossier.state == DossierState.SUBMITTED:
        return yes()
    closes = closes_for(dossier, Step.SELF_ASSESSMENT)
    if closes is not None and at > closes:
        return yes()
    if dossier.state == DossierState.RETURNED:
        return no(_("Hồ sơ đã trả lại cơ quan, chờ cơ quan gửi lại."))
    return no(_("Cơ quan chưa gửi hồ sơ và chưa hết hạn tự chấm."))


def _is_mine(user: User, dossier: Dossier, criterion: Criterion, at: datetime) -> Verdict:
    """Whether the leaf is this person's to appraise, by assignment and own-agency policy."""
    if not (member := holds(user, dossier.round, at, SeatRole.TEAM_MEMBER)):
        return member
    first = appraiser_of(dossier, criterion)
    own = dossier.agency_id in user.agency_line
    if first is not None and first.user_id == user.pk:
        if own and dossier.round.own_agency_policy == OwnAgencyPolicy.FORBID:
            return no(_("Đợt này không cho phép thẩm định hồ sơ của chính cơ quan mình."))
        return yes()
    # The second appraiser stands in where the first comes from the appraised agency.
    if first is not None and dossier.agency_id in first.user.agency_line and not own:
        second = appraiser_of(dossier, criterion, second=True)
        if (
            second is not None
            and second.user_id == user.pk
            and dossier.round.own_agency_policy == OwnAgencyPolicy.FORBID
        ):
            return yes()
    return no(_("Tiêu chí này không được phân công cho ông/bà."))


def can_appraise(user: User, dossier: Dossier, criterion: Criterion, *, at: datetime) -> Verdict:
    """Give the first appraised mark of a leaf, or change it while the window is open."""
    if not (mine := _is_mine(user, dossier, criterion, at)):
        return mine
    if not criterion.is_leaf or criterion.is_survey:
        return no(_("Tiêu chí này không do Tổ giúp việc chấm."))
    if not (running := is_open(dossier.round)):
        return running
    if not (timely := in_window(dossier, Step.APPRAISAL, at)):
        return timely
    return _is_ready(dossier, at)


def can_ask_explanation(
    user: User, dossier: Dossier, criterion: Criterion, *, at: datetime
) -> Verdict:
    """Ask the agency to explain a leaf: who marks it, while appraising."""
    if dossier.round.appraisals == 1:
        return no(_("Đợt này thẩm định một lần, không có vòng giải trình."))
    return can_appraise(user, dossier, criterion, at=at)


def can_reappraise(user: User, dossier: Dossier, criterion: Criterion, *, at: datetime) -> Verdict:
    """Give the second mark: of a leaf that was asked to be explained, or as second appraiser."""
    if not criterion.is_leaf or criterion.is_survey:
        return no(_("Tiêu chí này không do Tổ giúp việc chấm."))
    if not (running := is_open(dossier.round)):
        return running
    first = Mark.objects.filter(dossier=dossier, criterion=criterion, stage=Stage.APPRAISAL)
    if _is_second_appraiser(user, dossier, criterion, at):
        if not first.exists():
            return no(_("Người thẩm định thứ nhất chưa chấm tiêu chí này."))
        return (
            yes()
            if in_window(dossier, Step.APPRAISAL, at)
            else in_window(dossier, Step.REAPPRAISAL, at)
        )
    if not (mine := _is_mine(user, dossier, criterion, at)):
        return mine
    if dossier.round.appraisals == 1:
        return no(_("Đợt này chỉ thẩm định một lần."))
    if not ExplanationRequest.objects.filter(dossier=dossier, criterion=criterion).exists():
        return no(_("Chỉ thẩm định lần 2 những tiêu chí đã yêu cầu giải trình."))
    return in_window(dossier, Step.REAPPRAISAL, at)


def _is_second_appraiser(user: User, dossier: Dossier, criterion: Criterion, at: datetime) -> bool:
    """Whether the policy wants this person's mark beside that of the agency's own member."""
    if dossier.round.own_agency_policy != OwnAgencyPolicy.SECOND:
        return False
    if dossier.agency_id in user.agency_line:
        return False
    if SeatRole.TEAM_MEMBER not in roles(user, dossier.round, at):
        return False
    first = appraiser_of(dossier, criterion)
    if first is None or first.user.agency_id != dossier.agency_id:
        return False
    second = appraiser_of(dossier, criterion, second=True)
    return second is not None and second.user_id == user.pk


def can_use_bench(user: User, round: Round, *, at: datetime) -> Verdict:
    """Open the bench: members work there, lead and auditor look."""
    return holds(
        user,
        round,
        at,
        SeatRole.TEAM_MEMBER,
        SeatRole.TEAM_LEAD,
        SeatRole.SECRETARY,
        SeatRole.AUDITOR,
    )


def stage_now(round: Round, at: datetime) -> Stage:
    """The mark that the team gives now: the second one from the opening of its window."""
    again = window(round, Step.REAPPRAISAL)
    if round.appraisals == 2 and again is not None and at >= again.opens_at:
        return Stage.REAPPRAISAL
    return Stage.APPRAISAL


def _is_timely(round: Round, at: datetime) -> Verdict:
    """Whether the round is open and the window of the mark that the team gives now is."""
    if not (running := is_open(round)):
        return running
    step = Step.REAPPRAISAL if stage_now(round, at) == Stage.REAPPRAISAL else Step.APPRAISAL
    return in_round_window(round, step, at)


def can_fill_workbook(user: User, round: Round, *, at: datetime) -> Verdict:
    """Take the own items as a workbook and bring it back, while the team marks. Which rows of it
    may be written, `can_appraise` and `can_reappraise` say of each."""
    if not (member := holds(user, round, at, SeatRole.TEAM_MEMBER)):
        return member
    return _is_timely(round, at)


def can_make_corrections(user: User, round: Round, *, at: datetime) -> Verdict:
    """Open the page of corrections: the lead, while the team marks."""
    if not (leading := holds(user, round, at, SeatRole.TEAM_LEAD)):
        return leading
    return _is_timely(round, at)


def read_given(dossiers: Sequence[Dossier]) -> None:
    """Read once which marks the team has given in the dossiers, for `corrected_stage`: one query
    for all of them."""
    kept: dict[int, dict[int, set[str]]] = {dossier.pk: {} for dossier in dossiers}
    for dossier, leaf, stage in Mark.objects.filter(
        dossier__in=kept, stage__in=(Stage.APPRAISAL, Stage.REAPPRAISAL)
    ).values_list("dossier_id", "criterion_id", "stage"):
        kept[dossier].setdefault(leaf, set()).add(stage)
    for item in dossiers:
        item.__dict__["_given"] = kept[item.pk]


def corrected_stage(dossier: Dossier, criterion: Criterion, at: datetime) -> Stage | None:
    """The mark that a correction replaces: the second one once its window has opened or where
    there is one already, else the first; None while nobody has marked the leaf."""
    if "_given" not in dossier.__dict__:
        read_given([dossier])
    given: set[str] = dossier.__dict__["_given"].get(criterion.pk, set())
    if not given:
        return None
    return Stage.REAPPRAISAL if Stage.REAPPRAISAL in given else stage_now(dossier.round, at)


def can_correct(user: User, dossier: Dossier, criterion: Criterion, *, at: datetime) -> Verdict:
    """Change a mark of the team, for many agencies at once and with one reason.

    The lead alone, who answers for the same measure everywhere; and only while the team itself may
    change its marks: before, nothing is there to correct, afterwards the marks are what the agency
    explained itself against and what the council decides on. A leaf that nobody has marked is its
    appraiser's and is not filled in from above. The own agency is no more the lead's to judge than
    a member's; points of the survey are nobody's of the team.
    """
    if not (making := can_make_corrections(user, dossier.round, at=at)):
        return making
    if not criterion.is_leaf or criterion.is_survey:
        return no(_("Tiêu chí này không do Tổ giúp việc chấm."))
    own = dossier.agency_id in user.agency_line
    if own and dossier.round.own_agency_policy == OwnAgencyPolicy.FORBID:
        return no(_("Đợt này không cho phép điều chỉnh điểm của chính cơ quan mình."))
    if not (ready := _is_ready(dossier, at)):
        return ready
    if corrected_stage(dossier, criterion, at) is None:
        return no(_("Tiêu chí này chưa có điểm thẩm định để điều chỉnh."))
    return yes()


def can_lead(user: User, round: Round, *, at: datetime) -> Verdict:
    """See the progress of the whole team."""
    return holds(user, round, at, SeatRole.TEAM_LEAD, SeatRole.SECRETARY, SeatRole.AUDITOR)


def can_send_back(user: User, dossier: Dossier, *, at: datetime) -> Verdict:
    """The lead gives one dossier back to its agency, with a reason and a new last moment."""
    if not (leading := holds(user, dossier.round, at, SeatRole.TEAM_LEAD)):
        return leading
    if not (running := is_open(dossier.round)):
        return running
    if dossier.state == DossierState.RETURNED:
        return no(_("Hồ sơ đã được trả lại."))
    appraisal = window(dossier.round, Step.APPRAISAL)
    if appraisal is not None and at > appraisal.closes_at:
        return no(_("Đã hết thời gian thẩm định nên không trả lại hồ sơ được nữa."))
    return yes()


def can_report(user: User, round: Round, *, at: datetime) -> Verdict:
    """A team member writes the own report until the result is sealed."""
    if not (member := holds(user, round, at, SeatRole.TEAM_MEMBER, SeatRole.TEAM_LEAD)):
        return member
    if round.state not in {RoundState.OPEN, RoundState.COUNCIL}:
        return no(_("Chỉ viết báo cáo khi đợt đang thẩm định hoặc Hội đồng đang xem xét."))
    return yes()


def can_keep_remarks(user: User, round: Round, *, at: datetime) -> Verdict:
    """Add or remove a canned remark of the round."""
    if not (member := holds(user, round, at, SeatRole.TEAM_MEMBER, SeatRole.TEAM_LEAD)):
        return member
    return is_open(round)
