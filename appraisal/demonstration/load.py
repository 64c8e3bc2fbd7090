"""A round of any size for load: invented agencies, every leaf marked, written in bulk.

The rows are those that the workflow would have written, history of marks and trail included, so
that pages, sums and `verify_audit` see nothing unusual. The set of criteria is that of departments.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from django.contrib.auth.hashers import make_password

from agencies.models import Agency, AgencyGroup, Capacity, Jurisdiction, User
from appraisal import clock, scoring, trail
from appraisal.demonstration import people, plan
from appraisal.demonstration.province import AgencyFact, criteria, kon_tum, moment
from appraisal.models import (
    CriteriaSet,
    Criterion,
    Dossier,
    Mark,
    MarkChange,
    Round,
    StateChange,
    WorkbookImport,
)
from appraisal.queries import problems
from appraisal.states import SUBMIT, SeatRole, Stage
from appraisal.workflow import council, imports, setup, staffing

STAGES = ("self_assessment", "appraisal", "council")
GROUP = "department"
BATCH = 500
SCORED, SUBMITTED = moment("2020-12-10 09:00"), moment("2020-12-18 08:00")
APPRAISED, SURVEYED = moment("2020-12-24 09:00"), moment("2021-01-07 10:00")


@dataclass(frozen=True)
class Given:
    """A mark to be written: whose, on which leaf, by whom and when."""

    dossier: Dossier
    criterion: Criterion
    stage: Stage
    said: plan.Said
    author: User
    at: datetime


def build(number: int, stage: str, password: str) -> Round:
    """A round of so many agencies at a stage of `STAGES`; the database must be empty."""
    with clock.stopped_at(moment("2020-11-30 08:00")):
        round, staff, assessed = _open(number, password)
    dossiers = list(
        Dossier.objects.filter(round=round).select_related("agency", "round").order_by("pk")
    )
    nodes = {
        node.code: node
        for node in Criterion.objects.filter(criteria_set__round=round, is_leaf=True)
    }
    plans = [_plan(place, number, dossier) for place, dossier in enumerate(dossiers)]
    given: list[Given] = []
    for dossier, found in zip(dossiers, plans, strict=True):
        given += [
            Given(dossier, nodes[leaf.row.code], Stage.SELF, leaf.claim,
                  assessed[dossier.agency.code], SCORED)
            for leaf in found.leaves.values() if leaf.claim
        ]  # fmt: skip
    _write(given)
    if stage == "self_assessment":
        return round
    _submit(dossiers, assessed)
    if stage == "appraisal":
        return round
    appraisers = _appraisers(round)
    given = []
    for dossier, found in zip(dossiers, plans, strict=True):
        given += [
            Given(dossier, nodes[leaf.row.code], Stage.APPRAISAL, leaf.appraisal,
                  appraisers[nodes[leaf.row.code].pk], APPRAISED)
            for leaf in found.leaves.values() if leaf.appraisal
        ]  # fmt: skip
        given += [
            Given(dossier, nodes[code], Stage.SURVEY, plan.Said(points, {}),
                  staff[SeatRole.SECRETARY], SURVEYED)
            for code, points in found.survey.items()
        ]  # fmt: skip
    _write(given)
    with clock.stopped_at(moment("2021-01-14 09:00")):
        return council.convene(staff[SeatRole.SECRETARY], round)


def accounts(number: int, password: str) -> list[str]:
    """Who signs in to a round of so many agencies."""
    last = f"cq{number:03}"
    return [
        *people.seats(password),
        "",
        f"Cơ quan: {people.address('canbo.cq001')} … {people.address(f'canbo.{last}')};"
        f" {people.address('lanhdao.cq001')} … {people.address(f'lanhdao.{last}')}",
    ]


def _plan(place: int, number: int, dossier: Dossier) -> plan.AgencyPlan:
    fact = AgencyFact(dossier.agency.code, dossier.agency.name, GROUP)
    return plan.agency_plan(fact, place / max(1, number - 1), criteria(GROUP).rows)


def _open(number: int, password: str) -> tuple[Round, dict[str, User], dict[str, User]]:
    """The province with its team, the assessed agencies, an open round."""
    province = kon_tum()
    jurisdiction = Jurisdiction.objects.create(
        code="kon-tum", name=province.name, place=province.place, committee=province.committee,
        council=province.council,
    )  # fmt: skip
    group = AgencyGroup.objects.create(
        jurisdiction=jurisdiction, code=GROUP, name="Cơ quan thử tải", position=1
    )
    encoded = make_password(password)
    working = {person.agency for person in people.seated() if person.agency}
    agencies = {
        fact.code: _agency(jurisdiction, group, fact.code, fact.name)
        for fact in province.agencies
        if fact.code in working
    }
    administrator = people.administrator()
    User.objects.create(
        email=administrator.email, full_name=administrator.full_name, password=encoded,
        position=administrator.position, jurisdiction=jurisdiction, is_administrator=True,
    )  # fmt: skip
    staff: dict[str, User] = {}
    seated: list[tuple[User, people.Person]] = []
    for person in people.seated():
        user = User.objects.create(
            email=person.email, full_name=person.full_name, position=person.position,
            jurisdiction=jurisdiction, agency=agencies.get(person.agency), password=encoded,
            is_secretariat=person.is_secretariat,
        )  # fmt: skip
        staff.setdefault(person.role, user)
        seated.append((user, person))
    assessed: dict[str, User] = {}
    taking_part: dict[Agency, AgencyGroup] = {}
    for place in range(1, number + 1):
        code = f"CQ{place:03}"
        agency = _agency(jurisdiction, group, code, f"Cơ quan thử tải số {place}")
        taking_part[agency] = group
        for key, capacity in (("canbo", Capacity.OFFICER), ("lanhdao", Capacity.HEAD)):
            user = User.objects.create(
                email=people.address(f"{key}.{code.lower()}"), password=encoded,
                full_name=f"{capacity.label.capitalize()} {code}", jurisdiction=jurisdiction,
                agency=agency, capacity=capacity,
            )  # fmt: skip
            assessed.setdefault(code, user)
    secretary = staff[SeatRole.SECRETARY]
    round = setup.create_round(
        secretary, province.year,
        {"name": f"Thử tải với {number} cơ quan", "bonus_max": Decimal(2),
         "penalty_max": Decimal(2)},
    )  # fmt: skip
    setup.save_windows(secretary, round, province.windows)
    setup.save_bands(
        secretary, round, [scoring.Band(name, bound, True) for name, bound in province.grades]
    )
    setup.save_participants(secretary, round, taking_part)
    for user, person in seated:
        if user != secretary:
            staffing.add_seat(secretary, round, user, SeatRole(person.role), person.title)
    _import(secretary, round, group)
    staffing.assign_by_default(secretary, round)
    return setup.open_round(secretary, round), staff, assessed


def _agency(jurisdiction: Jurisdiction, group: AgencyGroup, code: str, name: str) -> Agency:
    return Agency.objects.create(
        jurisdiction=jurisdiction, group=group, code=code, name=name, valid_from=date(2016, 1, 1)
    )


def _import(secretary: User, round: Round, group: AgencyGroup) -> CriteriaSet:
    content = criteria(GROUP).to_json()
    waiting = WorkbookImport.objects.create(
        round=round, group=group, kind=WorkbookImport.Kind.CRITERIA, file_name=f"{GROUP}.json",
        sha256=trail.fingerprint(trail.canonical(content)), content=content,
        uploaded_by=secretary, uploaded_at=clock.now(),
    )  # fmt: skip
    given = imports.SetInput("Bộ tiêu chí minh họa để thử tải", is_illustrative=True)
    return imports.confirm_criteria_import(secretary, waiting, given, accept_warnings=True)


def _appraisers(round: Round) -> dict[int, User]:
    """Who appraises each leaf; the assessed agencies are nobody's own."""
    seats = {seat.pk: seat.user for seat in round.seats.select_related("user")}
    return {leaf: seats[seat] for leaf, seat in problems.coverage(round).first.items()}


def _write(given: list[Given]) -> None:
    """Marks with their history and events, as `workflow.acting.write_mark` writes each."""
    marks = Mark.objects.bulk_create(
        [
            Mark(dossier=item.dossier, criterion=item.criterion, stage=item.stage,
                 points=item.said.points, declared=item.said.declared, reason=item.said.reason,
                 not_applicable=item.said.not_applicable, author=item.author, saved_at=item.at,
                 version=1)
            for item in given
        ],
        batch_size=BATCH,
    )  # fmt: skip
    MarkChange.objects.bulk_create(
        [
            MarkChange(mark=mark, version=1, new_points=mark.points,
                       new_not_applicable=mark.not_applicable, declared=mark.declared,
                       reason=mark.reason, by=item.author, at=item.at)
            for mark, item in zip(marks, given, strict=True)
        ],
        batch_size=BATCH,
    )  # fmt: skip
    for dossier, items in groupby(given, key=lambda item: item.dossier):
        trail.record_many(dossier, [_entry(item) for item in items])


def _entry(item: Given) -> trail.Entry:
    code = item.criterion.code
    return trail.Entry(
        item.author, f"mark.{item.stage}", f"Lưu điểm tiêu chí {code}", item.at,
        {
            "criterion": code, "stage": item.stage, "version": 1, "old": None,
            "new": item.said.points, "not_applicable": item.said.not_applicable,
            "reason": item.said.reason,
        },
    )  # fmt: skip


def _submit(dossiers: list[Dossier], assessed: dict[str, User]) -> None:
    changes = []
    for dossier in dossiers:
        head = User.objects.get(agency=dossier.agency, capacity=Capacity.HEAD)
        old = dossier.state
        dossier.state, dossier.submitted_at, dossier.submitted_by = SUBMIT.target, SUBMITTED, head
        changes.append(
            StateChange(round=dossier.round, dossier=dossier, move=SUBMIT.name, old_state=old,
                        new_state=SUBMIT.target, by=head, at=SUBMITTED)
        )  # fmt: skip
        entry = trail.Entry(head, "dossier.submitted", "Gửi hồ sơ tự chấm điểm", SUBMITTED, {})
        trail.record_many(dossier, [entry])
    Dossier.objects.bulk_update(dossiers, ["state", "submitted_at", "submitted_by"])
    StateChange.objects.bulk_create(changes)
