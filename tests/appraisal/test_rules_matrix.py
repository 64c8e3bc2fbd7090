"""The matrix role × action × state, whole: who may do what when a round stands where.

Each row of `MATRIX` says at which moment the action is timely, what must lie on the table, and who
may do it in which states. Everybody else, in every state, must be refused with a reason. A new
rule without a row fails.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import import_module
from pkgutil import iter_modules

import pytest

from agencies.models import User
from agencies.verdict import Verdict
from appraisal import rules
from appraisal.models import Authorization, Consolidation, Evidence, ExplanationRequest, Paper
from appraisal.models.papers import PaperKind, PaperState
from appraisal.states import RoundState, Stage, Step
from tests import cast as moments
from tests.cast import Cast, moment

Ask = Callable[[Cast, User, datetime], Verdict]
Prepare = Callable[[Cast], object]

DRAFT, OPEN, COUNCIL = RoundState.DRAFT, RoundState.OPEN, RoundState.COUNCIL
CONSOLIDATED, APPROVED, PUBLISHED = (
    RoundState.CONSOLIDATED,
    RoundState.APPROVED,
    RoundState.PUBLISHED,
)
ALWAYS = tuple(RoundState)
EVERYBODY = {
    "officer", "head", "other_officer", "other_head", "secretary", "lead", "member",
    "second_member", "chair", "vice_chair", "council_member", "auditor", "administrator", "nobody",
}  # fmt: skip
TABLE_READERS = {"secretary", "lead", "chair", "vice_chair", "council_member", "auditor"}


@dataclass(frozen=True)
class Row:
    """One action: when it is timely, what it needs, who may do it and in which states."""

    ask: Ask
    at: str
    who: frozenset[str] | set[str] | dict[RoundState, set[str]]
    states: tuple[RoundState, ...]
    prepare: Prepare = field(default=lambda cast: None)

    def allowed(self, state: RoundState) -> set[str]:
        if state not in self.states:
            return set()
        return set(self.who[state] if isinstance(self.who, dict) else self.who)


def requested(cast: Cast) -> None:
    """A marked leaf that the agency is asked to explain."""
    cast.submit()
    cast.mark("1.1", "10")
    cast.mark("1.1", "5", Stage.APPRAISAL, author=cast.member, reason="Thiếu minh chứng")
    ExplanationRequest.objects.create(
        dossier=cast.dossier, criterion=cast.leaf("1.1"), text="Đề nghị giải trình",
        asked_by=cast.member, asked_at=moment(moments.APPRAISAL),
    )  # fmt: skip


def consolidated(cast: Cast) -> None:
    """A consolidation by the secretary, and a paper that lets the vice-chair stand in."""
    Consolidation.objects.create(
        round=cast.round, number=1, snapshot="{}", fingerprint="0" * 64, made_by=cast.secretary,
        made_at=moment(moments.COUNCIL),
    )  # fmt: skip
    Authorization.objects.create(
        round=cast.round, user=cast.vice_chair, document_number="12/QĐ-HĐ",
        document_date=date(2021, 1, 10), valid_from=date(2021, 1, 15), valid_to=date(2021, 1, 15),
        granted_by=cast.secretary,
    )  # fmt: skip


def uploaded(cast: Cast) -> Evidence:
    """A document in the library of Sở Y tế that nobody cites."""
    return Evidence.objects.create(
        agency=cast.agencies["SYT"], sha256="c" * 64, size=1, content_type="application/pdf",
        file_name="c.pdf", title="Kế hoạch", uploaded_by=cast.officer,
        uploaded_at=moment(moments.SELF_ASSESSMENT),
    )  # fmt: skip


def paper_of(cast: Cast) -> Paper:
    """A paper of the round that is made and says what stands; not kept."""
    return Paper(round=cast.round, kind=PaperKind.DECISION, state=PaperState.DONE)


def cited(cast: Cast) -> None:
    """The same document, cited in the dossier that is still open."""
    cast.dossier.citations.create(
        criterion=cast.leaf("1.1"), evidence=uploaded(cast), cited_by=cast.officer,
        cited_at=moment(moments.SELF_ASSESSMENT),
    )  # fmt: skip


MATRIX: dict[str, Row] = {
    "can_create_round": Row(
        lambda cast, user, at: rules.can_create_round(user),
        moments.COUNCIL, {"secretary"}, ALWAYS,
    ),
    "can_copy_round": Row(
        lambda cast, user, at: rules.can_copy_round(user, cast.round, at=at),
        moments.COUNCIL, {"secretary"}, ALWAYS,
    ),
    "can_see_setup": Row(
        lambda cast, user, at: rules.can_see_setup(user, cast.round, at=at),
        moments.SELF_ASSESSMENT, TABLE_READERS | {"member", "second_member"}, ALWAYS,
    ),
    "can_prepare": Row(
        lambda cast, user, at: rules.can_prepare(user, cast.round, at=at),
        moments.SELF_ASSESSMENT, {"secretary"}, (DRAFT,),
    ),
    "can_open": Row(
        lambda cast, user, at: rules.can_open(user, cast.round, at=at),
        moments.SELF_ASSESSMENT, {"secretary"}, (DRAFT,),
    ),
    "can_change_windows": Row(
        lambda cast, user, at: rules.can_change_windows(user, cast.round, at=at),
        moments.SELF_ASSESSMENT, {"secretary"}, (DRAFT, OPEN),
    ),
    "can_change_seats": Row(
        lambda cast, user, at: rules.can_change_seats(user, cast.round, at=at),
        moments.SELF_ASSESSMENT, {"secretary"}, (DRAFT, OPEN, COUNCIL, CONSOLIDATED),
    ),
    "can_assign": Row(
        lambda cast, user, at: rules.can_assign(user, cast.round, at=at),
        moments.APPRAISAL, {"secretary", "lead"}, (DRAFT, OPEN),
    ),
    "can_enter_survey": Row(
        lambda cast, user, at: rules.can_enter_survey(user, cast.round, at=at),
        moments.APPRAISAL, {"secretary"}, (OPEN, COUNCIL),
    ),
    "can_extend": Row(
        lambda cast, user, at: rules.can_extend(user, cast.dossier, Step.SELF_ASSESSMENT, at=at),
        moments.SELF_ASSESSMENT, {"secretary"}, (OPEN,),
    ),
    "can_enter_self_score": Row(
        lambda cast, user, at: rules.can_enter_self_score(
            user, cast.dossier, cast.leaf("1.1"), at=at
        ),
        moments.SELF_ASSESSMENT, {"officer", "head"}, (OPEN,),
    ),
    "can_attach": Row(
        lambda cast, user, at: rules.can_attach(user, at=at),
        moments.SELF_ASSESSMENT, {"officer", "head", "other_officer", "other_head"}, ALWAYS,
    ),
    "can_cite": Row(
        lambda cast, user, at: rules.can_cite(user, cast.dossier, cast.leaf("1.1"), at=at),
        moments.EXPLANATION, {"officer", "head"}, (OPEN,), requested,
    ),
    "can_describe": Row(
        lambda cast, user, at: rules.can_describe(user, Evidence.objects.get(), at=at),
        moments.SELF_ASSESSMENT, {"officer", "head"}, (OPEN,), cited,
    ),
    "can_withdraw_evidence": Row(
        lambda cast, user, at: rules.can_withdraw_evidence(user, Evidence.objects.get(), at=at),
        moments.SELF_ASSESSMENT, {"officer", "head"}, ALWAYS, uploaded,
    ),
    "can_submit": Row(
        lambda cast, user, at: rules.can_submit(user, cast.dossier, at=at),
        moments.SELF_ASSESSMENT, {"head"}, (OPEN,),
    ),
    "can_withdraw": Row(
        lambda cast, user, at: rules.can_withdraw(user, cast.dossier, at=at),
        moments.SELF_ASSESSMENT, {"head"}, (OPEN,), lambda cast: cast.submit(),
    ),
    "can_explain": Row(
        lambda cast, user, at: rules.can_explain(user, cast.dossier, cast.leaf("1.1"), at=at),
        moments.EXPLANATION, {"officer", "head"}, (OPEN,), requested,
    ),
    "can_use_bench": Row(
        lambda cast, user, at: rules.can_use_bench(user, cast.round, at=at),
        moments.APPRAISAL,
        {"member", "second_member", "lead", "secretary", "auditor"}, ALWAYS,
    ),
    "can_appraise": Row(
        lambda cast, user, at: rules.can_appraise(user, cast.dossier, cast.leaf("1.1"), at=at),
        moments.APPRAISAL, {"member"}, (OPEN,), lambda cast: cast.submit(),
    ),
    "can_ask_explanation": Row(
        lambda cast, user, at: rules.can_ask_explanation(
            user, cast.dossier, cast.leaf("1.1"), at=at
        ),
        moments.APPRAISAL, {"member"}, (OPEN,), lambda cast: cast.submit(),
    ),
    "can_reappraise": Row(
        lambda cast, user, at: rules.can_reappraise(user, cast.dossier, cast.leaf("1.1"), at=at),
        moments.REAPPRAISAL, {"member"}, (OPEN,), requested,
    ),
    "can_fill_workbook": Row(
        lambda cast, user, at: rules.can_fill_workbook(user, cast.round, at=at),
        moments.APPRAISAL, {"member", "second_member"}, (OPEN,),
    ),
    "can_make_corrections": Row(
        lambda cast, user, at: rules.can_make_corrections(user, cast.round, at=at),
        moments.APPRAISAL, {"lead"}, (OPEN,),
    ),
    "can_correct": Row(
        lambda cast, user, at: rules.can_correct(user, cast.dossier, cast.leaf("1.1"), at=at),
        moments.REAPPRAISAL, {"lead"}, (OPEN,), lambda cast: cast.fill(),
    ),
    "can_lead": Row(
        lambda cast, user, at: rules.can_lead(user, cast.round, at=at),
        moments.APPRAISAL, {"lead", "secretary", "auditor"}, ALWAYS,
    ),
    "can_send_back": Row(
        lambda cast, user, at: rules.can_send_back(user, cast.dossier, at=at),
        moments.APPRAISAL, {"lead"}, (OPEN,), lambda cast: cast.submit(),
    ),
    "can_report": Row(
        lambda cast, user, at: rules.can_report(user, cast.round, at=at),
        moments.REAPPRAISAL, {"member", "second_member", "lead"}, (OPEN, COUNCIL),
    ),
    "can_keep_remarks": Row(
        lambda cast, user, at: rules.can_keep_remarks(user, cast.round, at=at),
        moments.APPRAISAL, {"member", "second_member", "lead"}, (OPEN,),
    ),
    "can_see_table": Row(
        lambda cast, user, at: rules.can_see_table(user, cast.round, at=at),
        moments.COUNCIL, TABLE_READERS, (OPEN, COUNCIL, CONSOLIDATED, APPROVED, PUBLISHED),
    ),
    "can_convene": Row(
        lambda cast, user, at: rules.can_convene(user, cast.round, at=at),
        moments.COUNCIL, {"secretary"}, (OPEN,),
    ),
    "can_reopen_team": Row(
        lambda cast, user, at: rules.can_reopen_team(user, cast.round, at=at),
        moments.COUNCIL, {"secretary"}, (COUNCIL,),
    ),
    "can_hold_meeting": Row(
        lambda cast, user, at: rules.can_hold_meeting(user, cast.round, at=at),
        moments.COUNCIL, {"secretary"}, (COUNCIL,),
    ),
    "can_rule": Row(
        lambda cast, user, at: rules.can_rule(user, cast.dossier, at=at),
        moments.COUNCIL, {"secretary"}, (COUNCIL,),
    ),
    "can_consolidate": Row(
        lambda cast, user, at: rules.can_consolidate(user, cast.round, at=at),
        moments.COUNCIL, {"secretary"}, (COUNCIL,),
    ),
    "can_return": Row(
        lambda cast, user, at: rules.can_return(user, cast.round, at=at),
        moments.COUNCIL, {"secretary", "chair", "vice_chair"}, (CONSOLIDATED,), consolidated,
    ),
    "can_approve": Row(
        lambda cast, user, at: rules.can_approve(user, cast.round, at=at),
        moments.COUNCIL, {"chair", "vice_chair"}, (CONSOLIDATED,), consolidated,
    ),
    "can_publish": Row(
        lambda cast, user, at: rules.can_publish(user, cast.round, at=at),
        moments.AFTER, {"secretary"}, (APPROVED,),
    ),
    "can_make_paper": Row(
        lambda cast, user, at: rules.can_make_paper(user, cast.round, at=at),
        moments.AFTER, {"secretary", "chair", "vice_chair"}, (CONSOLIDATED, APPROVED, PUBLISHED),
    ),
    "can_read_paper": Row(
        lambda cast, user, at: rules.can_read_paper(
            user, cast.round, PaperKind.SELF_REPORT, cast.dossier, at=at
        ),
        moments.AFTER, {DRAFT: {"officer", "head"}, **{
            state: TABLE_READERS | {"officer", "head"} for state in (
                OPEN, COUNCIL, CONSOLIDATED, APPROVED, PUBLISHED,
            )
        }},
        ALWAYS,
    ),
    "can_sign_paper": Row(
        lambda cast, user, at: rules.can_sign_paper(user, paper_of(cast), is_current=True, at=at),
        moments.AFTER, {"secretary", "chair", "vice_chair"}, ALWAYS,
    ),
    "can_issue_paper": Row(
        lambda cast, user, at: rules.can_issue_paper(user, paper_of(cast), is_current=True, at=at),
        moments.AFTER, {"secretary"}, (APPROVED, PUBLISHED),
    ),
    "can_keep_paper_settings": Row(
        lambda cast, user, at: rules.can_keep_paper_settings(user),
        moments.AFTER, {"secretary"}, ALWAYS,
    ),
    "can_export": Row(
        lambda cast, user, at: rules.can_export(user, cast.round, at=at),
        moments.AFTER, TABLE_READERS, (CONSOLIDATED, APPROVED, PUBLISHED),
    ),
    "can_import_past": Row(
        lambda cast, user, at: rules.can_import_past(user, cast.round, at=at),
        moments.AFTER, {"secretary"}, ALWAYS,
    ),
    "can_compare_years": Row(
        lambda cast, user, at: rules.can_compare_years(user, cast.round, at=at),
        moments.AFTER,
        {
            **dict.fromkeys((OPEN, COUNCIL, CONSOLIDATED, APPROVED), TABLE_READERS),
            DRAFT: {"secretary"}, PUBLISHED: EVERYBODY,
        },
        ALWAYS,
    ),
    "can_see_ranking": Row(
        lambda cast, user, at: rules.can_see_ranking(user, cast.round, at=at),
        # Whoever may know of the round: views begin from `visible_to`.
        moments.AFTER, {APPROVED: TABLE_READERS, PUBLISHED: EVERYBODY}, (APPROVED, PUBLISHED),
    ),
    "can_read_derivation": Row(
        lambda cast, user, at: rules.can_read_derivation(user, cast.dossier, at=at),
        moments.AFTER,
        {
            **dict.fromkeys((OPEN, COUNCIL, CONSOLIDATED, APPROVED), TABLE_READERS),
            PUBLISHED: EVERYBODY,
        },
        (OPEN, COUNCIL, CONSOLIDATED, APPROVED, PUBLISHED),
    ),
}  # fmt: skip


def test_every_rule_has_a_row() -> None:
    """Of every module of the package, so that a rule nobody re-exported is missed neither."""
    modules = [
        import_module(f"{rules.__name__}.{item.name}") for item in iter_modules(rules.__path__)
    ]
    written = {
        name
        for module in modules
        for name, value in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("can_")
    }
    assert written == set(MATRIX)


@pytest.mark.parametrize("state", ALWAYS, ids=str)
@pytest.mark.parametrize("name", MATRIX)
def test_who_may(cast: Cast, name: str, state: RoundState) -> None:
    row = MATRIX[name]
    row.prepare(cast)
    cast.put(state)
    cast.dossier.round = cast.round
    answers = {key: row.ask(cast, user, moment(row.at)) for key, user in cast.people.items()}
    allowed = {key for key, verdict in answers.items() if verdict}
    assert allowed == row.allowed(state)
    assert all(verdict.reason for verdict in answers.values() if not verdict)


@pytest.mark.parametrize("name", MATRIX)
def test_a_disabled_person_may_nothing(cast: Cast, name: str) -> None:
    row = MATRIX[name]
    row.prepare(cast)
    cast.put(row.states[0])
    cast.dossier.round = cast.round
    for key in row.allowed(row.states[0]):
        user = cast.people[key]
        user.is_active = False
        assert not row.ask(cast, user, moment(row.at)), key


TIMED = {
    "can_enter_self_score": (Step.SELF_ASSESSMENT, moments.WINDOWS[Step.SELF_ASSESSMENT]),
    "can_submit": (Step.SELF_ASSESSMENT, moments.WINDOWS[Step.SELF_ASSESSMENT]),
    "can_appraise": (Step.APPRAISAL, moments.WINDOWS[Step.APPRAISAL]),
    "can_explain": (Step.EXPLANATION, moments.WINDOWS[Step.EXPLANATION]),
    "can_reappraise": (Step.REAPPRAISAL, moments.WINDOWS[Step.REAPPRAISAL]),
}


@pytest.mark.parametrize("name", TIMED)
def test_the_last_moment_counts_and_the_next_one_does_not(cast: Cast, name: str) -> None:
    row = MATRIX[name]
    row.prepare(cast)
    _step, (opens, closes) = TIMED[name]
    user = cast.people[min(row.allowed(OPEN))]
    first, last = moment(opens), moment(closes)
    assert not row.ask(cast, user, first.replace(microsecond=0) - SECOND)
    assert row.ask(cast, user, first)
    assert row.ask(cast, user, last)
    late = row.ask(cast, user, last + SECOND / 1000)
    assert not late
    assert f"{last:%H:%M ngày %d/%m/%Y}" in late.reason


SECOND = moment("2020-01-01 00:00:01") - moment("2020-01-01 00:00:00")
