"""What happens when the lead corrects the team's marks for many agencies: proposed, seen, written.

A proposal changes nothing and waits for its yes; each mark is then written by the one writer of
marks, with the version that the lead saw, and is asked for again under the lock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal, get_args

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.verdict import Refusal
from appraisal import clock, scoring, trail
from appraisal.models import Criterion, Mark, Round, WorkbookImport
from appraisal.papers import corrections as reading
from appraisal.papers.corrections import Change, Line
from appraisal.rules import can_correct, can_make_corrections, corrected_stage, enforce
from appraisal.states import Stage
from appraisal.workbooks import parsing
from appraisal.workflow.acting import (
    Conflict,
    Held,
    Invalid,
    MarkInput,
    hold_dossier,
    hold_round,
    write_mark,
)
from appraisal.workflow.appraisal import check_mark
from appraisal.workflow.imports import Blocked, Workbook

CORRECTIONS = WorkbookImport.Kind.CORRECTIONS

Way = Literal["points", "self", "minus", "waive"]
WAYS: tuple[Way, ...] = get_args(Way)


@dataclass(frozen=True)
class Measure:
    """What is done to every chosen agency: the same points, its own self-score, so many points
    less, or "not applicable"; and why. `amount` belongs to `points` and `minus`."""

    way: Way
    amount: Decimal | None
    reason: str


@dataclass(frozen=True)
class Corrected:
    """What a confirmation did: marks written, and those that were left, with why."""

    saved: int
    left: tuple[tuple[str, str], ...]


Skipped = list[tuple[str, str]]


def propose(
    actor: User, round: Round, criterion: Criterion, chosen: Collection[int], measure: Measure
) -> WorkbookImport:
    """Keep a measure over the chosen dossiers of a leaf for the preview; an older one goes.

    Raises Refusal, Invalid. No mark changes.
    """
    at = clock.now()
    enforce(can_make_corrections(actor, round, at=at))
    if not measure.reason:
        raise Invalid(reason=_("Hãy nêu lý do điều chỉnh."))
    if measure.way in {"points", "minus"} and measure.amount is None:
        raise Invalid(amount=_("Hãy gõ số điểm."))
    changes: list[Change] = []
    skipped: Skipped = []
    for line in reading.lines(round, actor, criterion, at):
        if line.dossier.pk not in chosen:
            continue
        name = f"{line.dossier.agency.name} – {criterion.code}"
        enforce(line.verdict)
        try:
            points = _measured(line, criterion, measure)
        except Invalid as invalid:
            skipped.append((name, str(invalid)))
        else:
            _add(changes, skipped, line, criterion, points, measure.reason, at)
    if not changes and not skipped:
        raise Invalid(dossiers=_("Hãy chọn ít nhất một cơ quan."))
    content = _content(changes, skipped)
    seal = sha256(trail.canonical(content).encode()).hexdigest()
    return _hold(actor, round, f"Tiêu chí {criterion.code}", seal, content)


def _measured(line: Line, criterion: Criterion, measure: Measure) -> Decimal | None:
    """The new points of one agency, None for "not applicable". Raises Invalid."""
    own, current = line.own, line.current
    if measure.way == "waive":
        if not criterion.na_allowed:
            raise Invalid(way=_("Tiêu chí này luôn áp dụng với mọi cơ quan."))
        return None
    if measure.way == "self":
        if own is None or (own.points is None and not own.not_applicable):
            raise Invalid(way=_("Cơ quan chưa tự chấm tiêu chí này."))
        return own.points
    assert measure.amount is not None
    if measure.way == "points":
        points = measure.amount
    elif current is None or current.points is None:
        raise Invalid(way=_("Tiêu chí này không có điểm để trừ."))
    else:
        points = current.points - measure.amount
    if not 0 <= points <= criterion.max_points:
        raise Invalid(
            way=_("Điểm sau điều chỉnh là %(points)s, ngoài khoảng từ 0 đến %(maximum)s.")
            % {
                "points": scoring.show(points, trim=True),
                "maximum": scoring.show(criterion.max_points, trim=True),
            }
        )
    return points


def _add(
    changes: list[Change], skipped: Skipped, line: Line, criterion: Criterion,
    points: Decimal | None, reason: str, at: datetime,
) -> None:  # fmt: skip
    """One change, unless the mark says so already."""
    current, stage = line.current, corrected_stage(line.dossier, criterion, at)
    assert current is not None
    assert stage is not None
    if current.points == points and current.not_applicable == (points is None):
        name = f"{line.dossier.agency.name} – {criterion.code}"
        skipped.append((name, _("Điểm không đổi.")))
        return
    # The second mark of a leaf that has none yet begins at nothing.
    seen = current.version if current.stage == stage else 0
    changes.append(Change(line.dossier.pk, criterion.pk, stage, points, reason, seen))


def hold_file(actor: User, round: Round, workbook: Workbook) -> WorkbookImport:
    """Read a workbook or CSV of corrections and keep it for the preview; an older one goes.

    Lines that the lead may not correct, or that change nothing, are kept with the reason.
    Raises Refusal, Refused (the file), Blocked (cells).
    """
    at = clock.now()
    enforce(can_make_corrections(actor, round, at=at))
    if workbook.refusal:
        raise workbook.refusal
    sheet = parsing.import_corrections(workbook.path, workbook.name, reading.known(round))
    if sheet.blocked:
        raise Blocked(sheet)
    wanted = {(row.agency, row.leaf): row for row in sheet.rows}
    changes: list[Change] = []
    skipped: Skipped = []
    codes = {leaf for _agency, leaf in wanted}
    members = reading.dossiers(round)
    for leaf in reading.leaves(round):
        if leaf.code not in codes:
            continue
        for line in reading.lines(round, actor, leaf, at, members):
            row = wanted.get((line.dossier.agency.code, leaf.code))
            if row is None:
                continue
            if line.verdict:
                _add(changes, skipped, line, leaf, row.points, row.reason, at)
            else:
                name = f"{line.dossier.agency.name} – {leaf.code}"
                skipped.append((name, line.verdict.reason))
    return _hold(actor, round, workbook.name, workbook.sha256, _content(changes, skipped))


def _content(changes: Sequence[Change], skipped: Skipped) -> dict[str, Any]:
    return {"rows": [change.to_json() for change in changes], "skipped": skipped}


def _hold(
    actor: User, round: Round, name: str, seal: str, content: dict[str, Any]
) -> WorkbookImport:
    with transaction.atomic():
        held, at = hold_round(round.pk, actor)
        enforce(can_make_corrections(actor, held, at=at))
        waiting_of(held, actor).delete()
        kept = WorkbookImport.objects.create(
            round=held, kind=CORRECTIONS, file_name=name[:255], sha256=seal, content=content,
            uploaded_by=actor, uploaded_at=at,
        )  # fmt: skip
        trail.record(
            held, actor, "corrections.held", f"Chuẩn bị điều chỉnh {len(content['rows'])} điểm",
            at=at, data={"sha256": seal, "name": name},
        )  # fmt: skip
    return kept


def waiting_of(round: Round, user: User) -> QuerySet[WorkbookImport]:
    """The person's proposal that waits for a yes, as a query."""
    return WorkbookImport.objects.filter(
        round=round, kind=CORRECTIONS, uploaded_by=user, confirmed_at__isnull=True
    )


def changes_of(waiting: WorkbookImport) -> list[Change]:
    return [Change.from_json(row) for row in waiting.content["rows"]]


@transaction.atomic
def confirm(actor: User, waiting: WorkbookImport) -> Corrected:
    """Write the marks of a proposal. One that was saved by somebody since the preview, or that the
    rule refuses by now, is left and reported.

    Raises Refusal, Invalid (confirmed before, or replaced by another proposal).
    """
    round, at = hold_round(waiting.round_id, actor)
    enforce(can_make_corrections(actor, round, at=at))
    kept = waiting_of(round, actor).filter(pk=waiting.pk).first()
    if kept is None:
        raise Invalid(
            file=_("Điều chỉnh này đã được ghi hoặc đã thay bằng điều chỉnh khác. Hãy làm lại.")
        )
    by_dossier: dict[int, list[reading.Effect]] = defaultdict(list)
    for effect in reading.effects(round, changes_of(kept), at):
        by_dossier[effect.dossier.pk].append(effect)
    saved: list[str] = []
    left: list[tuple[str, str]] = []
    for pk in sorted(by_dossier):
        held = hold_dossier(by_dossier[pk][0].dossier, actor)
        for effect in by_dossier[pk]:
            name = f"{effect.dossier.agency.code} – {effect.criterion.code}"
            try:
                _write(held, actor, effect)
            except Conflict:
                left.append((name, _("Có người vừa lưu mục này sau khi ông/bà xem trước.")))
            except Invalid as invalid:
                left.append((name, " ".join(invalid.errors.values())))
            except Refusal as refusal:
                left.append((name, str(refusal)))
            else:
                saved.append(name)
    kept.confirmed_by, kept.confirmed_at = actor, at
    kept.save(update_fields=["confirmed_by", "confirmed_at"])
    reasons = sorted({change.reason for change in changes_of(kept)})
    trail.record(
        round, actor, "corrections.made", f"Điều chỉnh hàng loạt {len(saved)} điểm", at=at,
        data={"sha256": kept.sha256, "saved": saved, "left": [name for name, _why in left],
              "reasons": reasons},
    )  # fmt: skip
    return Corrected(len(saved), tuple(left))


def _write(held: Held, actor: User, effect: reading.Effect) -> Mark:
    change, criterion = effect.change, effect.criterion
    enforce(can_correct(actor, held.dossier, criterion, at=held.at))
    if corrected_stage(held.dossier, criterion, held.at) != change.stage:
        raise Conflict(effect.current)
    given = MarkInput(
        points=change.points, reason=change.reason, not_applicable=change.not_applicable
    )
    check_mark(effect.own, criterion, given)
    return write_mark(held, criterion, Stage(change.stage), given, actor, change.seen)
