"""The commands of the council: consolidate, export_results, decision_pdf."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from appraisal import trail
from appraisal.models import Consolidation, Mark, Seat
from appraisal.papers.exports import EXPORTS
from tests.appraisal.council_stage import consolidated, convened
from tests.cast import COUNCIL, Cast


@pytest.fixture(autouse=True)
def _at_the_council(clock: Any) -> None:
    clock.set(COUNCIL)


def test_consolidate_prints_number_and_fingerprint(cast: Cast) -> None:
    convened(cast)
    out = io.StringIO()
    call_command("consolidate", round=cast.round.pk, stdout=out)
    made = Consolidation.objects.get()
    assert out.getvalue().split() == ["1", made.fingerprint]
    assert made.made_by == cast.secretary


def test_consolidate_lists_what_blocks_on_stderr_and_fails(cast: Cast) -> None:
    convened(cast)
    Mark.objects.filter(dossier=cast.dossier, criterion=cast.leaf("2.2")).delete()
    errors = io.StringIO()
    with pytest.raises(CommandError, match="Còn 1 việc"):
        call_command("consolidate", round=cast.round.pk, stderr=errors)
    assert errors.getvalue().startswith("missing: Sở Y tế")


@pytest.mark.parametrize("actor", ["chair@kontum.example.vn", "khong-co@example.vn"])
def test_consolidate_is_refused_to_who_may_not(cast: Cast, actor: str) -> None:
    convened(cast)
    with pytest.raises(CommandError):
        call_command("consolidate", round=cast.round.pk, actor=actor)
    assert not Consolidation.objects.exists()


def test_consolidate_asks_for_a_name_when_there_are_two_secretaries(cast: Cast) -> None:
    convened(cast)
    Seat.objects.create(round=cast.round, user=cast.lead, role="secretary")
    with pytest.raises(CommandError, match="--actor"):
        call_command("consolidate", round=cast.round.pk)


def test_export_results_writes_the_sealed_text(cast: Cast) -> None:
    made = consolidated(cast)
    out = io.StringIO()
    call_command("export_results", round=cast.round.pk, format="json", stdout=out)
    assert trail.fingerprint(out.getvalue()) == made.fingerprint


def test_export_results_writes_csv_to_a_file(cast: Cast, tmp_path: Path) -> None:
    consolidated(cast)
    target = tmp_path / "ket-qua.csv"
    call_command("export_results", round=cast.round.pk, format="csv", output=target)
    assert len(target.read_bytes().splitlines()) == 4


@pytest.mark.parametrize("format", EXPORTS)
def test_export_results_writes_every_form_to_a_file(
    cast: Cast, tmp_path: Path, format: str
) -> None:
    consolidated(cast)
    target = tmp_path / "ket-qua"
    call_command("export_results", round=cast.round.pk, format=format, output=target)
    with EXPORTS[format].open(Consolidation.objects.get()) as expected:
        assert target.read_bytes() == expected.read()


def test_export_results_puts_no_workbook_on_the_terminal(cast: Cast) -> None:
    consolidated(cast)
    with pytest.raises(CommandError, match="--output"):
        call_command("export_results", round=cast.round.pk, format="xlsx")


def test_decision_pdf_is_the_same_twice(cast: Cast, tmp_path: Path) -> None:
    consolidated(cast)
    first, second = tmp_path / "1.pdf", tmp_path / "2.pdf"
    for target in (first, second):
        call_command("decision_pdf", round=cast.round.pk, output=target)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("command", ["export_results", "decision_pdf"])
def test_nothing_to_export_is_an_error(cast: Cast, tmp_path: Path, command: str) -> None:
    more = {"format": "json"} if command == "export_results" else {}
    with pytest.raises(CommandError, match="no consolidated result"):
        call_command(command, round=cast.round.pk, output=tmp_path / "x", **more)
    assert not (tmp_path / "x").exists()
