"""What the secretariat does to prepare and steer a round, up to its opening and extensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, AgencyGroup, User
from appraisal import clock, scoring, trail
from appraisal.models import (
    CriteriaSet,
    Dossier,
    Extension,
    GradeBand,
    Round,
    Seat,
    Window,
)
from appraisal.queries import problems
from appraisal.rules import (
    can_change_windows,
    can_create_round,
    can_extend,
    can_open,
    can_prepare,
    closes_for,
    enforce,
)
from appraisal.states import OPEN_ROUND, RoundState, SeatRole, Step
from appraisal.workflow.acting import Invalid, hold_dossier, hold_round, move_round

SETTINGS = (
    "name",
    "appraisals",
    "not_applicable_method",
    "own_agency_policy",
    "tie_rule",
    "display_decimals",
    "agencies_see",
    "bonus_max",
    "penalty_max",
)
"""The settings of a round that a person chooses, in the order of the form."""


@transaction.atomic
def create_round(actor: User, year: int, settings: Mapping[str, Any]) -> Round:
    """Begin a round of the own province; who creates it is its first secretary."""
    enforce(can_create_round(actor))
    chosen = {key: settings[key] for key in SETTINGS if key in settings}
    chosen.setdefault("bonus_max", Decimal(0))
    chosen.setdefault("penalty_max", Decimal(0))
    try:
        with transaction.atomic():
            round = Round.objects.create(
                jurisdiction=actor.jurisdiction, year=year, created_by=actor, **chosen
            )
    except IntegrityError:
        raise Invalid(name=_("Năm này đã có một đợt cùng tên.")) from None
    Seat.objects.create(round=round, user=actor, role=SeatRole.SECRETARY)
    trail.record(
        round, actor, "round.created", "Lập đợt đánh giá", at=clock.read(), data={"year": year}
    )
    return round


COPIED = (
    "position",
    "depth",
    "code",
    "title",
    "max_points",
    "kind",
    "params",
    "rule_text",
    "evidence_text",
    "na_allowed",
    "note",
    "is_leaf",
    "outside_total",
)
"""What one criterion is, apart from its place in a tree."""


@transaction.atomic
def save_settings(actor: User, round: Round, settings: Mapping[str, Any]) -> Round:
    """Change the settings of a round that is not open yet."""
    held, at = hold_round(round.pk, actor)
    enforce(can_prepare(actor, held, at=at))
    before = {key: str(getattr(held, key)) for key in SETTINGS}
    for key in SETTINGS:
        if key in settings:
            setattr(held, key, settings[key])
    try:
        with transaction.atomic():
            held.save()
    except IntegrityError:
        raise Invalid(name=_("Năm này đã có một đợt cùng tên.")) from None
    changed = {
        key: [before[key], str(getattr(held, key))]
        for key in SETTINGS
        if before[key] != str(getattr(held, key))
    }
    if changed:
        trail.record(held, actor, "round.settings", "Đổi thiết lập đợt", at=at, data=changed)
    return held


@transaction.atomic
def save_windows(
    actor: User, round: Round, given: Mapping[str, tuple[datetime, datetime]], reason: str = ""
) -> Round:
    """Set the windows. In an open round a change needs a reason, and no window that is over may
    be moved into the past of what people already did.
    """
    held, at = hold_round(round.pk, actor)
    enforce(can_change_windows(actor, held, at=at))
    stored = {window.step: window for window in held.windows.all()}
    changed: dict[str, list[str]] = {}
    for step, (opens, closes) in given.items():
        if closes <= opens:
            raise Invalid(**{f"{step}_closes": _("Thời điểm đóng phải sau thời điểm mở.")})
        old = stored.get(step)
        if old is not None and (old.opens_at, old.closes_at) == (opens, closes):
            continue
        changed[step] = [
            f"{clock.minute(old.opens_at)} – {clock.minute(old.closes_at)}" if old else "",
            f"{clock.minute(opens)} – {clock.minute(closes)}",
        ]
        Window.objects.update_or_create(
            round=held, step=step, defaults={"opens_at": opens, "closes_at": closes}
        )
    if changed and held.state != RoundState.DRAFT and not reason:
        raise Invalid(reason=_("Đợt đã mở: đổi thời gian cần nêu lý do."))
    if changed:
        trail.record(
            held, actor, "round.windows", "Đổi thời gian các bước", at=at,
            data={"changed": changed, "reason": reason},
        )  # fmt: skip
    return held


@transaction.atomic
def save_bands(actor: User, round: Round, bands: Iterable[scoring.Band]) -> Round:
    """Replace the grade bands of a round that is not open yet."""
    held, at = hold_round(round.pk, actor)
    enforce(can_prepare(actor, held, at=at))
    chosen = list(bands)
    wrong = scoring.check_bands(chosen)
    if wrong:
        raise Invalid(bands=" ".join(wrong))
    held.bands.all().delete()
    GradeBand.objects.bulk_create(
        GradeBand(round=held, name=band.name, lower_bound=band.lower_bound,
                  inclusive=band.inclusive)
        for band in chosen
    )  # fmt: skip
    trail.record(
        held, actor, "round.bands", "Đặt mức xếp loại", at=at,
        data={band.name: [band.lower_bound, band.inclusive] for band in chosen},
    )  # fmt: skip
    return held


@transaction.atomic
def save_participants(actor: User, round: Round, chosen: Mapping[Agency, AgencyGroup]) -> Round:
    """Which agencies the round assesses, each in its group, while it is prepared."""
    held, at = hold_round(round.pk, actor)
    enforce(can_prepare(actor, held, at=at))
    stored = {dossier.agency_id: dossier for dossier in held.dossiers.all()}
    wanted = {agency.pk: (agency, group) for agency, group in chosen.items()}
    for key, dossier in stored.items():
        if key not in wanted:
            dossier.delete()
    for key, (agency, group) in wanted.items():
        if agency.jurisdiction_id != held.jurisdiction_id:
            raise Invalid(agencies=_("Cơ quan “%s” thuộc tỉnh khác.") % agency.name)
        if key not in stored:
            Dossier.objects.create(round=held, agency=agency, group=group)
        elif stored[key].group_id != group.pk:
            stored[key].group = group
            stored[key].save(update_fields=["group"])
    trail.record(
        held, actor, "round.participants", "Chọn cơ quan được đánh giá", at=at,
        data={agency.code: group.code for agency, group in chosen.items()},
    )  # fmt: skip
    return held


@transaction.atomic
def extend(
    actor: User, dossier: Dossier, step: Step, closes_at: datetime, reason: str
) -> Extension:
    """Give one agency more time, with the reason; the window of the others stays."""
    held = hold_dossier(dossier, actor)
    enforce(can_extend(actor, held.dossier, step, at=held.at))
    if not reason:
        raise Invalid(reason=_("Gia hạn cần nêu lý do."))
    present = closes_for(held.dossier, step)
    if present is None:
        raise Invalid(closes_at=_("Đợt này chưa đặt thời gian cho bước đó."))
    if closes_at <= max(present, held.at):
        raise Invalid(
            closes_at=_("Hạn mới phải sau bây giờ và sau hạn hiện tại (%s).")
            % clock.minute(present)
        )
    extension = Extension.objects.create(
        dossier=held.dossier, step=step, closes_at=closes_at, reason=reason, granted_by=actor,
        granted_at=held.at,
    )  # fmt: skip
    trail.record(
        held.dossier, actor, "dossier.extended",
        f"Gia hạn “{trail.official(step.label)}” đến {clock.minute(closes_at)}",
        at=held.at, data={"step": step, "closes_at": closes_at, "reason": reason},
    )  # fmt: skip
    return extension


class NotReady(Exception):
    """The round cannot open yet; `problems` lists what is missing."""

    def __init__(self, found: list[problems.Problem]) -> None:
        super().__init__(_("Còn %d việc phải chuẩn bị trước khi mở đợt.") % len(found))
        self.problems = found


def criteria_hash(criteria_set: CriteriaSet) -> str:
    """The sha256 of everything that a criteria set says, in canonical form."""
    return trail.fingerprint(
        trail.canonical(
            {
                "name": criteria_set.name,
                "basis": criteria_set.basis,
                "criteria": [
                    {
                        **{key: getattr(node, key) for key in COPIED if key != "max_points"},
                        "max_points": f"{node.max_points:.2f}",
                        "parent": node.parent.code if node.parent else None,
                        "appraiser": node.appraiser.code if node.appraiser else None,
                    }
                    for node in criteria_set.criteria.select_related(
                        "parent", "appraiser"
                    ).order_by("position")
                ],
            }
        )
    )


@transaction.atomic
def open_round(actor: User, round: Round) -> Round:
    """Open the round: its criteria sets freeze with their hash, agencies may begin.

    Raises NotReady with the list of what is missing.
    """
    held, at = hold_round(round.pk, actor)
    enforce(can_open(actor, held, at=at))
    lacking = [item for item in problems.opening_problems(held) if item.blocking]
    if lacking:
        raise NotReady(lacking)
    frozen: dict[str, str] = {}
    for criteria_set in held.criteria_sets.select_related("group"):
        criteria_set.sha256 = criteria_hash(criteria_set)
        criteria_set.frozen_at = at
        criteria_set.save(update_fields=["sha256", "frozen_at"])
        frozen[criteria_set.group.code] = criteria_set.sha256
    held.opened_at = at
    move_round(held, OPEN_ROUND, actor, at)
    trail.record(held, actor, "round.open", "Mở đợt đánh giá", at=at, data={"criteria": frozen})
    return held
