"""Which states a round and a dossier have, and which move leads from which to which.

A state changes only because a person moved it (`workflow` writes, `rules` allow). Deadlines are
not states: whether self-scoring is open today is a comparison in `rules`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class RoundState(TextChoices):
    """Where a round stands."""

    DRAFT = "draft", _("Đang chuẩn bị")
    OPEN = "open", _("Đang tự chấm và thẩm định")
    COUNCIL = "council", _("Hội đồng xem xét")
    CONSOLIDATED = "consolidated", _("Đã tổng hợp, chờ phê duyệt")
    APPROVED = "approved", _("Đã phê duyệt")
    PUBLISHED = "published", _("Đã công bố")


class DossierState(TextChoices):
    """Where the dossier of one agency stands."""

    DRAFT = "draft", _("Đang tự chấm")
    SUBMITTED = "submitted", _("Đã gửi")
    RETURNED = "returned", _("Được trả lại")


class Step(TextChoices):
    """The timed parts of an open round; each has a window."""

    SELF_ASSESSMENT = "self_assessment", _("Tự chấm điểm")
    APPRAISAL = "appraisal", _("Thẩm định")
    EXPLANATION = "explanation", _("Giải trình")
    REAPPRAISAL = "reappraisal", _("Thẩm định lần 2")
    COUNCIL = "council", _("Họp Hội đồng")


EXTENDABLE_STEPS: tuple[Step, ...] = (Step.SELF_ASSESSMENT, Step.EXPLANATION)
"""The steps of the agencies themselves; only these can be extended for one of them."""


class Stage(TextChoices):
    """Who gave a mark, in the order in which a later one prevails."""

    SELF = "self", _("Tự chấm")
    SURVEY = "survey", _("Điều tra xã hội học")
    APPRAISAL = "appraisal", _("Thẩm định")
    REAPPRAISAL = "reappraisal", _("Thẩm định lần 2")
    COUNCIL = "council", _("Hội đồng")


DECIDING_STAGES: tuple[Stage, ...] = (
    Stage.COUNCIL,
    Stage.REAPPRAISAL,
    Stage.APPRAISAL,
    Stage.SURVEY,
)
"""The stages that may give the effective mark, the strongest first; a self-score never does."""


class SeatRole(TextChoices):
    """A place in the council or its assistance team; it belongs to one round."""

    CHAIR = "chair", _("Chủ tịch Hội đồng")
    VICE_CHAIR = "vice_chair", _("Phó Chủ tịch Hội đồng")
    COUNCIL_MEMBER = "council_member", _("Ủy viên Hội đồng")
    SECRETARY = "secretary", _("Thư ký Hội đồng")
    TEAM_LEAD = "team_lead", _("Tổ trưởng Tổ giúp việc")
    TEAM_MEMBER = "team_member", _("Thành viên Tổ giúp việc")
    AUDITOR = "auditor", _("Người giám sát (chỉ xem)")


COUNCIL_ROLES = frozenset({SeatRole.CHAIR, SeatRole.VICE_CHAIR, SeatRole.COUNCIL_MEMBER})
READING_ROLES = frozenset(SeatRole.values)


@dataclass(frozen=True)
class Move:
    """One step of the process: a name, where it may begin, where it ends."""

    name: str
    label: Promise
    sources: tuple[str, ...]
    target: str

    def starts_from(self, state: str) -> bool:
        return state in self.sources


OPEN_ROUND = Move("open", _("Mở đợt"), (RoundState.DRAFT,), RoundState.OPEN)
CONVENE = Move("convene", _("Chuyển sang Hội đồng"), (RoundState.OPEN,), RoundState.COUNCIL)
REOPEN_TEAM = Move("reopen-team", _("Trả về Tổ giúp việc"), (RoundState.COUNCIL,), RoundState.OPEN)
CONSOLIDATE = Move(
    "consolidate", _("Tổng hợp kết quả"), (RoundState.COUNCIL,), RoundState.CONSOLIDATED
)
RETURN_TO_COUNCIL = Move(
    "return", _("Trả lại Hội đồng"), (RoundState.CONSOLIDATED,), RoundState.COUNCIL
)
APPROVE = Move("approve", _("Phê duyệt"), (RoundState.CONSOLIDATED,), RoundState.APPROVED)
PUBLISH = Move("publish", _("Công bố"), (RoundState.APPROVED,), RoundState.PUBLISHED)

ROUND_MOVES: tuple[Move, ...] = (
    OPEN_ROUND,
    CONVENE,
    REOPEN_TEAM,
    CONSOLIDATE,
    RETURN_TO_COUNCIL,
    APPROVE,
    PUBLISH,
)

SUBMIT = Move(
    "submit", _("Gửi hồ sơ"), (DossierState.DRAFT, DossierState.RETURNED), DossierState.SUBMITTED
)
WITHDRAW = Move("withdraw", _("Rút hồ sơ"), (DossierState.SUBMITTED,), DossierState.DRAFT)
SEND_BACK = Move(
    "send-back",
    _("Trả lại cơ quan"),
    (DossierState.SUBMITTED, DossierState.DRAFT),
    DossierState.RETURNED,
)

DOSSIER_MOVES: tuple[Move, ...] = (SUBMIT, WITHDRAW, SEND_BACK)

SEALED_STATES: tuple[str, ...] = (RoundState.APPROVED, RoundState.PUBLISHED)
"""Nothing that counts may change in these; services and database triggers refuse."""
