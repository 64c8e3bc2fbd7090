"""The figures of a round: the board against sums by hand, the snapshot against its fingerprint."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appraisal import scoring
from appraisal.models import Citation, Evidence, GradeBand, Mark
from appraisal.queries import results
from tests.appraisal.council_stage import convened
from tests.cast import COUNCIL, Cast, build, moment


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def lines(cast: Cast) -> dict[str, results.Line]:
    (section,) = results.board(results.figures(cast.fresh()), ("self", "appraised", "final"))
    return {line.dossier.agency_code: line for line in section.lines}


def test_the_board_is_what_one_counts_by_hand(cast: Cast) -> None:
    """SYT: 10 + 27 + 4,5 + 15 + 30 of 100; STP: the council cut 1.1 from 10 to 4."""
    convened(cast)
    board = lines(cast)
    assert board["SYT"].final.index == Decimal("86.5")
    assert board["STP"].final.index == Decimal("80.5")
    assert (board["SYT"].grade, board["STP"].grade) == ("Tốt", "Tốt")
    assert [(line.rank.place, line.rank.tied) for line in board.values()] == [
        (1, True), (1, True), (3, False),
    ]  # fmt: skip
    assert board["STP"].to_next == Decimal("9.5")


def test_each_reading_lets_its_own_stages_speak(cast: Cast) -> None:
    convened(cast)
    cast.mark("1.2", "20", "reappraisal", reason="Giảm sau giải trình")
    totals = lines(cast)["SYT"].totals
    assert totals["self"].appraised.achieved == Decimal("56.5")
    assert totals["appraised"].appraised.achieved == Decimal("49.5")
    assert lines(cast)["STP"].totals["appraised"].appraised.achieved == Decimal("56.5")
    assert lines(cast)["STP"].final.appraised.achieved == Decimal("50.5")


def test_the_total_is_the_sum_of_unrounded_points_not_of_shown_ones(cast: Cast) -> None:
    """Three times 3,333333 shown as 3,33 each sum to 10,00 and not to 9,99."""
    convened(cast)
    for code in ("1.1", "1.2", "2.2"):
        Mark.objects.filter(
            dossier=cast.dossier, criterion=cast.leaf(code), stage="appraisal"
        ).update(points=Decimal("3.333333"))
    Mark.objects.filter(dossier=cast.dossier, criterion=cast.leaf("2.1")).update(points=0)
    final = lines(cast)["SYT"].final
    assert final.appraised.achieved == Decimal("9.999999")
    assert scoring.show(final.appraised.achieved) == "10,00"
    assert 3 * Decimal(scoring.show(Decimal("3.333333")).replace(",", ".")) == Decimal("9.99")


def test_the_board_takes_five_queries_for_three_agencies_and_for_thirty(db: None) -> None:
    counts = []
    for agencies in (3, 30):
        cast = build(agencies)
        cast.fill()
        with CaptureQueriesContext(connection) as queries:
            results.board(results.figures(cast.round))
        counts.append(len(queries))
        cast.round.jurisdiction.code = f"tinh-{agencies}"
        cast.round.jurisdiction.save()
        for person in cast.people.values():
            person.email = f"{agencies}-{person.email}"
            person.save()
    assert counts == [5, 5]


def test_the_same_data_gives_the_same_text(cast: Cast) -> None:
    convened(cast)
    first, second = results.seal(cast.fresh()), results.seal(cast.fresh())
    assert (first.text, first.fingerprint) == (second.text, second.fingerprint)


def test_the_snapshot_names_the_effective_stage_and_the_evidence(cast: Cast) -> None:
    convened(cast)
    cite(cast, "1.1", "b")
    sealed = json.loads(results.seal(cast.fresh()).text)
    agencies = {item["code"]: item for item in sealed["groups"][0]["agencies"]}
    assert agencies["STP"]["leaves"][0]["effective"] == "council"
    assert agencies["SYT"]["leaves"][0]["effective"] == "appraisal"
    assert agencies["SYT"]["leaves"][0]["evidence"] == ["b" * 64]


def cite(cast: Cast, code: str, letter: str) -> Citation:
    evidence = Evidence.objects.create(
        agency=cast.agencies["SYT"], sha256=letter * 64, size=1, content_type="application/pdf",
        file_name="a.pdf", title="Báo cáo", issued_on=date(2020, 12, 1),
        uploaded_by=cast.officer, uploaded_at=moment(COUNCIL),
    )  # fmt: skip
    return Citation.objects.create(
        dossier=cast.dossier, criterion=cast.leaf(code), evidence=evidence,
        cited_by=cast.officer, cited_at=moment(COUNCIL),
    )  # fmt: skip


def _waive(cast: Cast) -> None:
    Mark.objects.filter(dossier=cast.dossier, criterion=cast.leaf("1.2"), stage="appraisal").update(
        points=None, not_applicable=True, reason="Không phát sinh"
    )


def _reason(cast: Cast) -> None:
    Mark.objects.filter(dossier=cast.dossier, stage="appraisal").update(reason="Lý do khác")


def _band(cast: Cast) -> None:
    GradeBand.objects.filter(name="Tốt").update(lower_bound=Decimal("80.001"))


def _bound(cast: Cast) -> None:
    GradeBand.objects.filter(name="Tốt").update(inclusive=False)


@pytest.mark.parametrize(
    "change",
    [_waive, _reason, _band, _bound, lambda cast: cite(cast, "1.1", "c")],
    ids=["not applicable", "reason", "band", "band's bound", "citation"],
)
def test_any_change_of_what_counts_changes_the_fingerprint(
    cast: Cast, change: Callable[[Cast], object]
) -> None:
    convened(cast)
    before = results.seal(cast.fresh()).fingerprint
    change(cast)
    assert results.seal(cast.fresh()).fingerprint != before


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    code=st.sampled_from(["1.1", "1.2", "2.1", "2.2"]),
    stage=st.sampled_from(["self", "appraisal"]),
    hundredths=st.integers(min_value=0, max_value=500),
)
def test_the_fingerprint_changes_exactly_when_points_change(
    sealed_cast: Cast, code: str, stage: str, hundredths: int
) -> None:
    mark = Mark.objects.get(
        dossier=sealed_cast.dossier, criterion=sealed_cast.leaf(code), stage=stage
    )
    before, old = results.seal(sealed_cast.fresh()).fingerprint, mark.points
    points = Decimal(hundredths) / 100
    Mark.objects.filter(pk=mark.pk).update(points=points)
    assert (results.seal(sealed_cast.fresh()).fingerprint == before) == (points == old)
    Mark.objects.filter(pk=mark.pk).update(points=old)
    assert results.seal(sealed_cast.fresh()).fingerprint == before


@pytest.fixture
def sealed_cast(cast: Cast) -> Cast:
    convened(cast)
    return cast
