"""The invariants hold after a whole year's round, and each check finds the break made for it.

Kon Tum 2020 is played once to its end; every break is made by raw SQL or by hand in the store, with
the guards of the database taken away, and is rolled back.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from appraisal import invariants, tasks
from appraisal.demonstration.history import History
from appraisal.demonstration.province import STAGES
from appraisal.files.store import evidence_store
from appraisal.models import (
    Consolidation,
    Decision,
    Dossier,
    Event,
    Evidence,
    Mark,
    Paper,
    Result,
    StateChange,
    guards,
)
from appraisal.models.papers import PaperState

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("invariants")]


@pytest.fixture(scope="module")
def published(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The whole history with its papers made; gone afterwards."""
    store = tmp_path_factory.mktemp("store")
    with (
        django_db_blocker.unblock(),
        override_settings(EVIDENCE_ROOT=store),
        transaction.atomic(),
    ):
        guards.remove(connection)
        History().play(STAGES["published"])
        for pk in Paper.objects.values_list("pk", flat=True):
            tasks.make_paper(pk)
        guards.install(connection)
        yield store
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _in_its_store(published: Path, evidence_root: Path, settings: Any) -> None:
    settings.EVIDENCE_ROOT = published


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def unwritten_save() -> None:
    mark = Mark.objects.filter(stage="self").first()
    Mark.objects.filter(pk=mark.pk).update(version=mark.version + 1)  # type: ignore[union-attr]


def edited_event() -> None:
    event = Event.objects.filter(action="round.approve").get()
    Event.objects.filter(pk=event.pk).update(sentence="Không phê duyệt")


def flipped_byte() -> None:
    path = evidence_store().path(Evidence.objects.first().sha256)  # type: ignore[union-attr]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o640)
    path.write_bytes(content)


def deleted_file() -> None:
    kept = Evidence.objects.last()
    evidence_store().path(kept.sha256).unlink()  # type: ignore[union-attr]


def stray_file() -> None:
    store = evidence_store()
    old = time.time() - 2 * invariants.STRAY_AGE
    os.utime(store.path(store.put([b"nobody's"]).sha256), (old, old))


def forgotten_temporary() -> None:
    store = evidence_store()
    path = store.temporary_root / "left-behind"
    path.write_bytes(b"half")
    old = time.time() - 2 * invariants.STRAY_AGE
    os.utime(path, (old, old))


def changed_after_sealing() -> None:
    mark = Mark.objects.filter(stage="survey").first()
    Mark.objects.filter(pk=mark.pk).update(reason="sửa sau")  # type: ignore[union-attr]


def late_mark() -> None:
    decision = Decision.objects.get()
    mark = Mark.objects.filter(stage="self").first()
    Mark.objects.filter(pk=mark.pk).update(  # type: ignore[union-attr]
        saved_at=decision.approved_at + timedelta(minutes=1)
    )


def skipped_move() -> None:
    StateChange.objects.filter(move="convene").delete()


def approved_without_seat() -> None:
    sql("UPDATE appraisal_seat SET valid_to = '2020-12-31' WHERE role = 'chair'")


def late_submission() -> None:
    first = Dossier.objects.filter(submitted_at__isnull=False).first()
    Dossier.objects.filter(pk=first.pk).update(  # type: ignore[union-attr]
        submitted_at=STAGES["council"]
    )


def swapped_ranks() -> None:
    row = Result.objects.filter(rank=1).first()
    Result.objects.filter(pk=row.pk).update(rank=2)  # type: ignore[union-attr]


def too_many_points() -> None:
    mark = Mark.objects.filter(stage="appraisal").first()
    Mark.objects.filter(pk=mark.pk).update(points=999)  # type: ignore[union-attr]


def paper_for_ever() -> None:
    Paper.objects.update(
        state=PaperState.RUNNING, started_at=STAGES["published"] - timedelta(days=400)
    )


def done_without_file() -> None:
    Paper.objects.get().files.all().delete()


def dropped_guard() -> None:
    name = "guard_append_appraisal_event"
    if connection.vendor == "postgresql":
        sql(f"DROP TRIGGER {name} ON appraisal_event")
    else:
        sql(f"DROP TRIGGER {name}_UPDATE")


BREAKS: list[tuple[str, Callable[[], None]]] = [
    ("I2", unwritten_save),
    ("I2", edited_event),
    ("I3", flipped_byte),
    ("I3", deleted_file),
    ("I4", stray_file),
    ("I4", forgotten_temporary),
    ("I5", changed_after_sealing),
    ("I6", late_mark),
    ("I7", skipped_move),
    ("I7", approved_without_seat),
    ("I8", late_submission),
    ("I9", swapped_ranks),
    ("I9", too_many_points),
    ("I11", paper_for_ever),
    ("I11", done_without_file),
    ("I15", dropped_guard),
]


def test_they_all_hold_after_a_whole_round(published: Path) -> None:
    assert Paper.objects.get().state == PaperState.DONE
    assert invariants.broken() == {}
    call_command("check_invariants")


def named(item: object) -> str:
    return getattr(item, "__name__", str(item))


@pytest.mark.parametrize(("number", "make"), BREAKS, ids=named)
def test_a_break_is_found_by_its_number(
    published: Path, number: str, make: Callable[[], None]
) -> None:
    kept = {path: path.read_bytes() for path in published.rglob("*") if path.is_file()}
    with transaction.atomic():
        if make is not dropped_guard:
            guards.remove(connection)
        make()
        assert number in invariants.broken(number)
        with pytest.raises(CommandError, match=number):
            call_command("check_invariants", only=[number])
        transaction.set_rollback(True)
    for path in set(published.rglob("*")) - kept.keys():
        if path.is_file():
            path.unlink()
    for path, content in kept.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(content)


def test_every_check_has_a_break() -> None:
    assert set(invariants.CHECKS) - {number for number, _make in BREAKS} == {"I10"}


def test_doubled_rows_cannot_even_be_written(published: Path) -> None:
    """I10 is kept by unique constraints; the check would see rows of a database that lost them."""
    dossier = Dossier.objects.first()
    assert dossier is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Dossier.objects.bulk_create(
            [Dossier(round=dossier.round, agency=dossier.agency, group=dossier.group)]
        )
    assert Consolidation.objects.count() == 1
