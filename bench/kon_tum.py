"""One database, one process: Kon Tum 2020 is played, stops at three moments, and is measured.

A smaller round is the same round without most of its dossiers, inside a transaction that is rolled
back. A save is timed in the whole round only, where its commit is real.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import override_settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from appraisal.demonstration.history import History  # noqa: E402
from appraisal.demonstration.province import STAGES  # noqa: E402
from appraisal.models import (  # noqa: E402
    Citation,
    Dossier,
    Event,
    Mark,
    MarkChange,
    Ruling,
    StateChange,
    guards,
)
from bench import bare, operations, report  # noqa: E402
from bench.measuring import Aim, Row, sent_by, times  # noqa: E402
from bench.operations import Action  # noqa: E402

WHOLE = 30
SIZES = (1, 3, WHOLE)


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever is written in the block has not happened afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def only(dossiers: list[int]) -> Iterator[None]:
    """The round with these dossiers and no other, until the block ends."""
    with rolled_back():
        guards.remove(connection)
        for of_dossier in (Event.objects, StateChange.objects):
            of_dossier.filter(dossier__isnull=False).exclude(dossier__in=dossiers).delete()
        MarkChange.objects.exclude(mark__dossier__in=dossiers).delete()
        for model in (Ruling, Citation, Mark):
            model.objects.exclude(dossier__in=dossiers).delete()
        Dossier.objects.exclude(pk__in=dossiers).delete()
        guards.install(connection)
        yield


class Session:
    """The round as it is played, and the figures so far."""

    def __init__(self, requests: int) -> None:
        self.requests = requests
        self.history = History()
        self.rows: dict[str, Row] = {}

    def proceed(self, stage: str) -> None:
        """Play on to a stage, and let the clock of the pages stand there."""
        with transaction.atomic():
            self.history.play(STAGES[stage])
        self.history.round.refresh_from_db()
        settings.CLOCK_OFFSET = STAGES[stage] - timezone.now()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")

    def reads(self, actions: Callable[[History], dict[str, Action]], aim: Aim) -> None:
        """Time and count in a round of each size."""
        with rolled_back():
            self._read(actions, aim, WHOLE)
        for size in SIZES[:-1]:
            with only(operations.kept(self.history, size)):
                self._read(actions, aim, size)

    def _read(self, actions: Callable[[History], dict[str, Action]], aim: Aim, size: int) -> None:
        for name, action in actions(self.history).items():
            row = self.rows.setdefault(name, Row(name, aim))
            row.milliseconds[size] = times(action, self.requests)
            row.queries[size] = sent_by(action)

    def saves(self, name: str, action: Callable[[History], Action], aim: Aim) -> None:
        """Time in the whole round, count in each size."""
        row = self.rows[name] = Row(name, aim)
        saving = action(self.history)
        row.milliseconds[WHOLE] = times(saving, self.requests)
        row.queries[WHOLE] = sent_by(saving)
        for size in SIZES[:-1]:
            with only(operations.kept(self.history, size)):
                row.queries[size] = sent_by(action(self.history))

    def floor(self) -> list[Row]:
        """What this machine needs for the least that a request does."""
        rows = []
        officer = operations.officer(self.history)
        with override_settings(ROOT_URLCONF=bare.__name__, MIDDLEWARE=bare.MIDDLEWARE):
            for title, address in (
                ("session + one UPDATE", "/save/"),
                (f"table of {bare.ROWS} rows × 8", "/table/"),
            ):
                ask = operations.address(officer, address)
                rows.append(
                    Row(
                        title,
                        None,
                        {WHOLE: times(ask, self.requests)},
                        {WHOLE: sent_by(ask)},
                    )
                )
        return rows

    def paper(self) -> list[Row]:
        """The decision of the consolidated round: the first of this process, and the next ones."""
        first, again = (
            Row("documents.pdf, first of the process", operations.PAPER),
            Row("documents.pdf, again", operations.PAPER),
        )
        with rolled_back():
            operations.consolidate(self.history)
            make = operations.decision_pdf(self.history)
            first.milliseconds[WHOLE] = times(make, 1, warm_up=0)
            again.milliseconds[WHOLE] = times(make, 3, warm_up=0)
        return [first, again]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, required=True)
    session = Session(parser.parse_args().requests)

    begun = time.perf_counter()
    call_command("migrate", verbosity=0)
    session.proceed("self_assessment")
    report.heading(f"played up to the self-assessment in {time.perf_counter() - begun:.1f} s")
    floor = session.floor()
    session.reads(operations.self_assessment_pages, operations.PAGE)
    session.saves("marks-edit, saved", operations.save_self_score, operations.SAVE)

    session.proceed("appraisal")
    session.reads(operations.appraisal_pages, operations.PAGE)
    session.saves("bench-mark, saved", operations.save_appraisal, operations.SAVE)

    session.proceed("council")
    session.reads(operations.council_pages, operations.PAGE)
    session.reads(operations.sums, operations.CONSOLIDATE)
    session.reads(operations.approval_pages, operations.PAGE)
    papers = session.paper()

    report.table("Pages, saves, sums", session.rows.values(), SIZES)
    report.table("The decision as PDF", papers, SIZES)
    report.table("The floor of this machine, in the same run", floor, SIZES)
    uneven = [row.name for row in session.rows.values() if not row.is_level]
    if uneven:
        print(f"\n≠ the number of queries depends on the size of the round: {', '.join(uneven)}")
    return 1 if uneven else 0


if __name__ == "__main__":
    sys.exit(main())
