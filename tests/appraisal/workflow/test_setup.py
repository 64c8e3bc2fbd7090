"""Preparing a round: what the workflow refuses and remembers, where no page shows it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from agencies.models import Agency
from agencies.verdict import Refusal
from appraisal import clock as business_clock
from appraisal import scoring, trail
from appraisal.models import Assignment, Criterion, Dossier, Event, Mark, Seat, StateChange
from appraisal.queries.problems import coverage
from appraisal.queries.setup import assignments_mark
from appraisal.states import RoundState, SeatRole, Step
from appraisal.workflow import copying, setup, staffing
from appraisal.workflow.acting import Invalid
from tests.appraisal.preparing import BEFORE, drafted
from tests.cast import SELF_ASSESSMENT, Cast, moment


@pytest.fixture
def draft(cast: Cast, clock: Any) -> Cast:
    clock.set(BEFORE)
    drafted(cast)
    return cast


def test_a_copied_round_has_everything_but_marks(cast: Cast, clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)
    cast.mark("1.1", "10")
    copy = copying.copy_round(cast.secretary, cast.round, 2021, "Chỉ số CCHC năm 2021")
    assert (copy.state, copy.copied_from) == (RoundState.DRAFT, cast.round)
    assert copy.bands.count() == cast.round.bands.count()
    assert copy.seats.count() == cast.round.seats.count()
    assert len(coverage(copy).first) == len(coverage(cast.round).first) == 7
    assert copy.criteria_sets.get().frozen_at is None
    assert not Mark.objects.filter(dossier__round=copy).exists()
    window = copy.windows.get(step=Step.SELF_ASSESSMENT)
    assert window.closes_at == moment("2021-12-20 17:00")


def test_a_copied_round_follows_agencies_to_their_successors(cast: Cast, clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)
    heir = Agency.objects.create(
        jurisdiction=cast.jurisdiction, group=cast.departments, code="SYT2", name="Sở Y tế mới",
        valid_from=date(2020, 6, 1),
    )  # fmt: skip
    old = cast.agencies["SYT"]
    old.valid_to, old.successor = date(2020, 5, 31), heir
    old.save()
    copy = copying.copy_round(cast.secretary, cast.round, 2021, "Năm 2021")
    assert set(copy.dossiers.values_list("agency__code", flat=True)) == {"SNV", "STP", "SYT2"}


def test_the_29th_of_february_becomes_the_1st_of_march(cast: Cast, clock: Any) -> None:
    clock.set(SELF_ASSESSMENT)
    cast.round.windows.filter(step=Step.COUNCIL).update(
        opens_at=moment("2020-02-29 07:00"), closes_at=moment("2020-02-29 17:00")
    )
    copy = copying.copy_round(cast.secretary, cast.round, 2021, "Năm 2021")
    assert copy.windows.get(step=Step.COUNCIL).closes_at == moment("2021-03-01 17:00")


def test_opening_freezes_the_criteria_with_a_hash_that_can_be_recomputed(draft: Cast) -> None:
    opened = setup.open_round(draft.secretary, draft.round)
    held = opened.criteria_sets.get()
    assert held.sha256 == setup.criteria_hash(held)
    assert opened.opened_at == held.frozen_at
    assert StateChange.objects.get().new_state == RoundState.OPEN
    assert Event.objects.get().data["criteria"] == {"department": held.sha256}
    with pytest.raises(Exception, match="frozen"), connection.cursor() as cursor:
        cursor.execute("UPDATE appraisal_criterion SET max_points = 99")


def test_the_hash_changes_with_any_word_of_the_criteria(draft: Cast) -> None:
    held = draft.round.criteria_sets.get()
    before = setup.criteria_hash(held)
    Criterion.objects.filter(code="1.2").update(params={"zero_below": 0.9})
    assert setup.criteria_hash(held) != before


def test_opening_lists_what_is_missing_and_changes_nothing(draft: Cast) -> None:
    Seat.objects.filter(role=SeatRole.CHAIR).delete()
    Assignment.objects.all().delete()
    with pytest.raises(setup.NotReady) as lacking:
        setup.open_round(draft.secretary, draft.round)
    assert {item.kind for item in lacking.value.problems} == {"seats", "coverage"}
    assert draft.fresh().state == RoundState.DRAFT
    assert not Event.objects.exists()


def test_bands_that_do_not_reach_zero_are_refused_and_the_old_ones_stay(draft: Cast) -> None:
    with pytest.raises(Invalid):
        setup.save_bands(draft.secretary, draft.round, [scoring.Band("Tốt", Decimal(80))])
    assert draft.round.bands.count() == 5


def test_default_assignment_gives_a_second_appraiser_for_the_own_agency(draft: Cast) -> None:
    Assignment.objects.all().delete()
    staffing.assign_by_default(draft.secretary, draft.round)
    field = Assignment.objects.filter(criterion=draft.leaf("1")).order_by("is_second")
    assert [item.seat.user for item in field] == [draft.member, draft.second_member]
    assert {leaf.code for leaf in Criterion.objects.filter(is_leaf=True)} == {
        Criterion.objects.get(pk=pk).code for pk in coverage(draft.round).first
    }


def test_assignments_saved_twice_are_one_event(draft: Cast) -> None:
    leaf = draft.leaf("1.2").pk
    seat = Seat.objects.get(user=draft.second_member).pk
    for changed in (1, 0):
        seen = assignments_mark(draft.round)
        chosen = {(leaf, False): seat}
        made = staffing.save_assignments(draft.lead, draft.round, chosen, seen=seen)
        assert made == changed
    assert Event.objects.count() == 1


def test_assignments_of_another_rounds_criteria_are_refused(draft: Cast) -> None:
    copy = copying.copy_round(draft.secretary, draft.round, 2021, "Năm 2021")
    foreign = Criterion.objects.filter(criteria_set__round=copy, code="1.1").get().pk
    with pytest.raises(Invalid):
        staffing.save_assignments(
            draft.lead, draft.round, {(foreign, False): None},
            seen=assignments_mark(draft.round),
        )  # fmt: skip


def test_an_agency_of_another_province_takes_no_part(draft: Cast) -> None:
    from tests.appraisal.preparing import stranger

    other = stranger(draft).jurisdiction
    group = other.groups.create(code="khac", name="Khác")
    agency = other.agencies.create(
        group=group, code="X", name="Cơ quan khác", valid_from=date(2015, 1, 1)
    )
    with pytest.raises(Invalid):
        setup.save_participants(draft.secretary, draft.round, {agency: draft.departments})
    assert Dossier.objects.filter(round=draft.round).count() == 3


@pytest.mark.parametrize("who", ["lead", "chair", "auditor", "officer", "administrator"])
def test_only_the_secretary_prepares(draft: Cast, who: str) -> None:
    actor = draft.people[who]
    for act in (
        lambda: setup.save_settings(actor, draft.round, {"name": "X"}),
        lambda: setup.save_windows(actor, draft.round, {}),
        lambda: setup.save_bands(actor, draft.round, []),
        lambda: setup.save_participants(actor, draft.round, {}),
        lambda: staffing.add_seat(actor, draft.round, draft.nobody, SeatRole.AUDITOR),
        lambda: setup.open_round(actor, draft.round),
    ):
        with pytest.raises(Refusal):
            act()
    assert not Event.objects.exists()


def test_every_step_of_the_preparation_leaves_a_whole_trail(draft: Cast) -> None:
    setup.save_settings(draft.secretary, draft.round, {"name": "Tên mới"})
    staffing.add_seat(draft.secretary, draft.round, draft.nobody, SeatRole.AUDITOR)
    setup.open_round(draft.secretary, draft.round)
    setup.extend(
        draft.secretary, draft.dossier, Step.SELF_ASSESSMENT, moment("2020-12-21 17:00"), "Lũ"
    )
    actions = list(Event.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["round.settings", "seat.added", "round.open", "dossier.extended"]
    assert list(trail.breaks()) == []
    assert Event.objects.latest("pk").at <= business_clock.read()
