"""The process as a whole, driven at random from random moments, beside a small model of it.

The machine knows a few sentences of the regulation (who, when, in which state) in its own words and
compares: an act that the sentences forbid must be refused, one that they allow must succeed. After
every step the database holds exactly what was accepted; at the end the audit trail is whole.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from agencies.models import User
from agencies.verdict import Refusal, yes
from appraisal import clock, trail
from appraisal.models import Consolidation, ExplanationRequest, Mark
from appraisal.states import DossierState, RoundState, Stage, Step
from appraisal.workflow import appraisal, council, explanation, self_assessment
from appraisal.workflow.acting import Invalid, MarkInput
from tests.cast import APPRAISAL, PASSWORD, SELF_ASSESSMENT, WINDOWS, Cast, build, moment

LEAVES = ("1.1", "2.2")
POINTS = st.decimals(min_value=0, max_value=10, places=2)
PLACES = st.sampled_from(list(Step))


class Process(RuleBasedStateMachine):
    """One province, one dossier that is acted upon, everybody who may try."""

    cast: Cast
    at: datetime
    marks: dict[tuple[str, str], Decimal]

    def __init__(self) -> None:
        super().__init__()
        self.atom = transaction.atomic()
        self.atom.__enter__()
        self.cast = build()
        self.marks = {}
        self.state = str(RoundState.OPEN)
        self.dossier_state = str(DossierState.DRAFT)
        self.requested: set[str] = set()
        self.explained: set[str] = set()
        self.sealed: dict[tuple[str, str], Decimal] | None = None
        self.at = moment(SELF_ASSESSMENT)

    def teardown(self) -> None:
        assert list(trail.breaks()) == []
        transaction.set_rollback(True)
        self.atom.__exit__(None, None, None)
        super().teardown()

    # --- moments -------------------------------------------------------------------------
    @initialize(deep=st.sampled_from(["empty", "submitted", "appraised", "council"]))
    def start_somewhere(self, deep: str) -> None:
        """Random runs rarely get far by themselves, so some begin deep in the process."""
        if deep == "empty":
            return
        for code in LEAVES:
            self._act(lambda code=code: self._save(self.cast.officer, code, Decimal(5)))
            self.marks[code, Stage.SELF] = Decimal(5)
        self._act(lambda: self_assessment.submit(self.cast.head, self.cast.dossier))
        self.dossier_state = DossierState.SUBMITTED
        if deep == "submitted":
            return
        self.at = moment(APPRAISAL)
        for code in LEAVES:
            judge = self._judge(code)
            self._act(lambda code=code, judge=judge: self._appraise(judge, code, Decimal(5)))
            self.marks[code, Stage.APPRAISAL] = Decimal(5)
        if deep == "council":
            self._fill_the_rest()
            self.at = moment("2021-01-15 09:00")
            self._act(lambda: council.convene(self.cast.secretary, self.cast.round))
            self.state = RoundState.COUNCIL

    def _fill_the_rest(self) -> None:
        for dossier in self.cast.dossiers.values():
            own = dossier == self.cast.dossier
            for code in ("1.1", "1.2", "2.1", "2.2"):
                if not (own and code in LEAVES):
                    self.cast.mark(code, "1", Stage.APPRAISAL, dossier, author=self.cast.member)
            self.cast.mark("3.1", "30", Stage.SURVEY, dossier, author=self.cast.secretary)

    @rule(step=PLACES, last=st.booleans())
    def time_passes(self, step: Step, last: bool) -> None:
        """To the last moment of a step, or the first after it; never backwards."""
        closes = moment(WINDOWS[step][1])
        self.at = max(self.at, closes if last else closes + timedelta(seconds=1))

    # --- acts ----------------------------------------------------------------------------
    @rule(who=st.sampled_from(["officer", "head", "other_officer", "member", "chair"]),
          code=st.sampled_from(LEAVES), points=POINTS)  # fmt: skip
    def save_self_score(self, who: str, code: str, points: Decimal) -> None:
        allowed = (
            who in {"officer", "head"}
            and self.state == RoundState.OPEN
            and self.dossier_state != DossierState.SUBMITTED
            and self._during(Step.SELF_ASSESSMENT)
        )
        self._try(allowed, lambda: self._save(self.cast.people[who], code, points))
        if allowed:
            self.marks[code, Stage.SELF] = points

    @rule(who=st.sampled_from(["officer", "head", "other_head"]))
    def submit(self, who: str) -> None:
        allowed = (
            who == "head"
            and self.state == RoundState.OPEN
            and self.dossier_state != DossierState.SUBMITTED
            and self._during(Step.SELF_ASSESSMENT)
        )
        self._try(allowed, lambda: self_assessment.submit(self.cast.people[who], self.cast.dossier))
        if allowed:
            self.dossier_state = DossierState.SUBMITTED

    @rule()
    def withdraw(self) -> None:
        allowed = (
            self.state == RoundState.OPEN
            and self.dossier_state == DossierState.SUBMITTED
            and self._during(Step.SELF_ASSESSMENT)
            and not any(stage == Stage.APPRAISAL for _code, stage in self.marks)
        )
        self._try(
            allowed, lambda: self_assessment.withdraw(self.cast.head, self.cast.dossier, "Sửa")
        )
        if allowed:
            self.dossier_state = DossierState.DRAFT

    @rule(who=st.sampled_from(["member", "second_member", "lead", "officer"]),
          code=st.sampled_from(LEAVES), points=POINTS)  # fmt: skip
    def appraise(self, who: str, code: str, points: Decimal) -> None:
        person = self.cast.people[who]
        ready = self.dossier_state == DossierState.SUBMITTED or self.at > moment(
            WINDOWS[Step.SELF_ASSESSMENT][1]
        )
        allowed = (
            person == self._judge(code)
            and self.state == RoundState.OPEN
            and self._during(Step.APPRAISAL)
            and ready
        )
        self._try(allowed, lambda: self._appraise(person, code, points))
        if allowed:
            self.marks[code, Stage.APPRAISAL] = points

    @rule(code=st.sampled_from(LEAVES))
    def ask(self, code: str) -> None:
        ready = self.dossier_state == DossierState.SUBMITTED or self.at > moment(
            WINDOWS[Step.SELF_ASSESSMENT][1]
        )
        allowed = (
            self.state == RoundState.OPEN
            and self._during(Step.APPRAISAL)
            and ready
            and (code, Stage.APPRAISAL) in self.marks
        )
        self._try(
            allowed,
            lambda: appraisal.ask_explanation(
                self._judge(code), self.cast.dossier, self.cast.leaf(code), "Vì sao?"
            ),
        )
        if allowed:
            self.requested.add(code)

    @rule(code=st.sampled_from(LEAVES), who=st.sampled_from(["officer", "other_officer"]))
    def explain(self, code: str, who: str) -> None:
        allowed = (
            who == "officer"
            and self.state == RoundState.OPEN
            and code in self.requested
            and self._during(Step.EXPLANATION)
        )

        def write() -> object:
            request = ExplanationRequest.objects.filter(
                dossier=self.cast.dossier, criterion=self.cast.leaf(code)
            ).first()
            known = getattr(getattr(request, "explanation", None), "version", 0) if request else 0
            return explanation.save_explanation(
                self.cast.people[who], self.cast.dossier, self.cast.leaf(code), "Vì thế.",
                version=known,
            )  # fmt: skip

        self._try(allowed, write)
        if allowed:
            self.explained.add(code)

    @rule(code=st.sampled_from(LEAVES), points=POINTS)
    def reappraise(self, code: str, points: Decimal) -> None:
        allowed = (
            self.state == RoundState.OPEN
            and code in self.requested
            and self._during(Step.REAPPRAISAL)
        )
        self._try(
            allowed,
            lambda: appraisal.save_reappraisal(
                self._judge(code), self.cast.dossier, self.cast.leaf(code),
                MarkInput(points, reason="Xem lại"), version=self._version(code, Stage.REAPPRAISAL),
            ),
        )  # fmt: skip
        if allowed:
            self.marks[code, Stage.REAPPRAISAL] = points

    @rule()
    def convene(self) -> None:
        allowed = self.state == RoundState.OPEN and self.at > moment(WINDOWS[Step.REAPPRAISAL][1])
        self._try(allowed, lambda: council.convene(self.cast.secretary, self.cast.round))
        if allowed:
            self.state = RoundState.COUNCIL

    @rule(code=st.sampled_from(LEAVES), points=POINTS)
    def the_council_rules(self, code: str, points: Decimal) -> None:
        allowed = self.state == RoundState.COUNCIL

        def write() -> object:
            meeting = council.save_meeting(
                self.cast.secretary, self.cast.round,
                council.MeetingInput(self.at, "Hội trường", None, frozenset(), {}),
            )  # fmt: skip
            return council.rule(
                self.cast.secretary, self.cast.dossier, self.cast.leaf(code), meeting,
                council.RulingInput(MarkInput(points, reason="Biểu quyết")),
                version=self._version(code, Stage.COUNCIL),
            )  # fmt: skip

        self._try(allowed, write)
        if allowed:
            self.marks[code, Stage.COUNCIL] = points

    @rule()
    def consolidate(self) -> None:
        if self.state == RoundState.COUNCIL:
            decided = {code for code, stage in self.marks if stage != Stage.SELF}
            survey = Mark.objects.filter(stage=Stage.SURVEY).count() == 3
            answered = {
                code
                for code in self.explained
                if (code, Stage.REAPPRAISAL) not in self.marks
                and (code, Stage.COUNCIL) not in self.marks
            }
            complete = decided == set(LEAVES) and survey and not answered
            try:
                self._act(lambda: council.consolidate(self.cast.secretary, self.cast.round))
            except council.Incomplete:
                assert not complete
            else:
                assert complete
                self.state = RoundState.CONSOLIDATED
            return
        self._try(False, lambda: council.consolidate(self.cast.secretary, self.cast.round))

    @rule()
    def give_back(self) -> None:
        allowed = self.state == RoundState.CONSOLIDATED
        self._try(
            allowed, lambda: council.return_to_council(self.cast.chair, self.cast.round, "Xem lại")
        )
        if allowed:
            self.state = RoundState.COUNCIL

    @rule(who=st.sampled_from(["chair", "secretary", "council_member", "vice_chair"]),
          seen=st.sampled_from(["last", "other"]))  # fmt: skip
    def approve(self, who: str, seen: str) -> None:
        last = Consolidation.objects.filter(round=self.cast.round).first()
        shown = last.fingerprint if last and seen == "last" else "f" * 64
        allowed = who == "chair" and self.state == RoundState.CONSOLIDATED
        if allowed and seen == "other":
            with pytest.raises(council.Stale):
                self._act(
                    lambda: council.approve(self.cast.chair, self.cast.round, shown, PASSWORD)
                )
            return
        self._try(
            allowed,
            lambda: council.approve(self.cast.people[who], self.cast.round, shown, PASSWORD),
        )
        if allowed:
            self.state = RoundState.APPROVED
            self.sealed = dict(self.marks)

    @rule()
    def publish(self) -> None:
        allowed = self.state == RoundState.APPROVED
        self._try(allowed, lambda: council.publish(self.cast.secretary, self.cast.round))
        if allowed:
            self.state = RoundState.PUBLISHED

    # --- what always holds -----------------------------------------------------------------
    @invariant()
    def the_database_holds_what_was_accepted(self) -> None:
        stored = {
            (code, stage): points
            for code, stage, points in Mark.objects.filter(
                dossier=self.cast.dossier, criterion__code__in=LEAVES
            ).values_list("criterion__code", "stage", "points")
        }
        assert stored == self.marks
        assert self.cast.fresh().state == self.state
        self.cast.dossier.refresh_from_db()
        assert self.cast.dossier.state == self.dossier_state

    @invariant()
    def an_approved_result_stands(self) -> None:
        if self.sealed is not None:
            assert self.marks == self.sealed

    # --- helpers ---------------------------------------------------------------------------
    def _judge(self, code: str) -> User:
        return self.cast.member if code.startswith("1") else self.cast.second_member

    def _during(self, step: Step) -> bool:
        opens, closes = (moment(text) for text in WINDOWS[step])
        return opens <= self.at <= closes

    def _version(self, code: str, stage: str) -> int:
        mark = Mark.objects.filter(
            dossier=self.cast.dossier, criterion=self.cast.leaf(code), stage=stage
        ).first()
        return mark.version if mark else 0

    def _save(self, person: User, code: str, points: Decimal) -> object:
        return self_assessment.save_self_score(
            person, self.cast.dossier, self.cast.leaf(code), MarkInput(points, reason="Tự chấm"),
            version=self._version(code, Stage.SELF),
        )  # fmt: skip

    def _appraise(self, person: User, code: str, points: Decimal) -> object:
        return appraisal.save_appraisal(
            person, self.cast.dossier, self.cast.leaf(code), MarkInput(points, reason="Thẩm định"),
            version=self._version(code, Stage.APPRAISAL),
        )  # fmt: skip

    def _act(self, act: object) -> object:
        assert callable(act)
        with clock.stopped_at(self.at), transaction.atomic():
            return act()

    def _try(self, allowed: bool, act: object) -> None:
        """An allowed act succeeds; a forbidden one is refused and changes nothing."""
        if allowed:
            self._act(act)
            return
        with pytest.raises((Refusal, Invalid)):
            self._act(act)


def run(examples: int, steps: int = 25, *, shrink: bool = True) -> None:
    run_state_machine_as_test(
        Process,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            **({} if shrink else {"phases": [Phase.generate], "database": None}),
        ),
    )


@pytest.mark.django_db
def test_the_process_follows_the_regulation() -> None:
    run(25)


def lose_the_save(self: Mark, *args: object, **kwargs: object) -> None:
    """A save that writes nothing."""


SEEDED_BUGS = {
    "self-scores are taken whenever": (
        "appraisal.workflow.self_assessment.enforce",
        lambda verdict: None,
    ),
    "a mark is said to be saved and is not": ("appraisal.models.Mark.save", lose_the_save),
    "anybody may rule at any time": ("appraisal.workflow.council.enforce", lambda verdict: None),
    "windows are not compared": ("appraisal.rules.agency.in_window", lambda *given: yes()),
}


@pytest.mark.django_db
@pytest.mark.parametrize("bug", SEEDED_BUGS)
def test_the_machine_bites(monkeypatch: pytest.MonkeyPatch, bug: str) -> None:
    """Each seeded bug makes the machine fail, so its silence above means something."""
    target, replacement = SEEDED_BUGS[bug]
    monkeypatch.setattr(target, replacement)
    with pytest.raises(BaseException):  # noqa: B017, PT011 - whichever sentence breaks first
        run(400, shrink=False)
