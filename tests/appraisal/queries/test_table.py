"""The table as it is read, the derivation behind each number, the disputes and what they decide."""

from __future__ import annotations

from typing import Any

import pytest

from appraisal.models import Explanation, ExplanationRequest, Mark
from appraisal.queries import derivation, disputes, meetings, table
from appraisal.workflow import council
from tests.appraisal.council_stage import consolidated, convened
from tests.cast import COUNCIL, PASSWORD, Cast, moment


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def rows(cast: Cast, reading: table.Reading = "final") -> dict[str, table.Row]:
    (group,) = table.table(cast.fresh(), reading).groups
    return {row.agency: row for row in group.rows}


def test_the_table_is_sorted_by_rank_and_marks_ties(cast: Cast) -> None:
    convened(cast)
    assert [(row.agency, row.rank, row.tied) for row in rows(cast).values()] == [
        ("Sở Nội vụ", "1", True),
        ("Sở Y tế", "1", True),
        ("Sở Tư pháp", "3", False),
    ]


def test_numbers_have_a_decimal_comma_and_the_rounds_decimals(cast: Cast) -> None:
    convened(cast)
    row = rows(cast)["Sở Tư pháp"]
    assert (row.index.text, row.total.text, row.to_next) == (
        "80,50", "80,50", "9,50 đến “Xuất sắc”",
    )  # fmt: skip
    assert [cell.text for cell in row.cells] == ["31,00", "19,50", "30,00"]
    assert [cell.heat for cell in row.cells] == [3, 3, 4]


def test_every_number_leads_to_its_own_derivation(cast: Cast) -> None:
    convened(cast)
    row = rows(cast)["Sở Y tế"]
    page = f"/rounds/{cast.round.pk}/table/{cast.dossier.pk}/"
    assert row.cells[0].url == f"{page}#linh-vuc-1"
    assert row.rank_url == f"{page}#xep-hang"
    assert row.index.url == f"{page}#chi-so"


def test_the_difference_is_signed_and_nothing_is_a_dash(cast: Cast) -> None:
    convened(cast)
    row = rows(cast, "difference")["Sở Tư pháp"]
    assert [cell.text for cell in row.cells] == ["−6,00", "–", "–"]
    assert (row.index.text, row.index.sign) == ("−6,00", -1)


def test_a_missing_mark_is_counted_in_the_row(cast: Cast) -> None:
    convened(cast)
    Mark.objects.filter(
        dossier=cast.dossier, criterion=cast.leaf("2.2"), stage="appraisal"
    ).delete()
    assert rows(cast)["Sở Y tế"].missing == 1


def test_the_standing_says_provisional_consolidated_approved(cast: Cast) -> None:
    convened(cast)
    assert table.standing(cast.fresh()).is_provisional
    made = council.consolidate(cast.secretary, cast.round)
    standing = table.standing(cast.fresh())
    assert standing.sentence.startswith("Đã tổng hợp lần 1 lúc 09:00 ngày 15/01/2021")
    assert standing.fingerprint.replace(" ", "") == made.fingerprint
    council.approve(cast.chair, cast.round, made.fingerprint, PASSWORD)
    standing = table.standing(cast.fresh())
    assert standing.decision is not None
    assert "Nguyễn Văn Chủ" in standing.sentence


def test_a_returned_result_is_provisional_again(cast: Cast) -> None:
    consolidated(cast)
    council.return_to_council(cast.chair, cast.round, "Xem lại")
    standing = table.standing(cast.fresh())
    assert standing.is_provisional
    assert "trả lại" in standing.sentence


def test_the_changes_between_two_consolidations_name_agency_and_leaf(cast: Cast) -> None:
    first = consolidated(cast)
    council.return_to_council(cast.chair, cast.round, "Xem lại Sở Tư pháp")
    Mark.objects.filter(stage="council").update(points=9)
    second = council.consolidate(cast.secretary, cast.round)
    (change,) = table.changes(first, second, 2)
    assert (change.agency, change.index_before, change.index_now) == (
        "Sở Tư pháp", "80,50", "85,50",
    )  # fmt: skip
    assert change.leaves == ("1.1",)


# --- Derivation ----------------------------------------------------------------------------
def leaf_of(cast: Cast, code: str, agency: str = "STP", **more: Any) -> derivation.LeafRow:
    found = derivation.derivation(cast.dossiers[agency], **more)
    return next(leaf for field in found.fields for leaf in field.leaves if leaf.code == code)


def test_the_derivation_ends_in_the_index_unrounded_and_shown(cast: Cast) -> None:
    convened(cast)
    found = derivation.derivation(cast.dossiers["STP"])
    assert (found.steps[-2].full, found.steps[-1].shown) == ("80,5", "80,50")
    assert (found.placing.rank, found.placing.of) == ("3", 3)
    assert [field.component_index for field in found.fields[:3]] == ["77,50%", "78,00%", "85,71%"]


def test_the_derivation_shows_every_stage_and_marks_the_one_that_counts(cast: Cast) -> None:
    convened(cast)
    stages = leaf_of(cast, "1.1").stages
    assert [(stage.label, stage.is_effective) for stage in stages] == [
        ("Tự chấm", False), ("Thẩm định", False), ("Hội đồng", True),
    ]  # fmt: skip
    assert stages[2].reason == "Thiếu kế hoạch"


def test_the_derivation_says_what_the_rule_made_of_the_declared_values(cast: Cast) -> None:
    convened(cast)
    Mark.objects.filter(dossier=cast.dossier, criterion=cast.leaf("1.2"), stage="self").update(
        declared={"done": 9, "total": 10}
    )
    leaf = leaf_of(cast, "1.2", "SYT")
    assert [(value.label, value.value) for value in leaf.declared] == [
        ("Tổng nhiệm vụ", "10"), ("Nhiệm vụ đã hoàn thành", "9"),
    ]  # fmt: skip
    assert "27" in leaf.why


def test_an_agency_reads_its_derivation_without_the_names_of_the_team(cast: Cast) -> None:
    convened(cast)
    named = [stage.author for stage in leaf_of(cast, "2.2", "SYT").stages]
    unnamed = [stage.author for stage in leaf_of(cast, "2.2", "SYT", names=False).stages]
    assert named == ["Y Blin", "Đỗ Minh Tâm"]
    assert unnamed == ["Y Blin", "Tổ giúp việc"]
    found = derivation.derivation(cast.dossier, names=False)
    assert [agency for _rank, agency, _index, _here in found.placing.neighbours] == ["Sở Y tế"]


# --- Disputes ------------------------------------------------------------------------------
def ask(cast: Cast, code: str, answer: str = "") -> None:
    request = ExplanationRequest.objects.create(
        dossier=cast.dossier, criterion=cast.leaf(code), text="Đề nghị giải trình",
        asked_by=cast.member, asked_at=moment(COUNCIL),
    )  # fmt: skip
    if answer:
        Explanation.objects.create(
            request=request, text=answer, author=cast.officer, saved_at=moment(COUNCIL)
        )


def test_a_dispute_is_a_difference_or_a_request(cast: Cast) -> None:
    convened(cast)
    ask(cast, "2.1")
    ask(cast, "2.2", "Đã có văn bản")
    found = disputes.disputes(cast.fresh())
    assert [(item.agency, item.code, item.state) for item in found.items] == [
        ("Sở Y tế", "2.1", "agreed"),
        ("Sở Y tế", "2.2", "agreed"),
        ("Sở Tư pháp", "1.1", "ruled"),
    ]
    (count,) = found.counts
    assert (count.total, count.ruled, count.silent) == (3, 1, 1)


def test_a_dispute_says_which_rank_and_grade_hang_on_it(cast: Cast) -> None:
    """Cut to 1 on 1.1, SYT falls from 86,5 to 77,5: Khá instead of Tốt, third instead of first."""
    convened(cast)
    Mark.objects.filter(dossier=cast.dossier, criterion=cast.leaf("1.1"), stage="appraisal").update(
        points=1
    )
    found = disputes.disputes(cast.fresh())
    first = found.items[0]
    assert (first.agency, first.code) == ("Sở Y tế", "1.1")
    assert first.outcome == disputes.Outcome("86,50", 3, 1, "Khá", "Tốt")
    assert (first.outcome.weight, found.decisive) == (2, 2)
    assert first.appraisal is not None
    assert first.appraisal.difference == "−9,00"


def test_disputes_are_filtered_by_agency_field_and_weight(cast: Cast) -> None:
    convened(cast)
    ask(cast, "2.1")
    assert len(disputes.disputes(cast.fresh(), agency=cast.dossier.pk).items) == 1
    assert [item.code for item in disputes.disputes(cast.fresh(), field="1").items] == ["1.1"]
    assert [item.code for item in disputes.disputes(cast.fresh(), decisive=True).items] == ["1.1"]


# --- Meetings ------------------------------------------------------------------------------
@pytest.mark.parametrize(("present", "enough"), [(1, False), (2, True), (3, True)])
def test_the_quorum_is_more_than_half_of_the_council(present: int, enough: bool) -> None:
    sentence, said = meetings.quorum(present, 3)
    assert said is enough
    assert f"{present}/3" in sentence
