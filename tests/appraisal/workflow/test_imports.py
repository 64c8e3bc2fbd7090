"""Workbooks that come in: what is refused, held, confirmed; what a second import keeps."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path

import pytest

from agencies.verdict import Refusal
from appraisal.files.refusal import Refused
from appraisal.models import Assignment, CriteriaSet, Criterion, Event, Mark, WorkbookImport
from appraisal.states import RoundState, Stage
from appraisal.workbooks.criteria import CriteriaSheet
from appraisal.workbooks.survey_out import write_survey_template
from appraisal.workflow import imports
from appraisal.workflow.acting import Invalid
from tests.appraisal.preparing import (
    BEFORE,
    criteria_csv,
    demonstration_workbook,
    drafted,
    register,
)
from tests.cast import SELF_ASSESSMENT, Cast

NAMED = imports.SetInput("Bộ tiêu chí sở", "QĐ 707", is_illustrative=True)
SURVEY = "Mã cơ quan,Tên cơ quan,3.1"


@pytest.fixture
def draft(cast: Cast, clock) -> Cast:
    clock.set(BEFORE)
    drafted(cast)
    return cast


@pytest.fixture
def opened(cast: Cast, clock) -> Cast:
    clock.set(SELF_ASSESSMENT)
    return cast


@pytest.fixture
def workbook(tmp_path: Path):
    def make(name: str, content: bytes) -> imports.Workbook:
        path = tmp_path / name
        path.write_bytes(content)
        return imports.Workbook(path, name, hashlib.sha256(content).hexdigest())

    return make


def hold(cast: Cast, book: imports.Workbook) -> WorkbookImport:
    return imports.hold_criteria_import(cast.secretary, cast.round, cast.departments, book)


def hold_survey(cast: Cast, *lines: str, workbook) -> WorkbookImport:
    book = workbook("diem.csv", "\n".join([SURVEY, *lines]).encode())
    return imports.hold_survey_import(cast.secretary, cast.round, cast.departments, book)


def actions() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("action", flat=True))


def test_a_refused_file_leaves_an_event_with_its_hash_and_nothing_else(draft, workbook):
    book = workbook("a.xlsx", b"not a workbook")
    with pytest.raises(Refused):
        hold(draft, book)
    event = Event.objects.get()
    assert event.action == "import.refused"
    assert event.data["sha256"] == book.sha256
    assert event.data["code"] == "not_a_workbook"
    assert not WorkbookImport.objects.exists()


def test_a_file_with_wrong_cells_is_not_held_and_its_cells_are_in_the_event(draft, workbook):
    with pytest.raises(imports.Blocked) as blocked:
        hold(draft, workbook("a.csv", criteria_csv("1,,Chỉ đạo,-5")))
    assert [problem.cell for problem in blocked.value.sheet.problems] == ["D2"]
    event = Event.objects.get()
    assert (event.action, event.data["cells"]) == ("import.refused", ["D2"])
    assert not WorkbookImport.objects.exists()


def test_nothing_changes_before_the_confirmation(draft, workbook):
    before = list(Criterion.objects.values_list("code", "max_points"))
    hold(draft, workbook("a.csv", criteria_csv("1,,Chỉ đạo,100")))
    assert list(Criterion.objects.values_list("code", "max_points")) == before
    assert actions() == ["import.held"]


def test_a_confirmed_workbook_replaces_the_groups_tree(draft, workbook):
    register(draft)
    held = hold(draft, workbook("a.xlsx", demonstration_workbook()))
    accept = bool(CriteriaSheet.from_json(held.content).problems)
    criteria_set = imports.confirm_criteria_import(
        draft.secretary, held, NAMED, accept_warnings=accept
    )
    assert CriteriaSet.objects.get() == criteria_set
    assert (criteria_set.name, criteria_set.is_illustrative) == ("Bộ tiêu chí sở", True)
    nodes = {node.code: node for node in criteria_set.criteria.select_related("parent", "field")}
    assert len(nodes) == 88
    leaf = nodes["1.1.1"]
    assert (leaf.parent, leaf.field, leaf.depth) == (nodes["1.1"], nodes["1"], 2)
    assert leaf.max_points == Decimal(1)
    assert leaf.appraiser == draft.agencies["SNV"]
    roots = [node for node in nodes.values() if node.depth == 0 and not node.outside_total]
    assert sum(node.max_points for node in roots) == 100
    assert actions() == ["import.held", "criteria.imported"]


def test_a_parent_stands_before_its_children_wherever_the_sheet_had_it(draft, workbook):
    lines = ("1.1,1,Kế hoạch,100", "1,,Chỉ đạo,100")
    held = hold(draft, workbook("a.csv", criteria_csv(*lines)))
    criteria_set = imports.confirm_criteria_import(
        draft.secretary, held, NAMED, accept_warnings=True
    )
    assert [node.code for node in criteria_set.criteria.order_by("position")] == ["1", "1.1"]


def test_assignments_stay_where_the_codes_stay(draft, workbook):
    held = hold(draft, workbook("a.csv", criteria_csv("1,,Chỉ đạo,60", "9,,Mới,40")))
    imports.confirm_criteria_import(draft.secretary, held, NAMED, accept_warnings=True)
    kept = Assignment.objects.values_list("criterion__code", "is_second")
    assert sorted(kept) == [("1", False), ("1", True)]
    event = Event.objects.get(action="criteria.imported")
    assert (event.data["assignments_kept"], event.data["assignments_lost"]) == (2, 8)


def test_warnings_must_be_accepted(draft, workbook):
    lines = ("1,,Chỉ đạo,100", "1.1,1,Kế hoạch,99.5")
    held = hold(draft, workbook("a.csv", criteria_csv(*lines)))
    with pytest.raises(Invalid) as refused:
        imports.confirm_criteria_import(draft.secretary, held, NAMED, accept_warnings=False)
    assert list(refused.value.errors) == ["accept"]
    assert not Criterion.objects.filter(code="1.1", max_points="99.5").exists()
    imports.confirm_criteria_import(draft.secretary, held, NAMED, accept_warnings=True)
    assert Criterion.objects.filter(code="1.1", max_points="99.5").exists()


def test_a_workbook_is_confirmed_once(draft, workbook):
    held = hold(draft, workbook("a.csv", criteria_csv("1,,Chỉ đạo,100")))
    imports.confirm_criteria_import(draft.secretary, held, NAMED, accept_warnings=False)
    with pytest.raises(Invalid):
        imports.confirm_criteria_import(draft.secretary, held, NAMED, accept_warnings=False)


def test_a_newer_upload_replaces_the_one_that_waits(draft, workbook):
    first = hold(draft, workbook("a.csv", criteria_csv("1,,Chỉ đạo,100")))
    second = hold(draft, workbook("b.csv", criteria_csv("2,,Thể chế,100")))
    assert WorkbookImport.objects.get() == second
    with pytest.raises(Invalid):
        imports.confirm_criteria_import(draft.secretary, first, NAMED, accept_warnings=False)


def test_an_appraiser_that_ended_in_between_is_named(draft, workbook):
    header = (
        "Mã tiêu chí,Mã cha,Nội dung tiêu chí,Điểm tối đa,Cơ quan thẩm định\n1,,Chỉ đạo,100,STP"
    )
    held = hold(draft, workbook("a.csv", header.encode()))
    draft.agencies["STP"].valid_to = draft.agencies["STP"].valid_from
    draft.agencies["STP"].save()
    with pytest.raises(Invalid, match="STP"):
        imports.confirm_criteria_import(draft.secretary, held, NAMED, accept_warnings=False)


@pytest.mark.parametrize("who", ["lead", "member", "chair", "auditor", "officer", "administrator"])
def test_only_the_secretary_imports_criteria(draft, workbook, who):
    with pytest.raises(Refusal):
        imports.hold_criteria_import(
            draft.people[who], draft.round, draft.departments,
            workbook("a.csv", criteria_csv("1,,Chỉ đạo,100")),
        )  # fmt: skip
    assert actions() == []


def test_criteria_are_not_imported_once_the_round_is_open(draft, workbook):
    held = hold(draft, workbook("a.csv", criteria_csv("1,,Chỉ đạo,100")))
    draft.put(RoundState.DRAFT)
    type(draft.round).objects.filter(pk=draft.round.pk).update(
        state=RoundState.OPEN, opened_at=held.uploaded_at
    )
    with pytest.raises(Refusal):
        imports.confirm_criteria_import(draft.secretary, held, NAMED, accept_warnings=True)


# --- Survey ---------------------------------------------------------------------------------
def test_confirmed_survey_points_become_marks_of_their_stage(opened, workbook):
    held = hold_survey(
        opened, 'SNV,Sở Nội vụ,"30,5"', "SYT,Sở Y tế,31", "STP,Sở Tư pháp,35", workbook=workbook
    )
    assert imports.confirm_survey_import(opened.secretary, held, accept_warnings=False) == 3
    marks = Mark.objects.order_by("points").values_list("dossier__agency__code", "stage", "points")
    assert list(marks) == [
        ("SNV", Stage.SURVEY, Decimal("30.5")),
        ("SYT", Stage.SURVEY, Decimal(31)),
        ("STP", Stage.SURVEY, Decimal(35)),
    ]
    assert actions() == ["import.held", *["mark.survey"] * 3, "survey.imported"]


def test_a_missing_survey_point_is_a_warning_and_keeps_the_stored_one(opened, workbook):
    opened.mark("3.1", "20", Stage.SURVEY, author=opened.secretary)
    lines = ("SNV,Sở Nội vụ,30", "SYT,Sở Y tế,", "STP,Sở Tư pháp,35")
    held = hold_survey(opened, *lines, workbook=workbook)
    with pytest.raises(Invalid):
        imports.confirm_survey_import(opened.secretary, held, accept_warnings=False)
    imports.confirm_survey_import(opened.secretary, held, accept_warnings=True)
    assert Mark.objects.get(dossier=opened.dossier, stage=Stage.SURVEY).points == 20


def test_survey_points_above_the_maximum_are_refused_at_their_cell(opened, workbook):
    with pytest.raises(imports.Blocked) as blocked:
        hold_survey(opened, "SYT,Sở Y tế,36", workbook=workbook)
    assert [p.cell for p in blocked.value.sheet.problems if p.blocking] == ["C2"]
    assert not Mark.objects.exists()


def test_the_template_filled_in_comes_back(opened, workbook, tmp_path):
    from openpyxl import load_workbook

    path = tmp_path / "mau.xlsx"
    path.write_bytes(write_survey_template({"SYT": "Sở Y tế"}, {"3.1": Decimal(35)}))
    book = load_workbook(path)
    book.active["C3"] = 33.25
    book.save(path)
    held = imports.hold_survey_import(
        opened.secretary, opened.round, opened.departments,
        workbook("mau.xlsx", path.read_bytes()),
    )  # fmt: skip
    imports.confirm_survey_import(opened.secretary, held, accept_warnings=True)
    assert Mark.objects.get().points == Decimal("33.25")


@pytest.mark.parametrize("state", [RoundState.CONSOLIDATED, RoundState.APPROVED])
def test_survey_points_come_too_late_after_the_consolidation(opened, workbook, state):
    opened.put(state)
    with pytest.raises(Refusal):
        hold_survey(opened, "SYT,Sở Y tế,30", workbook=workbook)


def test_survey_points_may_come_while_the_council_sits(opened, workbook):
    opened.put(RoundState.COUNCIL)
    held = hold_survey(opened, "SYT,Sở Y tế,30", workbook=workbook)
    assert imports.confirm_survey_import(opened.secretary, held, accept_warnings=True) == 1
