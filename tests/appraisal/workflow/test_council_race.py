"""Two hands at once at the end of a round: one defined outcome, on a real PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections

from agencies.verdict import Refusal
from appraisal import trail
from appraisal.models import (
    Consolidation,
    Decision,
    Dossier,
    Event,
    Mark,
    Meeting,
    Round,
    StateChange,
    guards,
)
from appraisal.queries import results
from appraisal.states import RoundState
from appraisal.workflow import council
from appraisal.workflow.acting import Invalid, MarkInput
from tests.appraisal.council_stage import authorized, convened
from tests.cast import COUNCIL, PASSWORD, build

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

ROUNDS = 200


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Run the acts in threads that start together; what each came to, in order."""
    barrier = threading.Barrier(len(acts))
    outcomes = [""] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=20)
            act()
            outcomes[place] = "done"
        except (Refusal, council.Stale, Invalid) as refused:
            outcomes[place] = type(refused).__name__
        except Exception as error:
            outcomes[place] = repr(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def back_to_council(round: Round) -> None:
    """Undo what one race did, past the guards, so that the next begins alike."""
    guards.remove(connection)
    try:
        Decision.objects.all().delete()
        Consolidation.objects.all().delete()
        Round.objects.filter(pk=round.pk).update(state=RoundState.COUNCIL)
        StateChange.objects.all().delete()
        Event.objects.all().delete()
    finally:
        guards.install(connection)


def test_two_who_approve_at_once_make_one_decision(clock: Any) -> None:
    clock.set(COUNCIL)
    cast = build()
    convened(cast)
    authorized(cast, "2021-01-15", "2021-01-15")
    for _race in range(ROUNDS):
        made = council.consolidate(cast.secretary, cast.round)
        outcomes = at_once(
            lambda seen=made.fingerprint: council.approve(cast.chair, cast.round, seen, PASSWORD),
            lambda seen=made.fingerprint: council.approve(
                cast.vice_chair, cast.round, seen, PASSWORD
            ),
        )
        assert sorted(outcomes) == ["Refusal", "done"]
        assert Decision.objects.count() == 1
        back_to_council(cast.round)


def test_a_save_that_races_with_approval_never_changes_what_was_approved(clock: Any) -> None:
    """The raw update is the worst writer there is: it asks nobody; the trigger answers it."""
    clock.set(COUNCIL)
    cast = build()
    convened(cast)
    target = Mark.objects.get(dossier=cast.dossier, criterion=cast.leaf("1.1"), stage="appraisal")

    def save(points: Decimal) -> None:
        Mark.objects.filter(pk=target.pk).update(points=points)

    for race in range(ROUNDS):
        made = council.consolidate(cast.secretary, cast.round)
        points = Decimal(race % 10) + Decimal("0.5")
        approved, saved = at_once(
            lambda seen=made.fingerprint: council.approve(cast.chair, cast.round, seen, PASSWORD),
            lambda points=points: save(points),
        )
        if approved == "done":
            assert saved != "done" or made.fingerprint == results.seal(cast.fresh()).fingerprint
            assert results.seal(cast.fresh()).fingerprint == Decision.objects.get().fingerprint
        else:
            assert (approved, saved) == ("Stale", "done")
            assert cast.fresh().state == RoundState.CONSOLIDATED
        back_to_council(cast.round)


def test_a_ruling_that_races_with_consolidation_is_in_the_snapshot_or_refused(clock: Any) -> None:
    clock.set(COUNCIL)
    cast = build()
    convened(cast)
    meeting = Meeting.objects.get()
    for race in range(ROUNDS):
        points = Decimal(race % 10)
        version = (
            Mark.objects.filter(dossier=cast.dossier, stage="council")
            .values_list("version", flat=True)
            .first()
            or 0
        )
        given = council.RulingInput(MarkInput(points=points, reason=f"Lần {race}"))
        ruled, made = at_once(
            lambda given=given, version=version: council.rule(
                cast.secretary, Dossier.objects.get(pk=cast.dossier.pk), cast.leaf("1.1"),
                meeting, given, version=version,
            ),
            lambda: council.consolidate(cast.secretary, cast.round),
        )  # fmt: skip
        assert made == "done"
        assert ruled in {"done", "Refusal"}
        kept = Consolidation.objects.get()
        assert results.seal(cast.fresh()).fingerprint == kept.fingerprint
        assert trail.fingerprint(kept.snapshot) == kept.fingerprint
        assert (f"Lần {race}" in kept.snapshot) == (ruled == "done")
        back_to_council(cast.round)
