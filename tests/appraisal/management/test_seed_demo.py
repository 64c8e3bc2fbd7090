"""`seed_demo`: Kon Tum 2020 at every stage, the same every time; rounds for load.

The history is played once through all stages and once more to its end; what each stage looks like
is written down on the way, and everything is rolled back.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max
from django.test import override_settings
from django.utils import timezone

from agencies.models import Agency, User
from appraisal import clock, tasks, trail
from appraisal.demonstration import load, people, plan
from appraisal.demonstration.history import History
from appraisal.demonstration.province import STAGES, moment
from appraisal.models import (
    Attendance,
    Citation,
    Consolidation,
    CriteriaSet,
    Decision,
    Dossier,
    Event,
    Evidence,
    Explanation,
    ExplanationRequest,
    Mark,
    Paper,
    Result,
    Round,
    Ruling,
    Seat,
)
from appraisal.queries import problems
from appraisal.states import DossierState, RoundState, SeatRole, Stage
from appraisal.workflow import self_assessment
from appraisal.workflow.acting import MarkInput

# Without `django_db` on the tests, a selection of them would find no test database to play in.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("seed_demo")]


@dataclass(frozen=True)
class Seen:
    """What the demonstration looks like at one stage."""

    state: str
    dossiers: dict[str, str]
    filled: dict[str, int]
    appraised: Counter[str]
    requests: int
    answers: int
    rulings: int
    last_event: datetime
    blocking: list[str]
    breaks: list[str]


def look(round: Round) -> Seen:
    filled = Counter(
        Mark.objects.filter(stage=Stage.SELF).values_list("dossier__agency__code", flat=True)
    )
    return Seen(
        state=Round.objects.get(pk=round.pk).state,
        dossiers=dict(Dossier.objects.values_list("agency__code", "state")),
        filled=dict(filled),
        appraised=Counter(
            Mark.objects.filter(stage=Stage.APPRAISAL).values_list("author__email", flat=True)
        ),
        requests=ExplanationRequest.objects.count(),
        answers=Explanation.objects.count(),
        rulings=Ruling.objects.count(),
        last_event=Event.objects.aggregate(last=Max("at"))["last"],
        blocking=[
            item.sentence for item in problems.consolidation_problems(round) if item.blocking
        ],
        breaks=list(trail.breaks()),
    )


@dataclass(frozen=True)
class Ending:
    """What stands when everything has happened."""

    fingerprint: str
    results: list[tuple[str, int, Any, str]]
    decision: tuple[str, str]
    published: datetime | None
    paper: str
    absent: list[str]
    illustrative: list[bool]
    reused: list[str]
    supplements: int


def end() -> Ending:
    consolidation = Consolidation.objects.get()
    for pk in Paper.objects.values_list("pk", flat=True):
        tasks.make_paper(pk)
    decision = Decision.objects.get()
    hashes = Counter(Evidence.objects.values_list("sha256", flat=True))
    return Ending(
        fingerprint=consolidation.fingerprint,
        results=list(
            Result.objects.order_by("dossier__group__position", "rank").values_list(
                "dossier__group__code", "rank", "index", "grade"
            )
        ),
        decision=(decision.approved_by.email, decision.fingerprint),
        published=decision.published_at,
        paper=Paper.objects.get().state,
        absent=list(
            Attendance.objects.filter(present=False).values_list("seat__user__email", flat=True)
        ),
        illustrative=list(CriteriaSet.objects.values_list("is_illustrative", flat=True)),
        reused=[sha256 for sha256, times in hashes.items() if times > 1],
        supplements=Citation.objects.filter(is_supplementary=True).count(),
    )


@contextmanager
def thrown_away(store: Path) -> Iterator[None]:
    """A database as fresh as a new one, rolled back at the end."""
    with override_settings(EVIDENCE_ROOT=store), transaction.atomic():
        models = [*apps.get_app_config("agencies").get_models(),
                  *apps.get_app_config("appraisal").get_models()]  # fmt: skip
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def played(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Seen], Ending]:
    """Every stage as it was seen, and the end."""
    seen: dict[str, Seen] = {}
    with django_db_blocker.unblock(), thrown_away(tmp_path_factory.mktemp("first")):
        history = History()
        for stage, until in STAGES.items():
            history.play(until)
            seen[stage] = look(history.round)
        return seen, end()


@pytest.fixture(scope="module")
def again(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The fingerprint of a second playing, without stops."""
    with django_db_blocker.unblock(), thrown_away(tmp_path_factory.mktemp("second")):
        History().play(STAGES["published"])
        return Consolidation.objects.get().fingerprint


# --- Stages --------------------------------------------------------------------------------
@pytest.mark.parametrize("stage", STAGES)
def test_nothing_happened_after_the_moment_of_a_stage(stage: str, played: Any) -> None:
    assert played[0][stage].last_event <= STAGES[stage]


@pytest.mark.parametrize("stage", STAGES)
def test_the_trail_is_whole_at_every_stage(stage: str, played: Any) -> None:
    assert played[0][stage].breaks == []


@pytest.mark.parametrize(
    ("stage", "state"),
    [
        ("setup", RoundState.DRAFT),
        ("self_assessment", RoundState.OPEN),
        ("appraisal", RoundState.OPEN),
        ("explanation", RoundState.OPEN),
        ("council", RoundState.COUNCIL),
        ("approved", RoundState.APPROVED),
        ("published", RoundState.PUBLISHED),
    ],
)
def test_the_round_stands_where_the_stage_says(stage: str, state: str, played: Any) -> None:
    assert played[0][stage].state == state


def test_at_setup_thirty_agencies_take_part_and_nobody_has_begun(played: Any) -> None:
    seen = played[0]["setup"]
    assert len(seen.dossiers) == 30
    assert not seen.filled


def test_at_self_assessment_the_tour_finds_its_dossier_partly_filled(played: Any) -> None:
    seen = played[0]["self_assessment"]
    assert seen.dossiers[plan.TOUR] == DossierState.DRAFT
    claimed = sum(1 for leaf in plan.plans()[plan.TOUR].leaves.values() if leaf.claim)
    assert 0.6 < seen.filled[plan.TOUR] / claimed < 0.8


def test_at_self_assessment_some_have_submitted_and_some_have_not_begun(played: Any) -> None:
    seen = played[0]["self_assessment"]
    assert list(seen.dossiers.values()).count(DossierState.SUBMITTED) >= 5
    assert len(seen.dossiers.keys() - seen.filled.keys()) >= 3


def test_at_appraisal_the_members_have_come_to_different_places(played: Any) -> None:
    seen = played[0]["appraisal"]
    members = {person.email for person in people.seated() if person.role == SeatRole.TEAM_MEMBER}
    assert len(members - seen.appraised.keys()) == 1
    assert len(set(seen.appraised.values())) == 5


def test_at_appraisal_one_dossier_is_sent_back_and_one_was_never_submitted(played: Any) -> None:
    seen = played[0]["appraisal"]
    assert seen.dossiers[plan.SENT_BACK] == DossierState.RETURNED
    assert seen.dossiers[plan.NEVER_SUBMITS] == DossierState.DRAFT
    assert list(seen.dossiers.values()).count(DossierState.SUBMITTED) == 28


def test_at_explanation_some_requests_are_answered_and_some_wait(played: Any) -> None:
    seen = played[0]["explanation"]
    assert 5 <= seen.answers < seen.requests


def test_at_council_nothing_blocks_and_one_dispute_is_ruled(played: Any) -> None:
    seen = played[0]["council"]
    assert seen.blocking == []
    assert seen.answers < seen.requests
    assert seen.rulings == 1


# --- The end ----------------------------------------------------------------------------------
def test_results_are_ranked_in_each_group_by_the_index(played: Any) -> None:
    for group, size in (("department", 20), ("district", 10)):
        lines = [line for line in played[1].results if line[0] == group]
        assert [rank for _, rank, _, _ in lines] == list(range(1, size + 1))
        indexes = [index for _, _, index, _ in lines]
        assert indexes == sorted(indexes, reverse=True)
        assert all(60 < index < 97 for index in indexes)


def test_grades_are_spread_as_in_a_real_year(played: Any) -> None:
    grades = Counter(grade for *_, grade in played[1].results)
    assert grades["Tốt"] > grades["Xuất sắc"] > grades["Trung bình"] >= 1
    assert grades["Khá"] >= 5


def test_the_chair_approved_the_fingerprint_and_the_paper_is_made(played: Any) -> None:
    ending = played[1]
    assert ending.decision == (people.address("chutich"), ending.fingerprint)
    assert ending.paper == "done"
    assert ending.published == moment("2021-01-27 15:00")


def test_the_meeting_tells_who_was_absent(played: Any) -> None:
    assert played[1].absent == [people.address("uyvien3")]


def test_the_criteria_say_that_they_are_illustrative(played: Any) -> None:
    assert played[1].illustrative == [True, True]


def test_one_document_has_the_bytes_of_another_agencys(played: Any) -> None:
    assert len(played[1].reused) == 1


def test_explanations_came_with_supplementary_evidence(played: Any) -> None:
    assert played[1].supplements >= 10


def test_two_playings_give_the_same_fingerprint(played: Any, again: str) -> None:
    assert played[1].fingerprint == again


# --- The command ------------------------------------------------------------------------------
def seed(**options: Any) -> list[str]:
    output = io.StringIO()
    call_command("seed_demo", stdout=output, **options)
    return output.getvalue().splitlines()


@pytest.fixture
def var(tmp_path: Path, settings: Any) -> Path:
    settings.VAR_DIR = tmp_path / "var"
    return tmp_path / "var"


def test_it_prints_a_line_for_every_seat_and_says_how_the_others_sign_in(var: Path) -> None:
    lines = seed(stage="setup", password="Mot-mat-khau-khac")
    for person in [*people.seated(), people.administrator()]:
        line = next(line for line in lines if person.email in line)
        assert person.full_name in line
        assert line.endswith("Mot-mat-khau-khac")
    assert User.objects.get(email="canbo.dha@kontum.example.vn").check_password("Mot-mat-khau-khac")
    assert any("canbo.<mã>@" in line for line in lines)
    assert Seat.objects.count() == len(people.seated())


def test_accounts_are_printed_without_touching_the_database(var: Path) -> None:
    assert seed(accounts=True) == people.accounts()
    assert not var.exists()


def test_it_keeps_by_how_much_the_clock_is_moved(var: Path) -> None:
    seed(stage="setup")
    offset = timedelta(seconds=float((var / "clock_offset").read_text()))
    assert abs(timezone.now() + offset - STAGES["setup"]) < timedelta(minutes=1)


def test_a_second_run_refuses_and_changes_nothing(var: Path) -> None:
    seed(stage="setup")
    kept, events = (var / "clock_offset").read_text(), Event.objects.count()
    with pytest.raises(CommandError, match="đã có dữ liệu") as refusal:
        seed(stage="published")
    assert refusal.value.returncode == 1
    assert Event.objects.count() == events
    assert (var / "clock_offset").read_text() == kept


def test_it_refuses_outside_a_local_installation(var: Path, settings: Any) -> None:
    settings.LOCAL = False
    with pytest.raises(CommandError, match="PARC_LOCAL"):
        seed(stage="setup")
    assert not Agency.objects.exists()
    seed(stage="setup", force_demo=True)
    assert Agency.objects.count() == 30


# --- Load ----------------------------------------------------------------------------------------
def test_a_round_for_load_is_ready_for_the_council(var: Path) -> None:
    seed(agencies=5, stage="council")
    round = Round.objects.get()
    assert round.state == RoundState.COUNCIL
    assert round.dossiers.count() == 5
    assert [item for item in problems.consolidation_problems(round) if item.blocking] == []
    assert list(trail.breaks()) == []


def test_marks_written_in_bulk_go_on_as_if_the_workflow_had_written_them() -> None:
    round = load.build(1, "self_assessment", people.PASSWORD)
    mark = Mark.objects.select_related("criterion", "dossier", "author").first()
    assert mark is not None
    bulk = Event.objects.filter(dossier=mark.dossier, action="mark.self").first()
    with clock.stopped_at(moment("2020-12-15 09:00")):
        saved = self_assessment.save_self_score(
            mark.author, mark.dossier, mark.criterion,
            MarkInput(mark.points, mark.declared, "Nêu rõ hơn."), version=1,
        )  # fmt: skip
    assert saved.version == 2
    last = Event.objects.filter(dossier=mark.dossier).order_by("number").last()
    assert bulk is not None
    assert last is not None
    assert bulk.data.keys() == last.data.keys()
    assert (bulk.action, last.action) == ("mark.self", "mark.self")
    assert round.state == RoundState.OPEN
    assert list(trail.breaks()) == []


def test_a_round_for_load_has_only_the_stages_that_it_can_reach(var: Path) -> None:
    with pytest.raises(CommandError, match="self_assessment, appraisal, council"):
        seed(agencies=5, stage="published")
    with pytest.raises(CommandError, match="từ 1"):
        seed(agencies=0, stage="council")
    assert not Agency.objects.exists()
