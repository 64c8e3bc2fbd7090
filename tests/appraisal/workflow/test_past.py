"""Past years' tables: what is refused, held, confirmed, replaced; each with its event."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from agencies.models import User
from agencies.verdict import Refusal
from appraisal.files.refusal import Refused
from appraisal.models import Event, PastResult, WorkbookImport
from appraisal.states import RoundState
from appraisal.workflow import imports, past
from appraisal.workflow.acting import Invalid
from tests.cast import COUNCIL, Cast

HEADER = "Năm,Nhóm,Cơ quan,Tổng điểm,Chỉ số,Xếp hạng"
LINES = ("2019,department,Sở Y tế,80,80,1", "2019,department,Sở Tư pháp,70,70,2")
PART = (2019, "Sở, ban, ngành")


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


@pytest.fixture
def hold(cast: Cast, tmp_path: Path) -> Any:
    def held(*lines: str, actor: User | None = None, **known: Any) -> WorkbookImport:
        content = "\n".join([HEADER, *lines]).encode()
        path = tmp_path / "bang.csv"
        path.write_bytes(content)
        book = imports.Workbook(path, path.name, hashlib.sha256(content).hexdigest())
        return past.hold_past_import(actor or cast.secretary, cast.round, book, **known)

    return held


def confirm(cast: Cast, waiting: WorkbookImport, **more: Any) -> past.Taken:
    agencies = {0: cast.agencies["SYT"], 1: cast.agencies["STP"]}
    return past.confirm_past_import(cast.secretary, waiting, more.pop("agencies", agencies), **more)


def actions() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("action", flat=True))


def test_a_refused_file_and_wrong_cells_leave_an_event_and_nothing_else(
    cast: Cast, hold: Any
) -> None:
    with pytest.raises(Refused):
        hold()
    with pytest.raises(imports.Blocked):
        hold("2019,department,Sở Y tế,x,80,1")
    assert [event.data["code"] for event in Event.objects.order_by("pk")] == [
        "empty_sheet", "blocked",
    ]  # fmt: skip
    assert Event.objects.last().data["cells"] == ["D2"]  # type: ignore[union-attr]
    assert not WorkbookImport.objects.exists()


def test_nothing_is_written_before_the_confirmation(cast: Cast, hold: Any) -> None:
    hold(*LINES)
    assert actions() == ["import.held"]
    assert not PastResult.objects.exists()


def test_a_confirmed_table_is_kept_as_it_was_published(cast: Cast, hold: Any) -> None:
    waiting = hold(*LINES)
    assert confirm(cast, waiting) == past.Taken(written=2, replaced=0)
    kept = PastResult.objects.get(rank=1)
    assert (kept.agency, kept.year, kept.group_name, kept.index, kept.imported) == (
        cast.agencies["SYT"], *PART, Decimal(80), waiting,
    )  # fmt: skip
    event = Event.objects.get(action="past.imported")
    assert event.data["parts"] == [list(PART)]
    assert (event.data["lines"], event.data["unknown"]) == (2, 0)


def test_a_newer_upload_takes_the_place_of_the_one_that_waits(cast: Cast, hold: Any) -> None:
    first, second = hold(*LINES), hold(LINES[0])
    with pytest.raises(Invalid):
        confirm(cast, first)
    confirm(cast, second)
    with pytest.raises(Invalid):
        confirm(cast, second)
    assert PastResult.objects.count() == 1


def test_warnings_are_accepted_by_name(cast: Cast, hold: Any) -> None:
    waiting = hold("2019,department,Sở Y tế,80,85,1")
    with pytest.raises(Invalid) as refused:
        confirm(cast, waiting)
    assert list(refused.value.errors) == ["accept"]
    confirm(cast, waiting, accept_warnings=True)
    assert Event.objects.get(action="past.imported").data["warnings_accepted"] == 1


def test_what_is_kept_goes_only_by_an_explicit_yes(cast: Cast, hold: Any) -> None:
    confirm(cast, hold(*LINES))
    confirm(cast, hold("2018,department,Sở Y tế,60,60,1"))
    waiting = hold("2019,department,Sở Y tế,90,90,1")
    for unseen in ((), [(2018, "Sở, ban, ngành")], [(2019, "")]):
        with pytest.raises(Invalid) as refused:
            confirm(cast, waiting, replace=unseen)
        assert list(refused.value.errors) == ["replace"]
    assert confirm(cast, waiting, replace=[PART]) == past.Taken(written=1, replaced=2)
    assert list(PastResult.objects.values_list("year", "index")) == [(2019, 90), (2018, 60)]
    event = Event.objects.filter(action="past.imported").latest("pk")
    assert event.data["replaced"] == [[*PART, 2]]


def test_an_agency_has_one_line_in_a_year(cast: Cast, hold: Any) -> None:
    health = cast.agencies["SYT"]
    with pytest.raises(Invalid) as refused:
        confirm(cast, hold(*LINES), agencies={0: health, 1: health})
    assert list(refused.value.errors) == ["agency_1"]
    lines = (LINES[0], LINES[1].replace("2019", "2018"))
    assert confirm(cast, hold(*lines), agencies={0: health, 1: health}).written == 2


@pytest.mark.parametrize("who", ["lead", "chair", "officer", "administrator"])
def test_only_who_prepares_rounds_brings_tables_in(cast: Cast, hold: Any, who: str) -> None:
    waiting = hold(*LINES)
    with pytest.raises(Refusal):
        hold(*LINES, actor=cast.people[who])
    with pytest.raises(Refusal):
        past.confirm_past_import(cast.people[who], waiting, {})
    assert not PastResult.objects.exists()


def test_a_table_comes_in_whatever_the_state_of_the_round(cast: Cast, hold: Any) -> None:
    for state in RoundState:
        cast.put(state)
        confirm(cast, hold(*LINES), replace=[PART])
    assert PastResult.objects.count() == 2
