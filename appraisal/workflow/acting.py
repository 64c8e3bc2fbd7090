"""The five steps that every write shares: lock, ask, write, remember, tell.

Lock order is always round, then dossier, then the rest. Writers of marks take the round FOR SHARE
and their dossier FOR UPDATE; who moves the round takes it FOR UPDATE and so waits for them. The
moment that counts is read from the database after the locks. On SQLite every transaction is
IMMEDIATE, which is the same promise with one writer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from agencies.models import User
from appraisal import clock, trail
from appraisal.models import Criterion, Dossier, Mark, MarkChange, Round, StateChange
from appraisal.rules import standing
from appraisal.states import Move


class Invalid(Exception):
    """Something typed cannot be kept as it is; `errors` maps a field to its sentence."""

    def __init__(self, **errors: str) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


class Conflict(Exception):
    """Somebody else saved in between; `current` is what is stored now (None: nothing yet)."""

    def __init__(self, current: Mark | None) -> None:
        super().__init__(_("Có người khác vừa lưu mục này."))
        self.current = current


@dataclass(frozen=True)
class Held:
    """What a write holds under its locks."""

    round: Round
    dossier: Dossier
    at: datetime


def hold_round(pk: int, actor: User) -> tuple[Round, datetime]:
    """Lock a round against everybody else; the moment is read after the lock."""
    standing.forget(actor)
    round = Round.objects.select_for_update().get(pk=pk)
    return round, clock.read()


def hold_dossier(known: Dossier, actor: User) -> Held:
    """Lock one dossier, and its round against moves. A dossier never changes its round."""
    standing.forget(actor)
    if connection.vendor == "postgresql":
        round = Round.objects.raw(
            "SELECT * FROM appraisal_round WHERE id = %s FOR SHARE", [known.round_id]
        )[0]
    else:
        round = Round.objects.get(pk=known.round_id)
    dossier = (
        Dossier.objects.select_for_update(of=("self",)).select_related("agency").get(pk=known.pk)
    )
    dossier.round = round
    return Held(round, dossier, clock.read())


def move_round(round: Round, move: Move, actor: User, at: datetime, reason: str = "") -> None:
    """The only writer of a round's state."""
    old = round.state
    if not move.starts_from(old):
        raise ValueError(f"{move.name} does not start from {old}")
    round.state = move.target
    round.save(update_fields=["state", "opened_at"])
    StateChange.objects.create(
        round=round, move=move.name, old_state=old, new_state=move.target, reason=reason,
        by=actor, at=at,
    )  # fmt: skip


def move_dossier(held: Held, move: Move, actor: User, reason: str = "") -> None:
    """The only writer of a dossier's state."""
    dossier, old = held.dossier, held.dossier.state
    if not move.starts_from(old):
        raise ValueError(f"{move.name} does not start from {old}")
    dossier.state = move.target
    dossier.save(update_fields=["state", "submitted_at", "submitted_by"])
    StateChange.objects.create(
        round=held.round, dossier=dossier, move=move.name, old_state=old,
        new_state=move.target, reason=reason, by=actor, at=held.at,
    )  # fmt: skip


@dataclass(frozen=True)
class MarkInput:
    """What a person says about a leaf; without points and not "not applicable": not yet scored."""

    points: Decimal | None = None
    declared: dict[str, object] | None = None
    reason: str = ""
    not_applicable: bool = False


def write_mark(
    held: Held, criterion: Criterion, stage: str, given: MarkInput, actor: User, version: int | None
) -> Mark:
    """Write one mark with its history; the only writer of marks.

    `version` is the one that the person had seen, 0 for no mark yet; None means that the caller
    does not compare (imports, which replace). A mark that says the same again is left alone.
    """
    mark = (
        Mark.objects.select_for_update()
        .filter(dossier=held.dossier, criterion=criterion, stage=stage)
        .first()
    )
    stored = mark.version if mark else 0
    declared = given.declared or {}
    if mark is not None and (
        mark.points == given.points
        and mark.declared == declared
        and mark.reason == given.reason
        and mark.not_applicable == given.not_applicable
    ):
        return mark
    if version is not None and version != stored:
        raise Conflict(mark)
    old_points = mark.points if mark else None
    old_na = mark.not_applicable if mark else None
    if mark is None:
        mark = Mark(dossier=held.dossier, criterion=criterion, stage=stage, version=0)
    mark.points = given.points
    mark.declared = declared
    mark.reason = given.reason
    mark.not_applicable = given.not_applicable
    mark.author = actor
    mark.saved_at = held.at
    mark.version += 1
    mark.save()
    MarkChange.objects.create(
        mark=mark, version=mark.version, old_points=old_points, new_points=mark.points,
        old_not_applicable=old_na, new_not_applicable=mark.not_applicable,
        declared=declared, reason=mark.reason, by=actor, at=held.at,
    )  # fmt: skip
    trail.record(
        held.dossier, actor, f"mark.{stage}",
        f"Lưu điểm tiêu chí {criterion.code}",
        at=held.at,
        data={
            "criterion": criterion.code, "stage": stage, "version": mark.version,
            "old": old_points, "new": mark.points, "not_applicable": mark.not_applicable,
            "reason": mark.reason,
        },
    )  # fmt: skip
    return mark
