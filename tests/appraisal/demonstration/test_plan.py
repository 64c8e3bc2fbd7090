"""What everybody says in the demonstration: within the rules, the same every time."""

from datetime import date
from decimal import Decimal

import pytest

from appraisal import scoring
from appraisal.demonstration import people, plan
from appraisal.demonstration.province import criteria, kon_tum, moment
from appraisal.demonstration.times import spread
from appraisal.workbooks.criteria import CriterionRow

CODES = [agency.code for agency in kon_tum().agencies]


def rule_of(row: CriterionRow) -> scoring.Rule:
    return scoring.Rule(row.kind, row.max_points, row.params)


@pytest.mark.parametrize("code", CODES)
def test_every_mark_lies_within_its_maximum_and_says_one_thing(code: str) -> None:
    for leaf in plan.plans()[code].leaves.values():
        for said in filter(None, (leaf.claim, leaf.appraisal, leaf.final)):
            assert said.not_applicable == (said.points is None)
            assert said.points is None or 0 <= said.points <= leaf.row.max_points
            assert not said.not_applicable or (leaf.row.na_allowed and said.reason)


@pytest.mark.parametrize("code", CODES)
def test_points_that_differ_from_the_proposal_have_a_reason(code: str) -> None:
    for leaf in plan.plans()[code].leaves.values():
        claim = leaf.claim
        if claim and claim.declared and not claim.reason:
            assert scoring.propose(rule_of(leaf.row), claim.declared).points == claim.points


@pytest.mark.parametrize("code", CODES)
def test_a_leaf_without_evidence_is_explained(code: str) -> None:
    for leaf in plan.plans()[code].leaves.values():
        if leaf.claim and not leaf.citations:
            assert leaf.claim.reason


@pytest.mark.parametrize("code", CODES)
def test_the_page_that_is_cited_shows_the_leaf(code: str) -> None:
    found = plan.plans()[code]
    for leaf in found.leaves.values():
        for cited in leaf.citations[:1]:
            lines = found.documents[cited.document].sections
            place = next(number for number, line in enumerate(lines) if leaf.row.title in line)
            assert int(cited.pages) == 1 + place // plan.SECTIONS_PER_PAGE


def test_every_leaf_but_the_penalty_is_claimed_except_where_nobody_came_to_it() -> None:
    for code, found in plan.plans().items():
        unclaimed = {leaf.row.kind for leaf in found.leaves.values() if leaf.claim is None}
        assert unclaimed == {"penalty"} or code == plan.NEVER_SUBMITS


def test_one_document_is_of_another_year_and_one_serves_two_agencies() -> None:
    documents = [
        (code, document)
        for code, found in plan.plans().items()
        for document in found.documents.values()
    ]
    assert [code for code, item in documents if item.issued_on < date(2020, 1, 1)] == ["SCT"]
    shared = [code for code, item in documents if item == plan.SHARED]
    assert sorted(shared) == ["SGTVT", "SXD"]


def test_three_rulings_of_three_agencies_one_keeps_the_teams_points() -> None:
    rulings = plan.rulings()
    assert len({ruling.agency for ruling in rulings}) == 3
    kept = [
        plan.plans()[ruling.agency].leaves[ruling.code].final.points == ruling.points  # type: ignore[union-attr]
        for ruling in rulings
    ]
    assert kept == [False, True, False]


def test_one_agency_more_changes_nothing_for_the_others() -> None:
    agency = kon_tum().agency("SYT")
    again = plan.agency_plan(agency, plan.qualities()["SYT"], criteria("department").rows)
    assert again == plan.plans()["SYT"]


def test_everybody_has_an_own_name_and_address() -> None:
    everybody = [*people.seated(), people.administrator()]
    for agency in kon_tum().agencies:
        everybody += [people.officer(agency), people.head(agency)]
    assert len({person.email for person in everybody}) == len(everybody)
    assert len({person.full_name for person in everybody}) == len(everybody)


def test_the_seats_are_those_of_the_file() -> None:
    wanted = [(seat.role, seat.agency) for seat in kon_tum().seats if seat.role != "chair"]
    held = [(person.role, person.agency) for person in people.seated()]
    assert set(wanted) <= set(held)


def test_work_is_spread_over_working_hours_only() -> None:
    moments = spread(moment("2020-12-18 16:00"), moment("2020-12-21 08:00"), 40)
    assert moments == sorted(moments)
    assert all(at.weekday() != 6 and 7 <= at.hour < 17 for at in moments)
    assert moments[0] == moment("2020-12-18 16:00")


def test_survey_points_have_two_decimals() -> None:
    points = [value for found in plan.plans().values() for value in found.survey.values()]
    assert all(value == value.quantize(Decimal("0.01")) for value in points)
