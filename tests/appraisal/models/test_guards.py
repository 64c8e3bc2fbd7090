"""The database itself refuses what must never happen, whatever the application asks."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from appraisal import trail
from appraisal.models import (
    Citation,
    Criterion,
    Dossier,
    Event,
    Evidence,
    Extension,
    GradeBand,
    Mark,
    MarkChange,
    Round,
    StateChange,
    Window,
)
from appraisal.states import RoundState, Stage
from tests.cast import Cast, moment

NOON = moment("2020-12-10 12:00")


def refused(sql: str, *values: object) -> None:
    """Raw SQL that must be refused; the rest of the test goes on."""
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize("state", [RoundState.APPROVED, RoundState.PUBLISHED])
def test_no_mark_changes_in_an_approved_round(cast: Cast, state: RoundState) -> None:
    mark = cast.mark("1.1", "10")
    cast.put(state)
    refused("UPDATE appraisal_mark SET points = 1 WHERE id = %s", mark.pk)
    refused("DELETE FROM appraisal_mark WHERE id = %s", mark.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        cast.mark("2.2", "3")
    mark.refresh_from_db()
    assert mark.points == 10


def test_no_evidence_is_cited_or_dropped_in_an_approved_round(cast: Cast) -> None:
    evidence = Evidence.objects.create(
        agency=cast.agencies["SYT"], sha256="a" * 64, size=1, content_type="application/pdf",
        file_name="a.pdf", title="Kế hoạch", uploaded_by=cast.officer, uploaded_at=NOON,
    )  # fmt: skip
    fields = {
        "dossier": cast.dossier, "evidence": evidence, "cited_by": cast.officer, "cited_at": NOON
    }  # fmt: skip
    citation = Citation.objects.create(criterion=cast.leaf("1.1"), **fields)
    cast.put(RoundState.APPROVED)
    refused("DELETE FROM appraisal_citation WHERE id = %s", citation.pk)
    refused("UPDATE appraisal_citation SET pages = '9' WHERE id = %s", citation.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Citation.objects.create(criterion=cast.leaf("2.2"), **fields)


def test_no_dossier_band_window_or_extension_changes_in_an_approved_round(cast: Cast) -> None:
    cast.put(RoundState.APPROVED)
    refused("UPDATE appraisal_dossier SET state = 'submitted' WHERE id = %s", cast.dossier.pk)
    refused("UPDATE appraisal_gradeband SET lower_bound = 1 WHERE name = 'Yếu'")
    refused("DELETE FROM appraisal_window WHERE round_id = %s", cast.round.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.create(
            dossier=cast.dossier, step="self_assessment", closes_at=NOON, reason="x",
            granted_by=cast.secretary, granted_at=NOON,
        )  # fmt: skip
    assert GradeBand.objects.get(name="Yếu").lower_bound == 0
    assert Window.objects.filter(round=cast.round).count() == 5


def test_an_approved_round_may_only_be_published(cast: Cast) -> None:
    cast.put(RoundState.APPROVED)
    refused("UPDATE appraisal_round SET state = 'open' WHERE id = %s", cast.round.pk)
    refused("UPDATE appraisal_round SET bonus_max = 9 WHERE id = %s", cast.round.pk)
    refused("DELETE FROM appraisal_round WHERE id = %s", cast.round.pk)
    Round.objects.filter(pk=cast.round.pk).update(state=RoundState.PUBLISHED)
    assert cast.fresh().state == RoundState.PUBLISHED


def test_a_frozen_criterion_cannot_be_changed_added_or_removed(cast: Cast) -> None:
    leaf = cast.leaf("1.1")
    refused("UPDATE appraisal_criterion SET max_points = 99 WHERE id = %s", leaf.pk)
    refused("DELETE FROM appraisal_criterion WHERE id = %s", cast.leaf("P").pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Criterion.objects.create(
            criteria_set=leaf.criteria_set, position=99, code="9", title="Thêm",
            max_points=Decimal(1), kind="manual",
        )  # fmt: skip


def test_a_mark_never_exceeds_its_criterion(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        cast.mark("1.1", "10.01")
    mark = cast.mark("1.1", "10")
    refused("UPDATE appraisal_mark SET points = 10.5 WHERE id = %s", mark.pk)


@pytest.mark.parametrize("points", ["-0.01", "NaN"])
def test_a_mark_is_a_number_from_zero(cast: Cast, points: str) -> None:
    with pytest.raises(Exception, match=r"mark_points|NaN|decimal"), transaction.atomic():
        cast.mark("2.2", points)
    assert not Mark.objects.exists()


def test_a_judge_says_points_or_not_applicable(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        cast.mark("2.2", None, Stage.APPRAISAL)
    with pytest.raises(IntegrityError), transaction.atomic():
        cast.mark("1.2", None, Stage.APPRAISAL, not_applicable=True, reason="")
    cast.mark("1.2", None, Stage.APPRAISAL, not_applicable=True, reason="Không phát sinh")


def test_history_and_trail_only_grow(cast: Cast) -> None:
    mark = cast.mark("1.1", "10")
    change = MarkChange.objects.create(
        mark=mark, version=1, new_points=10, new_not_applicable=False, by=cast.officer, at=NOON
    )
    moved = StateChange.objects.create(
        round=cast.round, move="open", old_state="draft", new_state="open", by=cast.secretary,
        at=NOON,
    )  # fmt: skip
    event = trail.record(cast.round, cast.secretary, "round.open", "Mở đợt", at=NOON)
    rows: list[Model] = [change, moved, event]
    for row in rows:
        table = row._meta.db_table
        refused(f"DELETE FROM {table} WHERE id = %s", row.pk)  # noqa: S608
        column = "hash" if isinstance(row, Event) else "reason"
        refused(f"UPDATE {table} SET {column} = 'x' WHERE id = %s", row.pk)  # noqa: S608


def test_one_dossier_for_an_agency_in_a_round(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Dossier.objects.create(
            round=cast.round, agency=cast.agencies["SYT"], group=cast.departments
        )


def test_the_same_stage_marks_a_leaf_once(cast: Cast) -> None:
    cast.mark("1.1", "10")
    with pytest.raises(IntegrityError), transaction.atomic():
        cast.mark("1.1", "0")
